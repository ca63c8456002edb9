"""Intervals are honest, waits are measured, and no verdict claims more than was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harness.scene import Measured
from harness.sla import Elapsed, Sla, Verdict, judge
from harness.watch import Window, hold, watch

START = datetime(2026, 3, 2, 14, tzinfo=UTC)
LIMIT = timedelta(minutes=15)


class FakeClock:
    """A clock that only the test moves; each look at it costs a millisecond, as life does."""

    def __init__(self) -> None:
        self.latest = START

    def now(self) -> datetime:
        self.latest += timedelta(milliseconds=1)
        return self.latest

    def sleep(self, length: timedelta) -> None:
        self.latest += length + timedelta(milliseconds=1)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(minutes=25)))
def test_the_interval_holds_the_true_moment(after: timedelta) -> None:
    """Whatever the moment, it lies in (lo, hi], and the interval is at most 2 % of the limit wide."""
    clock = FakeClock()
    moment = START + after
    window = watch(lambda: clock.latest >= moment, LIMIT, clock, beyond=timedelta(minutes=15))
    assert window.hi is not None
    assert window.lo <= max(moment, window.lo)
    assert window.lo < moment <= window.hi or after <= timedelta(milliseconds=2)
    assert window.hi - window.lo <= LIMIT * 0.02 + timedelta(milliseconds=5)


def test_a_breach_gets_a_figure() -> None:
    """Watching goes on beyond the limit, so that a late stop is seen and not only missed."""
    clock = FakeClock()
    window = watch(lambda: clock.latest >= START + timedelta(minutes=20), LIMIT, clock, beyond=timedelta(minutes=10))
    assert judge(window.since(START), LIMIT) is Verdict.BREACHED
    assert window.hi is not None


def test_what_never_happens_is_open_ended() -> None:
    """No stop: no upper bound, and breached, since the limit has certainly passed."""
    window = watch(lambda: False, LIMIT, FakeClock(), beyond=timedelta(minutes=1))
    assert window.hi is None
    assert judge(window.since(START), LIMIT) is Verdict.BREACHED


@given(st.timedeltas(timedelta(0), timedelta(hours=1)), st.timedeltas(timedelta(0), timedelta(hours=1)))
def test_a_verdict_is_only_as_sure_as_its_interval(one: timedelta, other: timedelta) -> None:
    """Met needs the whole interval inside, breached the whole outside; the rest is inconclusive."""
    low, high = sorted((one, other))
    verdict = judge(Elapsed(low, high), LIMIT)
    assert (verdict is Verdict.MET) == (high <= LIMIT)
    assert (verdict is Verdict.BREACHED) == (low > LIMIT)


def test_a_start_that_is_an_interval_widens_the_result() -> None:
    """The shortest time counts from the latest start, the longest from the earliest."""
    window = Window(START + timedelta(minutes=5), START + timedelta(minutes=6))
    elapsed = window.since(START, START + timedelta(minutes=1))
    assert (elapsed.at_least, elapsed.at_most) == (timedelta(minutes=4), timedelta(minutes=6))


def test_a_hold_sees_what_happens_at_its_very_end() -> None:
    """The last look is after the whole length."""
    clock = FakeClock()
    assert hold(lambda: clock.latest < START + timedelta(minutes=30), timedelta(minutes=30), clock) is not None


def test_settle_learns_from_positive_cases() -> None:
    """Twice the p99 of this run's cases, else the clock's own settle."""
    sla = Sla("T4", "", timedelta(hours=4), timedelta(minutes=30))
    measured = Measured()
    assert measured.settle(sla) == timedelta(minutes=30)
    measured.add("T4", Elapsed(timedelta(minutes=1), timedelta(minutes=2)))
    assert measured.settle(sla) == timedelta(minutes=4)
