"""An HR system over HTTP, on a clock of its own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from simulators.hr.app import create_app, refusal
from simulators.hr.system import HrSystem
from simulators.hr.workers import Site
from simulators.kernel.clock import VirtualClock
from simulators.kernel.faults import Faults
from simulators.kernel.gate import Gate
from simulators.kernel.ids import Ids

START = datetime(2026, 3, 2, 14, tzinfo=UTC)


class Hr:
    """HR behind the gate that every simulated system has."""

    request_cost_ms = (0, 0)

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.faults = Faults()
        self.ids = Ids(1, "estate")
        sites = {"BER": Site("DE", "ACME-DE"), "NYC": Site("US", "ACME-US")}
        self.system = HrSystem(self.clock, Ids(1, "hr"), sites)
        self._gate: Any = Gate(create_app(lambda: self.system), "hr", lambda: self, refusal)

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._gate, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://hr") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def put(self, worker_id: str, /, **changes: Any) -> httpx.Response:
        """Write a row."""
        return self("PUT", f"/workers/{worker_id}", json=ROW | {"worker_id": worker_id} | changes)

    def advance(self, to: str) -> None:
        """Move the clock."""
        asyncio.run(self.clock.advance(datetime.fromisoformat(to)))


ROW = {
    "first_name": "Ada",
    "last_name": "Byron",
    "department": "Sales",
    "job_title": "Account Executive",
    "manager_id": "E1006",
    "location": "BER",
    "time_zone": "Europe/Berlin",
    "worker_type": "employee",
    "hire_date": "2026-03-09",
    "end_date": "",
    "end_reason": "",
    "effective_date": "",
}


@pytest.fixture
def hr() -> Hr:
    """An empty HR system on Monday 2026-03-02 at 15:00 in Berlin."""
    return Hr()
