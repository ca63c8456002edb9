"""The org as an ASGI application: every path, and errors in the vendor's shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulators.okta.domain.errors import InternalError, TooManyRequests
from simulators.okta.routes.access_rules import access_rules
from simulators.okta.routes.account_pages import account_pages
from simulators.okta.routes.api_tokens import api_tokens
from simulators.okta.routes.app_credentials import app_credentials
from simulators.okta.routes.app_keys import app_keys
from simulators.okta.routes.app_users import app_users
from simulators.okta.routes.apps import apps
from simulators.okta.routes.auth_servers import auth_servers
from simulators.okta.routes.authenticators import authenticators
from simulators.okta.routes.authn import authn
from simulators.okta.routes.authorize import authorizing
from simulators.okta.routes.client_registration import client_registration
from simulators.okta.routes.endpoint import mark_of, refuse
from simulators.okta.routes.enrollments import enrollments
from simulators.okta.routes.event_hooks import event_hooks
from simulators.okta.routes.factors import factors
from simulators.okta.routes.features import features
from simulators.okta.routes.grants import grants
from simulators.okta.routes.group_rules import group_rules
from simulators.okta.routes.groups import groups
from simulators.okta.routes.iam import iam
from simulators.okta.routes.idps import idps
from simulators.okta.routes.inline_hooks import inline_hooks
from simulators.okta.routes.log_streams import log_streams
from simulators.okta.routes.logout import signing_out
from simulators.okta.routes.logs import logs
from simulators.okta.routes.mappings import mappings
from simulators.okta.routes.meta import meta
from simulators.okta.routes.oauth2 import oauth2, well_known
from simulators.okta.routes.org import org, org_metadata
from simulators.okta.routes.org_factors import org_factors
from simulators.okta.routes.policies import policies
from simulators.okta.routes.provisioning import provisioning
from simulators.okta.routes.resource_sets import resource_sets
from simulators.okta.routes.roles import client_roles, roles
from simulators.okta.routes.security_events import security_events
from simulators.okta.routes.sessions import pages, sessions
from simulators.okta.routes.signals import signals
from simulators.okta.routes.signin_pages import signin_pages
from simulators.okta.routes.subscriptions import subscriptions
from simulators.okta.routes.user_lifecycle import lifecycle_calls
from simulators.okta.routes.user_relations import relations
from simulators.okta.routes.users import users
from simulators.okta.routes.zones import zones
from simulators.okta.tenant import OktaOrg
from simulators.okta.wire.bodies import dump
from simulators.okta.wire.errors import by_status, error_answer
from simulators.switchboard import ShortApp, ShortWay, Switchboard

_SERVED = (
    users,
    groups,
    lifecycle_calls,
    apps,
    logs,
    oauth2,
    authn,
    sessions,
    relations,
    meta,
    provisioning,
    client_roles,
    api_tokens,
    pages,
    well_known,
    app_users,
    app_credentials,
    app_keys,
    mappings,
    factors,
    policies,
    authenticators,
    group_rules,
    roles,
    iam,
    org,
    org_metadata,
    org_factors,
    zones,
    log_streams,
    features,
    subscriptions,
    event_hooks,
    inline_hooks,
    idps,
    enrollments,
    resource_sets,
    authorizing,
    signing_out,
    client_registration,
    grants,
    auth_servers,
    access_rules,
    security_events,
    signals,
)  # fmt: skip
_FOR_PEOPLE = (signin_pages, account_pages)


@cache
def _switchboard() -> Switchboard:
    """Every route, built once for all apps of this process: each asks its own app for the org."""
    every = (route for one in (*_SERVED, *_FOR_PEOPLE) for route in one.routes())
    return Switchboard(every, slash_ends=True)


def create_app(current: Callable[[], OktaOrg]) -> FastAPI:
    """The app of whichever org `current` answers; a reset swaps the org behind it."""
    app = ShortApp(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.current, board = current, _switchboard()

    async def failed(request: Request, error: Exception) -> Response:
        org, mark = current(), mark_of(request, current())
        if not isinstance(error, HTTPException):
            return refuse(InternalError(), org, mark, None)
        return refuse(by_status(error.status_code), org, mark, org.limits.take(request.method, mark.path, None))

    app.router.routes = [board]
    app.middleware_stack = ShortWay(board, failed)
    return app


def refusal(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """A bare status as this vendor's error: what the gate sends for a fault."""
    _, body, _ = error_answer(by_status(status), f"fault-{status}", "http://127.0.0.1")
    headers = [(b"content-type", b"application/json"), (b"x-okta-request-id", b"0" * 32)]
    if isinstance(by_status(status), TooManyRequests):
        headers += [(b"x-rate-limit-limit", b"600"), (b"x-rate-limit-remaining", b"0")]
    return headers, dump(body)
