"""Transforms as clients send them and see them."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.errors import BadContent, IllegalValue
from simulators.sailpoint.domain.transform_checks import INNER, problem
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Body
from simulators.sailpoint.wire.lookup import Lookup

MOST_NAME = 50


class Transform(Body):
    """A named transform."""

    name: str
    type: str
    attributes: dict[str, Any] | None = None


def checked_transform(sent: Transform) -> dict[str, Any]:
    """What is stored of a transform. Raises IllegalValue, BadContent."""
    if not 1 <= len(sent.name) <= MOST_NAME:
        raise IllegalValue('Value of "name" is empty or contains invalid data.')
    if sent.type in INNER:
        raise BadContent(f'The transform type "{sent.type}" is not supported.')
    if found := problem({"type": sent.type, "attributes": sent.attributes}):
        raise BadContent(found)
    return {"name": sent.name, "type": sent.type, "attributes": sent.attributes or {}}


def transform_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A transform; those the vendor ships are internal."""
    body = document.body
    return {
        "id": document.id,
        "name": document.name,
        "type": body.get("type"),
        "attributes": body.get("attributes") or {},
        "internal": bool(body.get("internal")),
    }
