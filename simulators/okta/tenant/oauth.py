"""The org authorization server: codes, tokens, rotation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import OAuthRefusal
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.sessions import Session
from simulators.okta.domain.tokens import AccessToken, AuthorizationCode, RefreshToken, verifies
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import app_party, user_party
from simulators.okta.tenant.tokens import access_party, as_client, refresh_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

OPENID_SCOPES = frozenset({"openid", "profile", "email", "address", "phone", "offline_access", "groups", "device_sso"})
_BAD_CODE = OAuthRefusal(400, "invalid_grant", "The authorization code is invalid or has expired.")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token request earned; the wire signs it."""

    access: AccessToken
    refresh: RefreshToken | None = None
    user: User | None = None
    nonce: str = ""
    auth_time: datetime | None = None
    amr: tuple[str, ...] = ()


class AuthorizationServer:
    """Issues codes and tokens."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def code_for(
        self,
        app: App,
        session: Session,
        scopes: Iterable[str],
        redirect_uri: str,
        pkce: tuple[str, str],
        nonce: str,
        cause: Cause,
    ) -> AuthorizationCode:
        """A code for a signed-in person. Raises OAuthRefusal access_denied for somebody not assigned."""
        org, state = self.org, self.org.state
        user = state.users[session.user_id]
        cause = replace(cause, actor=user_party(user), session_id=session.id)
        if state.app_users.get(app.id, user.id) is None:
            reason = "User is not assigned to the client application."
            org.log.emit(
                cause, "app.generic.unauth_app_access_attempt", app_party(app), result="FAILURE", reason=reason
            )
            raise OAuthRefusal(400, "access_denied", reason)
        org.sessions.refresh(session)
        code = AuthorizationCode(
            state.ids.base62("secret/code", 43), app.id, user.id, tuple(scopes), redirect_uri, *pkce, nonce,
            session.id, session.created, session.amr, org.now() + org.settings.code_life,
        )  # fmt: skip
        state.codes.put(code)
        org.log.emit(cause, "app.oauth2.signon", app_party(app), user_party(user))
        org.log.emit(cause, "user.authentication.sso", app_party(app), user_party(user))
        return code

    def exchange(self, app: App, value: str, redirect_uri: str, verifier: str, cause: Cause) -> Grant:
        """Tokens for a code. Raises OAuthRefusal."""
        state = self.org.state
        code = state.codes.remove(value)
        if code is None or code.client_id != app.id or code.expires <= self.org.now():
            raise _refusal(_BAD_CODE)
        if code.redirect_uri != redirect_uri:
            raise _refusal(_BAD_CODE)
        if code.challenge and not (verifier and verifies(verifier, code.challenge, code.challenge_method)):
            raise OAuthRefusal(400, "invalid_grant", "PKCE verification failed.")
        user = self._entitled(app, code.user_id)
        refresh = None
        if "offline_access" in code.scopes and app.client and "refresh_token" in app.client.grant_types:
            chain = self.org.new_id("oar")
            refresh = self._refresh_token(app, user, code.scopes, chain, code.auth_time, code.amr, code.session_id)
        access = self._access(app, user.id, code.scopes, refresh.chain if refresh else None, code.session_id)
        self._report_grant(app, user, access, refresh, "openid" in code.scopes, "authorization_code", cause)
        return Grant(access, refresh, user, code.nonce, code.auth_time, code.amr)

    def refresh(self, app: App, value: str, scopes: list[str], cause: Cause) -> Grant:
        """New tokens for a refresh token, which is used up by it. A reuse kills the whole chain."""
        org, state, now = self.org, self.org.state, self.org.now()
        token, client = state.refresh_tokens.get(value), app.client
        if token is None or client is None or token.client_id != app.id or not self.org.tokens.refresh_alive(token):
            self._refuse_refresh(app, cause)
        grace = timedelta(seconds=client.grace_s)
        if token.used is not None and now > token.used + grace:
            self.org.tokens.revoke_chain(token.chain)
            user = state.users[token.user_id]
            org.log.emit(
                as_client(cause, app), "app.oauth2.token.detect_reuse", user_party(user), refresh_party(token),
                result="FAILURE", reason="REFRESH_TOKEN_REUSED",
            )  # fmt: skip
            raise OAuthRefusal(400, "invalid_grant", "The refresh token is invalid or expired.")
        try:
            user = self._entitled(app, token.user_id)
        except OAuthRefusal:
            self._refuse_refresh(app, cause)
        kept = tuple(scope for scope in token.scopes if scope in scopes) if scopes else token.scopes
        after = token
        if client.rotates:
            state.refresh_tokens.put(replace(token, used=token.used or now))
            after = self._refresh_token(
                app, user, token.scopes, token.chain, token.auth_time, token.amr, token.session_id
            )
        else:
            after = state.refresh_tokens.put(replace(token, expires=now + org.settings.refresh_idle))
        access = self._access(app, user.id, kept, token.chain, token.session_id)
        self._report_grant(
            app, user, access, after if client.rotates else None, "openid" in kept, "refresh_token", cause
        )
        return Grant(access, after, user, "", token.auth_time, token.amr)

    def client_credentials(self, app: App, scopes: list[str], cause: Cause) -> Grant:
        """A service app's own token, with the granted part of what it asked for."""
        if not scopes:
            raise OAuthRefusal(400, "invalid_scope", "No scopes were requested.")
        if "openid" in scopes:
            raise OAuthRefusal(400, "invalid_scope", "Cannot request 'openid' scopes using client credentials.")
        grants = app.client.grants if app.client else ()
        granted = tuple(dict.fromkeys(scope for scope in scopes if scope in grants))
        if not granted:
            raise OAuthRefusal(400, "consent_required", "You are not allowed any of the requested scopes.")
        access = self._access(app, None, granted, None, None)
        self._report_grant(app, None, access, None, False, "client_credentials", cause)
        return Grant(access)

    def spend_assertion(self, jti: str, expires: datetime) -> bool:
        """Note a client assertion's id; False when it was seen before."""
        spent, now = self.org.state.spent_assertions, self.org.now()
        if spent.get(jti, now) > now:
            return False
        if len(spent) > 5000:
            for old in [key for key, end in spent.items() if end <= now]:
                del spent[old]
        spent[jti] = expires
        return True

    def _entitled(self, app: App, user_id: str) -> User:
        """The person, while assigned and not blocked. Raises OAuthRefusal."""
        user = self.org.state.users.get(user_id)
        if user is None or self.org.tokens.blocked(user_id):
            raise OAuthRefusal(400, "invalid_grant", "The refresh token is invalid or expired.")
        if user.status is not Status.DEPROVISIONED and self.org.state.app_users.get(app.id, user_id) is None:
            raise OAuthRefusal(400, "access_denied", "User is not assigned to the client application.")
        return user

    def _access(
        self, app: App, user_id: str | None, scopes: tuple[str, ...], chain: str | None, session_id: str | None
    ) -> AccessToken:
        now = self.org.now().replace(microsecond=0)
        jti = "AT." + self.org.state.ids.base62("access token", 43)
        life = self.org.settings.access_life
        return self.org.state.access_tokens.put(
            AccessToken(jti, app.id, user_id, scopes, now, now + life, chain, session_id)
        )

    def _refresh_token(
        self,
        app: App,
        user: User,
        scopes: tuple[str, ...],
        chain: str,
        auth_time: datetime,
        amr: tuple[str, ...],
        session_id: str | None,
    ) -> RefreshToken:
        org, now = self.org, self.org.now()
        value = org.state.ids.base62("secret/refresh token", 43)
        return org.state.refresh_tokens.put(
            RefreshToken(
                value,
                org.new_id("oar"),
                chain,
                app.id,
                user.id,
                scopes,
                now,
                now + org.settings.refresh_idle,
                auth_time,
                amr,
                session_id,
            )
        )

    def _refuse_refresh(self, app: App, cause: Cause) -> NoReturn:
        self.org.log.emit(
            as_client(cause, app),
            "app.oauth2.token.grant",
            app_party(app),
            result="FAILURE",
            reason="invalid_refresh_token",
        )
        raise OAuthRefusal(400, "invalid_grant", "The refresh token is invalid or expired.")

    def _report_grant(
        self,
        app: App,
        user: User | None,
        access: AccessToken,
        refresh: RefreshToken | None,
        with_id: bool,
        grant_type: str,
        cause: Cause,
    ) -> None:
        method = app.client.auth_method if app.client else "none"
        debug = {"clientAuthType": method, "grantedScopes": ", ".join(access.scopes), "grantType": grant_type}
        cause = replace(as_client(cause, app), session_id=access.session_id)
        person = [user_party(user)] if user else []
        log = self.org.log
        log.emit(cause, "app.oauth2.token.grant.access_token", *person, access_party(access), debug=debug)
        if with_id:
            target = Party("ID." + access.id[3:], "id_token", None, "ID Token")
            log.emit(cause, "app.oauth2.token.grant.id_token", *person, target, debug=debug)
        if refresh is not None:
            log.emit(cause, "app.oauth2.token.grant.refresh_token", *person, refresh_party(refresh), debug=debug)


def _refusal(like: OAuthRefusal) -> OAuthRefusal:
    return OAuthRefusal(like.status, like.error, like.description)
