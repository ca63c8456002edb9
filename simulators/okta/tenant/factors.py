"""Enrolled factors: enrolling, activating, verifying and taking them away."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import (
    Invalid,
    MethodNotAllowed,
    NotFound,
)
from simulators.okta.domain.factors import (
    ANSWER,
    CODE,
    KEY,
    KINDS,
    PUSH,
    QUESTIONS,
    SENT,
    SHORTEST_ANSWER,
    STICK,
    TOTP,
    Factor,
    FactorKind,
    is_base32,
    is_stick_code,
    phone,
    signs,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.sessions import matching_step
from simulators.okta.domain.signin_errors import (
    InvalidPasscode,
    PasscodeUsed,
)
from simulators.okta.domain.users import User, digest
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

__all__ = ["TOTP", "Factors"]

_REQUEST = "factorEnrollRequest"
_SET_UP = "A factor of this type is already set up."
_WRONG_CODE = "Your token doesn't match our records. Please try again."
_WRONG_ANSWER = "Your answer doesn't match our records. Please try again."


class Factors:
    """The factors of people."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def of(self, user_id: str) -> Iterator[Factor]:
        """The factors of a person. A mail address that may sign people in is one by itself and needs no record."""
        state, own = self.org.state, list(self.org.state.factors.find("user", user_id))
        user = state.users.get(user_id)
        recorded = any(row.type == "email" for row in own)
        if user is not None and user_id not in state.without_email and not recorded and self._mail_counts():
            yield _mail(user)
        yield from own

    def find(self, user: User, id: str) -> Factor:
        """One factor of a person. Raises NotFound."""
        factor = next((factor for factor in self.of(user.id) if factor.id == id), None)
        if factor is None:
            raise NotFound(id, "UserFactor")
        return factor

    def active(self, user_id: str) -> list[Factor]:
        """The factors that a person can sign in with."""
        return [factor for factor in self.of(user_id) if factor.status == "ACTIVE"]

    def enrolled(self, user: User) -> list[Factor]:
        """The authenticators a person has set up: active factors, and the mail address even if for recovery only."""
        rows = self.active(user.id)
        if user.id not in self.org.state.without_email and all(row.type != "email" for row in rows):
            rows.insert(0, _mail(user))
        return rows

    def any_of(self, user_id: str) -> bool:
        """Whether a person has anything but a password set up; the mail address counts by itself."""
        if user_id in self.org.state.users and user_id not in self.org.state.without_email:
            return True
        return any(factor.status == "ACTIVE" for factor in self.org.state.factors.find("user", user_id))

    def enroll_email(self, user: User, cause: Cause) -> None:
        """The primary mail address becomes a factor with the creation."""
        self._report("activate", user, KINDS["email", "OKTA"], cause)

    def enroll(
        self,
        user: User,
        type: str,
        provider: str,
        active: bool,
        address: str,
        cause: Cause,
        profile: Mapping[str, Any] | None = None,
    ) -> Factor:
        """Begin an enrolment. Raises Invalid for a kind that is not offered or enrolled already."""
        org, at, given = self.org, self.org.whole_second(), dict(profile or {})
        kind = KINDS.get((type, provider))
        if kind is None:
            raise Invalid(_REQUEST, f"The factor type {type} is not offered by the provider {provider}")
        if type != "webauthn" and any(f.type == type and f.status == "ACTIVE" for f in self._held(user, kind)):
            raise Invalid(_REQUEST, _SET_UP)
        for pending in [f for f in self._held(user, kind) if f.status != "ACTIVE"]:
            self._forget(pending)
        org.state.without_email.discard(user.id) if type == "email" else None
        secret, address, shown = self._made(user, kind, given, address)
        status = "ACTIVE" if active or kind.proof in (ANSWER, STICK) else "PENDING_ACTIVATION"
        id = _mail(user).id if type == "email" else org.new_id(kind.prefix)
        factor = org.state.factors.put(
            Factor(id, user.id, type, provider, provider, status, at, at, secret, address, profile=tuple(shown.items()))
        )
        if status == "ACTIVE":
            self._report("activate", user, kind, cause)
        else:
            org.challenges.begin(factor, cause, "enroll")
        return factor

    def planted_totp(self, user: User, at: datetime) -> Factor:
        """A time-based code that a seed gives somebody."""
        org = self.org
        secret = base64.b32encode(org.state.ids.draw("secret/totp", 20)).decode()
        factor = Factor(org.new_id("ost"), user.id, TOTP, "OKTA", "OKTA", "ACTIVE", at, at, secret=secret)
        return org.state.factors.put(factor)

    def activate(self, user: User, factor: Factor, code: str, cause: Cause, client_data: str = "") -> Factor:
        """Finish an enrolment. A push stays as it is until its device answers. Raises InvalidPasscode."""
        if factor.status == "ACTIVE":
            raise Invalid("factor", "The factor is already activated.")
        if factor.kind.proof == PUSH:
            if self.org.challenges.result(factor) == "SUCCESS":
                return self._activated(user, factor, cause)
            self.org.challenges.restart(factor, cause)
            return factor
        return self._activated(user, self._proved(user, factor, code, client_data), cause)

    def verify(self, factor: Factor, code: str, client_data: str = "") -> Factor:
        """Accept a proof, once. Raises InvalidPasscode or PasscodeUsed."""
        user = self.org.state.users[factor.user_id]
        after = self._proved(user, factor, code, client_data)
        stored = factor.id in self.org.state.factors
        return self.org.state.factors.put(after) if stored else after

    def replace_question(self, user: User, factor: Factor, profile: Mapping[str, Any], cause: Cause) -> Factor:
        """The factor with another question and answer. Raises MethodNotAllowed for other kinds, Invalid."""
        if factor.kind.proof != ANSWER:
            raise MethodNotAllowed()
        secret, _, shown = self._made(user, factor.kind, dict(profile), "")
        at = self.org.whole_second()
        after = replace(factor, secret=secret, profile=tuple(shown.items()), last_updated=at)
        self._report("update", user, factor.kind, cause)
        return self.org.state.factors.put(after)

    def remove(self, user: User, factor: Factor, cause: Cause) -> None:
        """Take one factor away."""
        if factor.type == "email":
            self.org.state.without_email.add(user.id)
        self._forget(factor)
        if factor.status == "ACTIVE":
            self._report("deactivate", user, factor.kind, cause)

    def reset_all(self, user: User, cause: Cause) -> None:
        """Take every factor away but the mail address."""
        for factor in list(self.of(user.id)):
            if factor.type != "email":
                self._forget(factor)
        self.org.state.remembered.pop(user.id, None)
        self.org.log.emit(cause, "user.mfa.factor.reset_all", user_party(user))

    def _mail_counts(self) -> bool:
        return self.org.authenticators.usable("okta_email", "email")

    def _held(self, user: User, kind: FactorKind) -> list[Factor]:
        return [f for f in self.of(user.id) if f.type == kind.type and f.provider == kind.provider]

    def _made(
        self, user: User, kind: FactorKind, given: dict[str, Any], address: str
    ) -> tuple[str, str, dict[str, Any]]:
        """Secret, address and profile of a new factor. Raises Invalid for a profile that lacks something."""
        if kind.proof == ANSWER:
            question, answer = given.get("question"), given.get("answer")
            if not isinstance(question, str) or question not in QUESTIONS:
                raise Invalid(_REQUEST, "Security Question is not found.")
            if not isinstance(answer, str) or len(answer.strip()) < SHORTEST_ANSWER:
                raise Invalid(_REQUEST, "The security question answer must be at least 4 characters in length")
            return _kept(user, answer), "", {"question": question, "questionText": QUESTIONS[question]}
        if kind.type in ("sms", "call"):
            number = phone(str(given.get("phoneNumber") or address))
            if number is None:
                raise Invalid(_REQUEST, "Invalid Phone Number.")
            extension = given.get("phoneExtension")
            return "", number, {"phoneNumber": number, **({"phoneExtension": extension} if extension else {})}
        if kind.type == "email":
            mail = str(given.get("email") or user.profile.text("email"))
            return "", mail, {"email": mail}
        if kind.proof == CODE:
            text = given.get("sharedSecret")
            if text is not None and not is_base32(text):
                raise Invalid(_REQUEST, "The shared secret has to be base32 text.")
            made = base64.b32encode(self.org.state.ids.draw("secret/totp", 20)).decode()
            shown = {"factorProfileId": given["factorProfileId"]} if "factorProfileId" in given else {}
            return (text or made), "", {"credentialId": user.login, **shown}
        if kind.proof == STICK:
            text = given.get("passCode") or given.get("credentialId")
            if not isinstance(text, str) or len(text) < 12:
                raise Invalid(_REQUEST, "The one-time password of the token is missing.")
            return text[:12], "", {"credentialId": text[:12]}
        return "", "", {}

    def _proved(self, user: User, factor: Factor, code: str, client_data: str) -> Factor:
        """The factor after a good proof. Raises InvalidPasscode or PasscodeUsed."""
        proof = factor.kind.proof
        if proof == CODE:
            step = matching_step(factor.secret, code, self.org.now()) if code.isascii() else None
            if step is None:
                raise InvalidPasscode("", _WRONG_CODE)
            if step <= factor.last_step:
                raise PasscodeUsed()
            return replace(factor, last_step=step)
        if proof == ANSWER:
            if not code or _kept(user, code) != factor.secret:
                raise InvalidPasscode("", _WRONG_ANSWER)
            return factor
        if proof == STICK:
            if not is_stick_code(code) or not code.startswith(factor.secret):
                raise InvalidPasscode("", _WRONG_CODE)
            if code == factor.last_code:
                raise PasscodeUsed()
            return replace(factor, last_code=code)
        challenge = self.org.challenges.open(factor)
        if proof == SENT and (challenge is None or challenge.code != code):
            raise InvalidPasscode("", _WRONG_CODE)
        if proof == KEY and (challenge is None or not signs(client_data, challenge.code)):
            raise InvalidPasscode("", _WRONG_CODE)
        if proof == PUSH and self.org.challenges.result(factor) != "SUCCESS":
            raise InvalidPasscode("", _WRONG_CODE)
        self.org.challenges.forget(factor)
        return factor

    def _activated(self, user: User, factor: Factor, cause: Cause) -> Factor:
        shown = dict(factor.profile)
        if factor.kind.proof == PUSH:
            named = {"deviceType": "SmartPhone_IPhone", "name": "Phone", "platform": "IOS", "version": "17"}
            shown = {"credentialId": user.login, **named}
        elif factor.kind.proof == KEY:
            shown = {"credentialId": self.org.state.ids.base62("credential", 40), "authenticatorName": "Security Key"}
        after = replace(factor, status="ACTIVE", last_updated=self.org.whole_second(), profile=tuple(shown.items()))
        self.org.challenges.forget(factor)
        self.org.state.factors.put(after)
        self._report("activate", user, factor.kind, cause)
        return after

    def _forget(self, factor: Factor) -> None:
        self.org.challenges.forget(factor)
        self.org.state.factors.remove(factor.id)

    def _report(self, verb: str, user: User, kind: FactorKind, cause: Cause) -> None:
        did = {"activate": "set up", "update": "updated"}.get(verb, "reset")
        name = "Email" if kind.type == "email" else kind.type
        target = Party(self.org.new_id("lae"), "AuthenticatorEnrollment", "unknown", name)
        text = f"User {did} {kind.log_name} factor"
        self.org.log.emit(cause, f"user.mfa.factor.{verb}", user_party(user), target, reason=text)


def _mail(user: User) -> Factor:
    id, at, address = "emf" + user.id[3:], user.created, user.profile.text("email")
    shown = (("email", address),)
    return Factor(id, user.id, "email", "OKTA", "OKTA", "ACTIVE", at, at, address=address, profile=shown)


def _kept(user: User, answer: str) -> str:
    return digest(user.id, answer.strip().casefold()).hex()
