"""Local days, SailPoint's date arithmetic and patterns, Quartz-like schedules."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulators.kernel.times import iso, parse_instant

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "H": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The IANA time zone. Raises ValueError for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


@lru_cache(maxsize=16384)
def local_midnight(day: str, zone_name: str, days: int = 0) -> str:
    """The instant at which a local day begins, as ISO text. Raises ValueError for a day beyond the calendar's reach.

    >>> local_midnight("2026-03-02", "Pacific/Auckland")
    '2026-03-01T11:00:00.000Z'
    """
    try:
        start = date.fromisoformat(day) + timedelta(days=days)
        return iso(datetime(start.year, start.month, start.day, tzinfo=zone(zone_name)))
    except OverflowError:
        raise ValueError(f"the day {day} lies beyond the calendar's reach") from None


@lru_cache(maxsize=16384)
def local_instant(day: str, clock_time: str, zone_name: str) -> str:
    """The instant of a wall-clock time on a local day; 24:00 is the end of that day."""
    if clock_time in ("", "24:00"):
        return local_midnight(day, zone_name, 1)
    hour, minute = (int(part) for part in clock_time.split(":")[:2])
    at = date.fromisoformat(day)
    return iso(datetime(at.year, at.month, at.day, hour, minute, tzinfo=zone(zone_name)))


def instant(text: object) -> datetime | None:
    """The instant a value names: ISO text with a zone, a plain day (UTC), epoch milliseconds; None when it is none."""
    if not text:
        return None
    try:
        if isinstance(text, int | float):
            return datetime.fromtimestamp(text / 1000, UTC)
        word = str(text)
        if not word[0].isdigit():
            return None
        if len(word) == 10:
            return datetime.fromisoformat(word).replace(tzinfo=UTC)
        return parse_instant(word)
    except (ValueError, OverflowError, OSError):
        return None


def moved(at: datetime, amount: int, unit: str) -> datetime:
    """`at` moved by some units of date math; months and years end on a month's last day rather than behind it.

    >>> moved(datetime(2026, 1, 31, tzinfo=UTC), 1, "M").isoformat()
    '2026-02-28T00:00:00+00:00'
    """
    if unit not in "yM":
        return at + _UNITS[unit] * amount
    year, month = divmod(at.year * 12 + at.month - 1 + amount * (12 if unit == "y" else 1), 12)
    if not 1 <= year <= 9999:
        raise ValueError("beyond the calendar")
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=1024)
def next_time(expression: str, after: datetime, zone_name: str) -> datetime | None:
    """The first instant behind `after` that a cron expression names, local to a zone; None within a year: never.

    Five fields are Unix cron; six or seven are Quartz, whose first field is seconds. Months and weekdays may be named.
    """
    fields = expression.split()
    if len(fields) >= 6:
        fields[4], fields[5] = _numbered(fields[4], _MONTHS, 1), _numbered(fields[5], _WEEKDAYS, 1)
    seconds, minutes, hours, days, months, weekdays = (["0", *fields] if len(fields) == 5 else fields)[:6]
    wanted_minutes, wanted_hours = sorted(_field(minutes, 0, 59)), sorted(_field(hours, 0, 23))
    second = min(_field(seconds, 0, 59))
    local_zone = zone(zone_name)
    quartz = len(fields) > 5
    local = after.astimezone(local_zone)
    for offset in range(367):
        day = local.date() + timedelta(days=offset)
        number = day.isoweekday() % 7 + 1 if quartz else day.isoweekday() % 7
        if day.month not in _field(months, 1, 12) or day.day not in _field(days, 1, 31):
            continue
        if number not in _field(weekdays, 1 if quartz else 0, 7):
            continue
        for hour in wanted_hours:
            # An hour earlier is looked at too: zones set their clocks back.
            if offset == 0 and hour < local.hour - 1:
                continue
            for minute in wanted_minutes:
                at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=local_zone).astimezone(UTC)
                if at > after:
                    return at
    return None


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def _numbered(field: str, names: tuple[str, ...], first: int) -> str:
    """A field with numbers in place of names.

    >>> _numbered("MON-FRI", _WEEKDAYS, 1)
    '2-6'
    """
    return re.sub(
        r"[A-Za-z]{3}",
        lambda m: str(names.index(m[0].upper()) + first) if m[0].upper() in names else m[0],
        field,
    )


@lru_cache(maxsize=512)
def _field(text: str, low: int, high: int) -> frozenset[int]:
    """The numbers a cron field allows. Raises ValueError for one out of range.

    >>> sorted(_field("0/20", 0, 59)), sorted(_field("8,20", 0, 23))
    ([0, 20, 40], [8, 20])
    """
    numbers: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        numbers.update(_span(span, bool(step), low, high, int(step or 1)))
    if not numbers or min(numbers) < low or max(numbers) > high:
        raise ValueError(f"bad schedule field {text!r}")
    return frozenset(numbers)


def _span(span: str, stepped: bool, low: int, high: int, step: int) -> Iterable[int]:
    if span in ("*", "?"):
        return range(low, high + 1, step)
    if "-" in span:
        first, last = span.split("-")
        return range(int(first), int(last) + 1, step)
    return range(int(span), high + 1, step) if stepped else (int(span),)
