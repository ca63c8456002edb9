"""Small parts that many bodies share: times and references."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulators.kernel.times import iso
from simulators.sailpoint.wire.lookup import Lookup


def when(at: datetime | None) -> str | None:
    """An instant as text."""
    return iso(at) if at is not None else None


def person(look: Lookup, id: str) -> dict[str, Any] | None:
    """A reference to an identity; None for nobody."""
    identity = look.identity(id) if id else None
    return {"type": "IDENTITY", "id": identity.id, "name": identity.name} if identity is not None else None


def owner(look: Lookup, reference: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A stored owner reference with the name the person has now."""
    if not reference:
        return None
    return person(look, str(reference.get("id"))) or dict(reference)


def owner_or_group(look: Lookup, id: str) -> dict[str, Any] | None:
    """A reference to a person or a governance group."""
    document = look.document(id) if id else None
    if document is not None and document.kind == "workgroup":
        return {"type": "GOVERNANCE_GROUP", "id": id, "name": document.name}
    return person(look, id)


def without_nulls(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """The body without those of the named properties that are null, where the vendor leaves them out.

    >>> without_nulls({"a": None, "b": None}, "a")
    {'b': None}
    """
    return {name: value for name, value in body.items() if value is not None or name not in names}
