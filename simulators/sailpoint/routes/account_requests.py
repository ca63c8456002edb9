"""`/account-requests` and `/identities-accounts`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import NotFound
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import Collection, page
from simulators.sailpoint.wire.account_requests import Deletion, ManyIdentities, deletion_body

area = Area()


@area.post("/account-requests/v1/account/{accountId}/delete")
async def request_deletion(call: Call) -> Response:
    """Ask for the deletion of an account at its source."""
    account = call.tenant.state.accounts.get(call.path("accountId"))
    if account is None:
        raise NotFound
    comments = ""
    if await call.request.body():
        comments = (await call.model(Deletion)).comments or ""
    request = call.tenant.account_requests.request(account, call.caller, comments)
    return answer({"accountRequestId": request.id}, 202)


@area.get("/account-requests/v1/deletion")
async def list_deletions(call: Call) -> Response:
    """Requests to delete accounts."""
    accounts = call.tenant.state.accounts
    rows = call.tenant.account_requests.listed(call.caller, call.flag("mine"))
    return page(
        call,
        Collection(),
        None,
        lambda row: deletion_body(call.look, row, accounts.get(row.body["account"])),
        rows=rows,
    )


def _toggle(call: Call, identity: Identity, kind: str) -> None:
    """Change every account of a person that a connector can change."""
    for account in list(call.tenant.accounts_of(identity.id)):
        source = call.look.source(account.source_id)
        if source is not None and source.provisions:
            call.tenant.provisioning.account_action(account, kind, call.caller.identity_id)


def _one(call: Call, kind: str) -> Response:
    identity = call.look.identity(call.path("id"))
    if identity is None:
        raise NotFound
    _toggle(call, identity, kind)
    return answer({"id": identity.id}, 202)


async def _many(call: Call, kind: str) -> Response:
    """Each identity has an answer of its own (SailPoint API, accounts: 207)."""
    rows: list[dict[str, Any]] = []
    for id in (await call.model(ManyIdentities)).identity_ids:
        identity = call.look.identity(id)
        if identity is None:
            rows.append({"id": id, "statusCode": 404, "message": "Referenced identity not found."})
            continue
        _toggle(call, identity, kind)
        rows.append({"id": id, "statusCode": 202, "message": "The request has been accepted."})
    return answer(rows, 207)


@area.post("/identities-accounts/v1/{id}/enable")
async def enable_one(call: Call) -> Response:
    """Enable all accounts of a person."""
    return _one(call, "ENABLE")


@area.post("/identities-accounts/v1/{id}/disable")
async def disable_one(call: Call) -> Response:
    """Disable all accounts of a person."""
    return _one(call, "DISABLE")


@area.post("/identities-accounts/v1/enable")
async def enable_many(call: Call) -> Response:
    """Enable all accounts of several people."""
    return await _many(call, "ENABLE")


@area.post("/identities-accounts/v1/disable")
async def disable_many(call: Call) -> Response:
    """Disable all accounts of several people."""
    return await _many(call, "DISABLE")
