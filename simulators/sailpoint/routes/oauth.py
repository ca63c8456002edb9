"""`/oauth`: tokens for personal access tokens and API clients, and where the tenant's endpoints are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.sailpoint.routes.base import answer, tenant_of
from simulators.sailpoint.wire.tokens import claims_of, sign, token_body

BAD_CLIENT = {"error": "invalid_client", "error_description": "Bad client credentials"}


async def _fields(request: Request) -> dict[str, Any]:
    """The fields of a token request: query string, urlencoded or multipart, the body winning."""
    fields: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        async with request.form() as form:
            fields.update({name: value for name, value in form.items() if isinstance(value, str)})
    else:
        fields.update(parse_qsl((await request.body()).decode("utf-8", "replace")))
    return fields


def _error(status: int, error: str, text: str) -> Response:
    return answer({"error": error, "error_description": text}, status)


async def token(request: Request) -> Response:
    """Issue an access token. A `scope` parameter is refused, as in life."""
    tenant = tenant_of(request)
    fields = await _fields(request)
    if fields.get("grant_type") != "client_credentials":
        return _error(400, "unsupported_grant_type", f"Unsupported grant type: {fields.get('grant_type', '')}")
    if fields.get("scope"):
        return _error(400, "invalid_scope", "A scope cannot be requested.")
    credential = tenant.credentials.verified(str(fields.get("client_id", "")), str(fields.get("client_secret", "")))
    caller = tenant.credentials.caller(credential.id) if credential is not None else None
    if credential is None or caller is None:
        return answer(BAD_CLIENT, 401)
    now = tenant.now()
    claims = claims_of(
        credential,
        tenant_id=tenant.state.tenant_id,
        pod=tenant.state.pod,
        org=tenant.state.org,
        user_name=caller.name,
        levels=caller.levels,
        jti=tenant.ids.uuid("jti"),
        expires=int((now + timedelta(seconds=credential.validity_s)).timestamp()),
    )
    tenant.credentials.used(credential)
    action = "PERSONAL_ACCESS_TOKEN_USED" if credential.kind == "pat" else "CLIENT_TOKEN_ISSUE"
    tenant.journal.write(action, credential.name, actor=caller.name, attributes={"clientId": credential.id})
    return answer(token_body(sign(claims, tenant.state.signing_key), claims, credential))


async def info(request: Request) -> Response:
    """Where the tenant's endpoints are; no token needed."""
    tenant = tenant_of(request)
    base = tenant.base_url.rstrip("/")
    return answer(
        {
            "tenantId": tenant.state.tenant_id,
            "tenantName": tenant.state.org,
            "authorizeEndpoint": f"{base}/oauth/authorize",
            "tokenEndpoint": f"{base}/oauth/token",
            "cloudDomainUrl": base,
            "logoutUrl": f"{base}/logout",
            "pod": tenant.state.pod,
        }
    )


routes = [Route("/oauth/token", token, methods=["POST"]), Route("/oauth/info", info, methods=["GET"])]
