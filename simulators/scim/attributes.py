"""Which attributes a SCIM user has, and how a client's document is brought to their names and types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.scim.errors import invalid

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

Document = dict[str, Any]
# An attribute is text, a flag, one complex value or many of them; a complex one names its sub-attributes.
Shape = str | tuple[str, tuple[str, ...]]

_PLURAL = ("many", ("value", "display", "type", "primary", "$ref"))
_NAME = ("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")
_ADDRESS = ("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type", "primary")

USER_SHAPES: dict[str, Shape] = {
    "userName": "text",
    "externalId": "text",
    "active": "flag",
    "displayName": "text",
    "name": ("one", _NAME),
    "nickName": "text",
    "profileUrl": "text",
    "title": "text",
    "userType": "text",
    "preferredLanguage": "text",
    "locale": "text",
    "timezone": "text",
    "password": "text",
    "emails": _PLURAL,
    "phoneNumbers": _PLURAL,
    "ims": _PLURAL,
    "photos": _PLURAL,
    "addresses": ("many", _ADDRESS),
    "entitlements": _PLURAL,
    "roles": _PLURAL,
    "x509Certificates": _PLURAL,
}
ENTERPRISE_SHAPES: dict[str, Shape] = {
    "employeeNumber": "text",
    "costCenter": "text",
    "organization": "text",
    "division": "text",
    "department": "text",
    "manager": ("one", ("value", "$ref", "displayName")),
}
GROUP_SHAPES: dict[str, Shape] = {
    "displayName": "text",
    "externalId": "text",
    "members": ("many", ("value", "$ref")),
}
READ_ONLY = frozenset({"id", "meta", "groups", "schemas"})


def canonical(name: str, shapes: Mapping[str, Shape]) -> str | None:
    """The attribute's own spelling, since SCIM names are case-insensitive; None for an unknown one.

    >>> canonical("USERNAME", USER_SHAPES)
    'userName'
    """
    if name in shapes:
        return name
    return next((known for known in shapes if known.lower() == name.lower()), None)


def user_document(body: Document) -> Document:
    """A client's user document by canonical names, checked; read-only and unknown attributes are left out."""
    document = shaped(body, USER_SHAPES)
    for name, value in body.items():
        if name.lower() == ENTERPRISE.lower() and value is not None:
            if not isinstance(value, dict):
                raise invalid(f"{ENTERPRISE} must be an object")
            if extension := shaped(value, ENTERPRISE_SHAPES):
                document[ENTERPRISE] = extension
    if not document.get("userName"):
        raise invalid("userName is required")
    document.pop("password", None)
    return document


def shaped(body: Document, shapes: Mapping[str, Shape]) -> Document:
    """The known attributes of `body` in canonical spelling, each of the right type."""
    document: Document = {}
    for given, value in body.items():
        if value is None or value == [] or given in READ_ONLY:
            continue
        name = canonical(given, shapes)
        if name is not None:
            document[name] = _checked(name, value, shapes[name])
    return document


def _checked(name: str, value: Any, shape: Shape) -> Any:
    if shape == "text":
        if not isinstance(value, str):
            raise invalid(f"{name} must be a string")
        return value
    if shape == "flag":
        if not isinstance(value, bool):
            raise invalid(f"{name} must be a boolean")
        return value
    assert isinstance(shape, tuple)
    kind, parts = shape
    if kind == "one":
        if not isinstance(value, dict):
            raise invalid(f"{name} must be an object")
        return _parts(name, value, parts)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid(f"{name} must be a list of objects")
    return [_parts(name, item, parts) for item in value]


def _parts(name: str, value: Document, parts: tuple[str, ...]) -> Document:
    kept: Document = {}
    by_lower = {part.lower(): part for part in parts}
    for given, inner in value.items():
        part = by_lower.get(given.lower())
        if part is None or inner is None:
            continue
        if not isinstance(inner, bool if part == "primary" else str):
            raise invalid(f"{name}.{part} must be a {'boolean' if part == 'primary' else 'string'}")
        kept[part] = inner
    return kept
