"""/api/v1/users/{user}/factors: what an administrator does with a person's factors."""

from __future__ import annotations

from simulators.okta.domain.errors import Invalid, PathUnknown
from simulators.okta.domain.factors import ANSWER, KEY, PUSH, SENT, Factor
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.factors import catalog_body, factor_body, questions_body, verified_body, where

factors = Endpoints("/api/v1/users/{user}/factors")
_READ, _MANAGE = "okta.users.read", "okta.users.manage"
_ONE = "/{factor}"


def _factor(call: Call) -> Factor:
    return call.org.factors.find(call.user(), call.parts["factor"])


def _body(call: Call, factor: Factor, reveal: bool = False) -> Json:
    return factor_body(factor, call.org.base_url, call.org.challenges.open(factor), reveal)


@factors.on("GET", "", _READ, "users.read")
async def list_factors(call: Call) -> Answer:
    """The factors of a person."""
    return Answer(200, [_body(call, factor) for factor in call.org.factors.of(call.user().id)])


@factors.on("POST", "", _MANAGE, "users.help")
async def enroll_factor(call: Call) -> Answer:
    """Begin an enrolment."""
    user, body = call.changeable_user(), call.json()
    profile = {**part(body, "profile"), **({"passCode": body["passCode"]} if "passCode" in body else {})}
    kind, provider = call.need(body, "factorType"), call.need(body, "provider")
    factor = call.org.factors.enroll(user, kind, provider, call.flag("activate"), "", call.cause, profile)
    return Answer(200, _body(call, factor, reveal=True))


@factors.on("GET", "/catalog", _READ, "users.read")
async def list_catalog(call: Call) -> Answer:
    """The kinds of factors that a person may enrol."""
    user = call.user()
    held = {(factor.type, factor.provider): factor.status for factor in call.org.factors.of(user.id)}
    return Answer(200, catalog_body(user.id, held, call.org.authenticators.offers, call.org.base_url))


@factors.on("GET", "/questions", _READ, "users.read")
async def list_questions(call: Call) -> Answer:
    """The questions that a person may choose from."""
    call.user()
    return Answer(200, questions_body())


@factors.on("GET", _ONE, _READ, "users.read")
async def read_factor(call: Call) -> Answer:
    """One factor."""
    return Answer(200, _body(call, _factor(call)))


@factors.on("PUT", _ONE, _MANAGE, "users.help")
async def replace_factor(call: Call) -> Answer:
    """Another security question and its answer."""
    user, profile = call.changeable_user(), part(call.json(), "profile")
    factor = call.org.factors.find(user, call.parts["factor"])
    return Answer(200, _body(call, call.org.factors.replace_question(user, factor, profile, call.cause)))


@factors.on("DELETE", _ONE, _MANAGE, "users.help")
async def remove_factor(call: Call) -> Answer:
    """Take one factor away."""
    user = call.changeable_user()
    call.org.factors.remove(user, call.org.factors.find(user, call.parts["factor"]), call.cause)
    return NO_CONTENT


@factors.on("POST", _ONE + "/lifecycle/activate", _MANAGE, "users.help")
@factors.on("POST", _ONE + "/lifecycle/activate/poll", _MANAGE, "users.help")
async def activate_factor(call: Call) -> Answer:
    """Finish an enrolment with a code; of a push, see whether its device has answered."""
    user, factor, body = call.user(), _factor(call), call.optional_json()
    code, signed = body.get("passCode"), body.get("clientData")
    after = call.org.factors.activate(
        user, factor, code if isinstance(code, str) else "", call.cause, signed if isinstance(signed, str) else ""
    )
    if after.status == "ACTIVE":
        return Answer(200, _body(call, after))
    challenge = call.org.challenges.open(after)
    return Answer(200, factor_body(after, call.org.base_url, challenge)["_embedded"]["activation"])


@factors.on("POST", _ONE + "/resend", _MANAGE, "users.help")
async def resend_factor(call: Call) -> Answer:
    """Send the code of an enrolment once more."""
    factor, body = _factor(call), call.json()
    if (body.get("factorType"), body.get("provider")) != (factor.type, factor.provider):
        raise Invalid("factorType", "factorType: The factor type and the provider must be the factor's own")
    if factor.kind.proof != SENT:
        raise PathUnknown()
    call.org.challenges.begin(factor, call.cause, "enroll")
    return Answer(200, _body(call, factor))


@factors.on("POST", _ONE + "/verify", _MANAGE, "users.help")
async def verify_factor(call: Call) -> Answer:
    """Check a code or an answer; without one, send it, or ask the device: 201 for a push."""
    factor, body, org = _factor(call), call.optional_json(), call.org
    if factor.status != "ACTIVE":
        raise Invalid("factor", "The factor is not active.")
    proof = factor.kind.proof
    code = body.get("answer") if proof == ANSWER else body.get("passCode")
    signed = body.get("clientData")
    if proof == PUSH:
        challenge = org.challenges.begin(factor, call.cause)
        shown = verified_body(factor, "WAITING", challenge, org.base_url)
        place = f"{where(factor, org.base_url)}/transactions/{challenge.transaction}"
        return Answer(201, shown, [("Location", place)])
    if (proof == SENT and code is None) or (proof == KEY and signed is None):
        challenge = org.challenges.begin(factor, call.cause)
        return Answer(200, verified_body(factor, "CHALLENGE", challenge, org.base_url))
    org.factors.verify(factor, code if isinstance(code, str) else "", signed if isinstance(signed, str) else "")
    return Answer(200, verified_body(factor, "SUCCESS", None, org.base_url))


@factors.on("GET", _ONE + "/transactions/{transaction}", _READ, "users.read")
async def poll_transaction(call: Call) -> Answer:
    """How a push stands."""
    factor = _factor(call)
    challenge = call.org.challenges.transaction(factor, call.parts["transaction"])
    return Answer(200, verified_body(factor, call.org.challenges.result(factor), challenge, call.org.base_url))


@factors.on("DELETE", _ONE + "/transactions/{transaction}", _MANAGE, "users.help")
async def cancel_transaction(call: Call) -> Answer:
    """Take a push back."""
    factor = _factor(call)
    call.org.challenges.transaction(factor, call.parts["transaction"])
    call.org.challenges.forget(factor)
    return NO_CONTENT
