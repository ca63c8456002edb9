"""What is wrong with a transform's definition before anybody evaluates it.

https://developer.sailpoint.com/docs/extensibility/transforms/operations (required attributes of each operation)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from simulators.sailpoint.domain.datepatterns import date_math
from simulators.sailpoint.domain.regexes import regex
from simulators.sailpoint.domain.templates import filled
from simulators.sailpoint.domain.texts import length, number
from simulators.sailpoint.domain.transform_rules import RULES, UTILITIES, UTILITY
from simulators.sailpoint.domain.transforms import OPERATIONS

Attributes = Mapping[str, Any]
MOST_DEPTH = 30
# Kinds that stand within others only: the API's list of types does not have them.
INNER = frozenset({"join", "concatenation"})

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "accountAttribute": ("sourceName", "attributeName"),
    "concat": ("values",),
    "concatenation": ("values",),
    "conditional": ("expression", "positiveCondition", "negativeCondition"),
    "dateCompare": ("firstDate", "secondDate", "operator", "positiveCondition", "negativeCondition"),
    "dateMath": ("expression",),
    "firstValid": ("values",),
    "identityAttribute": ("name",),
    "indexOf": ("substring",),
    "join": ("values",),
    "lastIndexOf": ("substring",),
    "leftPad": ("length",),
    "lookup": ("table",),
    "reference": ("id",),
    "replace": ("regex", "replacement"),
    "replaceAll": ("table",),
    "rightPad": ("length",),
    "rule": ("name",),
    "split": ("delimiter", "index"),
    "static": ("value",),
    "substring": ("begin",),
    "usernameGenerator": ("patterns",),
}
_UTILITY_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "generateRandomString": ("includeNumbers", "includeSpecialChars", "length"),
    "getEndOfString": ("numChars",),
    "getReferenceIdentityAttribute": ("uid", "attributeName"),
}
_LISTS, _TABLES = frozenset({"values", "patterns"}), frozenset({"table"})
_ANY = frozenset({"positiveCondition", "negativeCondition", "firstDate", "secondDate", "value", "uid"})


def _conditional(a: Attributes) -> None:
    if " eq " not in a["expression"]:
        raise ValueError("expression")


def _compared(a: Attributes) -> None:
    if str(a["operator"]).lower() not in ("lt", "lte", "gt", "gte"):
        raise ValueError("operator")


def _rule(a: Attributes) -> None:
    if a["name"] not in RULES:
        raise ValueError("name")
    if a["name"] == UTILITY:
        if a.get("operation") not in UTILITIES:
            raise ValueError("operation")
        for name in _UTILITY_REQUIRED[a["operation"]]:
            if a.get(name) in (None, ""):
                raise ValueError(name)
        _sized(a)


def _sized(a: Attributes) -> None:
    if "length" in a:
        length(a)


def _static(a: Attributes) -> None:
    if isinstance(a["value"], str):
        filled(a["value"], lambda name: None)


def _formatted(a: Attributes) -> None:
    if str(a.get("format") or "alpha2") not in ("alpha2", "alpha3", "numeric"):
        raise ValueError("format")


_CHECKS: Mapping[str, Callable[[Attributes], object]] = {
    "conditional": _conditional,
    "dateCompare": _compared,
    "dateMath": lambda a: date_math(datetime(2000, 1, 1, tzinfo=UTC), a["expression"]),
    "iso3166": _formatted,
    "leftPad": _sized,
    "randomAlphaNumeric": _sized,
    "randomNumeric": _sized,
    "replace": lambda a: regex(a["regex"]),
    "replaceAll": lambda a: [regex(pattern) for pattern in a["table"]],
    "rightPad": _sized,
    "rule": _rule,
    "split": lambda a: (regex(a["delimiter"]), number(a, "index")),
    "static": _static,
    "substring": lambda a: [number(a, name, 0) for name in ("begin", "beginOffset", "end", "endOffset")],
}


def problem(definition: Any, depth: int = 0) -> str:
    """What is wrong with a definition, in the vendor's words; empty for one that is good.

    >>> problem({"type": "lookup", "attributes": {}})
    'The transform type "lookup" requires the attribute "table".'
    """
    if depth > MOST_DEPTH:
        return "Transforms stand too deep within each other."
    if not isinstance(definition, Mapping):
        return "A transform definition must be an object."
    kind, attributes = definition.get("type"), definition.get("attributes")
    if not isinstance(kind, str) or kind not in OPERATIONS:
        return f'The transform type "{str(kind)[:50]}" is not supported.'
    if attributes is not None and not isinstance(attributes, Mapping):
        return "The attributes of a transform must be an object."
    attributes = attributes or {}
    for name in REQUIRED.get(kind, ()):
        if name not in attributes or (attributes[name] is None and name not in _ANY):
            return f'The transform type "{kind}" requires the attribute "{name}".'
        if not _fits(name, attributes[name], kind):
            return f'The attribute "{name}" of the transform type "{kind}" is invalid.'
    try:
        if (check := _CHECKS.get(kind)) is not None:
            check(attributes)
    except ValueError as error:
        return f'The attributes of the transform type "{kind}" are invalid: {error}.'
    return next(filter(None, (problem(inner, depth + 1) for inner in _inner(attributes))), "")


def _fits(name: str, value: Any, kind: str) -> bool:
    if name in _LISTS:
        return isinstance(value, list | tuple)
    if name in _TABLES:
        return isinstance(value, Mapping) and all(not isinstance(one, Mapping | list) for one in value.values())
    if name in _ANY:
        return not isinstance(value, list)
    if name in ("length", "index", "begin"):
        return isinstance(value, int | str) and not isinstance(value, bool)
    return isinstance(value, str) and (value != "" or name == "replacement")


def _inner(attributes: Attributes) -> Iterator[Mapping[str, Any]]:
    """The transforms that stand within attributes: objects that name a type."""
    for name, value in attributes.items():
        if name in _TABLES:
            continue
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, Mapping) and "type" in one:
                yield one
