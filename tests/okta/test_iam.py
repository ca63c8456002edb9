"""Administrator roles: targets, custom roles, resource sets, and the rights they really give."""

from __future__ import annotations

from typing import Any

import pytest

ROLES, SETS = "/api/v1/iam/roles", "/api/v1/iam/resource-sets"


def new_role(okta: Any, *permissions: str, label: str = "Helper") -> str:
    body = {"label": label, "description": "helps", "permissions": list(permissions or ["okta.users.read"])}
    answer = okta.post(ROLES, body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def new_set(okta: Any, *resources: str, label: str = "Everybody") -> str:
    answer = okta.post(SETS, {"label": label, "description": "people", "resources": list(resources)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def as_user(okta: Any, user: str) -> str:
    """The Authorization of somebody's own API token."""
    return f"SSWS {okta.org.access.planted_api_token(okta.org.users.find(user), 'own')}"


def test_life_of_a_custom_role(okta: Any) -> None:
    """A role is found by id and label, and both its answers and its lists carry their own address."""
    made = okta.post(ROLES, {"label": "Helper", "description": "helps", "permissions": ["okta.users.read"]})
    role = made.json()
    assert role["isCloneable"] is False
    assert made.headers["link"] == f'<{role["_links"]["self"]["href"]}>; rel="self"'
    for ref in (role["id"], "Helper"):
        assert okta.get(f"{ROLES}/{ref}").json() == role
    again = okta.post(ROLES, {"label": "Helper", "description": "x", "permissions": ["okta.users.read"]})
    assert again.json()["errorCauses"] == [{"errorSummary": "label: There is already an admin role with this name."}]
    assert okta.put(f"{ROLES}/{role['id']}", {"label": "Aide", "description": "y"}).json()["label"] == "Aide"
    assert [row["label"] for row in okta.get(ROLES).json()["roles"]] == ["Aide"]
    assert okta.delete(f"{ROLES}/{role['id']}").status_code == 204
    gone = okta.get(f"{ROLES}/{role['id']}").json()["errorSummary"]
    assert gone == f"Not found: Resource not found: {role['id']} (CustomRole)"


def test_permissions(okta: Any) -> None:
    """Permissions are added with conditions, listed by label, changed and taken away; the last one stays."""
    where = f"{ROLES}/{new_role(okta)}/permissions"
    conditions = {"include": {"okta:ResourceAttribute/User/Profile": ["city"]}}
    assert okta.post(f"{where}/okta.groups.read").status_code == 204
    assert okta.put(f"{where}/okta.users.read", {"conditions": conditions}).json()["conditions"] == conditions
    rows = okta.get(where).json()["permissions"]
    assert [(row["label"], row["conditions"]) for row in rows] == [
        ("okta.groups.read", None),
        ("okta.users.read", conditions),
    ]
    assert okta.post(f"{where}/okta.nosuch").json()["errorCode"] == "E0000001"
    assert okta.get(f"{where}/okta.apps.read").status_code == 404
    assert okta.delete(f"{where}/okta.users.read").status_code == 204
    assert okta.delete(f"{where}/okta.groups.read").status_code == 400


def test_resource_set(okta: Any) -> None:
    """Resources are given by address or name, told by name with both addresses, added and removed one by one."""
    group, org = okta.new_group("Sales"), okta.get("/api/v1/org").json()["id"]
    held = new_set(okta, "https://x.example/api/v1/users")
    where = f"{SETS}/{held}/resources"
    both = {"additions": [f"http://x/api/v1/groups/{group}/users", f"orn:okta:idp:{org}:apps"]}
    assert okta.ask("PATCH", where, json=both).json()["id"] == held
    rows = okta.get(where).json()["resources"]
    assert [row["orn"].partition(org)[2] for row in rows] == [":users", f":groups:{group}:contained_resources", ":apps"]
    assert rows[1]["_links"]["self"]["href"].endswith(f"/api/v1/groups/{group}/users")
    conditions = {"Exclude": {"okta:ORN": [f"orn:okta:idp:{org}:apps:slack"]}}
    body = {"resourceOrnOrUrl": f"http://x/api/v1/groups/{group}", "conditions": conditions}
    one = okta.post(where, body).json()
    assert okta.get(f"{where}/{one['id']}").json()["conditions"] == conditions
    assert "conditions" not in okta.put(f"{where}/{one['id']}", {}).json()
    assert okta.delete(f"{where}/{one['id']}").status_code == 204
    assert len(okta.get(where, params={"limit": "2"}).json()["resources"]) == 2
    for bad in ("x", "http://x/api/v1/nosuch", "http://x/api/v1/groups/00g0", 1):
        assert okta.ask("PATCH", where, json={"additions": [bad]}).status_code in (400, 404)
    assert okta.post(SETS, {"description": "x"}).json()["errorCauses"][0]["errorSummary"] == (
        "label: Label must be specified"
    )
    assert okta.get(f"{SETS}/iam0").json()["errorSummary"].endswith("(IAMPolicy)")
    assert okta.delete(f"{SETS}/{held}").status_code == 204


def test_binding(okta: Any) -> None:
    """A role over a set has members; each shows as a CUSTOM assignment of its holder and goes with the binding."""
    user, group = okta.new_user(), okta.new_group("Helpers")
    role, held = new_role(okta), new_set(okta)
    missing = okta.post(f"{SETS}/{held}/bindings", {"role": "cr0x"})
    assert missing.json()["errorSummary"] == "Not found: Resource not found: cr0x (CustomRole)"
    made = okta.post(f"{SETS}/{held}/bindings", {"role": role, "members": [f"http://x/api/v1/users/{user}"]})
    assert set(made.json()["_links"]) == {"self", "bindings", "resource-set"}
    where = f"{SETS}/{held}/bindings/{role}"
    assert okta.get(where).json()["id"] == role
    assert [row["id"] for row in okta.get(f"{SETS}/{held}/bindings").json()["roles"]] == [role]
    okta.ask("PATCH", f"{where}/members", json={"additions": [f"http://x/api/v1/groups/{group}"]})
    members = okta.get(f"{where}/members").json()["members"]
    assert [row["_links"]["self"]["href"].rpartition("/")[2] for row in members] == [user, group]
    assigned = okta.get(f"/api/v1/users/{user}/roles").json()
    assert [(row["type"], row["role"], row["resource-set"]) for row in assigned] == [("CUSTOM", role, held)]
    assert okta.delete(f"{ROLES}/{role}").status_code == 400
    assert okta.delete(f"{where}/members/{members[0]['id']}").status_code == 204
    assert okta.get(f"/api/v1/users/{user}/roles").json() == []
    assert okta.delete(where).status_code == 204
    assert okta.get(f"/api/v1/groups/{group}/roles").json() == []


def test_last_member_takes_the_binding_along(okta: Any) -> None:
    """A binding without members is none: the last to leave, by either way, ends it."""
    user, role, held = okta.new_user(), new_role(okta), new_set(okta)
    where = f"{SETS}/{held}/bindings"
    for gone in ("{where}/{role}/members/{id}", "/api/v1/users/{user}/roles/{id}"):
        okta.post(where, {"role": role, "members": [f"http://x/api/v1/users/{user}"]})
        [member] = okta.get(f"{where}/{role}/members").json()["members"]
        assert okta.delete(gone.format(where=where, role=role, user=user, id=member["id"])).status_code == 204
        assert okta.get(f"{where}/{role}").json()["errorCode"] == "E0000007"
        assert okta.get(where).json()["roles"] == []


def test_custom_role_by_assignment(okta: Any) -> None:
    """A custom role can be assigned like a standard one, with its resource set; twice is refused."""
    user = okta.new_user()
    body = {"type": "CUSTOM", "role": new_role(okta), "resource-set": new_set(okta)}
    made = okta.post(f"/api/v1/users/{user}/roles", body)
    assert (made.status_code, made.json()["label"]) == (201, "Helper")
    assert okta.post(f"/api/v1/users/{user}/roles", body).json()["errorCode"] == "E0000090"
    assert okta.delete(f"/api/v1/users/{user}/roles/{made.json()['id']}").status_code == 204
    iam = okta.post(f"/api/v1/users/{user}/roles", {"type": "ACCESS_REQUESTS_ADMIN"}).json()
    assert iam["resource-set"] == "ACCESS_CERTIFICATIONS_IAM_POLICY"
    holders = okta.get("/api/v1/iam/assignees/users?limit=1").json()
    assert len(holders["value"]) == 1
    assert okta.get(holders["_links"]["next"]["href"]).json()["value"][0]["id"] != holders["value"][0]["id"]


def test_custom_role_gives_its_rights_and_no_more(okta: Any) -> None:
    """Resetting passwords of a group's people: allowed for them, refused for others and for anything else."""
    helper, inside, outside = (okta.new_user(name) for name in ("helper", "inside", "outside"))
    group = okta.new_group("Sales")
    okta.put(f"/api/v1/groups/{group}/users/{inside}")
    auth = as_user(okta, helper)
    reset = "/lifecycle/reset_password?sendEmail=false"
    assert okta.post(f"/api/v1/users/{inside}{reset}", auth=auth).status_code == 403
    body = {
        "type": "CUSTOM",
        "role": new_role(okta, "okta.users.credentials.resetPassword"),
        "resource-set": new_set(okta, f"http://x/api/v1/groups/{group}/users"),
    }
    assert okta.post(f"/api/v1/users/{helper}/roles", body).status_code == 201
    assert okta.get(f"/api/v1/users/{inside}", auth=auth).status_code == 200
    assert okta.post(f"/api/v1/users/{inside}{reset}", auth=auth).status_code == 200
    assert okta.post(f"/api/v1/users/{outside}{reset}", auth=auth).status_code == 403
    assert okta.post(f"/api/v1/users/{inside}/lifecycle/suspend", auth=auth).status_code == 403
    assert okta.delete(f"/api/v1/groups/{group}", auth=auth).status_code == 403


def test_group_targets(okta: Any) -> None:
    """A role limited to a group acts on it and its people only, and does not see Everyone."""
    admin, inside, outside = (okta.new_user(name) for name in ("admin1", "inside", "outside"))
    mine, other = okta.new_group("Mine"), okta.new_group("Other")
    okta.put(f"/api/v1/groups/{mine}/users/{inside}")
    role = okta.post(f"/api/v1/users/{admin}/roles", {"type": "USER_ADMIN"}).json()["id"]
    assert role == "KVJUKUS7IFCE2SKO"
    where = f"/api/v1/users/{admin}/roles/{role}/targets/groups"
    assert okta.get(where).json() == []
    assert okta.put(f"{where}/{mine}").status_code == 204
    answer = okta.get(where)
    assert [row["id"] for row in answer.json()] == [mine]
    assert "after=" in answer.headers.get_list("link")[0]
    auth = as_user(okta, admin)
    assert okta.post(f"/api/v1/users/{inside}/lifecycle/suspend", auth=auth).status_code == 200
    assert okta.post(f"/api/v1/users/{outside}/lifecycle/suspend", auth=auth).status_code == 403
    assert okta.put(f"/api/v1/groups/{mine}/users/{outside}", auth=auth).status_code == 204
    assert okta.put(f"/api/v1/groups/{other}/users/{outside}", auth=auth).status_code == 403
    assert [row["id"] for row in okta.get("/api/v1/groups", auth=auth).json()] == [mine]
    assert okta.delete(f"{where}/{mine}").status_code == 400
    okta.put(f"{where}/{other}")
    assert okta.delete(f"{where}/{mine}").status_code == 204
    orns = okta.get(f"/api/v1/users/{admin}/roles/{role}/targets").json()
    assert [row["orn"].rpartition(":")[2] for row in orns] == [other]
    embedded = okta.get(f"/api/v1/users/{admin}/roles?expand=targets/groups").json()[0]["_embedded"]
    assert [row["id"] for row in embedded["targets"]["groups"]] == [other]


_TARGET = {"id", "name", "status", "_links"}


def test_resources_by_address(okta: Any) -> None:
    """All applications of a kind and all authorization servers have an address as resources, and show it."""
    base = okta.org.base_url
    addresses = [f'{base}/api/v1/apps?filter=name+eq+"zoomus"', f"{base}/api/v1/authorizationServers"]
    made = okta.post("/api/v1/iam/resource-sets", {"label": "Kinds", "description": "Two", "resources": addresses})
    rows = okta.get(f"/api/v1/iam/resource-sets/{made.json()['id']}/resources").json()["resources"]
    assert [row["_links"]["self"]["href"] for row in rows] == addresses
    assert [row["orn"].split(":", 4)[4] for row in rows] == ["apps:zoomus", "authorization_servers"]


def test_app_targets(okta: Any) -> None:
    """An application administrator is limited to a kind of application or to one; either takes the other's place."""
    admin = okta.new_user()
    one, two = (okta.post("/api/v1/apps", {"label": x, "signOnMode": "BOOKMARK"}).json() for x in ("One", "Two"))
    role = okta.post(f"/api/v1/users/{admin}/roles", {"type": "APP_ADMIN"}).json()["id"]
    where = f"/api/v1/users/{admin}/roles/{role}/targets/catalog/apps"
    assert okta.put(f"{where}/bookmark/{one['id']}").status_code == 204
    [row] = okta.get(where).json()
    assert (row["id"], row["name"], row["status"], set(row)) == (one["id"], "One", "ACTIVE", _TARGET)
    auth = as_user(okta, admin)
    assert okta.post(f"/api/v1/apps/{one['id']}/lifecycle/deactivate", auth=auth).status_code == 200
    assert okta.post(f"/api/v1/apps/{two['id']}/lifecycle/deactivate", auth=auth).status_code == 403
    assert okta.put(f"{where}/bookmark").status_code == 204
    assert [("id" in row, row["name"]) for row in okta.get(where).json()] == [(False, "bookmark")]
    assert okta.post(f"/api/v1/apps/{two['id']}/lifecycle/deactivate", auth=auth).status_code == 200
    assert [okta.put(f"{where}/bookmark/{x['id']}").status_code for x in (two, one, two)] == [204, 204, 204]
    assert [row["id"] for row in okta.get(where).json()] == [one["id"], two["id"]]
    assert okta.put(f"{where}/zoomus").status_code == 204
    assert okta.get(where).json()[-1]["verificationStatus"] == "OKTA_VERIFIED"
    assert [okta.put(f"{where}/{name}").status_code for name in (f"{okta.org.settings.name}_app_1", "no.such")] == [
        404,
        404,
    ]
    assert okta.put(where).status_code == 200
    assert okta.get(where).json() == []
    assert okta.get(f"/api/v1/users/{admin}/roles/{role}/governance").json()["grants"] == []
    assert okta.get(f"/api/v1/users/{admin}/roles/{role}/governance/gra1").status_code == 404


@pytest.mark.parametrize(
    ("type", "noun", "status"),
    [("USER_ADMIN", "catalog/apps", 400), ("APP_ADMIN", "groups", 400), ("READ_ONLY_ADMIN", "groups", 400)],
)
def test_targets_of_another_kind(okta: Any, type: str, noun: str, status: int) -> None:
    """Only some roles can be limited, each to its own kind of target; of the other kind it has none to show."""
    user = okta.new_user()
    role = okta.post(f"/api/v1/users/{user}/roles", {"type": type}).json()["id"]
    where = f"/api/v1/users/{user}/roles/{role}/targets/{noun}"
    answer = okta.put(f"{where}/{'bookmark' if noun == 'catalog/apps' else okta.new_group('Target')}")
    assert (answer.status_code, answer.json()["errorCode"]) == (status, "E0000091")
    assert (okta.get(where).status_code, okta.get(where).json()) == (200, [])


def test_where_roles_cannot_go(okta: Any) -> None:
    """Not to groups with rules, built-in groups, imported groups; not of an unknown type; gone with their holder."""
    group, everyone = okta.new_group("Ruled"), okta.get("/api/v1/groups?q=Everyone").json()[0]["id"]
    rule = {
        "type": "group_rule",
        "name": "r",
        "conditions": {"expression": {"value": 'user.city=="B"'}},
        "actions": {"assignUserToGroups": {"groupIds": [group]}},
    }
    okta.post("/api/v1/groups/rules", rule)
    codes = [okta.post(f"/api/v1/groups/{id}/roles", {"type": "USER_ADMIN"}) for id in (group, everyone)]
    assert [answer.json()["errorCode"] for answer in codes] == ["E0000192", "E0000211"]
    free = okta.new_group("Free")
    for bad in ({"type": "NOPE"}, {}, {"type": 1}, {"type": "CUSTOM"}):
        assert okta.post(f"/api/v1/groups/{free}/roles", bad).status_code == 400
    member = okta.new_user()
    okta.put(f"/api/v1/groups/{free}/users/{member}")
    okta.post(f"/api/v1/groups/{free}/roles", {"type": "READ_ONLY_ADMIN"})
    shown = okta.get(f"/api/v1/users/{member}/roles").json()
    assert [(row["type"], row["assignmentType"]) for row in shown] == [("READ_ONLY_ADMIN", "GROUP")]
    assert okta.delete(f"/api/v1/users/{member}/roles/{shown[0]['id']}").status_code == 404
    okta.delete(f"/api/v1/groups/{free}")
    assert okta.get(f"/api/v1/users/{member}/roles").json() == []


def test_roles_of_a_client(okta: Any) -> None:
    """A service client's roles have targets too."""
    client = okta.new_client()[0]
    where = f"/oauth2/v1/clients/{client}/roles"
    role = okta.post(where, {"type": "HELP_DESK_ADMIN"}).json()
    assert role["_links"]["assignee"]["href"].endswith(f"/oauth2/v1/clients/{client}")
    group = okta.new_group("Desk")
    assert okta.put(f"{where}/{role['id']}/targets/groups/{group}").status_code == 204
    assert [row["id"] for row in okta.get(f"{where}/{role['id']}/targets/groups").json()] == [group]
