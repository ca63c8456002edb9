"""The promises of the virtual clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.kernel.clock import VirtualClock

START = datetime(2026, 3, 2, 14, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    """A clock at a Monday."""
    return VirtualClock(START)


@pytest.fixture
def seen(clock: VirtualClock) -> list[tuple[Any, timedelta]]:
    """What ran, and when by the clock itself."""
    seen: list[tuple[Any, timedelta]] = []
    clock.on("note", lambda mark: seen.append((mark, clock.now() - START)))
    return seen


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(delays=st.lists(st.integers(0, 50), max_size=30), until=st.integers(0, 60))
def test_due_jobs_run_in_order_at_their_own_time(delays: list[int], until: int) -> None:
    """Advancing runs what is due by (due time, number), each seeing its own due time, and nothing else."""
    clock, seen = VirtualClock(START), []
    clock.on("note", lambda mark: seen.append((clock.now(), mark)))
    for mark, delay in enumerate(delays):
        clock.call_later(timedelta(seconds=delay), "note", mark)
    ran = asyncio.run(clock.advance(START + timedelta(seconds=until)))
    expected = sorted((START + timedelta(seconds=d), mark) for mark, d in enumerate(delays) if d <= until)
    assert (seen, ran, clock.now()) == (expected, len(expected), START + timedelta(seconds=until))


async def _twice(clock: VirtualClock, seconds: int) -> int:
    return await clock.advance(clock.now() + timedelta(seconds=seconds))


def test_a_job_may_queue_its_continuation(clock: VirtualClock) -> None:
    """A job that waits queues the next one; both run within one advance, each at its time."""
    seen: list[timedelta] = []

    def poll(left: int) -> None:
        seen.append(clock.now() - START)
        if left:
            clock.call_later(timedelta(minutes=1), "poll", left - 1)

    clock.on("poll", poll)
    clock.call_later(timedelta(0), "poll", 3)
    assert asyncio.run(_twice(clock, 600)) == 4
    assert seen == [timedelta(minutes=n) for n in range(4)]


def test_a_cancelled_job_never_runs(clock: VirtualClock, seen: list[Any]) -> None:
    """Cancelling forgets the job and moves the next due time."""
    first = clock.call_later(timedelta(seconds=1), "note", "gone")
    clock.call_later(timedelta(seconds=2), "note", "kept")
    clock.cancel(first)
    assert clock.next_due() == START + timedelta(seconds=2)
    assert asyncio.run(_twice(clock, 5)) == 1
    assert seen == [("kept", timedelta(seconds=2))]


def test_time_does_not_go_back(clock: VirtualClock) -> None:
    """Advancing into the past is refused."""
    with pytest.raises(ValueError, match="cannot go back"):
        asyncio.run(clock.advance(START - timedelta(seconds=1)))


def test_an_unknown_job_is_refused(clock: VirtualClock) -> None:
    """A job without a handler could never run after a restore."""
    with pytest.raises(KeyError, match="no handler"):
        clock.call_later(timedelta(0), "nobody")


def test_quiet_means_nothing_due(clock: VirtualClock, seen: list[Any]) -> None:
    """What is due at the very instant of arrival has run; what is due later has not."""
    clock.call_later(timedelta(seconds=5), "note", "at")
    clock.call_later(timedelta(seconds=5, microseconds=1), "note", "after")
    asyncio.run(_twice(clock, 5))
    assert [mark for mark, _ in seen] == ["at"]
    assert clock.next_due() == START + timedelta(seconds=5, microseconds=1)


def test_a_request_cost_moves_a_paused_clock_and_runs_nothing(clock: VirtualClock, seen: list[Any]) -> None:
    """Spending time is not running jobs; the next run does that."""
    clock.call_later(timedelta(milliseconds=10), "note", 1)
    clock.spend(timedelta(milliseconds=20))
    assert (clock.now(), seen) == (START + timedelta(milliseconds=20), [])
    assert asyncio.run(clock.run_due()) == 1


def test_a_following_clock_moves_with_the_wall(clock: VirtualClock, seen: list[Any]) -> None:
    """At speed 60 a second of the wall is a minute; advancing works as well and the wall goes on from there."""
    wall = [datetime(2030, 1, 1, tzinfo=UTC)]
    clock.follow(lambda: wall[0], 60)
    clock.call_later(timedelta(seconds=30), "note", 1)
    wall[0] += timedelta(seconds=1)
    assert asyncio.run(clock.tick()) == 1
    assert clock.now() == START + timedelta(minutes=1)
    asyncio.run(_twice(clock, 60))
    wall[0] += timedelta(seconds=1)
    clock.spend(timedelta(0))
    assert clock.now() == START + timedelta(minutes=3)


def test_a_fork_of_the_clock_is_independent(clock: VirtualClock, seen: list[Any]) -> None:
    """A saved queue runs again after going back to it."""
    clock.call_later(timedelta(seconds=1), "note", "x")
    saved = clock.state.fork()
    asyncio.run(_twice(clock, 5))
    clock.state = saved
    asyncio.run(_twice(clock, 5))
    assert seen == [("x", timedelta(seconds=1))] * 2
