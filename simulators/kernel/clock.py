"""One virtual clock per estate: an event queue of named jobs that run in order of due time."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.kernel.table import State

Handler = Callable[..., Awaitable[None] | None]
Entry = tuple[datetime, int, str, tuple[Any, ...]]


@dataclass
class ClockState(State):
    """What a clock remembers: the instant, the queue (a heap of due, number, job, arguments), cancelled numbers."""

    now: datetime
    queue: list[Entry] = field(default_factory=list)
    number: int = 0
    cancelled: set[int] = field(default_factory=set)


class VirtualClock:
    """Moves only when told to: by `advance`, by the cost of a request (`spend`) or by a wall that it follows.

    Jobs are names with plain arguments, so a snapshot of the queue is data. Handlers are registered once per estate
    with `on`. While a job runs the clock stands at its due time (or later, by what the requests it makes cost).
    """

    def __init__(self, start: datetime) -> None:
        self.state = ClockState(start.astimezone(UTC))
        self.mode = "paused"
        self.speed = 1.0
        self.draining = False
        self._handlers: dict[str, Handler] = {}
        self._lock = asyncio.Lock()
        self._wall: Callable[[], datetime] | None = None
        self._anchor: tuple[datetime, datetime] | None = None

    def now(self) -> datetime:
        """The estate's instant, in UTC."""
        return self.state.now

    def on(self, job: str, handler: Handler) -> None:
        """Name what runs for `job`; plain functions and coroutine functions both do."""
        self._handlers[job] = handler

    def call_at(self, due: datetime, job: str, *args: Any) -> int:
        """Queue `job` for `due`; answers its number. Raises KeyError for a job nobody registered."""
        if job not in self._handlers:
            raise KeyError(f"no handler for job {job!r}")
        state = self.state
        state.number += 1
        heapq.heappush(state.queue, (due.astimezone(UTC), state.number, job, args))
        return state.number

    def call_later(self, delay: timedelta, job: str, *args: Any) -> int:
        """Queue `job` for `delay` from now."""
        return self.call_at(self.now() + delay, job, *args)

    def cancel(self, number: int) -> None:
        """Forget a queued job."""
        self.state.cancelled.add(number)

    def next_due(self) -> datetime | None:
        """When the next job is due, or None for an empty queue."""
        state = self.state
        while state.queue and state.queue[0][1] in state.cancelled:
            state.cancelled.discard(heapq.heappop(state.queue)[1])
        return state.queue[0][0] if state.queue else None

    def spend(self, cost: timedelta) -> None:
        """Let a request cost its time; a clock that follows the wall has paid already."""
        if self.mode == "paused":
            self.state.now += cost
        else:
            self._catch_up()

    async def run_due(self) -> int:
        """Run what is due at or before now, in order; answers how many jobs ran."""
        return await self._run_until(self.now())

    async def advance(self, to: datetime) -> int:
        """Move to `to`, running due jobs on the way, each at its own due time; answers how many ran.

        Returns when the world is quiet: nothing due at or before now. Raises ValueError for an instant in the past.
        """
        if to < self.now():
            raise ValueError(f"the clock stands at {self.now().isoformat()} and cannot go back to {to.isoformat()}")
        ran = await self._run_until(to)
        if to > self.now():
            self.state.now = to
        if self.mode == "following":
            self._anchor = (self._wall_now(), self.state.now)
        return ran

    def follow(self, wall: Callable[[], datetime], speed: float = 1.0) -> None:
        """Let `wall` move this clock from now on, `speed` seconds for each of its seconds."""
        self.mode, self.speed, self._wall = "following", speed, wall
        self._anchor = (wall(), self.state.now)

    def pause(self) -> None:
        """Stop following the wall."""
        self.mode = "paused"

    async def tick(self) -> int:
        """Catch up with the wall and run what has become due."""
        self._catch_up()
        return await self.run_due()

    def _wall_now(self) -> datetime:
        if self._wall is None:
            raise RuntimeError("this clock follows no wall")
        return self._wall()

    def _catch_up(self) -> None:
        if self._anchor is not None and not self.draining:
            wall, virtual = self._anchor
            self.state.now = max(self.state.now, virtual + (self._wall_now() - wall) * self.speed)

    async def _run_until(self, limit: datetime) -> int:
        async with self._lock:
            ran = 0
            self.draining = True
            try:
                while (due := self.next_due()) is not None and due <= max(limit, self.now()):
                    _, _, job, args = heapq.heappop(self.state.queue)
                    self.state.now = max(self.state.now, due)
                    done = self._handlers[job](*args)
                    if done is not None:
                        await done
                    ran += 1
            finally:
                self.draining = False
            return ran
