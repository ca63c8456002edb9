"""The permissions that a custom administrator role is made of, and which of our rights each stands for.

https://developer.okta.com/docs/api/openapi/okta-management/guides/permissions/
"""

from __future__ import annotations

import re

_ONE = "/api/v1/users/[^/]+"
_STEP = f"POST {_ONE}/lifecycle"
_MEMBERS = "(PUT|DELETE) /api/v1/groups/[^/]+/users/[^/]+"
_ASSIGN = "(POST|PUT|PATCH|DELETE) /api/v1/apps/[^/]+"
_ALL = ".*"

# permission: what it reads, and rights limited to the requests that match
_LIFECYCLE = {
    "activate": f"{_STEP}/(activate|reactivate)",
    "deactivate": f"{_STEP}/deactivate|DELETE {_ONE}",
    "suspend": f"{_STEP}/suspend",
    "unsuspend": f"{_STEP}/unsuspend",
    "unlock": f"{_STEP}/unlock",
    "delete": f"DELETE {_ONE}",
    "clearSessions": f"DELETE {_ONE}/sessions",
    "manage": f"{_STEP}/.*|DELETE {_ONE}(/sessions)?",
}
_CREDENTIALS = {
    "resetPassword": f"{_STEP}/reset_password",
    "resetFactors": f"{_STEP}/reset_factors|DELETE {_ONE}/factors/.*",
    "expirePassword": f"{_STEP}/expire_password.*",
    "manageTemporaryAccessCode": "POST .*/tac",
    "manage": f"POST {_ONE}/credentials/.*|{_STEP}/(reset_|expire_|unlock).*|.* {_ONE}/factors.*",
}
_ROWS: dict[str, tuple[tuple[str, str], ...]] = {
    "okta.users.read": (("users.read", _ALL),),
    "okta.users.manage": (
        ("users.read", _ALL),
        ("users.write", _ALL),
        ("users.help", _ALL),
        ("sessions", _ALL),
        ("groups.members", _MEMBERS),
    ),
    "okta.users.create": (("users.read", _ALL), ("users.write", "POST /api/v1/users")),
    "okta.users.userprofile.manage": (("users.read", _ALL), ("users.write", f"(POST|PUT) {_ONE}")),
    "okta.users.groupMembership.manage": (("users.read", _ALL), ("groups.members", _MEMBERS)),
    "okta.users.appAssignment.manage": (("users.read", _ALL), ("apps.assign", f"{_ASSIGN}/users.*")),
    **{
        f"okta.users.lifecycle.{name}": (("users.read", _ALL), ("users.write", where), ("users.help", where))
        for name, where in _LIFECYCLE.items()
    },
    **{
        f"okta.users.credentials.{name}": (("users.read", _ALL), ("users.write", where), ("users.help", where))
        for name, where in _CREDENTIALS.items()
    },
    "okta.users.apitokens.manage": (("tokens.all", _ALL),),
    "okta.users.apitokens.read": (("tokens.all", "GET .*"),),
    "okta.groups.read": (("groups.read", _ALL),),
    "okta.groups.manage": (("groups.read", _ALL), ("groups.write", _ALL), ("groups.members", _ALL)),
    "okta.groups.create": (("groups.read", _ALL), ("groups.write", "POST /api/v1/groups")),
    "okta.groups.members.manage": (("groups.read", _ALL), ("groups.members", _MEMBERS)),
    "okta.groups.appAssignment.manage": (("groups.read", _ALL), ("apps.assign", f"{_ASSIGN}/groups.*")),
    "okta.apps.read": (("apps.read", _ALL),),
    "okta.apps.manage": (("apps.read", _ALL), ("apps.write", _ALL), ("apps.assign", _ALL)),
    "okta.apps.assignment.manage": (("apps.read", _ALL), ("apps.assign", _ALL)),
    "okta.iam.read": (("roles.read", _ALL),),
    "okta.logs.read": (("logs.read", _ALL),),
}
# permissions over what is not enforced by role here
_OTHERS = """
    agents.manage agents.register agents.read apps.clientCredentials.read apps.manageFirstPartyApps
    apps.universalLogout.manage apps.universalLogout.read authzServers.manage authzServers.read customizations.manage
    customizations.read devices.lifecycle.activate devices.lifecycle.deactivate devices.lifecycle.delete
    devices.lifecycle.manage devices.lifecycle.suspend devices.lifecycle.unsuspend devices.manage devices.read
    directories.manage directories.read governance.accessCertifications.manage governance.accessRequests.manage
    hooks.manage hooks.read identityProviders.manage identityProviders.read networkzones.manage networkzones.read
    policies.manage policies.read profilesources.import.run realms.manage realms.read securityEvents.manage
    support.cases.manage users.apitokens.clear users.risk.manage users.risk.read workflows.flows.manage
    workflows.invoke workflows.read
"""
GRANTS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    **{label: tuple((right, re.compile(where)) for right, where in rows) for label, rows in _ROWS.items()},
    **{f"okta.{name}": () for name in _OTHERS.split()},
}
