"""A worker's row: its columns, their defaults and what makes a row wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from simulators.kernel.table import State, Table
from simulators.kernel.times import iso

COLUMNS = (
    "worker_id",
    "first_name",
    "last_name",
    "department",
    "job_title",
    "manager_id",
    "location",
    "time_zone",
    "worker_type",
    "hire_date",
    "end_date",
    "end_reason",
    "effective_date",
)
FURTHER = (
    "person_key",
    "company",
    "country",
    "preferred_name",
    "end_time",
    "end_now",
    "legal_end_date",
    "leave_start",
    "leave_end",
    "legal_hold",
    "updated_at",
)
MANDATORY = ("worker_id", "first_name", "last_name", "department", "time_zone", "worker_type", "hire_date")
WORKER_TYPES = ("employee", "intern", "fixed-term", "contractor")
END_REASONS = ("voluntary", "involuntary", "death", "end_of_contract", "rescinded")
_DATES = ("hire_date", "end_date", "effective_date", "legal_end_date", "leave_start", "leave_end")
# Kept from the row before when a change does not mention them; the others have a default or are worked out.
_KEPT = ("person_key", "legal_end_date", "leave_start", "leave_end", "legal_hold")
_CHOICES = {"worker_type": WORKER_TYPES, "end_reason": ("", *END_REASONS), "legal_hold": ("", "Y", "N")}


class BadRow(ValueError):
    """A row that HR does not take; the text names the field and the remedy."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place of work."""

    country: str
    company: str


@dataclass(frozen=True, slots=True)
class Worker:
    """One row. Dates are ISO text, local to `time_zone`; empty text is no value."""

    worker_id: str
    first_name: str
    last_name: str
    department: str
    job_title: str
    manager_id: str
    location: str
    time_zone: str
    worker_type: str
    hire_date: str
    end_date: str
    end_reason: str
    effective_date: str
    person_key: str
    company: str
    country: str
    preferred_name: str
    end_time: str
    end_now: str
    legal_end_date: str
    leave_start: str
    leave_end: str
    legal_hold: str
    updated_at: datetime

    def body(self) -> dict[str, str]:
        """The row as text by column."""
        row = {name: getattr(self, name) for name in _COLUMNS}
        return {**row, "updated_at": iso(self.updated_at)}


_COLUMNS = tuple(column.name for column in fields(Worker))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row whose effective date lies ahead."""

    id: str
    worker: Worker


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a worker's rows: `what` in a word, and the columns it changed as (name, before, after)."""

    id: str
    at: datetime
    worker_id: str
    what: str
    columns: tuple[tuple[str, str, str], ...] = ()


def _workers() -> Table[Worker]:
    return Table(
        lambda w: w.worker_id,
        kind=lambda w: ["contractor" if w.worker_type == "contractor" else "employee"],
        name=lambda w: {w.last_name.lower(), f"{w.first_name} {w.last_name}".lower()},
    )


def _waiting() -> Table[Waiting]:
    return Table(lambda w: w.id, worker=lambda w: [w.worker.worker_id])


@dataclass
class HrState(State):
    """Rows that count now, those that wait, and what has been changed since the estate opened."""

    workers: Table[Worker] = field(default_factory=_workers)
    waiting: Table[Waiting] = field(default_factory=_waiting)
    changes: Table[Change] = field(default_factory=lambda: Table(lambda c: c.id))


def worker_from(values: Mapping[str, Any], before: Worker | None, sites: Mapping[str, Site], at: datetime) -> Worker:
    """A checked row from a client's columns; what they leave out is default, or kept from the row `before`."""
    row = _texts(values)
    _check(row)
    for name in _KEPT:
        if name not in values and before is not None:
            row[name] = getattr(before, name)
    site = sites.get(row["location"], Site("", ""))
    row["person_key"] = row["person_key"] or row["worker_id"]
    row["company"] = row["company"] or site.company
    row["country"] = row["country"] or site.country
    row["preferred_name"] = row["preferred_name"] or row["first_name"]
    row["end_time"] = row["end_time"] or "24:00"
    row["legal_hold"] = row["legal_hold"] or "N"
    row["end_now"] = row["end_now"] or _end_now(row, at)
    row.pop("updated_at")
    return Worker(**row, updated_at=at)


def changed(before: Worker | None, after: Worker) -> tuple[tuple[str, str, str], ...]:
    """The columns in which two rows differ; all that are filled in when there was none before."""
    names = (name for name in (*COLUMNS, *FURTHER) if name != "updated_at")
    pairs = ((name, getattr(before, name, ""), getattr(after, name)) for name in names)
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def midnight(day: str, time_zone: str) -> datetime:
    """00:00 of a local day, in UTC.

    >>> midnight("2026-03-02", "Pacific/Auckland").isoformat()
    '2026-03-01T11:00:00+00:00'
    """
    return datetime.combine(date.fromisoformat(day), time(), _zone(time_zone)).astimezone(UTC)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    row = dict.fromkeys((*COLUMNS, *FURTHER), "")
    for name, value in values.items():
        if name not in row:
            raise BadRow(f"{name} is no column; use {', '.join((*COLUMNS, *FURTHER))}")
        if not isinstance(value, str | None):
            raise BadRow(f"{name} must be text; write it in quotes")
        row[name] = (value or "").strip()
    return row


def _check(row: Mapping[str, str]) -> None:
    for name in MANDATORY:
        if not row[name]:
            raise BadRow(f"{name} is missing; every row needs {', '.join(MANDATORY)}")
    for name in _DATES:
        if row[name]:
            _check_date(name, row[name])
    for name, choices in _CHOICES.items():
        if row[name] not in choices:
            raise BadRow(f"{name} {row[name]!r} is unknown; use one of {', '.join(c for c in choices if c)}")
    try:
        _zone(row["time_zone"])
    except (ValueError, OSError, KeyError):
        raise BadRow(f"time_zone {row['time_zone']!r} is unknown; use an IANA name such as Europe/Berlin") from None
    if row["end_time"] and row["end_time"] != "24:00":
        try:
            time.fromisoformat(row["end_time"])
        except ValueError:
            raise BadRow(f"end_time {row['end_time']!r} is no time of day; write 17:30 or 24:00") from None
    if row["end_reason"] != "rescinded" and row["end_date"] and row["end_date"] < row["hire_date"]:
        raise BadRow("end_date lies before hire_date; correct it, or set end_reason to rescinded")
    if row["manager_id"] == row["worker_id"]:
        raise BadRow("manager_id names the worker; name another person, or leave it empty")


def _check_date(name: str, text: str) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise BadRow(f"{name} {text!r} is no date; write it as 2026-03-02")


def _end_now(row: Mapping[str, str], at: datetime) -> str:
    if not row["end_date"]:
        return "N"
    past = midnight(row["end_date"], row["time_zone"]) + timedelta(days=1) <= at
    return "Y" if past or row["end_reason"] == "involuntary" else "N"
