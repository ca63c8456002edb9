"""The SailPoint API as an ASGI application. The server holds the sockets; a reset swaps the tenant behind it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulators.sailpoint.routes import (
    access,
    accounts,
    activities,
    identities,
    oauth,
    profiles,
    requestables,
    requests,
    search,
    source_parts,
    sources,
    tenants,
    work,
    workflows,
    workgroups,
)
from simulators.sailpoint.routes.base import CURRENT, answer, tenant_of
from simulators.sailpoint.routes.legacy import LegacyPaths
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.errors import STATUSES, error_body, raw_refusal
from simulators.switchboard import ShortWay, Switchboard

AREAS = (
    search.area,
    identities.area,
    accounts.area,
    requests.area,
    sources.area,
    source_parts.area,
    activities.area,
    access.area,
    workgroups.area,
    requestables.area,
    profiles.area,
    workflows.area,
    work.area,
    tenants.area,
)

refusal = raw_refusal


def create_app(current: Callable[[], SailPointTenant]) -> FastAPI:
    """The application; `current` answers the tenant it serves now."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    setattr(app.state, CURRENT, current)
    board = Switchboard([*oauth.routes, *(route for area in AREAS for route in area.routes)])
    app.router.routes = [board]
    app.middleware_stack = LegacyPaths(ShortWay(board, _status))
    return app


async def _status(request: Request, error: Exception) -> Response:
    """Whatever no route has answered, in the vendor's shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    row = STATUSES.get(status, STATUSES[500])
    return answer(error_body(row, "", tenant_of(request).ids.hex32("tracking-id")), status)
