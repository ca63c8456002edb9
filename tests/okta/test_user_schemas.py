"""User types, profile schemas of users and groups, and how profiles keep them."""

from __future__ import annotations

from typing import Any

import pytest

USER = "/api/v1/meta/schemas/user/default"
GROUP = "/api/v1/meta/schemas/group/default"
TYPES = "/api/v1/meta/types/user"


def custom(**attributes: Any) -> dict[str, Any]:
    """A body that changes custom attributes."""
    return {"definitions": {"custom": {"id": "#custom", "type": "object", "properties": attributes}}}


def base(**attributes: Any) -> dict[str, Any]:
    """A body that changes base attributes."""
    return {"definitions": {"base": {"properties": attributes}}}


def add(okta: Any, **attributes: Any) -> dict[str, Any]:
    answer = okta.post(USER, custom(**attributes))
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["definitions"]["custom"]["properties"])


def refused(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["errorSummary"], body["errorCauses"][0]["errorSummary"]


def create(
    okta: Any, name: str = "ann", query: str = "?activate=false", type: str | None = None, **profile: Any
) -> Any:
    login = f"{name}@example.com"
    body: dict[str, Any] = {
        "profile": {"login": login, "email": login, "firstName": name, "lastName": "Lee", **profile}
    }
    if type is not None:
        body["type"] = {"id": type}
    return okta.post(f"/api/v1/users{query}", body)


def test_default_schema(okta: Any) -> None:
    """31 base attributes, four of them required; links to itself and to its type."""
    body = okta.get(USER).json()
    attributes = body["definitions"]["base"]["properties"]
    assert len(attributes) == 31
    assert body["definitions"]["base"]["required"] == ["login", "firstName", "lastName", "email"]
    assert attributes["login"] == {
        "title": "Username",
        "type": "string",
        "required": True,
        "mutability": "READ_WRITE",
        "scope": "NONE",
        "minLength": 5,
        "maxLength": 100,
        "permissions": [{"principal": "SELF", "action": "READ_ONLY"}],
        "master": {"type": "PROFILE_MASTER"},
    }
    assert body["definitions"]["custom"] == {"id": "#custom", "type": "object", "properties": {}, "required": []}
    type_id = okta.get(f"{TYPES}/default").json()["id"]
    assert body["_links"]["type"]["href"].endswith(f"/api/v1/meta/types/user/{type_id}")
    assert okta.get(body["_links"]["self"]["href"].removeprefix("http://127.0.0.1:8600")).json() == body
    missing = okta.get("/api/v1/meta/schemas/user/osc0")
    assert (missing.status_code, missing.json()["errorCode"]) == (404, "E0000007")


def test_adding_changing_and_removing(okta: Any) -> None:
    """A custom attribute gets the defaults it lacks; null removes it, from profiles too."""
    shown = add(okta, badge={"title": "Badge", "type": "string", "minLength": 2, "maxLength": 5})
    assert shown["badge"] == {
        "title": "Badge",
        "type": "string",
        "mutability": "READ_WRITE",
        "scope": "NONE",
        "minLength": 2,
        "maxLength": 5,
        "permissions": [{"principal": "SELF", "action": "READ_ONLY"}],
        "master": {"type": "PROFILE_MASTER"},
    }
    assert create(okta, badge="A1").json()["profile"]["badge"] == "A1"
    shown = add(okta, badge={"title": "Badge number", "type": "string"}, shoe={"title": "Shoe", "type": "integer"})
    assert list(shown) == ["badge", "shoe"]
    assert "maxLength" not in shown["badge"]
    assert list(add(okta, badge=None)) == ["shoe"]
    okta.advance(1)
    assert "badge" not in okta.get("/api/v1/users/ann").json()["profile"]
    assert create(okta, "bob", badge="A1").status_code == 400


def test_removal_takes_its_time(slow_okta: Any) -> None:
    """Until a removed attribute has left every profile, none of its name can be added again."""
    okta = slow_okta
    add(okta, badge={"title": "Badge", "type": "string"})
    create(okta, badge="A1")
    add(okta, badge=None)
    again = custom(badge={"title": "Badge", "type": "integer"})
    assert okta.post(USER, again).status_code == 400
    okta.advance(5)
    assert okta.post(USER, again).status_code == 200
    assert "badge" not in okta.get("/api/v1/users/ann").json()["profile"]


@pytest.mark.parametrize(
    ("attribute", "good", "bad"),
    [
        ({"type": "string", "enum": ["S", "M"]}, "M", "L"),
        ({"type": "string", "minLength": 2, "maxLength": 3}, "abc", "abcd"),
        ({"type": "string", "pattern": "[a-z]+"}, "abc", "ABC"),
        ({"type": "string", "format": "email"}, "x@example.com", "x"),
        ({"type": "integer"}, 3, 3.5),
        ({"type": "integer"}, 0, True),
        ({"type": "number"}, 2.5, "2.5"),
        ({"type": "boolean"}, False, "false"),
        ({"type": "array", "items": {"type": "string"}}, ["a", "b"], ["a", 1]),
        ({"type": "array", "items": {"type": "integer", "enum": [1, 2]}}, [2, 1], [3]),
    ],
)
def test_values_keep_the_schema(okta: Any, attribute: dict[str, Any], good: Any, bad: Any) -> None:
    """Types, lengths, enumerations, patterns and formats hold at creation and at update."""
    add(okta, extra={"title": "Extra", **attribute})
    assert create(okta, extra=good).json()["profile"]["extra"] == good
    status, summary, cause = refused(create(okta, "bob", extra=bad))
    assert (status, summary) == (400, "Api validation failed: extra")
    assert cause.startswith("extra: ")
    assert okta.post("/api/v1/users/ann", {"profile": {"extra": bad}}).status_code == 400
    assert okta.get("/api/v1/users/ann").json()["profile"]["extra"] == good


def test_enumeration_with_titles(okta: Any) -> None:
    """`oneOf` names the values of an `enum`, in its order; those of an array stand with its items."""
    sizes = {"enum": ["S", "M"], "oneOf": [{"const": "S", "title": "Small"}, {"const": "M", "title": "Medium"}]}
    shown = add(
        okta,
        size={"title": "Size", "type": "string", **sizes},
        sizes={"title": "Sizes", "type": "array", "items": {"type": "string", **sizes}},
    )
    assert {key: shown["size"][key] for key in sizes} == sizes
    assert shown["sizes"]["items"] == {"type": "string", **sizes}
    swapped = {**sizes, "enum": ["M", "S"]}
    assert okta.post(USER, custom(other={"title": "O", "type": "string", **swapped})).status_code == 400


def test_required_and_default(okta: Any) -> None:
    """A required custom attribute must be there unless it has a default."""
    add(okta, site={"title": "Site", "type": "string", "required": True})
    assert refused(create(okta)) == (400, "Api validation failed: site", "site: The field cannot be left blank")
    add(okta, site={"title": "Site", "type": "string", "required": True, "default": "HQ"})
    assert create(okta).json()["profile"]["site"] == "HQ"
    assert okta.get(USER).json()["definitions"]["custom"]["required"] == ["site"]


def test_unique_values(okta: Any) -> None:
    """A unique attribute's value is taken once, whatever its case; it is free again when its holder changes or goes."""
    add(okta, badge={"title": "Badge", "type": "string", "unique": "UNIQUE_VALIDATED"})
    first = create(okta, badge="A1").json()["id"]
    taken = "badge: An object with this field already exists in the current organization"
    assert refused(create(okta, "bob", badge="a1")) == (400, "Api validation failed: badge", taken)
    okta.post(f"/api/v1/users/{first}", {"profile": {"badge": "A2"}})
    second = create(okta, "bob", badge="A1").json()["id"]
    assert refused(okta.post(f"/api/v1/users/{second}", {"profile": {"badge": "A2"}}))[2] == taken
    for _ in range(2):
        okta.delete(f"/api/v1/users/{first}")
    assert okta.post(f"/api/v1/users/{second}", {"profile": {"badge": "A2"}}).status_code == 200


def test_becoming_unique(okta: Any) -> None:
    """Uniqueness is refused while two people share a value, and counts what is there already."""
    add(okta, badge={"title": "Badge", "type": "string"})
    for name in ("ann", "bob"):
        create(okta, name, badge="A1")
    unique = custom(badge={"title": "Badge", "type": "string", "unique": "UNIQUE_VALIDATED"})
    assert okta.post(USER, unique).status_code == 400
    okta.post("/api/v1/users/bob", {"profile": {"badge": "B1"}})
    assert (
        okta.post(USER, unique).json()["definitions"]["custom"]["properties"]["badge"]["unique"] == "UNIQUE_VALIDATED"
    )
    assert create(okta, "cyd", badge="B1").status_code == 400


def test_mutability(okta: Any) -> None:
    """A read-only attribute cannot be changed, an immutable one not once it is set."""
    add(
        okta,
        fixed={"title": "Fixed", "type": "string", "mutability": "READ_ONLY"},
        once={"title": "Once", "type": "string", "mutability": "IMMUTABLE"},
    )
    create(okta)
    answers = [okta.post("/api/v1/users/ann", {"profile": profile}) for profile in ({"fixed": "x"}, {"once": "x"})]
    assert [(a.status_code, a.json().get("errorCode")) for a in answers] == [(403, "E0000077"), (200, None)]
    again = okta.post("/api/v1/users/ann", {"profile": {"once": "y"}})
    assert again.json()["errorSummary"] == "Cannot modify the once attribute because it is immutable."


@pytest.mark.parametrize(
    "attribute",
    [
        {"1st": {"title": "First", "type": "string"}},
        {"a-b": {"title": "Dash", "type": "string"}},
        {"login": {"title": "Login", "type": "string"}},
        {"FirstName": {"title": "First", "type": "string"}},
        {"x": {"type": "string"}},
        {"x": {"title": "X"}},
        {"x": {"title": "X", "type": "text"}},
        {"x": {"title": "X", "type": "string", "minLength": 3, "maxLength": 2}},
        {"x": {"title": "X", "type": "string", "maxLength": "3"}},
        {"x": {"title": "X", "type": "string", "enum": ["a", "a"]}},
        {"x": {"title": "X", "type": "string", "enum": "a"}},
        {"x": {"title": "X", "type": "string", "pattern": "("}},
        {"x": {"title": "X", "type": "string", "pattern": "a{99999999999}"}},
        {"x": {"title": "X", "type": "string", "scope": "ALL"}},
        {"x": {"title": "X", "type": "string", "permissions": [{"principal": "SELF", "action": "WRITE"}]}},
        {"x": {"title": "X", "type": "string", "permissions": ["SELF"]}},
        {"x": {"title": "X", "type": "array", "items": {"type": "boolean"}}},
        {"x": "string"},
    ],
)
def test_bad_attributes(okta: Any, attribute: dict[str, Any]) -> None:
    """A definition that makes no sense changes nothing."""
    assert okta.post(USER, custom(**attribute)).status_code == 400
    assert okta.get(USER).json()["definitions"]["custom"]["properties"] == {}


def test_a_name_is_free_once_its_values_are_gone(slow_okta: Any) -> None:
    """While a removed attribute leaves the profiles its name cannot be taken again."""
    badge = {"title": "Badge", "type": "string"}
    add(slow_okta, badge=badge)
    add(slow_okta, badge=None)
    status, summary, cause = refused(slow_okta.post(USER, custom(badge=badge)))
    assert (status, summary) == (400, "Api validation failed: updateUserSchemas")
    assert cause.startswith("You cannot add the attribute with the variable name 'badge' because the deletion process")
    slow_okta.advance(3600)
    assert set(add(slow_okta, badge=badge)) == {"badge"}


def test_priority_of_sources(okta: Any) -> None:
    """The sources of an overridden attribute come back as sent: an application with its id, the org without."""
    rows = [{"type": "APP", "value": "0oa1"}, {"type": "OKTA"}]
    master = {"type": "OVERRIDE", "priority": rows}
    assert add(okta, badge={"title": "Badge", "type": "string", "master": master})["badge"]["master"] == master


def test_type_of_an_attribute_stays(okta: Any) -> None:
    """An existing attribute keeps its type."""
    add(okta, badge={"title": "Badge", "type": "string"})
    assert okta.post(USER, custom(badge={"title": "Badge", "type": "integer"})).status_code == 400


def test_base_attributes_change_a_little(okta: Any) -> None:
    """Rights, source, the need of both names and the login's pattern change; every other wish is ignored."""
    wishes = base(
        firstName={"required": False, "title": "Given name"},
        email={"required": False, "type": "integer"},
        city={"permissions": [{"principal": "SELF", "action": "READ_WRITE"}], "master": {"type": "OKTA"}},
        login={"pattern": "[a-z0-9]+"},
    )
    shown = okta.post(USER, wishes).json()["definitions"]["base"]["properties"]
    assert (shown["firstName"].get("required"), shown["firstName"]["title"]) == (None, "First name")
    assert (shown["email"]["required"], shown["email"]["type"]) == (True, "string")
    assert shown["city"]["permissions"] == [{"principal": "SELF", "action": "READ_WRITE"}]
    assert shown["city"]["master"] == {"type": "OKTA"}
    profile = {"login": "annlee1", "email": "ann@example.com", "lastName": "Lee"}
    assert okta.post("/api/v1/users", {"profile": profile}).status_code == 200
    pattern = "login: Does not match required pattern"
    assert refused(okta.post("/api/v1/users", {"profile": {**profile, "login": "Ann.Lee"}}))[2] == pattern
    shown = okta.post(USER, base(login={"pattern": None})).json()["definitions"]["base"]["properties"]
    assert "pattern" not in shown["login"]


def test_search_by_custom_attributes(okta: Any) -> None:
    """`search` and `sortBy` take custom attributes, arrays by any element; unknown ones are refused."""
    add(okta, level={"title": "Level", "type": "integer"}, skills={"title": "Skills", "type": "array"})
    create(okta, "ann", level=3, skills=["Go", "SQL"])
    create(okta, "bob", level=1, skills=["C"])

    def found(**query: str) -> list[str]:
        rows = okta.get("/api/v1/users", params=query).json()
        return [row["profile"]["firstName"] for row in rows]

    assert found(search="profile.level gt 2") == ["ann"]
    assert found(search='profile.skills eq "c"') == ["bob"]
    assert found(search="profile.level pr", sortBy="profile.level") == ["bob", "ann"]
    assert okta.get("/api/v1/users", params={"search": 'profile.nosuch eq "x"'}).json()["errorCode"] == "E0000031"


def test_user_types(okta: Any) -> None:
    """Nine types beside the default one, each with a schema of its own that begins as a copy of the default one."""
    add(okta, badge={"title": "Badge", "type": "string"})
    made = okta.post(TYPES, {"name": "partner", "displayName": "Partner", "description": "From outside"})
    body = made.json()
    assert (made.status_code, body["name"], body["default"]) == (200, "partner", False)
    own = f"/api/v1/meta/schemas/user/osc{body['id'][3:]}"
    assert body["_links"]["schema"] == {"rel": "schema", "href": f"http://127.0.0.1:8600{own}", "method": "GET"}
    assert list(okta.get(own).json()["definitions"]["custom"]["properties"]) == ["badge"]
    okta.post(own, custom(firm={"title": "Firm", "type": "string"}))
    assert create(okta, type=body["id"], firm="Acme").json()["type"] == {"id": body["id"]}
    assert refused(create(okta, "bob", firm="Acme"))[2] == "Property name 'firm' is not defined in profile"
    for number in range(8):
        assert okta.post(TYPES, {"name": f"t{number}", "displayName": "T"}).status_code == 200
    assert okta.post(TYPES, {"name": "t9", "displayName": "T"}).status_code == 400
    assert len(okta.get(TYPES).json()) == 10


def test_changing_a_type(okta: Any) -> None:
    """POST changes what it names, PUT wants all three members; the name never changes."""
    id = okta.post(TYPES, {"name": "partner", "displayName": "Partner"}).json()["id"]
    path = f"{TYPES}/{id}"
    assert okta.post(path, {"description": "D"}).json()["description"] == "D"
    whole = {"name": "partner", "displayName": "P", "description": "E"}
    assert okta.put(path, whole).json()["displayName"] == "P"
    for body in ({**whole, "name": "other"}, {"name": "partner", "displayName": "P"}, {"description": "E"}):
        assert okta.put(path, body).status_code == 400
    assert okta.post(path, {"name": "other"}).status_code == 400
    assert okta.get(path).json()["name"] == "partner"


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "x"}, {"displayName": "X"}, {"name": "1x", "displayName": "X"}, {"name": "user", "displayName": "X"}],
)
def test_bad_types(okta: Any, body: dict[str, Any]) -> None:
    """A type needs a name of its own and a display name."""
    assert okta.post(TYPES, body).status_code == 400


def test_deleting_a_type(okta: Any) -> None:
    """The default type stays, and any type that somebody has; a deleted one is not found."""
    id = okta.post(TYPES, {"name": "partner", "displayName": "Partner"}).json()["id"]
    assert okta.delete(f"{TYPES}/default").status_code == 403
    create(okta, type=id)
    assert okta.delete(f"{TYPES}/{id}").status_code == 403
    default = okta.get(f"{TYPES}/default").json()["id"]
    profile = okta.get("/api/v1/users/ann").json()["profile"]
    assert okta.post("/api/v1/users/ann", {"type": {"id": default}}).status_code == 400
    assert okta.put("/api/v1/users/ann", {"profile": profile, "type": {"id": default}}).status_code == 200
    assert okta.delete(f"{TYPES}/{id}").status_code == 204
    gone = okta.get(f"{TYPES}/{id}").json()
    assert gone["errorSummary"] == f"Not found: Resource not found: {id} (CVDType)"
    assert create(okta, "bob", type=id).status_code == 404


def test_group_schema(okta: Any) -> None:
    """Groups have one schema with two base attributes that never change, and custom ones."""
    body = okta.get(GROUP).json()
    assert list(body["definitions"]["base"]["properties"]) == ["name", "description"]
    assert body["definitions"]["base"]["required"] == ["name"]
    wishes = {**custom(site={"title": "Site", "type": "string"}), "title": "x"}
    wishes["definitions"].update(base(name={"maxLength": 3})["definitions"])
    after = okta.post(GROUP, wishes).json()["definitions"]
    assert after["base"] == body["definitions"]["base"]
    assert list(after["custom"]["properties"]) == ["site"]
    assert okta.post(GROUP, custom(site=None)).json()["definitions"]["custom"]["properties"] == {}


def test_snapshots_hold_schemas(okta: Any) -> None:
    """A fork of the state has schemas, types and links of its own."""
    twin = okta.org.state.fork()
    add(okta, badge={"title": "Badge", "type": "string"})
    okta.post(TYPES, {"name": "partner", "displayName": "Partner"})
    assert len(twin.user_types) == 1
    assert next(iter(twin.user_schemas.rows())).custom == ()
