"""What hangs under a source: schemas, policies, schedules and settings."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.test_sources import made, refused, source_id


def test_schemas_keep_id_and_name(company: Any) -> None:
    """A schema is replaced as a whole with its id, patched but for what is fixed, and each name is there once."""
    path = f"/sources/v1/{source_id(company, 'Payroll')}/schemas"
    group = {"name": "group", "nativeObjectType": "group", "identityAttribute": "id", "attributes": [{"name": "id"}]}
    answer = company.call("POST", path, json=group)
    assert answer.status_code == 201
    schema = answer.json()
    assert refused(company.call("POST", path, json=group), "400.1 ")
    assert [one["name"] for one in company.get(path, **{"include-types": "group"})] == ["group"]
    assert [one["name"] for one in company.get(path, **{"include-names": "account"})] == ["account"]
    one = f"{path}/{schema['id']}"
    assert company.call("PUT", one, json={**schema, "displayAttribute": "id"}).json()["displayAttribute"] == "id"
    assert refused(company.call("PUT", one, json={**schema, "name": "role"}), "400.1 ")
    assert refused(company.call("PUT", one, json={n: v for n, v in schema.items() if n != "id"}), "400.1.3")
    step = [{"op": "replace", "path": "/name", "value": "role"}]
    assert refused(company.call("PATCH", one, json=step), "400.1 ")
    twice = [{"op": "add", "path": "/attributes/-", "value": {"name": "id", "type": "STRING"}}]
    assert refused(company.call("PATCH", one, json=twice), "400.1 ")
    assert company.call("DELETE", one).status_code == 204
    assert company.call("GET", one).status_code == 404


def test_a_schema_by_file(company: Any) -> None:
    """Known columns stay as they were defined, new ones are text; other sources take no such file."""
    source = made(company)
    path = f"/sources/v1/{source['id']}/schemas/accounts"
    files = {"file": ("s.csv", b"id,name,groups,badge\n", "text/csv")}
    schema = company.call("POST", path, files=files).json()
    assert [(one["name"], one["isMulti"]) for one in schema["attributes"]] == [
        ("id", False),
        ("name", False),
        ("groups", True),
        ("badge", False),
    ]
    assert company.call("GET", path).text == "id,name,groups,badge"
    assert refused(company.call("POST", path), "400.1 ")
    assert refused(company.call("POST", path, files={"file": ("s.csv", b"a,a\n", "text/csv")}), "400.1 ")
    other = f"/sources/v1/{source_id(company)}/schemas/accounts"
    assert refused(company.call("POST", other, files=files), "400.1 ")
    rights = f"/sources/v1/{source['id']}/schemas/entitlements"
    assert company.call("GET", rights).status_code == 404
    assert company.call("POST", rights, files=files).json()["name"] == "group"
    assert company.call("GET", rights).text == "id,name,groups,badge"


def test_policies_by_usage_type(company: Any) -> None:
    """One policy of each usage type; bulk update makes or replaces."""
    path = f"/sources/v1/{source_id(company)}/provisioning-policies"
    assert {one["usageType"] for one in company.get(path)} == {"CREATE", "UPDATE"}
    assert refused(company.call("POST", path, json={"name": "x", "usageType": "CREATE", "fields": []}), "400.1 ")
    assert refused(company.call("POST", path, json={"name": "x", "usageType": "MAYBE"}), "400.1.3")
    assert refused(company.call("POST", path, json={"name": "x"}), "400.1.3")
    rows = [{"name": "off", "usageType": "DISABLE"}, {"name": "on", "usageType": "ENABLE", "fields": [{"name": "a"}]}]
    assert len(company.call("POST", f"{path}/bulk-update", json=rows).json()) == 2
    assert company.get(f"{path}/ENABLE")["fields"] == [{"name": "a"}]
    step = [{"op": "replace", "path": "/usageType", "value": "DELETE"}]
    assert refused(company.call("PATCH", f"{path}/ENABLE", json=step), "400.1 ")
    assert company.call("DELETE", f"{path}/ENABLE").status_code == 204
    assert company.call("GET", f"{path}/ENABLE").status_code == 404
    assert company.call("GET", f"{path}/NONSENSE").status_code == 404


def test_schedules_by_type(company: Any) -> None:
    """Quartz expressions with names are read, nonsense is refused, the type stays."""
    path = f"/sources/v1/{source_id(company, 'Payroll')}/schedules"
    body = {"type": "ACCOUNT_AGGREGATION", "cronExpression": "0 0 5,13,21 ? * MON-FRI"}
    assert company.call("POST", path, json=body).json() == body
    assert refused(company.call("POST", path, json=body), "400.1 ")
    for bad in ("", "now", "* *", "0 0 99999999 * * ?", "0 0 5 1-99999999 * ?", "a b c d e f"):
        step = [{"op": "replace", "path": "/cronExpression", "value": bad}]
        assert company.call("PATCH", f"{path}/ACCOUNT_AGGREGATION", json=step).status_code == 400, bad
    assert company.call("GET", f"{path}/GROUP_AGGREGATION").status_code == 404
    assert company.call("DELETE", f"{path}/ACCOUNT_AGGREGATION").status_code == 204
    assert company.get(path) == []


def test_settings_of_a_source(company: Any) -> None:
    """Correlation, requests and native changes are replaced as a whole and refuse what does not exist."""
    path = f"/sources/v1/{source_id(company, 'Payroll')}"
    config = company.get(f"{path}/correlation-config")
    config["attributeAssignments"] = [{"property": "email", "value": "mail", "operation": "EQ", "ignoreCase": True}]
    assert company.call("PUT", f"{path}/correlation-config", json=config).json()["attributeAssignments"][0][
        "ignoreCase"
    ]
    assert refused(company.call("PUT", f"{path}/correlation-config", json={"attributeAssignments": [{}]}), "400.1.3")
    asked = company.get(f"{path}/entitlement-request-config")
    assert asked["accessRequestConfig"]["approvalSchemes"] == []
    scheme = {"approverType": "GOVERNANCE_GROUP", "approverId": "nobody"}
    body = {"accessRequestConfig": {"approvalSchemes": [scheme]}}
    assert refused(company.call("PUT", f"{path}/entitlement-request-config", json=body), "400.1.404")
    scheme["approverId"] = company.tenant.configuration.named("workgroup", "Duty Security").id
    assert company.call("PUT", f"{path}/entitlement-request-config", json=body).status_code == 200
    stored = company.get(f"{path}/entitlement-request-config")
    assert stored["accessRequestConfig"]["approvalSchemes"] == [scheme]
    watched = company.get(f"{path}/native-change-detection-config")
    assert (watched["enabled"], watched["operations"]) == (False, [])
    change = {"enabled": True, "operations": ["ACCOUNT_CREATED"], "allEntitlements": True}
    company.call("PUT", f"{path}/native-change-detection-config", json=change)
    assert company.get(f"{path}/native-change-detection-config")["operations"] == ["ACCOUNT_CREATED"]
    assert company.call("DELETE", f"{path}/native-change-detection-config").status_code == 204
    assert not company.get(f"{path}/native-change-detection-config")["enabled"]


def test_an_attribute_that_is_switched_off_is_not_written(company: Any) -> None:
    """Attribute synchronisation leaves it out; nothing but the switch can be changed."""
    path = f"/sources/v1/{source_id(company)}/attribute-sync-config"
    config = company.get(path)
    title = next(one for one in config["attributes"] if one["target"] == "title")
    title["enabled"] = False
    assert company.call("PUT", path, json=config).status_code == 200
    assert refused(company.call("PUT", path, json={**config, "attributes": [{**title, "target": "x"}]}), "400.1 ")
    native = company.account("E1015")["nativeIdentity"]
    company.feed["E1015"] |= {"job_title": "Wizard", "location": "BER"}
    company.loaded("PT30M")
    profile = company.estate.okta.state.users[native].profile
    assert (profile["title"] == "Wizard", profile["city"]) == (False, "BER")
    job = company.call("POST", f"/sources/v1/{source_id(company)}/synchronize-attributes").json()
    assert job["status"] == "QUEUED"


def test_a_connector_file_is_kept_by_name(company: Any) -> None:
    """Uploading answers the source; its configuration names the file."""
    path = f"/sources/v1/{source_id(company)}"
    files = {"file": ("driver.jar", b"PK", "application/java-archive")}
    assert company.call("POST", f"{path}/upload-connector-file", files=files).status_code == 200
    assert company.get(f"{path}/connectors/source-config")["uploadedFiles"] == ["driver.jar"]
    assert refused(company.call("POST", f"{path}/upload-connector-file"), "400.1 ")
