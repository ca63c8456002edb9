"""Dates in search queries: what span of time a text names, `now` arithmetic and rounding included.

https://www.elastic.co/guide/en/elasticsearch/reference/5.2/common-options.html (date math)
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from simulators.sailpoint.domain.times import moved, zone

# First instant of the span, first instant behind it.
Span = tuple[datetime, datetime]

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?(Z|[+-]\d\d:?\d\d)?"
)
_STEPS = re.compile(r"(?:([+-]\d{1,9}|/)([yMwdhHms]))*")
_STEP = re.compile(r"([+-]\d{1,9}|/)([yMwdhHms])")
_INSTANT = timedelta(milliseconds=1)
# Which part of a written date is the last one, by how many parts there are.
_UNITS = "yMdhms"


@lru_cache(maxsize=1024)
def span(text: str, now: datetime, zone_name: str) -> Span | None:
    """The span that `text` names: a year, a day, an instant, or `now` and a date moved and rounded.

    None when it names none.

    >>> from datetime import UTC
    >>> first, behind = span("2026-03", datetime(2026, 3, 2, tzinfo=UTC), "UTC")
    >>> first.isoformat(), behind.isoformat()
    ('2026-03-01T00:00:00+00:00', '2026-04-01T00:00:00+00:00')
    """
    start, steps = ("now", text[3:]) if text.startswith("now") else (*text.split("||", 1), "")[:2]
    try:
        found = (now, now + _INSTANT) if start == "now" else _written(start, zone_name)
        if found is None or _STEPS.fullmatch(steps) is None:
            return None
        for amount, unit in _STEP.findall(steps):
            if amount == "/":
                found = _rounded(found[0], unit, zone_name)
            else:
                found = moved(found[0], int(amount), unit), moved(found[1], int(amount), unit)
    except (ValueError, OverflowError):
        return None
    return found


def _written(text: str, zone_name: str) -> Span | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    parts = [int(part) for part in match.groups()[:6] if part is not None]
    month, day, hour, minute, second = (*parts[1:], *(1, 1, 0, 0, 0)[len(parts) - 1 :])
    local = zone(zone_name)
    offset = match[8]
    if offset is not None:
        text_offset = "+0000" if offset == "Z" else offset.replace(":", "")
        parsed = datetime.strptime(text_offset, "%z").tzinfo
    else:
        parsed = local
    micro = int((match[7] or "0").ljust(6, "0")[:6])
    first = datetime(parts[0], month, day, hour, minute, second, micro, tzinfo=parsed)
    if match[7] is not None:
        return first, first + _INSTANT
    return first, moved(first, 1, _UNITS[len(parts) - 1])


def _rounded(at: datetime, unit: str, zone_name: str) -> Span:
    local = at.astimezone(zone(zone_name))
    start = local.replace(microsecond=0)
    for name, changes in (("m", {"second": 0}), ("h", {"minute": 0}), ("d", {"hour": 0})):
        if unit == "s" or (name == "m" and unit == "s"):
            break
        start = start.replace(**changes)  # type: ignore[arg-type]
        if unit in (name, name.upper()) and unit != "M":
            break
    if unit == "w":
        start -= timedelta(days=start.weekday())
    elif unit in "yM":
        start = start.replace(day=1, month=1 if unit == "y" else start.month)
    return start, moved(start, 1, unit)
