"""When a scheduled search runs: hours of days picked by list or range (SailPoint API, Scheduled Search)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from simulators.sailpoint.domain.times import instant, zone

_WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# Runs further ahead than this are looked for again when it has passed.
_HORIZON = 366 * 4 + 1


def numbers(selector: Mapping[str, Any], low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The numbers a selector picks; 0 stands for the last day. Raises ValueError for one out of range.

    >>> sorted(numbers({"type": "RANGE", "values": ["9", "18"], "interval": 3}, 0, 23))
    [9, 12, 15, 18]
    >>> sorted(numbers({"type": "LIST", "values": ["MON", "WED"]}, 1, 7, _WEEK))
    [1, 3]
    """
    picked = [_number(str(value), low, high, names) for value in selector.get("values") or ()]
    if selector.get("type") == "RANGE":
        interval = selector.get("interval")
        step = 1 if interval is None else int(interval)
        if len(picked) != 2 or 0 in picked[: 1 if low else 0] or not 1 <= step <= 366:
            raise ValueError("a range has a first and a last value")
        return frozenset(range(picked[0], (picked[1] or high) + 1, step))
    if not picked:
        raise ValueError("a selector without values")
    return frozenset(picked)


def _number(text: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + 1
    if text == "L" and high == 31:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 4 and low <= int(text) <= high):
        raise ValueError(f"{text!r} is out of range")
    return int(text)


def next_run(schedule: Mapping[str, Any], after: datetime, zone_name: str) -> datetime | None:
    """The first run behind `after`; None when there is none. Raises ValueError for a schedule that cannot be read."""
    local = zone(str(schedule.get("timeZoneId") or zone_name))
    hours = sorted(numbers(schedule["hours"], 0, 23))
    wanted = _Days(schedule)
    ends = instant(schedule.get("expiration"))
    start = after.astimezone(local).date()
    for offset in range(_HORIZON):
        day = start + timedelta(days=offset)
        if not wanted.has(day):
            continue
        for hour in hours:
            at = datetime(day.year, day.month, day.day, hour, tzinfo=local).astimezone(UTC)
            if at > after:
                return at if ends is None or at <= ends else None
    return None


class _Days:
    """The days of a schedule. Raises ValueError."""

    def __init__(self, schedule: Mapping[str, Any]) -> None:
        kind, days, months = schedule.get("type"), schedule.get("days"), schedule.get("months")
        if kind != "DAILY" and not days:
            raise ValueError("the schedule has no days")
        self._months = numbers(months, 1, 12) if kind == "ANNUALLY" and months else frozenset(range(1, 13))
        self._week = numbers(days, 1, 7, _WEEK) if kind == "WEEKLY" and days else frozenset(range(1, 8))
        monthly = kind in ("MONTHLY", "ANNUALLY") and days
        self._days = numbers(days, 1, 31) if monthly and days else frozenset(range(1, 32))
        self._dates = (
            frozenset(map(date.fromisoformat, days.get("values") or ())) if kind == "CALENDAR" and days else None
        )

    def has(self, day: date) -> bool:
        """Whether a day is one of them."""
        if self._dates is not None:
            return day in self._dates
        last = day.day == monthrange(day.year, day.month)[1]
        return (
            day.month in self._months
            and day.isoweekday() in self._week
            and (day.day in self._days or (last and 0 in self._days))
        )
