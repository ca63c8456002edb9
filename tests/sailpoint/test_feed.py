"""Loading files: headers, bad rows, deletions, one load at a time, and how a client follows it."""

from __future__ import annotations

from typing import Any


def _source(company: Any, name: str = "HR Feed") -> str:
    return str(company.tenant.configuration.source_named(name).id)


def test_a_load_answers_a_task_and_is_followed_to_its_end(company: Any) -> None:
    """202 with the task; started, collected, completed; an hour later the progress is forgotten."""
    company.hire("E5001", "Ada", "Byron")
    answer = company.load()
    task = answer.json()["task"]
    assert (answer.status_code, answer.json()["success"], task["type"]) == (202, True, "QUARTZ")
    assert isinstance(task["created"], int)
    seen = []
    for _ in range(40):
        status = company.get(f"/account-aggregations/v1/{task['id']}/status")["status"]
        seen += [status] if status not in seen else []
        company.wait("PT5S")
    assert seen == ["STARTED", "ACCOUNTS_COLLECTED", "COMPLETED"]
    assert company.get(f"/task-status/v1/{task['id']}")["completionStatus"] == "SUCCESS"
    company.wait("PT2H")
    assert company.call("GET", f"/account-aggregations/v1/{task['id']}/status").status_code == 404


def test_an_api_client_may_load_and_nothing_else(company: Any) -> None:
    """The loader's token is refused where a person's is needed."""
    assert company.load().status_code == 202
    for path in ("/identities/v1", "/access-request-status/v1", "/accounts/v1", "/workflows/v1"):
        assert company.call("GET", path, by="loader").status_code == 403


def test_a_wrong_header_is_refused(company: Any) -> None:
    """The message names the unknown and the missing columns."""
    answer = company.load(b"worker_id,nickname\nE1,x\n")
    assert answer.status_code == 400
    body = answer.json()
    assert body["detailCode"] == "400.1.3 Illegal value"
    assert 'Column: "[nickname]" is unknown and/or column: "[first_name, ' in body["messages"][0]["text"]


def test_bad_rows_are_reported_and_the_others_proceed(company: Any) -> None:
    """Each bad row is a warning with its line; good rows count."""
    company.hire("E5001", "Ada", "Byron")
    company.hire("E5002", "", "Nameless")
    company.hire("E5003", "Bad", "Day", hire_date="31.12.2026")
    company.hire("E5004", "Bad", "Zone", time_zone="Mars/Olympus")
    task = company.loaded()
    assert task["completionStatus"] == "WARNING"
    texts = [message["localizedText"]["message"] for message in task["messages"]]
    assert [text.split(":")[0] for text in texts] == ["Line 28", "Line 29", "Line 30"]
    assert "first_name is empty" in texts[0]
    assert "is not a date" in texts[1]
    assert "is not a time zone" in texts[2]
    assert company.account("E5001") is not None
    assert company.get("/identities/v1", filters='alias eq "E5002" or alias eq "E5003" or alias eq "E5004"') == []


def test_missing_rows_beyond_the_threshold_delete_nobody(company: Any) -> None:
    """A file cut short is not a mass exit; one missing row forgets an account, and no account action runs."""
    whole = dict(company.feed)
    company.feed = dict(list(whole.items())[:12])
    task = company.loaded()
    assert task["attributes"]["deleted"] == "0"
    assert "delete threshold" in task["messages"][0]["localizedText"]["message"]
    assert company.directory.writes() == []
    person, account = company.identity("E1015"), company.account("E1015")
    company.feed = {key: row for key, row in whole.items() if key != "E1015"}
    assert company.loaded()["attributes"]["deleted"] == "1"
    assert company.get(f"/identities/v1/{person['id']}")["lifecycleState"]["stateName"] == "active"
    assert company.status(account["nativeIdentity"]) == "ACTIVE"


def test_one_aggregation_at_a_time(company: Any) -> None:
    """A second load is accepted; its task ends with an error."""
    company.load()
    second = company.load().json()["task"]
    company.wait("PT10M")
    task = company.get(f"/task-status/v1/{second['id']}")
    assert (task["completionStatus"], len(task["messages"])) == ("ERROR", 1)


def test_unchanged_rows_are_skipped(company: Any) -> None:
    """The optimised load processes what differs only."""
    company.loaded()
    company.hire("E5001", "Ada", "Byron")
    task = company.loaded()
    assert (task["attributes"]["total"], task["attributes"]["processed"]) == ("26", "1")


def test_an_out_of_band_group_is_found_within_the_hour(company: Any) -> None:
    """The delta aggregation reads the System Log; the native change is reported."""
    native = company.account("E1015")["nativeIdentity"]
    okta = company.estate.okta
    group = next(row for row in okta.state.groups.rows() if row.name == "SP-PRV-Vault-User")
    token = company.ready["okta"]["api_token"]
    headers = {"Authorization": f"SSWS {token}"}
    path = f"http://okta.test/api/v1/groups/{group.id}/users/{native}"
    assert company.send("PUT", path, headers=headers).status_code == 204
    company.wait("PT1H15M")
    (event,) = company.search("events", "action:ACCOUNT_UPDATED AND target.name:E1015")
    assert event["attributes"]["added"] == group.id


def test_the_directory_source_follows_its_url(company: Any) -> None:
    """The address is configuration: a source pointed elsewhere writes elsewhere, and its key is not shown."""
    source = company.get(f"/sources/v1/{_source(company, 'Okta')}")
    assert "privateJwk" not in source["connectorAttributes"]
    step = [{"op": "replace", "path": "/connectorAttributes/baseUrl", "value": "http://nowhere.test"}]
    assert company.call("PATCH", f"/sources/v1/{source['id']}", json=step).status_code == 200
    company.hire("E5001", "Ada", "Byron")
    company.loaded("PT30M")
    assert company.directory.calls == []
    (activity,) = company.get("/account-activities/v1", **{"requested-for": company.identity("E5001")["id"]})
    assert activity["completionStatus"] == "FAILURE"


def test_fixed_properties_of_a_source_cannot_be_patched(company: Any) -> None:
    """The vendor's list of immutable properties is kept."""
    for path in ("/id", "/type", "/connector", "/authoritative"):
        step = [{"op": "replace", "path": path, "value": "x"}]
        assert company.call("PATCH", f"/sources/v1/{_source(company)}", json=step).status_code == 400
