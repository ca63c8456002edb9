"""/api/v1/authn: signing in step by step (the Classic authentication API, still answered by newer orgs)."""

from __future__ import annotations

from simulators.okta.domain.errors import AuthenticationFailed, InvalidToken
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.tenant.signin import Step
from simulators.okta.wire.sessions import sign_in_body

authn = Endpoints("/api/v1/authn")


def _answer(call: Call, step: Step) -> Answer:
    org = call.org
    body = sign_in_body(step.status, step.user, step.token, step.sign_in, step.factors, org.base_url, org.now())
    return Answer(200, body)


@authn.on("POST", "", audience=OPEN)
async def primary(call: Call) -> Answer:
    """Name and password; or a link's token; or a state token, which tells where a sign-in stands."""
    body = call.json()
    sign_ins = call.org.sign_ins
    if isinstance(body.get("token"), str):
        return _answer(call, sign_ins.with_link(body["token"], call.cause))
    if isinstance(body.get("stateToken"), str):
        return _answer(call, sign_ins.step(body["stateToken"]))
    username, password = body.get("username"), body.get("password")
    if not isinstance(username, str) or not isinstance(password, str) or not username:
        raise AuthenticationFailed()
    return _answer(call, sign_ins.with_password(username, password, call.cause))


@authn.on("POST", "/recovery/token", audience=OPEN)
async def recovery_token(call: Call) -> Answer:
    """A recovery link's token."""
    return _answer(call, call.org.sign_ins.with_link(str(call.json().get("recoveryToken") or ""), call.cause))


@authn.on("POST", "/credentials/reset_password", audience=OPEN)
async def reset_password(call: Call) -> Answer:
    """The new password of a link's sign-in."""
    body = call.json()
    step = call.org.sign_ins.choose_password(_state(body), str(body.get("newPassword") or ""), None, call.cause)
    return _answer(call, step)


@authn.on("POST", "/credentials/change_password", audience=OPEN)
async def change_password(call: Call) -> Answer:
    """The new password after an expired one."""
    body = call.json()
    old, new = str(body.get("oldPassword") or ""), str(body.get("newPassword") or "")
    return _answer(call, call.org.sign_ins.choose_password(_state(body), new, old, call.cause))


@authn.on("POST", "/factors/{factor}/verify", audience=OPEN)
async def verify(call: Call) -> Answer:
    """The factor's code."""
    body = call.json()
    step = call.org.sign_ins.verify_factor(
        _state(body), call.parts["factor"], str(body.get("passCode") or ""), call.cause
    )
    return _answer(call, step)


@authn.on("POST", "/cancel", audience=OPEN)
async def cancel(call: Call) -> Answer:
    """Give up."""
    call.org.sign_ins.cancel(_state(call.json()))
    return Answer(200, {})


def _state(body: dict[str, object]) -> str:
    value = body.get("stateToken")
    if not isinstance(value, str):
        raise InvalidToken()
    return value
