"""One person in every system, in full; and how a tester signs in as them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.control.view.people import Person, row
from simulators.control.world import Estate
from simulators.hr.workers import COLUMNS, FURTHER
from simulators.kernel.times import iso
from simulators.okta.domain.sessions import passcode, step_of
from simulators.okta.domain.tokens import AccessToken, RefreshToken
from simulators.okta.domain.users import User, digest
from simulators.okta.tenant.factors import TOTP
from simulators.sailpoint.domain.records import Identity
from simulators.scim.records import Account

Row = dict[str, Any]
_STEP_S = 30


def detail(estate: Estate, who: Person) -> Row:
    """The person's page."""
    return {
        **row(estate, who),
        "hr_rows": _rows(estate, who),
        "identity": None if who.identity is None else _identity(estate, who.identity),
        "users": [_user(estate, user) for user in who.users],
        "accounts": [_account(estate, account) for account in who.accounts],
    }


def sign_in_details(estate: Estate, ready: Mapping[str, Any], user: User) -> Row:
    """What a tester enters on the sign-in page. This is a simulation: nobody is protected by it."""
    known = [*ready["people"], *ready["okta"]["accounts"]]
    password = next((entry["password"] for entry in known if entry["login"] == user.login), None)
    factors, now = estate.okta.factors.of(user.id), estate.clock.now()
    totp = next((f for f in factors if f.type == TOTP and f.status == "ACTIVE" and f.secret), None)
    return {
        "login": user.login,
        "password": password if password and user.password == digest(user.id, password) else None,
        "code": None if totp is None else passcode(totp.secret, step_of(now)),
        "code_seconds": None if totp is None else _STEP_S - int(now.timestamp()) % _STEP_S,
    }


def _rows(estate: Estate, who: Person) -> list[Row]:
    if who.worker is None:
        return []
    hr, id = estate.hr.state, who.worker.worker_id
    rows = [("counts now", hr.workers.get(id)), *(("waits", w.worker) for w in hr.waiting.find("worker", id))]
    filled = [(when, row.body()) for when, row in rows if row is not None]
    return [{"when": when, **{n: body[n] for n in (*COLUMNS, *FURTHER) if body[n]}} for when, body in filled]


def _identity(estate: Estate, identity: Identity) -> Row:
    tenant = estate.sailpoint
    look = tenant.look
    roles = [item.name if (item := look.item(id)) is not None else id for id in identity.roles]
    accounts = []
    for account in tenant.accounts_of(identity.id):
        source = look.source(account.source_id)
        rights = (look.right(account.source_id, value) for value in account.entitlements)
        accounts.append({
            "source": source.name if source is not None else account.source_id,
            "name": account.name,
            "state": "disabled" if account.disabled else "enabled",
            "holds": sorted(right.name for right in rights if right is not None),
        })  # fmt: skip
    manager = look.identity(identity.manager_id) if identity.manager_id else None
    return {
        "id": identity.id,
        "name": identity.name,
        "state": identity.state,
        "since": iso(identity.state_since),
        "manager": manager.name if manager is not None else "",
        "attributes": {name: str(v) for name, v in identity.attributes.items() if v not in (None, "")},
        "roles": sorted(roles),
        "accounts": accounts,
        "granted": [
            {"item": item.name if (item := look.item(grant.item_id)) is not None else grant.item_id,
             "until": None if grant.remove_at is None else iso(grant.remove_at)}
            for grant in tenant.state.grants.find("identity", identity.id)
        ],
        "under_way": [
            {"kind": step.kind, "status": step.status, "value": step.value}
            for step in tenant.state.operations.find("identity", identity.id)
        ],
    }  # fmt: skip


def _user(estate: Estate, user: User) -> Row:
    okta, state = estate.okta, estate.okta.state
    apps = ((state.apps.get(id), held) for id, held in state.app_users.of(user.id))
    return {
        "id": user.id,
        "login": user.login,
        "status": user.status.value,
        "created": iso(user.created),
        "status_changed": None if user.status_changed is None else iso(user.status_changed),
        "last_login": None if user.last_login is None else iso(user.last_login),
        "groups": sorted(group.name for group in okta.groups.of(user)),
        "applications": [{"label": app.label, "scope": held.scope} for app, held in apps if app is not None],
        "factors": [{"type": factor.type, "status": factor.status} for factor in okta.factors.of(user.id)],
        "roles": sorted(role.type for role in state.roles.find("holder", user.id)),
        "sessions": sessions_of(estate, user),
        "tokens": tokens_of(estate, user),
    }


def sessions_of(estate: Estate, user: User) -> list[Row]:
    """The living sessions of an Okta user; of each id, which is the cookie's value, only the end."""
    return [
        {"end_of_id": session.id[-4:], "login": user.login, "began": iso(session.created),
         "used": iso(session.refreshed), "ends": iso(session.expires), "amr": list(session.amr)}
        for session in estate.okta.sessions.of(user.id)
    ]  # fmt: skip


def tokens_of(estate: Estate, user: User) -> list[Row]:
    """The living tokens of an Okta user, without their values."""
    state, tokens = estate.okta.state, estate.okta.tokens
    held: list[tuple[str, AccessToken | RefreshToken]] = [
        *(("refresh", t) for t in state.refresh_tokens.find("user", user.id)
          if t.used is None and tokens.refresh_alive(t)),
        *(("access", t) for t in state.access_tokens.find("user", user.id) if tokens.alive(t)),
    ]  # fmt: skip
    return [
        {"kind": kind, "login": user.login, "ends": iso(token.expires), "scopes": list(token.scopes),
         "client": app.label if (app := state.apps.get(token.client_id)) is not None else token.client_id}
        for kind, token in held
    ]  # fmt: skip


def _account(estate: Estate, account: Account) -> Row:
    return {
        "label": estate.apps.state.applications[account.app].label,
        "user_name": account.user_name,
        "active": account.active,
        "created": iso(account.created),
        "modified": iso(account.modified),
        "groups": sorted(group.display_name for group in estate.apps.groups_of(account)),
    }
