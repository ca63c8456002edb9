"""Queries after parsing (`filter`, `search`): a tree, its evaluation, and what an index can take from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field operator value`; the value of `pr` is None."""

    field: str
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One part holds."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Query


Query = Comparison | All | Either | Not
Reader = Callable[[str], Any]


def holds(query: Query, read: Reader, fold: bool) -> bool:
    """Whether a record satisfies a query. `read` answers a field's value, or a list of them; `fold` ignores case."""
    if isinstance(query, Comparison):
        value = read(query.field)
        values = value if isinstance(value, list | tuple) else [value]
        if query.operator == "pr":
            return any(item not in (None, "") for item in values)
        if query.operator == "ne":
            return not any(_meets(item, "eq", query.value, fold) for item in values)
        return any(_meets(item, query.operator, query.value, fold) for item in values)
    if isinstance(query, All):
        return all(holds(part, read, fold) for part in query.parts)
    if isinstance(query, Either):
        return any(holds(part, read, fold) for part in query.parts)
    return not holds(query.part, read, fold)


def comparisons(query: Query) -> list[Comparison]:
    """Every comparison of a query."""
    if isinstance(query, Comparison):
        return [query]
    if isinstance(query, Not):
        return comparisons(query.part)
    return [found for part in query.parts for found in comparisons(part)]


def required(query: Query) -> list[Comparison]:
    """Comparisons that every answer must meet, so that an index may begin with one of them."""
    if isinstance(query, Comparison):
        return [query]
    if isinstance(query, All):
        return [found for part in query.parts for found in required(part)]
    return []


def _meets(value: Any, operator: str, wanted: Any, fold: bool) -> bool:
    if value is None:
        return operator == "eq" and wanted is None
    if isinstance(wanted, datetime) and isinstance(value, datetime):
        return _ORDER[operator](value, wanted) if operator in _ORDER else False
    if isinstance(value, bool) or isinstance(wanted, bool) or isinstance(value, int | float):
        try:
            return _ORDER[operator](value, wanted)
        except (TypeError, KeyError):
            return False
    left, right = str(value), str(wanted)
    if fold:
        left, right = left.casefold(), right.casefold()
    return _TEXT[operator](left, right)


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "gt": lambda left, right: bool(left > right),
    "ge": lambda left, right: bool(left >= right),
    "lt": lambda left, right: bool(left < right),
    "le": lambda left, right: bool(left <= right),
}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    **_ORDER,
    "sw": lambda left, right: left.startswith(right),
    "ew": lambda left, right: left.endswith(right),
    "co": lambda left, right: right in left,
}
