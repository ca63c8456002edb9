"""Entitlements: what a patch may say, and how they look, with the older body of earlier versions."""

from __future__ import annotations

from typing import Any, Literal

from simulators.sailpoint.domain.records import Entitlement
from simulators.sailpoint.wire.access import owner_ref
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.references import Described, Filled, Owner, Segments
from simulators.sailpoint.wire.shapes import when

Level = Literal["HIGH", "LOW", "MEDIUM", "NONE"]
# Versions whose body says `privileged` in place of the privilege level.
OLDER = frozenset({"v2024", "v2025", "beta"})
# What governance keeps of an entitlement; the rest came from the source.
_GOVERNED = frozenset(
    {"description", "requestable", "owner", "segments", "privilegeLevel", "manuallyUpdatedFields", "additionalOwners"}
)


class PrivilegeOverride(Camel):
    """The privilege somebody set by hand; none leaves it to the source."""

    level: Level | None = None


class EntitlementChange(Camel):
    """What a patch may change, as it is afterwards."""

    name: Filled
    description: Described | None = None
    requestable: bool = False
    owner: Owner | None = None
    segments: Segments | None = None
    privilege_override: PrivilegeOverride | None = None
    privileged: bool | None = None
    manually_updated_fields: dict[str, bool] | None = None


class BulkUpdate(Camel):
    """The same patch for several entitlements."""

    entitlement_ids: list[Filled]
    json_patch: list[Any]


def change_body(right: Entitlement) -> dict[str, Any]:
    """An entitlement as a patch sees it."""
    level = (right.body.get("privilegeLevel") or {}).get("direct", "NONE")
    return {
        "name": right.name,
        "description": right.body.get("description"),
        "requestable": bool(right.body.get("requestable")),
        "owner": right.body.get("owner"),
        "segments": list(right.body.get("segments") or ()),
        "privilegeOverride": {"level": level},
        "privileged": right.privileged,
        "manuallyUpdatedFields": right.body.get("manuallyUpdatedFields"),
    }


def _common(look: Lookup, right: Entitlement) -> dict[str, Any]:
    source, body = look.source(right.source_id), right.body
    found = {name: value for name, value in body.items() if name not in _GOVERNED and value is not None}
    return {
        "id": right.id,
        "name": right.name,
        "attribute": right.attribute,
        "value": right.value,
        "sourceSchemaObjectType": "group",
        "description": body.get("description"),
        "cloudGoverned": False,
        "requestable": bool(body.get("requestable")),
        "owner": owner_ref(look, body.get("owner")),
        "manuallyUpdatedFields": body.get("manuallyUpdatedFields"),
        "accessModelMetadata": {"attributes": []},
        "created": when(right.created),
        "modified": when(right.modified),
        "source": {"type": "SOURCE", "id": right.source_id, "name": source.name if source is not None else ""},
        "attributes": {"name": right.name, **found},
        "segments": list(body.get("segments") or ()),
        "directPermissions": [],
    }


def entitlement_body(look: Lookup, right: Entitlement) -> dict[str, Any]:
    """One entitlement as the entitlements service shows it today."""
    level = {"direct": "NONE", "setBy": "", "setByType": None, **(right.body.get("privilegeLevel") or {})}
    return {
        **_common(look, right),
        "privilegeLevel": {**level, "inherited": None, "effective": level["direct"]},
        "tags": look.tags("ENTITLEMENT", right.id),
    }


def bundled_body(look: Lookup, right: Entitlement) -> dict[str, Any]:
    """One entitlement as earlier versions, and the lists of roles, access profiles and accounts, show it."""
    return {**_common(look, right), "privileged": right.privileged, "additionalOwners": []}


def versioned_body(look: Lookup, right: Entitlement, version: str) -> dict[str, Any]:
    """One entitlement as a version of the API shows it."""
    return (bundled_body if version in OLDER else entitlement_body)(look, right)
