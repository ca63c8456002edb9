"""Instants and their texts. Simulated systems hold aware UTC datetimes and speak ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$")


@lru_cache(maxsize=1024)
def iso(at: datetime) -> str:
    """`at` with milliseconds and Z.

    >>> iso(datetime(2026, 3, 2, 14, tzinfo=UTC))
    '2026-03-02T14:00:00.000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_instant(text: str) -> datetime:
    """The instant that an ISO 8601 text with a zone names. Raises ValueError, also when the zone is missing.

    >>> parse_instant("2026-03-02T14:00:00Z").hour
    14
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"the instant {text!r} is not ISO 8601; write for example 2026-03-02T14:00:00Z") from None
    if at.tzinfo is None:
        raise ValueError(f"the instant {text!r} has no time zone; end it with Z")
    return at.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """The length of an ISO 8601 duration in weeks, days, hours, minutes, seconds. Raises ValueError.

    >>> parse_duration("PT4H").total_seconds()
    14400.0
    """
    match = _DURATION.match(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"the duration {text!r} is not ISO 8601; write for example PT15M or P1D")
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
