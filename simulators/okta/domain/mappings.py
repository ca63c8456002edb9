"""Profile mappings: which attribute of one profile is made from which of another, and what an app's profile has.

Okta API reference, Profile Mappings and Schemas (app user schema).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PUSH, DONT_PUSH = "PUSH", "DONT_PUSH"
# attributes of an application's users besides the name: OIDC clients know the standard claims, most of them mapped
CLAIMS: dict[str, str] = {
    "name": "user.firstName + ' ' + user.lastName",
    "given_name": "user.firstName",
    "family_name": "user.lastName",
    "middle_name": "user.middleName",
    "nickname": "user.nickName",
    "profile": "user.profileUrl",
    "picture": "",
    "website": "",
    "email": "user.email",
    "gender": "",
    "birthdate": "",
    "zoneinfo": "user.timezone",
    "locale": "user.locale",
    "phone_number": "user.primaryPhone",
    "street_address": "user.streetAddress",
    "locality": "user.city",
    "region": "user.state",
    "postal_code": "user.zipCode",
    "country": "user.countryCode",
    "formatted": "",
}
_TERM = re.compile(r'\s*(?:(?P<text>"[^"]*"|\'[^\']*\')|(?P<source>user|appuser|source)\.(?P<name>\w+))\s*')


@dataclass(frozen=True, slots=True)
class MappedAttribute:
    """A target attribute, the expression it is made from, and whether later changes follow."""

    name: str
    expression: str
    push: str


@dataclass(frozen=True, slots=True)
class ProfileMapping:
    """From one profile to another; one end is a user type, the other an application."""

    id: str
    source_id: str
    target_id: str
    properties: tuple[MappedAttribute, ...] = ()

    @property
    def app_id(self) -> str:
        """The application at one end."""
        return self.source_id if self.source_id.startswith("0oa") else self.target_id

    @property
    def to_app(self) -> bool:
        """Whether the application is the target."""
        return self.target_id == self.app_id


@dataclass(frozen=True, slots=True)
class AppSchema:
    """What an org added to the profile of an application's users: JSON schema by attribute."""

    app_id: str
    created: datetime
    last_updated: datetime
    custom: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    required: tuple[str, ...] = ()


def value_of(expression: str, attributes: Mapping[str, Any]) -> Any:
    """The value of an expression of attributes and texts joined by `+`; None for any other or without a value.

    >>> value_of("user.firstName + ' ' + user.lastName", {"firstName": "Ann", "lastName": "Lee"})
    'Ann Lee'
    """
    place, found = 0, []
    while True:
        match = _TERM.match(expression, place)
        if match is None:
            return None
        text = match.group("text")
        found.append(text[1:-1] if text else attributes.get(match.group("name")))
        place = match.end()
        if place == len(expression):
            break
        if expression[place] != "+":
            return None
        place += 1
    if len(found) == 1:
        return found[0]
    return "".join(str(part) for part in found if part is not None) or None
