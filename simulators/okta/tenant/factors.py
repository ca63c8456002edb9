"""Enrolled factors: a mail address from the creation on, time-based codes, a question."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import Invalid, InvalidPasscode, NotFound, PasscodeUsed
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.sessions import Factor, matching_step
from simulators.okta.domain.users import User
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

TOTP = "token:software:totp"
PREFIXES = {"email": "emf", TOTP: "ost", "push": "opf", "sms": "mbl", "question": "ufs"}


class Factors:
    """The factors of people."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def of(self, user_id: str) -> Iterator[Factor]:
        """The factors of a person. The primary mail address is one by itself and needs no record."""
        state = self.org.state
        user = state.users.get(user_id)
        if user is not None and user_id not in state.without_email:
            yield _email(user)
        yield from state.factors.find("user", user_id)

    def find(self, user: User, id: str) -> Factor:
        """One factor of a person. Raises NotFound."""
        factor = next((factor for factor in self.of(user.id) if factor.id == id), None)
        if factor is None:
            raise NotFound(id, "UserFactor")
        return factor

    def totp(self, user_id: str) -> Factor | None:
        """The active time-based code of a person."""
        return next((f for f in self.of(user_id) if f.type == TOTP and f.status == "ACTIVE"), None)

    def enroll_email(self, user: User, cause: Cause) -> None:
        """The primary mail address becomes a factor with the creation."""
        self._report("activate", user, "EMAIL_FACTOR", "Email", cause)

    def enroll(self, user: User, type: str, provider: str, active: bool, address: str, cause: Cause) -> Factor:
        """Begin an enrolment. Raises Invalid for a kind that is not offered or enrolled already."""
        org, at = self.org, self.org.whole_second()
        if type not in PREFIXES:
            raise Invalid("factorType", f"factorType: The factor type {type!r} is not supported")
        if any(f.type == type and f.provider == provider and f.status == "ACTIVE" for f in self.of(user.id)):
            raise Invalid("factorEnrollRequest", "A factor of this type is already set up.")
        if type == "email":
            org.state.without_email.discard(user.id)
            return _email(user)
        secret = base64.b32encode(org.state.ids.draw("secret/totp", 20)).decode() if type == TOTP else ""
        status = "ACTIVE" if active else "PENDING_ACTIVATION"
        factor = Factor(
            org.new_id(PREFIXES[type]),
            user.id,
            type,
            provider,
            provider,
            status,
            at,
            at,
            secret=secret,
            address=address,
        )
        org.state.factors.put(factor)
        if active:
            self._report("activate", user, _reason_name(type), type, cause)
        return factor

    def planted_totp(self, user: User, at: datetime) -> Factor:
        """A time-based code that a seed gives somebody."""
        org = self.org
        secret = base64.b32encode(org.state.ids.draw("secret/totp", 20)).decode()
        factor = Factor(org.new_id("ost"), user.id, TOTP, "OKTA", "OKTA", "ACTIVE", at, at, secret=secret)
        return org.state.factors.put(factor)

    def activate(self, user: User, factor: Factor, code: str, cause: Cause) -> Factor:
        """Finish an enrolment with a code. Raises InvalidPasscode."""
        step = self._check(factor, code)
        after = replace(factor, status="ACTIVE", last_step=step, last_updated=self.org.whole_second())
        self.org.state.factors.put(after)
        self._report("activate", user, _reason_name(factor.type), factor.type, cause)
        return after

    def verify(self, factor: Factor, code: str) -> Factor:
        """Accept a code, once. Raises InvalidPasscode or PasscodeUsed."""
        step = self._check(factor, code)
        if step <= factor.last_step:
            raise PasscodeUsed()
        return self.org.state.factors.put(replace(factor, last_step=step))

    def remove(self, user: User, factor: Factor, cause: Cause) -> None:
        """Take one factor away."""
        if factor.type == "email":
            self.org.state.without_email.add(user.id)
        self.org.state.factors.remove(factor.id)
        self._report("deactivate", user, _reason_name(factor.type), factor.type, cause)

    def reset_all(self, user: User, cause: Cause) -> None:
        """Take every factor away but the mail address."""
        for factor in list(self.of(user.id)):
            if factor.type != "email":
                self.org.state.factors.remove(factor.id)
        self.org.log.emit(cause, "user.mfa.factor.reset_all", user_party(user))

    def _check(self, factor: Factor, code: str) -> int:
        step = matching_step(factor.secret, code, self.org.now()) if factor.type == TOTP else None
        if step is None:
            raise InvalidPasscode("", "Your token doesn't match our records. Please try again.")
        return step

    def _report(self, verb: str, user: User, reason: str, name: str, cause: Cause) -> None:
        did = "set up" if verb == "activate" else "reset"
        target = Party(self.org.new_id("lae"), "AuthenticatorEnrollment", "unknown", name)
        text = f"User {did} {reason} factor"
        self.org.log.emit(cause, f"user.mfa.factor.{verb}", user_party(user), target, reason=text)


def _email(user: User) -> Factor:
    id, at, address = "emf" + user.id[3:], user.created, user.profile.text("email")
    return Factor(id, user.id, "email", "OKTA", "OKTA", "ACTIVE", at, at, address=address)


def _reason_name(type: str) -> str:
    return {TOTP: "SOFT_TOKEN", "email": "EMAIL_FACTOR", "question": "SECURITY_QUESTION"}.get(type, type.upper())
