"""/oauth2/v1: the org authorization server; and the well-known documents."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import OAuthRefusal, Refusal
from simulators.okta.domain.sessions import Session
from simulators.okta.routes.call import Answer, Call, Header
from simulators.okta.routes.endpoint import OPEN, Endpoints, by_access_token
from simulators.okta.routes.oauth_clients import check_grant_type, client_of, form_of
from simulators.okta.routes.sessions import cookie_headers, cookie_session
from simulators.okta.tenant.oauth import OPENID_SCOPES, Grant
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.keys import org_key, public_jwk, sign, verified
from simulators.okta.wire.oauth import (
    ACCESS_TYPE,
    access_claims,
    id_claims,
    introspected,
    introspected_refresh,
    metadata,
    user_claims,
)

oauth2 = Endpoints("/oauth2/v1")
well_known = Endpoints("/.well-known")
_PKCE = "PKCE code challenge is required when the token endpoint authentication method is 'NONE'."
_NO_STORE: list[Header] = [("Cache-Control", "no-store")]


@well_known.on("GET", "/openid-configuration", audience=OPEN)
async def openid_configuration(call: Call) -> Answer:
    """What an OpenID client needs to know."""
    return Answer(200, metadata(call.org.base_url, openid=True))


@well_known.on("GET", "/oauth-authorization-server", audience=OPEN)
async def oauth_configuration(call: Call) -> Answer:
    """What an OAuth client needs to know."""
    return Answer(200, metadata(call.org.base_url, openid=False))


@oauth2.on("GET", "/keys", audience=OPEN)
async def keys(call: Call) -> Answer:
    """The keys that tokens are verified with."""
    return Answer(200, {"keys": [public_jwk(org_key(call.org.state.ids.random_seed))]})


@oauth2.on("GET", "/authorize", audience=OPEN)
async def authorize(call: Call) -> Answer:
    """A code for a signed-in person, by session token or cookie."""
    query, org = call.query, call.org
    app = org.apps.client(query.get("client_id", ""))
    if app is None or app.client is None or not app.active:
        raise OAuthRefusal(400, "invalid_client", "Invalid value for 'client_id' parameter.")
    uri = query.get("redirect_uri", "")
    if uri not in app.client.redirect_uris:
        text = "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings."
        raise OAuthRefusal(400, "invalid_request", text)
    cookies: list[Header] = []
    try:
        scopes = _authorizable(app, query)
        session = _session(call, cookies)
        if session is None:
            if query.get("prompt") == "none":
                raise OAuthRefusal(
                    400, "login_required", "The client specified not to prompt, but the user is not logged in."
                )
            back = urlencode({"fromURI": f"{call.path}?{urlencode(query)}"})
            return Answer(302, None, [("Location", f"{org.base_url}/login/login.htm?{back}")])
        if app.wants_factor and not session.with_factor:
            raise OAuthRefusal(400, "interaction_required", "The application wants a factor at every sign-on.")
        pkce = (query.get("code_challenge", ""), query.get("code_challenge_method", "S256"))
        code = org.oauth.code_for(app, session, scopes, uri, pkce, query.get("nonce", ""), call.cause)
        values = {"code": code.value}
    except OAuthRefusal as refusal:
        values = {"error": refusal.error, "error_description": refusal.description}
    if "state" in query:
        values["state"] = query["state"]
    return _back(uri, query.get("response_mode", "query"), values, cookies)


def _authorizable(app: App, query: Mapping[str, str]) -> list[str]:
    client = app.client
    if query.get("response_type") != "code":
        raise OAuthRefusal(
            400, "unsupported_response_type", "The response type is not supported by the authorization server."
        )
    if client is None or "authorization_code" not in client.grant_types:
        raise OAuthRefusal(400, "unauthorized_client", "The client is not authorized to use the provided grant type.")
    scopes = str(query.get("scope", "")).split()
    if not scopes:
        raise OAuthRefusal(400, "invalid_scope", "The authentication request has an invalid 'scope' parameter.")
    known = OPENID_SCOPES | set(client.grants)
    if any(scope not in known for scope in scopes):
        text = "One or more scopes are not configured for the authorization server resource."
        raise OAuthRefusal(400, "invalid_scope", text)
    if client.pkce_required and not query.get("code_challenge"):
        raise OAuthRefusal(
            400,
            "invalid_request",
            _PKCE,
        )
    if query.get("code_challenge_method", "S256") not in ("S256",):
        raise OAuthRefusal(400, "invalid_request", "The only supported code challenge method is S256.")
    return scopes


def _session(call: Call, cookies: list[Header]) -> Session | None:
    """The session of a session token, which is spent, or of the cookie."""
    if token := call.query.get("sessionToken"):
        try:
            session = call.org.sessions.begin(token)
        except Refusal:
            return None
        cookies.extend(cookie_headers(session, call.org.base_url))
        return session
    return cookie_session(call)


def _back(uri: str, mode: str, values: dict[str, str], cookies: list[Header]) -> Answer:
    if mode == "form_post":
        fields = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}"/>' for k, v in values.items())
        page = f'<!DOCTYPE html><html><body><form method="post" action="{escape(uri)}">{fields}</form></body></html>'
        return Answer(200, page.encode(), cookies, "text/html;charset=utf-8")
    mark = "#" if mode == "fragment" else "&" if "?" in uri else "?"
    return Answer(302, None, [("Location", f"{uri}{mark}{urlencode(values)}"), *cookies])


@oauth2.on("POST", "/token", audience=OPEN)
async def token(call: Call) -> Answer:
    """Tokens for a code, a refresh token or a client's own assertion."""
    form, oauth = form_of(call), call.org.oauth
    kind = form.get("grant_type", "")
    if not kind:
        raise OAuthRefusal(400, "invalid_request", "The token request must specify a 'grant_type'.")
    app = client_of(call, form)
    check_grant_type(app, kind)
    scopes = form.get("scope", "").split()
    if kind == "client_credentials":
        grant = oauth.client_credentials(app, scopes, call.cause)
    elif kind == "refresh_token":
        grant = oauth.refresh(app, form.get("refresh_token", ""), scopes, call.cause)
    else:
        verifier = form.get("code_verifier", "")
        grant = oauth.exchange(app, form.get("code", ""), form.get("redirect_uri", ""), verifier, call.cause)
    return Answer(200, _token_body(call, grant), _NO_STORE)


def _token_body(call: Call, grant: Grant) -> Json:
    org, access = call.org, grant.access
    key = org_key(org.state.ids.random_seed)
    signed = sign(access_claims(access, grant.user, org.base_url), key, ACCESS_TYPE)
    body: Json = {
        "token_type": "Bearer",
        "expires_in": int((access.expires - access.issued).total_seconds()),
        "access_token": signed,
        "scope": " ".join(access.scopes),
    }
    if grant.refresh is not None:
        body["refresh_token"] = grant.refresh.value
    if grant.user is not None and "openid" in access.scopes:
        claims = id_claims(access, grant.user, org.base_url, grant.nonce, grant.auth_time, grant.amr, signed)
        body["id_token"] = sign(claims, key, None)
    return body


@oauth2.on("POST", "/introspect", audience=OPEN)
async def introspect(call: Call) -> Answer:
    """Whether a token of this client lives; anything else is just not active."""
    form, org = form_of(call), call.org
    app = client_of(call, form)
    value, dead = form.get("token", ""), Answer(200, {"active": False})
    refresh = org.state.refresh_tokens.get(value)
    if refresh is not None:
        if refresh.client_id != app.id or refresh.used is not None or not org.tokens.refresh_alive(refresh):
            return dead
        return Answer(200, introspected_refresh(refresh, org.state.users[refresh.user_id], org.base_url))
    access = org.state.access_tokens.get(verified(value, org.state.ids.random_seed) or "")
    if access is None or access.client_id != app.id or not org.tokens.alive(access):
        return dead
    user = org.state.users.get(access.user_id) if access.user_id else None
    return Answer(200, introspected(access, user, org.base_url))


@oauth2.on("POST", "/revoke", audience=OPEN)
async def revoke(call: Call) -> Answer:
    """Always 200 for a known client, also for garbage."""
    form = form_of(call)
    app = client_of(call, form)
    value = form.get("token", "")
    call.org.tokens.revoke(app, value, verified(value, call.org.state.ids.random_seed), call.cause)
    return Answer(200)


@oauth2.on("GET", "/userinfo", audience=OPEN)
@oauth2.on("POST", "/userinfo", audience=OPEN)
async def userinfo(call: Call) -> Answer:
    """What a token's scopes tell of its person."""
    org = call.org
    text = call.headers.get("authorization", "").removeprefix("Bearer").strip()
    try:
        caller = by_access_token(org, text)
    except Refusal:
        raise OAuthRefusal(401, "invalid_token", "The access token is invalid.") from None
    if caller.user_id is None or "openid" not in (caller.scopes or ()):
        raise OAuthRefusal(403, "insufficient_scope", "The access token provided does not contain the required scopes.")
    user = org.state.users[caller.user_id]
    return Answer(200, {"sub": user.id, **user_claims(user, tuple(caller.scopes or ()))})


@oauth2.on("GET", "/logout", audience=OPEN)
async def logout(call: Call) -> Answer:
    """End the browser's session and go back to the client."""
    session = cookie_session(call)
    if session is not None:
        call.org.sessions.end(session, call.cause)
    target = call.query.get("post_logout_redirect_uri") or f"{call.org.base_url}/login/login.htm"
    if "state" in call.query:
        target += ("&" if "?" in target else "?") + urlencode({"state": call.query["state"]})
    return Answer(302, None, [("Location", target)])
