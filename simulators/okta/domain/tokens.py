"""OAuth: clients, codes, access and refresh tokens, grants of scopes, API tokens.

A token belongs to the authorization server named by `server`; the org's own has the empty name.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """One of the at most two secrets of a client."""

    id: str
    value: str
    status: str
    created: datetime
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class ClientKey:
    """One of the public keys registered with a client, as given."""

    id: str
    jwk: dict[str, Any]
    status: str
    created: datetime
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """What the authorization server knows of an application. `keys` are public JWKs, `jwks_uri` where others lie.

    `id` is the client id when it is not the instance's own. `secret` is the value of the youngest active one of
    `secrets`, and `keys` are the active ones of `key_rows`. `consent` is REQUIRED or TRUSTED; a client bound by DPoP
    gets no bearer tokens.
    """

    auth_method: str
    application_type: str
    grant_types: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    secret: str = ""
    keys: tuple[dict[str, Any], ...] = ()
    pkce_required: bool = False
    rotates: bool = True
    grace_s: int = 0
    response_types: tuple[str, ...] = ("code",)
    post_logout_uris: tuple[str, ...] = ()
    dpop_bound: bool = False
    consent: str = "TRUSTED"
    jwks_uri: str = ""
    id: str = ""
    secrets: tuple[ClientSecret, ...] = ()
    key_rows: tuple[ClientKey, ...] = ()

    def accepts_secret(self, secret: str) -> bool:
        """Whether a secret is one of the client's active ones."""
        if not self.secrets:
            return bool(self.secret) and secret == self.secret
        return any(secret == row.value for row in self.secrets if row.status == "ACTIVE")

    def with_secrets(self, rows: tuple[ClientSecret, ...]) -> OAuthClient:
        """The client with these secrets."""
        active = [row.value for row in rows if row.status == "ACTIVE"]
        return replace(self, secrets=rows, secret=active[-1] if active else "")

    def with_keys(self, rows: tuple[ClientKey, ...]) -> OAuthClient:
        """The client with these keys."""
        return replace(self, key_rows=rows, keys=tuple(row.jwk for row in rows if row.status == "ACTIVE"))

    def redirects_to(self, uri: str) -> bool:
        """Whether codes and tokens may be sent to an address."""
        return uri in self.redirect_uris


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
    server: str = ""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An issued access token, under its `jti`. `chain` joins it to its refresh token, `jkt` to a DPoP key."""

    id: str
    client_id: str
    user_id: str | None
    scopes: tuple[str, ...]
    issued: datetime
    expires: datetime
    chain: str | None = None
    session_id: str | None = None
    revoked: bool = False
    server: str = ""
    jkt: str = ""


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One link of a rotating chain of refresh tokens. `grant` is the grant type that began the chain.

    An idle token ends at `expires`, every token of the chain at `ends` at the latest.
    """

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
    server: str = ""
    jkt: str = ""
    grant: str = "authorization_code"
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScopeGrant:
    """A scope that a client may have: given by an administrator, or by a person for the person's own data."""

    id: str
    client_id: str
    user_id: str | None
    scope: str
    source: str
    server: str
    created_by: str
    created: datetime
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """A request to authorize that waits for sign-in or consent, under its key. `consented` names its deciding person.

    With `after` only a sign-in at or after that instant counts.
    """

    key: str
    server: str
    query: tuple[tuple[str, str], ...]
    expires: datetime
    after: datetime | None = None
    consented: str = ""


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
