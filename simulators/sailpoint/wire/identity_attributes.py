"""Bodies of `/identity-attributes` and `/public-identities-config`."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.wire.bodies import Camel


class Mapped(Camel):
    """Where an identity attribute comes from."""

    type: str | None = None
    properties: dict[str, Any] | None = None


class IdentityAttribute(Camel):
    """An identity attribute as a client sends it."""

    name: str
    display_name: str | None = None
    standard: bool = False
    type: str | None = None
    multi: bool = False
    searchable: bool = False
    system: bool = False
    sources: list[Mapped] | None = None


class PublicAttribute(Camel):
    """An attribute that everybody may see."""

    key: str
    name: str


class PublicConfig(Camel):
    """What everybody may see of everybody."""

    attributes: list[PublicAttribute]


def attribute_content(sent: IdentityAttribute) -> dict[str, Any]:
    """What is stored of an identity attribute."""
    return {
        "name": sent.name,
        "displayName": sent.display_name or sent.name,
        "standard": False,
        "type": sent.type,
        "multi": sent.multi,
        "searchable": sent.searchable,
        "system": False,
        "sources": [{"type": one.type or "", "properties": one.properties or {}} for one in sent.sources or ()],
    }
