"""A person's own dealings with Okta: signing in, holding a session, using an app, refreshing a token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from harness.clients.answer import Answer
from harness.clients.http import Wire, expect
from harness.clock import Clock

_SIGN_IN_REFUSED = (400, 401, 403)


@dataclass(frozen=True)
class Session:
    """A signed-in browser: its cookies and the login it belongs to."""

    login: str
    device: str
    cookies: dict[str, str]


@dataclass(frozen=True)
class OidcClient:
    """A web app's registration at the org."""

    name: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """What an app holds for a person: a refresh token and the access token it got last."""

    login: str
    refresh_token: str
    access_token: str


class Browser:
    """Signs people in the way they do it themselves. Holds no state but the wire."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self.wire, self._clock = wire, clock

    def sign_in(self, login: str, password: str, device: str = "laptop", totp: str | None = None) -> Session | None:
        """Sign in with password and, where asked for, a one-time code. None when the org refuses."""
        token = self.session_token(login, password, totp)
        if token is None:
            return None
        answer = self.wire.send(
            "GET", "/login/sessionCookieRedirect", params={"token": token, "redirectUrl": self.wire.base_url}
        )
        given = answer.cookies.items() if answer.is_redirect else ()
        cookies = {name: value for name, value in given if name in ("sid", "idx") and value}
        return Session(login, device, cookies) if cookies else None

    def session_token(self, login: str, password: str, totp: str | None = None) -> str | None:
        """A one-time session token, or None when the org refuses."""
        answer = self.wire.send("POST", "/api/v1/authn", body={"username": login, "password": password})
        if answer.status_code in _SIGN_IN_REFUSED:
            return None
        body = expect(answer, "okta", 200).json()
        if body["status"] == "MFA_REQUIRED" and totp is not None:
            factor = next(f for f in body["_embedded"]["factors"] if f["factorType"] == "token:software:totp")
            code = one_time_code(totp, self._clock.now())
            verify = {"stateToken": body["stateToken"], "passCode": code}
            answer = self.wire.send("POST", f"/api/v1/authn/factors/{factor['id']}/verify", body=verify)
            if answer.status_code in _SIGN_IN_REFUSED:
                return None
            body = expect(answer, "okta", 200).json()
        return body["sessionToken"] if body["status"] == "SUCCESS" else None

    def welcome(self, activation_token: str, password: str) -> bool:
        """Follow an activation link and choose a password; False when the link is refused."""
        answer = self.wire.send("POST", "/api/v1/authn", body={"token": activation_token})
        if answer.status_code in _SIGN_IN_REFUSED:
            return False
        body = expect(answer, "okta", 200).json()
        chosen = {"stateToken": body["stateToken"], "newPassword": password}
        answer = self.wire.send("POST", "/api/v1/authn/credentials/reset_password", body=chosen)
        return answer.status_code == 200 and answer.json()["status"] == "SUCCESS"

    def alive(self, session: Session) -> bool:
        """Whether the org still serves this session's cookie."""
        answer = self.wire.send("GET", "/api/v1/sessions/me", cookies=session.cookies)
        return expect(answer, "okta", 200, 401, 403, 404).status_code == 200

    def sign_on(self, session: Session, app_link: str) -> bool:
        """Open an app from the dashboard; True when the org hands out an assertion."""
        path = app_link.removeprefix(self.wire.base_url)
        answer = self.wire.send("GET", path, cookies=session.cookies)
        return answer.status_code == 200 and "SAMLResponse" in answer.text

    def authorize(self, client: OidcClient, session: Session, verifier: str) -> Grant | None:
        """Run the code flow with PKCE in a signed-in browser. None when the org refuses the person."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "client_id": client.client_id,
            "response_type": "code",
            "scope": " ".join(client.scopes),
            "redirect_uri": client.redirect_uri,
            "state": "lifecycle",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "none",
        }
        answer = self.wire.send("GET", "/oauth2/v1/authorize", params=query, cookies=session.cookies)
        code = parse_qs(urlsplit(answer.header("location")).query).get("code", [None])[0]
        if code is None:
            return None
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": verifier,
        }
        body = expect(self._token_call(client, form), "okta", 200).json()
        return Grant(session.login, body["refresh_token"], body["access_token"])

    def refresh(self, client: OidcClient, grant: Grant) -> Grant | None:
        """Use the refresh token; None when it is refused."""
        form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "scope": " ".join(client.scopes)}
        answer = self._token_call(client, form)
        if answer.status_code in _SIGN_IN_REFUSED:
            return None
        body = expect(answer, "okta", 200).json()
        return Grant(grant.login, body.get("refresh_token", grant.refresh_token), body["access_token"])

    def introspect(self, client: OidcClient, token: str) -> bool:
        """Whether the org calls a token active."""
        answer = self.wire.send(
            "POST", "/oauth2/v1/introspect", form={"token": token}, headers={"Authorization": _basic(client)}
        )
        return bool(expect(answer, "okta", 200).json()["active"])

    def _token_call(self, client: OidcClient, form: dict[str, str]) -> Answer:
        return self.wire.send("POST", "/oauth2/v1/token", form=form, headers={"Authorization": _basic(client)})


def _basic(client: OidcClient) -> str:
    return "Basic " + base64.b64encode(f"{client.client_id}:{client.client_secret}".encode()).decode()


def one_time_code(secret: str, at: datetime) -> str:
    """The six digits of RFC 6238 for a base-32 secret at an instant.

    >>> from datetime import UTC
    >>> one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime.fromtimestamp(59, UTC))
    '287082'
    """
    padded = re.sub(r"\s", "", secret).upper()
    key = base64.b32decode(padded + "=" * (-len(padded) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at.timestamp()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
