"""`/generic-approvals`: approvals in the form that services share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden
from simulators.sailpoint.domain.requests import Approval
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.generic_approvals import (
    NewComment,
    Reassign,
    Remark,
    facts,
    first_body,
    generic_body,
)

area = Area()
APPROVALS = collection("GET", "/generic-approvals/v1")
# The lists of an approval that a query asks for.
_PARTS = {
    "comments": "include-comments",
    "approvers": "include-approvers",
    "history": "include-reassignment-history",
    "batch": "include-batch-info",
}


def _shown(call: Call, approval: Approval, more: dict[str, bool] | None = None) -> dict[str, Any]:
    body = generic_body(call.look, approval, call.tenant.state.tenant_id, more or {})
    return first_body(body) if call.version == "v2024" else body


def _theirs(call: Call, name: str) -> str:
    """The person a query parameter names; others than the caller want an administrator."""
    id = call.query(name)
    if id and id != call.caller.identity_id and not call.caller.is_admin:
        raise Forbidden
    return id


def _rows(call: Call) -> Iterable[Approval]:
    """Approvals of whom the query names; without a name one's own, or everybody's for administrators."""
    state = call.tenant.state
    approver, requester, requestee = (_theirs(call, name) for name in ("approverId", "requesterId", "requesteeId"))
    mine = call.flag("mine") or not (approver or requester or requestee or call.caller.is_admin)
    if mine:
        approver = call.caller.identity_id
    if approver:
        found = (one for index in ("pending", "completed") for one in state.approvals.find(index, approver))
        return list({one.id: one for one in found}.values())
    for index, person in (("requester", requester), ("identity", requestee)):
        if person:
            return (one for row in state.requests.find(index, person) for one in call.look.approvals(row.id))
    return state.approvals.rows()


@area.get("/generic-approvals/v1")
async def list_approvals(call: Call) -> Response:
    """Approvals; `count-only` answers their number alone."""
    more = {part: call.flag(name) for part, name in _PARTS.items()}
    people = {name: id for name in ("requesterId", "requesteeId") if (id := _theirs(call, name))}

    def known(row: Approval) -> dict[str, Any]:
        return facts(call.look, row)

    def keep(row: Approval) -> bool:
        return not people or people.items() <= known(row).items()

    body: Callable[[Approval], dict[str, Any]] = lambda row: _shown(call, row, more)  # noqa: E731
    always = call.flag("count-only")
    response = page(call, APPROVALS, None, body, rows=_rows(call), keep=keep, facts=known, always=always)
    if always:
        return answer([], headers={"X-Total-Count": dict(response.headers.items())["X-Total-Count"]})
    return response


@area.get("/generic-approvals/v1/{id}")
async def get_approval(call: Call) -> Response:
    """One approval with everything."""
    return answer(_shown(call, call.tenant.requests.approvals.get(call.path("id"), call.caller)))


async def _remark(call: Call) -> str:
    body = await call.model(Remark | None)  # type: ignore[arg-type]
    return (body.comment if body is not None else None) or ""


@area.post("/generic-approvals/v1/{id}/approve")
async def approve(call: Call) -> Response:
    """Say yes."""
    approvals = call.tenant.requests.approvals
    approvals.decide(call.path("id"), "APPROVED", await _remark(call), call.caller)
    return answer(_shown(call, approvals.get(call.path("id"), call.caller)))


@area.post("/generic-approvals/v1/{id}/reject")
async def reject(call: Call) -> Response:
    """Say no."""
    call.tenant.requests.approvals.decide(call.path("id"), "REJECTED", await _remark(call), call.caller)
    return empty()


@area.post("/generic-approvals/v1/{id}/cancel")
async def cancel(call: Call) -> Response:
    """Withdraw what the approval is about."""
    approval = call.tenant.requests.approvals.get(call.path("id"), call.caller)
    comment = await _remark(call) or "The approval was cancelled."
    call.tenant.requests.cancel(approval.request_id, comment, call.caller)
    return empty()


@area.post("/generic-approvals/v1/{id}/comments")
async def add_comment(call: Call) -> Response:
    """Add a comment."""
    body = await call.model(NewComment)
    return answer(_shown(call, call.tenant.requests.approvals.comment(call.path("id"), body.comment, call.caller)))


@area.post("/generic-approvals/v1/{id}/reassign")
async def reassign(call: Call) -> Response:
    """Give the decision to somebody else."""
    body = await call.model(Reassign)
    approval = call.tenant.requests.approvals.get(call.path("id"), call.caller)
    if body.reassign_from and body.reassign_from not in (approval.owner_id, *approval.approvers):
        raise BadContent("The approval is not assigned to the identity it is reassigned from.")
    comment = body.comment or "reassigned"
    call.tenant.requests.approvals.forward(call.path("id"), body.reassign_to, comment, call.caller)
    return empty()
