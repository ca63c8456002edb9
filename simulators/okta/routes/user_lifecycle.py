"""/api/v1/users/{user}/…: lifecycle operations, credentials, sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulators.okta.domain.errors import Forbidden, Invalid, MissingParameter, PathUnknown
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import SELF, Endpoints
from simulators.okta.routes.users import shown
from simulators.okta.tenant.lifecycle import Outcome
from simulators.okta.tenant.users import Credentials
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.users import credentials_body, read_credentials

lifecycle_calls = Endpoints("/api/v1/users")
_MANAGE = "okta.users.manage"
Render = Callable[[Call, Outcome], Json]
_HELP = frozenset(
    {"unlock", "reset_password", "expire_password", "reset_factors", "expire_password_with_temp_password"}
)


@lifecycle_calls.on("POST", "/me/lifecycle/delete_sessions", None, None, SELF)
async def clear_own_sessions(call: Call) -> Answer:
    """A person ends all sessions but the current one."""
    keep = call.caller.session_id if call.optional_json().get("keepCurrent", True) else None
    call.org.sessions.clear(call.org.state.users[call.caller.user_id or ""], call.cause, keep)
    return NO_CONTENT


@lifecycle_calls.on("POST", "/{user}/lifecycle/{operation}", _MANAGE)
async def change_lifecycle(call: Call) -> Answer:
    """One row of the LIFECYCLE table."""
    operation = call.parts["operation"]
    call.demand("users.help" if operation in _HELP else "users.write")
    if operation == "expire_password_with_temp_password":
        return _temporary(call)
    if operation not in _ANSWERS:
        raise PathUnknown()
    user = call.changeable_user()
    if operation == "expire_password" and call.flag("tempPassword"):
        return _temporary(call)
    if operation == "reset_password" and "sendEmail" not in call.query:
        raise MissingParameter()
    if operation == "reset_password" and call.query.get("provider") == "FEDERATION":
        call.org.lifecycle.federate(user, call.cause)
        return Answer(200, {})
    if operation == "deactivate" and call.background:
        call.org.lifecycle.later(user, operation, call.cause)
        return Answer(200, {})
    outcome = call.org.lifecycle.change(user, operation, call.cause)
    if operation == "reset_password" and call.flag("revokeSessions"):
        call.org.sessions.clear(outcome.user, call.cause)
    return Answer(200, _ANSWERS[operation](call, outcome))


def _temporary(call: Call) -> Answer:
    outcome = call.org.lifecycle.expire_with_temporary(call.changeable_user(), call.cause)
    if call.flag("revokeSessions"):
        call.org.sessions.clear(outcome.user, call.cause)
    return Answer(200, {"tempPassword": outcome.temporary_password})


def _nothing(call: Call, outcome: Outcome) -> Json:
    return {}


def _activation(default: bool) -> Render:
    def answer(call: Call, outcome: Outcome) -> Json:
        if call.flag("sendEmail", default):
            return {}
        path = f"/tokens/{outcome.token}/verify" if outcome.had_password else f"/welcome/{outcome.token}"
        return {"activationUrl": call.org.base_url + path, "activationToken": outcome.token}

    return answer


def _reset_link(call: Call, outcome: Outcome) -> Json:
    if call.flag("sendEmail", True):
        return {}
    return {"resetPasswordUrl": f"{call.org.base_url}/reset_password/{outcome.token}"}


def _whole_user(call: Call, outcome: Outcome) -> Json:
    """The new status under the instant of the last one: the vendor's answer shows the change at the next read."""
    return shown(call, replace(outcome.user, status_changed=outcome.changed_before))


_ANSWERS: dict[str, Render] = {
    "activate": _activation(True),
    "reactivate": _activation(False),
    "deactivate": _nothing,
    "suspend": _nothing,
    "unsuspend": _nothing,
    "unlock": _nothing,
    "reset_factors": _nothing,
    "reset_password": _reset_link,
    "expire_password": _whole_user,
}


@lifecycle_calls.on("POST", "/{user}/credentials/{operation}", _MANAGE, None, SELF)
async def change_credentials(call: Call) -> Answer:
    """Password and recovery question; a signed-in person changes their own."""
    operation = call.parts["operation"]
    if call.caller.kind == "session":
        if call.parts["user"] not in ("me", call.caller.user_id) or not operation.startswith("change_"):
            raise Forbidden()
    else:
        call.demand("users.help")
    user, lifecycle = call.changeable_user(), call.org.lifecycle
    if operation == "forgot_password":
        outcome = lifecycle.change(user, operation, call.cause)
        if call.flag("sendEmail", True):
            return Answer(200, {})
        return Answer(200, {"resetPasswordUrl": f"{call.org.base_url}/signin/reset-password/{outcome.token}"})
    body = call.json()
    password = str(part(body, "password").get("value") or "")
    if operation == "forgot_password_recovery_question":
        answer = str(part(body, "recovery_question").get("answer") or "")
        return Answer(200, credentials_body(lifecycle.recover_with_answer(user, password, answer, call.cause)))
    if operation == "change_recovery_question":
        recovery = Credentials(**read_credentials({"credentials": body})).recovery
        if recovery is None:
            raise Invalid("recovery_question", "recovery_question: The field cannot be left blank")
        return Answer(200, credentials_body(lifecycle.change_question(user, password, recovery, call.cause)))
    if operation != "change_password":
        raise PathUnknown()
    old, new = part(body, "oldPassword").get("value"), part(body, "newPassword").get("value")
    after = lifecycle.change_password(user, str(old or ""), str(new or ""), call.flag("strict"), call.cause)
    if body.get("revokeSessions") is True:
        call.org.sessions.clear(after, call.cause, call.caller.session_id)
    return Answer(200, credentials_body(after))


@lifecycle_calls.on("DELETE", "/{user}/sessions", _MANAGE)
async def clear_sessions(call: Call) -> Answer:
    """End every Okta session of a person, with `oauthTokens` the tokens too."""
    call.demand("users.help")
    user = call.changeable_user()
    call.org.sessions.clear(user, call.cause)
    if call.flag("oauthTokens"):
        call.org.tokens.revoke_user(user.id, call.cause)
    if call.flag("forgetDevices"):
        call.org.state.remembered.pop(user.id, None)
    return NO_CONTENT
