"""Applications of every sign-on mode: what each gets without asking, what is refused, how they are found."""

from __future__ import annotations

from typing import Any

import pytest

_URL = "https://wiki.example.com/"
_SWA = {"url": _URL, "usernameField": "#u", "passwordField": "#p", "buttonField": "#b"}
_THREE = {
    "targetURL": _URL,
    "userNameSelector": "#u",
    "passwordSelector": "#p",
    "buttonSelector": "#b",
    "extraFieldSelector": "#x",
    "extraFieldValue": "1",
}
_NONE = {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}


def made(okta: Any, **body: Any) -> dict[str, Any]:
    answer = okta.post("/api/v1/apps", {"label": "Wiki", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("name", "app", "mode", "shown"),
    [
        ("bookmark", {"url": _URL}, "BOOKMARK", {"requestIntegration": False}),
        ("template_basic_auth", {"url": _URL, "authURL": _URL}, "BASIC_AUTH", {"loginUrlRegex": None}),
        ("template_swa", _SWA, "BROWSER_PLUGIN", {"loginUrlRegex": None, "redirectUrl": None, "checkbox": None}),
        ("template_swa3field", _THREE, "BROWSER_PLUGIN", {"loginUrlRegex": None, "redirectUrl": None}),
        ("template_sps", _SWA, "SECURE_PASSWORD_STORE", {"optionalField1": None, "optionalField3Value": None}),
        ("okta_org2org", {"baseUrl": _URL}, "SAML_2_0", {"acsUrl": None, "audRestriction": None}),
    ],
)
def test_template(okta: Any, name: str, app: dict[str, str], mode: str, shown: dict[str, Any]) -> None:
    """A template's name tells its sign-on mode; `settings.app` holds what was given and the template's own nulls."""
    body = made(okta, name=name, settings={"app": app})
    assert body["signOnMode"] == mode
    assert {**shown, **app}.items() <= body["settings"]["app"].items()
    assert body["settings"]["notifications"] == {"vpn": _NONE}
    assert body["settings"]["notes"] == {"admin": None, "enduser": None}
    assert (body["settings"]["implicitAssignment"], body["settings"]["manualProvisioning"]) == (False, False)
    assert body["visibility"]["appLinks"] == {"login": True}
    assert body["accessibility"] == {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}


@pytest.mark.parametrize(
    ("mode", "name", "scheme", "signed"),
    [
        ("BOOKMARK", "bookmark", None, False),
        ("BASIC_AUTH", "template_basic_auth", "EDIT_USERNAME_AND_PASSWORD", False),
        ("BROWSER_PLUGIN", "template_swa", "EDIT_USERNAME_AND_PASSWORD", False),
        ("SECURE_PASSWORD_STORE", "template_sps", "EDIT_USERNAME_AND_PASSWORD", False),
        ("AUTO_LOGIN", "example_wiki_1", "EDIT_USERNAME_AND_PASSWORD", False),
        ("SAML_1_1", "example_wiki_1", None, True),
        ("SAML_2_0", "example_wiki_1", None, True),
        ("WS_FEDERATION", "template_wsfed", None, True),
        ("OPENID_CONNECT", "oidc_client", None, True),
    ],
)
def test_mode(okta: Any, mode: str, name: str, scheme: str | None, signed: bool) -> None:
    """Each mode has a name for who gives none, a credentials scheme where passwords are kept, a key where it signs."""
    body = made(okta, signOnMode=mode)
    credentials = body["credentials"]
    assert (body["name"], credentials.get("scheme"), "kid" in credentials["signing"]) == (name, scheme, signed)
    assert credentials["userNameTemplate"] == {"template": "${source.login}", "type": "BUILT_IN"}
    link = "login" if not name.startswith(("example_", "oidc_")) else f"{name}_link"
    assert list(body["visibility"]["appLinks"]) == [link]
    assert body["_links"]["appLinks"][0]["name"] == link
    assert f"/home/{name}/{body['id']}/" in body["_links"]["appLinks"][0]["href"]
    assert body["visibility"]["hide"] == dict.fromkeys(("iOS", "web"), mode == "OPENID_CONNECT")
    assert ("metadata" in body["_links"]) is (mode == "SAML_2_0")
    body["credentials"].get("oauthClient", {}).pop("client_secret", None)
    assert okta.get(f"/api/v1/apps/{body['id']}").json() == body


def test_links_follow_the_status(okta: Any) -> None:
    """An active application can be deactivated and an inactive one activated; nothing else differs."""
    body = made(okta, name="bookmark", settings={"app": {"url": _URL}})
    where = f"/api/v1/apps/{body['id']}"
    assert set(body["_links"]) == {
        "uploadLogo", "appLinks", "profileEnrollment", "policies", "groups", "logo", "accessPolicy", "users",
        "deactivate",
    }  # fmt: skip
    assert okta.post(f"{where}/lifecycle/deactivate").json() == {}
    links = okta.get(where).json()["_links"]
    assert ("activate" in links, "deactivate" in links) == (True, False)
    inactive = okta.post("/api/v1/apps?activate=false", {"label": "Later", "signOnMode": "SAML_2_0"}).json()
    assert inactive["status"] == "INACTIVE"
    assert okta.post(f"/api/v1/apps/{inactive['id']}/lifecycle/activate").json() == {}
    assert okta.get(f"/api/v1/apps/{inactive['id']}").json()["status"] == "ACTIVE"


def test_replace(okta: Any) -> None:
    """A replacement returns what it leaves out to the default, keeps the secret, and cannot change name or mode."""
    settings = {"oauthClient": {"redirect_uris": [_URL]}, "notes": {"admin": "mine"}}
    before = made(okta, signOnMode="OPENID_CONNECT", settings=settings, profile={"owner": "ann"})
    assert (before["settings"]["notes"]["admin"], before["profile"]) == ("mine", {"owner": "ann"})
    where = f"/api/v1/apps/{before['id']}"
    after = okta.put(where, {**before, "label": "Wiki 2", "settings": {"oauthClient": {}}, "profile": None}).json()
    assert (after["label"], after["settings"]["notes"]["admin"], "profile" in after) == ("Wiki 2", None, False)
    secret = before["credentials"]["oauthClient"]["client_secret"]
    assert after["credentials"]["oauthClient"]["client_secret"] == secret
    for change in ({"name": "bookmark"}, {"signOnMode": "BOOKMARK"}):
        refused = okta.put(where, {"label": "x", **change})
        assert (refused.status_code, refused.json()["errorCode"]) == (400, "E0000024")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"signOnMode": "AUTO_LOGIN"}, 400),
        ({"signOnMode": "SAML_2_0"}, 400),
        ({"name": "zoomus", "signOnMode": "SAML_2_0"}, 200),
        ({"name": "bookmark", "settings": {"app": {"url": _URL}}}, 200),
        ({"signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"redirect_uris": [_URL]}}}, 200),
    ],
)
def test_replace_inactive(okta: Any, body: dict[str, Any], status: int) -> None:
    """What the wizard made is changed while it is active only; templates, clients and the catalogue's at any time."""
    where = f"/api/v1/apps/{made(okta, **body)['id']}"
    assert okta.put(where, {"label": "Wiki 2", **body}).status_code == 200
    okta.post(f"{where}/lifecycle/deactivate")
    answer = okta.put(where, {"label": "Wiki 3", **body})
    assert answer.status_code == status, answer.text
    if status == 400:
        assert (answer.json()["errorCode"], len(answer.json()["errorCauses"])) == ("E0000024", 1)
    assert okta.get(where).json()["label"] == ("Wiki 2" if status == 400 else "Wiki 3")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"label": ""},
        {"label": " "},
        {"label": "x" * 101},
        {"label": 1},
        {"label": "x", "signOnMode": "TELEPATHY"},
        {"label": "x", "signOnMode": 1},
        {"label": "x", "name": ["bookmark"]},
        {"label": "x", "name": "unheard_of"},
        {"label": "x", "name": "bookmark", "settings": []},
        {"label": "x", "name": "bookmark", "settings": {"app": {"requestIntegration": True}}},
        {"label": "x", "name": "bookmark", "settings": {"app": {"url": _URL, "requestIntegration": "yes"}}},
        {"label": "x", "name": "bookmark", "settings": {"notifications": {"vpn": {"network": {"connection": "X"}}}}},
        {"label": "x", "name": "bookmark", "visibility": {"hide": {"web": "no"}}},
        {"label": "x", "name": "bookmark", "visibility": {"hide": True}},
        {"label": "x", "name": "bookmark", "credentials": {"userNameTemplate": {"template": 1}}},
        {"label": "x", "signOnMode": "BROWSER_PLUGIN", "credentials": {"scheme": "NONE"}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"grant_types": ["x"]}}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"grant_types": "x"}}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"redirect_uris": []}}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"jwks": {"keys": [1]}}}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"jwks": {"keys": [{"kid": []}]}}}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"issuer_mode": 7}}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"refresh_token": {"leeway": 99}}}},
        {"label": "x", "signOnMode": "OPENID_CONNECT", "credentials": {"oauthClient": {"client_secret": "short"}}},
        {
            "label": "x",
            "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": {"token_endpoint_auth_method": "none", "pkce_required": False}},
        },
        {"label": "x", "signOnMode": "OPENID_CONNECT", "credentials": {"oauthClient": {"client_id": "a b"}}},
    ],
)
def test_bad_bodies(okta: Any, body: dict[str, Any]) -> None:
    """What is no application is refused with the vendor's validation errors, and nothing is made."""
    answer = okta.post("/api/v1/apps", body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errorCode"] in ("E0000001", "E0000003")
    assert len(okta.get("/api/v1/apps").json()) == 3


def test_lists(okta: Any) -> None:
    """Found by label or name, status, key and person; with the person's assignment embedded if asked for."""
    first = made(okta, name="bookmark", settings={"app": {"url": _URL}})
    second = made(okta, label="Atlas", signOnMode="SAML_2_0")
    ann = okta.new_user()
    okta.post(f"/api/v1/apps/{first['id']}/users", {"id": ann})
    okta.post(f"/api/v1/apps/{second['id']}/lifecycle/deactivate")
    for query, expected in (
        ({"q": "WI"}, [first]),
        ({"q": "bookm"}, [first]),
        ({"q": "iki"}, []),
        ({"filter": 'status eq "INACTIVE"'}, [second]),
        ({"filter": f'id eq "{first["id"]}" or label eq "Atlas"'}, [first, second]),
        ({"filter": f'credentials.signing.kid eq "{second["credentials"]["signing"]["kid"]}"'}, [second]),
        ({"filter": 'name eq "bookmark"', "q": "wiki"}, [first]),
    ):
        found = [row["id"] for row in okta.get("/api/v1/apps", params=query).json()]
        assert found == [app["id"] for app in expected], query
    embedding = {"filter": f'user.id eq "{ann}"', "expand": f"user/{ann}"}
    [row] = okta.get("/api/v1/apps", params=embedding).json()
    assert row["_embedded"]["user"]["id"] == ann
    assert "_embedded" not in okta.get(f"/api/v1/apps/{second['id']}?expand=user/{ann}").json()
    for query, code in (
        ({"expand": "user/id,group/id"}, "E0000001"),
        ({"filter": 'colour eq "red"'}, "E0000031"),
        ({"filter": 'status sw "A"'}, "E0000031"),
        ({"after": ann}, "E0000029"),
    ):
        answer = okta.get("/api/v1/apps", params=query)
        assert (answer.status_code, answer.json()["errorCode"]) == (400, code), query


def test_paging(okta: Any) -> None:
    """The cursor is the id of the page's last application; ignored wishes are not repeated in the links."""
    answer = okta.get("/api/v1/apps?limit=2&useOptimization=true")
    own, following = answer.headers.get_list("link")
    assert own == f'<{okta.http.base_url}/api/v1/apps?limit=2>; rel="self"'
    assert f"after={answer.json()[-1]['id']}" in following
    assert [row["name"] for row in answer.json()] == ["saasure", "okta_enduser"]


def test_what_the_org_came_with(okta: Any) -> None:
    """Every org has its own three applications; nobody changes them, and their policy is nobody else's."""
    rows = okta.get("/api/v1/apps").json()
    assert [row["label"] for row in rows] == ["Okta Admin Console", "Okta Dashboard", "Okta Browser Plugin"]
    console = rows[0]
    for answer in (
        okta.put(f"/api/v1/apps/{console['id']}", {"label": "Mine"}),
        okta.post(f"/api/v1/apps/{console['id']}/lifecycle/deactivate"),
        okta.delete(f"/api/v1/apps/{console['id']}"),
    ):
        assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000006")
    app = made(okta, name="bookmark")
    policy, other = (row["_links"]["accessPolicy"]["href"].rpartition("/")[2] for row in (console, rows[1]))
    refused = okta.put(f"/api/v1/apps/{app['id']}/policies/{policy}")
    assert refused.json()["errorSummary"] == "Api validation failed: Policy"
    assert okta.put(f"/api/v1/apps/{app['id']}/policies/{other}").status_code == 204
    assert okta.get(f"/api/v1/apps/{app['id']}").json()["_links"]["accessPolicy"]["href"].endswith(other)
    assert okta.put(f"/api/v1/apps/{app['id']}/policies/rst0").json()["errorSummary"].endswith("rst0 (RuleSetEntity)")
    signing_on = okta.get("/api/v1/policies?type=OKTA_SIGN_ON").json()[0]["id"]
    missing = okta.put(f"/api/v1/apps/{app['id']}/policies/{signing_on}")
    assert (missing.status_code, missing.json()["errorCode"]) == (404, "E0000007")


def test_settings_of_the_org(make_okta: Any) -> None:
    """Labels are unique and instances few where the org is like that; governance and logout show where bought."""
    okta = make_okta(unique_app_labels=True, most_apps=2, governance=False, universal_logout=False)
    body = made(okta, name="bookmark")
    assert (body["universalLogout"], "emOptInStatus" in body["settings"]) == (None, False)
    again = okta.post("/api/v1/apps", {"label": "wiki", "name": "bookmark"})
    assert (again.status_code, again.json()["errorCode"]) == (400, "E0000040")
    assert okta.put(f"/api/v1/apps/{body['id']}", {"label": "WIKI"}).status_code == 200
    made(okta, name="bookmark", label="Second")
    full = okta.post("/api/v1/apps", {"label": "Third", "name": "bookmark"}).json()
    assert full["errorSummary"] == "Api validation failed: generalSettings"
    mine = {"label": "Mine", "name": "bookmark", "accessibility": {"selfService": True}}
    refused = make_okta().post("/api/v1/apps", mine)
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000043")
    assert refused.json()["errorCauses"]
    rich = make_okta(self_service=True, front_channel_logout=False)
    assert made(rich, **mine)["accessibility"]["selfService"] is True
    assert made(rich, name="bookmark")["universalLogout"] == {"status": "UNSUPPORTED"}
    client = made(rich, signOnMode="OPENID_CONNECT")
    assert "participate_slo" not in client["settings"]["oauthClient"]
    assert client["settings"]["emOptInStatus"] == "NONE"


def test_universal_logout_of_an_application(okta: Any) -> None:
    """Clients and custom SAML applications support it, catalogue ones once connected; a request changes nothing."""
    supported = {"supportType": "FULL", "identityStack": "NOT_SHARED", "protocol": "GLOBAL_TOKEN_REVOCATION"}
    client, saml = made(okta, signOnMode="OPENID_CONNECT"), made(okta, signOnMode="SAML_2_0")
    assert client["universalLogout"] == saml["universalLogout"] == {"status": "DISABLED", **supported}
    for draft in ({"name": "bookmark"}, {"name": "zoomus", "signOnMode": "SAML_2_0"}, {"name": "template_swa"}):
        assert made(okta, **draft)["universalLogout"] == {"status": "UNSUPPORTED"}
    wish = {**saml, "universalLogout": {"status": "ENABLED"}}
    assert okta.put(f"/api/v1/apps/{saml['id']}", wish).json()["universalLogout"]["status"] == "DISABLED"
    zoom = made(okta, name="zoomus", signOnMode="SAML_2_0")
    for app in (client, zoom):
        okta.org.universal_logout.connect(app["id"], "http://portal/logout", "iss_sub")
        assert okta.get(f"/api/v1/apps/{app['id']}").json()["universalLogout"] == {"status": "ENABLED", **supported}
