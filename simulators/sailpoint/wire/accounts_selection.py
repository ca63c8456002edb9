"""The accounts among which a request may have to choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.wire.lookup import Lookup

# An item, whether it is held already, and its sources.
Choice = tuple[AccessItem, bool, Sequence[str]]


def selection_body(look: Lookup, identity: Identity, choices: Sequence[Choice]) -> dict[str, Any]:
    """One person's accounts on the sources of every item asked for."""
    items = [_item(look, identity, *choice) for choice in choices]
    several = any(len(source["accounts"]) > 1 for item in items for source in item["sources"])
    return {
        "requestedItems": items,
        "accountsSelectionRequired": several and not all(item["accountsSelectionBlocked"] for item in items),
        "type": "IDENTITY",
        "id": identity.id,
        "name": identity.name,
    }


def _item(look: Lookup, identity: Identity, item: AccessItem, held: bool, source_ids: Sequence[str]) -> dict[str, Any]:
    document, right = look.document(item.id), look.entitlement(item.id)
    body = document.body if document is not None else right.body if right is not None else {}
    return {
        "description": str(body.get("description") or ""),
        "accountsSelectionBlocked": held,
        "accountsSelectionBlockedReason": "ACCESS_PROFILE_ALREADY_ASSIGNED_TO_AN_ACCOUNT" if held else None,
        "type": item.type,
        "id": item.id,
        "name": item.name,
        "sources": [_source(look, identity, id) for id in source_ids],
    }


def _source(look: Lookup, identity: Identity, source_id: str) -> dict[str, Any]:
    source = look.source(source_id)
    return {
        "type": "SOURCE",
        "id": source_id,
        "name": source.name if source is not None else "",
        "accounts": [
            {
                "uuid": str(account.attributes.get("objectguid") or account.id),
                "nativeIdentity": account.native,
                "type": "ACCOUNT",
                "id": account.id,
                "name": account.name,
            }
            for account in look.accounts(identity.id)
            if account.source_id == source_id
        ],
    }
