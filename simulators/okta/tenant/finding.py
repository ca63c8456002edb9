"""Finding records by a query at a cost that depends on what is found, not on how many there are.

Indexes that every write keeps stand in `state.py`. Beyond those a sorted set is computed of each attribute that
somebody searches or sorts by, once the population is worth it. What they offer is tested with `holds`: they decide
what an answer costs, never what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import chain, groupby
from typing import Any, Generic, TypeVar

from simulators.kernel.cow import CowSorted
from simulators.kernel.derived import BEHIND, Place, across, containing, places
from simulators.kernel.table import Table
from simulators.okta.domain.query import All, Comparison, Either, Query, holds
from simulators.okta.domain.ranges import Range, beginning, both, exact, keys_of, ranges_of, text_of
from simulators.okta.tenant.state import milliseconds

R = TypeVar("R")
# records written lately: what `search` still shows of each, and how many of its writes are not indexed
Late = Mapping[str, tuple[R | None, int]]
Ranges = Callable[[Comparison], list[Range] | None]

# among fewer records nothing is computed: looking at all of them is as quick
SMALL = 300
# so few candidates are looked at one by one, whatever else might offer fewer
_FEW = 100
# stepping over a record in an order that is there already is so much cheaper than putting one in order
_STEPS = 256
# looking through the texts of that many records costs as much as looking at one
_TEXTS = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """Places that include those of every answer: how many, those from a number on in order, and all in no order."""

    count: int
    walk: Callable[[int], Iterator[Place]]
    every: Callable[[], Iterable[Place]]


@dataclass(frozen=True)
class Finder(Generic[R]):
    """How records of one kind are found.

    `single` tells the fields that never hold a list; `order` is how a record stands when sorted by a field, its id
    last; `declared` names the fields with an index of the table, and which ranges of it a comparison means.
    """

    value: Callable[[R, str], Any]
    order: Callable[[R, str], tuple[Any, ...]]
    single: Callable[[str], bool]
    declared: Mapping[str, tuple[str, Ranges]] = field(default_factory=dict)

    def filtered(self, table: Table[R], query: Query, after: str | None) -> Iterator[R]:
        """Records as they are that satisfy a query to the letter, in order of creation."""
        for _, id in self._candidates(table, query, table.number_behind(after), fold=False):
            if holds(query, partial(self.value, row := table[id]), fold=False):
                yield row

    def searched(self, table: Table[R], late: Late[R], query: Query | None, after: str | None) -> Iterator[R]:
        """Records as `search` shows them that satisfy a query in any case, in order of creation."""
        start, old = table.number_behind(after), _old(table, late)
        found = self._candidates(table, query, start, fold=True)
        if late:
            behind = sorted(place for id in old if (place := table.place(id))[0] >= start)
            found = merge((place for place in found if place[1] not in late), behind)
        for _, id in found:
            if query is None or holds(query, partial(self.value, row := old.get(id) or table[id]), fold=True):
                yield row

    def sorted(
        self, table: Table[R], late: Late[R], query: Query | None, by: str, down: bool, after: str | None
    ) -> Iterator[R]:
        """As `searched`, sorted by one field and then by id; from the first on where `after` is not among them."""

        def order(row: R) -> tuple[Any, ...]:
            return self.order(row, by)

        def fits(row: R) -> bool:
            return query is None or holds(query, partial(self.value, row), fold=True)

        old = _old(table, late)
        last = None if after is None else old.get(after) if after in late else table.get(after)
        cursor = order(last) if last is not None and fits(last) else None
        offer = None if query is None else self._offer(table, query, fold=True)
        if len(table) < SMALL or (offer is not None and offer.count <= max(_FEW, len(table) // _STEPS)):
            rows = sorted(self.searched(table, late, query, None), key=order, reverse=down)
            yield from (row for row in rows if cursor is None or (order(row) < cursor if down else order(row) > cursor))
            return
        keys = table.derived(f"order {by}", lambda _, row: [order(row)])
        found = keys.downward(cursor) if down else keys.upward(cursor and (*cursor, ""))
        if late:
            ends = sorted(map(order, old.values()), reverse=down)
            behind = [key for key in ends if cursor is None or (key < cursor if down else key > cursor)]
            found = merge((key for key in found if key[-1] not in late), behind, reverse=down)
        if offer is not None and offer.count * 2 < len(table):
            wanted = {id for _, id in offer.every()}.union(old)
            found = (key for key in found if key[-1] in wanted)
        for key in found:
            if fits(row := old.get(key[-1]) or table[key[-1]]):
                yield row

    def _candidates(self, table: Table[R], query: Query | None, start: int, fold: bool) -> Iterator[Place]:
        """The places to look at from a number on: in order of creation, each once."""
        offer = None if query is None else self._offer(table, query, fold)
        if offer is None or offer.count >= len(table):
            return table.places(start)
        return (place for place, _ in groupby(offer.walk(start)))

    def _offer(self, table: Table[R], query: Query, fold: bool) -> Offer | None:
        """The places where the answers are; None for everywhere."""
        if isinstance(query, Comparison):
            return self._of_field(table, [query], fold)
        if isinstance(query, All):
            return self._least(table, query, fold)
        if isinstance(query, Either):
            offers = [offer for part in query.parts if (offer := self._offer(table, part, fold)) is not None]
            return _joined(offers) if len(offers) == len(query.parts) else None
        return None

    def _least(self, table: Table[R], query: All, fold: bool) -> Offer | None:
        """The smallest offer of the parts; nothing is computed once there is a small one."""
        together: dict[str, list[Comparison]] = {}
        asks: list[tuple[bool, Callable[[], Offer | None]]] = []
        for part in query.parts:
            if not isinstance(part, Comparison):
                asks.append((True, lambda part=part: self._offer(table, part, fold)))  # type: ignore[misc]
            elif self.single(part.field) and part.operator != "co":
                together.setdefault(part.field, []).append(part)
            else:
                asks.append((True, lambda part=part: self._of_field(table, [part], fold)))  # type: ignore[misc]
        for name, parts in together.items():
            known = name in self.declared or name == "id"
            asks.append((not known, lambda parts=parts: self._of_field(table, parts, fold)))  # type: ignore[misc]
        least: Offer | None = None
        for _, ask in sorted(asks, key=lambda one: one[0]):
            if least is not None and least.count <= _FEW:
                break
            offer = ask()
            if offer is not None and (least is None or offer.count < least.count):
                least = offer
        return least

    def _of_field(self, table: Table[R], parts: list[Comparison], fold: bool) -> Offer | None:
        """Where all of some comparisons of one field hold; several only of a field that holds no list."""
        first = parts[0]
        if first.field == "id" and first.operator == "eq" and first.value in table:
            at = table.place(first.value)
            return Offer(1, lambda start: iter([at] if at[0] >= start else []), lambda: [at])
        if first.field in self.declared:
            name, meant = self.declared[first.field]
            ranges = _common([meant(part) for part in parts])
            if ranges is not None:
                return _offered(table.index(name), ranges)
        if len(table) < SMALL:
            return None
        value, name = self.value, first.field
        if first.operator == "co" and isinstance(first.value, str) and fold:
            return _with_text(table, f"text {name}", lambda row: text_of(value(row, name)), first.value.casefold())
        ranges = _common([ranges_of(part, fold) for part in parts])
        if ranges is None:
            return None
        keys = table.derived(f"value {name}", lambda place, row: [(key, place) for key in keys_of(value(row, name))])
        return _offered(keys, ranges)


def texts(part: Comparison) -> list[Range] | None:
    """What a comparison means to an index of texts without case that leaves out empty ones."""
    if not isinstance(part.value, str) or not part.value or part.operator not in ("eq", "sw"):
        return None
    text = part.value.casefold()
    return exact(text) if part.operator == "eq" else beginning(text)


def capitals(part: Comparison) -> list[Range] | None:
    """The range of a word that is kept in capital letters, as statuses and types are."""
    return exact(part.value.upper()) if part.operator == "eq" and isinstance(part.value, str) else None


def instants(part: Comparison) -> list[Range] | None:
    """What a comparison means to an index of whole milliseconds."""
    if not isinstance(part.value, datetime):
        return None
    at = milliseconds(part.value)
    if part.operator == "eq":
        return exact(at)
    upward: list[Range] = [((at,), None)]
    downward: list[Range] = [(None, (at, BEHIND))]
    return {"gt": upward, "ge": upward, "lt": downward, "le": downward}.get(part.operator)


def _old(table: Table[R], late: Late[R]) -> dict[str, R]:
    """What `search` shows instead of records written lately; it shows nothing of those that are new."""
    return {id: row for id, (row, _) in late.items() if row is not None and id in table}


def _common(several: list[list[Range] | None]) -> list[Range] | None:
    known = [ranges for ranges in several if ranges is not None]
    if not known:
        return None
    found = known[0]
    for ranges in known[1:]:
        found = both(found, ranges)
    return found


def _offered(pairs: CowSorted[Any], ranges: list[Range]) -> Offer:
    return Offer(
        sum(pairs.between(low, high) for low, high in ranges),
        lambda start: merge(*(across(pairs, low, high, start) for low, high in ranges)),
        lambda: chain.from_iterable(places(pairs, low, high) for low, high in ranges),
    )


def _with_text(table: Table[R], name: str, text: Callable[[R], str | None], wanted: str) -> Offer:
    texts = table.derived(name, lambda place, row: [] if (held := text(row)) is None else [(place, held)])
    return Offer(
        max(1, len(texts) // _TEXTS),
        lambda start: containing(texts, wanted, start),
        lambda: containing(texts, wanted, 0),
    )


def _joined(offers: list[Offer]) -> Offer:
    return Offer(
        sum(offer.count for offer in offers),
        lambda start: merge(*(offer.walk(start) for offer in offers)),
        lambda: chain.from_iterable(offer.every() for offer in offers),
    )
