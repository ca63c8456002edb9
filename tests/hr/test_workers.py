"""Rows of workers: checks, defaults, rows that wait for their day."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_row_is_written_read_changed_and_removed(hr: Any) -> None:
    """The first PUT creates, the next replaces; DELETE takes everything out."""
    assert hr.put("E1").status_code == 201
    assert hr.put("E1", department="IT").status_code == 200
    assert hr("GET", "/workers/E1").json()["department"] == "IT"
    assert hr("DELETE", "/workers/E1").status_code == 204
    assert hr("GET", "/workers/E1").status_code == hr("DELETE", "/workers/E1").status_code == 404


def test_what_a_row_leaves_out_has_a_default(hr: Any) -> None:
    """Company and country follow the location; an unknown location gives none."""
    row = hr.put("E1").json()
    assert {name: row[name] for name in ("company", "country", "person_key", "preferred_name", "end_time")} == {
        "company": "ACME-DE", "country": "DE", "person_key": "E1", "preferred_name": "Ada", "end_time": "24:00",
    }  # fmt: skip
    assert row["updated_at"] == "2026-03-02T14:00:00.000Z"
    assert hr.put("E1", location="MOON").json()["country"] == ""


@pytest.mark.parametrize(
    ("end_date", "end_reason", "end_now"),
    [
        ("", "", "N"),
        ("2026-03-20", "voluntary", "N"),
        ("2026-03-20", "involuntary", "Y"),
        ("2026-03-02", "voluntary", "N"),
        ("2026-03-01", "voluntary", "Y"),
    ],
)
def test_an_end_counts_now_when_it_is_involuntary_or_past(
    hr: Any, end_date: str, end_reason: str, end_now: str
) -> None:
    """The last day of work itself is not past."""
    row = hr.put("E1", hire_date="2025-01-01", end_date=end_date, end_reason=end_reason).json()
    assert row["end_now"] == end_now


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"first_name": ""}, "first_name is missing"),
        ({"department": None}, "department is missing"),
        ({"hire_date": "02.03.2026"}, "hire_date '02.03.2026' is no date"),
        ({"hire_date": "20260302"}, "write it as 2026-03-02"),
        ({"time_zone": "Mars/Base"}, "use an IANA name"),
        ({"time_zone": "../etc/passwd"}, "use an IANA name"),
        ({"worker_type": "robot"}, "use one of employee, intern, fixed-term, contractor"),
        ({"end_reason": "bored"}, "end_reason 'bored' is unknown"),
        ({"end_date": "2026-03-01"}, "end_date lies before hire_date"),
        ({"manager_id": "E1"}, "manager_id names the worker"),
        ({"shoe_size": "42"}, "shoe_size is no column"),
        ({"department": 5}, "department must be text"),
        ({"worker_id": "E2"}, "differs from the address"),
        ({"end_time": "late"}, "no time of day"),
    ],
)
def test_a_bad_row_names_its_field_and_the_remedy(hr: Any, changes: dict[str, Any], reason: str) -> None:
    """And nothing is stored."""
    answer = hr.put("E1", **changes)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert hr("GET", "/workers/E1").status_code == 404


def test_a_rescinded_hire_may_end_before_it_starts(hr: Any) -> None:
    """That is what rescinding means."""
    assert hr.put("E1", end_date="2026-03-02", end_reason="rescinded").status_code == 201


def test_a_later_row_waits_for_midnight_at_the_workers_place(hr: Any) -> None:
    """It counts from 00:00 local of its effective date, and the row's time of change is then."""
    hr.put("E1")
    waiting = hr.put("E1", department="IT", effective_date="2026-03-04").json()
    assert (waiting["department"], [row["department"] for row in waiting["waiting"]]) == ("Sales", ["IT"])
    hr.advance("2026-03-03T22:59:59Z")
    assert hr("GET", "/workers/E1").json()["department"] == "Sales"
    hr.advance("2026-03-03T23:00:00Z")
    row = hr("GET", "/workers/E1").json()
    assert (row["department"], row["waiting"], row["updated_at"]) == ("IT", [], "2026-03-03T23:00:00.000Z")


def test_an_earlier_effective_date_counts_at_once(hr: Any) -> None:
    """As does today's."""
    hr.put("E1")
    for day, department in (("2026-03-02", "IT"), ("2026-01-01", "Support")):
        assert hr.put("E1", department=department, effective_date=day).json()["department"] == department


def test_a_second_row_for_the_same_day_replaces_the_first(hr: Any) -> None:
    """Another day waits beside it; removing the worker removes both."""
    hr.put("E1")
    for department, day in (("IT", "2026-03-04"), ("Support", "2026-03-04"), ("People", "2026-03-05")):
        hr.put("E1", department=department, effective_date=day)
    assert [row["department"] for row in hr("GET", "/workers/E1").json()["waiting"]] == ["Support", "People"]
    hr.advance("2026-03-04T12:00:00Z")
    assert hr("GET", "/workers/E1").json()["department"] == "Support"
    hr("DELETE", "/workers/E1")
    hr.advance("2026-03-06T00:00:00Z")
    assert hr("GET", "/workers/E1").status_code == 404


def test_columns_nobody_mentions_are_kept(hr: Any) -> None:
    """A change of department leaves a leave of absence alone; naming the column empty ends it."""
    hr.put("E1", leave_start="2026-03-01", leave_end="2026-04-01")
    assert hr.put("E1", department="IT").json()["leave_end"] == "2026-04-01"
    assert hr.put("E1", leave_start="", leave_end="").json()["leave_end"] == ""


def test_lists_are_paged(hr: Any) -> None:
    """The header counts all; bad numbers are refused."""
    for number in range(5):
        hr.put(f"E{number}", worker_type="contractor" if number == 4 else "employee")
    page = hr("GET", "/workers", params={"limit": "2", "offset": "1"})
    assert ([row["worker_id"] for row in page.json()], page.headers["x-total-count"]) == (["E1", "E2"], "5")
    assert [row["worker_id"] for row in hr("GET", "/workers?worker_type=contractor").json()] == ["E4"]
    assert hr("GET", "/workers?limit=-1").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("POST", "/workers", 405), ("PUT", "/workers/E1", 400)]
)
def test_every_error_is_one_sentence(hr: Any, method: str, path: str, status: int) -> None:
    """Unknown paths, wrong methods and bodies that are no JSON included."""
    answer = hr(method, path, content=b"{")
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
