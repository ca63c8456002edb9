"""/api/v1/groups: groups, their members and applications, group rules."""

from __future__ import annotations

from simulators.okta.domain.expressions import Node
from simulators.okta.domain.groups import Group, GroupRule
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.apps import app_body
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.expressions import parse_expression
from simulators.okta.wire.filters import group_query
from simulators.okta.wire.groups import group_body, read_group, read_rule, rule_body
from simulators.okta.wire.paging import limit_of, page
from simulators.okta.wire.users import listed_user

groups = Endpoints("/api/v1/groups")
_READ, _MANAGE = "okta.groups.read", "okta.groups.manage"


def _group(call: Call) -> Group:
    return call.org.groups.find(call.parts["group"])


def _body(call: Call, group: Group) -> Json:
    body = group_body(group, call.org.base_url)
    if "stats" in call.query.get("expand", ""):
        state = call.org.state
        everyone = group.id == state.everyone
        count = (
            len(state.users) - state.users.count("status", "DEPROVISIONED")
            if everyone
            else state.members.count(group.id)
        )
        apps = state.app_groups.count("group", group.id)
        own = {"self": {"href": f"{call.org.base_url}/api/v1/groups/{group.id}/stats"}}
        body["_embedded"] = {"stats": {"usersCount": count, "appsCount": apps, "_links": own}}
    return body


@groups.on("GET", "", _READ)
async def list_groups(call: Call) -> Answer:
    """All groups, or by `q`, `filter`, `search`."""
    if not call.may("groups.read"):
        return Answer(200, [])
    query, found = call.query, call.org.groups
    after = query.get("after")
    if query.get("q"):
        rows = found.beginning_with(query["q"])
        if query.get("filter"):
            wanted = {group.id for group in found.filtered(group_query(query["filter"]), None)}
            rows = (group for group in rows if group.id in wanted)
        taken, _ = page(rows, limit_of(query, 300, 300))
        return Answer(200, [_body(call, group) for group in taken])
    if query.get("search"):
        rows = found.searched(group_query(query["search"]), after)
    elif query.get("filter"):
        rows = found.filtered(group_query(query["filter"]), after)
    else:
        rows = found.listing(after)
    return call.paged(rows, 10000, 10000, lambda group: _body(call, group), lambda group: group.id)


@groups.on("POST", "", _MANAGE, "groups.write")
async def create_group(call: Call) -> Answer:
    """A new group; 200."""
    return Answer(200, _body(call, call.org.groups.create(*read_group(call.json()), call.cause)))


def _rule_body(call: Call, rule: GroupRule) -> Json:
    held = call.org.state.groups
    body = rule_body(rule, call.org.base_url, all(id in held for id in rule.group_ids))
    if call.query.get("expand") == "groupIdToGroupNameMap":
        names = {id: held[id].name for id in rule.group_ids if id in held}
        body["_embedded"] = {"groupIdToGroupNameMap": names}
    return body


def _read_rule(call: Call) -> tuple[str, str, Node, list[str], list[str]]:
    name, text, group_ids, excluded = read_rule(call.json())
    return name, text, parse_expression(text), group_ids, excluded


def _rule(call: Call) -> GroupRule:
    return call.org.rules.find(call.parts["rule"])


@groups.on("GET", "/rules", _READ, "groups.read")
async def list_rules(call: Call) -> Answer:
    """All rules, `search` by name."""
    text = call.query.get("search", "").lower()
    rows = (rule for rule in call.org.state.rules.rows(call.query.get("after")) if text in rule.name.lower())
    return call.paged(rows, 50, 200, lambda rule: _rule_body(call, rule), lambda rule: rule.id)


@groups.on("POST", "/rules", _MANAGE, "groups.write")
async def create_rule(call: Call) -> Answer:
    """A new rule, INACTIVE."""
    return Answer(200, _rule_body(call, call.org.rules.create(*_read_rule(call))))


@groups.on("GET", "/rules/{rule}", _READ, "groups.read")
async def read_one_rule(call: Call) -> Answer:
    """One rule."""
    return Answer(200, _rule_body(call, _rule(call)))


@groups.on("PUT", "/rules/{rule}", _MANAGE, "groups.write")
async def replace_rule(call: Call) -> Answer:
    """Another content for a rule that is not active."""
    return Answer(200, _rule_body(call, call.org.rules.replace(_rule(call), *_read_rule(call))))


@groups.on("DELETE", "/rules/{rule}", _MANAGE, "groups.write")
async def delete_rule(call: Call) -> Answer:
    """202; its members go only with `removeUsers`."""
    call.org.rules.delete(_rule(call), call.flag("removeUsers"), call.cause)
    return Answer(202)


@groups.on("POST", "/rules/{rule}/lifecycle/activate", _MANAGE, "groups.write")
async def activate_rule(call: Call) -> Answer:
    """Begin to act on everybody."""
    call.org.rules.activate(_rule(call), call.cause)
    return NO_CONTENT


@groups.on("POST", "/rules/{rule}/lifecycle/deactivate", _MANAGE, "groups.write")
async def deactivate_rule(call: Call) -> Answer:
    """Stop acting."""
    call.org.rules.deactivate(_rule(call), call.cause)
    return NO_CONTENT


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
    """The people of a group."""
    rows = call.org.groups.members(_group(call), call.query.get("after"))
    return call.paged(rows, 1000, 1000, lambda user: listed_user(user, call.org.base_url), lambda user: user.id)


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
    return call.paged(rows, 20, 200, lambda app: app_body(app, call.org.base_url), lambda app: app.id)
