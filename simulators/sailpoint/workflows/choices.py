"""Choices: comparators of workflow steps, and the branch they lead to.

https://documentation.sailpoint.com/saas/help/workflows/workflow-operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from simulators.kernel.patterns import BadPattern, compiled
from simulators.sailpoint.domain import paths
from simulators.sailpoint.domain.times import instant

_MISSING: tuple[Any, ...] = (None, "", [])


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and len(value) == 1:
        return _text(value[0])
    return "" if value is None else str(value)


def _times(compare: Callable[[datetime, datetime], bool]) -> Callable[[Any, Any], bool]:
    def check(a: Any, b: Any) -> bool:
        one, two = instant(a), instant(b)
        return one is not None and two is not None and compare(one, two)

    return check


def _fits(a: Any, b: Any) -> bool:
    try:
        return compiled(_text(b)).fits(_text(a)[:1000])
    except BadPattern as error:
        raise ValueError(f"bad pattern {b!r}: {error}") from None


def _kind(test: Callable[[Any], bool]) -> Callable[[Any, Any], bool]:
    """Whether a value is of a kind, or with `false` beside it, is not."""
    return lambda a, b: test(a) is not (_text(b) == "false")


COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda a, b: _text(a) == _text(b),
    "StringDoesNotEqual": lambda a, b: _text(a) != _text(b),
    "StringEqualsIgnoreCase": lambda a, b: _text(a).lower() == _text(b).lower(),
    "StringContains": lambda a, b: _text(b) in _text(a),
    "StringDoesNotContain": lambda a, b: _text(b) not in _text(a),
    "StringStartsWith": lambda a, b: _text(a).startswith(_text(b)),
    "StringEndsWith": lambda a, b: _text(a).endswith(_text(b)),
    "StringLessThan": lambda a, b: _text(a) < _text(b),
    "StringLessThanEquals": lambda a, b: _text(a) <= _text(b),
    "StringGreaterThan": lambda a, b: _text(a) > _text(b),
    "StringGreaterThanEquals": lambda a, b: _text(a) >= _text(b),
    "StringMatches": _fits,
    "StringMatchesAny": lambda a, b: (
        _text(a) in (b if isinstance(b, list) else [word.strip() for word in _text(b).split(",")])
    ),
    "NumericEquals": lambda a, b: _number(a) == _number(b),
    "NumericDoesNotEqual": lambda a, b: _number(a) != _number(b),
    "NumericGreaterThan": lambda a, b: _number(a) > _number(b),
    "NumericGreaterThanEquals": lambda a, b: _number(a) >= _number(b),
    "NumericLessThan": lambda a, b: _number(a) < _number(b),
    "NumericLessThanEquals": lambda a, b: _number(a) <= _number(b),
    "BooleanEquals": lambda a, b: _text(a) == _text(b),
    "TimestampEquals": _times(lambda a, b: a == b),
    "TimestampLessThan": _times(lambda a, b: a < b),
    "TimestampLessThanEquals": _times(lambda a, b: a <= b),
    "TimestampGreaterThan": _times(lambda a, b: a > b),
    "TimestampGreaterThanEquals": _times(lambda a, b: a >= b),
    "IsPresent": _kind(lambda a: a not in _MISSING),
    "IsNull": _kind(lambda a: a in _MISSING),
    "IsString": _kind(lambda a: isinstance(a, str)),
    "IsNumeric": _kind(lambda a: isinstance(a, int | float) and not isinstance(a, bool)),
    "IsBoolean": _kind(lambda a: isinstance(a, bool)),
    "IsTimestamp": _kind(lambda a: isinstance(a, str) and instant(a) is not None),
}


def _side(choice: Mapping[str, Any], name: str, view: Mapping[str, Any]) -> Any:
    path = choice.get(f"{name}.$")
    return paths.chosen(path, view) if isinstance(path, str) else paths.filled(choice.get(name), view)


def chosen(step: Mapping[str, Any], view: Mapping[str, Any]) -> str:
    """The step a choice leads to. Raises ValueError for an unknown comparator or a bad pattern."""
    for choice in step.get("choiceList") or ():
        comparator = COMPARATORS.get(str(choice["comparator"]))
        if comparator is None:
            raise ValueError(f"unknown comparator {choice['comparator']!r}")
        if comparator(_side(choice, "variableA", view), _side(choice, "variableB", view)):
            return str(choice["nextStep"])
    return str(step.get("defaultStep") or "")
