"""The OAuth client of an application: what a body says of it, and how it is shown.

Okta API reference, Applications, schemas OpenIdConnectApplicationSettingsClient and ApplicationCredentialsOAuthClient.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.app_keys import FederatedClaim
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.tokens import ClientKey, ClientSecret, OAuthClient
from simulators.okta.wire.bodies import Json, part, texts

KINDS = ("web", "native", "browser", "service")
_PUBLIC = ("native", "browser")  # kinds that can keep no secret: they prove themselves by PKCE
METHODS = ("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none")
GRANTS = (
    "authorization_code", "client_credentials", "implicit", "interaction_code", "password", "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer", "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:okta:params:oauth:grant-type:oob", "urn:okta:params:oauth:grant-type:otp",
    "urn:openid:params:grant-type:ciba", "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
)  # fmt: skip
_RESPONSES = ("code", "id_token", "token")
_SHOWN = ("client_uri", "logo_uri")
_CHOICES = {
    "consent_method": ("TRUSTED", "REQUIRED"),
    "issuer_mode": ("DYNAMIC", "ORG_URL", "CUSTOM_URL"),
    "wildcard_redirect": ("DISABLED", "SUBDOMAIN"),
}
_FIXED = {
    *_SHOWN, *_CHOICES, "redirect_uris", "response_types", "grant_types", "application_type", "idp_initiated_login",
    "dpop_bound_access_tokens", "refresh_token", "jwks",
}  # fmt: skip
_OURS = ("id", "status", "created", "lastUpdated", "_links")  # what an answer says of a key besides the key itself
_CLIENT_ID = re.compile(r"[A-Za-z0-9$\-_.+!*'(),]{6,100}")
SECRET_LENGTHS = (14, 100)


def read_client(credentials: Json, settings: Json, before: OAuthClient | None) -> tuple[OAuthClient, Json, Json]:
    """The client, and what is shown of it under `credentials` and `settings` besides its keys and secret.

    Raises Invalid or NotWellFormed. A replacement that does not speak of secret or client id keeps them.
    """
    kind = _one_of(settings, "application_type", KINDS, "web")
    method = _one_of(credentials, "token_endpoint_auth_method", METHODS, "client_secret_basic")
    public = kind in _PUBLIC
    pkce = credentials.get("pkce_required")
    pkce = public if pkce is None else bool(pkce)
    if method == "none" and not pkce:
        text = "''pkce_required'' must be set to true when ''token_endpoint_auth_method'' is ''none''."
        raise Invalid("pkce_required", f"pkce_required: {text}")
    if method == "none" and not public:
        valid = ", ".join(METHODS[:-1])
        text = f"'token_endpoint_auth_method' is invalid. Valid values: [{valid}]"
        raise Invalid("token_endpoint_auth_method", f"token_endpoint_auth_method: {text}")
    grants = _each_of(settings, "grant_types", GRANTS)
    grants = grants or (["client_credentials"] if kind == "service" else ["authorization_code"])
    responses = _each_of(settings, "response_types", _RESPONSES)
    responses = responses or (["token"] if kind == "service" else ["code"])
    redirects = texts(settings.get("redirect_uris"))
    if settings.get("redirect_uris") == [] and {"authorization_code", "implicit"} & set(grants):
        raise Invalid("redirect_uris", "redirect_uris: 'redirect_uris' must contain at least one redirect URI.")
    wish = part(settings, "refresh_token")
    if not wish and before is not None and "refresh_token" in before.grant_types:
        wish = {"rotation_type": "ROTATE", "leeway": before.grace_s} if before.rotates else {"rotation_type": "STATIC"}
    rotation = _rotation(wish, kind)
    client = OAuthClient(
        auth_method=method,
        application_type=kind,
        grant_types=tuple(grants),
        redirect_uris=tuple(redirects),
        keys=tuple(_keys(settings)),
        pkce_required=pkce,
        rotates=rotation["rotation_type"] == "ROTATE",
        grace_s=int(rotation.get("leeway", 0)),
        response_types=tuple(responses),
        post_logout_uris=tuple(texts(settings.get("post_logout_redirect_uris"))),
        dpop_bound=bool(settings.get("dpop_bound_access_tokens", False)),
        consent=_one_of(settings, "consent_method", _CHOICES["consent_method"], "TRUSTED"),
        jwks_uri=str(settings.get("jwks_uri") or ""),
    )
    client = _kept(client, credentials, before)
    if before is not None and settings.get("jwks") is None:
        client = client.with_keys(before.key_rows)
    shown: Json = {name: settings.get(name) for name in _SHOWN}
    shown |= {"redirect_uris": redirects, "response_types": responses, "grant_types": grants, "application_type": kind}
    shown |= {name: _one_of(settings, name, some, some[0]) for name, some in _CHOICES.items()}
    if "refresh_token" in grants:
        shown["refresh_token"] = rotation
    shown["idp_initiated_login"] = {"mode": "DISABLED", "default_scope": [], **part(settings, "idp_initiated_login")}
    shown["dpop_bound_access_tokens"] = bool(settings.get("dpop_bound_access_tokens", False))
    shown |= {name: value for name, value in settings.items() if name not in _FIXED and value is not None}
    return client, {"autoKeyRotation": bool(credentials.get("autoKeyRotation", True))}, shown


def _kept(client: OAuthClient, credentials: Json, before: OAuthClient | None) -> OAuthClient:
    """The client with its id and secret: those given, or those it had."""
    id, secret = credentials.get("client_id") or "", credentials.get("client_secret") or ""
    if not isinstance(id, str) or not isinstance(secret, str):
        raise NotWellFormed()
    if secret:
        check_secret(secret)
    if before is not None:
        client = replace(client, id=before.id, secret=secret, secrets=before.secrets)
        return replace(client, key_rows=before.key_rows)
    if id and not _CLIENT_ID.fullmatch(id):
        raise Invalid("client_id", "client_id: 'client_id' must be between 6 and 100 characters of the allowed set.")
    return replace(client, id=id, secret=secret)


def check_secret(secret: str) -> None:
    """Raise Invalid unless a client's own secret has an allowed length."""
    least, most = SECRET_LENGTHS
    if len(secret) > most:
        raise Invalid("client_secret", f"client_secret: 'client_secret' can't be more than '{most}' characters long.")
    if len(secret) < least:
        raise Invalid("client_secret", f"client_secret: 'client_secret' must be at least '{least}' characters long.")


def _rotation(given: Json, kind: str) -> Json:
    """`refresh_token` of the settings: browsers rotate, others keep; a leeway belongs to rotation."""
    type = given.get("rotation_type") or ("ROTATE" if kind == "browser" else "STATIC")
    leeway = given.get("leeway")
    if type not in ("ROTATE", "STATIC") or not isinstance(leeway, int | None) or isinstance(leeway, bool):
        raise NotWellFormed()
    if leeway is not None and not 0 <= leeway <= 60:
        raise Invalid("leeway", "leeway: 'leeway' must be between 0 and 60 seconds.")
    if type == "STATIC":
        return {"rotation_type": type}
    return {"rotation_type": type, "leeway": leeway if leeway is not None else 30 if given else 0}


def _keys(settings: Json) -> list[dict[str, Any]]:
    keys = part(settings, "jwks").get("keys") or []
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise NotWellFormed()
    kids = [key.get("kid") for key in keys]
    if any(not isinstance(kid, str | None) for kid in kids):
        raise NotWellFormed()
    if len(keys) > 1 and len({kid for kid in kids if kid}) != len(keys):
        raise Invalid("JsonWebKey", "All keys in the 'jwks' must have a unique `kid`.")
    return [{name: key[name] for name in key if name not in _OURS and key[name] is not None} for key in keys]


def _one_of(given: Json, name: str, choices: tuple[str, ...], default: str) -> str:
    value = given.get(name)
    if value is None:
        return default
    if value not in choices:
        raise Invalid(name, f"{name}: '{value}' is not a supported value.")
    return str(value)


def _each_of(given: Json, name: str, choices: tuple[str, ...]) -> list[str]:
    values = texts(given.get(name))
    for value in values:
        if value not in choices:
            raise Invalid(name, f"{name}: '{value}' is not a supported value.")
    return values


def client_credentials(app: App, client: OAuthClient, secret: bool) -> Json:
    """`credentials.oauthClient` of an application. The secret shows when a client is created or updated only."""
    body: Json = {
        "autoKeyRotation": True,
        **app.body.get("credentials", {}).get("oauthClient", {}),
        "client_id": app.client_id,
        **({"client_secret": client.secret} if secret and client.secret else {}),
        "token_endpoint_auth_method": client.auth_method,
        "pkce_required": client.pkce_required,
    }
    return body


def client_settings(app: App, client: OAuthClient, front_channel_logout: bool) -> Json:
    """`settings.oauthClient` of an application, with what the org has: single logout by the browser."""
    shown: Json = dict(app.body.get("settings", {}).get("oauthClient", {}))
    if front_channel_logout:
        shown.setdefault("participate_slo", False)
    if client.keys:
        shown["jwks"] = {"keys": [_key_in_settings(row) for row in client.key_rows if row.status == "ACTIVE"]}
    return shown


def _key_in_settings(row: ClientKey) -> Json:
    told: Json = {"use": None, **({"crv": None} if row.jwk.get("kty") == "EC" else {}), **row.jwk}
    return {**told, "id": row.id, "status": row.status}


def client_links(client: OAuthClient, own: str) -> list[Json]:
    """Where the secrets and the public keys of a client are, for those it has."""
    held = {"secrets": bool(client.secret), "jwks": bool(client.keys) or client.auth_method == "private_key_jwt"}
    return [{"name": name, "href": f"{own}/credentials/{name}"} for name, has in held.items() if has]


def secret_body(app: App, row: ClientSecret, base_url: str) -> Json:
    """One secret of a client."""
    own = f"{base_url}/api/v1/apps/{app.id}/credentials/secrets/{row.id}"
    return {
        "id": row.id,
        "created": iso(row.created),
        "lastUpdated": iso(row.last_updated),
        "status": row.status,
        "client_secret": row.value,
        "secret_hash": _digest(row.value),
        "_links": _turn_links(own, row.status),
    }


def _digest(secret: str) -> str:
    return base64.urlsafe_b64encode(blake2b(secret.encode(), digest_size=16).digest()).decode().rstrip("=")


def read_key(body: Json) -> Json:
    """The public key a body registers. Raises Invalid or NotWellFormed."""
    wanted = {"RSA": ("e", "n"), "EC": ("x", "y", "crv")}.get(str(body.get("kty")))
    if wanted is None:
        raise Invalid("JsonWebKey", "kty: The key type must be RSA or EC.")
    if any(not isinstance(body.get(name), str) or not body[name] for name in wanted):
        raise Invalid("JsonWebKey", f"{', '.join(wanted)}: The field cannot be left blank")
    if body.get("use", "sig") not in ("sig", "enc") or not isinstance(body.get("kid"), str | None):
        raise NotWellFormed()
    # base64url of 2048 bits is 342 characters
    if body["kty"] == "RSA" and len(body["n"].rstrip("=")) < 341:
        text = "RSA key length in the 'jwks' is less than '2,048' bits for the given key."
        raise Invalid("JsonWebKey", text)
    told = ("kid", "kty", "alg", "use", *wanted)
    return {name: body[name] for name in told if body.get(name) is not None}


def claim_body(claim: FederatedClaim) -> Json:
    """A federated claim."""
    return {
        "id": claim.id,
        "name": claim.name,
        "expression": claim.expression,
        "created": iso(claim.created),
        "lastUpdated": iso(claim.last_updated),
    }


def key_body(app: App, row: ClientKey, base_url: str) -> Json:
    """One registered public key of a client."""
    own = f"{base_url}/api/v1/apps/{app.id}/credentials/jwks/{row.id}"
    return {
        "id": row.id,
        **row.jwk,
        "status": row.status,
        "created": iso(row.created),
        "lastUpdated": iso(row.last_updated),
        "_links": _turn_links(own, row.status),
    }


def _turn_links(own: str, status: str) -> Json:
    """An active row can be switched off, an inactive one switched on or deleted."""
    if status == "ACTIVE":
        return {"deactivate": {"href": f"{own}/lifecycle/deactivate", "hints": {"allow": ["POST"]}}}
    return {
        "activate": {"href": f"{own}/lifecycle/activate", "hints": {"allow": ["POST"]}},
        "delete": {"href": own, "hints": {"allow": ["DELETE"]}},
    }
