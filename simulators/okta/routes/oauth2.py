"""/oauth2/v1 and /oauth2/{server}/v1: tokens, what they tell, and their end; and the well-known documents.

https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
"""

from __future__ import annotations

from simulators.okta.domain.auth_servers import AuthServer
from simulators.okta.domain.errors import InvalidToken
from simulators.okta.domain.protocol_errors import OAuthRefusal
from simulators.okta.jose import public_jwk, read_unverified, signing_key
from simulators.okta.routes.bearer import addresses, presented_token
from simulators.okta.routes.call import Answer, Call, Header
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.routes.issued import audiences, token_members
from simulators.okta.routes.oauth_clients import at_both, check_grant_type, client_of, form_of, server_of
from simulators.okta.tenant.dpop import proven_key
from simulators.okta.tenant.token_claims import claims_for
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.oauth import introspected, introspected_id, introspected_refresh, user_claims
from simulators.okta.wire.oauth_metadata import metadata, ssf_metadata

oauth2 = Endpoints("/oauth2")
well_known = Endpoints("")
_NO_STORE: list[Header] = [("Cache-Control", "no-store")]
_OWN_SCOPES = ("openid", "email", "profile", "address", "phone", "offline_access", "groups")


@well_known.on("GET", "/.well-known/openid-configuration", audience=OPEN)
@well_known.on("GET", "/oauth2/{server}/.well-known/openid-configuration", audience=OPEN)
async def openid_configuration(call: Call) -> Answer:
    """What an OpenID client needs to know."""
    return Answer(200, _metadata(call, openid=True))


@well_known.on("GET", "/.well-known/oauth-authorization-server", audience=OPEN)
@well_known.on("GET", "/oauth2/{server}/.well-known/oauth-authorization-server", audience=OPEN)
async def oauth_configuration(call: Call) -> Answer:
    """What an OAuth client needs to know."""
    return Answer(200, _metadata(call, openid=False))


@well_known.on("GET", "/.well-known/ssf-configuration", audience=OPEN)
async def ssf_configuration(call: Call) -> Answer:
    """What a receiver of security events needs to know."""
    return Answer(200, ssf_metadata(call.org.base_url))


def _metadata(call: Call, openid: bool) -> Json:
    org, server = call.org, server_of(call)
    scopes: list[str] = list(_OWN_SCOPES)
    if not server.is_org:
        scopes = [scope.name for scope in org.auth_servers.scopes(server) if scope.publish == "ALL_CLIENTS"]
    return metadata(org.base_url, server.issuer(org.base_url), scopes, openid)


@at_both(oauth2, "GET", "/keys")
async def keys(call: Call) -> Answer:
    """The keys that tokens are verified with, those of the next and of the last rotation among them."""
    org, server = call.org, server_of(call)
    rows = org.auth_servers.keys(server)
    seed = org.state.ids.random_seed
    return Answer(200, {"keys": [public_jwk(signing_key(seed, server.ordinal, number)) for number, _ in rows]})


@at_both(oauth2, "POST", "/token")
async def token(call: Call) -> Answer:
    """Tokens for a code, a refresh token, a name and password, or a client's own assertion."""
    form, oauth, server = form_of(call), call.org.oauth, server_of(call)
    kind = form.get("grant_type", "")
    if not kind:
        raise OAuthRefusal(400, "invalid_request", "The token request must specify a 'grant_type'.")
    app = await client_of(call, form)
    check_grant_type(app, server, kind)
    jkt = _proven(call, app.client.dpop_bound if app.client else False)
    scopes, cause = form.get("scope", "").split(), call.cause
    if kind == "client_credentials":
        grant = oauth.client_credentials(server, app, scopes, jkt, cause)
    elif kind == "refresh_token":
        grant = oauth.refresh(server, app, form.get("refresh_token", ""), scopes, jkt, cause)
    elif kind == "password":
        username, password = form.get("username", ""), form.get("password", "")
        grant = oauth.password(server, app, username, password, scopes, jkt, cause)
    else:
        code, uri, verifier = (form.get(name, "") for name in ("code", "redirect_uri", "code_verifier"))
        grant = oauth.exchange(server, app, code, uri, verifier, jkt, cause)
    return Answer(200, token_members(call, server, grant), _NO_STORE)


def _proven(call: Call, wanted: bool) -> str:
    """The thumbprint of the key that a token request proves to hold; empty for a bearer request."""
    proof = call.headers.get("dpop")
    if proof is None:
        if wanted:
            raise OAuthRefusal(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
        return ""
    return proven_key(call.org, proof, call.method, addresses(call.org, call.headers, call.path), None)


def _needed_token(form: dict[str, str]) -> str:
    if not form.get("token"):
        raise OAuthRefusal(400, "invalid_request", "The `token` parameter is required.")
    return form["token"]


def _own_token_id(call: Call, server: AuthServer, value: str) -> str | None:
    """The `jti` of a token that a server signed."""
    found = call.org.auth_servers.verified(value)
    return found[1] if found is not None and found[0].id == server.id else None


@at_both(oauth2, "POST", "/introspect")
async def introspect(call: Call) -> Answer:
    """Whether a token of this client lives; anything else is just not active."""
    form, org, server = form_of(call), call.org, server_of(call)
    app = await client_of(call, form)
    value, dead = _needed_token(form), Answer(200, {"active": False})
    issuer = server.issuer(org.base_url)
    refresh = org.state.refresh_tokens.get(value)
    if refresh is not None:
        of_client = (refresh.client_id, refresh.server) == (app.id, server.id)
        if not of_client or refresh.used is not None or not org.tokens.refresh_alive(refresh):
            return dead
        return Answer(200, introspected_refresh(refresh, app, org.state.users[refresh.user_id], issuer))
    jti = _own_token_id(call, server, value)
    if jti is not None and jti.startswith("ID."):
        _, claims = read_unverified(value)
        person = org.state.users.get(str(claims.get("sub")))
        late = claims.get("exp", 0) <= org.now().timestamp()
        if late or claims.get("aud") != app.client_id or person is None or org.tokens.blocked(person.id):
            return dead
        return Answer(200, introspected_id(claims, person))
    access = org.state.access_tokens.get(jti or "")
    if access is None or access.client_id != app.id or access.server != server.id or not org.tokens.alive(access):
        return dead
    user = org.state.users.get(access.user_id) if access.user_id else None
    return Answer(200, introspected(access, app, user, issuer, audiences(org, server)))


@at_both(oauth2, "POST", "/revoke")
async def revoke(call: Call) -> Answer:
    """Always 200 for a known client, also for garbage."""
    form, server = form_of(call), server_of(call)
    app = await client_of(call, form)
    value = _needed_token(form)
    call.org.tokens.revoke(app, server.id, value, _own_token_id(call, server, value), call.cause)
    return Answer(200)


@at_both(oauth2, "GET", "/userinfo")
@at_both(oauth2, "POST", "/userinfo")
async def userinfo(call: Call) -> Answer:
    """What a token's scopes tell of its person."""
    org, server = call.org, server_of(call)
    try:
        token = presented_token(org, call.headers, call.method, call.path, server.id)
    except InvalidToken:
        raise _unauthorized(401, "invalid_token", "The access token is invalid.") from None
    if token.user_id is None or "openid" not in token.scopes:
        text = "The access token provided does not contain the required scopes."
        raise _unauthorized(403, "insufficient_scope", text)
    user, app = org.state.users[token.user_id], org.state.apps[token.client_id]
    more = claims_for(org, server, "IDENTITY", app, user, token.scopes)
    return Answer(200, {"sub": user.id, **user_claims(user, token.scopes), **more})


def _unauthorized(status: int, error: str, description: str) -> OAuthRefusal:
    challenge = f'Bearer error="{error}", error_description="{description}"'
    return OAuthRefusal(status, error, description, {"WWW-Authenticate": challenge})
