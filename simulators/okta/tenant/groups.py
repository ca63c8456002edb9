"""Groups and memberships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.domain.groups import MANUAL, Givers, Group, Owner, with_giver, without_giver
from simulators.okta.domain.log import Cause
from simulators.okta.domain.query import Query
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.group_finding import GROUPS
from simulators.okta.tenant.journal import group_party, user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_TAKEN = "name: An object with this field already exists in the current organization"


class Groups:
    """The group table and who belongs to what. Everyone holds everybody without a record of it."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.index.group", self._index)

    def find(self, id: str) -> Group:
        """The group with an id. Raises NotFound."""
        group = self.org.state.groups.get(id)
        if group is None:
            raise NotFound(id, "UserGroup")
        return group

    def named(self, name: str) -> Group | None:
        """The group with exactly this name."""
        return next((g for g in self.org.state.groups.find("name", name.casefold()) if g.name == name), None)

    def create(self, name: str, description: str | None, attributes: dict[str, Any], cause: Cause) -> Group:
        """A new OKTA_GROUP. Raises Invalid for a missing or taken name."""
        org, at = self.org, self.org.whole_second()
        self._check(name, None)
        more = tuple(attributes.items())
        group = Group(org.new_id("00g"), "OKTA_GROUP", name, description, at, at, at, more)
        self.store(group)
        org.log.emit(cause, "group.lifecycle.create", group_party(group))
        return group

    def replace(
        self, group: Group, name: str, description: str | None, attributes: dict[str, Any], cause: Cause
    ) -> Group:
        """The group with another profile."""
        self._editable(group)
        self._check(name, group)
        after = replace(
            group,
            name=name,
            description=description,
            attributes=tuple(attributes.items()),
            last_updated=self.org.whole_second(),
        )
        self.store(after)
        self.org.log.emit(cause, "group.profile.update", group_party(after))
        self.org.pushes.schedule(group.id, cause.transaction)
        return after

    def delete(self, group: Group, cause: Cause) -> None:
        """Take a group away with its memberships and application assignments."""
        org, state = self.org, self.org.state
        if group.type == "BUILT_IN" or (group.type == "APP_GROUP" and state.mappings.first("group", group.id)):
            raise Forbidden()
        org.rules.target_gone(group)
        for row in list(state.app_groups.find("group", group.id)):
            org.assignments.unassign_group(org.apps.find(row.app_id), group.id, cause)
        for user_id in list(state.members.rights(group.id)):
            state.members.remove(group.id, user_id)
            org.rules.schedule(user_id, cause.transaction)
        org.roles.forget(group.id)
        self.forget_owner(group.id)
        state.groups.remove(group.id)
        state.unindexed_groups.pop(group.id, None)
        org.log.emit(cause, "group.lifecycle.delete", group_party(group))

    def store(self, group: Group) -> Group:
        """Keep a group; `search` sees it once the index has caught up."""
        org, state = self.org, self.org.state
        if org.settings.delays.search[2] > 0:
            old, writes = state.unindexed_groups.get(group.id, (state.groups.get(group.id), 0))
            state.unindexed_groups[group.id] = (old, writes + 1)
            org.clock.call_later(org.jitter("search", org.settings.delays.search), "okta.index.group", group.id)
        return state.groups.put(group)

    def owners(self, group: Group, after: str | None = None) -> Iterator[Owner]:
        """Who answers for a group."""
        return self.org.state.owners.find("group", group.id, after)

    def add_owner(self, group: Group, kind: str, owner_id: str) -> Owner:
        """Name a person or a group. Raises Invalid for another kind or somebody who is owner already, NotFound."""
        org = self.org
        if kind not in ("USER", "GROUP"):
            raise Invalid("type", "type: The type of an owner must be USER or GROUP")
        id, name = self._owner(kind, owner_id)
        if f"{group.id}/{id}" in org.state.owners:
            raise Invalid("owner", "owner: Provided owner is already assigned to this group")
        return org.state.owners.put(Owner(group.id, id, kind, name, org.whole_second()))

    def _owner(self, kind: str, id: str) -> tuple[str, str]:
        if kind == "USER":
            user = self.org.users.find(id)
            return user.id, user.name
        group = self.find(id)
        return group.id, group.name

    def remove_owner(self, group: Group, owner_id: str) -> None:
        """One owner less. Raises NotFound."""
        if self.org.state.owners.remove(f"{group.id}/{owner_id}") is None:
            raise NotFound(owner_id, "GroupOwner")

    def forget_owner(self, id: str) -> None:
        """The person or group is gone, as an owner and as what is owned."""
        owners = self.org.state.owners
        for row in [*owners.find("owner", id), *owners.find("group", id)]:
            owners.remove(f"{row.group_id}/{row.owner_id}")

    def _index(self, group_id: str) -> None:
        old, writes = self.org.state.unindexed_groups.pop(group_id, (None, 1))
        if writes > 1:
            self.org.state.unindexed_groups[group_id] = (old, writes - 1)

    def add(self, group: Group, user: User, cause: Cause) -> None:
        """A membership by hand. Nothing happens when it is there already."""
        self._editable(group)
        self.add_member(group, user, cause)

    def add_member(self, group: Group, user: User, cause: Cause, giver: str = MANUAL) -> bool:
        """A membership given by hand or by a rule; answers whether it is new."""
        if group.type == "BUILT_IN":
            return False
        org, members = self.org, self.org.state.members
        givers: Givers | None = members.get(group.id, user.id)
        members.put(group.id, user.id, with_giver(givers or (), giver))
        if givers:
            return False
        self._touched(group)
        org.log.emit(cause, "group.user_membership.add", user_party(user), group_party(group))
        self._follow(group, user, cause, giver, None)
        return True

    def remove(self, group: Group, user: User, cause: Cause) -> None:
        """Take a membership away by hand; one that rules gave puts the person on their exclusion lists."""
        self._editable(group)
        givers = self.org.state.members.get(group.id, user.id)
        if givers is None:
            return
        for giver in givers:
            if giver != MANUAL:
                self.org.rules.exclude(giver, user, cause)
        self._remove(group, user, cause, MANUAL)

    def take_back(self, group: Group, user: User, giver: str, cause: Cause) -> None:
        """A rule withdraws its reason for a membership; with the last reason the membership goes."""
        givers = self.org.state.members.get(group.id, user.id)
        if givers is None or giver not in givers:
            return
        if left := without_giver(givers, giver):
            self.org.state.members.put(group.id, user.id, left)
        else:
            self._remove(group, user, cause, giver)

    def drop(self, group_id: str, user_id: str) -> None:
        """Take a membership away without a trace in the log."""
        self.org.state.members.remove(group_id, user_id)

    def _remove(self, group: Group, user: User, cause: Cause, giver: str) -> None:
        self.org.state.members.remove(group.id, user.id)
        self._touched(group)
        self.org.log.emit(cause, "group.user_membership.remove", user_party(user), group_party(group))
        self._follow(group, user, cause, giver, group.id)

    def _touched(self, group: Group) -> None:
        current = self.org.state.groups[group.id]
        self.store(replace(current, last_membership_updated=self.org.whole_second()))

    def _follow(self, group: Group, user: User, cause: Cause, giver: str, removed: str | None) -> None:
        org = self.org
        org.assignments.schedule(user.id, cause, removed)
        org.pushes.schedule(group.id, cause.transaction)
        if org.state.users[user.id].status is not Status.STAGED:
            org.rules.schedule(user.id, cause.transaction, only_groups=True)

    def of(self, user: User) -> Iterator[Group]:
        """The groups of a person, Everyone first."""
        state = self.org.state
        yield state.groups[state.everyone]
        for group_id, _ in state.members.of(user.id):
            yield state.groups[group_id]

    def names_of(self, user_id: str) -> dict[str, str]:
        """The groups of a person: ids and names."""
        state = self.org.state
        held = {group_id: state.groups[group_id].name for group_id, _ in state.members.of(user_id)}
        return {state.everyone: "Everyone", **held}

    def members(self, group: Group, after: str | None) -> Iterator[User]:
        """The people in a group behind `after`; Everyone hides the deactivated."""
        users = self.org.state.users
        if group.id == self.org.state.everyone:
            return self.org.directory.listing(after)
        return (users[id] for id in self.org.state.members.rights(group.id, after) if id in users)

    def listing(self, after: str | None) -> Iterator[Group]:
        """All groups in order of creation."""
        return self.org.state.groups.rows(after)

    def beginning_with(self, text: str) -> Iterator[Group]:
        """Groups whose name starts with `text`."""
        return self.org.state.groups.prefix("name", text.casefold())

    def filtered(self, query: Query, after: str | None) -> Iterator[Group]:
        """Groups that satisfy a `filter`."""
        return GROUPS.filtered(self.org.state.groups, query, after)

    def searched(self, query: Query, after: str | None) -> Iterator[Group]:
        """Groups that satisfy a `search`, as the index shows them."""
        state = self.org.state
        return GROUPS.searched(state.groups, state.unindexed_groups, query, after)

    def sorted(self, query: Query, by: str, down: bool, after: str | None) -> Iterator[Group]:
        """Groups that satisfy a `search`, sorted by one property and then by id; those without it come last."""
        state = self.org.state
        return GROUPS.sorted(state.groups, state.unindexed_groups, query, by, down, after)

    def _check(self, name: str, group: Group | None) -> None:
        if not name:
            raise Invalid("name", "name: The field cannot be left blank")
        if len(name) > 255:
            raise Invalid("name", "name: The field is too long")
        other = self.named(name)
        if other is not None and (group is None or other.id != group.id):
            raise Invalid("name", _TAKEN)

    def _editable(self, group: Group) -> None:
        if group.type != "OKTA_GROUP":
            raise Forbidden()
