"""Search documents: events and account activities as search shows them, and what every document carries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.records import Activity, Event, Operation
from simulators.sailpoint.domain.requests import Approval
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when

# Activity types in the words of search.
_ACTIONS = {
    "appRequest": "Access Request",
    "CloudAutomated": "Cloud Automated",
    "IdentityAttributeUpdate": "Identity Attribute Update",
    "LifecycleStateChange": "Lifecycle Change Refresh",
    "AccountStateUpdate": "Account State Update",
    "AccountAttributeUpdate": "Account Attribute Update",
    "CloudPasswordRequest": "Password Request",
}
_STATUS = {"SUCCESS": "Complete", "FAILURE": "Failed", "INCOMPLETE": "Incomplete", "": "Pending"}
_RESULT = {"FINISHED": "committed", "FAILED": "failed", "MANUAL": "Manual Task Created", "PENDING": "queued"}
# The service that tells, by type of event; where none is known, the engine.
_STACKS = {"PROVISIONING": "wps", "AUTH": "pigs", "PASSWORD_ACTIVITY": "pigs"}
_DECISIONS = {"APPROVED": "Finished", "REJECTED": "Rejected", "PENDING": "Pending"}


def tail(look: Lookup, kind: str, synced: datetime | None) -> dict[str, Any]:
    """What every document ends with."""
    return {"synced": when(synced), "pod": look.pod, "org": look.org, "_type": kind, "type": kind, "_version": "v2"}


def given(body: dict[str, Any]) -> dict[str, Any]:
    """A document without the properties that have no value."""
    return {name: value for name, value in body.items() if value is not None}


def event_document(look: Lookup, event: Event) -> dict[str, Any]:
    """One audit event (SailPoint API, Search: event document)."""
    actor: dict[str, Any] = {"name": event.actor}
    if event.actor_id:
        actor["id"] = event.actor_id
    words = " ".join(
        part.replace("_", " ").title() for part in (event.operation, " ".join(event.objects), event.status) if part
    )
    return {
        "id": event.id,
        "stack": _STACKS.get(event.type, "tpe"),
        "created": when(event.created),
        "objects": list(event.objects),
        "ipAddress": "",
        "technicalName": event.technical_name,
        "target": {"name": event.target} if event.target else {},
        "actor": actor,
        "name": words,
        "action": event.action,
        "attributes": {"pod": look.pod, "org": look.org, **event.attributes},
        "details": event.tracking,
        "trackingNumber": event.tracking,
        "operation": event.operation,
        "status": event.status,
        **tail(look, "event", event.synced),
        "type": event.type,
    }


def activity_document(look: Lookup, activity: Activity, synced: datetime | None = None) -> dict[str, Any]:
    """One account activity in the words of search."""
    operations = look.operations(activity)
    requests = [_sent(look, operation) for operation in operations]
    names = dict.fromkeys(str(row["source"]["name"]) for row in requests if "name" in row["source"])
    approvals = look.approvals(activity.request_id) if activity.request_id else []
    return given(
        {
            "id": activity.id,
            "action": _ACTIONS.get(activity.type, activity.type),
            "created": when(activity.created),
            "modified": when(activity.modified),
            "stage": "Completed" if activity.completed is not None else "Executing",
            "status": _STATUS.get(activity.completion, activity.completion.title()),
            "requester": _who(look, activity.requester_id) or {"name": "System", "type": "Identity"},
            "recipient": _who(look, activity.identity_id),
            "trackingNumber": activity.tracking,
            "sources": ", ".join(names),
            "errors": list(activity.errors),
            "warnings": [],
            "accountRequests": requests,
            "originalRequests": [
                _asked(look, activity, operation, sent) for operation, sent in _pairs(operations, requests)
            ],
            "approvals": [_approval(look, one) for one in approvals],
            "expansionItems": _expanded(look, activity, operations),
            **tail(look, "accountactivity", synced or activity.modified),
        }
    )


def _pairs(operations: list[Operation], requests: list[dict[str, Any]]) -> list[tuple[Operation, dict[str, Any]]]:
    return list(zip(operations, requests, strict=True))


def _who(look: Lookup, id: str) -> dict[str, Any] | None:
    identity = look.identity(id) if id else None
    return {"id": identity.id, "name": identity.alias, "type": "Identity"} if identity is not None else None


def _approval(look: Lookup, one: Approval) -> dict[str, Any]:
    comments = [{"comment": one.comment, "date": when(one.modified)}] if one.comment else []
    return given(
        {
            "comments": comments,
            "owner": _who(look, one.reviewed_by or one.owner_id),
            "result": _DECISIONS.get(one.state, one.state.title()),
            "modified": when(one.modified),
            "type": one.scheme,
        }
    )


def _where(look: Lookup, source_id: str) -> dict[str, Any]:
    source = look.source(source_id)
    return {"id": source_id} if source is None else {"id": source_id, "name": source.name, "type": source.type}


def _changes(operation: Operation) -> list[dict[str, Any]]:
    if operation.kind in ("ADD", "REMOVE"):
        return [{"op": operation.kind.title(), "name": operation.attribute, "value": operation.value}]
    return [{"op": "Set", "name": name, "value": _text(value)} for name, value in operation.values.items()]


def _text(value: Any) -> Any:
    """Values are texts or lists of them."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return "" if value is None else str(value)


def _sent(look: Lookup, operation: Operation) -> dict[str, Any]:
    where = _where(look, operation.source_id)
    return {
        "accountId": operation.native,
        "op": "Modify" if operation.kind in ("ADD", "REMOVE") else operation.kind.title(),
        "result": {
            "status": _RESULT.get(operation.status, operation.status.lower()),
            "errors": [operation.message] if operation.message else [],
        },
        "source": where,
        "provisioningTarget": where,
        "attributeRequests": _changes(operation),
    }


def _asked(look: Lookup, activity: Activity, operation: Operation, sent: dict[str, Any]) -> dict[str, Any]:
    """What was asked for: the item of an access request, else the change itself."""
    request = look.request(activity.request_id) if activity.request_id else None
    if request is None or request.item_type == "ENTITLEMENT":
        return {**sent, "result": {"status": sent["result"]["status"]}}
    item = look.item(request.item_id)
    name = "assignedRoles" if request.item_type == "ROLE" else "accessProfiles"
    change = {
        "op": "Remove" if request.type == "REVOKE_ACCESS" else "Add",
        "name": name,
        "value": item.name if item is not None else request.item_id,
    }
    return {
        "accountId": sent["accountId"],
        "op": "Modify",
        "result": {"status": sent["result"]["status"]},
        "source": {"name": "IdentityNow", "type": "IdentityNowConnector"},
        "attributeRequests": [change],
    }


def _expanded(look: Lookup, activity: Activity, operations: list[Operation]) -> list[dict[str, Any]]:
    """How a requested role or access profile has become changes of accounts."""
    request = look.request(activity.request_id) if activity.request_id else None
    if request is None or request.item_type == "ENTITLEMENT":
        return []
    item = look.item(request.item_id)
    cause = "Role" if request.item_type == "ROLE" else "AccessProfile"
    return [
        {
            "id": operation.id,
            "accountId": operation.native,
            "cause": cause,
            "name": item.name if item is not None else request.item_id,
            "attributeRequest": _changes(operation)[0],
            "source": _where(look, operation.source_id),
            "state": _RESULT.get(operation.status, operation.status.lower()),
        }
        for operation in operations
        if _changes(operation)
    ]
