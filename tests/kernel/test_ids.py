"""Seeded chance, instants and durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.kernel.ids import Ids
from simulators.kernel.keys import search
from simulators.kernel.known_primes import KNOWN
from simulators.kernel.times import iso, parse_duration, parse_instant


def test_streams_do_not_shift_each_other() -> None:
    """A further draw in one stream changes nothing in another."""
    one, two = Ids(1, "okta"), Ids(1, "okta")
    two.base62("app", 17)
    assert [one.base62("user", 17) for _ in range(3)] == [two.base62("user", 17) for _ in range(3)]


def test_seeds_and_scopes_differ() -> None:
    """Another random seed or system gives other ids."""
    drawn = {Ids(seed, scope).uuid("x") for seed in (1, 2) for scope in ("okta", "sailpoint")}
    assert len(drawn) == 4


def test_known_primes_are_those_that_would_be_found() -> None:
    """They only spare the search."""
    assert KNOWN[1] == tuple(search(1, number) for number in range(len(KNOWN[1])))


def test_a_fork_draws_the_same_again() -> None:
    """Going back to a snapshot repeats its ids."""
    ids = Ids(1, "okta")
    ids.hex32("user")
    fork = ids.fork()
    assert ids.hex32("user") == fork.hex32("user")


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(bounds=st.lists(st.integers(0, 600), min_size=3, max_size=3).map(sorted), seed=st.integers(0, 1000))
def test_jitter_stays_within_its_bounds(bounds: list[int], seed: int) -> None:
    """A delay is never shorter than the least nor longer than the most."""
    least, usual, most = bounds
    delay = Ids(seed, "x").jitter("d", least, usual, most)
    assert timedelta(seconds=least) <= delay <= timedelta(seconds=most)


def test_instants_are_read_with_a_zone_only() -> None:
    """A local time without a zone is refused, another zone is brought to UTC."""
    assert parse_instant("2026-03-02T09:00:00-05:00") == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert iso(datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=-5)))) == "2026-03-02T14:00:00.000Z"
    with pytest.raises(ValueError, match="no time zone"):
        parse_instant("2026-03-02T14:00:00")


@pytest.mark.parametrize("text", ["", "P", "PT", "4H", "PT4", "-PT1H", "P1Y"])
def test_a_bad_duration_is_refused(text: str) -> None:
    """Years, signs and bare numbers are no lengths of time."""
    with pytest.raises(ValueError, match="not ISO 8601"):
        parse_duration(text)
