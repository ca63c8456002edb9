"""Roles: criteria and lists, what they bundle, who is assigned them."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.sailpoint.domain.access import meets
from tests.sailpoint.conftest import Company


def key(name: str = "department", **more: Any) -> dict[str, Any]:
    """What a comparison looks at."""
    return {"type": "IDENTITY", "property": f"attribute.{name}"} | more


def leaf(operation: str, value: str, name: str = "department", **more: Any) -> dict[str, Any]:
    """A comparison."""
    return {"operation": operation, "key": key(name, **more), "stringValue": value}


def group(operation: str, *children: dict[str, Any]) -> dict[str, Any]:
    """Comparisons taken together."""
    return {"operation": operation, "children": list(children)}


def role_body(company: Company, **more: Any) -> dict[str, Any]:
    """A body that makes a role."""
    return {"name": "Made by a test", "owner": {"id": company.identity("E1006")["id"]}, "enabled": True} | more


def make(company: Company, **more: Any) -> Any:
    """The answer to making a role."""
    return company.call("POST", "/roles/v1", json=role_body(company, **more))


def members(company: Company, role: dict[str, Any], **params: Any) -> list[str]:
    """Aliases of those who are assigned a role."""
    found = company.get(f"/roles/v1/{role['id']}/assigned-identities", **params)
    return sorted(one["aliasName"] for one in found)


DEEP = group("AND", group("OR", leaf("EQUALS", "Sales"), leaf("EQUALS", "Finance")))


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        (DEEP, ""),
        (group("OR", DEEP), "400.1.3"),
        (group("AND"), "400.1.3"),
        (group("AND", leaf("EQUALS", "x")) | {"key": key()}, "400.1.3"),
        ({"operation": "EQUALS", "stringValue": "x"}, "400.1.3"),
        ({"operation": "EQUALS", "key": key()}, "400.1.3"),
        ({"operation": "LIKE", "key": key(), "stringValue": "x"}, "400.1.3"),
        (leaf("EQUALS", "x", type="ACCOUNT"), "400.1.3"),
        (leaf("EQUALS", "x", type="ENTITLEMENT", sourceId="nowhere"), "400.1.404"),
        (leaf("EQUALS", "x", type="GROUP"), "400.1.3"),
        (leaf("EQUALS", "x") | {"children": [leaf("EQUALS", "y")]}, "400.1.3"),
    ],
)
def test_criteria_have_three_levels(company: Company, criteria: dict[str, Any], code: str) -> None:
    """Groups have children and no key; leaves have a key and a value; accounts and entitlements have a source."""
    answer = make(company, membership={"type": "STANDARD", "criteria": criteria})
    assert answer.status_code == (400 if code else 201), answer.text
    assert not code or answer.json()["detailCode"].startswith(f"{code} ")


@pytest.mark.parametrize(
    ("criteria", "meets"),
    [
        (leaf("EQUALS", "sales"), True),
        (leaf("NOT_EQUALS", "Sales"), False),
        (leaf("CONTAINS", "ale"), True),
        (leaf("DOES_NOT_CONTAIN", "ale"), False),
        (leaf("STARTS_WITH", "Sa"), True),
        (leaf("ENDS_WITH", "Sa"), False),
        (leaf("GREATER_THAN", "Marketing"), True),
        (leaf("LESS_THAN_EQUALS", "Sales"), True),
        (leaf("GREATER_THAN_EQUALS", "Zoo"), False),
        (leaf("LESS_THAN", "Sales"), False),
        (leaf("EQUALS", "E1006", "manager_id", type="ACCOUNT", sourceId="HR Feed"), True),
        (leaf("EQUALS", "E1007", "manager_id", type="ACCOUNT", sourceId="HR Feed"), False),
        (group("AND", leaf("EQUALS", "Sales"), leaf("EQUALS", "x", "jobTitle")), False),
        (group("OR", leaf("EQUALS", "Sales"), leaf("EQUALS", "x", "jobTitle")), True),
    ],
)
def test_processing_decides_membership(company: Company, criteria: dict[str, Any], meets: bool) -> None:
    """Every operation counts at the next processing of an identity, and not before."""
    if (criteria.get("key") or {}).get("sourceId"):
        source = company.tenant.configuration.source_named(criteria["key"]["sourceId"])
        assert source is not None
        criteria = criteria | {"key": criteria["key"] | {"sourceId": source.id}}
    company.hire("E7001", "Nora", "New")
    company.loaded()
    person = company.identity("E7001")
    role = make(company, membership={"type": "STANDARD", "criteria": criteria}).json()
    assert members(company, role) == []
    company.tenant.processing.refresh(person["id"])
    assert members(company, role) == (["E7001"] if meets else [])


def test_entitlements_decide_membership(company: Company) -> None:
    """A key of type ENTITLEMENT looks at what accounts of the source hold."""
    account = company.account("E1006")
    assert account is not None
    held = company.get(f"/accounts/v1/{account['id']}/entitlements")[0]
    wanted = leaf("EQUALS", held["value"], "groups", type="ENTITLEMENT", sourceId=account["sourceId"])
    role = make(company, membership={"type": "STANDARD", "criteria": wanted}).json()
    company.tenant.processing.refresh(company.identity("E1006")["id"])
    assert members(company, role) == ["E1006"]


def test_numbers_are_compared_as_numbers() -> None:
    """Nine is less than ten."""
    criteria = leaf("LESS_THAN", "10", "years")
    assert meets(criteria, lambda kind, name, source: ["9"])
    assert not meets(criteria, lambda kind, name, source: ["11"])


def test_a_list_of_people(company: Company) -> None:
    """An IDENTITY_LIST names people, who must exist; filters and sorters of the assigned work."""
    ids = [company.identity(worker)["id"] for worker in ("E1006", "E1019")]
    listed = {"type": "IDENTITY_LIST", "identities": [{"type": "IDENTITY", "id": id} for id in ids]}
    role = make(company, membership=listed).json()
    assert [one["aliasName"] for one in role["membership"]["identities"]] == ["E1006", "E1019"]
    for id in ids:
        company.tenant.processing.refresh(id)
    assert members(company, role) == ["E1006", "E1019"]
    assert members(company, role, filters='aliasName eq "E1019"') == ["E1019"]
    ordered = company.get(f"/roles/v1/{role['id']}/assigned-identities", sorters="-aliasName")
    assert [one["aliasName"] for one in ordered] == ["E1019", "E1006"]
    nobody = {"type": "IDENTITY_LIST", "identities": [{"id": "nobody"}]}
    assert make(company, name="Other", membership=nobody).json()["detailCode"].startswith("400.1.404")


def test_rights_on_the_role_itself(company: Company) -> None:
    """A role may bundle entitlements directly, beside those of its access profiles."""
    rights = company.get("/entitlements/v1", limit=2)
    role = make(company, entitlements=[{"id": one["id"]} for one in rights]).json()
    assert [one["id"] for one in role["entitlements"]] == [one["id"] for one in rights]
    held = company.get(f"/roles/v1/{role['id']}/entitlements", sorters="name")
    assert sorted(one["id"] for one in held) == sorted(one["id"] for one in rights)
    assert make(company, name="O", entitlements=[{"id": "none"}]).json()["detailCode"].startswith("400.1.404")


def test_dimensions_and_owners_are_kept(company: Company) -> None:
    """A dynamic role keeps its references and the attributes that tell its variants apart."""
    groups = company.get("/workgroups/v1")
    schema = {"dimensionAttributes": [{"name": "city", "displayName": "City", "derived": True}]}
    role = make(
        company,
        dimensional=True,
        dimensionRefs=[{"type": "DIMENSION", "id": "d1", "name": "One"}],
        accessRequestConfig={"dimensionSchema": schema},
        additionalOwners=[{"type": "GOVERNANCE_GROUP", "id": groups[0]["id"]}],
    ).json()
    assert role["dimensionRefs"][0]["id"] == "d1"
    assert role["accessRequestConfig"]["dimensionSchema"] == schema
    assert role["additionalOwners"][0]["name"] == groups[0]["name"]
    assert company.get("/roles/v1", filters="dimensional eq true") == [role]
    assert make(company, name="O", additionalOwners=[{"type": "GOVERNANCE_GROUP", "id": "x"}]).status_code == 400


def test_roles_by_what_classifies_them(company: Company) -> None:
    """Metadata is set by patch only; the filter takes an attribute with or without values, beside filters."""
    role = make(company).json()
    attribute = {"key": "risk", "name": "Risk", "values": [{"value": "high", "name": "High"}]}
    step = {"op": "add", "path": "/accessModelMetadata", "value": {"attributes": [attribute]}}
    assert company.call("PATCH", f"/roles/v1/{role['id']}", json=[step]).status_code == 200

    def found(**body: Any) -> list[str]:
        answer = company.call("POST", "/roles/v1/filter", json=body)
        assert answer.status_code == 200, answer.text
        return [one["name"] for one in answer.json()]

    assert found(ammKeyValues=[{"attribute": "risk"}]) == ["Made by a test"]
    assert found(ammKeyValues=[{"attribute": "risk", "values": ["high"]}], filters='name sw "Made"') != []
    assert found(ammKeyValues=[{"attribute": "risk", "values": ["low"]}]) == []
    assert company.call("POST", "/roles/v1/filter", json={"filters": "cost gt 3"}).status_code == 400
    assert company.call("POST", "/roles/v1/filter").status_code == 200


def test_many_go_by_a_task(company: Company) -> None:
    """Bulk deletion answers a task; an id that does not exist is refused before anything happens."""
    role = make(company).json()
    refused = company.call("POST", "/roles/v1/bulk-delete", json={"roleIds": [role["id"], "none"]})
    assert refused.json()["detailCode"].startswith("400.1.404")
    answer = company.call("POST", "/roles/v1/bulk-delete", json={"roleIds": [role["id"]]})
    assert (answer.status_code, answer.json()["type"]) == (202, "TASK_RESULT")
    company.wait("PT1M")
    assert company.call("GET", f"/roles/v1/{role['id']}").status_code == 404
    assert company.call("POST", "/roles/v1/bulk-delete", json={"roleIds": []}).status_code == 400


def test_a_patch_leaves_dimensions_alone(company: Company) -> None:
    """What the vendor does not list cannot be patched; criteria are checked again."""
    role = make(company).json()
    path = f"/roles/v1/{role['id']}"
    for step in (
        {"op": "replace", "path": "/dimensional", "value": True},
        {"op": "replace", "path": "/membership", "value": {"type": "STANDARD", "criteria": group("AND")}},
        {"op": "remove", "path": "/owner"},
        {"op": "replace", "path": "/name", "value": "x" * 129},
    ):
        assert company.call("PATCH", path, json=[step]).status_code == 400, step
