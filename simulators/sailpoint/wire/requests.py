"""Access requests and approvals as the REST API shows them."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.records import Approval, Request
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner_or_group, person, when


def tracking_body(request: Request) -> dict[str, Any]:
    """One entry of the answer to a new request."""
    details = {"type": request.item_type, "id": request.item_id}
    return {
        "requestedFor": request.identity_id,
        "requestedItemsDetails": [details],
        "attributesHash": zlib.crc32(f"{request.identity_id}/{request.item_id}".encode()) - 2**31,
        "accessRequestIds": [request.id],
    }


def _comment(look: Lookup, text: str, author_id: str, at: Any) -> dict[str, Any] | None:
    author = look.identity(author_id) if author_id else None
    if not text:
        return None
    return {
        "comment": text,
        "created": when(at),
        "author": {"type": "IDENTITY", "id": author_id, "name": author.name if author else None},
    }


def _object(look: Lookup, request: Request) -> dict[str, Any]:
    item = look.item(request.item_id)
    document = look.document(request.item_id)
    description = document.body.get("description") if document is not None else None
    return {
        "id": request.item_id,
        "name": item.name if item else None,
        "type": request.item_type,
        "description": description,
    }


def status_body(look: Lookup, request: Request) -> dict[str, Any]:
    """One row of the request status list."""
    approvals = look.approvals(request.id)
    work = look.work_items(request.id)
    item = look.item(request.item_id)
    return {
        "id": request.item_row,
        "name": item.name if item is not None else None,
        "type": request.item_type,
        "cancelledRequestDetails": _cancelled(look, request),
        "errorMessages": [[{"locale": "en-US", "localeOrigin": "DEFAULT", "text": text}] for text in request.errors],
        "state": request.state,
        "approvalDetails": [_approval_detail(look, approval) for approval in approvals],
        "approvalIds": [approval.id for approval in approvals],
        "manualWorkItemDetails": [
            {
                "forwarded": False,
                "originalOwner": owner_or_group(look, one.owner_id),
                "currentOwner": owner_or_group(look, one.owner_id),
                "modified": when(one.modified),
                "status": "APPROVED" if one.completed else "PENDING",
                "forwardHistory": [],
            }
            for one in work
        ],
        "accountActivityItemId": request.item_row,
        "requestType": request.type,
        "modified": when(request.modified),
        "created": when(request.created),
        "requester": person(look, request.requester_id),
        "requestedFor": person(look, request.identity_id),
        "identityType": "HUMAN",
        "requesterComment": _comment(look, request.comment, request.requester_id, request.created),
        "sodViolationContext": None,
        "provisioningDetails": {"orderedSubPhaseReferences": "manualWorkItemDetails"} if work else None,
        "preApprovalTriggerDetails": None,
        "accessRequestPhases": _phases(look, request, approvals),
        "description": _object(look, request)["description"],
        "startDate": when(request.start_at),
        "removeDate": when(request.remove_at),
        "cancelable": request.state == "EXECUTING" and request.approved is None,
        "accessRequestId": request.id,
        "clientMetadata": dict(request.metadata) or None,
        "requestedAccounts": None,
        "privilegeLevel": None,
        "form": None,
    }


def _cancelled(look: Lookup, request: Request) -> dict[str, Any] | None:
    if request.cancelled is None:
        return None
    return {
        "comment": request.cancelled["comment"],
        "owner": person(look, request.cancelled["ownerId"]),
        "modified": request.cancelled["modified"],
    }


def _approval_detail(look: Lookup, approval: Approval) -> dict[str, Any]:
    return {
        "approvalId": approval.id,
        "forwarded": bool(approval.forwards),
        "originalOwner": owner_or_group(look, approval.original_owner),
        "currentOwner": owner_or_group(look, approval.owner_id),
        "modified": when(approval.modified),
        "status": approval.state,
        "scheme": approval.scheme,
        "errorMessages": None,
        "comment": approval.comment or None,
        "reviewedBy": person(look, approval.reviewed_by),
        "removeDate": None,
    }


def _phases(look: Lookup, request: Request, approvals: list[Approval]) -> list[dict[str, Any]]:
    """Approval and provisioning; the first is left out where nobody has to decide."""
    phases: list[dict[str, Any]] = []
    over = request.state != "EXECUTING"
    finished: datetime | None
    if request.schemes:
        if request.approved is not None:
            state, result, finished = "COMPLETED", "SUCCESSFUL", request.approved
        elif request.state == "REJECTED":
            state, result, finished = "COMPLETED", "FAILED", request.finished
        elif over:
            state, result, finished = "CANCELLED", None, request.finished
        else:
            state, result, finished = "EXECUTING", None, None
        phases.append(_phase("APPROVAL_PHASE", state, result, request.created, finished, "approvalDetails"))
    work = "manualWorkItemDetails" if look.work_items(request.id) else None
    if request.approved is None:
        state = "NOT_EXECUTED" if over else "PENDING"
        phases.append(_phase("PROVISIONING_PHASE", state, None, None, None, work))
    elif not over:
        phases.append(_phase("PROVISIONING_PHASE", "EXECUTING", None, request.approved, None, work))
    else:
        result = "SUCCESSFUL" if request.state == "REQUEST_COMPLETED" else "FAILED"
        phases.append(_phase("PROVISIONING_PHASE", "COMPLETED", result, request.approved, request.finished, work))
    return phases


def _phase(
    name: str, state: str, result: str | None, started: Any, finished: Any, reference: str | None
) -> dict[str, Any]:
    return {
        "name": name,
        "state": state,
        "result": result,
        "started": when(started),
        "finished": when(finished),
        "phaseReference": reference,
    }


def approval_body(look: Lookup, approval: Approval) -> dict[str, Any]:
    """One approval, pending or completed."""
    request = look.request(approval.request_id)
    if request is None:
        return {"id": approval.id}
    item = look.item(request.item_id)
    earlier = [one for one in look.approvals(request.id) if one.id != approval.id and one.comment]
    body: dict[str, Any] = {
        "id": approval.id,
        "accessRequestId": request.id,
        "name": item.name if item is not None else None,
        "created": when(approval.created),
        "modified": when(approval.modified),
        "requestCreated": when(request.created),
        "requestType": request.type,
        "identityType": "HUMAN",
        "requester": person(look, request.requester_id),
        "requestedFor": person(look, request.identity_id),
        "owner": owner_or_group(look, approval.owner_id),
        "requestedObject": _object(look, request),
        "requesterComment": _comment(look, request.comment, request.requester_id, request.created),
        "previousReviewersComments": [_comment(look, one.comment, one.reviewed_by, one.modified) for one in earlier],
        "forwardHistory": [_forward(look, step) for step in approval.forwards],
        "commentRequiredWhenRejected": item.rejection_comment if item is not None else False,
        "actionInProcess": approval.in_process or None,
        "removeDate": when(request.remove_at),
        "removeDateUpdateRequested": False,
        "currentRemoveDate": None,
        "startDate": when(request.start_at),
        "sodViolationContext": None,
        "clientMetadata": dict(request.metadata) or None,
        "requestedAccounts": None,
    }
    if approval.state != "PENDING":
        body["state"] = approval.state
        body["reviewedBy"] = person(look, approval.reviewed_by)
        body["reviewerComment"] = _comment(look, approval.comment, approval.reviewed_by, approval.modified)
    return body


def _forward(look: Lookup, step: Any) -> dict[str, Any]:
    names = {key: (owner_or_group(look, step[f"{key}Id"]) or {}).get("name") for key in ("oldApprover", "newApprover")}
    return {
        "oldApproverName": names["oldApprover"],
        "newApproverName": names["newApprover"],
        "comment": step["comment"],
        "modified": step["modified"],
        "forwarderName": step["forwarderName"],
        "reassignmentType": step["reassignmentType"],
    }
