"""The SailPoint API as an ASGI application. The server holds the sockets; a reset swaps the tenant behind it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
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
from simulators.switchboard import Switchboard

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
    app.router.routes.extend(oauth.routes)
    app.router.routes.append(Switchboard(route for area in AREAS for route in area.routes))
    app.add_exception_handler(HTTPException, _status)
    app.add_exception_handler(RequestValidationError, _status)
    app.add_exception_handler(Exception, _status)
    app.add_middleware(LegacyPaths)
    return app


async def _status(request: Request, error: Exception) -> Response:
    """Whatever no route has answered, in the vendor's shape."""
    status = (
        error.status_code
        if isinstance(error, HTTPException)
        else 400
        if isinstance(error, RequestValidationError)
        else 500
    )
    row = STATUSES.get(status, STATUSES[500])
    return answer(error_body(row, "", tenant_of(request).ids.hex32("tracking-id")), status)
