"""What every request to a simulated system passes: its cost in time, what is due, fault rules, the `Date` header."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Protocol

from simulators.kernel.clock import VirtualClock
from simulators.kernel.faults import Fault, Faults
from simulators.kernel.ids import Ids

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Refusal = Callable[[int], tuple[list[tuple[bytes, bytes]], bytes]]


class World(Protocol):
    """What the gate needs of an estate."""

    clock: VirtualClock
    faults: Faults
    ids: Ids
    request_cost_ms: tuple[int, int]


class Gate:
    """Wraps a system's ASGI app. `refusal` renders a status as that system's own error: (headers, body).

    On a paused clock a request from outside first costs its time and lets what is due run, then is handled; one made
    while the estate's own jobs run only costs its time, so no job runs inside another.
    """

    def __init__(self, app: App, system: str, world: Callable[[], World], refusal: Refusal) -> None:
        self._app, self._system, self._world, self._refusal = app, system, world, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        world = self._world()
        least, most = world.request_cost_ms
        cost = timedelta(milliseconds=least + int(world.ids.fraction(f"cost/{self._system}") * (most - least + 1)))
        idle = not world.clock.draining
        world.clock.spend(cost)
        if idle:
            await world.clock.run_due()
        faults = world.faults.take(self._system, scope["method"], scope["path"]) if world.faults.rules else []
        for fault in faults:
            if fault.delay is not None:
                world.clock.spend(fault.delay)
        date = _date(world.clock.now().replace(microsecond=0))
        for fault in faults:
            if fault.status is not None:
                headers, body = self._refusal(fault.status)
                await _answer(send, fault.status, [date, *headers], body)
                return
            if fault.lose:
                await _drain(receive)
                await _swallow(send, scope["method"], date)
                return
        await self._app(scope, receive, _dated(send, date, faults))


@lru_cache(maxsize=1024)
def _date(second: datetime) -> tuple[bytes, bytes]:
    """The header of every answer given within that second."""
    return b"date", http_date(second).encode()


def http_date(at: datetime) -> str:
    """`at` as an HTTP date."""
    return format_datetime(at, usegmt=True)


def _dated(send: Send, date: tuple[bytes, bytes], faults: Iterable[Fault]) -> Send:
    fields = {name for fault in faults for name in fault.drop_fields}
    held: list[MutableMapping[str, Any]] = []

    async def pass_on(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), date]
            if fields:
                held.append(message)
                return
        elif fields and message["type"] == "http.response.body":
            held.append(message)
            if message.get("more_body"):
                return
            start, *parts = held
            body = _without(b"".join(part.get("body", b"") for part in parts), fields)
            kept = [h for h in start["headers"] if h[0].lower() != b"content-length"]
            start["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        await send(message)

    return pass_on


def _without(body: bytes, fields: set[str]) -> bytes:
    try:
        document = json.loads(body)
    except ValueError:
        return body

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key not in fields}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(strip(document)).encode()


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _drain(receive: Receive) -> None:
    while (message := await receive()).get("more_body"):
        if message["type"] == "http.disconnect":
            return


async def _swallow(send: Send, method: str, date: tuple[bytes, bytes]) -> None:
    """Answer as if the request had been carried out: what a lost write looks like to its sender."""
    if method in ("PUT", "DELETE"):
        await _answer(send, 204, [date], b"")
    else:
        await _answer(send, 200, [date, (b"content-type", b"application/json")], b"{}")
