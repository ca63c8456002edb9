"""The sign-in pages: name, password, factor, an expired password, enrolment. They need no script."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote, urlencode

from simulators.okta.domain.errors import (
    InvalidToken,
    Refusal,
    TooManyRequests,
)
from simulators.okta.domain.sessions import SignIn
from simulators.okta.domain.signin_errors import (
    AuthenticationFailed,
    NotInThisState,
)
from simulators.okta.domain.users import User
from simulators.okta.routes.call import Answer, Call, Header
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.routes.page_answers import (
    STATE_COOKIE,
    for_people,
    form_of_page,
    notice,
    page,
    see,
    state_cookie,
    wanted_place,
)
from simulators.okta.routes.sessions import cookie_headers, cookie_session
from simulators.okta.tenant.factors import TOTP
from simulators.okta.tenant.signin import Step
from simulators.okta.wire.pages import FACTORS, HOME, SIGN_IN, plain

signin_pages = Endpoints("")
_VERIFY, _EXPIRED, _ENROLL = "/signin/verify", "/signin/password-expired", "/signin/enroll"
# Where a sign-in goes on, by its status.
_NEXT = {"MFA_REQUIRED": _VERIFY, "MFA_CHALLENGE": _VERIFY, "PASSWORD_EXPIRED": _EXPIRED, "MFA_ENROLL": _ENROLL}
_ENDED = "Your session has ended. It may have been revoked, or it has run out. Sign in again to go on."
_AGAIN = "Your sign-in took too long or was cancelled. Start again."
_SAID = {"ended": _ENDED, "again": _AGAIN, "enrolled": "Your authenticator is set up. Sign in with its next code."}
_NO_FACTOR = "None of your factors works on this page. Ask an administrator."
_MISMATCH = "The two new passwords differ. Enter the same one twice."


@signin_pages.on("GET", "/", audience=OPEN)
async def front_door(call: Call) -> Answer:
    """To the dashboard, or to sign-in."""
    return see(HOME if cookie_session(call) is not None else SIGN_IN)


@signin_pages.on("GET", SIGN_IN, audience=OPEN)
async def ask_name(call: Call) -> Answer:
    """Who is signing in? Somebody signed in already goes on at once."""
    place, said = wanted_place(call), call.query.get("said", "")
    if cookie_session(call) is not None and not said:
        return see(place or HOME)
    dead = said == "" and any(call.cookies.get(name) for name in ("sid", "idx"))
    text = _SAID.get("ended" if dead else said, "")
    return page(call, "name", place=place, login=call.query.get("login_hint", ""), said=text, error="")


@signin_pages.on("POST", SIGN_IN, audience=OPEN)
@for_people
async def check_password(call: Call) -> Answer:
    """The name leads to the password's page, whoever it names; both together are checked."""
    form = form_of_page(call)
    place, login = wanted_place(call, form), form.get("username", "").strip()
    if not login:
        return page(call, "name", 400, place=place, login="", said="", error="Enter your username.")
    if "password" not in form:
        return page(call, "password", place=place, login=login, error="")
    try:
        step = call.org.sign_ins.with_password(login, form["password"], call.cause)
    except (AuthenticationFailed, TooManyRequests) as refusal:
        status = 429 if isinstance(refusal, TooManyRequests) else 401
        return page(call, "password", status, place=place, login=login, error=plain(refusal))
    return follow(call, step, place)


@signin_pages.on("GET", "/login/step-up/redirect", audience=OPEN)
async def step_up(call: Call) -> Answer:
    """A signed-in person opens something that wants a factor."""
    token, place = call.query.get("stateToken", ""), wanted_place(call)
    if not (token.isascii() and token.replace("-", "").replace("_", "").isalnum()):  # it becomes a cookie's value
        return _start_again(call, place)
    return see(_with(_VERIFY, place), [state_cookie(token, call.org.base_url)])


@signin_pages.on("GET", _VERIFY, audience=OPEN)
async def ask_factor(call: Call) -> Answer:
    """Which factor, and its code."""
    place = wanted_place(call)
    try:
        return _factor_page(call, place, call.query.get("factor", ""))
    except Refusal:
        return _start_again(call, place)


@signin_pages.on("POST", _VERIFY, audience=OPEN)
@for_people
async def check_factor(call: Call) -> Answer:
    """The factor's code; without one the factor is asked to send it."""
    form = form_of_page(call)
    place, chosen = wanted_place(call, form), form.get("factor", "")
    code = form.get("passCode", "").strip()
    try:
        # codes are often shown in groups, and answers may have words
        code = code.replace(" ", "") if code.replace(" ", "").isdecimal() else code
        step = call.org.sign_ins.verify_factor(_state(call), chosen, code, call.cause)
    except (InvalidToken, NotInThisState):
        return _start_again(call, place)
    except Refusal as refusal:
        try:
            return _factor_page(call, place, chosen, plain(refusal), 403)
        except Refusal:  # it was one wrong code too many
            return notice(call, "That did not work", plain(refusal), 403, [state_cookie("", call.org.base_url)])
    return follow(call, step, place, chosen)


@signin_pages.on("GET", _EXPIRED, audience=OPEN)
async def ask_new_password(call: Call) -> Answer:
    """The old password has expired."""
    place = wanted_place(call)
    try:
        _, user = _under_way(call, "PASSWORD_EXPIRED")
    except Refusal:
        return _start_again(call, place)
    return page(call, "expired", place=place, login=user.login, error="")


@signin_pages.on("POST", _EXPIRED, audience=OPEN)
@for_people
async def change_password(call: Call) -> Answer:
    """The old password and a new one."""
    form = form_of_page(call)
    place, new = wanted_place(call, form), form.get("newPassword", "")
    try:
        sign_in, user = _under_way(call, "PASSWORD_EXPIRED")
    except Refusal:
        return _start_again(call, place)
    if new != form.get("again"):
        return page(call, "expired", 400, place=place, login=user.login, error=_MISMATCH)
    try:
        step = call.org.sign_ins.choose_password(sign_in.value, new, form.get("oldPassword", ""), call.cause)
    except Refusal as refusal:
        return page(call, "expired", 403, place=place, login=user.login, error=plain(refusal))
    return follow(call, step, place)


@signin_pages.on("GET", _ENROLL, audience=OPEN)
async def ask_enrolment(call: Call) -> Answer:
    """Policy demands a factor that the person does not have yet."""
    place = wanted_place(call)
    try:
        return _enrolment_page(call, place)
    except Refusal:
        return _start_again(call, place)


@signin_pages.on("POST", _ENROLL, audience=OPEN)
@for_people
async def enroll(call: Call) -> Answer:
    """Begin an enrolment; or finish it with a code."""
    form = form_of_page(call)
    place, factors = wanted_place(call, form), call.org.factors
    try:
        sign_in, user = _under_way(call, "MFA_ENROLL")
    except Refusal:
        return _start_again(call, place)
    pending = _pending(call, user)
    if pending is None:
        factors.enroll(user, TOTP, "OKTA", False, "", call.cause)
        return see(_with(_ENROLL, place))
    try:
        factors.activate(user, factors.find(user, pending[0]), form.get("passCode", "").replace(" ", ""), call.cause)
    except Refusal as refusal:
        return _enrolment_page(call, place, plain(refusal), 403)
    call.org.sign_ins.cancel(sign_in.value)
    return see(_with(SIGN_IN, place, said="enrolled"), [state_cookie("", call.org.base_url)])


@signin_pages.on("POST", "/signin/cancel", audience=OPEN)
@for_people
async def give_up(call: Call) -> Answer:
    """Give a sign-in up and go back to its beginning."""
    place = wanted_place(call, form_of_page(call))
    with suppress(Refusal):  # it may be over already
        call.org.sign_ins.cancel(_state(call))
    return see(_with(SIGN_IN, place), [state_cookie("", call.org.base_url)])


def follow(call: Call, step: Step, place: str, factor: str = "") -> Answer:
    """The page that a sign-in goes on with; at its end the session's cookies and the place the person wanted."""
    org = call.org
    if step.token is not None:
        session = org.sessions.begin(step.token.value)
        headers: list[Header] = [*cookie_headers(session, org.base_url), state_cookie("", org.base_url)]
        if place.startswith("/oauth2/"):
            # its redirect leads to the client, where a form's own redirects may not go
            return page(call, "onward", headers=headers, place=place)
        return see(place or HOME, headers)
    onward = _NEXT.get(step.status)
    if onward is None or step.sign_in is None:
        return notice(call, "Ask an administrator", "This sign-in cannot be finished here. Ask an administrator.", 403)
    more = {"factor": factor} if factor and onward == _VERIFY else {}
    return see(_with(onward, place, **more), [state_cookie(step.sign_in.value, org.base_url)])


def _factor_page(call: Call, place: str, chosen: str, error: str = "", status: int = 200) -> Answer:
    sign_ins, factors = call.org.sign_ins, call.org.factors
    sign_in, user = sign_ins.resume(_state(call))
    if _NEXT.get(sign_in.status) != _VERIFY:
        raise NotInThisState()
    asked_already = sign_in.status == "MFA_CHALLENGE"
    held = [factors.find(user, chosen)] if asked_already else sign_ins.step(sign_in.value).factors
    usable = [factor for factor in held if factor.type in FACTORS]
    if not usable:
        return notice(call, "No factor can be used here", _NO_FACTOR, 403)
    factor = next((one for one in usable if one.id == chosen), None)
    if factor is None:  # what needs no sending comes first
        factor = min(usable, key=lambda one: list(FACTORS).index(one.type))
    name, asked, how = FACTORS[factor.type]
    others = [(_with(_VERIFY, place, factor=one.id), FACTORS[one.type][0]) for one in usable if one is not factor]
    return page(
        call, "factor", status, place=place, login=user.login, factor=factor.id, name=name, asked=asked, how=how,
        sent=asked_already, others=others, error=error,
    )  # fmt: skip


def _enrolment_page(call: Call, place: str, error: str = "", status: int = 200) -> Answer:
    _, user = _under_way(call, "MFA_ENROLL")
    pending = _pending(call, user)
    secret = "" if pending is None else pending[1]
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    label = quote(f"{call.org.settings.name}:{user.login}")
    link = f"otpauth://totp/{label}?secret={secret}&issuer={quote(call.org.settings.name)}"
    return page(call, "enroll", status, place=place, login=user.login, secret=spaced, link=link, error=error)


def _pending(call: Call, user: User) -> tuple[str, str] | None:
    """Id and secret of the time-based code that a person has begun to set up."""
    found = call.org.factors.of(user.id)
    return next(((f.id, f.secret) for f in found if f.type == TOTP and f.status == "PENDING_ACTIVATION"), None)


def _state(call: Call) -> str:
    return call.cookies.get(STATE_COOKIE, "")


def _under_way(call: Call, status: str) -> tuple[SignIn, User]:
    sign_in, user = call.org.sign_ins.resume(_state(call))
    if sign_in.status != status:
        raise NotInThisState()
    return sign_in, user


def _start_again(call: Call, place: str) -> Answer:
    return see(_with(SIGN_IN, place, said="again"), [state_cookie("", call.org.base_url)])


def _with(path: str, place: str, **more: str) -> str:
    query = {**({"fromURI": place} if place else {}), **more}
    return f"{path}?{urlencode(query)}" if query else path
