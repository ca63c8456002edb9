"""What may be asked for and given back, as lists of it look."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.configuration import item_of
from simulators.sailpoint.domain.records import Account, Entitlement, Grant, Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.access import owner_ref
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when, without_nulls


def requestable_body(look: Lookup, document: Document, status: str | None, request_id: str | None) -> dict[str, Any]:
    """A role or access profile with how it stands for a person (None: nobody is asked about)."""
    item = item_of(document)
    owner = look.identity(item.owner_id)
    return {
        "id": item.id,
        "name": item.name,
        "created": when(document.created),
        "modified": when(document.modified),
        "description": document.body.get("description"),
        "type": item.type,
        "requestStatus": status,
        "identityRequestId": request_id,
        "ownerRef": None
        if owner is None
        else {"type": "IDENTITY", "id": owner.id, "name": owner.name, "email": owner.attributes.get("email")},
        "requestCommentsRequired": bool((document.body.get("accessRequestConfig") or {}).get("commentsRequired")),
    }


def revocable_body(
    look: Lookup, identity: Identity, right: Entitlement, targets: list[tuple[Account, Grant | None, bool]]
) -> dict[str, Any]:
    """An entitlement of a person, with each account that holds it and whether it can be given back there."""
    source = look.source(right.source_id)
    source_name = source.name if source is not None else ""
    entitlement = {
        "id": right.id,
        "name": right.name,
        "created": when(right.created),
        "modified": when(right.modified),
        "description": right.body.get("description"),
        "type": "ENTITLEMENT",
        "sourceId": right.source_id,
        "sourceName": source_name,
        "owner": owner_ref(look, right.body.get("owner")),
        "value": right.value,
        "flags": [],
    }
    return {
        "identityId": identity.id,
        "entitlement": without_nulls(entitlement, "owner"),
        "sourceId": right.source_id,
        "accountTargets": [
            {
                "accountId": account.id,
                "accountName": account.name,
                "accountUUID": None,
                "sourceId": account.source_id,
                "sourceName": source_name,
                "removeDate": when(grant.remove_at) if grant is not None else None,
                "assignmentId": grant.id if grant is not None else None,
                "revocable": revocable,
            }
            for account, grant, revocable in targets
        ],
    }
