"""Linked objects: relations between users, such as manager and subordinate.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/LinkedObject/
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_DEFINITIONS = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a relation."""

    name: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class LinkDefinition:
    """A relation: a user has at most one `primary` user in it, and any number of `associated` ones."""

    id: str
    primary: Side
    associated: Side
