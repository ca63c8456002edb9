"""Profile schemas: the attributes of users and groups, base and custom, and user types.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Schema/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from simulators.okta.domain.errors import Invalid

TYPES = frozenset({"string", "boolean", "number", "integer", "array"})
MOST_TYPES = 10
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BAD_NAME = (
    "invalid property name. Property name should only have alphanumeric characters and underscores. "
    "It should not start with a digit."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an enumeration, with what people see of it; the title is absent without a `oneOf`."""

    value: Any
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a profile. `item_type` is what an array holds; `action` is the right of the person itself."""

    name: str
    title: str
    type: str = "string"
    description: str | None = None
    required: bool = False
    format: str | None = None
    pattern: str | None = None
    mutability: str = "READ_WRITE"
    scope: str = "NONE"
    choices: tuple[Choice, ...] = ()
    item_type: str | None = None
    least: int | None = None
    most: int | None = None
    unique: str | None = None
    action: str = "READ_ONLY"
    master: str = "PROFILE_MASTER"
    priority: tuple[tuple[str, str], ...] = ()
    external_name: str | None = None
    external_namespace: str | None = None
    default: Any = None
    union: str | None = None


@dataclass(frozen=True)
class Schema:
    """A profile's attributes in order. `name` is that of the user type, or `group`."""

    id: str
    name: str
    title: str
    description: str | None
    created: datetime
    last_updated: datetime
    base: tuple[Attribute, ...]
    custom: tuple[Attribute, ...] = ()

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """Every attribute by name, the base ones first."""
        return {attribute.name: attribute for attribute in (*self.base, *self.custom)}


@dataclass(frozen=True, slots=True)
class UserType:
    """A kind of user; its schema has the same id behind another prefix."""

    id: str
    name: str
    display_name: str
    description: str | None
    default: bool
    created: datetime
    last_updated: datetime
    created_by: str
    last_updated_by: str

    @property
    def schema_id(self) -> str:
        """The id of the type's schema."""
        return schema_id(self.id)


def schema_id(type_id: str) -> str:
    """The id of a user type's schema.

    >>> schema_id("oty1abc")
    'osc1abc'
    """
    return "osc" + type_id[3:]


def changed(schema: Schema, base: Mapping[str, Any], custom: Mapping[str, Attribute | None], at: datetime) -> Schema:
    """The schema with custom attributes added, replaced or (None) taken away, and base ones adjusted.

    Of base attributes only permissions and source change, whether a name is required, and the login's pattern; other
    wishes are ignored ("Schemas", `#base`). Raises Invalid.
    """
    held = {attribute.name: attribute for attribute in schema.custom}
    for name, attribute in custom.items():
        if attribute is None:
            held.pop(name, None)
            continue
        _check(schema, attribute)
        if (old := held.get(name)) is not None and (old.type, old.item_type) != (attribute.type, attribute.item_type):
            raise Invalid(name, f"{name}: The type of an existing property can't be changed")
        held[name] = attribute
    adjusted = tuple(_adjusted(schema.name, attribute, base.get(attribute.name) or {}) for attribute in schema.base)
    return replace(schema, base=adjusted, custom=tuple(held.values()), last_updated=at)


def _adjusted(schema: str, attribute: Attribute, wishes: Mapping[str, Any]) -> Attribute:
    if schema == "group" or not wishes:
        return attribute
    allowed = {"action", "master", "priority"}
    if attribute.name in ("firstName", "lastName"):
        allowed.add("required")
    if attribute.name == "login":
        allowed.add("pattern")
    return replace(attribute, **{name: value for name, value in wishes.items() if name in allowed})


def _check(schema: Schema, attribute: Attribute) -> None:
    name, values = attribute.name, [choice.value for choice in attribute.choices]
    if not _NAME.fullmatch(name):
        raise Invalid(_BAD_NAME, _BAD_NAME)
    folded = {other.lower() for other in schema.attributes} - {name.lower()}
    if name in {base.name for base in schema.base} or name.lower() in folded | {
        other.lower() for other in schema.attributes if other != name
    }:
        raise Invalid(name, f"{name}: A property with this name already exists in the profile")
    if not attribute.title:
        raise Invalid(name, f"{name}.title: The field cannot be left blank")
    if attribute.type not in TYPES:
        raise Invalid(name, f"{name}.type: The property type {attribute.type!r} is not supported")
    if attribute.least is not None and attribute.most is not None and attribute.least > attribute.most:
        raise Invalid(name, f"{name}: minLength can't be greater than maxLength")
    if any(value in values[:place] for place, value in enumerate(values)):
        raise Invalid(name, f"{name}.enum: The list of values must consist of unique elements")
    if attribute.pattern is not None:
        try:
            re.compile(attribute.pattern)
        except (re.error, OverflowError, RecursionError):
            raise Invalid(name, f"{name}.pattern: The pattern is not a regular expression") from None


def _own(name: str, title: str, **facts: Any) -> Attribute:
    return Attribute(name, title, **{"action": "READ_WRITE", **facts})


def _hidden(name: str, title: str, **facts: Any) -> Attribute:
    return Attribute(name, title, action="HIDE", **facts)


# the 31 attributes of the default profile: "User profile object", "User profile base subschema"
USER_BASE = (
    Attribute("login", "Username", required=True, least=5, most=100),
    _own("firstName", "First name", required=True, least=1, most=50),
    _own("lastName", "Last name", required=True, least=1, most=50),
    Attribute("middleName", "Middle name"),
    Attribute("honorificPrefix", "Honorific prefix"),
    Attribute("honorificSuffix", "Honorific suffix"),
    _own("email", "Primary email", required=True, format="email"),
    Attribute("title", "Title"),
    Attribute("displayName", "Display name"),
    Attribute("nickName", "Nickname"),
    Attribute("profileUrl", "Profile Url", format="uri"),
    _own("secondEmail", "Secondary email", format="email"),
    _own("mobilePhone", "Mobile phone", most=100),
    _hidden("primaryPhone", "Primary phone", most=100),
    _hidden("streetAddress", "Street address"),
    _hidden("city", "City"),
    _hidden("state", "State"),
    _hidden("zipCode", "Zip code"),
    _hidden("countryCode", "Country code", format="country-code"),
    _hidden("postalAddress", "Postal Address"),
    Attribute("preferredLanguage", "Preferred language", format="language-code"),
    Attribute("locale", "Locale", format="locale"),
    Attribute("timezone", "Time zone", format="timezone"),
    Attribute("userType", "User type"),
    Attribute("employeeNumber", "Employee number"),
    Attribute("costCenter", "Cost center"),
    Attribute("organization", "Organization"),
    Attribute("division", "Division"),
    Attribute("department", "Department"),
    Attribute("managerId", "ManagerId"),
    Attribute("manager", "Manager"),
)
GROUP_BASE = (
    _own("name", "Name", description="Name", required=True, most=255),
    _own("description", "Description", description="Description", most=1024),
)
DEFAULT_DESCRIPTION = "Okta user profile template with default permission settings"


def user_schema(id: str, at: datetime) -> Schema:
    """The schema of a new org's default user type."""
    return Schema(id, "user", "User", DEFAULT_DESCRIPTION, at, at, USER_BASE)


def group_schema(at: datetime) -> Schema:
    """The one schema of groups."""
    return Schema("default", "group", "Okta group", "Okta group profile template", at, at, GROUP_BASE)
