"""/api/v1/apps: applications and their lifecycle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from simulators.okta.domain.app_kinds import MODES
from simulators.okta.domain.apps import App, AppDraft
from simulators.okta.domain.errors import Forbidden, Invalid, InvalidPaging
from simulators.okta.domain.query import Query, comparisons, holds
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.app_reading import read_app, slug
from simulators.okta.wire.app_users import app_user_body
from simulators.okta.wire.apps import Shown, app_body
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.filters import app_filter

apps = Endpoints("/api/v1/apps")
READ, MANAGE = "okta.apps.read", "okta.apps.manage"
_EXPAND = re.compile(r"user/([A-Za-z0-9]+)")
_IGNORED = ("useOptimization", "alwaysIncludeVpnSettings", "includeNonDeleted")


def app_of(call: Call) -> App:
    """The application the path names."""
    return call.org.apps.find(call.parts["app"])


def changeable(call: Call) -> App:
    """The application the path names, unless it came with the org. Raises Forbidden."""
    app = app_of(call)
    if app.is_system:
        raise Forbidden()
    return app


def shown(call: Call, app: App, secret: bool = False) -> Json:
    """An application as this org shows it, with its client's secret if asked for."""
    org, settings = call.org, call.org.settings
    about = Shown(
        org.base_url,
        org.state.org_id,
        settings.name,
        *org.app_policies.ids_of(app),
        universal_logout=settings.universal_logout,
        takes_logout=app.id in org.state.logout_endpoints,
        governance=settings.governance,
        front_channel_logout=settings.front_channel_logout,
    )
    return app_body(app, about, secret)


def _expanded(call: Call) -> str | None:
    """The user whose assignments are to be embedded. Raises Invalid for any other wish."""
    wish = call.query.get("expand")
    if not wish:
        return None
    match = _EXPAND.fullmatch(wish)
    if match is None:
        raise Invalid("RequestParams", "Expand query is malformed.")
    return match.group(1)


def _with_user(call: Call, app: App, user_id: str | None) -> Json:
    body = shown(call, app)
    if user_id is not None and (held := call.org.state.app_users.get(app.id, user_id)) is not None:
        body["_embedded"] = {"user": app_user_body(held, call.org.base_url)}
    return body


@apps.on("GET", "", READ)
async def list_apps(call: Call) -> Answer:
    """All applications, `q` by label or name, `filter` by id, name, status, user, group or key."""
    if not call.may("apps.read"):
        return Answer(200, [])
    after, user_id = call.query.get("after"), _expanded(call)
    if after is not None and after not in call.org.state.apps:
        raise InvalidPaging("", "Invalid cursor.")
    rows = call.org.apps.listing(after)
    if text := call.query.get("q", "").lower():
        rows = (app for app in rows if app.label.lower().startswith(text) or app.name.lower().startswith(text))
    if call.query.get("filter"):
        rows = _filtered(call, rows)
    call.query = {name: value for name, value in call.query.items() if name not in _IGNORED}
    return call.paged(rows, 20, 200, lambda app: _with_user(call, app, user_id), lambda app: app.id)


def _filtered(call: Call, rows: Iterator[App]) -> Iterator[App]:
    state, tree = call.org.state, app_filter(call.query["filter"])
    for part_ in comparisons(tree):
        if part_.field == "user.id":
            call.org.users.find(str(part_.value))

    def meets(app: App) -> bool:
        return holds(tree, lambda field: _field(state, tree, app, field), fold=False)

    return filter(meets, rows)


def _field(state: Any, tree: Query, app: App, field: str) -> Any:
    """A field of an application for a filter; for `user.id` and `group.id` those asked for that have it."""
    if field in ("user.id", "group.id"):
        wanted = [str(found.value) for found in comparisons(tree) if found.field == field]
        if field == "user.id":
            return [id for id in wanted if state.app_users.get(app.id, id) is not None]
        return [id for id in wanted if f"{app.id}/{id}" in state.app_groups]
    if field == "settings.slo.enabled":
        return bool(app.body["settings"].get("signOn", {}).get("slo", {}).get("enabled", False))
    return {
        "id": app.id,
        "status": app.status,
        "name": app.name,
        "label": app.label,
        "credentials.signing.kid": app.signing_kid,
    }.get(field)


@apps.on("POST", "", MANAGE, "apps.write")
async def create_app(call: Call) -> Answer:
    """A new application of any sign-on mode, catalogue names included; 200. Defaults are those of its kind."""
    draft = _read(call, call.json(), None)
    app = call.org.apps.create(draft, call.flag("activate", True), call.cause)
    return Answer(200, shown(call, app, secret=True))


def _read(call: Call, body: Json, before: App | None) -> AppDraft:
    org, name = call.org, ""
    mode = body.get("signOnMode")
    if before is None and not body.get("name") and isinstance(mode, str) and mode in MODES and not MODES[mode].name:
        name = org.apps.free_name(f"{org.settings.name}_{slug(str(body.get('label') or ''))}")
    return read_app(body, org.settings.name, before, name)


@apps.on("GET", "/{app}", READ, "apps.read")
async def read_one_app(call: Call) -> Answer:
    """One application, with `expand=user/{id}` that person's assignment."""
    return Answer(200, _with_user(call, app_of(call), _expanded(call)))


@apps.on("PUT", "/{app}", MANAGE, "apps.write")
async def replace_app(call: Call) -> Answer:
    """Other settings; name and sign-on mode are fixed, what is absent returns to its default."""
    app = changeable(call)
    after = call.org.apps.replace(app, _read(call, call.json(), app), call.cause)
    return Answer(200, shown(call, after, secret=True))


@apps.on("DELETE", "/{app}", MANAGE, "apps.write")
async def delete_app(call: Call) -> Answer:
    """Only after deactivation."""
    call.org.apps.delete(changeable(call), call.cause)
    return NO_CONTENT


@apps.on("POST", "/{app}/lifecycle/activate", MANAGE, "apps.write")
async def activate_app(call: Call) -> Answer:
    """Sign people on."""
    call.org.apps.activate(changeable(call), call.cause)
    return Answer(200, {})


@apps.on("POST", "/{app}/lifecycle/deactivate", MANAGE, "apps.write")
async def deactivate_app(call: Call) -> Answer:
    """Sign nobody on."""
    call.org.apps.deactivate(changeable(call), call.cause)
    return Answer(200, {})
