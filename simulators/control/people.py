"""What a person would have in hand: messages the org sent, and the device that pushes reach."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Response
from starlette.exceptions import HTTPException

from simulators.control.bodies import ErrorBody, MessageBody, PushAnswerBody
from simulators.control.world import World

_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "Nothing of that name"}}


def add_people(app: FastAPI, world: World) -> None:
    """The calls of a person's side."""

    @app.get("/control/messages", response_model=list[MessageBody])
    async def list_messages(login: str | None = None) -> Response:
        """Mails, text messages and calls that Okta sent, oldest first, with their codes; `login` narrows."""
        return Response(json.dumps(world.estate.messages(login)), media_type="application/json")

    @app.post("/control/pushes/{factor}/answer", status_code=204, responses=_UNKNOWN)
    async def answer_push(factor: str, body: PushAnswerBody) -> Response:
        """Approve or reject the push that waits on a person's device."""
        try:
            world.estate.answer_push(factor, body.approve)
        except KeyError:
            raise HTTPException(404, f"no push waits for the factor {factor!r}") from None
        return Response(status_code=204)
