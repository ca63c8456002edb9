"""The functions of the expression language, by name: how many arguments they take and what they answer.

https://developer.okta.com/docs/reference/okta-expression-language/#functions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulators.kernel.patterns import compiled
from simulators.kernel.times import iso, parse_instant
from simulators.okta.domain import joda
from simulators.okta.domain.countries import country

MOST_TEXT, MOST_ITEMS = 10_000, 1000


class TooLarge(ValueError):
    """A value that grows out of bounds."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A function and the least and most arguments it takes; no most means any number."""

    run: Callable[..., Any]
    least: int
    most: int | None

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many."""
        return self.least <= count and (self.most is None or count <= self.most)


def text(value: Any) -> str:
    """A value as text: nothing for null, truth values in small letters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(text, value))
    return str(value)


def bounded(value: Any) -> Any:
    """The value. Raises TooLarge for one out of bounds."""
    if (isinstance(value, str) and len(value) > MOST_TEXT) or (isinstance(value, tuple) and len(value) > MOST_ITEMS):
        raise TooLarge()
    return value


def _items(value: Any) -> tuple[Any, ...]:
    return () if value is None else tuple(value) if isinstance(value, list | tuple) else (value,)


def _substring(value: Any, start: Any, end: Any = None) -> str:
    whole = text(value)
    first, last = int(start), len(whole) if end is None else int(end)
    if not 0 <= first <= last <= len(whole):
        raise ValueError("outside of the text")
    return whole[first:last]


def _replace(value: Any, old: Any, new: Any, count: int = -1) -> str:
    whole, part = text(value), text(old)
    if len(whole) + whole.count(part) * len(text(new)) > 2 * MOST_TEXT:
        raise TooLarge()
    return whole.replace(part, text(new), count)


def _switch(value: Any, default: Any, *pairs: Any) -> Any:
    for key, result in zip(pairs[::2], pairs[1::2], strict=False):
        if text(key) in text(value):
            return result
    return default


def _flatten(*values: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    for value in values:
        found.extend(_flatten(*value) if isinstance(value, list | tuple) else (value,))
    return tuple(found)


def _to_int(value: Any) -> int:
    number = float(text(value)[:30])
    if abs(number) > 2**31:
        raise ValueError("out of range")
    return int(number + 0.5) if number >= 0 else -int(-number + 0.5)


def _coded(place: int) -> Callable[[Any], str | None]:
    def convert(code: Any) -> str | None:
        row = country(text(code))
        return None if row is None else row[place]

    return convert


def _instant(value: Any) -> datetime:
    return parse_instant(text(value)[:40])


def _contains(value: Any, part: Any) -> bool:
    return value is not None and text(part) in text(value)


_STRING: dict[str, Signature] = {
    "append": Signature(lambda value, more: text(value) + text(more), 2, 2),
    "join": Signature(lambda mark, *parts: text(mark).join(map(text, parts)), 1, None),
    "len": Signature(lambda value: len(text(value)), 1, 1),
    "removeSpaces": Signature(lambda value: "".join(text(value).split(" ")), 1, 1),
    "replace": Signature(_replace, 3, 3),
    "replaceFirst": Signature(lambda value, old, new: _replace(value, old, new, 1), 3, 3),
    "stringContains": Signature(_contains, 2, 2),
    "stringSwitch": Signature(_switch, 2, None),
    "startsWith": Signature(lambda value, start: value is not None and text(value).startswith(text(start)), 2, 2),
    "endsWith": Signature(lambda value, end: value is not None and text(value).endswith(text(end)), 2, 2),
    "substring": Signature(_substring, 2, 3),
    "substringAfter": Signature(lambda value, mark: text(value).partition(text(mark) or "\0")[2], 2, 2),
    "substringBefore": Signature(lambda value, mark: text(value).partition(text(mark) or "\0")[0], 2, 2),
    "toUpperCase": Signature(lambda value: text(value).upper(), 1, 1),
    "toLowerCase": Signature(lambda value: text(value).lower(), 1, 1),
    "trim": Signature(lambda value: text(value).strip(), 1, 1),
}
_ARRAYS: dict[str, Signature] = {
    "add": Signature(lambda values, value: (*_items(values), value), 2, 2),
    "remove": Signature(lambda values, value: tuple(item for item in _items(values) if item != value), 2, 2),
    "clear": Signature(lambda values: (), 1, 1),
    "get": Signature(lambda values, place: _items(values)[int(place)] if int(place) >= 0 else None, 2, 2),
    "flatten": Signature(_flatten, 0, None),
    "contains": Signature(lambda values, value: value in _items(values), 2, 2),
    "size": Signature(lambda values: len(_items(values)), 1, 1),
    "isEmpty": Signature(lambda values: not _items(values), 1, 1),
    "toCsvString": Signature(lambda values: ",".join(map(text, _items(values))), 1, 1),
}
_TIME: dict[str, Signature] = {
    "fromWindowsToIso8601": Signature(lambda value: iso(joda.from_windows(text(value))), 1, 1),
    "fromUnixToIso8601": Signature(lambda value: iso(joda.from_unix(text(value))), 1, 1),
    "fromStringToIso8601": Signature(lambda value, form: iso(joda.read(text(value), text(form))), 2, 2),
    "fromIso8601ToWindows": Signature(lambda value: joda.to_windows(_instant(value)), 1, 1),
    "fromIso8601ToUnix": Signature(lambda value: joda.to_unix(_instant(value)), 1, 1),
    "fromIso8601ToString": Signature(lambda value, form: joda.told(_instant(value).astimezone(UTC), text(form)), 2, 2),
}
_DEPRECATED = ("toUpperCase", "toLowerCase", "substringBefore", "substringAfter", "substring")
# functions of their arguments alone
FUNCTIONS: dict[str, Signature] = {
    **{f"String.{name}": row for name, row in _STRING.items()},
    **{f"Arrays.{name}": row for name, row in _ARRAYS.items()},
    **{f"Time.{name}": row for name, row in _TIME.items()},
    "Convert.toInt": Signature(_to_int, 1, 1),
    "Convert.toNum": Signature(lambda value: float(text(value)[:30]), 1, 1),
    **{f"Iso3166Convert.{name}": Signature(_coded(place), 1, 1)
       for place, name in enumerate(("toAlpha2", "toAlpha3", "toNumeric", "toName"))},
    **{name: _STRING[name] for name in _DEPRECATED},
}  # fmt: skip
# what stands behind a dot: the value comes first
METHODS: dict[str, Signature] = {
    **{name: _STRING[name] for name in (*_DEPRECATED, "removeSpaces", "replace", "replaceFirst", "startsWith", "trim")},
    **{name: _STRING[name] for name in ("len", "endsWith")},
    "length": _STRING["len"],
    "contains": Signature(
        lambda value, part: part in value if isinstance(value, list | tuple) else _contains(value, part), 2, 2
    ),
    "size": _ARRAYS["size"],
    "isEmpty": Signature(lambda value: not value, 1, 1),
    "flatten": Signature(lambda value: _flatten(value), 1, 1),
}

Held = Mapping[str, str]


def _any_name(check: Callable[[str, str], bool]) -> Callable[[Held, Any], bool]:
    return lambda held, asked: isinstance(asked, str) and any(check(name, asked) for name in held.values())


def _fits(name: str, pattern: str) -> bool:
    return compiled(pattern).fits(name)


def _listed(check: Callable[[str, str], bool]) -> Callable[..., tuple[str, ...]]:
    def names(held: Held, source: Any, part: Any, limit: Any) -> tuple[str, ...]:
        if text(source).upper() not in ("OKTA", ""):
            return ()
        found = sorted(name for name in held.values() if check(name, text(part)))
        return tuple(found[: min(int(limit), 100)])

    return names


def _filtered(held: Held, ids: Any, shown: Any, limit: Any = 100) -> tuple[str, ...]:
    wanted = [id for id in _items(ids) if id in held]
    rows = [held[id] if text(shown) == "group.name" else id for id in wanted]
    return tuple(rows[: min(int(limit), 100)])


# functions of the person's groups, which come first as ids and names
GROUP_FUNCTIONS: dict[str, Signature] = {
    "isMemberOfGroup": Signature(lambda held, asked: asked in held, 1, 1),
    "isMemberOfAnyGroup": Signature(
        lambda held, *asked: any(one in held or one in held.values() for one in _flatten(*asked)), 1, None
    ),
    "isMemberOfGroupName": Signature(lambda held, asked: asked in held.values(), 1, 1),
    "isMemberOfGroupNameStartsWith": Signature(_any_name(str.startswith), 1, 1),
    "isMemberOfGroupNameContains": Signature(_any_name(str.__contains__), 1, 1),
    "isMemberOfGroupNameRegex": Signature(_any_name(_fits), 1, 1),
    "Groups.contains": Signature(_listed(str.__contains__), 3, 3),
    "Groups.startsWith": Signature(_listed(str.startswith), 3, 3),
    "Groups.endsWith": Signature(_listed(str.endswith), 3, 3),
    "getFilteredGroups": Signature(_filtered, 2, 3),
}
# functions of the person; an org without directory or HR integration has nobody to answer with
PERSON_FUNCTIONS: dict[str, Signature] = {
    "hasDirectoryUser": Signature(lambda subject: False, 0, 0),
    "hasWorkdayUser": Signature(lambda subject: False, 0, 0),
    "findDirectoryUser": Signature(lambda subject: None, 0, 0),
    "findWorkdayUser": Signature(lambda subject: None, 0, 0),
    "getManagerUser": Signature(lambda subject, source: None, 1, 1),
    "getManagerAppUser": Signature(lambda subject, source, end: None, 2, 2),
    "getAssistantUser": Signature(lambda subject, source: None, 1, 1),
    "getAssistantAppUser": Signature(lambda subject, source, end: None, 2, 2),
    "Time.now": Signature(lambda subject, zone=None, form=None: _now(subject.now, zone, form), 0, 2),
}


def _now(at: datetime | None, zone: Any, form: Any) -> str | None:
    if at is None:
        return None
    local = at.astimezone(joda.zone(text(zone)) if zone is not None else UTC)
    if form is not None:
        return joda.told(local, text(form))
    return iso(at) if zone is None else local.isoformat(timespec="milliseconds")
