"""Deleting identities: at night those nothing refers to any more, and by hand those that own nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.errors import Owning
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.times import next_time

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# What an identity may own: the association and the type under which the API names it.
_OWNED = {
    "access-profile": ("ACCESS_PROFILE_OWNER", "ACCESS_PROFILE"),
    "identity-profile": ("IDENTITY_PROFILE_OWNER", "IDENTITY_PROFILE"),
    "role": ("ROLE_OWNER", "ROLE"),
    "source": ("SOURCE_OWNER", "SOURCE"),
    "source-app": ("APPLICATION_OWNER", "APPLICATION"),
    "workgroup": ("GOVERNANCE_GROUP_OWNER", "GOVERNANCE_GROUP"),
    "workflow": ("WORKFLOW_OWNER", "WORKFLOW"),
}


@dataclass(frozen=True, slots=True)
class Owned:
    """One object that an identity is needed for."""

    association: str
    id: str
    name: str
    type: str


class Removal:
    """Decides which identities go, and takes them out."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.deletion", self._nightly)

    def start(self) -> None:
        """Begin the nightly deletion."""
        tenant = self._tenant
        due = next_time(tenant.settings.identity_deletion, tenant.now(), tenant.state.time_zone)
        tenant.configuration.set_timer("identity-deletion", due, "sailpoint.deletion")

    def owned(self, identity_id: str) -> Iterator[Owned]:
        """What would be without an owner: objects of the configuration, campaigns, and open work items."""
        state = self._tenant.state
        for document in state.documents.find("owner", identity_id):
            if names := _OWNED.get(document.kind):
                yield Owned(names[0], document.id, document.name, names[1])
        for campaign in state.campaigns.find("owner", identity_id):
            yield Owned("CAMPAIGN_OWNER", campaign.id, campaign.name, "CAMPAIGN_CAMPAIGNER")
        for index in ("open", "asker"):
            for item in state.work_items.find(index, identity_id):
                yield Owned("WORK_ITEM_OWNER", item.id, item.name, "WORK_ITEM")

    def _kept(self, identity: Identity) -> bool:
        """Whether an incomplete identity stays (SailPoint, identity deleted trigger)."""
        tenant = self._tenant
        levels = tenant.configuration.find("auth-user", f"auth-{identity.id}")
        return (
            identity.protected
            or tenant.state.accounts.count("identity", identity.id) > 0
            or tenant.look.manages(identity.id)
            or bool(levels is not None and levels.body.get("capabilities"))
            or next(self.owned(identity.id), None) is not None
            or tenant.certifications.under_review(identity.id)
        )

    def _nightly(self) -> None:
        for identity in list(self._tenant.state.identities.find("incomplete", "yes")):
            if not self._kept(identity):
                self.remove(identity)
        self.start()

    def delete(self, identity: Identity, actor: str) -> None:
        """Delete an identity by hand. Raises Owning when it is protected or something depends on it."""
        found = list(self.owned(identity.id))
        if self._tenant.look.manages(identity.id):
            reports = self._tenant.state.identities.find("facet", f"manager={identity.id}")
            found += [Owned("MANAGER", one.id, one.name, "IDENTITY") for one in reports]
        if identity.protected:
            raise Owning("Identity is protected and cannot be deleted")
        if found:
            raise Owning("Identity is the owner of following resources", associations(found))
        self.remove(identity, actor)

    def remove(self, identity: Identity, actor: str = "System") -> None:
        """Take an identity out. Accounts that remain become uncorrelated and keep their access."""
        tenant, state = self._tenant, self._tenant.state
        if identity.timer:
            tenant.clock.cancel(identity.timer)
        for account in list(state.accounts.find("identity", identity.id)):
            state.accounts.put(replace(account, identity_id="", manual=False, modified=tenant.now()))
        for grant in list(state.grants.find("identity", identity.id)):
            state.grants.remove(grant.id)
        for credential in list(state.credentials.find("owner", identity.id)):
            state.credentials.remove(credential.id)
        if (levels := tenant.configuration.find("auth-user", f"auth-{identity.id}")) is not None:
            state.documents.remove(levels.id)
        state.identities.remove(identity.id)
        tenant.journal.write("IDENTITY_DELETE_PASSED", identity.alias, actor=actor)
        if tenant.workflows is not None:
            who = {"type": "IDENTITY", "id": identity.id, "name": identity.name}
            payload = {"identity": who, "attributes": dict(identity.attributes)}
            tenant.workflows.fire("idn:identity-deleted", payload, identity.id)


def associations(owned: list[Owned]) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """Grouped by association: (association, ((id, name, type), …))."""
    grouped: dict[str, list[tuple[str, str, str]]] = {}
    for one in owned:
        grouped.setdefault(one.association, []).append((one.id, one.name, one.type))
    return tuple((association, tuple(entities)) for association, entities in grouped.items())
