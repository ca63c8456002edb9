"""Administrator roles: what each may do, and who may act on whom.

https://help.okta.com/en-us/content/topics/security/administrators-admin-comparison.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LABELS = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "APP_ADMIN": "Application Administrator",
    "USER_ADMIN": "Group Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
}

# users.help: reset password and factors, unlock, clear sessions. apps.assign: people and groups to applications.
_EVERYTHING = frozenset(
    {
        "users.read",
        "users.write",
        "users.help",
        "groups.read",
        "groups.write",
        "groups.members",
        "apps.read",
        "apps.assign",
        "apps.write",
        "logs.read",
        "roles.read",
        "roles.write",
        "grants.write",
        "tokens.own",
        "tokens.all",
        "sessions",
    }
)
_READING = frozenset({"users.read", "groups.read", "apps.read", "logs.read", "roles.read", "tokens.own"})
RIGHTS: dict[str, frozenset[str]] = {
    "SUPER_ADMIN": _EVERYTHING,
    "ORG_ADMIN": _EVERYTHING - {"apps.write", "roles.write", "grants.write", "tokens.all"},
    "APP_ADMIN": frozenset({"users.read", "groups.read", "apps.read", "apps.assign", "apps.write", "logs.read"}),
    "USER_ADMIN": frozenset(
        {"users.read", "users.write", "users.help", "groups.read", "groups.members", "logs.read", "sessions"}
    ),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({"users.read", "groups.read", "groups.members"}),
    "HELP_DESK_ADMIN": frozenset({"users.read", "users.help", "groups.read", "apps.read", "logs.read", "sessions"}),
    "READ_ONLY_ADMIN": _READING,
    "REPORT_ADMIN": frozenset({"logs.read"}),
    "API_ACCESS_MANAGEMENT_ADMIN": frozenset({"apps.read", "logs.read"}),
    "MOBILE_ADMIN": frozenset(),
}
_LEVELS = {"SUPER_ADMIN": 3, "ORG_ADMIN": 2}


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role held by a USER, a GROUP or a CLIENT."""

    id: str
    type: str
    holder_kind: str
    holder_id: str
    created: datetime


def rights_of(roles: frozenset[str]) -> frozenset[str]:
    """What a set of roles allows.

    >>> "users.write" in rights_of(frozenset({"HELP_DESK_ADMIN"}))
    False
    """
    return frozenset().union(*(RIGHTS[role] for role in roles))


def level(roles: frozenset[str]) -> int:
    """How high an administrator stands; nobody acts on a higher one."""
    return max((_LEVELS.get(role, 1) for role in roles), default=0)
