"""The SailPoint API as an ASGI application. The server holds the sockets; a reset swaps the tenant behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulators.sailpoint.routes import oauth
from simulators.sailpoint.routes.base import CURRENT, Area, answer, tenant_of
from simulators.sailpoint.routes.legacy import LegacyPaths
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.errors import STATUSES, error_body, raw_refusal
from simulators.switchboard import Placed, ShortApp, ShortWay, Switchboard

# Modules of `routes`, each with the first segments of its paths. One is imported when such a path is first asked for:
# to import all of them takes a tenth of the start, and a client asks for few.
AREAS: Mapping[str, tuple[str, ...]] = {
    "access_profiles": ("access-profiles",),
    "account_requests": ("account-requests", "identities-accounts"),
    "accounts": ("accounts",),
    "activities": ("account-activities",),
    "approvals": ("access-request-approvals",),
    "auth_users": ("auth-users",),
    "campaign_templates": ("campaign-templates", "campaign-filters"),
    "campaigns": ("campaigns",),
    "certifications": ("certifications", "certification-tasks"),
    "connectors": ("connectors", "connector-rules", "managed-clusters"),
    "credentials": ("personal-access-tokens", "oauth-clients"),
    "entitlements": ("entitlements",),
    "generic_approvals": ("generic-approvals",),
    "histories": ("historical-identities",),
    "identities": ("identities", "public-identities"),
    "identity_attributes": ("identity-attributes", "public-identities-config"),
    "lifecycle_states": ("identity-profiles",),
    "nonemployee_sources": ("non-employee-sources",),
    "nonemployees": ("non-employee-records", "non-employee-requests", "non-employee-approvals"),
    "profiles": ("identity-profiles",),
    "reassignments": ("reassignment-configurations",),
    "request_config": ("access-request-config",),
    "requestables": ("requestable-objects", "revocable-objects"),
    "requests": ("access-requests", "access-request-status", "access-request-administration"),
    "roles": ("roles",),
    "saved_searches": ("saved-searches", "scheduled-searches"),
    "search": ("search",),
    "segments": ("segments",),
    "service_desk": ("service-desk-integrations",),
    "settings": ("tenant", "org-config", "tenant-context"),
    "signals": (".well-known", "ssf"),
    "sod": ("sod-policies", "sod-violations", "violations"),
    "source_apps": ("source-apps",),
    "source_connector": ("sources",),
    "source_files": ("sources",),
    "source_parts": ("sources",),
    "source_settings": ("sources",),
    "sources": ("sources",),
    "tags": ("tags", "tagged-objects"),
    "tasks": ("task-status", "account-aggregations"),
    "transfer": ("sp-config",),
    "transforms": ("transforms",),
    "triggers": ("triggers", "trigger-subscriptions", "trigger-invocations"),
    "work": ("work-items",),
    "workflow_library": ("workflow-library",),
    "workflows": ("workflows", "workflow-executions"),
    "workgroups": ("workgroups",),
}


def areas() -> list[Area]:
    """All of them, imported now."""
    return [_area(name) for name in AREAS]


refusal = raw_refusal


def create_app(current: Callable[[], SailPointTenant]) -> FastAPI:
    """The application; `current` answers the tenant it serves now."""
    later: dict[str, list[str]] = {}
    for name, segments in AREAS.items():
        for segment in segments:
            later.setdefault(segment, []).append(name)
    app = ShortApp(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    setattr(app.state, CURRENT, current)
    board = Switchboard(oauth.routes, later={segment: partial(_below, segment, later[segment]) for segment in later})
    app.router.routes = [board]
    app.middleware_stack = LegacyPaths(ShortWay(board, _status))
    return app


def _area(name: str) -> Area:
    found: Area = import_module(f"simulators.sailpoint.routes.{name}").area
    return found


def _below(segment: str, names: Iterable[str]) -> list[Placed]:
    """The routes of areas below one first segment."""
    return [route for name in names for route in _area(name).routes if route.path.split("/")[1] == segment]


async def _status(request: Request, error: Exception) -> Response:
    """Whatever no route has answered, in the vendor's shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    row = STATUSES.get(status, STATUSES[500])
    headers = error.headers if isinstance(error, HTTPException) else None
    return answer(error_body(row, "", tenant_of(request).ids.hex32("tracking-id")), status, headers)
