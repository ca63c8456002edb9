"""Search documents: identities, activities, events and the access model as search shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.records import Activity, Entitlement, Event, Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner, when

# Activity types in the words of search.
_ACTIONS = {
    "appRequest": "Access Request",
    "LifecycleStateChange": "Lifecycle Change Refresh",
    "AccountStateUpdate": "Account State Update",
}
_STATUS = {"SUCCESS": "Complete", "FAILURE": "Failed", "INCOMPLETE": "Incomplete", "": "Pending"}
_RESULT = {"FINISHED": "committed", "FAILED": "failed", "MANUAL": "Manual Task Created"}


def _tail(look: Lookup, kind: str, synced: datetime | None) -> dict[str, Any]:
    return {"synced": when(synced), "pod": look.pod, "org": look.org, "_type": kind, "type": kind, "_version": "v2"}


def event_document(look: Lookup, event: Event) -> dict[str, Any]:
    """One audit event."""
    actor: dict[str, Any] = {"name": event.actor}
    if event.actor_id:
        actor["id"] = event.actor_id
    words = " ".join(
        part.replace("_", " ").title() for part in (event.operation, " ".join(event.objects), event.status) if part
    )
    return {
        "id": event.id,
        "stack": "tpe",
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
        **_tail(look, "event", event.synced),
        "type": event.type,
    }


def identity_document(look: Lookup, identity: Identity, synced: datetime | None = None) -> dict[str, Any]:
    """One identity with accounts and access."""
    a = identity.attributes
    state = look.lifecycle(identity.profile_id, identity.state)
    profile, manager = (
        look.document(identity.profile_id),
        look.identity(identity.manager_id) if identity.manager_id else None,
    )
    accounts = list(look.accounts(identity.id))
    authority = (profile.body.get("authoritativeSource") or {}) if profile is not None else {}
    identity_state = state.identity_state if state is not None else "ACTIVE"
    attributes = {name: value for name, value in a.items() if value is not None}
    return {
        "id": identity.id,
        "name": identity.name,
        "displayName": identity.name,
        "firstName": a.get("firstname"),
        "lastName": a.get("lastname"),
        "email": a.get("email"),
        "employeeNumber": a.get("workerId"),
        "created": when(identity.created),
        "modified": when(identity.modified),
        "inactive": identity_state != "ACTIVE",
        "protected": identity.protected,
        "status": "UNREGISTERED",
        "disabled": False,
        "locked": False,
        "isManager": look.manages(identity.id),
        "manager": {"id": manager.id, "name": manager.alias, "displayName": manager.name}
        if manager is not None
        else None,
        "identityProfile": {"id": identity.profile_id, "name": profile.name} if profile is not None else None,
        "source": {"id": authority.get("id"), "name": authority.get("name")},
        "lifecycleState": {"stateName": identity.state, "manuallyUpdated": bool(identity.state_manual)},
        "stateChanged": when(identity.state_since),
        "attributes": {**attributes, "identityState": identity_state},
        "accounts": [_account_part(look, account) for account in accounts],
        "accountCount": len(accounts),
        "access": (access := _access(look, identity, accounts)),
        "accessCount": len(access),
        **_tail(look, "identity", synced or identity.modified),
    }


def _account_part(look: Lookup, account: Any) -> dict[str, Any]:
    source = look.source(account.source_id)
    names = (
        {"id": account.source_id, "name": source.name, "type": source.type}
        if source is not None
        else {"id": account.source_id}
    )
    held = (
        {source.entitlement_attribute: list(account.entitlements)}
        if source is not None and account.entitlements
        else {}
    )
    return {
        "id": account.id,
        "name": account.name,
        "accountId": account.native,
        "source": names,
        "disabled": account.disabled,
        "locked": account.locked,
        "privileged": False,
        "manuallyCorrelated": account.manual,
        "entitlementAttributes": held,
        "created": when(account.created),
        "supportsPasswordChange": False,
    }


def _access(look: Lookup, identity: Identity, accounts: list[Any]) -> list[dict[str, Any]]:
    granted = [grant.item_id for grant in look.grants(identity.id)]
    state = look.lifecycle(identity.profile_id, identity.state)
    by_rule = [*identity.roles, *(state.access_profile_ids if state is not None else ())]
    items = [item for id in dict.fromkeys([*by_rule, *granted]) if (item := look.item(id)) is not None]
    rights = (look.right(account.source_id, value) for account in accounts for value in account.entitlements)
    return [
        *(
            {"id": i.id, "name": i.name, "displayName": i.name, "type": i.type, "revocable": i.id not in by_rule}
            for i in items
        ),
        *(_right_part(look, right) for right in rights if right is not None),
    ]


def _right_part(look: Lookup, right: Entitlement) -> dict[str, Any]:
    source = look.source(right.source_id)
    return {
        "id": right.id,
        "name": right.name,
        "displayName": right.name,
        "type": "ENTITLEMENT",
        "attribute": right.attribute,
        "value": right.value,
        "source": {"id": right.source_id, "name": source.name if source is not None else None},
    }


def activity_document(look: Lookup, activity: Activity, synced: datetime | None = None) -> dict[str, Any]:
    """One account activity in the words of search."""
    operations = look.operations(activity)
    requests = [_sent(look, activity, operation) for operation in operations]
    names = dict.fromkeys(str(row["source"]["name"]) for row in requests)
    return {
        "id": activity.id,
        "action": _ACTIONS.get(activity.type, activity.type),
        "created": when(activity.created),
        "modified": when(activity.modified),
        "stage": "Completed" if activity.completed is not None else "Executing",
        "status": _STATUS[activity.completion],
        "requester": _who(look, activity.requester_id) or {"name": "System", "type": "Identity"},
        "recipient": _who(look, activity.identity_id),
        "trackingNumber": activity.tracking,
        "sources": ", ".join(names),
        "errors": list(activity.errors),
        "warnings": [],
        "accountRequests": requests,
        "originalRequests": requests,
        "approvals": [
            {
                "owner": _who(look, one.reviewed_by or one.owner_id),
                "result": one.state.title(),
                "modified": when(one.modified),
                "type": one.scheme,
            }
            for one in look.approvals(activity.request_id)
        ]
        if activity.request_id
        else [],
        "expansionItems": [],
        **_tail(look, "accountactivity", synced or activity.modified),
    }


def _who(look: Lookup, id: str) -> dict[str, Any] | None:
    identity = look.identity(id) if id else None
    return {"id": identity.id, "name": identity.alias, "type": "Identity"} if identity is not None else None


def _sent(look: Lookup, activity: Activity, operation: Any) -> dict[str, Any]:
    source = look.source(operation.source_id)
    where = {
        "id": operation.source_id,
        "name": source.name if source is not None else None,
        "type": source.type if source is not None else None,
    }
    entitlement = operation.kind in ("ADD", "REMOVE")
    changes = [{"op": "Set", "name": name, "value": value} for name, value in operation.values.items()]
    if entitlement:
        changes = [{"op": operation.kind.title(), "name": operation.attribute, "value": operation.value}]
    return {
        "accountId": operation.native,
        "op": "Modify" if entitlement else operation.kind.title(),
        "result": {
            "status": _RESULT.get(operation.status, operation.status.lower()),
            "errors": [operation.message] if operation.message else [],
        },
        "source": where,
        "provisioningTarget": where,
        "attributeRequests": changes,
    }


def access_document(look: Lookup, document: Document) -> dict[str, Any]:
    """A role or an access profile."""
    body = document.body
    kind = "role" if document.kind == "role" else "accessprofile"
    parts = body.get("accessProfiles" if kind == "role" else "entitlements") or []
    return {
        "id": document.id,
        "name": document.name,
        "description": body.get("description"),
        "created": when(document.created),
        "modified": when(document.modified),
        "enabled": body.get("enabled", True),
        "requestable": bool(body.get("requestable")),
        "owner": owner(look, body.get("owner")),
        **(
            {"accessProfiles": parts, "accessProfileCount": len(parts)}
            if kind == "role"
            else {"entitlements": parts, "entitlementCount": len(parts), "source": body.get("source")}
        ),
        **_tail(look, kind, document.modified),
    }


def entitlement_document(look: Lookup, right: Entitlement) -> dict[str, Any]:
    """An entitlement."""
    part = _right_part(look, right)
    return {
        **part,
        "created": when(right.created),
        "modified": when(right.modified),
        "description": right.body.get("description"),
        "requestable": bool(right.body.get("requestable")),
        "privileged": False,
        **_tail(look, "entitlement", right.modified),
    }
