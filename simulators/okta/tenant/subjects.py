"""Whom an expression is asked about: a person of the org as the language sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.expressions import Subject
from simulators.okta.domain.users import User

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


def subject_of(org: OktaOrg, user: User, roots: Mapping[str, Any] | None = None) -> Subject:
    """A person with groups and linked people. `roots` holds what else can be named, such as `app` or `appuser`."""
    internal = {"id": user.id, "status": user.status.value}
    names = org.groups.names_of(user.id)
    return Subject(user.profile, internal, names, roots or {}, _linked(org, user), org.now())


def nobody(org: OktaOrg, roots: Mapping[str, Any]) -> Subject:
    """What is left to name when a client asks for itself."""
    return Subject({}, {}, {}, roots, now=org.now())


def surroundings(org: OktaOrg, app: App) -> dict[str, Any]:
    """What an expression calls `app` and `org`."""
    name = org.settings.name
    return {
        "app": {
            "clientId": app.client_id,
            "id": app.id,
            "name": app.name,
            "label": app.label,
            "profile": app.body.get("profile"),
        },
        "org": {"name": name, "subDomain": name, "subdomain": name},
    }


def _linked(org: OktaOrg, user: User) -> Callable[[str], Mapping[str, Any] | None]:
    def other_end(name: str) -> Mapping[str, Any] | None:
        try:
            found = org.linked_objects.of(user, name)
        except NotFound:
            return None
        return org.state.users[found[0]].profile if found else None

    return other_end
