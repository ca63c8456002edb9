"""Refresh tokens and scope grants of people and applications, and clients that register themselves."""

from __future__ import annotations

from typing import Any

import pytest

CLIENTS = "/oauth2/v1/clients"
WEB = {
    "client_name": "Shop",
    "client_uri": "https://shop.example",
    "application_type": "web",
    "redirect_uris": ["https://shop.example/back"],
    "post_logout_redirect_uris": ["https://shop.example/bye"],
    "response_types": ["code", "id_token"],
    "grant_types": ["authorization_code", "refresh_token", "implicit"],
    "token_endpoint_auth_method": "client_secret_post",
    "initiate_login_uri": "https://shop.example/login",
}


def test_tokens_of_people_and_applications(okta: Any) -> None:
    """A refresh token is seen from its person and its application, and revoked from both with its access tokens."""
    user = okta.new_user()
    client, cookies = okta.new_client(user), okta.session("ann@example.com")
    kept, gone = okta.tokens(client, cookies), okta.tokens(client, cookies)
    of_user, of_app = f"/api/v1/users/{user}/clients/{client[0]}/tokens", f"/api/v1/apps/{client[0]}/tokens"
    rows = okta.get(of_app).json()
    assert [row["id"] for row in rows] == [row["id"] for row in okta.get(of_user).json()]
    first, second = rows
    assert first["_links"]["revoke"]["href"].endswith(f"{of_app}/{first['id']}")
    assert (first["userId"], first["clientId"], first["status"]) == (user, client[0], "ACTIVE")
    assert okta.get(f"{of_app}/{first['id']}").json() == first
    assert okta.get(f"{of_user}/{first['id']}").json()["scopes"] == first["scopes"]
    (holder,) = okta.get(f"/api/v1/users/{user}/clients").json()
    assert (holder["client_id"], holder["client_name"]) == (client[0], "Portal")
    page = okta.get(of_app, params={"limit": 1})
    assert [row["id"] for row in okta.get(page.links["next"]["url"]).json()] == [second["id"]]
    assert okta.delete(f"{of_app}/{second['id']}").status_code == 204

    def active(tokens: dict[str, Any]) -> bool:
        return bool(okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json()["active"])

    assert (active(kept), active(gone)) == (True, False)
    missing = okta.get(f"{of_app}/{second['id']}")
    assert missing.json()["errorSummary"] == f"Not found: Resource not found: {second['id']} (OAuth2RefreshTokenTx)"
    assert okta.delete(of_app).status_code == 204
    assert not active(kept)
    assert okta.get(of_app).json() == okta.get(of_user).json() == []
    assert okta.get(f"/api/v1/users/{user}/clients/none/tokens").json()["errorSummary"].endswith("(PublicClientApp)")


def test_tokens_of_a_custom_server(okta: Any) -> None:
    """The server lists the clients that hold its refresh tokens, and expands their scopes."""
    user = okta.new_user()
    client, cookies = okta.new_client(user), okta.session("ann@example.com")
    query = {"client_id": client[0], "response_type": "code", "state": "s", "scope": "openid offline_access"}
    uri = "http://127.0.0.1/acme-portal/callback"
    headers = {"Cookie": f"sid={cookies['sid']}"}
    answer = okta.get("/oauth2/default/v1/authorize", params={**query, "redirect_uri": uri}, auth=None, headers=headers)
    code = answer.headers["location"].partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri}
    tokens = okta.form("/oauth2/default/v1/token", client, **form).json()
    other = okta.form("/oauth2/v1/token", client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert other.json()["error"] == "invalid_grant"
    where = "/api/v1/authorizationServers/default/clients"
    (holder,) = okta.get(where).json()
    assert holder["client_id"] == client[0]
    (row,) = okta.get(f"{where}/{client[0]}/tokens", params={"expand": "scope"}).json()
    assert row["issuer"].endswith("/oauth2/default")
    assert {scope["name"] for scope in row["_embedded"]["scopes"]} == {"openid", "offline_access"}
    assert "_embedded" not in okta.get(f"{where}/{client[0]}/tokens/{row['id']}").json()
    assert okta.delete(f"{where}/{client[0]}/tokens/{row['id']}").status_code == 204
    assert okta.delete(f"{where}/{client[0]}/tokens").status_code == 204
    assert okta.get(where).json() == []


def test_grants_of_an_application(okta: Any) -> None:
    """A super administrator grants and takes back Okta scopes of the org's own server."""
    app = okta.new_client()[0]
    where = f"/api/v1/apps/{app}/grants"
    body = {"scopeId": "okta.users.read", "issuer": "http://127.0.0.1:8600"}
    made = okta.post(where, body)
    assert (made.status_code, made.json()["source"], made.json()["id"][:3]) == (200, "ADMIN", "oag")
    assert okta.post(where, body).json()["id"] == made.json()["id"]
    assert okta.get(where, params={"expand": "scope"}).json() == [made.json()]
    assert okta.get(where).json() == [{name: value for name, value in made.json().items() if name != "_embedded"}]
    own = f"{where}/{made.json()['id']}"
    assert okta.get(own).json() == made.json()
    for wrong in ({**body, "issuer": "http://elsewhere"}, {**body, "scopeId": "pay"}, {"scopeId": "okta.users.read"}):
        assert okta.post(where, wrong).json()["errorCode"] == "E0000001"
    assert okta.delete(own).status_code == 204
    assert okta.get(own).status_code == 404
    user = okta.new_user()
    assert okta.get(f"/api/v1/users/{user}/grants").json() == []
    assert okta.delete(f"/api/v1/users/{user}/grants").status_code == 204
    assert okta.get(f"/api/v1/users/{user}/grants/oag1").status_code == 404
    assert okta.get(f"/api/v1/users/{user}/clients/{app}/grants").json() == []
    assert okta.delete(f"/api/v1/users/{user}/clients/{app}/grants").status_code == 204


def test_registration(okta: Any) -> None:
    """A registered client is an application; its secret shows at creation and change only, and can be renewed."""
    made = okta.post(CLIENTS, WEB)
    assert made.status_code == 201, made.text
    client = made.json()
    assert {**client, **WEB} == client
    assert client["client_secret_expires_at"] == 0
    where = f"{CLIENTS}/{client['client_id']}"
    shown = okta.get(where).json()
    assert "client_secret" not in shown
    assert okta.get(CLIENTS, params={"q": "sho"}).json() == [shown]
    settings = okta.get(f"/api/v1/apps/{client['client_id']}").json()["settings"]["oauthClient"]
    assert settings["consent_method"] == "REQUIRED"
    changed = okta.put(where, {**WEB, "client_name": "Store", "client_id": client["client_id"]}).json()
    assert (changed["client_name"], changed["client_secret"]) == ("Store", client["client_secret"])
    renewed = okta.post(f"{where}/lifecycle/newSecret").json()["client_secret"]
    assert renewed != client["client_secret"]
    pair = (client["client_id"], renewed)
    assert okta.form("/oauth2/v1/introspect", pair, token="x").status_code == 200
    old = (client["client_id"], client["client_secret"])
    assert okta.form("/oauth2/v1/introspect", old, token="x").status_code == 401
    assert okta.delete(where).status_code == 204
    assert okta.get(where).json()["errorSummary"].endswith("(PublicClientApp)")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_name": ""},
        {"client_name": 7},
        {"redirect_uris": []},
        {"redirect_uris": "https://shop.example"},
        {"application_type": "toaster"},
        {"application_type": "service"},
        {"token_endpoint_auth_method": "magic"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": "x"}},
        {"grant_types": ["client_credentials", "nothing"]},
    ],
)
def test_bad_registrations(okta: Any, changes: dict[str, Any]) -> None:
    """Metadata that no client can have is refused in OAuth's shape."""
    answer = okta.post(CLIENTS, {**WEB, **changes})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")
