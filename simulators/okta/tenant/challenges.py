"""What factors wait for: codes that were sent, nonces for keys, pushes that a device answers; and what was sent.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserFactor/
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.okta.domain.errors import (
    NotFound,
    Refusal,
)
from simulators.okta.domain.factors import KEY, PUSH, SENT, Challenge, Factor, Message
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.policies import number
from simulators.okta.domain.signin_errors import (
    CalledTooRecently,
    MailedTooRecently,
    TextedTooRecently,
)
from simulators.okta.domain.users import User
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

# how long to wait before the same channel carries another code
PAUSES: dict[str, tuple[timedelta, type[Refusal]]] = {
    "sms": (timedelta(seconds=30), TextedTooRecently),
    "call": (timedelta(seconds=30), CalledTooRecently),
    "email": (timedelta(seconds=5), MailedTooRecently),
}
_EVENTS = {
    "sms": "system.sms.send_factor_verify_message",
    "call": "system.voice.send_mfa_challenge_call",
    "email": "system.email.send_factor_verify_message",
    "push": "system.push.send_factor_verify_push",
}


class Challenges:
    """One open challenge a factor, and every message the org sent."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def begin(self, factor: Factor, cause: Cause, purpose: str = "verify", life: timedelta | None = None) -> Challenge:
        """Send a code or a push, or think of a nonce. Raises for a channel used a moment ago."""
        org, state, now = self.org, self.org.state, self.org.now()
        held, proof = self.open(factor), factor.kind.proof
        if proof == SENT and held is not None:
            pause, refusal = PAUSES[factor.type]
            if now - held.sent < pause:
                raise refusal()
        code = ""
        if proof == SENT:
            code = f"{int.from_bytes(state.ids.draw('secret/code', 4)) % 1_000_000:06d}"
            self.send(state.users[factor.user_id], factor.type, factor.address, purpose, code)
        elif proof == KEY:
            code = base64.urlsafe_b64encode(state.ids.draw("secret/nonce", 15)).decode().rstrip("=")
        expires = now + (life or self._life(factor))
        transaction = "v2mst." + state.ids.base62("push", 22) if proof == PUSH else ""
        challenge = state.challenges.put(Challenge(factor.id, factor.user_id, code, now, expires, transaction))
        if event := _EVENTS.get(factor.type):
            target = Party(factor.id, "AuthenticatorEnrollment", "unknown", factor.type)
            org.log.emit(cause, event, user_party(state.users[factor.user_id]), target)
        return challenge

    def restart(self, factor: Factor, cause: Cause) -> Challenge:
        """The open challenge, or another one where it has run out."""
        held = self.org.state.challenges.get(factor.id)
        if held is not None and held.expires > self.org.now() and held.result == "WAITING":
            return held
        return self.begin(factor, cause)

    def open(self, factor: Factor) -> Challenge | None:
        """What a factor waits for, unless its time is over."""
        held = self.org.state.challenges.get(factor.id)
        return held if held is not None and held.expires > self.org.now() else None

    def result(self, factor: Factor) -> str:
        """How a push stands: WAITING, SUCCESS, REJECTED or TIMEOUT."""
        held = self.org.state.challenges.get(factor.id)
        if held is None:
            return "TIMEOUT"
        return "TIMEOUT" if held.result == "WAITING" and held.expires <= self.org.now() else held.result

    def transaction(self, factor: Factor, name: str) -> Challenge:
        """The push of a name. Raises NotFound."""
        held = self.org.state.challenges.get(factor.id)
        if held is None or held.transaction != name:
            raise NotFound(name, "FactorTransaction")
        return held

    def answer(self, factor_id: str, approve: bool) -> bool:
        """What the person does on the device that a push reached; False when none waits."""
        held = self.org.state.challenges.get(factor_id)
        if held is None or not held.transaction or held.expires <= self.org.now():
            return False
        self.org.state.challenges.put(replace(held, result="SUCCESS" if approve else "REJECTED"))
        return True

    def forget(self, factor: Factor) -> None:
        """Nothing is waited for any more."""
        self.org.state.challenges.remove(factor.id)

    def send(self, user: User, channel: str, address: str, purpose: str, code: str) -> Message:
        """Keep what was sent to a person, for whoever plays the person."""
        org = self.org
        id = org.state.ids.base62("message", 20)
        return org.state.messages.put(Message(id, user.id, channel, address, purpose, code, org.now()))

    def sent(self, login: str | None) -> list[dict[str, Any]]:
        """What was sent, oldest first, for whoever plays the people; those of one login where it is given."""
        users, out = self.org.state.users, []
        for message in self.org.state.messages.rows():
            user = users.get(message.user_id)
            if user is not None and login in (None, user.login):
                told = {"channel": message.channel, "address": message.address, "purpose": message.purpose}
                out.append({"login": user.login, **told, "code": message.code, "sent": iso(message.sent)})
        return out

    def _life(self, factor: Factor) -> timedelta:
        mail = self.org.authenticators.by_key("okta_email") if factor.type == "email" else None
        minutes = number(mail.settings, "tokenLifetimeInMinutes") if mail is not None else 0
        return timedelta(minutes=minutes) if minutes else self.org.settings.code_life
