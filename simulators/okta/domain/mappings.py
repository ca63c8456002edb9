"""Profile mappings: which attribute of one profile is made from which of another.

Okta API reference, Profile Mappings.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulators.okta.domain.app_profiles import CLAIMS
from simulators.okta.domain.syntax import Attribute, Literal, Member, Node, Root, Sum

PUSH, DONT_PUSH = "PUSH", "DONT_PUSH"


@dataclass(frozen=True, slots=True)
class MappedAttribute:
    """A target attribute, the expression it is made from with its tree, and whether later changes follow."""

    name: str
    expression: str
    push: str
    tree: Node


@dataclass(frozen=True, slots=True)
class ProfileMapping:
    """From one profile to another; one end is a user type, the other an application or an identity provider."""

    id: str
    source_id: str
    target_id: str
    properties: tuple[MappedAttribute, ...] = ()

    @property
    def app_id(self) -> str:
        """The application or identity provider at one end."""
        return self.source_id if self.source_id.startswith("0oa") else self.target_id

    @property
    def to_app(self) -> bool:
        """Whether the application is the target."""
        return self.target_id == self.app_id


# what a new mapping begins with: a client's claims, filled once, and the name at an application as mail address
CLAIMS_ONCE = (
    MappedAttribute(
        "name",
        "user.firstName + ' ' + user.lastName",
        DONT_PUSH,
        Sum(Attribute("firstName"), (("+", Literal(" ")), ("+", Attribute("lastName")))),
    ),
    *(
        MappedAttribute(name, f"user.{claim.source}", DONT_PUSH, Attribute(claim.source))
        for name, claim in CLAIMS.items()
        if claim.source
    ),
)
NAME_AS_MAIL = MappedAttribute("email", "appuser.userName", DONT_PUSH, Member(Root("appuser"), "userName"))
