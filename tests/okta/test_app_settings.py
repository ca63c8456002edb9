"""What applications of each kind are set to: single sign-on, credentials of people, clients and their keys."""

from __future__ import annotations

from typing import Any

import pytest

_URL = "https://wiki.example.com/"


def made(okta: Any, **body: Any) -> dict[str, Any]:
    answer = okta.post("/api/v1/apps", {"label": "Wiki", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_custom_saml(okta: Any) -> None:
    """The wizard's SAML application shows every setting; what was given stands, unknown settings are kept."""
    given = {"ssoAcsUrl": _URL, "audience": "wiki", "responseSigned": False, "somethingNew": 1}
    body = made(okta, signOnMode="SAML_2_0", settings={"signOn": given})
    sign_on = body["settings"]["signOn"]
    assert given.items() <= sign_on.items()
    assert (sign_on["assertionSigned"], sign_on["digestAlgorithm"], sign_on["attributeStatements"]) == (
        True, "SHA256", [],
    )  # fmt: skip
    assert body["_links"]["help"]["href"].endswith("/setup/help/SAML_2_0/instructions")
    assert made(okta, signOnMode="SAML_2_0")["name"] == "example_wiki_2"


def test_custom_saml_completed(okta: Any) -> None:
    """Logout's issuer is the provider's, certificates stand in lines, hooks get links, empty overrides are dropped."""
    given = {
        "defaultRelayState": "",
        "audienceOverride": "",
        "slo": {"enabled": True, "issuer": "urn:wiki", "logoutUrl": _URL},
        "spCertificate": {"x5c": ["A" * 100]},
        "inlineHooks": [{"id": "cal1"}],
    }
    body = made(okta, signOnMode="SAML_2_0", settings={"signOn": given})
    sign_on = body["settings"]["signOn"]
    assert (sign_on["defaultRelayState"], "audienceOverride" in sign_on, sign_on["spIssuer"]) == ("", False, "urn:wiki")
    assert sign_on["spCertificate"] == {"x5c": [f"{'A' * 76}\r\n{'A' * 24}\r\n"]}
    [hook] = sign_on["inlineHooks"]
    assert (hook["id"], hook["_links"]["self"]["hints"]) == ("cal1", {"allow": ["GET", "PUT", "DELETE"]})
    assert hook["_links"]["self"]["href"].endswith("/api/v1/inlineHooks/cal1")
    again = okta.put(f"/api/v1/apps/{body['id']}", {"label": "Wiki", "settings": {"signOn": sign_on}}).json()
    assert again["settings"] == body["settings"]
    for wrong in ({"inlineHooks": ["cal1"]}, {"spCertificate": {"x5c": "A"}}, {"slo": 1}):
        refused = okta.post("/api/v1/apps", {"label": "W", "signOnMode": "SAML_2_0", "settings": {"signOn": wrong}})
        assert (refused.status_code, refused.json()["errorCode"]) == (400, "E0000003")


def test_catalogue(okta: Any) -> None:
    """What the catalogue has: its own sign-on members, links by name, one way to sign on with a password."""
    given = {"audienceOverride": "", "responseSigned": False}
    app = made(okta, name="zoomus", signOnMode="SAML_2_0", settings={"signOn": given})
    assert app["settings"]["signOn"] == {
        "defaultRelayState": None, "ssoAcsUrlOverride": None, "audienceOverride": None, "recipientOverride": None,
        "destinationOverride": None, "attributeStatements": [],
    }  # fmt: skip
    assert app["_links"]["help"]["href"].endswith("/setup/help/SAML_2_0/external-doc")
    links = {"mail": False, "login": True, "calendar": True}
    app = made(okta, name="google", signOnMode="AUTO_LOGIN", visibility={"appLinks": links})
    assert (app["signOnMode"], app["visibility"]["appLinks"]) == ("BROWSER_PLUGIN", links)
    assert [link["name"] for link in app["_links"]["appLinks"]] == ["login", "calendar"]
    where = f"/api/v1/apps/{app['id']}"
    after = okta.put(where, {"label": "Wiki", "name": "google", "signOnMode": "AUTO_LOGIN"}).json()
    assert (after["signOnMode"], after["visibility"]["appLinks"]) == ("BROWSER_PLUGIN", links)
    wrong = {"label": "W", "name": "google", "signOnMode": "SAML_2_0", "visibility": {"appLinks": {"login": "yes"}}}
    assert okta.post("/api/v1/apps", wrong).json()["errorCode"] == "E0000003"


def test_catalogue_clients(okta: Any) -> None:
    """The catalogue finds a name in any case and keeps its clients to itself: only their secrets show."""
    client = {"credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_post"}}}
    app = made(okta, name="Planner", signOnMode="OPENID_CONNECT", **client)
    where = f"/api/v1/apps/{app['id']}"
    wish = {"label": "Plans", "name": "Planner", "signOnMode": "OPENID_CONNECT", **client}
    for seen in (app, okta.get(where).json(), okta.put(where, wish).json()):
        assert (seen["name"], seen["visibility"]["appLinks"]) == ("planner", {"planner_link": True})
        assert "oauthClient" not in {**seen["credentials"], **seen["settings"]}
        assert seen["universalLogout"] == {"status": "UNSUPPORTED"}
        assert seen["_links"]["help"]["href"].endswith("/setup/help/OPENID_CONNECT/external-doc")
        assert [link["name"] for link in seen["_links"]["clientCredentials"]] == ["secrets"]
    [secret] = okta.get(f"{where}/credentials/secrets").json()
    assert secret["status"] == "ACTIVE"
    assert okta.get(f"/oauth2/v1/clients/{app['id']}").json()["token_endpoint_auth_method"] == "client_secret_post"


def test_empty_texts_of_templates(okta: Any) -> None:
    """An empty text in a template's settings is none; where one has to be it is missing."""
    fields = {"url": _URL, "usernameField": "u", "passwordField": "p", "buttonField": "b"}
    wish = {"app": {**fields, "loginUrlRegex": "", "checkbox": ""}}
    app = made(okta, name="template_swa", signOnMode="BROWSER_PLUGIN", settings=wish)
    assert app["settings"]["app"] == {**fields, "loginUrlRegex": None, "redirectUrl": None, "checkbox": None}
    wrong = {"label": "W", "name": "template_swa", "signOnMode": "BROWSER_PLUGIN"}
    refused = okta.post("/api/v1/apps", {**wrong, "settings": {"app": {**fields, "url": ""}}}).json()
    assert [cause["errorSummary"] for cause in refused["errorCauses"]] == ["url: The field cannot be left blank"]


@pytest.mark.parametrize(
    ("kind", "pkce", "field"),
    [
        ("web", None, "pkce_required"), ("web", False, "pkce_required"), ("web", True, "token_endpoint_auth_method"),
        ("native", False, "pkce_required"), ("browser", False, "pkce_required"), ("native", None, ""),
        ("browser", True, ""),
    ],
)  # fmt: skip
def test_clients_without_secret(okta: Any, kind: str, pkce: bool | None, field: str) -> None:
    """Only a native or browser client does without proof of its own, and only with PKCE."""
    credentials = {"token_endpoint_auth_method": "none", "pkce_required": pkce}
    settings = {"application_type": kind, "redirect_uris": [_URL]}
    body = {"credentials": {"oauthClient": credentials}, "settings": {"oauthClient": settings}}
    answer = okta.post("/api/v1/apps", {"label": "W", "signOnMode": "OPENID_CONNECT", **body}).json()
    assert answer.get("errorSummary", "") == (f"Api validation failed: {field}" if field else "")
    assert answer.get("errorCauses", [{"errorSummary": ""}])[0]["errorSummary"].startswith(field)


def test_credentials_of_people(okta: Any) -> None:
    """A template of one's own is not pushed unless wished; an empty user name is none."""
    template = {"template": "user.firstName", "type": "CUSTOM"}
    wish = {"userNameTemplate": template, "userName": ""}
    body = made(okta, signOnMode="AUTO_LOGIN", credentials=wish)
    assert body["credentials"]["userNameTemplate"] == {**template, "pushStatus": "DONT_PUSH"}
    assert "userName" not in body["credentials"]
    pushed = made(okta, signOnMode="AUTO_LOGIN", credentials={"userNameTemplate": {**template, "pushStatus": "PUSH"}})
    assert pushed["credentials"]["userNameTemplate"]["pushStatus"] == "PUSH"


@pytest.mark.parametrize(
    ("credentials", "settings", "held", "pkce"),
    [
        ({}, {"application_type": "web"}, ["secrets"], False),
        ({}, {"application_type": "native"}, ["secrets"], True),
        ({"token_endpoint_auth_method": "none"}, {"application_type": "browser"}, [], True),
        ({"token_endpoint_auth_method": "private_key_jwt"}, {"application_type": "service"}, ["jwks"], False),
        ({"pkce_required": True}, {"application_type": "web"}, ["secrets"], True),
    ],
)
def test_openid_client(okta: Any, credentials: Any, settings: Any, held: list[str], pkce: bool) -> None:
    """A client has a secret if its method uses one, shown to its maker; PKCE is demanded of native and browser."""
    body = made(
        okta,
        signOnMode="OPENID_CONNECT",
        credentials={"oauthClient": credentials},
        settings={"oauthClient": {"redirect_uris": [_URL], **settings}},
    )
    client, shown = body["credentials"]["oauthClient"], body["settings"]["oauthClient"]
    assert (client["client_id"], client["pkce_required"]) == (body["id"], pkce)
    assert len(client.get("client_secret", "")) == (64 if "secrets" in held else 0)
    assert "client_secret" not in okta.get(f"/api/v1/apps/{body['id']}").json()["credentials"]["oauthClient"]
    service = settings["application_type"] == "service"
    assert shown["grant_types"] == (["client_credentials"] if service else ["authorization_code"])
    assert (shown["issuer_mode"], shown["consent_method"], shown["wildcard_redirect"]) == (
        "DYNAMIC", "TRUSTED", "DISABLED",
    )  # fmt: skip
    assert shown["idp_initiated_login"] == {"mode": "DISABLED", "default_scope": []}
    assert shown["participate_slo"] is False
    assert [link["name"] for link in body["_links"]["clientCredentials"]] == held


def test_keys_in_settings(okta: Any) -> None:
    """The keys of a client are shown with their ids; what is not known of one is null."""
    keys = [
        {"kty": "EC", "kid": "a", "x": "x", "y": "y"},
        {"kty": "RSA", "kid": "b", "e": "AQAB", "n": "n", "use": "sig"},
    ]
    wish = {"application_type": "service", "jwks": {"keys": keys}}
    method = {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}}
    body = made(okta, signOnMode="OPENID_CONNECT", credentials=method, settings={"oauthClient": wish})
    ec, rsa = body["settings"]["oauthClient"]["jwks"]["keys"]
    assert ec == {**keys[0], "id": ec["id"], "status": "ACTIVE", "use": None, "crv": None}
    assert rsa == {**keys[1], "id": rsa["id"], "status": "ACTIVE"}
    again = okta.put(f"/api/v1/apps/{body['id']}", body).json()
    assert again["settings"]["oauthClient"]["jwks"] == body["settings"]["oauthClient"]["jwks"]


def test_refresh_settings_stay(okta: Any) -> None:
    """A replacement that does not speak of refresh tokens keeps how they are exchanged; only rotation has a leeway."""
    rotation = {"rotation_type": "ROTATE", "leeway": 20}
    wish = {"grant_types": ["authorization_code", "refresh_token"], "redirect_uris": [_URL], "refresh_token": rotation}
    body = made(okta, signOnMode="OPENID_CONNECT", settings={"oauthClient": wish})
    del wish["refresh_token"]
    after = okta.put(f"/api/v1/apps/{body['id']}", {"label": "Wiki", "settings": {"oauthClient": wish}}).json()
    assert after["settings"]["oauthClient"]["refresh_token"] == rotation
    wish["refresh_token"] = {"rotation_type": "STATIC", "leeway": 0}
    after = okta.put(f"/api/v1/apps/{body['id']}", {"label": "Wiki", "settings": {"oauthClient": wish}}).json()
    assert after["settings"]["oauthClient"]["refresh_token"] == {"rotation_type": "STATIC"}


def test_client_chooses_its_id(okta: Any) -> None:
    """`client_id` and `client_secret` may be brought along; an id belongs to one client, and authenticates it."""
    wish = {"client_id": "wiki-client-1", "client_secret": "a-secret-of-my-own"}
    body = made(okta, signOnMode="OPENID_CONNECT", credentials={"oauthClient": wish})
    assert wish.items() <= body["credentials"]["oauthClient"].items()
    again = okta.post(
        "/api/v1/apps", {"label": "B", "signOnMode": "OPENID_CONNECT", "credentials": {"oauthClient": wish}}
    )
    assert (again.status_code, again.json()["errorSummary"]) == (400, "Api validation failed: client_id")
    answer = okta.form("/oauth2/v1/introspect", (wish["client_id"], wish["client_secret"]), token="x")
    assert answer.json() == {"active": False}
