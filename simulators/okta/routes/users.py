"""/api/v1/users: people, their lifecycle, credentials, factors, sessions and roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from simulators.okta.domain.errors import (
    CannotModifyReadOnly,
    EtagMalformed,
    EtagMismatch,
    Forbidden,
    InvalidSearch,
    NotWellFormed,
    SearchAndFilter,
)
from simulators.okta.domain.profile import entity_tag
from simulators.okta.domain.users import User
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import SELF, Endpoints
from simulators.okta.tenant.users import Change, Creation, Credentials
from simulators.okta.wire.bodies import Json, texts
from simulators.okta.wire.filters import is_user_attribute, user_filter, user_search
from simulators.okta.wire.groups import group_body
from simulators.okta.wire.paging import links
from simulators.okta.wire.users import (
    app_link_body,
    blocks_body,
    listed_user,
    omissions,
    projected,
    read_credentials,
    read_type,
    user_body,
)

users = Endpoints("/api/v1/users")
_READ, _MANAGE = "okta.users.read", "okta.users.manage"
_TAG = re.compile(r'(W/)?"[^"]*"$|\*$')


def shown(call: Call, user: User) -> Json:
    """A person with all links."""
    factors = call.org.factors.any_of(user.id)
    return user_body(user, call.org.base_url, factors, omissions(call.headers.get("content-type", "")))


@users.on("GET", "", _READ)
async def list_users(call: Call) -> Answer:
    """Four ways to list: all, `q`, `filter`, `search`."""
    query, org = call.query, call.org
    if not call.may("users.read"):
        return Answer(200, [])
    omit = omissions(call.headers.get("content-type", ""))
    if "search" in query and ("filter" in query or "q" in query):
        raise SearchAndFilter()
    rows: Iterator[User]
    after = _behind(call)
    if "search" in query:
        return _searched(call, omit)
    if query.get("filter"):
        rows = org.directory.filtered(user_filter(query["filter"]), after)
    elif query.get("q"):
        return Answer(200, _first(call, org.directory.beginning_with(query["q"]), omit))
    else:
        rows = org.directory.listing(after)
    return call.paged(rows, 200, 200, _listed(call, omit), _cursor)


def _searched(call: Call, omit: frozenset[str]) -> Answer:
    query, org = call.query, call.org
    custom = org.schemas.custom_names()
    tree = user_search(query["search"], custom) if query["search"].strip() else None
    after, order, render = _behind(call), query.get("sortBy"), _listed(call, omit)
    if order is not None and not is_user_attribute(order, custom):
        raise InvalidSearch()
    if order is None:
        return call.paged(org.directory.searched(tree, after), 200, 200, render, _cursor)
    down = query.get("sortOrder", "asc").lower().startswith("desc")
    return call.paged(org.directory.sorted(tree, order, down, after), 200, 200, render, _cursor)


def _first(call: Call, rows: Iterator[User], omit: frozenset[str]) -> list[Json]:
    return list(call.paged(rows, 10, 200, _listed(call, omit), _cursor).body)


def _listed(call: Call, omit: frozenset[str]) -> Callable[[User], Json]:
    """How a list shows a user; `fields` leaves the rest out."""
    base_url, fields = call.org.base_url, call.query.get("fields")
    if not fields:
        return lambda user: listed_user(user, base_url, omit)
    return lambda user: projected(listed_user(user, base_url, omit), fields)


def _cursor(user: User) -> str:
    """What follows a page of users: one digit and an id, as the vendor's cursors look."""
    return f"2{user.id}"


def _behind(call: Call) -> str | None:
    """The id of the user that the last page ended with."""
    after = call.query.get("after")
    return after[1:] if after and len(after) == 21 and after[0].isdigit() else after


@users.on("POST", "", _MANAGE, "users.write")
async def create_user(call: Call) -> Answer:
    """A new person; 200, not 201. A `realmId` is ignored: the org has no realms."""
    body = call.json()
    if not isinstance(body.get("profile"), dict):
        raise NotWellFormed()
    wanted = Creation(
        body["profile"],
        Credentials(**read_credentials(body)),
        read_type(body) or "default",
        texts(body.get("groupIds")),
        call.flag("activate", True),
        call.query.get("nextLogin"),
        call.flag("provider"),
    )
    return Answer(200, shown(call, call.org.users.create(wanted, call.cause)))


@users.on("GET", "/{user}", _READ, None, SELF)
async def read_user(call: Call) -> Answer:
    """One person by id, login, short name or `me`; what a person may not see of themselves is left out."""
    own = call.parts["user"] == "me" or call.parts["user"] == call.caller.user_id
    if call.caller.kind == "session" and not own:
        raise Forbidden()
    if not own:
        call.demand("users.read")
    user = call.user()
    body = shown(call, user)
    if call.caller.kind == "session":
        rights = call.org.schemas.of_type(user.type_id).attributes
        body["profile"] = {k: v for k, v in body["profile"].items() if k in rights and rights[k].action != "HIDE"}
    if "blocks" in call.query.get("expand", "").split(","):
        body["_embedded"] = {"blocks": blocks_body(user)}
    return Answer(200, body, [("ETag", f'W/"{entity_tag(user.profile, user.type_id)}"')])


@users.on("POST", "/{user}", _MANAGE, None, SELF)
async def update_user(call: Call) -> Answer:
    """A partial change: absent keys stay, null clears. A person changes what the schema lets them write."""
    return _changed(call, whole=False)


@users.on("PUT", "/{user}", _MANAGE, "users.write")
async def replace_user(call: Call) -> Answer:
    """A full replacement."""
    return _changed(call, whole=True)


def _changed(call: Call, whole: bool) -> Answer:
    own = call.caller.kind == "session" and call.parts["user"] in ("me", call.caller.user_id)
    if not own:
        call.demand("users.write")
    user, body = call.changeable_user(), call.json()
    _check_condition(call, user)
    profile, credentials = body.get("profile"), Credentials(**read_credentials(body))
    if not isinstance(profile, dict | None) or (whole and profile is None and "credentials" not in body):
        raise NotWellFormed()
    if own:
        _demand_writable(call, user, body)
    wanted = Change(profile, credentials, read_type(body), whole, call.flag("strict"))
    return Answer(200, shown(call, call.org.users.update(user, wanted, call.cause)))


def _demand_writable(call: Call, user: User, body: Json) -> None:
    """Raise for a change that a person may not make of themselves: "Update a user", `/api/v1/users/me`."""
    if body.get("credentials"):
        raise Forbidden()
    rights = call.org.schemas.of_type(user.type_id).attributes
    for name, value in (body.get("profile") or {}).items():
        if name in rights and rights[name].action != "READ_WRITE" and value != user.profile.get(name):
            raise CannotModifyReadOnly(name)


def _check_condition(call: Call, user: User) -> None:
    condition = call.headers.get("if-match")
    if condition is None:
        return
    if not _TAG.match(condition):
        raise EtagMalformed()
    if condition != "*" and condition.removeprefix("W/").strip('"') != entity_tag(user.profile, user.type_id):
        raise EtagMismatch()


@users.on("DELETE", "/{user}", _MANAGE, "users.write")
async def delete_user(call: Call) -> Answer:
    """First deactivates, then deletes."""
    lifecycle = call.org.lifecycle
    if call.background:
        lifecycle.later(call.changeable_user(), "delete", call.cause)
    else:
        lifecycle.delete(call.changeable_user(), call.cause)
    return NO_CONTENT


@users.on("GET", "/{user}/groups", _READ, "users.read")
async def groups_of_user(call: Call) -> Answer:
    """All groups of a person, unpaged."""
    shown = [group_body(group, call.org.base_url) for group in call.org.groups.of(call.user())]
    return Answer(200, shown, links(call.org.base_url, call.path, call.query, 200, None))


@users.on("GET", "/{user}/appLinks", _READ, None, SELF)
async def app_links(call: Call) -> Answer:
    """The dashboard of a person."""
    user = call.user()
    if user.id != call.caller.user_id:
        call.demand("users.read")
    state, base_url = call.org.state, call.org.base_url
    rows = [(state.apps[app_id], app_user) for app_id, app_user in state.app_users.of(user.id)]
    shown = [(app, app_user) for app, app_user in rows if app.active and not app.hidden]
    return Answer(200, [app_link_body(app, held, base_url, place) for place, (app, held) in enumerate(shown)])
