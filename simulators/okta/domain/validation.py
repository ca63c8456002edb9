"""Whether a user's profile keeps its schema, and what is said where it does not.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Schema/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from simulators.okta.domain.errors import CannotModifyImmutable, CannotModifyReadOnly
from simulators.okta.domain.schemas import Attribute, Schema

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"{_LOCAL}(\.{_LOCAL})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_FORMATS = {
    "email": _EMAIL,
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"),
    "country-code": re.compile(r"[A-Za-z]{2}"),
    "locale": re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*"),
    "timezone": re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*"),
}
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list, tuple),
}
# "Schemas": base mail attributes have these lengths though their schema does not show them
_LENGTHS = {"email": (5, 100), "secondEmail": (5, 100)}
_NOT_EMAIL = "login: Username must be in the form of an email address"
NO_PATTERN = "Does not match required pattern"
Causes = list[tuple[str, str]]


def problems(profile: Mapping[str, Any], schema: Schema) -> tuple[str, list[str]] | None:
    """What is wrong with a profile: the name that the summary carries, and one cause per problem."""
    known = schema.attributes
    if unknown := [name for name in profile if name not in known]:
        return "newUser", [f"Property name '{name}' is not defined in profile" for name in unknown]
    causes: Causes = []
    for name, attribute in known.items():
        value = profile.get(name)
        if value not in (None, ""):
            causes += [(name, f"{name}: {text}") for text in _complaints(attribute, value)]
        elif attribute.required:
            causes.append((name, f"{name}: The field cannot be left blank"))
    login = profile.get("login")
    if known["login"].pattern is None and not (isinstance(login, str) and _EMAIL.fullmatch(login)):
        causes.append(("login", _NOT_EMAIL))
    return (causes[0][0], [cause for _, cause in causes]) if causes else None


def demand_changeable(before: Mapping[str, Any], after: Mapping[str, Any], schema: Schema) -> None:
    """Raise CannotModifyReadOnly or CannotModifyImmutable for an attribute whose mutability forbids the change."""
    for attribute in schema.custom:
        name = attribute.name
        if attribute.mutability == "READ_WRITE" or before.get(name) == after.get(name):
            continue
        if attribute.mutability == "READ_ONLY":
            raise CannotModifyReadOnly(name)
        if attribute.mutability == "IMMUTABLE" and before.get(name) is not None:
            raise CannotModifyImmutable(name)


def with_defaults(profile: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """A profile with the schema's defaults where it says nothing."""
    defaults = {item.name: item.default for item in schema.custom if item.default is not None}
    return {**defaults, **{name: value for name, value in profile.items() if value is not None}}


def _complaints(attribute: Attribute, value: Any) -> list[str]:
    if not _is(attribute.type, value):
        return [f"Attribute value must be of type {attribute.type}"]
    if attribute.type == "array":
        values, item_type = list(value), attribute.item_type or "string"
        if not all(_is(item_type, item) for item in values):
            return [f"Attribute values must be of type {item_type}"]
    else:
        values = [value]
    texts = [text for check in _CHECKS for text in check(attribute, values)]
    return list(dict.fromkeys(texts))


def _is(kind: str, value: Any) -> bool:
    return isinstance(value, _PYTHON[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _length(attribute: Attribute, values: list[Any]) -> list[str]:
    least, most = _LENGTHS.get(attribute.name, (attribute.least, attribute.most))
    texts = [value for value in values if isinstance(value, str)]
    if all((least or 0) <= len(text) and (most is None or len(text) <= most) for text in texts):
        return []
    if least is None:
        return [f"The field cannot be longer than {most} characters"]
    return [f"The field must be between {least} and {most} characters" if most else f"At least {least} characters"]


def _choice(attribute: Attribute, values: list[Any]) -> list[str]:
    allowed = [choice.value for choice in attribute.choices]
    if not allowed or all(value in allowed for value in values):
        return []
    return ["The value is not one of the values of the enum"]


def _format(attribute: Attribute, values: list[Any]) -> list[str]:
    wanted = _FORMATS.get(attribute.format or "")
    return [NO_PATTERN for value in values if wanted is not None and not wanted.fullmatch(str(value))]


def _pattern(attribute: Attribute, values: list[Any]) -> list[str]:
    pattern = attribute.pattern
    return [NO_PATTERN for value in values if pattern is not None and not re.fullmatch(pattern, str(value))]


_CHECKS: tuple[Callable[[Attribute, list[Any]], list[str]], ...] = (_format, _pattern, _length, _choice)
