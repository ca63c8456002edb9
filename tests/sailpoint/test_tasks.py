"""Background tasks: listed, filtered, cleared, and forgotten in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.sailpoint.test_sources import refused, source_id


def test_tasks_are_filtered_by_the_kind_of_work(company: Any) -> None:
    """`type` in a filter is the kind, in a row the queue; pending ones have no outcome."""
    feed = source_id(company, "HR Feed")
    task = company.load().json()["task"]
    company.call("POST", f"/sources/v1/{source_id(company)}/load-entitlements")
    (row,) = company.get("/task-status/v1", filters=f'type eq "CLOUD_ACCOUNT_AGGREGATION" and sourceId eq "{feed}"')
    assert (row["id"], row["type"], row["target"]["name"]) == (task["id"], "QUARTZ", "HR Feed")
    assert len(company.get("/task-status/v1", filters="completionStatus isnull")) == 2
    company.wait("PT10M")
    done = company.get("/task-status/v1", filters='completionStatus eq "SUCCESS" and type eq "CLOUD_GROUP_AGGREGATION"')
    assert done[0]["attributes"]["groupsDeleted"] == "0"
    assert {"name", "attributeName"} == set(done[0]["returns"][0])
    assert refused(company.call("GET", "/task-status/v1", params={"filters": 'type sw "C"'}), "400.1 ")


def test_a_pending_task_is_cleared_by_hand(company: Any) -> None:
    """Its outcome and end are set, the next load need not wait, and the work of the cleared one is not done."""
    company.hire("E5001", "Ada", "Byron")
    task = company.load().json()["task"]
    path = f"/task-status/v1/{task['id']}"
    end = "2026-03-02T15:00:00.000Z"
    steps = [
        {"op": "replace", "path": "/completionStatus", "value": "ERROR"},
        {"op": "replace", "path": "/completed", "value": end},
    ]
    for bad in ([{**steps[0], "value": "MAYBE"}], [{**steps[1], "value": "soon"}], [{**steps[0], "path": "/id"}], {}):
        assert refused(company.call("PATCH", path, json=bad), "400.1 "), bad
    cleared = company.call("PATCH", path, json=steps).json()
    assert (cleared["completionStatus"], cleared["completed"]) == ("ERROR", end)
    assert refused(company.call("PATCH", path, json=[{**steps[0], "value": "SUCCESS"}]), "400.1 ")
    company.wait("PT10M")
    assert company.get("/identities/v1", filters='alias eq "E5001"') == []
    assert company.loaded()["completionStatus"] == "SUCCESS"


def test_tasks_are_kept_for_90_days(company: Any) -> None:
    """After that neither the list nor its address shows one."""
    task = company.load().json()["task"]
    company.wait("PT1H")
    state = company.tenant.state.tasks
    state.put(replace(state[task["id"]], created=company.tenant.now() - timedelta(days=91)))
    assert company.call("GET", f"/task-status/v1/{task['id']}").status_code == 404
    assert company.get("/task-status/v1", filters=f'id eq "{task["id"]}"') == []
