"""Background tasks as the REST API shows them: rows of the task list, the answers to loads, aggregations under way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.records import Task
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when


def _returns(prefix: str, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{prefix}_{label}", name) for label, name in names.items())


# What the result of a kind of task consists of: label and attribute.
ACCOUNT_RETURNS = _returns(
    "TASK_OUT_ACCOUNT_AGGREGATION",
    {
        "APPLICATIONS": "applications",
        "TOTAL": "total",
        "OPTIMIZED": "optimizedAggregation",
        "IGNORED": "ignored",
        "UNCHANGED_ACCOUNTS": "optimized",
        "CREATED": "created",
        "UPDATED": "updated",
        "DELETED": "deleted",
        "MANAGER_CHANGES": "managerChanges",
        "BUSINESS_ROLE_CHANGES": "detectedRoleChanges",
        "EXCEPTION_CHANGES": "exceptionChanges",
        "SNAPSHOTS_CREATED": "snapshotsCreated",
    },
)
GROUP_RETURNS = _returns(
    "TASK_OUT_ACCOUNT_GROUP_AGGREGATION",
    {
        "APPLICATIONS": "applications",
        "TOTAL": "total",
        "CREATED": "groupsCreated",
        "UPDATED": "groupsUpdated",
        "DELETED": "groupsDeleted",
    },
)
RETURNS = {"CLOUD_ACCOUNT_AGGREGATION": ACCOUNT_RETURNS, "CLOUD_GROUP_AGGREGATION": GROUP_RETURNS}
AGGREGATES = "Aggregates from the specified application."
_READY = {"STARTED": 10, "RETRIED": 10, "ACCOUNTS_COLLECTED": 60}


def _description(task: Task) -> str:
    return AGGREGATES if task.kind in RETURNS else f"{task.name}."


def _attributes(task: Task) -> dict[str, Any]:
    attributes: dict[str, Any] = {name: str(value) for name, value in task.counters.items()}
    if task.source_id:
        attributes = {"appId": task.source_id, **attributes}
    if task.kind == "CLOUD_ACCOUNT_AGGREGATION":
        attributes["optimizedAggregation"] = "enabled" if task.optimized else "disabled"
    if task.job:
        attributes["qpocJobId"] = task.job
    return attributes


def task_body(look: Lookup, task: Task) -> dict[str, Any]:
    """One row of the task list."""
    source = look.source(task.source_id) if task.source_id else None
    return {
        "id": task.id,
        "type": task.type,
        "uniqueName": task.name,
        "description": _description(task),
        "parentName": None,
        "launcher": task.launcher,
        "target": {"id": task.source_id, "type": "APPLICATION", "name": source.name} if source is not None else None,
        "created": when(task.created),
        "modified": when(task.modified or task.completed or task.created),
        "launched": when(task.created),
        "completed": when(task.completed),
        "completionStatus": task.status or None,
        "messages": [
            {"type": kind, "key": text, "localizedText": {"locale": "en-US", "message": text}, "parameters": []}
            for kind, text in task.messages
        ],
        "returns": [{"name": label, "attributeName": name} for label, name in RETURNS.get(task.kind, ())],
        "attributes": _attributes(task),
        "progress": None if task.completed else task.phase,
        "percentComplete": 100 if task.completed else _READY.get(task.phase, 0),
        "taskDefinitionSummary": {
            "id": task.kind.lower(),
            "uniqueName": task.kind,
            "description": task.name,
            "parentName": task.kind,
            "executor": "sailpoint.task.ResourceIdentityScan",
            "arguments": {},
        },
    }


def _loaded(task: Task) -> dict[str, Any]:
    return {
        "type": task.type,
        "id": task.id,
        "name": task.name,
        "description": _description(task),
        "parentName": None,
        "launcher": task.launcher,
        "completed": None,
        "completionStatus": None,
        "messages": [],
        "returns": [{"displayLabel": label, "attributeName": name} for label, name in RETURNS.get(task.kind, ())],
        "progress": None,
    }


def load_task_body(task: Task) -> dict[str, Any]:
    """The task as the answer to load-accounts shows it: times are epoch milliseconds here."""
    millis = int(task.created.timestamp() * 1000)
    return {
        **_loaded(task),
        "created": millis,
        "launched": millis,
        "attributes": {
            "eventId": task.counters.get("eventId"),
            "appId": task.source_id,
            "optimizedAggregation": "enabled" if task.optimized else "disabled",
        },
    }


def queued_task_body(task: Task) -> dict[str, Any]:
    """The task as the answers to load-entitlements and load-uncorrelated-accounts show it: `+00:00`, not launched."""
    return {
        **_loaded(task),
        "uniqueName": task.name,
        "created": iso(task.created).replace("Z", "+00:00"),
        "launched": None,
        "attributes": {"qpocJobId": task.job, "taskStartDelay": None},
    }


def task_result(task: Task) -> dict[str, Any]:
    """A reference to a task."""
    return {"type": "TASK_RESULT", "id": task.id, "name": None}


def aggregation_body(task: Task) -> dict[str, Any]:
    """The progress of an aggregation, in which only what is new, changed or gone counts.

    Source: SailPoint API, account aggregations.
    """
    counters = task.counters
    identities = int(counters.get("identities") or 0)
    changed = int(counters.get("processed") or 0)
    return {
        "start": when(task.created),
        "status": task.phase,
        "totalAccounts": changed,
        "processedAccounts": changed if task.completed else int(counters.get("taken") or 0),
        "totalAccountsMarkedForDeletion": int(counters.get("marked") or 0),
        "deletedAccounts": int(counters.get("deleted") or 0),
        "totalIdentities": identities,
        "processedIdentities": identities if task.completed else 0,
    }
