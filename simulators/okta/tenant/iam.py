"""Custom roles, resource sets and bindings: kept, and asked by `Access` what they allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.iam import (
    AREAS,
    Binding,
    CustomRole,
    Member,
    Permission,
    Resource,
    ResourceSet,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.permissions import GRANTS

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

MOST_ROLES, MOST_SETS, MOST_RESOURCES = 100, 10_000, 1000
_ORN = re.compile(r"orn:[a-z-]+:[a-z-]+:([^:]+):([a-z_-]+(?::[^:\s]+){0,3})")
_URL = re.compile(r"https?://[^/]+/api/v1/(users|groups|apps)(?:/([^/?]+))?(/users)?")
# all applications of a kind; all authorization servers
_KIND_URL = re.compile(r"""https?://[^/]+/api/v1/apps\?filter=name(?:\+|%20| )eq(?:\+|%20| )(?:"|%22)(\w+)(?:"|%22)""")
_SERVERS_URL = re.compile(r"https?://[^/]+/api/v1/authorizationServers")
_HOLDER_URL = re.compile(r"(?:https?://[^/]+)?/(?:api/v1/(users|groups)|oauth2/v1/(clients))/([^/?]+)")
_KINDS = {"users": "USER", "groups": "GROUP", "clients": "CLIENT"}


class Iam:
    """The tables of custom roles, resource sets, bindings and members."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    # roles

    def role(self, ref: str) -> CustomRole | None:
        """The custom role with an id or label."""
        roles = self.org.state.custom_roles
        return roles.get(ref) or roles.first("label", ref)

    def find_role(self, ref: str) -> CustomRole:
        """The same. Raises NotFound."""
        role = self.role(ref)
        if role is None:
            raise NotFound(ref, "CustomRole")
        return role

    def create_role(self, label: str, description: str, permissions: list[str], cause: Cause) -> CustomRole:
        """A new custom role. Raises Invalid."""
        org, at = self.org, self.org.whole_second()
        self._check_role(label, None)
        if len(org.state.custom_roles) >= MOST_ROLES:
            raise Invalid("label", f"label: An org can have at most {MOST_ROLES} custom roles.")
        held = {name: Permission(_known(name), at, at) for name in permissions}
        role = org.state.custom_roles.put(CustomRole(org.new_id("cr0"), label, description, at, at, held))
        self._report("iam.role.create", cause, role)
        return role

    def change_role(self, role: CustomRole, label: str, description: str, cause: Cause) -> CustomRole:
        """Another label and description."""
        self._check_role(label, role)
        after = replace(role, label=label, description=description, last_updated=self.org.whole_second())
        self._report("iam.role.update", cause, after)
        return self.org.state.custom_roles.put(after)

    def delete_role(self, role: CustomRole, cause: Cause) -> None:
        """Take a role away. Raises Invalid while somebody holds it."""
        if self.org.state.binding_members.first("role", role.id) is not None:
            raise Invalid("role", "role: The role is assigned and cannot be deleted.")
        for binding in list(self.org.state.bindings.find("role", role.id)):
            self.org.state.bindings.remove(binding.key)
        self.org.state.custom_roles.remove(role.id)
        self._report("iam.role.delete", cause, role)

    def grant(self, role: CustomRole, name: str, conditions: Mapping[str, Any] | None, cause: Cause) -> Permission:
        """Add a permission, or give it other conditions. Raises Invalid for an unknown one."""
        at, former = self.org.whole_second(), role.permissions.get(name)
        permission = Permission(_known(name), former.created if former else at, at, conditions)
        self.org.state.custom_roles.put(replace(role, permissions={**role.permissions, name: permission}))
        self._report("iam.role.permissions.add", cause, role)
        return permission

    def withdraw(self, role: CustomRole, name: str, cause: Cause) -> None:
        """Take a permission away. Raises Invalid for the last one."""
        if len(role.permissions) == 1:
            raise Invalid("permissions", "permissions: A role needs at least one permission.")
        left = {label: held for label, held in role.permissions.items() if label != name}
        self.org.state.custom_roles.put(replace(role, permissions=left))
        self._report("iam.role.permissions.delete", cause, role)

    # resource sets

    def find_set(self, ref: str) -> ResourceSet:
        """The resource set with an id or label. Raises NotFound."""
        sets = self.org.state.resource_sets
        found = sets.get(ref) or sets.first("label", ref)
        if found is None:
            raise NotFound(ref, "IAMPolicy")
        return found

    def create_set(self, label: str, description: str, resources: list[str], cause: Cause) -> ResourceSet:
        """A new resource set. Raises Invalid."""
        org, at = self.org, self.org.whole_second()
        self._check_set(label, None)
        if len(org.state.resource_sets) >= MOST_SETS:
            raise Invalid("label", f"label: An org can have at most {MOST_SETS} resource sets.")
        made = ResourceSet(org.new_id("iam"), label, description, at, at, {})
        made = replace(made, resources=self._with(made, resources, None))
        self._report("iam.resourceset.create", cause, made)
        return org.state.resource_sets.put(made)

    def change_set(self, held: ResourceSet, label: str, description: str) -> ResourceSet:
        """Another label and description; the resources stay."""
        self._check_set(label, held)
        after = replace(held, label=label, description=description, last_updated=self.org.whole_second())
        return self.org.state.resource_sets.put(after)

    def delete_set(self, held: ResourceSet, cause: Cause) -> None:
        """Take a set away with its bindings."""
        state = self.org.state
        for binding in list(state.bindings.find("set", held.id)):
            self.unbind(binding, cause)
        state.resource_sets.remove(held.id)
        self._report("iam.resourceset.delete", cause, held)

    def add_resources(
        self, held: ResourceSet, names: list[str], conditions: Mapping[str, Any] | None, cause: Cause
    ) -> ResourceSet:
        """Add resources by name or address. Raises Invalid."""
        after = replace(held, resources=self._with(held, names, conditions))
        self._report("iam.resourceset.resources.add", cause, held)
        return self.org.state.resource_sets.put(after)

    def put_resource(self, held: ResourceSet, resource: Resource) -> Resource:
        """A resource with other conditions."""
        self.org.state.resource_sets.put(replace(held, resources={**held.resources, resource.id: resource}))
        return resource

    def drop_resource(self, held: ResourceSet, id: str, cause: Cause) -> None:
        """Take a resource out of a set."""
        left = {key: row for key, row in held.resources.items() if key != id}
        self.org.state.resource_sets.put(replace(held, resources=left))
        self._report("iam.resourceset.resources.delete", cause, held)

    # bindings

    def find_binding(self, held: ResourceSet, role: CustomRole) -> Binding:
        """The binding of a role over a set. Raises NotFound."""
        binding = self.org.state.bindings.get(f"{held.id}/{role.id}")
        if binding is None:
            raise NotFound(role.id, "RoleAssignment")
        return binding

    def bind(self, held: ResourceSet, role: CustomRole, members: list[str], cause: Cause) -> Binding:
        """A role over a set, held by members named by their addresses. Raises Invalid, NotFound."""
        holders = [self._holder(name) for name in members]
        binding = self.org.state.bindings.put(Binding(held.id, role.id))
        for kind, holder in holders:
            self.join(binding, kind, holder, cause)
        return binding

    def join(self, binding: Binding, kind: str, holder: str, cause: Cause) -> Member:
        """One more member; the one there is when it holds the binding already."""
        org = self.org
        for member in org.state.binding_members.find("binding", binding.key):
            if member.holder_id == holder:
                return member
        member = Member(org.new_id("irb"), binding.set_id, binding.role_id, kind, holder, org.whole_second())
        org.state.binding_members.put(member)
        self._report("iam.resourceset.bindings.add", cause, org.state.custom_roles[binding.role_id])
        return member

    def find_member(self, binding: Binding, id: str) -> Member:
        """A member of a binding. Raises NotFound."""
        member = self.org.state.binding_members.get(id)
        if member is None or (member.set_id, member.role_id) != (binding.set_id, binding.role_id):
            raise NotFound(id, "RoleAssignment")
        return member

    def leave(self, member: Member, cause: Cause) -> None:
        """One member less; the last one takes the binding along."""
        state, binding = self.org.state, Binding(member.set_id, member.role_id)
        state.binding_members.remove(member.id)
        if state.binding_members.first("binding", binding.key) is None:
            state.bindings.remove(binding.key)
        self._report("iam.resourceset.bindings.delete", cause, self.org.state.custom_roles[member.role_id])

    def unbind(self, binding: Binding, cause: Cause) -> None:
        """Take a binding away with its members."""
        for member in list(self.org.state.binding_members.find("binding", binding.key)):
            self.leave(member, cause)
        self.org.state.bindings.remove(binding.key)

    def held_by(self, holder: str) -> Iterator[Member]:
        """The bindings somebody holds."""
        return self.org.state.binding_members.find("holder", holder)

    # what requests name

    def _with(
        self, held: ResourceSet, names: list[str], conditions: Mapping[str, Any] | None
    ) -> Mapping[str, Resource]:
        rows, there = dict(held.resources), {resource.orn for resource in held.resources.values()}
        at = self.org.whole_second()
        for name in names:
            orn = self._orn(name)
            if orn not in there:
                there.add(orn)
                id = self.org.new_id("ire")
                rows[id] = Resource(id, orn, at, at, conditions)
        if len(rows) > MOST_RESOURCES:
            raise Invalid("resources", f"resources: A resource set can hold at most {MOST_RESOURCES} resources.")
        return rows

    def _orn(self, name: str) -> str:
        """The resource name that a name or address stands for. Raises Invalid."""
        org_id, state = self.org.state.org_id, self.org.state
        if _ORN.fullmatch(name[:500]) is not None:
            return name
        if (kind := _KIND_URL.fullmatch(name[:500])) is not None:
            return f"orn:okta:idp:{org_id}:apps:{kind[1]}"
        if _SERVERS_URL.fullmatch(name[:500]) is not None:
            return f"orn:okta:idp:{org_id}:authorization_servers"
        match = _URL.fullmatch(name[:500])
        if match is None:
            raise Invalid("resources", f"resources: Invalid resource: {name[:100]}")
        noun, id, contained = match.groups()
        area = f"orn:okta:{AREAS[noun]}:{org_id}:{noun}"
        if id is None:
            return area
        if noun == "apps":
            app = state.apps.get(id)
            if app is None:
                raise NotFound(id, "AppInstance")
            return f"{area}:{app.name}:{id}"
        if noun == "groups":
            return f"{area}:{self.org.groups.find(id).id}{':contained_resources' if contained else ''}"
        return f"{area}:{self.org.users.find(id).id}"

    def _holder(self, name: str) -> tuple[str, str]:
        match = _HOLDER_URL.fullmatch(name[:500])
        if match is None:
            raise Invalid("members", f"members: Invalid member: {name[:100]}")
        noun, id = match[1] or match[2], match[3]
        if noun == "users":
            return "USER", self.org.users.find(id).id
        if noun == "groups":
            return "GROUP", self.org.groups.find(id).id
        app = self.org.apps.client(id)
        if app is None:
            raise NotFound(id, "PublicClientApp")
        return _KINDS[noun], app.id

    def members_named(self, names: list[str]) -> list[tuple[str, str]]:
        """Kinds and ids of holders that a request names by address. Raises Invalid, NotFound."""
        return [self._holder(name) for name in names]

    def _check_role(self, label: str, role: CustomRole | None) -> None:
        if not label:
            raise Invalid("label", "label: Label must be specified")
        other = self.org.state.custom_roles.first("label", label)
        if other is not None and (role is None or other.id != role.id):
            raise Invalid("label", "label: There is already an admin role with this name.")

    def _check_set(self, label: str, held: ResourceSet | None) -> None:
        if not label:
            raise Invalid("label", "label: Label must be specified")
        other = self.org.state.resource_sets.first("label", label)
        if other is not None and (held is None or other.id != held.id):
            raise Invalid("label", "label: There is already a resource set with this name.")

    def _report(self, type: str, cause: Cause, subject: CustomRole | ResourceSet) -> None:
        kind = "CustomRole" if isinstance(subject, CustomRole) else "ResourceSet"
        self.org.log.emit(cause, type, Party(subject.id, kind, "unknown", subject.label))


def _known(name: str) -> str:
    if name not in GRANTS:
        raise Invalid("permissions", f"permissions: The permission {name[:80]} is not valid.")
    return name
