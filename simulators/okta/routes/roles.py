"""Administrator roles of people, groups and clients: assigned, narrowed to targets, taken back."""

from __future__ import annotations

from typing import Any

from simulators.okta.domain.admins import RoleAssignment
from simulators.okta.domain.app_kinds import may_be_catalogued
from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.iam import Member
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.groups import group_body
from simulators.okta.wire.iam import holder_path
from simulators.okta.wire.paging import limit_of, links, page
from simulators.okta.wire.roles import (
    catalog_app_body,
    custom_assignment_body,
    governance_body,
    role_body,
    target_app_body,
    target_bodies,
)

roles = Endpoints("/api/v1")
client_roles = Endpoints("/oauth2/v1/clients")
_READ, _MANAGE = "okta.roles.read", "okta.roles.manage"
_MAY_READ, _MAY_WRITE = "roles.read", "roles.write"


def _holder(call: Call) -> tuple[str, str]:
    """The kind and id of the holder that the path names."""
    if "user" in call.parts:
        return "USER", call.user().id
    if "group" in call.parts:
        return "GROUP", call.org.groups.find(call.parts["group"]).id
    app = call.org.apps.client(call.parts["client"])
    if app is None:
        raise NotFound(call.parts["client"], "PublicClientApp")
    return "CLIENT", app.id


def _render(call: Call, row: RoleAssignment | Member) -> Json:
    base_url = call.org.base_url
    if isinstance(row, Member):
        return custom_assignment_body(row, call.org.state.custom_roles[row.role_id].label, base_url)
    body = role_body(row, base_url)
    expand = call.query.get("expand")
    if expand == "targets/groups":
        body["_embedded"] = {"targets": {"groups": _group_targets(call, row)}}
    elif expand == "targets/catalog/apps":
        body["_embedded"] = {"targets": {"catalog": {"apps": _app_targets(call, row)}}}
    return body


def _group_targets(call: Call, row: RoleAssignment) -> list[Json]:
    groups = call.org.state.groups
    return [group_body(groups[id], call.org.base_url) for id in row.group_targets if id in groups]


def _app_targets(call: Call, row: RoleAssignment) -> list[Json]:
    bodies = []
    for target in row.app_targets:
        name, _, id = target.partition("/")
        if not id:
            bodies.append(catalog_app_body(name, row.created, call.org.base_url))
        elif (app := call.org.state.apps.get(id)) is not None:
            bodies.append(target_app_body(app, call.org.base_url))
    return bodies


async def list_roles(call: Call) -> Answer:
    """The roles of a holder; of a person also those that come through groups."""
    kind, holder = _holder(call)
    return Answer(200, [_render(call, row) for row in call.org.roles.shown(kind, holder)])


async def assign_role(call: Call) -> Answer:
    """Give a standard role, or a custom one over a resource set: 201."""
    (kind, holder), body = _holder(call), call.json()
    wanted = call.need(body, "type")
    if wanted == "CUSTOM":
        role, held = call.need(body, "role"), call.need(body, "resource-set")
        row: RoleAssignment | Member = call.org.roles.assign_custom(kind, holder, role, held, call.cause)
    else:
        row = call.org.roles.assign(kind, holder, wanted, call.cause)
    return Answer(201, _render(call, row))


async def read_role(call: Call) -> Answer:
    """One assignment."""
    kind, holder = _holder(call)
    return Answer(200, _render(call, call.org.roles.find(kind, holder, call.parts["role"])))


async def unassign_role(call: Call) -> Answer:
    """Take a role back."""
    kind, holder = _holder(call)
    call.org.roles.unassign(kind, holder, call.parts["role"], call.cause)
    return NO_CONTENT


def _standard(call: Call) -> RoleAssignment:
    """The assignment of a standard role that the path names; it has no targets of a kind that it cannot have."""
    return call.org.roles.standard(_holder(call)[1], call.parts["role"])


def _narrowable(call: Call, noun: str) -> RoleAssignment:
    """The assignment that the path names, of a role that can have such targets."""
    _, holder = _holder(call)
    return call.org.roles.narrowable(holder, call.parts["role"], noun)


def _page(call: Call, row: RoleAssignment, rows: list[Any], render: Any, cursor: Any) -> Answer:
    """A page of targets. Its `self` link carries a cursor on the first page too, unlike other lists."""
    limit = limit_of(call.query, 20, 200)
    taken, more = page(rows, limit)
    own = {"after": row.id, **call.query}
    headers = links(call.org.base_url, call.path, own, limit, cursor(taken[-1]) if more else None)
    return Answer(200, [render(target) for target in taken], headers)


async def list_group_targets(call: Call) -> Answer:
    """The groups that a role is limited to; none means all."""
    row = _standard(call)
    groups, after = call.org.state.groups, call.query.get("after")
    ids = [id for id in row.group_targets if id in groups]
    rows = ids[ids.index(after) + 1 :] if after in ids else ids
    return _page(call, row, rows, lambda id: group_body(groups[id], call.org.base_url), lambda id: id)


async def add_group_target(call: Call) -> Answer:
    """Limit a role to a group, or to one more."""
    group = call.org.groups.find(call.parts["target"])
    call.org.roles.add_target(_narrowable(call, "groups"), "groups", group.id)
    return NO_CONTENT


async def remove_group_target(call: Call) -> Answer:
    """One group less; the last one stays."""
    group = call.org.groups.find(call.parts["target"])
    call.org.roles.remove_target(_narrowable(call, "groups"), "groups", group.id)
    return NO_CONTENT


async def list_app_targets(call: Call) -> Answer:
    """The applications that a role is limited to; none means all."""
    row, after = _standard(call), call.query.get("after")
    bodies = _app_targets(call, row)
    names = [body.get("id") or body["name"] for body in bodies]
    rows = bodies[names.index(after) + 1 :] if after in names else bodies
    return _page(call, row, rows, lambda body: body, lambda body: body.get("id") or body["name"])


async def clear_app_targets(call: Call) -> Answer:
    """All applications."""
    call.org.roles.clear_targets(_narrowable(call, "apps"))
    return Answer(200)


def _app_target(call: Call) -> str:
    """`name`, or `name/id`, of the applications that the path names. Raises NotFound."""
    name, id = call.parts["name"], call.parts.get("app")
    if id is None:
        if not may_be_catalogued(name, call.org.settings.name) and call.org.state.apps.first("name", name) is None:
            raise NotFound(name, "AppInstance")
        return name
    app = call.org.state.apps.get(id)
    if app is None or app.name != name:
        raise NotFound(id, "AppInstance")
    return f"{name}/{id}"


async def add_app_target(call: Call) -> Answer:
    """Limit a role to a kind of application or to one instance."""
    call.org.roles.add_target(_narrowable(call, "apps"), "apps", _app_target(call))
    return NO_CONTENT


async def remove_app_target(call: Call) -> Answer:
    """One application less; the last one stays."""
    call.org.roles.remove_target(_narrowable(call, "apps"), "apps", _app_target(call))
    return NO_CONTENT


async def list_targets(call: Call) -> Answer:
    """Every target of a role, by resource name."""
    kind, holder = _holder(call)
    row = call.org.roles.find(kind, holder, call.parts["role"])
    wanted = call.query.get("assignmentType")
    if isinstance(row, Member) or wanted not in (None, row.holder_kind):
        return Answer(200, [])
    return Answer(200, list(target_bodies(row, call.org.state.org_id, call.org.base_url)))


async def read_governance(call: Call) -> Answer:
    """The governance grants behind an assignment: none, every role is given by hand."""
    kind, holder = _holder(call)
    call.org.roles.find(kind, holder, call.parts["role"])
    base = call.org.base_url
    return Answer(200, governance_body(base + call.path, base + holder_path(kind, holder)))


async def read_governance_grant(call: Call) -> Answer:
    """There is none to read."""
    kind, holder = _holder(call)
    call.org.roles.find(kind, holder, call.parts["role"])
    raise NotFound(call.parts["grant"], "RoleGovernanceGrant")


_ROLE, _GROUPS, _APPS = "/roles/{role}", "/roles/{role}/targets/groups", "/roles/{role}/targets/catalog/apps"
_SERVED = (
    ("GET", "/roles", list_roles),
    ("POST", "/roles", assign_role),
    ("GET", _ROLE, read_role),
    ("DELETE", _ROLE, unassign_role),
    ("GET", _GROUPS, list_group_targets),
    ("PUT", f"{_GROUPS}/{{target}}", add_group_target),
    ("DELETE", f"{_GROUPS}/{{target}}", remove_group_target),
    ("GET", _APPS, list_app_targets),
    ("PUT", f"{_APPS}/{{name}}", add_app_target),
    ("DELETE", f"{_APPS}/{{name}}", remove_app_target),
    ("PUT", f"{_APPS}/{{name}}/{{app}}", add_app_target),
    ("DELETE", f"{_APPS}/{{name}}/{{app}}", remove_app_target),
)
# only people's assignments have these
_OF_PEOPLE = (
    ("PUT", _APPS, clear_app_targets),
    ("GET", f"{_ROLE}/targets", list_targets),
    ("GET", f"{_ROLE}/governance", read_governance),
    ("GET", f"{_ROLE}/governance/{{grant}}", read_governance_grant),
    ("GET", f"{_ROLE}/governance/{{grant}}/resources", read_governance_grant),
)
for _collected, _path, _calls in (
    (roles, "/users/{user}", (*_SERVED, *_OF_PEOPLE)),
    (roles, "/groups/{group}", _SERVED),
    (client_roles, "/{client}", _SERVED),
):
    for _method, _end, _serve in _calls:
        _reads = _method == "GET"
        _collected.on(_method, _path + _end, _READ if _reads else _MANAGE, _MAY_READ if _reads else _MAY_WRITE)(_serve)
