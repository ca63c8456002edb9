"""Custom administrator roles, resource sets, and who holds which role over which set.

https://developer.okta.com/docs/api/openapi/okta-management/guides/permissions/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.okta.domain.permissions import GRANTS


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission of a custom role, perhaps narrowed by conditions (kept, not enforced)."""

    label: str
    created: datetime
    last_updated: datetime
    conditions: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CustomRole:
    """A named set of permissions, by their labels."""

    id: str
    label: str
    description: str
    created: datetime
    last_updated: datetime
    permissions: Mapping[str, Permission]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a set, by its Okta resource name."""

    id: str
    orn: str
    created: datetime
    last_updated: datetime
    conditions: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ResourceSet:
    """What a role may be used on: resources by their ids."""

    id: str
    label: str
    description: str
    created: datetime
    last_updated: datetime
    resources: Mapping[str, Resource]


@dataclass(frozen=True, slots=True)
class Binding:
    """A custom role over a resource set. Its members hold it."""

    set_id: str
    role_id: str

    @property
    def key(self) -> str:
        """The id it is kept under."""
        return f"{self.set_id}/{self.role_id}"


@dataclass(frozen=True, slots=True)
class Member:
    """A USER, GROUP or CLIENT that holds a binding."""

    id: str
    set_id: str
    role_id: str
    holder_kind: str
    holder_id: str
    created: datetime


def allows(role: CustomRole, right: str, request: str | None) -> bool:
    """Whether a role's permissions include a right for `request` ("METHOD /path"; None asks for any request).

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> reset = Permission("okta.users.credentials.resetPassword", at, at)
    >>> role = CustomRole("cr0", "Resetter", "", at, at, {reset.label: reset})
    >>> allows(role, "users.help", "POST /api/v1/users/00u1/lifecycle/reset_password"), allows(role, "apps.read", None)
    (True, False)
    """
    return any(
        granted == right and (request is None or where.fullmatch(request) is not None)
        for label in role.permissions
        for granted, where in GRANTS[label]
    )


def contains(orns: frozenset[str], org_id: str, noun: str, *names: str) -> bool:
    """Whether resource names cover an object: all of its noun, or one of the names that stand for it.

    >>> contains(frozenset({"orn:okta:directory:00o1:groups:00g1"}), "00o1", "groups", "groups:00g1")
    True
    """
    area = f"orn:okta:{AREAS[noun]}:{org_id}"
    return any(f"{area}:{name}" in orns for name in (noun, *names))


# the part of the vendor's resource names that each kind of resource stands under
AREAS = {"users": "directory", "groups": "directory", "apps": "idp"}
