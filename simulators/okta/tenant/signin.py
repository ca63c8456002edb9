"""Primary authentication: the password, and where a sign-in goes from there.

https://developer.okta.com/docs/reference/api/authn/#transaction-state
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from simulators.okta.domain.errors import (
    CredentialsUpdateFailed,
    Forbidden,
    InvalidToken,
    TooManyRequests,
)
from simulators.okta.domain.factors import Factor, FactorKind
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.policies import Json, at, number
from simulators.okta.domain.sessions import SessionToken, SignIn
from simulators.okta.domain.signin_errors import (
    AuthenticationFailed,
    NotInThisState,
    PasswordTooWeak,
)
from simulators.okta.domain.users import Status, User, matches
from simulators.okta.tenant.journal import app_party, user_party

if TYPE_CHECKING:
    from simulators.okta.domain.apps import App
    from simulators.okta.tenant.org import OktaOrg

_NEEDS_FACTOR = "Sign-on policy evaluation resulted in CHALLENGE"
_ALLOWED = "Sign-on policy evaluation resulted in ALLOW"
_DENIED = "Sign-on policy evaluation resulted in DENY"
_CHANGES = {"PASSWORD_RESET": False, "PASSWORD_EXPIRED": True, "PASSWORD_WARN": True}


@dataclass(frozen=True, slots=True)
class Step:
    """Where a sign-in stands: SUCCESS with a session token, or another status with a state token.

    `factors` can be verified, `offered` can be enrolled (each OPTIONAL or REQUIRED), `factor` is under way. `user` is
    None where the org tells nothing about the person yet.
    """

    status: str
    user: User | None
    token: SessionToken | None = None
    sign_in: SignIn | None = None
    factors: tuple[Factor, ...] = ()
    offered: tuple[tuple[FactorKind, str], ...] = ()
    factor: Factor | None = None
    skippable: bool = False
    remember_minutes: int = 0
    password_days: int | None = None
    complexity: Json | None = None
    recovery_token: str = ""


class SignIns:
    """Sign-in transactions. Every failure looks the same to the caller; the log knows the reason."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.unlock", self._unlock)

    def with_password(
        self, username: str, password: str, cause: Cause, options: frozenset[str] = frozenset(), device: str = ""
    ) -> Step:
        """The first step. Raises AuthenticationFailed."""
        org = self.org
        if not org.limits.allows_sign_in(username, cause):
            raise TooManyRequests()
        user = org.users.by_login(username)
        if user is None:
            self._refuse(cause, Party("unknown", "User", username, username), "VERIFICATION_ERROR")
        actor = user_party(user)
        cause = replace(cause, actor=actor)
        if user.status is Status.LOCKED_OUT:
            if self._lockout(user, "showLockoutFailures"):
                org.log.emit(cause, "user.session.start", actor, result="FAILURE", reason="LOCKED_OUT")
                return Step("LOCKED_OUT", None)
            self._refuse(cause, actor, "LOCKED_OUT")
        if user.status is Status.SUSPENDED and org.settings.sign_in_when_suspended == "refused":
            self._refuse(cause, actor, "INVALID_CREDENTIALS")
        if user.password is None or user.status in (Status.STAGED, Status.DEPROVISIONED, Status.RECOVERY):
            self._refuse(cause, actor, "INVALID_CREDENTIALS")
        if not matches(user, password):
            self.count_failure(user, cause)
            self._refuse(cause, actor, "INVALID_CREDENTIALS")
        if user.failures:
            user = org.state.users.put(replace(user, failures=0))
        days = org.passwords.days_left(user)
        if days is not None and days < 0 and user.status is Status.ACTIVE:
            at_ = org.whole_second()
            expired = replace(user, status=Status.PASSWORD_EXPIRED, password_expired=True, status_changed=at_)
            user = org.users.store(expired)
        sign_in = self._new(user, "PASSWORD_EXPIRED", options, device)
        if user.status is Status.PASSWORD_EXPIRED:
            return self.put(sign_in)
        if "warnBeforePasswordExpired" in options and org.passwords.warns(user):
            return self.put(replace(sign_in, status="PASSWORD_WARN"))
        return self.proceed(user, sign_in, cause)

    def with_link(self, value: str, cause: Cause) -> Step:
        """A link from a mail: the person may choose a password, or answers a question first. Raises InvalidToken."""
        org, link = self.org, self.org.state.links.get(value)
        if link is None or link.expires <= org.now():
            raise InvalidToken()
        user = org.state.users[link.user_id]
        if link.purpose in ("forgot", "unlock"):
            return org.recovery.proved(user, "UNLOCK" if link.purpose == "unlock" else "PASSWORD", cause)
        return self.put(self._new(user, "PASSWORD_RESET"))

    def resume(self, state_token: str) -> tuple[SignIn, User]:
        """A sign-in under way. Raises InvalidToken."""
        sign_in = self.org.state.sign_ins.get(state_token)
        user = self.org.state.users.get(sign_in.user_id) if sign_in is not None else None
        if sign_in is None or user is None or sign_in.expires <= self.org.now():
            raise InvalidToken()
        return sign_in, user

    def step(self, state_token: str) -> Step:
        """Where a sign-in under way stands."""
        return self._shown(*self.resume(state_token))

    def put(self, sign_in: SignIn) -> Step:
        """Keep a sign-in in its new state."""
        self.org.state.sign_ins.put(sign_in)
        return self._shown(sign_in, self.org.state.users[sign_in.user_id])

    def choose_password(self, state_token: str, password: str, old: str | None, cause: Cause) -> Step:
        """A new password for PASSWORD_RESET, or with the old one for PASSWORD_EXPIRED and PASSWORD_WARN."""
        org = self.org
        sign_in, user = self.resume(state_token)
        if _CHANGES.get(sign_in.status) is not (old is not None):
            raise NotInThisState()
        if old is not None and not matches(user, old):
            raise CredentialsUpdateFailed("", "oldPassword: The credentials provided were incorrect.")
        if (problem := org.passwords.own_problem(user, password)) is not None:
            raise PasswordTooWeak("", problem)
        cause = replace(cause, actor=user_party(user))
        user = org.lifecycle.set_own_password(user, password, cause)
        return self.proceed(user, sign_in, cause)

    def verify_factor(self, state_token: str, factor_id: str, code: str, cause: Cause) -> Step:
        """The second step, by a code. Raises InvalidPasscode."""
        return self.org.sign_in_factors.verify(state_token, factor_id, cause, code)

    def skip(self, state_token: str, cause: Cause) -> Step:
        """Go on without what is optional: a password change, another factor. Raises NotInThisState."""
        sign_in, user = self.resume(state_token)
        cause = replace(cause, actor=user_party(user))
        if sign_in.status == "PASSWORD_WARN":
            return self.proceed(user, sign_in, cause)
        if sign_in.status == "MFA_ENROLL" and self._shown(sign_in, user).skippable:
            return self.succeed(user, sign_in, sign_in.amr, cause)
        raise NotInThisState()

    def begin(self, user: User, status: str, session_id: str | None = None) -> SignIn:
        """A sign-in that waits for its next step."""
        return self.org.state.sign_ins.put(replace(self._new(user, status), session_id=session_id))

    def step_up(self, user: User, session_id: str, app: App, cause: Cause) -> SignIn:
        """A signed-in person opens an application that wants a factor at every sign-on."""
        reason = _NEEDS_FACTOR
        self.org.log.emit(
            cause, "policy.evaluate_sign_on", user_party(user), app_party(app), result="CHALLENGE", reason=reason
        )
        return self.begin(user, "MFA_REQUIRED", session_id)

    def cancel(self, state_token: str) -> None:
        """Give a sign-in up."""
        self.resume(state_token)
        self.org.state.sign_ins.remove(state_token)

    def proceed(self, user: User, sign_in: SignIn, cause: Cause) -> Step:
        """What the session policy says to a good password."""
        org, target = self.org, user_party(user)
        if user.status is not Status.ACTIVE and not (
            user.status is Status.SUSPENDED and org.settings.sign_in_when_suspended != "refused"
        ):
            self._refuse(cause, target, "INVALID_CREDENTIALS")
        _, rule = org.policy_rules.judge_user("OKTA_SIGN_ON", user, cause.ip)
        action = at(rule.actions, "signon") if rule is not None else None
        if at(action, "access") == "DENY":
            org.log.emit(cause, "policy.evaluate_sign_on", target, result="DENY", reason=_DENIED)
            org.state.sign_ins.remove(sign_in.value)
            raise Forbidden()
        if at(action, "requireFactor") is True and not self._remembers(user, sign_in, action):
            org.log.emit(cause, "policy.evaluate_sign_on", target, result="CHALLENGE", reason=_NEEDS_FACTOR)
            status = "MFA_REQUIRED" if org.factors.active(user.id) else "MFA_ENROLL"
            return self.put(replace(sign_in, status=status, factor_id="", result="", ip=cause.ip))
        return self.succeed(user, sign_in, sign_in.amr, cause)

    def succeed(self, user: User, sign_in: SignIn, amr: tuple[str, ...], cause: Cause) -> Step:
        """The end of a sign-in: a session token."""
        org, state, now = self.org, self.org.state, self.org.now()
        state.sign_ins.remove(sign_in.value)
        session_id = "102" + state.ids.base62("session", 22)
        value = "20111" + state.ids.base62("secret/session token", 50)
        token = state.session_tokens.put(
            SessionToken(value, user.id, now + org.settings.session_token_life, amr, session_id, cause.ip)
        )
        user = state.users.put(replace(user, last_login=org.whole_second()))
        cause = replace(cause, session_id=session_id)
        org.log.emit(cause, "policy.evaluate_sign_on", user_party(user), result="ALLOW", reason=_ALLOWED)
        org.log.emit(cause, "user.session.start", user_party(user))
        return Step("SUCCESS", user, token=token)

    def count_failure(self, user: User, cause: Cause) -> User:
        """One more wrong password or code; the policy's number of them locks, perhaps for a while only."""
        org, most = self.org, self._lockout(user, "maxAttempts")
        user = replace(user, failures=user.failures + 1)
        if not most or user.failures < most or user.status is not Status.ACTIVE:
            return org.state.users.put(user)
        at_ = org.whole_second()
        user = org.users.store(replace(user, status=Status.LOCKED_OUT, status_changed=at_, last_updated=at_))
        org.log.emit(cause, "user.account.lock", user_party(user), result="FAILURE", reason="LOCKED_OUT")
        if minutes := self._lockout(user, "autoUnlockMinutes"):
            org.clock.call_later(timedelta(minutes=minutes), "okta.unlock", user.id, at_)
        return user

    def unlocked(self, user: User, cause: Cause) -> User:
        """The end of a lock that no administrator ended."""
        at_ = self.org.whole_second()
        status = Status.PASSWORD_EXPIRED if user.password_expired else Status.ACTIVE
        after = replace(user, status=status, failures=0, status_changed=at_, last_updated=at_)
        self.org.users.store(after)
        self.org.log.emit(cause, "user.account.unlock", user_party(after))
        return after

    def _unlock(self, user_id: str, locked: object) -> None:
        user = self.org.state.users.get(user_id)
        if user is not None and user.status is Status.LOCKED_OUT and user.status_changed == locked:
            self.unlocked(user, self.org.system())

    def _lockout(self, user: User, name: str) -> int:
        lockout = at(self.org.passwords.policy(user).settings, "password", "lockout")
        return int(at(lockout, name) is True) or number(lockout, name)

    def _remembers(self, user: User, sign_in: SignIn, action: Json | None) -> bool:
        if at(action, "factorPromptMode") == "ALWAYS" or not sign_in.device:
            return False
        rows = self.org.state.remembered.get(user.id) or ()
        return any(device == sign_in.device and until > self.org.now() for device, until in rows)

    def _new(self, user: User, status: str, options: frozenset[str] = frozenset(), device: str = "") -> SignIn:
        org = self.org
        value = "00" + org.state.ids.base62("secret/state token", 40)
        ends = org.now() + org.settings.transaction_life
        return SignIn(value, user.id, status, ends, options=options, device=device)

    def _shown(self, sign_in: SignIn, user: User) -> Step:
        """A sign-in under way with what its status tells of."""
        org, status = self.org, sign_in.status
        step = Step(status, user, sign_in=sign_in)
        if status in ("PASSWORD_EXPIRED", "PASSWORD_WARN", "PASSWORD_RESET"):
            complexity = org.passwords.requirements(user).complexity
            days = org.passwords.days_left(user) if status == "PASSWORD_WARN" else None
            return replace(step, complexity=complexity, password_days=days)
        if status.startswith("MFA_"):
            return org.sign_in_factors.shown(step, sign_in, user)
        return replace(step, user=None) if status == "RECOVERY_CHALLENGE" else step

    def _refuse(self, cause: Cause, actor: Party, reason: str) -> NoReturn:
        cause = replace(cause, actor=actor)
        self.org.log.emit(cause, "user.session.start", actor, result="FAILURE", reason=reason)
        raise AuthenticationFailed()
