"""/api/v1/users/{user}/authenticator-enrollments: a person's factors as the newer engine counts them."""

from __future__ import annotations

from simulators.okta.domain.authenticators import Authenticator
from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.domain.factors import Factor
from simulators.okta.domain.users import User
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.authenticators import enrollment_body
from simulators.okta.wire.bodies import Json, part

enrollments = Endpoints("/api/v1/users/{user}/authenticator-enrollments")
_READ, _MANAGE = "okta.users.read", "okta.users.manage"


def _of(call: Call, user: User) -> list[tuple[Authenticator, Factor]]:
    org, rows = call.org, []
    for factor in org.factors.enrolled(user):
        held = org.authenticators.by_key(factor.kind.authenticator[0])
        if held is not None:
            rows.append((held, factor))
    return rows


def _bodies(call: Call, user: User) -> list[Json]:
    org = call.org
    password = org.authenticators.by_key("okta_password")
    rows = [enrollment_body(held, factor, user, org.base_url) for held, factor in _of(call, user)]
    if user.password is not None and password is not None:
        rows.append(enrollment_body(password, None, user, org.base_url))
    return rows


@enrollments.on("GET", "", _READ, "users.read")
async def list_enrollments(call: Call) -> Answer:
    """Every authenticator that a person has set up, the password included."""
    return Answer(200, _bodies(call, call.user()))


@enrollments.on("POST", "/phone", _MANAGE, "users.help")
async def enroll_phone(call: Call) -> Answer:
    """Set a person's phone up, active at once."""
    user, body = call.changeable_user(), call.json()
    held = call.org.authenticators.find(call.need(body, "authenticatorId"))
    if held.key != "phone_number":
        raise Invalid("authenticatorId", "authenticatorId: The authenticator is no phone")
    profile = part(body, "profile")
    factor = call.org.factors.enroll(user, "sms", "OKTA", True, "", call.cause, profile)
    return Answer(200, enrollment_body(held, factor, user, call.org.base_url))


@enrollments.on("GET", "/{enrollment}", _READ, "users.read")
async def read_enrollment(call: Call) -> Answer:
    """One authenticator that a person has set up."""
    for body in _bodies(call, call.user()):
        if body["id"] == call.parts["enrollment"]:
            return Answer(200, body)
    raise NotFound(call.parts["enrollment"], "AuthenticatorEnrollment")


@enrollments.on("DELETE", "/{enrollment}", _MANAGE, "users.help")
async def remove_enrollment(call: Call) -> Answer:
    """Take one away; the password stays."""
    user, id = call.changeable_user(), call.parts["enrollment"]
    for _, factor in _of(call, user):
        if factor.id == id:
            call.org.factors.remove(user, factor, call.cause)
            return NO_CONTENT
    if any(body["id"] == id for body in _bodies(call, user)):
        raise Forbidden()
    raise NotFound(id, "AuthenticatorEnrollment")
