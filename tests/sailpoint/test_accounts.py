"""Accounts as clients change them: in the tenant alone, by hand, at their source, for many people, with approval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.sailpoint.test_sources import refused, source_id


def _end(company: Any, answer: Any) -> dict[str, Any]:
    """The task of a 202, once time has passed."""
    assert answer.status_code == 202, answer.text
    company.wait("PT2M")
    return dict(company.get(f"/task-status/v1/{answer.json()['id']}"))


def test_an_account_is_written_by_a_task(company: Any) -> None:
    """On a file source: nothing before the task runs, then an account that correlates; again the call is a change."""
    id = source_id(company, "Payroll")
    attributes = {"sourceId": id, "worker_id": "E1006", "entitlements": "payroll.user"}
    answer = company.call("POST", "/accounts/v1", json={"attributes": attributes})
    filters = f'sourceId eq "{id}" and nativeIdentity eq "E1006"'
    assert company.get("/accounts/v1", filters=filters) == []
    assert _end(company, answer)["completionStatus"] == "SUCCESS"
    (account,) = company.get("/accounts/v1", filters=filters)
    assert (account["uncorrelated"], account["hasEntitlements"]) == (False, True)
    attributes["entitlements"] = ""
    assert _end(company, company.call("POST", "/accounts/v1", json={"attributes": attributes}))
    (changed,) = company.get("/accounts/v1", filters=filters)
    assert (changed["id"], changed["hasEntitlements"]) == (account["id"], False)


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({}, "400.1.3"),
        ({"sourceId": "nowhere", "worker_id": "x"}, "400.1.404"),
        ({"sourceId": "Payroll"}, "400.1.3"),
        ({"sourceId": "Payroll", "worker_id": 7}, "400.1.3"),
    ],
)
def test_an_account_that_cannot_be_written(company: Any, attributes: dict[str, Any], code: str) -> None:
    """Without a source, on one that does not exist, without a native identity, with a value that is no text."""
    if attributes.get("sourceId") == "Payroll":
        attributes = {**attributes, "sourceId": source_id(company, "Payroll")}
    assert refused(company.call("POST", "/accounts/v1", json={"attributes": attributes}), code)


def test_an_account_written_onto_a_connected_source_is_removed_by_the_next_aggregation(company: Any) -> None:
    """Nothing is sent to the target, so the next full reading does not find it."""
    id = source_id(company, "Vault")
    _end(company, company.call("POST", "/accounts/v1", json={"attributes": {"sourceId": id, "id": "ghost"}}))
    filters = f'sourceId eq "{id}" and nativeIdentity eq "ghost"'
    assert len(company.get("/accounts/v1", filters=filters)) == 1
    company.call("POST", f"/sources/v1/{id}/load-accounts")
    company.wait("PT5M")
    assert company.get("/accounts/v1", filters=filters) == []


def test_only_files_accounts_are_edited(company: Any) -> None:
    """PUT, DELETE and a patch of attributes are refused elsewhere (SailPoint API, accounts)."""
    okta = company.account("E1015")
    step = [{"op": "replace", "path": "/attributes/title", "value": "x"}]
    assert refused(company.call("PUT", f"/accounts/v1/{okta['id']}", json={"attributes": {"id": "x"}}), "400.1 ")
    assert refused(company.call("DELETE", f"/accounts/v1/{okta['id']}"), "400.1 ")
    assert refused(company.call("PATCH", f"/accounts/v1/{okta['id']}", json=step), "400.1 ")
    row = company.account("E1015", "HR Feed")
    changed = {**row["attributes"], "job_title": "Wizard"}
    assert _end(company, company.call("PUT", f"/accounts/v1/{row['id']}", json={"attributes": changed}))
    company.wait("PT5M")
    assert company.identity("E1015")["attributes"]["jobTitle"] == "Wizard"
    step = [{"op": "replace", "path": "/attributes/job_title", "value": "Witch"}]
    assert company.call("PATCH", f"/accounts/v1/{row['id']}", json=step).status_code == 202
    company.wait("PT5M")
    assert company.identity("E1015")["attributes"]["jobTitle"] == "Witch"
    assert _end(company, company.call("DELETE", f"/accounts/v1/{row['id']}"))["completionStatus"] == "SUCCESS"
    assert company.call("GET", f"/accounts/v1/{row['id']}").status_code == 404


def test_an_account_is_given_to_another_by_hand(company: Any) -> None:
    """It then counts as correlated by hand unless said otherwise; a person nobody knows is refused."""
    account = company.account("E1015", "Payroll") or company.account("E1015", "Okta")
    path, other = f"/accounts/v1/{account['id']}", company.identity("E1006")["id"]
    nobody = [{"op": "replace", "path": "/identityId", "value": "0" * 32}]
    assert refused(company.call("PATCH", path, json=nobody), "400.1.404")
    assert refused(company.call("PATCH", path, json=[{"op": "replace", "path": "/identityId", "value": 7}]), "400.1.3")
    assert refused(company.call("PATCH", path, json=[{"op": "replace", "path": "/name", "value": "x"}]), "400.1 ")
    step = [{"op": "replace", "path": "/identityId", "value": other}]
    assert company.call("PATCH", path, json=step).json() == {}
    company.wait("PT10S")
    moved = company.get(path)
    assert (moved["identityId"], moved["manuallyCorrelated"]) == (other, True)
    step = [{"op": "remove", "path": "/identityId"}, {"op": "replace", "path": "/manuallyCorrelated", "value": False}]
    assert company.call("PATCH", path, json=step).status_code == 202
    company.wait("PT10S")
    loose = company.get(path)
    assert (loose["uncorrelated"], loose["manuallyCorrelated"], "identityId" in loose) == (True, False, False)


def test_a_switch_is_provisioned_and_followed(company: Any) -> None:
    """202 with an id; the account turns when the target has; the task of that id tells. Twice sends nothing."""
    account = company.account("E1015")
    path = f"/accounts/v1/{account['id']}"
    answer = company.call("POST", f"{path}/disable", json={})
    assert company.get(path)["disabled"] is False
    assert _end(company, answer)["completionStatus"] == "SUCCESS"
    assert company.get(path)["disabled"] is True
    assert company.get(f"/account-activities/v1/{answer.json()['id']}")["completionStatus"] == "SUCCESS"
    sent = len(company.directory.writes())
    assert _end(company, company.call("POST", f"{path}/disable", json={}))["completionStatus"] == "SUCCESS"
    assert len(company.directory.writes()) == sent
    assert refused(company.call("POST", f"{path}/disable", json={"forceProvisioning": "yes"}), "400.1.3")
    assert _end(company, company.call("POST", f"{path}/enable", json={"forceProvisioning": True}))
    assert company.get(path)["disabled"] is False


def test_a_locked_account_is_unlocked(company: Any) -> None:
    """A reading shows the lock; unlocking calls the target once and clears it."""
    account = company.account("E1015")
    okta = company.estate.okta
    user = okta.state.users[account["nativeIdentity"]]
    okta.state.users.put(replace(user, status=type(user.status)("LOCKED_OUT")))
    path = f"/accounts/v1/{account['id']}"
    assert _end(company, company.call("POST", f"{path}/reload"))["completionStatus"] == "SUCCESS"
    assert (company.get(path)["locked"], company.get(path)["disabled"]) == (True, False)
    assert _end(company, company.call("POST", f"{path}/unlock", json={}))["completionStatus"] == "SUCCESS"
    assert company.get(path)["locked"] is False
    assert [call[1].rsplit("/", 1)[1] for call in company.directory.writes()] == ["unlock"]
    (event,) = company.search("events", "action:UnlockAccount")
    assert event["technicalName"] == "ACCOUNT_UNLOCK_PASSED"


def test_a_removed_account_comes_back(company: Any) -> None:
    """Removing forgets it here; the next full reading finds it again."""
    account = company.account("E1015", "Okta")
    answer = company.call("POST", f"/accounts/v1/{account['id']}/remove")
    assert answer.json()["type"] == "TASK_RESULT"
    assert _end(company, answer)["completionStatus"] == "SUCCESS"
    assert company.call("GET", f"/accounts/v1/{account['id']}").status_code == 404
    company.call("POST", f"/sources/v1/{source_id(company)}/load-accounts")
    company.wait("PT5M")
    assert company.account("E1015")["nativeIdentity"] == account["nativeIdentity"]


def test_accounts_of_many_people(company: Any) -> None:
    """207 with a status for each; who does not exist has 404."""
    people = [company.identity("E1015")["id"], "nobody"]
    answer = company.call("POST", "/identities-accounts/v1/disable", json={"identityIds": people})
    assert answer.status_code == 207
    assert [(row["id"], row["statusCode"]) for row in answer.json()] == [(people[0], 202), ("nobody", 404)]
    company.wait("PT2M")
    assert company.account("E1015")["disabled"] is True
    assert company.call("POST", f"/identities-accounts/v1/{people[0]}/enable").status_code == 202
    company.wait("PT2M")
    assert company.account("E1015")["disabled"] is False
    assert company.call("POST", "/identities-accounts/v1/nobody/enable").status_code == 404
    assert refused(company.call("POST", "/identities-accounts/v1/enable", json={"identityIds": "x"}), "400.1.3")


def test_an_account_is_deleted_at_its_source(company: Any) -> None:
    """A request with phases: the directory's user is deactivated and deleted, then the account is gone here."""
    account = company.account("E1015")
    path = f"/account-requests/v1/account/{account['id']}/delete"
    answer = company.call("POST", path, json={"comments": "left"})
    assert answer.status_code == 202
    (row,) = company.get("/account-requests/v1/deletion")
    assert (row["accountRequestId"], row["overallStatus"]) == (answer.json()["accountRequestId"], "PENDING")
    company.wait("PT2M")
    (row,) = company.get("/account-requests/v1/deletion", mine="true")
    assert (row["overallStatus"], row["accountRequestPhases"][0]["state"]) == ("COMPLETED", "PASSED")
    assert row["accountDetails"]["nativeIdentity"] == account["nativeIdentity"]
    assert [method for method, _ in company.directory.writes()][:2] == ["DELETE", "DELETE"]
    assert company.call("GET", f"/accounts/v1/{account['id']}").status_code == 404
    file = company.account("E1015", "HR Feed")
    assert refused(company.call("POST", f"/account-requests/v1/account/{file['id']}/delete"), "400.1 ")
    assert company.call("POST", "/account-requests/v1/account/nobody/delete").status_code == 404


def test_a_deletion_waits_for_its_approval(company: Any) -> None:
    """Where a source asks for approval its owner has a work item, and nothing is sent before; a no ends it there."""
    source, account = source_id(company), company.account("E1015")
    company.tenant.configuration.add("account-deletion-approval", {"approvalRequired": True}, source)
    path = f"/account-requests/v1/account/{account['id']}/delete"
    ids = [company.call("POST", path, json={"comments": "left"}).json()["accountRequestId"] for _ in range(2)]
    company.wait("PT5M")
    assert company.directory.writes() == []
    work = {one["approvalItems"][0]["id"]: one for one in company.get("/work-items/v1")}
    owner = company.tenant.configuration.source(source).owner_id
    assert {(one["ownerId"], one["type"]) for one in work.values()} == {(owner, "Approval")}
    for id, verb in zip(ids, ("reject", "approve"), strict=True):
        answer = company.call("POST", f"/work-items/v1/{work[id]['id']}/{verb}/{id}")
        assert answer.status_code == 200, answer.text
    company.wait("PT5M")
    states = {row["accountRequestId"]: row["overallStatus"] for row in company.get("/account-requests/v1/deletion")}
    assert states == {ids[0]: "REJECTED", ids[1]: "COMPLETED"}
    (told,) = company.get("/account-requests/v1/deletion")[0]["approvalDetails"]
    assert (told["approver"]["identityID"], told["status"]) == (owner, "REJECTED")
