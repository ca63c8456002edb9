"""The people and accounts of a seed: profiles, statuses, memberships, applications, factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import cached_property
from typing import Any

from simulators.kernel.people import SeedPerson
from simulators.okta.domain.apps import AppGroup, AppUser
from simulators.okta.domain.expressions import Subject, attributes_read, evaluate
from simulators.okta.domain.groups import MANUAL, Givers, GroupRule, with_giver
from simulators.okta.domain.profile import Profile
from simulators.okta.domain.users import Status, User, digest
from simulators.okta.seed_org import PlantedOkta, check_keys
from simulators.okta.tenant import OktaOrg

_ACCOUNT = {"login", "first_name", "last_name", "user_type", "employee_number", "roles", "groups", "password", "totp"}
_OUTSIDE = (Status.STAGED, Status.DEPROVISIONED)  # no rule is run for them


@dataclass(frozen=True)
class Place:
    """What people with the same groups and the same attributes in rules have: memberships and applications."""

    members: tuple[tuple[str, Givers], ...]
    apps: tuple[AppGroup, ...]


class Population:
    """Plants people quickly: what follows from groups is worked out once for all who share it."""

    def __init__(self, org: OktaOrg, made: PlantedOkta) -> None:
        self.org, self.made = org, made
        self.at = org.whole_second()
        self._places: dict[tuple[Any, ...], Place] = {}

    @cached_property
    def rules(self) -> list[GroupRule]:
        """The rules, planted before the people."""
        return list(self.org.state.rules.rows())

    @cached_property
    def _read(self) -> list[str]:
        """The attributes that rules depend on."""
        return sorted(frozenset().union(*(attributes_read(rule.tree) for rule in self.rules)))

    def person(self, person: SeedPerson, manager: str, groups: Sequence[str]) -> None:
        """One worker in the status of day zero."""
        status = Status(person.okta_status)
        hired = datetime.combine(person.hire_date, time(), UTC)
        created = min(hired, self.at)
        changed = {Status.SUSPENDED: person.leave_start, Status.DEPROVISIONED: person.end_date}.get(status)
        has_password = status in (Status.ACTIVE, Status.SUSPENDED)
        user = self._user(person_profile(person, manager), status, created, person.password if has_password else None)
        if changed is not None:
            user = replace(user, status_changed=datetime.combine(changed, time(), UTC))
        if status is Status.SUSPENDED:
            user = replace(user, before_suspension=Status.ACTIVE)
        self._enter(user, groups, totp=has_password)
        self.made.accounts.setdefault(person.worker_id, []).insert(0, user.id)
        for app_id, app_user in self.org.state.app_users.of(user.id):
            app = self.org.state.apps[app_id]
            if app.provisioning.enabled and app.active:
                self.made.app_users.append((app.label, app_user.user_id, person.login))

    def account(self, row: Mapping[str, Any], groups: Sequence[str]) -> None:
        """An account that is nobody's first."""
        check_keys("okta.accounts", row, _ACCOUNT)
        login, ids = row["login"], self.org.state.ids
        password = f"Pw-{ids.base62('secret/account', 14)}7a" if row.get("password", True) else None
        user = self._user(account_profile(row), Status.ACTIVE, self.at, password)
        self._enter(user, list(dict.fromkeys([*groups, *row.get("groups", ())])), totp=row.get("totp", False))
        if password is not None:
            self.made.passwords[login] = password
        for role in row.get("roles", ()):
            self.org.roles.planted("USER", user.id, role)
        if number := row.get("employee_number"):
            self.made.accounts.setdefault(number, []).append(user.id)

    def _user(self, profile: Profile, status: Status, created: datetime, password: str | None) -> User:
        id = self.org.new_id("00u")
        started = None if status is Status.STAGED else created
        return User(
            id=id,
            status=status,
            profile=profile,
            type_id=self.org.state.user_type,
            created=created,
            last_updated=created,
            activated=started,
            status_changed=started,
            password=digest(id, password) if password else None,
            password_changed=created if password else None,
        )

    def _enter(self, user: User, names: Sequence[str], totp: bool) -> None:
        org, state = self.org, self.org.state
        state.users.put(user)
        self.made.users[user.login] = user.id
        place = self._place(user, names)
        state.members.begin(user.id, place.members)
        state.app_users.begin(user.id, tuple((row.app_id, self._app_user(row, user)) for row in place.apps))
        if totp:
            self.made.totp[user.login] = org.factors.planted_totp(user, user.created).secret

    def _place(self, user: User, names: Sequence[str]) -> Place:
        key = (tuple(names), user.status, *(self._value(name, user) for name in self._read))
        if key not in self._places:
            members = self._members(user, names)
            held = [self.org.state.everyone, *members]
            rows = () if user.status is Status.DEPROVISIONED else tuple(self.org.assignments.wanted(held).values())
            self._places[key] = Place(tuple(members.items()), rows)
        return self._places[key]

    def _members(self, user: User, names: Sequence[str]) -> dict[str, Givers]:
        """Memberships by name, and those that the rules add, until none adds more."""
        members: dict[str, Givers] = {self.made.group_id(name): (MANUAL,) for name in names}
        groups, more = self.org.state.groups, user.status not in _OUTSIDE
        while more:
            held = {id: groups[id].name for id in (self.org.state.everyone, *members)}
            subject = Subject(user.profile, {"id": user.id, "status": user.status.value}, held)
            more = False
            for rule in self.rules:
                for group_id in rule.group_ids if evaluate(rule.tree, subject) is True else ():
                    if rule.id not in members.get(group_id, ()):
                        members[group_id] = with_giver(members.get(group_id, ()), rule.id)
                        more = True
        return members

    def _value(self, name: str, user: User) -> Any:
        return user.id if name == "[id]" else user.profile.get(name)

    def _app_user(self, row: AppGroup, user: User) -> AppUser:
        at, pushed = user.created, self.org.state.apps[row.app_id].provisioning.enabled
        return AppUser(
            id=self.org.new_id("0ua"),
            app_id=row.app_id,
            user_id=user.id,
            scope="GROUP",
            status="STAGED" if pushed else "ACTIVE",
            sync_state="OUT_OF_SYNC" if pushed else "DISABLED",
            user_name=user.login,
            created=at,
            last_updated=at,
            status_changed=at,
            profile=row.profile,
            group_id=row.group_id,
        )


def person_profile(person: SeedPerson, manager: str) -> Profile:
    """The attributes that governance owns, as it would have written them by day zero."""
    return Profile(
        _given(
            {
                "firstName": person.first_name,
                "lastName": person.last_name,
                "login": person.login,
                "email": person.login,
                "displayName": f"{person.first_name} {person.last_name}",
                "title": person.job_title,
                "department": person.department,
                "organization": person.company,
                "costCenter": person.department,
                "manager": manager,
                "managerId": person.manager_id,
                "employeeNumber": person.worker_id,
                "userType": "contractor" if person.worker_type == "contractor" else "employee",
                "countryCode": person.country,
                "city": person.location,
                "timezone": person.time_zone,
            }
        )
    )


def account_profile(row: Mapping[str, Any]) -> Profile:
    """An account that is nobody's first: administrators, services, break-glass."""
    return Profile(
        _given(
            {
                "firstName": row["first_name"],
                "lastName": row["last_name"],
                "login": row["login"],
                "email": row["login"],
                "displayName": f"{row['first_name']} {row['last_name']}",
                "userType": row.get("user_type", ""),
                "employeeNumber": row.get("employee_number", ""),
            }
        )
    )


def _given(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}
