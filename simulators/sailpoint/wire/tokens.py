"""Access tokens: signed JWTs with the vendor's claims."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from simulators.sailpoint.domain.credentials import Credential


def claims_of(
    credential: Credential,
    *,
    identity_id: str,
    tenant_id: str,
    pod: str,
    org: str,
    user_name: str,
    levels: frozenset[str],
    jti: str,
    expires: int,
) -> dict[str, Any]:
    """What a token says about its holder."""
    return {
        "tenant_id": tenant_id,
        "internal": False,
        "pod": pod,
        "org": org,
        "identity_id": identity_id or None,
        "user_name": user_name,
        "strong_auth": True,
        "authorities": sorted(levels),
        "client_id": credential.id,
        "strong_auth_supported": True,
        "user_id": _number(identity_id) or None,
        "scope": list(credential.scope),
        "exp": expires,
        "jti": jti,
    }


def _number(identity_id: str) -> str:
    """A short number in place of an id, as the claims have one."""
    return str(100_000 + int(identity_id[-8:], 16) % 900_000) if identity_id else ""


def sign(claims: dict[str, Any], key: str) -> str:
    """The token of some claims."""
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, _key(key), algorithms=["HS256"])


@lru_cache(maxsize=8)
def _key(text: str) -> OctKey:
    return OctKey.import_key(text)


@lru_cache(maxsize=4096)
def _claims(token: str, key: str) -> dict[str, Any] | None:
    try:
        return dict(jwt.decode(token, _key(key), algorithms=["HS256"]).claims)
    except (JoseError, ValueError):
        return None


def verified(token: str, key: str, now: datetime) -> tuple[dict[str, Any] | None, str]:
    """The claims of a good token, else why it is refused."""
    claims = _claims(token, key)
    if claims is None:
        return None, "JWT validation failed: JWT is invalid"
    if int(claims["exp"]) <= now.timestamp():
        return None, "JWT validation failed: JWT is expired"
    return claims, ""


def token_body(token: str, claims: dict[str, Any], credential: Credential) -> dict[str, Any]:
    """The answer of the token endpoint."""
    body = {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": credential.validity_s - 1,
        "scope": " ".join(credential.scope),
        "accessType": "OFFLINE",
        "tenant_id": claims["tenant_id"],
        "internal": False,
        "pod": claims["pod"],
        "strong_auth_supported": True,
        "org": claims["org"],
        "user_id": claims["user_id"],
        "identity_id": claims["identity_id"],
        "strong_auth": True,
        "enabled": True,
        "jti": claims["jti"],
    }
    return {name: value for name, value in body.items() if value is not None}
