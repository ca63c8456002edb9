"""Factors inside a sign-in: enrolling what the policy offers, proving what is enrolled.

https://developer.okta.com/docs/reference/api/authn/#multifactor-authentication-operations
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import (
    Invalid,
    NotFound,
)
from simulators.okta.domain.factors import ANSWER, CODE, KEY, KINDS, PUSH, SENT, Factor, FactorKind
from simulators.okta.domain.log import Cause
from simulators.okta.domain.policies import Policy, at, number
from simulators.okta.domain.sessions import SignIn
from simulators.okta.domain.signin_errors import (
    InvalidPasscode,
    NotInThisState,
    UserLocked,
)
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import user_party
from simulators.okta.tenant.signin import Step

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

# what a session remembers of the proof (Okta API reference, Sessions, AMR)
_AMR = {ANSWER: ("kba",), CODE: ("otp",), SENT: ("otp",), PUSH: ("swk",), KEY: ("hwk",)}
_CHANNEL_AMR = {"sms": ("sms",), "call": ("tel",)}
# names of kinds in enrolment policies of the older form
_OLDER = {
    ("question", "OKTA"): "okta_question", ("sms", "OKTA"): "okta_sms", ("call", "OKTA"): "okta_call",
    ("email", "OKTA"): "okta_email", ("push", "OKTA"): "okta_push", ("token:software:totp", "OKTA"): "okta_otp",
    ("token:software:totp", "GOOGLE"): "google_otp", ("token:hardware", "YUBICO"): "yubikey_token",
    ("u2f", "FIDO"): "fido_u2f", ("webauthn", "FIDO"): "fido_webauthn",
}  # fmt: skip
_REMEMBERED = timedelta(minutes=15)


class SignInFactors:
    """The second step of sign-ins."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def shown(self, step: Step, sign_in: SignIn, user: User) -> Step:
        """A step with the factors that its status tells of."""
        org = self.org
        factor = next((f for f in org.factors.of(user.id) if f.id == sign_in.factor_id), None)
        if sign_in.status == "MFA_ENROLL":
            offered = self.offered(user)
            free = bool(org.factors.active(user.id)) and all(need == "OPTIONAL" for _, need in offered)
            return replace(step, offered=offered, skippable=free)
        _, rule = org.policy_rules.judge_user("OKTA_SIGN_ON", user, sign_in.ip)
        minutes = number(rule.actions, "signon", "factorLifetime") if rule is not None else 0
        known = tuple(org.factors.active(user.id)) if sign_in.status == "MFA_REQUIRED" else ()
        return replace(step, factors=known, factor=factor, remember_minutes=minutes)

    def offered(self, user: User) -> tuple[tuple[FactorKind, str], ...]:
        """The kinds that a person may still enrol by the enrolment policy, each OPTIONAL or REQUIRED."""
        policy = self.org.policy_rules.policy_of("MFA_ENROLL", user)
        held = {(factor.type, factor.provider) for factor in self.org.factors.active(user.id)}
        rows = []
        for key, kind in KINDS.items():
            need = _need(policy, kind)
            if (
                need in ("OPTIONAL", "REQUIRED")
                and key not in held
                and self.org.authenticators.usable(*kind.authenticator)
            ):
                rows.append((kind, need))
        return tuple(rows)

    def enroll(self, state_token: str, type: str, provider: str, profile: Mapping[str, Any], cause: Cause) -> Step:
        """Begin an enrolment. Raises Invalid for a kind that the policy does not offer."""
        sign_in, user, cause = self._in(state_token, cause, "MFA_ENROLL", "MFA_ENROLL_ACTIVATE")
        if all((kind.type, kind.provider) != (type, provider) for kind, _ in self.offered(user)):
            raise Invalid("factorEnrollRequest", "The factor type is not allowed by the enrollment policy.")
        factor = self.org.factors.enroll(user, type, provider, False, "", cause, profile)
        if factor.status == "ACTIVE":
            return self._enrolled(user, sign_in, factor, cause)
        waits = "WAITING" if factor.kind.proof == PUSH else ""
        return self.org.sign_ins.put(replace(sign_in, status="MFA_ENROLL_ACTIVATE", factor_id=factor.id, result=waits))

    def activate(self, state_token: str, factor_id: str, cause: Cause, code: str = "", client_data: str = "") -> Step:
        """Finish an enrolment; of a push, see whether its device has answered."""
        sign_in, user, cause = self._in(state_token, cause, "MFA_ENROLL_ACTIVATE")
        factor = self.org.factors.find(user, factor_id)
        if factor.id != sign_in.factor_id:
            raise NotFound(factor_id, "UserFactor")
        if factor.kind.proof == PUSH and (result := self.org.challenges.result(factor)) != "SUCCESS":
            return self.org.sign_ins.put(replace(sign_in, result=result))
        after = self.org.factors.activate(user, factor, code, cause, client_data)
        return self._enrolled(user, sign_in, after, cause)

    def verify(
        self,
        state_token: str,
        factor_id: str,
        cause: Cause,
        code: str = "",
        client_data: str = "",
        remember: bool = False,
    ) -> Step:
        """Prove a factor; without a proof, ask for one. Raises InvalidPasscode, and UserLocked after too many."""
        org = self.org
        sign_in, user, cause = self._in(state_token, cause, "MFA_REQUIRED", "MFA_CHALLENGE")
        factor = self._chosen(user, factor_id)
        proof = factor.kind.proof
        if proof == PUSH:
            if (waiting := self._push(sign_in, factor, cause)) is not None:
                return waiting
        elif not code and not client_data:
            if proof in (SENT, KEY):
                org.challenges.begin(factor, cause)
            return org.sign_ins.put(replace(sign_in, status="MFA_CHALLENGE", factor_id=factor.id, result="CHALLENGE"))
        try:
            org.factors.verify(factor, code, client_data)
        except InvalidPasscode:
            if org.sign_ins.count_failure(user, cause).status is Status.LOCKED_OUT:
                org.state.sign_ins.remove(sign_in.value)
                raise UserLocked() from None
            raise
        if user.failures:
            user = org.state.users.put(replace(user, failures=0))
        if remember and sign_in.device:
            self._remember(user, sign_in)
        org.log.emit(cause, "user.authentication.auth_via_mfa", user_party(user), debug={"factor": factor.type})
        return org.sign_ins.succeed(user, sign_in, _amr(sign_in, factor), cause)

    def resend(self, state_token: str, factor_id: str, cause: Cause) -> Step:
        """Send the code or the push once more."""
        sign_in, user, cause = self._in(state_token, cause, "MFA_ENROLL_ACTIVATE", "MFA_CHALLENGE")
        factor = self.org.factors.find(user, factor_id)
        if factor.id != sign_in.factor_id or factor.kind.proof not in (SENT, PUSH):
            raise NotInThisState()
        self.org.challenges.begin(factor, cause)
        return self.org.sign_ins.put(sign_in)

    def previous(self, state_token: str) -> Step:
        """Back to the choice of a factor. Raises NotInThisState."""
        sign_in, user = self.org.sign_ins.resume(state_token)
        back = {"MFA_CHALLENGE": "MFA_REQUIRED", "MFA_ENROLL_ACTIVATE": "MFA_ENROLL"}.get(sign_in.status)
        if back is None:
            raise NotInThisState()
        for factor in self.org.factors.of(user.id):
            if factor.id == sign_in.factor_id:
                self.org.challenges.forget(factor)
                if back == "MFA_ENROLL":
                    self.org.state.factors.remove(factor.id)
                break
        return self.org.sign_ins.put(replace(sign_in, status=back, factor_id="", result=""))

    def _in(self, state_token: str, cause: Cause, *statuses: str) -> tuple[SignIn, User, Cause]:
        sign_in, user = self.org.sign_ins.resume(state_token)
        if sign_in.status not in statuses:
            raise NotInThisState()
        return sign_in, user, replace(cause, actor=user_party(user))

    def _chosen(self, user: User, id: str) -> Factor:
        """A factor by its id; a key also by the word `webauthn` or `u2f`."""
        for factor in self.org.factors.active(user.id):
            if factor.id == id or (factor.kind.proof == KEY and factor.type == id):
                return factor
        raise NotFound(id, "UserFactor")

    def _push(self, sign_in: SignIn, factor: Factor, cause: Cause) -> Step | None:
        """A push that has not been approved yet; the first asking sends it."""
        if sign_in.factor_id != factor.id or sign_in.result in ("REJECTED", "TIMEOUT"):
            self.org.challenges.begin(factor, cause)
            result = "WAITING"
        else:
            result = self.org.challenges.result(factor)
        if result == "SUCCESS":
            return None
        return self.org.sign_ins.put(replace(sign_in, status="MFA_CHALLENGE", factor_id=factor.id, result=result))

    def _enrolled(self, user: User, sign_in: SignIn, factor: Factor, cause: Cause) -> Step:
        """After an enrolment: what else is required, then what else was asked for, then success."""
        user = self.org.state.users[user.id]
        sign_in = replace(sign_in, status="MFA_ENROLL", factor_id="", result="", amr=_amr(sign_in, factor))
        rest = self.offered(user)
        required = any(need == "REQUIRED" for _, need in rest)
        if required or (rest and "multiOptionalFactorEnroll" in sign_in.options):
            return self.org.sign_ins.put(sign_in)
        return self.org.sign_ins.succeed(user, sign_in, sign_in.amr, cause)

    def _remember(self, user: User, sign_in: SignIn) -> None:
        _, rule = self.org.policy_rules.judge_user("OKTA_SIGN_ON", user, sign_in.ip)
        minutes = number(rule.actions, "signon", "factorLifetime") if rule is not None else 0
        until = self.org.now() + (timedelta(minutes=minutes) if minutes else _REMEMBERED)
        rows = [row for row in self.org.state.remembered.get(user.id) or () if row[0] != sign_in.device]
        self.org.state.remembered[user.id] = (*rows, (sign_in.device, until))


def _amr(sign_in: SignIn, factor: Factor) -> tuple[str, ...]:
    ways = _CHANNEL_AMR.get(factor.type, _AMR.get(factor.kind.proof, ("otp",)))
    return tuple(dict.fromkeys((*(way for way in sign_in.amr if way != "mfa"), *ways, "mfa")))


def _need(policy: Policy, kind: FactorKind) -> str:
    for row in at(policy.settings, "authenticators") or ():
        if at(row, "key") == kind.authenticator[0]:
            return str(at(row, "enroll", "self"))
    older = _OLDER.get((kind.type, kind.provider))
    return str(at(policy.settings, "factors", older, "enroll", "self")) if older else ""
