"""Who has which application: directly, or because a group has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.apps import App, AppGroup, AppUser, displaced
from simulators.okta.domain.errors import AttributeMapped, InactiveAppUser, NotFound
from simulators.okta.domain.groups import Group
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import app_party, app_user_party, group_party, user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_BATCH = 500
_REFUSED = (Status.SUSPENDED, Status.DEPROVISIONED)


class Assignments:
    """App users follow groups by background work: one job per person, or per batch of a group's members."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.assignments.user", self._settle_later)
        org.clock.on("okta.assignments.group", self._settle_group)
        org.clock.on("okta.assignments.profile", self._follow_profile)

    def schedule(self, user_id: str, cause: Cause, removed_group: str | None = None) -> None:
        """Bring a person's applications in line with its groups, soon."""
        org = self.org
        if len(org.state.app_groups) or org.state.app_users.of(user_id):
            delay = org.jitter("app user", org.settings.delays.app_user)
            org.clock.call_later(delay, "okta.assignments.user", user_id, cause, removed_group)

    def _settle_later(self, user_id: str, cause: Cause, removed_group: str | None) -> None:
        user = self.org.state.users.get(user_id)
        if user is not None:
            self.settle(user, cause, removed_group)

    def settle(self, user: User, cause: Cause, removed_group: str | None = None) -> None:
        """Bring a person's applications in line with its groups, now."""
        if user.status is Status.DEPROVISIONED:
            return
        org, state = self.org, self.org.state
        wanted = self.wanted((state.everyone, *(group_id for group_id, _ in state.members.of(user.id))))
        current = dict(state.app_users.of(user.id))
        for app_id, app_user in current.items():
            if app_user.scope == "GROUP" and app_id not in wanted:
                self._remove(org.apps.find(app_id), app_user, user, cause, removed_group)
        for app_id, row in wanted.items():
            app, held = state.apps[app_id], current.get(app_id)
            if held is None:
                if user.status is not Status.SUSPENDED:
                    self._add(app, user, "GROUP", row.profile, row.group_id, None, cause)
            elif held.scope == "GROUP" and (held.group_id, held.profile) != (row.group_id, row.profile):
                self._regroup(app, held, row, user, cause)
        if user.status is not Status.STAGED:
            org.provisioner.push_waiting(user)

    def wanted(self, group_ids: Iterable[str]) -> dict[str, AppGroup]:
        """What groups give: each application with the assignment that wins."""
        best: dict[str, AppGroup] = {}
        for group_id in group_ids:
            for row in self.org.state.app_groups.find("group", group_id):
                if row.app_id not in best or row.priority < best[row.app_id].priority:
                    best[row.app_id] = row
        return best

    def assign_user(
        self,
        app: App,
        user: User,
        profile: dict[str, Any],
        user_name: str | None,
        scope: str,
        cause: Cause,
        password: bool = False,
    ) -> AppUser:
        """An assignment of its own; one that groups justified becomes its own."""
        if user.status in _REFUSED:
            raise InactiveAppUser()
        held = self.org.state.app_users.get(app.id, user.id)
        if held is not None:
            return self.update_user(app, held, user, profile, user_name, scope, cause, password)
        made = self._add(app, user, scope, tuple(profile.items()), None, user_name, cause)
        if password:
            made = replace(made, password_changed=made.created)
            self.org.state.app_users.put(app.id, user.id, made)
        return made

    def update_user(
        self,
        app: App,
        held: AppUser,
        user: User,
        profile: dict[str, Any],
        user_name: str | None,
        scope: str | None,
        cause: Cause,
        password: bool = False,
    ) -> AppUser:
        """An assignment with another profile, name, password or scope. Raises AttributeMapped or InactiveAppUser."""
        if user.status in _REFUSED:
            raise InactiveAppUser()
        at = self.org.whole_second()
        self._check_mapped(app, held, profile)
        after = replace(
            held,
            scope=scope or held.scope,
            group_id=None if scope == "USER" else held.group_id,
            user_name=user_name or held.user_name,
            profile=tuple({**dict(held.profile), **profile}.items()),
            last_updated=at,
            password_changed=at if password else held.password_changed,
        )
        self._changed(app, after, user, cause)
        return self.org.state.app_users.get(app.id, user.id) or after

    def _check_mapped(self, app: App, held: AppUser, profile: dict[str, Any]) -> None:
        """An attribute that a mapping fills cannot be set by hand while profile changes are pushed (E0000075)."""
        if not (app.provisioning.enabled and app.provisioning.updates):
            return
        mapped, now = self.org.profile_mappings.to_app(app.id), dict(held.profile)
        for name, value in profile.items():
            if name in mapped and value != now.get(name):
                raise AttributeMapped(name)

    def find(self, app: App, user_id: str) -> AppUser:
        """The assignment of a person. Raises NotFound."""
        held = self.org.state.app_users.get(app.id, user_id)
        if held is None:
            raise NotFound(user_id, "AppUser")
        return held

    def unassign_user(self, app: App, user: User, cause: Cause) -> None:
        """Take a person's assignment away; one that a group still justifies comes back."""
        self._remove(app, self.find(app, user.id), user, cause, None)
        self.schedule(user.id, cause)

    def assign_group(
        self, app: App, group: Group, priority: int | None, profile: dict[str, Any], cause: Cause
    ) -> AppGroup:
        """A group's right to an application, or another priority or profile of it.

        A new one without a priority comes first; assignments that stand in its place make room.
        """
        org, state = self.org, self.org.state
        before = state.app_groups.get(f"{app.id}/{group.id}")
        if priority is None:
            priority = before.priority if before else 0
        row = AppGroup(app.id, group.id, priority, tuple(profile.items()), org.whole_second())
        if before is not None and replace(before, last_updated=row.last_updated) == row:
            return before
        for other in displaced(state.app_groups.find("app", app.id), row, before):
            state.app_groups.put(other)
        state.app_groups.put(row)
        verb = "add" if before is None else "update"
        org.log.emit(cause, f"group.application_assignment.{verb}", group_party(group), app_party(app))
        self._schedule_group(group.id, None, cause)
        return row

    def groups_of(self, app: App, after: str | None) -> Iterator[AppGroup]:
        """The groups of an application behind one, in order of priority."""
        rows = sorted(self.org.state.app_groups.find("app", app.id), key=lambda row: row.priority)
        place = next((place for place, row in enumerate(rows, start=1) if row.group_id == after), 0)
        return iter(rows[place:])

    def find_group(self, app: App, group_id: str) -> AppGroup:
        """The assignment of a group. Raises NotFound."""
        row = self.org.state.app_groups.get(f"{app.id}/{group_id}")
        if row is None:
            raise NotFound(group_id, "UserGroup")
        return row

    def unassign_group(self, app: App, group_id: str, cause: Cause) -> None:
        """Take a group's right away. Raises NotFound."""
        state = self.org.state
        if state.app_groups.remove(f"{app.id}/{group_id}") is None:
            raise NotFound(group_id, "UserGroup")
        target = group_party(state.groups[group_id])
        self.org.log.emit(cause, "group.application_assignment.remove", target, app_party(app))
        self._schedule_group(group_id, group_id, cause)

    def remove_all(self, user: User, cause: Cause) -> None:
        """Somebody is deactivated: every assignment to an active application goes at once."""
        for app_id, app_user in self.org.state.app_users.of(user.id):
            app = self.org.apps.find(app_id)
            if app.active:
                self._remove(app, app_user, user, cause, None)

    def profile_changed(self, user: User, cause: Cause) -> None:
        """Somebody's profile changed: applications that are told of it follow in the background."""
        org = self.org
        if org.state.app_users.of(user.id):
            delay = org.jitter("app user", org.settings.delays.app_user)
            org.clock.call_later(delay, "okta.assignments.profile", user.id, cause)

    def of_app(self, app: App, after: str | None) -> Iterator[AppUser]:
        """The people of an application behind a user id."""
        state = self.org.state
        for user_id in state.app_users.rights(app.id, after):
            if (app_user := state.app_users.get(app.id, user_id)) is not None:
                yield app_user

    def _follow_profile(self, user_id: str, cause: Cause) -> None:
        org = self.org
        user = org.state.users.get(user_id)
        if user is None:
            return
        for app_id, held in org.state.app_users.of(user_id):
            app = org.apps.find(app_id)
            renamed = held.user_name if held.scope == "USER" else user.login
            profile = dict(held.profile) | org.profile_mappings.values_for(app, user, changed=True)
            told = tuple(profile.items())
            if app.provisioning.enabled or renamed != held.user_name or told != held.profile:
                after = replace(held, user_name=renamed, profile=told, last_updated=org.whole_second())
                self._changed(app, after, user, cause)

    def _changed(self, app: App, after: AppUser, user: User, cause: Cause) -> None:
        self.org.state.app_users.put(app.id, user.id, after)
        targets = self._targets(app, after, user)
        self.org.log.emit(cause, "application.user_membership.update", *targets)
        self.org.provisioner.changed(app, after, user, cause.transaction)

    def _regroup(self, app: App, held: AppUser, row: AppGroup, user: User, cause: Cause) -> None:
        after = replace(held, group_id=row.group_id, profile=row.profile, last_updated=self.org.whole_second())
        if held.profile == row.profile:
            self.org.state.app_users.put(app.id, user.id, after)
        else:
            self._changed(app, after, user, cause)

    def _add(
        self,
        app: App,
        user: User,
        scope: str,
        profile: tuple[tuple[str, Any], ...],
        group_id: str | None,
        user_name: str | None,
        cause: Cause,
    ) -> AppUser:
        org, at = self.org, self.org.whole_second()
        pushed = app.provisioning.enabled and app.provisioning.creates
        if mapped := org.profile_mappings.values_for(app, user):
            profile = tuple((mapped | dict(profile)).items())
        app_user = AppUser(
            id=org.new_id("0ua"),
            app_id=app.id,
            user_id=user.id,
            scope=scope,
            status="STAGED" if pushed else "ACTIVE",
            sync_state="OUT_OF_SYNC" if pushed else "DISABLED",
            user_name=user_name or user.login,
            created=at,
            last_updated=at,
            status_changed=at,
            profile=profile,
            group_id=group_id,
        )
        org.state.app_users.put(app.id, user.id, app_user)
        org.log.emit(cause, "application.user_membership.add", *self._targets(app, app_user, user))
        if pushed and user.status is not Status.STAGED:
            org.provisioner.assigned(app, app_user, user, cause.transaction)
        return org.state.app_users.get(app.id, user.id) or app_user

    def _remove(self, app: App, app_user: AppUser, user: User, cause: Cause, removed_group: str | None) -> None:
        org = self.org
        org.state.app_users.remove(app.id, user.id)
        targets = list(self._targets(app, app_user, user))
        if removed_group is not None and removed_group in org.state.groups:
            targets.append(group_party(org.state.groups[removed_group]))
        org.log.emit(cause, "application.user_membership.remove", *targets)
        org.provisioner.unassigned(app, app_user, cause.transaction)

    def _schedule_group(self, group_id: str, removed: str | None, cause: Cause) -> None:
        delay = self.org.jitter("app user", self.org.settings.delays.app_user)
        self.org.clock.call_later(delay, "okta.assignments.group", group_id, removed, None, cause)

    def _settle_group(self, group_id: str, removed: str | None, after: str | None, cause: Cause) -> None:
        org = self.org
        group = org.state.groups.get(group_id)
        if group is None:
            return
        batch = [user for user, _ in zip(org.groups.members(group, after), range(_BATCH), strict=False)]
        for user in batch:
            self.settle(user, cause, removed)
        if len(batch) == _BATCH:
            org.clock.call_at(org.now(), "okta.assignments.group", group_id, removed, batch[-1].id, cause)

    def _targets(self, app: App, app_user: AppUser, user: User) -> tuple[Party, Party, Party]:
        return app_user_party(app_user, user), app_party(app), user_party(user)
