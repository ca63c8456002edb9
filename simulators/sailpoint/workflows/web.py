"""HTTP requests of workflows: each really goes out, with the login its step describes.

https://documentation.sailpoint.com/saas/help/workflows/workflow-actions.html (HTTP Request)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from simulators.sailpoint.connectors.calls import retry_instant
from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.workflows.results import Failed, Later, Result

Answer = Result | Later | Failed
# Seconds after which a request counts as unanswered.
TIMEOUT_S = 60


async def http(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:http`: one real HTTP request. 429 waits as told, 5xx and a broken line are tried again, other errors fail."""
    method = str(a.get("method") or "get").upper()
    content: dict[str, Any] = {"headers": {str(k): str(v) for k, v in (a.get("requestHeaders") or {}).items()}}
    if a.get("urlParams"):
        content["params"] = {str(k): str(v) for k, v in a["urlParams"].items()}
    if method != "GET":
        content.update(_body_of(a, content["headers"]))
    try:
        login = await _login(tenant, a)
        if not isinstance(login, dict):
            return login
        content["headers"].update(login)
        answer = await tenant.client().request(method, str(a["url"]), timeout=TIMEOUT_S, **content)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Later(f"{type(error).__name__}: {error}")
    if answer.status_code == 429:
        return Later("HTTP 429", retry_instant(answer, tenant.now()), counted=False)
    if answer.status_code >= 500:
        return Later(f"HTTP {answer.status_code}")
    accepted = a.get("acceptedStatusCodes") or ()
    if answer.status_code >= 400 and answer.status_code not in accepted:
        return Failed(f"{method} {answer.request.url.path}: HTTP {answer.status_code}")
    return Result({"statusCode": answer.status_code, "body": _read(answer), "headers": dict(answer.headers)})


def _body_of(a: Mapping[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """The body a step describes: JSON, a form or text."""
    kind = str(a.get("requestContentType") or "json")
    if kind in ("form", "x-www-form-urlencoded") and isinstance(a.get("formRequestBody"), Mapping):
        return {"data": {str(k): str(v) for k, v in a["formRequestBody"].items()}}
    if isinstance(a.get("textRequestBody"), str):
        headers.setdefault("Content-Type", "text/plain")
        return {"content": a["textRequestBody"]}
    body = a.get("jsonRequestBody")
    body = a.get("jsonPatchRequestBody") if body is None else body
    if body is None:
        return {}
    headers.setdefault("Content-Type", f"application/{kind}")
    return {"content": json.dumps(body)}


async def _login(tenant: SailPointTenant, a: Mapping[str, Any]) -> dict[str, str] | Failed:
    """The headers that prove who asks; a step of its own kind has written them among its headers."""
    kind = str(a.get("authenticationType") or "").replace(" ", "").lower()
    if kind in ("basic", "basicauth", "basicauthentication"):
        basic = httpx.BasicAuth(str(a.get("basicAuthUserName") or ""), str(a.get("basicAuthPassword") or ""))
        request = next(basic.auth_flow(httpx.Request("GET", "http://login")))
        return {"Authorization": request.headers["Authorization"]}
    if kind in ("header", "headerauth", "headerauthentication") and a.get("headerAuthName"):
        return {str(a["headerAuthName"]): str(a.get("headerAuthValue") or "")}
    if kind != "oauth":
        return {}
    return await _token(tenant, a)


async def _token(tenant: SailPointTenant, a: Mapping[str, Any]) -> dict[str, str] | Failed:
    """A fresh access token by client credentials, sent in the header or in the body as the step says."""
    id, secret = str(a.get("oAuthClientId") or ""), str(a.get("oAuthClientSecret") or "")
    form = {"grant_type": "client_credentials"}
    if a.get("oAuthScope"):
        form["scope"] = str(a["oAuthScope"])
    content: dict[str, Any] = {"data": form}
    if a.get("oAuthCredentialLocation") == "oAuthInHeader":
        content["auth"] = (id, secret)
    else:
        form.update(client_id=id, client_secret=secret)
    answer = await tenant.client().post(str(a.get("oAuthTokenUrl") or ""), timeout=TIMEOUT_S, **content)
    told = _read(answer)
    if answer.is_success and isinstance(told, Mapping) and told.get("access_token"):
        return {"Authorization": f"Bearer {told['access_token']}"}
    return Failed(f"No access token from {answer.request.url.path}: HTTP {answer.status_code}")


def _read(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text
