"""/api/v1/authn: signing in step by step (the Classic authentication API, still answered by newer orgs)."""

from __future__ import annotations

from simulators.okta.domain.errors import (
    InvalidToken,
    PathUnknown,
)
from simulators.okta.domain.signin_errors import AuthenticationFailed
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.tenant.signin import Step
from simulators.okta.wire.authn import SignInView, sign_in_body
from simulators.okta.wire.bodies import Json, part

authn = Endpoints("/api/v1/authn")
_OPTIONS = ("warnBeforePasswordExpired", "multiOptionalFactorEnroll")


def _answer(call: Call, step: Step) -> Answer:
    org, factor = call.org, step.factor
    challenge = org.state.challenges.get(factor.id) if factor is not None else None
    view = SignInView(
        step.status, step.user, step.token, step.sign_in, step.factors, step.offered, factor, challenge,
        step.skippable, step.remember_minutes, step.password_days, step.complexity, step.recovery_token,
    )  # fmt: skip
    return Answer(200, sign_in_body(view, org.base_url, org.now()))


@authn.on("POST", "", audience=OPEN)
async def primary(call: Call) -> Answer:
    """Name and password; or a link's token; or a state token, which tells where a sign-in stands."""
    body = call.json()
    _trusted(call)
    sign_ins = call.org.sign_ins
    for name in ("token", "activationToken", "recoveryToken"):
        if isinstance(body.get(name), str):
            return _answer(call, sign_ins.with_link(body[name], call.cause))
    if isinstance(body.get("stateToken"), str):
        return _answer(call, sign_ins.step(body["stateToken"]))
    username, password = body.get("username"), body.get("password")
    if not isinstance(username, str) or not isinstance(password, str) or not username:
        raise AuthenticationFailed()
    wanted, device = part(body, "options"), part(body, "context").get("deviceToken")
    options = frozenset(name for name in _OPTIONS if wanted.get(name) is True)
    device = device if isinstance(device, str) else ""
    return _answer(call, sign_ins.with_password(username, password, call.cause, options, device))


@authn.on("POST", "/credentials/reset_password", audience=OPEN)
async def reset_password(call: Call) -> Answer:
    """The new password of a link's sign-in."""
    body = call.json()
    step = call.org.sign_ins.choose_password(_state(body), _text(body, "newPassword"), None, call.cause)
    return _answer(call, step)


@authn.on("POST", "/credentials/change_password", audience=OPEN)
async def change_password(call: Call) -> Answer:
    """The new password after one that has expired or is about to."""
    body = call.json()
    old, new = _text(body, "oldPassword"), _text(body, "newPassword")
    return _answer(call, call.org.sign_ins.choose_password(_state(body), new, old, call.cause))


@authn.on("POST", "/factors", audience=OPEN)
async def enroll(call: Call) -> Answer:
    """Begin to enrol a factor that the policy offers."""
    body = call.json()
    kind, provider = call.need(body, "factorType"), call.need(body, "provider")
    profile = {**part(body, "profile"), **({"passCode": body["passCode"]} if "passCode" in body else {})}
    return _answer(call, call.org.sign_in_factors.enroll(_state(body), kind, provider, profile, call.cause))


@authn.on("POST", "/factors/{factor}/lifecycle/activate", audience=OPEN)
@authn.on("POST", "/factors/{factor}/lifecycle/activate/poll", audience=OPEN)
async def activate(call: Call) -> Answer:
    """Finish an enrolment by its code, or see whether the device has answered."""
    body = call.json()
    code, signed = _text(body, "passCode"), _text(body, "clientData")
    step = call.org.sign_in_factors.activate(_state(body), call.parts["factor"], call.cause, code, signed)
    return _answer(call, step)


@authn.on("POST", "/factors/{factor}/lifecycle/resend", audience=OPEN)
@authn.on("POST", "/factors/{factor}/verify/resend", audience=OPEN)
async def resend(call: Call) -> Answer:
    """Send the code once more."""
    return _answer(call, call.org.sign_in_factors.resend(_state(call.json()), call.parts["factor"], call.cause))


@authn.on("POST", "/factors/{factor}/verify", audience=OPEN)
async def verify(call: Call) -> Answer:
    """A factor's code, answer or assertion; without one, ask the factor for it."""
    body = call.json()
    code = _text(body, "passCode") or _text(body, "answer")
    step = call.org.sign_in_factors.verify(
        _state(body), call.parts["factor"], call.cause, code, _text(body, "clientData"), call.flag("rememberDevice")
    )
    return _answer(call, step)


@authn.on("POST", "/skip", audience=OPEN)
async def skip(call: Call) -> Answer:
    """Leave out what is optional."""
    return _answer(call, call.org.sign_ins.skip(_state(call.json()), call.cause))


@authn.on("POST", "/previous", audience=OPEN)
async def previous(call: Call) -> Answer:
    """Back to the choice of a factor."""
    return _answer(call, call.org.sign_in_factors.previous(_state(call.json())))


@authn.on("POST", "/cancel", audience=OPEN)
async def cancel(call: Call) -> Answer:
    """Give up."""
    call.org.sign_ins.cancel(_state(call.json()))
    return Answer(200, {})


async def _begin_recovery(call: Call) -> Answer:
    """A forgotten password, or a locked account: by mail, text message or call, or with an API token at once."""
    body = call.json()
    wanted = "UNLOCK" if call.path.endswith("/unlock") else "PASSWORD"
    username, channel = call.need(body, "username"), body.get("factorType")
    if _trusted(call) and channel is None:
        return _answer(call, call.org.recovery.trusted(username, wanted, call.cause))
    return _answer(call, call.org.recovery.begin(username, wanted, call.need(body, "factorType"), call.cause))


authn.on("POST", "/recovery/password", audience=OPEN)(_begin_recovery)
authn.on("POST", "/recovery/unlock", audience=OPEN)(_begin_recovery)


@authn.on("POST", "/recovery/token", audience=OPEN)
async def recovery_token(call: Call) -> Answer:
    """A recovery link's token."""
    return _answer(call, call.org.sign_ins.with_link(_text(call.json(), "recoveryToken"), call.cause))


@authn.on("POST", "/recovery/answer", audience=OPEN)
async def recovery_answer(call: Call) -> Answer:
    """The answer to the recovery question."""
    body = call.json()
    return _answer(call, call.org.recovery.answer(_state(body), _text(body, "answer"), call.cause))


@authn.on("POST", "/recovery/factors/{channel}/{operation}", audience=OPEN)
async def recovery_code(call: Call) -> Answer:
    """The code of a text message or call; or another one."""
    body, channel = call.json(), call.parts["channel"].upper()
    if channel not in ("SMS", "CALL") or call.parts["operation"] not in ("verify", "resend"):
        raise PathUnknown()
    if call.parts["operation"] == "resend":
        return _answer(call, call.org.recovery.resend(_state(body), channel))
    return _answer(call, call.org.recovery.verify(_state(body), channel, _text(body, "passCode"), call.cause))


def _trusted(call: Call) -> bool:
    """Whether an administrator's API token came along. Raises InvalidToken for a bad one."""
    header = call.headers.get("authorization", "")
    if not header.startswith("SSWS"):
        return False
    caller = call.org.access.by_api_token(header[4:].strip())
    return call.org.access.may(caller, "users.help")


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _state(body: Json) -> str:
    value = body.get("stateToken")
    if not isinstance(value, str):
        raise InvalidToken()
    return value
