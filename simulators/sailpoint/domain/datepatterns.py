"""Dates in the patterns of Java's SimpleDateFormat, and the names transforms have for some of them.

https://developer.sailpoint.com/docs/extensibility/transforms/operations/date-format
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from simulators.kernel.times import iso
from simulators.sailpoint.domain.times import instant, moved

_NAMED = {"LDAP": "yyyyMMddHHmmss.Z", "PEOPLE_SOFT": "MM/dd/yyyy"}
_EPOCH, _EPOCH_WIN32 = datetime(1970, 1, 1, tzinfo=UTC), datetime(1601, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NUMBERS = {
    "y": "year", "M": "month", "d": "day", "H": "hour", "h": "hour12", "m": "minute", "s": "second", "S": "fraction",
}  # fmt: skip


def _tokens(pattern: str) -> list[tuple[str, str]]:
    """(letter, run) of each field, ("", text) of what stands for itself."""
    found = []
    for match in _TOKEN.finditer(pattern):
        if match[2]:
            found.append((match[2], match[0]))
        else:
            found.append(("", match[0] if match[1] is None else match[1].replace("''", "'") or "'"))
    return found


def _field(at: datetime, letter: str, run: str) -> str:
    width = len(run)
    if letter == "y":
        return f"{at.year:04d}" if width != 2 else f"{at.year % 100:02d}"
    if letter == "M" and width > 2:
        return _MONTHS[at.month - 1][: None if width > 3 else 3]
    if letter == "E":
        return _DAYS[at.weekday()][: None if width > 3 else 3]
    if letter in "zXZ":
        return {"z": "UTC", "X": "Z", "Z": "+0000"}[letter]
    if letter == "a":
        return "AM" if at.hour < 12 else "PM"
    plain = {
        "M": at.month,
        "d": at.day,
        "H": at.hour,
        "h": at.hour % 12 or 12,
        "m": at.minute,
        "s": at.second,
        "S": at.microsecond // 1000,
    }
    if letter not in plain:
        raise ValueError(f"Illegal pattern character '{letter}'")
    return f"{plain[letter]:0{min(width, 9)}d}"


def date_text(at: datetime, pattern: str) -> str:
    """An instant in a pattern or a named format.

    >>> date_text(datetime(1975, 4, 1, 15, tzinfo=UTC), "MMM d yyyy, h 'o''clock' a")
    "Apr 1 1975, 3 o'clock PM"
    """
    at = at.astimezone(UTC)
    if pattern == "ISO8601":
        return iso(at)
    if pattern == "EPOCH_TIME_JAVA":
        return str((at - _EPOCH) // timedelta(milliseconds=1))
    if pattern == "EPOCH_TIME_WIN32":
        return str((at - _EPOCH_WIN32) // timedelta(microseconds=1) * 10)
    parts = _tokens(_NAMED.get(pattern, pattern))
    return "".join(_field(at, letter, run) if letter else run for letter, run in parts)


@lru_cache(maxsize=256)
def _reader(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for letter, run in _tokens(pattern):
        name = _NUMBERS.get(letter, "")
        if not letter:
            parts.append(re.escape(run))
        elif letter in seen:
            raise ValueError(f"the pattern {pattern!r} names {letter!r} twice")
        elif letter == "M" and len(run) > 2:
            parts.append("(?P<monthname>[A-Za-z]+)")
        elif name:
            most = 4 if letter == "y" else 9 if letter == "S" else 2
            # Fields that stand side by side have the width of their letters.
            exact = len(run) if len(run) > 1 else None
            parts.append(rf"(?P<{name}>\d{{{exact}}})" if exact else rf"(?P<{name}>\d{{1,{most}}})")
        elif letter == "E":
            parts.append("[A-Za-z]+")
        elif letter == "a":
            parts.append("(?P<half>[AaPp][Mm])")
        elif letter in "zXZ":
            parts.append(r"(?P<zone>(?:\d+)?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))")
        else:
            raise ValueError(f"Illegal pattern character '{letter}'")
        seen.update(letter)
    return re.compile("".join(parts))


def date_read(value: object, pattern: str) -> datetime:
    """The instant a value names in a pattern or a named format; without a zone it is UTC. Raises ValueError.

    >>> date_read("4/1/1975", "M/d/yyyy").isoformat()
    '1975-04-01T00:00:00+00:00'
    """
    text = str(value).strip()
    if pattern == "ISO8601":
        found = instant(text)
        if found is None:
            raise ValueError(f'Unparseable date: "{text[:40]}"')
        return found
    try:
        if pattern == "EPOCH_TIME_JAVA":
            return _EPOCH + timedelta(milliseconds=int(text))
        if pattern == "EPOCH_TIME_WIN32":
            return _EPOCH_WIN32 + timedelta(microseconds=int(text) // 10)
        match = _reader(_NAMED.get(pattern, pattern)).match(text)
        if match is None:
            raise ValueError
        return _assembled(match.groupdict())
    except (ValueError, OverflowError) as error:
        raise ValueError(f'Unparseable date: "{text[:40]}"') from error


def _assembled(parts: dict[str, str | None]) -> datetime:
    def number(name: str, default: int) -> int:
        return int(parts.get(name) or default)

    year, month, hour = number("year", 1970), number("month", 1), number("hour", 0)
    if len(parts.get("year") or "") == 2:
        year += 2000 if year < 50 else 1900
    if word := parts.get("monthname"):
        month = [name[:3].lower() for name in _MONTHS].index(word[:3].lower()) + 1
    if parts.get("hour12"):
        hour = number("hour12", 0) % 12 + (12 if (parts.get("half") or "").lower() == "pm" else 0)
    fraction = f"{parts.get('fraction') or '0':0<3}"[:3]
    at = datetime(
        year,
        month,
        number("day", 1),
        hour,
        number("minute", 0),
        number("second", 0),
        int(fraction) * 1000,
        tzinfo=_zone(parts.get("zone")),
    )
    return at.astimezone(UTC)


def _zone(text: str | None) -> timezone:
    match = re.search(r"([+-])(\d\d):?(\d\d)?$", text or "")
    if match is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(offset if match[1] == "+" else -offset)


_STEP = re.compile(r"([+-])(\d{1,6})([yMwdhms])|/([yMdhms])")
_MATH = re.compile(r"(now)?(?:[+-]\d{1,6}[yMwdhms]|/[yMdhms])*")
_FLOORS = ("y", "M", "d", "h", "m", "s")
_FIRST = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}


def date_math(start: datetime, expression: str, round_up: bool = False) -> datetime:
    """`start` moved and rounded step by step. Rounding up adds one unit; a week cannot be rounded to.

    Raises ValueError.

    >>> date_math(datetime(2026, 3, 2, 5, tzinfo=UTC), "now+1d/d", True).isoformat()
    '2026-03-04T00:00:00+00:00'
    """
    if not _MATH.fullmatch(expression):
        raise ValueError(f"the expression {expression!r} cannot be read")
    at = start
    try:
        for sign, amount, unit, floor in _STEP.findall(expression):
            if floor:
                at = at.replace(**dict(list(_FIRST.items())[_FLOORS.index(floor) :]))  # type: ignore[arg-type]
                at = moved(at, 1, floor) if round_up else at
            else:
                at = moved(at, int(amount) * (1 if sign == "+" else -1), unit)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"the expression {expression!r} leaves the calendar") from error
    return at
