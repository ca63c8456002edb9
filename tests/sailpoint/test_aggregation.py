"""Aggregation: snapshots, thresholds, one run at a time, native changes, files of pairs and of entitlements."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.test_sources import refused, source_id


def patch(company: Any, source: str, **settings: Any) -> None:
    """Change connector attributes of a source."""
    steps = [{"op": "add", "path": f"/connectorAttributes/{name}", "value": value} for name, value in settings.items()]
    answer = company.call("PATCH", f"/sources/v1/{source}", json=steps)
    assert answer.status_code == 200, answer.text


def run(company: Any, source: str, wait: str = "PT15M", **form: str) -> dict[str, Any]:
    """Aggregate a connected source and answer the task."""
    files = {name: (None, value) for name, value in form.items()}
    answer = company.call("POST", f"/sources/v1/{source}/load-accounts", **({"files": files} if files else {}))
    assert answer.status_code == 202, answer.text
    company.wait(wait)
    return dict(company.get(f"/task-status/v1/{answer.json()['task']['id']}"))


def users(company: Any) -> list[str]:
    """Paths of the directory's user list that were asked for."""
    return [path for method, path in company.directory.calls if method == "GET" and path.startswith("/api/v1/users?")]


def outside(company: Any, method: str, path: str, **content: Any) -> None:
    """A change somebody makes in the directory itself."""
    headers = {"Authorization": f"SSWS {company.ready['okta']['api_token']}"}
    answer = company.send(method, f"http://okta.test{path}", headers=headers, **content)
    assert answer.status_code < 300, answer.text


def test_a_connected_run_is_followed_and_counted(company: Any) -> None:
    """Collected, then completed; unchanged accounts count as optimised and not as processed."""
    answer = company.call("POST", f"/sources/v1/{source_id(company, 'Vault')}/load-accounts")
    path = f"/account-aggregations/v1/{answer.json()['task']['id']}/status"
    seen = []
    for _ in range(30):
        status = company.get(path)["status"]
        seen += [status] if status not in seen else []
        company.wait("PT0.1S")
    assert seen == ["STARTED", "ACCOUNTS_COLLECTED", "COMPLETED"]
    counts = company.get(f"/task-status/v1/{answer.json()['task']['id']}")["attributes"]
    assert (counts["processed"], counts["optimized"]) == ("0", counts["total"])
    assert company.get(path)["totalAccounts"] == 0


def test_one_run_for_each_source(company: Any) -> None:
    """A second one is accepted and cancelled with an error; another source is not held up."""
    source = source_id(company)
    first, second = (company.call("POST", f"/sources/v1/{source}/load-accounts").json()["task"] for _ in range(2))
    other = company.call("POST", f"/sources/v1/{source_id(company, 'Vault')}/load-accounts").json()["task"]
    company.wait("PT10M")
    rows = [company.get(f"/task-status/v1/{one['id']}") for one in (first, second, other)]
    assert [row["completionStatus"] for row in rows] == ["SUCCESS", "ERROR", "SUCCESS"]
    assert "must complete before" in rows[1]["messages"][0]["localizedText"]["message"]
    assert company.get(f"/account-aggregations/v1/{second['id']}/status")["status"] == "CANCELLED"


def test_a_full_reading_spares_what_the_threshold_covers(company: Any) -> None:
    """More missing than allowed: none goes and the task warns. Switched off: none goes, without a word."""
    source = source_id(company)
    held = company.tenant.state.accounts.count("source", source)
    step = [{"op": "replace", "path": "/deleteThreshold", "value": 10}]
    company.call("PATCH", f"/sources/v1/{source}", json=step)
    patch(company, source, accountFilter='status eq "SUSPENDED"')
    task = run(company, source)
    assert (task["completionStatus"], "delete threshold" in task["messages"][0]["key"]) == ("WARNING", True)
    assert company.tenant.state.accounts.count("source", source) == held
    assert "SUSPENDED" in users(company)[0]
    step[0]["value"] = 0
    company.call("PATCH", f"/sources/v1/{source}", json=step)
    patch(company, source, checkDeletedDisabled="true")
    assert run(company, source)["completionStatus"] == "SUCCESS"
    assert company.tenant.state.accounts.count("source", source) == held


def test_unchanged_accounts_wait_for_a_run_without_optimisation(company: Any) -> None:
    """A new correlation rule ties nothing by itself: only a run that processes every account looks again."""
    source = source_id(company, "Vault")
    before = company.get("/accounts/v1", filters=f'sourceId eq "{source}"')[0]
    steps = [{"op": "remove", "path": "/identityId"}, {"op": "replace", "path": "/manuallyCorrelated", "value": False}]
    company.call("PATCH", f"/accounts/v1/{before['id']}", json=steps)
    company.wait("PT1M")
    run(company, source)
    assert company.get(f"/accounts/v1/{before['id']}")["uncorrelated"] is True
    assert [one["id"] for one in company.get("/accounts/v1", filters="uncorrelated eq true")].count(before["id"]) == 1
    assert run(company, source, disableOptimization="true")["attributes"]["optimizedAggregation"] == "disabled"
    assert company.get(f"/accounts/v1/{before['id']}")["identityId"] == before["identityId"]


def test_native_changes_are_told_where_they_are_watched(company: Any) -> None:
    """With detection on, an event and a trigger; with it off, neither; a change made here never."""
    native, source = company.account("E1015")["nativeIdentity"], source_id(company)
    body = {
        "name": "Native",
        "owner": {"type": "IDENTITY", "id": company.identity("E1006")["id"]},
        "trigger": {"type": "EVENT", "attributes": {"id": "idn:native-change-account-updated"}},
        "definition": {"start": "Done", "steps": {"Done": {"type": "success"}}},
    }
    workflow = company.call("POST", "/workflows/v1", json=body).json()
    switch = [{"op": "replace", "path": "/enabled", "value": True}]
    assert company.call("PATCH", f"/workflows/v1/{workflow['id']}", json=switch).status_code == 200
    group = next(row for row in company.estate.okta.state.groups.rows() if row.name == "SP-PRV-Vault-User")
    outside(company, "PUT", f"/api/v1/groups/{group.id}/users/{native}")
    run(company, source)
    (event,) = company.search("events", "action:ACCOUNT_UPDATED AND target.name:E1015")
    assert event["attributes"]["added"] == group.id
    (execution,) = company.get(f"/workflows/v1/{workflow['id']}/executions")
    history = company.get(f"/workflow-executions/v1/{execution['id']}/history")
    held = next(row["attributes"]["input"] for row in history if row["type"] == "WorkflowExecutionStarted")
    assert held["entitlementChanges"][0]["added"][0]["name"] == "SP-PRV-Vault-User"
    assert held["accountChangeTypes"] == ["ENTITLEMENTS_ADDED"]
    company.call("DELETE", f"/sources/v1/{source}/native-change-detection-config")
    outside(company, "DELETE", f"/api/v1/groups/{group.id}/users/{native}")
    run(company, source)
    assert len(company.search("events", "action:ACCOUNT_UPDATED AND target.name:E1015")) == 1


def test_a_run_that_cannot_read_is_tried_again_and_ends(company: Any) -> None:
    """Three tries a minute apart, then the task and the source say so; nothing is deleted."""
    source = source_id(company)
    held = company.tenant.state.accounts.count("source", source)
    company.estate.faults.add({"system": "okta", "path": "/api/v1/users"}, {"status": 503}, None)
    answer = company.call("POST", f"/sources/v1/{source}/load-accounts")
    path = f"/account-aggregations/v1/{answer.json()['task']['id']}/status"
    company.wait("PT1M30S")
    assert company.get(path)["status"] == "RETRIED"
    company.wait("PT5M")
    assert company.get(path)["status"] == "TERMINATED"
    assert company.get(f"/sources/v1/{source}")["status"] == "SOURCE_STATE_FAILURE_SOURCE"
    assert company.tenant.state.accounts.count("source", source) == held


def test_a_run_that_stands_still_times_out(company: Any) -> None:
    """A target that only asks to wait does not hold a run for ever."""
    source = source_id(company)
    patch(company, source, aggregationTimeout=300)
    company.estate.faults.add({"system": "okta", "path": "/api/v1/users"}, {"status": 429}, None)
    task = run(company, source, "PT30M")
    assert (task["completionStatus"], "no progress" in task["messages"][0]["key"]) == ("ERROR", True)


def test_groups_one_user_at_a_time(company: Any) -> None:
    """Without the cache of members every user's groups are asked for, and the result is the same."""
    source = source_id(company)
    run(company, source)
    before = company.account("E1015")["attributes"]["groups"]
    patch(company, source, disableGroupCaching=True)
    assert run(company, source)["attributes"]["processed"] == "0"
    asked = [path for _, path in company.directory.calls if path.endswith("/groups")]
    assert len(asked) == company.tenant.state.accounts.count("source", source)
    assert company.account("E1015")["attributes"]["groups"] == before


def test_users_by_search(company: Any) -> None:
    """One connector attribute turns the listing from `filter` to `search`."""
    patch(company, source_id(company), userListing="search")
    assert run(company, source_id(company))["completionStatus"] == "SUCCESS"
    assert users(company)[0].startswith("/api/v1/users?search=lastUpdated")


def test_pairs_tie_uncorrelated_accounts(company: Any) -> None:
    """Each row ties an account to a person; what is not found is a warning; a file without columns is refused."""
    payroll = source_id(company, "Payroll")
    company.load(b"worker_id,entitlements\nP1,payroll.user\n", "Payroll", by="iam-admin")
    company.wait("PT10M")
    path = f"/sources/v1/{payroll}/load-uncorrelated-accounts"
    content = b"account,displayName,userName,type\nP1,Somebody,E1015,\nP2,Nobody,E1015,\nP1,x,E1006,\n"
    answer = company.call("POST", path, files={"file": ("p.csv", content, "text/csv")})
    assert (answer.status_code, answer.json()["task"]["type"]) == (202, "QPOC")
    company.wait("PT5M")
    task = company.get(f"/task-status/v1/{answer.json()['task']['id']}")
    assert (task["completionStatus"], task["attributes"]["correlated"], len(task["messages"])) == ("WARNING", "1", 2)
    filters = f'sourceId eq "{payroll}" and nativeIdentity eq "P1"'
    (account,) = company.get("/accounts/v1", filters=filters)
    assert (account["identity"]["id"], account["manuallyCorrelated"]) == (company.identity("E1015")["id"], True)
    assert refused(company.call("POST", path), "400.1 ")
    assert refused(company.call("POST", path, files={"file": ("p.csv", b"a,b\n", "text/csv")}), "400.1.3")


def test_entitlements_of_a_file_are_a_snapshot(company: Any) -> None:
    """New ones come, missing ones go; a connected source is read instead."""
    path = f"/sources/v1/{source_id(company, 'Payroll')}/load-entitlements"
    files = {"file": ("e.csv", b"id,displayName\npayroll.user,User\npayroll.admin,Admin\n", "text/csv")}
    answer = company.call("POST", path, files=files)
    company.wait("PT5M")
    counts = company.get(f"/task-status/v1/{answer.json()['id']}")["attributes"]
    assert (counts["groupsCreated"], counts["groupsDeleted"]) == ("1", "0")
    files = {"file": ("e.csv", b"id\npayroll.user\n", "text/csv")}
    company.call("POST", path, files=files)
    company.wait("PT5M")
    source = source_id(company, "Payroll")
    assert [one.value for one in company.tenant.state.entitlements.find("source", source)] == ["payroll.user"]
    assert refused(company.call("POST", path), "400.1 ")


def test_all_accounts_are_forgotten_and_come_back(company: Any) -> None:
    """Removing them touches no target; the next reading finds them and whom they belong to."""
    source = source_id(company, "Ledger")
    held = {one["nativeIdentity"]: one.get("identityId") for one in company.get("/accounts/v1", limit=250)}
    answer = company.call("POST", f"/sources/v1/{source}/remove-accounts")
    assert answer.json()["type"] == "TASK_RESULT"
    company.wait("PT5S")
    assert company.get("/accounts/v1", filters=f'sourceId eq "{source}"') == []
    run(company, source)
    back = company.get("/accounts/v1", filters=f'sourceId eq "{source}"')
    assert back
    assert all(held[one["nativeIdentity"]] == one.get("identityId") for one in back)
