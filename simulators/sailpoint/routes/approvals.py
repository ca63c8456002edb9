"""`/access-request-approvals`."""

from __future__ import annotations

from starlette.responses import Response

from simulators.sailpoint.domain.errors import NotFound
from simulators.sailpoint.domain.requests import Approval
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.request_bodies import BulkApprove, Decision, Forward, date
from simulators.sailpoint.wire.requests import approval_body

area = Area()
PENDING = collection("GET", "/access-request-approvals/v1/pending")
COMPLETED = collection("GET", "/access-request-approvals/v1/completed")
_DECIDED = ("APPROVED", "REJECTED")


@area.get("/access-request-approvals/v1/pending")
async def pending(call: Call) -> Response:
    """Decisions somebody is asked for."""
    key = call.tenant.requests.owner_key(call.caller, call.query("owner-id"))
    rows = call.tenant.state.approvals.find("pending", key)
    return page(call, PENDING, None, lambda row: approval_body(call.look, row, key), rows=rows)


@area.get("/access-request-approvals/v1/completed")
async def completed(call: Call) -> Response:
    """Decisions somebody has made."""
    key = call.tenant.requests.owner_key(call.caller, call.query("owner-id"))
    rows = (row for row in call.tenant.state.approvals.find("completed", key) if row.state in _DECIDED)
    return page(call, COMPLETED, None, lambda row: approval_body(call.look, row, key), rows=rows)


@area.get("/access-request-approvals/v1/approval-summary")
async def summary(call: Call) -> Response:
    """How many decisions wait and have been made, since a date where one is named."""
    approvals = call.tenant.state.approvals
    key = call.tenant.requests.owner_key(call.caller, call.query("owner-id"))
    since = date(call.query("from-date") or None, "from-date")

    def counts(one: Approval) -> bool:
        return since is None or one.modified >= since

    done = [one for one in approvals.find("completed", key) if counts(one)]
    return answer(
        {
            "pending": sum(1 for one in approvals.find("pending", key) if counts(one)),
            "approved": sum(1 for one in done if one.state == "APPROVED"),
            "rejected": sum(1 for one in done if one.state == "REJECTED"),
        }
    )


@area.get("/access-request-approvals/v1/{id}/approvers")
async def approvers(call: Call) -> Response:
    """Who can decide on a request now."""
    request = call.tenant.state.requests.get(call.path("id"))
    if request is None:
        raise NotFound
    waiting = [one for one in call.look.approvals(request.id) if one.state == "PENDING"]
    people = [(one.id, person) for one in waiting for id in one.approvers if (person := call.look.identity(id))]
    return answer(
        [
            {
                "id": person.id,
                "email": str(person.attributes.get("email") or ""),
                "name": person.name,
                "approvalId": approval_id,
                "type": "Identity",
            }
            for approval_id, person in people
        ]
    )


async def _decide(call: Call, decision: str) -> Response:
    body = await call.model(Decision | None)  # type: ignore[arg-type]
    comment = (body.comment if body is not None else None) or ""
    call.tenant.requests.approvals.decide(call.path("id"), decision, comment, call.caller)
    return answer({}, 202)


@area.post("/access-request-approvals/v1/{id}/approve")
async def approve(call: Call) -> Response:
    """Say yes."""
    return await _decide(call, "APPROVED")


@area.post("/access-request-approvals/v1/{id}/reject")
async def reject(call: Call) -> Response:
    """Say no."""
    return await _decide(call, "REJECTED")


@area.post("/access-request-approvals/v1/{id}/forward")
async def forward(call: Call) -> Response:
    """Let somebody else decide."""
    body = await call.model(Forward)
    call.tenant.requests.approvals.forward(call.path("id"), body.new_owner_id, body.comment, call.caller)
    return answer({}, 202)


@area.post("/access-request-approvals/v1/bulk-approve")
async def bulk_approve(call: Call) -> Response:
    """Say yes to several."""
    body = await call.model(BulkApprove)
    call.tenant.requests.approvals.approve_all(body.approval_ids, body.comment, call.caller)
    return answer({}, 202)
