"""Identity profiles and lifecycle states over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

PATH = "/identity-profiles/v1"
CONFIG = {
    "enabled": True,
    "attributeTransforms": [
        {
            "identityAttributeName": "uid",
            "transformDefinition": {
                "type": "accountAttribute",
                "attributes": {"sourceName": "Payroll", "attributeName": "worker_id"},
            },
        }
    ],
}


@pytest.fixture
def body(company: Any) -> dict[str, Any]:
    """A profile for a source that has none."""
    source = company.tenant.configuration.source_named("Payroll")
    return {"name": "Clerks", "authoritativeSource": {"type": "SOURCE", "id": source.id}, "priority": 40}


def employees(company: Any) -> dict[str, Any]:
    """The profile of the employees."""
    (found,) = company.get(PATH, filters='name eq "Employees"')
    return dict(found)


def test_a_new_profile_begins_with_active_and_inactive(company: Any, body: dict[str, Any]) -> None:
    """201 with the source's name; both states are there."""
    made = company.call("POST", PATH, json={**body, "identityAttributeConfig": CONFIG})
    assert (made.status_code, made.json()["authoritativeSource"]["name"]) == (201, "Payroll")
    states = company.get(f"{PATH}/{made.json()['id']}/lifecycle-states", sorters="priority")
    assert [(one["technicalName"], one["identityState"]) for one in states] == [
        ("active", "ACTIVE"),
        ("inactive", "INACTIVE_SHORT_TERM"),
    ]
    assert company.call("POST", PATH, json={**body, "name": "Others"}).status_code == 400  # the source is taken
    assert company.call("POST", PATH, json={**body, "name": "employees"}).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"name": " "},
        {"authoritativeSource": None},
        {"authoritativeSource": {"id": "f" * 32}},
        {"authoritativeSource": []},
        {"owner": {"id": "nobody"}},
        {"priority": "high"},
        {"identityAttributeConfig": {"attributeTransforms": [{}]}},
        {
            "identityAttributeConfig": {
                "attributeTransforms": [{"identityAttributeName": "a", "transformDefinition": {"type": "shout"}}]
            }
        },
    ],
)
def test_bad_profiles_are_refused(company: Any, body: dict[str, Any], changes: dict[str, Any]) -> None:
    """Wrong shapes, names that are taken and references to nothing are 400."""
    assert company.call("POST", PATH, json={**body, **changes}).status_code == 400


def test_changed_mappings_want_a_refresh(company: Any) -> None:
    """`identityRefreshRequired` until the profile is processed; mappings and source do not change at once."""
    profile = employees(company)
    path = f"{PATH}/{profile['id']}"
    mappings = [
        row if row["identityAttributeName"] != "jobTitle" else {**row, "transformDefinition": {
            "type": "upper", "attributes": {"input": row["transformDefinition"]}}}
        for row in profile["identityAttributeConfig"]["attributeTransforms"]
    ]  # fmt: skip
    step = {"op": "replace", "path": "/identityAttributeConfig/attributeTransforms", "value": mappings}
    assert company.call("PATCH", path, json=[step]).json()["identityRefreshRequired"] is True
    both = [step, {"op": "replace", "path": "/authoritativeSource", "value": profile["authoritativeSource"]}]
    assert company.call("PATCH", path, json=both).status_code == 400
    for name in ("id", "created", "identityCount", "identityRefreshRequired"):
        assert company.call("PATCH", path, json=[{"op": "replace", "path": f"/{name}", "value": 1}]).status_code == 400
    assert company.call("POST", f"{path}/process-identities").status_code == 202
    assert employees(company)["identityRefreshRequired"] is False
    company.wait("PT2H")
    title = company.identity("E1016")["attributes"]["jobTitle"]
    assert title == title.upper()


def test_a_preview_stores_nothing(company: Any) -> None:
    """The values other mappings would give, with what is wrong of each that has none."""
    person = company.identity("E1016")
    rows = [
        ("department", {"type": "upper", "attributes": {"input": {"type": "accountAttribute", "attributes": {
            "sourceName": "HR Feed", "attributeName": "department"}}}}),
        ("company", {"type": "lookup", "attributes": {"input": "x", "table": {}}}),
    ]  # fmt: skip
    config = [{"identityAttributeName": name, "transformDefinition": definition} for name, definition in rows]
    body = {"identityId": person["id"], "identityAttributeConfig": {"attributeTransforms": config}}
    shown = company.call("POST", f"{PATH}/identity-preview", json=body).json()
    first, second = shown["previewAttributes"]
    assert (first["value"], first["previousValue"], first["errorMessages"]) == ("SALES", "Sales", [])
    assert second["errorMessages"][0]["text"]
    assert company.identity("E1016") == person
    for bad in (None, {}, {"identityId": "f" * 32}, {**body, "identityAttributeConfig": 7}):
        assert company.call("POST", f"{PATH}/identity-preview", json=bad).status_code == 400


def test_what_is_exported_can_be_imported(company: Any) -> None:
    """The same name changes the profile; what does not fit is told and left out."""
    exported = company.get(f"{PATH}/export", filters='name eq "Employees"')
    exported[0]["object"]["description"] = "imported"
    stranger = {"object": {"name": "X", "authoritativeSource": {"id": "f" * 32}}}
    told = company.call("POST", f"{PATH}/import", json=[*exported, stranger]).json()
    assert [one["name"] for one in told["importedObjects"]] == ["Employees"]
    assert len(told["errors"]) == 1
    assert employees(company)["description"] == "imported"
    assert company.call("POST", f"{PATH}/import", json={"a": 1}).status_code == 400


def test_default_mappings_follow_the_columns(company: Any) -> None:
    """Columns called like an identity attribute are offered."""
    rows = company.get(f"{PATH}/{employees(company)['id']}/default-identity-attribute-config")["attributeTransforms"]
    named = {row["identityAttributeName"]: row["transformDefinition"]["attributes"]["attributeName"] for row in rows}
    assert named == {"uid": "worker_id", "firstname": "first_name", "lastname": "last_name"}


def test_deleting_a_profile_is_a_task(company: Any) -> None:
    """202 at once; then the profile is gone and its people are incomplete."""
    (profile,) = company.get(PATH, filters='name eq "Contractors"')
    (person, *_) = company.get("/identities/v1", filters='alias sw "C"')
    answer = company.call("DELETE", f"{PATH}/{profile['id']}")
    assert answer.status_code == 202
    assert company.call("GET", f"{PATH}/{profile['id']}").status_code == 200
    company.wait("PT5M")
    assert company.call("GET", f"{PATH}/{profile['id']}").status_code == 404
    hidden = company.get("/identities/v1", defaultFilter="NONE", filters="correlated eq false")
    assert person["id"] in {one["id"] for one in hidden}
    assert company.call("POST", f"{PATH}/bulk-delete", json=[profile["id"]]).status_code == 400
    assert company.call("POST", f"{PATH}/bulk-delete", json=[]).status_code == 400
    assert company.call("POST", f"{PATH}/bulk-delete", json={"ids": []}).status_code == 400


def test_accounts_that_waited_for_a_profile_become_identities(company: Any) -> None:
    """Processing a new profile takes in the accounts its source already has."""
    company.load(b"worker_id,entitlements\nP1,payroll.user\n", "Payroll", by="iam-admin")
    company.wait("PT5M")
    source = company.tenant.configuration.source_named("Payroll")
    body = {"name": "Clerks", "authoritativeSource": {"id": source.id}, "identityAttributeConfig": CONFIG}
    made = company.call("POST", PATH, json=body).json()
    assert company.get("/identities/v1", filters='alias eq "P1"') == []
    company.call("POST", f"{PATH}/{made['id']}/process-identities")
    company.wait("PT2H")
    assert company.identity("P1")["attributes"]["uid"] == "P1"


@pytest.fixture
def states(company: Any) -> str:
    """Where the lifecycle states of employees are."""
    return f"{PATH}/{employees(company)['id']}/lifecycle-states"


def test_lifecycle_states(company: Any, states: str) -> None:
    """Not enabled unless said; the name and the technical name are fixed; v3 lacks what is newer."""
    made = company.call("POST", states, json={"name": "Sabbatical", "technicalName": "sabbatical"}).json()
    assert (made["enabled"], made["accountActions"], made["identityCount"]) == (False, [], 0)
    path = f"{states}/{made['id']}"
    old = company.get(f"/v3{path.replace('/v1', '')}")
    assert not {"priority", "accessActionConfiguration"} & old.keys()
    step = [{"op": "replace", "path": "/accessActionConfiguration", "value": {"removeAllAccessEnabled": True}}]
    assert company.call("PATCH", path, json=step).json()["accessActionConfiguration"] == step[0]["value"]
    for name in ("name", "technicalName", "identityCount", "id"):
        assert (
            company.call("PATCH", path, json=[{"op": "replace", "path": f"/{name}", "value": "x"}]).status_code == 400
        )
    assert company.call("POST", states, json={"name": "Two", "technicalName": "sabbatical"}).status_code == 400
    assert company.call("DELETE", path).json()["type"] == "LIFECYCLE_STATE"
    assert company.call("GET", path).status_code == 404
    (active,) = [one for one in company.get(states) if one["technicalName"] == "active"]
    assert company.call("DELETE", f"{states}/{active['id']}").status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"technicalName": None},
        {"name": ""},
        {"enabled": "yes"},
        {"accessProfileIds": ["f" * 32]},
        {"identityState": "ASLEEP"},
        {"accountActions": [{"action": "FREEZE", "allSources": True}]},
        {"accountActions": [{"action": "DISABLE"}]},
        {"accountActions": [{"action": "DISABLE", "sourceIds": ["f" * 32]}]},
        {"accountActions": [{"action": "DISABLE", "sourceIds": ["a"], "allSources": True}]},
        {"accountActions": [{"action": "DELETE", "allSources": True}], "identityState": "ACTIVE"},
        {"emailNotificationOption": []},
    ],
)
def test_bad_states_are_refused(company: Any, states: str, changes: dict[str, Any]) -> None:
    """DELETE belongs to INACTIVE_LONG_TERM, an action names sources in one way, references exist."""
    assert company.call("POST", states, json={"name": "S", "technicalName": "s", **changes}).status_code == 400
