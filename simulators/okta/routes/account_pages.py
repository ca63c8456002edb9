"""Pages of a person's own: the dashboard, the links of activation and recovery mails, and the pages' style."""

from __future__ import annotations

from urllib.parse import urlencode

from simulators.kernel.times import iso
from simulators.okta.domain.errors import InvalidToken, PathUnknown, Refusal
from simulators.okta.domain.sessions import RecoveryLink
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.routes.page_answers import for_people, form_of_page, page, see
from simulators.okta.routes.sessions import cookie_session
from simulators.okta.routes.signin_pages import follow
from simulators.okta.wire.apps import login_url
from simulators.okta.wire.pages import ASSETS, HOME, SIGN_IN, asset, plain

account_pages = Endpoints("")


@account_pages.on("GET", HOME, audience=OPEN)
async def dashboard(call: Call) -> Answer:
    """What a person can open. Reading it does not prolong the session."""
    org, session = call.org, cookie_session(call)
    if session is None:
        return see(f"{SIGN_IN}?{urlencode({'fromURI': HOME})}")
    state, user = org.state, org.state.users[session.user_id]
    apps = [state.apps[id] for id, _ in state.app_users.of(user.id)]
    tiles = sorted(
        (app.label, login_url(app, "")) for app in apps if app.active and not app.hidden and not app.is_service
    )
    return page(
        call, "home", name=user.name, login=user.login, tiles=tiles, factor=session.with_factor,
        began=iso(session.created), ends=iso(session.expires),
    )  # fmt: skip


@account_pages.on("GET", "/welcome/{token}", audience=OPEN)
@for_people
async def welcome(call: Call) -> Answer:
    """An activation link: choose the first password."""
    return _chooser(call, _link(call), "")


@account_pages.on("POST", "/welcome/{token}", audience=OPEN)
@for_people
async def activate(call: Call) -> Answer:
    """The first password."""
    return _choose(call)


@account_pages.on("GET", "/reset_password/{token}", audience=OPEN)
@account_pages.on("GET", "/signin/reset-password/{token}", audience=OPEN)
@for_people
async def recover(call: Call) -> Answer:
    """A recovery link: choose another password."""
    return _chooser(call, _link(call), "")


@account_pages.on("POST", "/reset_password/{token}", audience=OPEN)
@account_pages.on("POST", "/signin/reset-password/{token}", audience=OPEN)
@for_people
async def reset(call: Call) -> Answer:
    """The other password."""
    return _choose(call)


@account_pages.on("GET", "/tokens/{token}/verify", audience=OPEN)
@for_people
async def activated(call: Call) -> Answer:
    """The activation link of somebody who has a password already: on to sign-in."""
    login = call.org.state.users[_link(call).user_id].login
    return see(f"{SIGN_IN}?{urlencode({'login_hint': login})}")


@account_pages.on("GET", "/assets/pages/{name}", audience=OPEN)
async def read_asset(call: Call) -> Answer:
    """The style and the script of the pages."""
    kind = ASSETS.get(call.parts["name"])
    if kind is None:
        raise PathUnknown()
    return Answer(200, asset(call.parts["name"]), media_type=kind)


def _link(call: Call) -> RecoveryLink:
    """The link behind the address. Looking does not use it up. Raises InvalidToken."""
    link = call.org.state.links.get(call.parts["token"])
    if link is None or link.expires <= call.org.now() or link.user_id not in call.org.state.users:
        raise InvalidToken()
    return link


def _chooser(call: Call, link: RecoveryLink, error: str, status: int = 200) -> Answer:
    user = call.org.state.users[link.user_id]
    first = link.purpose == "activation"
    return page(call, "choose", status, login=user.login, name=user.name, first=first, error=error)


def _choose(call: Call) -> Answer:
    form, link = form_of_page(call), _link(call)
    if form.get("newPassword", "") != form.get("again"):
        return _chooser(call, link, "The two passwords differ. Enter the same one twice.", 400)
    sign_ins = call.org.sign_ins
    step = sign_ins.with_link(link.value, call.cause)
    assert step.sign_in is not None
    try:
        return follow(call, sign_ins.choose_password(step.sign_in.value, form["again"], None, call.cause), "")
    except Refusal as refusal:
        if step.sign_in.value in call.org.state.sign_ins:
            sign_ins.cancel(step.sign_in.value)
        return _chooser(call, link, plain(refusal), 403)
