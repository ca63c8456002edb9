"""Personal access tokens and API clients as the REST API shows and reads them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from simulators.sailpoint.domain.credentials import Credential
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import person, when

LEAST_VALIDITY, MOST_VALIDITY = 15, 43_200
# The answer to a creation must name a date, also where there is none.
_NEVER = "9999-12-31T23:59:59.999Z"
_Name = Annotated[str, Field(min_length=1, max_length=255)]
_Scope = Annotated[list[Annotated[str, Field(min_length=1, max_length=255)]], Field(max_length=500)]
_Seconds = Annotated[int, Field(ge=1, le=2**31 - 1)]


class TokenBody(Camel):
    """What a new personal access token, or the changed one, is to be."""

    name: _Name
    scope: _Scope | None = None
    access_token_validity_seconds: Annotated[int, Field(ge=LEAST_VALIDITY, le=MOST_VALIDITY)] | None = None
    expiration_date: str | None = None
    user_aware_token_never_expires: bool | None = None


class ClientBody(Camel):
    """What a new API client, or the changed one, is to be."""

    name: _Name
    description: Annotated[str, Field(max_length=2000)] | None
    access_token_validity_seconds: _Seconds
    grant_types: Annotated[
        list[Literal["CLIENT_CREDENTIALS", "AUTHORIZATION_CODE", "REFRESH_TOKEN"]], Field(min_length=1, max_length=3)
    ]
    access_type: Literal["ONLINE", "OFFLINE"]
    enabled: bool
    business_name: Annotated[str, Field(max_length=255)] | None = None
    homepage_url: Annotated[str, Field(max_length=2000)] | None = None
    refresh_token_validity_seconds: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    redirect_uris: Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=50)] | None = None
    type: Literal["CONFIDENTIAL", "PUBLIC"] | None = None
    internal: bool | None = None
    strong_auth_supported: bool | None = None
    claims_supported: bool | None = None
    scope: _Scope | None = None


def token_record_body(look: Lookup, credential: Credential) -> dict[str, Any]:
    """A personal access token without its secret."""
    return {
        "id": credential.id,
        "name": credential.name,
        "scope": list(credential.scope),
        "owner": person(look, credential.owner_id),
        "created": when(credential.created),
        "lastUsed": when(credential.last_used),
        "managed": False,
        "accessTokenValiditySeconds": credential.validity_s,
        "expirationDate": when(credential.expires),
        "userAwareTokenNeverExpires": credential.expires is None,
    }


def new_token_body(look: Lookup, credential: Credential) -> dict[str, Any]:
    """A personal access token with its secret, which is shown this once."""
    body = token_record_body(look, credential)
    return {**body, "secret": credential.secret, "expirationDate": body["expirationDate"] or _NEVER}


def client_details(body: ClientBody) -> dict[str, Any]:
    """What is kept of an API client beside its name, scope and lifetime."""
    return {
        "description": body.description,
        "businessName": body.business_name,
        "homepageUrl": body.homepage_url,
        "refreshTokenValiditySeconds": body.refresh_token_validity_seconds or 0,
        "redirectUris": body.redirect_uris,
        "grantTypes": list(dict.fromkeys(body.grant_types)),
        "accessType": body.access_type,
        "type": body.type or "CONFIDENTIAL",
        "internal": False,
        "enabled": body.enabled,
        "strongAuthSupported": bool(body.strong_auth_supported),
        "claimsSupported": bool(body.claims_supported),
    }


def client_body(credential: Credential) -> dict[str, Any]:
    """An API client without its secret."""
    return {
        "businessName": None,
        "homepageUrl": None,
        "description": credential.name,
        "refreshTokenValiditySeconds": 0,
        "redirectUris": None,
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "accessType": "OFFLINE",
        "type": "CONFIDENTIAL",
        "internal": False,
        "enabled": True,
        "strongAuthSupported": False,
        "claimsSupported": False,
        **credential.details,
        "id": credential.id,
        "name": credential.name,
        "accessTokenValiditySeconds": credential.validity_s,
        "scope": list(credential.scope),
        "created": when(credential.created),
        "modified": when(credential.modified or credential.created),
        "lastUsed": when(credential.last_used),
    }


def new_client_body(credential: Credential) -> dict[str, Any]:
    """An API client with its secret; here what is empty is told as empty text."""
    body = {name: value for name, value in client_body(credential).items() if name != "lastUsed"}
    empty: dict[str, Any] = {"redirectUris": []}
    return {
        **{name: empty.get(name, "") if value is None else value for name, value in body.items()},
        "secret": credential.secret,
    }
