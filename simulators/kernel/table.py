"""Records of one kind, found by id, by declared index and in order of creation; cheap to fork."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Self, TypeVar

from simulators.kernel.cow import CowMap, CowSorted
from simulators.kernel.derived import BEHIND, DerivedSets, Place

R = TypeVar("R")
Key = str | int
Entry = tuple[Any, Place]

_KEYS_SHARED = 20_000


class Table(Generic[R]):
    """Frozen records under a string id, with secondary indexes.

    `indexes` name functions from a record to the keys it is found under (none, one or many). Keys of one index are
    all strings or all integers. Nothing here scans: `find` and `range` walk an index and stop when the caller stops.

    >>> from collections import namedtuple
    >>> P = namedtuple("P", "id town")
    >>> t = Table(lambda p: p.id, town=lambda p: [p.town])
    >>> _ = t.put(P("1", "Bern")); _ = t.put(P("2", "Bonn")); _ = t.put(P("3", "Bern"))
    >>> [p.id for p in t.find("town", "Bern")], t.count("town", "Bonn")
    (['1', '3'], 1)
    """

    __slots__ = ("_derived", "_extract", "_indexes", "_key", "_next", "_order", "_rows", "_shared")

    def __init__(self, key: Callable[[R], str], **indexes: Callable[[R], Iterable[Key]]) -> None:
        self._key = key
        self._extract = indexes
        self._rows: CowMap[str, tuple[Place, R]] = CowMap()
        self._order: CowSorted[Place] = CowSorted()
        self._indexes: dict[str, CowSorted[Entry]] = {name: CowSorted() for name in indexes}
        # Keys seen lately: a population repeats a few of them, which are kept in memory once. Only ever a memory.
        self._shared: dict[Key, Key] = {}
        # sorted sets beyond the indexes, one copy for all forks: whoever asks brings it to its own state
        self._derived: DerivedSets[tuple[Place, R]] = DerivedSets()
        self._next = 0

    def fork(self) -> Table[R]:
        """An independent twin; costs microseconds whatever the population."""
        twin: Table[R] = Table.__new__(Table)
        twin._key, twin._extract, twin._next = self._key, self._extract, self._next
        twin._rows, twin._order, twin._shared = self._rows.fork(), self._order.fork(), self._shared
        twin._derived = self._derived
        twin._indexes = {name: index.fork() for name, index in self._indexes.items()}
        return twin

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def get(self, id: str) -> R | None:
        """The record with this id, or None."""
        found = self._rows.get(id)
        return None if found is None else found[1]

    def __getitem__(self, id: str) -> R:
        return self._rows[id][1]

    def put(self, row: R) -> R:
        """Store `row`, replacing the record of the same id (which keeps its place in the order of creation)."""
        id = self._key(row)
        found = self._rows.get(id)
        if found is None:
            place, self._next = (self._next, id), self._next + 1
            self._order.add(place)
            self._enter(row, place)
        else:
            place, old = found
            for name, extract in self._extract.items():
                before, after = tuple(extract(old)), tuple(extract(row))
                if before != after:
                    index = self._indexes[name]
                    for key in set(before).difference(after):
                        index.discard((key, place))
                    for key in set(after).difference(before):
                        index.add((key, place))
        self._rows[id] = (place, row)
        return row

    def remove(self, id: str) -> R | None:
        """Take the record out and answer it; None when there is none."""
        found = self._rows.pop(id)
        if found is None:
            return None
        place, row = found
        self._order.discard(place)
        for name, extract in self._extract.items():
            for key in extract(row):
                self._indexes[name].discard((key, place))
        return row

    def rows(self, after: str | None = None) -> Iterator[R]:
        """Records in order of creation, those behind the record `after` only."""
        for _, id in self.places(self.number_behind(after)):
            yield self._rows[id][1]

    def newest(self) -> Iterator[R]:
        """Records from the youngest to the oldest."""
        for _, id in self._order.downward():
            yield self._rows[id][1]

    def find(self, index: str, key: Key, after: str | None = None) -> Iterator[R]:
        """Records found under `key`, in order of creation, those behind the record `after` only."""
        for found_key, (_, id) in self._indexes[index].upward((key, (self.number_behind(after),))):
            if found_key != key:
                return
            yield self._rows[id][1]

    def first(self, index: str, key: Key) -> R | None:
        """The oldest record found under `key`, or None."""
        return next(self.find(index, key), None)

    def range(self, index: str, low: Key | None = None, high: Key | None = None) -> Iterator[R]:
        """Records whose key lies in [low, high), ascending by key; an open end is None."""
        for entry in self._indexes[index].upward(None if low is None else (low,)):
            if high is not None and entry[0] >= high:
                return
            yield self._rows[entry[1][1]][1]

    def range_down(self, index: str, low: Key | None = None, high: Key | None = None) -> Iterator[R]:
        """As `range`, descending by key."""
        for entry in self._indexes[index].downward(None if high is None else (high,)):
            if low is not None and entry[0] < low:
                return
            yield self._rows[entry[1][1]][1]

    def prefix(self, index: str, start: str) -> Iterator[R]:
        """Records with a key that starts with `start`, ascending by key."""
        for entry in self._indexes[index].upward((start,)):
            if not str(entry[0]).startswith(start):
                return
            yield self._rows[entry[1][1]][1]

    def count(self, index: str, key: Key) -> int:
        """How many records are found under `key`; microseconds whatever the population."""
        return self._indexes[index].between((key,), (key, BEHIND))

    def index(self, name: str) -> CowSorted[Entry]:
        """The pairs (key, place) of a declared index; only to be read."""
        return self._indexes[name]

    def derived(self, name: str, items: Callable[[Place, R], Iterable[Any]]) -> CowSorted[Any]:
        """The `items` of all records, sorted; made when a name is first asked for. To be read before the next write."""
        return self._derived.of(name, lambda held: items(*held), self._rows)

    def mark(self) -> CowMap[str, tuple[Place, R]]:
        """The records as they are, for `since` to compare with."""
        return self._rows.fork()

    def is_as(self, mark: CowMap[str, tuple[Place, R]]) -> bool:
        """Whether nothing differs from a mark of this table or of a relative."""
        return self._rows.is_as(mark)

    def since(self, mark: CowMap[str, tuple[Place, R]]) -> Iterator[tuple[R | None, R | None]]:
        """What differs from a mark of this table or of a relative: old and new record, None where there is none."""
        for old, new in self._rows.since(mark):
            yield None if old is None else old[1], None if new is None else new[1]

    def place(self, id: str) -> Place:
        """The record's number in order of creation, and its id. Raises KeyError."""
        return self._rows[id][0]

    def number_behind(self, after: str | None) -> int:
        """The first number behind the record `after`; that of the first record when there is none."""
        found = None if after is None else self._rows.get(after)
        return 0 if found is None else found[0][0] + 1

    def at(self, number: int) -> R | None:
        """The record of a number in order of creation."""
        place = next(self._order.upward((number, "")), None)
        return self._rows[place[1]][1] if place is not None and place[0] == number else None

    def places(self, start: int = 0) -> Iterator[Place]:
        """Number and id of each record in order of creation, from a number on."""
        return self._order.upward((start, ""))

    def _enter(self, row: R, place: Place) -> None:
        if len(self._shared) > _KEYS_SHARED:
            self._shared.clear()
        share, indexes = self._shared.setdefault, self._indexes
        for name, extract in self._extract.items():
            for key in extract(row):
                indexes[name].add((share(key, key), place))


@dataclasses.dataclass
class State:
    """Everything a simulated system remembers. Subclasses add fields; `fork` answers an independent twin.

    Fields are tables, copy-on-write containers, other states, or values: frozen dataclasses, text, numbers, and small
    dictionaries or lists of such (copied one level deep, so what lies in them is never changed in place).
    """

    def fork(self) -> Self:
        """An independent twin of the whole state."""
        twin = copy.copy(self)
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if hasattr(value, "fork"):
                setattr(twin, field.name, value.fork())
            elif isinstance(value, dict | list | set):
                setattr(twin, field.name, copy.copy(value))
        return twin
