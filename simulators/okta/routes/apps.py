"""/api/v1/apps: applications, their people and groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Forbidden, Invalid, InvalidPaging, NotWellFormed
from simulators.okta.domain.query import All, Comparison, comparisons, holds
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.apps import app_body, app_group_body, app_user_body, read_app
from simulators.okta.wire.bodies import Json, load, part
from simulators.okta.wire.filters import app_filter
from simulators.okta.wire.users import listed_user

apps = Endpoints("/api/v1/apps")
_READ, _MANAGE = "okta.apps.read", "okta.apps.manage"


def _app(call: Call) -> App:
    return call.org.apps.find(call.parts["app"])


@apps.on("GET", "", _READ)
async def list_apps(call: Call) -> Answer:
    """All applications, `q` by label, `filter` by status, user or group."""
    if not call.may("apps.read"):
        return Answer(200, [])
    after = call.query.get("after")
    if after is not None and after not in call.org.state.apps:
        raise InvalidPaging("", "Invalid cursor.")
    rows = call.org.apps.listing(after)
    if text := call.query.get("q", "").lower():
        rows = (app for app in rows if app.label.lower().startswith(text) or app.name.startswith(text))
    if call.query.get("filter"):
        rows = _filtered(call, rows)
    return call.paged(rows, 20, 200, lambda app: app_body(app, call.org.base_url), lambda app: app.id)


def _filtered(call: Call, rows: Iterator[App]) -> Iterator[App]:
    state, tree = call.org.state, app_filter(call.query["filter"])
    for part_ in comparisons(tree) if isinstance(tree, All | Comparison) else []:
        if part_.field == "user.id":
            call.org.users.find(str(part_.value))

    def reader(app: App) -> Any:
        def read(field: str) -> Any:
            if field == "user.id":
                wanted = [c.value for c in comparisons(tree) if c.field == field]
                return [user for user in wanted if state.app_users.get(app.id, user) is not None]
            if field == "group.id":
                wanted = [c.value for c in comparisons(tree) if c.field == field]
                return [group for group in wanted if f"{app.id}/{group}" in state.app_groups]
            return {"status": app.status, "name": app.name, "label": app.label}.get(field)

        return read

    return (app for app in rows if holds(tree, reader(app), fold=False))


@apps.on("POST", "", _MANAGE, "apps.write")
async def create_app(call: Call) -> Answer:
    """A new application; 200."""
    org, body = call.org, call.json()
    secret = org.state.ids.secret("client", 48)
    read = read_app(body, org.settings.name, len(org.state.apps) + 1, secret, None)
    app = org.apps.create(**read, activate=call.flag("activate", True), cause=call.cause)
    return Answer(200, app_body(app, org.base_url))


@apps.on("GET", "/{app}", _READ, "apps.read")
async def read_one_app(call: Call) -> Answer:
    """One application."""
    return Answer(200, app_body(_app(call), call.org.base_url))


@apps.on("PUT", "/{app}", _MANAGE, "apps.write")
async def replace_app(call: Call) -> Answer:
    """Other settings."""
    app = _app(call)
    read = read_app(call.json(), call.org.settings.name, 0, "", app)
    after = call.org.apps.replace(
        app, read["label"] or app.label, read["mode"], read["body"], read["client"], call.cause
    )
    return Answer(200, app_body(after, call.org.base_url))


@apps.on("DELETE", "/{app}", _MANAGE, "apps.write")
async def delete_app(call: Call) -> Answer:
    """Only after deactivation."""
    call.org.apps.delete(_app(call), call.cause)
    return NO_CONTENT


@apps.on("POST", "/{app}/lifecycle/activate", _MANAGE, "apps.write")
async def activate_app(call: Call) -> Answer:
    """Sign people on."""
    call.org.apps.activate(_app(call), call.cause)
    return Answer(200, {})


@apps.on("POST", "/{app}/lifecycle/deactivate", _MANAGE, "apps.write")
async def deactivate_app(call: Call) -> Answer:
    """Sign nobody on."""
    call.org.apps.deactivate(_app(call), call.cause)
    return Answer(200, {})


@apps.on("GET", "/{app}/users", _READ, "apps.read")
async def list_app_users(call: Call) -> Answer:
    """The people of an application."""
    app, base_url, users = _app(call), call.org.base_url, call.org.state.users
    rows = call.org.assignments.of_app(app, call.query.get("after"))
    if text := call.query.get("q", "").lower():
        rows = (row for row in rows if row.user_name.lower().startswith(text))

    def render(row: Any) -> Json:
        body = app_user_body(row, base_url)
        if call.query.get("expand") == "user":
            body["_embedded"] = {"user": listed_user(users[row.user_id], base_url)}
        return body

    return call.paged(rows, 50, 500, render, lambda row: row.user_id)


def _read_assignment(body: Json) -> tuple[dict[str, Any], str | None, str | None]:
    scope = body.get("scope")
    if scope not in (None, "USER", "GROUP"):
        raise Invalid("scope", "scope: The scope is USER or GROUP")
    return part(body, "profile"), part(body, "credentials").get("userName"), scope


@apps.on("POST", "/{app}/users", _MANAGE, "apps.assign")
async def assign_user(call: Call) -> Answer:
    """Give a person an application; somebody who has it through a group keeps it as one's own."""
    app, body = _app(call), call.json()
    if not isinstance(body.get("id"), str):
        raise NotWellFormed()
    user = call.org.users.find(body["id"])
    profile, user_name, scope = _read_assignment(body)
    row = call.org.assignments.assign_user(app, user, profile, user_name, scope or "USER", call.cause)
    return Answer(200, app_user_body(row, call.org.base_url))


@apps.on("GET", "/{app}/users/{user}", _READ)
async def read_app_user(call: Call) -> Answer:
    """One assignment."""
    if not call.may("apps.read"):
        raise Forbidden()
    row = call.org.assignments.find(_app(call), call.user().id)
    return Answer(200, app_user_body(row, call.org.base_url))


@apps.on("POST", "/{app}/users/{user}", _MANAGE, "apps.assign")
async def update_app_user(call: Call) -> Answer:
    """Another profile or name."""
    app, user = _app(call), call.user()
    held = call.org.assignments.find(app, user.id)
    profile, user_name, scope = _read_assignment(call.json())
    row = call.org.assignments.update_user(app, held, user, profile, user_name, scope, call.cause)
    return Answer(200, app_user_body(row, call.org.base_url))


@apps.on("DELETE", "/{app}/users/{user}", _MANAGE, "apps.assign")
async def unassign_user(call: Call) -> Answer:
    """Take an application away from a person."""
    call.org.assignments.unassign_user(_app(call), call.user(), call.cause)
    return NO_CONTENT


@apps.on("GET", "/{app}/groups", _READ, "apps.read")
async def list_app_groups(call: Call) -> Answer:
    """The groups of an application."""
    app, after = _app(call), call.query.get("after")
    rows = call.org.state.app_groups.find("app", app.id, f"{app.id}/{after}" if after else None)
    return call.paged(rows, 20, 200, lambda row: app_group_body(row, call.org.base_url), lambda row: row.group_id)


@apps.on("GET", "/{app}/groups/{group}", _READ, "apps.read")
async def read_app_group(call: Call) -> Answer:
    """One assignment of a group."""
    row = call.org.assignments.find_group(_app(call), call.parts["group"])
    return Answer(200, app_group_body(row, call.org.base_url))


@apps.on("PUT", "/{app}/groups/{group}", _MANAGE, "apps.assign")
async def assign_group(call: Call) -> Answer:
    """Give a group an application."""
    body = call.optional_json()
    group = call.org.groups.find(call.parts["group"])
    row = call.org.assignments.assign_group(_app(call), group, _priority(body), part(body, "profile"), call.cause)
    return Answer(200, app_group_body(row, call.org.base_url))


@apps.on("PATCH", "/{app}/groups/{group}", _MANAGE, "apps.assign")
async def update_app_group(call: Call) -> Answer:
    """Change priority or profile: operations on `/priority` and `/profile/…`."""
    app, group = _app(call), call.org.groups.find(call.parts["group"])
    row = call.org.assignments.find_group(app, group.id)
    priority, profile = row.priority, dict(row.profile)
    operations = load(call.raw)
    if not isinstance(operations, list):
        raise NotWellFormed()
    for operation in operations:
        path, value = str(operation.get("path", "")), operation.get("value")
        if path == "/priority" and isinstance(value, int):
            priority = value
        elif path.startswith("/profile/"):
            profile[path.removeprefix("/profile/")] = value
        elif path == "/profile" and isinstance(value, dict):
            profile = value
    after = call.org.assignments.assign_group(app, group, priority, profile, call.cause)
    return Answer(200, app_group_body(after, call.org.base_url))


@apps.on("DELETE", "/{app}/groups/{group}", _MANAGE, "apps.assign")
async def unassign_group(call: Call) -> Answer:
    """Take an application away from a group."""
    call.org.assignments.unassign_group(_app(call), call.parts["group"], call.cause)
    return NO_CONTENT


def _priority(body: Json) -> int | None:
    value = body.get("priority")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise NotWellFormed()
    return value
