"""Users as records: creating, finding, changing, listing. Lifecycle operations stand in `lifecycle.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import Invalid, NotFound, TooManyGroups, WrongStatus
from simulators.okta.domain.log import Cause
from simulators.okta.domain.profile import BASE_ATTRIBUTES, Profile, problems
from simulators.okta.domain.query import Comparison, Query, holds, required
from simulators.okta.domain.users import WEAK, Question, Status, User, created_status, digest, is_weak
from simulators.okta.tenant.journal import user_party
from simulators.okta.tenant.state import milliseconds

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

ATTRIBUTES = frozenset(BASE_ATTRIBUTES)
_FEW = 2000
_TAKEN = "login: An object with this field already exists in the current organization"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a body may say of credentials. `hashed` passwords escape the policy."""

    password: str | None = None
    hashed: str | None = None
    recovery: Question | None = None
    provider: str | None = None

    @property
    def secret(self) -> str | None:
        """The password in either form."""
        return self.password or self.hashed


class Users:
    """The user table with its indexes, and the lagging view that `search` has of it."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.index.user", self._index)

    def find(self, ref: str) -> User:
        """The user with an id, a login, or an unambiguous short name. Raises NotFound."""
        users = self.org.state.users
        user = users.get(ref) or self.by_login(ref)
        if user is None:
            raise NotFound(ref, "User")
        return user

    def by_login(self, name: str) -> User | None:
        """The user with a login or an unambiguous short name, or None."""
        name = name.lower()
        found = list(self._some("login", name, 2))
        exact = next((user for user in found if user.login.lower() == name), None)
        return exact or (found[0] if len(found) == 1 else None)

    def store(self, user: User) -> User:
        """Keep a user; until the index has caught up, `search` goes on seeing what it saw."""
        org, state = self.org, self.org.state
        if org.settings.delays.search[2] > 0:
            old, writes = state.unindexed_users.get(user.id, (state.users.get(user.id), 0))
            state.unindexed_users[user.id] = (old, writes + 1)
            org.clock.call_later(org.jitter("search", org.settings.delays.search), "okta.index.user", user.id)
        return state.users.put(user)

    def _index(self, user_id: str) -> None:
        old, writes = self.org.state.unindexed_users.pop(user_id, (None, 1))
        if writes > 1:
            self.org.state.unindexed_users[user_id] = (old, writes - 1)

    def create(
        self,
        profile: Mapping[str, Any],
        credentials: Credentials,
        group_ids: list[str],
        activate: bool,
        next_login: str | None,
        federated: bool,
        cause: Cause,
    ) -> User:
        """A new user with its memberships. Raises what the create call refuses."""
        org, at = self.org, self.org.whole_second()
        federated = federated and (credentials.provider or "OKTA") not in ("OKTA", "IMPORT")
        status = created_status(activate, credentials.secret is not None, next_login, federated)
        self._check(profile, None)
        login = str(profile["login"])
        if credentials.password is not None and is_weak(credentials.password, login):
            raise Invalid("password", f"password: {WEAK}")
        if len(group_ids) > 20:
            raise TooManyGroups("", "The number of group targets is too large")
        groups = [org.groups.find(id) for id in group_ids]
        id = org.new_id("00u")
        secret = credentials.secret
        user = User(
            id=id,
            status=Status.STAGED,
            profile=Profile({name: value for name, value in profile.items() if value is not None}),
            type_id=org.state.user_type,
            created=at,
            last_updated=at,
            activated=None if status is Status.STAGED else at,
            status_changed=None if status is Status.STAGED and secret is None else at,
            password=digest(id, secret) if secret is not None else None,
            password_changed=at if secret is not None else None,
            password_expired=next_login == "changePassword",
            recovery=credentials.recovery,
            provider=(credentials.provider or "OKTA") if federated else "OKTA",
        )
        self.store(replace(user, status=status))
        org.factors.enroll_email(user, cause)
        for group in groups:
            org.groups.add_member(group, user, cause)
        org.log.emit(cause, "user.lifecycle.create", user_party(user))
        if status is not Status.STAGED:
            org.log.emit(cause, "user.lifecycle.activate", user_party(user))
            org.rules.schedule(user.id, cause.transaction)
        org.assignments.schedule(user.id, cause)
        return org.state.users[user.id]

    def update(
        self,
        user: User,
        profile: Mapping[str, Any] | None,
        credentials: Credentials,
        whole: bool,
        strict: bool,
        cause: Cause,
    ) -> User:
        """The user with another profile (`whole` replaces it) or credentials. Raises Invalid or WrongStatus."""
        org, at = self.org, self.org.whole_second()
        if user.status is Status.DEPROVISIONED and not org.settings.updates_of_deactivated_profiles:
            raise WrongStatus("", "This operation is not allowed in the user's current status.")
        changed = user
        if profile is not None:
            wanted = dict(profile) if whole else {**user.profile, **profile}
            self._check(wanted, user)
            after = Profile({name: value for name, value in wanted.items() if value is not None})
            if dict(after) != dict(user.profile):
                changed = replace(changed, profile=after, last_updated=at)
        if credentials.recovery is not None:
            changed = replace(changed, recovery=credentials.recovery, last_updated=at)
        if credentials.secret is not None:
            changed = org.lifecycle.with_password(changed, credentials.secret, credentials.password is not None, strict)
        if changed is user:
            return user
        self.store(changed)
        if dict(changed.profile) != dict(user.profile):
            names = ",".join(sorted(n for n in ATTRIBUTES if changed.profile.get(n) != user.profile.get(n)))
            debug = {"changedAttributes": names}
            org.log.emit(cause, "user.account.update_profile", user_party(changed), debug=debug)
            org.rules.schedule(user.id, cause.transaction)
            org.assignments.profile_changed(changed, cause)
        if credentials.secret is not None:
            org.log.emit(cause, "user.account.update_password", user_party(changed))
        return org.state.users[user.id]

    def listing(self, after: str | None) -> Iterator[User]:
        """Everybody but the deactivated, in order of creation."""
        return (user for user in self.org.state.users.rows(after) if user.status is not Status.DEPROVISIONED)

    def beginning_with(self, text: str) -> Iterator[User]:
        """Living users whose first name, last name or mail address starts with `text`."""
        seen: set[str] = set()
        for user in self.org.state.users.prefix("name", text.lower()):
            if user.id not in seen and user.status is not Status.DEPROVISIONED:
                seen.add(user.id)
                yield user

    def filtered(self, query: Query, after: str | None) -> Iterator[User]:
        """Users that satisfy a `filter`: exact and current."""
        for user in self._candidates(query, after, self.org.state.users):
            if holds(query, reader(user), fold=False):
                yield user

    def searched(self, query: Query | None, after: str | None) -> Iterator[User]:
        """Users that satisfy a `search`, as the index shows them, in order of creation."""
        state = self.org.state
        late = state.unindexed_users
        current = state.users.rows(after) if query is None else self._candidates(query, after, state.users)
        found: Iterator[User] = (user for user in current if user.id not in late)
        if late:
            behind = state.users.ordinal(after) if after and after in state.users else -1
            old = [user for user, _ in late.values() if user and user.id in state.users]
            found = _merged(found, (user for user in old if state.users.ordinal(user.id) > behind), state.users.ordinal)
        for user in found:
            if query is None or holds(query, reader(user), fold=True):
                yield user

    def _candidates(self, query: Query, after: str | None, users: Any) -> Iterator[User]:
        """Where to begin: the narrowest index a required comparison offers, else everybody lazily."""
        best: tuple[int, Iterator[User]] | None = None
        for part in required(query):
            if (offer := self._offer(part, after)) is not None and (best is None or offer[0] < best[0]):
                best = offer
        return best[1] if best else iter(users.rows(after))

    def _offer(self, part: Comparison, after: str | None) -> tuple[int, Iterator[User]] | None:
        users, field, value = self.org.state.users, part.field, part.value
        if field == "lastUpdated" and part.operator in ("gt", "ge") and isinstance(value, datetime):
            return self._recent(value, after)
        if part.operator == "eq" and isinstance(value, str):
            if field == "id":
                found = users.get(value)
                behind = after is None or after not in users or (found and users.ordinal(value) > users.ordinal(after))
                return 0, iter([found] if found and behind else [])
            index = _EXACT.get(field)
            if index is not None:
                key = value if index in ("status", "number") else value.lower()
                return users.count(index, key), users.find(index, key, after)
        return None

    def _recent(self, since: datetime, after: str | None) -> tuple[int, Iterator[User]] | None:
        """Users changed since an instant, in order of creation; None when they are too many to be gathered first."""
        users = self.org.state.users
        found = list(islice(users.range("updated", milliseconds(since)), _FEW + 1))
        if len(found) > _FEW:
            return None
        behind = users.ordinal(after) if after is not None and after in users else -1
        found.sort(key=lambda user: users.ordinal(user.id))
        return len(found), (user for user in found if users.ordinal(user.id) > behind)

    def _check(self, profile: Mapping[str, Any], user: User | None) -> None:
        if (wrong := problems({k: v for k, v in profile.items() if v is not None}, ATTRIBUTES)) is not None:
            raise Invalid(wrong[0], *wrong[1])
        login = str(profile["login"]).lower()
        for other in self._some("login", login, 50):
            if other.login.lower() == login and (user is None or other.id != user.id):
                raise Invalid("login", _TAKEN)

    def _some(self, index: str, key: str, most: int) -> Iterator[User]:
        return islice(self.org.state.users.find(index, key), most)


_EXACT = {
    "profile.login": "login",
    "profile.email": "name",
    "profile.firstName": "name",
    "profile.lastName": "name",
    "profile.employeeNumber": "number",
    "status": "status",
}
_TIMES = {
    "created": lambda user: user.created,
    "activated": lambda user: user.activated,
    "statusChanged": lambda user: user.status_changed,
    "lastUpdated": lambda user: user.last_updated,
    "lastLogin": lambda user: user.last_login,
}


def reader(user: User) -> Any:
    """Answers a user's value of a query's field."""

    def read(field: str) -> Any:
        if field.startswith("profile."):
            return user.profile.get(field[8:])
        if field in _TIMES:
            return _TIMES[field](user)
        return {"id": user.id, "status": user.status.value, "type.id": user.type_id}.get(field)

    return read


def _merged(rows: Iterator[User], extra: Iterator[User], ordinal: Any) -> Iterator[User]:
    waiting = sorted(extra, key=lambda user: ordinal(user.id), reverse=True)
    for user in rows:
        while waiting and ordinal(waiting[-1].id) < ordinal(user.id):
            yield waiting.pop()
        yield user
    while waiting:
        yield waiting.pop()
