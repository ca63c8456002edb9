"""Sources of non-employees: their attributes, files of people, and how they change and go."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.conftest import Company
from tests.sailpoint.test_nonemployees import MANAGER, REVIEWER, ask, code, new_source, person, profile


def test_attributes_of_a_source(company: Company) -> None:
    """Eight are mandatory; ten more of type TEXT; a name once; what is required has to be there."""
    source = new_source(company)
    path = f"/non-employee-sources/v1/{source['id']}/schema-attributes"
    mandatory = company.get(path)
    assert [one["technicalName"] for one in mandatory] == [
        "accountName",
        "firstName",
        "lastName",
        "phone",
        "email",
        "manager",
        "startDate",
        "endDate",
    ]
    assert company.call("DELETE", f"{path}/{mandatory[0]['id']}").status_code == 400
    body = {"type": "TEXT", "label": "Firm", "technicalName": "firm", "required": True}
    assert code(company.call("POST", path, json=body | {"type": "DATE"})) == "400.1.3"
    firm = company.call("POST", path, json=body).json()
    assert code(company.call("POST", path, json=body | {"technicalName": "FIRM"})) == "400.1.409"
    assert code(ask(company, source)) == "400.1.3"
    assert ask(company, source, data={"firm": "Books & Co"}).json()["data"] == {"firm": "Books & Co"}
    (schema,) = company.get(f"/sources/v1/{source['sourceId']}/schemas")
    assert schema["attributes"][-1]["name"] == "firm"
    for number in range(9):
        assert company.call("POST", path, json=body | {"technicalName": f"n{number}"}).status_code == 200
    assert code(company.call("POST", path, json=body | {"technicalName": "eleventh"})) == "400.1.4"
    off = [{"op": "replace", "path": "/required", "value": False}]
    assert company.call("PATCH", f"{path}/{firm['id']}", json=off).json()["required"] is False
    assert company.call("PATCH", f"{path}/{mandatory[0]['id']}", json=off).status_code == 400
    renamed = [{"op": "replace", "path": "/technicalName", "value": "x"}]
    assert company.call("PATCH", f"{path}/{firm['id']}", json=renamed).status_code == 400
    assert company.call("DELETE", f"{path}/{firm['id']}").status_code == 204
    assert company.call("DELETE", path).status_code == 204
    assert company.get(path) == mandatory
    assert company.call("GET", f"{path}/{firm['id']}").status_code == 404


def upload(company: Company, source: dict[str, Any], content: bytes, *, by: str = MANAGER) -> Any:
    """The answer to an uploaded file."""
    path = f"/non-employee-sources/v1/{source['id']}/non-employee-bulk-upload"
    return company.call("POST", path, by=by, files={"data": ("people.csv", content, "text/csv")})


def test_a_file_of_people(company: Company) -> None:
    """The download without anybody is the template; what it holds may be uploaded; a known name is changed."""
    source = new_source(company)
    base = f"/non-employee-sources/v1/{source['id']}"
    template = company.call("GET", f"{base}/non-employees/download")
    assert template.headers["content-type"].startswith("text/csv")
    assert company.get(f"{base}/non-employee-bulk-upload/status") == {}
    line = "ann,Ann,Lee,555,ann@example.com,E1006,2026-03-01,2026-09-01\n"
    answer = upload(company, source, template.content + line.encode())
    assert (answer.status_code, answer.json()["status"]) == (202, "PENDING")
    assert company.get("/non-employee-records/v1") == []
    company.wait("PT5M")
    assert company.get(f"{base}/non-employee-bulk-upload/status") == {"status": "COMPLETED"}
    assert [one["accountName"] for one in company.get("/non-employee-records/v1")] == ["ann"]
    changed = company.call("GET", f"{base}/non-employees/download").text.replace("555", "777")
    bad = "bob,Bob,Lee,555,bob@example.com,nobody,2026-03-01,2026-09-01\n"
    assert upload(company, source, (changed + bad).encode()).status_code == 202
    company.wait("PT5M")
    assert company.get(f"{base}/non-employee-bulk-upload/status") == {"status": "ERROR"}
    assert [one["phone"] for one in company.get("/non-employee-records/v1")] == ["777"]
    assert company.get("/non-employee-sources/v1", **{"non-employee-count": "true"})[0]["nonEmployeeCount"] == 1
    for wrong in (b"", b"name\n", template.content + b"x\n", b"\xff\xfe", template.content + b'"' + b"y" * 200_000):
        assert upload(company, source, wrong).status_code == 400, wrong[:40]
    assert company.call("POST", f"{base}/non-employee-bulk-upload", json={}).status_code == 400
    assert upload(company, source, template.content, by=REVIEWER).status_code == 403


def test_a_source_changes_and_goes(company: Company) -> None:
    """Its name is that of the source behind it; a profile keeps it alive; it takes everything along."""
    source = new_source(company)
    path = f"/non-employee-sources/v1/{source['sourceId']}"
    assert company.get(path)["id"] == source["id"]
    step = {"op": "replace", "path": "/name", "value": "Inspectors"}
    assert company.call("PATCH", path, json=[step]).json()["name"] == "Inspectors"
    assert company.get(f"/sources/v1/{source['sourceId']}")["name"] == "Inspectors"
    for place, value in (("/sourceId", "x"), ("/approvers", [{"id": "nobody"}]), ("/approvers", [{"id": "x"}] * 4)):
        assert company.call("PATCH", path, json=[step | {"path": place, "value": value}]).status_code == 400
    assert company.call("PATCH", path, by=MANAGER, json=[step]).status_code == 403
    company.call("POST", "/non-employee-records/v1", json=person(sourceId=source["id"]))
    kept = profile(company, source)
    assert company.call("DELETE", path).status_code == 400
    company.tenant.configuration.remove(company.tenant.configuration.get("identity-profile", kept))
    assert company.call("DELETE", path).status_code == 204
    assert company.get("/non-employee-records/v1") == []
    assert company.call("GET", f"/sources/v1/{source['sourceId']}").status_code == 404
    again = {"name": "Vault", "description": "x", "owner": {"id": company.identity("E1010")["id"]}}
    assert code(company.call("POST", "/non-employee-sources/v1", json=again)) == "400.1.409"
    nobody = again | {"name": "New", "owner": {"id": "nobody"}}
    assert code(company.call("POST", "/non-employee-sources/v1", json=nobody)) == "400.1.404"
