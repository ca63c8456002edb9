"""Who has an application: people and groups, what may be set for them, mappings that fill their profiles."""

from __future__ import annotations

from typing import Any

import pytest


def new_app(okta: Any, **body: Any) -> str:
    answer = okta.post("/api/v1/apps", {"label": "Wiki", "signOnMode": "SAML_2_0", **body})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_credentials_scheme(okta: Any) -> None:
    """With a shared account nothing of a person's own can be set; elsewhere a password is kept and never shown."""
    ann = okta.new_user()
    shared = new_app(okta, signOnMode="BROWSER_PLUGIN", credentials={"scheme": "SHARED_USERNAME_AND_PASSWORD"})
    credentials = {"userName": "annie", "password": {"value": "s3cret"}}
    refused = okta.post(f"/api/v1/apps/{shared}/users", {"id": ann, "credentials": credentials})
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "E0000041")
    assert okta.post(f"/api/v1/apps/{shared}/users", {"id": ann}).status_code == 200
    own = new_app(okta, signOnMode="BROWSER_PLUGIN")
    made = okta.post(f"/api/v1/apps/{own}/users", {"id": ann, "credentials": credentials}).json()
    assert made["credentials"] == {"userName": "annie", "password": {}}
    assert made["passwordChanged"] == made["created"]
    okta.advance(5)
    after = okta.post(f"/api/v1/apps/{own}/users/{ann}", {"credentials": {"userName": "ann2"}}).json()
    assert (after["credentials"]["userName"], after["passwordChanged"]) == ("ann2", made["passwordChanged"])


def test_finding_people(okta: Any) -> None:
    """`q` is the beginning of user name, names or mail address; `expand=user` embeds the person."""
    app, ids = new_app(okta), {name: okta.new_user(name) for name in ("ann", "bob")}
    for id in ids.values():
        okta.post(f"/api/v1/apps/{app}/users", {"id": id, "credentials": {"userName": f"x-{id}"}})
    for text, expected in (("AN", ["ann"]), ("lee", ["ann", "bob"]), ("x-00u", ["ann", "bob"]), ("nn", [])):
        found = [row["id"] for row in okta.get(f"/api/v1/apps/{app}/users", params={"q": text}).json()]
        assert sorted(found) == sorted(ids[name] for name in expected), text
    row = okta.get(f"/api/v1/apps/{app}/users/{ids['ann']}?expand=user").json()
    assert row["_embedded"]["user"]["profile"]["login"] == "ann@example.com"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": 1},
        {"id": None},
        {"scope": "MINE"},
        {"profile": []},
        {"credentials": 1},
        {"credentials": {"userName": 1}},
    ],
)
def test_bad_assignments(okta: Any, body: dict[str, Any]) -> None:
    """A body that is no assignment is refused."""
    app, ann = new_app(okta), okta.new_user()
    answer = okta.post(f"/api/v1/apps/{app}/users", body if "id" in body or not body else {"id": ann, **body})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000003")
    assert okta.post(f"/api/v1/apps/{app}/users", {"id": "00unobody"}).json()["errorSummary"].endswith("(User)")


def test_update_assigns(okta: Any) -> None:
    """Who does not have an application yet gets it by an update, with what the body says."""
    app, ann = new_app(okta), okta.new_user()
    body = {"id": ann, "credentials": {"userName": "annie", "password": {}}, "profile": {}}
    made = okta.post(f"/api/v1/apps/{app}/users/{ann}", body)
    assert (made.status_code, made.json()["scope"]) == (200, "USER")
    assert made.json()["credentials"] == {"userName": "annie"}
    assert okta.get(f"/api/v1/apps/{app}/users/{ann}").json() == made.json()
    okta.post(f"/api/v1/users/{ann}/lifecycle/suspend")
    refused = okta.post(f"/api/v1/apps/{new_app(okta)}/users/{ann}", body)
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000117")


def test_person_and_app_gone(okta: Any) -> None:
    """Where both are gone it is the person that is not found; where only one has no assignment, that."""
    app, ann, bob = new_app(okta), okta.new_user(), okta.new_user("bob")
    okta.post(f"/api/v1/apps/{app}/users", {"id": ann})
    for _ in range(2):
        okta.delete(f"/api/v1/users/{ann}")
    okta.post(f"/api/v1/apps/{app}/lifecycle/deactivate")
    wanted = {ann: "User", bob: "AppUser"}
    for id, kind in wanted.items():
        assert okta.get(f"/api/v1/apps/{app}/users/{id}").json()["errorSummary"].endswith(f"{id} ({kind})")
    okta.delete(f"/api/v1/apps/{app}")
    for method in ("GET", "POST", "DELETE"):
        answer = okta.ask(method, f"/api/v1/apps/{app}/users/{ann}", json={} if method == "POST" else None)
        assert (answer.status_code, answer.json()["errorSummary"][-6:]) == (404, "(User)")
        answer = okta.ask(method, f"/api/v1/apps/{app}/users/{bob}", json={} if method == "POST" else None)
        assert (answer.status_code, answer.json()["errorSummary"][-13:]) == (404, "(AppInstance)")


def test_priority_of_groups(okta: Any) -> None:
    """A group without a priority comes first and the others move down; a place that is left is filled."""
    app, groups = new_app(okta), [okta.new_group(name) for name in "abc"]
    for group in groups:
        assert okta.put(f"/api/v1/apps/{app}/groups/{group}").json()["priority"] == 0

    def order() -> list[str]:
        rows = okta.get(f"/api/v1/apps/{app}/groups").json()
        assert len({row["priority"] for row in rows}) == 3
        return ["abc"[groups.index(row["id"])] for row in sorted(rows, key=lambda row: row["priority"])]

    assert order() == ["c", "b", "a"]
    okta.put(f"/api/v1/apps/{app}/groups/{groups[0]}", {"priority": 1})
    assert order() == ["c", "a", "b"]
    okta.put(f"/api/v1/apps/{app}/groups/{groups[2]}", {"priority": 1})
    assert order() == ["a", "c", "b"]
    shown = okta.get(f"/api/v1/apps/{app}/groups").json()
    assert [(row["id"], row["priority"]) for row in shown] == [(groups[0], 0), (groups[2], 1), (groups[1], 2)]
    rest = okta.get(f"/api/v1/apps/{app}/groups?after={groups[2]}").json()
    assert [row["id"] for row in rest] == [groups[1]]
    okta.put(f"/api/v1/apps/{app}/groups/{groups[0]}", {"priority": 1})
    okta.put(f"/api/v1/apps/{app}/groups/{groups[1]}")
    assert order() == ["c", "a", "b"]
    [row] = okta.get(f"/api/v1/apps/{app}/groups?q=A&expand=group").json()
    assert row["_embedded"]["group"]["profile"]["name"] == "a"
    for change in ([1], {"op": "x"}, [{"op": "replace", "path": "/colour", "value": 1}]):
        answer = okta.ask("PATCH", f"/api/v1/apps/{app}/groups/{groups[0]}", json=change)
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000003")


def test_mapping_fills_profiles(okta: Any) -> None:
    """A mapped attribute is filled at assignment and follows later changes if it is to be pushed."""
    app, ann = new_app(okta), okta.new_user("ann", department="Sales")
    shape = {"title": "Name", "type": "string"}
    schema = {"definitions": {"custom": {"properties": {"fullName": shape, "unit": shape, "odd": shape}}}}
    shown = okta.post(f"/api/v1/meta/schemas/apps/{app}/default", schema).json()
    assert list(shown["definitions"]["custom"]["properties"]) == ["fullName", "unit", "odd"]
    [mapping] = okta.get("/api/v1/mappings", params={"targetId": app}).json()
    assert (mapping["source"]["type"], mapping["target"]["type"], "properties" in mapping) == ("user", "appuser", False)
    properties = {
        "fullName": {"expression": "user.firstName + ' ' + user.lastName", "pushStatus": "PUSH"},
        "unit": {"expression": 'String.toUpperCase(user.department) ?: "none"', "pushStatus": "DONT_PUSH"},
    }
    wrong = {"properties": {"unit": {"expression": "user.", "pushStatus": "PUSH"}}}
    assert okta.post(f"/api/v1/mappings/{mapping['id']}", wrong).status_code == 400
    after = okta.post(f"/api/v1/mappings/{mapping['id']}", {"properties": properties}).json()
    assert after["properties"] == properties
    made = okta.post(f"/api/v1/apps/{app}/users", {"id": ann, "profile": {"odd": "x"}}).json()
    assert made["profile"] == {"fullName": "ann Lee", "unit": "SALES", "odd": "x"}
    okta.post(f"/api/v1/users/{ann}", {"profile": {"lastName": "Poe", "department": "Legal"}})
    okta.advance(1)
    profile = okta.get(f"/api/v1/apps/{app}/users/{ann}").json()["profile"]
    assert profile == {"fullName": "ann Poe", "unit": "SALES", "odd": "x"}
    removal = {"properties": {"unit": {"expression": None, "pushStatus": None}}}
    assert list(okta.post(f"/api/v1/mappings/{mapping['id']}", removal).json()["properties"]) == ["fullName"]
    gone = okta.post(
        f"/api/v1/meta/schemas/apps/{app}/default", {"definitions": {"custom": {"properties": {"odd": None}}}}
    )
    assert "odd" not in gone.json()["definitions"]["custom"]["properties"]


def test_mapped_attribute_of_a_provisioned_app(okta: Any) -> None:
    """While profile changes are pushed, nobody sets by hand what a mapping fills."""
    app, ann = new_app(okta), okta.new_user()
    shape = {"title": "Name", "type": "string"}
    where = f"/api/v1/meta/schemas/apps/{app}/default"
    okta.post(where, {"definitions": {"custom": {"properties": {"nick": shape}}}})
    mapping = okta.get("/api/v1/mappings", params={"targetId": app}).json()[0]["id"]
    told = {"properties": {"nick": {"expression": "user.firstName", "pushStatus": "PUSH"}}}
    okta.post(f"/api/v1/mappings/{mapping}", told)
    connection = {"profile": {"authScheme": "TOKEN", "token": "t"}, "baseUrl": "http://scim/x"}
    okta.post(f"/api/v1/apps/{app}/connections/default?activate=true", connection)
    okta.put(f"/api/v1/apps/{app}/features/USER_PROVISIONING", {"update": {"profile": {"status": "ENABLED"}}})
    okta.post(f"/api/v1/apps/{app}/users", {"id": ann})
    refused = okta.post(f"/api/v1/apps/{app}/users/{ann}", {"profile": {"nick": "Annie"}})
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000075")
    assert "the nick attribute" in refused.json()["errorSummary"]


def test_mappings_of_an_app(okta: Any) -> None:
    """An application comes with two mappings and takes them along; lists page by the last mapping's id."""
    before = okta.get("/api/v1/mappings").json()
    app = new_app(okta)
    rows = okta.get("/api/v1/mappings").json()
    assert [(row["source"]["type"], row["target"]["type"]) for row in rows[len(before) :]] == [
        ("appuser", "user"), ("user", "appuser"),
    ]  # fmt: skip
    answer = okta.get(f"/api/v1/mappings?limit={len(rows) - 1}")
    assert f"after={rows[-2]['id']}" in answer.headers.get_list("link")[1]
    [incoming] = okta.get("/api/v1/mappings", params={"sourceId": app}).json()
    where = f"/api/v1/mappings/{incoming['id']}"
    for body, status, cause in (
        ({"properties": {"shoe": {"expression": "appuser.x", "pushStatus": "PUSH"}}}, 400, "Invalid target field shoe"),
        ({"properties": {"email": {"expression": None, "pushStatus": "PUSH"}}}, 400, "Invalid expression"),
    ):
        answer = okta.post(where, body)
        assert answer.status_code == status
        assert answer.json()["errorSummary"] == "Api validation failed: updateMapping"
        assert answer.json()["errorCauses"][0]["errorSummary"].startswith(cause)
    for body in ({}, {"properties": 1}, {"properties": {"email": 1}}, {"properties": {"email": {"pushStatus": "X"}}}):
        assert okta.post(where, body).json()["errorCode"] == "E0000003"
    okta.post(f"/api/v1/apps/{app}/lifecycle/deactivate")
    okta.delete(f"/api/v1/apps/{app}")
    assert okta.get(where).json()["errorSummary"].endswith("(ProfileMapping)")
    assert okta.get("/api/v1/mappings").json() == before


@pytest.mark.parametrize(
    ("custom", "code"),
    [
        ({"1x": {"title": "x", "type": "string"}}, "E0000001"),
        ({"x": {"title": "x", "type": "blob"}}, "E0000001"),
        ({"x": {"type": "string"}}, "E0000001"),
        ({"x": 1}, "E0000003"),
        ([], "E0000003"),
    ],
)
def test_bad_app_schema(okta: Any, custom: Any, code: str) -> None:
    """An attribute has a name, a title and a type."""
    where = f"/api/v1/meta/schemas/apps/{new_app(okta)}/default"
    assert okta.post(where, {"definitions": {"custom": {"properties": custom}}}).json()["errorCode"] == code
    assert okta.get(where).json()["definitions"]["base"]["required"] == ["userName"]
    assert okta.get("/api/v1/meta/schemas/apps/0oax/default").json()["errorSummary"].endswith("(AppInstance)")


def test_connections(okta: Any) -> None:
    """What cannot be provisioned has an UNKNOWN connection that nothing changes; others take a token or a client."""
    bookmark = new_app(okta, name="bookmark", signOnMode="BOOKMARK")
    where, unknown = f"/api/v1/apps/{bookmark}/connections/default", {
        "status": "UNKNOWN", "profile": {"authScheme": "UNKNOWN"},
    }  # fmt: skip
    assert okta.get(where).json() == unknown
    assert okta.post(where, {"profile": {"authScheme": "UNKNOWN"}}).json() == unknown
    assert okta.post(f"{where}/lifecycle/activate").status_code == 204
    assert okta.get(where).json() == unknown
    assert okta.post(where, {"profile": {"authScheme": "TOKEN"}}).status_code == 400
    for feature in ("", "/USER_PROVISIONING"):
        refused = okta.get(f"/api/v1/apps/{bookmark}/features{feature}").json()
        assert refused["errorCauses"] == [{"errorSummary": "Provisioning is not supported."}]
    assert okta.get(f"/api/v1/apps/{bookmark}/features/X").json()["errorSummary"].endswith("(PublicAppFeatureSetName)")

    org = new_app(okta, name="okta_org2org", settings={"app": {"baseUrl": "https://x.example.com"}})
    where = f"/api/v1/apps/{org}/connections/default"
    assert okta.get(where).json()["status"] == "DISABLED"
    oauth = {"authScheme": "OAUTH2", "clientId": "0oaother", "signing": {"rotationMode": "AUTO"}}
    on = okta.post(f"{where}?activate=true", {"baseUrl": "http://scim/x", "profile": oauth}).json()
    assert (on["status"], on["profile"], "deactivate" in on["_links"]) == ("ENABLED", oauth, True)
    [key] = okta.get(f"{where}/jwks").json()["jwks"]["keys"]
    assert key["kty"] == "RSA"
    names = [row["name"] for row in okta.get(f"/api/v1/apps/{org}/features").json()]
    assert names == ["USER_PROVISIONING", "INBOUND_PROVISIONING"]
    password = {"update": {"password": {"status": "ENABLED", "seed": "OKTA", "change": "CHANGE"}}}
    after = okta.put(f"/api/v1/apps/{org}/features/USER_PROVISIONING", password).json()
    assert after["capabilities"]["update"]["password"] == {"status": "ENABLED", "seed": "OKTA", "change": "CHANGE"}
    assert "PUSH_PASSWORD_UPDATES" in okta.get(f"/api/v1/apps/{org}").json()["features"]
    inbound = {"importSettings": {"schedule": {"status": "ENABLED"}}, "importRules": {"userCreateAndMatch": {}}}
    assert okta.put(f"/api/v1/apps/{org}/features/INBOUND_PROVISIONING", inbound).json()["status"] == "ENABLED"
    inbound["importSettings"] = {"username": {"usernameFormat": "EMAIL"}, "schedule": {"status": "DISABLED"}}
    feature = okta.put(f"/api/v1/apps/{org}/features/INBOUND_PROVISIONING", inbound).json()
    assert (feature["status"], feature["capabilities"]["importSettings"]) == ("ENABLED", {
        "username": {"userNameFormat": "EMAIL"},
        "schedule": {"status": "DISABLED", "fullImport": None, "incrementalImport": None},
    })  # fmt: skip
    for feature, body in (
        ("USER_PROVISIONING", {}),
        ("USER_PROVISIONING", {"update": {"password": {"seed": "X"}}}),
        ("INBOUND_PROVISIONING", {"importSettings": {}}),
        (
            "INBOUND_PROVISIONING",
            {"importSettings": {}, "importRules": {"userCreateAndMatch": {"autoActivateNewUsers": 1}}},
        ),
    ):
        assert okta.put(f"/api/v1/apps/{org}/features/{feature}", body).json()["errorCode"] == "E0000003"
    for body in ({"profile": {"authScheme": "X"}}, {}, {"profile": {"authScheme": "TOKEN", "token": 1}}):
        assert okta.post(where, body).status_code == 400
    assert okta.post(f"{where}/lifecycle/explode").status_code == 404


def test_claims_of_a_client(okta: Any) -> None:
    """An OIDC application's people have the standard claims, filled when they are assigned; unknown ones are null."""
    app = new_app(okta, signOnMode="OPENID_CONNECT")
    ann = okta.new_user("ann", city="Oslo")
    profile = okta.post(f"/api/v1/apps/{app}/users", {"id": ann, "profile": {"nickname": "Annie"}}).json()["profile"]
    expected = {"name": "ann Lee", "email": "ann@example.com", "locality": "Oslo", "nickname": "Annie", "region": None}
    assert expected.items() <= profile.items()
    assert "app.oauth2.client.lifecycle.create" in okta.types()
