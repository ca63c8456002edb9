"""What the bodies of the access model share: names in the vendor's case, unknown properties left out, references."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from simulators.sailpoint.wire.bodies import Body, T, read


class Known(Body):
    """An object of which only the named properties are kept; `stored` is what the tenant remembers of it."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=False)

    def stored(self) -> dict[str, Any]:
        """All properties by the vendor's names, those that were left out with their defaults."""
        return self.model_dump(by_alias=True)


def reread(kind: type[T], body: Any) -> T:
    """A body that was changed, read again as `kind`. Raises IllegalValue naming what no longer fits."""
    return read(kind, json.dumps(body).encode())


Filled = Annotated[str, Field(min_length=1, max_length=256)]
Described = Annotated[str, Field(max_length=2000)]
Segments = list[Filled]


class Owner(Known):
    """A person; the name, where given, has to be the person's."""

    type: Literal["IDENTITY"] | None = None
    id: Filled
    name: str | None = None


class AdditionalOwner(Known):
    """A person or a governance group."""

    type: Literal["IDENTITY", "GOVERNANCE_GROUP"] = "IDENTITY"
    id: Filled
    name: str | None = None


class SourceRef(Known):
    """A source."""

    type: Literal["SOURCE"] | None = None
    id: Filled
    name: str | None = None


class EntitlementRef(Known):
    """An entitlement."""

    type: Literal["ENTITLEMENT"] | None = None
    id: Filled
    name: str | None = None


class AccessProfileRef(Known):
    """An access profile."""

    type: Literal["ACCESS_PROFILE"] | None = None
    id: Filled
    name: str | None = None


def without_nulls(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A body without those of the named properties that have no value: the vendor leaves them out.

    >>> without_nulls({"a": None, "b": None}, "a")
    {'b': None}
    """
    return {name: value for name, value in body.items() if value is not None or name not in names}
