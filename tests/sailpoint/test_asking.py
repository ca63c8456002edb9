"""Asking for access: the rules of a request, its dates, its duplicates, its end by an administrator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulators.sailpoint.tenant.consulting import DYNAMIC, PRE_APPROVAL
from tests.sailpoint.requesting import ask, decide, item, right, row, until

REQUESTS, STATUS = "/access-requests/v1", "/access-request-status/v1"


def _config(company: Any, **changes: Any) -> None:
    body = company.get("/access-request-config/v1")
    assert company.call("PUT", "/access-request-config/v1", json={**body, **changes}).status_code == 200


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"requestedFor": []}, "requestedFor"),
        ({"requestedFor": "x"}, "requestedFor"),
        ({"requestedItems": []}, "requestedItems"),
        ({"requestType": "TAKE"}, "requestType"),
        ({"requestedItems": [{"type": "CAR", "id": "x"}]}, "requestedItems.0.type"),
        ({"requestedItems": [{"type": "ROLE"}]}, "requestedItems.0.id"),
        ({"clientMetadata": {"a": 1}}, "clientMetadata.a"),
        ({"requestedItems": [{"type": "ROLE", "id": "x", "removeDate": "soon"}]}, "removeDate"),
        ({"requestedItems": [{"type": "ROLE", "id": "x", "startDate": "0001-01-01T00:00:00+23:59"}]}, "startDate"),
        ({"requestedItems": [{"type": "ROLE", "id": "x", "formInstanceId": ""}]}, "formInstanceId"),
    ],
)
def test_a_request_that_cannot_be_read_names_the_place(company: Any, change: dict[str, Any], place: str) -> None:
    """400.1.3 with the property."""
    body = {"requestedFor": [company.identity("E1015")["id"]], "requestedItems": [item(company, "AP-Atlas-Editor")]}
    answer = company.call("POST", REQUESTS, json={**body, **change})
    assert (answer.status_code, answer.json()["detailCode"]) == (400, "400.1.3 Illegal value")
    assert f'"{place}"' in answer.json()["messages"][0]["text"]


def test_what_is_missing_is_a_missing_reference(company: Any) -> None:
    """Unknown people and items are 400.1.404; nothing of such a request is taken."""
    known, what = company.identity("E1015")["id"], item(company, "AP-Atlas-Editor")
    for people, items in (([known, "0" * 32], [what]), ([known], [what, {"type": "ROLE", "id": "0" * 32}])):
        answer = company.call("POST", REQUESTS, json={"requestedFor": people, "requestedItems": items})
        assert (answer.status_code, answer.json()["detailCode"][:9]) == (400, "400.1.404")
    assert len(company.tenant.state.requests) == 0


def test_the_nested_form_names_items_for_each_person(company: Any) -> None:
    """One row per person and item; it is not for revoking, not for machines, and not mixed with the flat form."""
    first, second = (company.identity(id)["id"] for id in ("E1015", "E1019"))
    editor, user = item(company, "AP-Atlas-Editor"), item(company, "AP-CRM-User")
    nested = [
        {"identityId": first, "requestedItems": [editor, user]},
        {"identityId": second, "identityType": "HUMAN", "requestedItems": [user]},
    ]
    answer = company.call("POST", REQUESTS, json={"requestedForWithRequestedItems": nested})
    assert answer.status_code == 202
    rows = [(one["requestedFor"], one["requestedItemsDetails"][0]["id"]) for one in answer.json()["newRequests"]]
    assert rows == [(first, editor["id"]), (first, user["id"]), (second, user["id"])]
    machine = [{"identityId": first, "identityType": "MACHINE", "requestedItems": [editor]}]
    for body, status in (
        ({"requestType": "REVOKE_ACCESS", "requestedForWithRequestedItems": nested}, 400),
        ({"requestedFor": [first], "requestedForWithRequestedItems": nested}, 400),
        ({"requestedForWithRequestedItems": [*nested, *machine]}, 400),
        ({"requestedForWithRequestedItems": machine}, 403),
    ):
        assert company.call("POST", REQUESTS, json=body).status_code == status


def test_with_entitlements_in_it_a_request_is_limited(company: Any) -> None:
    """25 entitlements and 10 people at most; without entitlements there is no limit (API, Access Requests)."""
    people = [row["id"] for row in company.get("/identities/v1", limit=12)]
    what = right(company, "Okta")
    answer = company.call("POST", REQUESTS, json={"requestedFor": people, "requestedItems": [what]})
    assert (answer.status_code, answer.json()["detailCode"]) == (400, "400.1 Bad request content")
    items = [{"type": "ENTITLEMENT", "id": f"{n:032x}"} for n in range(26)]
    answer = company.call("POST", REQUESTS, json={"requestedFor": people[:1], "requestedItems": items})
    assert (answer.status_code, answer.json()["detailCode"]) == (400, "400.1 Bad request content")


def test_an_entitlement_is_asked_for_and_revoked(company: Any) -> None:
    """Approved as the tenant's configuration says; the item of the activity is the entitlement itself."""
    scheme = {"approverType": "SOURCE_OWNER", "approverId": None}
    rights = {
        "accessRequestConfig": {"approvalSchemes": [scheme], "denialCommentRequired": True},
        "revocationRequestConfig": {"approvalSchemes": []},
    }
    _config(company, entitlementRequestConfig=rights)
    what = right(company, "Vault")
    person = company.identity("E1019")
    answer = ask(company, "E1019", what, by="E1019")
    company.wait("PT1M")
    found = row(company, answer)
    assert (found["type"], found["approvalDetails"][0]["scheme"]) == ("ENTITLEMENT", "SOURCE_OWNER")
    owner = found["approvalDetails"][0]["currentOwner"]["id"]
    (approval,) = company.get("/access-request-approvals/v1/pending", **{"owner-id": owner})
    path = f"/access-request-approvals/v1/{approval['id']}"
    assert approval["commentRequiredWhenRejected"]
    assert company.call("POST", f"{path}/reject", json={}).status_code == 400
    assert company.call("POST", f"{path}/approve", json={}).status_code == 202
    company.wait("PT5M")
    assert row(company, answer)["state"] == "REQUEST_COMPLETED"
    held = company.account("E1019", "Vault")["attributes"]["entitlements"]
    assert len(held) == 1
    again = ask(company, "E1019", what)
    company.wait("PT1M")
    assert row(company, again)["state"] == "CANCELLED"
    revoke = {"requestedFor": [person["id"]], "requestType": "REVOKE_ACCESS"}
    two = [{**what, "comment": "x"}, {"type": "ENTITLEMENT", "id": "0" * 32, "comment": "x"}]
    assert company.call("POST", REQUESTS, json={**revoke, "requestedItems": two}).status_code == 400
    assert ask(company, "E1019", what, kind="REVOKE_ACCESS").status_code == 202
    company.wait("PT5M")
    assert "entitlements" not in company.account("E1019", "Vault")["attributes"]


def test_an_entitlement_nobody_may_ask_for(company: Any) -> None:
    """Not requestable is 400."""
    what = right(company, "Okta", requestable=False)
    assert ask(company, "E1015", what).status_code == 400


@pytest.mark.parametrize(
    ("by", "config", "status"),
    [
        ("E1017", {}, 202),  # for oneself
        ("E1008", {}, 202),  # the manager
        ("E1012", {}, 403),  # anybody else
        ("E1012", {"allowRequestOnBehalfOfAnyoneByAnyone": True}, 202),
        ("E1008", {"allowRequestOnBehalfOfEmployeeByManager": False}, 403),
        ("iam-admin", {"allowRequestOnBehalfOfEmployeeByManager": False}, 202),
    ],
)
def test_who_may_ask_for_whom(company: Any, by: str, config: dict[str, bool], status: int) -> None:
    """Oneself and administrators always; managers and everybody as the configuration says."""
    people = {"allowRequestOnBehalfOfAnyoneByAnyone": False, "allowRequestOnBehalfOfEmployeeByManager": True}
    _config(company, requestOnBehalfOfConfig=people | config)
    assert ask(company, "E1017", item(company, "AP-Atlas-Editor"), by=by).status_code == status


def test_approvals_outside_leave_only_administrators_in(company: Any) -> None:
    """With approvalsMustBeExternal even a request for oneself is 403."""
    _config(company, approvalsMustBeExternal=True)
    what = item(company, "AP-Atlas-Editor")
    assert ask(company, "E1019", what, by="E1019").status_code == 403
    assert ask(company, "E1019", what).status_code == 202


def test_access_that_is_held_is_asked_for_again(company: Any) -> None:
    """With the same end the request is cancelled as a duplicate; with another end it changes the end."""
    what = item(company, "AP-Atlas-Editor")
    ask(company, "E1015", what)
    company.wait("PT5M")
    again = ask(company, "E1015", what)
    company.wait("PT1M")
    found = row(company, again)
    assert (found["state"], found["cancelable"]) == ("CANCELLED", False)
    ends = until(company, "PT6H")
    longer = ask(company, "E1015", what, removeDate=ends)
    company.wait("PT5M")
    assert row(company, longer)["state"] == "REQUEST_COMPLETED"
    (grant,) = company.tenant.state.grants.find("identity", company.identity("E1015")["id"])
    assert grant.remove_at is not None
    company.wait("PT7H")
    assert list(company.tenant.state.grants.find("identity", company.identity("E1015")["id"])) == []
    assert "SP-APP-Atlas-Editor" not in company.groups(company.account("E1015")["nativeIdentity"])


def test_duplicates_may_be_ignored_altogether(company: Any) -> None:
    """A setting of the tenant: then the request is listed nowhere."""
    before = company.tenant.settings
    company.tenant.settings = replace(before, duplicate_requests="ignored")
    try:
        what = item(company, "AP-Atlas-Editor")
        ask(company, "E1015", what)
        company.wait("PT5M")
        ask(company, "E1015", what)
        company.wait("PT5M")
        person = company.identity("E1015")["id"]
        assert len(company.get(STATUS, **{"requested-for": person})) == 1
    finally:
        company.tenant.settings = before


def test_modifying_needs_a_date_and_access_by_request(company: Any) -> None:
    """MODIFY_ACCESS moves the end; without an assignment it ends in ERROR."""
    what = item(company, "AP-Atlas-Editor")
    assert ask(company, "E1015", what, kind="MODIFY_ACCESS").status_code == 400
    answer = ask(company, "E1015", what, kind="MODIFY_ACCESS", removeDate=until(company, "P9D"))
    company.wait("PT1M")
    assert row(company, answer)["state"] == "ERROR"
    ask(company, "E1015", what, removeDate=until(company, "PT2H"))
    company.wait("PT5M")
    answer = ask(company, "E1015", what, kind="MODIFY_ACCESS", removeDate=until(company, "P9D"))
    company.wait("PT5M")
    (grant,) = company.tenant.state.grants.find("identity", company.identity("E1015")["id"])
    assert grant.request_id != row(company, answer)["accessRequestId"]
    company.wait("PT4H")
    found = row(company, answer)
    assert (found["state"], found["requestType"]) == ("REQUEST_COMPLETED", "MODIFY_ACCESS")
    assert "SP-APP-Atlas-Editor" in company.groups(company.account("E1015")["nativeIdentity"])


def test_access_begins_on_its_start_date(company: Any) -> None:
    """Approved at once, provisioned on the date; until then the provisioning phase is pending."""
    what = item(company, "AP-Atlas-Editor")
    past = until(company, "PT1S")
    company.wait("PT5S")
    assert ask(company, "E1015", what, startDate=past).status_code == 400
    backwards = {"startDate": until(company, "P3D"), "removeDate": until(company, "P2D")}
    assert ask(company, "E1015", what, **backwards).status_code == 400
    answer = ask(company, "E1015", what, startDate=until(company, "PT4H"))
    company.wait("PT3H")
    found = row(company, answer)
    assert (found["state"], found["accessRequestPhases"][-1]["state"]) == ("EXECUTING", "PENDING")
    assert "SP-APP-Atlas-Editor" not in company.groups(company.account("E1015")["nativeIdentity"])
    company.wait("PT2H")
    assert row(company, answer)["state"] == "REQUEST_COMPLETED"


def test_what_may_not_be_revoked(company: Any) -> None:
    """Access by a role's criteria or one's own; without a comment, with a start, or by whom it does not concern."""
    role = next(one for one in company.get("/roles/v1", filters='name eq "R-BR-Sales"'))
    what = {"type": "ROLE", "id": role["id"]}
    holder = next(iter(company.tenant.state.identities.find("roles", role["id"])))
    body = {"requestedFor": [holder.id], "requestType": "REVOKE_ACCESS"}

    def status(by: str = "iam-admin", **more: Any) -> int:
        content = {**body, "requestedItems": [{**what, "comment": "over", **more}]}
        return int(company.call("POST", REQUESTS, by=by, json=content).status_code)

    assert status() == 400
    assert status(comment="") == 400
    assert status(startDate=until(company, "P1D")) == 400
    assert status(by="E1008") == 403
    own = company.identity("E1010")["id"]
    body["requestedFor"] = [own]
    assert status() == 403


def test_a_revocation_may_be_for_later(company: Any) -> None:
    """With a removeDate the access goes on that date, which must be before the present end."""
    what = item(company, "AP-Atlas-Editor")
    ask(company, "E1015", what, removeDate=until(company, "P20D"))
    company.wait("PT5M")
    assert ask(company, "E1015", what, kind="REVOKE_ACCESS", removeDate=until(company, "P30D")).status_code == 400
    answer = ask(company, "E1015", what, kind="REVOKE_ACCESS", removeDate=until(company, "PT2H"))
    company.wait("PT5M")
    assert row(company, answer)["state"] == "REQUEST_COMPLETED"
    assert "SP-APP-Atlas-Editor" in company.groups(company.account("E1015")["nativeIdentity"])
    company.wait("PT4H")
    assert "SP-APP-Atlas-Editor" not in company.groups(company.account("E1015")["nativeIdentity"])


def test_metadata_comes_back(company: Any) -> None:
    """On the status row and on the activity; the item's own goes before the request's."""
    answer = ask(company, "E1015", item(company, "AP-Atlas-Editor"), clientMetadata={"ticket": "T-1"})
    company.wait("PT5M")
    found = row(company, answer)
    assert found["clientMetadata"] == {"ticket": "T-1"}
    activity = company.get(f"/account-activities/v1/{found['accessRequestId']}")
    assert activity["clientMetadata"] == activity["items"][0]["clientMetadata"] == {"ticket": "T-1"}


def test_an_item_with_a_form_wants_it_completed(company: Any) -> None:
    """Accepted without, and failed a moment later; with one it is named in status."""
    what = item(company, "AP-Atlas-Editor")
    document = company.tenant.configuration.get("access-profile", what["id"])
    asked = {**document.body["accessRequestConfig"], "formDefinitionId": "f1"}
    company.tenant.configuration.update(document, {**document.body, "accessRequestConfig": asked})
    answer = ask(company, "E1015", what)
    company.wait("PT1M")
    found = row(company, answer)
    assert (found["state"], bool(found["errorMessages"])) == ("ERROR", True)
    answer = ask(company, "E1015", what, formInstanceId="i1")
    company.wait("PT5M")
    found = row(company, answer)
    assert (found["state"], found["form"]["formInstanceId"]) == ("REQUEST_COMPLETED", "i1")


def test_the_accounts_among_which_to_choose(company: Any) -> None:
    """All accounts on the item's source; one of somebody else's cannot be chosen."""
    person, what = company.identity("E1010"), item(company, "AP-Atlas-Editor")
    body = {"requestedFor": [person["id"]], "requestedItems": [what]}
    answer = company.call("POST", f"{REQUESTS}/accounts-selection", json=body)
    assert answer.status_code == 200
    (found,) = answer.json()["identities"]
    assert found["accountsSelectionRequired"]
    assert len(found["requestedItems"][0]["sources"][0]["accounts"]) == 2
    stranger = company.account("E1015")["nativeIdentity"]
    chosen = {**what, "accountSelection": [{"sourceId": None, "accounts": [{"nativeIdentity": stranger}]}]}
    nested = [{"identityId": person["id"], "requestedItems": [chosen]}]
    assert company.call("POST", REQUESTS, json={"requestedForWithRequestedItems": nested}).status_code == 400


def test_several_requests_are_cancelled_or_closed_at_once(company: Any) -> None:
    """Cancelling reaches undecided requests; closing ends any, with a warning and both events."""
    first = ask(company, "E1019", item(company, "AP-CRM-User"))
    second = ask(company, "E1014", item(company, "R-Ledger-Payables"))
    company.wait("PT1M")
    ids = [answer.json()["newRequests"][0]["accessRequestIds"][0] for answer in (first, second)]
    path = f"{REQUESTS}/bulk-cancel"
    assert company.call("POST", path, json={"accessRequestIds": ids[:1]}).status_code == 400
    assert company.call("POST", path, json={"accessRequestIds": ["0" * 32], "comment": "x"}).status_code == 400
    assert company.call("POST", path, json={"accessRequestIds": ids * 26, "comment": "x"}).status_code == 400
    assert company.call("POST", path, json={"accessRequestIds": ids[:1], "comment": "x"}).status_code == 202
    assert row(company, first)["state"] == "CANCELLED"
    body = {"accessRequestIds": [ids[1], "0" * 32], "message": "stuck"}
    assert company.call("POST", f"{REQUESTS}/close", by="E1012", json=body).status_code == 403
    assert company.call("POST", f"{REQUESTS}/close", json=body).status_code == 202
    assert row(company, second)["state"] == "EXECUTING"
    company.wait("PT2M")
    found = row(company, second)
    assert (found["state"], found["approvalDetails"][0]["status"]) == ("TERMINATED", "ARCHIVED")
    activity = company.get(f"/account-activities/v1/{ids[1]}")
    assert (activity["executionStatus"], activity["completionStatus"]) == ("TERMINATED", "FAILURE")
    assert activity["warnings"] == ["stuck"]
    (event,) = company.search("events", "action:CLOSE_IDENTITY_REQUESTS_COMPLETED")
    assert event["attributes"]["errors"] == "0" * 32


def test_the_administration_sees_everybodys_requests(company: Any) -> None:
    """Filtered by state and by who has to do something about them; for administrators only."""
    answer = ask(company, "E1019", item(company, "AP-CRM-User"))
    ask(company, "E1015", item(company, "AP-Atlas-Editor"))
    company.wait("PT5M")
    path = "/access-request-administration/v1"
    assert company.call("GET", path, by="E1012").status_code == 403
    rows = company.get(path, filters='status eq "EXECUTING"')
    assert [one["accessRequestId"] for one in rows] == [row(company, answer)["accessRequestId"]]
    manager = company.identity("E1019")["managerRef"]["id"]
    assert len(company.get(path, **{"assigned-to": manager})) == 1
    assert company.get(path, **{"assigned-to": company.identity("E1020")["id"]}) == []
    (approver,) = company.get(f"/access-request-approvals/v1/{rows[0]['accessRequestId']}/approvers")
    assert (approver["id"], approver["type"]) == (manager, "Identity")
    assert company.call("GET", STATUS, params={"request-state": "ERROR"}).status_code == 400
    both = {"regarding-identity": manager, "requested-by": manager}
    assert company.call("GET", STATUS, params=both).status_code == 400


def test_old_versions_know_fewer_properties(company: Any) -> None:
    """v3 and v2025 have neither form nor identityType in the status."""
    ask(company, "E1015", item(company, "AP-Atlas-Editor"))
    company.wait("PT1M")
    old, new = (company.get(f"/{version}/access-request-status")[0] for version in ("v3", "v2026"))
    assert new.keys() - old.keys() >= {"identityType", "jitDetails"}


class _Desk:
    """Stands for a desk that answers at once."""

    def __init__(self, company: Any, answers: dict[str, str]) -> None:
        self._clock, self._answers = company.estate.clock, answers
        self.asked: list[str] = []

    def ask(self, trigger: str, payload: Any, job: str, *args: str) -> str:
        if trigger not in self._answers:
            return ""
        self.asked.append(payload["requestedItems"][0]["name"])
        self._clock.call_at(self._clock.now(), job, *args, self._answers[trigger])
        return "invocation"


@pytest.mark.parametrize(
    ("answer", "state", "decision"),
    [
        ('{"approved": false, "comment": "no", "approver": "Guard"}', "REJECTED", "REJECTED"),
        ('{"approved": true, "comment": "ok", "approver": "Guard"}', "REQUEST_COMPLETED", "APPROVED"),
        ("", "ERROR", None),
    ],
)
def test_a_subscriber_decides_before_everybody_else(
    company: Any, monkeypatch: pytest.MonkeyPatch, answer: str, state: str, decision: str | None
) -> None:
    """No ends the request, yes lets it go on to its approvals, no answer fails it."""
    monkeypatch.setattr(company.tenant.triggers, "ask", _Desk(company, {PRE_APPROVAL: answer}).ask)
    found = row_after(company, ask(company, "E1015", item(company, "AP-Atlas-Editor")))
    assert found["state"] == state
    assert (found.get("preApprovalTriggerDetails") or {}).get("decision") == decision


def test_conflicts_of_duties_stop_nothing_and_are_seen(company: Any) -> None:
    """The check comes before the approvals; status and approval show each policy with both its sides."""
    wanted, person = item(company, "AP-CRM-User"), company.identity("E1019")["id"]
    held = min(company.tenant.sod.held(person))
    (new,) = (one["id"] for one in company.get(f"/access-profiles/v1/{wanted['id']}/entitlements"))
    sides = {
        name: {"name": name, "criteriaList": [{"type": "ENTITLEMENT", "id": id}]}
        for name, id in (("leftCriteria", held), ("rightCriteria", new))
    }
    policy = {
        "name": "Never both",
        "description": "Nobody has both.",
        "ownerRef": {"type": "IDENTITY", "id": company.identity("E1002")["id"]},
        "state": "ENFORCED",
        "type": "CONFLICTING_ACCESS_BASED",
        "conflictingAccessCriteria": sides,
    }
    assert company.call("POST", "/sod-policies/v1", json=policy).status_code == 201
    answer = ask(company, "E1019", wanted)
    company.wait("PT1M")
    (approval,) = company.get("/access-request-approvals/v1/pending")
    context = approval["sodViolationContext"]
    assert context == row(company, answer)["sodViolationContext"]
    (found,) = context["violationCheckResult"]["violationContexts"]
    (left,) = found["conflictingAccessCriteria"]["leftCriteria"]["criteriaList"]
    assert (context["state"], found["policy"]["name"], left["existing"]) == ("SUCCESS", "Never both", True)


def test_requested_access_sticks(company: Any) -> None:
    """Access that has vanished from the account is given again at the next refresh, without another request."""
    ask(company, "E1015", item(company, "AP-Atlas-Editor"))
    company.wait("PT5M")
    account = company.tenant.state.accounts[company.account("E1015")["id"]]
    company.tenant.state.accounts.put(replace(account, entitlements=()))
    company.directory.calls.clear()
    person = company.identity("E1015")["id"]
    assert company.call("POST", "/identities/v1/process", json={"identityIds": [person]}).status_code == 202
    company.wait("PT5M")
    assert [verb for verb, path in company.directory.writes() if "/groups/" in path].count("PUT") >= 1
    assert len(company.get(STATUS, **{"requested-for": person})) == 1


def row_after(company: Any, answer: Any) -> dict[str, Any]:
    """The status five minutes later."""
    company.wait("PT5M")
    return row(company, answer)


def test_a_subscriber_names_one_more_approver(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The named person decides behind the item's own steps."""
    approver = company.identity("E1003")["id"]
    named = f'{{"id": "{approver}", "name": "x", "type": "IDENTITY"}}'
    monkeypatch.setattr(company.tenant.triggers, "ask", _Desk(company, {DYNAMIC: named}).ask)
    answer = ask(company, "E1015", item(company, "AP-Atlas-Editor"))
    assert row_after(company, answer)["state"] == "EXECUTING"
    assert decide(company, "E1003").status_code == 202
    assert row_after(company, answer)["state"] == "REQUEST_COMPLETED"
