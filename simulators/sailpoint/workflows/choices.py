"""Choices: comparators of workflow steps, and the branch they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.sailpoint.domain.paths import filled, select
from simulators.sailpoint.domain.times import instant


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and len(value) == 1:
        return _text(value[0])
    return "" if value is None else str(value)


def _earlier(a: Any, b: Any) -> bool:
    one, two = instant(a), instant(b)
    return one is not None and two is not None and one < two


COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda a, b: _text(a) == _text(b),
    "StringDoesNotEqual": lambda a, b: _text(a) != _text(b),
    "StringEqualsIgnoreCase": lambda a, b: _text(a).lower() == _text(b).lower(),
    "StringContains": lambda a, b: _text(b) in _text(a),
    "StringStartsWith": lambda a, b: _text(a).startswith(_text(b)),
    "StringMatchesAny": lambda a, b: (
        _text(a) in (b if isinstance(b, list) else [word.strip() for word in _text(b).split(",")])
    ),
    "NumericEquals": lambda a, b: _number(a) == _number(b),
    "NumericGreaterThan": lambda a, b: _number(a) > _number(b),
    "NumericGreaterThanEquals": lambda a, b: _number(a) >= _number(b),
    "NumericLessThan": lambda a, b: _number(a) < _number(b),
    "NumericLessThanEquals": lambda a, b: _number(a) <= _number(b),
    "BooleanEquals": lambda a, b: _text(a) == _text(b),
    "TimestampLessThan": _earlier,
    "TimestampGreaterThan": lambda a, b: _earlier(b, a),
    "IsPresent": lambda a, b: a not in (None, "", []),
    "IsNull": lambda a, b: a in (None, "", []),
}


def _side(choice: Mapping[str, Any], name: str, view: Mapping[str, Any]) -> Any:
    if f"{name}.$" in choice:
        return select(choice[f"{name}.$"], view)
    return filled(choice.get(name), view)


def chosen(step: Mapping[str, Any], view: Mapping[str, Any]) -> str:
    """The step a choice leads to. Raises ValueError for an unknown comparator."""
    for choice in step.get("choiceList") or ():
        comparator = COMPARATORS.get(str(choice["comparator"]))
        if comparator is None:
            raise ValueError(f"unknown comparator {choice['comparator']!r}")
        if comparator(_side(choice, "variableA", view), _side(choice, "variableB", view)):
            return str(choice["nextStep"])
    return str(step.get("defaultStep") or "")
