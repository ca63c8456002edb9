"""The gate every request passes: cost, due jobs, faults, the Date header."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from simulators.kernel.clock import VirtualClock
from simulators.kernel.faults import Faults
from simulators.kernel.gate import Gate
from simulators.kernel.ids import Ids

START = datetime(2026, 3, 2, 14, tzinfo=UTC)


@dataclass
class _World:
    request_cost_ms: tuple[int, int] = (10, 10)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START))
    faults: Faults = field(default_factory=Faults)
    ids: Ids = field(default_factory=lambda: Ids(1, "test"))
    handled: list[str] = field(default_factory=list)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.handled.append(scope["path"])
        body = json.dumps({"id": "1", "secret": "s", "inner": [{"secret": "t", "name": "n"}]}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def ask(self, method: str, path: str) -> httpx.Response:
        def refusal(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
            return [(b"content-type", b"text/x-vendor")], f"vendor {status}".encode()

        async def send() -> httpx.Response:
            gate: Any = Gate(self.app, "okta", lambda: self, refusal)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://x") as client:
                return await client.request(method, path)

        return asyncio.run(send())


@pytest.fixture
def world() -> _World:
    """A world with one small system."""
    return _World()


def test_a_request_costs_time_and_runs_what_is_due_first(world: _World) -> None:
    """The job due within the cost runs before the request is handled, and Date shows the clock."""
    world.clock.on("job", lambda: world.handled.append("job"))
    world.clock.call_later(timedelta(milliseconds=5), "job")
    answer = world.ask("GET", "/a")
    assert world.handled == ["job", "/a"]
    assert world.clock.now() == START + timedelta(milliseconds=10)
    assert answer.headers["date"] == "Mon, 02 Mar 2026 14:00:00 GMT"


def test_a_status_fault_answers_in_the_vendors_shape_and_wears_off(world: _World) -> None:
    """The system is not reached, and `times` counts down."""
    world.faults.add({"system": "okta", "method": "get", "path": "/a/*"}, {"status": 503}, 1)
    refused, passed = world.ask("GET", "/a/b"), world.ask("GET", "/a/b")
    assert (refused.status_code, refused.text, refused.headers["content-type"]) == (503, "vendor 503", "text/x-vendor")
    assert (passed.status_code, world.handled) == (200, ["/a/b"])


def test_a_delay_fault_costs_virtual_time(world: _World) -> None:
    """The request is handled, later."""
    world.faults.add({}, {"delay": "PT30S"}, None)
    assert world.ask("GET", "/a").status_code == 200
    assert world.clock.now() == START + timedelta(seconds=30, milliseconds=10)


@pytest.mark.parametrize(("method", "status"), [("POST", 200), ("PUT", 204), ("DELETE", 204)])
def test_a_lost_write_is_answered_and_not_done(world: _World, method: str, status: int) -> None:
    """The sender sees success; the system sees nothing."""
    world.faults.add({"method": method}, {"lose": True}, None)
    assert (world.ask(method, "/a").status_code, world.handled) == (status, [])


def test_dropped_fields_are_gone_at_any_depth(world: _World) -> None:
    """The rest of the answer stays, its length is right."""
    world.faults.add({}, {"drop_fields": ["secret"]}, None)
    assert world.ask("GET", "/a").json() == {"id": "1", "inner": [{"name": "n"}]}


@pytest.mark.parametrize(
    ("match", "effect", "times", "reason"),
    [
        ({"host": "x"}, {"status": 500}, None, "unknown match key 'host'"),
        ({"system": "ldap"}, {"status": 500}, None, "unknown system 'ldap'"),
        ({}, {}, None, "exactly one"),
        ({}, {"status": 500, "lose": True}, None, "exactly one"),
        ({}, {"status": 200}, None, "from 400 to 599"),
        ({}, {"delay": "soon"}, None, "not ISO 8601"),
        ({}, {"lose": False}, None, "true or absent"),
        ({}, {"drop_fields": []}, None, "list of field names"),
        ({}, {"status": 500}, 0, "1 or more"),
    ],
)
def test_a_bad_rule_is_refused_with_its_reason(
    match: dict[str, Any], effect: dict[str, Any], times: int | None, reason: str
) -> None:
    """A rule that could never work is not stored."""
    faults = Faults()
    with pytest.raises(ValueError, match=reason):
        faults.add(match, effect, times)
    assert faults.rules == []
