"""Links between two kinds of objects, held so that both ends are found without a scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from simulators.kernel.cow import CowMap, CowSorted
from simulators.kernel.derived import DerivedSets

V = TypeVar("V")


class Relation(Generic[V]):
    """At most one value for a pair (left, right). A right end has few lefts, a left end may have very many rights.

    Right ends with the same lefts and values share one tuple (unless `shared` is off), so a population costs little.

    >>> r = Relation(); r.put("group", "ann", "manual"); r.put("group", "bob", "rule")
    >>> list(r.rights("group")), dict(r.of("bob")), r.count("group")
    (['ann', 'bob'], {'group': 'rule'}, 2)
    """

    __slots__ = ("_by_left", "_by_right", "_counts", "_derived", "_shared")

    def __init__(self, shared: bool = True) -> None:
        self._by_right: CowMap[str, tuple[tuple[str, V], ...]] = CowMap()
        self._by_left: CowSorted[tuple[str, str]] = CowSorted()
        self._counts: CowMap[str, int] = CowMap()
        self._shared: dict[tuple[tuple[str, V], ...], tuple[tuple[str, V], ...]] | None
        self._shared = {} if shared else None
        self._derived: DerivedSets[tuple[tuple[str, V], ...]] = DerivedSets()

    def fork(self) -> Relation[V]:
        """An independent twin."""
        twin: Relation[V] = Relation.__new__(Relation)
        twin._by_right, twin._by_left, twin._counts = self._by_right.fork(), self._by_left.fork(), self._counts.fork()
        twin._shared, twin._derived = self._shared, self._derived
        return twin

    def __len__(self) -> int:
        return len(self._by_left)

    def get(self, left: str, right: str) -> V | None:
        """The value of the pair, or None."""
        for key, value in self.of(right):
            if key == left:
                return value
        return None

    def of(self, right: str) -> tuple[tuple[str, V], ...]:
        """The lefts of `right`, each with its value, in order of their ids."""
        return self._by_right.get(right) or ()

    def rights(self, left: str, after: str | None = None) -> Iterator[str]:
        """The rights of `left` behind `after`, ascending."""
        for key, right in self._by_left.upward((left, "" if after is None else after + "\0")):
            if key != left:
                return
            yield right

    def count(self, left: str) -> int:
        """How many rights `left` has; O(1)."""
        return self._counts.get(left) or 0

    def derived(self, name: str, items: Callable[[str, V], Iterable[Any]]) -> CowSorted[Any]:
        """The `items` of all pairs, by left and value, sorted; as `Table.derived`."""
        return self._derived.of(
            name, lambda pairs: (item for left, value in pairs for item in items(left, value)), self._by_right
        )

    def put(self, left: str, right: str, value: V) -> None:
        """Set the value of the pair."""
        before = self.of(right)
        others = tuple(pair for pair in before if pair[0] != left)
        if len(others) == len(before):
            self._by_left.add((left, right))
            self._counts[left] = self.count(left) + 1
        self._by_right[right] = self._share(tuple(sorted((*others, (left, value)), key=_left)))

    def begin(self, right: str, pairs: tuple[tuple[str, V], ...]) -> None:
        """Set every left of a right end that has none yet: how many ends are filled quickly."""
        for left, _ in pairs:
            self._by_left.add((left, right))
            self._counts[left] = self.count(left) + 1
        if pairs:
            self._by_right[right] = self._share(tuple(sorted(pairs, key=_left)))

    def remove(self, left: str, right: str) -> V | None:
        """Take the pair out and answer its value; None when there was none."""
        before = self.of(right)
        others = tuple(pair for pair in before if pair[0] != left)
        if len(others) == len(before):
            return None
        self._by_left.discard((left, right))
        self._counts[left] = self.count(left) - 1
        if others:
            self._by_right[right] = self._share(others)
        else:
            self._by_right.pop(right)
        return next(value for key, value in before if key == left)

    def _share(self, pairs: tuple[tuple[str, V], ...]) -> tuple[tuple[str, V], ...]:
        if self._shared is None:
            return pairs
        if len(self._shared) > 20_000:
            self._shared.clear()
        return self._shared.setdefault(pairs, pairs)


def _left(pair: tuple[str, V]) -> str:
    return pair[0]
