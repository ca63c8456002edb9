"""The current estate, and what replaces it: a reset, a snapshot kept under a name."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from simulators.estate import Estate, Snapshot
from simulators.estate_seed import Seed, load_seed


class CurrentEstate:
    """One estate at a time behind the same addresses. Satisfies the control plane's idea of a world.

    `opens` says where the clock of a new estate stands: an instant, a function that answers one, or None for the
    seed's own start. With `follows`, that wall moves the clock, `speed` seconds for each of its seconds.
    """

    def __init__(
        self,
        seed: str,
        urls: Mapping[str, str],
        random_seed: int = 1,
        opens: datetime | Callable[[], datetime] | None = None,
        follows: Callable[[], datetime] | None = None,
        speed: float = 1.0,
        limits: str | None = None,
    ) -> None:
        self._urls, self._limits = urls, limits
        self._opens, self._follows, self._speed = opens, follows, speed
        self._files: dict[str, str] = {}
        self._pristine: dict[tuple[str, int], tuple[Estate, Snapshot]] = {}
        self._kept: dict[str, tuple[Estate, Snapshot]] = {}
        self._turn = asyncio.Lock()
        self._http: httpx.AsyncClient | None = None
        self.estate = self._open(self._load(seed), random_seed)
        self._adopt(self.estate)

    def connect(self, http: httpx.AsyncClient) -> None:
        """Give this and every later estate the client that connectors send with."""
        self._http = http
        self.estate.connect(http)

    def ready(self) -> dict[str, Any]:
        """The estate's addresses, credentials and people."""
        return self.estate.ready()

    def links(self) -> Mapping[str, str]:
        """Base URL of each system."""
        return self._urls

    async def advance(self, to: datetime) -> int:
        """Move the clock; answers how many jobs ran."""
        async with self._turn:
            return await self.estate.clock.advance(to)

    async def reset(self, seed: str, random_seed: int = 1) -> None:
        """Put a fresh estate in place. Raises ValueError for an unknown seed."""
        loaded = self._load(seed)
        async with self._quiet():
            self._adopt(self._open(loaded, random_seed))

    async def save(self, name: str) -> None:
        """Keep the present state under a name."""
        async with self._quiet():
            self._kept[name] = (self.estate, self.estate.save())

    async def restore(self, name: str) -> None:
        """Return to a kept state. Raises KeyError for an unknown name."""
        estate, snapshot = self._kept[name]
        async with self._quiet():
            estate.restore(snapshot)
            self._adopt(estate)

    def _load(self, seed: str) -> Seed:
        path = self._files.get(seed, seed)
        loaded = load_seed(path)
        self._files[loaded.name] = path
        return loaded

    def _open(self, seed: Seed, random_seed: int) -> Estate:
        key = (seed.digest, random_seed)
        if key in self._pristine:
            estate, snapshot = self._pristine[key]
            estate.restore(snapshot)
            return estate
        start = self._opens() if callable(self._opens) else self._opens
        estate = Estate(seed, self._urls, random_seed, start, self._limits)
        if not callable(self._opens):
            self._pristine[key] = (estate, estate.save())
        return estate

    def _adopt(self, estate: Estate) -> None:
        self.estate = estate
        if self._http is not None:
            estate.connect(self._http)
        if self._follows is not None:
            estate.clock.follow(self._follows, self._speed)

    @contextlib.asynccontextmanager
    async def _quiet(self) -> AsyncIterator[None]:
        """Hold back until no job is in flight, so that none of them wakes up in another state."""
        async with self._turn:
            with contextlib.suppress(Exception):  # a failing job has been reported where it ran
                await self.estate.clock.run_due()
            yield
