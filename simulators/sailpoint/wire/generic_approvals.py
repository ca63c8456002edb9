"""The common view of approvals, of whatever they decide; here of access requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulators.sailpoint.domain.requests import Approval, Request
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.request_bodies import Id, Text
from simulators.sailpoint.wire.requests import description
from simulators.sailpoint.wire.shapes import when, without_nulls

TYPE = "CUSTOM_ACCESS_REQUEST_APPROVAL"
_LOCALE = "en-US"
_OPTIONAL = ("dueDate", "completedDate", "batchRequest", "requester", "requestee")
_REASSIGNMENTS = {"AUTO_ESCALATION": "ESCALATION", "AUTOMATIC_REASSIGNMENT": "AUTO_REASSIGNMENT"}
# The only names that the first version of the service had.
_FIRST = (
    "approvers",
    "createdDate",
    "type",
    "name",
    "batchRequest",
    "description",
    "priority",
    "requester",
    "comments",
    "approvedBy",
    "rejectedBy",
    "completedDate",
    "approvalCriteria",
    "additionalAttributes",
    "referenceData",
)


class Remark(Camel):
    """A comment beside an act; the body may be missing altogether."""

    comment: str | None = None
    additional_attributes: dict[str, str] | None = None


class NewComment(Camel):
    """A comment of its own."""

    comment: Text


class Reassign(Camel):
    """From whom an approval goes to whom."""

    reassign_to: Id
    reassign_from: str | None = None
    comment: str | None = None


def facts(look: Lookup, approval: Approval) -> dict[str, Any]:
    """What the list can be filtered by."""
    request = look.request(approval.request_id)
    assert request is not None
    item = look.requested(request.item_id)
    name = item.name if item is not None else request.item_id
    done = approval.modified if approval.state != "PENDING" else None
    return {
        "status": approval.state,
        "name": name,
        "priority": "MEDIUM",
        "type": TYPE,
        "medium": "EMAIL",
        "description": description(look, request) or "",
        "batchId": request.tracking,
        "referenceId": request.id,
        "referenceType": "accessRequestId",
        "referenceName": name,
        "requestedTargetId": request.item_id,
        "requestedTargetType": request.item_type,
        "requestedTargetName": name,
        "requestedTargetRequestType": request.type,
        "approvalId": approval.id,
        "requesterId": request.requester_id,
        "requesteeId": request.identity_id,
        "approverId": next(iter(approval.approvers), ""),
        "createdDate": when(approval.created),
        "dueDate": when(approval.due),
        "completedDate": when(done),
        "modifiedDate": when(approval.modified),
        "decisionDate": when(done),
    }


def generic_body(look: Lookup, approval: Approval, tenant_id: str, more: Mapping[str, bool]) -> dict[str, Any]:
    """One approval; `more` says which of its longer lists to show."""
    request = look.request(approval.request_id)
    assert request is not None
    item = look.requested(request.item_id)
    name = item.name if item is not None else request.item_id
    reason = "REJECTION" if item is not None and item.rejection_comment else "OFF"
    done = approval.state != "PENDING"
    about = json.dumps({"accessRequestId": request.id, "scheme": approval.scheme}, separators=(",", ":"))
    body = {
        "id": approval.id,
        "tenantId": tenant_id,
        "type": TYPE,
        "status": approval.state,
        "approvers": [_holder(look, approval)] if more.get("approvers", True) else [],
        "createdDate": when(approval.created),
        "dueDate": when(approval.due),
        "escalationStep": "1" if approval.escalated else "0",
        "serialStep": approval.step + 1,
        "isEscalated": approval.escalated and not done,
        "name": [{"value": name, "locale": _LOCALE}],
        "batchRequest": {"batchId": request.tracking, "batchSize": 1} if more.get("batch", True) else None,
        "approvalConfig": {"requiresComment": reason},
        "description": [{"value": description(look, request) or "", "locale": _LOCALE}],
        "medium": "EMAIL",
        "priority": "MEDIUM",
        "requester": _person(look, request.requester_id),
        "requestee": _person(look, request.identity_id),
        "comments": _comments(look, approval, request) if more.get("comments", True) else [],
        "approvedBy": _decided(look, approval, "APPROVED"),
        "rejectedBy": _decided(look, approval, "REJECTED"),
        "assignedTo": [] if done else [_holder(look, approval)],
        "completedDate": when(approval.modified) if done else None,
        "approvalCriteria": {
            "type": "SERIAL",
            "approval": {"calculationType": "COUNT", "value": 1},
            "rejection": {"calculationType": "COUNT", "value": 1},
        },
        "additionalAttributes": about,
        "referenceData": [{"id": request.id, "type": "accessRequestId", "name": name}],
        "reassignmentHistory": _history(look, approval) if more.get("history", True) else [],
        "staticAttributes": {"requestType": "AccessRequest"},
        "modifiedDate": when(approval.modified),
        "requestedTarget": [_target(request, name)],
    }
    return without_nulls(body, *_OPTIONAL)


def first_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """The approval as the first version of the service shows it."""
    kept = {name: body[name] for name in _FIRST if name in body}
    return {"approvalId": body["id"], "status": body["status"], **kept}


def _target(request: Request, name: str) -> dict[str, Any]:
    body = {
        "id": request.item_id,
        "name": name,
        "targetType": request.item_type,
        "requestType": request.type,
        "removalDate": when(request.remove_at),
        "reauthRequired": False,
    }
    return without_nulls(body, "removalDate")


def _person(look: Lookup, id: str) -> dict[str, Any] | None:
    identity = look.identity(id) if id else None
    if identity is None:
        return None
    email = str(identity.attributes.get("email") or "")
    return {"identityID": id, "type": "IDENTITY", "name": identity.name, "email": email}


def _holder(look: Lookup, approval: Approval) -> dict[str, Any]:
    """Who decides: a person, or a group with its members."""
    group = look.document(approval.owner_id)
    if group is None or group.kind != "workgroup":
        owner = _person(look, approval.owner_id) or {"identityID": approval.owner_id, "type": "IDENTITY"}
        return {**owner, "serialOrder": approval.step + 1}
    members = [_member(found) for id in approval.approvers if (found := _person(look, id)) is not None]
    return {
        "identityID": group.id,
        "type": "GOVERNANCE_GROUP",
        "name": group.name,
        "members": members,
        "serialOrder": approval.step + 1,
    }


def _member(found: dict[str, Any]) -> dict[str, Any]:
    return {"id": found["identityID"], "type": "IDENTITY", "name": found["name"], "email": found["email"]}


def _comments(look: Lookup, approval: Approval, request: Request) -> list[dict[str, Any]]:
    rows = [
        (request.item_row, request.requester_id, request.comment, when(request.created)),
        *((one["commentId"], one["authorId"], one["comment"], one["createdDate"]) for one in approval.comments),
        (f"{approval.id}-decision", approval.reviewed_by, approval.comment, when(approval.modified)),
    ]
    return [
        without_nulls({"commentId": id, "author": _person(look, by), "comment": text, "createdDate": at}, "author")
        for id, by, text, at in rows
        if text
    ]


def _decided(look: Lookup, approval: Approval, decision: str) -> list[dict[str, Any]]:
    if decision not in (approval.state, approval.in_process) or (found := _person(look, approval.reviewed_by)) is None:
        return []
    if not found["email"]:
        del found["email"]
    return [{**found, "decisionDate": when(approval.modified)}]


def _history(look: Lookup, approval: Approval) -> list[dict[str, Any]]:
    return [
        {
            "commentID": f"{approval.id}-{number}",
            "reassignedFrom": _person(look, step["oldApproverId"]) or {"identityID": step["oldApproverId"]},
            "reassignedTo": _person(look, step["newApproverId"]) or {"identityID": step["newApproverId"]},
            "reassignmentDate": step["modified"],
            "reassignmentType": _REASSIGNMENTS.get(step["reassignmentType"], step["reassignmentType"]),
        }
        for number, step in enumerate(approval.forwards, 1)
    ]
