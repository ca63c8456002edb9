"""Sources: making, changing and ending them, and everything that hangs under one."""

from __future__ import annotations

from typing import Any

import pytest


def source_id(company: Any, name: str = "Okta") -> str:
    """The id of a source by its name."""
    return str(company.tenant.configuration.source_named(name).id)


def owner(company: Any) -> dict[str, str]:
    """Somebody who may own a source."""
    return {"type": "IDENTITY", "id": company.identity("E1006")["id"]}


def made(company: Any, name: str = "Badges", query: str = "?provisionAsCsv=true", **more: Any) -> dict[str, Any]:
    """A new source."""
    body = {"name": name, "owner": owner(company), "connector": "delimited-file-angularsc", **more}
    answer = company.call("POST", f"/sources/v1{query}", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def refused(answer: Any, code: str) -> bool:
    """Whether an answer is a 400 of this detail code."""
    return answer.status_code == 400 and answer.json()["detailCode"].startswith(code)


def test_a_new_source_has_a_schema_and_is_unchecked(company: Any) -> None:
    """A delimited file brings the vendor's columns along; what the tenant computes is not taken from the client."""
    source = made(company, status="SOURCE_STATE_HEALTHY", authoritative=True)
    assert (source["type"], source["connectionType"], source["authoritative"]) == ("DelimitedFile", "file", False)
    assert source["status"] == "SOURCE_STATE_UNCHECKED_SOURCE_NO_ACCOUNTS"
    (schema,) = company.get(f"/sources/v1/{source['id']}/schemas")
    assert [one["name"] for one in schema["attributes"]][:2] == ["id", "name"]
    template = company.call("GET", f"/sources/v1/{source['id']}/schemas/accounts")
    assert template.headers["content-type"].startswith("text/csv")
    assert template.text == "id,name,givenName,familyName,e-mail,location,manager,groups"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"owner": {"type": "IDENTITY", "id": "0" * 32}}, "400.1.404"),
        ({"owner": None}, "400.1.3"),
        ({"name": ""}, "400.1.3"),
        ({"name": "okta"}, "400.1 "),
        ({"connector": "made-up"}, "400.1 "),
        ({"features": ["FLYING"]}, "400.1.3"),
        ({"deleteThreshold": 101}, "400.1.3"),
        ({"connectorAttributes": []}, "400.1.3"),
        ({"cluster": {"type": "CLUSTER", "id": "x", "name": "x"}}, "400.1.404"),
        ({"managementWorkgroup": {"id": "x"}}, "400.1.404"),
    ],
)
def test_a_source_that_cannot_be_is_refused(company: Any, change: dict[str, Any], code: str) -> None:
    """Missing references, taken names and values out of range have the vendor's codes."""
    body = {"name": "Badges", "owner": owner(company), "connector": "delimited-file-angularsc", **change}
    assert refused(company.call("POST", "/sources/v1", json=body), code)


def test_a_replaced_source_keeps_what_is_fixed_and_secret(company: Any) -> None:
    """What was read can be sent back; the credential that is not shown survives it, and the connection works."""
    id = source_id(company)
    body = company.get(f"/sources/v1/{id}")
    answer = company.call("PUT", f"/sources/v1/{id}", json={**body, "description": "The directory"})
    assert answer.json()["description"] == "The directory"
    assert company.call("POST", f"/sources/v1/{id}/connector/check-connection").json()["status"] == "SUCCESS"
    assert company.get(f"/sources/v1/{id}/correlation-config")["attributeAssignments"][0]["property"] == "workerId"
    for name, value in (("type", "LDAP"), ("connector", "jdbc"), ("authoritative", True), ("id", "x")):
        assert refused(company.call("PUT", f"/sources/v1/{id}", json={**body, name: value}), "400.1 ")


def test_a_patched_source_stays_a_source(company: Any) -> None:
    """A patch is held against the same rules as a whole source."""
    path = f"/sources/v1/{source_id(company)}"
    for place, value, code in (
        ("/name", 7, "400.1.3"),
        ("/features", ["FLYING"], "400.1.3"),
        ("/owner/id", "nobody", "400.1.404"),
        ("/made-up", 1, "400.1 "),
        ("/passwordPolicies", [], "400.1 "),
    ):
        step = [{"op": "replace", "path": place, "value": value}]
        assert refused(company.call("PATCH", path, json=step), code), place


def test_a_deleted_source_goes_with_its_accounts(company: Any) -> None:
    """The task removes accounts first; one that is authoritative or bundled in access stays."""
    source = made(company)
    columns = "id,name,givenName,familyName,e-mail,location,manager,groups"
    assert company.load(f"{columns}\nB1,Badge,,,,,,\n".encode(), "Badges", by="iam-admin").status_code == 202
    company.wait("PT10M")
    assert len(company.get("/accounts/v1", filters=f'sourceId eq "{source["id"]}"')) == 1
    answer = company.call("DELETE", f"/sources/v1/{source['id']}")
    assert (answer.status_code, answer.json()["type"]) == (202, "TASK_RESULT")
    assert company.call("GET", f"/sources/v1/{source['id']}").status_code == 200
    company.wait("PT1M")
    assert company.call("GET", f"/sources/v1/{source['id']}").status_code == 404
    assert company.get("/accounts/v1", filters=f'sourceId eq "{source["id"]}"') == []
    assert company.get(f"/task-status/v1/{answer.json()['id']}")["completionStatus"] == "SUCCESS"
    for name in ("HR Feed", "Okta"):
        assert refused(company.call("DELETE", f"/sources/v1/{source_id(company, name)}"), "400.1 ")


def test_what_depends_on_a_source(company: Any) -> None:
    """The profile it is authoritative for, the attributes mapped from it."""
    found = company.get(f"/sources/v1/{source_id(company, 'HR Feed')}/connections")
    assert [one["name"] for one in found["identityProfiles"]] == ["Employees"]
    assert found["identityProfiles"][0]["identityCount"] > 0


def test_the_built_in_source_and_sub_admins(company: Any) -> None:
    """A sub-admin's list is his own; unknown sub-admins own nothing."""
    assert company.get("/sources/v1", **{"for-subadmin": "nobody"}) == []
    mine = company.get("/sources/v1", **{"for-subadmin": company.identity("E1004")["id"]})
    assert [one["name"] for one in mine] == ["Okta"]


def test_sources_are_filtered_and_sorted(company: Any) -> None:
    """Every kind of comparison the vendor documents for sources."""
    for filters, count in (
        ('type eq "SCIM 2.0"', 2),
        ('features ca ("UNLOCK")', 1),
        ('connectionType eq "file" and authoritative eq true', 2),
        ('name sw "l"', 1),
        (f'owner.id in ("{company.identity("E1003")["id"]}")', 2),
    ):
        assert len(company.get("/sources/v1", filters=filters)) == count, filters
    names = [one["name"] for one in company.get("/sources/v1", sorters="-name")]
    assert names == sorted(names, key=str.lower, reverse=True)


def test_the_connector_is_really_asked(company: Any) -> None:
    """A check fails while the target is away, says why, and shows in the source's health."""
    id = source_id(company)
    company.directory.calls.clear()
    assert company.call("POST", f"/sources/v1/{id}/connector/test-configuration").json()["status"] == "SUCCESS"
    assert [path for method, path in company.directory.calls if method == "GET"] == ["/api/v1/users?limit=1"]
    fault = company.estate.faults.add({"system": "okta"}, {"status": 503}, None)
    told = company.call("POST", f"/sources/v1/{id}/connector/check-connection").json()
    assert (told["status"], "503" in told["details"]["error"]) == ("FAILURE", True)
    assert company.get(f"/sources/v1/{id}/source-health")["status"] == "SOURCE_STATE_FAILURE_SOURCE"
    company.estate.faults.remove(fault.id)
    assert company.call("POST", f"/sources/v1/{id}/connector/check-connection").json()["status"] == "SUCCESS"
    assert company.call("POST", f"/sources/v1/{id}/connector/ping-cluster").json()["status"] == "SUCCESS"


def test_a_sample_of_a_sources_objects(company: Any) -> None:
    """Accounts and groups as the connector reads them, no more than asked for."""
    path = f"/sources/v1/{source_id(company)}/connector/peek-resource-objects"
    found = company.call("POST", path, json={"objectType": "account", "maxCount": 3}).json()
    assert (found["objectCount"], len(found["resourceObjects"])) == (3, 3)
    groups = company.call("POST", path, json={"objectType": "group"}).json()["resourceObjects"]
    assert {one["objectType"] for one in groups} == {"group"}
    assert refused(company.call("POST", path, json={"maxCount": 0}), "400.1.3")
    other = f"/sources/v1/{source_id(company, 'HR Feed')}/connector/peek-resource-objects"
    assert refused(company.call("POST", other, json={}), "400.1 ")


def test_connectors_rules_and_clusters(company: Any) -> None:
    """Connectors by script name; rules keep id, name and type; one cluster serves what is connected."""
    assert company.get("/connectors/v1/okta-angularsc")["type"] == "Okta"
    assert [one["type"] for one in company.get("/connectors/v1", filters='type eq "LDAP"')] == ["LDAP"]
    assert company.call("GET", "/connectors/v1/made-up").status_code == 404
    rule = {"name": "Build", "type": "BuildMap", "sourceCode": {"version": "1", "script": "return null;"}}
    kept = company.call("POST", "/connector-rules/v1", json=rule).json()
    assert refused(company.call("POST", "/connector-rules/v1", json=rule), "400.1 ")
    assert refused(company.call("POST", "/connector-rules/v1", json={**rule, "name": "B", "type": "X"}), "400.1.3")
    one = f"/connector-rules/v1/{kept['id']}"
    assert company.call("PUT", one, json={**rule, "id": kept["id"], "description": "d"}).json()["description"] == "d"
    assert refused(company.call("PUT", one, json={**rule, "id": kept["id"], "name": "Other"}), "400.1 ")
    assert company.call("DELETE", one).status_code == 204
    (cluster,) = company.get("/managed-clusters/v1", filters="operational eq true")
    assert cluster["serviceCount"] == 3
    assert company.call("GET", f"/sources/v1/{source_id(company)}").json()["cluster"]["id"] == cluster["id"]
