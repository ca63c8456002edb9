"""Separation of duties: policies, who breaks them, and the record that is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from simulators.sailpoint.domain.values import Document

CONFLICTING, GENERAL = "CONFLICTING_ACCESS_BASED", "GENERAL"
LEVELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Two lists of entitlements of which nobody may hold one of each, or a query nobody may meet."""

    id: str
    name: str
    type: str
    enforced: bool
    level: str
    query: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_name: str
    right_name: str
    owner: tuple[str, str]
    assignment: str
    assigned_to: tuple[str, str]

    @property
    def touched(self) -> frozenset[str]:
        """Every entitlement it names."""
        return frozenset((*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class Conflict:
    """The part of a policy's two sides that one person holds or would hold."""

    policy: Policy
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """That a person broke a policy, from the evaluation that found it to the one that no longer did."""

    id: str
    policy_id: str
    identity_id: str
    created: datetime
    modified: datetime
    evaluated: datetime
    owner: tuple[str, str]
    level: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    status: str = "Open"


def _side(criteria: Mapping[str, Any] | None, name: str) -> tuple[tuple[str, ...], str]:
    side = (criteria or {}).get(name) or {}
    return tuple(str(one.get("id")) for one in side.get("criteriaList") or ()), str(side.get("name") or name)


def _reference(value: Mapping[str, Any] | None) -> tuple[str, str]:
    return str((value or {}).get("type") or "IDENTITY"), str((value or {}).get("id") or "")


@lru_cache(maxsize=1024)
def policy_of(document: Document) -> Policy:
    """The policy a document describes."""
    body = document.body
    left, left_name = _side(body.get("conflictingAccessCriteria"), "leftCriteria")
    right, right_name = _side(body.get("conflictingAccessCriteria"), "rightCriteria")
    config = body.get("violationOwnerAssignmentConfig") or {}
    return Policy(
        document.id,
        document.name,
        str(body.get("type") or GENERAL),
        body.get("state") == "ENFORCED",
        str(body.get("level") or "HIGH").capitalize(),
        str(body.get("policyQuery") or ""),
        left,
        right,
        left_name,
        right_name,
        _reference(body.get("ownerRef")),
        str(config.get("assignmentRule") or ""),
        _reference(config.get("ownerRef")),
    )


def conflict(policy: Policy, held: Iterable[str]) -> Conflict | None:
    """What of a policy's both sides is among the entitlements held; None when one side is clear."""
    ids = frozenset(held)
    left = tuple(id for id in policy.left if id in ids)
    right = tuple(id for id in policy.right if id in ids)
    return Conflict(policy, left, right) if left and right else None


def query_of(left: Iterable[str], right: Iterable[str]) -> str:
    """The search that finds who breaks a policy of two sides.

    >>> query_of(["a", "b"], ["c"])
    '@access(id:a OR id:b) AND @access(id:c)'
    """
    return " AND ".join(f"@access({' OR '.join(f'id:{id}' for id in side)})" for side in (left, right))
