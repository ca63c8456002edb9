"""Events of an identity's history, each in the shape of its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.records import Event, Identity
from simulators.sailpoint.domain.requests import Request
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when

Body = dict[str, Any]


def certified_body(look: Lookup, identity: Identity, happening: Any, at: datetime) -> Body:
    """A review of the identity's access that was signed off."""
    reviewers = [_person(look, id) for id in happening.reviewer_ids]
    return {
        "certificationId": happening.id,
        "certificationName": happening.name,
        "signedDate": when(at),
        "certifiers": reviewers,
        "reviewers": reviewers,
        "signer": _person(look, happening.signer_id),
        **_tail("IdentityCertified", identity, at),
    }


def requested_body(look: Lookup, identity: Identity, request: Request, at: datetime) -> Body:
    """An access request that has ended."""
    item, entitlement = look.item(request.item_id), look.entitlement(request.item_id)
    source = look.source(item.source_id if item is not None else entitlement.source_id if entitlement else "")
    approvals = [
        {"id": one.reviewed_by or one.owner_id, "name": _person(look, one.reviewed_by or one.owner_id)["displayName"],
         "status": one.state}
        for one in look.approvals(request.id)
    ]  # fmt: skip
    rejected = request.state in ("REJECTED", "CANCELLED") or any(one["status"] == "REJECTED" for one in approvals)
    row = {
        "operation": "Remove" if request.type == "REVOKE_ACCESS" else "Add",
        "accessItemType": _kind(request.item_type),
        "name": item.name if item is not None else entitlement.name if entitlement is not None else request.item_id,
        "decision": "REJECTED" if rejected else "APPROVED",
        "approvalInfos": approvals,
        **({"sourceId": source.id, "sourceName": source.name} if source is not None else {}),
    }
    requester = _person(look, request.requester_id)
    return {
        "accessRequest": {
            "requesterId": requester["id"],
            "requesterName": requester["displayName"],
            "items": [row],
        },
        **_tail("AccessRequested", identity, at),
    }


def _kind(item_type: str) -> str:
    first, *rest = item_type.lower().split("_")
    return first + "".join(part.title() for part in rest)


def _person(look: Lookup, id: str) -> Body:
    found = look.identity(id) if id else None
    return {"id": id, "displayName": found.name if found is not None else id}


def _tail(kind: str, identity: Identity, at: datetime) -> Body:
    return {"eventType": kind, "identityId": identity.id, "dateTime": when(at)}


def _attribute(look: Lookup, identity: Identity, a: Mapping[str, Any]) -> Body:
    change = {
        "name": a.get("attributeName", ""),
        "previousValue": a.get("oldValue", ""),
        "newValue": a.get("attributeValue", ""),
    }
    return {"attributeChanges": [change]}


def _account(look: Lookup, a: Mapping[str, Any]) -> Body:
    native = str(a.get("nativeIdentity") or a.get("accountName") or "")
    found = next((one for one in look.accounts_at(native) if one.source_id == a.get("sourceId")), None)
    return {
        "id": found.id if found is not None else native,
        "accessType": "account",
        "displayName": found.name if found is not None else str(a.get("accountName") or native),
        "sourceName": a.get("sourceName", ""),
        "nativeIdentity": native,
        "sourceId": a.get("sourceId", ""),
        "entitlementCount": len(found.entitlements) if found is not None else 0,
    }


def _about_account(look: Lookup, identity: Identity, a: Mapping[str, Any]) -> Body:
    return _access("account", _account(look, a))


def _access(kind: str, item: Body) -> Body:
    return {"accessItem": item, "accessItemType": kind, "governanceEvent": None}


def _about_entitlement(look: Lookup, identity: Identity, a: Mapping[str, Any]) -> Body:
    value = str(a.get("attributeValue") or "")
    found = look.right(str(a.get("sourceId")), value)
    item = {
        "id": found.id if found is not None else value,
        "accessType": "entitlement",
        "displayName": found.name if found is not None else value,
        "sourceName": a.get("sourceName", ""),
        "attribute": a.get("attributeName", ""),
        "value": value,
        "type": found.attribute if found is not None else str(a.get("attributeName", "")),
        "description": found.body.get("description") if found is not None else None,
        "sourceId": a.get("sourceId", ""),
        "standalone": False,
        "privileged": None,
        "cloudGoverned": None,
    }
    return _access("entitlement", item)


def _about_role(look: Lookup, identity: Identity, a: Mapping[str, Any]) -> Body:
    item = {
        "id": a.get("accessItemId", ""),
        "accessType": "role",
        "displayName": a.get("accessItemName", ""),
        "sourceName": None,
        "revocable": False,
    }
    return _access("role", item)


def _status(before: str, after: str) -> Callable[[Lookup, Identity, Mapping[str, Any]], Body]:
    change = {"previousStatus": before, "newStatus": after}
    return lambda look, identity, a: {"account": _account(look, a), "statusChange": change}


# By the action of the audit event: the type of history event, and what it tells.
_TOLD: Mapping[str, tuple[str, Callable[[Lookup, Identity, Mapping[str, Any]], Body]]] = {
    "IDENTITY_ATTRIBUTE_UPDATE": ("AttributesChanged", _attribute),
    "roleAdd": ("AccessItemAssociated", _about_role),
    "roleRemove": ("AccessItemRemoved", _about_role),
    "AddEntitlement": ("AccessItemAssociated", _about_entitlement),
    "RemoveEntitlement": ("AccessItemRemoved", _about_entitlement),
    "CreateAccount": ("AccessItemAssociated", _about_account),
    "DeleteAccount": ("AccessItemRemoved", _about_account),
    "EnableAccount": ("AccountStatusChanged", _status("disabled", "enabled")),
    "DisableAccount": ("AccountStatusChanged", _status("enabled", "disabled")),
}


def history_body(look: Lookup, identity: Identity, happening: Any, at: datetime) -> Body | None:
    """One event of an identity's history; None for what history does not show."""
    if isinstance(happening, Request):
        return requested_body(look, identity, happening, at)
    if not isinstance(happening, Event):
        return certified_body(look, identity, happening, at)
    if (told := _TOLD.get(happening.action)) is None:
        return None
    kind, body = told
    return {**body(look, identity, happening.attributes), **_tail(kind, identity, at)}
