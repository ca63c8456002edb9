"""Separation of duties: bodies of requests, and policies, predictions and violations as the REST API shows them.

https://developer.sailpoint.com/docs/api/sod-policies
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from simulators.sailpoint.domain.sod import CONFLICTING, Conflict, Policy, Violation, query_of
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner_or_group, when

# Properties the yearly versions of the API do not have.
_NEW = ("allowedControls", "level", "secondaryOwnerRefs")


class OwnerReference(Camel):
    """A person or governance group."""

    type: Literal["IDENTITY", "GOVERNANCE_GROUP"] | None = None
    id: str | None = None
    name: str | None = None


class ControlReference(Camel):
    """A compensating control."""

    type: Literal["COMPENSATING_CONTROL"] | None = None
    id: str | None = None
    name: str | None = None


class AssignedOwner(Camel):
    """Who gets violations by default."""

    type: Literal["IDENTITY", "GOVERNANCE_GROUP", "MANAGER"] | None = None
    id: str | None = None
    name: str | None = None


class Assignment(Camel):
    """How violations are assigned."""

    assignment_rule: Literal["MANAGER", "STATIC"] | None = None
    owner_ref: AssignedOwner | None = None


class EntitlementReference(Camel):
    """An entitlement of one side."""

    id: str
    type: Literal["ENTITLEMENT"] = "ENTITLEMENT"
    name: str | None = None


class SideModel(Camel):
    """One side of a policy."""

    criteria_list: Annotated[list[EntitlementReference], Field(min_length=1, max_length=50)]
    name: str | None = None


class CriteriaModel(Camel):
    """Both sides."""

    left_criteria: SideModel
    right_criteria: SideModel


class PolicyModel(Camel):
    """A policy."""

    name: Annotated[str, StringConstraints(min_length=1)]
    description: str | None = None
    owner_ref: OwnerReference | None = None
    secondary_owner_refs: Annotated[list[OwnerReference], Field(max_length=10)] | None = None
    allowed_controls: Annotated[list[ControlReference], Field(max_length=10)] | None = None
    level: Literal["CRITICAL", "HIGH", "MEDIUM", "LOW"] | None = None
    external_policy_reference: str | None = None
    policy_query: str | None = None
    compensating_controls: str | None = None
    correction_advice: str | None = None
    state: Literal["ENFORCED", "NOT_ENFORCED"] = "NOT_ENFORCED"
    tags: list[str] | None = None
    violation_owner_assignment_config: Assignment | None = None
    scheduled: bool = False
    type: Literal["GENERAL", "CONFLICTING_ACCESS_BASED"] = "GENERAL"
    conflicting_access_criteria: CriteriaModel | None = None


class AccessReference(Camel):
    """Access to be given."""

    id: str
    type: Literal["ENTITLEMENT"] = "ENTITLEMENT"


class NewAccessModel(Camel):
    """A person and access to be given."""

    identity_id: str
    access_refs: list[AccessReference]


def _named(look: Lookup, reference: Mapping[str, Any]) -> dict[str, Any]:
    found = owner_or_group(look, str(reference.get("id") or ""))
    return found or {name: value for name, value in reference.items() if value is not None}


def policy_body(look: Lookup, document: Document, version: str) -> dict[str, Any]:
    """A policy; the yearly versions lack its level, controls and further owners."""
    body = document.body
    conflicting = body["type"] == CONFLICTING
    shown = {
        "id": document.id,
        "name": document.name,
        "created": when(document.created),
        "modified": when(document.modified),
        "description": body.get("description"),
        "ownerRef": _named(look, body.get("ownerRef") or {}),
        "externalPolicyReference": body.get("externalPolicyReference"),
        "policyQuery": body.get("policyQuery") or "",
        "compensatingControls": body.get("compensatingControls"),
        "correctionAdvice": body.get("correctionAdvice"),
        "state": body["state"],
        "tags": list(body.get("tags") or ()),
        "creatorId": body.get("creatorId") or "",
        "modifierId": body.get("modifierId"),
        "violationOwnerAssignmentConfig": _assignment(look, body.get("violationOwnerAssignmentConfig")),
        "scheduled": bool(body.get("scheduled")),
        "type": body["type"],
        "conflictingAccessCriteria": _criteria(look, body.get("conflictingAccessCriteria")) if conflicting else None,
        "level": (body.get("level") or "HIGH") if conflicting else None,
        "secondaryOwnerRefs": [_named(look, one) for one in body.get("secondaryOwnerRefs") or ()],
        "allowedControls": [_filled(one) for one in body.get("allowedControls") or ()],
    }
    if not conflicting:
        # Null in the vendor's examples, not nullable in its schema.
        del shown["conflictingAccessCriteria"]
    return {name: value for name, value in shown.items() if not version or name not in _NEW}


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _assignment(look: Lookup, config: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if config is None:
        return None
    owner = config.get("ownerRef")
    return {"assignmentRule": config.get("assignmentRule"), "ownerRef": _named(look, owner) if owner else None}


def _criteria(look: Lookup, criteria: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if criteria is None:
        return None
    return {
        side: {
            **({"name": criteria[side]["name"]} if criteria[side].get("name") else {}),
            "criteriaList": [_right(look, str(one["id"])) for one in criteria[side]["criteriaList"]],
        }
        for side in ("leftCriteria", "rightCriteria")
    }


def _right(look: Lookup, id: str) -> dict[str, Any]:
    right = look.entitlement(id)
    return {"type": "ENTITLEMENT", "id": id, "name": right.name if right is not None else id}


def query_text(body: Mapping[str, Any]) -> str:
    """The search that finds who breaks a policy: its own, or that of its two sides."""
    criteria = body.get("conflictingAccessCriteria")
    if body["type"] != CONFLICTING or criteria is None:
        return str(body.get("policyQuery") or "")
    sides = ([str(one["id"]) for one in criteria[side]["criteriaList"]] for side in ("leftCriteria", "rightCriteria"))
    return query_of(*sides)


def context_body(look: Lookup, found: Conflict, held: frozenset[str]) -> dict[str, Any]:
    """A conflict that more access would cause: what of each side would be held, and what is held already."""

    def side(ids: Iterable[str]) -> dict[str, Any]:
        return {"criteriaList": [{**_right(look, id), "existing": id in held} for id in ids]}

    # The vendor's schema asks two different types of this reference at once, so it goes without.
    policy = {"id": found.policy.id, "name": found.policy.name}
    criteria = {"leftCriteria": side(found.left), "rightCriteria": side(found.right)}
    return {"policy": policy, "conflictingAccessCriteria": criteria}


def report_body(report: Document) -> dict[str, Any]:
    """A violation report."""
    return {"type": "REPORT_RESULT", "id": report.id, "name": report.name, "status": report.body["status"]}


def violation_body(look: Lookup, violation: Violation, policy: Policy | None) -> dict[str, Any]:
    """A violation."""
    kind, owner_id = violation.owner
    sides = (
        (policy.left_name if policy is not None else "leftCriteria", violation.left),
        (policy.right_name if policy is not None else "rightCriteria", violation.right),
    )
    policy_ref = {"id": violation.policy_id, "type": "SOD_POLICY"}
    return {
        "id": violation.id,
        "name": f"Violation for {violation.policy_id} - Target {violation.identity_id}",
        "created": when(violation.created),
        "modified": when(violation.modified),
        "lastEvaluatedDate": when(violation.evaluated),
        "owner": owner_or_group(look, owner_id) or {"id": owner_id, "type": kind},
        "conflictingCriteria": [
            {"name": name, "conflictingItems": [_conflicting(look, id) for id in ids]} for name, ids in sides if ids
        ],
        "appliedControls": [],
        "expiration": None,
        "target": owner_or_group(look, violation.identity_id) or {"id": violation.identity_id, "type": "IDENTITY"},
        "policy": {**policy_ref, "name": policy.name} if policy is not None else policy_ref,
        "status": violation.status,
        "level": violation.level,
    }


def _conflicting(look: Lookup, id: str) -> dict[str, Any]:
    right = look.entitlement(id)
    source = look.source(right.source_id) if right is not None else None
    if source is None:
        return _right(look, id)
    return {**_right(look, id), "sourceRef": {"id": source.id, "name": source.name, "type": source.type}}
