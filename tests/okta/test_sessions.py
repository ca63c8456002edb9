"""Signing in, sessions, and what suspend, deactivate and clearing do to sessions and tokens."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest


def test_session_token_is_spent_once(okta: Any) -> None:
    """A session token begins one session; a session is read under its own id, linked by another."""
    okta.new_user()
    token = okta.sign_in("ann@example.com")["sessionToken"]
    body = okta.post("/api/v1/sessions", {"sessionToken": token}).json()
    assert body["id"].startswith("102")
    assert body["_links"]["self"]["href"].endswith("/sessions/me")
    assert okta.post("/api/v1/sessions", {"sessionToken": token}).status_code == 401
    again = okta.get(f"/api/v1/sessions/{body['id']}").json()
    assert again["id"] == body["id"]
    assert body["id"] not in again["_links"]["self"]["href"]
    assert okta.delete(f"/api/v1/sessions/{body['id']}").status_code == 204
    assert okta.get(f"/api/v1/sessions/{body['id']}").json()["errorCode"] == "E0000007"


def test_session_ends_by_idleness(okta: Any) -> None:
    """A session lives two hours from its last refresh and twelve at most."""
    okta.new_user()
    cookies = okta.session("ann@example.com")
    for _ in range(7):
        okta.advance(100 * 60)
        header = {"Cookie": f"idx={cookies['idx']}"}
        assert okta.post("/api/v1/sessions/me/lifecycle/refresh", auth=None, headers=header).status_code == 200
    okta.advance(30 * 60)
    assert not okta.is_signed_in(cookies)


@pytest.mark.parametrize(("operation", "setting"), list(product(("suspend", "deactivate"), ("end", "block", "keep"))))
def test_what_ends_by_itself(make_okta: Any, operation: str, setting: str) -> None:
    """The org's settings decide what suspend and deactivate do to sessions and tokens; sign-in is refused by all."""
    okta = make_okta(**{f"sessions_on_{operation}": setting, f"tokens_on_{operation}": setting})
    user = okta.new_user()
    client = okta.new_client(user)
    cookies = okta.session("ann@example.com")
    tokens = okta.tokens(client, cookies)

    def access() -> tuple[bool, bool]:
        known = okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json()
        return okta.is_signed_in(cookies), bool(known["active"])

    assert access() == (True, True)
    okta.post(f"/api/v1/users/{user}/lifecycle/{operation}")
    assert access() == ((True, True) if setting == "keep" else (False, False))
    login = {"username": "ann@example.com", "password": "Autumn-2026x"}
    assert okta.post("/api/v1/authn", login, auth=None).status_code == 401
    if operation == "suspend":
        okta.post(f"/api/v1/users/{user}/lifecycle/unsuspend")
        assert access() == ((False, False) if setting == "end" else (True, True))


def test_clearing_with_tokens(okta: Any) -> None:
    """Clearing ends sessions; only with `oauthTokens` the tokens too. One record clears, one per session ends."""
    user = okta.new_user()
    client = okta.new_client(user)
    cookies, _ = okta.session("ann@example.com"), okta.session("ann@example.com")
    tokens = okta.tokens(client, cookies)
    plain = okta.delete(f"/api/v1/users/{user}/sessions")
    assert plain.status_code == 204
    assert not okta.is_signed_in(cookies)
    assert okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json()["active"]
    request = plain.headers["x-okta-request-id"]
    types = [e["eventType"] for e in okta.events() if e["transaction"]["id"] == request]
    assert types == ["user.session.clear", "user.session.end", "user.session.end"]
    okta.delete(f"/api/v1/users/{user}/sessions?oauthTokens=true")
    assert okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json() == {"active": False}
    renewed = okta.form("/oauth2/v1/token", client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (renewed.status_code, renewed.json()["error"]) == (400, "invalid_grant")


def test_lock_out_and_unlock(okta: Any) -> None:
    """Too many wrong passwords lock; an administrator unlocks."""
    user = okta.new_user()
    for _ in range(10):
        okta.post("/api/v1/authn", {"username": "ann@example.com", "password": "wrong"}, auth=None)
    assert okta.status(user) == "LOCKED_OUT"
    okta.post(f"/api/v1/users/{user}/lifecycle/unlock")
    assert okta.sign_in("ann@example.com")["status"] == "SUCCESS"
    reasons = [e["outcome"]["reason"] for e in okta.events() if e["eventType"] == "user.session.start"]
    assert reasons[:10] == ["INVALID_CREDENTIALS"] * 10


def test_expired_password(okta: Any) -> None:
    """An expired password signs in only after it has been changed."""
    user = okta.new_user(query="?nextLogin=changePassword")
    step = okta.sign_in("ann@example.com")
    assert step["status"] == "PASSWORD_EXPIRED"
    body = {"stateToken": step["stateToken"], "oldPassword": "Autumn-2026x", "newPassword": "Winter-2026y"}
    done = okta.post("/api/v1/authn/credentials/change_password", body, auth=None)
    assert done.json()["status"] == "SUCCESS"
    assert okta.status(user) == "ACTIVE"
