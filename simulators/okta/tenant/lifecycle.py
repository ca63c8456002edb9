"""Lifecycle operations and credentials: what each does besides the status."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import (
    CredentialsUpdateFailed,
    Invalid,
    Refusal,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.passwords import Imported
from simulators.okta.domain.sessions import RecoveryLink
from simulators.okta.domain.signin_errors import RecoveryAnswerWrong
from simulators.okta.domain.users import (
    LIFECYCLE,
    Question,
    Status,
    User,
    digest,
    matches,
    target_of,
    transition,
)
from simulators.okta.tenant.journal import user_party
from simulators.okta.tenant.passwords import TOO_RECENT

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

# what the tokens of links begin with, as real ones do
_MARKS = {"reset_password": "drp", "forgot_password": "dfp"}
_WRONG = "The credentials provided were incorrect."
_USED = "Password has been used too recently"
_WEAK_NEW = (
    "Passwords must have at least 8 characters, a lowercase letter, an uppercase letter, a number, "
    "no parts of your username"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A changed user and what the call may answer with: a link's token, a temporary password, an earlier instant."""

    user: User
    token: str = ""
    had_password: bool = False
    temporary_password: str = ""
    changed_before: datetime | None = None


class Lifecycle:
    """Carries out the rows of the LIFECYCLE table."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.lifecycle", self._carry_out)

    def later(self, user: User, operation: str, cause: Cause) -> None:
        """Deactivate or delete in the background (`Prefer: respond-async`). Raises the operation's refusal at once."""
        org = self.org
        if operation == "deactivate" or user.status is not Status.DEPROVISIONED:
            org.users.store(replace(user, heading_for=target_of(user, "deactivate")))
            operation = "deactivate"
        background = replace(cause, kind="JOB", request=None)
        org.clock.call_later(
            org.jitter("lifecycle", org.settings.delays.lifecycle), "okta.lifecycle", user.id, operation, background
        )

    def _carry_out(self, user_id: str, operation: str, cause: Cause) -> None:
        user = self.org.state.users.get(user_id)
        if user is None:
            return
        if user.heading_for is not None:
            user = self.org.users.store(replace(user, heading_for=None))
        with suppress(Refusal):  # somebody was faster
            if operation == "deactivate":
                self.change(user, operation, cause)
            elif user.status is Status.DEPROVISIONED:
                self.delete(user, cause)

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
        outcome = Outcome(after, changed_before=user.status_changed)
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
            if operation == "reset_password" and after.provider != "OKTA":
                after = org.users.store(replace(after, provider="OKTA", provider_name=None))
            outcome = Outcome(after, self.link(after, "recovery", _MARKS[operation]))
        return outcome

    def expire_with_temporary(self, user: User, cause: Cause) -> Outcome:
        """Expire the password and set a temporary one."""
        after = self.change(user, "expire_password_with_temp_password", cause).user
        text = "T" + self.org.state.ids.base62("temporary password", 9) + "9a"
        after = replace(after, password=digest(user.id, text), imported=None, password_expired=True)
        return Outcome(self.org.users.store(after), temporary_password=text)

    def federate(self, user: User, cause: Cause) -> Outcome:
        """Hand a user over to a federated provider: no password any more, ACTIVE. Raises PasswordResetFailed."""
        target_of(user, "reset_password")
        at = self.org.whole_second()
        after = replace(
            user, status=Status.ACTIVE, provider="FEDERATION", password=None, password_changed=None, imported=None,
            password_expired=False, last_updated=at,
            status_changed=user.status_changed if user.status is Status.ACTIVE else at,
        )  # fmt: skip
        self.forget_links(user.id)
        self.org.log.emit(cause, LIFECYCLE["reset_password"].event, user_party(after))
        return Outcome(self.org.users.store(after))

    def delete(self, user: User, cause: Cause) -> None:
        """The first call deactivates, the second deletes."""
        if user.status is not Status.DEPROVISIONED:
            self.change(user, "deactivate", cause)
            return
        org, state, target = self.org, self.org.state, user_party(user)
        org.log.emit(cause, "user.lifecycle.delete.initiated", target)
        org.sessions.forget(user.id)
        org.tokens.revoke_user(user.id, None)
        org.grants.forget_user(user.id)
        for group_id, _ in state.members.of(user.id):
            org.groups.drop(group_id, user.id)
        for app_id, _ in state.app_users.of(user.id):
            state.app_users.remove(app_id, user.id)
        for factor in list(state.factors.find("user", user.id)):
            state.factors.remove(factor.id)
        org.roles.forget(user.id)
        org.groups.forget_owner(user.id)
        org.linked_objects.forget(user.id)
        org.risks.forget(user.id)
        org.schemas.note(user, None)
        state.users.remove(user.id)
        org.log.emit(cause, "user.lifecycle.delete.completed", target)

    def link(self, user: User, purpose: str, mark: str = "") -> str:
        """The token, begun with `mark`, of a new activation or recovery link; earlier ones stop working."""
        org, state = self.org, self.org.state
        self.forget_links(user.id)
        life = org.settings.activation_life if purpose == "activation" else org.settings.recovery_life
        value = mark + state.ids.base62("secret/link", 20 - len(mark))
        state.links.put(RecoveryLink(value, user.id, purpose, org.now() + life))
        return value

    def forget_links(self, user_id: str) -> None:
        """Void a person's activation and recovery links."""
        for link in list(self.org.state.links.find("user", user_id)):
            self.org.state.links.remove(link.value)

    def with_password(self, user: User, password: str | None, imported: Imported | None, strict: bool) -> User:
        """The user with a password set by an administrator. Raises Invalid: weak or, with `strict`, used."""
        if password is None:
            mark = digest(user.id, repr(imported))
            return replace(self._given(user, ""), password=mark, imported=imported, provider="IMPORT")
        if (text := self.org.passwords.problem(password, user.login, user.profile, user)) is not None:
            raise Invalid("password", f"password: {text}")
        if strict and matches(user, password):
            raise Invalid("password", f"password: {_USED}")
        return self._given(user, password)

    def change_password(self, user: User, old: str, new: str, strict: bool, cause: Cause) -> User:
        """A password change that knows the old one. Raises CredentialsUpdateFailed."""
        target_of(user, "change_password")
        if not matches(user, old):
            raise CredentialsUpdateFailed("", f"oldPassword: {_WRONG}")
        if new == old:
            raise CredentialsUpdateFailed("", "newPassword: Password cannot be your current password")
        passwords = self.org.passwords
        problem = passwords.own_problem(user, new) if strict else passwords.problem(new, user.login, user.profile, user)
        if strict and passwords.too_young(user):
            problem = TOO_RECENT
        if problem is not None:
            raise CredentialsUpdateFailed("", f"newPassword: {problem}")
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
        if not matches(user, password):
            raise CredentialsUpdateFailed("", f"password: {_WRONG}")
        after = self.org.users.store(replace(user, recovery=recovery, last_updated=self.org.whole_second()))
        self.org.log.emit(cause, "user.account.update_profile", user_party(after))
        return after

    def recover_with_answer(self, user: User, password: str, answer: str, cause: Cause) -> User:
        """A new password against the recovery answer. Raises RecoveryAnswerWrong."""
        target_of(user, "forgot_password")
        if user.recovery is None or user.recovery.answer.casefold() != answer.casefold():
            raise RecoveryAnswerWrong()
        if (problem := self.org.passwords.own_problem(user, password)) is not None:
            raise CredentialsUpdateFailed("", f"newPassword: {problem}")
        return self.set_own_password(user, password, cause)

    def _given(self, user: User, password: str) -> User:
        at = self.org.whole_second()
        moved = user.status in (Status.PROVISIONED, Status.RECOVERY, Status.PASSWORD_EXPIRED)
        return replace(
            self.org.passwords.remembered(user, user),
            password=digest(user.id, password),
            imported=None,
            provider="OKTA" if user.provider == "IMPORT" else user.provider,
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
