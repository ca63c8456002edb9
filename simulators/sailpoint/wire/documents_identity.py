"""The identity's search document: who somebody is, with accounts, access, applications and what they own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from simulators.sailpoint.domain.deferred import ABSENT, Deferred
from simulators.sailpoint.domain.records import Account, Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.documents_shared import Surroundings, access_of
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when

_KINDS = {"ROLE": "roleCount", "ACCESS_PROFILE": "accessProfileCount", "ENTITLEMENT": "entitlementCount"}


def identity_document(
    look: Lookup, identity: Identity, synced: datetime | None = None, about: Surroundings | None = None
) -> Deferred:
    """One identity (SailPoint API, Search: identity document). Its lists are made when they are looked at."""
    return Deferred(identity.id, _Parts(about or Surroundings(look), identity, synced), _FIELDS)


class _Parts:
    """One identity and what several fields of its document are made of, each worked out once."""

    def __init__(self, around: Surroundings, identity: Identity, synced: datetime | None) -> None:
        self.around, self.identity, self.look = around, identity, around.look
        self.synced = synced or identity.modified

    def known(self, name: str) -> Any:
        """An attribute; the document leaves out what has no value."""
        return _given(self.identity.attributes.get(name))

    @property
    def identity_state(self) -> str:
        state = self.around.state(self.identity)
        return state.identity_state if state is not None else "ACTIVE"

    @property
    def profile(self) -> Document | None:
        return self.look.document(self.identity.profile_id)

    @property
    def source(self) -> dict[str, Any] | None:
        """The source that says who this is."""
        profile = self.profile
        source = (profile.body.get("authoritativeSource") or {}) if profile is not None else {}
        return {"id": source["id"], "name": source.get("name") or ""} if source.get("id") else None

    @property
    def manager(self) -> dict[str, Any] | None:
        manager = self.look.identity(self.identity.manager_id) if self.identity.manager_id else None
        return {"id": manager.id, "name": manager.alias, "displayName": manager.name} if manager else None

    @property
    def attributes(self) -> dict[str, Any]:
        held = {name: value for name, value in self.identity.attributes.items() if value is not None}
        return {**held, "identityState": self.identity_state}

    @cached_property
    def accounts(self) -> list[Account]:
        return list(self.around.look.accounts(self.identity.id))

    @cached_property
    def access(self) -> list[dict[str, Any]]:
        return access_of(self.around, self.identity, self.accounts)

    def count(self, kind: str) -> int:
        return sum(one["type"] == kind for one in self.access)

    @property
    def owned(self) -> dict[str, list[dict[str, Any]]]:
        return self.around.owned.get(self.identity.id, {})

    @property
    def tags(self) -> list[str]:
        return self.around.tags.get(self.identity.id, [])

    @cached_property
    def apps(self) -> list[dict[str, Any]]:
        """Applications of the access profiles somebody has, with the account each is used through."""
        found: dict[str, dict[str, Any]] = {}
        for item in (one for one in self.access if one["type"] == "ACCESS_PROFILE"):
            for app in self.around.apps.get(item["id"], ()) if self.around.apps else ():
                source = item.get("source") or {}
                account = next((one for one in self.accounts if one.source_id == source.get("id")), None)
                found[app.id] = {
                    "id": app.id,
                    "name": app.name,
                    **({"source": source} if source else {}),
                    **({"account": {"id": account.id, "accountId": account.native}} if account is not None else {}),
                }
        return list(found.values())


def _given(value: Any) -> Any:
    return ABSENT if value is None else value


def _profile(parts: _Parts) -> Any:
    profile = parts.profile
    return {"id": profile.id, "name": profile.name} if profile is not None else ABSENT


# Every field beside the id, in the order of the document.
_FIELDS: dict[str, Callable[[_Parts], Any]] = {
    "name": lambda parts: parts.identity.name,
    "displayName": lambda parts: parts.identity.name,
    "firstName": lambda parts: parts.known("firstname"),
    "lastName": lambda parts: parts.known("lastname"),
    "email": lambda parts: parts.known("email"),
    "phone": lambda parts: parts.known("phone"),
    "employeeNumber": lambda parts: parts.known("workerId"),
    "identityProfile": _profile,
    "source": lambda parts: _given(parts.source),
    "created": lambda parts: when(parts.identity.created),
    "modified": lambda parts: when(parts.identity.modified),
    "inactive": lambda parts: parts.identity_state != "ACTIVE",
    "protected": lambda parts: parts.identity.protected,
    "status": lambda _: "UNREGISTERED",
    "disabled": lambda _: False,
    "locked": lambda _: False,
    "isManager": lambda parts: parts.look.manages(parts.identity.id),
    "manager": lambda parts: parts.manager,
    "lifecycleState": lambda parts: {
        "stateName": parts.identity.state,
        "manuallyUpdated": bool(parts.identity.state_manual),
    },
    "stateChanged": lambda parts: when(parts.identity.state_since),
    "attributes": lambda parts: parts.attributes,
    "synced": lambda parts: when(parts.synced),
    "pod": lambda parts: parts.look.pod,
    "org": lambda parts: parts.look.org,
    "_type": lambda _: "identity",
    "type": lambda _: "identity",
    "_version": lambda _: "v2",
    "accounts": lambda parts: [_account(parts.look, account) for account in parts.accounts],
    "accountCount": lambda parts: len(parts.accounts),
    "access": lambda parts: parts.access,
    "accessCount": lambda parts: len(parts.access),
    **{name: lambda parts, kind=kind: parts.count(kind) for kind, name in _KINDS.items()},  # type: ignore[misc]
    "apps": lambda parts: parts.apps,
    "appCount": lambda parts: len(parts.apps),
    "owns": lambda parts: [parts.owned] if parts.owned else [],
    "ownsCount": lambda parts: sum(map(len, parts.owned.values())),
    "tags": lambda parts: parts.tags,
    "tagsCount": lambda parts: len(parts.tags),
}


def _account(look: Lookup, account: Account) -> dict[str, Any]:
    source = look.source(account.source_id)
    names = {"id": account.source_id} | ({"name": source.name, "type": source.type} if source is not None else {})
    held = {source.entitlement_attribute: list(account.entitlements)} if source and account.entitlements else {}
    return {
        "id": account.id,
        "name": account.name,
        "accountId": account.native,
        "source": names,
        "disabled": account.disabled,
        "locked": account.locked,
        "privileged": False,
        "manuallyCorrelated": account.manual,
        "entitlementAttributes": held,
        "created": when(account.created),
        "supportsPasswordChange": False,
    }
