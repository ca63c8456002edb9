"""Identities as the REST API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import person, when

Associations = Iterable[tuple[str, Iterable[tuple[str, str, str]]]]

# Whether somebody has set up a sign-in of SailPoint's own: here people come through Okta.
UNREGISTERED = "UNREGISTERED"


class ProcessedIdentities(Camel):
    """Whom to process."""

    identity_ids: list[str]


class Invitation(Camel):
    """Whom to invite."""

    ids: list[str] | None = None
    uninvited: bool = False


class StateChoice(Camel):
    """The lifecycle state somebody is put into."""

    lifecycle_state_id: str


class Listed(dict[str, Any]):
    """A body whose filters may ask for more than it shows."""

    def __init__(self, body: Mapping[str, Any], unseen: Mapping[str, Any]) -> None:
        super().__init__(body)
        self._unseen = unseen

    def get(self, name: str, default: Any = None) -> Any:
        """What is shown, else what is not."""
        return self[name] if name in self else self._unseen.get(name, default)


def identity_body(look: Lookup, identity: Identity) -> dict[str, Any]:
    """One identity. Who was never processed has no time of it, and who has no profile no lifecycle state."""
    state = {"stateName": identity.state, "manuallyUpdated": bool(identity.state_manual)}
    body = {
        "id": identity.id,
        "name": identity.name,
        "created": when(identity.created),
        "modified": when(identity.modified),
        "alias": identity.alias,
        "emailAddress": identity.attributes.get("email"),
        "processingState": "ERROR" if identity.owed or identity.error else None,
        "identityStatus": UNREGISTERED,
        "managerRef": person(look, identity.manager_id),
        "isManager": look.manages(identity.id),
        "attributes": {**{k: v for k, v in identity.attributes.items() if v is not None}, **_derived(look, identity)},
    }
    if identity.state:
        body["lifecycleState"] = state
    return body if identity.last_refresh is None else {**body, "lastRefresh": when(identity.last_refresh)}


def _derived(look: Lookup, identity: Identity) -> dict[str, Any]:
    state = look.lifecycle(identity.profile_id, identity.state)
    return {"identityState": state.identity_state if state is not None else "ACTIVE", "cloudStatus": UNREGISTERED}


def public_identity_body(look: Lookup, identity: Identity, shown: Iterable[Mapping[str, str]] = ()) -> dict[str, Any]:
    """What every signed-in person may see of another; `shown` are the attributes the tenant makes public."""
    values = [
        {"key": one["key"], "name": one["name"], "value": None if value is None else str(value)}
        for one in shown
        for value in [identity.attributes.get(one["key"])]
    ]
    return Listed(
        {
            "id": identity.id,
            "name": identity.name,
            "alias": identity.alias,
            "email": identity.attributes.get("email"),
            "status": identity.state.replace("-", " ").title() if identity.state else None,
            "identityState": _derived(look, identity)["identityState"],
            "manager": person(look, identity.manager_id),
            "attributes": values,
        },
        {name: identity.attributes.get(name) for name in ("firstname", "lastname")},
    )


def ownership_body(associations: Associations) -> dict[str, Any]:
    """What depends on an identity, grouped by how."""
    return {
        "associationDetails": [
            {
                "associationType": association,
                "entities": [{"identityEntity": {"id": id, "name": name, "type": kind}} for id, name, kind in entities],
            }
            for association, entities in associations
        ]
    }


def role_assignment_bodies(look: Lookup, identity: Identity) -> list[dict[str, Any]]:
    """Roles a person is assigned: by membership, by request, and those a request will give on a later day."""
    rows: list[dict[str, Any]] = []
    for id in identity.roles:
        if (item := look.item(id)) is not None:
            added = look.role_since(identity, id)
            rows.append(_assignment(f"{identity.id[:16]}{id[:16]}", id, item.name, "ROLE_MEMBERSHIP", added))
    for grant in look.grants(identity.id):
        item = look.item(grant.item_id)
        if item is not None and item.type == "ROLE":
            row = _assignment(grant.id, item.id, item.name, "ACCESS_REQUEST", when(grant.created))
            request = look.request(grant.request_id) if grant.request_id else None
            asked = person(look, request.requester_id) if request is not None else None
            rows.append(
                {
                    **row,
                    "removeDate": when(grant.remove_at),
                    "comments": request.comment or None if request is not None else None,
                    **({"assigner": asked} if asked is not None else {}),
                }
            )
    for request in look.coming(identity.id):
        item = look.item(request.item_id)
        if item is not None and item.type == "ROLE":
            row = _assignment(request.id, item.id, item.name, "ACCESS_REQUEST", when(request.created))
            rows.append({**row, "startDate": when(request.start_at), "removeDate": when(request.remove_at)})
    return rows


def _assignment(id: str, role_id: str, name: str, source: str, added: str | None) -> dict[str, Any]:
    return {
        "id": id,
        "role": {"type": "ROLE", "id": role_id, "name": name},
        "comments": None,
        "assignmentSource": source,
        "assignedDimensions": [],
        "accountTargets": [],
        "startDate": None,
        "removeDate": None,
        "addedDate": added,
    }


def role_reference(row: Mapping[str, Any]) -> dict[str, Any]:
    """An assignment without what only the whole one tells."""
    return {name: row[name] for name in ("id", "role", "addedDate", "startDate", "removeDate")}
