"""What applications know of their users: the claims of OpenID clients, attributes that an org adds or demands."""

from __future__ import annotations

import re
from typing import Any

STANDARD = (
    "name", "nickname", "given_name", "middle_name", "family_name", "email", "profile", "picture", "website", "gender",
    "birthdate", "zoneinfo", "locale", "phone_number", "street_address", "locality", "region", "postal_code", "country",
    "formatted",
)  # fmt: skip
CLIENT = {
    "name": "oidc_client",
    "label": "Till",
    "signOnMode": "OPENID_CONNECT",
    "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
    "settings": {"oauthClient": {"application_type": "web", "grant_types": ["authorization_code"],
                                 "redirect_uris": ["https://till.example.com"], "response_types": ["code"]}},
}  # fmt: skip
BOOKMARK = {"name": "bookmark", "label": "Wiki", "signOnMode": "BOOKMARK",
            "settings": {"app": {"url": "https://wiki.example.com", "requestIntegration": False}}}  # fmt: skip


def new_app(okta: Any, body: Any) -> tuple[str, str]:
    """An application: the addresses of its schema and of its users."""
    id = okta.post("/api/v1/apps", body).json()["id"]
    return f"/api/v1/meta/schemas/apps/{id}/default", f"/api/v1/apps/{id}/users"


def test_schema_of_a_client(okta: Any) -> None:
    """A client is told the standard claims, those of an address under its name, and the login as preferred name."""
    where, _ = new_app(okta, CLIENT)
    shown = okta.get(where).json()
    assert re.fullmatch(r"oidc_client_[0-9][0-9a-z]{6}", shown["name"])
    assert shown["title"] == "Till User"
    assert okta.get(new_app(okta, CLIENT)[0]).json()["name"] != shown["name"]
    base, custom = shown["definitions"]["base"], shown["definitions"]["custom"]
    assert custom == {"id": "#custom", "type": "object", "properties": {}}
    assert sorted(base["properties"]) == sorted(["userName", *STANDARD])
    assert base["required"] == ["userName"]
    assert base["properties"]["userName"] == {
        "title": "Username", "type": "string", "required": True, "externalName": "preferred_username",
        "scope": "SELF", "master": {"type": "PROFILE_MASTER"},
    }  # fmt: skip
    assert base["properties"]["region"]["externalName"] == "address.region"
    assert "externalName" not in base["properties"]["email"]
    assert all(shape["description"] for name, shape in base["properties"].items() if name != "userName")


def test_schema_of_another_app(okta: Any) -> None:
    """What is no client knows the name of its users and nothing else, under the application's own name."""
    shown = okta.get(new_app(okta, BOOKMARK)[0]).json()
    assert shown["name"] == "bookmark"
    assert shown["definitions"]["base"]["properties"] == {
        "userName": {"title": "Username", "type": "string", "required": True, "scope": "NONE", "maxLength": 100,
                     "master": {"type": "PROFILE_MASTER"}},
    }  # fmt: skip


def test_added_attribute(okta: Any) -> None:
    """An added attribute has no permissions, is silently optional, and only an array says how it is put together."""
    where, _ = new_app(okta, BOOKMARK)
    colours = {"enum": ["r", "b"], "oneOf": [{"const": "r", "title": "Red"}, {"const": "b", "title": "Blue"}]}
    said = {"permissions": [{"principal": "SELF", "action": "READ_ONLY"}], "required": False, "union": "DISABLE",
            "scope": "NONE", "master": {"type": "PROFILE_MASTER"}}  # fmt: skip
    kept = {"scope": "NONE", "master": {"type": "PROFILE_MASTER"}}
    one = {"title": "Colour", "description": "of the badge", "type": "string", "maxLength": 9, **colours}
    many = {"title": "Colours", "type": "array", "items": {"type": "string", **colours}}
    added = {"colour": {**one, **said}, "colours": {**many, **said}}
    shown = okta.post(where, {"definitions": {"custom": {"properties": added}}}).json()["definitions"]["custom"]
    assert shown["properties"] == {"colour": {**one, **kept}, "colours": {**many, **kept, "union": "DISABLE"}}
    assert shown["required"] == []
    change = {"colour": {**one, **said, "required": True, "scope": "SELF", "master": {"type": "OKTA"}}, "colours": None}
    shown = okta.post(where, {"definitions": {"custom": {"properties": change}}}).json()["definitions"]["custom"]
    wanted = {**one, "required": True, "scope": "SELF", "master": {"type": "OKTA"}}
    assert shown == {"id": "#custom", "type": "object", "properties": {"colour": wanted}, "required": ["colour"]}
    gone = okta.post(where, {"definitions": {"custom": {"properties": {"colour": None}}}}).json()
    assert gone["definitions"]["custom"] == {"id": "#custom", "type": "object", "properties": {}}


def test_demanded_attribute(okta: Any) -> None:
    """Of an attribute that comes with the application an org changes whether it is demanded; the name always is."""
    where, _ = new_app(okta, CLIENT)

    def demand(**wishes: Any) -> Any:
        body = {"definitions": {"base": {"properties": {name: {"required": on} for name, on in wishes.items()}}}}
        return okta.post(where, body).json()["definitions"]["base"]

    before = okta.get(where).json()["definitions"]["base"]["properties"]["email"]
    shown = demand(email=True, shoe=True)
    assert shown["required"] == ["userName", "email"]
    assert shown["properties"]["email"] == {**before, "required": True}
    assert okta.get(where).json()["definitions"]["base"] == shown
    shown = demand(email=False, userName=False)
    assert (shown["required"], shown["properties"]["email"]) == (["userName"], before)
    for base in (1, {"properties": {"email": 1}}, {"properties": []}):
        assert okta.post(where, {"definitions": {"base": base}}).json()["errorCode"] == "E0000003"


def test_claims_of_a_user(okta: Any) -> None:
    """A client's user has every claim, null where the profile is silent; language and time zone are then the org's."""
    _, where = new_app(okta, CLIENT)
    ann, bea = okta.new_user(), okta.new_user("bea", timezone="Europe/Paris", locale="fr_FR", city="Lyon")
    profile = okta.post(where, {"id": ann, "scope": "USER"}).json()["profile"]
    told = {"name": "ann Lee", "given_name": "ann", "family_name": "Lee", "email": "ann@example.com",
            "zoneinfo": "America/Los_Angeles", "locale": "en_US"}  # fmt: skip
    assert profile == {**dict.fromkeys(STANDARD), **told}
    profile = okta.post(where, {"id": bea, "scope": "USER"}).json()["profile"]
    assert (profile["zoneinfo"], profile["locale"], profile["locality"]) == ("Europe/Paris", "fr_FR", "Lyon")
