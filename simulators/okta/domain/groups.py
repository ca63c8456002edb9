"""Groups, who or what put a person into one, and group rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.okta.domain.syntax import Node

MANUAL = "manual"
Givers = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A set of users. `attributes` are profile attributes beyond name and description; an APP_GROUP has its source."""

    id: str
    type: str
    name: str
    description: str | None
    created: datetime
    last_updated: datetime
    last_membership_updated: datetime
    attributes: tuple[tuple[str, Any], ...] = ()
    source_id: str | None = None
    object_class: str = "okta:user_group"

    @property
    def logo(self) -> str:
        """Whose sign stands for the group."""
        return "active_directory" if self.object_class.startswith("okta:windows") else "okta"


@dataclass(frozen=True, slots=True)
class Owner:
    """A USER or GROUP that answers for a group."""

    group_id: str
    owner_id: str
    kind: str
    name: str
    last_updated: datetime


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
