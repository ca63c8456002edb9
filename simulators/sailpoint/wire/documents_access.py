"""Search documents of the access model: roles, access profiles, entitlements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha1
from typing import Any

from simulators.sailpoint.domain.deferred import Whole
from simulators.sailpoint.domain.records import Entitlement
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.documents import given, tail
from simulators.sailpoint.wire.documents_shared import Surroundings
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when


def access_document(
    look: Lookup, document: Document, synced: datetime | None = None, about: Surroundings | None = None
) -> Whole:
    """A role or an access profile (SailPoint API, Search)."""
    around = about or Surroundings(look)
    make = _role if document.kind == "role" else _access_profile
    return Whole(document.id, lambda: make(look, document, synced, around))


def _common(look: Lookup, document: Document, around: Surroundings) -> dict[str, Any]:
    body = document.body
    asked = body.get("accessRequestConfig") or {}
    segments = _named(look, body.get("segments"))
    return given(
        {
            "name": document.name,
            "description": body.get("description"),
            "created": when(document.created),
            "modified": when(document.modified),
            "enabled": bool(body.get("enabled", True)),
            "requestable": bool(body.get("requestable")),
            "requestCommentsRequired": bool(asked.get("commentsRequired")),
            "owner": _owner(look, body.get("owner")),
            "segments": segments,
            "segmentCount": len(segments),
            "tags": around.tags.get(document.id, []),
        }
    )


def _owner(look: Lookup, reference: Mapping[str, Any] | None) -> dict[str, Any] | None:
    identity = look.identity(str((reference or {}).get("id") or ""))
    if identity is None:
        return None
    email = identity.attributes.get("email")
    return given({"type": "IDENTITY", "id": identity.id, "name": identity.name, "email": email})


def _named(look: Lookup, ids: Iterable[Any] | None) -> list[dict[str, Any]]:
    found = (look.document(str(one.get("id") if isinstance(one, Mapping) else one)) for one in ids or ())
    return [{"id": document.id, "name": document.name} for document in found if document is not None]


def _role(look: Lookup, document: Document, synced: datetime | None, around: Surroundings) -> dict[str, Any]:
    parts = _named(look, document.body.get("accessProfiles"))
    rights = _rights(look, document.body.get("entitlements"))
    return {
        **_common(look, document, around),
        "accessProfiles": parts,
        "accessProfileCount": len(parts),
        "entitlements": rights,
        "entitlementCount": len(rights),
        "dimensional": bool(document.body.get("dimensional")),
        **tail(look, "role", synced or document.modified),
    }


def _access_profile(look: Lookup, document: Document, synced: datetime | None, around: Surroundings) -> dict[str, Any]:
    source = document.body.get("source") or {}
    rights = _rights(look, document.body.get("entitlements"))
    apps = around.apps.get(document.id, ())
    return {
        **_common(look, document, around),
        **({"source": {"id": source["id"], "name": source.get("name") or ""}} if source.get("id") else {}),
        "entitlements": rights,
        "entitlementCount": len(rights),
        "apps": [{"id": app.id, "name": app.name} for app in apps],
        **tail(look, "accessprofile", synced or document.modified),
    }


def _rights(look: Lookup, references: Iterable[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    found = (look.entitlement(str(one.get("id"))) for one in references or ())
    return [
        given(
            {
                "id": right.id,
                "name": right.name,
                "description": right.body.get("description"),
                "attribute": right.attribute,
                "value": right.value,
                "schema": "group",
                "hasPermissions": False,
                "privileged": right.privileged,
            }
        )
        for right in found
        if right is not None
    ]


def entitlement_document(
    look: Lookup, right: Entitlement, synced: datetime | None = None, about: Surroundings | None = None
) -> Whole:
    """An entitlement (SailPoint API, Search)."""
    around = about or Surroundings(look)
    return Whole(right.id, lambda: _entitlement(look, right, synced, around))


def _entitlement(look: Lookup, right: Entitlement, synced: datetime | None, around: Surroundings) -> dict[str, Any]:
    source = look.source(right.source_id)
    where = {"id": right.source_id} | ({"name": source.name} if source is not None else {})
    segments = _named(look, right.body.get("segments"))
    return given(
        {
            "name": right.name,
            "displayName": right.name,
            "description": right.body.get("description"),
            "attribute": right.attribute,
            "value": right.value,
            "schema": "group",
            "sourceSchemaObjectType": "group",
            "hash": sha1(f"{right.source_id}/{right.value}".encode(), usedforsecurity=False).hexdigest(),
            "privileged": right.privileged,
            "cloudGoverned": bool(right.body.get("cloudGoverned")),
            "requestable": bool(right.body.get("requestable")),
            "containsDataAccess": False,
            "source": {**where, "type": "SOURCE"},
            "segments": segments,
            "segmentCount": len(segments),
            "tags": around.tags.get(right.id, []),
            "created": when(right.created),
            "modified": when(right.modified),
            **tail(look, "entitlement", synced or right.modified),
        }
    )
