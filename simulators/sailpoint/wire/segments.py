"""Segments: the bodies that make them, and how they look."""

from __future__ import annotations

from typing import Any, Literal

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.access import owner_ref
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.references import Described, Filled, Owner
from simulators.sailpoint.wire.shapes import when, without_nulls


class Value(Camel):
    """What an attribute has to be."""

    type: str = "STRING"
    value: str = ""


class Expression(Camel):
    """Who is inside; `check_expression` knows what belongs to each operator."""

    operator: Literal["AND", "EQUALS"]
    attribute: str | None = None
    value: Value | None = None
    children: list[Expression] | None = None


class VisibilityCriteria(Camel):
    """Who sees what is assigned to a segment."""

    expression: Expression | None = None


class SegmentBody(Camel):
    """What makes a segment."""

    name: Filled
    description: Described | None = None
    owner: Owner | None = None
    visibility_criteria: VisibilityCriteria | None = None
    active: bool = False


def segment_body(look: Lookup, document: Document) -> dict[str, Any]:
    """One segment."""
    body = document.body
    criteria = body.get("visibilityCriteria") or {}
    shown = {
        "id": document.id,
        "name": document.name,
        "created": when(document.created),
        "modified": when(document.modified),
        "description": body.get("description"),
        "owner": owner_ref(look, body.get("owner")),
        "visibilityCriteria": {"expression": _expression(criteria["expression"])}
        if criteria.get("expression")
        else None,
        "active": bool(body.get("active")),
    }
    return without_nulls(shown, "description", "visibilityCriteria")


def _expression(expression: Any, *, leaf: bool = False) -> dict[str, Any]:
    """An expression; a leaf never has children, though the vendor writes the word."""
    if leaf:
        return without_nulls({**expression, "children": None}, "value")
    children = [_expression(child, leaf=True) for child in expression.get("children") or ()]
    return {**expression, "children": children}
