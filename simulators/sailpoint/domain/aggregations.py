"""Figures over search results: values counted in buckets, lists looked into, sums and the like.

https://www.elastic.co/guide/en/elasticsearch/reference/5.2/search-aggregations.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

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


def aggregated(asked: Subs, documents: Sequence[Document], now: datetime, within: str = "") -> dict[str, Any]:
    """The results of aggregations by name. `within` is the list whose entries the documents are."""
    return {name: _one(one, documents, now, within) for name, one in asked.items()}


def _one(asked: Aggregation, documents: Sequence[Document], now: datetime, within: str) -> dict[str, Any]:
    match asked:
        case Terms():
            return _terms(asked, documents, now, within)
        case Metric(kind, name):
            return METRICS[kind]([value for one in documents for value in _values(one, name, within)])
        case Nested(path, subs):
            found = [one for document in documents for one in entries(document, path) if isinstance(one, Mapping)]
            return {"doc_count": len(found), **aggregated(subs, found, now, path)}
        case Filter(query, subs):
            return _bucket([one for one in documents if matches(query, one, now)], subs, now, within)
        case Filters(queries, subs):
            return {
                "buckets": {
                    name: _bucket([one for one in documents if matches(query, one, now)], subs, now, within)
                    for name, query in queries.items()
                }
            }
        case Dates():
            return _dates(asked, documents, now, within)
        case Spans(name, spans, subs):
            return {"buckets": [_span(name, span, subs, documents, now, within) for span in spans]}
    raise TypeError(f"not an aggregation: {asked!r}")


def _bucket(documents: Sequence[Document], subs: Subs, now: datetime, within: str) -> dict[str, Any]:
    return {"doc_count": len(documents), **aggregated(subs, documents, now, within)}


def _values(document: Document, name: str, within: str) -> list[Any]:
    path = name.removesuffix(EXACT)
    return [one for one in values_at(document, path.removeprefix(f"{within}.") if within else path) if one is not None]


def _by_value(documents: Iterable[Document], name: str, within: str, key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for document in documents:
        for value in dict.fromkeys(map(key, _values(document, name, within))):
            if value is not None:
                found.setdefault(value, []).append(document)
    return found


def _terms(asked: Terms, documents: Sequence[Document], now: datetime, within: str) -> dict[str, Any]:
    def order(item: tuple[Any, list[Any]]) -> tuple[Any, ...]:
        name = (0, item[0], "") if isinstance(item[0], int | float) else (1, 0, str(item[0]))
        if asked.order != "_count":
            return name
        return (-len(item[1]) if asked.down else len(item[1]), *name)

    found = _by_value(documents, asked.field, within, lambda value: value)
    kept = sorted((one for one in found.items() if len(one[1]) >= asked.least), key=order)
    if asked.order != "_count" and asked.down:
        kept.reverse()
    shown = kept[: asked.size]
    return {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": sum(len(rows) for _, rows in kept[asked.size :]),
        "buckets": [{**_key(value), **_bucket(rows, asked.subs, now, within)} for value, rows in shown],
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


def _dates(asked: Dates, documents: Sequence[Document], now: datetime, within: str) -> dict[str, Any]:
    def start(value: Any) -> datetime | None:
        at = instant(value)
        return _STARTS[asked.unit](at) if at is not None else None

    found = _by_value(documents, asked.field, within, start)
    return {
        "buckets": [
            {"key_as_string": iso(at), "key": int(at.timestamp() * 1000), **_bucket(rows, asked.subs, now, within)}
            for at, rows in sorted(found.items())
        ]
    }


def _span(
    name: str,
    span: tuple[str, float | None, float | None],
    subs: Subs,
    documents: Sequence[Document],
    now: datetime,
    within: str,
) -> dict[str, Any]:
    key, low, high = span
    kept = [
        one
        for one in documents
        if any((low is None or n >= low) and (high is None or n < high) for n in _numbers(_values(one, name, within)))
    ]
    ends = {end: value for end, value in (("from", low), ("to", high)) if value is not None}
    return {"key": key, **ends, **_bucket(kept, subs, now, within)}


def _numbers(values: Iterable[Any]) -> list[float]:
    return [float(one) for one in values if isinstance(one, int | float) and not isinstance(one, bool)]


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
