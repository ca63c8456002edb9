"""The org authorization server: codes, rotation, service apps, scopes and roles."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

PORTAL = "http://127.0.0.1/acme-portal/callback"


def assertion(okta: Any, app: dict[str, Any], jti: str = "one", **changes: Any) -> str:
    now = int(okta.clock.now().timestamp())
    claims = {"iss": app["client_id"], "sub": app["client_id"], "iat": now, "exp": now + 300, "jti": jti}
    claims |= {"aud": "http://127.0.0.1:8600/oauth2/v1/token", **changes}
    key = RSAKey.import_key(app["private_jwk"])
    return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, json.dumps(claims).encode(), key)


def service_token(okta: Any, name: str, scope: str, jti: str = "one", **changes: Any) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(okta, okta.planted.service_apps[name], jti, **changes),
    }
    answer: httpx.Response = okta.ask("POST", "/oauth2/v1/token", auth=None, data=form)
    return answer


@pytest.fixture
def acme(make_okta: Any) -> Any:
    return make_okta("acme")


def test_code_with_pkce(okta: Any) -> None:
    """A code is exchanged once and only with its verifier; the tokens verify against the published keys."""
    user = okta.new_user()
    client, cookies = okta.new_client(user), okta.session("ann@example.com")
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    more = {"code_challenge": challenge, "code_challenge_method": "S256", "nonce": "n1"}

    def exchange(verifier: str) -> httpx.Response:
        code = okta.authorize(client[0], cookies, **more)["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": PORTAL, "code_verifier": verifier}
        answer: httpx.Response = okta.form("/oauth2/v1/token", client, **form)
        if answer.status_code == 200:
            assert okta.form("/oauth2/v1/token", client, **form).json()["error"] == "invalid_grant"
        return answer

    assert exchange("w" * 43).json()["error_description"] == "PKCE verification failed."
    tokens = exchange(verifier).json()
    keys = KeySet.import_key_set(okta.get("/oauth2/v1/keys", auth=None).json())
    claims = jwt.decode(tokens["id_token"], keys).claims
    assert (claims["sub"], claims["aud"], claims["nonce"], claims["amr"]) == (user, client[0], "n1", ["pwd"])
    access = jwt.decode(tokens["access_token"], keys)
    assert access.header["typ"] == "application/okta-internal-at+jwt"
    assert access.claims["exp"] - access.claims["iat"] == 3600
    info = okta.get("/oauth2/v1/userinfo", auth=f"Bearer {tokens['access_token']}")
    assert info.json()["preferred_username"] == "ann@example.com"


def test_authorize_refuses(okta: Any) -> None:
    """Without a session `login_required`; somebody not assigned is denied; a session token is a session."""
    okta.new_user("ann")
    bob = okta.new_user("bob")
    client = okta.new_client(bob)
    assert okta.authorize(client[0], None)["error"] == "login_required"
    assert okta.authorize(client[0], okta.session("ann@example.com"))["error"] == "access_denied"
    token = okta.sign_in("bob@example.com")["sessionToken"]
    assert "code" in okta.authorize(client[0], None, sessionToken=token)
    assert okta.authorize(client[0], None, sessionToken=token)["error"] == "login_required"


def test_rotation_and_reuse(okta: Any) -> None:
    """Each refresh spends the token; a spent one kills the whole chain and is reported."""
    user = okta.new_user()
    client, cookies = okta.new_client(user), okta.session("ann@example.com")
    first = okta.tokens(client, cookies)

    def refresh(token: str) -> httpx.Response:
        answer: httpx.Response = okta.form("/oauth2/v1/token", client, grant_type="refresh_token", refresh_token=token)
        return answer

    okta.advance(60)
    second = refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    okta.advance(60)
    assert refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert "app.oauth2.token.detect_reuse" in okta.types()
    known = okta.form("/oauth2/v1/introspect", client, token=second["access_token"])
    assert known.json() == {"active": False}


def test_unassigned_person_cannot_refresh(okta: Any) -> None:
    """Losing the application ends the refresh, not the access token."""
    user = okta.new_user()
    client, cookies = okta.new_client(user), okta.session("ann@example.com")
    tokens = okta.tokens(client, cookies)
    okta.delete(f"/api/v1/apps/{client[0]}/users/{user}")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert okta.form("/oauth2/v1/token", client, **form).json()["error"] == "invalid_grant"
    assert okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json()["active"]


def test_revocation(okta: Any) -> None:
    """Revoking answers 200 to everything; a refresh token takes its access tokens along; a bad secret is refused."""
    user = okta.new_user()
    client, cookies = okta.new_client(user), okta.session("ann@example.com")
    tokens = okta.tokens(client, cookies)
    assert okta.form("/oauth2/v1/revoke", client, token="garbage").status_code == 200
    assert okta.form("/oauth2/v1/revoke", client, token=tokens["refresh_token"]).content == b""
    assert okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json() == {"active": False}
    assert okta.form("/oauth2/v1/introspect", (client[0], "wrong"), token="x").json()["error"] == "invalid_client"


def test_service_app(acme: Any) -> None:
    """A service app gets the granted part of its scopes and acts under its own name."""
    answer = service_token(acme, "sailpoint-connector", "okta.users.manage okta.policies.read")
    assert answer.json()["scope"] == "okta.users.manage"
    bearer = f"Bearer {answer.json()['access_token']}"
    body = {"profile": {"login": "a@x.org", "email": "a@x.org", "firstName": "A", "lastName": "B"}}
    assert acme.post("/api/v1/users", body, auth=bearer).status_code == 200
    event = acme.events(filter='eventType eq "user.lifecycle.create"')
    acme.advance(5)
    event = acme.events(filter='eventType eq "user.lifecycle.create"')[0]
    app = acme.planted.service_apps["sailpoint-connector"]
    assert event["actor"]["type"] == "PublicClientAppEntity"
    assert (event["actor"]["id"], event["actor"]["alternateId"]) == (app["client_id"], "unknown")


def test_missing_scope_and_role(acme: Any) -> None:
    """Scope and role are both needed: the first refusal names the scope, the second does not."""
    siem = service_token(acme, "siem-collector", "okta.logs.read").json()["access_token"]
    answer = acme.get("/api/v1/groups/x", auth=f"Bearer {siem}")
    assert answer.status_code == 403
    assert 'scope="okta.groups.read", error="insufficient_scope"' in answer.headers["www-authenticate"]
    helpdesk = service_token(acme, "helpdesk-console", "okta.users.manage").json()["access_token"]
    user = acme.new_user()
    refused = acme.post(f"/api/v1/users/{user}/lifecycle/deactivate", auth=f"Bearer {helpdesk}")
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000006")
    assert "www-authenticate" not in refused.headers
    assert acme.delete(f"/api/v1/users/{user}/sessions", auth=f"Bearer {helpdesk}").status_code == 204
    boss = acme.planted.users["bg-1@acme.example"]
    assert acme.delete(f"/api/v1/users/{boss}/sessions", auth=f"Bearer {helpdesk}").status_code == 403


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        (
            {"aud": "http://elsewhere"},
            "The audience claim for client_assertion must be the endpoint invoked for the request.",
        ),
        ({"sub": "x"}, "The subject claim for client_assertion is not a valid client_id."),
        ({"iss": "x"}, "The issuer claim for client_assertion is not a valid client_id."),
        ({"exp": 1}, "The client_assertion token is expired."),
        ({"exp": 4102444800}, "The client_assertion token has an expiration too far into the future."),
        ({"exp": None}, "The client_assertion must contain the 'exp' claim as seconds since epoch."),
    ],
)
def test_bad_assertions(acme: Any, changes: dict[str, Any], description: str) -> None:
    """Each rule of client assertions has its own sentence."""
    answer = service_token(acme, "siem-collector", "okta.logs.read", **changes)
    assert (answer.status_code, answer.json()["error_description"]) == (401, description)


def test_assertion_is_used_once(acme: Any) -> None:
    """A second use of a `jti` is refused; no scope and no granted scope too."""
    assert service_token(acme, "siem-collector", "okta.logs.read").status_code == 200
    again = service_token(acme, "siem-collector", "okta.logs.read").json()
    assert again["error_description"] == "The client_assertion token has already been used."
    assert service_token(acme, "siem-collector", "", "two").json()["error"] == "invalid_scope"
    assert service_token(acme, "siem-collector", "okta.users.manage", "three").json()["error"] == "consent_required"


def test_privileged_people_need_a_factor(make_okta: Any) -> None:
    """The session policy asks members of the privileged group for a code, which works once."""
    okta = make_okta("acme")
    login = "adm.daniel.kovac@acme.example"
    step = okta.sign_in(login, okta.planted.passwords[login])
    assert step["status"] == "MFA_REQUIRED"
    factor = step["_embedded"]["factors"][0]["id"]
    body = {"stateToken": step["stateToken"], "passCode": "000000"}
    assert okta.post(f"/api/v1/authn/factors/{factor}/verify", body, auth=None).json()["errorCode"] == "E0000068"
    body["passCode"] = okta.totp(login)
    done = okta.post(f"/api/v1/authn/factors/{factor}/verify", body, auth=None).json()
    assert done["status"] == "SUCCESS"
    again = okta.sign_in(login, okta.planted.passwords[login])
    body["stateToken"] = again["stateToken"]
    assert okta.post(f"/api/v1/authn/factors/{factor}/verify", body, auth=None).json()["errorCode"] == "E0000082"
