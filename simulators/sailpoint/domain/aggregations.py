"""Figures over search results: values counted in buckets, lists looked into, sums and the like.

https://www.elastic.co/guide/en/elasticsearch/reference/5.2/search-aggregations.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import UTC, datetime, timedelta
from statistics import median
from sys import float_info
from typing import Any, Protocol

from simulators.kernel.times import iso
from simulators.sailpoint.domain.search import EXACT, Query, entries, matches, values_at
from simulators.sailpoint.domain.times import instant

Document = Mapping[str, Any]
Subs = Mapping[str, "Aggregation"]


@dataclass(frozen=True)
class Terms:
    """Documents by value: most first, or by value; at most `size` buckets of at least `least` documents."""

    field: str
    size: int = 10
    least: int = 1
    order: str = "_count"
    down: bool = True
    subs: Subs = made(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """One figure of a field's values."""

    kind: str
    field: str


@dataclass(frozen=True)
class Nested:
    """What follows looks at the entries of a list."""

    path: str
    subs: Subs = made(default_factory=dict)


@dataclass(frozen=True)
class Filter:
    """What follows looks at documents that match."""

    query: Query
    subs: Subs = made(default_factory=dict)


@dataclass(frozen=True)
class Filters:
    """Documents by query."""

    queries: Mapping[str, Query]
    subs: Subs = made(default_factory=dict)


@dataclass(frozen=True)
class Dates:
    """Documents by the year, month, day or hour of a field (UTC)."""

    field: str
    unit: str
    subs: Subs = made(default_factory=dict)


@dataclass(frozen=True)
class Spans:
    """Documents by ranges of numbers: (name, from, to)."""

    field: str
    spans: tuple[tuple[str, float | None, float | None], ...]
    subs: Subs = made(default_factory=dict)


Aggregation = Terms | Metric | Nested | Filter | Filters | Dates | Spans


class Group(Protocol):
    """Documents, or entries of a list, that figures are about."""

    def count(self) -> int:
        """How many there are."""

    def values(self, name: str) -> list[Any]:
        """The values of a field, of all of them."""

    def by(self, name: str, key: Callable[[Any], Any]) -> Mapping[Any, Group]:
        """Those with a value of a field, by what `key` makes of it; None is left out."""

    def filtered(self, query: Query) -> Group:
        """Those that match."""

    def nested(self, path: str) -> Group:
        """The entries of a list."""


class Listed:
    """A group whose documents are at hand; `within` is the list whose entries they are."""

    def __init__(self, documents: Sequence[Document], now: datetime, within: str = "") -> None:
        self._documents, self._now, self._within = documents, now, within

    def count(self) -> int:
        """How many there are."""
        return len(self._documents)

    def values(self, name: str) -> list[Any]:
        """The values of a field, of all of them."""
        return [value for one in self._documents for value in self._values(one, name)]

    def by(self, name: str, key: Callable[[Any], Any]) -> Mapping[Any, Group]:
        """Those with a value of a field, by what `key` makes of it; None is left out."""
        found: dict[Any, list[Document]] = {}
        for document in self._documents:
            for value in dict.fromkeys(map(key, self._values(document, name))):
                if value is not None:
                    found.setdefault(value, []).append(document)
        return {value: Listed(rows, self._now, self._within) for value, rows in found.items()}

    def filtered(self, query: Query) -> Group:
        """Those that match."""
        return Listed([one for one in self._documents if matches(query, one, self._now)], self._now, self._within)

    def nested(self, path: str) -> Group:
        """The entries of a list."""
        found = [one for document in self._documents for one in entries(document, path) if isinstance(one, Mapping)]
        return Listed(found, self._now, path)

    def _values(self, document: Document, name: str) -> list[Any]:
        return [one for one in values_at(document, path_within(name, self._within)) if one is not None]


def path_within(name: str, within: str) -> str:
    """A field of a list's entries may be named with the list before it.

    >>> path_within("accounts.source.name.exact", "accounts")
    'source.name'
    """
    path = name.removesuffix(EXACT)
    return path.removeprefix(f"{within}.") if within else path


def aggregated(asked: Subs, group: Group) -> dict[str, Any]:
    """The results of aggregations by name."""
    return {name: _one(one, group) for name, one in asked.items()}


def _one(asked: Aggregation, group: Group) -> dict[str, Any]:
    match asked:
        case Terms():
            return _terms(asked, group)
        case Metric(kind, name):
            return METRICS[kind](group.values(name))
        case Nested(path, subs):
            return _bucket(group.nested(path), subs)
        case Filter(query, subs):
            return _bucket(group.filtered(query), subs)
        case Filters(queries, subs):
            return {"buckets": {name: _bucket(group.filtered(query), subs) for name, query in queries.items()}}
        case Dates():
            return _dates(asked, group)
        case Spans(name, spans, subs):
            return {"buckets": [_span(name, span, subs, group) for span in spans]}
    raise TypeError(f"not an aggregation: {asked!r}")


def _bucket(group: Group, subs: Subs) -> dict[str, Any]:
    return {"doc_count": group.count(), **aggregated(subs, group)}


def _terms(asked: Terms, group: Group) -> dict[str, Any]:
    def order(item: tuple[Any, Group, int]) -> tuple[Any, ...]:
        name = (0, item[0], "") if isinstance(item[0], int | float) else (1, 0, str(item[0]))
        if asked.order != "_count":
            return name
        return (-item[2] if asked.down else item[2], *name)

    found = ((value, rows, rows.count()) for value, rows in group.by(asked.field, lambda value: value).items())
    kept = sorted((one for one in found if one[2] >= asked.least), key=order)
    if asked.order != "_count" and asked.down:
        kept.reverse()
    return {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": sum(count for *_, count in kept[asked.size :]),
        "buckets": [{**_key(value), **_bucket(rows, asked.subs)} for value, rows, _ in kept[: asked.size]],
    }


def _key(value: Any) -> dict[str, Any]:
    return {"key": int(value), "key_as_string": str(value).lower()} if isinstance(value, bool) else {"key": value}


_STARTS: Mapping[str, Callable[[datetime], datetime]] = {
    "year": lambda at: datetime(at.year, 1, 1, tzinfo=UTC),
    "month": lambda at: datetime(at.year, at.month, 1, tzinfo=UTC),
    "week": lambda at: datetime(at.year, at.month, at.day, tzinfo=UTC) - timedelta(days=at.weekday()),
    "day": lambda at: datetime(at.year, at.month, at.day, tzinfo=UTC),
    "hour": lambda at: at.replace(minute=0, second=0, microsecond=0),
    "minute": lambda at: at.replace(second=0, microsecond=0),
}
UNITS = frozenset(_STARTS)


def _dates(asked: Dates, group: Group) -> dict[str, Any]:
    def start(value: Any) -> datetime | None:
        at = instant(value)
        return _STARTS[asked.unit](at) if at is not None else None

    return {
        "buckets": [
            {"key_as_string": iso(at), "key": int(at.timestamp() * 1000), **_bucket(rows, asked.subs)}
            for at, rows in sorted(group.by(asked.field, start).items())
        ]
    }


def _span(name: str, span: tuple[str, float | None, float | None], subs: Subs, group: Group) -> dict[str, Any]:
    key, low, high = span

    def inside(value: Any) -> bool | None:
        numbers = _numbers([value])
        return True if numbers and (low is None or numbers[0] >= low) and (high is None or numbers[0] < high) else None

    ends = {end: value for end, value in (("from", low), ("to", high)) if value is not None}
    return {"key": key, **ends, **_bucket(group.by(name, inside).get(True) or Listed([], _EPOCH), subs)}


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _numbers(values: Iterable[Any]) -> list[float]:
    # What is too large for a float is no number to Elasticsearch either.
    found = (one for one in values if isinstance(one, int | float) and not isinstance(one, bool))
    return [float(one) for one in found if abs(one) <= float_info.max]


def _figure(over: Callable[[list[float]], float | None]) -> Callable[[list[Any]], dict[str, Any]]:
    return lambda values: {"value": over(_numbers(values))}


def _stats(values: list[Any]) -> dict[str, Any]:
    n = _numbers(values)
    least, most, mean = (min(n), max(n), sum(n) / len(n)) if n else (None, None, None)
    return {"count": len(n), "min": least, "max": most, "avg": mean, "sum": sum(n)}


METRICS: Mapping[str, Callable[[list[Any]], dict[str, Any]]] = {
    "value_count": lambda values: {"value": len(values)},
    "cardinality": lambda values: {"value": len(set(values))},
    "avg": _figure(lambda n: sum(n) / len(n) if n else None),
    "sum": _figure(sum),
    "min": _figure(lambda n: min(n, default=None)),
    "max": _figure(lambda n: max(n, default=None)),
    "median": _figure(lambda n: median(n) if n else None),
    "stats": _stats,
}
