"""What the search documents of one search share, and what somebody has, as a document lists it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from simulators.sailpoint.domain.configuration import LifecycleState
from simulators.sailpoint.domain.records import Account, Entitlement, Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.documents import given
from simulators.sailpoint.wire.lookup import Lookup

# Where a kind of object is counted among what a person owns.
_OWNED = {
    "source": "sources",
    "access-profile": "accessProfiles",
    "role": "roles",
    "source-app": "apps",
    "workgroup": "governanceGroups",
}


class Surroundings:
    """What the documents of one search share: who owns what, tags by object, applications by access profile."""

    def __init__(self, look: Lookup) -> None:
        self.look = look
        self._states: dict[tuple[str, str], LifecycleState | None] = {}
        self._items: dict[tuple[str, bool], dict[str, Any] | None] = {}
        self._found: dict[tuple[str, str], Entitlement | None] = {}
        self._rights: dict[tuple[str, str, bool], dict[str, Any] | None] = {}
        self._bundles: dict[tuple[str, ...], frozenset[str]] = {}

    def state(self, identity: Identity) -> LifecycleState | None:
        """The lifecycle state somebody is in."""
        key = (identity.profile_id, identity.state)
        if key not in self._states:
            self._states[key] = self.look.lifecycle(*key)
        return self._states[key]

    def item(self, id: str, *, revocable: bool) -> dict[str, Any] | None:
        """A role or an access profile, as everybody who has it shows it."""
        key = (id, revocable)
        if key not in self._items:
            self._items[key] = _item(self.look, id, revocable=revocable)
        return self._items[key]

    def right(self, source_id: str, value: str, bundled: frozenset[str]) -> dict[str, Any] | None:
        """An entitlement, as everybody shows it who has it alone, or in a bundle."""
        if (source_id, value) not in self._found:
            self._found[source_id, value] = self.look.right(source_id, value)
        right = self._found[source_id, value]
        if right is None:
            return None
        key = (source_id, value, right.id in bundled)
        if key not in self._rights:
            self._rights[key] = _right(self.look, right, bundled)
        return self._rights[key]

    def bundled(self, ids: tuple[str, ...]) -> frozenset[str]:
        """Entitlements that come with some access profiles and roles."""
        if ids not in self._bundles:
            self._bundles[ids] = _bundled(self.look, ids)
        return self._bundles[ids]

    @cached_property
    def owned(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """What each person owns, by kind."""
        found: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for kind, name in _OWNED.items():
            for document in self.look.children(kind, ""):
                if owner := (document.body.get("owner") or {}).get("id"):
                    row = {"id": document.id, "name": document.name}
                    found.setdefault(owner, {}).setdefault(name, []).append(row)
        return found

    @cached_property
    def tags(self) -> dict[str, list[str]]:
        """The tags of each object."""
        found: dict[str, list[str]] = {}
        for document in self.look.children("tagged-object", ""):
            id = (document.body.get("objectRef") or {}).get("id")
            if id:
                found[str(id)] = [str(tag) for tag in document.body.get("tags") or ()]
        return found

    @cached_property
    def apps(self) -> dict[str, list[Document]]:
        """The applications an access profile leads to."""
        found: dict[str, list[Document]] = {}
        for document in self.look.children("source-app", ""):
            for one in document.body.get("accessProfiles") or ():
                found.setdefault(str(one.get("id") if isinstance(one, dict) else one), []).append(document)
        return found


def access_of(around: Surroundings, identity: Identity, accounts: Iterable[Account]) -> list[dict[str, Any]]:
    """What somebody has: by rule and by request, and the entitlements of their accounts."""
    state = around.state(identity)
    by_rule = (*identity.roles, *(state.access_profile_ids if state is not None else ()))
    granted = (grant.item_id for grant in around.look.grants(identity.id))
    ordered = tuple(dict.fromkeys((*by_rule, *granted)))
    items = (around.item(id, revocable=id not in by_rule) for id in ordered)
    bundled = around.bundled(ordered)
    rights = (around.right(account.source_id, one, bundled) for account in accounts for one in account.entitlements)
    return [found for found in (*items, *rights) if found is not None]


def _bundled(look: Lookup, ids: Iterable[str]) -> frozenset[str]:
    """Entitlements that come with an access profile or a role."""
    found: set[str] = set()
    for id in ids:
        document = look.document(id)
        if document is None:
            continue
        parts = [document, *(look.document(str(one.get("id"))) for one in document.body.get("accessProfiles") or ())]
        for part in parts:
            if part is not None:
                found.update(str(one.get("id")) for one in part.body.get("entitlements") or ())
    return frozenset(found)


def _item(look: Lookup, id: str, *, revocable: bool) -> dict[str, Any] | None:
    item, document = look.item(id), look.document(id)
    if item is None or document is None:
        return None
    owner = look.identity(str((document.body.get("owner") or {}).get("id") or ""))
    source = document.body.get("source") if item.type == "ACCESS_PROFILE" else None
    return given(
        {
            "id": item.id,
            "name": item.name,
            "displayName": item.name,
            "type": item.type,
            "description": document.body.get("description"),
            "source": {"id": source["id"], "name": source.get("name") or ""} if source and source.get("id") else None,
            "owner": {"id": owner.id, "name": owner.alias, "displayName": owner.name} if owner is not None else None,
            "disabled": not document.body.get("enabled", True) if item.type == "ROLE" else None,
            "revocable": revocable,
        }
    )


def _right(look: Lookup, right: Entitlement, bundled: frozenset[str]) -> dict[str, Any]:
    source = look.source(right.source_id)
    return given(
        {
            "id": right.id,
            "name": right.name,
            "displayName": right.name,
            "type": "ENTITLEMENT",
            "description": right.body.get("description"),
            "attribute": right.attribute,
            "value": right.value,
            "privileged": right.privileged,
            "standalone": right.id not in bundled,
            "source": {"id": right.source_id, "name": source.name} if source is not None else {"id": right.source_id},
        }
    )
