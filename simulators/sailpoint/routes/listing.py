"""Collections: paging, filters, sorters and the total, walking an index and stopping at the page's end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from starlette.responses import Response

from simulators.kernel.table import Table
from simulators.sailpoint.domain.filters import Condition, holds
from simulators.sailpoint.domain.search import values_at
from simulators.sailpoint.routes.base import Call, answer
from simulators.sailpoint.routes.operations import operation
from simulators.sailpoint.routes.walks import Own, Rank, Walk, rank_of, same, walk
from simulators.sailpoint.wire.filters import checked_filters, checked_sorters

Body = Callable[[Any], dict[str, Any]]
Facts = Callable[[Any], Mapping[str, Any]]
# A row, and what filters and sorters have read of it, if they read at all.
_Found = tuple[Any, Mapping[str, Any]]


@dataclass(frozen=True)
class Collection:
    """What one endpoint offers. `fields` maps a filter field to its operators, `paths` to where a body keeps it.

    `indexed` names for a field the table's index and how a value becomes its key; an empty index name is the id. `own`
    reads from a row by itself what its body shows of a field.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    sorters: frozenset[str] = frozenset()
    paths: Mapping[str, str] = field(default_factory=dict)
    indexed: Mapping[str, tuple[str, Callable[[str], str]]] = field(default_factory=dict)
    own: Own = field(default_factory=dict)
    limit: int = 250
    most: int = 250


def collection(method: str, path: str, **more: Any) -> Collection:
    """What the vendor documents of a collection (`operations.csv`), with `paths`, `indexed` and `own` of ours."""
    row = operation(method, path)
    return Collection(**{"fields": row.filters, "sorters": row.sorters, "limit": row.limit, "most": row.most, **more})


def lower(text: str) -> str:
    """Keys of indexes without case."""
    return text.lower()


IDS: dict[str, tuple[str, Callable[[str], str]]] = {"id": ("", same)}


def page(
    call: Call,
    collection: Collection,
    table: Table[Any] | None,
    body: Body,
    *,
    rows: Iterable[Any] | None = None,
    keep: Callable[[Any], bool] | None = None,
    total: Callable[[], int] | None = None,
    filters: str | None = None,
    facts: Facts | None = None,
    always: bool = False,
) -> Response:
    """One page of a collection: of `rows` where given, else of the table along its best index.

    `total` answers the count of everything that is kept where no filter is given, without walking; `always` counts
    unasked. `filters` stands in for the query parameter, `facts` is what filters and sorters read of a row where that
    is not its body. Bodies nobody reads are not made.
    """
    limit = call.number("limit", collection.limit, 0, collection.most)
    offset = call.number("offset", 0, 0, 2**31 - 1)
    text = call.query("filters") if filters is None else filters
    condition = checked_filters(text, collection.fields) if text else None
    sorters = checked_sorters(call.query("sorters"), collection.sorters)
    way = Walk(rows if rows is not None else ())
    if rows is None and table is not None:
        way = walk(table, collection.indexed, collection.own, condition, sorters, offset + limit)
    sorters = [] if way.ordered else sorters
    candidates = way.rows if keep is None else filter(keep, way.rows)
    found = _read(candidates, condition, collection, (facts or body) if condition is not None or sorters else None)

    def shown(chosen: Iterable[_Found]) -> list[Mapping[str, Any]]:
        return [known if known and facts is None else body(row) for row, known in chosen]

    if sorters:
        ordered = list(found)
        for name, descending in reversed(sorters):
            path = collection.paths.get(name, name)
            ordered.sort(key=lambda one, path=path: _sort_key(one[1], path), reverse=descending)  # type: ignore[misc]
        found = iter(ordered)
    if not (always or call.flag("count")):
        return answer(shown(islice(found, offset, offset + limit)))
    known_total = total() if condition is None and total is not None else way.total if keep is None else None
    if known_total is not None:
        return answer(shown(islice(found, offset, offset + limit)), headers={"X-Total-Count": str(known_total)})
    counted, chosen = 0, []
    for one in found:
        if offset <= counted < offset + limit:
            chosen.append(one)
        counted += 1
    return answer(shown(chosen), headers={"X-Total-Count": str(counted)})


def _sort_key(one: Mapping[str, Any], path: str) -> Rank:
    value = next(values_at(one, path), None)
    return rank_of(value)


def _read(
    candidates: Iterable[Any], condition: Condition | None, collection: Collection, reads: Facts | None
) -> Iterator[_Found]:
    """Rows that meet the condition, each with what was read of it."""
    for row in candidates:
        known = reads(row) if reads is not None else {}
        if condition is None or holds(condition, lambda name, k=known: _value(k, collection.paths.get(name, name))):  # type: ignore[misc]
            yield row, known


def _value(one: Mapping[str, Any], path: str) -> Any:
    found: Any = one
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
