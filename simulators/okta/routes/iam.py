"""/api/v1/iam: custom roles and their permissions, and who holds a role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.iam import CustomRole, Permission
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.iam import (
    custom_role_body,
    permission_body,
    read_conditions,
    read_named,
    read_texts,
)
from simulators.okta.wire.paging import limit_of, page

iam = Endpoints("/api/v1/iam")
_READ, _MANAGE = "okta.roles.read", "okta.roles.manage"
_MAY_READ, _MAY_WRITE = "roles.read", "roles.write"
_PAGE = 100


def linked(call: Call, body: Json) -> Answer:
    """A body with its own address as a `Link` header, as everything under this path has it."""
    return Answer(200, body, [("Link", f'<{body["_links"]["self"]["href"]}>; rel="self"')])


def pages(call: Call, name: str, rows: Iterable[Any], render: Any, more: Json | None = None) -> Answer:
    """A page of rows under `name`; the next page stands in `_links`, and in a header too."""
    limit = limit_of(call.query, _PAGE, 200)
    taken, further = page(rows, limit)
    own = call.org.base_url + call.path
    links: Json = {**(more or {}), "self": {"href": own}}
    headers = [("Link", f'<{own}>; rel="self"')]
    if further:
        following = f"{own}?after={taken[-1].id}&limit={limit}"
        links["next"] = {"href": following}
        headers.append(("Link", f'<{following}>; rel="next"'))
    return Answer(200, {name: [render(row) for row in taken], "_links": links}, headers)


@iam.on("GET", "/assignees/users", _READ, _MAY_READ)
async def list_assignees(call: Call) -> Answer:
    """The people who hold a role of their own."""
    base, org_id = call.org.base_url, call.org.state.org_id
    limit = limit_of(call.query, _PAGE, 200)
    taken, further = page(call.org.roles.holders("USER", call.query.get("after")), limit)
    rows = [
        {
            "id": id,
            "orn": f"orn:okta:directory:{org_id}:users:{id}",
            "_links": {
                "self": {"href": f"{base}/api/v1/users/{id}"},
                "roles": {"href": f"{base}/api/v1/users/{id}/roles"},
            },
        }
        for id in taken
    ]
    own = base + call.path
    body: Json = {"value": rows, "_links": {}}
    if further:
        body["_links"]["next"] = {"href": f"{own}?after={taken[-1]}&limit={limit}"}
    return Answer(200, body)


def _role(call: Call) -> CustomRole:
    return call.org.iam.find_role(call.parts["role"])


def _role_answer(call: Call, role: CustomRole) -> Answer:
    return linked(call, custom_role_body(role, call.org.base_url))


@iam.on("GET", "/roles", _READ, _MAY_READ)
async def list_roles(call: Call) -> Answer:
    """All custom roles."""
    rows = call.org.state.custom_roles.rows(call.query.get("after"))
    return pages(call, "roles", rows, lambda role: custom_role_body(role, call.org.base_url))


@iam.on("POST", "/roles", _MANAGE, _MAY_WRITE)
async def create_role(call: Call) -> Answer:
    """A new custom role with its permissions; 200."""
    body = call.json()
    label, description = read_named(body)
    permissions = read_texts(body, "permissions", required=True)
    return _role_answer(call, call.org.iam.create_role(label, description, permissions, call.cause))


@iam.on("GET", "/roles/{role}", _READ, _MAY_READ)
async def read_role(call: Call) -> Answer:
    """One, by id or label."""
    return _role_answer(call, _role(call))


@iam.on("PUT", "/roles/{role}", _MANAGE, _MAY_WRITE)
async def replace_role(call: Call) -> Answer:
    """Another label and description."""
    role = _role(call)
    return _role_answer(call, call.org.iam.change_role(role, *read_named(call.json()), call.cause))


@iam.on("DELETE", "/roles/{role}", _MANAGE, _MAY_WRITE)
async def delete_role(call: Call) -> Answer:
    """Only while nobody holds it."""
    call.org.iam.delete_role(_role(call), call.cause)
    return NO_CONTENT


def _permission(call: Call, role: CustomRole) -> Permission:
    held = role.permissions.get(call.parts["permission"])
    if held is None:
        raise NotFound(call.parts["permission"], "Permission")
    return held


@iam.on("GET", "/roles/{role}/permissions", _READ, _MAY_READ)
async def list_permissions(call: Call) -> Answer:
    """What a role allows."""
    role = _role(call)
    rows = [permission_body(role.permissions[name], role, call.org.base_url) for name in sorted(role.permissions)]
    return Answer(200, {"permissions": rows})


@iam.on("GET", "/roles/{role}/permissions/{permission}", _READ, _MAY_READ)
async def read_permission(call: Call) -> Answer:
    """One permission of a role."""
    role = _role(call)
    return linked(call, permission_body(_permission(call, role), role, call.org.base_url))


@iam.on("POST", "/roles/{role}/permissions/{permission}", _MANAGE, _MAY_WRITE)
async def add_permission(call: Call) -> Answer:
    """Add one, perhaps with conditions; 204."""
    call.org.iam.grant(_role(call), call.parts["permission"], read_conditions(call.optional_json()), call.cause)
    return NO_CONTENT


@iam.on("PUT", "/roles/{role}/permissions/{permission}", _MANAGE, _MAY_WRITE)
async def replace_permission(call: Call) -> Answer:
    """Other conditions."""
    role = _role(call)
    _permission(call, role)
    held = call.org.iam.grant(role, call.parts["permission"], read_conditions(call.optional_json()), call.cause)
    return linked(call, permission_body(held, role, call.org.base_url))


@iam.on("DELETE", "/roles/{role}/permissions/{permission}", _MANAGE, _MAY_WRITE)
async def remove_permission(call: Call) -> Answer:
    """Take one away."""
    role = _role(call)
    call.org.iam.withdraw(role, _permission(call, role).label, call.cause)
    return NO_CONTENT
