"""The request to authorize: response types and modes, prompts, consent, errors by redirect or page; and sign-out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

PORTAL = "http://127.0.0.1/acme-portal/callback"
BYE = "http://127.0.0.1/acme-portal/bye"
GRANTS = ["authorization_code", "implicit", "refresh_token", "password"]


def new_client(okta: Any, *users: str, method: str = "client_secret_basic", **settings: Any) -> tuple[str, str]:
    """A web client with every grant for people, assigned to some."""
    oauth = {
        "application_type": "web",
        "redirect_uris": [PORTAL],
        "post_logout_redirect_uris": [BYE],
        "response_types": ["code", "token", "id_token"],
        "grant_types": GRANTS,
        **settings,
    }
    body = {
        "name": "oidc_client",
        "label": "Portal",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": method}},
        "settings": {"oauthClient": oauth},
    }
    made = okta.post("/api/v1/apps", body)
    assert made.status_code == 200, made.text
    for user in users:
        okta.post(f"/api/v1/apps/{made.json()['id']}/users", {"id": user})
    return made.json()["id"], made.json()["credentials"]["oauthClient"].get("client_secret", "")


def ask(okta: Any, client: str, cookies: dict[str, str] | None, where: str = "v1", **more: str) -> httpx.Response:
    query = {"client_id": client, "response_type": "code", "scope": "openid", "redirect_uri": PORTAL, "state": "s1"}
    headers = {"Cookie": f"sid={cookies['sid']}"} if cookies else {}
    found: httpx.Response = okta.get(
        f"/oauth2/{where}/authorize", params={**query, "nonce": "n1", **more}, auth=None, headers=headers
    )
    return found


def back(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    where = urlsplit(answer.headers["location"])
    return dict(parse_qsl(where.fragment or where.query))


def claims_of(token: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==")))


def half_hash(value: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).decode().rstrip("=")


@pytest.fixture
def person(okta: Any) -> tuple[str, tuple[str, str], dict[str, str]]:
    user = okta.new_user()
    return user, new_client(okta, user), okta.session("ann@example.com")


def test_implicit_and_hybrid(okta: Any, person: Any) -> None:
    """Tokens come in the fragment; an ID token alone is whole, beside others it names them by hash."""
    user, client, cookies = person
    alone = back(ask(okta, client[0], cookies, response_type="id_token", scope="openid profile email"))
    assert set(alone) == {"id_token", "state"}
    claims = claims_of(alone["id_token"])
    assert (claims["sub"], claims["given_name"], claims["nonce"]) == (user, "ann", "n1")
    answer = ask(okta, client[0], cookies, response_type="code id_token token", scope="openid profile")
    assert urlsplit(answer.headers["location"]).query == ""
    all_three = back(answer)
    claims = claims_of(all_three["id_token"])
    assert claims["at_hash"] == half_hash(all_three["access_token"])
    assert claims["c_hash"] == half_hash(all_three["code"])
    assert "given_name" not in claims
    assert "access_token" in back(ask(okta, client[0], cookies, response_type="token"))


def test_response_modes(okta: Any, person: Any) -> None:
    """A form that posts itself, a message to the opener, a fragment; never tokens in a query."""
    _, client, cookies = person
    form = ask(okta, client[0], cookies, response_mode="form_post")
    assert (form.status_code, 'name="code"' in form.text) == (200, True)
    assert "postMessage" in ask(okta, client[0], cookies, response_mode="okta_post_message").text
    assert urlsplit(ask(okta, client[0], cookies, response_mode="fragment").headers["location"]).fragment
    refused = ask(okta, client[0], cookies, response_type="token", response_mode="query")
    assert back(refused)["error"] == "unsupported_response_mode"
    assert "#error=" in refused.headers["location"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "password"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"state": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid nothing"}, "invalid_scope"),
        ({"response_type": "id_token", "scope": "profile"}, "invalid_scope"),
        ({"response_type": "id_token", "nonce": ""}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"response_mode": "carrier_pigeon"}, "unsupported_response_mode"),
    ],
)
def test_errors_go_back_to_the_client(okta: Any, person: Any, changes: dict[str, str], error: str) -> None:
    """What a known client asks wrongly is told to it, with its state."""
    _, client, cookies = person
    values = back(ask(okta, client[0], cookies, **changes))
    assert values["error"] == error
    assert values.get("state", "") == changes.get("state", "s1")


def test_untrusted_addresses_get_a_page(okta: Any, person: Any) -> None:
    """An unknown client or address is not redirected to: a page for browsers, the vendor's shape for others."""
    _, client, cookies = person
    refused = ask(okta, "nobody", cookies)
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "invalid_client")
    assert refused.json()["errorSummary"] == "Invalid value for 'client_id' parameter."
    assert ask(okta, client[0], cookies, redirect_uri="http://evil").json()["errorCode"] == "invalid_request"
    page = okta.get("/oauth2/v1/authorize", auth=None, headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Invalid value" in page.text


def test_sign_in_and_come_back(okta: Any, person: Any) -> None:
    """Without a session the browser goes to sign in, with the address at which the request goes on afterwards."""
    _, client, cookies = person
    answer = ask(okta, client[0], None)
    values = back(answer)
    assert answer.headers["location"].startswith("http://127.0.0.1:8600/login/login.htm?")
    assert back(ask(okta, client[0], None, prompt="none"))["error"] == "login_required"
    headers = {"Cookie": f"sid={cookies['sid']}"}
    assert "code" in back(okta.get(values["fromURI"], auth=None, headers=headers))
    assert okta.get("/oauth2/v1/authorize/redirect?okta_key=x", auth=None).json()["errorCode"] == "invalid_request"


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "60"}])
def test_an_old_sign_in_is_not_enough(okta: Any, person: Any, changes: dict[str, str]) -> None:
    """With `prompt=login`, or a sign-in older than `max_age`, only a new one counts; a session token is new."""
    _, client, cookies = person
    okta.advance(120)
    answer = ask(okta, client[0], cookies, **changes)
    where = back(answer)["fromURI"]
    assert any("sid=; " in cookie for cookie in answer.headers.get_list("set-cookie"))
    old = okta.get(where, auth=None, headers={"Cookie": f"sid={cookies['sid']}"})
    assert "fromURI" in back(old)
    okta.advance(1)
    fresh = okta.session("ann@example.com")
    assert "code" in back(okta.get(where, auth=None, headers={"Cookie": f"sid={fresh['sid']}"}))
    token = okta.sign_in("ann@example.com")["sessionToken"]
    assert "code" in back(ask(okta, client[0], None, sessionToken=token, **changes))


def test_consent(okta: Any) -> None:
    """A client that asks for consent gets a page; the decision is kept and can be taken back."""
    user = okta.new_user()
    client, cookies = new_client(okta, user, consent_method="REQUIRED"), okta.session("ann@example.com")
    okta.post("/api/v1/authorizationServers/default/scopes", {"name": "car", "consent": "REQUIRED"})
    more = {"where": "default/v1", "scope": "openid car"}
    assert back(ask(okta, client[0], cookies, prompt="none", **more))["error"] == "consent_required"
    page = ask(okta, client[0], cookies, **more)
    assert (page.status_code, "<li>car</li>" in page.text) == (200, True)

    def decide(page: httpx.Response, decision: str) -> dict[str, str]:
        key = re.search(r'name="okta_key" value="(\w+)"', page.text)
        assert key is not None
        form = {"okta_key": key[1], "consent": decision}
        headers = {"Cookie": f"sid={cookies['sid']}"}
        answer = okta.ask("POST", "/oauth2/default/v1/authorize/redirect", auth=None, data=form, headers=headers)
        return back(answer)

    assert decide(page, "deny")["error"] == "access_denied"
    assert "code" in decide(ask(okta, client[0], cookies, **more), "allow")
    assert "code" in back(ask(okta, client[0], cookies, prompt="none", **more))
    assert "<li>car</li>" in ask(okta, client[0], cookies, prompt="consent", **more).text
    (grant,) = okta.get(f"/api/v1/users/{user}/grants").json()
    assert (grant["scopeId"], grant["source"], grant["clientId"]) == ("car", "END_USER", client[0])
    assert okta.delete(f"/api/v1/users/{user}/grants/{grant['id']}").status_code == 204
    assert back(ask(okta, client[0], cookies, prompt="none", **more))["error"] == "consent_required"
    assert "app.oauth2.as.consent.grant" in okta.types()


def test_public_client_needs_pkce_and_no_secret(okta: Any) -> None:
    """A client that cannot keep a secret proves itself by PKCE alone."""
    user = okta.new_user()
    client, cookies = new_client(okta, user, method="none", application_type="browser"), okta.session("ann@example.com")
    assert back(ask(okta, client[0], cookies))["error"] == "invalid_request"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).decode().rstrip("=")
    code = back(ask(okta, client[0], cookies, code_challenge=challenge, code_challenge_method="S256"))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": PORTAL, "client_id": client[0]}
    answer = okta.ask("POST", "/oauth2/v1/token", auth=None, data={**form, "code_verifier": "v" * 43})
    assert answer.json()["token_type"] == "Bearer"


def test_password_grant(okta: Any, person: Any) -> None:
    """Name and password earn tokens where the client may; each failure has its sentence."""
    user, client, _ = person

    def grant(password: str, **more: str) -> httpx.Response:
        form = {"grant_type": "password", "username": "ann@example.com", "password": password, "scope": "openid"}
        found: httpx.Response = okta.form("/oauth2/v1/token", client, **{**form, **more})
        return found

    assert set(grant("Autumn-2026x").json()) == {"token_type", "expires_in", "access_token", "scope", "id_token"}
    assert grant("wrong").json()["error_description"] == "The credentials provided were invalid."
    okta.post(f"/api/v1/users/{user}/lifecycle/expire_password")
    assert grant("Autumn-2026x").json()["error_description"] == "Password has expired."


def test_client_authentication(okta: Any, person: Any) -> None:
    """One way of authenticating at a time, and each wrong one has its own answer."""
    _, client, _ = person
    token = {"token": "x"}

    def send(auth: str | None = None, **form: str) -> tuple[int, str]:
        answer = okta.ask("POST", "/oauth2/v1/introspect", auth=auth, data={**token, **form})
        body = answer.json()
        return answer.status_code, body.get("error_description", body.get("error", body.get("active")))

    basic = httpx.BasicAuth(*client)._auth_header
    assert send(basic) == (200, False)
    assert send(client_id=client[0], client_secret=client[1]) == (200, False)
    assert send() == (401, "No client credentials found.")
    assert send("Basic !!!") == (401, "No client credentials found.")
    assert send(client_id="nobody", client_secret="x") == (401, "Invalid value for 'client_id' parameter.")
    status, text = send(basic, client_secret=client[1])
    assert (status, text.startswith("Can't supply multiple client credentials.")) == (400, True)
    assert send(client_assertion="x", client_assertion_type="y") == (400, "The `client_assertion_type` is invalid.")
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert send(client_assertion="x", client_assertion_type=kind)[1] == "The parsing of the client_assertion failed."
    missing = okta.ask("POST", "/oauth2/v1/introspect", auth=basic, data={})
    assert missing.json()["error_description"] == "The `token` parameter is required."
    device = okta.form("/oauth2/v1/token", client, grant_type="urn:ietf:params:oauth:grant-type:device_code")
    assert device.json()["error"] == "unsupported_grant_type"
    service = okta.form("/oauth2/v1/token", client, grant_type="client_credentials", scope="x").json()
    assert service["error"] == "invalid_client"


def test_a_secret_may_sign_instead_of_travelling(okta: Any) -> None:
    """client_secret_jwt: the client signs its assertion with the secret."""
    from joserfc import jws
    from joserfc.jwk import OctKey

    client = new_client(okta, method="client_secret_jwt")
    now = int(okta.clock.now().timestamp())
    where = "http://127.0.0.1:8600/oauth2/v1/introspect"
    claims = {"iss": client[0], "sub": client[0], "aud": where, "iat": now, "exp": now + 60, "jti": "1"}
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    for secret, status in ((client[1], 200), ("x" * 40, 401)):
        signed = jws.serialize_compact({"alg": "HS256"}, json.dumps(claims).encode(), OctKey.import_key(secret))
        form = {"token": "x", "client_assertion": signed, "client_assertion_type": kind}
        assert okta.ask("POST", "/oauth2/v1/introspect", auth=None, data=form).status_code == status


def test_sign_out(okta: Any, person: Any) -> None:
    """The ID token's person is signed out and sent on, to a registered address only; a foreign session stays."""
    _, client, cookies = person
    tokens = okta.tokens(client, cookies)
    hint = {"id_token_hint": tokens["id_token"]}

    def leave(cookies: dict[str, str], **fields: str) -> httpx.Response:
        headers = {"Cookie": f"sid={cookies['sid']}"}
        found: httpx.Response = okta.get("/oauth2/v1/logout", params=fields, auth=None, headers=headers)
        return found

    assert leave(cookies).json()["errorCode"] == "invalid_request"
    assert leave(cookies, id_token_hint="junk").status_code == 400
    assert leave(cookies, **hint, post_logout_redirect_uri="http://evil").status_code == 400
    okta.new_user("bob")
    other = okta.session("bob@example.com")
    assert leave(other, **hint).status_code == 302
    assert okta.is_signed_in(other)
    answer = leave(cookies, **hint, post_logout_redirect_uri=BYE, state="z")
    assert answer.headers["location"] == f"{BYE}?state=z"
    assert not okta.is_signed_in(cookies)
    known = okta.form("/oauth2/v1/introspect", client, token=tokens["id_token"]).json()
    assert (known["active"], known["aud"]) == (True, client[0])
