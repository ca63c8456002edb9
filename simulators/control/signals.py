"""When SailPoint tells receivers of shared signals that sessions are revoked: its pages set that, no API does."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Response

from simulators.control.bodies import ErrorBody, SessionRevokedCondition
from simulators.control.world import World

_WRONG: dict[int | str, dict[str, Any]] = {400: {"model": ErrorBody, "description": "Refused, with the reason"}}


def add_signals(app: FastAPI, world: World) -> None:
    """The calls on conditions."""

    def answer() -> Response:
        return Response(json.dumps(world.estate.sailpoint.signals.conditions()), media_type="application/json")

    @app.get("/control/session-revoked-conditions", response_model=list[SessionRevokedCondition])
    async def list_conditions() -> Response:
        """The lifecycle states whose entry revokes sessions, by identity profile."""
        return answer()

    @app.put("/control/session-revoked-conditions", response_model=list[SessionRevokedCondition], responses=_WRONG)
    async def set_conditions(body: list[SessionRevokedCondition]) -> Response:
        """Replace the conditions; an empty list revokes nobody's sessions."""
        world.estate.sailpoint.signals.set_conditions((one.profile, one.states) for one in body)
        return answer()
