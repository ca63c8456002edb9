"""When scheduled workflows start: a cron expression, or days and times of a frequency.

https://documentation.sailpoint.com/saas/help/workflows/workflow-triggers.html (Scheduled Trigger)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.times import instant, next_time

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def next_start(attributes: Mapping[str, Any], after: datetime, zone: str) -> datetime | None:
    """The first start behind `after`; None where there is none. Raises ValueError for a schedule nobody can keep.

    >>> from datetime import UTC
    >>> weekly = {"frequency": "weekly", "weeklyDays": ["Monday"], "weeklyTimes": ["1969-12-31T09:00:00.000Z"]}
    >>> next_start(weekly, datetime(2026, 3, 3, tzinfo=UTC), "UTC").isoformat()
    '2026-03-09T09:00:00+00:00'
    """
    zone = str(attributes.get("timeZone") or zone)
    starts = [found for text in _expressions(attributes) if (found := next_time(text, after, zone)) is not None]
    return min(starts, default=None)


def _expressions(attributes: Mapping[str, Any]) -> list[str]:
    """The schedule as cron expressions."""
    if attributes.get("cronString"):
        return [str(attributes["cronString"])]
    frequency = attributes.get("frequency")
    if frequency == "yearly":
        return [f"{at.minute} {at.hour} {at.day} {at.month} *" for at in _times(attributes.get("yearlyTimes"))]
    times = _times(attributes.get("weeklyTimes"))
    if frequency == "daily":
        return [f"{at.minute} {at.hour} * * *" for at in times]
    if frequency == "monthly":
        return [f"{at.minute} {at.hour} {at.day} * *" for at in times]
    if frequency == "weekly":
        days = ",".join(str(_DAYS.index(str(day).lower())) for day in attributes.get("weeklyDays") or ())
        return [f"{at.minute} {at.hour} * * {days}" for at in times] if days else []
    return []


def _times(texts: Any) -> list[datetime]:
    found = []
    for text in texts or ():
        if (at := instant(text)) is None:
            raise ValueError(f"bad time {text!r}")
        found.append(at)
    return found
