"""The control plane over HTTP. Every error is `{"error": "one sentence"}`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from simulators.control.bodies import (
    AdvanceBody,
    AdvancedBody,
    ClockBody,
    ErrorBody,
    EstateBody,
    FaultBody,
    FaultId,
    NewFault,
    ResetBody,
)
from simulators.control.people import add_people
from simulators.control.signals import add_signals
from simulators.control.view.routes import add_view
from simulators.control.world import World
from simulators.kernel.faults import Fault
from simulators.kernel.times import iso, parse_duration, parse_instant
from simulators.switchboard import ShortWay, Switchboard, plain

_WRONG: dict[int | str, dict[str, Any]] = {400: {"model": ErrorBody, "description": "Refused, with the reason"}}
# The body is read by the endpoint itself: the clock is moved a dozen times a scenario.
_ADVANCE = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": AdvanceBody.model_json_schema()}}}
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "Nothing of that name"}}


def create_app(world: World) -> FastAPI:
    """The app over `world`."""
    app = FastAPI(title="Control plane of a simulated estate", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_exception_handler(ValueError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _unrouted)
    app.add_exception_handler(Exception, _broken)
    _add_estate(app, world)
    _add_clock(app, world)
    _add_faults(app, world)
    add_people(app, world)
    add_signals(app, world)
    add_view(app, world)

    def contract() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version="1", routes=app.routes)
            for path in document["paths"].values():
                for operation in path.values():
                    operation["responses"].pop("422", None)  # a malformed body is answered with 400
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = contract  # type: ignore[method-assign]
    # What takes a model or a query is read by the framework; the rest needs none of its layers.
    app.middleware_stack = ShortWay(Switchboard(plain(app.routes)), _failed, app.build_middleware_stack())
    return app


def _add_estate(app: FastAPI, world: World) -> None:
    @app.get("/control/estate", response_model=EstateBody)
    async def estate() -> Response:
        """The estate's addresses, credentials and people."""
        return _estate(world)

    @app.post("/control/reset", response_model=EstateBody, responses=_WRONG)
    async def reset(body: ResetBody) -> Response:
        """Put a fresh estate in place; the same seed and random seed give the same ids and credentials."""
        await world.reset(body.seed, body.random_seed)
        return _estate(world)

    @app.put("/control/snapshots/{name}", status_code=204)
    async def save(name: str) -> Response:
        """Keep the present state, clock and faults included, under a name."""
        await world.save(name)
        return Response(status_code=204)

    @app.post("/control/snapshots/{name}/restore", response_model=EstateBody, responses=_UNKNOWN)
    async def restore(name: str) -> Response:
        """Return to a kept state."""
        try:
            await world.restore(name)
        except KeyError:
            raise HTTPException(404, f"there is no snapshot {name!r}; keep one with PUT first") from None
        return _estate(world)


def _add_clock(app: FastAPI, world: World) -> None:
    @app.get("/control/clock", response_model=ClockBody)
    async def read_clock() -> Response:
        """Where the clock stands."""
        clock = world.estate.clock
        clock.spend(timedelta(0))
        due = clock.next_due()
        next_at = None if due is None else iso(due)
        return _json({"now": iso(clock.now()), "mode": clock.mode, "speed": clock.speed, "next": next_at})

    @app.post("/control/clock/advance", response_model=AdvancedBody, responses=_WRONG, openapi_extra=_ADVANCE)
    async def advance(request: Request) -> Response:
        """Move the clock; answers when nothing is due or in flight any more."""
        try:
            body = AdvanceBody.model_validate_json(await request.body())
        except ValidationError as wrong:
            raise RequestValidationError(wrong.errors()) from None
        clock = world.estate.clock
        clock.spend(timedelta(0))
        to = _aim(body, clock.now())
        if to < clock.now():
            raise ValueError(f"the clock stands at {iso(clock.now())} and cannot go back to {iso(to)}")
        try:
            ran = await world.advance(to)
        except ValueError as broken:  # a job's own, not the caller's
            raise RuntimeError(str(broken)) from broken
        return _json({"now": iso(clock.now()), "ran": ran})


def _add_faults(app: FastAPI, world: World) -> None:
    @app.get("/control/faults", response_model=list[FaultBody])
    async def list_faults() -> Response:
        """The rules in place, oldest first."""
        return _json([_fault(rule) for rule in world.estate.faults.rules])

    @app.post("/control/faults", status_code=201, response_model=FaultId, responses=_WRONG)
    async def add_fault(body: NewFault) -> Response:
        """Make matching requests misbehave."""
        rule = world.estate.faults.add(
            body.match.model_dump(exclude_none=True), body.effect.model_dump(exclude_none=True), body.times
        )
        return _json({"id": rule.id}, 201)

    @app.delete("/control/faults", status_code=204)
    async def clear_faults() -> Response:
        """Remove every rule."""
        world.estate.faults.rules = []
        return Response(status_code=204)

    @app.delete("/control/faults/{id}", status_code=204, responses=_UNKNOWN)
    async def remove_fault(id: str) -> Response:
        """Remove one rule."""
        if not world.estate.faults.remove(id):
            raise HTTPException(404, f"there is no fault {id!r}")
        return Response(status_code=204)


def _aim(body: AdvanceBody, now: datetime) -> datetime:
    if (body.by is None) == (body.to is None):
        raise ValueError("give exactly one of by and to")
    try:
        return parse_instant(body.to) if body.to is not None else now + parse_duration(body.by or "")
    except OverflowError:
        raise ValueError("that lies further ahead than the calendar reaches") from None


def _fault(rule: Fault) -> dict[str, Any]:
    match = {"system": rule.system, "method": rule.method, "path": rule.path}
    effects = {
        "status": rule.status,
        "delay": None if rule.delay is None else f"PT{rule.delay.total_seconds():g}S",
        "lose": rule.lose or None,
        "drop_fields": list(rule.drop_fields) or None,
    }
    return {
        "id": rule.id,
        "match": {name: value for name, value in match.items() if value is not None},
        "effect": {name: value for name, value in effects.items() if value is not None},
        "times": rule.times,
    }


def _estate(world: World) -> Response:
    return _json(world.ready())


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, media_type="application/json")


def _error(text: str, status: int) -> Response:
    return _json({"error": text}, status)


async def _refused(request: Request, error: Exception) -> Response:
    return _error(str(error), 400)


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return _error(f"{place or 'the body'}: {first['msg']}", 400)


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    stock = {404: f"there is nothing at {request.url.path}", 405: f"{request.method} is not possible here"}
    text = stock.get(error.status_code, phrase) if error.detail == phrase else error.detail
    answer = _error(text, error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _broken(request: Request, error: Exception) -> Response:
    return _error(f"the estate failed: {type(error).__name__}: {error}", 500)


async def _failed(request: Request, error: Exception) -> Response:
    """The same for what does not pass the framework."""
    handlers = {HTTPException: _unrouted, RequestValidationError: _malformed, ValueError: _refused}
    handler = next((found for kind, found in handlers.items() if isinstance(error, kind)), _broken)
    return await handler(request, error)
