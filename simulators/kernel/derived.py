"""Sorted sets computed from a map's values: made when first asked for, shared by forks, corrected where maps differ.

Nobody pays for one that is not asked for: writes know nothing of it, and a fork or a restored snapshot costs the
comparison of a thousand pieces, not another computation.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Generic, TypeVar

from simulators.kernel.cow import CowMap, CowSorted

V = TypeVar("V")
# A record's number in order of creation, and its id: one tuple, shared by all indexes.
Place = tuple[int, str]

BEHIND = (float("inf"),)  # sorts behind every place
LAST = chr(0x10FFFF)  # sorts behind every other letter
# where so large a part differs, computing anew is quicker than correcting
_ANEW = 4
# which three letters occur in a row in a piece of text is kept in that many marks
_MARKS = 1 << 14
# how many sets a map keeps: each weighs about as much as an index
_KEPT = 16


class Derived(Generic[V]):
    """`items` of every value of a map, sorted.

    >>> towns = Derived(lambda row: [(row["town"], row["id"])]); rows = CowMap()
    >>> rows["1"] = {"id": 1, "town": "Bonn"}; rows["2"] = {"id": 2, "town": "Bern"}; before = rows.fork()
    >>> list(towns.of(rows).upward()); rows["2"] = {"id": 2, "town": "Brno"}; list(towns.of(rows).upward())
    [('Bern', 2), ('Bonn', 1)]
    [('Bonn', 1), ('Brno', 2)]
    >>> list(towns.of(before).upward())
    [('Bern', 2), ('Bonn', 1)]
    """

    __slots__ = ("_items", "_seen", "_sorted")

    def __init__(self, items: Callable[[V], Iterable[Any]]) -> None:
        self._items = items
        self._seen: CowMap[Any, V] = CowMap()
        self._sorted: CowSorted[Any] = CowSorted()

    def of(self, rows: CowMap[Any, V]) -> CowSorted[Any]:
        """The set for `rows`, a relative of the map it was last asked for; to be read before it is asked for again."""
        if rows.is_as(self._seen):
            return self._sorted
        changes = list(rows.since(self._seen)) if len(self._seen) else []
        anew = not len(self._seen) or len(changes) * _ANEW > len(rows)
        # no write to `rows` reaches its fork, so what differs next time is what is written from now on
        self._seen = rows.fork()
        if anew:
            self._sorted = CowSorted(_presorted([item for _, value in rows.items() for item in self._items(value)]))
            return self._sorted
        gone, new = set[Any](), set[Any]()
        for old, value in changes:
            gone.update(() if old is None else self._items(old))
            new.update(() if value is None else self._items(value))
        for item in gone - new:
            self._sorted.discard(item)
        for item in new - gone:
            self._sorted.add(item)
        return self._sorted


class DerivedSets(Generic[V]):
    """The sorted sets that are computed of one map and all its forks, by name; the ones asked for last are kept."""

    __slots__ = ("_sets",)

    def __init__(self) -> None:
        self._sets: dict[str, Derived[V]] = {}

    def of(self, name: str, items: Callable[[V], Iterable[Any]], rows: CowMap[Any, V]) -> CowSorted[Any]:
        """The `items` of all values of `rows`, sorted; to be read before the next write or question."""
        found = self._sets.pop(name, None) or Derived(items)
        self._sets[name] = found
        if len(self._sets) > _KEPT:
            del self._sets[next(iter(self._sets))]
        return found.of(rows)


def places(pairs: CowSorted[tuple[Any, Place]], low: Any, high: Any) -> Iterator[Place]:
    """The places of the pairs (key, place) in [low, high), in no order."""
    return chain.from_iterable(pairs.pieces(_placed, low, high))


def across(pairs: CowSorted[tuple[Any, Place]], low: Any, high: Any, start: int) -> Iterator[Place]:
    """The places of the pairs (key, place) in [low, high), those from number `start` on, in order.

    Costs a look at each piece and then what is taken: the pieces are merged, each kept in order of place too.
    """
    runs = list(pairs.pieces(_placed, low, high))
    here = (start, "")
    left = [run if run[0] >= here else islice(run, bisect_left(run, here), None) for run in runs if run[-1] >= here]
    return merge(*left) if len(left) > 1 else iter(left[0] if left else ())


def containing(texts: CowSorted[tuple[Place, str]], part: str, start: int) -> Iterator[Place]:
    """The places from number `start` on whose text may contain `part`, in order: none is missing.

    Searches the texts of many at once, and only where every three letters of `part` occur somewhere. What runs over the
    end of a text may be found too.
    """
    needed = {hash(letters) % _MARKS for letters in _threes(part)}
    for text, begins, found, marks in texts.pieces(_joined, ((start, ""),)):
        at = text.find(part) if all(map(marks.__getitem__, needed)) else -1
        while at >= 0:
            number = bisect_right(begins, at) - 1
            yield found[number]
            if number + 1 == len(begins):
                break
            at = text.find(part, begins[number + 1])


def _presorted(items: list[Any]) -> list[Any]:
    """Pairs sorted by the second and then by the first: quicker than comparing pairs."""
    if items and len(items[0]) == 2:
        items.sort(key=itemgetter(1))
        items.sort(key=itemgetter(0))
    return items


def _placed(pairs: list[tuple[Any, Place]]) -> list[Place]:
    return sorted(place for _, place in pairs)


def _joined(pairs: list[tuple[Place, str]]) -> tuple[str, list[int], list[Place], bytes]:
    begins, length, marks = [], 0, bytearray(_MARKS)
    for _, text in pairs:
        begins.append(length)
        length += len(text) + 1
    joined = "\n".join(text for _, text in pairs)
    for letters in _threes(joined):
        marks[hash(letters) % _MARKS] = 1
    return joined, begins, [place for place, _ in pairs], bytes(marks)


def _threes(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(len(text) - 2)}
