"""Groups, who or what put a person into one, and group rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.okta.domain.expressions import Node

MANUAL = "manual"
Givers = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A set of users. `attributes` are profile attributes beyond name and description."""

    id: str
    type: str
    name: str
    description: str | None
    created: datetime
    last_updated: datetime
    last_membership_updated: datetime
    attributes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class GroupRule:
    """An expression that puts people into groups while it is ACTIVE."""

    id: str
    status: str
    name: str
    expression: str
    tree: Node
    group_ids: tuple[str, ...]
    excluded: frozenset[str]
    created: datetime
    last_updated: datetime


def with_giver(givers: Givers, giver: str) -> Givers:
    """Givers of a membership with one more, in a fixed order.

    >>> with_giver((MANUAL,), "0pr1")
    ('0pr1', 'manual')
    """
    return tuple(sorted({*givers, giver}))


def without_giver(givers: Givers, giver: str) -> Givers:
    """Givers of a membership with one less."""
    return tuple(other for other in givers if other != giver)
