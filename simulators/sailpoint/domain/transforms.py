"""Transforms: how identity attributes are computed, interpreted from their JSON definitions.

https://developer.sailpoint.com/docs/extensibility/transforms/operations
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.names import login_stem, unique_login, without_marks
from simulators.sailpoint.domain.times import formatted, instant, local_instant, local_midnight, shifted

Definition = Mapping[str, Any]
# Most are dictionaries read from JSON: asking for those first spares the slow question about an abstract class.
_DEFINITION = (dict, Mapping)


@dataclass(slots=True)
class Context:
    """What a transform may look at. `edges` collects the coming instants at which a comparison with now will turn."""

    at: datetime
    account: Callable[[str], Mapping[str, Any] | None]
    identity: dict[str, Any]
    previous: Mapping[str, Any]
    named: Callable[[str], Definition | None]
    login_taken: Callable[[str], bool]
    manager: Callable[[str], Any]
    edges: list[datetime] = field(default_factory=list)


def evaluate(definition: Any, context: Context) -> Any:
    """The value of a transform, a plain value or None. Raises ValueError for a type that is not known."""
    if isinstance(definition, str) or not isinstance(definition, _DEFINITION):
        return definition
    kind = definition.get("type")
    if (operation := OPERATIONS.get(str(kind))) is None:
        raise ValueError(f"unknown transform type {kind!r}")
    return operation(definition.get("attributes") or {}, context)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _account_attribute(a: Definition, c: Context) -> Any:
    account = c.account(a["sourceName"])
    return None if account is None else account.get(a["attributeName"]) or None


def _identity_attribute(a: Definition, c: Context) -> Any:
    return c.identity.get(a["name"])


def _reference(a: Definition, c: Context) -> Any:
    named = c.named(a["id"])
    if named is None:
        return None
    return evaluate(
        {**named, "attributes": {**(named.get("attributes") or {}), **{k: v for k, v in a.items() if k != "id"}}}, c
    )


def _input(a: Definition, c: Context) -> str:
    return _text(evaluate(a.get("input"), c))


def _static(a: Definition, c: Context) -> Any:
    """A fixed text in which `$name` and `${name}` stand for the sibling transforms of that name."""
    return re.sub(r"\$\{?(\w+)\}?", lambda m: _text(evaluate(a[m[1]], c)) if m[1] in a else m[0], _text(a.get("value")))


def _lookup(a: Definition, c: Context) -> Any:
    table = a["table"]
    return table.get(_input(a, c), table.get("default"))


def _concat(a: Definition, c: Context) -> str:
    return "".join(_text(evaluate(part, c)) for part in a["values"])


def _replace(a: Definition, c: Context) -> str:
    return re.sub(a["regex"], a["replacement"], _input(a, c))


def _first_valid(a: Definition, c: Context) -> Any:
    for part in a["values"]:
        value = evaluate(part, c)
        if value not in (None, ""):
            return value
    return None


def _branch(value: Any, a: Definition, c: Context) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        value = a.get(value[1:])
    return evaluate(value, c)


def _conditional(a: Definition, c: Context) -> Any:
    """`$left eq right`: both sides may name sibling transforms."""
    left, _, right = a["expression"].partition(" eq ")
    same = _text(_branch(left.strip(), a, c)) == _text(_branch(right.strip(), a, c))
    return _branch(a["positiveCondition" if same else "negativeCondition"], a, c)


_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    "lt": lambda one, two: one < two,
    "lte": lambda one, two: one <= two,
    "gt": lambda one, two: one > two,
    "gte": lambda one, two: one >= two,
}


def _date_compare(a: Definition, c: Context) -> Any:
    sides = [c.at if a[name] == "now" else instant(evaluate(a[name], c)) for name in ("firstDate", "secondDate")]
    first, second = sides
    if first is None or second is None:
        return _branch(a.get("negativeCondition"), a, c)
    if "now" in (a["firstDate"], a["secondDate"]):
        c.edges.extend(side for side in sides if side is not None and side > c.at)
    holds = _COMPARE[str(a["operator"]).lower()](first, second)
    return _branch(a.get("positiveCondition" if holds else "negativeCondition"), a, c)


def _date_math(a: Definition, c: Context) -> Any:
    expression = a["expression"]
    start = c.at if expression.startswith("now") else instant(evaluate(a.get("input"), c))
    return None if start is None else iso(shifted(start, expression))


def _date_format(a: Definition, c: Context) -> Any:
    at = instant(evaluate(a.get("input"), c))
    return None if at is None else formatted(at, a.get("outputFormat", "ISO8601"))


def _username(a: Definition, c: Context) -> Any:
    """The first pattern nobody has taken; `$name` is a sibling transform, `${uniqueCounter}` a number."""
    for pattern in a["patterns"]:
        for number in range(2, 1000):
            text = str(pattern).replace("${uniqueCounter}", str(number))
            login = _static({**a, "value": text}, c)
            if not c.login_taken(login):
                return login
            if text == pattern:
                break
    return None


def _local_midnight(a: Definition, c: Context) -> Any:
    """The instant at which the day `date` begins in `timeZone`, or the day `days` later."""
    day, zone_name = _text(evaluate(a.get("date"), c)), _text(evaluate(a.get("timeZone"), c))
    return local_midnight(day, zone_name, int(a.get("days", 0))) if day and zone_name else None


def _end_instant(a: Definition, c: Context) -> Any:
    """When employment ends: `endTime` of the last day, or on arrival where the end is immediate or lies in the past.

    The instant of arrival is kept from then on, so that looking again does not move it.
    """
    day, zone_name = _text(evaluate(a.get("date"), c)), _text(evaluate(a.get("timeZone"), c))
    at_once = evaluate(a.get("endNow"), c) == "Y" or evaluate(a.get("endReason"), c) in a.get("immediateReasons", ())
    if not zone_name or not (day or at_once):
        return None
    nominal = instant(local_instant(day, _text(evaluate(a.get("endTime"), c)), zone_name)) if day else None
    if nominal is not None and nominal > c.at and not at_once:
        return iso(nominal)
    before, start = instant(c.previous.get(a["attribute"])), instant(c.identity.get(a.get("startAttribute", "")))
    kept = before is not None and before <= c.at and (start is None or start > c.at or before >= start)
    return iso(before) if before is not None and kept else iso(c.at)


def _next_edge(a: Definition, c: Context) -> Any:
    """The earliest of `dates` that is still to come."""
    coming = [at for at in (instant(evaluate(part, c)) for part in a["dates"]) if at is not None and at > c.at]
    return iso(min(coming)) if coming else None


def _unique_login(a: Definition, c: Context) -> str:
    first, last, key = (_text(evaluate(a.get(name), c)) for name in ("firstName", "lastName", "fallback"))
    return unique_login(login_stem(first, last, key), a["domain"], _text(c.previous.get(a["attribute"])), c.login_taken)


RULES: dict[str, Callable[[Definition, Context], Any]] = {
    "Local Midnight": _local_midnight,
    "End Instant": _end_instant,
    "Next Edge": _next_edge,
    "Unique Login": _unique_login,
    "Manager Attribute": lambda a, c: c.manager(a["attribute"]),
}


def _rule(a: Definition, c: Context) -> Any:
    if (rule := RULES.get(a["name"])) is None:
        raise ValueError(f"unknown rule {a['name']!r}")
    return rule(a, c)


OPERATIONS: dict[str, Callable[[Definition, Context], Any]] = {
    "accountAttribute": _account_attribute,
    "identityAttribute": _identity_attribute,
    "reference": _reference,
    "static": _static,
    "lookup": _lookup,
    "concat": _concat,
    "concatenation": _concat,
    "lower": lambda a, c: _input(a, c).lower(),
    "upper": lambda a, c: _input(a, c).upper(),
    "trim": lambda a, c: _input(a, c).strip(),
    "replace": _replace,
    "decomposeDiacriticalMarks": lambda a, c: without_marks(_input(a, c)),
    "firstValid": _first_valid,
    "conditional": _conditional,
    "dateCompare": _date_compare,
    "dateMath": _date_math,
    "dateFormat": _date_format,
    "usernameGenerator": _username,
    "rule": _rule,
}
