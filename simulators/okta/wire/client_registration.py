"""OAuth clients as dynamic client registration shows and takes them (RFC 7591).

https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/Client/
"""

from __future__ import annotations

from typing import Any

from simulators.okta.domain.apps import App
from simulators.okta.domain.protocol_errors import OAuthRefusal
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.oauth_metadata import CLIENT_AUTH

_EXTENSION = ("urn:", "http")
_GRANTS = {
    "web": {"authorization_code", "implicit", "refresh_token", "client_credentials", "password"},
    "native": {"authorization_code", "implicit", "refresh_token", "password"},
    "browser": {"authorization_code", "implicit", "refresh_token"},
    "service": {"client_credentials"},
}
_LISTS = ("redirect_uris", "post_logout_redirect_uris", "response_types", "grant_types")
_TEXTS = (
    "client_uri", "logo_uri", "initiate_login_uri", "tos_uri", "policy_uri", "jwks_uri", "frontchannel_logout_uri",
    "request_object_signing_alg", "application_type", "token_endpoint_auth_method",
)  # fmt: skip
_SHOWN = ("initiate_login_uri", "tos_uri", "policy_uri", "jwks_uri", "request_object_signing_alg")
_LOGOUT = ("frontchannel_logout_uri", "frontchannel_logout_session_required")


def client_body(app: App, secret: bool = False) -> Json:
    """A client; its secret shows only in answers to its creation and changes."""
    client, settings = app.client, app.body["settings"]["oauthClient"]
    if client is None:
        return {}
    confidential = client.auth_method.startswith("client_secret")
    return {
        "client_id": app.client_id,
        **({"client_secret": client.secret} if secret and confidential else {}),
        "client_id_issued_at": int(app.created.timestamp()),
        **({"client_secret_expires_at": 0} if confidential else {}),
        "client_name": app.label,
        "client_uri": settings.get("client_uri"),
        "logo_uri": settings.get("logo_uri"),
        "application_type": client.application_type,
        "redirect_uris": list(client.redirect_uris),
        **({"post_logout_redirect_uris": list(client.post_logout_uris)} if client.post_logout_uris else {}),
        "response_types": list(client.response_types),
        "grant_types": list(client.grant_types),
        "token_endpoint_auth_method": client.auth_method,
        **({"jwks": {"keys": list(client.keys)}} if client.keys else {}),
        **{name: settings[name] for name in (*_SHOWN, *_LOGOUT) if settings.get(name) is not None},
    }


def metadata_fault(body: Json, before: App | None = None) -> None:
    """Raise OAuthRefusal for metadata that no client can have; a replacement has to name the client's own id."""
    name = body.get("client_name")
    if not isinstance(name, str) or not name.strip():
        raise _bad("`client_name`: The field can't be left blank.")
    if before is not None and body.get("client_id") not in (None, before.client_id):
        raise _bad("`client_id`: The field can't be changed.")
    for field in _TEXTS:
        if not isinstance(body.get(field), str | None):
            raise _bad(f"`{field}`: The value must be a text.")
    for field in _LISTS:
        value: Any = body.get(field)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise _bad(f"`{field}`: The value must be a list of texts.")
    kind = body.get("application_type") or "web"
    if kind not in _GRANTS:
        raise _bad(f"`application_type`: The value '{kind}' isn't supported.")
    method = body.get("token_endpoint_auth_method") or "client_secret_basic"
    if method not in CLIENT_AUTH:
        raise _bad(f"`token_endpoint_auth_method`: The value '{method}' isn't supported.")
    grants = _grants(body)
    if wrong := [grant for grant in grants if grant not in _GRANTS[kind] and not grant.startswith(_EXTENSION)]:
        raise _bad(f"`grant_types`: The grant type '{wrong[0]}' isn't valid for the application type '{kind}'.")
    if {"authorization_code", "implicit"} & set(grants) and not body.get("redirect_uris"):
        raise OAuthRefusal(400, "invalid_redirect_uri", "`redirect_uris`: The field can't be left blank.")
    jwks = body.get("jwks")
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    wanted = (jwks is not None or method == "private_key_jwt") and not body.get("jwks_uri")
    if wanted and not (isinstance(keys, list) and keys and all(isinstance(key, dict) for key in keys)):
        raise _bad("`jwks`: The field can't be left blank.")


def as_app(body: Json) -> Json:
    """The same client as an application of /api/v1/apps. Registered clients ask for consent."""
    kind = body.get("application_type") or "web"
    settings: Json = {name: body[name] for name in (*_TEXTS, *_LOGOUT, "jwks") if body.get(name) is not None}
    settings |= {
        "application_type": kind,
        "redirect_uris": body.get("redirect_uris") or [],
        "post_logout_redirect_uris": body.get("post_logout_redirect_uris") or [],
        "grant_types": _grants(body),
        "response_types": body.get("response_types") or (["token"] if kind == "service" else ["code"]),
        "consent_method": "REQUIRED",
    }
    method = settings.pop("token_endpoint_auth_method", "client_secret_basic")
    return {
        "name": "oidc_client",
        "label": body["client_name"],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": method}},
        "settings": {"oauthClient": settings},
    }


def _grants(body: Json) -> list[str]:
    default = ["client_credentials"] if body.get("application_type") == "service" else ["authorization_code"]
    return body.get("grant_types") or default


def _bad(description: str) -> OAuthRefusal:
    return OAuthRefusal(400, "invalid_client_metadata", description)
