"""Certifications, their people and items, and summaries of decisions as the REST API shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.sailpoint.domain.records import Account, Entitlement, Identity
from simulators.sailpoint.domain.reviews import Certification, ReviewItem, Summary
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when

# The words of a decision summary for each kind of item.
_KINDS = {
    "ENTITLEMENT": ("entitlement", "entitlements"),
    "ACCESS_PROFILE": ("accessProfile", "accessProfiles"),
    "ROLE": ("role", "roles"),
    "ACCOUNT": ("account", "accounts"),
}


def certification_body(
    one: Certification,
    counts: tuple[int, int, int, int],
    campaign: Mapping[str, Any],
    reviewer: Mapping[str, Any],
    origin: Mapping[str, Any] | None,
    *,
    old: bool = False,
) -> dict[str, Any]:
    """A certification. The beta version had other names for the campaign and for the people in it."""
    made, total, done, people = counts
    body = {
        "id": one.id,
        "name": one.name,
        "completed": one.phase == "SIGNED" or (total > 0 and made == total),
        "created": when(one.created),
        "modified": when(one.modified),
        "decisionsMade": made,
        "decisionsTotal": total,
        "due": when(one.due),
        "signed": when(one.signed),
        "reviewer": dict(reviewer),
        "reassignment": origin,
        "hasErrors": False,
        "errorMessage": None,
        "phase": one.phase,
    }
    if old:
        return {**body, "campaignRef": dict(campaign), "entitiesCompleted": done, "entitiesTotal": people}
    return {**body, "campaign": dict(campaign), "identitiesCompleted": done, "identitiesTotal": people}


def person_body(look: Lookup, id: str) -> dict[str, Any] | None:
    """A reference to a person with name and mail address."""
    found: Identity | None = look.identity(id) if id else None
    if found is None:
        return None
    return {"type": "IDENTITY", "id": found.id, "name": found.name, "email": found.attributes.get("email")}


def summary_body(summary: Summary) -> dict[str, Any]:
    """One person of a certification."""
    return {"id": summary.id, "name": summary.name, "identityId": summary.subject_id, "completed": summary.done}


def item_body(look: Lookup, item: ReviewItem, summary: Summary, account: Account | None) -> dict[str, Any]:
    """One piece of access under review; a decision shows once it is made."""
    body = {
        "accessSummary": access_body(look, item, account),
        "identitySummary": summary_body(summary),
        "id": item.id,
        "completed": bool(item.decision),
        "newAccess": item.new,
        "comments": item.comments or None,
    }
    return {**body, "decision": item.decision} if item.decision else body


def item_facts(look: Lookup, item: ReviewItem, summary: Summary) -> dict[str, Any]:
    """What filters and sorters read of an item: one certification may have many thousands."""
    right = look.entitlement(item.access_id) if item.type == "ENTITLEMENT" else None
    source = look.source(right.source_id) if right is not None else None
    return {
        "id": item.id,
        "type": item.type,
        "access": {"type": item.type, "id": item.access_id, "name": item.name},
        "entitlement": {"sourceName": source.name if source is not None else ""} if right is not None else None,
        "accessProfile": {"sourceName": _profile_source(look, item)},
        "identitySummary": summary_body(summary),
        "completed": bool(item.decision),
        "newAccess": item.new,
        "comments": item.comments or None,
        "decision": item.decision or None,
    }


def access_body(look: Lookup, item: ReviewItem, account: Account | None) -> dict[str, Any]:
    """The access itself. Details of the two other kinds are absent or null, as their schemas let them."""
    body: dict[str, Any] = {
        "access": {"type": item.type, "id": item.access_id, "name": item.name},
        "entitlement": None,
        "role": None,
    }
    document = look.document(item.access_id)
    right = look.entitlement(item.access_id)
    if item.type == "ENTITLEMENT" and right is not None:
        body["entitlement"] = _entitlement(look, right, account, item.revocable)
    elif item.type == "ACCESS_PROFILE" and document is not None:
        body["accessProfile"] = _profile(look, document)
    elif item.type == "ROLE" and document is not None:
        body["role"] = _role(look, document, item.revocable)
    return body


def _entitlement(look: Lookup, right: Entitlement, account: Account | None, revocable: bool) -> dict[str, Any]:
    source = look.source(right.source_id)
    owner = right.body.get("owner") or {}
    body = {
        "id": right.id,
        "name": right.name,
        "description": right.body.get("description"),
        "privileged": right.privileged,
        "attributeName": right.attribute,
        "attributeValue": right.value,
        "sourceSchemaObjectType": "group",
        "sourceName": source.name if source is not None else "",
        "sourceType": source.type if source is not None else "",
        "sourceId": right.source_id,
        "hasPermissions": False,
        "isPermission": False,
        "revocable": revocable,
        "cloudGoverned": False,
        "containsDataAccess": False,
        "dataAccess": None,
        "account": _account(account) if account is not None else None,
    }
    person = person_body(look, str(owner.get("id") or ""))
    return {**body, "owner": person} if person is not None else body


def _account(account: Account) -> dict[str, Any]:
    return {
        "nativeIdentity": account.native,
        "disabled": account.disabled,
        "locked": account.locked,
        "type": "ACCOUNT",
        "id": account.id,
        "name": account.name,
        "created": when(account.created),
        "modified": when(account.modified),
        "description": None,
        "governanceGroupId": None,
        "owner": None,
    }


def _bundle(look: Lookup, document: Document) -> dict[str, Any]:
    rights = (look.entitlement(str(one["id"])) for one in document.body.get("entitlements") or ())
    body = {
        "id": document.id,
        "name": document.name,
        "description": document.body.get("description") or "",
        "privileged": False,
        "entitlements": [_entitlement(look, right, None, True) for right in rights if right is not None],
    }
    person = person_body(look, str((document.body.get("owner") or {}).get("id") or ""))
    return {**body, "owner": person} if person is not None else body


def _profile(look: Lookup, document: Document) -> dict[str, Any]:
    return {
        **_bundle(look, document),
        "cloudGoverned": False,
        "endDate": None,
        "created": when(document.created),
        "modified": when(document.modified),
    }


def _role(look: Lookup, document: Document, revocable: bool) -> dict[str, Any]:
    inner = (look.document(str(one["id"])) for one in document.body.get("accessProfiles") or ())
    profiles = [_profile(look, one) for one in inner if one is not None]
    return {**_bundle(look, document), "revocable": revocable, "accessProfiles": profiles}


def _profile_source(look: Lookup, item: ReviewItem) -> str | None:
    """The name of an access profile's source, by which reviews are filtered and sorted."""
    bundle = look.item(item.access_id) if item.type == "ACCESS_PROFILE" else None
    source = look.source(bundle.source_id) if bundle is not None else None
    return source.name if source is not None else None


def decisions_body(tally: Callable[[str, str], int]) -> dict[str, int]:
    """How many decisions of each kind are made, approved and revoked; `tally(kind, decision)` counts."""
    body: dict[str, int] = {}
    for kind, (one, many) in _KINDS.items():
        approved, revoked, open_ones = (tally(kind, decision) for decision in ("APPROVE", "REVOKE", ""))
        body |= {
            f"{one}DecisionsMade": approved + revoked,
            f"{one}DecisionsTotal": approved + revoked + open_ones,
            f"{many}Approved": approved,
            f"{many}Revoked": revoked,
        }
    return body
