"""`/access-requests`, `/access-request-status`, `/access-request-approvals`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue
from simulators.sailpoint.domain.records import Request
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.routes.activities import whom
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, Collection, page
from simulators.sailpoint.tenant.requests import Wish
from simulators.sailpoint.wire.requests import approval_body, status_body, tracking_body

area = Area()

STATUS = Collection(
    fields={
        "accessRequestId": "eq in ge gt le lt ne sw",
        "accountActivityItemId": "eq in ge gt le ne sw",
        "created": "eq ge gt le lt ne",
    },
    sorters=frozenset({"created", "modified", "accountActivityItemId", "name"}),
    indexed={"accessRequestId": IDS["id"], "accountActivityItemId": ("row", str)},
)
_TIMES = "gt lt ge le eq in"
PENDING = Collection(
    fields={
        "id": "eq in",
        "requestedFor.id": "eq in",
        "accessRequestId": "eq in",
        "modified": _TIMES,
        "created": _TIMES,
    },
    sorters=frozenset({"created", "modified"}),
)
COMPLETED = Collection(
    fields={
        "id": "eq in ge gt le lt ne isnull sw",
        "requestedFor.id": "eq in ge gt le lt ne isnull sw",
        "modified": "gt lt ge le eq in ne sw",
    },
    sorters=frozenset({"created", "modified"}),
)
TYPES = ("GRANT_ACCESS", "REVOKE_ACCESS", "MODIFY_ACCESS")
MOST_PEOPLE, MOST_ITEMS = 10, 25


def _date(item: dict[str, Any], name: str) -> Any:
    text = item.get(name)
    if not text:
        return None
    if (at := instant(text)) is None:
        raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    return at


def _wish(item: Any, metadata: Any) -> Wish:
    if not isinstance(item, dict) or item.get("type") not in ("ROLE", "ACCESS_PROFILE", "ENTITLEMENT"):
        raise IllegalValue('Value of "item.type" is empty or contains invalid data.')
    if not item.get("id"):
        raise IllegalValue('Value of "item.id" is empty or contains invalid data.')
    if item.get("formInstanceId") == "":
        raise IllegalValue('Value of "formInstanceId" is empty or contains invalid data.')
    native = item.get("nativeIdentity") or ""
    for selection in item.get("accountSelection") or ():
        for account in selection.get("accounts") or ():
            native = account.get("nativeIdentity") or native
    kept = {str(k): str(v) for k, v in (item.get("clientMetadata") or metadata or {}).items()}
    return Wish(
        str(item["type"]),
        str(item["id"]),
        str(item.get("comment") or ""),
        _date(item, "removeDate"),
        _date(item, "startDate"),
        native,
        Values(kept),
    )


@area.post("/access-requests/v1")
async def submit(call: Call) -> Response:
    """Ask for access, or for its end."""
    body = await call.object()
    kind = body.get("requestType") or "GRANT_ACCESS"
    if kind not in TYPES:
        raise IllegalValue('Value of "requestType" is empty or contains invalid data.')
    metadata = body.get("clientMetadata")
    if grouped := body.get("requestedForWithRequestedItems"):
        plan = [
            ([str(one["identityId"])], [_wish(item, metadata) for item in one.get("requestedItems") or ()])
            for one in grouped
        ]
    else:
        people, items = body.get("requestedFor"), body.get("requestedItems")
        if not people or not isinstance(people, list):
            raise IllegalValue('Value of "requestedFor" is empty or contains invalid data.')
        if not items or not isinstance(items, list):
            raise IllegalValue('Value of "requestedItems" is empty or contains invalid data.')
        plan = [([str(id) for id in people], [_wish(item, metadata) for item in items])]
    rights = any(wish.type == "ENTITLEMENT" for _, wishes in plan for wish in wishes)
    if rights and any(len(people) > MOST_PEOPLE or len(wishes) > MOST_ITEMS for people, wishes in plan):
        raise BadContent(f"At most {MOST_ITEMS} entitlements for {MOST_PEOPLE} identities can be requested at once.")
    if kind == "REVOKE_ACCESS" and sum(len(people) for people, _ in plan) > 1:
        raise BadContent("A revoke request names one identity.")
    rows = [
        row for people, wishes in plan for row in call.tenant.requests.submit(str(kind), people, wishes, call.caller)
    ]
    return answer(
        {
            "newRequests": [tracking_body(request) for request, new in rows if new],
            "existingRequests": [tracking_body(request) for request, new in rows if not new],
        },
        202,
    )


@area.post("/access-requests/v1/cancel")
async def cancel(call: Call) -> Response:
    """Withdraw a request that is not decided yet."""
    body = await call.object("accountActivityId", "comment")
    call.tenant.requests.cancel(str(body["accountActivityId"]), str(body["comment"]), call.caller)
    return answer({}, 202)


@area.get("/access-request-status/v1")
async def request_status(call: Call) -> Response:
    """One row per requested item and person."""
    table = call.tenant.state.requests
    about, target, by = (whom(call, name) for name in ("regarding-identity", "requested-for", "requested-by"))
    if not (about or target or by) and not call.caller.is_admin:
        about = call.caller.identity_id
    rows: Iterable[Request] | None = None
    if about:
        rows = list({row.id: row for index in ("identity", "requester") for row in table.find(index, about)}.values())
    elif target:
        rows = table.find("identity", target)
    elif by:
        rows = table.find("requester", by)
    states = [word for word in call.query("request-state").split(",") if word]

    def keep(row: Request) -> bool:
        return row.visible and (not by or row.requester_id == by) and (not states or row.state in states)

    return page(call, STATUS, table, lambda row: status_body(call.look, row), rows=rows, keep=keep)


@area.get("/access-request-approvals/v1/pending")
async def pending(call: Call) -> Response:
    """Decisions somebody is asked for."""
    rows = call.tenant.requests.pending(call.caller, call.query("owner-id"))
    return page(call, PENDING, None, lambda row: approval_body(call.look, row), rows=rows)


@area.get("/access-request-approvals/v1/completed")
async def completed(call: Call) -> Response:
    """Decisions somebody has made."""
    key = call.tenant.requests.owner_key(call.caller, call.query("owner-id"))
    rows = call.tenant.state.approvals.find("completed", key)
    return page(call, COMPLETED, None, lambda row: approval_body(call.look, row), rows=rows)


@area.get("/access-request-approvals/v1/approval-summary")
async def summary(call: Call) -> Response:
    """How many decisions wait and have been made."""
    approvals = call.tenant.state.approvals
    key = call.tenant.requests.owner_key(call.caller, call.query("owner-id"))
    done = list(approvals.find("completed", key))
    return answer(
        {
            "pending": approvals.count("pending", key),
            "approved": sum(1 for one in done if one.state == "APPROVED"),
            "rejected": sum(1 for one in done if one.state == "REJECTED"),
        }
    )


async def _comment(call: Call) -> str:
    body = await call.json()
    if body is not None and not isinstance(body, dict):
        raise BadContent("The request body must be a JSON object.")
    return str((body or {}).get("comment") or "")


@area.post("/access-request-approvals/v1/{id}/approve")
async def approve(call: Call) -> Response:
    """Say yes."""
    call.tenant.requests.approvals.decide(call.path("id"), "APPROVED", await _comment(call), call.caller)
    return answer({}, 202)


@area.post("/access-request-approvals/v1/{id}/reject")
async def reject(call: Call) -> Response:
    """Say no."""
    call.tenant.requests.approvals.decide(call.path("id"), "REJECTED", await _comment(call), call.caller)
    return answer({}, 202)


@area.post("/access-request-approvals/v1/{id}/forward")
async def forward(call: Call) -> Response:
    """Let somebody else decide."""
    body = await call.object("newOwnerId", "comment")
    call.tenant.requests.approvals.forward(call.path("id"), str(body["newOwnerId"]), str(body["comment"]), call.caller)
    return answer({}, 202)


@area.post("/access-request-approvals/v1/bulk-approve")
async def bulk_approve(call: Call) -> Response:
    """Say yes to several."""
    body = await call.object("approvalIds")
    for id in body["approvalIds"]:
        call.tenant.requests.approvals.decide(str(id), "APPROVED", str(body.get("comment") or ""), call.caller)
    return answer({}, 202)
