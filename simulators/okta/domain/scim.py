"""What the org says to an application over SCIM: resources and patches, and the answers that count as failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.okta.domain.apps import AppUser
from simulators.okta.domain.users import User

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER_AGENT = "Okta SCIM Client 1.0.0"

_PLAIN = {"title": "title", "nickName": "nickName", "userType": "userType", "timezone": "timezone"}
_ENTERPRISE = (
    ("employeeNumber", "employeeNumber"),
    ("costCenter", "costCenter"),
    ("organization", "organization"),
    ("division", "division"),
    ("department", "department"),
)


def user_resource(user: User, app_user: AppUser) -> dict[str, Any]:
    """The mapped attributes of a person, as an application meets them."""
    profile = user.profile
    body: dict[str, Any] = {
        "schemas": [USER],
        "userName": app_user.user_name,
        "name": {"givenName": profile.text("firstName"), "familyName": profile.text("lastName")},
        "emails": [{"primary": True, "value": profile.text("email"), "type": "work"}],
        "displayName": profile.text("displayName") or user.name,
        "locale": profile.text("locale") or "en-US",
        "externalId": user.id,
    }
    body |= {theirs: profile[ours] for ours, theirs in _PLAIN.items() if profile.get(ours)}
    if extension := {theirs: profile[ours] for ours, theirs in _ENTERPRISE if profile.get(ours)}:
        body["schemas"].append(ENTERPRISE)
        body[ENTERPRISE] = extension
    # the app profile (role=editor …) travels as attributes of the resource
    for name, value in app_user.profile:
        if name == "role":
            body["roles"] = [{"value": value, "primary": True}]
        elif name not in body:
            body[name] = value
    return body


def new_user(user: User, app_user: AppUser, password: str) -> dict[str, Any]:
    """The body of a create; the password is a random placeholder."""
    return {**user_resource(user, app_user), "groups": [], "password": password, "active": True}


def merged_user(read: Mapping[str, Any], user: User, app_user: AppUser, active: bool) -> dict[str, Any]:
    """The copy that was read, with the org's values over it: what a custom application gets by PUT."""
    ours = user_resource(user, app_user)
    schemas = list(dict.fromkeys([*read.get("schemas", []), *ours.pop("schemas")]))
    return {**read, **ours, "schemas": schemas, "active": active}


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """A PATCH body."""
    return {"schemas": [PATCH], "Operations": list(operations)}


def group_resource(name: str, members: list[dict[str, str]]) -> dict[str, Any]:
    """The body of a group's create or replacement."""
    return {"schemas": [GROUP], "displayName": name, "members": members}


def failure_reason(status: int, phrase: str, detail: str) -> str:
    """The log's wording of a refused push."""
    return f"{phrase or f'HTTP {status}'}. Errors reported by remote server: {detail or 'none'}"
