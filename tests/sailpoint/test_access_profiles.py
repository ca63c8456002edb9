"""Access profiles: what they may hold, how they change, when they may go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sailpoint.conftest import Company


def rights_of(company: Company, source: str) -> list[dict[str, Any]]:
    """Entitlements of a source."""
    known = company.tenant.configuration.source_named(source)
    assert known is not None
    return company.get("/entitlements/v1", filters=f'source.id eq "{known.id}"', sorters="name")  # type: ignore[no-any-return]


def profile_body(company: Company, source: str = "Okta", **more: Any) -> dict[str, Any]:
    """A body that makes an access profile of one entitlement."""
    right = rights_of(company, source)[0]
    owner = {"type": "IDENTITY", "id": company.identity("E1006")["id"]}
    return {
        "name": "Made by a test",
        "owner": owner,
        "source": {"type": "SOURCE", "id": right["source"]["id"]},
        "entitlements": [{"type": "ENTITLEMENT", "id": right["id"]}],
        "enabled": True,
    } | more


def made(company: Company, **more: Any) -> dict[str, Any]:
    """A new access profile."""
    answer = company.call("POST", "/access-profiles/v1", json=profile_body(company, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def refused(company: Company, method: str, path: str, body: Any) -> str:
    """The code of a refusal."""
    answer = company.call(method, path, json=body)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["detailCode"])


def test_a_profile_shows_the_names_of_today(company: Company) -> None:
    """References are kept by id; names are those of the objects."""
    profile = made(company)
    assert profile["owner"]["name"] == company.identity("E1006")["name"]
    assert profile["source"]["name"] == "Okta"
    assert profile["entitlements"][0]["name"] == rights_of(company, "Okta")[0]["name"]
    assert company.get("/access-profiles/v1", filters='name eq "made by a TEST"') == [profile]
    held = company.get(f"/access-profiles/v1/{profile['id']}/entitlements")
    assert [one["id"] for one in held] == [profile["entitlements"][0]["id"]]
    assert "privileged" in held[0]


def test_what_a_profile_may_not_be(company: Company) -> None:
    """Another source's entitlements, nothing while enabled, a name twice, what does not exist, somebody else's name."""
    other = rights_of(company, "Vault")[0]
    body = profile_body(company)
    path = "/access-profiles/v1"
    assert refused(company, "POST", path, body | {"entitlements": [{"id": other["id"]}]}).startswith("400.1 ")
    assert refused(company, "POST", path, body | {"entitlements": []}).startswith("400.1 ")
    assert refused(company, "POST", path, body | {"entitlements": [{"id": "f" * 32}]}).startswith("400.1.404")
    assert refused(company, "POST", path, body | {"source": {"id": "f" * 32}}).startswith("400.1.404")
    assert refused(company, "POST", path, body | {"owner": {"id": "f" * 32}}).startswith("400.1.404")
    assert refused(company, "POST", path, body | {"segments": ["nowhere"]}).startswith("400.1.404")
    wrong_name = body["owner"] | {"name": "Somebody Else"}
    assert refused(company, "POST", path, body | {"owner": wrong_name}).startswith("400.1.3")
    assert refused(company, "POST", path, body | {"description": "x" * 2001}).startswith("400.1.3")
    assert refused(company, "POST", path, {"name": "Only that"}).startswith("400.1.3")
    metadata = {"attributes": [{"key": "a"}]}
    assert refused(company, "POST", path, body | {"accessModelMetadata": metadata}).startswith("400.1 ")
    made(company)
    assert refused(company, "POST", path, body).startswith("400.1.409")


LEAF = {"operation": "EQUALS", "attribute": "department", "value": "Sales"}
DEEP = {"operation": "AND", "children": [{"operation": "OR", "children": [LEAF]}]}


@pytest.mark.parametrize(
    ("criteria", "fits"),
    [
        (LEAF, True),
        (DEEP, True),
        ({"operation": "AND", "children": [DEEP]}, False),
        ({"operation": "HAS", "attribute": "mail"}, True),
        ({"operation": "HAS", "attribute": "mail", "value": "x"}, False),
        ({"operation": "EQUALS", "attribute": "mail"}, False),
        ({"operation": "AND", "children": []}, False),
        ({"operation": "AND", "attribute": "mail", "children": [LEAF]}, False),
        ({"operation": "STARTS_WITH", "attribute": "mail", "value": "x"}, False),
    ],
)
def test_criteria_that_choose_an_account(company: Company, criteria: dict[str, Any], fits: bool) -> None:
    """Three levels at most; groups have children, leaves an attribute, HAS no value."""
    answer = company.call("POST", "/access-profiles/v1", json=profile_body(company, provisioningCriteria=criteria))
    assert answer.status_code == (201 if fits else 400), answer.text


def test_approvers_that_are_named_exist(company: Company) -> None:
    """A governance group of a scheme is named by its id."""
    scheme = {"approverType": "GOVERNANCE_GROUP"}
    path, body = "/access-profiles/v1", profile_body(company)
    unnamed = {"accessRequestConfig": {"approvalSchemes": [scheme]}}
    unknown = {"accessRequestConfig": {"approvalSchemes": [scheme | {"approverId": "nobody"}]}}
    assert refused(company, "POST", path, body | unnamed).startswith("400.1.3")
    assert refused(company, "POST", path, body | unknown).startswith("400.1.404")
    endless = {"maxPermittedAccessDuration": {"value": 2_000_000_000, "timeUnit": "MONTHS"}}
    assert refused(company, "POST", path, body | {"accessRequestConfig": endless}).startswith("400.1.3")


def test_a_patch_changes_what_the_vendor_lists(company: Company) -> None:
    """The source only together with entitlements of it; id and times never; the result has to fit as a whole."""
    profile = made(company)
    path = f"/access-profiles/v1/{profile['id']}"
    other = rights_of(company, "Vault")[0]
    source = {"op": "replace", "path": "/source", "value": other["source"]}
    rights = {"op": "replace", "path": "/entitlements", "value": [{"id": other["id"]}]}
    assert refused(company, "PATCH", path, [source]).startswith("400.1 ")
    assert company.call("PATCH", path, json=[source, rights]).json()["source"]["name"] == "Vault"
    assert refused(company, "PATCH", path, [{"op": "replace", "path": "/id", "value": "x"}]).startswith("400.1 ")
    assert refused(company, "PATCH", path, [{"op": "replace", "path": "/enabled", "value": "yes"}]).startswith(
        "400.1.3"
    )
    revoke = {"op": "add", "path": "/revokeRequestConfig", "value": {"approvalSchemes": [{"approverType": "MANAGER"}]}}
    answer = company.call("PATCH", path, json=[revoke])
    assert answer.json()["revocationRequestConfig"]["approvalSchemes"][0]["approverType"] == "MANAGER"


def test_what_is_in_use_stays(company: Company) -> None:
    """A role keeps its access profile alive; a bulk deletion names it and does nothing, or its best."""
    used, free = made(company), made(company, name="Free")
    role = {"name": "R", "owner": profile_body(company)["owner"], "accessProfiles": [{"id": used["id"]}]}
    role_id = company.call("POST", "/roles/v1", json=role).json()["id"]
    assert company.call("DELETE", f"/access-profiles/v1/{used['id']}").status_code == 400
    body: dict[str, Any] = {"accessProfileIds": [used["id"], free["id"]]}
    answer = company.call("POST", "/access-profiles/v1/bulk-delete", json=body)
    assert answer.status_code == 200
    assert answer.json()["inUse"] == [
        {"accessProfileId": used["id"], "usedBy": [{"type": "ROLE", "id": role_id, "name": "R"}]}
    ]
    answer = company.call("POST", "/access-profiles/v1/bulk-delete", json=body | {"bestEffortOnly": True})
    assert (answer.status_code, answer.json()["pending"]) == (202, [free["id"]])
    assert company.call("GET", f"/access-profiles/v1/{free['id']}").status_code == 200, "a task deletes it later"
    company.wait("PT1M")
    assert company.call("GET", f"/access-profiles/v1/{free['id']}").status_code == 404
    assert company.get(f"/task-status/v1/{answer.json()['taskId']}")["completionStatus"] == "SUCCESS"
    too_many = {"accessProfileIds": [f"{n:032x}" for n in range(51)]}
    assert refused(company, "POST", "/access-profiles/v1/bulk-delete", too_many).startswith("400.1 ")


def test_many_become_requestable_at_once(company: Company) -> None:
    """207; one that does not exist is a 404 of its own."""
    profile = made(company)
    body = [{"id": profile["id"], "requestable": False}, {"id": "none", "requestable": True}]
    answer = company.call("POST", "/access-profiles/v1/bulk-update-requestable", json=body)
    assert (answer.status_code, [one["status"] for one in answer.json()]) == (207, ["201", "404"])
    assert company.get(f"/access-profiles/v1/{profile['id']}")["requestable"] is False


def test_lists_by_segment_and_subadministrator(company: Company) -> None:
    """Unsegmented ones are shown unless left out; who is no sub-administrator has no list."""
    segment = company.call("POST", "/segments/v1", json={"name": "S"}).json()
    profile = made(company, segments=[segment["id"]])
    asked = {"for-segment-ids": segment["id"], "include-unsegmented": "false"}
    assert company.get("/access-profiles/v1", **asked) == [profile]
    for params in ({"include-unsegmented": "false"}, {"for-subadmin": "me"}, {"include-unsegmented": "perhaps"}):
        assert company.call("GET", "/access-profiles/v1", params=params).status_code == 400
    company.call("DELETE", f"/segments/v1/{segment['id']}")
    assert company.get(f"/access-profiles/v1/{profile['id']}")["segments"] == []


@pytest.mark.parametrize(("criteria", "login"), [(True, "adm.daniel.kovac"), (False, "daniel.kovac")])
def test_criteria_choose_among_several_accounts(company: Company, criteria: bool, login: str) -> None:
    """Without them the usual account takes the access; with them the one that meets them."""
    person = company.identity("E1010")["id"]
    accounts = list(company.tenant.accounts_of(person))
    held = {value for account in accounts for value in account.entitlements}
    right = next(one for one in rights_of(company, "Okta") if one["value"] not in held)
    chosen = {"operation": "EQUALS", "attribute": "userType", "value": "admin"}
    more = {"provisioningCriteria": chosen} if criteria else {}
    profile = made(company, entitlements=[{"id": right["id"]}], **more)
    listed = {"type": "IDENTITY_LIST", "identities": [{"id": person}]}
    role = {"name": "R", "enabled": True, "owner": {"id": person}, "membership": listed}
    role["accessProfiles"] = [{"id": profile["id"]}]
    assert company.call("POST", "/roles/v1", json=role).status_code == 201
    company.tenant.processing.refresh(person)
    company.wait("PT10M")
    holders = [one.name for one in company.tenant.accounts_of(person) if right["value"] in one.entitlements]
    assert holders == [f"{login}@acme.example"]


def test_a_subadministrator_keeps_to_the_sources_of_the_group(company: Company) -> None:
    """He makes, sees and deletes access profiles of sources that a governance group of his manages."""
    person = company.identity("E1012")["id"]
    user = [{"op": "add", "path": "/capabilities", "value": ["SOURCE_SUBADMIN"]}]
    company.tenant.configuration.add("auth-user", {"name": "E1012", "capabilities": []}, id=f"auth-{person}")
    assert company.call("PATCH", f"/auth-users/v1/{person}", json=user).status_code == 200
    body = profile_body(company)
    other = made(company, name="Of an administrator")
    assert company.call("POST", "/access-profiles/v1", by="E1012", json=body).status_code == 403
    assert company.call("DELETE", f"/access-profiles/v1/{other['id']}", by="E1012").status_code == 403
    assert company.get("/access-profiles/v1", by="E1012", **{"for-subadmin": "me"}) == []
    group = company.get("/workgroups/v1")[0]
    company.call("POST", f"/workgroups/v1/{group['id']}/members/bulk-add", json=[{"id": person}])
    source = company.tenant.configuration.get("source", body["source"]["id"])
    managed = {"managementWorkgroup": {"type": "GOVERNANCE_GROUP", "id": group["id"], "name": group["name"]}}
    company.tenant.configuration.update(source, {**source.body, **managed})
    assert company.call("POST", "/access-profiles/v1", by="E1012", json=body).status_code == 201
    seen = company.get("/access-profiles/v1", by="E1012", **{"for-subadmin": "me"})
    assert {one["source"]["id"] for one in seen} == {source.id}
    assert company.call("DELETE", f"/access-profiles/v1/{other['id']}", by="E1012").status_code == 204
