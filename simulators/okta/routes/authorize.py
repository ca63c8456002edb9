"""/oauth2/v1/authorize and /oauth2/{server}/v1/authorize: codes and tokens for people in a browser.

https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/OrgAS/#tag/OrgAS/operation/authorize
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import AuthServer, wants_consent
from simulators.okta.domain.errors import (
    Forbidden,
    Refusal,
)
from simulators.okta.domain.protocol_errors import (
    AuthorizePageError,
    OAuthRefusal,
)
from simulators.okta.domain.sessions import Session
from simulators.okta.domain.tokens import AuthorizeRequest
from simulators.okta.routes.call import Answer, Call, Header
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.routes.issued import token_members
from simulators.okta.routes.oauth_clients import at_both, form_of, server_of
from simulators.okta.routes.sessions import cookie_headers, cookie_session
from simulators.okta.wire.authorize_pages import consent_page, error_page, form_page, message_page
from simulators.okta.wire.oauth_metadata import RESPONSE_MODES, RESPONSE_TYPES

authorizing = Endpoints("/oauth2")
_HTML = "text/html;charset=utf-8"
_WAITS = timedelta(hours=1)
_PKCE = "PKCE code challenge is required when the token endpoint authentication method is 'NONE'."
_PROMPTS = ({"none"}, {"login"}, {"consent"}, {"login", "consent"}, {"enroll_authenticator"}, set[str]())
_NOT_PROMPTED = "The client specified not to prompt, but the user is not logged in."


@dataclass(slots=True)
class _Request:
    """A request to authorize whose client and address are known."""

    call: Call
    server: AuthServer
    app: App
    query: Mapping[str, str]
    uri: str
    cookies: list[Header]
    after: datetime | None = None
    consented: str = ""

    @property
    def types(self) -> list[str]:
        return sorted(self.query.get("response_type", "").split())

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.query.get("scope", "").split()))

    @property
    def prompts(self) -> set[str]:
        return set(self.query.get("prompt", "").split())


@at_both(authorizing, "GET", "/authorize")
async def authorize(call: Call) -> Answer:
    """A code, or tokens, for a signed-in person, by session token or cookie."""
    return _answer(call, call.query)


@at_both(authorizing, "POST", "/authorize")
async def authorize_by_form(call: Call) -> Answer:
    """The same, asked in a form."""
    return _answer(call, form_of(call))


@at_both(authorizing, "GET", "/authorize/redirect")
async def resume(call: Call) -> Answer:
    """Go on with a request after sign-in."""
    return _resumed(call, call.query, "")


@at_both(authorizing, "POST", "/authorize/redirect")
async def decide(call: Call) -> Answer:
    """Go on with a request after the person's decision on its scopes."""
    form = form_of(call)
    return _resumed(call, form, form.get("consent", ""))


def _resumed(call: Call, fields: Mapping[str, str], decision: str) -> Answer:
    server = server_of(call)
    waiting = call.org.state.authorize_requests.get(fields.get("okta_key", ""))
    if waiting is None or waiting.expires <= call.org.now() or waiting.server != server.id:
        return error_answer(call, AuthorizePageError("invalid_request", "The request to authorize has expired."))
    if decision in ("allow", "deny"):
        call.org.state.authorize_requests.remove(waiting.key)
    return _answer(call, dict(waiting.query), waiting, decision)


def _answer(
    call: Call, query: Mapping[str, str], waiting: AuthorizeRequest | None = None, decision: str = ""
) -> Answer:
    try:
        asked = _trusted(call, query)
    except AuthorizePageError as error:
        return error_answer(call, error)
    if waiting is not None:
        asked.after, asked.consented = waiting.after, decision
    try:
        _check(asked)
        values = _granted(asked)
    except OAuthRefusal as refusal:
        values = {"error": refusal.error, "error_description": refusal.description}
    if isinstance(values, Answer):
        return values
    return _back(asked, values)


def error_answer(call: Call, error: AuthorizePageError) -> Answer:
    """An error that must not be sent to an untrusted address: a page for a browser, else the vendor's shape."""
    if "text/html" not in call.headers.get("accept", ""):
        raise error
    return Answer(400, error_page(error.subject, error.causes[0]).encode(), media_type=_HTML)


def _trusted(call: Call, query: Mapping[str, str]) -> _Request:
    """The request, once its client and address are known to belong together. Raises AuthorizePageError."""
    app = call.org.apps.client(query.get("client_id", ""))
    if app is None or app.client is None or not app.active:
        raise AuthorizePageError("invalid_client", "Invalid value for 'client_id' parameter.")
    uri = query.get("redirect_uri", "")
    if not app.client.redirects_to(uri):
        text = "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings."
        raise AuthorizePageError("invalid_request", text)
    return _Request(call, server_of(call), app, query, uri, [])


def _check(asked: _Request) -> None:
    """Raise OAuthRefusal for what a client must not ask."""
    client, query, types = asked.app.client, asked.query, asked.types
    known = [sorted(kind.split()) for kind in RESPONSE_TYPES]
    if client is None or types not in known or not set(types) <= {*client.response_types, "code"}:
        listed = ", ".join(client.response_types) if client else ""
        text = "The response type is not supported by the authorization server. Configured response types: "
        raise OAuthRefusal(400, "unsupported_response_type", f"{text}[{listed}].")
    needed = ["authorization_code"] * ("code" in types) + ["implicit"] * bool({"token", "id_token"} & set(types))
    if any(grant not in client.grant_types for grant in needed):
        text = "The client is not authorized to use the provided grant type. Configured grant types: "
        raise OAuthRefusal(400, "unauthorized_client", f"{text}[{', '.join(client.grant_types)}].")
    mode = query.get("response_mode")
    if mode is not None and (mode not in RESPONSE_MODES or (mode == "query" and types != ["code"])):
        text = "The response mode is not supported by the authorization server for the response type."
        raise OAuthRefusal(400, "unsupported_response_mode", text)
    if "request" in query or "request_uri" in query:
        raise OAuthRefusal(400, "request_not_supported", "The 'request' parameter is not supported.")
    if not query.get("state"):
        raise _invalid("The authentication request has an invalid 'state' parameter.")
    if asked.prompts not in _PROMPTS or not query.get("max_age", "0").isdecimal():
        name = "max_age" if asked.prompts in _PROMPTS else "prompt"
        raise _invalid(f"The authentication request has an invalid '{name}' parameter.")
    if not asked.scopes or ("id_token" in types and "openid" not in asked.scopes):
        raise OAuthRefusal(400, "invalid_scope", "The authentication request has an invalid 'scope' parameter.")
    if "id_token" in types and not query.get("nonce"):
        raise _invalid("The authentication request has an invalid 'nonce' parameter.")
    org = asked.call.org
    org.oauth.check_scopes(asked.server, asked.scopes, org.grants.scopes_of(asked.app.id))
    if "code" in types and client.pkce_required and not query.get("code_challenge"):
        raise _invalid(_PKCE)
    if query.get("code_challenge_method", "S256") != "S256":
        raise _invalid("The only supported code challenge method is S256.")


def _granted(asked: _Request) -> dict[str, str] | Answer:
    """The values that go back to the client, or the page that comes before."""
    call, query, org = asked.call, asked.query, asked.call.org
    session, fresh = _session(asked)
    if session is not None and not fresh and _too_old(asked, session):
        session = None
        # the browser forgets its cookies, so that the sign-in page asks for credentials; the session itself stays
        asked.cookies.extend(("Set-Cookie", f"{name}=; Path=/; Max-Age=0") for name in ("sid", "idx"))
    if session is None:
        if "none" in asked.prompts:
            raise OAuthRefusal(400, "login_required", _NOT_PROMPTED)
        forced = bool(asked.prompts & {"login"}) or "max_age" in query
        key = _keep(asked, org.now() if forced else None)
        back = urlencode({"fromURI": f"{_base(asked)}/authorize/redirect?okta_key={key}"})
        return Answer(302, None, [("Location", f"{org.base_url}/login/login.htm?{back}"), *asked.cookies])
    try:
        factor = org.policies.wants_factor(asked.app, org.state.users[session.user_id], asked.call.cause.ip)
    except Forbidden:
        text = "Policy evaluation failed for this request, please check the policy configurations."
        raise OAuthRefusal(400, "access_denied", text) from None
    if factor and not session.with_factor:
        raise OAuthRefusal(400, "interaction_required", "The application wants a factor at every sign-on.")
    user, cause = org.oauth.admit(asked.app, session, call.cause)
    if asked.consented == "deny":
        raise OAuthRefusal(400, "access_denied", "The resource owner or authorization server denied the request.")
    if pending := _pending(asked, user.id):
        if asked.consented == "allow":
            org.grants.by_user(asked.app, user, pending, asked.server, cause)
        elif "none" in asked.prompts:
            raise OAuthRefusal(400, "consent_required", "The client specified not to prompt, but consent is required.")
        else:
            page = consent_page(asked.app.label, pending, f"{_base(asked)}/authorize/redirect", _keep(asked, None))
            return Answer(200, page.encode(), asked.cookies, _HTML)
    return _issue(asked, session)


def _issue(asked: _Request, session: Session) -> dict[str, str]:
    call, query, types = asked.call, asked.query, asked.types
    oauth, values, nonce = call.org.oauth, dict[str, str](), asked.query.get("nonce", "")
    if "code" in types:
        pkce = (query.get("code_challenge", ""), query.get("code_challenge_method", "S256"))
        code = oauth.code_for(asked.server, asked.app, session, asked.scopes, asked.uri, pkce, nonce, call.cause)
        values["code"] = code.value
    if types != ["code"]:
        grant = oauth.implicit(
            asked.server, asked.app, session, asked.scopes, nonce, "token" in types, "id_token" in types, call.cause
        )
        members = token_members(call, asked.server, grant, values.get("code", ""))
        values |= {name: str(value) for name, value in members.items()}
    return values


def _session(asked: _Request) -> tuple[Session | None, bool]:
    """The session of a session token, which is spent and makes a fresh sign-in, or of the cookie."""
    call = asked.call
    if token := asked.query.get("sessionToken"):
        try:
            session = call.org.sessions.begin(token)
        except Refusal:
            return None, False
        asked.cookies.extend(cookie_headers(session, call.org.base_url))
        return session, True
    return cookie_session(call), False


def _too_old(asked: _Request, session: Session) -> bool:
    """Whether the client wants a newer sign-in than the session's. A sign-in made for this request is new enough."""
    signed_in = max(session.password_verified, session.factor_verified or session.password_verified)
    if asked.after is not None:
        return signed_in < asked.after
    if "login" in asked.prompts:
        return True
    age = asked.query.get("max_age")
    return age is not None and asked.call.org.now() - signed_in > timedelta(seconds=min(int(age), 10**9))


def _pending(asked: _Request, user_id: str) -> list[str]:
    """The scopes that the person still has to allow the client."""
    org, prompted = asked.call.org, "consent" in asked.prompts
    method = asked.app.client.consent if asked.app.client else "TRUSTED"
    if asked.server.is_org or (method == "TRUSTED" and not prompted):
        return []
    held = org.grants.granted(asked.app, org.state.users[user_id], asked.server) if not prompted else set()
    rows = (org.auth_servers.named_scope(asked.server, name) for name in asked.scopes if name not in held)
    return [scope.name for scope in rows if scope is not None and wants_consent(prompted, method, scope.consent)]


def _keep(asked: _Request, after: datetime | None) -> str:
    """Keep a request until the browser comes back; answers its key."""
    org = asked.call.org
    query = tuple((name, value) for name, value in asked.query.items() if name != "sessionToken")
    key = org.state.ids.base62("secret/authorize request", 32)
    request = AuthorizeRequest(key, asked.server.id, query, org.now() + _WAITS, after or asked.after)
    return org.state.authorize_requests.put(request).key


def _base(asked: _Request) -> str:
    return "/oauth2/v1" if asked.server.is_org else f"/oauth2/{asked.server.slug}/v1"


def _back(asked: _Request, values: dict[str, str]) -> Answer:
    """Back to the client, in the way it asked for: tokens never in a query."""
    query, uri = asked.query, asked.uri
    default = "query" if asked.types in ([], ["code"]) else "fragment"
    mode = query.get("response_mode", default)
    if mode not in RESPONSE_MODES or (mode == "query" and asked.types != ["code"] and asked.types):
        mode = default
    if query.get("state"):
        values["state"] = query["state"]
    if mode == "form_post":
        return Answer(200, form_page(uri, values).encode(), asked.cookies, _HTML)
    if mode == "okta_post_message":
        return Answer(200, message_page(uri, values).encode(), asked.cookies, _HTML)
    mark = "#" if mode == "fragment" else "&" if "?" in uri else "?"
    return Answer(302, None, [("Location", f"{uri}{mark}{urlencode(values)}"), *asked.cookies])


def _invalid(description: str) -> OAuthRefusal:
    return OAuthRefusal(400, "invalid_request", description)
