"""Search queries as values, and whether a document meets one (SailPoint help, building a search query).

Text is compared without case and word by word; what a field ending in `.exact` holds is neither cut nor folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain import search_text as text
from simulators.sailpoint.domain.search_dates import span
from simulators.sailpoint.domain.times import instant

EXACT = ".exact"


@dataclass(frozen=True, slots=True)
class Term:
    """`field:value`; no field means anywhere. The value's words stand in a row, or are the whole value."""

    field: str
    value: str
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """`field:va*e`: a word or the whole value meets a wildcard pattern; a bracketed character is itself."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Start:
    """The value's words stand in a row, the last of them begun only."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Near:
    """A word within some edits (`term~1`), or words within some moves of a row (`"two words"~3`)."""

    field: str
    value: str
    edits: int
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Holds:
    """The field has a value (`_exists_:field`)."""

    field: str


@dataclass(frozen=True, slots=True)
class Range:
    """`field:[low TO high]`; `*` is open, dates may be computed from now and mean what they do in `zone`."""

    field: str
    low: str
    high: str
    include_low: bool = True
    include_high: bool = True
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class All:
    """Every part matches; no part means every document."""

    parts: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least `least` parts match."""

    parts: tuple[Query, ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not match."""

    part: Query


@dataclass(frozen=True, slots=True)
class Within:
    """One entry of a nested list (`@accounts`, `@access`) matches the part."""

    list: str
    part: Query


Query = Term | Pattern | Start | Near | Holds | Range | All | Some | Without | Within


def required(query: Query) -> Iterator[Term]:
    """Terms that every match has: where an index may start."""
    match query:
        case Term() if query.field:
            yield query
        case All(parts):
            for part in parts:
                yield from required(part)
        case Some((part,)):
            yield from required(part)


def fields(query: Query) -> set[str]:
    """The fields that a query names, those within a list behind its name."""
    match query:
        case All(parts) | Some(parts):
            return {name for part in parts for name in fields(part)}
        case Without(part):
            return fields(part)
        case Within(name, part):
            return {f"{name}.{one}" for one in fields(part)}
    return {query.field}


def ranges(query: Query) -> Iterator[Range]:
    """Ranges that every match lies in."""
    match query:
        case Range():
            yield query
        case All(parts):
            for part in parts:
                yield from ranges(part)


def matches(query: Query, document: Mapping[str, Any], now: datetime) -> bool:
    """Whether a document meets a query."""
    match query:
        case Term(field, value):
            want = value.lower()
            run = text.words(want)
            return any(_term(one, value, want, run, field, now) for one in _seen(document, field))
        case All(parts):
            return all(matches(part, document, now) for part in parts)
        case Some(parts, 1):
            return any(matches(part, document, now) for part in parts)
        case Some(parts, least):
            return sum(matches(part, document, now) for part in parts) >= least
        case Without(part):
            return not matches(part, document, now)
        case Within(name, part):
            return any(isinstance(one, Mapping) and matches(part, one, now) for one in entries(document, name))
        case Range():
            return any(_in_range(value, query, now) for value in _seen(document, query.field))
        case Holds(field):
            return any(one not in (None, "") for one in held(document, field))
        case Pattern(field, value):
            return any(_pattern(one, value, field) for one in _seen(document, field))
        case Start(field, value):
            run = text.words(value.lower())
            return any(one is not None and text.has_start(text.folded(one), run) for one in _seen(document, field))
        case Near():
            return any(_near(one, query) for one in _seen(document, query.field))
    raise TypeError(f"not a query: {query!r}")


def entries(document: Mapping[str, Any], path: str) -> Iterator[Any]:
    """The entries of a nested list under a dotted path."""
    head, _, rest = path.partition(".")
    found = document.get(head)
    for one in found if isinstance(found, list | tuple) else (found,):
        if not rest:
            yield one
        elif isinstance(one, Mapping):
            yield from entries(one, rest)


def values_at(document: Any, path: str) -> Iterator[Any]:
    """The plain values under a dotted path; lists are walked."""
    if isinstance(document, list | tuple):
        for entry in document:
            yield from values_at(entry, path)
        return
    if not path:
        if isinstance(document, Mapping):
            yield from (value for value in document.values() if not isinstance(value, Mapping | list | tuple))
        else:
            yield document
        return
    if isinstance(document, Mapping):
        if path in document:
            yield from values_at(document[path], "")
            return
        head, _, rest = path.partition(".")
        if head == "*":
            for value in document.values():
                yield from values_at(value, rest)
        elif head in document:
            yield from values_at(document[head], rest)


def _seen(document: Mapping[str, Any], field: str) -> Iterable[Any]:
    return values_at(document, field.removesuffix(EXACT)) if field else leaves(document)


def held(document: Any, field: str) -> Iterator[Any]:
    """What stands under a path, be it a value, an object or a list that is not empty."""
    head, _, rest = field.removesuffix(EXACT).partition(".")
    for one in document if isinstance(document, list | tuple) else (document,):
        if isinstance(one, Mapping) and head in one:
            if rest:
                yield from held(one[head], rest)
            elif one[head] not in ([], {}, ()):
                yield one[head]


def leaves(document: Any) -> list[Any]:
    """The plain values anywhere in a document."""
    found, open_ = list[Any](), [document]
    while open_:
        one = open_.pop()
        kind = type(one)
        if kind is dict:
            open_ += one.values()
        elif kind is list or kind is tuple:
            open_ += one
        elif isinstance(one, Mapping):
            open_ += [value for _, value in one.items()]
        else:
            found.append(one)
    return found


def _term(value: Any, wanted: str, want: str, run: tuple[str, ...], field: str, now: datetime) -> bool:
    """Whether a value meets a term, given also without case (`want`) and cut into words (`run`)."""
    if value is None:
        return False
    if field.endswith(EXACT):
        return text.cased(value) == wanted
    have = text.folded(value)
    # Most values are passed over without being cut into words.
    if have == want or (run and run[0] in have and text.has_run(text.words(have), run)):
        return True
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text.number(wanted) == value
    return (
        wanted[:1].isdigit()
        and "-" in wanted
        and instant(value) is not None
        and _in_range(value, Range(field, wanted, wanted), now)
    )


def _pattern(value: Any, wanted: str, field: str) -> bool:
    if value is None:
        return False
    if field.endswith(EXACT):
        return text.pattern(wanted).match(text.cased(value)) is not None
    return text.has_pattern(text.folded(value), wanted.lower())


def _near(value: Any, wanted: Near) -> bool:
    if value is None:
        return False
    if wanted.phrase:
        return text.has_near(text.words(text.folded(value)), text.words(wanted.value.lower()), wanted.edits)
    return text.has_like(text.folded(value), wanted.value.lower(), wanted.edits)


def _in_range(value: Any, wanted: Range, now: datetime) -> bool:
    if value in (None, ""):
        return False
    ends = ((wanted.low, wanted.include_low, True), (wanted.high, wanted.include_high, False))
    return all(bound == "*" or _beyond(value, bound, include, low, wanted.zone, now) for bound, include, low in ends)


def _beyond(value: Any, bound: str, include: bool, low: bool, zone_name: str, now: datetime) -> bool:
    """Whether a value lies on the right side of one bound. A bound that names a span is passed as a whole."""
    have, first, behind = _comparable(value, bound, zone_name, now)
    if first is None:
        return False
    if low:
        return bool(have >= first if include else have >= behind) if behind is not None else _past(have, first, include)
    return bool(have < behind if include else have < first) if behind is not None else _past(first, have, include)


def _past(have: Any, limit: Any, include: bool) -> bool:
    return bool(have >= limit if include else have > limit)


def _comparable(value: Any, bound: str, zone_name: str, now: datetime) -> tuple[Any, Any, Any]:
    """A value with the first thing a bound names and, for dates, what comes behind it; nothing where they differ."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value, text.number(bound), None
    at = instant(value) if isinstance(value, str) else None
    if at is None:
        return text.folded(value), bound.lower(), None
    named = span(bound, now, zone_name)
    return (at, *named) if named is not None else (at, None, None)
