"""Times in the patterns of Joda-Time, and the zones they may be told in.

https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_WINDOWS = datetime(1601, 1, 1, tzinfo=UTC)
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def zone(name: str) -> tzinfo:
    """A time zone by its id. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name[:40]!r}") from None


def told(at: datetime, pattern: str) -> str:
    """A time in a pattern. Raises ValueError for letters that mean nothing.

    >>> told(datetime(2026, 3, 2, 14, 5, tzinfo=UTC), "EEE d MMM yyyy, h:mm a")
    'Mon 2 Mar 2026, 2:05 PM'
    """
    return "".join(text if literal else _field(at, text) for literal, text in _tokens(pattern))


def read(text: str, pattern: str) -> datetime:
    """The time that a text in a pattern means, in UTC unless it says otherwise. Raises ValueError.

    >>> read("02/03/2026 14:05", "dd/MM/yyyy HH:mm").isoformat()
    '2026-03-02T14:05:00+00:00'
    """
    found: dict[str, int] = {"y": 1970, "M": 1, "d": 1}
    offset = timedelta()
    for literal, token in _tokens(pattern):
        if literal:
            if not text.startswith(token):
                raise ValueError("the text does not follow its pattern")
            text = text[len(token) :]
        elif token[0] == "Z":
            offset, text = _offset(text)
        elif token[0] in "MEa" and (token[0] != "M" or len(token) > 2):
            names = {"M": _MONTHS, "E": _DAYS, "a": ["AM", "PM"]}[token[0]]
            found[token[0]], text = _name(text, names, len(token) > 3 or token[0] == "a")
        else:
            least_digits = len(token) if len(token) > 1 else 4 if token[0] in "yY" else 2
            digits = text[: min(least_digits, _leading_digits(text))]
            found[token[0].replace("Y", "y")], text = int(digits), text[len(digits) :]
    if text:
        raise ValueError("the text is longer than its pattern")
    hour = found.get("H", found.get("h", 0) % 12 + (12 if found.get("a") == 2 else 0))
    at = datetime(found["y"], found["M"], found["d"], hour, found.get("m", 0), found.get("s", 0), tzinfo=UTC)
    return at + timedelta(milliseconds=found.get("S", 0)) - offset


def from_windows(text: str) -> datetime:
    """A count of 100 nanoseconds since 1601. Raises ValueError."""
    return _WINDOWS + timedelta(microseconds=int(text[:20]) // 10)


def to_windows(at: datetime) -> str:
    """The same the other way."""
    return str((at - _WINDOWS) // timedelta(microseconds=1) * 10)


def from_unix(text: str) -> datetime:
    """Seconds since 1970. Raises ValueError."""
    return _UNIX + timedelta(seconds=int(text[:12]))


def to_unix(at: datetime) -> str:
    """The same the other way."""
    return str((at - _UNIX) // timedelta(seconds=1))


@lru_cache(maxsize=256)
def _tokens(pattern: str) -> tuple[tuple[bool, str], ...]:
    """The pattern in pieces: letters of one field, or text (true), which quotes mark where it has letters."""
    pieces: list[tuple[bool, str]] = []
    for number, part in enumerate(pattern[:200].split("'")):
        if number % 2:
            pieces.append((True, part or "'"))
            continue
        for letter, run in groupby(part):
            text = "".join(run)
            if letter.isalpha() and letter not in "yYMdDHhmsSaEZ":
                raise ValueError(f"no field {letter!r}")
            pieces.append((not letter.isalpha(), text))
    return tuple(pieces)


def _field(at: datetime, token: str) -> str:
    letter, width = token[0], len(token)
    if letter in "yY":
        return f"{at.year % 100:02}" if width == 2 else f"{at.year:0{width}}"
    if letter == "M" and width > 2:
        return _MONTHS[at.month - 1][: 3 if width == 3 else None]
    if letter == "E":
        return _DAYS[at.weekday()][: 3 if width < 4 else None]
    if letter == "a":
        return "AM" if at.hour < 12 else "PM"
    if letter == "S":
        return f"{at.microsecond:06}".ljust(width, "0")[:width]
    if letter == "Z":
        seconds = int((at.utcoffset() or timedelta()).total_seconds())
        sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
        return f"{sign}{minutes // 60:02}{':' if width > 1 else ''}{minutes % 60:02}"
    values = {
        "M": at.month, "d": at.day, "D": at.timetuple().tm_yday, "H": at.hour, "h": at.hour % 12 or 12,
        "m": at.minute, "s": at.second,
    }  # fmt: skip
    return f"{values[letter]:0{width}}"


def _leading_digits(text: str) -> int:
    count = next((place for place, character in enumerate(text) if not character.isdigit()), len(text))
    if not count:
        raise ValueError("a number is expected")
    return count


def _name(text: str, names: list[str], whole: bool) -> tuple[int, str]:
    for number, name in enumerate(names, start=1):
        shown = name if whole else name[:3]
        if text.lower().startswith(shown.lower()):
            return number, text[len(shown) :]
    raise ValueError("a name is expected")


def _offset(text: str) -> tuple[timedelta, str]:
    if text.startswith("Z"):
        return timedelta(), text[1:]
    sign, digits = text[:1], text[1:6].replace(":", "")[:4]
    if sign not in "+-" or len(digits) != 4:
        raise ValueError("an offset is expected")
    used = 6 if text[3:4] == ":" else 5
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return (-offset if sign == "-" else offset), text[used:]
