"""Documents that match: people by their columns, others by an index and each checked, as search knows them now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.deferred import Whole
from simulators.sailpoint.domain.records import Entitlement, Event
from simulators.sailpoint.domain.search import EXACT, Query, Term, matches, ranges, required
from simulators.sailpoint.domain.search_dates import span
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.search.people import People
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.documents import activity_document, event_document
from simulators.sailpoint.wire.documents_access import access_document, entitlement_document
from simulators.sailpoint.wire.documents_shared import Surroundings
from simulators.sailpoint.wire.query import parse_query

_EVENT_FIELDS = frozenset({"action", "technicalName", "type", "target.name", "actor.name", "trackingNumber"})


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
    if index == "identities":
        return People(tenant, query).by_creation(ascending=ascending)
    found = _CANDIDATES[index](tenant, query, ascending, since, until)
    return (document for document in found if matches(query, document, now))


def found_by_text(tenant: SailPointTenant, index: str, text: str) -> Iterator[Mapping[str, Any]]:
    """Documents of one index that meet a query as people write it. Raises BadContent."""
    return found_documents(tenant, index, parse_query(text))


def _plain(term: Term) -> str:
    return term.field.removesuffix(EXACT)


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
    "accountactivities": _activities,
    "roles": _access("role"),
    "accessprofiles": _access("access-profile"),
    "entitlements": _rights,
}
