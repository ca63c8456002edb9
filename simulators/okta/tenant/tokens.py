"""Which tokens live, and what revokes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.okta.domain.apps import App
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.tokens import AccessToken, RefreshToken
from simulators.okta.domain.users import Status
from simulators.okta.tenant.journal import user_party

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
        return token.user_id is None or not self.blocked(token.user_id)

    def refresh_alive(self, token: RefreshToken) -> bool:
        """Whether a refresh token still counts (a used one does, to be recognised as reused)."""
        return not token.revoked and token.expires > self.org.now() and not self.blocked(token.user_id)

    def revoke(self, app: App, value: str, jti: str | None, cause: Cause) -> None:
        """Revoke one token of a client; whatever else is given is ignored."""
        state = self.org.state
        if (refresh := state.refresh_tokens.get(value)) is not None and refresh.client_id == app.id:
            self.revoke_chain(refresh.chain)
            self.org.log.emit(as_client(cause, app), "app.oauth2.token.revoke", refresh_party(refresh))
        elif jti and (access := state.access_tokens.get(jti)) is not None and access.client_id == app.id:
            state.access_tokens.put(replace(access, revoked=True))
            self.org.log.emit(as_client(cause, app), "app.oauth2.token.revoke", access_party(access))

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
        """Revoke every access token of a client."""
        for access in list(self.org.state.access_tokens.find("client", client_id)):
            self.org.state.access_tokens.put(replace(access, revoked=True))
            if access.chain:
                self.revoke_chain(access.chain)

    def refresh_tokens(self, user_id: str, client_id: str) -> list[RefreshToken]:
        """The usable refresh tokens a person has with a client."""
        found = self.org.state.refresh_tokens.find("user", user_id)
        return [t for t in found if t.client_id == client_id and t.used is None and self.refresh_alive(t)]

    def blocked(self, user_id: str) -> bool:
        """Whether a person's status keeps tokens from working."""
        user, settings = self.org.state.users.get(user_id), self.org.settings
        return (
            user is None
            or (user.status is Status.SUSPENDED and settings.tokens_on_suspend != "keep")
            or (user.status is Status.DEPROVISIONED and settings.tokens_on_deactivate != "keep")
        )


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
