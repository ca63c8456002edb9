"""Indexes over documents that are made of several tables: made when first asked for, shared by forks, corrected later.

Nobody pays for one that is not asked for: writes know nothing of them, and a fork or a restored snapshot costs the
comparison of a thousand pieces of each table, not another computation.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from simulators.kernel.cow import CowSorted
from simulators.kernel.postings import Column
from simulators.kernel.table import Table

# Old and new record of a table, None where there is none.
Change = tuple[Any, Any]

# Where so large a part differs, computing anew is quicker than correcting.
_ANEW = 4
# How many are kept of a kind of documents: each weighs as much as an index of a table.
_KEPT = 24


class Ranks:
    """Some records in an order: `put` and `drop` records, walk `items`, pairs of rank and number."""

    __slots__ = ("_held", "items", "pending")

    def __init__(self) -> None:
        self._held: dict[str, tuple[Any, int]] = {}
        self.items: CowSorted[tuple[Any, int]] = CowSorted()
        self.pending: set[str] = set()

    def __len__(self) -> int:
        return len(self._held)

    def held(self, id: str) -> tuple[Any, int] | None:
        """What was put of a record; None when it is not there."""
        return self._held.get(id)

    def put(self, id: str, item: tuple[Any, int]) -> None:
        """Enter a record that is not there."""
        self._held[id] = item
        self.items.add(item)

    def drop(self, id: str) -> None:
        """Take a record out, if it is there."""
        if (item := self._held.pop(id, None)) is not None:
            self.items.discard(item)


Index = TypeVar("Index", Column, Ranks)


class Indexes:
    """The columns and orders of one kind of documents: one copy for all forks, brought to the asker's state."""

    __slots__ = ("_kept", "_marks")

    def __init__(self) -> None:
        self._kept: dict[Hashable, Column | Ranks] = {}
        self._marks: dict[str, Any] = {}

    def follow(
        self, tables: Mapping[str, Table[Any]], concerned: Callable[[Mapping[str, list[Change]]], set[str]]
    ) -> None:
        """Take note of all documents that the differences since the last question concern.

        `concerned` tells their ids from what differs in each table, by its name.
        """
        changes: dict[str, list[Change]] = {}
        marks = dict(self._marks)
        for name, table in tables.items():
            mark = marks.get(name)
            if mark is None or not table.is_as(mark):
                changes[name] = list(table.since(mark)) if self._kept and mark is not None else []
                marks[name] = table.mark()
        if any(changes.values()):
            ids = concerned(changes)
            for one in self._kept.values():
                one.pending |= ids
        self._marks = marks

    def current(
        self, name: Hashable, new: Callable[[], Index], made: Callable[[str, int], Any], table: Table[Any]
    ) -> Index:
        """The index of a name, with what `made` makes of every record of `table`, by id and number; `new` at first."""
        found: Any = self._kept.pop(name, None)
        if found is None or len(found.pending) * _ANEW > len(found):
            found = new()
            with _no_collection():
                for number, id in table.places():
                    found.put(id, made(id, number))
        else:
            now = {id: made(id, table.place(id)[0]) for id in found.pending if id in table}
            # A number may have passed from one record to another: all that differs goes before anything comes.
            different = [id for id in found.pending if found.held(id) != now.get(id)]
            for id in different:
                found.drop(id)
            for id in different:
                if id in now:
                    found.put(id, now[id])
        found.pending.clear()
        self._kept[name] = found
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return found  # type: ignore[no-any-return]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Much is made and nothing is garbage: looking for some takes a fifth of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
