"""Account activities as the REST API shows them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.records import Activity, Operation
from simulators.sailpoint.domain.requests import Approval, Request
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.requests import operation_word
from simulators.sailpoint.wire.shapes import when, without_nulls

# How an operation's inner status and kind read on an activity's item; others are called the same.
_PROVISIONING = {"RUNNING": "PENDING", "MANUAL": "PENDING"}
_OPERATIONS = {"RELOAD": None, "CHANGE_PASSWORD": "SET"}
# How a request's end reads on the item that was asked for: decision, provisioning.
_DECISIONS = {"REJECTED": "REJECTED", "CANCELLED": "CANCELED"}
_OUTCOMES = {
    "EXECUTING": "PENDING",
    "REQUEST_COMPLETED": "FINISHED",
    "REJECTED": None,
    "CANCELLED": None,
}
_ATTRIBUTES = {"ROLE": "assignedRoles", "ACCESS_PROFILE": "assignedAccessProfiles"}


def activity_body(look: Lookup, activity: Activity, version: str = "") -> dict[str, Any]:
    """One account activity with its items; the oldest version of the API says whether it can be cancelled."""
    request = look.request(activity.request_id) if activity.request_id else None
    items = [_item_row(look, activity, operation) for operation in look.operations(activity)]
    if request is not None:
        items.insert(0, _requested_row(look, request))
    body = {
        "id": activity.id,
        "name": activity.id,
        "created": when(activity.created),
        "modified": when(activity.modified),
        "completed": when(activity.completed),
        "completionStatus": activity.completion or None,
        "type": activity.type,
        "requesterIdentitySummary": summary(look, activity.requester_id),
        "targetIdentitySummary": summary(look, activity.identity_id),
        "errors": list(activity.errors) or None,
        "warnings": list(activity.warnings) or None,
        "items": items,
        "executionStatus": activity.execution,
        "clientMetadata": dict(request.metadata) or None if request is not None else None,
    }
    if version != "beta":
        return body
    cancelled = request.cancelled if request is not None else None
    return {
        **body,
        "cancelable": request is not None and request.state == "EXECUTING" and request.approved is None,
        "cancelComment": cancelled["comment"] if cancelled is not None else None,
    }


def summary(look: Lookup, id: str) -> dict[str, Any] | None:
    """A person in two words."""
    identity = look.identity(id) if id else None
    return {"id": identity.id, "name": identity.alias} if identity is not None else None


def _comment(look: Lookup, text: str, author_id: str, at: Any) -> dict[str, Any] | None:
    author = look.identity(author_id) if author_id else None
    if not text:
        return None
    name = author.alias if author is not None else ""
    return {"commenterId": author_id, "commenterName": name, "body": text, "date": when(at)}


def _approval_status(request: Request, approvals: list[Approval]) -> str | None:
    """How far the decision on a requested item is; None where nobody decides."""
    if any(one.state == "EXPIRED" for one in approvals):
        return "EXPIRED"
    if request.state in _DECISIONS:
        return _DECISIONS[request.state]
    if not request.schemes:
        return None
    return "PENDING" if request.approved is None and request.state == "EXECUTING" else "FINISHED"


def _requested_row(look: Lookup, request: Request) -> dict[str, Any]:
    """What was asked for, before it is taken apart into operations."""
    item, right = look.requested(request.item_id), look.entitlement(request.item_id)
    name = item.name if item is not None else request.item_id
    approvals = look.approvals(request.id)
    reviewed = next((one for one in reversed(approvals) if one.reviewed_by), None)
    comment = (
        _comment(look, reviewed.comment, reviewed.reviewed_by, reviewed.modified) if reviewed is not None else None
    )
    body = {
        "id": request.item_row,
        "name": request.item_row,
        "requested": when(request.created),
        "approvalStatus": _approval_status(request, approvals),
        "provisioningStatus": _OUTCOMES.get(request.state, "FAILED"),
        "requesterComment": _comment(look, request.comment, request.requester_id, request.created),
        "reviewerIdentitySummary": summary(look, reviewed.reviewed_by) if reviewed is not None else None,
        "reviewerComment": comment,
        "operation": operation_word(request),
        "attribute": _ATTRIBUTES.get(request.item_type) or (right.attribute if right is not None else None),
        "value": right.value if right is not None else f"{name} [{request.item_id}]",
        "nativeIdentity": request.native or (summary(look, request.identity_id) or {}).get("name"),
        "sourceId": right.source_id if right is not None else "IdentityNow",
        "accountRequestInfo": {
            "requestedObjectId": request.item_id,
            "requestedObjectName": name,
            "requestedObjectType": request.item_type,
        },
        "clientMetadata": dict(request.metadata) or None,
        "removeDate": when(request.remove_at),
    }
    return without_nulls(body, "provisioningStatus")


def _item_row(look: Lookup, activity: Activity, operation: Operation) -> dict[str, Any]:
    changed = ", ".join(operation.values) if operation.kind in ("CREATE", "MODIFY") else ""
    return {
        "id": operation.id,
        "name": operation.id,
        "requested": when(activity.created),
        "approvalStatus": None,
        "provisioningStatus": _PROVISIONING.get(operation.status, operation.status),
        "requesterComment": None,
        "reviewerIdentitySummary": None,
        "reviewerComment": None,
        "operation": _OPERATIONS.get(operation.kind, operation.kind),
        "attribute": operation.attribute or changed or None,
        "value": operation.value or None,
        "nativeIdentity": operation.native or _native_of(look, activity, operation),
        "sourceId": operation.source_id,
        "accountRequestInfo": None,
        "clientMetadata": None,
        "removeDate": None,
    }


def _native_of(look: Lookup, activity: Activity, operation: Operation) -> str | None:
    for account in look.accounts(activity.identity_id):
        if account.id == operation.account_id or (
            not operation.account_id and account.source_id == operation.source_id
        ):
            return account.native
    return None
