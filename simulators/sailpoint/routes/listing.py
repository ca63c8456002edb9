"""Collections: paging, filters, sorters and the total, walking an index and stopping at the page's end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from starlette.responses import Response

from simulators.kernel.table import Table
from simulators.sailpoint.domain.filters import Compare, Condition, holds, required
from simulators.sailpoint.domain.search import values_at
from simulators.sailpoint.routes.base import Call, answer
from simulators.sailpoint.routes.operations import operation
from simulators.sailpoint.wire.filters import checked_filters, checked_sorters

Body = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Collection:
    """What one endpoint offers. `fields` maps a filter field to its operators, `paths` to where a body keeps it.

    `indexed` names for a field the table's index and how a value becomes its key; an empty index name is the id.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    sorters: frozenset[str] = frozenset()
    paths: Mapping[str, str] = field(default_factory=dict)
    indexed: Mapping[str, tuple[str, Callable[[str], str]]] = field(default_factory=dict)
    limit: int = 250
    most: int = 250
    # What filters and sorters read of a record where that is not its body.
    facts: Callable[[Any], Mapping[str, Any]] | None = None
    # Properties that filters may name and answers do not show.
    hidden: frozenset[str] = frozenset()


def collection(method: str, path: str, **more: Any) -> Collection:
    """What the vendor documents of a collection (`operations.csv`), with `paths` and `indexed` of ours."""
    row = operation(method, path)
    return Collection(**{"fields": row.filters, "sorters": row.sorters, "limit": row.limit, "most": row.most, **more})


def lower(text: str) -> str:
    """Keys of indexes without case."""
    return text.lower()


def same(text: str) -> str:
    """Keys of indexes as they are."""
    return text


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
    seen: Callable[[Any], Mapping[str, Any]] | None = None,
    always: bool = False,
) -> Response:
    """One page of a collection: of `rows` where given, else of the table along its best index.

    `total` answers the count of everything that is kept where no filter is given, without walking; `always` counts
    unasked. `filters` stands in for the query parameter, `seen` is what filters know of a row beside its body.
    """
    limit = call.number("limit", collection.limit, 0, collection.most)
    offset = call.number("offset", 0, 0, 2**31 - 1)
    text = call.query("filters") if filters is None else filters
    condition = checked_filters(text, collection.fields) if text else None
    sorters = checked_sorters(call.query("sorters"), collection.sorters)
    candidates: Iterable[Any]
    ordered_walk = _in_order(table, collection, sorters) if rows is None and condition is None else None
    if ordered_walk is not None:
        candidates, sorters = ordered_walk, []
    else:
        candidates = rows if rows is not None else _walk(table, collection, condition)
    found = _matching(candidates, condition, collection, body, keep, seen)
    counting = always or call.flag("count")
    if sorters:
        ordered = list(found)
        for name, descending in reversed(sorters):
            path = collection.paths.get(name, name)
            ordered.sort(key=lambda one, path=path: _sort_key(one[1], path), reverse=descending)  # type: ignore[misc]
        found = iter(ordered)
    if not counting:
        return answer(_shown(collection, body, islice(found, offset, offset + limit)))
    if condition is None and total is not None:
        page = _shown(collection, body, islice(found, offset, offset + limit))
        return answer(page, headers={"X-Total-Count": str(total())})
    counted, shown = 0, []
    for one in found:
        if offset <= counted < offset + limit:
            shown.append(one)
        counted += 1
    return answer(_shown(collection, body, shown), headers={"X-Total-Count": str(counted)})


# A record, what filters and sorters read of it, and its body where that is at hand already.
_Found = tuple[Any, Mapping[str, Any], dict[str, Any] | None]


def _shown(collection: Collection, body: Body, found: Iterable[_Found]) -> list[dict[str, Any]]:
    """Bodies as the client sees them."""
    bodies = [made if made is not None else body(row) for row, _, made in found]
    if not collection.hidden:
        return bodies
    return [{name: value for name, value in one.items() if name not in collection.hidden} for one in bodies]


def _in_order(
    table: Table[Any] | None, collection: Collection, sorters: list[tuple[str, bool]]
) -> Iterable[Any] | None:
    """A walk that is sorted already: along the index of the only sorter, or in order of creation."""
    if table is None or len(sorters) != 1:
        return None
    name, descending = sorters[0]
    if name == "created":
        return table.newest() if descending else table.rows()
    index, _ = collection.indexed.get(name, ("", same))
    if not index:
        return None
    return table.range_down(index) if descending else table.range(index)


def _sort_key(one: Mapping[str, Any], path: str) -> tuple[bool, str]:
    value = next(values_at(one, path), None)
    return (value is not None, str(value).lower())


def _matching(
    candidates: Iterable[Any],
    condition: Condition | None,
    collection: Collection,
    body: Body,
    keep: Callable[[Any], bool] | None,
    seen: Callable[[Any], Mapping[str, Any]] | None,
) -> Iterator[_Found]:
    for row in candidates:
        if keep is not None and not keep(row):
            continue
        made = body(row) if collection.facts is None else None
        known = made if made is not None else collection.facts(row)  # type: ignore[misc]
        facts = known if seen is None or condition is None else {**known, **seen(row)}
        if condition is None or holds(condition, lambda name, f=facts: _value(f, collection.paths.get(name, name))):  # type: ignore[misc]
            yield row, facts, made


def _value(one: Mapping[str, Any], path: str) -> Any:
    found: Any = one
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _walk(table: Table[Any] | None, collection: Collection, condition: Condition | None) -> Iterable[Any]:
    if table is None:
        return ()
    best: tuple[int, Iterable[Any]] | None = None
    for one in required(condition):
        if one.field not in collection.indexed or one.op not in ("eq", "in"):
            if one.op == "sw" and one.field in collection.indexed and best is None:
                index, key = collection.indexed[one.field]
                if index:
                    best = (1 << 60, table.prefix(index, key(str(one.value))))
            continue
        size, rows = _along(table, collection, one)
        if best is None or size < best[0]:
            best = (size, rows)
    return best[1] if best is not None else table.rows()


def _along(table: Table[Any], collection: Collection, one: Compare) -> tuple[int, Iterable[Any]]:
    index, key = collection.indexed[one.field]
    wanted = one.value if isinstance(one.value, tuple) else (one.value,)
    if not index:
        found = [row for value in wanted if (row := table.get(str(value))) is not None]
        return len(found), found
    keys = list(dict.fromkeys(key(str(value)) for value in wanted))
    return sum(table.count(index, one_key) for one_key in keys), (
        row for one_key in keys for row in table.find(index, one_key)
    )
