"""What a search asks for: the body of the search calls, and of saved searches, read into one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from simulators.sailpoint.domain.aggregations import Aggregation
from simulators.sailpoint.domain.errors import BadContent, IllegalValue
from simulators.sailpoint.domain.search import All, Holds, Pattern, Query, Range, Some, Start, Term, Within, Without
from simulators.sailpoint.domain.search_order import Sort
from simulators.sailpoint.domain.times import zone
from simulators.sailpoint.wire.aggregations import parse_aggregations, parse_dsl_aggregations
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.dsl import parse_dsl
from simulators.sailpoint.wire.query import NESTED, parse_query

INDICES = ("accessprofiles", "accountactivities", "entitlements", "events", "identities", "roles")
Index = Literal["accessprofiles", "accountactivities", "entitlements", "events", "identities", "roles", "*"]
_MOST = 1024
Names = Annotated[list[str], Field(max_length=_MOST)]


class InnerHit(Camel):
    """Entries of a nested list in place of the documents."""

    query: str
    type: str


class QueryText(Camel):
    """A query in SailPoint's language. The document calls `fields` a text, its example gives a list."""

    query: str | None = None
    fields: Names | str | None = None
    time_zone: str | None = None
    inner_hit: InnerHit | None = None


class TextQuery(Camel):
    """Terms to be found in fields."""

    terms: Names
    fields: Names
    match_any: bool = False
    contains: bool = False


class TypeAhead(Camel):
    """The beginning of a value."""

    query: str
    field: str
    nested_type: str | None = None
    max_expansions: int = Field(10, ge=1, le=1000)
    size: int = Field(100, ge=1, le=2**31 - 1)
    sort: Literal["asc", "desc"] = "desc"
    sort_by_value: bool = False


class Bound(Camel):
    """One end of a range."""

    value: str
    inclusive: bool = False


class Ends(Camel):
    """A range."""

    lower: Bound | None = None
    upper: Bound | None = None


class Filtered(Camel):
    """One filter on one field."""

    type: Literal["EXISTS", "RANGE", "TERMS"] | None = None
    range: Ends | None = None
    terms: Names | None = None
    exclude: bool | None = None


class ResultFilter(Camel):
    """Fields to show and to hide."""

    includes: Names | None = None
    excludes: Names | None = None


class SearchBody(Camel):
    """The body of a search."""

    indices: Annotated[list[Index], Field(max_length=50)] | None = None
    query_type: Literal["DSL", "SAILPOINT", "TEXT", "TYPEAHEAD"] = "SAILPOINT"
    query: QueryText | None = None
    query_dsl: dict[str, JsonValue] | None = None
    text_query: TextQuery | None = None
    type_ahead_query: TypeAhead | None = None
    include_nested: bool | None = True
    query_result_filter: ResultFilter | None = None
    aggregation_type: Literal["DSL", "SAILPOINT"] = "DSL"
    aggregations_dsl: dict[str, JsonValue] | None = None
    aggregations: dict[str, JsonValue] | None = None
    sort: Annotated[list[str], Field(max_length=10)] | None = None
    search_after: Annotated[list[str | int | float | bool | None], Field(max_length=10)] | None = None
    filters: Annotated[dict[str, Filtered], Field(max_length=100)] | None = None


@dataclass(frozen=True)
class Search:
    """One search, ready to run."""

    indices: tuple[str, ...]
    query: Query
    sorts: tuple[Sort, ...] = ()
    after: tuple[Any, ...] = ()
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    nested: bool = True
    inner: tuple[str, Query] | None = None
    ahead: TypeAhead | None = None
    aggregations: Mapping[str, Aggregation] = field(default_factory=dict)


def search_of(body: SearchBody, *, fixed: str = "", aggregating: bool = False) -> Search:
    """The search of a body; `fixed` is the index of the path. Raises BadContent, IllegalValue."""
    zone_name = _zone(body.query.time_zone if body.query is not None else None)
    shown = body.query_result_filter or ResultFilter()
    sorts = tuple(_sort(one) for one in body.sort or ())
    after = tuple(body.search_after or ())
    if after and len(after) > len(sorts):
        raise BadContent("searchAfter has one value for each field of sort.")
    queries = [_query(body, zone_name), *(_filter(name, one, zone_name) for name, one in (body.filters or {}).items())]
    hit = body.query.inner_hit if body.query is not None else None
    if hit is not None and hit.type not in NESTED:
        raise BadContent(f'There is no nested object "{hit.type[:80]}".')
    return Search(
        _indices(body, fixed),
        queries[0] if len(queries) == 1 else All(tuple(queries)),
        sorts,
        after,
        tuple(shown.includes or ()),
        tuple(shown.excludes or ()),
        body.include_nested is not False,
        (hit.type, parse_query(hit.query, zone=zone_name)) if hit is not None else None,
        body.type_ahead_query if body.query_type == "TYPEAHEAD" else None,
        _aggregations(body) if aggregating else {},
    )


def _indices(body: SearchBody, fixed: str) -> tuple[str, ...]:
    asked = [fixed] if fixed else body.indices or ["*"]
    return INDICES if "*" in asked else tuple(dict.fromkeys(asked))


def _zone(name: str | None) -> str:
    try:
        return zone(name).key if name else "UTC"
    except ValueError as error:
        raise IllegalValue('Value of "query.timeZone" is empty or contains invalid data.') from error


def _sort(text: str) -> Sort:
    name = text.strip().lstrip("+-")
    if not name or len(name) > 200:
        raise IllegalValue('Value of "sort" is empty or contains invalid data.')
    return name, text.strip().startswith("-")


def _query(body: SearchBody, zone_name: str) -> Query:
    match body.query_type:
        case "DSL":
            if body.query_dsl is None:
                raise IllegalValue('Value of "queryDsl" is empty or contains invalid data.')
            return parse_dsl(body.query_dsl)
        case "TEXT":
            if body.text_query is None:
                raise IllegalValue('Value of "textQuery" is empty or contains invalid data.')
            return _text_query(body.text_query)
        case "TYPEAHEAD":
            if body.type_ahead_query is None:
                raise IllegalValue('Value of "typeAheadQuery" is empty or contains invalid data.')
            return _ahead_query(body.type_ahead_query)
    asked = body.query or QueryText()
    fields = (asked.fields,) if isinstance(asked.fields, str) else tuple(asked.fields or ())
    return parse_query(asked.query or "", tuple(name for name in fields if name) or ("",), zone_name)


def _text_query(asked: TextQuery) -> Query:
    """All terms, or any of them, each in some field: anywhere in it, or at the beginning of its words."""
    if not asked.terms or not asked.fields:
        raise IllegalValue('Value of "textQuery" is empty or contains invalid data.')
    parts = tuple(
        Some(tuple(_contained(name, term) if asked.contains else Start(name, term) for name in asked.fields))
        for term in asked.terms
    )
    return Some(parts) if asked.match_any else All(parts)


def _contained(name: str, term: str) -> Query:
    literal = "".join(f"[{one}]" if one in "*?[" else one for one in term[:500])
    return Pattern(name, f"*{literal}*")


def _ahead_query(asked: TypeAhead) -> Query:
    if asked.nested_type and asked.nested_type not in NESTED:
        raise BadContent(f'There is no nested object "{asked.nested_type[:80]}".')
    start = Start(asked.field, asked.query)
    return Within(asked.nested_type, start) if asked.nested_type else start


def _filter(name: str, one: Filtered, zone_name: str) -> Query:
    found: Query = Holds(name)
    if one.type == "RANGE" or (one.type is None and one.range is not None):
        ends = one.range or Ends()
        low, high = ends.lower or Bound(value="*", inclusive=True), ends.upper or Bound(value="*", inclusive=True)
        found = Range(name, low.value, high.value, low.inclusive, high.inclusive, zone_name)
    elif one.type == "TERMS" or (one.type is None and one.terms is not None):
        found = Some(tuple(Term(name, term, True) for term in one.terms or ()))
    return Without(found) if one.exclude else found


def _aggregations(body: SearchBody) -> Mapping[str, Aggregation]:
    if body.aggregation_type == "SAILPOINT":
        if not body.aggregations:
            raise IllegalValue('Value of "aggregations" is empty or contains invalid data.')
        return parse_aggregations(body.aggregations)
    if not body.aggregations_dsl:
        raise IllegalValue('Value of "aggregationsDsl" is empty or contains invalid data.')
    return parse_dsl_aggregations(body.aggregations_dsl)
