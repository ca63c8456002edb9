"""The run's one source of time: the target's. Waiting on a simulated target moves its clock instead."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import freezegun.api
from freezegun import freeze_time

from harness.control import ControlPlane

# Asking the wall is this module's privilege; the names are kept in a tuple because freezegun rewrites module globals.
_WALL = (time.time, time.perf_counter, time.sleep)  # noqa: TID251

# freezegun answers with the real time when an ignored module is among the caller's nearest frames; one frame is enough.
freezegun.api.call_stack_inspection_limit = 1
_REAL_TIME = [
    "_pytest",
    "pytest_bdd",
    "allure_commons",
    "allure_pytest",
    "xdist",
    "execnet",
    "pydantic",
    "fastapi",
    "orjson",
    "rich",
    "simulators",
    "uvicorn",
    "asyncio",
    "hypothesis",
    "harness.times",
    __name__,
]


def wall_now() -> datetime:
    """The wall's instant, also while dates are frozen."""
    return datetime.fromtimestamp(_WALL[0](), UTC)


def wall_counter() -> float:
    """Seconds of real time from an arbitrary origin, also while dates are frozen."""
    return _WALL[1]()


class Clock(Protocol):
    """What the harness needs of time."""

    @property
    def latest(self) -> datetime:
        """The newest instant this clock has shown; costs no request."""
        ...

    def now(self) -> datetime:
        """The target's instant."""
        ...

    def sleep(self, length: timedelta) -> None:
        """Let `length` pass on the target."""
        ...


class SystemClock:
    """Time of a real tenant: the wall's. Sleeping waits."""

    @property
    def latest(self) -> datetime:
        """The wall's instant."""
        return wall_now()

    def now(self) -> datetime:
        """The wall's instant."""
        return wall_now()

    def sleep(self, length: timedelta) -> None:
        """Wait `length`."""
        _WALL[2](max(0.0, length.total_seconds()))


class TargetClock:
    """Time of a simulated or attached estate, read and moved through its control plane.

    While it is `following`, the process's own date is frozen to the estate's and moves with each of its answers, so
    that token expiry, relative dates and log stamps of this process agree with the target.
    """

    def __init__(self, control: ControlPlane) -> None:
        self._control = control
        self._frozen: Any = None
        self._latest = self._opened = self._shown = control.now()
        self._freezer = freeze_time(self._opened, ignore=_REAL_TIME, real_asyncio=True)

    @property
    def latest(self) -> datetime:
        """The newest instant this clock has shown; costs no request."""
        return self._latest

    def start(self) -> None:
        """Freeze this process's date to the estate's."""
        if self._frozen is None:
            self._frozen, self._shown = self._freezer.start(), self._opened
            self._see(self._control.now())

    def stop(self) -> None:
        """Give this process its own date back."""
        if self._frozen is not None:
            self._freezer.stop()
            self._frozen = None

    def now(self) -> datetime:
        """The estate's instant."""
        return self._see(self._control.now())

    def sleep(self, length: timedelta) -> None:
        """Move the estate's clock by `length`; returns when nothing is due any more."""
        if length > timedelta(0):
            self._see(self._control.advance(length))

    def _see(self, at: datetime) -> datetime:
        if self._frozen is not None:
            # Its `move_to` would read the instant anew, at the cost of a request.
            self._frozen.tick(at - self._shown)
            self._shown = at
        self._latest = at
        return at
