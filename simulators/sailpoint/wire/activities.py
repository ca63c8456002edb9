"""Account activities, tasks, work items and executions as the REST API shows them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.records import Activity, Credential, Identity, Operation, Task, WorkItem
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner_or_group, person, when

# How an operation's inner status reads on an activity's item.
_PROVISIONING = {"RUNNING": "PENDING", "MANUAL": "PENDING"}
_OPERATION = {"MODIFY": "MODIFY", "ADD": "ADD", "REMOVE": "REMOVE"}
RETURNS = [
    {"displayLabel": f"TASK_OUT_ACCOUNT_AGGREGATION_{label}", "attributeName": name}
    for label, name in (
        ("APPLICATIONS", "applications"),
        ("TOTAL", "total"),
        ("OPTIMIZED", "optimizedAggregation"),
        ("IGNORED", "ignored"),
        ("CREATED", "created"),
        ("UPDATED", "updated"),
        ("DELETED", "deleted"),
    )
]


def _summary(look: Lookup, id: str) -> dict[str, Any] | None:
    identity: Identity | None = look.identity(id) if id else None
    return {"id": identity.id, "name": identity.alias} if identity is not None else None


def activity_body(look: Lookup, activity: Activity) -> dict[str, Any]:
    """One account activity with its items."""
    request = look.request(activity.request_id) if activity.request_id else None
    items = [_item_row(look, activity, operation) for operation in look.operations(activity)]
    if request is not None:
        items.insert(0, _requested_row(look, activity))
    return {
        "id": activity.id,
        "name": activity.id,
        "created": when(activity.created),
        "modified": when(activity.modified),
        "completed": when(activity.completed),
        "completionStatus": activity.completion or None,
        "type": activity.type,
        "requesterIdentitySummary": _summary(look, activity.requester_id),
        "targetIdentitySummary": _summary(look, activity.identity_id),
        "errors": list(activity.errors) or None,
        "warnings": None,
        "items": items,
        "executionStatus": activity.execution,
        "clientMetadata": dict(request.metadata) or None if request is not None else None,
        "cancelable": bool(request is not None and request.state == "EXECUTING" and request.approved is None),
        "cancelComment": request.cancelled["comment"]
        if request is not None and request.cancelled is not None
        else None,
    }


def _requested_row(look: Lookup, activity: Activity) -> dict[str, Any]:
    """What was asked for, before it is taken apart into operations."""
    request = look.request(activity.request_id)
    assert request is not None
    item = look.item(request.item_id)
    name = item.name if item is not None else request.item_id
    approvals = look.approvals(request.id)
    reviewed = next((one for one in reversed(approvals) if one.reviewed_by), None)
    decided = "REJECTED" if request.state == "REJECTED" else "CANCELED" if request.state == "CANCELLED" else None
    waiting = "PENDING" if request.approved is None and request.state == "EXECUTING" else "FINISHED"
    done = {"REQUEST_COMPLETED": "FINISHED", "EXECUTING": "PENDING"}.get(request.state, "FAILED")
    is_role = request.item_type == "ROLE"
    return {
        "id": request.item_row,
        "name": request.item_row,
        "requested": when(request.created),
        "approvalStatus": (decided or waiting) if request.schemes else None,
        "provisioningStatus": done,
        "requesterComment": {"comment": request.comment} if request.comment else None,
        "reviewerIdentitySummary": _summary(look, reviewed.reviewed_by) if reviewed is not None else None,
        "reviewerComment": {"comment": reviewed.comment} if reviewed is not None and reviewed.comment else None,
        "operation": "REMOVE" if request.type == "REVOKE_ACCESS" else "ADD",
        "attribute": "assignedRoles" if is_role else "assignedAccessProfiles",
        "value": f"{name} [{request.item_id}]",
        "nativeIdentity": (_summary(look, request.identity_id) or {}).get("name"),
        "sourceId": "IdentityNow",
        "accountRequestInfo": {
            "requestedObjectId": request.item_id,
            "requestedObjectName": name,
            "requestedObjectType": request.item_type,
        },
        "clientMetadata": dict(request.metadata) or None,
        "removeDate": when(request.remove_at),
    }


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
        "operation": operation.kind,
        "attribute": operation.attribute or changed or None,
        "value": operation.value or None,
        "nativeIdentity": operation.native or _native_of(look, activity, operation),
        "sourceId": operation.source_id,
        "accountRequestInfo": None,
        "clientMetadata": None,
        "removeDate": None,
        "errors": [operation.message] if operation.message else None,
    }


def _native_of(look: Lookup, activity: Activity, operation: Operation) -> str | None:
    for account in look.accounts(activity.identity_id):
        if account.id == operation.account_id or (
            not operation.account_id and account.source_id == operation.source_id
        ):
            return account.native
    return None


def load_task_body(task: Task) -> dict[str, Any]:
    """The task as the answer to load-accounts shows it: times are epoch milliseconds here."""
    millis = int(task.created.timestamp() * 1000)
    return {
        "type": "QUARTZ",
        "id": task.id,
        "name": task.name,
        "description": "Aggregates from the specified application.",
        "parentName": None,
        "launcher": task.launcher,
        "created": millis,
        "launched": millis,
        "completed": None,
        "completionStatus": None,
        "messages": [],
        "returns": RETURNS,
        "attributes": {
            "eventId": task.counters.get("eventId"),
            "appId": task.source_id,
            "optimizedAggregation": "enabled" if task.optimized else "disabled",
        },
        "progress": None,
    }


def task_body(look: Lookup, task: Task) -> dict[str, Any]:
    """One row of the task list."""
    source = look.source(task.source_id) if task.source_id else None
    ready = {"STARTED": 10, "ACCOUNTS_COLLECTED": 60}.get(task.phase, 100)
    return {
        "id": task.id,
        "type": "QUARTZ",
        "uniqueName": task.name,
        "description": "Aggregates from the specified application.",
        "parentName": None,
        "launcher": task.launcher,
        "target": {"id": task.source_id, "type": "APPLICATION", "name": source.name} if source is not None else None,
        "created": when(task.created),
        "modified": when(task.completed or task.created),
        "launched": when(task.created),
        "completed": when(task.completed),
        "completionStatus": task.status or None,
        "messages": [
            {"type": kind, "key": text, "localizedText": {"locale": "en-US", "message": text}, "parameters": []}
            for kind, text in task.messages
        ],
        "returns": RETURNS,
        "attributes": {
            "appId": task.source_id,
            "optimizedAggregation": "enabled" if task.optimized else "disabled",
            **{name: str(value) for name, value in task.counters.items()},
        },
        "progress": None,
        "percentComplete": 100 if task.completed else ready,
        "taskDefinitionSummary": {
            "id": task.kind.lower(),
            "uniqueName": task.kind,
            "description": task.name,
            "parentName": None,
            "executor": "sailpoint.task.ResourceIdentityScan",
            "arguments": {},
        },
    }


def aggregation_body(task: Task) -> dict[str, Any]:
    """The progress of an aggregation."""
    counters = task.counters
    identities = int(counters.get("identities") or 0)
    return {
        "start": when(task.created),
        "status": task.phase,
        "totalAccounts": int(counters.get("total") or 0),
        "processedAccounts": int(counters.get("processed") or 0),
        "totalAccountsMarkedForDeletion": int(counters.get("marked") or 0),
        "deletedAccounts": int(counters.get("deleted") or 0),
        "totalIdentities": identities,
        "processedIdentities": identities if task.completed else 0,
    }


def work_item_body(look: Lookup, item: WorkItem) -> dict[str, Any]:
    """One work item."""
    requester, owner = person(look, item.requester_id), owner_or_group(look, item.owner_id)
    return {
        "id": item.id,
        "requesterId": item.requester_id or None,
        "requesterDisplayName": requester["name"] if requester else None,
        "ownerId": item.owner_id,
        "ownerName": owner["name"] if owner else None,
        "created": when(item.created),
        "modified": when(item.modified),
        "description": item.description,
        "state": item.state or None,
        "type": item.type,
        "remediationItems": [dict(one) for one in item.remediation] or None,
        "approvalItems": None,
        "name": item.name,
        "completed": when(item.completed),
        "numItems": len(item.remediation) or None,
        "form": None,
        "errors": [],
    }


def execution_body(execution: Execution) -> dict[str, Any]:
    """One execution of a workflow."""
    return {
        "id": execution.id,
        "workflowId": execution.workflow_id,
        "requestId": execution.id,
        "startTime": when(execution.started),
        "closeTime": when(execution.closed),
        "status": execution.status,
    }


def history_bodies(execution: Execution) -> list[dict[str, Any]]:
    """What happened in an execution, in order."""
    return [{"type": kind, "timestamp": when(at), "attributes": dict(about)} for kind, at, about in execution.history]


def token_record_body(look: Lookup, credential: Credential) -> dict[str, Any]:
    """A personal access token without its secret."""
    return {
        "id": credential.id,
        "name": credential.name,
        "scope": list(credential.scope),
        "owner": person(look, credential.owner_id),
        "created": when(credential.created),
        "lastUsed": when(credential.last_used),
        "managed": False,
        "accessTokenValiditySeconds": credential.validity_s,
        "expirationDate": when(credential.expires),
        "userAwareTokenNeverExpires": credential.expires is None,
    }
