"""Custom authorization servers: management, and that policies, rules, scopes, claims and keys really decide."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

PORTAL = "http://127.0.0.1/acme-portal/callback"
SERVERS = "/api/v1/authorizationServers"
RULE = {
    "type": "RESOURCE_ACCESS",
    "name": "Everybody",
    "priority": 1,
    "conditions": {
        "people": {"groups": {"include": ["EVERYONE"]}},
        "grantTypes": {"include": ["authorization_code", "client_credentials"]},
        "scopes": {"include": ["*"]},
    },
    "actions": {
        "token": {
            "accessTokenLifetimeMinutes": 10,
            "refreshTokenLifetimeMinutes": 60,
            "refreshTokenWindowMinutes": 30,
        }
    },
}
CLAIM = {"name": "x", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "user.login"}
POLICY = {
    "type": "OAUTH_AUTHORIZATION_POLICY",
    "name": "All",
    "description": "All clients",
    "priority": 1,
    "conditions": {"clients": {"include": ["ALL_CLIENTS"]}},
}


def new_server(okta: Any, name: str = "Payments") -> str:
    body = {"name": name, "description": "For payments", "audiences": ["api://payments"]}
    answer = okta.post(SERVERS, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def allow(okta: Any, server: str, rule: dict[str, Any] | None = None) -> tuple[str, str]:
    policy = okta.post(f"{SERVERS}/{server}/policies", POLICY)
    assert policy.status_code == 201, policy.text
    made = okta.post(f"{SERVERS}/{server}/policies/{policy.json()['id']}/rules", rule or RULE)
    assert made.status_code == 201, made.text
    return policy.json()["id"], made.json()["id"]


def sign_on(okta: Any, server: str, client: tuple[str, str], cookies: dict[str, str], **more: str) -> dict[str, str]:
    query = {
        "client_id": client[0],
        "response_type": "code",
        "scope": "openid profile offline_access",
        "redirect_uri": PORTAL,
        "state": "s1",
        "nonce": "n1",
        **more,
    }
    headers = {"Cookie": f"sid={cookies['sid']}"}
    answer = okta.get(f"/oauth2/{server}/v1/authorize", params=query, auth=None, headers=headers)
    assert answer.status_code == 302, answer.text
    return dict(httpx.URL(answer.headers["location"]).params)


def tokens(okta: Any, server: str, client: tuple[str, str], cookies: dict[str, str], **more: str) -> dict[str, Any]:
    back = sign_on(okta, server, client, cookies, **more)
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": PORTAL}
    answer = okta.form(f"/oauth2/{server}/v1/token", client, **form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, body, _ = token.split(".")
    return (json.loads(base64.urlsafe_b64decode(head + "==")), json.loads(base64.urlsafe_b64decode(body + "==")))


@pytest.fixture
def person(okta: Any) -> tuple[str, tuple[str, str], dict[str, str]]:
    user = okta.new_user(department="Sales")
    return user, okta.new_client(user), okta.session("ann@example.com")


def test_every_org_has_a_default_server(okta: Any, person: Any) -> None:
    """`default` is a name of the first custom server, whose links carry it, and its rule lets everybody in."""
    server = okta.get(f"{SERVERS}/default").json()
    assert server["id"].startswith("aus")
    assert okta.get(f"{SERVERS}/{server['id']}").json() == server == okta.get(SERVERS).json()[0]
    assert (server["audiences"], server["default"]) == (["api://default"], True)
    assert server["issuer"] == "http://127.0.0.1:8600/oauth2/default"
    assert server["_links"]["claims"]["href"].endswith("/authorizationServers/default/claims")
    assert okta.delete(f"{SERVERS}/default").status_code == 403
    _, client, cookies = person
    answer = tokens(okta, "default", client, cookies)
    header, claims = parts(answer["access_token"])
    assert "typ" not in header
    assert (claims["iss"], claims["aud"], claims["sub"]) == (server["issuer"], "api://default", "ann@example.com")
    keys = KeySet.import_key_set(okta.get("/oauth2/default/v1/keys", auth=None).json())
    assert jwt.decode(answer["id_token"], keys).claims["iss"] == server["issuer"]
    info = okta.get("/oauth2/default/v1/userinfo", auth=f"Bearer {answer['access_token']}")
    assert info.json()["given_name"] == "ann"


def test_custom_tokens_do_not_open_the_management_api(okta: Any, person: Any) -> None:
    """A custom server's token is an invalid one there, and at the org's own userinfo and introspection."""
    _, client, cookies = person
    token = tokens(okta, "default", client, cookies)["access_token"]
    assert okta.get("/api/v1/users", auth=f"Bearer {token}").json()["errorCode"] == "E0000011"
    refused = okta.get("/oauth2/v1/userinfo", auth=f"Bearer {token}")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    assert okta.form("/oauth2/v1/introspect", client, token=token).json() == {"active": False}
    known = okta.form("/oauth2/default/v1/introspect", client, token=token).json()
    assert (known["active"], known["aud"]) == (True, "api://default")


def test_nothing_without_a_policy_and_lives_by_the_rule(okta: Any, person: Any) -> None:
    """A new server refuses everybody; its rule then sets how long each token lives, the chain's end included."""
    _, client, cookies = person
    server = new_server(okta)
    assert sign_on(okta, server, client, cookies)["error"] == "access_denied"
    allow(okta, server)
    answer = tokens(okta, server, client, cookies)
    assert answer["expires_in"] == 600

    def refresh(token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        found: httpx.Response = okta.form(f"/oauth2/{server}/v1/token", client, **form)
        return found

    idle = refresh(answer["refresh_token"]).json()["refresh_token"]
    okta.advance(31 * 60)
    assert refresh(idle).json()["error"] == "invalid_grant"
    held = tokens(okta, server, client, okta.session("ann@example.com"))["refresh_token"]
    for _ in range(2):
        okta.advance(25 * 60)
        held = refresh(held).json()["refresh_token"]
    okta.advance(11 * 60)
    assert refresh(held).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("conditions", "allowed"),
    [
        ({"people": {"groups": {"include": ["EVERYONE"]}}}, True),
        ({"people": {"groups": {"include": ["{group}"]}}}, False),
        ({"people": {"users": {"include": ["{user}"]}}}, True),
        ({"people": {"groups": {"include": ["EVERYONE"]}, "users": {"exclude": ["{user}"]}}}, False),
        ({"people": {"groups": {"include": ["EVERYONE"]}}, "scopes": {"include": ["openid"]}}, False),
        ({"people": {"groups": {"include": ["EVERYONE"]}}, "grantTypes": {"include": ["implicit"]}}, False),
    ],
)
def test_conditions_decide(okta: Any, person: Any, conditions: dict[str, Any], allowed: bool) -> None:
    """A rule counts when grant type, people and scopes all fit."""
    user, client, cookies = person
    server, group = new_server(okta), okta.new_group("Others")
    text = json.dumps({**RULE["conditions"], **conditions})  # type: ignore[dict-item]
    rule = {**RULE, "conditions": json.loads(text.replace("{user}", user).replace("{group}", group))}
    allow(okta, server, rule)
    assert ("code" in sign_on(okta, server, client, cookies)) is allowed


def test_policies_in_order_and_switched_off(okta: Any, person: Any) -> None:
    """The first policy for the client with a fitting rule decides; what is inactive does not count."""
    _, client, cookies = person
    server = new_server(okta)
    policy, rule = allow(okta, server)
    body = {**POLICY, "name": "Portal", "conditions": {"clients": {"include": [client[0]]}}}
    first = okta.post(f"{SERVERS}/{server}/policies", body).json()
    assert [(p["name"], p["priority"]) for p in okta.get(f"{SERVERS}/{server}/policies").json()] == [
        ("Portal", 1),
        ("All", 2),
    ]
    token = {"accessTokenLifetimeMinutes": 5}
    quick = {**RULE, "name": "Quick", "actions": {"token": token}}
    okta.post(f"{SERVERS}/{server}/policies/{first['id']}/rules", quick)
    assert tokens(okta, server, client, cookies)["expires_in"] == 300
    assert okta.post(f"{SERVERS}/{server}/policies/{first['id']}/lifecycle/deactivate").status_code == 204
    assert tokens(okta, server, client, cookies)["expires_in"] == 600
    where = f"{SERVERS}/{server}/policies/{policy}/rules/{rule}"
    assert okta.post(f"{where}/lifecycle/deactivate").status_code == 204
    assert okta.get(where).json()["status"] == "INACTIVE"
    assert sign_on(okta, server, client, cookies)["error"] == "access_denied"
    assert okta.post(f"{where}/lifecycle/activate").status_code == 204
    held = tokens(okta, server, client, cookies)["access_token"]
    assert okta.post(f"{SERVERS}/{server}/lifecycle/deactivate").status_code == 204
    assert okta.get(f"/oauth2/{server}/.well-known/openid-configuration", auth=None).status_code == 404
    assert okta.post(f"{SERVERS}/{server}/lifecycle/activate").status_code == 204
    assert okta.form(f"/oauth2/{server}/v1/introspect", client, token=held).json()["active"]
    assert okta.delete(f"{SERVERS}/{server}/policies/{policy}").status_code == 204
    assert okta.delete(f"{SERVERS}/{server}").status_code == 204
    assert okta.get(f"{SERVERS}/{server}").json()["errorSummary"] == (
        f"Not found: Resource not found: {server} (AuthorizationServer)"
    )


def test_claims_are_evaluated(okta: Any, person: Any) -> None:
    """Expressions and group filters become claims, by token and by scope."""
    user, client, cookies = person
    for name in ("pay-admins", "pay-clerks", "sales"):
        okta.put(f"/api/v1/groups/{okta.new_group(name)}/users/{user}")
    server = new_server(okta)
    allow(okta, server)
    where = f"{SERVERS}/{server}"
    scope = okta.post(f"{where}/scopes", {"name": "pay:read", "metadataPublish": "ALL_CLIENTS"})
    assert scope.status_code == 201
    only = {"scopes": ["pay:read"]}
    rows = [
        ("unit", "RESOURCE", "EXPRESSION", 'String.toUpperCase(user.department) + "-" + app.clientId', {}),
        ("teams", "RESOURCE", "GROUPS", "pay-", {"group_filter_type": "STARTS_WITH"}),
        (
            "level",
            "RESOURCE",
            "EXPRESSION",
            'isMemberOfGroupName("sales") ? 1 : 0',
            {"conditions": only},
        ),
        ("nick", "IDENTITY", "EXPRESSION", "user.firstName", {"alwaysIncludeInToken": True}),
        ("later", "IDENTITY", "EXPRESSION", "user.lastName", {"alwaysIncludeInToken": False}),
        ("nothing", "RESOURCE", "EXPRESSION", "user.costCenter", {}),
        ("boss", "RESOURCE", "EXPRESSION", 'user.getLinkedObject("mentor").email ?: "none"', {}),
        ("pay", "RESOURCE", "EXPRESSION", 'Groups.startsWith("OKTA", "pay-", 10)', {}),
        ("safe", "RESOURCE", "GROUPS", "(((s*)*)*)*ales", {"group_filter_type": "REGEX"}),
    ]
    ends = ("primary", "mentor"), ("associated", "pupil")
    sides = {end: {"name": name, "title": name, "type": "USER"} for end, name in ends}
    assert okta.post("/api/v1/meta/schemas/user/linkedObjects", sides).status_code == 201
    okta.put(f"/api/v1/users/{user}/linkedObjects/mentor/{okta.new_user('cyd')}")
    for name, token, kind, value, more in rows:
        body = {"name": name, "claimType": token, "valueType": kind, "value": value, **more}
        answer = okta.post(f"{where}/claims", body)
        assert answer.status_code == 201, answer.text
    answer = tokens(okta, server, client, cookies, scope="openid pay:read")
    access, identity = parts(answer["access_token"])[1], parts(answer["id_token"])[1]
    assert access["unit"] == f"SALES-{client[0]}"
    assert (sorted(access["teams"]), access["level"]) == (["pay-admins", "pay-clerks"], 1)
    assert "nothing" not in access
    assert (access["boss"], access["pay"], access["safe"]) == (
        "cyd@example.com",
        ["pay-admins", "pay-clerks"],
        ["sales"],
    )
    assert identity["nick"] == "ann"
    assert "later" not in identity
    info = okta.get(f"/oauth2/{server}/v1/userinfo", auth=f"Bearer {answer['access_token']}").json()
    assert info["later"] == "Lee"
    assert "level" not in parts(tokens(okta, server, client, cookies, scope="openid")["access_token"])[1]
    document = okta.get(f"/oauth2/{server}/.well-known/oauth-authorization-server", auth=None).json()
    assert "pay:read" in document["scopes_supported"]
    assert document["token_endpoint"] == f"http://127.0.0.1:8600/oauth2/{server}/v1/token"


def test_client_credentials_at_a_custom_server(okta: Any) -> None:
    """Any confidential client with the grant may ask for the server's scopes, by secret; unknown scopes are refused."""
    settings = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}
    body = {"label": "Batch", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": settings}}
    made = okta.post("/api/v1/apps", body).json()
    client = made["id"], made["credentials"]["oauthClient"]["client_secret"]
    okta.post(f"{SERVERS}/default/scopes", {"name": "batch", "default": True})

    def ask(**form: str) -> httpx.Response:
        found: httpx.Response = okta.form("/oauth2/default/v1/token", client, grant_type="client_credentials", **form)
        return found

    answer = ask(scope="batch").json()
    assert parts(answer["access_token"])[1]["sub"] == client[0]
    assert ask().json()["scope"] == "batch"
    refused = ask(scope="batch nothing")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    own = okta.form("/oauth2/v1/token", client, grant_type="client_credentials", scope="okta.users.read")
    assert own.json()["error"] == "invalid_client"


def test_keys_rotate(okta: Any, person: Any) -> None:
    """By hand or every 90 days: the next key is known before, and what the last one signed still counts."""
    _, client, cookies = person
    server = new_server(okta)
    allow(okta, server)
    where = f"{SERVERS}/{server}/credentials"
    first = tokens(okta, server, client, cookies)["access_token"]
    before = {key["status"]: key["kid"] for key in okta.get(f"{where}/keys").json()}
    assert set(before) == {"ACTIVE", "NEXT"}
    assert okta.post(f"{where}/lifecycle/keyRotate", {"use": "enc"}).status_code == 400
    after = {key["status"]: key["kid"] for key in okta.post(f"{where}/lifecycle/keyRotate", {"use": "sig"}).json()}
    assert (after["ACTIVE"], after["EXPIRED"]) == (before["NEXT"], before["ACTIVE"])
    assert okta.get(f"{where}/keys/{after['NEXT']}").json()["status"] == "NEXT"
    assert okta.get(f"{where}/keys/none").status_code == 404
    assert okta.form(f"/oauth2/{server}/v1/introspect", client, token=first).json()["active"]
    second = tokens(okta, server, client, cookies)["access_token"]
    assert parts(second)[0]["kid"] == after["ACTIVE"]
    _pass_days(okta, 90)
    signing = okta.get(f"{SERVERS}/{server}").json()["credentials"]["signing"]
    assert signing["kid"] == after["NEXT"]
    manual = {
        "name": "Payments",
        "audiences": ["api://payments"],
        "credentials": {"signing": {"rotationMode": "MANUAL"}},
    }
    assert "nextRotation" not in okta.put(f"{SERVERS}/{server}", manual).json()["credentials"]["signing"]
    _pass_days(okta, 180)
    assert okta.get(f"{SERVERS}/{server}").json()["credentials"]["signing"]["kid"] == after["NEXT"]


def _pass_days(okta: Any, days: int) -> None:
    for _ in range(days // 15):
        okta.advance(15 * 86_400)
        assert okta.get(SERVERS).status_code == 200  # an API token ends after 30 days without use


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"audiences": ["a"]}, "name"),
        ("", {"name": "x", "audiences": []}, "audiences"),
        ("", {"name": "default", "audiences": ["a"]}, "name"),
        ("", {"name": "x", "audiences": ["a"], "issuerMode": "OTHER"}, "issuerMode"),
        ("/default/scopes", {"name": "a b"}, "name"),
        ("/default/scopes", {"name": "openid"}, "name"),
        ("/default/scopes", {"name": "x", "consent": "MAYBE"}, "consent"),
        ("/default/scopes", {"name": "x", "default": "yes"}, "default"),
        (
            "/default/claims",
            {"name": "x", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "user."},
            "value",
        ),
        (
            "/default/claims",
            {"name": "x", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "String.nosuch(user.login)"},
            "value",
        ),
        (
            "/default/claims",
            {"name": "x", "claimType": "RESOURCE", "valueType": "GROUPS", "value": "x"},
            "group_filter_type",
        ),
        ("/default/claims", {"name": 1, "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "1"}, "name"),
        ("/default/policies", {**POLICY, "conditions": {}}, "conditions"),
        ("/default/policies", {**POLICY, "name": ""}, "name"),
        ("{rules}", {**RULE, "conditions": {}}, "conditions"),
        ("{rules}", {**RULE, "actions": {"token": {"accessTokenLifetimeMinutes": 4}}}, "accessTokenLifetimeMinutes"),
        ("{rules}", {**RULE, "actions": {"token": {"refreshTokenWindowMinutes": 9}}}, "refreshTokenWindowMinutes"),
    ],
)
def test_bad_settings(okta: Any, path: str, body: dict[str, Any], field: str) -> None:
    """What no server, scope, claim, policy or rule can be is refused by field."""
    policy = okta.get(f"{SERVERS}/default/policies").json()[0]["id"]
    answer = okta.post(SERVERS + path.replace("{rules}", f"/default/policies/{policy}/rules"), body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000001"), answer.text
    assert answer.json()["errorSummary"] == f"Api validation failed: {field}"


def test_reads_changes_and_removals(okta: Any) -> None:
    """Scopes, claims and rules are replaced and deleted; the system's are not."""
    where = f"{SERVERS}/default"
    scope = okta.post(f"{where}/scopes", {"name": "a", "description": "A"}).json()
    changed = okta.put(f"{where}/scopes/{scope['id']}", {"name": "b", "metadataPublish": "ALL_CLIENTS"})
    assert (changed.json()["id"], changed.json()["name"]) == (scope["id"], "b")
    assert okta.get(f"{where}/scopes", params={"q": "b"}).json() == [changed.json()]
    assert okta.delete(f"{where}/scopes/{scope['id']}").status_code == 204
    assert okta.get(f"{where}/scopes/{scope['id']}").json()["errorSummary"].endswith("(OAuth2Scope)")
    openid = next(row for row in okta.get(f"{where}/scopes").json() if row["name"] == "openid")
    assert okta.delete(f"{where}/scopes/{openid['id']}").status_code == 403
    (subject,) = okta.get(f"{where}/claims").json()
    assert (subject["name"], subject["system"]) == ("sub", True)
    assert okta.delete(f"{where}/claims/{subject['id']}").status_code == 403
    body = {"name": "c", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": '"x"'}
    claim = okta.post(f"{where}/claims", body).json()
    assert okta.put(f"{where}/claims/{claim['id']}", {**body, "value": '"y"'}).json()["value"] == '"y"'
    assert okta.delete(f"{where}/claims/{claim['id']}").status_code == 204
    assert okta.get(f"{where}/claims/{claim['id']}").json()["errorSummary"].endswith("(OAuth2Claim)")
    policy = okta.get(f"{where}/policies").json()[0]
    rules = f"{where}/policies/{policy['id']}/rules"
    assert okta.put(f"{where}/policies/{policy['id']}", {**policy, "name": "P"}).json()["name"] == "P"
    rule = okta.post(rules, RULE).json()
    assert [row["priority"] for row in okta.get(rules).json()] == [1, 2]
    assert okta.put(f"{rules}/{rule['id']}", {**RULE, "name": "R"}).json()["name"] == "R"
    assert okta.delete(f"{rules}/{rule['id']}").status_code == 204
    assert okta.get(f"{rules}/{rule['id']}").json()["errorSummary"].endswith("(PolicyRule)")
    types = okta.types()
    assert {"oauth2.scope.created", "oauth2.claim.deleted", "policy.rule.update"} <= set(types)


def test_how_a_server_and_its_parts_look(okta: Any) -> None:
    """Its links tell where scopes, claims and policies are made and where the keys are; no scope is no scope."""
    where = "/api/v1/authorizationServers/default"
    links = okta.get(where).json()["_links"]
    assert links["keys"]["href"].endswith("/default/credentials/keys")
    assert all(links[name]["hints"]["allow"] == ["GET", "POST"] for name in ("scopes", "claims", "policies"))
    assert okta.post(f"{where}/scopes", {"name": "things.read"}).json()["apiResourceId"] is None
    policy = okta.get(f"{where}/policies").json()[0]["id"]
    conditions = {"grantTypes": {"include": ["password"]}, "scopes": {"include": []}}
    body = {"type": "RESOURCE_ACCESS", "name": "None", "conditions": conditions}
    assert okta.post(f"{where}/policies/{policy}/rules", body).json()["conditions"]["scopes"] == {"include": []}


def test_a_claim_of_an_unknown_name(okta: Any) -> None:
    """Okta takes a name that an expression does not know; a token has no such claim then."""
    body = {"name": "odd", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "nowhere"}
    made = okta.post("/api/v1/authorizationServers/default/claims", body)
    assert (made.status_code, made.json()["value"]) == (201, "nowhere")
