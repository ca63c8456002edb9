"""Dates in the words of campaign templates: placeholders in names, and periods with months and years.

https://developer.sailpoint.com/docs/api/start-generate-campaign-template
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

_PLACEHOLDER = re.compile(r"%([A-Za-z%])")
_PERIOD = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?"
)
_WORDS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04d}",
    "y": lambda at: f"{at.year % 100:02d}",
    "C": lambda at: f"{at.year // 100:02d}",
    "B": lambda at: at.strftime("%B"),
    "b": lambda at: at.strftime("%b"),
    "h": lambda at: at.strftime("%b"),
    "m": lambda at: f"{at.month:02d}",
    "d": lambda at: f"{at.day:02d}",
    "e": lambda at: str(at.day),
    "j": lambda at: at.strftime("%j"),
    "A": lambda at: at.strftime("%A"),
    "a": lambda at: at.strftime("%a"),
    "H": lambda at: f"{at.hour:02d}",
    "k": lambda at: str(at.hour),
    "I": lambda at: at.strftime("%I"),
    "l": lambda at: str(at.hour % 12 or 12),
    "M": lambda at: f"{at.minute:02d}",
    "S": lambda at: f"{at.second:02d}",
    "L": lambda at: f"{at.microsecond // 1000:03d}",
    "N": lambda at: f"{at.microsecond * 1000:09d}",
    "p": lambda at: "am" if at.hour < 12 else "pm",
    "z": lambda at: "+0000",
    "Z": lambda at: "UTC",
    "s": lambda at: str(int(at.timestamp())),
    "Q": lambda at: str(int(at.timestamp() * 1000)),
    "R": lambda at: at.strftime("%H:%M"),
    "T": lambda at: at.strftime("%H:%M:%S"),
    "r": lambda at: at.strftime("%I:%M:%S %p"),
    "D": lambda at: at.strftime("%m/%d/%y"),
    "F": lambda at: at.strftime("%Y-%m-%d"),
    "c": lambda at: at.strftime("%a %b %d %H:%M:%S UTC %Y"),
    "%": lambda at: "%",
}


def dated(text: str, at: datetime) -> str:
    """A text with its placeholders replaced; an unknown placeholder stays.

    >>> from datetime import UTC
    >>> dated("Review %Y-%m, %q", datetime(2026, 3, 2, tzinfo=UTC))
    'Review 2026-03, %q'
    """
    return _PLACEHOLDER.sub(lambda found: _WORDS[found[1]](at) if found[1] in _WORDS else found[0], text)


def period(text: str) -> tuple[int, timedelta] | None:
    """An ISO 8601 duration as months and the rest; None for what is none.

    >>> period("P1M"), period("P2W"), period("P"), period("soon")
    ((1, datetime.timedelta(0)), (0, datetime.timedelta(days=14)), None, None)
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return years * 12 + months, rest


def after(at: datetime, length: tuple[int, timedelta]) -> datetime | None:
    """An instant plus a period, at most to the end of the target month; None beyond the calendar.

    >>> from datetime import UTC
    >>> after(datetime(2026, 1, 31, tzinfo=UTC), (1, timedelta())).day
    28
    """
    months, rest = length
    years, month = divmod(at.month - 1 + months, 12)
    try:
        first = at.replace(year=at.year + years, month=month + 1, day=1)
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return first.replace(day=min(at.day, last.day)) + rest
    except (ValueError, OverflowError):
        return None
