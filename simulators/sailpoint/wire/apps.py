"""Source apps: the bodies that make them, and how they look."""

from __future__ import annotations

from typing import Any, Literal

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.access import owner_ref
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.references import Described, Filled, Owner
from simulators.sailpoint.wire.shapes import when

# How a list of schemes is written in one line.
_WORDS = {"MANAGER": "manager", "APP_OWNER": "appOwner", "SOURCE_OWNER": "sourceOwner", "OWNER": "accessProfileOwner"}


class AppSource(Camel):
    """The source behind an app."""

    id: Filled
    type: Literal["SOURCE"] | None = None
    name: str | None = None


class SourceAppBody(Camel):
    """What makes a source app."""

    name: Filled
    description: Described
    match_all_accounts: bool = False
    account_source: AppSource


class SourceAppChange(Camel):
    """A source app as a patch leaves it."""

    name: Filled
    description: Described
    enabled: bool = False
    owner: Owner
    provision_request_enabled: bool = False
    app_center_enabled: bool = True
    account_source: AppSource | None = None
    match_all_accounts: bool = False
    access_profiles: list[Filled] | None = None


def app_body(look: Lookup, document: Document) -> dict[str, Any]:
    """One source app."""
    body = document.body
    source_id = str((body.get("accountSource") or {}).get("id") or "")
    source = look.source(source_id) if source_id else None
    return {
        "id": document.id,
        "cloudAppId": body["cloudAppId"],
        "name": document.name,
        "created": when(document.created),
        "modified": when(document.modified),
        "enabled": bool(body.get("enabled")),
        "provisionRequestEnabled": bool(body.get("provisionRequestEnabled")),
        "description": body["description"],
        "matchAllAccounts": bool(body.get("matchAllAccounts")),
        "appCenterEnabled": bool(body.get("appCenterEnabled")),
        "accountSource": {
            "id": source.id,
            "type": "SOURCE",
            "name": source.name,
            "useForPasswordManagement": False,
            "passwordPolicies": None,
        }
        if source is not None
        else None,
        "owner": owner_ref(look, body.get("owner")),
    }


def patched_app_body(look: Lookup, document: Document) -> dict[str, Any]:
    """One source app as the answer to a patch shows it, with its access profiles."""
    return {**app_body(look, document), "accessProfiles": list(document.body.get("accessProfiles") or ())}


def app_profile_body(look: Lookup, app: Document, profile: Document) -> dict[str, Any]:
    """An access profile as an app lists it."""
    body = profile.body
    rights = [one["id"] for one in body.get("entitlements") or ()]
    config, source = body.get("accessRequestConfig") or {}, look.source(str((body.get("source") or {}).get("id")))
    return {
        "id": profile.id,
        "name": profile.name,
        "description": body.get("description"),
        "created": when(profile.created),
        "modified": when(profile.modified),
        "disabled": not body.get("enabled"),
        "requestable": bool(body.get("requestable")),
        "protected": False,
        "ownerId": (body.get("owner") or {}).get("id", ""),
        "sourceId": None,
        "sourceName": source.name if source is not None else "",
        "appId": None,
        "appName": app.name,
        "applicationId": app.id,
        "type": "profile",
        "entitlements": rights,
        "entitlementCount": len(rights),
        "segments": list(body.get("segments") or ()),
        "approvalSchemes": _schemes(config),
        "revokeRequestApprovalSchemes": _schemes(body.get("revocationRequestConfig") or {}),
        "requestCommentsRequired": bool(config.get("commentsRequired")),
        "deniedCommentsRequired": bool(config.get("denialCommentsRequired")),
        "accountSelector": {"selectors": None},
    }


def _schemes(config: Any) -> str:
    words = []
    for scheme in config.get("approvalSchemes") or ():
        kind = scheme["approverType"]
        words.append(f"workgroup:{scheme.get('approverId')}" if "GROUP" in kind else _WORDS.get(kind, kind.lower()))
    return ", ".join(words)
