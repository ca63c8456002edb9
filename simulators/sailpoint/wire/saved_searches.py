"""Saved and scheduled searches as the REST API reads and shows them."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, TypeAdapter

from simulators.sailpoint.domain.errors import IllegalValue
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.searches import Filtered, Index, Names, QueryText, Search, SearchBody, search_of
from simulators.sailpoint.wire.shapes import when

_Text = Annotated[str, Field(max_length=20_000)]


class Column(Camel):
    """A column of a report."""

    field: str
    header: str | None = None


class SavedSearchBody(Camel):
    """A search to be kept."""

    indices: Annotated[list[Index], Field(min_length=1, max_length=50)]
    query: _Text
    name: Annotated[str, Field(max_length=255)] | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    columns: dict[str, Annotated[list[Column], Field(max_length=500)]] | None = None
    fields_: Annotated[Names | None, Field(alias="fields")] = None
    order_by: dict[str, Names] | None = None
    sort: Annotated[list[str], Field(max_length=10)] | None = None
    filters: dict[str, JsonValue] | None = None


class Selector(Camel):
    """Values by list or by range."""

    type: Literal["LIST", "RANGE"]
    values: Annotated[list[Annotated[str, Field(max_length=20)]], Field(min_length=1, max_length=400)]
    interval: Annotated[int, Field(ge=1, le=366)] | None = None


class ScheduleBody(Camel):
    """When a search runs."""

    type: Literal["DAILY", "WEEKLY", "MONTHLY", "CALENDAR", "ANNUALLY"]
    hours: Selector
    months: Selector | None = None
    days: Selector | None = None
    expiration: str | None = None
    time_zone_id: str | None = None


class Recipient(Camel):
    """Who gets the report."""

    type: Literal["IDENTITY"]
    id: Annotated[str, Field(min_length=1)]


class ScheduledSearchBody(Camel):
    """A saved search to be run by a schedule."""

    saved_search_id: Annotated[str, Field(min_length=1)]
    schedule: ScheduleBody
    recipients: Annotated[list[Recipient], Field(max_length=500)]
    name: Annotated[str, Field(max_length=255)] | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    enabled: bool | None = None
    email_empty_results: bool | None = None
    display_query_details: bool | None = None


@cache
def _reader() -> TypeAdapter[dict[str, Filtered]]:
    return TypeAdapter(dict[str, Filtered])


def _filters(found: dict[str, JsonValue] | None) -> dict[str, Filtered] | None:
    """Filters by field. One that stands alone, without a field (the document allows it), narrows nothing."""
    if not found:
        return None
    try:
        _stands_alone(found)
        return _reader().validate_python(found) if all(isinstance(one, dict) for one in found.values()) else None
    except ValueError as error:  # pydantic's too
        raise IllegalValue('Value of "filters" is empty or contains invalid data.') from error


def _stands_alone(found: dict[str, JsonValue]) -> None:
    """Whether what is named like a filter's own properties may be them. Raises ValueError."""
    one = Filtered.model_validate({name: found[name] for name in Filtered.model_fields if name in found})
    for part in (one, one.range) if one.range else (one,):
        if any(getattr(part, name) is None for name in type(part).model_fields if name in part.model_fields_set):
            raise ValueError("a property of a filter cannot be null")


def saved_search(stored: dict[str, Any]) -> Search:
    """The search of a stored body. Raises BadContent, IllegalValue."""
    body = SavedSearchBody.model_validate(stored)
    query = QueryText(query=body.query, fields=body.fields_)
    filters = _filters(body.filters)
    return search_of(SearchBody(indices=body.indices, query=query, sort=body.sort, filters=filters))


_SAVED = ("name", "description", "indices", "columns", "query", "fields", "orderBy", "sort", "filters")
_NULLABLE = frozenset({"description", "fields", "orderBy", "sort", "filters"})
_SCHEDULED = ("name", "description", "savedSearchId", "schedule", "recipients")
_SWITCHES = ("enabled", "emailEmptyResults", "displayQueryDetails")


def stored_search(body: SavedSearchBody, owner_id: str) -> dict[str, Any]:
    """What is kept of a saved search."""
    given = body.sent()
    return {name: given[name] for name in _SAVED if name in given} | {"ownerId": owner_id}


def stored_schedule(body: ScheduledSearchBody, owner_id: str) -> dict[str, Any]:
    """What is kept of a scheduled search."""
    given = body.sent()
    switches = {name: bool(given.get(name)) for name in _SWITCHES}
    return {name: given[name] for name in _SCHEDULED if name in given} | switches | {"ownerId": owner_id}


def _owned(document: Document) -> dict[str, Any]:
    owner = str(document.body["ownerId"])
    times = {"created": when(document.created), "modified": when(document.modified)}
    return {"id": document.id, "owner": {"type": "IDENTITY", "id": owner}, "ownerId": owner, **times}


def saved_search_body(document: Document) -> dict[str, Any]:
    """A saved search."""
    shown = {
        name: document.body[name]
        for name in _SAVED
        if name in document.body and (document.body[name] is not None or name in _NULLABLE)
    }
    return {**_owned(document), "public": False, **shown}


def scheduled_search_body(document: Document) -> dict[str, Any]:
    """A scheduled search."""
    shown = {name: document.body.get(name) for name in ("name", "description")}
    return {**_owned(document), **shown, **{name: document.body[name] for name in (*_SCHEDULED[2:], *_SWITCHES)}}
