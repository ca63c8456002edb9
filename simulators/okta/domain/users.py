"""Users: statuses, what creation leads to, the LIFECYCLE table and `transition`.

https://developer.okta.com/docs/reference/api/users/#user-status
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from simulators.okta.domain.errors import (
    AlreadyActive,
    ChangePasswordNotAllowed,
    ChangeQuestionNotAllowed,
    ForgotPasswordNotAllowed,
    Invalid,
    NeedsActivate,
    NeedsPassword,
    NotFound,
    NotLocked,
    PasswordResetFailed,
    Refusal,
    WrongStatus,
)
from simulators.okta.domain.passwords import HashedPassword, Imported, verified
from simulators.okta.domain.profile import Profile


class Status(StrEnum):
    """Where a user stands in its life."""

    STAGED = "STAGED"
    PROVISIONED = "PROVISIONED"
    ACTIVE = "ACTIVE"
    RECOVERY = "RECOVERY"
    PASSWORD_EXPIRED = "PASSWORD_EXPIRED"
    LOCKED_OUT = "LOCKED_OUT"
    SUSPENDED = "SUSPENDED"
    DEPROVISIONED = "DEPROVISIONED"


S = Status
LIVING = frozenset(S) - {S.DEPROVISIONED}


@dataclass(frozen=True, slots=True)
class Question:
    """A recovery question; the answer never leaves the org."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class User:
    """A directory entry that can sign in once its status allows it."""

    id: str
    status: Status
    profile: Profile
    type_id: str
    created: datetime
    last_updated: datetime
    activated: datetime | None = None
    status_changed: datetime | None = None
    last_login: datetime | None = None
    password_changed: datetime | None = None
    password: bytes | None = None
    password_expired: bool = False
    recovery: Question | None = None
    provider: str = "OKTA"
    provider_name: str | None = None
    before_suspension: Status | None = None
    failures: int = 0
    # where a background step that is under way leads
    heading_for: Status | None = None
    # what stands in for a password until one is set here
    imported: Imported | None = None
    former: tuple[bytes, ...] = ()

    @property
    def login(self) -> str:
        """The name the user signs in with."""
        return self.profile.text("login")

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.profile.text('firstName')} {self.profile.text('lastName')}"


Target = Status | Callable[[User], Status]


@dataclass(frozen=True)
class Transition:
    """One operation: from where it is allowed, where it leads, what the log calls it, how it is refused elsewhere."""

    sources: frozenset[Status]
    target: Target
    event: str
    refusal: Callable[[User], Refusal]


def _same(user: User) -> Status:
    return user.status


def _activated(user: User) -> Status:
    return S.ACTIVE if user.status is S.STAGED and user.password is not None else S.PROVISIONED


def _resumed(user: User) -> Status:
    return user.before_suspension or S.ACTIVE


def _unlocked(user: User) -> Status:
    return S.PASSWORD_EXPIRED if user.password_expired else S.ACTIVE


def _with_password(user: User) -> Status:
    return S.STAGED if user.status is S.STAGED else S.ACTIVE


def _wrong_status(_: User) -> Refusal:
    return WrongStatus()


def _suspend_refusal(_: User) -> Refusal:
    return Invalid("suspendUser", "Cannot suspend a user that is not active")


def _unsuspend_refusal(_: User) -> Refusal:
    return Invalid("suspendUser", "Cannot unsuspend a user that is not suspended")


LIFECYCLE: dict[str, Transition] = {
    "activate": Transition(
        frozenset({S.STAGED, S.DEPROVISIONED}), _activated, "user.lifecycle.activate", lambda u: AlreadyActive()
    ),
    "reactivate": Transition(frozenset({S.PROVISIONED, S.RECOVERY}), _same, "user.lifecycle.reactivate", _wrong_status),
    "deactivate": Transition(LIVING, S.DEPROVISIONED, "user.lifecycle.deactivate", lambda u: NotFound(u.id, "User")),
    "suspend": Transition(
        frozenset({S.ACTIVE, S.PROVISIONED, S.PASSWORD_EXPIRED}),
        S.SUSPENDED,
        "user.lifecycle.suspend",
        _suspend_refusal,
    ),
    "unsuspend": Transition(frozenset({S.SUSPENDED}), _resumed, "user.lifecycle.unsuspend", _unsuspend_refusal),
    "unlock": Transition(
        frozenset({S.LOCKED_OUT}),
        _unlocked,
        "user.account.unlock_by_admin",
        lambda u: NotLocked("", "The user is not locked out."),
    ),
    "reset_password": Transition(
        frozenset({S.PROVISIONED, S.ACTIVE, S.RECOVERY, S.PASSWORD_EXPIRED, S.LOCKED_OUT}),
        S.RECOVERY,
        "user.account.reset_password",
        lambda u: PasswordResetFailed(),
    ),
    "expire_password": Transition(
        frozenset({S.ACTIVE, S.PASSWORD_EXPIRED}), S.PASSWORD_EXPIRED, "user.account.expire_password", _wrong_status
    ),
    "expire_password_with_temp_password": Transition(
        frozenset({S.ACTIVE, S.RECOVERY, S.PASSWORD_EXPIRED}),
        S.PASSWORD_EXPIRED,
        "user.account.expire_password",
        _wrong_status,
    ),
    "forgot_password": Transition(
        frozenset({S.ACTIVE}),
        _same,
        "user.account.reset_password",
        lambda u: ForgotPasswordNotAllowed("", "Forgot password is not allowed in the user's current status"),
    ),
    "change_password": Transition(
        frozenset({S.STAGED, S.ACTIVE, S.RECOVERY, S.PASSWORD_EXPIRED}),
        _with_password,
        "user.account.update_password",
        lambda u: ChangePasswordNotAllowed(),
    ),
    "change_recovery_question": Transition(
        frozenset({S.STAGED, S.ACTIVE, S.RECOVERY}),
        _same,
        "user.account.update_profile",
        lambda u: ChangeQuestionNotAllowed(),
    ),
    "reset_factors": Transition(LIVING, _same, "user.mfa.factor.reset_all", _wrong_status),
}


_EXPIRING = frozenset({"expire_password", "expire_password_with_temp_password"})


def target_of(user: User, operation: str) -> Status:
    """The status an operation leads to. Raises the operation's own refusal when it is not allowed."""
    rule = LIFECYCLE[operation]
    if user.status not in rule.sources:
        raise rule.refusal(user)
    return rule.target if isinstance(rule.target, Status) else rule.target(user)


def transition(user: User, operation: str, at: datetime) -> User:
    """The user after an operation. Raises the operation's refusal."""
    target = target_of(user, operation)
    if target is user.status and operation not in _EXPIRING:
        return replace(user, last_updated=at) if operation == "reactivate" else user
    after = replace(user, status=target, status_changed=at, last_updated=at)
    if operation == "activate":
        after = replace(after, activated=at)
    elif operation == "deactivate":
        after = replace(after, password=None, password_changed=None, imported=None, before_suspension=None, failures=0)
    elif operation == "suspend":
        after = replace(after, before_suspension=user.status)
    elif operation == "unsuspend":
        after = replace(after, before_suspension=None)
    elif operation in _EXPIRING:
        after = replace(after, password_expired=True)
    elif operation == "unlock":
        after = replace(after, failures=0)
    return after


def created_status(activate: bool, has_password: bool, next_login: str | None, federated: bool) -> Status:
    """What `POST /users` makes. Raises NeedsPassword or NeedsActivate for impossible wishes."""
    if next_login == "changePassword":
        if not activate:
            raise NeedsActivate()
        if not has_password:
            raise NeedsPassword()
        return S.PASSWORD_EXPIRED
    if not activate:
        return S.STAGED
    return S.ACTIVE if has_password or federated else S.PROVISIONED


def digest(user_id: str, password: str) -> bytes:
    """What the org keeps of a password."""
    return blake2b(password.encode(), digest_size=16, key=user_id.encode()[:64]).digest()


def matches(user: User, password: str) -> bool:
    """Whether `password` is the user's. One behind an import hook, or in BCRYPT, is never recognised."""
    if isinstance(user.imported, HashedPassword):
        return verified(user.imported, password)
    return user.imported is None and user.password == digest(user.id, password)
