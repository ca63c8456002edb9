"""`/saved-searches`, `/scheduled-searches`: searches kept by their owner, and run by a schedule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.search_schedules import next_run
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.saved_searches import (
    SavedSearchBody,
    ScheduledSearchBody,
    saved_search,
    saved_search_body,
    scheduled_search_body,
    stored_schedule,
    stored_search,
)

area = Area()
SAVED, SCHEDULED = "saved-search", "scheduled-search"
_SAVED = collection("GET", "/saved-searches/v1")
_SCHEDULED = collection("GET", "/scheduled-searches/v1")


def _visible(call: Call, kind: str) -> Iterable[Document]:
    """One's own; an administrator sees everybody's."""
    for document in call.tenant.configuration.all(kind):
        if call.caller.is_admin or document.body["ownerId"] == call.caller.identity_id:
            yield document


def _one(call: Call, kind: str) -> Document:
    document = call.tenant.configuration.get(kind, call.path("id"))
    if not call.caller.is_admin and document.body["ownerId"] != call.caller.identity_id:
        raise NotFound
    return document


async def _search_of(call: Call, owner_id: str) -> dict[str, Any]:
    """The search of the body, which has to be one that can run."""
    stored = stored_search(await call.model(SavedSearchBody), owner_id)
    saved_search(stored)
    return stored


@area.get("/saved-searches/v1")
async def list_saved(call: Call) -> Response:
    """Saved searches."""
    return page(call, _SAVED, None, saved_search_body, rows=_visible(call, SAVED))


@area.post("/saved-searches/v1")
async def create_saved(call: Call) -> Response:
    """Keep a search."""
    stored = await _search_of(call, call.caller.identity_id)
    return answer(saved_search_body(call.tenant.configuration.add(SAVED, stored, id=call.tenant.ids.uuid(SAVED))), 201)


@area.get("/saved-searches/v1/{id}")
async def get_saved(call: Call) -> Response:
    """One saved search."""
    return answer(saved_search_body(_one(call, SAVED)))


@area.put("/saved-searches/v1/{id}")
async def put_saved(call: Call) -> Response:
    """Replace a saved search; it keeps its owner."""
    document = _one(call, SAVED)
    stored = await _search_of(call, document.body["ownerId"])
    return answer(saved_search_body(call.tenant.configuration.update(document, stored)))


@area.delete("/saved-searches/v1/{id}")
async def delete_saved(call: Call) -> Response:
    """Forget a saved search, and what was scheduled of it."""
    document = _one(call, SAVED)
    for one in list(call.tenant.configuration.all(SCHEDULED)):
        if one.body["savedSearchId"] == document.id:
            _forget(call, one)
    call.tenant.configuration.remove(document)
    return empty()


def _forget(call: Call, document: Document) -> None:
    if call.tenant.searches is not None:
        call.tenant.searches.forget(document)
    call.tenant.configuration.remove(document)


async def _schedule_of(call: Call, owner_id: str) -> dict[str, Any]:
    """The scheduled search of the body: its search and its readers exist, its schedule can be read."""
    body = await call.model(ScheduledSearchBody)
    if call.tenant.configuration.find(SAVED, body.saved_search_id) is None:
        raise MissingReference(f'The saved search "{body.saved_search_id}" was not found.')
    for one in body.recipients:
        if call.look.identity(one.id) is None:
            raise MissingReference(f'The identity "{one.id}" was not found.')
    stored = stored_schedule(body, owner_id)
    if body.schedule.expiration and instant(body.schedule.expiration) is None:
        raise IllegalValue('Value of "schedule.expiration" is empty or contains invalid data.')
    try:
        next_run(stored["schedule"], call.tenant.now(), call.tenant.state.time_zone)
    except (ValueError, OverflowError) as error:
        raise IllegalValue('Value of "schedule" is empty or contains invalid data.') from error
    return stored


def _followed(call: Call, document: Document) -> Document:
    if call.tenant.searches is not None:
        call.tenant.searches.follow(document)
    return document


@area.get("/scheduled-searches/v1")
async def list_scheduled(call: Call) -> Response:
    """Scheduled searches."""
    return page(call, _SCHEDULED, None, scheduled_search_body, rows=_visible(call, SCHEDULED))


@area.post("/scheduled-searches/v1")
async def create_scheduled(call: Call) -> Response:
    """Run a saved search by a schedule."""
    stored = await _schedule_of(call, call.caller.identity_id)
    document = call.tenant.configuration.add(SCHEDULED, stored, id=call.tenant.ids.uuid(SCHEDULED))
    return answer(scheduled_search_body(_followed(call, document)), 201)


@area.get("/scheduled-searches/v1/{id}")
async def get_scheduled(call: Call) -> Response:
    """One scheduled search."""
    return answer(scheduled_search_body(_one(call, SCHEDULED)))


@area.put("/scheduled-searches/v1/{id}")
async def put_scheduled(call: Call) -> Response:
    """Replace a scheduled search; it keeps its owner."""
    document = _one(call, SCHEDULED)
    stored = await _schedule_of(call, document.body["ownerId"])
    return answer(scheduled_search_body(_followed(call, call.tenant.configuration.update(document, stored))))


@area.delete("/scheduled-searches/v1/{id}")
async def delete_scheduled(call: Call) -> Response:
    """Forget a scheduled search."""
    _forget(call, _one(call, SCHEDULED))
    return empty()
