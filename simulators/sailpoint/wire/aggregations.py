"""Aggregations as requests ask for them, in Elasticsearch's words or in SailPoint's own, and their table as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from simulators.sailpoint.domain.aggregations import (
    METRICS,
    UNITS,
    Aggregation,
    Dates,
    Filter,
    Filters,
    Metric,
    Nested,
    Spans,
    Terms,
)
from simulators.sailpoint.domain.errors import BadContent, IllegalValue
from simulators.sailpoint.domain.search import EXACT, All, Holds, Term, Without
from simulators.sailpoint.wire.dsl import parse_dsl, word

Named = dict[str, Aggregation]
_MOST_BUCKETS, _MOST_DEPTH, _MOST_NAMED = 10_000, 10, 100
_SAILPOINT_METRICS = {
    "COUNT": "value_count",
    "UNIQUE_COUNT": "cardinality",
    "AVG": "avg",
    "SUM": "sum",
    "MEDIAN": "median",
    "MIN": "min",
    "MAX": "max",
}


def parse_dsl_aggregations(body: Any, depth: int = 0, path: str = "") -> Named:
    """The aggregations of an `aggregationsDsl`. Raises BadContent.

    `path` is the nested list whose fields they name in full.
    """
    if not isinstance(body, Mapping) or depth > _MOST_DEPTH or len(body) > _MOST_NAMED:
        raise BadContent("The aggregations cannot be read.")
    return {str(name): _read(one, depth + 1, path) for name, one in body.items()}


def _read(body: Any, depth: int, path: str) -> Aggregation:
    if not isinstance(body, Mapping):
        raise BadContent("An aggregation is an object.")
    kinds = [name for name in body if name not in ("aggs", "aggregations", "meta")]
    if len(kinds) != 1 or not isinstance(options := body[kinds[0]], Mapping):
        raise BadContent("An aggregation has one kind.")
    kind, inner = kinds[0], str(options.get("path") or "") if kinds[0] == "nested" else path
    if kind == "filter":
        options = {"filter": options}
    subs = parse_dsl_aggregations(body.get("aggs") or body.get("aggregations") or {}, depth, inner)
    if kind in METRICS:
        return Metric(kind, _field(options))
    reader = _KINDS.get(kind)
    if reader is None:
        raise BadContent(f'The aggregation "{str(kind)[:80]}" is not supported.')
    return reader(options, subs, path)


def _field(options: Mapping[str, Any], name: str = "field") -> str:
    value = options.get(name)
    if not isinstance(value, str) or not value:
        raise BadContent(f'An aggregation has no "{name}".')
    return value


def _size(value: Any, default: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 2**31:
        raise BadContent("The size of an aggregation is out of range.")
    return min(value or _MOST_BUCKETS, _MOST_BUCKETS)


def _terms(options: Mapping[str, Any], subs: Named, path: str) -> Aggregation:
    order, down = "_count", True
    asked = options.get("order")
    if isinstance(asked, Mapping) and len(asked) == 1:
        order, way = next(iter(asked.items()))
        if order not in ("_count", "_term", "_key") or way not in ("asc", "desc"):
            raise BadContent("The order of an aggregation cannot be read.")
        down = way == "desc"
    least = _size(options.get("min_doc_count"), 1)
    return Terms(_field(options), _size(options.get("size"), 10), least, order, down, subs)


def _query(clause: Any, path: str) -> Any:
    """A query over the entries of a list is asked of the entries, whose fields it names in full."""
    query = parse_dsl({"nested": {"path": path, "query": clause}} if path else clause)
    return query.part if path else query  # type: ignore[union-attr]


def _filters(options: Mapping[str, Any], subs: Named, path: str) -> Aggregation:
    asked = options.get("filters")
    if not isinstance(asked, Mapping) or len(asked) > _MOST_NAMED:
        raise BadContent('The aggregation "filters" has filters by name.')
    return Filters({str(name): _query(one, path) for name, one in asked.items()}, subs)


def _dates(options: Mapping[str, Any], subs: Named, path: str) -> Aggregation:
    unit = str(options.get("interval") or options.get("calendar_interval"))
    unit = {"1y": "year", "1M": "month", "1w": "week", "1d": "day", "1h": "hour", "1m": "minute"}.get(unit, unit)
    if unit not in UNITS:
        raise BadContent("The interval of an aggregation cannot be read.")
    return Dates(_field(options), unit, subs)


def _spans(options: Mapping[str, Any], subs: Named, path: str) -> Aggregation:
    asked = options.get("ranges")
    if not isinstance(asked, list) or len(asked) > _MOST_NAMED:
        raise BadContent("A range aggregation has ranges.")
    spans = []
    for one in asked:
        ends = [one.get(end) for end in ("from", "to")] if isinstance(one, Mapping) else [True]
        if any(end is not None and (isinstance(end, bool) or not isinstance(end, int | float)) for end in ends):
            raise BadContent("The bounds of a range are numbers.")
        low, high = (None if end is None else float(end) for end in ends)
        name = f"{'*' if low is None else low}-{'*' if high is None else high}"
        spans.append((str(one.get("key") or name), low, high))
    return Spans(_field(options), tuple(spans), subs)


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Named, str], Aggregation]] = {
    "terms": _terms,
    "nested": lambda options, subs, path: Nested(_field(options, "path"), subs),
    "filter": lambda options, subs, path: Filter(_query(options["filter"], path), subs),
    "filters": _filters,
    "missing": lambda options, subs, path: Filter(Without(Holds(_inner(_field(options), path))), subs),
    "date_histogram": _dates,
    "range": _spans,
    "global": lambda options, subs, path: Filter(All(), subs),
}


def _inner(name: str, path: str) -> str:
    return name.removeprefix(f"{path}.") if path else name


def parse_aggregations(body: Any, depth: int = 0, path: str = "") -> Named:
    """The aggregations in SailPoint's own words: within a list, of what a filter leaves, by value or as a figure.

    Raises BadContent, IllegalValue.
    """
    if not isinstance(body, Mapping) or depth > 3:
        raise BadContent("The aggregations cannot be read.")
    nested, narrowed = _part(body, "nested"), _part(body, "filter")
    inner = str(nested.get("field") or nested.get("type") or "").removeprefix("@") if nested else path
    named = _bucket(body, depth, inner) if body.get("bucket") else _metric(body)
    if narrowed:
        name = _inner(_needed(narrowed, "field", "filter").removeprefix("@"), inner)
        named = {
            _needed(narrowed, "name", "filter"): Filter(
                Term(name.removesuffix(EXACT), word(_needed(narrowed, "value", "filter"))), named
            )
        }
    if nested:
        return {_needed(nested, "name", "nested"): Nested(inner, named)}
    return named


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name) or {}
    if not isinstance(part, Mapping):
        raise IllegalValue(f'Value of "aggregations.{name}" is empty or contains invalid data.')
    return part


def _needed(part: Mapping[str, Any], name: str, where: str) -> str:
    value = part.get(name)
    if not isinstance(value, str) or not value:
        raise IllegalValue(f'Value of "aggregations.{where}.{name}" is empty or contains invalid data.')
    return value


def _wrapped(field: str, name: str, make: Callable[[str], Aggregation]) -> Named:
    """A field that begins with `@` stands in a nested list."""
    if not field.startswith("@"):
        return {name: make(field)}
    path = field[1:].partition(".")[0]
    return {path: Nested(path, {name: make(field[1:])})}


def _bucket(body: Mapping[str, Any], depth: int, path: str) -> Named:
    part = _part(body, "bucket")
    if part.get("type") not in (None, "TERMS"):
        raise IllegalValue('Value of "aggregations.bucket.type" is empty or contains invalid data.')
    subs = parse_aggregations(body["subAggregation"], depth + 1, path) if body.get("subAggregation") else {}
    subs = {**subs, **(_metric(body) if body.get("metric") else {})}
    size, least = _size(part.get("size"), 10), _size(part.get("minDocCount"), 1)
    name = _needed(part, "name", "bucket")
    return _wrapped(_needed(part, "field", "bucket"), name, lambda field: Terms(field, size, least, subs=subs))


def _metric(body: Mapping[str, Any]) -> Named:
    part = _part(body, "metric")
    if not part:
        return {}
    kind = _SAILPOINT_METRICS.get(str(part.get("type") or "UNIQUE_COUNT"))
    if kind is None:
        raise IllegalValue('Value of "aggregations.metric.type" is empty or contains invalid data.')
    name = _needed(part, "name", "metric")
    return _wrapped(_needed(part, "field", "metric"), name, lambda field: Metric(kind, field))


def aggregation_csv(results: Mapping[str, Any]) -> str:
    """The innermost buckets as a table: their keys, and how many documents each has."""
    rows: list[list[Any]] = []
    heads: list[str] = []
    _rows(results, [], [], rows, heads)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*heads, "Count"])
    writer.writerows(rows)
    return text.getvalue()


def _rows(
    results: Mapping[str, Any], keys: list[Any], names: list[str], rows: list[list[Any]], heads: list[str]
) -> None:
    for name, one in results.items():
        if not isinstance(one, Mapping):
            continue
        if "value" in one:
            heads[:] = names
            rows.append([*keys, one["value"]])
        elif "buckets" not in one:
            _rows(one, keys, names, rows, heads)
        else:
            for bucket in one["buckets"]:
                here, inside = [*keys, bucket["key"]], [*names, name]
                before = len(rows)
                _rows(bucket, here, inside, rows, heads)
                if len(rows) == before:
                    heads[:] = inside
                    rows.append([*here, bucket["doc_count"]])
