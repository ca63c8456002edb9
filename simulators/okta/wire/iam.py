"""Custom roles, resource sets and bindings as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleCResourceSet/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.iam import Binding, CustomRole, Member, Permission, Resource, ResourceSet
from simulators.okta.wire.bodies import Json, part


def custom_role_body(role: CustomRole, base_url: str) -> Json:
    """A custom role."""
    own = f"{base_url}/api/v1/iam/roles/{role.id}"
    return {
        "id": role.id,
        "label": role.label,
        "isCloneable": False,
        "description": role.description,
        "created": iso(role.created),
        "lastUpdated": iso(role.last_updated),
        "_links": {"permissions": {"href": f"{own}/permissions"}, "self": {"href": own}},
    }


def permission_body(permission: Permission, role: CustomRole, base_url: str) -> Json:
    """One permission of a role."""
    own = f"{base_url}/api/v1/iam/roles/{role.id}"
    return {
        "label": permission.label,
        "created": iso(permission.created),
        "lastUpdated": iso(permission.last_updated),
        "conditions": permission.conditions,
        "_links": {"role": {"href": own}, "self": {"href": f"{own}/permissions/{permission.label}"}},
    }


def resource_set_body(held: ResourceSet, base_url: str) -> Json:
    """A resource set, without its resources."""
    own = set_url(held.id, base_url)
    return {
        "id": held.id,
        "label": held.label,
        "description": held.description,
        "created": iso(held.created),
        "lastUpdated": iso(held.last_updated),
        "_links": {
            "bindings": {"href": f"{own}/bindings"},
            "self": {"href": own},
            "resources": {"href": f"{own}/resources"},
        },
    }


def resource_body(resource: Resource, held: ResourceSet, base_url: str) -> Json:
    """One resource; `self` is what it names, where that has an address."""
    links: Json = {"resource": {"href": f"{set_url(held.id, base_url)}/resources/{resource.id}"}}
    if (address := _address(resource.orn)) is not None:
        links = {"self": {"href": f"{base_url}/api/v1/{address}"}, **links}
    body: Json = {"id": resource.id, "orn": resource.orn}
    if resource.conditions is not None:
        body["conditions"] = dict(resource.conditions)
    return {**body, "created": iso(resource.created), "lastUpdated": iso(resource.last_updated), "_links": links}


def binding_body(binding: Binding, base_url: str, edited: bool) -> Json:
    """A binding; as the answer to a change it has links only."""
    above = set_url(binding.set_id, base_url)
    own = f"{above}/bindings/{binding.role_id}"
    links = {"self": {"href": own}, "resource-set": {"href": above}}
    if edited:
        return {"_links": {**links, "bindings": {"href": f"{above}/bindings"}}}
    return {"id": binding.role_id, "_links": {**links, "members": {"href": f"{own}/members"}}}


def bindings_body(held: ResourceSet, bindings: Iterable[Binding], base_url: str) -> Json:
    """The roles bound over a set."""
    above = set_url(held.id, base_url)
    rows = [
        {
            "id": binding.role_id,
            "_links": {
                "self": {"href": f"{base_url}/api/v1/iam/roles/{binding.role_id}"},
                "members": {"href": f"{above}/bindings/{binding.role_id}/members"},
            },
        }
        for binding in bindings
    ]
    return {"roles": rows, "_links": {"resource-set": {"href": above}, "self": {"href": f"{above}/bindings"}}}


def member_body(member: Member, base_url: str) -> Json:
    """One member of a binding."""
    holder = {"self": {"href": base_url + holder_path(member.holder_kind, member.holder_id)}}
    return {"id": member.id, "created": iso(member.created), "lastUpdated": iso(member.created), "_links": holder}


def holder_path(kind: str, id: str) -> str:
    """The path of who holds a role."""
    return {"USER": "/api/v1/users/", "GROUP": "/api/v1/groups/", "CLIENT": "/oauth2/v1/clients/"}[kind] + id


def set_url(id: str, base_url: str) -> str:
    """The address of a resource set."""
    return f"{base_url}/api/v1/iam/resource-sets/{id}"


def read_named(body: Json) -> tuple[str, str]:
    """Label and description. Raises Invalid."""
    label, description = body.get("label"), body.get("description")
    if not isinstance(label, str | None) or not isinstance(description, str | None):
        raise NotWellFormed()
    if not label:
        raise Invalid("label", "label: Label must be specified")
    if not description:
        raise Invalid("description", "description: Description must be specified")
    return label, description


def read_texts(body: Json, name: str, required: bool = False) -> list[str]:
    """A list of texts. Raises Invalid for an absent one that is required, NotWellFormed for anything else."""
    value: Any = body.get(name)
    if value is None or value == []:
        if required:
            raise Invalid(name, f"{name}: At least one must be specified")
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise NotWellFormed()
    return value


def read_conditions(body: Json) -> Json | None:
    """The conditions of a permission or resource."""
    return part(body, "conditions") or None


def _address(orn: str) -> str | None:
    parts = orn.split(":")[4:]
    noun, ids = parts[0], parts[1:]
    if noun == "authorization_servers" and not ids:
        return "authorizationServers"
    if noun not in ("users", "groups", "apps"):
        return None
    if noun == "apps":
        return f"apps/{ids[1]}" if len(ids) > 1 else "apps" if not ids else f'apps?filter=name+eq+"{ids[0]}"'
    contained = "/users" if ids[1:] == ["contained_resources"] else ""
    return "/".join([noun, *ids[:1]]) + contained
