"""/api/v1/users: people, their lifecycle, credentials, factors, sessions and roles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simulators.okta.domain.errors import (
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
from simulators.okta.tenant.users import Credentials
from simulators.okta.wire.bodies import Json, texts
from simulators.okta.wire.filters import is_user_attribute, user_filter, user_search
from simulators.okta.wire.groups import group_body
from simulators.okta.wire.users import (
    app_link_body,
    listed_user,
    omissions,
    projected,
    read_credentials,
    sort_key,
    user_body,
)

users = Endpoints("/api/v1/users")
_READ, _MANAGE = "okta.users.read", "okta.users.manage"
_TAG = re.compile(r'(W/)?"[^"]*"$|\*$')


def shown(call: Call, user: User) -> Json:
    """A person with all links."""
    factors = next(call.org.factors.of(user.id), None) is not None
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
    after = query.get("after")
    if "search" in query:
        return _searched(call, omit)
    if query.get("filter"):
        rows = org.users.filtered(user_filter(query["filter"]), after)
    elif query.get("q"):
        return Answer(200, _first(call, org.users.beginning_with(query["q"]), omit))
    else:
        rows = org.users.listing(after)
    return call.paged(rows, 200, 200, lambda user: listed_user(user, org.base_url, omit), lambda user: user.id)


def _searched(call: Call, omit: frozenset[str]) -> Answer:
    query, org = call.query, call.org
    tree = user_search(query["search"]) if query["search"].strip() else None
    after, fields, order = query.get("after"), query.get("fields"), query.get("sortBy")
    if order is not None and not is_user_attribute(order):
        raise InvalidSearch()

    def render(user: User) -> Json:
        body = listed_user(user, org.base_url, omit)
        return projected(body, fields) if fields else body

    if order is None:
        return call.paged(org.users.searched(tree, after), 200, 200, render, lambda user: user.id)
    rows = sorted(org.users.searched(tree, None), key=lambda user: sort_key(user, order))
    if query.get("sortOrder", "asc").lower().startswith("desc"):
        rows.reverse()
    ids = [user.id for user in rows]
    start = ids.index(after) + 1 if after in ids else 0
    return call.paged(rows[start:], 200, 200, render, lambda user: user.id)


def _first(call: Call, rows: Iterator[User], omit: frozenset[str]) -> list[Json]:
    return list(
        call.paged(rows, 10, 200, lambda user: listed_user(user, call.org.base_url, omit), lambda user: user.id).body
    )


@users.on("POST", "", _MANAGE, "users.write")
async def create_user(call: Call) -> Answer:
    """A new person; 200, not 201."""
    body = call.json()
    if not isinstance(body.get("profile"), dict):
        raise NotWellFormed()
    user = call.org.users.create(
        body["profile"],
        Credentials(**read_credentials(body)),
        texts(body.get("groupIds")),
        call.flag("activate", True),
        call.query.get("nextLogin"),
        call.flag("provider"),
        call.cause,
    )
    return Answer(200, shown(call, user))


@users.on("GET", "/{user}", _READ, None, SELF)
async def read_user(call: Call) -> Answer:
    """One person by id, login, short name or `me`."""
    own = call.parts["user"] == "me" or call.parts["user"] == call.caller.user_id
    if call.caller.kind == "session" and not own:
        raise Forbidden()
    if not own:
        call.demand("users.read")
    user = call.user()
    tag = entity_tag(user.profile, user.type_id)
    return Answer(200, shown(call, user), [("ETag", f'W/"{tag}"')])


@users.on("POST", "/{user}", _MANAGE, "users.write")
async def update_user(call: Call) -> Answer:
    """A partial change: absent keys stay, null clears."""
    return _changed(call, whole=False)


@users.on("PUT", "/{user}", _MANAGE, "users.write")
async def replace_user(call: Call) -> Answer:
    """A full replacement."""
    return _changed(call, whole=True)


def _changed(call: Call, whole: bool) -> Answer:
    user, body = call.changeable_user(), call.json()
    _check_condition(call, user)
    profile = body.get("profile")
    if (profile is not None and not isinstance(profile, dict)) or (whole and profile is None):
        raise NotWellFormed()
    credentials = Credentials(**read_credentials(body))
    after = call.org.users.update(user, profile, credentials, whole, call.flag("strict"), call.cause)
    return Answer(200, shown(call, after))


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
    call.org.lifecycle.delete(call.changeable_user(), call.cause)
    return NO_CONTENT


@users.on("GET", "/{user}/groups", _READ, "users.read")
async def groups_of_user(call: Call) -> Answer:
    """All groups of a person, unpaged."""
    return Answer(200, [group_body(group, call.org.base_url) for group in call.org.groups.of(call.user())])


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
