"""Search over a tenant: candidates by index, each checked against the query, as search knows them now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby
from typing import Any

from simulators.sailpoint.domain.deferred import Whole
from simulators.sailpoint.domain.records import Entitlement, Event, Identity
from simulators.sailpoint.domain.search import EXACT, Query, Term, alternatives, matches, ranges, required
from simulators.sailpoint.domain.search_dates import span
from simulators.sailpoint.domain.search_order import Sort, rank
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.documents import activity_document, event_document
from simulators.sailpoint.wire.documents_access import access_document, entitlement_document
from simulators.sailpoint.wire.documents_identity import identity_document
from simulators.sailpoint.wire.documents_shared import Surroundings
from simulators.sailpoint.wire.query import parse_query

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
# Fields that identities are sorted by, and the index that has their values in that order.
_IDENTITY_ORDERS = {"id": "id", "name": "name", "displayName": "name", "email": "email", "lastName": "lastname"}
# Prefixes whose keys keep their case.
_EXACT = frozenset({"personKey=", "state=", "manager=", "profile="})
# How many identities an index leads to, and the walk to them.
Along = tuple[int, Iterable[Identity]]
# An analysed field matches single words too, which these indexes do not hold.
_WORDED = frozenset({"name", "lastname"})


def found_documents(
    tenant: SailPointTenant,
    index: str,
    query: Query,
    *,
    ascending: bool = True,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Mapping[str, Any]]:
    """Documents of one index that match, in order of creation or the other way round.

    Events created before `since` or after `until` may be left out, which spares looking at them.
    """
    now = tenant.now()
    found = _CANDIDATES[index](tenant, query, ascending, since, until)
    return (document for document in found if matches(query, document, now))


def found_by_text(tenant: SailPointTenant, index: str, text: str) -> Iterator[Mapping[str, Any]]:
    """Documents of one index that meet a query as people write it. Raises BadContent."""
    return found_documents(tenant, index, parse_query(text))


def _plain(term: Term) -> str:
    return _plain_name(term.field)


def _plain_name(field: str) -> str:
    return field.removesuffix(EXACT)


def _window(query: Query, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The instants between which everything that matches was created, as far as ranges of the query tell."""
    since, until = None, None
    for one in ranges(query):
        if one.field != "created":
            continue
        low, high = (None if end == "*" else span(end, now, one.zone) for end in (one.low, one.high))
        since = max(filter(None, (since, low and low[0])), default=None)
        until = min(filter(None, (until, high and high[1])), default=None)
    return since, until


def _events(
    tenant: SailPointTenant, query: Query, ascending: bool, since: datetime | None, until: datetime | None
) -> Iterator[Mapping[str, Any]]:
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
        first, last = _window(query, now)
        bounds = [max(filter(None, (since, first)), default=None), min(filter(None, (until, last)), default=None)]
        low, high = (None if one is None else int(one.timestamp() * 1000) for one in bounds)
        walk = table.range if ascending else table.range_down
        chosen = walk("created", low, None if high is None else high + 1)
    look = tenant.look
    return (event_document(look, event) for event in chosen if event.synced <= now)


def _identities(tenant: SailPointTenant, query: Query, ascending: bool, *_: Any) -> Iterator[Mapping[str, Any]]:
    table, around = tenant.state.identities, Surroundings(tenant.look)
    chosen = _identity_rows(tenant, query)
    for row in chosen if chosen is not None else (table.rows() if ascending else table.newest()):
        shown, synced = tenant.journal.indexed("identity", row.id, row)
        if shown is not None:
            yield identity_document(tenant.look, shown, synced, around)


def identities_in_order(
    tenant: SailPointTenant, query: Query, sorts: Sequence[Sort], after: Sequence[Any]
) -> Iterator[Mapping[str, Any]] | None:
    """Identities that match, in the order asked for, from near the value `after` on, without looking at all of them.

    None where no index has that order, or where the query names an indexed field, which leads to fewer.
    """
    field, down = _plain_name(sorts[0][0]), sorts[0][1]
    index = _IDENTITY_ORDERS.get(field)
    if index is None or _identity_rows(tenant, query) is not None:
        return None
    table, now, around = tenant.state.identities, tenant.now(), Surroundings(tenant.look)
    # The index has these elsewhere than search: it knows changes at once, and what has no value comes last.
    apart = tenant.journal.lagging("identity") | {row.id for row in table.find(index, "")}

    def shown(rows: Iterable[Identity]) -> Iterator[Mapping[str, Any]]:
        for row in rows:
            known, synced = tenant.journal.indexed("identity", row.id, row)
            if known is not None:
                document = identity_document(tenant.look, known, synced, around)
                if matches(query, document, now):
                    yield document

    def place(document: Mapping[str, Any]) -> tuple[Any, ...]:
        return rank(document, sorts), table.place(document["id"])[0]

    start = str(after[0]).lower() if after and after[0] is not None else None
    # The letter that sorts before all others lets a walk downwards begin at the value itself.
    along = table.range(index, start) if not down else table.range_down(index, None, start and f"{start}\0")
    alike = groupby(shown(row for row in along if row.id not in apart), lambda one: str(one[field]).lower())
    walked = (document for _, group in alike for document in sorted(group, key=place))
    moved = sorted(shown(row for id in apart if (row := table.get(id)) is not None), key=place)
    return merge(walked, moved, key=place)


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


def _activities(tenant: SailPointTenant, query: Query, ascending: bool, *_: Any) -> Iterator[Mapping[str, Any]]:
    table, look = tenant.state.activities, tenant.look
    chosen = None
    for term in required(query):
        if (reader := _ACTIVITY_FIELDS.get(_plain(term))) is not None:
            chosen = reader(tenant, term.value)
        if chosen is not None:
            break
    for row in chosen if chosen is not None else (table.rows() if ascending else table.newest()):
        shown, synced = tenant.journal.indexed("activity", row.id, row)
        if shown is not None:
            yield Whole(row.id, lambda shown=shown, synced=synced: activity_document(look, shown, synced))  # type: ignore[misc]


def _of_name(tenant: SailPointTenant, name: str) -> list[Any] | None:
    people = tenant.state.identities.find("alias", name.lower())
    # A word inside a longer name is not indexed: finding nothing says nothing.
    return [row for one in people for row in tenant.state.activities.find("identity", one.id)] or None


def _of_id(tenant: SailPointTenant, id: str) -> list[Any]:
    row = tenant.state.activities.get(id)
    return [row] if row is not None else []


_ACTIVITY_FIELDS: dict[str, Any] = {
    "recipient.id": lambda tenant, value: list(tenant.state.activities.find("identity", value)),
    "requester.id": lambda tenant, value: list(tenant.state.activities.find("requester", value)),
    "trackingNumber": lambda tenant, value: list(tenant.state.activities.find("tracking", value)),
    "id": _of_id,
    "recipient.name": _of_name,
}


def _access(kind: str) -> Any:
    def candidates(tenant: SailPointTenant, query: Query, ascending: bool, *_: Any) -> Iterator[Mapping[str, Any]]:
        look, around = tenant.look, Surroundings(tenant.look)
        rows: list[Document] = list(_by_id(query, tenant.state.documents.get) or tenant.configuration.all(kind))
        for row in rows if ascending else reversed(rows):
            shown, synced = tenant.journal.indexed(kind, row.id, row)
            if shown is not None and shown.kind == kind:
                yield access_document(look, shown, synced, around)

    return candidates


def _by_id(query: Query, get: Any) -> list[Any]:
    """The records of ids that every match has one of."""
    for term in required(query):
        if _plain(term) == "id" and (found := get(term.value)) is not None:
            return [found]
    return []


def _rights(tenant: SailPointTenant, query: Query, ascending: bool, *_: Any) -> Iterator[Mapping[str, Any]]:
    table, look, around = tenant.state.entitlements, tenant.look, Surroundings(tenant.look)
    chosen: Iterable[Entitlement] = _by_id(query, table.get)
    if not chosen:
        chosen = table.rows() if ascending else table.newest()
        for term in required(query):
            if _plain(term) == "source.id":
                chosen = table.find("source", term.value)
    return (entitlement_document(look, row, None, around) for row in chosen)


_CANDIDATES: dict[str, Any] = {
    "events": _events,
    "identities": _identities,
    "accountactivities": _activities,
    "roles": _access("role"),
    "accessprofiles": _access("access-profile"),
    "entitlements": _rights,
}
