"""Tables and copy-on-write containers against plain dictionaries and sorted lists, forks included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from simulators.kernel.cow import CowMap, CowSorted
from simulators.kernel.table import Table

_QUICK = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
_KEYS = st.integers(0, 30).map(str)
_TOWNS = st.sampled_from(["Bern", "Bonn", "Brno"])


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    towns: tuple[str, ...]
    size: int


class _Twins(RuleBasedStateMachine):
    """Containers beside models; a fork and its origin never see each other's writes."""

    pairs = Bundle("pairs")

    def __init__(self) -> None:
        super().__init__()
        self.all: list[tuple[Any, Any]] = []

    def keep(self, pair: tuple[Any, Any]) -> tuple[Any, Any]:
        self.all.append(pair)
        return pair


class MapTwins(_Twins):
    """CowMap against dict."""

    @rule(target=_Twins.pairs)
    def make(self) -> Any:
        """An empty map."""
        return self.keep((CowMap(), {}))

    @rule(target=_Twins.pairs, pair=_Twins.pairs)
    def fork(self, pair: Any) -> Any:
        """A twin."""
        return self.keep((pair[0].fork(), dict(pair[1])))

    @rule(pair=_Twins.pairs, key=_KEYS, value=st.integers())
    def write(self, pair: Any, key: str, value: int) -> None:
        """The same write to both."""
        pair[0][key] = value
        pair[1][key] = value

    @rule(pair=_Twins.pairs, key=_KEYS)
    def take(self, pair: Any, key: str) -> None:
        """The same key out of both."""
        assert pair[0].pop(key) == pair[1].pop(key, None)

    @invariant()
    def agree(self) -> None:
        """Every map ever made holds what its model holds."""
        for cow, model in self.all:
            assert len(cow) == len(model)
            assert all(cow.get(str(key)) == model.get(str(key)) for key in range(31))


class SortedTwins(_Twins):
    """CowSorted against a sorted list."""

    @rule(target=_Twins.pairs, items=st.lists(st.integers(0, 2000), max_size=40))
    def make(self, items: list[int]) -> Any:
        """A set, large enough to be cut into pieces."""
        items = [*items, *range(3000, 3000 + 30 * len(items))]
        return self.keep((CowSorted(items), set(items)))

    @rule(target=_Twins.pairs, pair=_Twins.pairs)
    def fork(self, pair: Any) -> Any:
        """A twin."""
        return self.keep((pair[0].fork(), set(pair[1])))

    @rule(pair=_Twins.pairs, item=st.integers(0, 4500))
    def add(self, pair: Any, item: int) -> None:
        """The same item into both."""
        pair[0].add(item)
        pair[1].add(item)

    @rule(pair=_Twins.pairs, item=st.integers(0, 4500))
    def discard(self, pair: Any, item: int) -> None:
        """The same item out of both."""
        pair[0].discard(item)
        pair[1].discard(item)

    @rule(pair=_Twins.pairs, at=st.integers(0, 4500))
    def walk(self, pair: Any, at: int) -> None:
        """Walks start and end at the same place."""
        assert list(pair[0].upward(at)) == sorted(item for item in pair[1] if item >= at)
        assert list(pair[0].downward(at)) == sorted((item for item in pair[1] if item < at), reverse=True)

    @invariant()
    def agree(self) -> None:
        """Every set ever made holds what its model holds, in order."""
        for cow, model in self.all[-3:]:
            assert len(cow) == len(model)
            assert list(cow.upward()) == sorted(model)


class TableTwins(_Twins):
    """Table against a dictionary of rows in order of creation."""

    @rule(target=_Twins.pairs)
    def make(self) -> Any:
        """An empty table."""
        table: Table[_Row] = Table(lambda r: r.id, town=lambda r: r.towns, size=lambda r: [r.size])
        return self.keep((table, {}))

    @rule(target=_Twins.pairs, pair=_Twins.pairs)
    def fork(self, pair: Any) -> Any:
        """A twin."""
        return self.keep((pair[0].fork(), dict(pair[1])))

    @rule(pair=_Twins.pairs, id=_KEYS, towns=st.lists(_TOWNS, max_size=3), size=st.integers(0, 9))
    def put(self, pair: Any, id: str, towns: list[str], size: int) -> None:
        """The same row into both."""
        row = _Row(id, tuple(towns), size)
        assert pair[0].put(row) is row
        pair[1][id] = row

    @rule(pair=_Twins.pairs, id=_KEYS)
    def remove(self, pair: Any, id: str) -> None:
        """The same row out of both."""
        assert pair[0].remove(id) == pair[1].pop(id, None)

    @rule(pair=_Twins.pairs, town=_TOWNS, low=st.integers(0, 9), high=st.integers(0, 9))
    def look(self, pair: Any, town: str, low: int, high: int) -> None:
        """Indexes find what a scan of the model finds."""
        table, model = pair
        found = [row for row in model.values() if town in row.towns]
        assert list(table.find("town", town)) == found
        assert table.count("town", town) == len(found)
        assert table.first("town", town) == (found[0] if found else None)
        if found:
            assert list(table.find("town", town, after=found[0].id)) == found[1:]
        sized = sorted((row for row in model.values() if low <= row.size < high), key=lambda row: row.size)
        assert list(table.range("size", low, high)) == sized
        assert [row.size for row in table.range_down("size", low, high)] == [row.size for row in sized][::-1]
        assert {row.id for row in table.prefix("town", town[:2])} == {
            row.id for row in model.values() if any(name.startswith(town[:2]) for name in row.towns)
        }

    @invariant()
    def agree(self) -> None:
        """Every table ever made holds its model's rows, in order of creation."""
        for table, model in self.all:
            rows = list(model.values())
            assert list(table.rows()) == rows
            assert list(table.newest()) == rows[::-1]
            assert len(table) == len(rows)
            if rows:
                assert list(table.rows(after=rows[0].id)) == rows[1:]


TestMap = MapTwins.TestCase
TestSorted = SortedTwins.TestCase
TestTable = TableTwins.TestCase
for _case in (TestMap, TestSorted, TestTable):
    _case.settings = _QUICK
del _case


def test_a_derived_set_is_computed_once() -> None:
    """Forks share what was computed of their origin; each pays only for the records that differ."""
    asked: list[str] = []

    def towns(place: Any, row: _Row) -> list[Any]:
        asked.append(row.id)
        return [(town, place) for town in row.towns]

    def found(table: Table[_Row]) -> list[str]:
        return [id for _, (_, id) in table.derived("towns", towns).upward()]

    saved: Table[_Row] = Table(lambda row: row.id)
    for number in range(200):
        saved.put(_Row(f"{number:03}", ("Bern",), number))
    first = saved.fork()
    everybody = [f"{number:03}" for number in range(200)]
    assert found(first) == everybody
    assert len(asked) == 200
    first.put(_Row("007", ("Aarau",), 7))
    first.remove("100")
    assert found(first) == ["007", *(id for id in everybody if id not in ("007", "100"))]
    assert sorted(asked[200:]) == ["007", "007", "100"]
    restored = saved.fork()
    assert found(restored) == everybody
    assert len(asked) == 206
    assert found(saved) == everybody
    assert len(asked) == 206
