"""Applications by API, factors, administrator roles, API tokens, a person's grants."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.okta.domain.sessions import passcode, step_of


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("SAML_2_0", "example_wiki_1"),
        ("OPENID_CONNECT", "oidc_client"),
        ("BOOKMARK", "bookmark"),
        ("SECURE_PASSWORD_STORE", "template_sps"),
    ],
)
def test_life_of_an_app(okta: Any, mode: str, name: str) -> None:
    """An application of each kind is made, changed, and deleted only once it is inactive."""
    made = okta.post("/api/v1/apps", {"label": "Wiki", "signOnMode": mode}).json()
    assert (made["name"], made["status"], made["features"]) == (name, "ACTIVE", [])
    where = f"/api/v1/apps/{made['id']}"
    body = {"label": "Wiki 2", "signOnMode": mode, "visibility": {"hide": {"iOS": True, "web": True}}}
    assert okta.put(where, body).json()["label"] == "Wiki 2"
    refused = okta.delete(where)
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000056")
    assert okta.post(f"{where}/lifecycle/deactivate").json() == {}
    assert okta.delete(where).status_code == 204
    assert okta.get(where).json()["errorSummary"].endswith("(AppInstance)")


def test_lists_of_apps(okta: Any) -> None:
    """By label, by person, by group; a foreign cursor is refused."""
    user, group = okta.new_user(), okta.new_group("Wiki people")
    ids = [okta.post("/api/v1/apps", {"label": x, "signOnMode": "BOOKMARK"}).json()["id"] for x in ("Wiki", "Atlas")]
    okta.post(f"/api/v1/apps/{ids[0]}/users", {"id": user})
    okta.put(f"/api/v1/apps/{ids[1]}/groups/{group}")
    for query, expected in (
        ({"q": "wi"}, ids[0]),
        ({"filter": f'user.id eq "{user}"'}, ids[0]),
        ({"filter": f'group.id eq "{group}"'}, ids[1]),
    ):
        assert [row["id"] for row in okta.get("/api/v1/apps", params=query).json()] == [expected]
    assert [row["id"] for row in okta.get(f"/api/v1/groups/{group}/apps").json()] == [ids[1]]
    assert okta.get("/api/v1/apps?after=x").json()["errorCode"] == "E0000029"


def test_group_assignment(okta: Any) -> None:
    """Priority and profile of a group's assignment change by PATCH; its people follow."""
    user, group = okta.new_user(), okta.new_group("Wiki people")
    app = okta.post("/api/v1/apps", {"label": "Wiki", "signOnMode": "SAML_2_0"}).json()["id"]
    okta.put(f"/api/v1/groups/{group}/users/{user}")
    where = f"/api/v1/apps/{app}/groups/{group}"
    assert okta.put(where, {"priority": 3}).json()["priority"] == 3
    changes = [
        {"op": "replace", "path": "/priority", "value": 1},
        {"op": "add", "path": "/profile/role", "value": "editor"},
    ]
    assert okta.ask("PATCH", where, json=changes).json()["profile"] == {"role": "editor"}
    okta.advance(1)
    rows = okta.get(f"/api/v1/apps/{app}/users?expand=user").json()
    assert [(row["id"], row["scope"], row["profile"]) for row in rows] == [(user, "GROUP", {"role": "editor"})]
    okta.post(f"/api/v1/apps/{app}/users", {"id": user, "scope": "USER"})
    assert okta.delete(where).status_code == 204
    okta.advance(1)
    assert okta.get(f"/api/v1/apps/{app}/users/{user}").json()["scope"] == "USER"
    okta.delete(f"/api/v1/apps/{app}/users/{user}")
    okta.advance(1)
    assert okta.get(f"/api/v1/apps/{app}/users").json() == []
    okta.post(f"/api/v1/users/{user}/lifecycle/deactivate")
    assert okta.post(f"/api/v1/apps/{app}/users", {"id": user}).json()["errorCode"] == "E0000117"


def test_factor(make_okta: Any) -> None:
    """A time-based code is enrolled with its shared secret, activated, verified once, and reset."""
    okta = make_okta(mail_signs_in=True)
    user = okta.new_user()
    where = f"/api/v1/users/{user}/factors"
    made = okta.post(where, {"factorType": "token:software:totp", "provider": "GOOGLE"}).json()
    assert made["status"] == "PENDING_ACTIVATION"
    secret = made["_embedded"]["activation"]["sharedSecret"]

    def code() -> dict[str, str]:
        return {"passCode": passcode(secret, step_of(okta.clock.now()))}

    own = f"{where}/{made['id']}"
    assert okta.post(f"{own}/lifecycle/activate", {"passCode": "1"}).json()["errorCode"] == "E0000068"
    assert okta.post(f"{own}/lifecycle/activate", code()).json()["status"] == "ACTIVE"
    assert okta.post(f"{own}/verify", code()).json()["errorCode"] == "E0000082"
    okta.advance(60)
    assert okta.post(f"{own}/verify", code()).json()["factorResult"] == "SUCCESS"
    assert [row["factorType"] for row in okta.get(where).json()] == ["email", "token:software:totp"]
    okta.post(f"/api/v1/users/{user}/lifecycle/reset_factors")
    assert [row["factorType"] for row in okta.get(where).json()] == ["email"]
    assert okta.get(own).json()["errorSummary"].endswith("(UserFactor)")


def test_roles(okta: Any) -> None:
    """A role is assigned once, to a person, a group or a client, and taken back."""
    user, group = okta.new_user(), okta.new_group("Admins")
    for where in (f"/api/v1/users/{user}/roles", f"/api/v1/groups/{group}/roles"):
        made = okta.post(where, {"type": "HELP_DESK_ADMIN"})
        assert made.status_code == 201
        again = okta.post(where, {"type": "HELP_DESK_ADMIN"})
        assert (again.status_code, again.json()["errorCode"]) == (409, "E0000090")
        assert [row["type"] for row in okta.get(where).json()] == ["HELP_DESK_ADMIN"]
        assert okta.get(f"{where}/{made.json()['id']}").status_code == 200
        assert okta.delete(f"{where}/{made.json()['id']}").status_code == 204
        assert okta.get(where).json() == []
    assert "user.account.privilege.grant" in okta.types()
    assert "group.privilege.revoke" in okta.types()


def test_api_tokens(okta: Any) -> None:
    """Tokens are listed without their values; one may end itself."""
    rows = okta.get("/api/v1/api-tokens").json()
    assert [row["name"] for row in rows] == ["admin"]
    assert okta.get(f"/api/v1/api-tokens/{rows[0]['id']}").json()["tokenWindow"] == "P30D"
    assert okta.delete("/api/v1/api-tokens/current").status_code == 204
    assert okta.get("/api/v1/users").status_code == 401


def test_grants_of_a_person(okta: Any) -> None:
    """A person's refresh tokens with a client are listed and ended."""
    user = okta.new_user()
    client = okta.new_client(user)
    tokens = okta.tokens(client, okta.session("ann@example.com"))
    where = f"/api/v1/users/{user}/clients/{client[0]}/tokens"
    assert [row["clientId"] for row in okta.get(where).json()] == [client[0]]
    assert okta.delete(where).status_code == 204
    assert okta.get(where).json() == []
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert okta.form("/oauth2/v1/token", client, **form).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/api/v1/org", "/api/v1/meta/types/user", "/api/v1/meta/types/user/default", "/.well-known/openid-configuration"],
)
def test_plain_reads(okta: Any, path: str) -> None:
    """What a client reads to find its way."""
    assert okta.get(path).status_code == 200


def test_deactivated_client(okta: Any) -> None:
    """An inactive application issues nothing, and its tokens are void for good."""
    user = okta.new_user()
    client = okta.new_client(user)
    tokens = okta.tokens(client, okta.session("ann@example.com"))
    okta.post(f"/api/v1/apps/{client[0]}/lifecycle/deactivate")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert okta.form("/oauth2/v1/token", client, **form).json()["error"] == "invalid_client"
    okta.post(f"/api/v1/apps/{client[0]}/lifecycle/activate")
    assert okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json() == {"active": False}
