"""Collection filters as values: what a condition tree asks, whether a record meets it, which index leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from simulators.sailpoint.domain.times import instant

Getter = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Compare:
    """`field op value`; `op` is one of eq ne gt ge lt le co sw in ca isnull pr."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Both:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The part does not hold."""

    part: Condition


Condition = Compare | Both | Either | Negated


def comparisons(condition: Condition) -> Iterator[Compare]:
    """Every comparison of a tree."""
    match condition:
        case Compare():
            yield condition
        case Negated(part):
            yield from comparisons(part)
        case Both(parts) | Either(parts):
            for part in parts:
                yield from comparisons(part)


def required(condition: Condition | None) -> Iterator[Compare]:
    """The comparisons that every match meets: where an index may start."""
    match condition:
        case Compare():
            yield condition
        case Both(parts):
            for part in parts:
                yield from required(part)


def _folded(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).lower() if value is not None else None


def _ordered(have: Any, want: Any, holds: Callable[[Any, Any], bool]) -> bool:
    if isinstance(have, int | float) and not isinstance(have, bool):
        try:
            return holds(have, float(want))
        except (TypeError, ValueError):
            return False
    one, two = instant(have), instant(want)
    if one is not None and two is not None:
        return holds(one, two)
    return holds(_folded(have) or "", _folded(want) or "")


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda have, want: _same(have, want),
    "ne": lambda have, want: not _same(have, want),
    "co": lambda have, want: (_folded(want) or "") in (_folded(have) or ""),
    "sw": lambda have, want: (_folded(have) or "").startswith(_folded(want) or ""),
    "in": lambda have, want: any(_same(have, one) for one in want),
    "gt": lambda have, want: _ordered(have, want, lambda one, two: one > two),
    "ge": lambda have, want: _ordered(have, want, lambda one, two: one >= two),
    "lt": lambda have, want: _ordered(have, want, lambda one, two: one < two),
    "le": lambda have, want: _ordered(have, want, lambda one, two: one <= two),
}


def _same(have: Any, want: Any) -> bool:
    if _folded(have) == _folded(want):
        return True
    if isinstance(have, str) and isinstance(want, str) and len(have) > 10 and "T" in have and have[:2].isdigit():
        return (one := instant(have)) is not None and one == instant(want)
    return False


def holds(condition: Condition, get: Getter) -> bool:
    """Whether a record, read through `get`, meets a condition.

    >>> holds(Compare("name", "sw", "Gr"), {"name": "grace"}.get)
    True
    """
    match condition:
        case Both(parts):
            return all(holds(part, get) for part in parts)
        case Either(parts):
            return any(holds(part, get) for part in parts)
        case Negated(part):
            return not holds(part, get)
        case Compare(field, op, want):
            have = get(field)
            if op == "isnull":
                return have in (None, "", [])
            if op == "pr":
                return have not in (None, "", [])
            if op == "ca":
                held = {_folded(one) for one in have or ()}
                return all(_folded(one) in held for one in want)
            if isinstance(have, list):
                return any(_OPERATORS[op](one, want) for one in have)
            return _OPERATORS[op](have, want)
    raise TypeError(f"not a condition: {condition!r}")
