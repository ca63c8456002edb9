"""Work for people: manual changes, work items, tickets of a service desk, and the activities they belong to."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.sailpoint.requesting import ask, by_hand, item, right, row

ITEMS, DESKS = "/work-items/v1", "/service-desk-integrations/v1"
CHECK = f"{DESKS}/status-check-configuration"


def _asked(company: Any) -> Any:
    """A request whose change on Vault is made by hand."""
    by_hand(company, "Vault")
    answer = ask(company, "E1019", right(company, "Vault"))
    company.wait("PT5M")
    return answer


def _desk(company: Any, **more: Any) -> Any:
    body = {"name": "Desk", "description": "d", "type": "ServiceNowSDIM", "attributes": {}, **more}
    return company.call("POST", DESKS, json=body)


def test_a_manual_change_ends_with_the_work_item(company: Any) -> None:
    """The request executes until somebody says that the work is done; then the account follows."""
    answer = _asked(company)
    found = row(company, answer)
    assert (found["state"], found["manualWorkItemDetails"][0]["status"]) == ("EXECUTING", "PENDING")
    assert found["provisioningDetails"]["orderedSubPhaseReferences"] == "manualWorkItemDetails"
    activity = company.get(f"/account-activities/v1/{found['accessRequestId']}")
    assert (activity["executionStatus"], activity["completionStatus"]) == ("EXECUTING", None)
    owner = company.tenant.configuration.source_named("Vault").owner_id
    items = company.get(ITEMS, ownerId=owner)
    assert {one["type"] for one in items} == {"ManualAction"}
    assert {one["state"] for one in items} == {"Pending"}
    assert company.get(f"{ITEMS}/count", ownerId=owner) == {"count": len(items)}
    for one in items:
        assert company.call("POST", f"{ITEMS}/{one['id']}", json="done").status_code == 200
        assert company.call("POST", f"{ITEMS}/{one['id']}").status_code == 400
    assert row(company, answer)["state"] == "PROVISIONING_VERIFICATION_PENDING"
    company.wait("PT5M")
    found = row(company, answer)
    assert (found["state"], found["manualWorkItemDetails"][0]["status"]) == ("REQUEST_COMPLETED", "APPROVED")
    summary = company.get(f"{ITEMS}/summary", ownerId=owner)
    assert summary == {"open": 0, "completed": len(items), "total": len(items)}
    assert company.get(f"{ITEMS}/completed", ownerId=owner)[0]["completed"]


def test_a_work_item_goes_to_somebody_else(company: Any) -> None:
    """By its owner or an administrator, with a comment, to somebody who exists; the status row tells."""
    answer = _asked(company)
    (one, *_) = company.get(ITEMS)
    path = f"{ITEMS}/{one['id']}"
    body = {"targetOwnerId": company.identity("E1012")["id"], "comment": "yours"}
    assert company.call("GET", path, by="E1012").status_code == 403
    assert company.call("POST", f"{path}/forward", by="E1012", json=body).status_code == 403
    assert company.call("POST", f"{path}/forward", json={**body, "comment": ""}).status_code == 400
    missing = company.call("POST", f"{path}/forward", json={**body, "targetOwnerId": "0" * 32})
    assert missing.json()["detailCode"][:9] == "400.1.404"
    assert company.call("POST", f"{path}/forward", json=body).status_code == 200
    assert company.get(path, by="E1012")["ownerName"]
    (detail, *_) = row(company, answer)["manualWorkItemDetails"]
    assert (detail["forwarded"], detail["forwardHistory"][0]["comment"]) == (True, "yours")


def test_approval_items_are_decided_one_by_one_or_all_at_once(company: Any) -> None:
    """The last decision ends the work item, as rejected when all of them are, and its job is told."""
    told: list[str] = []
    company.estate.clock.on("test.told", told.append)
    owner = company.identity("E1012")["id"]

    def asked() -> str:
        items = [{"id": id, "application": "Okta", "name": id, "operation": "Add", "value": "x"} for id in ("a", "b")]
        made = company.tenant.work.approval(owner, "Decide", "two of them", owner, items, "test.told")
        return f"{ITEMS}/{made.id}"

    path = asked()
    assert company.call("POST", path, by="E1012").status_code == 400
    assert company.call("POST", f"{path}/approve/c", by="E1012").status_code == 404
    one = company.call("POST", f"{path}/approve/a", by="E1012").json()
    assert (one["state"], [i.get("state") for i in one["approvalItems"]]) == ("Pending", ["Finished", None])
    assert company.call("POST", f"{path}/reject/a", by="E1012").status_code == 400
    one = company.call("POST", f"{path}/reject/b", by="E1012").json()
    assert (one["state"], one["numItems"]) == ("Finished", 2)
    company.wait("PT1M")
    assert told == [one["id"]]
    for verb, state in (("bulk-approve", "Finished"), ("bulk-reject", "Rejected")):
        id = asked().rpartition("/")[2]
        assert company.call("POST", f"{ITEMS}/{verb}/{id}", by="E1012").json()["state"] == state
        assert company.call("POST", f"{ITEMS}/{verb}/{id}", by="E1012").status_code == 400


@pytest.mark.parametrize(("kind", "goes"), [("GENERIC_APPROVALS", True), ("MANUAL_TASKS", False)])
def test_a_decision_is_reassigned_as_an_approval(company: Any, kind: str, goes: bool) -> None:
    """A new work item that asks for decisions follows the configuration for approvals, not the one for manual tasks."""
    owner, deputy = (company.identity(one)["id"] for one in ("E1006", "E1018"))
    body = {
        "reassignedFromId": owner,
        "reassignedToId": deputy,
        "configType": kind,
        "startDate": "2026-01-01T00:00:00Z",
    }
    assert company.call("POST", "/reassignment-configurations/v1", json=body).status_code == 201
    asked = {"id": "1", "account": "a", "application": "b", "name": "c", "operation": "Delete", "value": ""}
    made = company.tenant.work.approval(owner, "Decide", "one of them", owner, [asked], "test.told")
    assert company.get(f"/work-items/v1/{made.id}")["ownerId"] == (deputy if goes else owner)


def test_accounts_are_chosen_for_a_work_item(company: Any) -> None:
    """An object of form fields; an account that does not exist is a missing reference."""
    _asked(company)
    (one, *_) = company.get(ITEMS)
    path = f"{ITEMS}/{one['id']}/submit-account-selection"
    account = company.account("E1019")["id"]
    assert company.call("POST", path, json={"field": account}).status_code == 200
    assert company.call("POST", path, json={"field": "0" * 32}).json()["detailCode"][:9] == "400.1.404"
    assert company.call("POST", path, json=[]).status_code == 400


def test_an_integration_is_kept_without_showing_its_secrets(company: Any) -> None:
    """Create 200; names are unique; sources have to exist; the password outlives a replacement."""
    source = company.tenant.configuration.source_named("Vault").id
    made = _desk(company, attributes={"url": "https://desk.test", "password": "p"}, managedSources=[source])
    assert made.status_code == 200
    body = made.json()
    assert body["attributes"] == {"url": "https://desk.test"}
    assert _desk(company).status_code == 400
    assert _desk(company, name="Other", managedSources=["0" * 32]).json()["detailCode"][:9] == "400.1.404"
    assert _desk(company, name="Other", attributes=None).status_code == 400
    path = f"{DESKS}/{body['id']}"
    assert company.call("PUT", path, json={**body, "description": "other"}).json()["description"] == "other"
    headers = {"Content-Type": "application/json-patch+json"}
    step = {"op": "replace", "path": "/description", "value": "third"}
    assert company.call("PATCH", path, json=[step], headers=headers).json()["description"] == "third"
    assert company.call("PATCH", path, json=[{**step, "value": 3}], headers=headers).status_code == 400
    assert company.call("PATCH", path, json=[{**step, "path": "/id"}], headers=headers).status_code == 400
    assert company.tenant.configuration.get("service-desk-integration", body["id"]).body["attributes"]["password"]
    assert [one["name"] for one in company.get(DESKS, filters='type eq "ServiceNowSDIM"')] == ["Desk"]
    for kind in company.get(f"{DESKS}/types"):
        assert company.get(f"{DESKS}/templates/{kind['scriptName']}")["type"] == kind["type"]
    assert company.call("GET", f"{DESKS}/templates/none").status_code == 404
    assert company.call("DELETE", path).status_code == 204
    assert company.call("GET", path).status_code == 404
    assert company.call("GET", DESKS, by="E1012").status_code == 403


def test_how_often_tickets_are_looked_at(company: Any) -> None:
    """Numbers that are sent as text."""
    body = {"provisioningStatusCheckIntervalMinutes": "10", "provisioningMaxStatusCheckDays": "1"}
    assert company.call("PUT", CHECK, json=body).json() == company.get(CHECK) == body
    for text in ("0", "-1", "x", "9999999", 5, "٣"):
        bad = {**body, "provisioningStatusCheckIntervalMinutes": text}
        assert company.call("PUT", CHECK, json=bad).status_code == 400


class _ServiceDesk:
    """A service desk that answers over HTTP."""

    def __init__(self, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state, self.tickets = "1", []
        mounts = company.http._mounts
        url = httpx._utils.URLPattern("http://desk.test")
        monkeypatch.setitem(mounts, url, httpx.MockTransport(self._answer))
        monkeypatch.setattr(company.http, "_mounts", dict(sorted(mounts.items())))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.tickets.append(json.loads(request.content))
            return httpx.Response(201, json={"result": {"number": f"REQ{len(self.tickets)}", "sys_id": "x"}})
        return httpx.Response(200, json={"result": [{"number": "REQ1", "state": self.state}]})


@pytest.mark.parametrize(("state", "outcome"), [("3", "REQUEST_COMPLETED"), ("4", "PROVISIONING_FAILED")])
def test_a_service_desk_carries_changes_out(
    company: Any, monkeypatch: pytest.MonkeyPatch, state: str, outcome: str
) -> None:
    """A ticket is opened over HTTP in place of a work item, looked at every so often, and ends the request."""
    desk = _ServiceDesk(company, monkeypatch)
    source = company.tenant.configuration.source_named("Vault").id
    managed = {"managedResourceRefs": [{"type": "SOURCE", "id": source, "name": "Vault"}]}
    _desk(company, attributes={"url": "http://desk.test", "username": "u"}, provisioningConfig=managed)
    answer = _asked(company)
    assert company.get(ITEMS) == []
    assert desk.tickets
    assert {one.ticket for one in company.tenant.state.operations.rows() if one.ticket} >= {"REQ1"}
    company.wait("PT45M")
    assert row(company, answer)["state"] == "EXECUTING"
    desk.state = state
    company.wait("PT45M")
    assert row(company, answer)["state"] == outcome


def test_a_ticket_nobody_answers_fails(company: Any) -> None:
    """A ticket that is only noted is done when an aggregation shows the change, and fails after its days."""
    _desk(company, provisioningConfig={"universalManager": True})
    hours = {"provisioningStatusCheckIntervalMinutes": "60", "provisioningMaxStatusCheckDays": "1"}
    assert company.call("PUT", CHECK, json=hours).status_code == 200
    answer = _asked(company)
    operations = [one for one in company.tenant.state.operations.rows() if one.ticket]
    assert operations
    assert row(company, answer)["state"] == "EXECUTING"
    company.quiet()
    company.wait("P1DT2H")
    found = row(company, answer)
    assert (found["state"], operations[0].ticket in str(found["errorMessages"])) == ("PROVISIONING_FAILED", True)


def test_a_request_that_was_carried_out_in_part(company: Any) -> None:
    """Of a role on two sources one took its access and the other one's ticket failed."""
    _desk(company, provisioningConfig={"universalManager": True})
    hours = {"provisioningStatusCheckIntervalMinutes": "60", "provisioningMaxStatusCheckDays": "1"}
    company.call("PUT", CHECK, json=hours)
    by_hand(company, "Ledger")
    answer = ask(company, "E1019", item(company, "R-Ledger-Payables"), by="E1019")
    for _ in range(2):
        company.wait("PT1M")
        (approval,) = company.get("/access-request-approvals/v1/pending")
        assert company.call("POST", f"/access-request-approvals/v1/{approval['id']}/approve").status_code == 202
    company.quiet()
    company.wait("P1DT2H")
    found = row(company, answer)
    assert (found["state"], found["accessRequestPhases"][-1]["result"]) == ("NOT_ALL_ITEMS_PROVISIONED", "FAILED")
    activity = company.get(f"/account-activities/v1/{found['accessRequestId']}")
    assert (activity["completionStatus"], bool(activity["errors"])) == ("INCOMPLETE", True)
    assert {"FINISHED", "FAILED"} <= {one["provisioningStatus"] for one in activity["items"]}


def test_activities_of_a_person(company: Any) -> None:
    """By who asked and who gets; one's own without being an administrator; beta says whether it can be cancelled."""
    answer = ask(company, "E1017", item(company, "AP-Deskly-Admin"), by="E1008")
    company.wait("PT1M")
    found = row(company, answer)
    path = "/account-activities/v1"
    (mine,) = company.get(path, by="E1008", **{"requested-by": "me", "filters": 'type eq "appRequest"'})
    assert mine["id"] == found["accessRequestId"]
    requested = mine["items"][0]
    assert (requested["approvalStatus"], requested["provisioningStatus"]) == ("PENDING", "PENDING")
    assert requested["requesterComment"]["body"] == "please"
    assert "cancelable" not in mine
    old = company.get(f"/beta/account-activities/{mine['id']}")
    assert (old["cancelable"], old["cancelComment"]) == (True, None)
    about = {"regarding-identity": company.identity("E1017")["id"]}
    assert company.call("GET", path, by="E1012", params=about).status_code == 403
    assert company.call("GET", path, params={**about, "requested-by": "me"}).status_code == 400
    assert company.call("GET", f"{path}/{mine['id']}", by="E1012").status_code == 403
    body = {"accountActivityId": mine["id"], "comment": "over"}
    assert company.call("POST", "/access-requests/v1/cancel", by="E1008", json=body).status_code == 202
    old = company.get(f"/beta/account-activities/{mine['id']}")
    assert (old["cancelable"], old["cancelComment"]) == (False, "over")
    assert old["items"][0]["approvalStatus"] == "CANCELED"
    assert "provisioningStatus" not in old["items"][0]
