"""How clients of an authorization server authenticate, and which grants they may use.

https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

import httpx

from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import AuthServer
from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.protocol_errors import OAuthRefusal
from simulators.okta.routes.bearer import addresses
from simulators.okta.routes.call import Call
from simulators.okta.routes.endpoint import OPEN, Endpoints, Handler
from simulators.okta.tenant import OktaOrg
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.oauth import ASSERTION, check_assertion, read_assertion

SERVED = ("authorization_code", "refresh_token", "client_credentials", "password")
_NOT_SERVICE = (
    "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' "
    "with the Org Authorization Server."
)
_NOT_BY_KEY = (
    "Client Credentials requests to the Org Authorization Server must use the private_key_jwt "
    "token_endpoint_auth_method."
)
_MULTIPLE = (
    "Can't supply multiple client credentials. Use one of the following: credentials in the Authorization header, "
    "credentials in the post body, or a `client_assertion` in the post body."
)
_BAD_SECRET = "The client secret supplied for a confidential client is invalid."
_BY_JWT = ("private_key_jwt", "client_secret_jwt")


def at_both(endpoints: Endpoints, method: str, path: str) -> Callable[[Handler], Handler]:
    """Declare a handler for the org's own authorization server and for custom ones."""

    def declare(handler: Handler) -> Handler:
        for prefix in ("/v1", "/{server}/v1"):
            endpoints.on(method, prefix + path, audience=OPEN)(handler)
        return handler

    return declare


def form_of(call: Call) -> dict[str, str]:
    """The fields of a form."""
    return dict(parse_qsl(call.raw.decode("latin-1"), keep_blank_values=True))


def server_of(call: Call) -> AuthServer:
    """The active server that a path names; the org's own where it names none. Raises NotFound."""
    ref = call.parts.get("server")
    if ref is None:
        return call.org.auth_servers.own
    server = call.org.auth_servers.find(ref)
    if not server.active:
        raise NotFound(ref, "AuthorizationServer")
    return server


async def client_of(call: Call, form: dict[str, str]) -> App:
    """The client that authenticates, by secret, by assertion or, if public, by name. Raises OAuthRefusal."""
    header = call.headers.get("authorization", "")
    by_header, by_jwt = header.startswith("Basic "), "client_assertion" in form or "client_assertion_type" in form
    if by_header + by_jwt + ("client_secret" in form) > 1:
        raise OAuthRefusal(400, "invalid_request", _MULTIPLE)
    if by_jwt:
        if form.get("client_assertion_type") != ASSERTION:
            raise OAuthRefusal(400, "invalid_request", "The `client_assertion_type` is invalid.")
        return await _by_assertion(call, form.get("client_assertion", ""))
    client_id, secret = _basic(header[6:]) if by_header else (form.get("client_id", ""), form.get("client_secret", ""))
    if not client_id:
        raise _unknown("No client credentials found.")
    app = call.org.apps.client(client_id)
    if app is None or app.client is None or not app.active:
        raise _unknown("Invalid value for 'client_id' parameter.")
    method = app.client.auth_method
    if method in _BY_JWT:
        raise _unknown(_NOT_BY_KEY if app.is_service and "server" not in call.parts else _BAD_SECRET)
    if method != "none" and not secret:
        raise _unknown("No client credentials found.")
    if method != "none" and not app.client.accepts_secret(secret):
        raise _unknown(_BAD_SECRET)
    return app


async def _by_assertion(call: Call, assertion: str) -> App:
    org = call.org
    _, claims = read_assertion(assertion)
    app = org.apps.client(str(claims.get("iss", "")))
    if app is None or not app.active:
        raise _unknown("The issuer claim for client_assertion is not a valid client_id.")
    fetched = await _fetched_keys(org, app)
    spent = check_assertion(assertion, app, addresses(org, call.headers, call.path), org.now(), fetched)
    if spent is not None and not org.oauth.spend(f"{app.id}/{spent[0]}", spent[1]):
        raise _unknown("The client_assertion token has already been used.")
    return app


async def _fetched_keys(org: OktaOrg, app: App) -> list[Json]:
    """The keys at the address a client gives for them; none when nothing usable lies there."""
    if app.client is None or not app.client.jwks_uri or org.http is None:
        return []
    try:
        answer = await org.http.get(app.client.jwks_uri, timeout=10)
        found = answer.json().get("keys", [])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        return []
    return [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(text).decode().partition(":")
    except (binascii.Error, ValueError):
        raise _unknown("No client credentials found.") from None
    return unquote(name), unquote(secret)


def _unknown(description: str) -> OAuthRefusal:
    return OAuthRefusal(401, "invalid_client", description)


def check_grant_type(app: App, server: AuthServer, kind: str) -> None:
    """Raise OAuthRefusal unless a client may use a grant type at a server."""
    client = app.client
    listed = ", ".join(client.grant_types) if client else ""
    if kind not in SERVED:
        text = "The authorization grant type is not supported by the authorization server. "
        text += f"Configured grant types: [{', '.join(SERVED)}]."
        raise OAuthRefusal(400, "unsupported_grant_type", text)
    if client is None:
        raise _unknown("Invalid value for 'client_id' parameter.")
    if kind == "client_credentials" and server.is_org:
        if client.application_type != "service":
            raise _unknown(_NOT_SERVICE)
        if client.auth_method != "private_key_jwt":
            raise _unknown(_NOT_BY_KEY)
    if kind not in client.grant_types:
        text = f"The client is not authorized to use the provided grant type. Configured grant types: [{listed}]."
        raise OAuthRefusal(400, "unauthorized_client", text)
