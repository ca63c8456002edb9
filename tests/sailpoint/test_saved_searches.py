"""Searches that are kept, and run by a schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from simulators.kernel.times import iso
from simulators.sailpoint.domain.search_schedules import next_run

SUPPORT = {"name": "Support", "indices": ["identities"], "query": "attributes.department:Support", "sort": ["name"]}
HOURLY = {"type": "DAILY", "hours": {"type": "RANGE", "values": ["0", "23"], "interval": 1}}


def _saved(company: Any, by: str = "iam-admin", **more: Any) -> dict[str, Any]:
    answer = company.call("POST", "/saved-searches/v1", json={**SUPPORT, **more}, by=by)
    assert answer.status_code == 201, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def _scheduled(company: Any, saved: dict[str, Any], **more: Any) -> Any:
    recipients = [{"type": "IDENTITY", "id": saved["ownerId"]}]
    body = {"savedSearchId": saved["id"], "schedule": HOURLY, "recipients": recipients, "enabled": True, **more}
    return company.call("POST", "/scheduled-searches/v1", json=body)


def test_a_search_is_kept_by_its_owner(company: Any) -> None:
    """Kept, read, replaced, deleted; others do not see it, an administrator does."""
    columns = {"identity": [{"field": "displayName", "header": "Name"}]}
    saved = _saved(company, by="E1019", columns=columns, description=None)
    path = f"/saved-searches/v1/{saved['id']}"
    assert saved["columns"] == columns
    assert (saved["public"], saved["owner"]["id"]) == (False, saved["ownerId"])
    assert company.get(path, by="E1019") == company.get(path) == saved
    assert company.call("GET", path, by="E1017").status_code == 404
    assert company.get("/saved-searches/v1", by="E1017") == []
    owned = {"filters": f'owner.id eq "{saved["ownerId"]}"', "count": "true"}
    found = company.call("GET", "/saved-searches/v1", params=owned)
    assert (found.headers["x-total-count"], [one["id"] for one in found.json()]) == ("1", [saved["id"]])
    changed = company.call("PUT", path, json={**SUPPORT, "name": "Helpers"})
    assert (changed.json()["name"], changed.json()["ownerId"]) == ("Helpers", saved["ownerId"])
    assert company.call("DELETE", path, by="E1019").status_code == 204
    assert company.call("GET", path).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"indices": []},
        {"indices": ["people"]},
        {"indices": None},
        {"query": None},
        {"query": "a:(b"},
        {"name": 7},
        {"sort": "name"},
        {"columns": {"identity": [{"header": "x"}]}},
        {"filters": {"name": {"type": "LIKE"}}},
        {"filters": {"range": {"lower": {"inclusive": ["x"], "value": "1"}}}},
        {"filters": {"type": "RANGE", "range": {"lower": None}}},
    ],
)
def test_what_cannot_be_kept(company: Any, change: dict[str, Any]) -> None:
    """A search that could not run is refused."""
    assert company.call("POST", "/saved-searches/v1", json={**SUPPORT, **change}).status_code == 400


def test_a_scheduled_search_runs_in_its_hours(company: Any) -> None:
    """While it is enabled; each run is told to the audit trail with what was found."""
    scheduled = _scheduled(company, _saved(company)).json()
    company.wait("PT2H5M")
    runs = "action:SAVED_SEARCH_EXECUTE_PASSED"
    found = company.search("events", runs)
    assert len(found) == 2
    assert {one["target"]["name"] for one in found} == {"Support"}
    assert found[0]["attributes"]["count"] == str(len(company.search("identities", SUPPORT["query"])))
    path = f"/scheduled-searches/v1/{scheduled['id']}"
    body = {name: scheduled[name] for name in ("savedSearchId", "schedule", "recipients")}
    assert company.call("PUT", path, json={**body, "enabled": False}).json()["enabled"] is False
    company.wait("PT1H")
    assert len(company.search("events", runs)) == 2
    assert [one["id"] for one in company.get("/scheduled-searches/v1")] == [scheduled["id"]]
    assert company.call("DELETE", path).status_code == 204
    assert company.call("GET", path).status_code == 404


def test_a_deleted_search_takes_its_schedules_along(company: Any) -> None:
    """Nothing is left to run."""
    saved = _saved(company)
    _scheduled(company, saved)
    company.call("DELETE", f"/saved-searches/v1/{saved['id']}")
    assert company.get("/scheduled-searches/v1") == []


def test_a_finished_search_is_told_to_workflows(company: Any) -> None:
    """`idn:saved-search-complete` carries name, query and how much was found of each kind."""
    told: list[Any] = []
    engine = company.tenant.workflows
    fire = engine.fire
    engine.fire = lambda trigger, payload, id: told.append((trigger, payload, id))
    try:
        saved = _saved(company)
        _scheduled(company, saved, name="Every hour")
        company.wait("PT1H")
    finally:
        engine.fire = fire
    trigger, payload, owner = next(one for one in told if one[0] == "idn:saved-search-complete")
    assert (payload["searchName"], payload["query"], owner) == ("Every hour", SUPPORT["query"], saved["ownerId"])
    assert payload["searchResults"]["Identity"]["count"] == len(company.search("identities", SUPPORT["query"]))
    assert trigger == "idn:saved-search-complete"


@pytest.mark.parametrize(
    "schedule",
    [
        {"type": "DAILY"},
        {"type": "HOURLY", "hours": {"type": "LIST", "values": ["1"]}},
        {"type": "DAILY", "hours": {"type": "LIST", "values": []}},
        {"type": "DAILY", "hours": {"type": "LIST", "values": ["24"]}},
        {"type": "DAILY", "hours": {"type": "RANGE", "values": ["1"]}},
        {"type": "WEEKLY", "hours": {"type": "LIST", "values": ["1"]}},
        {"type": "WEEKLY", "hours": {"type": "LIST", "values": ["1"]}, "days": {"type": "LIST", "values": ["XXX"]}},
        {"type": "CALENDAR", "hours": {"type": "LIST", "values": ["1"]}, "days": {"type": "LIST", "values": ["soon"]}},
        {"type": "DAILY", "hours": {"type": "LIST", "values": ["1"]}, "timeZoneId": "Mars/One"},
        {"type": "DAILY", "hours": {"type": "LIST", "values": ["1"]}, "expiration": "never"},
    ],
)
def test_schedules_that_cannot_be_read(company: Any, schedule: dict[str, Any]) -> None:
    """400, and nothing is stored."""
    assert _scheduled(company, _saved(company), schedule=schedule).status_code == 400
    assert company.get("/scheduled-searches/v1") == []


def test_a_schedule_refers_to_what_exists(company: Any) -> None:
    """An unknown search or reader is a missing reference."""
    saved = _saved(company)
    nobody = [{"type": "IDENTITY", "id": "nobody"}]
    for answer in (_scheduled(company, {**saved, "id": "none"}), _scheduled(company, saved, recipients=nobody)):
        assert (answer.status_code, answer.json()["detailCode"]) == (400, "400.1.404 Referenced object not found")


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"type": "DAILY", "hours": ["9"]}, "2026-03-03T09:00:00.000Z"),
        ({"type": "DAILY", "hours": ["9", "18"]}, "2026-03-02T18:00:00.000Z"),
        ({"type": "DAILY", "hours": ["9"], "timeZoneId": "America/New_York"}, "2026-03-02T14:00:00.000Z"),
        ({"type": "WEEKLY", "days": ["FRI"], "hours": ["9"]}, "2026-03-06T09:00:00.000Z"),
        ({"type": "MONTHLY", "days": ["L"], "hours": ["9"]}, "2026-03-31T09:00:00.000Z"),
        ({"type": "MONTHLY", "days": ["1", "14"], "hours": ["9"]}, "2026-03-14T09:00:00.000Z"),
        ({"type": "ANNUALLY", "months": ["2"], "days": ["L"], "hours": ["9"]}, "2027-02-28T09:00:00.000Z"),
        ({"type": "ANNUALLY", "months": ["2"], "days": ["29"], "hours": ["9"]}, "2028-02-29T09:00:00.000Z"),
        ({"type": "CALENDAR", "days": ["2026-05-01"], "hours": ["9"]}, "2026-05-01T09:00:00.000Z"),
        ({"type": "CALENDAR", "days": ["2020-05-01"], "hours": ["9"]}, None),
        ({"type": "DAILY", "hours": ["9"], "expiration": "2026-03-03T08:00:00Z"}, None),
    ],
)
def test_the_next_run(schedule: dict[str, Any], expected: str | None) -> None:
    """Days by week, month, year or calendar, hours of the schedule's own zone, until it expires."""
    lists = {
        name: {"type": "LIST", "values": value} if isinstance(value, list) else value
        for name, value in schedule.items()
    }
    at = next_run(lists, datetime(2026, 3, 2, 12, tzinfo=UTC), "UTC")
    assert (iso(at) if at is not None else None) == expected
