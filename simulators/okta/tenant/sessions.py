"""Okta sessions: beginning, finding, refreshing and ending them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.log import Cause
from simulators.okta.domain.policies import at, number
from simulators.okta.domain.sessions import Session
from simulators.okta.domain.signin_errors import AuthenticationFailed
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_IDLE_MINUTES = 120


class Sessions:
    """The table of sessions. A dead session is not found, whatever its record says."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def begin(self, session_token: str) -> Session:
        """Spend a session token. Raises AuthenticationFailed for one that is unknown, spent or expired."""
        state, now = self.org.state, self.org.now()
        token = state.session_tokens.get(session_token)
        if token is None or token.expires <= now:
            raise AuthenticationFailed()
        state.session_tokens.remove(session_token)
        user = state.users.get(token.user_id)
        if user is None or self._blocked(user) or user.status is Status.DEPROVISIONED:
            raise AuthenticationFailed()
        idle, most = self._lives(user, token.ip)
        session = Session(
            id=token.session_id,
            alias="102" + state.ids.base62("session alias", 22),
            idx="idx" + state.ids.base62("secret/idx", 60),
            user_id=user.id,
            created=now,
            refreshed=now,
            expires=now + (idle if most is None else min(idle, most)),
            amr=token.amr,
            password_verified=now,
            factor_verified=now if "mfa" in token.amr else None,
            idle=idle,
            most=most,
        )
        return state.sessions.put(session)

    def find(self, id: str) -> Session:
        """The living session with an id or its alias. Raises NotFound."""
        session = self.by_cookie(id)
        if session is None or id == session.idx:
            raise NotFound(id, "AppSession")
        return session

    def by_cookie(self, value: str) -> Session | None:
        """The living session behind a `sid` or `idx` cookie."""
        if not value:
            return None
        session = self.org.state.sessions.get(value) or self.org.state.sessions.first("other", value)
        return session if session is not None and self.alive(session) else None

    def alive(self, session: Session) -> bool:
        """Whether a session still opens anything."""
        if session.expires <= self.org.now():
            return False
        user = self.org.state.users.get(session.user_id)
        return user is not None and not self._blocked(user)

    def refresh(self, session: Session) -> Session:
        """Move the end of a session on, up to its longest life."""
        now = self.org.now()
        expires = now + session.idle
        if session.most is not None:
            expires = min(expires, session.created + session.most)
        return self.org.state.sessions.put(replace(session, refreshed=now, expires=max(expires, session.expires)))

    def end(self, session: Session, cause: Cause) -> None:
        """Sign one session out."""
        self.org.state.sessions.remove(session.id)
        user = self.org.state.users[session.user_id]
        self.org.log.emit(replace(cause, session_id=session.id), "user.session.end", user_party(user))

    def of(self, user_id: str) -> Iterator[Session]:
        """The living sessions of a person."""
        return (s for s in self.org.state.sessions.find("user", user_id) if self.alive(s))

    def clear(self, user: User, cause: Cause, keep: str | None = None) -> None:
        """End every session of a person (but `keep`): one record for the clearing and one per session."""
        living = [session for session in self.of(user.id) if session.id != keep]
        for session in list(self.org.state.sessions.find("user", user.id)):
            if session.id != keep:
                self.org.state.sessions.remove(session.id)
        for token in list(self.org.state.session_tokens.find("user", user.id)):
            self.org.state.session_tokens.remove(token.value)
        self.org.log.emit(cause, "user.session.clear", user_party(user))
        for session in living:
            debug = {"sessionId": session.id}
            self.org.log.emit(cause, "user.session.end", user_party(user), debug=debug)

    def forget(self, user_id: str) -> None:
        """Somebody is deleted."""
        for session in list(self.org.state.sessions.find("user", user_id)):
            self.org.state.sessions.remove(session.id)

    def _lives(self, user: User, ip: str) -> tuple[timedelta, timedelta | None]:
        """How long a session of a person lives unused and at most, by the rule of the session policy."""
        _, rule = self.org.policy_rules.judge_user("OKTA_SIGN_ON", user, ip)
        session = at(rule.actions, "signon", "session") if rule is not None else None
        idle, most = number(session, "maxSessionIdleMinutes"), number(session, "maxSessionLifetimeMinutes")
        return timedelta(minutes=idle or _IDLE_MINUTES), timedelta(minutes=most) if most else None

    def _blocked(self, user: User) -> bool:
        settings = self.org.settings
        return (user.status is Status.SUSPENDED and settings.sessions_on_suspend != "keep") or (
            user.status is Status.DEPROVISIONED and settings.sessions_on_deactivate != "keep"
        )
