"""Separation of duties: policies, predictions, checks, and violations that come and go with people's access."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sailpoint.reviews import right

PERSON = "E1012"


@pytest.fixture
def company(company: Any) -> Any:
    """The reference company without policies of its own."""
    for policy in company.get("/sod-policies/v1"):
        assert company.call("DELETE", f"/sod-policies/v1/{policy['id']}").status_code == 204
    return company


def _sides(company: Any, left: str = "payables.create", second: str = "payments.release") -> dict[str, Any]:
    def side(name: str, word: str) -> dict[str, Any]:
        return {"name": name, "criteriaList": [{"type": "ENTITLEMENT", "id": right(company, "Ledger", word)}]}

    return {"leftCriteria": side("create", left), "rightCriteria": side("release", second)}


def _policy(company: Any, **more: Any) -> dict[str, Any]:
    body = {
        "name": "Payments",
        "description": "Nobody pays alone.",
        "ownerRef": {"type": "IDENTITY", "id": company.identity("E1002")["id"]},
        "state": "ENFORCED",
        "type": "CONFLICTING_ACCESS_BASED",
        "conflictingAccessCriteria": _sides(company),
        **more,
    }
    answer = company.call("POST", "/sod-policies/v1", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _give(company: Any, *names: str) -> None:
    """Ask for roles, approve, and let them be provisioned."""
    for name in names:
        item = {"type": "ROLE", "id": company.get("/roles/v1", filters=f'name eq "{name}"')[0]["id"], "comment": "x"}
        body = {"requestedFor": [company.identity(PERSON)["id"]], "requestedItems": [item]}
        assert company.call("POST", "/access-requests/v1", by=PERSON, json=body).status_code == 202
        company.wait("PT1M")
        for _ in range(2):
            for approval in list(company.tenant.state.approvals.find("pending", "any")):
                path = f"/access-request-approvals/v1/{approval.id}/approve"
                company.call("POST", path, json={"comment": "ok"})
            company.wait("PT5M")


def _predict(company: Any, *words: str, **more: Any) -> Any:
    refs = [{"type": "ENTITLEMENT", "id": right(company, "Ledger", word)} for word in words]
    body = {"identityId": company.identity(PERSON)["id"], "accessRefs": refs, **more}
    return company.call("POST", "/sod-violations/v1/predict", json=body)


def test_a_policy_of_two_sides_has_its_query(company: Any) -> None:
    """Answered with names, the level HIGH by default and the search that finds who breaks it."""
    policy = _policy(company)
    left, second = (right(company, "Ledger", word) for word in ("payables.create", "payments.release"))
    assert policy["policyQuery"] == f"@access(id:{left}) AND @access(id:{second})"
    assert policy["conflictingAccessCriteria"]["leftCriteria"]["criteriaList"][0]["name"] == "payables.create"
    assert (policy["level"], policy["creatorId"]) == ("HIGH", company.identity("E1010")["id"])
    assert company.get(f"/sod-policies/v1/{policy['id']}") == policy
    assert company.get("/sod-policies/v1", filters='name sw "Pay" and state eq "ENFORCED"') == [policy]
    old = company.get(f"/v3/sod-policies/{policy['id']}")
    assert not {"level", "allowedControls", "secondaryOwnerRefs"} & old.keys()


def test_conflicting_access_is_predicted(company: Any) -> None:
    """Both sides at once break the policy; one side does not, and nothing is stored."""
    policy = _policy(company)
    assert _predict(company, "payables.create").json()["violationContexts"] == []
    (context,) = _predict(company, "payables.create", "payments.release").json()["violationContexts"]
    assert context["policy"]["id"] == policy["id"]
    sides = context["conflictingAccessCriteria"]
    assert [sides[side]["criteriaList"][0]["existing"] for side in ("leftCriteria", "rightCriteria")] == [False, False]
    assert company.get("/violations/v1") == []


def test_what_is_held_already_counts_and_shows(company: Any) -> None:
    """`existing` tells the two apart; a role or access profile stands for its entitlements."""
    _policy(company)
    _give(company, "R-Ledger-Payables")
    (context,) = _predict(company, "payments.release").json()["violationContexts"]
    sides = context["conflictingAccessCriteria"]
    assert sides["leftCriteria"]["criteriaList"][0]["existing"] is True
    role = company.get("/roles/v1", filters='name eq "R-Ledger-Treasury"')[0]
    found = company.tenant.sod.predict(company.identity(PERSON)["id"], [role["id"]])
    assert [conflict.policy.name for conflict, _ in found] == ["Payments"]


def test_a_policy_that_is_not_enforced_is_silent(company: Any) -> None:
    """Neither predicted nor evaluated."""
    _policy(company, state="NOT_ENFORCED")
    assert _predict(company, "payables.create", "payments.release").json()["violationContexts"] == []


def test_a_check_ends_in_the_log(company: Any) -> None:
    """202 with an id at once; SOD_VIOLATION_CHECK_COMPLETED carries it later."""
    _policy(company)
    refs = [{"type": "ENTITLEMENT", "id": right(company, "Ledger", word)} for word in ("payables.create", "viewer")]
    body = {"identityId": company.identity(PERSON)["id"], "accessRefs": refs}
    answer = company.call("POST", "/sod-violations/v1/check", json=body)
    assert answer.status_code == 202
    assert company.search("events", "action:SOD_VIOLATION_CHECK_COMPLETED") == []
    company.wait("PT1M")
    (event,) = company.search("events", "action:SOD_VIOLATION_CHECK_COMPLETED")
    assert event["attributes"]["requestId"] == answer.json()["requestId"]
    assert (event["type"], event["target"]["name"]) == ("SOD", PERSON)


def test_a_request_is_checked_before_its_approvals(company: Any) -> None:
    """The check of an access request ends in the log with the request's id, once there is a policy."""
    role = company.get("/roles/v1", filters='name eq "R-Ledger-Payables"')[0]
    item = {"type": "ROLE", "id": role["id"], "comment": "x"}
    _policy(company)
    body = {"requestedFor": [company.identity(PERSON)["id"]], "requestedItems": [item]}
    answer = company.call("POST", "/access-requests/v1", by=PERSON, json=body).json()
    company.wait("PT1M")
    (event,) = company.search("events", "action:SOD_VIOLATION_CHECK_COMPLETED")
    (request_id,) = answer["newRequests"][0]["accessRequestIds"]
    assert event["attributes"]["requestId"] == request_id
    assert (event["target"]["name"], event["attributes"]["violations"]) == (PERSON, "0")


def test_violations_follow_access(company: Any) -> None:
    """Opened when the second right arrives, assigned as the policy says; closed when one goes."""
    manager = {"assignmentRule": "MANAGER", "ownerRef": None}
    policy = _policy(company, violationOwnerAssignmentConfig=manager, level="CRITICAL")
    _give(company, "R-Ledger-Payables")
    assert company.get("/violations/v1") == []
    _give(company, "R-Ledger-Treasury")
    (violation,) = company.get("/violations/v1")
    person = company.identity(PERSON)
    assert (violation["status"], violation["level"]) == ("Open", "Critical")
    assert (violation["target"]["id"], violation["policy"]["id"]) == (person["id"], policy["id"])
    assert violation["owner"]["id"] == person["managerRef"]["id"]
    assert {one["conflictingItems"][0]["name"] for one in violation["conflictingCriteria"]} == {
        "payables.create",
        "payments.release",
    }
    assert company.get(f"/violations/v1/{violation['id']}") == violation
    filters = f'status eq "Open" and targetId eq "{person["id"]}" and policyName co "ment"'
    assert company.get("/violations/v1", filters=filters, sorters="-level") == [violation]
    role = company.get("/roles/v1", filters='name eq "R-Ledger-Treasury"')[0]
    item = {"type": "ROLE", "id": role["id"], "comment": "no longer"}
    body = {"requestedFor": [person["id"]], "requestType": "REVOKE_ACCESS", "requestedItems": [item]}
    assert company.call("POST", "/access-requests/v1", json=body).status_code == 202
    company.wait("PT30M")
    assert company.get(f"/violations/v1/{violation['id']}")["status"] == "Closed"
    log = {event["action"] for event in company.search("events", "type:SOD_VIOLATION")}
    assert log == {"SOD_VIOLATION_CREATED", "SOD_VIOLATION_CLOSED"}


def test_a_new_policy_finds_those_who_break_it_already(company: Any) -> None:
    """An enforced policy is evaluated in the background; taking it back closes what it found."""
    _give(company, "R-Ledger-Payables", "R-Ledger-Treasury")
    policy = _policy(company)
    company.wait("PT1M")
    assert {one["target"]["id"] for one in company.get("/violations/v1")} == {company.identity(PERSON)["id"]}
    patch = [{"op": "replace", "path": "/state", "value": "NOT_ENFORCED"}]
    assert company.call("PATCH", f"/sod-policies/v1/{policy['id']}", json=patch).status_code == 200
    assert {one["status"] for one in company.get("/violations/v1")} == {"Closed"}
    assert company.call("DELETE", f"/sod-policies/v1/{policy['id']}").status_code == 204
    assert company.call("GET", f"/sod-policies/v1/{policy['id']}").status_code == 404
    assert company.get("/violations/v1", filters='status eq "Closed"')


@pytest.mark.parametrize("verb", ["evaluate", "violation-report/run"])
def test_a_query_is_evaluated_on_demand(company: Any, verb: str) -> None:
    """A general policy is broken by whom its query finds; the report is PENDING, then SUCCESS."""
    general = {"type": "GENERAL", "conflictingAccessCriteria": None, "policyQuery": "attributes.department:Finance"}
    policy = _policy(company, name="Finance", **general)
    report = company.call("POST", f"/sod-policies/v1/{policy['id']}/{verb}").json()
    assert report["status"] == "PENDING"
    company.wait("PT5M")
    for id in (report["id"], policy["id"]):
        assert company.get(f"/sod-policies/v1/{id}/violation-report") == {**report, "status": "SUCCESS"}
    found = {one["target"]["name"] for one in company.get("/violations/v1")}
    assert found == {one["displayName"] for one in company.search("identities", "attributes.department:Finance")}
    assert company.call("GET", "/sod-policies/v1/0/violation-report").status_code == 404
    assert company.call("POST", f"/sod-policies/v1/0/{verb}").status_code == 404


def test_general_policies_are_replaced_and_not_patched(company: Any) -> None:
    """PATCH is for conflicting access only, and only for what may change."""
    general = {"type": "GENERAL", "conflictingAccessCriteria": None, "policyQuery": "name:x"}
    policy = _policy(company, name="General", **general)
    path = f"/sod-policies/v1/{policy['id']}"
    patch = [{"op": "replace", "path": "/description", "value": "other"}]
    assert company.call("PATCH", path, json=patch).status_code == 400
    assert company.call("PUT", path, json={**policy, "description": "other"}).json()["description"] == "other"
    other = _policy(company)
    path = f"/sod-policies/v1/{other['id']}"
    changed = company.call("PATCH", path, json=patch).json()
    assert (changed["description"], changed["modifierId"]) == ("other", company.identity("E1010")["id"])
    for field, value in (("type", "GENERAL"), ("policyQuery", "*"), ("name", ""), ("state", "ON"), ("level", "LOUD")):
        wrong = [{"op": "replace", "path": f"/{field}", "value": value}]
        assert company.call("PATCH", path, json=wrong).status_code == 400, field


def test_bad_policies_and_checks_are_refused(company: Any) -> None:
    """Unknown people and entitlements are missing references; the rest is bad content."""
    sides = _sides(company)
    unknown = {**sides, "leftCriteria": {"name": "l", "criteriaList": [{"type": "ENTITLEMENT", "id": "0"}]}}
    many = [{"type": "ENTITLEMENT", "id": right(company, "Ledger", "viewer")}] * 51
    good = {"name": "P", "type": "CONFLICTING_ACCESS_BASED", "state": "ENFORCED"}
    for more, code in (
        ({}, "400.1.3"),
        ({"conflictingAccessCriteria": unknown}, "400.1.404"),
        ({"conflictingAccessCriteria": {**sides, "leftCriteria": {"criteriaList": []}}}, "400.1.3"),
        ({"conflictingAccessCriteria": {**sides, "leftCriteria": {"criteriaList": many}}}, "400.1.3"),
        ({"conflictingAccessCriteria": sides, "ownerRef": {"type": "IDENTITY", "id": "0"}}, "400.1.404"),
        ({"type": "GENERAL", "policyQuery": "a:("}, "400.1 "),
        ({"name": ""}, "400.1.3"),
    ):
        answer = company.call("POST", "/sod-policies/v1", json={**good, **more})
        assert answer.json()["detailCode"].startswith(code), (more, answer.text)
    _policy(company)
    assert company.call("POST", "/sod-policies/v1", json={**good, "name": "payments"}).status_code == 400
    for more, code in (
        ({"identityId": "0"}, "400.1.404"),
        ({"accessRefs": [{"type": "ENTITLEMENT", "id": "0"}]}, "400.1.404"),
        ({"accessRefs": [{"type": "ROLE", "id": "0"}]}, "400.1.3"),
        ({"accessRefs": None}, "400.1.3"),
    ):
        assert _predict(company, "viewer", **more).json()["detailCode"].startswith(code), more
    assert company.call("GET", "/violations/v1/0").status_code == 404
    assert company.call("GET", "/violations/v1", headers={"X-SailPoint-Experimental": "no"}).status_code == 400
    assert company.call("GET", "/sod-policies/v1", by="E1006").status_code == 403
