"""Joiner, mover, leaver: from a row of the feed to the directory, the applications and the audit trail."""

from __future__ import annotations

from typing import Any

from simulators.kernel.times import iso


def test_refreshing_anybody_of_the_seed_plans_nothing(company: Any) -> None:
    """Day zero is consistent: what SailPoint would do to its own seed is nothing."""
    processing = company.tenant.processing
    planned = [row.alias for row in list(company.tenant.state.identities.rows()) if processing.refresh(row.id)]
    assert planned == []


def test_an_idle_night_changes_no_account(company: Any) -> None:
    """The full aggregation finds the directory as SailPoint believes it to be, but for what ends by itself."""
    company.wait("PT20H")
    changed = company.search("events", "action:(ACCOUNT_UPDATED OR ACCOUNT_CREATED OR ACCOUNT_DELETED)")
    assert [event["target"] for event in changed] == []
    assert company.directory.writes() == []


def test_a_joiner_gets_an_account_and_birthright_access(company: Any) -> None:
    """An account, activated, with the groups of role criteria; the account activity says so."""
    company.hire("E5001", "Ada", "Byron")
    assert company.loaded()["completionStatus"] == "SUCCESS"
    account = company.account("E5001")
    assert account["attributes"]["status"] == "PROVISIONED"
    assert account["disabled"] is False
    expected = {"SP-BR-Employees", "SP-APP-Atlas-User", "SP-APP-CRM-User", "SP-BR-Region-AMER"}
    assert company.groups(account["nativeIdentity"]) == expected
    assert company.directory.writes()[0] == ("POST", "/api/v1/users?activate=true")
    person = company.identity("E5001")
    assert person["managerRef"]["name"] == "Marcus Reid"
    assert person["attributes"]["email"] == "ada.byron@acme.example"
    (activity,) = company.get("/account-activities/v1", **{"requested-for": person["id"]})
    assert (activity["executionStatus"], activity["completionStatus"]) == ("COMPLETED", "SUCCESS")
    assert [item["operation"] for item in activity["items"]] == ["CREATE", "ADD", "ADD", "ADD", "ADD"]


def test_a_prehire_waits_staged_until_the_local_morning(company: Any) -> None:
    """Before the start nothing but a staged account; at 00:00 local it is activated and filled."""
    more = {"location": "AKL", "time_zone": "Pacific/Auckland", "hire_date": company.day(3)}
    company.hire("E5002", "Zoë", "Großmann", "Engineering", **more)
    company.loaded()
    native = company.account("E5002")["nativeIdentity"]
    assert (company.status(native), company.groups(native)) == ("STAGED", {"SP-BR-Prehire"})
    person = company.identity("E5002")
    assert person["attributes"]["email"] == "zoe.grossmann@acme.example"
    assert person["attributes"]["nextProcessingDate"] == "2026-03-04T11:00:00.000Z"
    company.wait("P1D")
    assert company.status(native) == "STAGED"
    company.wait("PT21H")
    assert company.identity("E5002")["lifecycleState"]["stateName"] == "active"
    assert company.status(native) == "PROVISIONED"
    assert company.groups(native) == {
        "SP-BR-Employees",
        "SP-APP-Atlas-User",
        "SP-APP-Atlas-Editor",
        "SP-BR-Region-APAC",
    }


def test_a_mover_changes_access_in_one_activity(company: Any) -> None:
    """Role criteria are read anew: the old team's access goes, the new team's comes, attributes follow."""
    company.hire("E5001", "Ada", "Byron")
    company.loaded()
    company.feed["E5001"] |= {"department": "Finance", "manager_id": "E1012"}
    company.loaded()
    native = company.account("E5001")["nativeIdentity"]
    assert company.groups(native) == {"SP-BR-Employees", "SP-APP-Atlas-User", "SP-APP-Ledger-User", "SP-BR-Region-AMER"}
    assert company.account("E5001", "Ledger")["attributes"]["entitlements"] == ["viewer"]
    profile = company.estate.okta.state.users[native].profile
    assert profile["department"] == "Finance"
    person = company.identity("E5001")
    activities = company.get("/account-activities/v1", **{"requested-for": person["id"]})
    assert sorted({item["operation"] for item in activities[-1]["items"]}) == ["ADD", "CREATE", "MODIFY", "REMOVE"]


def test_a_leaver_is_deactivated_before_groups_go_and_sessions_are_cleared_after(company: Any) -> None:
    """The order of an ending: deactivate, empty, verify, revoke with the execution's id, verify."""
    company.hire("E5001", "Ada", "Byron", "Finance", manager_id="E1012")
    company.loaded()
    native = company.account("E5001")["nativeIdentity"]
    company.directory.calls.clear()
    company.feed["E5001"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    company.loaded()
    assert company.status(native) == "DEPROVISIONED"
    assert company.groups(native) == set()
    assert company.account("E5001", "Ledger")["disabled"] is True
    writes = company.directory.writes()
    assert writes[0] == ("POST", f"/api/v1/users/{native}/lifecycle/deactivate")
    cleared = [path for method, path in writes if "/sessions" in path]
    (workflow,) = [row for row in company.get("/workflows/v1") if row["name"] == "W1 leaver revoke"]
    (execution,) = company.get(f"/workflows/v1/{workflow['id']}/executions")
    assert execution["status"] == "Completed"
    query = f"oauthTokens=true&forgetDevices=true&ref={execution['id']}"
    assert cleared == [f"/api/v1/users/{native}/sessions?{query}"]


def test_a_leaver_who_never_signed_in_is_deactivated_by_the_workflow(company: Any) -> None:
    """A staged account counts as disabled, so provisioning sends nothing; the workflow does after two minutes."""
    company.hire("E5003", "Ann", "Early", hire_date=company.day(9))
    company.loaded()
    native = company.account("E5003")["nativeIdentity"]
    company.feed["E5003"]["end_reason"] = "rescinded"
    company.loaded()
    assert company.identity("E5003")["lifecycleState"]["stateName"] == "cancelled"
    assert company.status(native) == "DEPROVISIONED"
    (activity,) = company.search("accountactivities", "recipient.name:E5003 AND action:Lifecycle*")
    assert [sent["op"] for sent in activity["accountRequests"]] == ["Modify"]


def test_leave_suspends_and_return_opens_again(company: Any) -> None:
    """Leave is the workflow's: suspend, clear sessions, reload; coming back is the ENABLE action of active."""
    company.hire("E5001", "Ada", "Byron")
    company.loaded()
    native = company.account("E5001")["nativeIdentity"]
    columns = [*company.feed["E5001"], "leave_start", "leave_end"]
    company.feed["E5001"] |= {"leave_start": company.day(), "leave_end": company.day(1)}
    assert company.load(company.file(columns)).status_code == 202
    company.wait("PT15M")
    assert company.status(native) == "SUSPENDED"
    assert company.account("E5001")["disabled"] is True
    company.wait("P2D")
    assert company.identity("E5001")["lifecycleState"]["stateName"] == "active"
    assert company.status(native) == "PROVISIONED"


def test_the_emergency_path_outranks_hr(company: Any) -> None:
    """A row in Security Holds ends a person at once, both accounts of an administrator included."""
    company.load(b"worker_id,hold\nE1010,terminate\n", "Security Holds", by="iam-admin")
    company.wait("PT20M")
    person = company.identity("E1010")
    assert person["lifecycleState"]["stateName"] == "emergency-terminated"
    okta = company.tenant.configuration.source_named("Okta")
    accounts = company.get("/accounts/v1", filters=f'identityId eq "{person["id"]}" and sourceId eq "{okta.id}"')
    assert [company.status(account["nativeIdentity"]) for account in accounts] == ["DEPROVISIONED"] * 2
    company.load(b"worker_id,hold\n", "Security Holds", by="iam-admin")
    company.wait("PT20M")
    assert company.identity("E1010")["lifecycleState"]["stateName"] == "active"


def test_a_rehire_keeps_identity_and_login(company: Any) -> None:
    """The old account is opened again under its old login."""
    before = company.identity("E1025")
    company.feed["E1025"] |= {"hire_date": company.day(), "end_date": "", "end_reason": ""}
    company.loaded()
    after, account = company.identity("E1025"), company.account("E1025")
    assert (after["id"], after["attributes"]["email"]) == (before["id"], before["attributes"]["email"])
    assert company.status(account["nativeIdentity"]) == "PROVISIONED"
    assert "SP-APP-Ledger-User" in company.groups(account["nativeIdentity"])


def test_manual_sources_make_work_items(company: Any) -> None:
    """A change nobody's connector makes is a work item for the owner; completing it makes the account."""
    company.hire("E5004", "Pia", "Pay", "People", manager_id="E1005", location="BER", time_zone="Europe/Berlin")
    company.loaded()
    items = company.get("/work-items/v1", by="E1005")
    assert [item["remediationItems"][0]["attributeOperation"] for item in items] == ["CREATE", "ADD"]
    assert company.account("E5004", "Payroll") is None
    for item in items:
        assert company.call("POST", f"/work-items/v1/{item['id']}", by="E1005").status_code == 200
    company.wait("PT5M")
    assert company.account("E5004", "Payroll")["attributes"]["entitlements"] == ["payroll.user"]
    person = company.identity("E5004")
    (activity,) = company.get("/account-activities/v1", **{"requested-for": person["id"]})
    assert activity["completionStatus"] == "SUCCESS"


def test_changing_a_role_takes_effect_at_the_next_processing(company: Any) -> None:
    """A criteria change waits for the identity to be processed; then access goes."""
    (role,) = company.get("/roles/v1", filters='name eq "R-BR-Sales"')
    step = [{"op": "replace", "path": "/enabled", "value": False}]
    assert company.call("PATCH", f"/roles/v1/{role['id']}", json=step).status_code == 200
    native = company.account("E1015")["nativeIdentity"]
    assert "SP-APP-CRM-User" in company.groups(native)
    body = {"identityIds": [company.identity("E1015")["id"]]}
    assert company.call("POST", "/identities/v1/process", json=body).status_code == 202
    company.wait("PT5M")
    assert "SP-APP-CRM-User" not in company.groups(native)
    company.wait("PT20H")
    assert "SP-APP-CRM-User" not in company.groups(company.account("E1016")["nativeIdentity"])


def test_state_set_by_hand_holds_until_the_mapping_says_otherwise(company: Any) -> None:
    """The identity is marked and keeps the state through a refresh."""
    person = company.identity("E1015")
    (profile,) = company.get("/identity-profiles/v1", filters='name eq "Employees"')
    states = company.get(f"/identity-profiles/v1/{profile['id']}/lifecycle-states")
    (ended,) = [state for state in states if state["technicalName"] == "terminated"]
    body = {"lifecycleStateId": ended["id"]}
    answer = company.call("POST", f"/identities/v1/{person['id']}/set-lifecycle-state", json=body)
    assert set(answer.json()) == {"accountActivityId"}
    company.wait("PT10M")
    company.tenant.processing.refresh(person["id"])
    person = company.identity("E1015")
    assert person["lifecycleState"] == {"stateName": "terminated", "manuallyUpdated": True}
    assert company.status(company.account("E1015")["nativeIdentity"]) == "DEPROVISIONED"


def test_events_share_the_tracking_number_of_their_activity(company: Any) -> None:
    """One number leads from the activity to everything that was done."""
    company.hire("E5001", "Ada", "Byron")
    company.loaded()
    person = company.identity("E5001")
    (activity,) = company.search("accountactivities", f"recipient.id:{person['id']}")
    events = company.search("events", f"trackingNumber:{activity['trackingNumber']}", sort=["created"])
    actions = [event["action"] for event in events]
    assert actions[0] == "IDENTITY_CREATE_PASSED"
    assert actions[-5:] == ["CreateAccount", *["AddEntitlement"] * 4]
    assert all(event["target"]["name"] == "E5001" for event in events)
    assert events[-1]["attributes"]["nativeIdentity"] == company.account("E5001")["nativeIdentity"]
    assert all(event["synced"] >= event["created"] for event in events)
    assert events[0]["created"] <= iso(company.estate.clock.now())


def test_names_in_other_scripts_still_get_a_login(company: Any) -> None:
    """A name without Latin letters falls back to the worker id; a namesake gets a number."""
    company.hire("E5005", "伟", "张")
    company.hire("E5006", "Maria", "Garcia")
    company.loaded()
    assert company.identity("E5005")["attributes"]["email"] == "e5005@acme.example"
    assert company.identity("E5006")["attributes"]["email"] == "maria.garcia3@acme.example"
