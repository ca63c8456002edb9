"""Accounts as the REST API shows them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.records import Account
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
    body: dict[str, Any] = {
        "id": account.id,
        "name": account.name,
        "created": when(account.created),
        "modified": when(account.modified),
        "sourceId": account.source_id,
        "sourceName": source.name if source is not None else None,
        "cloudLifecycleState": identity.state if identity is not None else None,
        "identityState": state.identity_state if state is not None else None,
        "connectionType": "direct" if source is not None and source.type != "DelimitedFile" else "file",
        "isMachine": False,
        "attributes": attributes,
        "authoritative": look.authoritative(account.source_id),
        "description": None,
        "disabled": account.disabled,
        "locked": account.locked,
        "nativeIdentity": account.native,
        "systemAccount": False,
        "uncorrelated": identity is None,
        "uuid": None,
        "manuallyCorrelated": account.manual,
        "hasEntitlements": bool(account.entitlements),
        "sourceOwner": person(look, source.owner_id) if source is not None else None,
        "features": ", ".join(sorted(source.features)) if source is not None else None,
        "origin": account.origin,
    }
    if identity is not None:
        body |= {"identityId": identity.id, "identity": person(look, identity.id)}
    return body
