"""The part of Elasticsearch's query language that clients of search use, read into domain queries.

https://www.elastic.co/guide/en/elasticsearch/reference/5.2/query-dsl.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.search import EXACT, All, Holds, Near, Query, Range, Some, Start, Term, Within, Without
from simulators.sailpoint.wire.query import MOST_DEPTH, parse_query, word_query

_MOST_TERMS = 1024
# A date of a range carries the words of both conventions.
_BOUNDS = {"gte": ("low", True), "gt": ("low", False), "lte": ("high", True), "lt": ("high", False)}


@dataclass(frozen=True)
class _Place:
    """Where a clause stands: the nested list whose fields it names in full, and how deep."""

    path: str = ""
    depth: int = 0

    def field(self, name: Any) -> str:
        """A field as entries of the nested list call it. Raises BadContent."""
        if not isinstance(name, str) or not name:
            raise BadContent("A clause of the query names no field.")
        return name.removeprefix(f"{self.path}.") if self.path else name


def parse_dsl(clause: Any) -> Query:
    """The query of one clause. Raises BadContent.

    >>> parse_dsl({"bool": {"must_not": {"prefix": {"name": "A"}}}})
    Without(part=Pattern(field='name', value='A*'))
    """
    return _read(clause, _Place())


def _read(clause: Any, place: _Place) -> Query:
    if not isinstance(clause, Mapping) or len(clause) != 1:
        raise BadContent("A clause of the query is an object with one property, its kind.")
    if place.depth > MOST_DEPTH:
        raise BadContent("The query is nested too deeply.")
    kind, body = next(iter(clause.items()))
    reader = _KINDS.get(kind)
    if reader is None:
        raise BadContent(f'The kind of query "{str(kind)[:80]}" is not supported.')
    if not isinstance(body, Mapping):
        raise BadContent(f'The clause "{kind}" is an object.')
    return reader(body, replace(place, depth=place.depth + 1))


def _one(body: Mapping[str, Any], place: _Place, key: str) -> tuple[str, Any, Mapping[str, Any]]:
    """The field of a clause, what it is asked for, and the options beside it."""
    named = [name for name in body if name not in ("boost", "_name")]
    if len(named) != 1:
        raise BadContent("A clause of the query names one field.")
    value = body[named[0]]
    options = value if isinstance(value, Mapping) else {key: value}
    if key not in options or isinstance(options[key], Mapping | list | None):
        raise BadContent(f'The clause for "{named[0][:80]}" has no {key}.')
    return place.field(named[0]), options[key], options


def word(value: Any) -> str:
    """A JSON value as text."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _match(body: Mapping[str, Any], place: _Place) -> Query:
    field, value, options = _one(body, place, "query")
    parts = tuple(Term(field, part) for part in word(value).split()) or (Term(field, ""),)
    if len(parts) == 1:
        return parts[0]
    return All(parts) if str(options.get("operator", "or")).lower() == "and" else Some(parts)


def _multi_match(body: Mapping[str, Any], place: _Place) -> Query:
    fields = _list(body.get("fields") or [""])
    names = [place.field(name).partition("^")[0] for name in fields] if body.get("fields") else [""]
    kind = {"phrase": _phrase, "phrase_prefix": _phrase_prefix}.get(str(body.get("type")), _match)
    options = {"query": body.get("query"), "operator": body.get("operator", "or")}
    return Some(tuple(kind({name: options}, place) if name else Term("", word(body.get("query"))) for name in names))


def _phrase(body: Mapping[str, Any], place: _Place) -> Query:
    field, value, options = _one(body, place, "query")
    slop = _number(options.get("slop", 0))
    return Near(field, word(value), slop, True) if slop else Term(field, word(value), True)


def _phrase_prefix(body: Mapping[str, Any], place: _Place) -> Query:
    field, value, _ = _one(body, place, "query")
    return Start(field, word(value))


def _term(body: Mapping[str, Any], place: _Place) -> Query:
    field, value, _ = _one(body, place, "value")
    return Term(field, word(value))


def _terms(body: Mapping[str, Any], place: _Place) -> Query:
    named = [name for name in body if name != "boost"]
    if len(named) != 1 or not isinstance(body[named[0]], list):
        raise BadContent('A clause "terms" has one field with a list of values.')
    values = body[named[0]]
    if len(values) > _MOST_TERMS:
        raise BadContent(f"A clause has at most {_MOST_TERMS} terms.")
    return Some(tuple(Term(place.field(named[0]), word(value)) for value in values))


def _range(body: Mapping[str, Any], place: _Place) -> Query:
    if len(body) != 1 or not isinstance(options := next(iter(body.values())), Mapping):
        raise BadContent('A clause "range" has one field with its bounds.')
    found = Range(place.field(next(iter(body))), "*", "*", zone=str(options.get("time_zone") or "UTC"))
    for name, value in options.items():
        if name not in _BOUNDS:
            if name not in ("time_zone", "format", "boost"):
                raise BadContent(f'A range has no "{name[:80]}".')
            continue
        side, include = _BOUNDS[name]
        if value is not None:
            found = _bounded(found, side, word(value), include)
    return found


def _bounded(found: Range, side: str, bound: str, include: bool) -> Range:
    if side == "low":
        return replace(found, low=bound, include_low=include)
    return replace(found, high=bound, include_high=include)


def _bool(body: Mapping[str, Any], place: _Place) -> Query:
    if unknown := set(body) - {"must", "filter", "should", "must_not", "minimum_should_match", "boost"}:
        raise BadContent(f'A clause "bool" has no "{min(unknown)[:80]}".')
    parts = [_read(one, place) for name in ("must", "filter") for one in _list(body.get(name, []))]
    may = tuple(_read(one, place) for one in _list(body.get("should", [])))
    least = _number(body.get("minimum_should_match", 0 if parts else 1))
    if may and least:
        parts.append(Some(may, least))
    parts += [Without(_read(one, place)) for one in _list(body.get("must_not", []))]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _list(value: Any) -> list[Any]:
    found = value if isinstance(value, list) else [value]
    if len(found) > _MOST_TERMS:
        raise BadContent(f"A clause has at most {_MOST_TERMS} parts.")
    return found


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdigit() or len(str(value)) > 4:
        raise BadContent("A number of the query is out of range.")
    return int(value)


def _query_string(body: Mapping[str, Any], place: _Place) -> Query:
    if not isinstance(body.get("query"), str):
        raise BadContent('A clause "query_string" has a query.')
    fields = body.get("fields") or [body.get("default_field") or ""]
    names = tuple(place.field(name).partition("^")[0] if name else "" for name in _list(fields))
    every = str(body.get("default_operator", "or")).lower() == "and"
    return parse_query(body["query"], names, str(body.get("time_zone") or "UTC"), every)


def _nested(body: Mapping[str, Any], place: _Place) -> Query:
    path = place.field(body.get("path"))
    return Within(path, _read(body.get("query"), _Place(str(body["path"]), place.depth)))


def _wildcard(body: Mapping[str, Any], place: _Place) -> Query:
    field, value, _ = _one(body, place, "wildcard" if _has(body, "wildcard") else "value")
    return word_query(field, word(value))


def _has(body: Mapping[str, Any], name: str) -> bool:
    return any(isinstance(value, Mapping) and name in value for value in body.values())


def _prefix(body: Mapping[str, Any], place: _Place) -> Query:
    field, value, _ = _one(body, place, "prefix" if _has(body, "prefix") else "value")
    literal = "".join(f"\\{one}" if one in "*?\\" else one for one in word(value))
    return word_query(field, f"{literal}*")


def _fuzzy(body: Mapping[str, Any], place: _Place) -> Query:
    field, value, options = _one(body, place, "value")
    edits = options.get("fuzziness", "AUTO")
    return Near(field, word(value), 2 if str(edits).upper().startswith("AUTO") else min(_number(edits), 2))


def _ids(body: Mapping[str, Any], place: _Place) -> Query:
    return Some(tuple(Term("id" + EXACT, word(value)) for value in _list(body.get("values", []))))


_KINDS: Mapping[str, Callable[[Mapping[str, Any], _Place], Query]] = {
    "match_all": lambda body, place: All(),
    "match_none": lambda body, place: Some(()),
    "match": _match,
    "match_phrase": _phrase,
    "match_phrase_prefix": _phrase_prefix,
    "multi_match": _multi_match,
    "term": _term,
    "terms": _terms,
    "range": _range,
    "bool": _bool,
    "query_string": _query_string,
    "simple_query_string": _query_string,
    "nested": _nested,
    "exists": lambda body, place: Holds(place.field(body.get("field"))),
    "prefix": _prefix,
    "wildcard": _wildcard,
    "fuzzy": _fuzzy,
    "ids": _ids,
    "constant_score": lambda body, place: _read(body.get("filter"), place),
}
