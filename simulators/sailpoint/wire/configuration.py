"""Configuration documents as the REST API shows them: as they are stored, with what is computed around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.profiles import lifecycle_state_body, profile_body
from simulators.sailpoint.wire.shapes import owner, when
from simulators.sailpoint.wire.source_parts import policy_body, schedule_body, schema_body
from simulators.sailpoint.wire.sources import source_body
from simulators.sailpoint.wire.transforms import transform_body

Shape = Callable[[Lookup, Document], dict[str, Any]]


def plain_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A document with its id and times."""
    body = {"id": document.id, **document.body, "created": when(document.created), "modified": when(document.modified)}
    if "owner" in document.body:
        body["owner"] = owner(look, document.body["owner"])
    return body


SHAPES: Mapping[str, Shape] = {
    "source": source_body,
    "schema": schema_body,
    "provisioning-policy": policy_body,
    "schedule": schedule_body,
    "lifecycle-state": lifecycle_state_body,
    "identity-profile": profile_body,
    "transform": transform_body,
}


def document_body(look: Lookup, document: Document) -> dict[str, Any]:
    """Any configuration document."""
    return SHAPES.get(document.kind, plain_body)(look, document)
