"""Profile mappings: which attribute of one profile is made from which of another, and what an app's profile has.

Okta API reference, Profile Mappings and Schemas (app user schema).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.okta.domain.syntax import Attribute, Literal, Member, Node, Root, Sum

PUSH, DONT_PUSH = "PUSH", "DONT_PUSH"
# attributes of the users of an OIDC client besides the name: the standard claims, with what most are made from
CLAIMS: dict[str, str | None] = {
    "name": None,
    "given_name": "firstName",
    "family_name": "lastName",
    "middle_name": "middleName",
    "nickname": "nickName",
    "profile": "profileUrl",
    "picture": None,
    "website": None,
    "email": "email",
    "gender": None,
    "birthdate": None,
    "zoneinfo": "timezone",
    "locale": "locale",
    "phone_number": "primaryPhone",
    "street_address": "streetAddress",
    "locality": "city",
    "region": "state",
    "postal_code": "zipCode",
    "country": "countryCode",
    "formatted": None,
}


@dataclass(frozen=True, slots=True)
class MappedAttribute:
    """A target attribute, the expression it is made from with its tree, and whether later changes follow."""

    name: str
    expression: str
    push: str
    tree: Node


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


# what a new mapping begins with: a client's claims, filled once, and the name at an application as mail address
CLAIMS_ONCE = (
    MappedAttribute(
        "name",
        "user.firstName + ' ' + user.lastName",
        DONT_PUSH,
        Sum(Attribute("firstName"), (("+", Literal(" ")), ("+", Attribute("lastName")))),
    ),
    *(MappedAttribute(name, f"user.{of}", DONT_PUSH, Attribute(of)) for name, of in CLAIMS.items() if of),
)
NAME_AS_MAIL = MappedAttribute("email", "appuser.userName", DONT_PUSH, Member(Root("appuser"), "userName"))
