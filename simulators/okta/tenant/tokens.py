"""Which tokens live, and what revokes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.tokens import AccessToken, RefreshToken
from simulators.okta.domain.users import Status
from simulators.okta.tenant.journal import app_party, user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


class Tokens:
    """Issued tokens, judged with the present state of their person and client."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def alive(self, token: AccessToken) -> bool:
        """Whether an access token still counts, its person's and its client's state included."""
        app = self.org.state.apps.get(token.client_id)
        if token.revoked or token.expires <= self.org.now() or app is None or not app.active:
            return False
        if token.server and not self._served(token.server):
            return False
        return token.user_id is None or not self.blocked(token.user_id)

    def refresh_alive(self, token: RefreshToken) -> bool:
        """Whether a refresh token still counts (a used one does, to be recognised as reused)."""
        if token.revoked or token.expires <= self.org.now() or (token.server and not self._served(token.server)):
            return False
        return not self.blocked(token.user_id)

    def _served(self, server_id: str) -> bool:
        server = self.org.auth_servers.of(server_id)
        return server is not None and server.active

    def revoke(self, app: App, server_id: str, value: str, jti: str | None, cause: Cause) -> None:
        """Revoke one token that a server gave a client; whatever else is given is ignored."""
        state, event = self.org.state, event_of(server_id, "token.revoke")
        refresh, access = state.refresh_tokens.get(value), state.access_tokens.get(jti) if jti else None
        if refresh is not None and (refresh.client_id, refresh.server) == (app.id, server_id):
            self.revoke_chain(refresh.chain)
            self.org.log.emit(as_client(cause, app), event, refresh_party(refresh))
        elif access is not None and (access.client_id, access.server) == (app.id, server_id):
            state.access_tokens.put(replace(access, revoked=True))
            self.org.log.emit(as_client(cause, app), event, access_party(access))

    def revoke_chain(self, chain: str) -> None:
        """Revoke every token that descends from one sign-in."""
        state = self.org.state
        for refresh in list(state.refresh_tokens.find("chain", chain)):
            state.refresh_tokens.put(replace(refresh, revoked=True))
        for access in list(state.access_tokens.find("chain", chain)):
            state.access_tokens.put(replace(access, revoked=True))

    def revoke_user(self, user_id: str, cause: Cause | None, client_id: str | None = None) -> None:
        """Revoke every token of a person, or those of one client only."""
        state = self.org.state
        for refresh in list(state.refresh_tokens.find("user", user_id)):
            if client_id in (None, refresh.client_id):
                state.refresh_tokens.put(replace(refresh, revoked=True))
        for access in list(state.access_tokens.find("user", user_id)):
            if client_id in (None, access.client_id):
                state.access_tokens.put(replace(access, revoked=True))
        for code in list(state.codes.find("user", user_id)):
            if client_id in (None, code.client_id):
                state.codes.remove(code.value)
        if cause is not None:
            self.org.log.emit(cause, "app.oauth2.token.revoke.implicit.user", user_party(state.users[user_id]))

    def revoke_client(self, client_id: str) -> None:
        """Revoke every token of a client."""
        for access in list(self.org.state.access_tokens.find("client", client_id)):
            self.org.state.access_tokens.put(replace(access, revoked=True))
        for refresh in list(self.org.state.refresh_tokens.find("client", client_id)):
            self.org.state.refresh_tokens.put(replace(refresh, revoked=True))

    def revoke_refresh(self, client_id: str, cause: Cause, server_id: str | None = None) -> None:
        """Revoke a client's refresh tokens (of one server only if named) with the access tokens they belong to.

        https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationTokens/
        """
        for refresh in self.of_client(client_id, server_id):
            self.revoke_chain(refresh.chain)
        app = self.org.state.apps.get(client_id)
        if app is not None:
            self.org.log.emit(cause, "app.oauth2.token.revoke.implicit.client", app_party(app))

    def revoke_one(self, token: RefreshToken, cause: Cause) -> None:
        """An administrator revokes one refresh token with its access tokens."""
        self.revoke_chain(token.chain)
        self.org.log.emit(cause, event_of(token.server, "token.revoke"), refresh_party(token))

    def revoke_server(self, server_id: str) -> None:
        """Revoke every token that a server issued."""
        state = self.org.state
        for refresh in [token for token in state.refresh_tokens.rows() if token.server == server_id]:
            state.refresh_tokens.put(replace(refresh, revoked=True))
        for access in [token for token in state.access_tokens.rows() if token.server == server_id]:
            state.access_tokens.put(replace(access, revoked=True))

    def refresh_tokens(self, user_id: str, client_id: str | None = None) -> list[RefreshToken]:
        """The usable refresh tokens a person has, with one client if named."""
        found = self.org.state.refresh_tokens.find("user", user_id)
        return [t for t in found if client_id in (None, t.client_id) and t.used is None and self.refresh_alive(t)]

    def of_client(self, client_id: str, server_id: str | None = None) -> list[RefreshToken]:
        """The usable refresh tokens of a client, of one server if named."""
        found = self.org.state.refresh_tokens.find("client", client_id)
        return [t for t in found if server_id in (None, t.server) and t.used is None and self.refresh_alive(t)]

    def clients_of_server(self, server_id: str) -> list[str]:
        """The clients that hold usable refresh tokens of a server."""
        rows = (t for t in self.org.state.refresh_tokens.rows() if t.server == server_id)
        return list(dict.fromkeys(t.client_id for t in rows if t.used is None and self.refresh_alive(t)))

    def one(self, id: str, client_id: str, user_id: str | None = None, server_id: str | None = None) -> RefreshToken:
        """A usable refresh token by its id, of the client, person and server named. Raises NotFound."""
        token = self.org.state.refresh_tokens.first("id", id)
        if token is None or token.client_id != client_id or token.used is not None or not self.refresh_alive(token):
            raise NotFound(id, "OAuth2RefreshTokenTx")
        if user_id not in (None, token.user_id) or server_id not in (None, token.server):
            raise NotFound(id, "OAuth2RefreshTokenTx")
        return token

    def blocked(self, user_id: str) -> bool:
        """Whether a person's status keeps tokens from working."""
        user, settings = self.org.state.users.get(user_id), self.org.settings
        return (
            user is None
            or (user.status is Status.SUSPENDED and settings.tokens_on_suspend != "keep")
            or (user.status is Status.DEPROVISIONED and settings.tokens_on_deactivate != "keep")
        )


def event_of(server_id: str, event: str) -> str:
    """The log's name for an event at the org's own server, or at a custom one.

    >>> event_of("", "token.revoke"), event_of("aus1", "token.revoke")
    ('app.oauth2.token.revoke', 'app.oauth2.as.token.revoke')
    """
    return f"app.oauth2.as.{event}" if server_id else f"app.oauth2.{event}"


def as_client(cause: Cause, app: App) -> Cause:
    """A cause with the client as its actor."""
    kind = "PublicClientAppEntity" if app.is_service else "PublicClientApp"
    alternate = "unknown" if app.is_service else app.id
    return replace(cause, actor=Party(app.id, kind, alternate, app.label))


def access_party(token: AccessToken) -> Party:
    """An access token as target."""
    detail = (("expires", token.expires), ("subject", token.user_id or token.client_id))
    return Party(token.id, "access_token", None, "Access Token", detail)


def refresh_party(token: RefreshToken) -> Party:
    """A refresh token as target."""
    detail = (("expires", token.expires), ("subject", token.user_id))
    return Party(token.id, "refresh_token", None, "Refresh Token", detail)
