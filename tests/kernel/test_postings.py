"""A column answers what sets of numbers by key would, whatever was put in and taken out, asked before or not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.kernel import cow, postings
from simulators.kernel.indexes import Indexes, Ranks
from simulators.kernel.postings import Column, bits_of, member_of, numbers
from simulators.kernel.table import Table

_TEXTS = ("", "a", "ab", "abc", "b", "ba", "bb", "c", "cab", "cc")
_KEY = st.tuples(st.integers(0, 2), st.sampled_from(_TEXTS))
_PUT = st.tuples(st.integers(0, 40), st.lists(_KEY, max_size=6))
_STEP = st.one_of(_PUT, st.integers(0, 40))


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of six keys in blocks of two, and bitmaps from three records on."""
    monkeypatch.setattr(cow, "_CHUNK", 6)
    monkeypatch.setattr(postings, "_DENSE", 2)
    monkeypatch.setattr(postings, "_BLOCK", 2)


@given(st.lists(st.integers(0, 900), max_size=30))
def test_bits_are_sets_of_numbers(found: list[int]) -> None:
    """In order, each once, and asked for one by one."""
    bits = bits_of(found)
    assert list(numbers(bits)) == sorted(set(found))
    held = member_of(bits)
    assert [one for one in range(1000) if held(one)] == sorted(set(found))


@given(st.lists(_STEP, max_size=25), _KEY, _KEY)
def test_a_column_is_a_map_of_sets(steps: list[Any], one: tuple[int, str], two: tuple[int, str]) -> None:
    """By key, by range, by part, by condition and by length; everything is asked again after each step."""
    low, high = sorted((one, two))
    column, model = Column(), dict[str, tuple[int, list[tuple[int, str]]]]()
    for step in steps:
        number = step if isinstance(step, int) else step[0]
        column.drop(f"r{number}")
        model.pop(f"r{number}", None)
        if not isinstance(step, int):
            column.put(f"r{number}", [(number, dict.fromkeys(step[1]))])
            model[f"r{number}"] = number, step[1]

        def having(meets: Any) -> int:
            return bits_of(number for number, keys in model.values() if any(map(meets, keys)))

        assert column.bits(one) == having(lambda key: key == one)
        assert column.once("same", lambda: column.bits(one)) == column.once("same", lambda: -1) == column.bits(one)
        assert column.between(low, high) == having(lambda key: low <= key < high)
        assert column.union([one, two]) == having(lambda key: key in (one, two))
        for mark in range(3):
            assert column.holding(mark, "b") == having(lambda key, mark=mark: key[0] == mark and "b" in key[1])
            ends = column.holding(mark, "b", lambda text: text.endswith("b"))
            assert ends == having(lambda key, mark=mark: key[0] == mark and key[1].endswith("b"))
            short = column.sized(mark, range(1, 3), lambda text: "a" in text)
            assert short == having(lambda key, mark=mark: key[0] == mark and len(key[1]) in (1, 2) and "a" in key[1])
        assert column.meeting(low, high, str.isalpha) == having(lambda key: low <= key < high and key[1].isalpha())
    assert len(column) == len(model)


@given(st.lists(st.tuples(st.integers(0, 1), st.one_of(_PUT, st.integers(0, 40))), max_size=25))
def test_an_index_of_forks_knows_each_as_it_is(steps: list[Any]) -> None:
    """Two forks that go their own ways share one column and one order, which answer for whoever asks."""
    first: Table[tuple[str, int]] = Table(lambda row: row[0])
    forks, indexes = [first, first.fork()], Indexes()
    for which, step in steps:
        table = forks[which]
        id = f"r{step if isinstance(step, int) else step[0]}"
        if isinstance(step, int):
            table.remove(id)
        else:
            table.put((id, len(step[1])))
        for one in forks:
            indexes.follow({"rows": one}, _changed)

            def sized(id: str, number: int, one: Table[tuple[str, int]] = one) -> Any:
                return ((number, ((0, one[id][1]),)),)

            def ranked(id: str, number: int, one: Table[tuple[str, int]] = one) -> Any:
                return -one[id][1], number

            column = indexes.current("size", Column, sized, one)
            for size in range(6):
                expected = bits_of(one.place(row[0])[0] for row in one.rows() if row[1] == size)
                assert column.bits((0, size)) == expected
            order = indexes.current("order", Ranks, ranked, one)
            assert list(order.items.upward()) == sorted((-row[1], one.place(row[0])[0]) for row in one.rows())


def _changed(changes: Any) -> set[str]:
    return {row[0] for pair in changes["rows"] for row in pair if row is not None}
