"""`/oauth`: tokens for personal access tokens and API clients, and where the tenant's endpoints are."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from simulators.sailpoint.domain.credentials import Credential
from simulators.sailpoint.routes.base import answer, caller_of, tenant_of
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.wire.errors import unauthorized
from simulators.sailpoint.wire.tokens import claims_of, sign, token_body

BAD_CLIENT = {"error": "invalid_client", "error_description": "Bad client credentials"}
_MOST_BODY = 64 * 1024


class _Refused(Exception):
    """A token request that is declined, in OAuth's own shape."""

    def __init__(self, status: int, error: str, text: str) -> None:
        super().__init__(text)
        self.answer = answer({"error": error, "error_description": text}, status)


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a token request: query string, urlencoded or multipart, the body winning; Basic for the client."""
    fields = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    kind = request.headers.get("content-type", "")
    body = await request.body()
    if len(body) > _MOST_BODY:
        raise _Refused(400, "invalid_request", "The request is too large.")
    if kind.startswith("multipart/form-data"):
        try:
            async with request.form() as form:
                fields.update({name: value for name, value in form.items() if isinstance(value, str)})
        except (HTTPException, ValueError, KeyError) as error:
            raise _Refused(400, "invalid_request", "The form cannot be read.") from error
    else:
        try:
            fields.update(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=100))
        except ValueError as error:
            raise _Refused(400, "invalid_request", "The form cannot be read.") from error
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            id, _, secret = b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            id, secret = "", ""
        fields.update(client_id=unquote_plus(id), client_secret=unquote_plus(secret))
    return fields


async def token(request: Request) -> Response:
    """Issue an access token. A `scope` parameter is refused, as in life."""
    tenant = tenant_of(request)
    try:
        fields = await _fields(request)
        grant = _GRANTS.get(fields.get("grant_type", ""))
        if grant is None:
            asked = fields.get("grant_type", "")[:80]
            raise _Refused(400, "unsupported_grant_type", f"Unsupported grant type: {asked}")
        if fields.get("scope"):
            raise _Refused(400, "invalid_scope", "A scope cannot be requested.")
        credential = tenant.credentials.verified(fields.get("client_id", ""), fields.get("client_secret", ""))
        if credential is None:
            return answer(BAD_CLIENT, 401)
        return grant(tenant, credential, fields)
    except _Refused as refused:
        return refused.answer


def _may(credential: Credential, grant: str) -> None:
    if credential.kind == "client" and grant not in (credential.details.get("grantTypes") or ("CLIENT_CREDENTIALS",)):
        raise _Refused(401, "unauthorized_client", f"Unauthorized grant type: {grant.lower()}")


def _own_credentials(tenant: SailPointTenant, credential: Credential, fields: dict[str, str]) -> Response:
    """A personal access token acts as its owner, an API client for nobody."""
    _may(credential, "CLIENT_CREDENTIALS")
    return _issued(tenant, credential, tenant.credentials.caller(credential.id))


def _code(tenant: SailPointTenant, credential: Credential, fields: dict[str, str]) -> Response:
    """A person has let the client act for them and sent it a code."""
    _may(credential, "AUTHORIZATION_CODE")
    return _for_person(tenant, credential, fields.get("code", ""), fields.get("redirect_uri", ""), "authorization code")


def _refresh(tenant: SailPointTenant, credential: Credential, fields: dict[str, str]) -> Response:
    """The client goes on acting for a person; the refresh token is replaced."""
    _may(credential, "REFRESH_TOKEN")
    return _for_person(tenant, credential, fields.get("refresh_token", ""), "", "refresh token")


def _for_person(tenant: SailPointTenant, credential: Credential, proof: str, redirect_uri: str, kind: str) -> Response:
    grant = tenant.credentials.redeem(proof, credential.id, redirect_uri)
    caller = tenant.credentials.caller(credential.id, grant.identity_id) if grant is not None else None
    if caller is None:
        raise _Refused(400, "invalid_grant", f"Invalid {kind}: {proof[:80]}")
    return _issued(tenant, credential, caller)


_GRANTS: dict[str, Callable[[SailPointTenant, Credential, dict[str, str]], Response]] = {
    "client_credentials": _own_credentials,
    "authorization_code": _code,
    "refresh_token": _refresh,
}


def _issued(tenant: SailPointTenant, credential: Credential, caller: Caller | None) -> Response:
    if caller is None:
        return answer(BAD_CLIENT, 401)
    claims = claims_of(
        credential,
        identity_id=caller.identity_id,
        tenant_id=tenant.state.tenant_id,
        pod=tenant.state.pod,
        org=tenant.state.org,
        user_name=caller.name,
        levels=caller.levels,
        jti=tenant.ids.uuid("jti"),
        expires=int((tenant.now() + timedelta(seconds=credential.validity_s)).timestamp()),
    )
    tenant.credentials.used(credential)
    action = "PERSONAL_ACCESS_TOKEN_USED" if credential.kind == "pat" else "CLIENT_TOKEN_ISSUE"
    tenant.journal.write(action, credential.name, actor=caller.name, attributes={"clientId": credential.id})
    body = token_body(sign(claims, tenant.state.signing_key), claims, credential)
    if credential.kind == "client" and caller.identity_id and "REFRESH_TOKEN" in credential.details["grantTypes"]:
        seconds = int(credential.details.get("refreshTokenValiditySeconds") or 0) or credential.validity_s
        body["refresh_token"] = tenant.credentials.grant(credential.id, caller.identity_id, seconds=seconds)
    return answer(body)


async def authorize(request: Request) -> Response:
    """Send the browser of a person back to a client with a code. Who is signed in is told by a bearer token here."""
    tenant, asked = tenant_of(request), request.query_params
    client = tenant.state.credentials.get(asked.get("client_id", ""))
    back = asked.get("redirect_uri", "")
    if client is None or client.kind != "client" or not client.enabled:
        return answer(BAD_CLIENT, 401)
    if back not in (client.details.get("redirectUris") or ()):
        return answer(
            {"error": "invalid_request", "error_description": "The redirect address is not the client's."}, 400
        )
    caller, problem = caller_of(request, tenant)
    if caller is None or not caller.identity_id:
        return answer(unauthorized(problem), 401)
    told = {"state": asked["state"]} if asked.get("state") else {}
    if asked.get("response_type") != "code":
        told["error"] = "unsupported_response_type"
    elif "AUTHORIZATION_CODE" not in client.details["grantTypes"]:
        told["error"] = "unauthorized_client"
    else:
        told["code"] = tenant.credentials.grant(client.id, caller.identity_id, back)
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(told)}", 302)


async def info(request: Request) -> Response:
    """Where the tenant's endpoints are; no token needed."""
    tenant = tenant_of(request)
    base = tenant.base_url.rstrip("/")
    known: dict[str, Any] = {
        "tenantId": tenant.state.tenant_id,
        "tenantName": tenant.state.org,
        "authorizeEndpoint": f"{base}/oauth/authorize",
        "tokenEndpoint": f"{base}/oauth/token",
        "cloudDomainUrl": base,
        "logoutUrl": f"{base}/logout",
        "pod": tenant.state.pod,
    }
    return answer(known)


routes = [
    Route("/oauth/token", token, methods=["POST"]),
    Route("/oauth/info", info, methods=["GET"]),
    Route("/oauth/authorize", authorize, methods=["GET"]),
]
