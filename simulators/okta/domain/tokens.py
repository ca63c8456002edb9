"""OAuth: clients, codes, access and refresh tokens, API tokens, and when each is alive."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """What the authorization server knows of an application. `keys` are public JWKs."""

    auth_method: str
    application_type: str
    grant_types: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    secret: str = ""
    keys: tuple[dict[str, Any], ...] = ()
    pkce_required: bool = False
    grants: tuple[str, ...] = ()
    rotates: bool = True
    grace_s: int = 0


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A code to be exchanged once."""

    value: str
    client_id: str
    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    challenge_method: str
    nonce: str
    session_id: str
    auth_time: datetime
    amr: tuple[str, ...]
    expires: datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An issued access token, under its `jti`. `chain` joins it to its refresh token."""

    id: str
    client_id: str
    user_id: str | None
    scopes: tuple[str, ...]
    issued: datetime
    expires: datetime
    chain: str | None = None
    session_id: str | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One link of a rotating chain of refresh tokens."""

    value: str
    id: str
    chain: str
    client_id: str
    user_id: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime
    auth_time: datetime
    amr: tuple[str, ...]
    session_id: str | None = None
    used: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token (SSWS). It has the rights of its owner and ends some time after its last use."""

    id: str
    name: str
    digest: str
    user_id: str
    created: datetime
    last_used: datetime
    expires: datetime


def verifies(verifier: str, challenge: str, method: str) -> bool:
    """Whether a PKCE verifier fits its challenge.

    >>> verifies("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256")
    True
    """
    if method == "plain":
        return verifier == challenge
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=") == challenge


def secret_digest(value: str) -> str:
    """Under which a secret is kept."""
    return hashlib.sha256(value.encode()).hexdigest()
