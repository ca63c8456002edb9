"""Entitlements: what governance adds to them, and lists of them."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.conftest import Company


def patch(company: Company, right: dict[str, Any], *steps: tuple[str, str, Any], path: str = "/entitlements/v1") -> Any:
    """The answer to a patch of (operation, path, value) steps."""
    body = [{"op": op, "path": place, "value": value} for op, place, value in steps]
    return company.call("PATCH", f"{path}/{right['id']}", json=body)


def test_what_a_patch_may_change(company: Company) -> None:
    """Description, owner, privilege and the like; what came from the source stays."""
    right = company.get("/entitlements/v1", limit=1)[0]
    owner = {"type": "IDENTITY", "id": company.identity("E1006")["id"]}
    answer = patch(
        company,
        right,
        ("replace", "/requestable", True),
        ("replace", "/description", "Told by hand"),
        ("replace", "/privilegeOverride/level", "HIGH"),
        ("replace", "/owner", owner),
    )
    after = answer.json()
    assert answer.status_code == 200, answer.text
    assert after["privilegeLevel"] == {
        "direct": "HIGH",
        "setBy": "E1010",
        "setByType": "OVERRIDE",
        "inherited": None,
        "effective": "HIGH",
    }
    assert after["manuallyUpdatedFields"] == {"DESCRIPTION": True}
    assert after["owner"]["name"] == company.identity("E1006")["name"]
    assert company.get("/entitlements/v1", filters='privilegeLevel.direct eq "HIGH"') == [after]
    for place, value in (
        ("/value", "x"),
        ("/attribute", "x"),
        ("/requestable", "yes"),
        ("/privilegeOverride/level", "EXTREME"),
        ("/segments", ["nowhere"]),
        ("/owner", {"id": "nobody"}),
        ("/privileged", True),
    ):
        assert patch(company, right, ("replace", place, value)).status_code == 400, place
    assert patch(company, {"id": "none"}, ("replace", "/requestable", True)).status_code == 404


def test_earlier_versions_say_privileged(company: Company) -> None:
    """v2024, v2025 and beta have a flag where v2026 and today's path have a level."""
    right = company.get("/entitlements/v1", limit=1)[0]
    after = patch(company, right, ("replace", "/privileged", True), path="/v2025/entitlements").json()
    assert after["privileged"] is True
    assert after["additionalOwners"] == []
    assert company.get(f"/v2026/entitlements/{right['id']}")["privilegeLevel"]["direct"] == "HIGH"
    company.wait("PT1M")
    assert [one["id"] for one in company.search("entitlements", "privileged:true")] == [right["id"]]


def test_many_at_once(company: Company) -> None:
    """All or none, fifty at most; 204."""
    ids = [one["id"] for one in company.get("/entitlements/v1", limit=3)]
    body = {"entitlementIds": ids, "jsonPatch": [{"op": "replace", "path": "/requestable", "value": True}]}
    assert company.call("POST", "/entitlements/v1/bulk-update", json=body).status_code == 204
    assert {one["id"] for one in company.get("/entitlements/v1", filters="requestable eq true")} >= set(ids)
    for wrong in (
        body | {"entitlementIds": [*ids, "none"]},
        body | {"entitlementIds": [f"{n:032x}" for n in range(51)]},
        body | {"jsonPatch": [{"op": "replace", "path": "/value", "value": "x"}]},
        body | {"jsonPatch": "requestable"},
    ):
        assert company.call("POST", "/entitlements/v1/bulk-update", json=wrong).status_code == 400


def test_pages_behind_a_place(company: Company) -> None:
    """`searchAfter` names the values of the sorters at the last row; it excludes an offset."""
    everything = [one["id"] for one in company.get("/entitlements/v1", sorters="id")]
    first = [one["id"] for one in company.get("/entitlements/v1", sorters="id", limit=5)]
    second = [one["id"] for one in company.get("/entitlements/v1", sorters="id", limit=5, searchAfter=first[-1])]
    assert first + second == everything[:10]
    down = company.get("/entitlements/v1", sorters="-id", searchAfter=everything[2])
    assert [one["id"] for one in down] == [everything[1], everything[0]]
    for params in ({"searchAfter": "x"}, {"searchAfter": "x,y", "sorters": "id"}):
        assert company.call("GET", "/entitlements/v1", params=params).status_code == 400
    params = {"searchAfter": "x", "sorters": "id", "offset": "3"}
    assert company.call("GET", "/entitlements/v1", params=params).status_code == 400


def test_who_sees_which(company: Company) -> None:
    """Segments limit the list for a person; unsegmented entitlements are seen by all."""
    expression = {"operator": "EQUALS", "attribute": "department", "value": {"type": "STRING", "value": "Nowhere"}}
    segment = {"name": "S", "active": True, "visibilityCriteria": {"expression": expression}}
    id = company.call("POST", "/segments/v1", json=segment).json()["id"]
    right = company.get("/entitlements/v1", limit=1)[0]
    patch(company, right, ("replace", "/segments", [id]))
    person = company.identity("E1006")["id"]
    seen = {one["id"] for one in company.get("/entitlements/v1", **{"segmented-for-identity": person})}
    assert right["id"] not in seen
    assert seen
    only = company.get("/entitlements/v1", **{"for-segment-ids": id, "include-unsegmented": "false"})
    assert [one["id"] for one in only] == [right["id"]]
    assert company.call("GET", "/entitlements/v1", params={"segmented-for-identity": "nobody"}).status_code == 400
    assert company.call("GET", "/entitlements/v1", params={"include-unsegmented": "false"}).status_code == 400


def test_of_accounts_and_people(company: Company) -> None:
    """What an account holds, what a person holds with its tags; no hierarchy."""
    account = company.account("E1006")
    assert account is not None
    held = company.get(f"/entitlements/v1/account/{account['id']}/entitlements")
    assert held
    right = held[0]
    reference = {"type": "ENTITLEMENT", "id": right["id"]}
    company.call("POST", "/tagged-objects/v1", json={"objectRef": reference, "tags": ["PCI"]})
    listed = company.get(f"/entitlements/v1/identities/{account['identityId']}/entitlements")
    assert {"objectRef": reference | {"name": right["name"]}, "tags": ["PCI"]} in listed
    assert company.get("/entitlements/v1", filters='tags eq "PCI"')[0]["id"] == right["id"]
    for place in ("children", "parents"):
        assert company.get(f"/entitlements/v1/{right['id']}/{place}") == []
        assert company.call("GET", f"/entitlements/v1/none/{place}").status_code == 404
    assert company.call("GET", "/entitlements/v1/account/none/entitlements").status_code == 404
    assert company.call("GET", "/entitlements/v1/identities/none/entitlements").status_code == 404


def test_how_one_may_be_asked_for(company: Company) -> None:
    """A configuration that nobody has set has its defaults; one that is put replaces all of it."""
    right = company.get("/entitlements/v1", limit=1)[0]
    path = f"/entitlements/v1/{right['id']}/entitlement-request-config"
    assert company.get(path)["accessRequestConfig"]["approvalSchemes"] == []
    config = {
        "accessRequestConfig": {
            "approvalSchemes": [{"approverType": "MANAGER"}],
            "requireEndDate": True,
            "maxPermittedAccessDuration": {"value": 5, "timeUnit": "DAYS"},
        }
    }
    put = company.call("PUT", path, json=config)
    assert put.status_code == 200, put.text
    assert company.get(path) == put.json()
    assert put.json()["accessRequestConfig"]["maxPermittedAccessDuration"]["value"] == 5
    unknown = {"accessRequestConfig": {"approvalSchemes": [{"approverType": "GOVERNANCE_GROUP", "approverId": "x"}]}}
    assert company.call("PUT", path, json=unknown).status_code == 400
    assert company.call("GET", path.replace(right["id"], "none")).status_code == 404


def test_a_source_forgets_its_entitlements(company: Company) -> None:
    """Resetting is a task; until it has run they are there."""
    source = company.tenant.configuration.source_named("Okta")
    assert source is not None
    answer = company.call("POST", f"/entitlements/v1/reset/sources/{source.id}")
    assert (answer.status_code, answer.json()["type"]) == (202, "TASK_RESULT")
    asked = {"filters": f'source.id eq "{source.id}"'}
    assert company.get("/entitlements/v1", **asked)
    company.wait("PT10S")
    assert company.get("/entitlements/v1", **asked) == []
    again = company.call("POST", f"/entitlements/v1/aggregate/sources/{source.id}")
    assert (again.status_code, again.headers["X-Deprecated"]) == (202, "true")
    company.wait("PT5M")
    assert company.get("/entitlements/v1", **asked)
    assert company.call("POST", "/entitlements/v1/reset/sources/none").status_code == 404


def test_what_people_wrote_outlasts_aggregation(company: Company) -> None:
    """A name changed by hand stays; one that is not marked any more is the source's again."""
    source = company.tenant.configuration.source_named("Okta")
    assert source is not None
    right = company.get("/entitlements/v1", filters=f'source.id eq "{source.id}"', limit=1)[0]
    named = patch(company, right, ("replace", "/name", "Ours")).json()
    assert named["manuallyUpdatedFields"] == {"DISPLAY_NAME": True}

    def aggregated() -> str:
        company.call("POST", f"/sources/v1/{source.id}/load-entitlements")
        company.wait("PT5M")
        return str(company.get(f"/entitlements/v1/{right['id']}")["name"])

    assert aggregated() == "Ours"
    patch(company, right, ("replace", "/manuallyUpdatedFields", {}))
    assert aggregated() == right["name"]
