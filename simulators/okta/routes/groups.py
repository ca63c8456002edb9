"""/api/v1/groups: groups, their members, owners and applications."""

from __future__ import annotations

from simulators.okta.domain.errors import NotFound, SearchAndFilter
from simulators.okta.domain.groups import Group
from simulators.okta.domain.query import holds
from simulators.okta.domain.users import User
from simulators.okta.routes.apps import shown as shown_app
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.routes.group_rules import shown_rule
from simulators.okta.tenant.group_finding import reader
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.filters import group_filter, group_query, simple_filter
from simulators.okta.wire.groups import group_body, owner_body, read_group
from simulators.okta.wire.paging import limit_of, page
from simulators.okta.wire.users import listed_user

groups = Endpoints("/api/v1/groups")
_READ, _MANAGE = "okta.groups.read", "okta.groups.manage"


def _group(call: Call) -> Group:
    return call.org.groups.find(call.parts["group"])


def _body(call: Call, group: Group) -> Json:
    body = group_body(group, call.org.base_url)
    wanted = call.query.get("expand", "").split(",")
    embedded: Json = {}
    if "stats" in wanted:
        embedded["stats"] = _stats(call, group)
    if "app" in wanted and (app := call.org.state.apps.get(group.source_id or "")) is not None:
        embedded["app"] = {"id": app.id, "name": app.name, "label": app.label, "signOnMode": app.sign_on_mode}
    return {**body, "_embedded": embedded} if embedded else body


def _stats(call: Call, group: Group) -> Json:
    state = call.org.state
    living = len(state.users) - state.users.count("status", "DEPROVISIONED")
    return {
        "usersCount": living if group.id == state.everyone else state.members.count(group.id),
        "appsCount": state.app_groups.count("group", group.id),
        "groupPushMappingsCount": state.mappings.count("group", group.id),
        "hasAdminPrivlege": next(call.org.roles.of(group.id), None) is not None,
        "_links": {"self": {"href": f"{call.org.base_url}/api/v1/groups/{group.id}/stats"}},
    }


@groups.on("GET", "", _READ)
async def list_groups(call: Call) -> Answer:
    """All groups, or by `q`, `filter`, `search` (`sortBy`, `sortOrder`); `expand=stats,app`."""
    if not call.may("groups.read"):
        return Answer(200, [])
    query, found = call.query, call.org.groups
    after = query.get("after")
    seen = call.org.access.sees_group(call.caller)
    if query.get("search") and query.get("filter"):
        raise SearchAndFilter()
    if query.get("q"):
        rows = found.beginning_with(query["q"])
        if query.get("filter"):
            wanted = group_filter(query["filter"])
            rows = (group for group in rows if holds(wanted, reader(group), fold=False))
        taken, _ = page(filter(seen, rows), limit_of(query, 300, 300))
        return Answer(200, [_body(call, group) for group in taken])
    if query.get("search"):
        tree = group_query(query["search"])
        if query.get("sortBy"):
            rows = found.sorted(tree, query["sortBy"], query.get("sortOrder", "asc").lower() == "desc", after)
        else:
            rows = found.searched(tree, after)
    elif query.get("filter"):
        rows = found.filtered(group_filter(query["filter"]), after)
    else:
        rows = found.listing(after)
    return call.paged(filter(seen, rows), 10000, 10000, lambda group: _body(call, group), lambda group: group.id)


@groups.on("POST", "", _MANAGE, "groups.write")
async def create_group(call: Call) -> Answer:
    """A new group; 200."""
    return Answer(200, _body(call, call.org.groups.create(*read_group(call.json()), call.cause)))


@groups.on("GET", "/{group}", _READ, "groups.read")
async def read_one_group(call: Call) -> Answer:
    """One group."""
    return Answer(200, _body(call, _group(call)))


@groups.on("PUT", "/{group}", _MANAGE, "groups.write")
async def replace_group(call: Call) -> Answer:
    """Another profile."""
    return Answer(200, _body(call, call.org.groups.replace(_group(call), *read_group(call.json()), call.cause)))


@groups.on("DELETE", "/{group}", _MANAGE, "groups.write")
async def delete_group(call: Call) -> Answer:
    """Take a group away."""
    call.org.groups.delete(_group(call), call.cause)
    return NO_CONTENT


@groups.on("GET", "/{group}/users", _READ, "groups.read")
async def list_members(call: Call) -> Answer:
    """The people of a group; `expand=group-rules` tells who is there by which rule."""
    group, with_rules = _group(call), call.query.get("expand") == "group-rules"

    def render(user: User) -> Json:
        body = listed_user(user, call.org.base_url)
        if with_rules:
            rules = [shown_rule(call, rule) for rule in call.org.rules.holding(group.id, user.id)]
            body["_embedded"] = {"group-rules": rules}
        return body

    rows = call.org.groups.members(group, call.query.get("after"))
    return call.paged(rows, 1000, 1000, render, lambda user: user.id)


@groups.on("GET", "/{group}/users/{user}/group-rules", _READ, "groups.read")
async def rules_of_member(call: Call) -> Answer:
    """The rules that hold a person in a group."""
    group, user = _group(call), call.user()
    if call.org.state.members.get(group.id, user.id) is None and group.id != call.org.state.everyone:
        raise NotFound(user.id, "User")
    return Answer(200, [shown_rule(call, rule) for rule in call.org.rules.holding(group.id, user.id)])


@groups.on("PUT", "/{group}/users/{user}", _MANAGE, "groups.members")
async def add_member(call: Call) -> Answer:
    """Put a person into a group."""
    call.org.groups.add(_group(call), call.user(), call.cause)
    return NO_CONTENT


@groups.on("DELETE", "/{group}/users/{user}", _MANAGE, "groups.members")
async def remove_member(call: Call) -> Answer:
    """Take a person out of a group."""
    call.org.groups.remove(_group(call), call.user(), call.cause)
    return NO_CONTENT


@groups.on("GET", "/{group}/apps", _READ, "groups.read")
async def apps_of_group(call: Call) -> Answer:
    """The applications of a group."""
    rows = call.org.apps.of_group(_group(call).id, call.query.get("after"))
    return call.paged(rows, 20, 200, lambda app: shown_app(call, app), lambda app: app.id)


@groups.on("GET", "/{group}/owners", _READ, "groups.read")
async def list_owners(call: Call) -> Answer:
    """The owners of a group, people and groups; `search` by type."""
    rows = call.org.groups.owners(_group(call), call.query.get("after"))
    if call.query.get("search"):
        query = simple_filter(call.query["search"], {"type"})
        rows = (row for row in rows if holds(query, {"type": row.kind}.get, fold=True))
    return call.paged(rows, 1000, 1000, owner_body, lambda row: f"{row.group_id}/{row.owner_id}")


@groups.on("POST", "/{group}/owners", _MANAGE, "groups.write")
async def add_owner(call: Call) -> Answer:
    """Name a person or a group as owner: 201."""
    body = call.json()
    kind, owner = call.need(body, "type"), call.need(body, "id")
    return Answer(201, owner_body(call.org.groups.add_owner(_group(call), kind, owner)))


@groups.on("DELETE", "/{group}/owners/{owner}", _MANAGE, "groups.write")
async def remove_owner(call: Call) -> Answer:
    """One owner less."""
    call.org.groups.remove_owner(_group(call), call.parts["owner"])
    return NO_CONTENT
