"""Refresh tokens and scope grants: of applications under /api/v1/apps, of people under /api/v1/users.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserGrant/
"""

from __future__ import annotations

from collections.abc import Sequence

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.tokens import RefreshToken, ScopeGrant
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.grants import grant_body, holder_body, refresh_body

grants = Endpoints("/api/v1")
_USERS_READ, _USERS = "okta.users.read", "okta.users.manage"
_APPS_READ, _APPS = "okta.apps.read", "okta.apps.manage"
_GRANTS_READ, _GRANTS = "okta.appGrants.read", "okta.appGrants.manage"


def shown_token(call: Call, token: RefreshToken, path: str) -> Json:
    """A refresh token at an address, its scopes embedded when the query expands them."""
    org = call.org
    server = org.auth_servers.of(token.server) or org.auth_servers.own
    scopes = []
    if call.query.get("expand") == "scope" and not server.is_org:
        found = (org.auth_servers.named_scope(server, name) for name in token.scopes)
        scopes = [scope for scope in found if scope is not None]
    app, user = org.state.apps[token.client_id], org.state.users[token.user_id]
    return refresh_body(token, app, user, server, org.base_url, org.base_url + path, scopes)


def token_page(call: Call, tokens: Sequence[RefreshToken]) -> Answer:
    """A page of refresh tokens."""
    after = call.query.get("after")
    ids = [token.id for token in tokens]
    rows = tokens[ids.index(after) + 1 :] if after in ids else tokens
    return call.paged(
        rows, 20, 200, lambda token: shown_token(call, token, f"{call.path}/{token.id}"), lambda token: token.id
    )


def _shown_grant(call: Call, grant: ScopeGrant, path: str) -> Json:
    org = call.org
    app, user = org.state.apps.get(grant.client_id), org.state.users.get(grant.user_id or "")
    server = org.auth_servers.of(grant.server)
    return grant_body(grant, app, user, server, org.base_url, org.base_url + path)


def _grant_page(call: Call, rows: Sequence[ScopeGrant], own: str) -> Answer:
    after, wanted = call.query.get("after"), call.query.get("scopeId")
    ids = [grant.id for grant in rows]
    rows = rows[ids.index(after) + 1 :] if after in ids else rows
    kept = [grant for grant in rows if wanted in (None, grant.scope)]
    return call.paged(kept, 20, 200, lambda grant: _shown_grant(call, grant, f"{own}/{grant.id}"), lambda g: g.id)


# applications ---------------------------------------------------------------------------------------------------------


def _app(call: Call) -> App:
    return call.org.apps.find(call.parts["app"])


@grants.on("GET", "/apps/{app}/tokens", _APPS_READ, "apps.read")
async def list_app_tokens(call: Call) -> Answer:
    """The refresh tokens of an application, `expand=scope`."""
    return token_page(call, call.org.tokens.of_client(_app(call).id))


@grants.on("DELETE", "/apps/{app}/tokens", _APPS, "apps.write")
async def revoke_app_tokens(call: Call) -> Answer:
    """Revoke every refresh token of an application with the access tokens it gave."""
    call.org.tokens.revoke_refresh(_app(call).id, call.cause)
    return NO_CONTENT


@grants.on("GET", "/apps/{app}/tokens/{token}", _APPS_READ, "apps.read")
async def read_app_token(call: Call) -> Answer:
    """One refresh token."""
    return Answer(200, shown_token(call, call.org.tokens.one(call.parts["token"], _app(call).id), call.path))


@grants.on("DELETE", "/apps/{app}/tokens/{token}", _APPS, "apps.write")
async def revoke_app_token(call: Call) -> Answer:
    """Revoke one refresh token."""
    call.org.tokens.revoke_one(call.org.tokens.one(call.parts["token"], _app(call).id), call.cause)
    return NO_CONTENT


@grants.on("GET", "/apps/{app}/grants", _GRANTS_READ, "apps.read")
async def list_app_grants(call: Call) -> Answer:
    """The Okta scopes that an application was granted, `expand=scope`."""
    rows = [grant for grant in call.org.grants.of_client(_app(call).id) if grant.user_id is None]
    bodies = [_shown_grant(call, grant, f"{call.path}/{grant.id}") for grant in rows]
    if call.query.get("expand") != "scope":
        bodies = [{name: value for name, value in body.items() if name != "_embedded"} for body in bodies]
    return Answer(200, bodies)


@grants.on("POST", "/apps/{app}/grants", _GRANTS, "grants.write")
async def grant_scope(call: Call) -> Answer:
    """Let an application ask for an Okta scope: 200, as seen. Only a super administrator may."""
    app, body = _app(call), call.json()
    scope, issuer = call.need(body, "scopeId"), call.need(body, "issuer")
    if app.client is None:
        raise Invalid("appId", "appId: The application is not an OAuth 2.0 client.")
    if issuer.rstrip("/") != call.org.base_url:
        raise Invalid("issuer", "issuer: The issuer must be the org authorization server.")
    if not scope.startswith(("okta.", "ssf.")):
        raise Invalid("scopeId", f"scopeId: The scope {scope} is not an Okta scope.")
    by = call.caller.user_id or call.caller.client_id or ""
    grant = call.org.grants.by_admin(app, scope, by, call.cause)
    return Answer(200, _shown_grant(call, grant, f"{call.path}/{grant.id}"))


@grants.on("GET", "/apps/{app}/grants/{grant}", _GRANTS_READ, "apps.read")
async def read_app_grant(call: Call) -> Answer:
    """One grant of an application."""
    return Answer(200, _shown_grant(call, call.org.grants.find(call.parts["grant"], _app(call).id), call.path))


@grants.on("DELETE", "/apps/{app}/grants/{grant}", _GRANTS, "grants.write")
async def revoke_app_grant(call: Call) -> Answer:
    """Take a scope back from an application."""
    call.org.grants.revoke(call.org.grants.find(call.parts["grant"], _app(call).id), call.cause)
    return NO_CONTENT


# people ---------------------------------------------------------------------------------------------------------------


@grants.on("GET", "/users/{user}/grants", _USERS_READ, "users.read")
async def list_user_grants(call: Call) -> Answer:
    """What a person granted to clients, `scopeId`."""
    return _grant_page(call, call.org.grants.of_user(call.user().id), call.path)


@grants.on("DELETE", "/users/{user}/grants", _USERS, "users.help")
async def revoke_user_grants(call: Call) -> Answer:
    """Take back everything a person granted."""
    for grant in call.org.grants.of_user(call.changeable_user().id):
        call.org.grants.revoke(grant, call.cause)
    return NO_CONTENT


@grants.on("GET", "/users/{user}/grants/{grant}", _USERS_READ, "users.read")
async def read_user_grant(call: Call) -> Answer:
    """One grant of a person."""
    user = call.user()
    return Answer(200, _shown_grant(call, call.org.grants.find(call.parts["grant"], user_id=user.id), call.path))


@grants.on("DELETE", "/users/{user}/grants/{grant}", _USERS, "users.help")
async def revoke_user_grant(call: Call) -> Answer:
    """Take one grant of a person back."""
    user = call.changeable_user()
    call.org.grants.revoke(call.org.grants.find(call.parts["grant"], user_id=user.id), call.cause)
    return NO_CONTENT


@grants.on("GET", "/users/{user}/clients", _USERS_READ, "users.read")
async def list_user_clients(call: Call) -> Answer:
    """The clients that hold grants or refresh tokens of a person."""
    org, user = call.org, call.user()
    held = [grant.client_id for grant in org.grants.of_user(user.id)]
    held += [token.client_id for token in org.tokens.refresh_tokens(user.id)]
    where = f"{org.base_url}/api/v1/users/{user.id}/clients"
    rows = []
    for id in dict.fromkeys(held):
        if (app := org.state.apps.get(id)) is not None:
            links = {"grants": {"href": f"{where}/{id}/grants"}, "tokens": {"href": f"{where}/{id}/tokens"}}
            rows.append(holder_body(app, links))
    return Answer(200, rows)


def _client(call: Call) -> str:
    app = call.org.apps.client(call.parts["client"])
    if app is None:
        raise NotFound(call.parts["client"], "PublicClientApp")
    return app.id


@grants.on("GET", "/users/{user}/clients/{client}/grants", _USERS_READ, "users.read")
async def list_client_grants(call: Call) -> Answer:
    """What a person granted to one client."""
    user = call.user()
    rows = call.org.grants.of_user(user.id, _client(call))
    return _grant_page(call, rows, f"/api/v1/users/{user.id}/grants")


@grants.on("DELETE", "/users/{user}/clients/{client}/grants", _USERS, "users.help")
async def revoke_client_grants(call: Call) -> Answer:
    """Take back what a person granted to one client."""
    user = call.changeable_user()
    for grant in call.org.grants.of_user(user.id, _client(call)):
        call.org.grants.revoke(grant, call.cause)
    return NO_CONTENT


@grants.on("GET", "/users/{user}/clients/{client}/tokens", _USERS_READ, "users.read")
async def list_client_tokens(call: Call) -> Answer:
    """The refresh tokens a person has with a client."""
    return token_page(call, call.org.tokens.refresh_tokens(call.user().id, _client(call)))


@grants.on("DELETE", "/users/{user}/clients/{client}/tokens", _USERS, "users.help")
async def revoke_client_tokens(call: Call) -> Answer:
    """End every token a person has with a client."""
    user = call.changeable_user()
    call.org.tokens.revoke_user(user.id, call.cause, _client(call))
    return NO_CONTENT


@grants.on("GET", "/users/{user}/clients/{client}/tokens/{token}", _USERS_READ, "users.read")
async def read_client_token(call: Call) -> Answer:
    """One refresh token a person has with a client."""
    user = call.user()
    token = call.org.tokens.one(call.parts["token"], _client(call), user.id)
    return Answer(200, shown_token(call, token, call.path))


@grants.on("DELETE", "/users/{user}/clients/{client}/tokens/{token}", _USERS, "users.help")
async def revoke_client_token(call: Call) -> Answer:
    """End one refresh token with its access tokens."""
    user = call.changeable_user()
    call.org.tokens.revoke_one(call.org.tokens.one(call.parts["token"], _client(call), user.id), call.cause)
    return NO_CONTENT
