"""Access requests and approvals as the REST API shows them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.records import WorkItem
from simulators.sailpoint.domain.requests import REVOKE, Approval, Request
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner_or_group, person, when, without_nulls

# Properties of a status row that the vendor leaves out where there is nothing to say.
_OPTIONAL = (
    "cancelledRequestDetails",
    "requesterComment",
    "sodViolationContext",
    "provisioningDetails",
    "preApprovalTriggerDetails",
    "form",
)
# What the rows of old versions do not have yet.
_NEWER = dict.fromkeys(("v3", "v2025"), ("form", "identityType", "jitDetails"))
# Operations whose effect somebody has still to see at the target.
_UNSEEN = frozenset({"COMMITED", "UNVERIFIABLE"})


def tracking_body(request: Request) -> dict[str, Any]:
    """One entry of the answer to a new request."""
    details = {"type": request.item_type, "id": request.item_id}
    return {
        "requestedFor": request.identity_id,
        "requestedItemsDetails": [details],
        "attributesHash": zlib.crc32(f"{request.identity_id}/{request.item_id}".encode()) - 2**31,
        "accessRequestIds": [request.id],
    }


def remark(look: Lookup, text: str, author_id: str, at: Any) -> dict[str, Any] | None:
    """A comment with its author; None without a text."""
    author = look.identity(author_id) if author_id else None
    if not text:
        return None
    body = {"comment": text, "created": when(at)}
    if author is not None:
        body["author"] = {"type": "IDENTITY", "id": author_id, "name": author.name}  # type: ignore[assignment]
    return body


def _object(look: Lookup, request: Request) -> dict[str, Any]:
    item = look.requested(request.item_id)
    return {
        "id": request.item_id,
        "name": item.name if item else request.item_id,
        "type": request.item_type,
        "description": description(look, request) or "",
    }


def description(look: Lookup, request: Request) -> str | None:
    """What the requested item says about itself."""
    document, right = look.document(request.item_id), look.entitlement(request.item_id)
    body: Mapping[str, Any] = document.body if document is not None else right.body if right is not None else {}
    text = body.get("description")
    return str(text) if text else None


def state_of(look: Lookup, request: Request) -> str:
    """Where a request stands; what was done and cannot be confirmed yet waits for it."""
    activity = look.activity(request.id)
    if request.state != "EXECUTING" or activity is None or activity.execution != "VERIFYING":
        return request.state
    unseen = any(one.status in _UNSEEN or one.ticket for one in look.operations(activity))
    return "PROVISIONING_VERIFICATION_PENDING" if unseen or look.work_items(request.id) else request.state


def status_body(look: Lookup, request: Request, version: str = "") -> dict[str, Any]:
    """One row of the request status list."""
    approvals, work = look.approvals(request.id), look.work_items(request.id)
    item = look.requested(request.item_id)
    body = {
        "id": request.item_row,
        "name": item.name if item is not None else None,
        "type": request.item_type,
        "cancelledRequestDetails": _cancelled(look, request),
        "errorMessages": [[{"locale": "en-US", "localeOrigin": "DEFAULT", "text": text}] for text in request.errors],
        "state": state_of(look, request),
        "approvalDetails": [_approval_detail(look, approval, request) for approval in approvals],
        "approvalIds": [approval.id for approval in approvals],
        "manualWorkItemDetails": [_work_detail(look, one) for one in work],
        "accountActivityItemId": request.item_row,
        "requestType": request.type,
        "modified": when(request.modified),
        "created": when(request.created),
        "requester": person(look, request.requester_id),
        "requestedFor": person(look, request.identity_id),
        "identityType": "HUMAN",
        "requesterComment": remark(look, request.comment, request.requester_id, request.created),
        "sodViolationContext": dict(request.sod) if request.sod is not None else None,
        "provisioningDetails": {"orderedSubPhaseReferences": "manualWorkItemDetails"} if work else None,
        "preApprovalTriggerDetails": _pre_approval(request),
        "accessRequestPhases": _phases(look, request, approvals),
        "description": description(look, request),
        "startDate": when(request.start_at),
        "removeDate": when(request.remove_at),
        "cancelable": request.state == "EXECUTING" and request.approved is None,
        "accessRequestId": request.id,
        "clientMetadata": dict(request.metadata) or None,
        "requestedAccounts": _accounts(look, request),
        "privilegeLevel": None,
        "jitDetails": None,
        "form": _form(look, request),
    }
    body = without_nulls(body, *_OPTIONAL, "requester", "requestedFor")
    return {name: value for name, value in body.items() if name not in _NEWER.get(version, ())}


def administration_body(look: Lookup, request: Request) -> dict[str, Any]:
    """The row as the administration of requests shows it."""
    body = status_body(look, request)
    for name in ("approvalIds", "requestedAccounts", "privilegeLevel", "jitDetails"):
        del body[name]
    return {**body, "reauthorizationRequired": False}


def _cancelled(look: Lookup, request: Request) -> dict[str, Any] | None:
    if request.cancelled is None:
        return None
    body = {
        "comment": request.cancelled["comment"],
        "owner": person(look, request.cancelled["ownerId"]),
        "modified": request.cancelled["modified"],
    }
    return without_nulls(body, "owner")


def _pre_approval(request: Request) -> dict[str, Any] | None:
    told = request.pre_approval
    return {name: told[name] for name in ("comment", "reviewer", "decision")} if told is not None else None


def _form(look: Lookup, request: Request) -> dict[str, Any] | None:
    item = look.requested(request.item_id)
    if not request.form_id or item is None or not item.form_id:
        return None
    return {"formDefinitionId": item.form_id, "formInstanceId": request.form_id, "formData": {}}


def _accounts(look: Lookup, request: Request) -> list[dict[str, Any]] | None:
    """The chosen accounts by name."""
    chosen = [
        {
            "name": account.name,
            "type": "ACCOUNT",
            "accountUuid": None,
            "accountId": account.native,
            "sourceName": source.name,
        }
        for source_id, native in request.accounts
        for account in look.accounts(request.identity_id)
        if account.native == native and source_id in ("", account.source_id)
        if (source := look.source(account.source_id)) is not None
    ]
    return chosen or None


def _work_detail(look: Lookup, one: WorkItem) -> dict[str, Any]:
    states = {"": "PENDING", "Finished": "APPROVED", "Rejected": "REJECTED", "Canceled": "CANCELLED"}
    return {
        "forwarded": bool(one.forwards),
        "originalOwner": owner_or_group(look, one.original_owner or one.owner_id),
        "currentOwner": owner_or_group(look, one.owner_id),
        "modified": when(one.modified),
        "status": states.get(one.state, "PENDING"),
        "forwardHistory": [forward_body(look, step) for step in one.forwards],
    }


def _approval_detail(look: Lookup, approval: Approval, request: Request) -> dict[str, Any]:
    body = {
        "approvalId": approval.id,
        "forwarded": bool(approval.forwards),
        "originalOwner": owner_or_group(look, approval.original_owner),
        "currentOwner": person(look, approval.reviewed_by or approval.owner_id),
        "modified": when(approval.modified),
        "status": approval.state,
        "scheme": approval.scheme,
        "errorMessages": None,
        "comment": approval.comment or None,
        "reviewedBy": person(look, approval.reviewed_by),
        "removeDate": when(request.remove_at),
    }
    return without_nulls(body, "originalOwner", "currentOwner", "reviewedBy")


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
    activity = look.activity(request.id)
    waits = request.start_at is not None and activity is not None and not activity.operations and not over
    if request.approved is None or waits:
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
    body = {
        "name": name,
        "state": state,
        "result": result,
        "started": when(started),
        "finished": when(finished),
        "phaseReference": reference,
    }
    return without_nulls(body, "started")


def approval_body(look: Lookup, approval: Approval, viewer_id: str = "") -> dict[str, Any]:
    """One approval, pending or completed; a group's as the member who looks sees it."""
    request = look.request(approval.request_id)
    assert request is not None
    item = look.requested(request.item_id)
    earlier = [one for one in look.approvals(request.id) if one.id != approval.id and one.comment and one.reviewed_by]
    holder = viewer_id if viewer_id in approval.approvers else next(iter(approval.approvers), "")
    comments = (remark(look, one.comment, one.reviewed_by, one.modified) for one in earlier)
    body: dict[str, Any] = {
        "id": approval.id,
        "accessRequestId": request.id,
        "name": item.name if item is not None else request.item_id,
        "created": when(approval.created),
        "modified": when(approval.modified),
        "requestCreated": when(request.created),
        "requestType": request.type,
        "identityType": "HUMAN",
        "requester": person(look, request.requester_id),
        "requestedFor": person(look, request.identity_id),
        "owner": person(look, approval.reviewed_by or holder),
        "requestedObject": _object(look, request),
        "requesterComment": remark(look, request.comment, request.requester_id, request.created),
        "previousReviewersComments": [one for one in comments if one is not None],
        "forwardHistory": [forward_body(look, step) for step in approval.forwards],
        "commentRequiredWhenRejected": item.rejection_comment if item is not None else False,
        "actionInProcess": approval.in_process or None,
        "removeDate": when(request.remove_at),
        "removeDateUpdateRequested": request.modifies,
        "currentRemoveDate": when(request.remove_at_before),
        "startDate": when(request.start_at),
        "sodViolationContext": dict(request.sod) if request.sod is not None else None,
        "clientMetadata": dict(request.metadata) or None,
        "requestedAccounts": _accounts(look, request),
        "form": _form(look, request),
    }
    if approval.state != "PENDING":
        body["state"] = approval.state
        body["reviewedBy"] = person(look, approval.reviewed_by)
        body["reviewerComment"] = remark(look, approval.comment, approval.reviewed_by, approval.modified)
        body["preApprovalTriggerResult"] = dict(request.pre_approval) if request.pre_approval is not None else None
    always = ("requestType", "requestedAccounts")
    return {name: value for name, value in body.items() if value is not None or name in always}


def forward_body(look: Lookup, step: Mapping[str, Any]) -> dict[str, Any]:
    """One hand-over of an approval or of work."""
    names = {key: (owner_or_group(look, step[f"{key}Id"]) or {}).get("name") for key in ("oldApprover", "newApprover")}
    return {
        "oldApproverName": names["oldApprover"] or "",
        "newApproverName": names["newApprover"] or "",
        "comment": step["comment"] or None,
        "modified": step["modified"],
        "forwarderName": step["forwarderName"],
        "reassignmentType": step["reassignmentType"],
    }


def operation_word(request: Request) -> str:
    """What a request does to the item, as account activities say it."""
    return "REMOVE" if request.type == REVOKE else "ADD"
