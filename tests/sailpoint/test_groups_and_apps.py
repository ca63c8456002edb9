"""Governance groups and source apps."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.conftest import Company
from tests.sailpoint.test_access_profiles import made, profile_body


def group(company: Company, **more: Any) -> dict[str, Any]:
    """A new governance group."""
    body = {"name": "Wine club", "owner": {"id": company.identity("E1006")["id"]}} | more
    answer = company.call("POST", "/workgroups/v1", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_members_come_and_go_one_by_one(company: Company) -> None:
    """207: each has a status of its own; who is a member already is a 409, who is none a 404."""
    one = group(company, description="Tastes")
    person = company.identity("E1019")["id"]
    path = f"/workgroups/v1/{one['id']}/members"
    body = [{"type": "IDENTITY", "id": person}, {"id": "nobody"}]
    statuses = [[row["status"] for row in company.call("POST", f"{path}/bulk-add", json=body).json()] for _ in "12"]
    assert statuses == [[201, 404], [409, 404]]
    assert [member["id"] for member in company.get(path)] == [person]
    assert company.get(f"/workgroups/v1/{one['id']}")["memberCount"] == 1
    assert company.get("/workgroups/v1", filters=f'memberships.identityId eq "{person}"')[-1]["id"] == one["id"]
    gone = company.call("POST", f"{path}/bulk-delete", json=body)
    assert (gone.status_code, [row["status"] for row in gone.json()]) == (207, [204, 404])
    for wrong in ({"id": person}, [{"type": "IDENTITY"}], [{"id": person, "type": "GROUP"}], "x", None):
        assert company.call("POST", f"{path}/bulk-add", json=wrong).status_code == 400
    crowd = [{"id": str(number)} for number in range(501)]
    assert company.call("POST", f"{path}/bulk-add", json=crowd).json()["detailCode"].startswith("400.1.4 ")


def test_connections_keep_a_group_alive(company: Company) -> None:
    """Reviewers of requests and further owners are connections."""
    one = group(company)
    scheme = {"approverType": "GOVERNANCE_GROUP", "approverId": one["id"]}
    profile = made(company, accessRequestConfig={"approvalSchemes": [scheme]})
    company.call("PATCH", f"/access-profiles/v1/{profile['id']}", json=[])
    found = company.get(f"/workgroups/v1/{one['id']}/connections")
    assert [(row["object"]["id"], row["connectionType"]) for row in found] == [(profile["id"], "AccessRequestReviewer")]
    assert company.get(f"/workgroups/v1/{one['id']}")["connectionCount"] == 1
    assert company.call("DELETE", f"/workgroups/v1/{one['id']}").json()["detailCode"].startswith("400.1.409")
    assert company.call("DELETE", f"/access-profiles/v1/{profile['id']}").status_code == 204
    assert company.call("DELETE", f"/workgroups/v1/{one['id']}").status_code == 204


def test_a_group_that_owns_a_policy_is_connected_to_it(company: Company) -> None:
    """As its owner, its further owner, or as whom its violations are assigned to; each policy once."""
    one = group(company)
    ref = {"type": "GOVERNANCE_GROUP", "id": one["id"]}
    for name, more in (
        ("Owned", {"ownerRef": ref}),
        ("Shared", {"secondaryOwnerRefs": [ref]}),
        ("Assigned", {"violationOwnerAssignmentConfig": {"assignmentRule": "STATIC", "ownerRef": ref}}),
    ):
        body = {"name": name, "type": "GENERAL", "state": "NOT_ENFORCED", **more}
        answer = company.call("POST", "/sod-policies/v1", json=body)
        assert answer.status_code == 201, answer.text
    found = company.get(f"/workgroups/v1/{one['id']}/connections")
    assert {(row["object"]["name"], row["object"]["type"], row["connectionType"]) for row in found} == {
        (name, "SOD_POLICY", "Owner") for name in ("Owned", "Shared", "Assigned")
    }


def test_a_group_changes_by_what_is_listed(company: Company) -> None:
    """Name, description and owner; members have a path of their own and survive a patch."""
    one = group(company)
    path = f"/workgroups/v1/{one['id']}"
    company.call("POST", f"{path}/members/bulk-add", json=[{"id": company.identity("E1019")["id"]}])
    step = {"op": "replace", "path": "/name", "value": "Beer club"}
    after = company.call("PATCH", path, json=[step]).json()
    assert (after["name"], after["memberCount"]) == ("Beer club", 1)
    for wrong in (
        step | {"path": "/memberCount", "value": 3},
        step | {"path": "/owner", "value": {"id": "nobody"}},
        step | {"value": ""},
    ):
        assert company.call("PATCH", path, json=[wrong]).status_code == 400
    assert company.call("POST", "/workgroups/v1", json={"name": "No owner"}).status_code == 400


def test_an_app_and_its_access_profiles(company: Company) -> None:
    """Made with 200 and switched off; the list for requests shows it once it takes them."""
    profile = made(company)
    body = {"name": "Tasting", "description": "Wine", "accountSource": {"id": profile["source"]["id"]}}
    answer = company.call("POST", "/source-apps/v1", json=body)
    assert answer.status_code == 200, answer.text
    app = answer.json()
    path = f"/source-apps/v1/{app['id']}"
    assert app["accountSource"]["name"] == "Okta"
    assert company.get("/source-apps/v1") == []
    assert company.get("/source-apps/v1/all", filters='name co "ast" and enabled eq false') == [app]
    steps = [
        {"op": "replace", "path": f"/{name}", "value": value}
        for name, value in (("enabled", True), ("provisionRequestEnabled", True), ("accessProfiles", [profile["id"]]))
    ]
    patched = company.call("PATCH", path, json=steps)
    assert patched.json()["accessProfiles"] == [profile["id"]]
    assert [one["id"] for one in company.get("/source-apps/v1")] == [app["id"]]
    assert [one["entitlementCount"] for one in company.get(f"{path}/access-profiles")] == [1]
    assert company.call("DELETE", f"/access-profiles/v1/{profile['id']}").status_code == 400, "the app uses it"
    assert company.call("DELETE", path).json()["id"] == app["id"]
    assert company.call("GET", path).status_code == 404


def test_what_an_app_may_not_be(company: Company) -> None:
    """Without source or description, over a source that is not there, with access profiles that are not there."""
    source = {"id": profile_body(company)["source"]["id"]}
    body = {"name": "Tasting", "description": "Wine", "accountSource": source}
    for wrong in (body | {"accountSource": {"id": "none"}}, body | {"description": None}, {"name": "x"}):
        assert company.call("POST", "/source-apps/v1", json=wrong).status_code == 400
    path = f"/source-apps/v1/{company.call('POST', '/source-apps/v1', json=body).json()['id']}"
    for place, value in (("/accessProfiles", ["none"]), ("/name", None), ("/cloudAppId", "1"), ("/owner", None)):
        step = {"op": "replace", "path": place, "value": value}
        assert company.call("PATCH", path, json=[step]).status_code == 400, place
    plain = company.call("GET", "/source-apps/v1", headers={"X-SailPoint-Experimental": "false"})
    assert plain.status_code == 400
