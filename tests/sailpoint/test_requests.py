"""Access requests: who may ask for what, who decides, what follows, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.kernel.times import iso, parse_duration


def _item(company: Any, name: str) -> dict[str, str]:
    for path, kind in (("/access-profiles/v1", "ACCESS_PROFILE"), ("/roles/v1", "ROLE")):
        if found := company.get(path, filters=f'name eq "{name}"'):
            return {"type": kind, "id": found[0]["id"]}
    raise LookupError(name)


def _ask(
    company: Any, worker_id: str, name: str, *, by: str = "iam-admin", kind: str = "GRANT_ACCESS", **more: Any
) -> Any:
    item = {**_item(company, name), "comment": "please", **more}
    body = {"requestedFor": [company.identity(worker_id)["id"]], "requestType": kind, "requestedItems": [item]}
    return company.call("POST", "/access-requests/v1", by=by, json=body)


def _until(company: Any, duration: str) -> str:
    return iso(company.estate.clock.now() + parse_duration(duration))


def _row(company: Any, answer: Any) -> dict[str, Any]:
    (entry,) = answer.json()["newRequests"]
    filters = f'accessRequestId eq "{entry["accessRequestIds"][0]}"'
    (row,) = company.get("/access-request-status/v1", filters=filters)
    return dict(row)


def _decide(company: Any, by: str, verb: str = "approve", comment: str = "") -> Any:
    (approval,) = company.get("/access-request-approvals/v1/pending", by=by)
    path = f"/access-request-approvals/v1/{approval['id']}/{verb}"
    return company.call("POST", path, by=by, json={"comment": comment})


def test_without_approvers_access_is_granted_at_once(company: Any) -> None:
    """No scheme on the item: provisioning starts by itself, and the request completes."""
    answer = _ask(company, "E1015", "AP-Atlas-Editor")
    assert answer.status_code == 202
    company.wait("PT5M")
    row = _row(company, answer)
    assert row["state"] == "REQUEST_COMPLETED"
    assert [phase["name"] for phase in row["accessRequestPhases"]] == ["PROVISIONING_PHASE"]
    assert "SP-APP-Atlas-Editor" in company.groups(company.account("E1015")["nativeIdentity"])
    activity = company.get(f"/account-activities/v1/{row['accessRequestId']}")
    assert (activity["type"], activity["completionStatus"]) == ("appRequest", "SUCCESS")


def test_two_steps_are_asked_one_after_another(company: Any) -> None:
    """Manager first, then the owner; approved is not provisioned."""
    answer = _ask(company, "E1014", "R-Ledger-Payables")
    company.wait("PT1M")
    row = _row(company, answer)
    assert (row["state"], row["cancelable"]) == ("EXECUTING", True)
    assert [step["scheme"] for step in row["approvalDetails"]] == ["MANAGER"]
    assert company.get("/access-request-approvals/v1/pending", by="E1002") == []
    assert _decide(company, "E1012").status_code == 202
    company.wait("PT10S")
    assert _decide(company, "E1002").status_code == 202
    company.wait("PT4S")
    assert _row(company, answer)["state"] == "EXECUTING"
    company.wait("PT5M")
    row = _row(company, answer)
    assert row["state"] == "REQUEST_COMPLETED"
    assert [step["status"] for step in row["approvalDetails"]] == ["APPROVED", "APPROVED"]
    held = company.account("E1014", "Ledger")["attributes"]["entitlements"]
    assert held == ["payables.create", "payments.release", "viewer"]
    actions = [event["action"] for event in company.search("events", "target.name:E1014", sort=["created"])]
    assert actions.count("ACCESS_REQUEST_APPROVED") == 2
    assert actions[-1] == "ACCESS_REQUEST_PROCESSED"


def test_a_rejection_needs_a_comment_and_ends_the_request(company: Any) -> None:
    """Nothing is provisioned; the phases say what was not executed."""
    answer = _ask(company, "E1018", "AP-CRM-User")
    assert answer.status_code == 202
    company.wait("PT1M")
    # Already held through a role: accepted, then cancelled.
    assert _row(company, answer)["state"] == "CANCELLED"
    answer = _ask(company, "E1019", "AP-CRM-User", by="E1019")
    company.wait("PT1M")
    (approval,) = company.get("/access-request-approvals/v1/pending", **{"owner-id": company.identity("E1007")["id"]})
    path = f"/access-request-approvals/v1/{approval['id']}/reject"
    assert company.call("POST", path, json={}).status_code == 400
    assert company.call("POST", path, by="E1008", json={"comment": "no"}).status_code == 403
    assert company.call("POST", path, json={"comment": "no"}).status_code == 202
    company.wait("PT1M")
    row = _row(company, answer)
    assert row["state"] == "REJECTED"
    assert [phase["state"] for phase in row["accessRequestPhases"]] == ["COMPLETED", "NOT_EXECUTED"]
    assert "SP-APP-CRM-User" not in company.groups(company.account("E1019")["nativeIdentity"])


def test_one_member_of_a_group_decides(company: Any) -> None:
    """Every member sees the decision; one makes it; it is gone for the others."""
    answer = _ask(company, "E1021", "R-Vault-Emergency", removeDate=_until(company, "PT4H"))
    company.wait("PT1M")
    row = _row(company, answer)
    assert row["approvalDetails"][0]["scheme"] == "GOVERNANCE_GROUP"
    assert len(company.get("/access-request-approvals/v1/pending", by="iam-admin")) == 1
    assert _decide(company, "E1003").status_code == 202
    company.wait("PT5M")
    assert company.get("/access-request-approvals/v1/pending", by="E1003") == []
    assert len(company.get("/access-request-approvals/v1/completed", by="E1003")) == 1
    assert _row(company, answer)["state"] == "REQUEST_COMPLETED"
    held = company.account("E1021", "Vault")["attributes"]["entitlements"]
    assert held == ["breakglass", "operator"]
    company.wait("PT5H")
    assert company.account("E1021", "Vault")["attributes"]["entitlements"] == ["operator"]


@pytest.mark.parametrize(
    ("worker_id", "item", "by", "more", "status", "code"),
    [
        ("E1021", "R-Vault-Operator", "iam-admin", {}, 400, "400.1.3 Illegal value"),
        (
            "E1021",
            "R-Vault-Emergency",
            "iam-admin",
            {"removeDate": "2026-05-01T00:00:00Z"},
            400,
            "400.1.3 Illegal value",
        ),
        (
            "E1021",
            "R-Vault-Emergency",
            "iam-admin",
            {"removeDate": "2026-01-01T00:00:00Z"},
            400,
            "400.1.3 Illegal value",
        ),
        ("C2001", "R-Ledger-Payables", "iam-admin", {}, 400, "400.1.404 Referenced object not found"),
        ("E1009", "AP-Atlas-Editor", "E1009", {}, 400, "400.1.404 Referenced object not found"),
        ("E1015", "AP-Atlas-Editor", "E1008", {}, 403, "403 Forbidden"),
        ("E1015", "R-BR-Sales", "iam-admin", {}, 400, "400.1 Bad request content"),
    ],
)
def test_what_cannot_be_asked_for(
    company: Any, worker_id: str, item: str, by: str, more: dict[str, str], status: int, code: str
) -> None:
    """End date missing, too late or past; outside the segment; not one's report; not requestable."""
    answer = _ask(company, worker_id, item, by=by, **more)
    assert (answer.status_code, answer.json()["detailCode"]) == (status, code)


def test_asking_twice_answers_the_first_request(company: Any) -> None:
    """A running request is listed as existing."""
    _ask(company, "E1017", "AP-Deskly-Admin", by="E1008")
    again = _ask(company, "E1017", "AP-Deskly-Admin", by="E1008").json()
    assert (len(again["newRequests"]), len(again["existingRequests"])) == (0, 1)


def test_the_own_decision_is_refused_and_forwarding_helps(company: Any) -> None:
    """Who asked does not decide; the decision can be handed over."""
    _ask(company, "E1017", "AP-Deskly-Admin", by="E1008")
    company.wait("PT1M")
    assert _decide(company, "E1008").status_code == 403
    (approval,) = company.get("/access-request-approvals/v1/pending", by="E1008")
    path = f"/access-request-approvals/v1/{approval['id']}/forward"
    body = {"newOwnerId": company.identity("E1004")["id"], "comment": "please decide"}
    assert company.call("POST", path, json=body).status_code == 202
    assert _decide(company, "E1004").status_code == 202
    company.wait("PT5M")
    assert "SP-APP-Deskly-Admin" in company.groups(company.account("E1017")["nativeIdentity"])


def test_cancelling_before_a_decision(company: Any) -> None:
    """The requester withdraws; everything about it says so."""
    answer = _ask(company, "E1017", "AP-Deskly-Admin", by="E1008")
    company.wait("PT1M")
    id = answer.json()["newRequests"][0]["accessRequestIds"][0]
    body = {"accountActivityId": id, "comment": "not needed"}
    assert company.call("POST", "/access-requests/v1/cancel", by="E1012", json=body).status_code == 403
    assert company.call("POST", "/access-requests/v1/cancel", by="E1008", json=body).status_code == 202
    row = _row(company, answer)
    assert (row["state"], row["approvalDetails"][0]["status"]) == ("CANCELLED", "CANCELLED")
    assert row["cancelledRequestDetails"]["comment"] == "not needed"


def test_revoking_what_was_granted(company: Any) -> None:
    """Requested access goes by a revoke request; a move leaves it alone."""
    native = company.account("E1013")["nativeIdentity"]
    company.feed["E1013"] |= {"department": "Sales", "manager_id": "E1006"}
    company.loaded()
    assert company.account("E1013", "Ledger")["attributes"]["entitlements"] == ["payables.create"]
    assert "SP-APP-Ledger-User" in company.groups(native)
    assert _ask(company, "E1013", "R-Ledger-Payables", kind="REVOKE_ACCESS").status_code == 202
    company.wait("PT5M")
    assert "entitlements" not in company.account("E1013", "Ledger")["attributes"]
    assert "SP-APP-Ledger-User" not in company.groups(native)


def test_an_unanswered_approval_escalates_then_expires(company: Any) -> None:
    """After two days the approver's manager is asked, after fourteen the request is over."""
    company.quiet()
    answer = _ask(company, "E1017", "AP-Deskly-Admin")
    company.wait("P2DT1H")
    (approval,) = company.get("/access-request-approvals/v1/pending", **{"owner-id": company.identity("E1001")["id"]})
    assert approval["forwardHistory"][0]["reassignmentType"] == "AUTO_ESCALATION"
    company.wait("P12D")
    row = _row(company, answer)
    assert (row["state"], row["approvalDetails"][0]["status"]) == ("REJECTED", "EXPIRED")


def test_access_to_a_named_account(company: Any) -> None:
    """A request that names the second account gives access to that one only."""
    person = company.identity("E1010")
    okta = company.tenant.configuration.source_named("Okta")
    accounts = company.get("/accounts/v1", filters=f'identityId eq "{person["id"]}" and sourceId eq "{okta.id}"')
    second = next(one for one in accounts if one["attributes"].get("userType") == "Admin")
    first = next(one for one in accounts if one is not second)
    selection = [{"sourceId": okta.id, "accounts": [{"nativeIdentity": second["nativeIdentity"]}]}]
    item = {**_item(company, "AP-Atlas-Editor"), "accountSelection": selection}
    body = {"requestedForWithRequestedItems": [{"identityId": person["id"], "requestedItems": [item]}]}
    assert company.call("POST", "/access-requests/v1", json=body).status_code == 202
    company.wait("PT5M")
    assert "SP-APP-Atlas-Editor" in company.groups(second["nativeIdentity"])
    assert "SP-APP-Atlas-Editor" not in company.groups(first["nativeIdentity"])
