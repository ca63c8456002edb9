"""Users as records: creating, finding, changing. Lists stand in `directory.py`, operations in `lifecycle.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import Forbidden, Invalid, NotFound, TooManyGroups, WrongStatus
from simulators.okta.domain.log import Cause
from simulators.okta.domain.passwords import HashedPassword, Imported, complaint
from simulators.okta.domain.profile import Profile
from simulators.okta.domain.users import Question, Status, User, created_status, digest
from simulators.okta.domain.validation import demand_changeable, problems, with_defaults
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

FEDERATED = ("FEDERATION", "SOCIAL")
_TAKEN = "login: An object with this field already exists in the current organization"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a body may say of credentials. An `imported` password escapes the policy."""

    password: str | None = None
    imported: Imported | None = None
    recovery: Question | None = None
    provider: str | None = None
    provider_name: str | None = None

    @property
    def with_password(self) -> bool:
        """Whether there is a password in any form."""
        return self.password is not None or self.imported is not None


@dataclass(frozen=True, slots=True)
class Creation:
    """What a create call asks for. `federated` is the query's `provider=true`."""

    profile: Mapping[str, Any]
    credentials: Credentials
    type_id: str
    group_ids: list[str]
    activate: bool = True
    next_login: str | None = None
    federated: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What an update asks for: `whole` replaces the profile; None leaves a part as it is."""

    profile: Mapping[str, Any] | None
    credentials: Credentials
    type_id: str | None = None
    whole: bool = False
    strict: bool = False


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
        short = len(found) == 1 and found[0].login.lower().partition("@")[0] == name
        return exact or (found[0] if short else None)

    def store(self, user: User) -> User:
        """Keep a user; until the index has caught up, `search` goes on seeing what it saw."""
        org, state = self.org, self.org.state
        org.schemas.note(state.users.get(user.id), user)
        if org.settings.delays.search[2] > 0:
            old, writes = state.unindexed_users.get(user.id, (state.users.get(user.id), 0))
            state.unindexed_users[user.id] = (old, writes + 1)
            org.clock.call_later(org.jitter("search", org.settings.delays.search), "okta.index.user", user.id)
        return state.users.put(user)

    def _index(self, user_id: str) -> None:
        old, writes = self.org.state.unindexed_users.pop(user_id, (None, 1))
        if writes > 1:
            self.org.state.unindexed_users[user_id] = (old, writes - 1)

    def create(self, wanted: Creation, cause: Cause) -> User:
        """A new user with its memberships. Raises what the create call refuses."""
        org, at, credentials = self.org, self.org.whole_second(), wanted.credentials
        provider = _provider(wanted)
        federated = provider in FEDERATED
        status = created_status(wanted.activate, credentials.with_password, wanted.next_login, federated)
        type_id = org.schemas.type(wanted.type_id).id
        profile = with_defaults(wanted.profile, org.schemas.of_type(type_id))
        self._check(profile, type_id, None)
        self._check_credentials(credentials, federated)
        text = org.passwords.problem(credentials.password or "", str(profile["login"]), profile)
        if credentials.password is not None and text is not None:
            raise Invalid("password", f"password: {text}")
        if len(wanted.group_ids) > 20:
            raise TooManyGroups("", "The number of group targets is too large")
        groups = [org.groups.find(id) for id in wanted.group_ids]
        if any(group.type != "OKTA_GROUP" for group in groups):
            raise Forbidden()
        id, staged = org.new_id("00u"), status is Status.STAGED
        user = User(
            id=id,
            status=Status.STAGED,
            profile=Profile(profile),
            type_id=type_id,
            created=at,
            last_updated=at,
            activated=None if staged else at,
            status_changed=None if staged and not credentials.with_password else at,
            password=_kept(id, credentials),
            password_changed=at if credentials.with_password else None,
            password_expired=wanted.next_login == "changePassword",
            recovery=credentials.recovery,
            provider=provider,
            provider_name=credentials.provider_name if federated else None,
            imported=credentials.imported,
        )
        self.store(replace(user, status=status))
        org.factors.enroll_email(user, cause)
        for group in groups:
            org.groups.add_member(group, user, cause)
        org.log.emit(cause, "user.lifecycle.create", user_party(user))
        if not staged:
            org.log.emit(cause, "user.lifecycle.activate", user_party(user))
            org.rules.schedule(user.id, cause.transaction)
        org.assignments.schedule(user.id, cause)
        return org.state.users[user.id]

    def update(self, user: User, wanted: Change, cause: Cause) -> User:
        """The user with another profile, type or credentials. Raises Invalid or WrongStatus."""
        org, at, credentials = self.org, self.org.whole_second(), wanted.credentials
        if user.status is Status.DEPROVISIONED and not org.settings.updates_of_deactivated_profiles:
            raise WrongStatus()
        if credentials.imported is not None and user.status is not Status.STAGED:
            raise WrongStatus()
        changed = self._with_type(user, wanted, at)
        if wanted.profile is not None:
            changed = self._with_profile(changed, wanted.profile, wanted.whole, at)
        if credentials.recovery is not None:
            changed = replace(changed, recovery=credentials.recovery, last_updated=at)
        if credentials.with_password:
            self._check_credentials(credentials, federated=changed.provider in FEDERATED)
            changed = org.lifecycle.with_password(changed, credentials.password, credentials.imported, wanted.strict)
        if changed is user:
            return user
        self.store(changed)
        self._report(user, changed, credentials.with_password, cause)
        return org.state.users[user.id]

    def _with_type(self, user: User, wanted: Change, at: datetime) -> User:
        """The user in another type, which only a full replacement may choose ("Replace a user")."""
        if wanted.type_id is None or wanted.type_id == user.type_id:
            return user
        type_id = self.org.schemas.type(wanted.type_id).id
        if type_id == user.type_id:
            return user
        if not wanted.whole:
            raise Invalid("type", "type: The user type can only be changed by a full replacement")
        return replace(user, type_id=type_id, last_updated=at)

    def _with_profile(self, user: User, profile: Mapping[str, Any], whole: bool, at: datetime) -> User:
        schema = self.org.schemas.of_type(user.type_id)
        merged = dict(profile) if whole else {**user.profile, **profile}
        merged = with_defaults(merged, schema) if whole else {k: v for k, v in merged.items() if v is not None}
        self._check(merged, user.type_id, user)
        demand_changeable(user.profile, merged, schema)
        # a full replacement counts as an update even where it changes nothing
        same = merged == dict(user.profile) and not whole
        return user if same else replace(user, profile=Profile(merged), last_updated=at)

    def _report(self, before: User, after: User, with_password: bool, cause: Cause) -> None:
        org = self.org
        old, new = dict(before.profile), dict(after.profile)
        if old != new or before.type_id != after.type_id:
            names = sorted(name for name in {**old, **new} if old.get(name) != new.get(name))
            debug = {"changedAttributes": ",".join(names)}
            org.log.emit(cause, "user.account.update_profile", user_party(after), debug=debug)
            for name in names:
                if name in _EVENTS:
                    org.log.emit(cause, _EVENTS[name], user_party(after))
            if before.type_id != after.type_id:
                org.log.emit(cause, "user.account.update_user_type", user_party(after))
            org.rules.schedule(after.id, cause.transaction)
            org.assignments.profile_changed(after, cause)
        if with_password:
            org.log.emit(cause, "user.account.update_password", user_party(after))

    def _check(self, profile: Mapping[str, Any], type_id: str, user: User | None) -> None:
        if (wrong := problems(profile, self.org.schemas.of_type(type_id))) is not None:
            raise Invalid(wrong[0], *wrong[1])
        login = str(profile["login"]).lower()
        for other in self._some("login", login, 50):
            if other.login.lower() == login and (user is None or other.id != user.id):
                raise Invalid("login", _TAKEN)
        self.org.schemas.demand_free(profile, user)

    def _check_credentials(self, credentials: Credentials, federated: bool) -> None:
        if federated and (credentials.with_password or credentials.recovery is not None):
            text = "A user of a federated or social provider has neither password nor recovery question"
            raise Invalid("credentials", f"credentials: {text}")
        if isinstance(credentials.imported, HashedPassword) and (wrong := complaint(credentials.imported)):
            raise Invalid("password", f"password.hash.{wrong}")

    def _some(self, index: str, key: str, most: int) -> Iterator[User]:
        return islice(self.org.state.users.find(index, key), most)


# attributes whose change is an event of its own, besides that of the profile
_EVENTS = {"email": "user.account.update_primary_email", "secondEmail": "user.account.update_secondary_email"}


def _provider(wanted: Creation) -> str:
    """Whose password counts. Without `provider=true` a provider in the body is silently ignored."""
    named = wanted.credentials.provider
    if wanted.federated and named in FEDERATED:
        return named
    return "IMPORT" if wanted.credentials.imported is not None else "OKTA"


def _kept(user_id: str, credentials: Credentials) -> bytes | None:
    """What is stored of a password; an imported one leaves a mark only."""
    if credentials.password is not None:
        return digest(user_id, credentials.password)
    return None if credentials.imported is None else digest(user_id, repr(credentials.imported))
