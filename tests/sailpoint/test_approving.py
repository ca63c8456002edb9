"""Deciding: the configuration of requests, reminders and escalation, reassignment, the common view of approvals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sailpoint.requesting import ask, decide, item, row, until

PENDING, GENERIC = "/access-request-approvals/v1/pending", "/generic-approvals/v1"
CONFIG, REASSIGNMENTS = "/access-request-config", "/reassignment-configurations/v1"


def _put(company: Any, **changes: Any) -> Any:
    return company.call("PUT", f"{CONFIG}/v1", json={**company.get(f"{CONFIG}/v1"), **changes})


def _reassign(company: Any, kind: str, to: str = "E1003", since: str = "2026-01-01T00:00:00Z", **more: Any) -> Any:
    body = {
        "reassignedFromId": company.identity("E1008")["id"],
        "reassignedToId": company.identity(to)["id"],
        "configType": kind,
        "startDate": since,
        **more,
    }
    return company.call("POST", REASSIGNMENTS, json=body)


def test_each_generation_of_the_configuration_keeps_the_other(company: Any) -> None:
    """The older shape knows reminders and automatic approval, the newer one groups and machines."""
    fallback = company.identity("E1003")["id"]
    reminding = {"daysUntilEscalation": 3, "daysBetweenReminders": 1, "maxReminders": 2}
    assert (
        _put(
            company,
            autoApprovalEnabled=True,
            approvalReminderAndEscalationConfig={**reminding, "fallbackApproverRef": {"id": fallback}},
        ).status_code
        == 200
    )
    newer = company.get(f"{CONFIG}/v2")
    assert "autoApprovalEnabled" not in newer
    assert company.call("PUT", f"{CONFIG}/v2", json={**newer, "govGroupVisibilityEnabled": True}).status_code == 200
    older = company.get(f"{CONFIG}/v1")
    assert older["autoApprovalEnabled"]
    assert older["approvalReminderAndEscalationConfig"]["fallbackApproverRef"]["name"]
    assert company.get("/v2026/access-request-config")["govGroupVisibilityEnabled"]
    assert "autoApprovalEnabled" in company.get("/v2025/access-request-config")
    assert company.call("PUT", f"{CONFIG}/v1", by="E1008", json=older).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"approvalReminderAndEscalationConfig": {"maxReminders": 21}},
        {"approvalReminderAndEscalationConfig": {"fallbackApproverRef": {"id": "0" * 32}}},
        {"autoApprovalEnabled": "yes"},
        {"entitlementRequestConfig": {"accessRequestConfig": {"approvalSchemes": [{"approverType": "KING"}]}}},
        {"entitlementRequestConfig": {"accessRequestConfig": {"approvalSchemes": [{"approverType": "WORKFLOW"}]}}},
    ],
)
def test_a_configuration_that_cannot_be_is_refused(company: Any, change: dict[str, Any]) -> None:
    """400 for a value out of range, of another type, or a reference to nobody."""
    assert _put(company, **change).status_code == 400


def test_who_asks_and_would_decide_may_be_taken_as_approving(company: Any) -> None:
    """With automatic approval the step of the requester counts as granted."""
    assert _put(company, autoApprovalEnabled=True).status_code == 200
    answer = ask(company, "E1017", item(company, "AP-Deskly-Admin"), by="E1008")
    company.wait("PT5M")
    found = row(company, answer)
    assert (found["state"], found["approvalDetails"][0]["status"]) == ("REQUEST_COMPLETED", "APPROVED")


def test_an_approver_is_reminded_before_somebody_else_is_asked(company: Any) -> None:
    """The days count to the first reminder; behind the last one the approver's manager is asked."""
    reminding = {"daysUntilEscalation": 1, "daysBetweenReminders": 1, "maxReminders": 1}
    _put(company, approvalReminderAndEscalationConfig=reminding)
    company.quiet()
    ask(company, "E1017", item(company, "AP-Deskly-Admin"))
    company.wait("P1DT1H")
    (approval,) = company.tenant.state.approvals.rows()
    assert (approval.reminders, approval.escalated) == (1, False)
    company.wait("P1D")
    (shown,) = company.get(GENERIC)
    assert (shown["isEscalated"], shown["reassignmentHistory"]) == (True, [])
    (shown,) = company.get(GENERIC, **{"include-reassignment-history": "true"})
    assert shown["reassignmentHistory"][0]["reassignmentType"] == "ESCALATION"


def test_without_a_manager_the_fallback_approver_decides(company: Any) -> None:
    """E1001 reports to nobody."""
    answer = ask(company, "E1001", item(company, "AP-CRM-User"))
    company.wait("PT1M")
    assert row(company, answer)["approvalDetails"][0]["currentOwner"]["id"] == company.identity("E1009")["id"]


@pytest.mark.parametrize(
    ("kind", "scheme", "approver"),
    [
        ("MANAGER", "MANAGER", "E1008"),
        ("OWNER", "ACCESS_PROFILE_OWNER", "E1007"),
        ("SOURCE_OWNER", "SOURCE_OWNER", ""),
        ("APP_OWNER", "APP_OWNER", "E1005"),
        ("GOVERNANCE_GROUP", "GOVERNANCE_GROUP", "E1003"),
    ],
)
def test_who_decides_a_step(company: Any, kind: str, scheme: str, approver: str) -> None:
    """The person's manager, the item's, its source's or its application's owner, or a member of a group."""
    configuration = company.tenant.configuration
    what = item(company, "AP-Atlas-Editor")
    owner = {"type": "IDENTITY", "id": company.identity("E1005")["id"]}
    configuration.add("source-app", {"name": "Atlas", "owner": owner, "accessProfiles": [what["id"]]})
    document = configuration.get("access-profile", what["id"])
    group = configuration.named("workgroup", "Duty Security").id
    schemes = [{"approverType": kind, "approverId": group if kind == "GOVERNANCE_GROUP" else None}]
    asked = {**document.body["accessRequestConfig"], "approvalSchemes": schemes}
    configuration.update(document, {**document.body, "accessRequestConfig": asked})
    wanted = company.identity(approver)["id"] if approver else configuration.source_named("Okta").owner_id
    answer = ask(company, "E1017", what)
    company.wait("PT1M")
    assert row(company, answer)["approvalDetails"][0]["scheme"] == scheme
    assert wanted in company.tenant.state.approvals.first("pending", "any").approvers


def test_somebody_elses_decision_and_a_second_one(company: Any) -> None:
    """A stranger is refused with 403, a second decision with 404, a comment in another shape with 400."""
    ask(company, "E1017", item(company, "AP-Deskly-Admin"))
    company.wait("PT1M")
    (approval,) = company.get(PENDING, by="E1008")
    assert len(company.get(PENDING)) == 1  # an administrator sees all
    assert company.call("GET", PENDING, by="E1008", params={"owner-id": "0" * 32}).status_code == 403
    path = f"/access-request-approvals/v1/{approval['id']}"
    assert company.call("POST", f"{path}/approve", by="E1012", json={}).status_code == 403
    assert company.call("POST", f"{path}/approve", by="E1008", json={"comment": 7}).status_code == 400
    assert company.call("POST", f"{path}/approve", by="E1008", content=b"[").status_code == 400
    forward = {"newOwnerId": "0" * 32, "comment": "x"}
    assert company.call("POST", f"{path}/forward", by="E1008", json=forward).json()["detailCode"][:9] == "400.1.404"
    assert company.call("POST", f"{path}/approve", by="E1008").status_code == 202
    (waiting,) = company.get(PENDING, by="E1008")
    assert waiting["actionInProcess"] == "APPROVED"
    assert company.call("POST", f"{path}/approve", by="E1008", json={}).status_code == 404
    company.wait("PT1M")
    (done,) = company.get("/access-request-approvals/v1/completed", by="E1008")
    assert (done["state"], done["reviewedBy"]["id"]) == ("APPROVED", company.identity("E1008")["id"])
    counts = company.get("/access-request-approvals/v1/approval-summary", by="E1008")
    assert counts == {"pending": 0, "approved": 1, "rejected": 0}


def test_several_approvals_at_once(company: Any) -> None:
    """For administrators, with a comment, all or none when one is unknown."""
    ask(company, "E1017", item(company, "AP-Deskly-Admin"), by="E1008")
    ask(company, "E1019", item(company, "AP-Deskly-Admin"), by="E1019")
    company.wait("PT1M")
    ids = [one["id"] for one in company.get(PENDING)]
    path = "/access-request-approvals/v1/bulk-approve"
    assert company.call("POST", path, json={"approvalIds": ids}).status_code == 400
    assert company.call("POST", path, json={"approvalIds": [*ids, "0" * 32], "comment": "x"}).status_code == 400
    assert company.call("POST", path, by="E1008", json={"approvalIds": ids, "comment": "x"}).status_code == 403
    assert company.call("POST", path, json={"approvalIds": ids, "comment": "x"}).status_code == 202
    company.wait("PT1M")
    assert company.get(PENDING) == []


def test_work_of_somebody_away_goes_to_somebody_else(company: Any) -> None:
    """By type and window of dates, when the approval is made; the window over, it stays."""
    assert _reassign(company, "MANUAL_TASKS").status_code == 201
    answer = _reassign(company, "ACCESS_REQUESTS", endDate=until(company, "PT5H"))
    assert [one["configType"] for one in answer.json()["configDetails"]] == ["MANUAL_TASKS", "ACCESS_REQUESTS"]
    ask(company, "E1017", item(company, "AP-Deskly-Admin"))
    company.wait("PT1M")
    (approval,) = company.get(PENDING, by="E1003")
    assert approval["forwardHistory"][0]["reassignmentType"] == "AUTOMATIC_REASSIGNMENT"
    company.wait("PT6H")
    ask(company, "E1020", item(company, "AP-Deskly-Admin"))
    company.wait("PT1M")
    assert len(company.get(PENDING, by="E1008")) == 1


def test_reassignments_are_kept_a_person_each(company: Any) -> None:
    """PUT replaces, POST adds; one's own without being an administrator; nonsense is refused."""
    person = company.identity("E1008")["id"]
    assert company.call("GET", f"{REASSIGNMENTS}/{person}").status_code == 404
    _reassign(company, "MANUAL_TASKS")
    _reassign(company, "CERTIFICATIONS")
    body = {
        "reassignedFromId": person,
        "reassignedToId": company.identity("E1004")["id"],
        "configType": "ACCESS_REQUESTS",
        "startDate": "2026-01-01T00:00:00Z",
    }
    replaced = company.call("PUT", f"{REASSIGNMENTS}/{person}", by="E1008", json=body)
    assert [one["configType"] for one in replaced.json()["configDetails"]] == ["ACCESS_REQUESTS"]
    assert company.get(f"{REASSIGNMENTS}/{person}", by="E1008") == replaced.json()
    assert company.call("GET", f"{REASSIGNMENTS}/{person}", by="E1012").status_code == 403
    assert company.get(REASSIGNMENTS, by="E1012") == []
    assert _reassign(company, "HOLIDAYS").status_code == 400
    assert _reassign(company, "MANUAL_TASKS", to="E1008").status_code == 400
    assert _reassign(company, "MANUAL_TASKS", since="soon").status_code == 400
    assert _reassign(company, "MANUAL_TASKS", endDate="2025-01-01T00:00:00Z").status_code == 400
    assert _reassign(company, "MANUAL_TASKS", reassignedToId="0" * 32).json()["detailCode"][:9] == "400.1.404"
    other = company.identity("E1012")["id"]
    assert company.call("PUT", f"{REASSIGNMENTS}/{other}", json=body).status_code == 400
    assert company.call("POST", REASSIGNMENTS, by="E1012", json=body).status_code == 403


def test_approvals_in_the_form_that_services_share(company: Any) -> None:
    """Found by the request they decide; commented, reassigned and approved there; v2024 has the first form."""
    answer = ask(company, "E1017", item(company, "AP-Deskly-Admin"))
    company.wait("PT1M")
    request_id = answer.json()["newRequests"][0]["accessRequestIds"][0]
    filters = f'referenceType eq "accessRequestId" and referenceId eq "{request_id}"'
    (found,) = company.get(GENERIC, mine="false", filters=filters)
    assert (found["status"], found["serialStep"], found["comments"]) == ("PENDING", 1, [])
    assert company.get(GENERIC, by="E1012") == []
    assert len(company.get(GENERIC, by="E1008")) == 1
    assert company.call("GET", GENERIC, by="E1012", params={"approverId": "0" * 32}).status_code == 403
    counted = company.call("GET", GENERIC, params={"count-only": "true"})
    assert (counted.json(), counted.headers["X-Total-Count"]) == ([], "1")
    path = f"{GENERIC}/{found['id']}"
    assert company.call("POST", f"{path}/comments", by="E1008", json={"comment": ""}).status_code == 400
    commented = company.call("POST", f"{path}/comments", by="E1008", json={"comment": "why?"}).json()
    assert [one["comment"] for one in commented["comments"]] == ["please", "why?"]
    to = {"reassignTo": company.identity("E1004")["id"], "comment": "yours"}
    assert company.call("POST", f"{path}/reassign", by="E1008", json=to).status_code == 204
    assert company.call("POST", f"{path}/approve", by="E1008", json={}).status_code == 403
    approved = company.call("POST", f"{path}/approve", by="E1004", json={"comment": "fine"})
    assert (approved.status_code, len(approved.json()["approvedBy"])) == (200, 1)
    company.wait("PT5M")
    assert row(company, answer)["state"] == "REQUEST_COMPLETED"
    first = company.get(f"/v2024/generic-approvals/{found['id']}")
    assert (first["approvalId"], first["status"]) == (found["id"], "APPROVED")
    assert "id" not in first
    assert company.call("POST", f"/v2024/generic-approvals/{found['id']}/approve", json={}).status_code == 404


@pytest.mark.parametrize(("verb", "state"), [("reject", "REJECTED"), ("cancel", "CANCELLED")])
def test_saying_no_in_the_form_that_services_share(company: Any, verb: str, state: str) -> None:
    """Rejecting ends the request as rejected, cancelling withdraws it; both answer nothing."""
    answer = ask(company, "E1017", item(company, "AP-Deskly-Admin"), by="E1008")
    company.wait("PT1M")
    (found,) = company.get(GENERIC)
    path = f"{GENERIC}/{found['id']}/{verb}"
    assert company.call("POST", path, json={"comment": "no"}).status_code == 204
    company.wait("PT1M")
    assert row(company, answer)["state"] == state
    assert company.call("POST", path, json={"comment": "no"}).status_code in (400, 404)


def test_the_steps_of_a_group_show_its_members(company: Any) -> None:
    """A governance group is the approver, its members may decide; the list shows the one who looks."""
    ask(company, "E1021", item(company, "R-Vault-Emergency"), removeDate=until(company, "PT4H"))
    company.wait("PT1M")
    (approval,) = company.get(PENDING, by="E1003")
    assert approval["owner"]["id"] == company.identity("E1003")["id"]
    (found,) = company.get(GENERIC, by="E1003", **{"include-approvers": "true"})
    assert (found["approvers"][0]["type"], len(found["approvers"][0]["members"])) == ("GOVERNANCE_GROUP", 2)
    assert decide(company, "E1003", "reject", "not now").status_code == 202
