"""The org as an ASGI application: every path, and errors in the vendor's shape."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulators.okta.domain.errors import InternalError, TooManyRequests
from simulators.okta.routes.api_tokens import api_tokens
from simulators.okta.routes.apps import apps
from simulators.okta.routes.authn import authn
from simulators.okta.routes.endpoint import mark_of, refuse
from simulators.okta.routes.groups import groups
from simulators.okta.routes.logs import logs
from simulators.okta.routes.oauth2 import oauth2, well_known
from simulators.okta.routes.provisioning import provisioning
from simulators.okta.routes.sessions import pages, sessions
from simulators.okta.routes.user_details import client_roles, details
from simulators.okta.routes.user_lifecycle import lifecycle_calls
from simulators.okta.routes.users import users
from simulators.okta.tenant import OktaOrg
from simulators.okta.wire.bodies import dump
from simulators.okta.wire.errors import by_status, error_answer
from simulators.switchboard import Switchboard

_SERVED = (
    users, groups, lifecycle_calls, apps, logs, oauth2, authn, sessions, details, provisioning, client_roles,
    api_tokens, pages, well_known,
)  # fmt: skip


def create_app(current: Callable[[], OktaOrg]) -> FastAPI:
    """The app of whichever org `current` answers; a reset swaps the org behind it."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.router.redirect_slashes = False
    app.router.routes = [Switchboard(route for endpoints in _SERVED for route in endpoints.routes(current))]

    async def answer_http(request: Request, error: Exception) -> Response:
        org, mark = current(), mark_of(request, current())
        status = error.status_code if isinstance(error, HTTPException) else 500
        return refuse(by_status(status), org, mark, org.limits.take(request.method, mark.path, None))

    async def answer_defect(request: Request, error: Exception) -> Response:
        return refuse(InternalError(), current(), mark_of(request, current()), None)

    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(Exception, answer_defect)
    return app


def refusal(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """A bare status as this vendor's error: what the gate sends for a fault."""
    _, body, _ = error_answer(by_status(status), f"fault-{status}", "http://127.0.0.1")
    headers = [(b"content-type", b"application/json"), (b"x-okta-request-id", b"0" * 32)]
    if isinstance(by_status(status), TooManyRequests):
        headers += [(b"x-rate-limit-limit", b"600"), (b"x-rate-limit-remaining", b"0")]
    return headers, dump(body)
