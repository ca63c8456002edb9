"""Campaigns, templates, filters, reports and tasks as the REST API shows them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.reviews import Campaign, CertificationTask
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner_or_group, when

# Settings that only the full form has.
_FULL = (
    "sourceOwnerCampaignInfo",
    "searchCampaignInfo",
    "roleCompositionCampaignInfo",
    "machineAccountCampaignInfo",
)
_SETTINGS = ("emailNotificationEnabled", "autoRevokeAllowed", "recommendationsEnabled")


def text_of(words: str) -> dict[str, Any]:
    """A message in the tenant's language."""
    return {"locale": "en-US", "localeOrigin": "DEFAULT", "text": words}


def campaign_body(look: Lookup, campaign: Campaign, signed: int, total: int, *, full: bool) -> dict[str, Any]:
    """A campaign, slim or full; `signed` of its `total` certifications are completed."""
    options = campaign.options
    body = {
        "id": campaign.id,
        "name": campaign.name,
        "description": campaign.description,
        "deadline": when(campaign.deadline),
        "type": campaign.type,
        "status": campaign.status,
        **{name: bool(options.get(name)) for name in _SETTINGS},
        "correlatedStatus": options.get("correlatedStatus") or "CORRELATED",
        "created": when(campaign.created),
        "totalCertifications": total,
        "completedCertifications": signed,
        "alerts": [{"level": level, "localizations": [text_of(words)]} for level, words in campaign.alerts] or None,
    }
    if full:
        body |= {
            "modified": when(campaign.modified),
            **_choices(look, options),
            "sourcesWithOrphanEntitlements": None if campaign.status in ("PENDING", "ERROR") else [],
        }
    return body


def _choices(look: Lookup, options: Any) -> dict[str, Any]:
    """What a creator chose, with the names that go with ids now."""
    infos = {name: _info(look, options[name]) if options.get(name) else None for name in _FULL}
    return {
        "filter": _filter(look, options.get("filter")),
        "sunsetCommentsRequired": bool(options.get("sunsetCommentsRequired", True)),
        "mandatoryCommentRequirement": options.get("mandatoryCommentRequirement") or "NO_DECISIONS",
        **infos,
    }


def _filter(look: Lookup, chosen: Any) -> dict[str, Any] | None:
    found = look.document(str((chosen or {}).get("id") or ""))
    return {"id": found.id, "type": "CAMPAIGN_FILTER", "name": found.name} if found is not None else None


def _info(look: Lookup, info: Any) -> dict[str, Any]:
    body = {name: value for name, value in info.items() if value is not None}
    for name in ("reviewer", "remediatorRef"):
        if body.get(name):
            body[name] = owner_or_group(look, str(body[name].get("id") or "")) or body[name]
    return body


def template_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A campaign template."""
    body = document.body
    held = body["campaign"]
    person = look.identity(str(body.get("ownerId") or ""))
    owner = {
        "id": str(body.get("ownerId") or ""),
        "type": "IDENTITY",
        "name": person.name if person is not None else "",
        "email": str(person.attributes.get("email") or "") if person is not None else "",
    }
    campaign = {
        "id": None,
        "name": held["name"],
        "description": held.get("description"),
        "deadline": held.get("deadline"),
        "type": held["type"],
        "status": None,
        **{name: bool(held.get(name)) for name in _SETTINGS},
        "correlatedStatus": held.get("correlatedStatus") or "CORRELATED",
        "created": None,
        "modified": None,
        "totalCertifications": None,
        "completedCertifications": None,
        "alerts": None,
        "sourcesWithOrphanEntitlements": None,
        **_choices(look, held),
    }
    return {
        "id": document.id,
        "name": document.name,
        "description": body.get("description") or "",
        "created": when(document.created),
        "modified": when(document.modified),
        "scheduled": False,
        "ownerRef": owner,
        "deadlineDuration": body.get("deadlineDuration"),
        "campaign": campaign,
    }


def filter_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A campaign filter."""
    body = document.body
    return {
        "id": document.id,
        "name": document.name,
        "description": body.get("description") or "",
        "owner": body.get("owner"),
        "mode": body["mode"],
        "criteriaList": body.get("criteriaList") or [],
        "isSystemFilter": bool(body.get("isSystemFilter")),
    }


def report_body(document: Document) -> dict[str, Any]:
    """A campaign's report."""
    body = document.body
    return {
        "type": "REPORT_RESULT",
        "id": document.id,
        "name": document.name,
        "status": body["status"],
        "reportType": body["reportType"],
        "lastRunAt": body["run"],
    }


def task_body(task: CertificationTask) -> dict[str, Any]:
    """A certification task."""
    return {
        "id": task.id,
        "type": task.type,
        "targetType": task.target_type,
        "targetId": task.target_id,
        "status": task.status,
        "errors": [text_of(words) for words in task.errors],
        "reassignmentTrailDTOs": [
            {"previousOwner": old, "newOwner": new, "reassignmentType": "MANUAL_REASSIGNMENT"}
            for old, new in task.trails
        ],
        "created": when(task.created),
    }
