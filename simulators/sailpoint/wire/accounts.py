"""Accounts and entitlements as the REST API shows them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.records import Account, Entitlement
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import person, when


def account_body(look: Lookup, account: Account) -> dict[str, Any]:
    """One account."""
    source = look.source(account.source_id)
    identity = look.identity(account.identity_id) if account.identity_id else None
    attributes: dict[str, Any] = {k: v for k, v in account.attributes.items() if v not in (None, "")}
    if source is not None:
        attributes["idNowDescription"] = account.id * 2
        if account.entitlements:
            attributes[source.entitlement_attribute] = list(account.entitlements)
    if account.status:
        attributes["status"] = account.status
    attributes["IIQDisabled"] = account.disabled
    state = look.lifecycle(identity.profile_id, identity.state) if identity is not None else None
    return {
        "id": account.id,
        "name": account.name,
        "created": when(account.created),
        "modified": when(account.modified),
        "sourceId": account.source_id,
        "sourceName": source.name if source is not None else None,
        "identityId": account.identity_id or None,
        "cloudLifecycleState": identity.state if identity is not None else None,
        "identityState": state.identity_state if state is not None else None,
        "connectionType": "direct" if source is not None and source.type != "DelimitedFile" else "file",
        "isMachine": False,
        "recommendation": None,
        "attributes": attributes,
        "authoritative": look.authoritative(account.source_id),
        "description": None,
        "disabled": account.disabled,
        "locked": account.locked,
        "nativeIdentity": account.native,
        "systemAccount": False,
        "uncorrelated": not account.identity_id,
        "uuid": None,
        "manuallyCorrelated": account.manual,
        "hasEntitlements": bool(account.entitlements),
        "identity": person(look, account.identity_id),
        "sourceOwner": person(look, source.owner_id) if source is not None else None,
        "features": ", ".join(sorted(source.features)) if source is not None else None,
        "origin": account.origin,
        "ownerIdentity": None,
    }


def entitlement_body(look: Lookup, right: Entitlement) -> dict[str, Any]:
    """One entitlement."""
    source = look.source(right.source_id)
    body: dict[str, Any] = {
        "id": right.id,
        "name": right.name,
        "attribute": right.attribute,
        "value": right.value,
        "sourceSchemaObjectType": "group",
        "description": None,
        "privilegeLevel": {"direct": "NONE", "setBy": None, "setByType": None, "inherited": None, "effective": "NONE"},
        "tags": None,
        "cloudGoverned": False,
        "requestable": False,
        "owner": None,
        "manuallyUpdatedFields": None,
        "accessModelMetadata": {"attributes": []},
        "created": when(right.created),
        "modified": when(right.modified),
        "source": {"type": "SOURCE", "id": right.source_id, "name": source.name if source is not None else None},
        "attributes": {"name": right.name},
        "segments": [],
        "directPermissions": [],
    }
    return {**body, **right.body}
