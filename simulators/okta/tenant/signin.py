"""Primary authentication: password, then a factor where the session policy wants one; recovery and activation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from simulators.okta.domain.errors import (
    AuthenticationFailed,
    InvalidToken,
    NotInThisState,
    PasswordTooWeak,
    TooManyRequests,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.sessions import Factor, SessionToken, SignIn
from simulators.okta.domain.users import WEAK, Status, User, digest, is_weak
from simulators.okta.tenant.journal import app_party, user_party

if TYPE_CHECKING:
    from simulators.okta.domain.apps import App
    from simulators.okta.tenant.org import OktaOrg

_NEEDS_FACTOR = "Sign-on policy evaluation resulted in CHALLENGE"
_ALLOWED = "Sign-on policy evaluation resulted in ALLOW"


@dataclass(frozen=True, slots=True)
class Step:
    """Where a sign-in stands: SUCCESS with a session token, or another status with a state token."""

    status: str
    user: User
    token: SessionToken | None = None
    sign_in: SignIn | None = None
    factors: tuple[Factor, ...] = ()


class SignIns:
    """Sign-in transactions. Every failure looks the same to the caller; the log knows the reason."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def with_password(self, username: str, password: str, cause: Cause) -> Step:
        """The first step. Raises AuthenticationFailed."""
        org = self.org
        if not org.limits.allows_sign_in(username):
            raise TooManyRequests()
        user = org.users.by_login(username)
        if user is None:
            self._refuse(cause, Party("unknown", "User", username, username), "VERIFICATION_ERROR")
        actor = user_party(user)
        cause = replace(cause, actor=actor)
        if user.status is Status.LOCKED_OUT:
            self._refuse(cause, actor, "LOCKED_OUT")
        if user.status is Status.SUSPENDED and org.settings.sign_in_when_suspended == "refused":
            self._refuse(cause, actor, "INVALID_CREDENTIALS")
        if user.password is None or user.status in (Status.STAGED, Status.DEPROVISIONED, Status.RECOVERY):
            self._refuse(cause, actor, "INVALID_CREDENTIALS")
        if user.password != digest(user.id, password):
            self._count_failure(user, cause)
            self._refuse(cause, actor, "INVALID_CREDENTIALS")
        if user.failures:
            user = org.state.users.put(replace(user, failures=0))
        if user.status is Status.PASSWORD_EXPIRED:
            return Step("PASSWORD_EXPIRED", user, sign_in=self.begin(user, "PASSWORD_EXPIRED"))
        return self._proceed(user, cause)

    def with_link(self, value: str, cause: Cause) -> Step:
        """A link from a mail: the person may choose a password. Raises InvalidToken."""
        org, link = self.org, self.org.state.links.get(value)
        if link is None or link.expires <= org.now():
            raise InvalidToken()
        user = org.state.users[link.user_id]
        return Step("PASSWORD_RESET", user, sign_in=self.begin(user, "PASSWORD_RESET"))

    def resume(self, state_token: str) -> tuple[SignIn, User]:
        """A sign-in under way. Raises InvalidToken."""
        sign_in = self.org.state.sign_ins.get(state_token)
        if sign_in is None or sign_in.expires <= self.org.now():
            raise InvalidToken()
        return sign_in, self.org.state.users[sign_in.user_id]

    def step(self, state_token: str) -> Step:
        """Where a sign-in under way stands."""
        sign_in, user = self.resume(state_token)
        return Step(sign_in.status, user, sign_in=sign_in, factors=self._factors(user))

    def choose_password(self, state_token: str, password: str, old: str | None, cause: Cause) -> Step:
        """A new password for PASSWORD_RESET, or with the old one for PASSWORD_EXPIRED."""
        org = self.org
        sign_in, user = self.resume(state_token)
        wanted = "PASSWORD_RESET" if old is None else "PASSWORD_EXPIRED"
        if sign_in.status != wanted:
            raise NotInThisState()
        if old is not None and user.password != digest(user.id, old):
            raise PasswordTooWeak("", "The old password is not correct.")
        if is_weak(password, user.login):
            raise PasswordTooWeak("", WEAK)
        cause = replace(cause, actor=user_party(user))
        org.state.sign_ins.remove(sign_in.value)
        return self._proceed(org.lifecycle.set_own_password(user, password, cause), cause)

    def verify_factor(self, state_token: str, factor_id: str, code: str, cause: Cause) -> Step:
        """The second step. Raises InvalidPasscode."""
        org = self.org
        sign_in, user = self.resume(state_token)
        if sign_in.status != "MFA_REQUIRED":
            raise NotInThisState()
        factor = org.factors.verify(org.factors.find(user, factor_id), code)
        cause = replace(cause, actor=user_party(user))
        org.state.sign_ins.remove(sign_in.value)
        org.log.emit(cause, "user.authentication.auth_via_mfa", user_party(user), debug={"factor": factor.type})
        return self._succeed(user, ("pwd", "otp", "mfa"), cause)

    def begin(self, user: User, status: str, session_id: str | None = None) -> SignIn:
        """A sign-in that waits for its next step."""
        org = self.org
        value = "00" + org.state.ids.base62("secret/state token", 40)
        return org.state.sign_ins.put(
            SignIn(value, user.id, status, org.now() + org.settings.transaction_life, session_id)
        )

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

    def _proceed(self, user: User, cause: Cause) -> Step:
        org, target = self.org, user_party(user)
        if user.status is not Status.ACTIVE and not (
            user.status is Status.SUSPENDED and org.settings.sign_in_when_suspended != "refused"
        ):
            self._refuse(cause, target, "INVALID_CREDENTIALS")
        if self.wants_factor(user):
            org.log.emit(cause, "policy.evaluate_sign_on", target, result="CHALLENGE", reason=_NEEDS_FACTOR)
            status = "MFA_REQUIRED" if org.factors.totp(user.id) else "MFA_ENROLL"
            return Step(status, user, sign_in=self.begin(user, status), factors=self._factors(user))
        return self._succeed(user, ("pwd",), cause)

    def wants_factor(self, user: User) -> bool:
        """Whether the session policy demands more than a password of a person."""
        names = self.org.settings.factor_groups
        return bool(names) and not set(names).isdisjoint(self.org.groups.names_of(user.id).values())

    def _succeed(self, user: User, amr: tuple[str, ...], cause: Cause) -> Step:
        org, state, now = self.org, self.org.state, self.org.now()
        session_id = "102" + state.ids.base62("session", 22)
        value = "20111" + state.ids.base62("secret/session token", 50)
        token = state.session_tokens.put(
            SessionToken(value, user.id, now + org.settings.session_token_life, amr, session_id)
        )
        user = state.users.put(replace(user, last_login=org.whole_second()))
        cause = replace(cause, session_id=session_id)
        org.log.emit(cause, "policy.evaluate_sign_on", user_party(user), result="ALLOW", reason=_ALLOWED)
        org.log.emit(cause, "user.session.start", user_party(user))
        return Step("SUCCESS", user, token=token)

    def _factors(self, user: User) -> tuple[Factor, ...]:
        factor = self.org.factors.totp(user.id)
        return (factor,) if factor else ()

    def _count_failure(self, user: User, cause: Cause) -> None:
        org = self.org
        user = replace(user, failures=user.failures + 1)
        if user.failures >= org.settings.failures_to_lock and user.status is Status.ACTIVE:
            at = org.whole_second()
            org.users.store(replace(user, status=Status.LOCKED_OUT, status_changed=at, last_updated=at))
            org.log.emit(cause, "user.account.lock", user_party(user), result="FAILURE", reason="LOCKED_OUT")
        else:
            org.state.users.put(user)

    def _refuse(self, cause: Cause, actor: Party, reason: str) -> NoReturn:
        cause = replace(cause, actor=actor)
        self.org.log.emit(cause, "user.session.start", actor, result="FAILURE", reason=reason)
        raise AuthenticationFailed()
