"""Groups of people, and of entries of lists of theirs, that figures are made of by columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from simulators.kernel.postings import Bits, bits_of
from simulators.sailpoint.domain.aggregations import Group, path_within
from simulators.sailpoint.domain.search import Query
from simulators.sailpoint.search.columns import Columns, Parts
from simulators.sailpoint.search.planning import Planner


class Unsure(Exception):
    """Columns cannot tell who is in a group: somebody has to look at the documents."""


class Counted:
    """A group told by columns: `members` are people, or entries of the list `within`; few are a set of numbers."""

    def __init__(self, view: Columns | Parts, members: Bits | set[int], now: datetime, within: str = "") -> None:
        self._view, self._members, self._now, self._within = view, members, now, within

    def count(self) -> int:
        """How many there are."""
        return _many(self._members)

    def values(self, name: str) -> list[Any]:
        """The values of a field, of all of them."""
        column = self._view.values(path_within(name, self._within))
        return [key[1][1] for key, found in column.shares(self._bits()) for _ in range(_many(found))]

    def by(self, name: str, key: Callable[[Any], Any]) -> Mapping[Any, Group]:
        """Those with a value of a field, by what `key` makes of it; None is left out."""
        members: dict[Any, Bits | set[int]] = {}
        for (_, (_, value, _)), found in self._view.values(path_within(name, self._within)).shares(self._bits()):
            if (made := key(value)) is not None:
                members[made] = _both(members[made], found) if made in members else found
        return {made: Counted(self._view, found, self._now, self._within) for made, found in members.items()}

    def filtered(self, query: Query) -> Group:
        """Those that match. Raises Unsure."""
        sure, maybe = Planner(self._view, self._now, few=-1).answer(query)
        if (sure ^ maybe) & self._bits():
            raise Unsure
        return Counted(self._view, self._bits() & sure, self._now, self._within)

    def nested(self, path: str) -> Group:
        """The entries of a list. Raises Unsure."""
        if not isinstance(self._view, Columns):
            raise Unsure
        entries = Parts(self._view, path)
        if entries.beyond() & self._bits():
            raise Unsure
        return Counted(entries, entries.everybody() & entries.of(self._bits()), self._now, path)

    def _bits(self) -> Bits:
        return self._members if isinstance(self._members, int) else bits_of(self._members)


def _many(members: Bits | set[int]) -> int:
    return members.bit_count() if isinstance(members, int) else len(members)


def _both(one: Bits | set[int], other: Bits | set[int]) -> Bits | set[int]:
    if isinstance(one, set) and isinstance(other, set):
        return one | other
    return (one if isinstance(one, int) else bits_of(one)) | (other if isinstance(other, int) else bits_of(other))
