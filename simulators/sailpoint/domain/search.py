"""Search queries as values, and whether a document meets one: text without case, word by word or as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from simulators.sailpoint.domain.times import instant, shifted


@dataclass(frozen=True, slots=True)
class Term:
    """`field:value`; no field means anywhere. An exact or quoted term is the whole value or a run of its words."""

    field: str
    value: str
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """`field:[low TO high]`; `*` is open, dates may be computed from now."""

    field: str
    low: str
    high: str
    include_low: bool = True
    include_high: bool = True


@dataclass(frozen=True, slots=True)
class All:
    """Every part matches; no part means every document."""

    parts: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part matches."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not match."""

    part: Query


@dataclass(frozen=True, slots=True)
class Within:
    """One entry of a nested list (`@accounts`, `@access`) matches the part."""

    list: str
    part: Query


Query = Term | Range | All | Some | Without | Within


def required(query: Query) -> Iterator[Term]:
    """Terms that every match has: where an index may start."""
    match query:
        case Term() if query.field and "*" not in query.value and "?" not in query.value:
            yield query
        case All(parts):
            for part in parts:
                yield from required(part)


def alternatives(query: Query) -> list[Term]:
    """The terms one of which every match has, when the query (or one conjunct of it) is such a choice; else nothing."""
    match query:
        case Some(parts) if all(isinstance(part, Term) and part.field for part in parts):
            return [part for part in parts if isinstance(part, Term)]
        case All(parts):
            for part in parts:
                if found := alternatives(part):
                    return found
    return []


def matches(query: Query, document: Mapping[str, Any], now: datetime) -> bool:
    """Whether a document meets a query."""
    match query:
        case All(parts):
            return all(matches(part, document, now) for part in parts)
        case Some(parts):
            return any(matches(part, document, now) for part in parts)
        case Without(part):
            return not matches(part, document, now)
        case Within(name, part):
            return any(isinstance(entry, Mapping) and matches(part, entry, now) for entry in document.get(name) or ())
        case Range():
            return any(_in_range(value, query, now) for value in values_at(document, query.field))
        case Term("_exists_", value):
            return any(True for one in values_at(document, value) if one not in (None, ""))
        case Term(field, value, phrase):
            exact = field.endswith(".exact")
            seen = values_at(document, field.removesuffix(".exact")) if field else _leaves(document)
            return any(_term(one, value, phrase, exact) for one in seen)
    raise TypeError(f"not a query: {query!r}")


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
        if head in document:
            yield from values_at(document[head], rest)


def _leaves(document: Any) -> Iterator[Any]:
    if isinstance(document, Mapping):
        for value in document.values():
            yield from _leaves(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from _leaves(value)
    else:
        yield document


def _text(value: Any) -> str:
    return str(value).lower() if not isinstance(value, bool) else ("true" if value else "false")


def _term(value: Any, wanted: str, phrase: bool, exact: bool) -> bool:
    if wanted == "*":
        return value not in (None, "")
    if value is None:
        return False
    have = _text(value)
    if exact:
        return fnmatchcase(str(value), wanted) if "*" in wanted else str(value) == wanted
    want = wanted.lower()
    if have == want:
        return True
    if "*" in want or "?" in want:
        return fnmatchcase(have, want) or any(fnmatchcase(word, want) for word in _words(have))
    words, run = _words(have), _words(want)
    if not run:
        return False
    if phrase or len(run) > 1:
        return any(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1))
    return want in words


def _words(text: str) -> list[str]:
    return re.findall(r"[\w@.'$-]+", text.replace("_", " _ ").replace(" _ ", "_"))


def _bound(text: str, now: datetime) -> datetime | None:
    if text.startswith("now"):
        return shifted(now, text)
    return instant(text)


def _in_range(value: Any, wanted: Range, now: datetime) -> bool:
    for bound, include, sign in ((wanted.low, wanted.include_low, 1), (wanted.high, wanted.include_high, -1)):
        if bound == "*":
            continue
        have, want = _comparable(value, bound, now)
        if have is None:
            return False
        if (have == want and not include) or (have < want if sign > 0 else have > want):
            return False
    return value not in (None, "")


def _comparable(value: Any, bound: str, now: datetime) -> tuple[Any, Any]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return value, float(bound)
        except ValueError:
            return None, None
    one, two = instant(value), _bound(bound, now)
    if one is not None and two is not None:
        return one, two
    return (str(value).lower(), bound.lower()) if two is None and value is not None else (None, None)
