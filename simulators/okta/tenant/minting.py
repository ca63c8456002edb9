"""Making access and refresh tokens, and telling the log of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import AuthServer, Terms
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.tokens import AccessToken, RefreshToken
from simulators.okta.domain.users import User
from simulators.okta.tenant.journal import user_party
from simulators.okta.tenant.tokens import access_party, as_client, event_of, refresh_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


class Minting:
    """The records behind tokens. What is written on them is the wire's."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def access(
        self,
        server: AuthServer,
        app: App,
        user_id: str | None,
        scopes: tuple[str, ...],
        life: timedelta,
        session_id: str | None = None,
        chain: str | None = None,
        jkt: str = "",
    ) -> AccessToken:
        """An access token; `jkt` binds it to a key."""
        at = self.org.whole_second()
        jti = "AT." + self.org.state.ids.base62("access token", 43)
        token = AccessToken(jti, app.id, user_id, scopes, at, at + life, chain, session_id, server=server.id, jkt=jkt)
        return self.org.state.access_tokens.put(token)

    def refresh(
        self,
        server: AuthServer,
        app: App,
        user: User,
        scopes: tuple[str, ...],
        terms: Terms,
        signed_in: tuple[str | None, datetime, tuple[str, ...]],
        grant_type: str,
        jkt: str,
    ) -> RefreshToken:
        """The first refresh token of a chain."""
        org, now = self.org, self.org.now()
        session_id, at, amr = signed_in
        ends = now + terms.most if terms.most is not None else None
        token = RefreshToken(
            org.state.ids.base62("secret/refresh token", 43), org.new_id("oar"), org.new_id("oar"), app.id, user.id,
            scopes, now, _end(now, terms, ends), at, amr, session_id, None, False, server.id, jkt, grant_type, ends,
        )  # fmt: skip
        return org.state.refresh_tokens.put(token)

    def renewed(self, token: RefreshToken, terms: Terms, rotates: bool) -> RefreshToken:
        """The next token of a chain, or the same one with a new window where the client does not rotate."""
        org, now = self.org, self.org.now()
        expires = _end(now, terms, token.ends)
        if not rotates:
            return org.state.refresh_tokens.put(replace(token, expires=expires))
        value, id = org.state.ids.base62("secret/refresh token", 43), org.new_id("oar")
        after = replace(token, value=value, id=id, created=now, expires=expires, used=None, revoked=False)
        return org.state.refresh_tokens.put(after)

    def report(
        self,
        server: AuthServer,
        app: App,
        user: User | None,
        scopes: tuple[str, ...],
        access: AccessToken | None,
        refresh: RefreshToken | None,
        with_id: bool,
        grant_type: str,
        cause: Cause,
    ) -> str:
        """One record for each token that was given; answers the ID token's `jti`, empty when there is none."""
        method = app.client.auth_method if app.client else "none"
        debug = {"clientAuthType": method, "grantedScopes": ", ".join(scopes), "grantType": grant_type}
        cause = replace(as_client(cause, app), session_id=access.session_id if access else cause.session_id)
        person = [user_party(user)] if user else []
        log, event = self.org.log, event_of(server.id, "token.grant")
        if access is not None:
            log.emit(cause, f"{event}.access_token", *person, access_party(access), debug=debug)
        id = ""
        if with_id:
            id = "ID." + (access.id[3:] if access else self.org.state.ids.base62("id token", 43))
            log.emit(cause, f"{event}.id_token", *person, Party(id, "id_token", None, "ID Token"), debug=debug)
        if refresh is not None:
            log.emit(cause, f"{event}.refresh_token", *person, refresh_party(refresh), debug=debug)
        return id


def _end(now: datetime, terms: Terms, ends: datetime | None) -> datetime:
    idle = now + terms.idle
    return idle if ends is None else min(idle, ends)
