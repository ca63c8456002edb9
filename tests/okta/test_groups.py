"""Groups, group rules and what they do by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest


def new_rule(okta: Any, expression: str, *targets: str, name: str = "rule", active: bool = True) -> str:
    body = {
        "type": "group_rule",
        "name": name,
        "conditions": {"expression": {"value": expression, "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": list(targets)}},
    }
    answer = okta.post("/api/v1/groups/rules", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "INACTIVE"
    if active:
        assert okta.post(f"/api/v1/groups/rules/{answer.json()['id']}/lifecycle/activate").status_code == 204
        okta.advance(1)
    return str(answer.json()["id"])


def test_membership_is_idempotent(okta: Any) -> None:
    """Adding or removing twice is fine and logged once."""
    user, group = okta.new_user(), okta.new_group("Sales")
    for _ in range(2):
        assert okta.put(f"/api/v1/groups/{group}/users/{user}").status_code == 204
    assert okta.groups(user) == {"Sales"}
    for _ in range(2):
        assert okta.delete(f"/api/v1/groups/{group}/users/{user}").status_code == 204
    assert [t for t in okta.types() if "membership" in t] == [
        "group.user_membership.add",
        "group.user_membership.remove",
    ]


def test_everyone(okta: Any) -> None:
    """Everyone holds the living and cannot be written."""
    user = okta.new_user()
    everyone = okta.get("/api/v1/groups?q=Everyone").json()[0]["id"]
    assert len(okta.get(f"/api/v1/groups/{everyone}/users").json()) == 2
    assert okta.delete(f"/api/v1/groups/{everyone}/users/{user}").status_code == 403


def test_rule_follows_profile(okta: Any) -> None:
    """A matching profile joins, a changed one leaves, by the system principal; hand-given membership stays."""
    group = okta.new_group("Sales people")
    new_rule(okta, 'user.department=="Sales"', group)
    ann, bob = okta.new_user("ann", department="Sales"), okta.new_user("bob", department="Finance")
    okta.put(f"/api/v1/groups/{group}/users/{bob}")
    okta.advance(1)
    assert okta.groups(ann) == okta.groups(bob) == {"Sales people"}
    okta.post(f"/api/v1/users/{ann}", {"profile": {"department": "Finance"}})
    okta.advance(1)
    assert okta.groups(ann) == set()
    assert okta.groups(bob) == {"Sales people"}
    removal = next(e for e in okta.events() if e["eventType"] == "group.user_membership.remove")
    assert removal["actor"]["type"] == "SystemPrincipal"
    assert removal["client"]["ipAddress"] is None


def test_rule_over_a_custom_attribute(okta: Any) -> None:
    """A rule reads what the org added to the profile; one whose attribute is gone is INVALID."""
    where, group = "/api/v1/meta/schemas/user/default", okta.new_group("Badges")

    def schema(shape: Any) -> None:
        assert okta.post(where, {"definitions": {"custom": {"properties": {"badge": shape}}}}).status_code == 200

    schema({"title": "Badge", "type": "string"})
    rule = new_rule(okta, 'user.badge == "gold"', group)
    ann = okta.new_user("ann", badge="gold")
    okta.advance(1)
    assert okta.groups(ann) == {"Badges"}
    schema(None)
    assert okta.get(f"/api/v1/groups/rules/{rule}").json()["status"] == "INVALID"
    assert "group.user_membership.rule.invalidate" in okta.types()


def test_rules_chain(okta: Any) -> None:
    """One rule's group feeds the next rule, by name or id."""
    first, second, third = (okta.new_group(name) for name in ("A", "B", "C"))
    new_rule(okta, 'user.userType=="contractor"', first, name="one")
    new_rule(okta, 'isMemberOfAnyGroup("A")', second, name="two")
    new_rule(okta, f'isMemberOfGroup("{second}") AND !isMemberOfGroupName("X")', third, name="three")
    user = okta.new_user(userType="contractor")
    okta.advance(5)
    assert okta.groups(user) == {"A", "B", "C"}


def test_activation_covers_staged(okta: Any) -> None:
    """Creating a staged person runs no rule; activating a rule does, as the administrator, and reports its trigger."""
    group = okta.new_group("Sales people")
    rule = new_rule(okta, 'String.startsWith(user.department, "Sal")', group, active=False)
    user = okta.new_user(query="?activate=false", department="Sales")
    okta.advance(1)
    assert okta.groups(user) == set()
    okta.post(f"/api/v1/groups/rules/{rule}/lifecycle/activate")
    okta.advance(1)
    assert okta.groups(user) == {"Sales people"}
    added, trigger = [e for e in okta.events() if e["eventType"].startswith("group.user_membership")]
    assert added["actor"]["alternateId"] == "admin@example.com"
    assert trigger["eventType"] == "group.user_membership.rule.trigger"
    assert [target["type"] for target in trigger["target"]] == ["PolicyRule", "UserGroup"]


def test_removal_by_hand_excludes(okta: Any) -> None:
    """Somebody taken out by hand is left alone by the rule from then on."""
    group = okta.new_group("Sales people")
    rule = new_rule(okta, 'user.department=="Sales"', group)
    user = okta.new_user(department="Sales")
    okta.advance(1)
    okta.delete(f"/api/v1/groups/{group}/users/{user}")
    okta.advance(1)
    assert okta.groups(user) == set()
    excluded = okta.get(f"/api/v1/groups/rules/{rule}").json()["conditions"]["people"]["users"]["exclude"]
    assert excluded == [user]
    assert "group.user_membership.rule.add_exclusion" in okta.types()


def test_deactivation_keeps_groups(okta: Any) -> None:
    """A deactivated person keeps all memberships, those of rules too."""
    group = okta.new_group("Sales people")
    new_rule(okta, 'user.department=="Sales"', group)
    user = okta.new_user(department="Sales")
    okta.advance(1)
    okta.post(f"/api/v1/users/{user}/lifecycle/deactivate")
    okta.advance(60)
    assert okta.groups(user) == {"Sales people"}


def test_deleted_target_invalidates(okta: Any) -> None:
    """Deleting a rule's target makes the rule INVALID; deleting a rule answers 202."""
    group = okta.new_group("Sales people")
    rule = new_rule(okta, 'user.department=="Sales"', group)
    okta.delete(f"/api/v1/groups/{group}")
    assert okta.get(f"/api/v1/groups/rules/{rule}").json()["status"] == "INVALID"
    assert okta.delete(f"/api/v1/groups/rules/{rule}").status_code == 202


@pytest.mark.parametrize(
    ("expression", "matches"),
    [
        ('user.department == "Sales" AND user.city != "Bern"', True),
        ("String.toUpperCase(user.department) == 'SALES'", True),
        ("String.len(user.department) > 5", False),
        ('String.stringContains(user.title, "x")', False),
        ('(user.city == "Bern" OR user.department == "Sales") && !(user.title == "CEO")', True),
        ("user.title == null", True),
        ('user.getInternalProperty("status") == "ACTIVE"', True),
        ('Arrays.contains({"Sales", "Finance"}, user.department)', True),
        ('isMemberOfGroupNameStartsWith("SP-") || isMemberOfGroupNameContains("ver")', True),
        ('isMemberOfGroupNameRegex("Every.*")', True),
    ],
)
def test_expressions(okta: Any, expression: str, matches: bool) -> None:
    """The language of group rules."""
    new_rule(okta, expression, okta.new_group("Target"))
    user = okta.new_user(department="Sales")
    okta.advance(1)
    assert (okta.groups(user) == {"Target"}) is matches


@pytest.mark.parametrize(
    "expression", ["user.", 'user.nosuch=="x"', 'Convert.toInt("1")==1', 'user.city=="', "String.len()"]
)
def test_bad_expressions(okta: Any, expression: str) -> None:
    """What cannot be evaluated is refused at once."""
    body = {
        "type": "group_rule",
        "name": "bad",
        "conditions": {"expression": {"value": expression}},
        "actions": {"assignUserToGroups": {"groupIds": [okta.new_group("Target")]}},
    }
    answer = okta.post("/api/v1/groups/rules", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000001")
    assert answer.json()["errorSummary"] == "Api validation failed: validateRule"
    assert answer.json()["errorCauses"][-1] == {"errorSummary": "conditions: Invalid expression"}


@pytest.mark.parametrize(
    "expression", ['user.city == "Oslo" AND', '(user.city == "Oslo"', "user.city == OR user.state"]
)
def test_broken_expressions(okta: Any, expression: str) -> None:
    """A text that is no expression is repeated in the refusal."""
    body = {
        "type": "group_rule",
        "name": "broken",
        "conditions": {"expression": {"value": expression}, "people": {"users": {}}},
        "actions": {"assignUserToGroups": {"groupIds": [okta.new_group("Target")]}},
    }
    told = [cause["errorSummary"] for cause in okta.post("/api/v1/groups/rules", body).json()["errorCauses"]]
    assert told == [f"Invalid expression syntax {expression}", "conditions: Invalid expression"]


def test_a_slash_at_the_end(okta: Any) -> None:
    """A list is found under its address with a slash too, and links to the one without."""
    answer = okta.get("/api/v1/groups/rules/")
    assert (answer.status_code, answer.links["self"]["url"].endswith("/groups/rules?limit=50")) == (200, True)


def test_group_lists(okta: Any) -> None:
    """By prefix, by filter, by search."""
    for name in ("Sales", "Sales EU", "Finance"):
        okta.new_group(name)
    assert len(okta.get("/api/v1/groups?q=sales").json()) == 2
    for query in ({"search": 'profile.name eq "Sales"'}, {"filter": 'type eq "BUILT_IN"'}):
        assert len(okta.get("/api/v1/groups", params=query).json()) == 1
    assert (
        okta.post("/api/v1/groups", {"profile": {"name": "Sales"}}).json()["errorSummary"]
        == "Api validation failed: name"
    )


def test_owners(okta: Any) -> None:
    """People and groups own a group; twice is refused; they go with themselves."""
    group, other, user = okta.new_group("Sales"), okta.new_group("Heads"), okta.new_user()
    where = f"/api/v1/groups/{group}/owners"
    made = okta.post(where, {"id": user, "type": "USER"})
    assert (made.status_code, made.json()["originType"], made.json()["resolved"]) == (201, "OKTA_DIRECTORY", True)
    assert okta.post(where, {"id": user, "type": "USER"}).json()["errorSummary"] == "Api validation failed: owner"
    assert okta.post(where, {"id": other, "type": "GROUP"}).json()["displayName"] == "Heads"
    assert okta.post(where, {"id": other, "type": "ROBOT"}).status_code == 400
    assert okta.post(where, {"id": "00u0", "type": "USER"}).status_code == 404
    listed = okta.get(where, params={"search": 'type eq "GROUP"'}).json()
    assert [row["id"] for row in listed] == [other]
    okta.delete(f"/api/v1/groups/{other}")
    assert [row["id"] for row in okta.get(where).json()] == [user]
    assert okta.delete(f"{where}/{user}").status_code == 204
    assert okta.delete(f"{where}/{user}").status_code == 404


def test_imported_groups(okta: Any) -> None:
    """An imported group tells its source; its profile and members are its source's; it can be deleted."""
    app = okta.post("/api/v1/apps", {"label": "AD", "signOnMode": "BOOKMARK"}).json()["id"]
    groups, user = okta.org.state.groups, okta.new_user()
    kept = groups[okta.new_group("Imported")]
    groups.put(replace(kept, type="APP_GROUP", source_id=app, object_class="okta:windows_security_principal"))
    where = f"/api/v1/groups/{kept.id}"
    body = okta.get(f"{where}?expand=app").json()
    assert (body["type"], body["objectClass"]) == ("APP_GROUP", ["okta:windows_security_principal"])
    listed = okta.get("/api/v1/groups", params={"filter": 'type eq "APP_GROUP"', "expand": "stats,app"}).json()
    assert set(listed[0]["_embedded"]) == {"stats", "app"}
    assert listed[0]["_links"]["source"]["href"].endswith(app)
    assert okta.put(where, {"profile": {"name": "Mine"}}).status_code == 403
    assert okta.put(f"{where}/users/{user}").status_code == 403
    assert okta.post(f"{where}/roles", {"type": "USER_ADMIN"}).json()["errorCode"] == "E0000194"
    assert okta.delete(where).status_code == 204


def test_sorted_search(okta: Any) -> None:
    """A search is sorted by one property, either way, and paged in that order."""
    for name in ("b", "C", "a"):
        okta.new_group(name)
    query = {"search": 'type eq "OKTA_GROUP"', "sortBy": "profile.name", "limit": "2"}
    answer = okta.get("/api/v1/groups", params=query)
    assert [row["profile"]["name"] for row in answer.json()] == ["a", "b"]
    following = answer.headers.get_list("link")[1].partition("<")[2].partition(">")[0]
    assert [row["profile"]["name"] for row in okta.get(following).json()] == ["C"]
    down = okta.get("/api/v1/groups", params={**query, "sortOrder": "desc"}).json()
    assert [row["profile"]["name"] for row in down] == ["C", "b"]
    both = okta.get("/api/v1/groups", params={"search": 'id eq "x"', "filter": 'id eq "x"'}).json()
    assert both["errorCode"] == "E0000033"
    assert okta.get("/api/v1/groups", params={"filter": 'profile.name eq "a"'}).json()["errorCode"] == "E0000031"


def test_who_is_in_by_which_rule(okta: Any) -> None:
    """A membership tells the rules that hold it; one given by hand tells none."""
    group = okta.new_group("Sales people")
    rule = new_rule(okta, 'user.department=="Sales"', group)
    ann, bob = okta.new_user("ann", department="Sales"), okta.new_user("bob")
    okta.put(f"/api/v1/groups/{group}/users/{bob}")
    okta.advance(1)
    where = f"/api/v1/groups/{group}/users"
    assert [row["id"] for row in okta.get(f"{where}/{ann}/group-rules").json()] == [rule]
    assert okta.get(f"{where}/{bob}/group-rules").json() == []
    rows = okta.get(f"{where}?expand=group-rules").json()
    assert [len(row["_embedded"]["group-rules"]) for row in rows] == [1, 0]
    path = f"/api/v1/groups/rules/{rule}"
    refused = okta.delete(f"{path}?removeUsers=true")
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "E0000001")
    assert okta.get(path).json()["status"] == "ACTIVE"
    okta.post(f"{path}/lifecycle/deactivate")
    assert okta.delete(f"{path}?removeUsers=true").json() == {}
    assert [row["id"] for row in okta.get(where).json()] == [bob]


def test_bounds_of_rules(make_okta: Any) -> None:
    """Names, targets, exclusions; an active rule is not replaced; hurried creation can be refused for a while."""
    okta = make_okta(rule_reconciliation=timedelta(seconds=5))
    group = okta.new_group("Target")
    first = new_rule(okta, "user.city == null", group, active=False)
    body = okta.get(f"/api/v1/groups/rules/{first}").json()
    assert "_links" not in body
    hurried = okta.post("/api/v1/groups/rules", {**body, "name": "second"})
    assert (hurried.status_code, hurried.json()["errorCode"]) == (423, "E0000239")
    okta.advance(5)
    people = {"users": {"exclude": [f"00u{n}" for n in range(101)]}, "groups": {"exclude": []}}
    for change in (
        {"name": ""},
        {"name": "x" * 51},
        {"name": "rule"},
        {"name": 7},
        {"type": "role_rule"},
        {"actions": {"assignUserToGroups": {"groupIds": []}}},
        {"actions": {"assignUserToGroups": {"groupIds": [group] * 101}}},
        {"conditions": {**body["conditions"], "people": people}},
        {"conditions": {**body["conditions"], "people": {"groups": {"exclude": [group]}}}},
    ):
        answer = okta.post("/api/v1/groups/rules", {**body, "name": "second", **change})
        assert answer.status_code == 400, change
    okta.post(f"/api/v1/groups/rules/{first}/lifecycle/activate")
    assert okta.put(f"/api/v1/groups/rules/{first}", body).status_code == 400
