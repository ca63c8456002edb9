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
REQUIRED = ("login", "email", "firstName", "lastName")
SHOWN_WHEN_UNSET = ("mobilePhone", "secondEmail")
LENGTHS = {"login": (5, 100), "email": (5, 100), "firstName": (1, 50), "lastName": (1, 50), "secondEmail": (5, 100)}

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

    def text(self, name: str) -> str:
        """The attribute as text, empty when unset."""
        value = self.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def changed(self, changes: Mapping[str, Any]) -> Profile:
        """The profile with changes; None takes an attribute out."""
        merged = {**self, **changes}
        return Profile({name: value for name, value in merged.items() if value is not None})


def entity_tag(profile: Profile, type_id: str) -> str:
    """64 hexadecimal digits that depend on profile and type only, as recorded of the vendor."""
    text = json.dumps([type_id, sorted(profile.items())], sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()


def problems(profile: Mapping[str, Any], known: frozenset[str]) -> tuple[str, list[str]] | None:
    """What is wrong with a profile: the name that the summary carries, and one cause per problem."""
    if unknown := [name for name in profile if name not in known]:
        text = "The following property is not defined in the user profile: "
        return "newUser", [f"{name}: {text}{name}" for name in unknown]
    causes: list[tuple[str, str]] = []
    for name in REQUIRED:
        value = profile.get(name)
        if value in (None, ""):
            causes.append((name, f"{name}: The field cannot be left blank"))
            if name == "login":
                causes.append((name, "login: Username must be in the form of an email address"))
        elif not isinstance(value, str):
            causes.append((name, f"{name}: Attribute value must be of type string"))
    login, email = profile.get("login"), profile.get("email")
    if isinstance(login, str) and login and not _is_email(login):
        causes.append(("login", "login: Username must be in the form of an email address"))
    if isinstance(email, str) and email and not _is_email(email):
        causes.append(("email", "email: Does not match required pattern"))
    for name, (least, most) in LENGTHS.items():
        value = profile.get(name)
        if isinstance(value, str) and value and not least <= len(value) <= most:
            causes.append((name, f"{name}: The field must be between {least} and {most} characters"))
    for name, value in profile.items():
        if name not in LENGTHS and name in BASE_ATTRIBUTES and value is not None and not isinstance(value, str):
            causes.append((name, f"{name}: Attribute value must be of type string"))
    return (causes[0][0], [cause for _, cause in causes]) if causes else None


def _is_email(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(at and name and domain and " " not in text and "@" not in name)
