"""One seeded, clocked company: HR, SailPoint, Okta and applications. Building one, saving it and going back to it."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from simulators.estate_planting import Planted, System, plant
from simulators.estate_seed import Seed
from simulators.kernel.clock import ClockState, VirtualClock
from simulators.kernel.faults import Faults
from simulators.kernel.ids import Ids
from simulators.kernel.table import State
from simulators.kernel.times import iso


@dataclass(frozen=True)
class Snapshot:
    """The state of a whole estate at one moment; forks share what nobody has changed."""

    clock: ClockState
    faults: Faults
    ids: Ids
    systems: Mapping[str, State]


class Estate:
    """A company's systems on one clock. Satisfies the gate's and the control plane's idea of a world.

    `urls` names each system's base URL: okta, sailpoint, apps, hr, control. Without `start` the estate stands at the
    seed's own start; with one, its day zero is that day in the tenant's time zone.
    """

    def __init__(
        self,
        seed: Seed,
        urls: Mapping[str, str],
        random_seed: int = 1,
        start: datetime | None = None,
        limits: str | None = None,
    ) -> None:
        self.seed, self.random_seed, self.urls = seed, random_seed, dict(urls)
        self.clock = VirtualClock(start or seed.starts)
        self.faults = Faults()
        self.ids = Ids(random_seed, "estate")
        self.request_cost_ms = seed.request_cost_ms
        day_zero = seed.day_zero if start is None else start.astimezone(ZoneInfo(seed.time_zone)).date()
        with _collector_at_rest():
            planted = plant(seed, self.urls, self.clock, self.ids, day_zero, limits)
            self.okta, self.sailpoint = planted.okta, planted.sailpoint
            self.apps, self.hr = planted.apps, planted.hr
            self.save()  # sorts the indexes now, so that neither the first request nor the first snapshot has to
        self._ready = _ready(self, planted)

    def connect(self, http: httpx.AsyncClient) -> None:
        """Give the systems the client that their connectors send with."""
        self.okta.http = http
        self.sailpoint.http = http

    def ready(self) -> dict[str, Any]:
        """Addresses, credentials and people, as of now."""
        self.clock.spend(timedelta(0))
        return {**self._ready, "now": iso(self.clock.now())}

    def messages(self, login: str | None) -> list[dict[str, Any]]:
        """What Okta sent to people, oldest first; those of one login where it is given."""
        return self.okta.challenges.sent(login)

    def answer_push(self, factor_id: str, approve: bool) -> None:
        """What a person does with a push. Raises KeyError when none waits."""
        if not self.okta.challenges.answer(factor_id, approve):
            raise KeyError(factor_id)

    def save(self) -> Snapshot:
        """The present state, to go back to."""
        return Snapshot(
            self.clock.state.fork(),
            self.faults.fork(),
            self.ids.fork(),
            {name: system.state.fork() for name, system in self._systems().items()},
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a saved state; the snapshot stays usable."""
        self.clock.state = snapshot.clock.fork()
        self.faults = snapshot.faults.fork()
        self.ids = snapshot.ids.fork()
        for name, system in self._systems().items():
            system.state = snapshot.systems[name].fork()

    def _systems(self) -> dict[str, System]:
        return {"okta": self.okta, "sailpoint": self.sailpoint, "apps": self.apps, "hr": self.hr}


def _ready(estate: Estate, planted: Planted) -> dict[str, Any]:
    return {
        "ready": True,
        "seed": estate.seed.name,
        "random_seed": estate.random_seed,
        "now": iso(estate.clock.now()),
        "time_zone": estate.seed.time_zone,
        "urls": estate.urls,
        "okta": planted.okta_access,
        "sailpoint": planted.sailpoint_access,
        "apps": planted.app_access,
        "people": planted.people,
    }


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Build a population without the garbage collector walking over it again and again, then or later."""
    gc.unfreeze()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
