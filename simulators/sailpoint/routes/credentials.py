"""`/personal-access-tokens`, `/oauth-clients`: what programs sign in with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.credentials import Credential
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.routes.base import ALL, Area, Call, answer, dumped, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.bodies import read
from simulators.sailpoint.wire.credentials import (
    ClientBody,
    TokenBody,
    client_body,
    client_details,
    new_client_body,
    new_token_body,
    token_record_body,
)
from simulators.sailpoint.wire.patch import patched

area = Area()
TOKENS = collection("GET", "/personal-access-tokens/v1")
CLIENTS = collection("GET", "/oauth-clients/v1")
DEFAULT_SCOPE = (ALL,)
_TOKEN_FIELDS = ("name", "scope", "expirationDate", "userAwareTokenNeverExpires")
_CLIENT_FIELDS = (
    "tenant",
    "businessName",
    "homepageUrl",
    "name",
    "description",
    "accessTokenValiditySeconds",
    "refreshTokenValiditySeconds",
    "redirectUris",
    "grantTypes",
    "accessType",
    "enabled",
    "strongAuthSupported",
    "claimsSupported",
)


@area.get("/personal-access-tokens/v1")
async def list_tokens(call: Call) -> Response:
    """Personal access tokens: one's own, or those of whom an administrator names."""
    owner = call.query("owner-id") or ("" if call.caller.is_admin else call.caller.identity_id)
    if owner == "me":
        owner = call.caller.identity_id
    if owner != call.caller.identity_id and not _sees_all(call):
        raise Forbidden
    table = call.tenant.state.credentials
    rows: Iterable[Credential] = table.find("owner", owner) if owner else table.find("kind", "pat")
    return page(call, TOKENS, None, lambda row: token_record_body(call.look, row), rows=rows)


def _sees_all(call: Call) -> bool:
    scopes = call.caller.scopes
    return call.caller.is_admin and (ALL in scopes or any(one.startswith("sp:all-personal-access") for one in scopes))


def _expiry(call: Call, body: TokenBody) -> datetime | None:
    """When a token ends; None for one that does not, which has to be said in so many words. Raises IllegalValue."""
    if not body.expiration_date:
        if not body.user_aware_token_never_expires:
            raise IllegalValue('Either a future "expirationDate" or "userAwareTokenNeverExpires" is required.')
        return None
    until = instant(body.expiration_date)
    if until is None or until <= call.tenant.now():
        raise IllegalValue('Value of "expirationDate" is not a date and time in the future.')
    return until


@area.post("/personal-access-tokens/v1")
async def create_token(call: Call) -> Response:
    """Make a token; its secret is shown this once."""
    body = await call.model(TokenBody)
    credential = call.tenant.credentials.issue(
        "pat",
        body.name,
        call.caller.identity_id,
        scope=tuple(body.scope or DEFAULT_SCOPE),
        validity_s=body.access_token_validity_seconds or 43_200,
        expires=_expiry(call, body),
    )
    call.tenant.journal.write("PERSONAL_ACCESS_TOKEN_CREATED", credential.name, actor=call.caller.name)
    return answer(new_token_body(call.look, credential))


@area.patch("/personal-access-tokens/v1/{id}")
async def patch_token(call: Call) -> Response:
    """Change a token of one's own: name, scope, end. Access tokens that are out keep their scopes."""
    credential = call.tenant.credentials.own(call.path("id"), call.caller)
    steps = await call.json()
    before = {**token_record_body(call.look, credential), "userAwareTokenNeverExpires": None}
    body = read(TokenBody, dumped(patched(before, steps, _TOKEN_FIELDS)))
    unmoved = body.expiration_date == before["expirationDate"]
    changed = call.tenant.credentials.change(
        credential,
        name=body.name,
        scope=tuple(body.scope or DEFAULT_SCOPE),
        expires=credential.expires if unmoved else _expiry(call, body),
    )
    call.tenant.journal.write("PERSONAL_ACCESS_TOKEN_UPDATED", changed.name, actor=call.caller.name)
    return answer(token_record_body(call.look, changed))


@area.delete("/personal-access-tokens/v1/{id}")
async def delete_token(call: Call) -> Response:
    """Withdraw a token."""
    call.tenant.credentials.remove("pat", call.path("id"), call.caller)
    return empty()


@area.get("/oauth-clients/v1")
async def list_clients(call: Call) -> Response:
    """API clients."""
    return page(call, CLIENTS, None, client_body, rows=call.tenant.state.credentials.find("kind", "client"))


def _checked(body: ClientBody) -> ClientBody:
    """A code goes to an address, and a refresh token comes with a code. Raises BadContent."""
    if "AUTHORIZATION_CODE" in body.grant_types and not body.redirect_uris:
        raise BadContent("An API client with the grant type AUTHORIZATION_CODE needs a redirect URI.")
    return body


@area.post("/oauth-clients/v1")
async def create_client(call: Call) -> Response:
    """Make an API client; its secret is shown this once."""
    body = _checked(await call.model(ClientBody))
    credential = call.tenant.credentials.issue(
        "client",
        body.name,
        scope=tuple(body.scope or DEFAULT_SCOPE),
        validity_s=body.access_token_validity_seconds,
        details=client_details(body),
    )
    return answer(new_client_body(credential))


@area.get("/oauth-clients/v1/{id}")
async def get_client(call: Call) -> Response:
    """One API client."""
    return answer(client_body(call.tenant.credentials.get("client", call.path("id"))))


@area.patch("/oauth-clients/v1/{id}")
async def patch_client(call: Call) -> Response:
    """Change an API client."""
    credential = call.tenant.credentials.get("client", call.path("id"))
    after: dict[str, Any] = patched(client_body(credential), await call.json(), _CLIENT_FIELDS)
    body = _checked(read(ClientBody, dumped(after)))
    changed = call.tenant.credentials.change(
        credential,
        name=body.name,
        validity_s=body.access_token_validity_seconds,
        details=Values(client_details(body)),
    )
    return answer(client_body(changed))


@area.delete("/oauth-clients/v1/{id}")
async def delete_client(call: Call) -> Response:
    """Withdraw an API client."""
    call.tenant.credentials.remove("client", call.path("id"), call.caller)
    return empty()
