"""Assignments of applications to people and groups as JSON, and what bodies say of them.

Okta API reference, Application Users and Application Groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.app_kinds import SHARED
from simulators.okta.domain.apps import App, AppGroup, AppUser
from simulators.okta.domain.errors import CredentialsNotAllowed, NotWellFormed
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.users import stamp


@dataclass(frozen=True, slots=True)
class AssignmentDraft:
    """What a body wants of an assignment; None leaves as it is."""

    profile: dict[str, Any]
    user_name: str | None
    password: bool
    scope: str | None


def read_assignment(body: Json, app: App) -> AssignmentDraft:
    """Raises NotWellFormed, or CredentialsNotAllowed where the scheme leaves a person nothing to set."""
    scope, credentials = body.get("scope"), part(body, "credentials")
    if scope not in (None, "USER", "GROUP"):
        raise NotWellFormed()
    user_name, password = credentials.get("userName"), part(credentials, "password").get("value")
    if not isinstance(user_name, str | None) or not isinstance(password, str | None):
        raise NotWellFormed()
    given = user_name is not None or password is not None
    if given and app.scheme == SHARED:
        raise CredentialsNotAllowed("", "User level credentials should not be provided for this scheme.")
    return AssignmentDraft(part(body, "profile"), user_name, password is not None, scope)


def app_user_body(app_user: AppUser, base_url: str) -> Json:
    """An assignment of a user."""
    return {
        "id": app_user.user_id,
        "externalId": app_user.external_id,
        "created": iso(app_user.created),
        "lastUpdated": iso(app_user.last_updated),
        "scope": app_user.scope,
        "status": app_user.status,
        "statusChanged": iso(app_user.status_changed),
        "passwordChanged": stamp(app_user.password_changed),
        "syncState": app_user.sync_state,
        **({"lastSync": stamp(app_user.last_sync)} if app_user.last_sync else {}),
        "credentials": {
            "userName": app_user.user_name,
            **({"password": {}} if app_user.password_changed else {}),
        },
        "profile": dict(app_user.profile),
        "_links": {
            "app": {"href": f"{base_url}/api/v1/apps/{app_user.app_id}"},
            "user": {"href": f"{base_url}/api/v1/users/{app_user.user_id}"},
            **(
                {"group": {"name": app_user.group_id, "href": f"{base_url}/api/v1/groups/{app_user.group_id}"}}
                if app_user.group_id
                else {}
            ),
        },
    }


def app_group_body(row: AppGroup, base_url: str) -> Json:
    """An assignment of a group."""
    return {
        "id": row.group_id,
        "lastUpdated": iso(row.last_updated),
        "priority": row.priority,
        "profile": dict(row.profile),
        "_links": {
            "app": {"href": f"{base_url}/api/v1/apps/{row.app_id}"},
            "self": {"href": f"{base_url}/api/v1/apps/{row.app_id}/groups/{row.group_id}"},
            "group": {"href": f"{base_url}/api/v1/groups/{row.group_id}"},
        },
    }
