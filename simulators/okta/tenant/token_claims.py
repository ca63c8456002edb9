"""The claims that a custom authorization server's administrator has put into its tokens.

https://developer.okta.com/docs/guides/customize-tokens-returned-from-okta/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import AuthServer, Claim
from simulators.okta.domain.claim_language import ClaimSyntaxError, evaluate_claim
from simulators.okta.domain.functions import GROUP_FUNCTIONS
from simulators.okta.domain.users import User

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

MOST_GROUPS = 100
_BY_NAME: dict[str, Callable[[str, str], bool]] = {
    "STARTS_WITH": lambda name, text: name.startswith(text),
    "EQUALS": lambda name, text: name == text,
    "CONTAINS": lambda name, text: text in name,
    "REGEX": lambda name, text: re.fullmatch(text, name) is not None,
}


def claims_for(
    org: OktaOrg, server: AuthServer, token: str, app: App, user: User | None, scopes: Iterable[str], thin: bool = False
) -> dict[str, Any]:
    """Claims of a RESOURCE or IDENTITY token. A thin ID token leaves out what is not always included.

    A claim without a value is left out.
    """
    found: dict[str, Any] = {}
    context: dict[str, Any] | None = None
    for claim in org.auth_servers.claims(server):
        if claim.applies(token, scopes) and (claim.always or not thin):
            context = _context(org, app, user, scopes) if context is None else context
            value = _value(org, claim, user, context)
            if value is not None:
                found[claim.name] = value
    return found


def _value(org: OktaOrg, claim: Claim, user: User | None, context: dict[str, Any]) -> Any:
    if claim.kind == "GROUPS":
        if user is None:
            return None
        fits = _BY_NAME.get(claim.group_filter or "", _BY_NAME["EQUALS"])
        try:
            return [name for name in org.groups.names_of(user.id).values() if fits(name, claim.value)][:MOST_GROUPS]
        except re.error:
            return []
    try:
        return evaluate_claim(claim.value, context)
    except ClaimSyntaxError:
        return None


def _context(org: OktaOrg, app: App, user: User | None, scopes: Iterable[str]) -> dict[str, Any]:
    """What expressions can name, for a person or for a client that asks for itself."""
    names = org.groups.names_of(user.id) if user else {}
    held = org.state.app_users.get(app.id, user.id) if user else None

    def by(fits: Callable[[str, str], bool]) -> Callable[..., list[str]]:
        return lambda source, text, most=MOST_GROUPS: [name for name in names.values() if fits(name, text)][: int(most)]

    def filtered(allowed: Any, shown: str, most: int = MOST_GROUPS) -> list[str]:
        rows = [(id, name) for id, name in names.items() if id in allowed]
        return [name if shown.endswith("name") else id for id, name in rows][: int(most)]

    def member(name: str) -> Callable[..., bool]:
        return lambda *asked: bool(GROUP_FUNCTIONS[name].run(names, *asked))

    profile = dict(user.profile) if user else {}
    return {
        "user": {**profile, "id": user.id, "login": user.login, "status": user.status.value} if user else None,
        "appuser": {"userName": held.user_name, **dict(held.profile)} if held else None,
        "app": {
            "clientId": app.client_id,
            "id": app.id,
            "name": app.name,
            "label": app.label,
            "profile": app.body.get("profile"),
        },
        "org": {"name": org.settings.name, "subDomain": org.settings.name, "subdomain": org.settings.name},
        "access": {"scope": list(scopes)},
        "Groups": {
            "startsWith": by(lambda name, text: name.startswith(text)),
            "contains": by(lambda name, text: text in name),
            "endsWith": by(lambda name, text: name.endswith(text)),
        },
        "getFilteredGroups": filtered,
        **{name: member(name) for name in GROUP_FUNCTIONS if name.startswith("isMember")},
    }
