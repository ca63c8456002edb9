"""Self-service recovery: a forgotten password, a locked account.

https://developer.okta.com/docs/reference/api/authn/#recovery-operations
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import (
    ForgotPasswordNotAllowed,
    Invalid,
)
from simulators.okta.domain.factors import Challenge
from simulators.okta.domain.log import Cause
from simulators.okta.domain.policies import at, number
from simulators.okta.domain.sessions import RecoveryLink, SignIn
from simulators.okta.domain.signin_errors import (
    InvalidPasscode,
    NotInThisState,
    RecoveryAnswerWrong,
    RecoveryNotAllowed,
)
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.challenges import PAUSES
from simulators.okta.tenant.journal import user_party
from simulators.okta.tenant.signin import Step

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

CHANNELS = {"EMAIL": "okta_email", "SMS": "okta_sms", "CALL": "okta_call"}
_ACTION = {"PASSWORD": "selfServicePasswordReset", "UNLOCK": "selfServiceUnlock"}
_STATUS = {"PASSWORD": (Status.ACTIVE, Status.RECOVERY, Status.PASSWORD_EXPIRED), "UNLOCK": (Status.LOCKED_OUT,)}
_PURPOSE = {"PASSWORD": "forgot", "UNLOCK": "unlock"}
_WRONG = "Your token doesn't match our records. Please try again."


class Recovery:
    """Recovery transactions. Nobody learns from them whether a name exists."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def begin(self, username: str, wanted: str, channel: str, cause: Cause) -> Step:
        """A recovery by mail, text message or call. Raises Invalid for another channel."""
        if channel not in CHANNELS:
            raise Invalid("factorType", "factorType: The field must be one of EMAIL, SMS, CALL")
        org, user = self.org, self.org.users.by_login(username)
        if user is not None and not self._may(user, wanted, CHANNELS[channel], cause):
            user = None
        if channel == "EMAIL":
            if user is not None:
                token = self.token(user, wanted)
                org.challenges.send(user, "email", user.profile.text("email"), _PURPOSE[wanted], token)
            return Step(
                "RECOVERY_CHALLENGE", None, sign_in=SignIn("", "", "", org.now(), recovery=wanted, channel=channel)
            )
        sign_in = replace(self._new(user.id if user is not None else ""), recovery=wanted, channel=channel)
        org.state.sign_ins.put(sign_in)
        if user is not None:
            self._send(user, sign_in)
        return Step(sign_in.status, None, sign_in=sign_in)

    def trusted(self, username: str, wanted: str, cause: Cause) -> Step:
        """A recovery token for an application with an administrator's credential. Raises when none is allowed."""
        user = self.org.users.by_login(username)
        if user is None:
            raise RecoveryNotAllowed()
        if user.status not in _STATUS[wanted]:
            raise ForgotPasswordNotAllowed("", "Forgot password is not allowed in the user's current status")
        token = self.token(user, wanted)
        sign_in = replace(self._new(user.id), status="RECOVERY", recovery=wanted)
        return Step("RECOVERY", user, sign_in=sign_in, recovery_token=token)

    def token(self, user: User, wanted: str) -> str:
        """A new recovery token; earlier links stop working."""
        org = self.org
        org.lifecycle.forget_links(user.id)
        value = org.state.ids.base62("secret/link", 20)
        mail = at(org.passwords.policy(user).settings, "recovery", "factors", "okta_email")
        minutes = number(mail, "properties", "recoveryToken", "tokenLifetimeMinutes")
        ends = org.now() + (timedelta(minutes=minutes) if minutes else org.settings.recovery_life)
        org.state.links.put(RecoveryLink(value, user.id, _PURPOSE[wanted], ends))
        return value

    def verify(self, state_token: str, channel: str, code: str, cause: Cause) -> Step:
        """The code of a text message or call. Raises InvalidPasscode."""
        sign_in = self._waiting(state_token, channel)
        challenge = self.org.state.challenges.get(sign_in.value)
        if challenge is None or challenge.expires <= self.org.now() or not code or challenge.code != code:
            raise InvalidPasscode("", _WRONG)
        self.org.state.challenges.remove(sign_in.value)
        self.org.state.sign_ins.remove(sign_in.value)
        return self.proved(self.org.state.users[sign_in.user_id], sign_in.recovery, cause)

    def resend(self, state_token: str, channel: str) -> Step:
        """Another text message or call. Raises for one made a moment ago."""
        sign_in = self._waiting(state_token, channel)
        held, user = self.org.state.challenges.get(sign_in.value), self.org.state.users.get(sign_in.user_id)
        pause, refusal = PAUSES[channel.lower()]
        if held is not None and self.org.now() - held.sent < pause:
            raise refusal()
        if user is not None:
            self._send(user, sign_in)
        return Step(sign_in.status, None, sign_in=sign_in)

    def proved(self, user: User, wanted: str, cause: Cause) -> Step:
        """After the channel: the recovery question where there is one, else the recovery itself."""
        settings = self.org.passwords.policy(user).settings
        asks = at(settings, "recovery", "factors", "recovery_question", "status") == "ACTIVE"
        sign_in = replace(self._new(user.id), status="RECOVERY", recovery=wanted)
        if asks and user.recovery is not None:
            return self.org.sign_ins.put(sign_in)
        return self._done(user, sign_in, cause)

    def answer(self, state_token: str, answer: str, cause: Cause) -> Step:
        """The answer to the recovery question. Raises RecoveryAnswerWrong."""
        sign_in, user = self.org.sign_ins.resume(state_token)
        if sign_in.status != "RECOVERY" or user.recovery is None:
            raise NotInThisState()
        if user.recovery.answer.casefold() != answer.strip().casefold():
            raise RecoveryAnswerWrong()
        return self._done(user, sign_in, cause)

    def _done(self, user: User, sign_in: SignIn, cause: Cause) -> Step:
        org = self.org
        if sign_in.recovery == "PASSWORD":
            return org.sign_ins.put(replace(sign_in, status="PASSWORD_RESET"))
        org.lifecycle.forget_links(user.id)
        org.state.sign_ins.remove(sign_in.value)
        if user.status is Status.LOCKED_OUT:
            user = org.sign_ins.unlocked(user, replace(cause, actor=user_party(user)))
        return Step("SUCCESS", user, sign_in=replace(sign_in, value=""))

    def _may(self, user: User, wanted: str, factor: str, cause: Cause) -> bool:
        if user.status not in _STATUS[wanted] or user.provider not in ("OKTA", "IMPORT"):
            return False
        policy, rule = self.org.policy_rules.judge_user("PASSWORD", user, cause.ip)
        if rule is None or at(rule.actions, _ACTION[wanted], "access") != "ALLOW":
            return False
        return bool(at(policy.settings, "recovery", "factors", factor, "status") == "ACTIVE")

    def _send(self, user: User, sign_in: SignIn) -> None:
        org, kind = self.org, sign_in.channel.lower()
        address = next((f.address for f in org.factors.active(user.id) if f.type == kind), "")
        address = address or user.profile.text("mobilePhone")
        if not address:
            return
        code = f"{int.from_bytes(org.state.ids.draw('secret/code', 4)) % 1_000_000:06d}"
        now = org.now()
        org.state.challenges.put(Challenge(sign_in.value, user.id, code, now, now + org.settings.code_life))
        org.challenges.send(user, kind, address, _PURPOSE[sign_in.recovery], code)

    def _waiting(self, state_token: str, channel: str) -> SignIn:
        sign_in = self.org.state.sign_ins.get(state_token)
        if sign_in is None or sign_in.expires <= self.org.now() or sign_in.channel != channel:
            raise NotInThisState()
        return sign_in

    def _new(self, user_id: str) -> SignIn:
        org = self.org
        value = "00" + org.state.ids.base62("secret/state token", 40)
        return SignIn(value, user_id, "RECOVERY_CHALLENGE", org.now() + org.settings.transaction_life)
