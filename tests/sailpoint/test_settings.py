"""What holds for the whole tenant, and its configuration carried elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest


def _patch(company: Any, path: str, *steps: tuple[str, str, Any]) -> Any:
    body = [{"op": op, "path": place, **({} if op == "remove" else {"value": value})} for op, place, value in steps]
    return company.call("PATCH", path, json=body)


def test_settings_are_changed_one_by_one(company: Any) -> None:
    """Time zone and switches may change, the tenant's name may not."""
    assert company.get("/org-config/v1")["timeZone"] == company.tenant.state.time_zone
    answer = _patch(
        company,
        "/org-config/v1",
        ("replace", "/timeZone", "America/Toronto"),
        ("replace", "/iaiEnableCertificationRecommendations", False),
    )
    assert answer.json() == company.get("/org-config/v1")
    assert answer.json()["timeZone"] == "America/Toronto"
    for step in (
        ("replace", "/timeZone", "Mars/One"),
        ("replace", "/timeZone", 7),
        ("remove", "/timeZone", None),
        ("replace", "/orgName", "other"),
        ("add", "/colour", "red"),
        ("replace", "/sodReportConfigs", [{"columnName": 7}]),
    ):
        assert _patch(company, "/org-config/v1", step).status_code == 400, step


def test_time_zones_come_in_pages_of_fifty(company: Any) -> None:
    """A page holds 50 at most."""
    first = company.call("GET", "/org-config/v1/valid-time-zones", params={"count": "true"})
    assert len(first.json()) == 50
    assert int(first.headers["x-total-count"]) > 300
    assert company.get("/org-config/v1/valid-time-zones", offset=50)[0] > first.json()[-1]
    assert company.call("GET", "/org-config/v1/valid-time-zones", params={"limit": 51}).status_code == 400


def test_context_is_pairs_by_key(company: Any) -> None:
    """Added, replaced, removed by `/Key/<name>`; a key that is not there is not found; at most 100."""
    path = "/tenant-context/v1"
    assert company.get(path) == []
    assert _patch(company, path, ("add", "/Key/IAS", "one"), ("replace", "/Key/IAS", "two")).status_code == 200
    assert company.call("PATCH", path, json={"op": "add", "path": "/Key/B", "value": "b"}).status_code == 200
    assert company.get(path) == [{"key": "IAS", "value": "two"}, {"key": "B", "value": "b"}]
    assert _patch(company, path, ("remove", "/Key/none", None)).status_code == 404
    assert _patch(company, path, ("remove", "/Key/B", None)).status_code == 200
    for step in (("add", "/Other/A", "x"), ("add", "/Key", {}), ("add", "/Key/A", 7), ("add", "/Key/a/b", "x")):
        assert _patch(company, path, step).status_code == 400, step
    many = [("add", f"/Key/k{number}", "v") for number in range(101)]
    assert _patch(company, path, *many).status_code == 400
    assert len(company.get(path)) == 1


def _exported(company: Any, **options: Any) -> dict[str, Any]:
    job = company.call("POST", "/sp-config/v1/export", json=options)
    assert (job.status_code, job.json()["status"]) == (202, "NOT_STARTED")
    path = f"/sp-config/v1/export/{job.json()['jobId']}"
    assert company.call("GET", f"{path}/download").status_code == 404
    company.wait("PT2M")
    assert company.get(path)["status"] == "COMPLETE"
    assert company.call("GET", path.replace("export", "import")).status_code == 404
    file: dict[str, Any] = company.get(f"{path}/download")
    return file


def _imported(company: Any, file: Any, preview: bool = False, **options: Any) -> dict[str, Any]:
    files = {"data": ("file.json", json.dumps(file), "application/json"), "options": (None, json.dumps(options))}
    answer = company.call("POST", "/sp-config/v1/import", files=files, params={"preview": str(preview).lower()})
    assert answer.status_code == 202, answer.text
    path = f"/sp-config/v1/import/{answer.json()['jobId']}"
    company.wait("PT2M")
    assert company.get(path)["status"] == "COMPLETE"
    results: dict[str, Any] = company.get(f"{path}/download")
    return results


def test_an_export_collects_what_is_asked_for(company: Any) -> None:
    """By type, and of a type by id or name; without secrets."""
    company.tenant.configuration.add("transform", {"name": "Site", "type": "static", "attributes": {"value": "HQ"}})
    whole = _exported(company, description="All of it")
    types = {one["self"]["type"] for one in whole["objects"]}
    assert types >= {"SOURCE", "ROLE", "ACCESS_PROFILE", "TRANSFORM", "WORKFLOW", "IDENTITY_PROFILE", "LIFECYCLE_STATE"}
    role = company.get("/roles/v1")[0]
    some = _exported(
        company, includeTypes=["ROLE", "SOURCE"], objectOptions={"ROLE": {"includedNames": [role["name"]]}}
    )
    assert [one["self"]["id"] for one in some["objects"] if one["self"]["type"] == "ROLE"] == [role["id"]]
    assert {one["self"]["type"] for one in some["objects"]} == {"ROLE", "SOURCE"}
    assert "clientSecret" not in json.dumps(some)
    less = _exported(company, excludeTypes=["WORKFLOW"])
    assert {one["self"]["type"] for one in less["objects"]} == types - {"WORKFLOW"}


def test_an_import_updates_creates_and_tells(company: Any) -> None:
    """A preview changes nothing; what does not fit is told as an error of its object; a backup is made before."""
    company.tenant.configuration.add("transform", {"name": "Site", "type": "static", "attributes": {"value": "HQ"}})
    file = _exported(company, includeTypes=["TRANSFORM", "ROLE"])
    transform = next(one for one in file["objects"] if one["self"]["type"] == "TRANSFORM")
    changed = {
        **transform,
        "object": {**transform["object"], "attributes": {**transform["object"]["attributes"], "x": "y"}},
    }
    new = {
        "self": {"type": "TRANSFORM", "name": "Fresh"},
        "object": {"name": "Fresh", "type": "static", "attributes": {"value": "x"}},
    }
    broken = {"self": {"type": "TRANSFORM", "name": "Broken"}, "object": {"name": "Broken"}}
    role = next(one for one in file["objects"] if one["self"]["type"] == "ROLE")
    ownerless = {
        "self": {"type": "SOURCE", "name": "S"},
        "object": {
            "name": "S",
            "owner": {"type": "IDENTITY", "id": "nobody"},
            "connector": "delimited-file-angularsc",
            "type": "DelimitedFile",
            "features": [],
            "connectorAttributes": {},
        },
    }
    objects = {"objects": [changed, new, broken, role, ownerless]}
    preview = _imported(company, objects, preview=True)
    assert "exportJobId" not in preview
    assert [one["key"] for one in preview["results"]["TRANSFORM"]["infos"]] == ["PREVIEW", "PREVIEW"]
    configuration = company.tenant.configuration
    assert configuration.named("transform", "Fresh") is None
    done = _imported(company, objects)
    assert company.get(f"/sp-config/v1/export/{done['exportJobId']}/download")["objects"]
    result = done["results"]["TRANSFORM"]
    assert [one["name"] for one in result["importedObjects"]] == [transform["self"]["name"], "Fresh"]
    assert [one["key"] for one in result["errors"]] == ["INVALID_OBJECT"]
    assert [one["key"] for one in done["results"]["ROLE"]["errors"]] == ["UNSUPPORTED_OBJECT_TYPE"]
    assert [one["key"] for one in done["results"]["SOURCE"]["errors"]] == ["UNRESOLVED_REFERENCE"]
    assert configuration.named("transform", "Fresh") is not None
    assert configuration.get("transform", transform["self"]["id"]).body["attributes"]["x"] == "y"
    assert "exportJobId" not in _imported(company, objects, excludeBackup=True, includeTypes=["ROLE"])


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"data": ("f", b"no json")}, 400),
        ({"data": ("f", b"{}")}, 400),
        ({"data": ("f", b'{"objects": [{"self": {}}]}')}, 400),
        ({"data": ("f", b"\xff")}, 400),
        ({"other": ("f", b"{}")}, 400),
        ({"data": ("f", b'{"objects": []}'), "options": (None, "no json")}, 400),
        ({"data": ("f", b'{"objects": []}'), "options": (None, '{"includeTypes": ["NOTHING"]}')}, 400),
        ({"data": ("f", b'{"objects": []}')}, 202),
    ],
)
def test_files_that_cannot_be_read(company: Any, files: dict[str, Any], status: int) -> None:
    """An import begins with a file of objects."""
    assert company.call("POST", "/sp-config/v1/import", files=files).status_code == status
    if status == 400:
        assert company.call("POST", "/sp-config/v1/import", json={}).status_code == 415


def test_types_are_listed(company: Any) -> None:
    """Every type the vendor names, with what can be done with it."""
    found = {one["objectType"]: one for one in company.get("/sp-config/v1/config-objects")}
    assert found["SOURCE"]["exportable"]
    assert not found["PASSWORD_POLICY"]["exportable"]
    assert len(found) == 25
