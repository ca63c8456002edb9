"""Looking until something is true, and saying honestly between which two looks it became so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from harness.clock import Clock
from harness.sla import Elapsed

_FIRST_STEP = timedelta(seconds=5)
_GROWTH = 0.35
_FINEST_SHARE = 0.02


@dataclass(frozen=True)
class Window:
    """When something came true: after `lo`, at `hi` at the latest; `hi` None while it had not at the last look.

    `lo` is when the last look that still failed was sent, `hi` when the answer to the first that succeeded was in.
    """

    lo: datetime
    hi: datetime | None

    def since(self, start: datetime, start_hi: datetime | None = None) -> Elapsed:
        """How long it took from a start that lies between `start` and `start_hi`; never less than nothing."""
        at_least = max(self.lo - (start_hi or start), timedelta(0))
        return Elapsed(at_least, None if self.hi is None else max(self.hi - start, timedelta(0)))


def watch(true: Callable[[], bool], limit: timedelta, clock: Clock, beyond: timedelta = timedelta(0)) -> Window:
    """Look until `true()`, for `limit` and `beyond` it, so that a breach gets a figure.

    Steps start at five seconds and grow with what has passed, never above 2 % of the limit, so that an interval that
    straddles the limit is narrow.
    """
    begun = clock.latest
    widest = limit * _FINEST_SHARE
    first = min(_FIRST_STEP, widest)
    last_failed = begun
    while True:
        sent = clock.latest
        if true():
            return Window(last_failed, clock.now())
        last_failed = sent
        passed = clock.latest - begun
        if passed > limit + beyond:
            return Window(last_failed, None)
        clock.sleep(min(max(passed * _GROWTH, first), widest))


def hold(true: Callable[[], bool], length: timedelta, clock: Clock, looks: int = 8) -> datetime | None:
    """Look `looks` times over `length`; the instant at which `true()` failed, None when it held throughout."""
    for _ in range(looks):
        if not true():
            return clock.now()
        clock.sleep(length / looks)
    return None if true() else clock.now()


def settle(true: Callable[[], bool], limit: timedelta, clock: Clock, step: timedelta = timedelta(seconds=45)) -> bool:
    """Bring about a start state: look in even steps until `true()`; False when `limit` passes first."""
    begun = clock.latest
    while not true():
        if clock.latest - begun > limit:
            return False
        clock.sleep(step)
    return True
