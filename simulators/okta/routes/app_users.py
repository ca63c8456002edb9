"""/api/v1/apps/{app}/users and /groups: who has an application."""

from __future__ import annotations

from simulators.okta.domain.apps import AppGroup, AppUser
from simulators.okta.domain.errors import Forbidden, NotWellFormed
from simulators.okta.routes.apps import MANAGE, READ, app_of
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.app_users import app_group_body, app_user_body, read_assignment
from simulators.okta.wire.bodies import Json, load, part
from simulators.okta.wire.groups import group_body
from simulators.okta.wire.users import listed_user

app_users = Endpoints("/api/v1/apps/{app}")


@app_users.on("GET", "/users", READ, "apps.read")
async def list_app_users(call: Call) -> Answer:
    """The people of an application, `q` by the beginning of user name, names or mail address, `expand=user`."""
    app, after, text = app_of(call), call.query.get("after"), call.query.get("q", "")
    rows = call.org.directory.in_app(app.id, text, after) if text else call.org.assignments.of_app(app, after)
    return call.paged(rows, 50, 500, lambda row: _shown(call, row), lambda row: row.user_id)


def _shown(call: Call, row: AppUser) -> Json:
    body = app_user_body(row, call.org.base_url)
    if call.query.get("expand") == "user":
        body["_embedded"] = {"user": listed_user(call.org.state.users[row.user_id], call.org.base_url)}
    return body


@app_users.on("POST", "/users", MANAGE, "apps.assign")
async def assign_user(call: Call) -> Answer:
    """Give a person an application; somebody who has it through a group keeps it as one's own."""
    app, body = app_of(call), call.json()
    if not isinstance(body.get("id"), str):
        raise NotWellFormed()
    user = call.org.users.find(body["id"])
    draft = read_assignment(body, app)
    row = call.org.assignments.assign_user(
        app, user, draft.profile, draft.user_name, draft.scope or "USER", call.cause, draft.password
    )
    return Answer(200, app_user_body(row, call.org.base_url))


@app_users.on("GET", "/users/{user}", READ)
async def read_app_user(call: Call) -> Answer:
    """One assignment, `expand=user`."""
    if not call.may("apps.read"):
        raise Forbidden()
    user = call.user()  # looked up first: where both are gone the answer names the person
    return Answer(200, _shown(call, call.org.assignments.find(app_of(call), user.id)))


@app_users.on("POST", "/users/{user}", MANAGE, "apps.assign")
async def update_app_user(call: Call) -> Answer:
    """Another profile, name, password or scope; somebody without the application gets it, as seen."""
    user, app = call.user(), app_of(call)
    draft, assignments = read_assignment(call.json(), app), call.org.assignments
    told = (draft.profile, draft.user_name)
    held = call.org.state.app_users.get(app.id, user.id)
    if held is None:
        row = assignments.assign_user(app, user, *told, draft.scope or "USER", call.cause, draft.password)
    else:
        row = assignments.update_user(app, held, user, *told, draft.scope, call.cause, draft.password)
    return Answer(200, app_user_body(row, call.org.base_url))


@app_users.on("DELETE", "/users/{user}", MANAGE, "apps.assign")
async def unassign_user(call: Call) -> Answer:
    """Take an application away from a person."""
    user = call.user()
    call.org.assignments.unassign_user(app_of(call), user, call.cause)
    return NO_CONTENT


@app_users.on("GET", "/groups", READ, "apps.read")
async def list_app_groups(call: Call) -> Answer:
    """The groups of an application by priority, `q` by the beginning of the name, `expand=group` or `metadata`."""
    app, groups = app_of(call), call.org.state.groups
    rows = call.org.assignments.groups_of(app, call.query.get("after"))
    if text := call.query.get("q", "").lower():
        rows = (row for row in rows if groups[row.group_id].name.lower().startswith(text))
    return call.paged(rows, 20, 200, lambda row: _shown_group(call, row), lambda row: row.group_id)


def _shown_group(call: Call, row: AppGroup) -> Json:
    body = app_group_body(row, call.org.base_url)
    if call.query.get("expand") == "group":
        body["_embedded"] = {"group": group_body(call.org.state.groups[row.group_id], call.org.base_url)}
    elif call.query.get("expand") == "metadata":
        body["_embedded"] = {"metadata": {}}
    return body


@app_users.on("GET", "/groups/{group}", READ, "apps.read")
async def read_app_group(call: Call) -> Answer:
    """One assignment of a group, `expand=group`."""
    return Answer(200, _shown_group(call, call.org.assignments.find_group(app_of(call), call.parts["group"])))


@app_users.on("PUT", "/groups/{group}", MANAGE, "apps.assign")
async def assign_group(call: Call) -> Answer:
    """Give a group an application."""
    app, body = app_of(call), call.optional_json()
    group = call.org.groups.find(call.parts["group"])
    row = call.org.assignments.assign_group(app, group, _priority(body), part(body, "profile"), call.cause)
    return Answer(200, app_group_body(row, call.org.base_url))


@app_users.on("PATCH", "/groups/{group}", MANAGE, "apps.assign")
async def update_app_group(call: Call) -> Answer:
    """Change priority or profile: operations on `/priority` and `/profile/…`."""
    app, group = app_of(call), call.org.groups.find(call.parts["group"])
    row = call.org.assignments.find_group(app, group.id)
    priority, profile = row.priority, dict(row.profile)
    operations = load(call.raw)
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise NotWellFormed()
    for operation in operations:
        path, value = str(operation.get("path", "")), operation.get("value")
        if path == "/priority":
            priority = _priority({"priority": value}) or 0
        elif path.startswith("/profile/") and operation.get("op") == "remove":
            profile.pop(path.removeprefix("/profile/"), None)
        elif path.startswith("/profile/"):
            profile[path.removeprefix("/profile/")] = value
        elif path == "/profile" and isinstance(value, dict):
            profile = value
        else:
            raise NotWellFormed()
    after = call.org.assignments.assign_group(app, group, priority, profile, call.cause)
    return Answer(200, app_group_body(after, call.org.base_url))


@app_users.on("DELETE", "/groups/{group}", MANAGE, "apps.assign")
async def unassign_group(call: Call) -> Answer:
    """Take an application away from a group."""
    call.org.assignments.unassign_group(app_of(call), call.parts["group"], call.cause)
    return NO_CONTENT


def _priority(body: Json) -> int | None:
    value = body.get("priority")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise NotWellFormed()
    return value
