"""The SailPoint API as an ASGI application. The server holds the sockets; a reset swaps the tenant behind it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulators.sailpoint.routes import (
    access_profiles,
    account_requests,
    accounts,
    activities,
    approvals,
    auth_users,
    campaign_templates,
    campaigns,
    certifications,
    connectors,
    credentials,
    entitlements,
    generic_approvals,
    histories,
    identities,
    identity_attributes,
    lifecycle_states,
    nonemployee_sources,
    nonemployees,
    oauth,
    profiles,
    reassignments,
    request_config,
    requestables,
    requests,
    roles,
    saved_searches,
    search,
    segments,
    service_desk,
    settings,
    signals,
    sod,
    source_apps,
    source_connector,
    source_files,
    source_parts,
    source_settings,
    sources,
    tags,
    tasks,
    transfer,
    transforms,
    triggers,
    work,
    workflow_library,
    workflows,
    workgroups,
)
from simulators.sailpoint.routes.base import CURRENT, answer, tenant_of
from simulators.sailpoint.routes.legacy import LegacyPaths
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.errors import STATUSES, error_body, raw_refusal
from simulators.switchboard import ShortApp, ShortWay, Switchboard

AREAS = (
    search.area,
    identities.area,
    identity_attributes.area,
    histories.area,
    auth_users.area,
    accounts.area,
    account_requests.area,
    requests.area,
    approvals.area,
    generic_approvals.area,
    request_config.area,
    reassignments.area,
    sources.area,
    source_files.area,
    source_parts.area,
    source_settings.area,
    source_connector.area,
    connectors.area,
    tasks.area,
    activities.area,
    access_profiles.area,
    roles.area,
    entitlements.area,
    segments.area,
    source_apps.area,
    tags.area,
    nonemployee_sources.area,
    nonemployees.area,
    workgroups.area,
    requestables.area,
    profiles.area,
    lifecycle_states.area,
    transforms.area,
    workflows.area,
    workflow_library.area,
    triggers.area,
    signals.area,
    work.area,
    service_desk.area,
    credentials.area,
    settings.area,
    saved_searches.area,
    transfer.area,
    campaigns.area,
    campaign_templates.area,
    certifications.area,
    sod.area,
)

refusal = raw_refusal


def create_app(current: Callable[[], SailPointTenant]) -> FastAPI:
    """The application; `current` answers the tenant it serves now."""
    app = ShortApp(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    setattr(app.state, CURRENT, current)
    board = Switchboard([*oauth.routes, *(route for area in AREAS for route in area.routes)])
    app.router.routes = [board]
    app.middleware_stack = LegacyPaths(ShortWay(board, _status))
    return app


async def _status(request: Request, error: Exception) -> Response:
    """Whatever no route has answered, in the vendor's shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    row = STATUSES.get(status, STATUSES[500])
    headers = error.headers if isinstance(error, HTTPException) else None
    return answer(error_body(row, "", tenant_of(request).ids.hex32("tracking-id")), status, headers)
