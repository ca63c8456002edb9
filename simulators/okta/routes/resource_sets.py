"""/api/v1/iam/resource-sets: what custom roles are used on, their bindings and members."""

from __future__ import annotations

from dataclasses import replace

from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.iam import Binding, Resource, ResourceSet
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.routes.iam import linked, pages
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.iam import (
    binding_body,
    bindings_body,
    member_body,
    read_conditions,
    read_named,
    read_texts,
    resource_body,
    resource_set_body,
)

resource_sets = Endpoints("/api/v1/iam/resource-sets")
_READ, _MANAGE = "okta.roles.read", "okta.roles.manage"
_MAY_READ, _MAY_WRITE = "roles.read", "roles.write"


def _set(call: Call) -> ResourceSet:
    return call.org.iam.find_set(call.parts["set"])


def _set_answer(call: Call, held: ResourceSet) -> Answer:
    return linked(call, resource_set_body(held, call.org.base_url))


@resource_sets.on("GET", "", _READ, _MAY_READ)
async def list_sets(call: Call) -> Answer:
    """All resource sets."""
    rows = call.org.state.resource_sets.rows(call.query.get("after"))
    return pages(call, "resource-sets", rows, lambda held: resource_set_body(held, call.org.base_url))


@resource_sets.on("POST", "", _MANAGE, _MAY_WRITE)
async def create_set(call: Call) -> Answer:
    """A new resource set; resources by name or address."""
    body = call.json()
    label, description = read_named(body)
    resources = read_texts(body, "resources")
    return _set_answer(call, call.org.iam.create_set(label, description, resources, call.cause))


@resource_sets.on("GET", "/{set}", _READ, _MAY_READ)
async def read_set(call: Call) -> Answer:
    """One, by id or label."""
    return _set_answer(call, _set(call))


@resource_sets.on("PUT", "/{set}", _MANAGE, _MAY_WRITE)
async def replace_set(call: Call) -> Answer:
    """Another label and description; the resources stay."""
    held = _set(call)
    return _set_answer(call, call.org.iam.change_set(held, *read_named(call.json())))


@resource_sets.on("DELETE", "/{set}", _MANAGE, _MAY_WRITE)
async def delete_set(call: Call) -> Answer:
    """Take it away with its bindings."""
    call.org.iam.delete_set(_set(call), call.cause)
    return NO_CONTENT


def _above(call: Call, held: ResourceSet) -> Json:
    return {"resource-set": {"href": f"{call.org.base_url}{resource_sets.prefix}/{held.id}"}}


def _resource(call: Call, held: ResourceSet) -> Resource:
    found = held.resources.get(call.parts["resource"])
    if found is None:
        raise NotFound(call.parts["resource"], "IAMResource")
    return found


@resource_sets.on("GET", "/{set}/resources", _READ, _MAY_READ)
async def list_resources(call: Call) -> Answer:
    """What a set holds."""
    held, after = _set(call), call.query.get("after")
    rows = list(held.resources.values())
    start = next((place + 1 for place, row in enumerate(rows) if row.id == after), 0)
    render = lambda row: resource_body(row, held, call.org.base_url)  # noqa: E731
    return pages(call, "resources", rows[start:], render, _above(call, held))


@resource_sets.on("POST", "/{set}/resources", _MANAGE, _MAY_WRITE)
async def add_resource(call: Call) -> Answer:
    """Add one with conditions."""
    held, body = _set(call), call.json()
    name = call.need(body, "resourceOrnOrUrl")
    after = call.org.iam.add_resources(held, [name], read_conditions(body), call.cause)
    return Answer(200, resource_body(list(after.resources.values())[-1], after, call.org.base_url))


@resource_sets.on("PATCH", "/{set}/resources", _MANAGE, _MAY_WRITE)
async def add_resources(call: Call) -> Answer:
    """Add several; the answer is the set."""
    held = _set(call)
    names = read_texts(call.json(), "additions", required=True)
    return _set_answer(call, call.org.iam.add_resources(held, names, None, call.cause))


@resource_sets.on("GET", "/{set}/resources/{resource}", _READ, _MAY_READ)
async def read_resource(call: Call) -> Answer:
    """One resource."""
    held = _set(call)
    return Answer(200, resource_body(_resource(call, held), held, call.org.base_url))


@resource_sets.on("PUT", "/{set}/resources/{resource}", _MANAGE, _MAY_WRITE)
async def replace_resource(call: Call) -> Answer:
    """Other conditions."""
    held = _set(call)
    changed = replace(
        _resource(call, held), conditions=read_conditions(call.json()), last_updated=call.org.whole_second()
    )
    return Answer(200, resource_body(call.org.iam.put_resource(held, changed), held, call.org.base_url))


@resource_sets.on("DELETE", "/{set}/resources/{resource}", _MANAGE, _MAY_WRITE)
async def remove_resource(call: Call) -> Answer:
    """Take one out."""
    held = _set(call)
    call.org.iam.drop_resource(held, _resource(call, held).id, call.cause)
    return NO_CONTENT


def _binding(call: Call) -> Binding:
    held = _set(call)
    return call.org.iam.find_binding(held, call.org.iam.find_role(call.parts["role"]))


@resource_sets.on("GET", "/{set}/bindings", _READ, _MAY_READ)
async def list_bindings(call: Call) -> Answer:
    """The roles bound over a set."""
    held = _set(call)
    body = bindings_body(held, call.org.state.bindings.find("set", held.id), call.org.base_url)
    return linked(call, body)


@resource_sets.on("POST", "/{set}/bindings", _MANAGE, _MAY_WRITE)
async def create_binding(call: Call) -> Answer:
    """Bind a custom role over a set, with members."""
    held, body = _set(call), call.json()
    role = call.org.iam.find_role(call.need(body, "role"))
    binding = call.org.iam.bind(held, role, read_texts(body, "members"), call.cause)
    return linked(call, binding_body(binding, call.org.base_url, edited=True))


@resource_sets.on("GET", "/{set}/bindings/{role}", _READ, _MAY_READ)
async def read_binding(call: Call) -> Answer:
    """One binding."""
    return linked(call, binding_body(_binding(call), call.org.base_url, edited=False))


@resource_sets.on("DELETE", "/{set}/bindings/{role}", _MANAGE, _MAY_WRITE)
async def delete_binding(call: Call) -> Answer:
    """Take it away with its members."""
    call.org.iam.unbind(_binding(call), call.cause)
    return NO_CONTENT


@resource_sets.on("GET", "/{set}/bindings/{role}/members", _READ, _MAY_READ)
async def list_members(call: Call) -> Answer:
    """Who holds it."""
    binding = _binding(call)
    rows = call.org.state.binding_members.find("binding", binding.key, call.query.get("after"))
    above = {"binding": binding_body(binding, call.org.base_url, edited=False)["_links"]["self"]}
    return pages(call, "members", rows, lambda member: member_body(member, call.org.base_url), above)


@resource_sets.on("PATCH", "/{set}/bindings/{role}/members", _MANAGE, _MAY_WRITE)
async def add_members(call: Call) -> Answer:
    """Add several; the answer has links only."""
    binding = _binding(call)
    for kind, holder in call.org.iam.members_named(read_texts(call.json(), "additions", required=True)):
        call.org.iam.join(binding, kind, holder, call.cause)
    return linked(call, binding_body(binding, call.org.base_url, edited=True))


@resource_sets.on("GET", "/{set}/bindings/{role}/members/{member}", _READ, _MAY_READ)
async def read_member(call: Call) -> Answer:
    """One member."""
    return Answer(200, member_body(call.org.iam.find_member(_binding(call), call.parts["member"]), call.org.base_url))


@resource_sets.on("DELETE", "/{set}/bindings/{role}/members/{member}", _MANAGE, _MAY_WRITE)
async def remove_member(call: Call) -> Answer:
    """Take one out."""
    call.org.iam.leave(call.org.iam.find_member(_binding(call), call.parts["member"]), call.cause)
    return NO_CONTENT
