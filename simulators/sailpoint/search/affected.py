"""Whose search document shows a changed record: what an index over documents has to look at again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from simulators.kernel.indexes import Change
from simulators.kernel.table import Table
from simulators.sailpoint.domain.configuration import source_of
from simulators.sailpoint.domain.records import Account, Entitlement, Grant, Identity, Shadow
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.state import SailPointState

# Kinds of configuration that a person's document lists among what they own.
_OWNED = frozenset({"source", "access-profile", "role", "source-app", "workgroup"})


def tables(state: SailPointState) -> dict[str, Table[Any]]:
    """The tables that documents of people are made of."""
    return {
        "identities": state.identities,
        "accounts": state.accounts,
        "grants": state.grants,
        "documents": state.documents,
        "entitlements": state.entitlements,
        "shadows": state.shadows,
    }


def concerned(state: SailPointState, changes: Mapping[str, list[Change]]) -> set[str]:
    """The ids of people whose documents are no longer as they were; some of them may be the same after all."""
    found: set[str] = set()
    for name, rows in changes.items():
        if rows:
            found.update(_CONCERNED[name](state, rows))
    return found


def _versions(rows: list[Change]) -> Iterator[Any]:
    return (one for pair in rows for one in pair if one is not None)


def _of_identities(state: SailPointState, rows: list[Change]) -> Iterator[str]:
    for old, new in rows:
        one: Identity = new or old
        yield one.id
        # A manager's document tells that somebody reports to them.
        yield from (row.manager_id for row in (old, new) if row is not None and row.manager_id)
        if old is None or new is None or (old.alias, old.name) != (new.alias, new.name):
            yield from (report.id for report in state.identities.find("facet", f"manager={one.id}"))
            for document in state.documents.find("owner", one.id):
                yield from _holders(state, document)


def _of_accounts(state: SailPointState, rows: list[Change]) -> Iterator[str]:
    accounts: Iterator[Account] = _versions(rows)
    return (account.identity_id for account in accounts if account.identity_id)


def _of_grants(state: SailPointState, rows: list[Change]) -> Iterator[str]:
    grants: Iterator[Grant] = _versions(rows)
    return (grant.identity_id for grant in grants)


def _of_shadows(state: SailPointState, rows: list[Change]) -> Iterator[str]:
    shadows: Iterator[Shadow] = _versions(rows)
    return (shadow.id for shadow in shadows if shadow.kind == "identity")


def _of_entitlements(state: SailPointState, rows: list[Change]) -> Iterator[str]:
    rights: Iterator[Entitlement] = _versions(rows)
    values: dict[str, set[str]] = {}
    for right in rights:
        values.setdefault(right.source_id, set()).add(right.value)
    for source_id, changed in values.items():
        for account in state.accounts.find("source", source_id):
            if account.identity_id and not changed.isdisjoint(account.entitlements):
                yield account.identity_id


def _of_documents(state: SailPointState, rows: list[Change]) -> Iterator[str]:
    for old, new in rows:
        for one in (old, new):
            if one is not None:
                if one.kind in _OWNED:
                    yield str((one.body.get("owner") or {}).get("id") or "")
                if one.kind != "source":
                    yield from _SHOWN.get(one.kind, _nobody)(state, one)
        kind = (new or old).kind
        if kind == "source" and (old is None or new is None or _seen_of(old) != _seen_of(new)):
            for account in state.accounts.find("source", (new or old).id):
                yield account.identity_id


def _seen_of(document: Document) -> tuple[str, ...]:
    """What documents show of a source."""
    source = source_of(document)
    return source.name, source.type, source.entitlement_attribute


def _nobody(state: SailPointState, document: Document) -> Iterable[str]:
    return ()


def _everybody_of(state: SailPointState, profile_id: str) -> Iterator[str]:
    return (one.id for one in state.identities.find("facet", f"profile={profile_id}"))


def _holders(state: SailPointState, document: Document) -> Iterator[str]:
    """Who has a role or an access profile: by rule, by request, by state, or within a role."""
    yield from (one.id for one in state.identities.find("roles", document.id))
    yield from (grant.identity_id for grant in state.grants.find("item", document.id))
    if document.kind == "access-profile":
        for phase in state.documents.find("kind", "lifecycle-state"):
            if document.id in (phase.body.get("accessProfileIds") or ()):
                yield from _everybody_of(state, phase.parent)
        for role in state.documents.find("kind", "role"):
            if any(part.get("id") == document.id for part in role.body.get("accessProfiles") or ()):
                yield from _holders(state, role)


def _users(state: SailPointState, document: Document) -> Iterator[str]:
    """Who has an access profile of an application."""
    for one in document.body.get("accessProfiles") or ():
        found = state.documents.get(str(one.get("id") if isinstance(one, Mapping) else one))
        if found is not None:
            yield from _holders(state, found)


_SHOWN: dict[str, Callable[[SailPointState, Document], Iterable[str]]] = {
    "role": _holders,
    "access-profile": _holders,
    "source-app": _users,
    "identity-profile": lambda state, document: _everybody_of(state, document.id),
    "lifecycle-state": lambda state, document: _everybody_of(state, document.parent),
    "tagged-object": lambda state, document: [str((document.body.get("objectRef") or {}).get("id") or "")],
}
_CONCERNED: dict[str, Callable[[SailPointState, list[Change]], Iterable[str]]] = {
    "identities": _of_identities,
    "accounts": _of_accounts,
    "grants": _of_grants,
    "documents": _of_documents,
    "entitlements": _of_entitlements,
    "shadows": _of_shadows,
}
