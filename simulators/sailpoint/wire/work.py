"""Work items as the REST API reads and shows them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.records import WorkItem
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.request_bodies import Id, Text
from simulators.sailpoint.wire.shapes import owner_or_group, person, when, without_nulls

_DETAILS = (
    "id",
    "targetId",
    "targetName",
    "targetDisplayName",
    "applicationName",
    "attributeName",
    "attributeOperation",
    "attributeValue",
    "nativeIdentity",
)
_DECISIONS = ("id", "account", "application", "name", "operation", "value", "state")


class ForwardWork(Camel):
    """Whom a work item goes to."""

    target_owner_id: Id
    comment: Text
    send_notifications: bool = True


def work_item_body(look: Lookup, item: WorkItem) -> dict[str, Any]:
    """One work item."""
    requester, owner = person(look, item.requester_id), owner_or_group(look, item.owner_id)
    details = [{name: one.get(name) for name in _DETAILS} for one in item.remediation]
    decisions = [{name: one.get(name) for name in _DECISIONS} for one in item.approvals]
    return {
        "id": item.id,
        "requesterId": item.requester_id or None,
        "requesterDisplayName": requester["name"] if requester else None,
        "ownerId": item.owner_id or None,
        "ownerName": owner["name"] if owner else "",
        "created": when(item.created),
        "modified": when(item.modified),
        "description": item.description,
        "state": item.state or "Pending",
        "type": item.type,
        "remediationItems": [without_nulls(one, *_DETAILS) for one in details] or None,
        "approvalItems": [without_nulls(one, "application", "operation", "value", "state") for one in decisions]
        or None,
        "name": item.name,
        "completed": when(item.completed),
        "numItems": len(item.remediation) + len(item.approvals) or None,
        "errors": [],
    }
