"""Actions of workflow steps, one function each, found by their action id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.search.candidates import found_documents
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.accounts import account_body
from simulators.sailpoint.wire.identities import identity_body
from simulators.sailpoint.wire.query import parse_query
from simulators.sailpoint.workflows.access import get_access, manage_access
from simulators.sailpoint.workflows.results import Failed, Later, Result
from simulators.sailpoint.workflows.variables import span
from simulators.sailpoint.workflows.web import http

Answer = Result | Later | Failed
Runner = Callable[[SailPointTenant, Execution, Mapping[str, Any]], Awaitable[Answer]]


async def get_accounts(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:get-accounts`: the accounts of one identity."""
    found = tenant.state.accounts.find("identity", str(a.get("identity") or a.get("identityToReturn") or ""))
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
    """`sp:sleep`: `duration` as 15s, 2m, 1h, 2d, 1w or ISO 8601."""
    text = str(a.get("duration") or "0s")
    return Result({"duration": text}, span(text))


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


async def form(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:forms`: asks somebody to fill in a form. Nobody can here: the step goes on without data at its deadline."""
    id = tenant.ids.uuid("form-instance")
    deadline = span(str(a.get("deadline") or "0s"))
    return Result({"formInstanceId": id, "state": "EXPIRED", "formData": {}}, deadline)


ACTIONS: dict[str, Runner] = {
    "sp:http": http,
    "sp:access:get": get_access,
    "sp:access:manage": manage_access,
    "sp:forms": form,
    "sp:get-accounts": get_accounts,
    "sp:get-identity": get_identity,
    "sp:get-identities": get_identities,
    "sp:sleep": sleep,
    "sp:manage-account": manage_account,
    "sp:create-work-item": work_item,
    "sp:send-email": send_email,
}
