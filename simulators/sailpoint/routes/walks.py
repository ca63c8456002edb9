"""How a collection is walked: along what leads to few of its rows, or along an order that is there already.

What is chosen here decides what a page costs, never what it holds: conditions are tested on every row all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from typing import Any

from simulators.kernel.cow import CowSorted
from simulators.kernel.derived import BEHIND, LAST, Place, across
from simulators.kernel.table import Table
from simulators.kernel.times import iso
from simulators.sailpoint.domain.filters import Compare, Condition, required
from simulators.sailpoint.domain.times import instant

Own = Mapping[str, Callable[[Any], Any]]
Indexed = Mapping[str, tuple[str, Callable[[str], str]]]
# Nothing comes before something; then as text in any case.
Rank = tuple[bool, str]
_Pairs = CowSorted[tuple[Rank, Place]]

# Among fewer rows nothing is computed beforehand: looking at all of them is as quick.
SMALL = 300
_DATES = ("created", "modified")


@dataclass(frozen=True, slots=True)
class Walk:
    """Rows to look at: whether they come in the order asked for, and how many they are where every one counts."""

    rows: Iterable[Any]
    ordered: bool = False
    total: int | None = None


def same(text: str) -> str:
    """Keys of indexes as they are."""
    return text


def rank_of(value: Any) -> Rank:
    """Where a value stands in its order."""
    return value is not None, str(value).lower()


def walk(
    table: Table[Any],
    indexed: Indexed,
    own: Own,
    condition: Condition | None,
    sorters: list[tuple[str, bool]],
    most: int,
) -> Walk:
    """The walk that is likely to find the first `most` rows soonest."""
    best = _fewest(table, indexed, own, condition)
    if len(sorters) == 1 and (best is None or most * len(table) < best[0] ** 2):
        ordered = _in_order(table, indexed, own, *sorters[0])
        if ordered is not None:
            return Walk(ordered, ordered=True)
    if best is None:
        return Walk(table.rows(), ordered=not sorters)
    return Walk(best[1], ordered=not sorters, total=best[0] if _says_all(indexed, condition) else None)


def _says_all(indexed: Indexed, condition: Condition | None) -> bool:
    """Whether an index of whole values answers the condition by itself."""
    if not isinstance(condition, Compare) or condition.op not in ("eq", "in"):
        return False
    index, key = indexed.get(condition.field, ("", same))
    return bool(index) and key is same


def _in_order(table: Table[Any], indexed: Indexed, own: Own, name: str, descending: bool) -> Iterable[Any] | None:
    index, _ = indexed.get(name, ("", same))
    pairs: CowSorted[tuple[Any, Place]]
    if index:
        pairs = table.index(index)
    elif name in own and len(table) >= SMALL:
        pairs = _pairs(table, own, name)
    elif name == "created" and name not in own:
        return table.newest() if descending else table.rows()
    else:
        return None
    return (table[id] for _, (_, id) in (_downward(pairs) if descending else pairs.upward()))


def _downward(pairs: CowSorted[tuple[Any, Place]]) -> Iterator[tuple[Any, Place]]:
    """The highest values first, and what has the same value in order of creation."""
    last = next(pairs.downward(), None)
    while last is not None:
        value = last[0]
        for pair in pairs.upward((value,)):
            if pair[0] != value:
                break
            yield pair
        last = next(pairs.downward((value,)), None)


def _pairs(table: Table[Any], own: Own, name: str) -> _Pairs:
    value = own[name]
    return table.derived(f"own {name}", lambda place, row: [(rank_of(value(row)), place)])


def _fewest(
    table: Table[Any], indexed: Indexed, own: Own, condition: Condition | None
) -> tuple[int, Iterable[Any]] | None:
    """The fewest rows among which all that meet the condition are, and how many; None for all rows."""
    best: tuple[int, Iterable[Any]] | None = None
    for one in required(condition):
        found = _along(table, indexed, one) if one.field in indexed else _among(table, own, one)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    return best


def _along(table: Table[Any], indexed: Indexed, one: Compare) -> tuple[int, Iterable[Any]] | None:
    index, key = indexed[one.field]
    if one.op == "sw" and index:
        start = key(str(one.value))
        return _between(table, table.index(index), [((start,), (start + LAST,))])
    if one.op not in ("eq", "in"):
        return None
    wanted = one.value if isinstance(one.value, tuple) else (one.value,)
    if not index:
        found = [row for value in wanted if (row := table.get(str(value))) is not None]
        return len(found), found
    keys = sorted({key(str(value)) for value in wanted})
    if len(keys) == 1:
        return table.count(index, keys[0]), table.find(index, keys[0])
    return _between(table, table.index(index), [((one_key,), (one_key, BEHIND)) for one_key in keys])


def _among(table: Table[Any], own: Own, one: Compare) -> tuple[int, Iterable[Any]] | None:
    ranges = _ranges(one) if one.field in own and len(table) >= SMALL else None
    if ranges is None:
        return None
    return _between(table, _pairs(table, own, one.field), ranges)


def _between(
    table: Table[Any], pairs: CowSorted[tuple[Any, Place]], ranges: list[tuple[Any, Any]]
) -> tuple[int, Iterable[Any]]:
    """How many rows stand between some ends, and these rows in order of creation, each once."""
    found = merge(*(across(pairs, low, high, 0) for low, high in ranges))
    return sum(pairs.between(low, high) for low, high in ranges), (table[id] for (_, id), _ in groupby(found))


def _ranges(one: Compare) -> list[tuple[Any, Any]] | None:
    """Between which ends the values lie that meet a comparison, apart from each other; None where that is not known."""
    wanted = one.value if isinstance(one.value, tuple) else (one.value,)
    if any(value is None or value == "" for value in wanted):
        return None
    dates = [found for value in wanted if (found := instant(value)) is not None] if one.field in _DATES else []
    if one.op in ("eq", "in"):
        ranks = {rank_of(value) for value in wanted} | {rank_of(iso(date)) for date in dates}
        return [((rank,), (rank, BEHIND)) for rank in sorted(ranks)]
    if one.op == "sw":
        known, text = rank_of(one.value)
        return [(((known, text),), ((known, text + LAST),))]
    if not dates or one.op not in ("gt", "ge", "lt", "le"):
        return None
    rank = rank_of(iso(dates[0]))
    return [((rank,), None)] if one.op in ("gt", "ge") else [(((True, ""),), (rank, BEHIND))]
