"""User profiles: the attributes of the default type, held compactly."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

BASE_ATTRIBUTES = (
    "firstName", "lastName", "mobilePhone", "secondEmail", "login", "email", "middleName", "honorificPrefix",
    "honorificSuffix", "title", "displayName", "nickName", "profileUrl", "primaryPhone", "streetAddress", "city",
    "state", "zipCode", "countryCode", "postalAddress", "preferredLanguage", "locale", "timezone", "userType",
    "employeeNumber", "costCenter", "organization", "division", "department", "managerId", "manager",
)  # fmt: skip
SHOWN_WHEN_UNSET = ("mobilePhone", "secondEmail")
# where somebody is of whom the profile does not say it: the org's own (User object, `locale`; a new org's display zone)
LOCALE, TIME_ZONE = "en_US", "America/Los_Angeles"

_SHARED = frozenset(
    {
        "title",
        "city",
        "state",
        "countryCode",
        "locale",
        "timezone",
        "userType",
        "costCenter",
        "organization",
        "division",
        "department",
        "managerId",
        "manager",
        "preferredLanguage",
    }
)
_SHAPES: dict[tuple[str, ...], dict[str, int]] = {}


class Profile(Mapping[str, Any]):
    """An immutable set of attributes. Profiles with the same attributes share one table of places.

    >>> p = Profile({"login": "ann@acme.example", "firstName": "Ann"})
    >>> p["firstName"], p.get("title"), dict(p.changed({"title": "Lead", "firstName": None}))
    ('Ann', None, {'login': 'ann@acme.example', 'title': 'Lead'})
    """

    __slots__ = ("_shape", "_values")

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        names = tuple(sys.intern(name) for name in attributes)
        shape = _SHAPES.get(names)
        if shape is None:
            shape = _SHAPES[names] = {name: place for place, name in enumerate(names)}
        self._shape = shape
        self._values = tuple(
            sys.intern(value) if name in _SHARED and isinstance(value, str) else value
            for name, value in attributes.items()
        )

    def __getitem__(self, name: str) -> Any:
        return self._values[self._shape[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shape)

    def __len__(self) -> int:
        return len(self._shape)

    def get(self, name: str, default: Any = None) -> Any:
        """The attribute, else `default`; asked of a whole population, most of which may not have it."""
        place = self._shape.get(name)
        return default if place is None else self._values[place]

    def text(self, name: str) -> str:
        """The attribute as text, empty when unset."""
        value = self.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def changed(self, changes: Mapping[str, Any]) -> Profile:
        """The profile with changes; None takes an attribute out."""
        merged = {**dict(zip(self._shape, self._values, strict=True)), **changes}
        return Profile({name: value for name, value in merged.items() if value is not None})


def located(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A profile with language and time zone, the org's own where it has none."""
    return {**profile, "locale": profile.get("locale") or LOCALE, "timezone": profile.get("timezone") or TIME_ZONE}


def entity_tag(profile: Profile, type_id: str) -> str:
    """64 hexadecimal digits that depend on profile and type only, as recorded of the vendor."""
    text = json.dumps([type_id, sorted(profile.items())], sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()
