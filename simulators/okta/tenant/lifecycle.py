"""Lifecycle operations and credentials: what each does besides the status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import CredentialsUpdateFailed, Invalid, RecoveryAnswerWrong
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.sessions import RecoveryLink
from simulators.okta.domain.users import (
    LIFECYCLE,
    WEAK,
    Question,
    Status,
    User,
    digest,
    is_weak,
    target_of,
    transition,
)
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


@dataclass(frozen=True, slots=True)
class Outcome:
    """A changed user and what the call may answer with: a link's token, a temporary password."""

    user: User
    token: str = ""
    had_password: bool = False
    temporary_password: str = ""


class Lifecycle:
    """Carries out the rows of the LIFECYCLE table."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def change(self, user: User, operation: str, cause: Cause) -> Outcome:
        """One operation with all it does. Raises the operation's refusal."""
        org = self.org
        after = transition(user, operation, org.whole_second())
        if operation == "deactivate":
            return Outcome(self._deactivate(user, after, cause))
        if operation == "reset_factors":
            org.factors.reset_all(user, cause)
            return Outcome(user)
        if after is not user:
            org.users.store(after)
        org.log.emit(cause, LIFECYCLE[operation].event, user_party(after))
        outcome = Outcome(after)
        if operation == "suspend":
            self._cut_off(after, org.settings.sessions_on_suspend, org.settings.tokens_on_suspend, cause)
        elif operation == "unsuspend":
            org.assignments.schedule(user.id, cause)
        elif operation == "activate":
            outcome = Outcome(after, self.link(after, "activation"), had_password=after.status is Status.ACTIVE)
            org.rules.schedule(user.id, cause.transaction)
            org.assignments.schedule(user.id, cause)
        elif operation == "reactivate":
            purpose = "recovery" if after.status is Status.RECOVERY else "activation"
            outcome = Outcome(after, self.link(after, purpose))
        elif operation in ("reset_password", "forgot_password"):
            outcome = Outcome(after, self.link(after, "recovery"))
        return outcome

    def expire_with_temporary(self, user: User, cause: Cause) -> Outcome:
        """Expire the password and set a temporary one."""
        after = self.change(user, "expire_password", cause).user
        text = "T" + self.org.state.ids.base62("temporary password", 7) + "9a"
        after = replace(after, password=digest(user.id, text), password_expired=True)
        return Outcome(self.org.users.store(after), temporary_password=text)

    def delete(self, user: User, cause: Cause) -> None:
        """The first call deactivates, the second deletes."""
        if user.status is not Status.DEPROVISIONED:
            self.change(user, "deactivate", cause)
            return
        org, state, target = self.org, self.org.state, user_party(user)
        org.log.emit(cause, "user.lifecycle.delete.initiated", target)
        org.sessions.forget(user.id)
        org.tokens.revoke_user(user.id, None)
        for group_id, _ in state.members.of(user.id):
            org.groups.drop(group_id, user.id)
        for app_id, _ in state.app_users.of(user.id):
            state.app_users.remove(app_id, user.id)
        for factor in list(state.factors.find("user", user.id)):
            state.factors.remove(factor.id)
        for row in list(state.roles.find("holder", user.id)):
            state.roles.remove(f"{row.holder_id}/{row.id}")
        state.users.remove(user.id)
        org.log.emit(cause, "user.lifecycle.delete.completed", target)

    def link(self, user: User, purpose: str) -> str:
        """A new activation or recovery link; earlier ones stop working."""
        org, state = self.org, self.org.state
        self.forget_links(user.id)
        life = org.settings.activation_life if purpose == "activation" else org.settings.recovery_life
        value = state.ids.base62("secret/link", 20)
        state.links.put(RecoveryLink(value, user.id, purpose, org.now() + life))
        return value

    def forget_links(self, user_id: str) -> None:
        """Void a person's activation and recovery links."""
        for link in list(self.org.state.links.find("user", user_id)):
            self.org.state.links.remove(link.value)

    def with_password(self, user: User, password: str, checked: bool, strict: bool) -> User:
        """The user with a password set by an administrator. Raises Invalid for a weak one."""
        if checked and is_weak(password, user.login):
            raise Invalid("password", f"password: {WEAK}")
        if strict and user.password == digest(user.id, password):
            raise Invalid("password", "password: Password has been used too recently")
        return self._given(user, password)

    def change_password(self, user: User, old: str, new: str, strict: bool, cause: Cause) -> User:
        """A password change that knows the old one. Raises CredentialsUpdateFailed."""
        target_of(user, "change_password")
        if user.password != digest(user.id, old):
            raise CredentialsUpdateFailed("", "oldPassword: The credentials provided were incorrect.")
        if is_weak(new, user.login):
            raise CredentialsUpdateFailed("", f"newPassword: {WEAK}")
        if new == old:
            raise CredentialsUpdateFailed("", "newPassword: Password cannot be your current password")
        return self.set_own_password(user, new, cause)

    def set_own_password(self, user: User, password: str, cause: Cause) -> User:
        """A password that the person chose, which ends PROVISIONED, RECOVERY and PASSWORD_EXPIRED."""
        org, first = self.org, user.password is None
        after = self._given(user, password)
        if user.status is Status.PROVISIONED and after.status is Status.ACTIVE:
            org.rules.schedule(user.id, cause.transaction)
        org.users.store(after)
        self.forget_links(user.id)
        org.log.emit(cause, "user.account.update_password", user_party(after))
        if first:
            target = Party(org.new_id("pfd"), "AuthenticatorEnrollment", "unknown", "Password")
            reason = "User set up PASSWORD_AS_FACTOR factor"
            org.log.emit(cause, "user.mfa.factor.activate", user_party(after), target, reason=reason)
        return after

    def change_question(self, user: User, password: str, recovery: Question, cause: Cause) -> User:
        """Another recovery question. Raises CredentialsUpdateFailed for a wrong password."""
        target_of(user, "change_recovery_question")
        if user.password != digest(user.id, password):
            raise CredentialsUpdateFailed("", "oldPassword: The credentials provided were incorrect.")
        after = self.org.users.store(replace(user, recovery=recovery))
        self.org.log.emit(cause, "user.account.update_profile", user_party(after))
        return after

    def recover_with_answer(self, user: User, password: str, answer: str, cause: Cause) -> User:
        """A new password against the recovery answer. Raises RecoveryAnswerWrong."""
        target_of(user, "forgot_password")
        if user.recovery is None or user.recovery.answer != answer:
            raise RecoveryAnswerWrong()
        if is_weak(password, user.login):
            raise CredentialsUpdateFailed("", f"newPassword: {WEAK}")
        return self.set_own_password(user, password, cause)

    def _given(self, user: User, password: str) -> User:
        at = self.org.whole_second()
        moved = user.status in (Status.PROVISIONED, Status.RECOVERY, Status.PASSWORD_EXPIRED)
        return replace(
            user,
            password=digest(user.id, password),
            password_changed=at,
            password_expired=False,
            last_updated=at,
            status=Status.ACTIVE if moved else user.status,
            status_changed=at if moved else user.status_changed,
        )

    def _deactivate(self, user: User, after: User, cause: Cause) -> User:
        org, settings = self.org, self.org.settings
        org.users.store(after)
        org.assignments.remove_all(after, cause)
        org.log.emit(cause, "user.lifecycle.deactivate", user_party(after))
        self.forget_links(user.id)
        self._cut_off(after, settings.sessions_on_deactivate, settings.tokens_on_deactivate, cause)
        for token in list(org.state.api_tokens.find("user", user.id)):
            org.access.revoke_api_token(token.id, cause)
        if settings.group_memberships_on_deactivate != "kept":
            for group_id, _ in org.state.members.of(user.id):
                org.groups.drop(group_id, user.id)
        return after

    def _cut_off(self, user: User, sessions: str, tokens: str, cause: Cause) -> None:
        if sessions == "end":
            self.org.sessions.clear(user, cause)
        if tokens == "end":
            self.org.tokens.revoke_user(user.id, cause)
