"""The claims that a custom authorization server's administrator has put into its tokens.

https://developer.okta.com/docs/guides/customize-tokens-returned-from-okta/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.kernel.patterns import BadPattern, compiled
from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import AuthServer, Claim
from simulators.okta.domain.expressions import Subject, evaluate, plain
from simulators.okta.domain.users import User
from simulators.okta.tenant.subjects import nobody, subject_of, surroundings

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

MOST_GROUPS = 100
_BY_NAME: dict[str, Callable[[str, str], bool]] = {
    "STARTS_WITH": lambda name, text: name.startswith(text),
    "EQUALS": lambda name, text: name == text,
    "CONTAINS": lambda name, text: text in name,
    "REGEX": lambda name, text: compiled(text).fits(name),
}


def claims_for(
    org: OktaOrg, server: AuthServer, token: str, app: App, user: User | None, scopes: Iterable[str], thin: bool = False
) -> dict[str, Any]:
    """Claims of a RESOURCE or IDENTITY token. A thin ID token leaves out what is not always included.

    A claim without a value is left out.
    """
    found: dict[str, Any] = {}
    subject: Subject | None = None
    for claim in org.auth_servers.claims(server):
        if claim.applies(token, scopes) and (claim.always or not thin):
            subject = subject or _subject(org, app, user, scopes)
            value = _value(claim, user, subject)
            if value is not None:
                found[claim.name] = value
    return found


def _value(claim: Claim, user: User | None, subject: Subject) -> Any:
    if claim.tree is not None:
        return plain(evaluate(claim.tree, subject))
    if user is None:
        return None
    fits = _BY_NAME.get(claim.group_filter or "", _BY_NAME["EQUALS"])
    try:
        return [name for name in subject.groups.values() if fits(name, claim.value)][:MOST_GROUPS]
    except BadPattern:
        return []


def _subject(org: OktaOrg, app: App, user: User | None, scopes: Iterable[str]) -> Subject:
    """What expressions can name, for a person or for a client that asks for itself."""
    roots: dict[str, Any] = {**surroundings(org, app), "access": {"scope": list(scopes)}}
    if user is None:
        return nobody(org, roots)
    held = org.state.app_users.get(app.id, user.id)
    known = {**dict(user.profile), "id": user.id, "login": user.login, "status": user.status.value}
    roots |= {"user": known, "appuser": {"userName": held.user_name, **dict(held.profile)} if held else None}
    return replace(subject_of(org, user, roots), attributes=known)
