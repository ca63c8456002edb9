"""Actions of workflow steps, one function each, found by their action id."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx

from simulators.kernel.times import parse_duration
from simulators.sailpoint.connectors.calls import retry_instant
from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.paths import camel, filled, select
from simulators.sailpoint.searching import found_documents
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.accounts import account_body
from simulators.sailpoint.wire.identities import identity_body
from simulators.sailpoint.wire.query import parse_query
from simulators.sailpoint.workflows.results import Failed, Later, Result

Answer = Result | Later | Failed
Runner = Callable[[SailPointTenant, Execution, Mapping[str, Any]], Awaitable[Answer]]


async def http(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:http`: one real HTTP request. 429 waits as told, 5xx and a broken line are tried again, other errors fail."""
    method = str(a.get("method") or "get").upper()
    content: dict[str, Any] = {"headers": {str(k): str(v) for k, v in (a.get("requestHeaders") or {}).items()}}
    if a.get("urlParams"):
        content["params"] = {str(k): str(v) for k, v in a["urlParams"].items()}
    if (body := a.get("jsonRequestBody") or a.get("jsonPatchRequestBody")) is not None and method != "GET":
        content["content"] = json.dumps(body)
        content["headers"].setdefault("Content-Type", f"application/{a.get('requestContentType') or 'json'}")
    try:
        answer = await tenant.client().request(method, str(a["url"]), **content)
    except httpx.HTTPError as error:
        return Later(f"{type(error).__name__}: {error}")
    if answer.status_code == 429:
        return Later("HTTP 429", retry_instant(answer, tenant.now()), counted=False)
    if answer.status_code >= 500:
        return Later(f"HTTP {answer.status_code}")
    accepted = a.get("acceptedStatusCodes") or ()
    if answer.status_code >= 400 and answer.status_code not in accepted:
        return Failed(f"{method} {answer.request.url.path}: HTTP {answer.status_code}")
    return Result({"statusCode": answer.status_code, "body": _body(answer), "headers": dict(answer.headers)})


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


async def get_accounts(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:get-accounts`: the accounts of one identity."""
    found = tenant.state.accounts.find("identity", str(a.get("identity") or ""))
    return Result({"accounts": [account_body(tenant.look, account) for account in found]})


async def get_identity(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:get-identity`: one identity by id."""
    identity = tenant.state.identities.get(str(a.get("id") or ""))
    return (
        Result(identity_body(tenant.look, identity)) if identity is not None else Failed("The identity was not found.")
    )


async def get_identities(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:get-identities`: identities by search; `unfinishedWorkflow` keeps those it has still to be done for.

    That is: no execution of the named workflow has completed since the identity entered its state, or an account on
    `sourceName` has another status than `accountStatus`.
    """
    query = parse_query(str(a.get("inputQuery") or "*"))
    ids = [body["id"] for body in found_documents(tenant, "identities", query)]
    kept = [id for id in ids if not a.get("unfinishedWorkflow") or _unfinished(tenant, id, a)]
    bodies = (tenant.state.identities.get(id) for id in kept)
    return Result({"identities": [identity_body(tenant.look, identity) for identity in bodies if identity is not None]})


def _unfinished(tenant: SailPointTenant, identity_id: str, a: Mapping[str, Any]) -> bool:
    identity = tenant.state.identities[identity_id]
    workflow = tenant.configuration.named("workflow", str(a["unfinishedWorkflow"]))
    if workflow is not None:
        key = f"{workflow.id}/{identity_id}"
        if next(tenant.state.executions.find("running", key), None) is not None:
            return False
        done = tenant.state.executions.find("done", key)
        if not any(one.started >= identity.state_since for one in done):
            return True
    source = tenant.configuration.source_named(str(a.get("sourceName") or ""))
    if source is None:
        return workflow is None
    accounts = tenant.accounts_of(identity_id, source.id)
    return any(account.status != a.get("accountStatus") for account in accounts)


async def sleep(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:sleep`: `duration` as 15s, 2m, 1h, 2d or ISO 8601."""
    text = str(a.get("duration") or "0s")
    match = re.fullmatch(r"(\d+)\s*([smhd])", text)
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    pause = timedelta(**{units[match[2]]: int(match[1])}) if match else parse_duration(text)
    return Result({"duration": text}, pause)


async def manage_account(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:manage-account`: enable, disable or reload accounts by id."""
    ids = a.get("accountIds") or ()
    ids = ids if isinstance(ids, list | tuple) else [ids]
    operation = str(a.get("operation") or "").lower()
    done = []
    for id in ids:
        account = tenant.state.accounts.get(str(id))
        if account is None:
            return Failed(f"The account {id} was not found.")
        if operation == "reload":
            done.append(tenant.aggregation.reload(account))
        else:
            done.append(tenant.provisioning.account_action(account, operation.upper(), "").id)
    return Result({"ids": done})


async def work_item(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:create-work-item`: ask an identity or a governance group, by id or name, to look at something."""
    owner = str(a.get("owner") or "")
    group = tenant.configuration.named("workgroup", owner)
    item = tenant.work.notice(
        group.id if group is not None else owner,
        str(a.get("name") or ""),
        str(a.get("description") or ""),
        str(a.get("target") or ""),
    )
    return Result({"id": item.id})


async def send_email(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:send-email`: nothing leaves a simulated tenant; the step only says that it was asked."""
    return Result({"recipients": a.get("recipientEmailList")})


def variables(attributes: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    """`sp:define-variable`: values out of references, passed through transforms."""
    values: dict[str, Any] = {}
    for variable in attributes.get("variables") or ():
        value = (
            select(variable["variableA.$"], view)
            if "variableA.$" in variable
            else filled(variable.get("variableA"), view)
        )
        for transform in variable.get("transforms") or ():
            value = _TRANSFORMS[transform["id"]](value, filled(transform.get("input") or {}, view).get("variableB"))
        values[camel(str(variable["name"]))] = value
    return values


_TRANSFORMS: dict[str, Callable[[Any, Any], Any]] = {
    "sp:transform:concatenate:string": lambda a, b: f"{'' if a is None else a}{b}",
    "sp:transform:add:number": lambda a, b: float(a or 0) + float(b),
}

ACTIONS: dict[str, Runner] = {
    "sp:http": http,
    "sp:get-accounts": get_accounts,
    "sp:get-identity": get_identity,
    "sp:get-identities": get_identities,
    "sp:sleep": sleep,
    "sp:manage-account": manage_account,
    "sp:create-work-item": work_item,
    "sp:send-email": send_email,
}
