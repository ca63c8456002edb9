"""Identities as the REST API shows them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import person, when


def identity_body(look: Lookup, identity: Identity) -> dict[str, Any]:
    """One identity."""
    return {
        "id": identity.id,
        "name": identity.name,
        "created": when(identity.created),
        "modified": when(identity.modified),
        "alias": identity.alias,
        "emailAddress": identity.attributes.get("email"),
        "processingState": "ERROR" if identity.owed else None,
        "identityStatus": "UNREGISTERED",
        "managerRef": person(look, identity.manager_id),
        "isManager": look.manages(identity.id),
        "lastRefresh": when(identity.last_refresh),
        "attributes": {**{k: v for k, v in identity.attributes.items() if v is not None}, **_derived(look, identity)},
        "lifecycleState": {"stateName": identity.state, "manuallyUpdated": bool(identity.state_manual)},
    }


def _derived(look: Lookup, identity: Identity) -> dict[str, Any]:
    state = look.lifecycle(identity.profile_id, identity.state)
    return {"identityState": state.identity_state if state is not None else "ACTIVE", "cloudStatus": "UNREGISTERED"}


def public_identity_body(look: Lookup, identity: Identity) -> dict[str, Any]:
    """What every signed-in person may see of another."""
    manager = look.identity(identity.manager_id) if identity.manager_id else None
    return {
        "id": identity.id,
        "name": identity.name,
        "alias": identity.alias,
        "email": identity.attributes.get("email"),
        "status": "ACTIVE",
        "identityState": _derived(look, identity)["identityState"],
        "manager": {**(person(look, identity.manager_id) or {}), "alias": manager.alias}
        if manager is not None
        else None,
        "attributes": [],
    }


def role_assignment_bodies(look: Lookup, identity: Identity) -> list[dict[str, Any]]:
    """Roles a person is assigned, by membership and by request."""
    rows: list[dict[str, Any]] = []
    for id in identity.roles:
        if (item := look.item(id)) is not None:
            role = {"type": "ROLE", "id": id, "name": item.name}
            rows.append({"id": f"{identity.id[:16]}{id[:16]}", "role": role, "assignmentSource": "ROLE_MEMBERSHIP"})
    for grant in look.grants(identity.id):
        item = look.item(grant.item_id)
        if item is not None and item.type == "ROLE":
            role = {"type": "ROLE", "id": item.id, "name": item.name}
            rows.append(
                {
                    "id": grant.id,
                    "role": role,
                    "assignmentSource": "ACCESS_REQUEST",
                    "addedDate": when(grant.created),
                    "removeDate": when(grant.remove_at),
                }
            )
    return rows
