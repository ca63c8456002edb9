"""How clients of the authorization server authenticate, and which grants they may use."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl, unquote

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import OAuthRefusal
from simulators.okta.routes.call import Call
from simulators.okta.wire.oauth import ASSERTION, assertion_claims, read_assertion

_NOT_SERVICE = (
    "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' "
    "with the Org Authorization Server."
)
_NOT_BY_KEY = (
    "Client Credentials requests to the Org Authorization Server must use the private_key_jwt "
    "token_endpoint_auth_method."
)


def form_of(call: Call) -> dict[str, str]:
    """The fields of a form."""
    return dict(parse_qsl(call.raw.decode("latin-1"), keep_blank_values=True))


def client_of(call: Call, form: dict[str, str]) -> App:
    """The client that authenticates, by secret, by assertion or, if public, by name. Raises OAuthRefusal."""
    if form.get("client_assertion_type") == ASSERTION or "client_assertion" in form:
        return _by_assertion(call, form.get("client_assertion", ""))
    header = call.headers.get("authorization", "")
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if header.startswith("Basic "):
        client_id, secret = _basic(header[6:])
    if not client_id:
        raise _unknown("No client credentials found.")
    app = call.org.apps.client(client_id)
    if app is None or app.client is None or not app.active:
        raise _unknown("Invalid value for 'client_id' parameter.")
    method = app.client.auth_method
    if method == "private_key_jwt":
        raise _unknown(_NOT_BY_KEY)
    if method != "none" and secret != app.client.secret:
        raise _unknown("The client secret supplied for a confidential client is invalid.")
    return app


def _by_assertion(call: Call, assertion: str) -> App:
    org = call.org
    header, claims = read_assertion(assertion)
    app = org.apps.client(str(claims.get("iss", "")))
    if app is None or not app.active:
        raise _unknown("The issuer claim for client_assertion is not a valid client_id.")
    endpoints = {org.base_url + call.path, f"http://{call.headers.get('host', '')}{call.path}"}
    assertion_claims(assertion, app, claims, header, tuple(endpoints), org.now())
    if (jti := claims.get("jti")) is not None:
        expires = org.now().fromtimestamp(float(claims["exp"]), tz=org.now().tzinfo)
        if not org.oauth.spend_assertion(f"{app.id}/{jti}", expires):
            raise _unknown("The client_assertion token has already been used.")
    return app


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(text).decode().partition(":")
    except ValueError:
        raise _unknown("No client credentials found.") from None
    return unquote(name), unquote(secret)


def _unknown(description: str) -> OAuthRefusal:
    return OAuthRefusal(401, "invalid_client", description)


def check_grant_type(app: App, kind: str) -> None:
    """Raise OAuthRefusal unless a client may use a grant type."""
    client = app.client
    listed = ", ".join(client.grant_types) if client else ""
    if kind not in ("authorization_code", "refresh_token", "client_credentials"):
        text = "The authorization grant type is not supported by the authorization server. "
        text += f"Configured grant types: [{listed}]."
        raise OAuthRefusal(400, "unsupported_grant_type", text)
    if client is None:
        raise OAuthRefusal(401, "invalid_client", "Invalid value for 'client_id' parameter.")
    if kind == "client_credentials":
        if client.application_type != "service":
            raise _unknown(_NOT_SERVICE)
        if client.auth_method != "private_key_jwt":
            raise _unknown(_NOT_BY_KEY)
    if kind not in client.grant_types:
        text = f"The client is not authorized to use the provided grant type. Configured grant types: [{listed}]."
        raise OAuthRefusal(400, "unauthorized_client", text)
