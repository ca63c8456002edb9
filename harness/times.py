"""Instants, durations and local midnights as the harness computes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


def parse_duration(text: str) -> timedelta:
    """Length of an ISO 8601 duration. Raises ValueError.

    >>> parse_duration("P1DT2H")
    datetime.timedelta(days=1, seconds=7200)
    """
    match = _DURATION.match(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"the duration {text!r} is not ISO 8601; write for example PT15M")
    days, hours, minutes, secs = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=secs)


def parse_instant(text: str) -> datetime:
    """Instant of an ISO 8601 text with a zone. Raises ValueError without one."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return at.astimezone(UTC)


def midnight(day: date, zone: str) -> datetime:
    """The instant at which `day` begins in a time zone.

    >>> midnight(date(2026, 3, 3), "Pacific/Auckland").isoformat()
    '2026-03-02T11:00:00+00:00'
    """
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def next_wall_time(after: datetime, zone: str, hours: tuple[int, ...]) -> datetime:
    """The next instant after `after` at which the wall clock of `zone` shows one of the full hours."""
    local = after.astimezone(ZoneInfo(zone))
    days = (local.date(), local.date() + timedelta(days=1))
    coming = (datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC) for day in days for hour in hours)
    return min(at for at in coming if at > after)
