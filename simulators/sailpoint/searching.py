"""Search over a tenant: candidates by index, each checked against the query, as search knows them now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simulators.sailpoint.domain.records import Event, Identity
from simulators.sailpoint.domain.search import Query, Term, alternatives, matches, required
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.documents import (
    access_document,
    activity_document,
    entitlement_document,
    event_document,
    identity_document,
)

INDICES = ("accessprofiles", "accountactivities", "entitlements", "events", "identities", "roles")
_EVENT_FIELDS = frozenset({"action", "technicalName", "type", "target.name", "actor.name", "trackingNumber"})
# Search fields of identities and the index that leads to each.
_IDENTITY_FIELDS = {
    "id": None,
    "email": ("email", ""),
    "attributes.email": ("email", ""),
    "name": ("name", ""),
    "displayName": ("name", ""),
    "attributes.displayName": ("name", ""),
    "lastName": ("lastname", ""),
    "attributes.lastname": ("lastname", ""),
    "attributes.uid": ("alias", ""),
    "attributes.workerId": ("alias", ""),
    "attributes.personKey": ("match", "personKey="),
    "attributes.identificationNumber": ("alias", ""),
    "employeeNumber": ("alias", ""),
    "attributes.department": ("facet", "department="),
    "attributes.cloudLifecycleState": ("facet", "state="),
    "lifecycleState.stateName": ("facet", "state="),
    "manager.id": ("facet", "manager="),
    "identityProfile.id": ("facet", "profile="),
}
# Prefixes whose keys keep their case.
_EXACT = frozenset({"personKey=", "state=", "manager=", "profile="})
# How many identities an index leads to, and the walk to them.
Along = tuple[int, Iterable[Identity]]
# An analysed field matches single words too, which these indexes do not hold.
_WORDED = frozenset({"name", "lastname"})


def found_documents(
    tenant: SailPointTenant, index: str, query: Query, *, ascending: bool = True
) -> Iterator[dict[str, Any]]:
    """Documents of one index that match, in order of creation or the other way round."""
    now = tenant.now()
    for document in _CANDIDATES[index](tenant, query, ascending):
        if matches(query, document, now):
            yield document


def _plain(term: Term) -> str:
    return term.field.removesuffix(".exact")


def _events(tenant: SailPointTenant, query: Query, ascending: bool) -> Iterator[dict[str, Any]]:
    table, now = tenant.state.events, tenant.now()
    best: tuple[int, str] | None = None
    for term in required(query):
        if _plain(term) in _EVENT_FIELDS:
            key = f"{_plain(term)}={term.value.lower()}"
            size = table.count("term", key)
            # Words inside a longer name are not indexed: an empty index says nothing for names of people.
            if (size or _plain(term) not in ("target.name", "actor.name")) and (best is None or size < best[0]):
                best = (size, key)
    chosen: Iterable[Event]
    if best is not None:
        chosen = table.find("term", best[1])
        chosen = chosen if ascending else reversed(list(chosen))
    else:
        chosen = table.rows() if ascending else table.newest()
    return (event_document(tenant.look, event) for event in chosen if event.synced <= now)


def _identities(tenant: SailPointTenant, query: Query, ascending: bool) -> Iterator[dict[str, Any]]:
    table = tenant.state.identities
    chosen = _identity_rows(tenant, query)
    for row in chosen if chosen is not None else (table.rows() if ascending else table.newest()):
        shown, synced = tenant.journal.indexed("identity", row.id, row)
        if shown is not None:
            yield identity_document(tenant.look, shown, synced)


def _identity_rows(tenant: SailPointTenant, query: Query) -> Iterable[Identity] | None:
    """The identities an index leads to, or None when the query names no indexed field."""
    best: Along | None = None
    for term in required(query):
        along = _by_term(tenant, term)
        if along is not None and (best is None or along[0] < best[0]):
            best = along
    if best is not None:
        return best[1]
    if choice := alternatives(query):
        parts = [_by_term(tenant, term) for term in choice]
        if all(part is not None for part in parts):
            return list({row.id: row for part in parts if part is not None for row in part[1]}.values())
    return None


def _by_term(tenant: SailPointTenant, term: Term) -> Along | None:
    table = tenant.state.identities
    if _plain(term) == "id":
        found = table.get(term.value)
        return (1, [found]) if found is not None else (0, [])
    place = _IDENTITY_FIELDS.get(_plain(term))
    if place is None:
        return None
    index, prefix = place
    value = term.value if prefix in _EXACT else term.value.lower()
    size = table.count(index, f"{prefix}{value}")
    if not size and (index in _WORDED or prefix == "department="):
        return None
    return size, table.find(index, f"{prefix}{value}")


def _activities(tenant: SailPointTenant, query: Query, ascending: bool) -> Iterator[dict[str, Any]]:
    table = tenant.state.activities
    chosen = None
    for term in required(query):
        if _plain(term) in ("recipient.id", "requester.id"):
            index = "identity" if _plain(term) == "recipient.id" else "requester"
            chosen = list(table.find(index, term.value))
        elif _plain(term) == "trackingNumber":
            chosen = list(table.find("tracking", term.value))
        elif _plain(term) == "id":
            chosen = [row] if (row := table.get(term.value)) is not None else []
        elif _plain(term) == "recipient.name":
            people = tenant.state.identities.find("alias", term.value.lower())
            chosen = [row for one in people for row in table.find("identity", one.id)] or None
        if chosen is not None:
            break
    for row in chosen if chosen is not None else (table.rows() if ascending else table.newest()):
        shown, synced = tenant.journal.indexed("activity", row.id, row)
        if shown is not None:
            yield activity_document(tenant.look, shown, synced)


def _access(kind: str) -> Any:
    def candidates(tenant: SailPointTenant, query: Query, ascending: bool) -> Iterator[dict[str, Any]]:
        rows = list(tenant.configuration.all(kind))
        return (access_document(tenant.look, row) for row in (rows if ascending else reversed(rows)))

    return candidates


def _rights(tenant: SailPointTenant, query: Query, ascending: bool) -> Iterator[dict[str, Any]]:
    table = tenant.state.entitlements
    return (entitlement_document(tenant.look, row) for row in (table.rows() if ascending else table.newest()))


_CANDIDATES: dict[str, Any] = {
    "events": _events,
    "identities": _identities,
    "accountactivities": _activities,
    "roles": _access("role"),
    "accessprofiles": _access("access-profile"),
    "entitlements": _rights,
}
