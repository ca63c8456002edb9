"""`/search`: documents of six indices by query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.search import All, Query, Term, values_at
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.operations import operation
from simulators.sailpoint.searching import INDICES, found_documents
from simulators.sailpoint.wire.query import parse_query

area = Area()
LIMIT, MOST = 250, 10_000


def _indices(body: Mapping[str, Any], fixed: str = "") -> list[str]:
    asked = [fixed] if fixed else body.get("indices") or []
    if not isinstance(asked, list) or not asked:
        raise BadContent("At least one index is required.")
    if "*" in asked:
        return list(INDICES)
    for name in asked:
        if name not in INDICES:
            raise BadContent(f'The index "{name}" is not supported.')
    return [str(name) for name in asked]


def _query(body: Mapping[str, Any]) -> Query:
    kind = body.get("queryType") or "SAILPOINT"
    if kind not in ("SAILPOINT", "TEXT"):
        raise BadContent(f'The query type "{kind}" is not supported.')
    asked = body.get("query") or {}
    if kind == "TEXT":
        terms = tuple(Term("", str(word)) for word in (body.get("textQuery") or {}).get("terms") or ())
        return All(terms)
    query = parse_query(str(asked.get("query") or "*"))
    filters = body.get("filters") or {}
    parts = [query]
    for name, one in filters.items():
        words = " OR ".join(f'"{value}"' for value in one.get("terms") or ())
        parts.append(
            parse_query(f"{'NOT ' if one.get('exclude') else ''}{name}:({words})" if words else f"_exists_:{name}")
        )
    return All(tuple(parts)) if len(parts) > 1 else query


def _sorts(body: Mapping[str, Any]) -> list[tuple[str, bool]]:
    asked = body.get("sort") or []
    return [(str(name).lstrip("+-"), str(name).startswith("-")) for name in asked]


def _key(document: Mapping[str, Any], name: str) -> tuple[bool, Any]:
    value = next(values_at(document, name), None)
    return (value is not None, value if isinstance(value, int | float) else str(value or ""))


class _Descending:
    """A sort key turned round."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.key == other.key)


def _rank(document: Mapping[str, Any], sorts: list[tuple[str, bool]]) -> list[Any]:
    return [_Descending(_key(document, name)) if down else _key(document, name) for name, down in sorts]


def _documents(call: Call, body: Mapping[str, Any], fixed: str = "") -> Iterator[dict[str, Any]]:
    """Matching documents in the order asked for. Order of creation is that of the walk, so it needs no sorting."""
    query, sorts, indices = _query(body), _sorts(body), _indices(body, fixed)
    natural = (
        len(indices) == 1 and indices[0] == "events" and [name for name, _ in sorts] in (["created"], ["created", "id"])
    )
    ascending = not (natural and sorts[0][1])
    found: Iterator[dict[str, Any]]
    found = (one for index in indices for one in found_documents(call.tenant, index, query, ascending=ascending))
    if sorts:
        # Events of one instant are ordered by the later fields; a walk in order of creation is nearly sorted already.
        found = iter(sorted(found, key=lambda one: _rank(one, sorts))) if not natural or len(sorts) > 1 else found
    after = body.get("searchAfter") or []
    if after and sorts:
        limit = _rank(_as_document(sorts, after), sorts)
        found = (one for one in found if limit < _rank(one, sorts)[: len(limit)])
    return found


def _as_document(sorts: list[tuple[str, bool]], after: list[Any]) -> dict[str, Any]:
    return {name: value for (name, _), value in zip(sorts, after, strict=False)}


def _shaped(document: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    wanted = body.get("queryResultFilter") or {}
    if body.get("includeNested") is False:
        document = {name: value for name, value in document.items() if name not in ("access", "accounts", "apps")}
    if includes := wanted.get("includes"):
        tops = {str(name).split(".")[0] for name in includes}
        document = {
            name: value for name, value in document.items() if name in tops or name in ("id", "_type", "_version")
        }
    if excludes := wanted.get("excludes"):
        document = {name: value for name, value in document.items() if name not in excludes}
    return document


async def _search(call: Call, fixed: str = "") -> Response:
    body = await call.object()
    limit, offset = call.number("limit", LIMIT, 0, MOST), call.number("offset", 0, 0, None)
    if offset + limit > MOST and offset:
        raise BadContent("Offset paging ends at 10000 records; use searchAfter.")
    found = _documents(call, body, fixed)
    if not call.flag("count"):
        return answer([_shaped(one, body) for one in islice(found, offset, offset + limit)])
    every = list(found)
    shown = [_shaped(one, body) for one in every[offset : offset + limit]]
    return answer(shown, headers={"X-Total-Count": str(len(every))})


@area.post("/search/v1")
async def search(call: Call) -> Response:
    """Documents that match."""
    return await _search(call)


@area.post("/search/v1/count")
async def count(call: Call) -> Response:
    """How many documents match, in a header."""
    body = await call.object()
    query = _query(body)
    total = sum(1 for index in _indices(body) for _ in found_documents(call.tenant, index, query))
    return empty(204, {"X-Total-Count": str(total)})


# An index in the path is not documented; collectors use it (Elastic's, for events).
@area.on("POST", "/search/v1/{index}", like=operation("POST", "/search/v1"))
async def search_one(call: Call) -> Response:
    """Documents of the index in the path; undocumented, but collectors use it."""
    if call.path("index") not in INDICES:
        raise NotFound
    return await _search(call, call.path("index"))


@area.get("/search/v1/{index}/{id}")
async def get_document(call: Call) -> Response:
    """One document."""
    index, id = call.path("index"), call.path("id")
    if index not in INDICES:
        raise NotFound
    found = next(iter(found_documents(call.tenant, index, Term("id", id))), None)
    if found is None:
        raise NotFound
    return answer(found)
