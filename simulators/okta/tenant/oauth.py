"""Authorization servers at work: codes, tokens, rotation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import SYSTEM_SCOPES, AuthServer
from simulators.okta.domain.log import Cause
from simulators.okta.domain.protocol_errors import OAuthRefusal
from simulators.okta.domain.sessions import Session
from simulators.okta.domain.signin_errors import AuthenticationFailed
from simulators.okta.domain.tokens import AccessToken, AuthorizationCode, RefreshToken, verifies
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import app_party, user_party
from simulators.okta.tenant.minting import Minting
from simulators.okta.tenant.tokens import as_client, event_of, refresh_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

OPENID_SCOPES = frozenset({*SYSTEM_SCOPES, "groups"})
_BAD_CODE = "The authorization code is invalid or has expired."
_BAD_REFRESH = "The refresh token is invalid or expired."
_UNASSIGNED = "User is not assigned to the client application."
_UNKNOWN_SCOPE = "One or more scopes are not configured for the authorization server resource."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How somebody signed in: what an ID token and a refresh token keep of it."""

    session_id: str | None
    at: datetime
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a request earned; the wire signs it. Without `access` only an ID token was asked for."""

    app: App
    scopes: tuple[str, ...]
    issued: datetime
    access: AccessToken | None = None
    refresh: RefreshToken | None = None
    user: User | None = None
    nonce: str = ""
    signed_in: SignedIn | None = None
    id_token: str = ""


class AuthorizationServer:
    """Issues codes and tokens for the org's own server and for custom ones."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        self.mint = Minting(org)

    def check_scopes(self, server: AuthServer, scopes: Iterable[str], okta: Iterable[str] = ()) -> None:
        """Raise OAuthRefusal unless a server knows every scope; `okta` are those that the client was granted."""
        if server.is_org:
            known = OPENID_SCOPES | set(okta)
            unknown = any(scope not in known for scope in scopes)
        else:
            unknown = any(self.org.auth_servers.named_scope(server, scope) is None for scope in scopes)
        if unknown:
            raise OAuthRefusal(400, "invalid_scope", _UNKNOWN_SCOPE)

    def admit(self, app: App, session: Session, cause: Cause) -> tuple[User, Cause]:
        """The person of a session, while assigned to the client. Raises OAuthRefusal access_denied."""
        user = self.org.state.users[session.user_id]
        cause = replace(cause, actor=user_party(user), session_id=session.id)
        if self.org.state.app_users.get(app.id, user.id) is None:
            event = "app.generic.unauth_app_access_attempt"
            self.org.log.emit(cause, event, app_party(app), result="FAILURE", reason=_UNASSIGNED)
            raise OAuthRefusal(400, "access_denied", _UNASSIGNED)
        return user, cause

    def code_for(
        self,
        server: AuthServer,
        app: App,
        session: Session,
        scopes: Iterable[str],
        redirect_uri: str,
        pkce: tuple[str, str],
        nonce: str,
        cause: Cause,
    ) -> AuthorizationCode:
        """A code for a signed-in person. Raises OAuthRefusal for somebody not assigned or not allowed by policy."""
        org, state = self.org, self.org.state
        user, cause = self.admit(app, session, cause)
        org.access_rules.terms(server, app.client_id, "authorization_code", tuple(scopes), user.id)
        org.sessions.refresh(session)
        code = AuthorizationCode(
            state.ids.base62("secret/code", 43), app.id, user.id, tuple(scopes), redirect_uri, *pkce, nonce,
            session.id, session.created, session.amr, org.now() + org.settings.code_life, server.id,
        )  # fmt: skip
        state.codes.put(code)
        event = "app.oauth2.signon" if server.is_org else "app.oauth2.as.authorize.code"
        org.log.emit(cause, event, app_party(app), user_party(user))
        org.log.emit(cause, "user.authentication.sso", app_party(app), user_party(user))
        return code

    def implicit(
        self,
        server: AuthServer,
        app: App,
        session: Session,
        scopes: tuple[str, ...],
        nonce: str,
        wants_access: bool,
        wants_id: bool,
        cause: Cause,
    ) -> Grant:
        """Tokens straight from the request to authorize, those that it wants."""
        user, cause = self.admit(app, session, cause)
        terms = self.org.access_rules.terms(server, app.client_id, "implicit", scopes, user.id)
        signed_in = SignedIn(session.id, session.created, session.amr)
        access = self.mint.access(server, app, user.id, scopes, terms.access, session.id) if wants_access else None
        id = self.mint.report(server, app, user, scopes, access, None, wants_id, "implicit", cause)
        return Grant(app, scopes, self.org.whole_second(), access, None, user, nonce, signed_in, id)

    def exchange(
        self, server: AuthServer, app: App, value: str, redirect_uri: str, verifier: str, jkt: str, cause: Cause
    ) -> Grant:
        """Tokens for a code. Raises OAuthRefusal."""
        state = self.org.state
        code = state.codes.get(value)
        if code is None or code.expires <= self.org.now() or code.server != server.id:
            raise OAuthRefusal(400, "invalid_grant", _BAD_CODE)
        if code.client_id != app.id:
            text = "The grant was issued to another client. "
            text += "Ensure that the `client_id` matches the one used at the authorize request."
            raise OAuthRefusal(400, "invalid_grant", text)
        state.codes.remove(value)
        if code.redirect_uri != redirect_uri:
            raise OAuthRefusal(400, "invalid_grant", _BAD_CODE)
        if code.challenge and not (verifier and verifies(verifier, code.challenge, code.challenge_method)):
            raise OAuthRefusal(400, "invalid_grant", "PKCE verification failed.")
        user = self._entitled(app, code.user_id)
        signed_in = SignedIn(code.session_id, code.auth_time, code.amr)
        return self._begin(server, app, user, code.scopes, code.nonce, signed_in, "authorization_code", jkt, cause)

    def password(
        self, server: AuthServer, app: App, username: str, password: str, scopes: list[str], jkt: str, cause: Cause
    ) -> Grant:
        """Tokens for a person's name and password. Raises OAuthRefusal."""
        if not scopes:
            raise OAuthRefusal(400, "invalid_scope", "The authentication request has an invalid 'scope' parameter.")
        self.check_scopes(server, scopes)
        try:
            step = self.org.sign_ins.with_password(username, password, cause)
        except AuthenticationFailed:
            raise OAuthRefusal(400, "invalid_grant", "The credentials provided were invalid.") from None
        if step.status == "PASSWORD_EXPIRED":
            raise OAuthRefusal(400, "invalid_grant", "Password has expired.")
        if step.token is None or step.user is None:
            text = "Resource owner password credentials authentication denied by sign on policy."
            raise OAuthRefusal(400, "access_denied", text)
        user = step.user
        if self.org.state.app_users.get(app.id, user.id) is None:
            raise OAuthRefusal(400, "access_denied", _UNASSIGNED)
        signed_in = SignedIn(None, self.org.whole_second(), step.token.amr)
        return self._begin(server, app, user, tuple(scopes), "", signed_in, "password", jkt, cause)

    def refresh(self, server: AuthServer, app: App, value: str, scopes: list[str], jkt: str, cause: Cause) -> Grant:
        """New tokens for a refresh token, which is used up by it where the client rotates. Raises OAuthRefusal.

        A used token still works for the client's grace period; after that its use kills the whole chain.
        """
        org, state, now = self.org, self.org.state, self.org.now()
        token, client = state.refresh_tokens.get(value), app.client
        if token is None or client is None or token.client_id != app.id or not org.tokens.refresh_alive(token):
            self._refuse_refresh(server, app, cause)
        if token.server != server.id or (token.jkt and token.jkt != jkt):
            self._refuse_refresh(server, app, cause)
        if token.used is not None and now > token.used + timedelta(seconds=client.grace_s):
            org.tokens.revoke_chain(token.chain)
            user = state.users[token.user_id]
            org.log.emit(
                as_client(cause, app), event_of(server.id, "token.detect_reuse"), user_party(user),
                refresh_party(token), result="FAILURE", reason="REFRESH_TOKEN_REUSED",
            )  # fmt: skip
            raise OAuthRefusal(400, "invalid_grant", _BAD_REFRESH)
        try:
            user = self._entitled(app, token.user_id)
            terms = org.access_rules.terms(server, app.client_id, token.grant, token.scopes, token.user_id)
        except OAuthRefusal:
            self._refuse_refresh(server, app, cause)
        if any(scope not in token.scopes for scope in scopes):
            raise OAuthRefusal(400, "invalid_scope", "The requested scopes were not part of the refresh token's grant.")
        kept = tuple(scope for scope in token.scopes if scope in scopes) if scopes else token.scopes
        if client.rotates:
            state.refresh_tokens.put(replace(token, used=token.used or now))
        after = self.mint.renewed(token, terms, client.rotates)
        access = self.mint.access(server, app, user.id, kept, terms.access, token.session_id, token.chain, jkt)
        shown = after if client.rotates else None
        id = self.mint.report(server, app, user, kept, access, shown, "openid" in kept, "refresh_token", cause)
        signed_in = SignedIn(token.session_id, token.auth_time, token.amr)
        return Grant(app, kept, access.issued, access, after, user, "", signed_in, id)

    def client_credentials(self, server: AuthServer, app: App, scopes: list[str], jkt: str, cause: Cause) -> Grant:
        """A client's own token: at the org's server with the granted part of what it asked for."""
        if not scopes and not server.is_org:
            scopes = [scope.name for scope in self.org.auth_servers.scopes(server) if scope.default]
        if not scopes:
            raise OAuthRefusal(400, "invalid_scope", "No scopes were requested.")
        if "openid" in scopes:
            raise OAuthRefusal(400, "invalid_scope", "Cannot request 'openid' scopes using client credentials.")
        if server.is_org:
            grants = set(self.org.grants.scopes_of(app.id))
            granted = tuple(dict.fromkeys(scope for scope in scopes if scope in grants))
        else:
            self.check_scopes(server, scopes)
            granted = tuple(dict.fromkeys(scopes))
        if not granted:
            raise OAuthRefusal(400, "consent_required", "You are not allowed any of the requested scopes.")
        terms = self.org.access_rules.terms(server, app.client_id, "client_credentials", granted, None)
        access = self.mint.access(server, app, None, granted, terms.access, jkt=jkt)
        self.mint.report(server, app, None, granted, access, None, False, "client_credentials", cause)
        return Grant(app, granted, access.issued, access)

    def spend(self, mark: str, expires: datetime) -> bool:
        """Note the id of a client assertion or a proof; False when it was seen before."""
        spent, now = self.org.state.spent_assertions, self.org.now()
        if spent.get(mark, now) > now:
            return False
        if len(spent) > 5000:
            for old in [key for key, end in spent.items() if end <= now]:
                del spent[old]
        spent[mark] = expires
        return True

    def _begin(
        self,
        server: AuthServer,
        app: App,
        user: User,
        scopes: tuple[str, ...],
        nonce: str,
        signed_in: SignedIn,
        grant_type: str,
        jkt: str,
        cause: Cause,
    ) -> Grant:
        """The first tokens of a person's grant; a refresh token where the scopes ask and the client may."""
        terms = self.org.access_rules.terms(server, app.client_id, grant_type, scopes, user.id)
        refresh = None
        if "offline_access" in scopes and app.client and "refresh_token" in app.client.grant_types:
            bound = jkt if app.client.auth_method == "none" else ""
            refresh = self.mint.refresh(
                server, app, user, scopes, terms, (signed_in.session_id, signed_in.at, signed_in.amr), grant_type, bound
            )
        chain = refresh.chain if refresh else None
        access = self.mint.access(server, app, user.id, scopes, terms.access, signed_in.session_id, chain, jkt)
        id = self.mint.report(server, app, user, scopes, access, refresh, "openid" in scopes, grant_type, cause)
        return Grant(app, scopes, access.issued, access, refresh, user, nonce, signed_in, id)

    def _entitled(self, app: App, user_id: str) -> User:
        """The person, while assigned and not blocked. Raises OAuthRefusal."""
        user = self.org.state.users.get(user_id)
        if user is None or self.org.tokens.blocked(user_id):
            raise OAuthRefusal(400, "invalid_grant", _BAD_REFRESH)
        if user.status is not Status.DEPROVISIONED and self.org.state.app_users.get(app.id, user_id) is None:
            raise OAuthRefusal(400, "access_denied", _UNASSIGNED)
        return user

    def _refuse_refresh(self, server: AuthServer, app: App, cause: Cause) -> NoReturn:
        event = event_of(server.id, "token.grant")
        self.org.log.emit(
            as_client(cause, app), event, app_party(app), result="FAILURE", reason="invalid_refresh_token"
        )
        raise OAuthRefusal(400, "invalid_grant", _BAD_REFRESH)
