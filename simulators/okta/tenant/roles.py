"""Administrator role assignments: given to people, groups and clients, limited to targets, taken back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.okta.domain.admins import IAM_SETS, LABELS, TARGETS, RoleAssignment
from simulators.okta.domain.errors import (
    BuiltInGroup,
    GroupHasRules,
    GroupNotOurs,
    GroupTooLarge,
    Invalid,
    NotFound,
    RoleAlreadyAssigned,
    RoleTypeMismatch,
)
from simulators.okta.domain.iam import Member
from simulators.okta.domain.log import Cause, Party
from simulators.okta.tenant.journal import group_party, user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

MOST_MEMBERS = 5000


class RoleAssignments:
    """Who holds which role. Custom roles are held as members of a binding, in `Iam`."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def planted(self, kind: str, holder_id: str, type: str) -> None:
        """A role that a seed gives a holder. Raises ValueError for an unknown one."""
        if type not in LABELS:
            raise ValueError(f"unknown administrator role {type!r}; use one of {', '.join(LABELS)}")
        row = RoleAssignment(self._id(kind, type), type, kind, holder_id, self.org.whole_second())
        self.org.state.roles.put(row)

    def of(self, holder_id: str) -> Iterator[RoleAssignment]:
        """The standard role assignments of one holder, its own ones."""
        return self.org.state.roles.find("holder", holder_id)

    def of_type(self, type: str, kind: str) -> Iterator[RoleAssignment]:
        """The assignments of a role to one kind of holder, oldest first."""
        return self.org.state.roles.find("type", f"{kind}/{type}")

    def shown(self, kind: str, holder_id: str) -> Iterator[RoleAssignment | Member]:
        """What a holder holds, standard and custom; a person also through groups."""
        holders = [holder_id]
        if kind == "USER":
            holders += [group_id for group_id, _ in self.org.state.members.of(holder_id)]
        for holder in holders:
            yield from self.of(holder)
            yield from self.org.iam.held_by(holder)

    def holders(self, kind: str, after: str | None) -> Iterator[str]:
        """Ids of all holders of a kind that have a role of their own, ascending, behind `after`."""
        state = self.org.state
        rows = {row.holder_id for row in state.roles.rows() if row.holder_kind == kind}
        rows |= {row.holder_id for row in state.binding_members.rows() if row.holder_kind == kind}
        return iter(sorted(id for id in rows if after is None or id > after))

    def find(self, kind: str, holder_id: str, id: str) -> RoleAssignment | Member:
        """One assignment by its id. Raises NotFound."""
        for row in self.shown(kind, holder_id):
            if row.id == id:
                return row
        raise NotFound(id, "RoleAssignment")

    def assign(self, kind: str, holder_id: str, type: str, cause: Cause) -> RoleAssignment:
        """Give a standard role to a USER, GROUP or CLIENT. Raises a refusal where it cannot go."""
        org = self.org
        if type not in LABELS:
            raise Invalid("roleType", f"roleType: The role type {type[:60]} is not valid")
        if any(held.type == type for held in self.of(holder_id)):
            raise RoleAlreadyAssigned()
        self._check_group(kind, holder_id)
        row = RoleAssignment(self._id(kind, type), type, kind, holder_id, org.whole_second())
        org.state.roles.put(row)
        self._report("grant", row, LABELS[row.type], cause)
        return row

    def assign_custom(self, kind: str, holder_id: str, role_ref: str, set_ref: str, cause: Cause) -> Member:
        """Give a custom role over a resource set. Raises NotFound, RoleAlreadyAssigned."""
        iam = self.org.iam
        role, held = iam.find_role(role_ref), iam.find_set(set_ref)
        if any((row.role_id, row.set_id) == (role.id, held.id) for row in iam.held_by(holder_id)):
            raise RoleAlreadyAssigned()
        self._check_group(kind, holder_id)
        member = iam.join(iam.bind(held, role, [], cause), kind, holder_id, cause)
        self._report("grant", member, role.label, cause)
        return member

    def unassign(self, kind: str, holder_id: str, id: str, cause: Cause) -> None:
        """Take an assignment back. Raises NotFound."""
        row = self.find(kind, holder_id, id)
        if row.holder_id != holder_id:
            raise NotFound(id, "RoleAssignment")
        if isinstance(row, Member):
            self.org.iam.leave(row, cause)
            label = self.org.state.custom_roles[row.role_id].label
        else:
            self.org.state.roles.remove(f"{holder_id}/{id}")
            label = LABELS[row.type]
        self._report("revoke", row, label, cause)

    def forget(self, holder_id: str) -> None:
        """The holder is gone: its roles go with it, and so do targets that name it."""
        state = self.org.state
        for row in list(self.of(holder_id)):
            state.roles.remove(f"{holder_id}/{row.id}")
        for member in list(self.org.iam.held_by(holder_id)):
            state.binding_members.remove(member.id)
        for row in list(state.roles.find("group_target", holder_id)):
            left = tuple(id for id in row.group_targets if id != holder_id)
            state.roles.put(replace(row, group_targets=left))

    def standard(self, holder_id: str, id: str) -> RoleAssignment:
        """An assignment of a standard role that the holder has of its own. Raises NotFound."""
        row = self.org.state.roles.get(f"{holder_id}/{id}")
        if row is None:
            raise NotFound(id, "RoleAssignment")
        return row

    def narrowable(self, holder_id: str, id: str, noun: str) -> RoleAssignment:
        """An assignment that can be limited to `groups` or `apps`. Raises NotFound, RoleTypeMismatch."""
        row = self.standard(holder_id, id)
        if TARGETS.get(row.type) != noun:
            raise RoleTypeMismatch()
        return row

    def add_target(self, row: RoleAssignment, noun: str, target: str) -> None:
        """Limit a role further; a whole kind of application takes the place of its instances, and one of them of it."""
        if noun == "groups":
            targets = (*(id for id in row.group_targets if id != target), target)
            self.org.state.roles.put(replace(row, group_targets=targets))
            return
        name, _, id = target.partition("/")
        dropped = {target, name} if id else {held for held in row.app_targets if held.partition("/")[0] == name}
        kept = (held for held in row.app_targets if held not in dropped)
        self.org.state.roles.put(replace(row, app_targets=(*kept, target)))

    def remove_target(self, row: RoleAssignment, noun: str, target: str) -> None:
        """One target less. Raises NotFound for one that is none, Invalid for the last."""
        held = row.group_targets if noun == "groups" else row.app_targets
        if target not in held:
            raise NotFound(target.rpartition("/")[2], "UserGroup" if noun == "groups" else "AppInstance")
        if len(held) == 1:
            raise Invalid("targets", "targets: The last target of a role assignment cannot be removed.")
        left = tuple(other for other in held if other != target)
        narrowed = replace(row, group_targets=left) if noun == "groups" else replace(row, app_targets=left)
        self.org.state.roles.put(narrowed)

    def clear_targets(self, row: RoleAssignment) -> None:
        """Limit a role to nothing in particular: all applications."""
        self.org.state.roles.put(replace(row, app_targets=()))

    def _check_group(self, kind: str, holder_id: str) -> None:
        if kind != "GROUP":
            return
        state = self.org.state
        type = state.groups[holder_id].type
        if type == "BUILT_IN":
            raise BuiltInGroup()
        if type != "OKTA_GROUP":
            raise GroupNotOurs()
        if state.rules.first("target", holder_id) is not None:
            raise GroupHasRules()
        if state.members.count(holder_id) > MOST_MEMBERS:
            raise GroupTooLarge()

    def _id(self, kind: str, type: str) -> str:
        if type in TARGETS:
            return base64.b32encode(type.encode()).decode().rstrip("=")
        prefix = "irb" if type in IAM_SETS else "gra" if kind == "GROUP" else "ra1"
        return self.org.new_id(prefix)

    def _report(self, verb: str, row: RoleAssignment | Member, label: str, cause: Cause) -> None:
        state = self.org.state
        debug = {"privilegeGranted": label}
        if row.holder_kind == "GROUP":
            target = group_party(state.groups[row.holder_id])
            self.org.log.emit(cause, f"group.privilege.{verb}", target, debug=debug)
            return
        user = state.users.get(row.holder_id)
        target = user_party(user) if user else Party(row.holder_id, "PublicClientAppEntity", "unknown", row.holder_id)
        self.org.log.emit(cause, f"user.account.privilege.{verb}", target, debug=debug)
