"""References from one object to another, and the texts that bodies of the access model share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulators.sailpoint.wire.bodies import Camel

Filled = Annotated[str, Field(min_length=1, max_length=256)]
Described = Annotated[str, Field(max_length=2000)]
Segments = list[Filled]


class Owner(Camel):
    """A person; the name, where given, has to be the person's."""

    type: Literal["IDENTITY"] | None = None
    id: Filled
    name: str | None = None


class AdditionalOwner(Camel):
    """A person or a governance group."""

    type: Literal["IDENTITY", "GOVERNANCE_GROUP"] = "IDENTITY"
    id: Filled
    name: str | None = None


class SourceRef(Camel):
    """A source."""

    type: Literal["SOURCE"] | None = None
    id: Filled
    name: str | None = None


class EntitlementRef(Camel):
    """An entitlement."""

    type: Literal["ENTITLEMENT"] | None = None
    id: Filled
    name: str | None = None


class AccessProfileRef(Camel):
    """An access profile."""

    type: Literal["ACCESS_PROFILE"] | None = None
    id: Filled
    name: str | None = None
