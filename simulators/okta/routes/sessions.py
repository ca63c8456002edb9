"""/api/v1/sessions, and the pages that set and read the session cookie."""

from __future__ import annotations

import base64
from html import escape
from urllib.parse import urlencode

from simulators.kernel.times import iso
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Forbidden, NotFound, NotWellFormed
from simulators.okta.domain.log import Cause
from simulators.okta.domain.sessions import Session
from simulators.okta.domain.users import User
from simulators.okta.routes.call import NO_CONTENT, Answer, Call, Header
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.routes.page_answers import for_people, page
from simulators.okta.tenant.journal import app_party, user_party
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.pages import HOME, SIGN_IN, origin_of, place_within
from simulators.okta.wire.sessions import session_body

sessions = Endpoints("/api/v1/sessions")
pages = Endpoints("")
_READ, _MANAGE = "okta.sessions.read", "okta.sessions.manage"


def _body(call: Call, session: Session, own: str) -> Json:
    idp = call.org.state.identity_provider if own != "me" or call.method == "POST" else None
    mfa = call.org.factors.any_of(session.user_id)
    return session_body(session, call.org.state.users[session.user_id], call.org.base_url, idp, own, mfa)


@sessions.on("POST", "")
async def create_session(call: Call) -> Answer:
    """Spend a session token."""
    if call.caller.kind != "api_token":
        raise Forbidden()
    token = call.json().get("sessionToken")
    if not isinstance(token, str):
        raise NotWellFormed()
    return Answer(200, _body(call, call.org.sessions.begin(token), "me"))


@sessions.on("GET", "/me", audience=OPEN)
async def read_my_session(call: Call) -> Answer:
    """The session of the cookie."""
    return Answer(200, _body(call, _by_cookie(call), "me"))


@sessions.on("DELETE", "/me", audience=OPEN)
async def end_my_session(call: Call) -> Answer:
    """Sign out."""
    session = _by_cookie(call)
    call.org.sessions.end(session, _as_user(call, session))
    return NO_CONTENT


@sessions.on("POST", "/me/lifecycle/refresh", audience=OPEN)
async def refresh_my_session(call: Call) -> Answer:
    """Stay signed in."""
    session = call.org.sessions.refresh(_by_cookie(call))
    if call.headers.get("prefer") == "return=minimal":
        return NO_CONTENT
    return Answer(200, _body(call, session, "me"))


@sessions.on("GET", "/{session}", _READ, "sessions")
async def read_session(call: Call) -> Answer:
    """One session; its links carry its other id."""
    session = call.org.sessions.find(call.parts["session"])
    return Answer(200, {**_body(call, session, session.alias), "id": call.parts["session"]})


@sessions.on("DELETE", "/{session}", _MANAGE, "sessions")
async def end_session(call: Call) -> Answer:
    """End one session."""
    call.org.sessions.end(call.org.sessions.find(call.parts["session"]), call.cause)
    return NO_CONTENT


@sessions.on("POST", "/{session}/lifecycle/refresh", _MANAGE, "sessions")
async def refresh_session(call: Call) -> Answer:
    """Move the end of a session on."""
    session = call.org.sessions.refresh(call.org.sessions.find(call.parts["session"]))
    return Answer(200, {**_body(call, session, session.alias), "id": call.parts["session"]})


def cookie_session(call: Call) -> Session | None:
    """The living session of the cookies that came along."""
    for name in ("idx", "sid"):
        if (value := call.cookies.get(name)) and (session := call.org.sessions.by_cookie(value)) is not None:
            return session
    return None


def cookie_headers(session: Session, base_url: str) -> list[Header]:
    """Both session cookies; `Secure` over TLS only."""
    secure = "; Secure" if base_url.startswith("https:") else ""
    pairs = (("sid", session.id), ("idx", session.idx))
    return [("Set-Cookie", f"{name}={value}; Path=/; HttpOnly{secure}; SameSite=Lax") for name, value in pairs]


def _by_cookie(call: Call) -> Session:
    session = cookie_session(call)
    if session is None:
        raise NotFound("me", "AppSession")
    return session


def _as_user(call: Call, session: Session) -> Cause:
    return Cause(
        user_party(call.org.state.users[session.user_id]), call.cause.transaction, "WEB", call.cause.request, session.id
    )


@pages.on("GET", "/login/sessionCookieRedirect", audience=OPEN)
async def cookie_redirect(call: Call) -> Answer:
    """Spend a session token for a cookie and go on."""
    target = call.query.get("redirectUrl") or f"{call.org.base_url}{HOME}"
    session = call.org.sessions.begin(call.query.get("token", ""))
    return Answer(302, None, [("Location", target), *cookie_headers(session, call.org.base_url)])


@pages.on("GET", "/login/signout", audience=OPEN)
async def sign_out(call: Call) -> Answer:
    """Sign out in the browser."""
    if (session := cookie_session(call)) is not None:
        call.org.sessions.end(session, _as_user(call, session))
    target = f"{call.org.base_url}{place_within(call.query.get('fromURI', ''), call.org.base_url) or SIGN_IN}"
    gone = [("Set-Cookie", f"{name}=; Path=/; Max-Age=0") for name in ("sid", "idx")]
    return Answer(302, None, [("Location", target), *gone])


@pages.on("GET", "/home/{name}/{app}/{link}", audience=OPEN)
@for_people
async def open_tile(call: Call) -> Answer:
    """Open an application from the dashboard."""
    return _sign_on(call)


@pages.on("GET", "/app/{name}/{app}/sso/saml", audience=OPEN)
@for_people
async def open_saml(call: Call) -> Answer:
    """Open an application by SAML."""
    return _sign_on(call)


def _sign_on(call: Call) -> Answer:
    """Sign a person on to an application, or refuse: to sign-in, to a factor, or 403."""
    org = call.org
    app, session = org.apps.find(call.parts["app"]), cookie_session(call)
    if app.name != call.parts["name"]:
        raise NotFound(app.id, "AppInstance")
    if session is None:
        return Answer(302, None, [("Location", f"{org.base_url}{SIGN_IN}?{urlencode({'fromURI': call.path})}")])
    user, cause = org.state.users[session.user_id], _as_user(call, session)
    if not app.active or org.state.app_users.get(app.id, user.id) is None:
        reason = "User attempted unauthorized access to app"
        org.log.emit(
            cause,
            "app.generic.unauth_app_access_attempt",
            app_party(app),
            user_party(user),
            result="FAILURE",
            reason=reason,
        )
        raise Forbidden()
    if org.policies.wants_factor(app, user, cause.ip) and not session.with_factor:
        sign_in = org.sign_ins.step_up(user, session.id, app, cause)
        onward = urlencode({"fromURI": call.path, "stateToken": sign_in.value})
        return Answer(302, None, [("Location", f"{org.base_url}/login/step-up/redirect?{onward}")])
    org.log.emit(
        cause,
        "policy.evaluate_sign_on",
        user_party(user),
        app_party(app),
        result="ALLOW",
        reason="Sign-on policy evaluation resulted in ALLOW",
    )
    org.log.emit(cause, "user.authentication.sso", app_party(app), user_party(user))
    org.sessions.refresh(session)
    return _assertion_page(call, app, user)


def _assertion_page(call: Call, app: App, user: User) -> Answer:
    """The page that posts an assertion to the application. The assertion is not signed: it is evidence of use only."""
    at = call.org.now()
    xml = (
        '<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0" '
        f'ID="id{call.cause.transaction}" IssueInstant="{iso(at)}">'
        '<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0">'
        f"<saml2:Issuer>http://www.okta.com/{app.id}</saml2:Issuer>"
        f"<saml2:Subject><saml2:NameID>{escape(user.login)}</saml2:NameID></saml2:Subject>"
        "</saml2:Assertion></saml2p:Response>"
    )
    acs = str(app.body.get("settings", {}).get("signOn", {}).get("ssoAcsUrl") or "")
    target = acs if origin_of(acs) else f"http://127.0.0.1/{app.id}/acs"
    return page(
        call, "opened", posts_to=origin_of(target), app=app.label, login=user.login, target=target,
        response=base64.b64encode(xml.encode()).decode(),
    )  # fmt: skip
