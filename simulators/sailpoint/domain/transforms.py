"""Transforms: how identity attributes are computed, interpreted from their JSON definitions.

https://developer.sailpoint.com/docs/extensibility/transforms/operations
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.datepatterns import date_math, date_read, date_text
from simulators.sailpoint.domain.evaluation import (
    OPERATIONS,
    Context,
    Definition,
    evaluate,
    input_of,
    input_text,
    text_of,
)
from simulators.sailpoint.domain.templates import filled
from simulators.sailpoint.domain.texts import ALPHABETS, TEXTS, chosen, number
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.transform_rules import rule

__all__ = ["OPERATIONS", "Context", "Definition", "evaluate"]

_SEVERAL = ("accountSortAttribute", "accountSortDescending", "accountReturnFirstLink")
MOST_CHECKS, _COUNTER = 50, "uniqueCounter"


def _account_attribute(a: Definition, c: Context) -> Any:
    """An attribute of an account: of the first that has one, or of the first in a given order."""
    name = a["attributeName"]
    if len(a) <= 2 or not any(option in a for option in _SEVERAL):
        account = c.account(a["sourceName"])
        return None if account is None else account.get(name) or None
    accounts = list(c.accounts(a["sourceName"]))
    key = str(a.get("accountSortAttribute") or "created")
    accounts.sort(key=lambda one: str(one.get(key) or ""), reverse=_true(a, "accountSortDescending"))
    if _true(a, "accountReturnFirstLink"):
        accounts = accounts[:1]
    return next((value for one in accounts if (value := one.get(name)) not in (None, "")), None)


def _true(a: Definition, name: str) -> bool:
    return str(a.get(name)).lower() == "true"


def _reference(a: Definition, c: Context) -> Any:
    """The transform of a name; what the reference says besides is laid over its attributes."""
    named = c.named(str(a["id"]))
    if named is None:
        raise ValueError(f"there is no transform {a['id']!r}")
    own = named.get("attributes") or {}
    before = c.given
    c.given = input_of(a, c)
    try:
        return evaluate({**named, "attributes": {**own, **{k: v for k, v in a.items() if k not in ("id", "input")}}}, c)
    finally:
        c.given = before


def _variables(a: Definition, c: Context) -> Callable[[str], Any]:
    def variable(name: str) -> Any:
        return evaluate(a[name], c) if name in a and name not in ("value", "patterns") else c.fields[name]

    return variable


def _static(a: Definition, c: Context) -> Any:
    """A fixed text, or a template in which `$name` stands for the sibling transform of that name."""
    value = text_of(a.get("value"))
    return filled(value, _variables(a, c)) if "$" in value or "#" in value else value


def _lookup(a: Definition, c: Context) -> Any:
    """The value of a key. Without a match and a default that is an error (SailPoint, Lookup)."""
    table, key = a["table"], input_text(a, c)
    if key not in table and "default" not in table:
        raise ValueError(f"{key!r} is not in the table, and there is no default")
    return table[key] if key in table else table["default"]


def _joined(separator: str, a: Definition, c: Context) -> str:
    return text_of(separator.join(text_of(evaluate(part, c)) for part in a["values"]))


def _first_valid(a: Definition, c: Context) -> Any:
    """The first value there is; with `ignoreErrors` one that cannot be had counts as none."""
    for part in a["values"]:
        try:
            value = evaluate(part, c)
        except ValueError:
            if not _true(a, "ignoreErrors"):
                raise
            continue
        if value not in (None, ""):
            return value
    return None


def _branch(value: Any, a: Definition, c: Context) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        value = a.get(value[1:].strip("{}"))
    return evaluate(value, c)


def _conditional(a: Definition, c: Context) -> Any:
    """`$left eq right`: both sides may name sibling transforms, and neither may be null (SailPoint, Conditional)."""
    left, operator, right = str(a["expression"]).partition(" eq ")
    if not operator:
        raise ValueError("IllegalArgumentException: the only operator is eq")
    sides = [_branch(side.strip(), a, c) for side in (left, right)]
    if None in sides:
        raise ValueError("IllegalArgumentException: an operand is null")
    same = text_of(sides[0]) == text_of(sides[1])
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
    """A moved and rounded instant, to the minute (SailPoint, Date Math: the output has no seconds)."""
    expression = str(a["expression"])
    start = c.at if expression.startswith("now") else instant(input_of(a, c))
    return date_text(date_math(start, expression, _true(a, "roundUp")), "yyyy-MM-dd'T'HH:mm'Z'") if start else None


def _date_format(a: Definition, c: Context) -> Any:
    value = input_of(a, c)
    if value in (None, ""):
        return None
    at = date_read(value, str(a.get("inputFormat") or "ISO8601"))
    return date_text(at, str(a.get("outputFormat") or "ISO8601"))


def _counting(known: Callable[[str], Any], count: int) -> Callable[[str], Any]:
    return lambda name: str(count or "") if name == _COUNTER else known(name)


def _username(a: Definition, c: Context) -> Any:
    """The first pattern nobody has taken; the last may count up: without a number first, then 1, 2, 3.

    Raises ValueError once `cloudMaxUniqueChecks` (at most 50) tries have failed (SailPoint, Username Generator).
    """
    checks = min(number(c.limits, "cloudMaxUniqueChecks", MOST_CHECKS), MOST_CHECKS)
    longest, known = number(c.limits, "cloudMaxSize", 450), _variables(a, c)
    for pattern in a["patterns"]:
        for count in range(checks if _COUNTER in str(pattern) else 1):
            login = filled(str(pattern), _counting(known, count))[:longest]
            if not c.login_taken(login):
                return login
    raise ValueError("IllegalStateException: no unique value was found")


def _display_name(a: Definition, c: Context) -> str:
    """The preferred or else the given name, with the family name."""
    first = c.identity.get("preferredName") or c.identity.get("firstname")
    return " ".join(text_of(part) for part in (first, c.identity.get("lastname")) if part)


def _uuid(a: Definition, c: Context) -> str:
    digits = c.draw()[:16].hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _over_text(function: Callable[[str, Mapping[str, Any]], Any]) -> Callable[[Definition, Context], Any]:
    return lambda a, c: function(input_text(a, c), a)


def _by_chance(kind: str) -> Callable[[Definition, Context], Any]:
    return lambda a, c: chosen(kind, a, c.draw)


OPERATIONS.update({kind: _over_text(function) for kind, function in TEXTS.items() if kind != "getEndOfString"})
OPERATIONS.update({kind: _by_chance(kind) for kind in ALPHABETS if kind != "generateRandomString"})
OPERATIONS.update(
    {
        "accountAttribute": _account_attribute,
        "concat": lambda a, c: _joined("", a, c),
        "concatenation": lambda a, c: _joined("", a, c),
        "conditional": _conditional,
        "dateCompare": _date_compare,
        "dateFormat": _date_format,
        "dateMath": _date_math,
        "displayName": _display_name,
        "firstValid": _first_valid,
        "identityAttribute": lambda a, c: c.identity.get(a["name"]),
        "join": lambda a, c: _joined(str(a.get("separator") or ","), a, c),
        "lookup": _lookup,
        "reference": _reference,
        "rule": rule,
        "static": _static,
        "usernameGenerator": _username,
        "uuid": _uuid,
    }
)
