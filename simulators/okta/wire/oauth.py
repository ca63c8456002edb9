"""OAuth on the wire: token claims, answers, client assertions, metadata."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import OAuthRefusal
from simulators.okta.domain.tokens import AccessToken, RefreshToken
from simulators.okta.domain.users import User
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.keys import has_signature_of, read_unverified

ACCESS_TYPE = "application/okta-internal-at+jwt"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def seconds(at: datetime) -> int:
    """An instant as JWTs count it."""
    return int(at.timestamp())


def access_claims(token: AccessToken, user: User | None, base_url: str) -> Json:
    """The claims of an org access token."""
    claims: Json = {
        "ver": 1,
        "jti": token.id,
        "iss": base_url,
        "aud": base_url,
        "sub": user.login if user else token.client_id,
        "iat": seconds(token.issued),
        "exp": seconds(token.expires),
        "cid": token.client_id,
        "scp": list(token.scopes),
    }
    return {**claims, "uid": user.id} if user else claims


def id_claims(
    token: AccessToken,
    user: User,
    base_url: str,
    nonce: str,
    auth_time: datetime | None,
    amr: tuple[str, ...],
    access: str,
) -> Json:
    """The claims of an ID token."""
    digest = hashlib.sha256(access.encode()).digest()
    claims: Json = {
        "sub": user.id,
        "ver": 1,
        "iss": base_url,
        "aud": token.client_id,
        "iat": seconds(token.issued),
        "exp": seconds(token.expires),
        "jti": "ID." + token.id[3:],
        "amr": list(amr),
        "at_hash": base64.urlsafe_b64encode(digest[:16]).decode().rstrip("="),
        **user_claims(user, token.scopes),
    }
    if auth_time is not None:
        claims["auth_time"] = seconds(auth_time)
    return {**claims, "nonce": nonce} if nonce else claims


def user_claims(user: User, scopes: tuple[str, ...]) -> Json:
    """What scopes tell of a person."""
    claims: Json = {}
    profile = user.profile
    if "profile" in scopes:
        claims |= {"name": user.name, "preferred_username": user.login}
        claims |= {"given_name": profile.text("firstName"), "family_name": profile.text("lastName")}
        claims |= {
            "zoneinfo": profile.text("timezone") or "America/Los_Angeles",
            "updated_at": seconds(user.last_updated),
        }
    if "email" in scopes:
        claims |= {"email": profile.text("email"), "email_verified": True}
    return claims


def introspected(token: AccessToken, user: User | None, base_url: str) -> Json:
    """A living access token, as introspection tells it."""
    body: Json = {
        "active": True,
        "scope": " ".join(token.scopes),
        "username": user.login if user else token.client_id,
        "exp": seconds(token.expires),
        "iat": seconds(token.issued),
        "sub": user.login if user else token.client_id,
        "aud": base_url,
        "iss": base_url,
        "jti": token.id,
        "token_type": "Bearer",
        "client_id": token.client_id,
    }
    return {**body, "uid": user.id} if user else body


def introspected_refresh(token: RefreshToken, user: User, base_url: str) -> Json:
    """A living refresh token, as introspection tells it."""
    return {
        "active": True,
        "scope": " ".join(token.scopes),
        "username": user.login,
        "exp": seconds(token.expires),
        "iat": seconds(token.created),
        "sub": user.login,
        "iss": base_url,
        "jti": token.id,
        "token_type": "refresh_token",
        "client_id": token.client_id,
        "uid": user.id,
    }


def refresh_body(token: RefreshToken, base_url: str) -> Json:
    """A person's grant to a client, as the management API lists it."""
    return {
        "id": token.id,
        "status": "ACTIVE",
        "created": iso(token.created),
        "lastUpdated": iso(token.created),
        "expiresAt": iso(token.expires),
        "issuer": base_url,
        "clientId": token.client_id,
        "userId": token.user_id,
        "scopes": list(token.scopes),
    }


def assertion_claims(
    assertion: str, app: App, claims: Json, header: Json, endpoints: tuple[str, ...], now: datetime
) -> None:
    """Hold a client assertion against the vendor's rules. Raises OAuthRefusal with the vendor's sentence."""
    at = now.timestamp()
    if claims.get("sub") != app.id:
        raise _client("The subject claim for client_assertion is not a valid client_id.")
    audiences = claims.get("aud")
    if not set(audiences if isinstance(audiences, list) else [audiences]) & set(endpoints):
        raise _client("The audience claim for client_assertion must be the endpoint invoked for the request.")
    exp, iat = claims.get("exp"), claims.get("iat")
    if not isinstance(exp, int | float):
        raise _client("The client_assertion must contain the 'exp' claim as seconds since epoch.")
    if exp <= at:
        raise _client("The client_assertion token is expired.")
    if exp > at + 3600 + 60:
        raise _client("The client_assertion token has an expiration too far into the future.")
    if isinstance(iat, int | float) and iat > at + 60:
        raise _client("The client_assertion token must be issued before the current time.")
    _check_signature(assertion, app, header)


def _check_signature(assertion: str, app: App, header: Json) -> None:
    keys: list[dict[str, Any]] = list(app.client.keys) if app.client else []
    if (kid := header.get("kid")) is not None:
        keys = [key for key in keys if key.get("kid") == kid]
        if not keys:
            raise _client("The client_assertion JWT kid is invalid.")
    if not any(has_signature_of(assertion, key) for key in keys):
        raise _client("The client_assertion signature is invalid.")


def read_assertion(assertion: str) -> tuple[Json, Json]:
    """Header and claims of a client assertion. Raises OAuthRefusal."""
    try:
        return read_unverified(assertion)
    except ValueError:
        raise _client("The parsing of the client_assertion failed.") from None


def _client(description: str) -> OAuthRefusal:
    return OAuthRefusal(401, "invalid_client", description)


def metadata(base_url: str, openid: bool) -> Json:
    """The well-known documents of the org server."""
    where = f"{base_url}/oauth2/v1"
    methods = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
    body: Json = {
        "issuer": base_url,
        "authorization_endpoint": f"{where}/authorize",
        "token_endpoint": f"{where}/token",
        "registration_endpoint": f"{where}/clients",
        "jwks_uri": f"{where}/keys",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "email", "profile", "offline_access"],
        "token_endpoint_auth_methods_supported": methods,
        "introspection_endpoint": f"{where}/introspect",
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": f"{where}/revoke",
        "revocation_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"],
    }
    if openid:
        body |= {
            "userinfo_endpoint": f"{where}/userinfo",
            "end_session_endpoint": f"{where}/logout",
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": [
                "iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "nonce", "name", "email",
                "email_verified", "preferred_username", "given_name", "family_name", "zoneinfo", "updated_at",
                "at_hash",
            ],
        }  # fmt: skip
    return body
