"""SCIM users over HTTP: life of an account, lists, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.server import Server

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ADA: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "userName": "ada@acme.example",
    "externalId": "00u1",
    "name": {"givenName": "Ada", "familyName": "Byron"},
    "emails": [{"value": "ada@acme.example", "type": "work", "primary": True}],
    "password": "never shown",
    ENTERPRISE: {"department": "Support", "manager": {"value": "E1008"}},
}


def patch(*steps: dict[str, Any]) -> dict[str, Any]:
    """A PatchOp document."""
    return {"schemas": [PATCH], "Operations": list(steps)}


@pytest.fixture
def ada(deskly: Any) -> dict[str, Any]:
    """An account."""
    body: dict[str, Any] = deskly("POST", "/scim/v2/Users", ADA).json()
    return body


def test_an_account_lives_and_ends(server: Server, deskly: Any) -> None:
    """Create, read, deactivate, delete; active accounts count as seats."""
    before = server.estate.apps.seats("deskly")
    created = deskly("POST", "/scim/v2/Users", ADA)
    id = created.json()["id"]
    assert (created.status_code, created.headers["content-type"]) == (201, "application/scim+json")
    assert created.headers["location"] == created.json()["meta"]["location"] == f"{deskly.url}/Users/{id}"
    assert created.json()[ENTERPRISE] == ADA[ENTERPRISE]
    assert created.json()["active"] is True
    assert "password" not in created.json()
    assert deskly("GET", f"/scim/v2/Users/{id}").json() == created.json()
    assert server.estate.apps.seats("deskly") == before + 1
    off = deskly("PATCH", f"/scim/v2/Users/{id}", patch({"op": "replace", "value": {"active": False}}))
    assert (off.status_code, off.json()["active"]) == (200, False)
    assert server.estate.apps.seats("deskly") == before
    assert deskly("DELETE", f"/scim/v2/Users/{id}").status_code == 204
    gone = deskly("GET", f"/scim/v2/Users/{id}")
    assert (gone.status_code, gone.json()["detail"]) == (404, f"Resource {id} not found")


def test_a_user_name_is_unique_whatever_its_case(deskly: Any, ada: dict[str, Any]) -> None:
    """The second account is refused, on create and on change; another application may have it."""
    twin = deskly("POST", "/scim/v2/Users", {**ADA, "userName": "ADA@acme.example"})
    assert (twin.status_code, twin.json()["scimType"], twin.json()["status"]) == (409, "uniqueness", "409")
    other = deskly("POST", "/scim/v2/Users", {**ADA, "userName": "other"}).json()["id"]
    assert deskly("PUT", f"/scim/v2/Users/{other}", ADA).status_code == 409
    assert deskly("PUT", f"/scim/v2/Users/{ada['id']}", ADA).status_code == 200


def test_put_replaces_the_whole_document(deskly: Any, ada: dict[str, Any]) -> None:
    """What the new document leaves out is gone; id and creation time stay."""
    put = deskly("PUT", f"/scim/v2/Users/{ada['id']}", {"schemas": [USER], "userName": "ada2", "active": False}).json()
    assert (put["id"], put["userName"], put["active"]) == (ada["id"], "ada2", False)
    assert not {"externalId", "name", "emails", ENTERPRISE} & set(put)
    assert put["meta"]["created"] == ada["meta"]["created"] < put["meta"]["lastModified"]


@pytest.mark.parametrize(
    ("step", "path", "expected"),
    [
        ({"op": "replace", "path": "active", "value": False}, ["active"], False),
        ({"op": "Replace", "path": "ACTIVE", "value": False}, ["active"], False),
        ({"op": "replace", "path": "name.givenName", "value": "Eva"}, ["name", "givenName"], "Eva"),
        ({"op": "replace", "value": {"name": {"givenName": "Eva"}}}, ["name", "familyName"], "Byron"),
        ({"op": "add", "value": {"title": "Lead", "active": False}}, ["title"], "Lead"),
        ({"op": "add", "path": f"{USER}:title", "value": "Lead"}, ["title"], "Lead"),
        ({"op": "replace", "path": f"{ENTERPRISE}:department", "value": "IT"}, [ENTERPRISE, "department"], "IT"),
        ({"op": "replace", "value": {ENTERPRISE: {"division": "N"}}}, [ENTERPRISE, "department"], "Support"),
        ({"op": "remove", "path": f"{ENTERPRISE}:manager"}, [ENTERPRISE], {"department": "Support"}),
        ({"op": "add", "path": "entitlements", "value": [{"value": "b"}]}, ["entitlements"], [{"value": "b"}]),
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "e@x"}, ["emails", 0, "value"], "e@x"),
        ({"op": "add", "path": 'emails[type eq "home"].value', "value": "h@x"}, ["emails", 1, "value"], "h@x"),
        ({"op": "remove", "path": 'emails[type eq "work"]'}, ["emails"], None),
        ({"op": "remove", "path": "name"}, ["name"], None),
    ],
)
def test_patch_changes_what_its_path_says(
    deskly: Any, ada: dict[str, Any], step: dict[str, Any], path: list[Any], expected: Any
) -> None:
    """Paths of attributes, sub-attributes, filtered values and extensions; no path means the value's own keys."""
    answer = deskly("PATCH", f"/scim/v2/Users/{ada['id']}", patch(step))
    assert answer.status_code == 200, answer.text
    value: Any = answer.json()
    for part in path:
        value = value.get(part) if isinstance(value, dict) else value[part]
    assert value == expected


def test_entitlements_are_added_once_and_removed_by_value(vault: Any) -> None:
    """A value already held is not doubled; a filtered path takes one value out and leaves the others."""
    id = vault("POST", "/scim/v2/Users", ADA, engine="sailpoint").json()["id"]
    path = f"/scim/v2/Users/{id}"
    for value in ("operator", "breakglass", "operator"):
        step = {"op": "add", "path": "entitlements", "value": [{"value": value}]}
        assert vault("PATCH", path, patch(step), engine="sailpoint").status_code == 200
    step = {"op": "remove", "path": 'entitlements[value eq "operator"]'}
    left = vault("PATCH", path, patch(step), engine="sailpoint").json()["entitlements"]
    assert left == [{"value": "breakglass"}]


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ({"schemas": [USER]}, "invalidValue"),
        ({"userName": 5}, "invalidValue"),
        ({"userName": "x", "active": "yes"}, "invalidValue"),
        ({"userName": "x", "emails": ["a@b"]}, "invalidValue"),
        ([], "invalidSyntax"),
    ],
)
def test_a_bad_document_is_refused(deskly: Any, body: Any, scim_type: str) -> None:
    """Wrong types never become an account."""
    answer = deskly("POST", "/scim/v2/Users", body)
    assert (answer.status_code, answer.json().get("scimType")) == (400, scim_type)


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ({"Operations": []}, "invalidSyntax"),
        (patch({"op": "move", "path": "active"}), "invalidSyntax"),
        (patch({"op": "remove"}), "noTarget"),
        (patch({"op": "replace", "path": "shoeSize", "value": 1}), "invalidPath"),
        (patch({"op": "replace", "path": "id", "value": "x"}), "mutability"),
        (patch({"op": "replace", "path": "active", "value": "off"}), "invalidValue"),
        (patch({"op": "remove", "path": "userName"}), "invalidValue"),
        (patch({"op": "replace", "path": "emails[type eq", "value": 1}), "invalidPath"),
    ],
)
def test_a_bad_patch_changes_nothing(deskly: Any, ada: dict[str, Any], body: Any, scim_type: str) -> None:
    """The refusal names its kind and the account stays as it was."""
    answer = deskly("PATCH", f"/scim/v2/Users/{ada['id']}", body)
    assert (answer.status_code, answer.json()["scimType"]) == (400, scim_type)
    assert deskly("GET", f"/scim/v2/Users/{ada['id']}").json() == ada


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ('userName eq "u1@x"', ["u1@x"]),
        ('username EQ "U1@X"', ["u1@x"]),
        ('externalId eq "e2"', ["u2@x"]),
        ('externalId eq "E2"', []),
        ('userName sw "u"', ["u1@x", "u2@x", "u3@x"]),
        ('userName sw "u" and active eq true', ["u1@x", "u3@x"]),
        ('userName sw "u" and not (active eq true)', ["u2@x"]),
        ('displayName co "hird" or userName eq "u1@x"', ["u1@x", "u3@x"]),
        ('title pr and userName sw "u"', ["u3@x"]),
        ('emails[type eq "work" and value co "mail3"]', ["u3@x"]),
        ('emails.value eq "mail2"', ["u2@x"]),
        (f'{USER}:userName eq "u1@x"', ["u1@x"]),
        ('userName eq "nobody"', []),
    ],
)
def test_a_filter_finds_what_it_says(deskly: Any, filter: str, found: list[str]) -> None:
    """Names are case-insensitive, externalId is exact, logic and value paths work."""
    for number, word in enumerate(("First", "Second", "Third"), 1):
        body = {
            "userName": f"u{number}@x",
            "externalId": f"e{number}",
            "displayName": word,
            "active": number != 2,
            "emails": [{"value": f"mail{number}", "type": "work"}],
        }
        deskly("POST", "/scim/v2/Users", body | ({"title": "Lead"} if number == 3 else {}))
    answer = deskly.users(filter=filter)
    assert sorted(user["userName"] for user in answer["Resources"]) == found
    assert answer["totalResults"] == len(found)


@pytest.mark.parametrize("filter", ["userName", "userName xx 1", 'userName eq "a', "(active eq true", "a eq 1 b", ""])
def test_a_bad_filter_is_refused(deskly: Any, filter: str) -> None:
    """Never an empty list instead."""
    answer = deskly("GET", "/scim/v2/Users", filter=filter)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


def test_lists_are_paged(deskly: Any) -> None:
    """startIndex counts from 1, count limits, the total stays."""
    for number in range(5):
        deskly("POST", "/scim/v2/Users", {"userName": f"page{number}"})
    whole = deskly.users()
    names = [user["userName"] for user in whole["Resources"]]
    page = deskly.users(startIndex=2, count=2)
    assert [user["userName"] for user in page["Resources"]] == names[1:3]
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (whole["totalResults"], 2, 2)
    assert deskly.users(count=0)["Resources"] == []


def test_a_search_by_post_finds_the_same(deskly: Any) -> None:
    """On users, on groups, and on both together."""
    for name in ("found1", "found2"):
        deskly("POST", "/scim/v2/Users", {"userName": name})
    group = deskly("POST", "/scim/v2/Groups", {"displayName": "found3"}).json()["id"]
    body = {"filter": 'userName sw "found" or displayName eq "found3"', "attributes": ["userName"]}
    users = deskly("POST", "/scim/v2/Users/.search", body).json()
    assert [user["userName"] for user in users["Resources"]] == ["found1", "found2"]
    both = deskly("POST", "/scim/v2/.search", body | {"startIndex": 2, "count": 5}).json()
    assert (both["totalResults"], both["Resources"][1]["id"]) == (3, group)


def test_a_client_chooses_attributes(deskly: Any, ada: dict[str, Any]) -> None:
    """`attributes` and `excludedAttributes` trim the answer."""
    path = f"/scim/v2/Users/{ada['id']}"
    assert set(deskly("GET", path, attributes="userName,name.givenName").json()) == {
        "schemas", "id", "meta", "userName", "name",
    }  # fmt: skip
    assert "emails" not in deskly("GET", path, excludedAttributes="emails").json()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/scim/v2/Nothing", 404), ("PUT", "/scim/v2/Users", 405), ("GET", "/scim/v2/Users/none", 404)],
)
def test_every_error_has_scims_shape(deskly: Any, method: str, path: str, status: int) -> None:
    """Unknown paths and wrong methods included."""
    answer = deskly(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, str(status))
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_discovery_describes_the_provider(deskly: Any) -> None:
    """What is supported, which resources there are, and their schemas."""
    assert deskly("GET", "/scim/v2/ServiceProviderConfig").json()["patch"] == {"supported": True}
    types = deskly("GET", "/scim/v2/ResourceTypes").json()["Resources"]
    assert [kind["endpoint"] for kind in types] == ["/Users", "/Groups"]
    schema = deskly("GET", f"/scim/v2/Schemas/{USER}").json()
    assert {"userName", "entitlements", "password"} <= {attribute["name"] for attribute in schema["attributes"]}
    assert deskly("GET", "/scim/v2/Schemas/none").status_code == 404
