"""`/access-requests`, `/access-request-status`, `/access-request-administration`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.requests import Request
from simulators.sailpoint.routes.activities import whom
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, Collection, collection, page
from simulators.sailpoint.wire.accounts_selection import selection_body
from simulators.sailpoint.wire.request_bodies import AccessRequest, BulkCancel, Cancel, Close
from simulators.sailpoint.wire.requests import administration_body, status_body, tracking_body

area = Area()
_INDEXED: Any = {"accessRequestId": IDS["id"], "accountActivityItemId": ("row", str)}
STATUS = collection("GET", "/access-request-status/v1", indexed=_INDEXED)
ADMINISTRATION = collection("GET", "/access-request-administration/v1", indexed=_INDEXED, paths={"status": "state"})


@area.post("/access-requests/v1")
async def submit(call: Call) -> Response:
    """Ask for access, for its end, or for other dates of it."""
    body = await call.model(AccessRequest)
    rows = call.tenant.requests.asking.take(body.kind, body.plan(), call.caller)
    return answer(
        {
            "newRequests": [tracking_body(request) for request, new in rows if new],
            "existingRequests": [tracking_body(request) for request, new in rows if not new],
        },
        202,
    )


@area.post("/access-requests/v1/accounts-selection")
async def accounts_selection(call: Call) -> Response:
    """The accounts among which a request would have to choose."""
    body = await call.model(AccessRequest)
    choices = call.tenant.requests.asking.choices(body.kind, body.plan(), call.caller)
    return answer({"identities": [selection_body(call.look, person, items) for person, items in choices]})


@area.post("/access-requests/v1/cancel")
async def cancel(call: Call) -> Response:
    """Withdraw a request that is not decided yet."""
    body = await call.model(Cancel)
    call.tenant.requests.cancel(body.account_activity_id, body.comment, call.caller)
    return answer({}, 202)


@area.post("/access-requests/v1/bulk-cancel")
async def bulk_cancel(call: Call) -> Response:
    """Withdraw several requests."""
    body = await call.model(BulkCancel)
    call.tenant.requests.cancel_all(body.access_request_ids, body.comment, call.caller)
    return answer({}, 202)


@area.post("/access-requests/v1/close")
async def close(call: Call) -> Response:
    """Close requests that are stuck, whatever they wait for."""
    body = await call.model(Close)
    call.tenant.requests.closing.begin(
        body.access_request_ids,
        body.message,
        body.execution_status.upper(),
        body.completion_status.upper(),
        call.caller,
    )
    return answer({}, 202)


def _rows(call: Call) -> Iterable[Request] | None:
    """The rows of whom the query names; None for everybody's."""
    table = call.tenant.state.requests
    about, target, by = (whom(call, name) for name in ("regarding-identity", "requested-for", "requested-by"))
    if about and (target or by):
        raise BadContent("regarding-identity cannot be combined with requested-for or requested-by.")
    assigned = whom(call, "assigned-to")
    if not (about or target or by or assigned) and not call.caller.is_admin:
        about = call.caller.identity_id
    if about:
        return list({row.id: row for index in ("identity", "requester") for row in table.find(index, about)}.values())
    if target:
        return (row for row in table.find("identity", target) if not by or row.requester_id == by)
    if by:
        return table.find("requester", by)
    return _assigned(call, assigned) if assigned else None


def _assigned(call: Call, identity_id: str) -> list[Request]:
    """Requests with a decision or manual work that waits for a person."""
    state = call.tenant.state
    ids = [approval.request_id for approval in state.approvals.find("pending", identity_id)]
    ids += [item.request_id for item in state.work_items.find("open", identity_id)]
    return [row for id in dict.fromkeys(ids) if (row := state.requests.get(id)) is not None]


def _listed(call: Call, what: Collection, body: Callable[[Request], dict[str, Any]]) -> Response:
    wanted, assigned = call.query("request-state"), whom(call, "assigned-to")
    if wanted not in ("", "EXECUTING"):
        raise BadContent('The parameter "request-state" must be EXECUTING.')
    rows = _rows(call)
    theirs = {row.id for row in _assigned(call, assigned)} if assigned else None

    def keep(row: Request) -> bool:
        return row.visible and (not wanted or row.state == wanted) and (theirs is None or row.id in theirs)

    return page(call, what, call.tenant.state.requests, body, rows=rows, keep=keep)


@area.get("/access-request-status/v1")
async def request_status(call: Call) -> Response:
    """One row per requested item and person."""
    return _listed(call, STATUS, lambda row: status_body(call.look, row, call.version))


@area.get("/access-request-administration/v1")
async def administration(call: Call) -> Response:
    """The same for those who look after everybody's requests."""
    return _listed(call, ADMINISTRATION, lambda row: administration_body(call.look, row))
