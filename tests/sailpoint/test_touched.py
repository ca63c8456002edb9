"""Processing one person's change leaves everybody else's records as they are."""

from __future__ import annotations

from typing import Any

TABLES = ("identities", "accounts", "operations", "activities", "grants", "work_items")


def _records(company: Any) -> dict[str, dict[str, Any]]:
    state = company.tenant.state
    return {name: {row.id: row for row in getattr(state, name).rows()} for name in TABLES}


def _touched(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> set[str]:
    """Whose records are new, replaced or gone, by id of the identity."""
    return {
        row.id if name == "identities" else str(getattr(row, "identity_id", ""))
        for name in TABLES
        for id in {*before[name], *after[name]}
        if before[name].get(id) is not after[name].get(id)
        for row in [after[name].get(id) or before[name][id]]
    }


def test_a_change_of_one_touches_one(company: Any) -> None:
    """A whole file with one changed row: records of that person alone are written, however many the file has."""
    company.loaded()  # the first file teaches the source what its rows look like
    before = _records(company)
    company.feed["E1015"] |= {"department": "Support"}
    company.loaded()
    after = _records(company)
    assert _touched(before, after) == {company.identity("E1015")["id"]}
    assert len(after["activities"]) == len(before["activities"]) + 1


def test_a_file_without_changes_touches_nobody(company: Any) -> None:
    """Rows that are as they were are skipped: not one record is written."""
    company.loaded()
    before = _records(company)
    company.loaded()
    assert _touched(before, _records(company)) == set()
