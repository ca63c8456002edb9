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
    "USER_ADMIN": "User Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "ACCESS_CERTIFICATIONS_ADMIN": "Access Certifications Administrator",
    "ACCESS_REQUESTS_ADMIN": "Access Requests Administrator",
    "WORKFLOWS_ADMIN": "Workflows Administrator",
}
# standard roles that the vendor builds on its IAM: the resource set each is held over
IAM_SETS = {
    "ACCESS_CERTIFICATIONS_ADMIN": "ACCESS_CERTIFICATIONS_IAM_POLICY",
    "ACCESS_REQUESTS_ADMIN": "ACCESS_CERTIFICATIONS_IAM_POLICY",
    "WORKFLOWS_ADMIN": "WORKFLOWS_IAM_POLICY",
}
# what a role can be limited to
TARGETS = {
    "USER_ADMIN": "groups",
    "HELP_DESK_ADMIN": "groups",
    "GROUP_MEMBERSHIP_ADMIN": "groups",
    "APP_ADMIN": "apps",
}

# users.help: reset password and factors, unlock, clear sessions. apps.assign: people and groups to applications.
_EVERYTHING = frozenset(
    {
        "users.read",
        "users.write",
        "users.help",
        "schemas.write",
        "groups.read",
        "groups.write",
        "groups.members",
        "apps.read",
        "apps.assign",
        "apps.write",
        "logs.read",
        "policies.read",
        "policies.write",
        "roles.read",
        "roles.write",
        "grants.write",
        "tokens.own",
        "tokens.all",
        "sessions",
        "org.read",
        "org.write",
        "servers.read",
        "servers.write",
        "clients.read",
        "clients.write",
        "security",
    }
)
_READING = frozenset(
    {
        "users.read",
        "groups.read",
        "apps.read",
        "logs.read",
        "policies.read",
        "roles.read",
        "org.read",
        "tokens.own",
        "servers.read",
        "clients.read",
    }
)
RIGHTS: dict[str, frozenset[str]] = {
    "SUPER_ADMIN": _EVERYTHING,
    "ORG_ADMIN": _EVERYTHING
    - {
        "apps.write",
        "roles.read",
        "roles.write",
        "grants.write",
        "tokens.all",
        "servers.write",
        "clients.write",
        "security",
    },
    "APP_ADMIN": frozenset(
        {
            "users.read",
            "groups.read",
            "apps.read",
            "apps.assign",
            "apps.write",
            "logs.read",
            "clients.read",
            "clients.write",
        }
    ),
    "USER_ADMIN": frozenset(
        {"users.read", "users.write", "users.help", "groups.read", "groups.members", "logs.read", "sessions"}
    ),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({"users.read", "groups.read", "groups.members"}),
    "HELP_DESK_ADMIN": frozenset({"users.read", "users.help", "groups.read", "logs.read", "sessions"}),
    "READ_ONLY_ADMIN": _READING,
    "REPORT_ADMIN": frozenset({"logs.read"}),
    "API_ACCESS_MANAGEMENT_ADMIN": frozenset(
        {"apps.read", "logs.read", "servers.read", "servers.write", "clients.read", "clients.write"}
    ),
    "MOBILE_ADMIN": frozenset(),
    **dict.fromkeys(IAM_SETS, frozenset()),
}
_LEVELS = {"SUPER_ADMIN": 3, "ORG_ADMIN": 2}


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role held by a USER, a GROUP or a CLIENT.

    With targets it is limited to groups, or to applications: `name` for all of a kind, `name/id` for one.
    """

    id: str
    type: str
    holder_kind: str
    holder_id: str
    created: datetime
    group_targets: tuple[str, ...] = ()
    app_targets: tuple[str, ...] = ()


def rights_of(roles: frozenset[str]) -> frozenset[str]:
    """What a set of roles allows.

    >>> "users.write" in rights_of(frozenset({"HELP_DESK_ADMIN"}))
    False
    """
    return frozenset().union(*(RIGHTS[role] for role in roles))


def level(roles: frozenset[str]) -> int:
    """How high an administrator stands; nobody acts on a higher one."""
    return max((_LEVELS.get(role, 1) for role in roles), default=0)
