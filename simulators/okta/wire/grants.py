"""Refresh tokens, scope grants and the clients that hold them as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationTokens/
"""

from __future__ import annotations

from collections.abc import Iterable

from simulators.kernel.times import iso
from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import AuthServer, Scope
from simulators.okta.domain.tokens import RefreshToken, ScopeGrant
from simulators.okta.domain.users import User
from simulators.okta.wire.bodies import Json


def refresh_body(
    token: RefreshToken, app: App, user: User, server: AuthServer, base_url: str, own: str, scopes: Iterable[Scope] = ()
) -> Json:
    """A refresh token. `own` is the address it is looked at; `scopes` are embedded when the caller expands them."""
    links: Json = {
        "app": _titled(f"{base_url}/api/v1/apps/{app.id}", app.label),
        "self": {"href": own},
        "revoke": {"href": own, "hints": {"allow": ["DELETE"]}},
        "client": _titled(f"{base_url}/oauth2/v1/clients/{app.client_id}", app.label),
        "user": _titled(f"{base_url}/api/v1/users/{user.id}", user.name),
    }
    if not server.is_org:
        links["authorizationServer"] = _titled(_where(server, base_url), server.name)
    embedded = [_embedded_scope(scope, server, base_url) for scope in scopes]
    return {
        "id": token.id,
        "status": "ACTIVE",
        "created": iso(token.created),
        "lastUpdated": iso(token.created),
        "expiresAt": iso(token.expires),
        "issuer": server.issuer(base_url),
        "clientId": app.client_id,
        "userId": token.user_id,
        "scopes": list(token.scopes),
        **({"_embedded": {"scopes": embedded}} if embedded else {}),
        "_links": links,
    }


def _embedded_scope(scope: Scope, server: AuthServer, base_url: str) -> Json:
    title = scope.display_name or scope.name
    return {
        "id": scope.id,
        "name": scope.name,
        "displayName": title,
        "description": scope.description,
        "_links": {"scope": _titled(f"{_where(server, base_url)}/scopes/{scope.id}", title)},
    }


def grant_body(
    grant: ScopeGrant, app: App | None, user: User | None, server: AuthServer | None, base_url: str, own: str
) -> Json:
    """A scope grant: an administrator's to an application, or a person's."""
    label, client_id = (app.label, app.client_id) if app else (grant.client_id, grant.client_id)
    links: Json = {
        "app": _titled(f"{base_url}/api/v1/apps/{grant.client_id}", label),
        "self": {"href": own, "hints": {"allow": ["GET", "DELETE"]}},
        "client": _titled(f"{base_url}/oauth2/v1/clients/{client_id}", label),
    }
    if user is not None:
        links["user"] = _titled(f"{base_url}/api/v1/users/{user.id}", user.name)
    if server is not None and not server.is_org:
        links["authorizationServer"] = _titled(_where(server, base_url), server.name)
    return {
        "id": grant.id,
        "status": "ACTIVE",
        "created": iso(grant.created),
        "createdBy": {"id": grant.created_by, "type": "User"},
        "lastUpdated": iso(grant.last_updated),
        "issuer": server.issuer(base_url) if server is not None else base_url,
        "clientId": client_id,
        **({"userId": grant.user_id} if grant.user_id else {}),
        "scopeId": grant.scope,
        "source": grant.source,
        "_embedded": {"scope": {"id": grant.scope}},
        "_links": links,
    }


def holder_body(app: App, links: Json) -> Json:
    """A client that holds grants or tokens."""
    settings = app.body.get("settings", {}).get("oauthClient", {}) if isinstance(app.body.get("settings"), dict) else {}
    return {
        "client_id": app.client_id,
        "client_name": app.label,
        "client_uri": settings.get("client_uri"),
        "logo_uri": settings.get("logo_uri"),
        "_links": links,
    }


def _where(server: AuthServer, base_url: str) -> str:
    return f"{base_url}/api/v1/authorizationServers/{server.slug}"


def _titled(href: str, title: str) -> Json:
    return {"href": href, "title": title}
