"""Who decides a step of a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.requests import Request

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# How a step is called in the approval it makes; a step of another name is the owner's.
_SCHEMES = {
    "MANAGER": "MANAGER",
    "GOVERNANCE_GROUP": "GOVERNANCE_GROUP",
    "ADDITIONAL_GOVERNANCE_GROUP": "GOVERNANCE_GROUP",
    "SOURCE_OWNER": "SOURCE_OWNER",
    "APP_OWNER": "APP_OWNER",
}


def scheme_of(kind: str, item_type: str) -> str:
    """The scheme an approval shows for a step.

    >>> scheme_of("OWNER", "ROLE"), scheme_of("MANAGER", "ROLE")
    ('ROLE_OWNER', 'MANAGER')
    """
    return _SCHEMES.get(kind, f"{item_type}_OWNER")


class Approvers:
    """Finds the owner of a step: a person, or a governance group any member of which may decide."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self._by_kind: dict[str, Callable[[str, Request, AccessItem | None], str]] = {
            "MANAGER": self._manager,
            "SOURCE_OWNER": self._source_owner,
            "APP_OWNER": self._app_owner,
            "ADDITIONAL_OWNER": lambda reference, request, item: reference,
            "IDENTITY": lambda reference, request, item: reference,
            "WORKFLOW": lambda reference, request, item: "",
        }

    def of(self, kind: str, reference: str, request: Request) -> tuple[str, tuple[str, ...]]:
        """Owner and approvers of a step; the fallback approver where it would have none."""
        if kind.endswith("GOVERNANCE_GROUP"):
            group = self._tenant.configuration.find("workgroup", reference)
            members = (one["id"] for one in (group.body.get("members") or ())) if group is not None else ()
            if known := tuple(id for id in members if id in self._tenant.state.identities):
                return reference, known
            return self._alone(self.fallback())
        item = self._tenant.requests.item(request.item_id)
        owner = self._by_kind.get(kind, self._item_owner)(reference, request, item)
        return self._alone(owner if owner in self._tenant.state.identities else self.fallback())

    def fallback(self) -> str:
        """Who decides where nobody else would; empty without one, then an administrator has to."""
        return self._tenant.requests.config.policy().fallback_id

    def _alone(self, owner: str) -> tuple[str, tuple[str, ...]]:
        return owner, (owner,) if owner else ()

    def _manager(self, reference: str, request: Request, item: AccessItem | None) -> str:
        person = self._tenant.state.identities.get(request.identity_id)
        return person.manager_id if person is not None else ""

    def _item_owner(self, reference: str, request: Request, item: AccessItem | None) -> str:
        return item.owner_id if item is not None else ""

    def _source_owner(self, reference: str, request: Request, item: AccessItem | None) -> str:
        """The owner of the item's source; a role has the source of its first access profile."""
        if item is None:
            return ""
        inner = self._tenant.requests.item(next(iter((*item.access_profile_ids, *item.entitlement_ids)), ""))
        source_id = item.source_id or (inner.source_id if inner is not None else "")
        source = self._tenant.configuration.source(source_id)
        return source.owner_id if source is not None else ""

    def _app_owner(self, reference: str, request: Request, item: AccessItem | None) -> str:
        """The owner of an application that offers the access profile, else the item's own."""
        for app in self._tenant.configuration.all("source-app"):
            offered = app.body.get("accessProfileIds") or app.body.get("accessProfiles") or ()
            if any((one.get("id") if isinstance(one, dict) else one) == request.item_id for one in offered):
                return str((app.body.get("owner") or {}).get("id") or "")
        return self._item_owner(reference, request, item)
