"""Tags and tagged objects: the bodies that make them, and how they look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.references import Filled
from simulators.sailpoint.wire.shapes import when

Tag = Annotated[str, Field(min_length=1, max_length=256)]
Type = Literal["ACCESS_PROFILE", "APPLICATION", "CAMPAIGN", "ENTITLEMENT", "IDENTITY", "ROLE", "SOD_POLICY", "SOURCE"]


class TagBody(Camel):
    """What makes a tag."""

    name: Tag


class TaggedRef(Camel):
    """An object that carries tags."""

    type: Type
    id: Filled
    name: str | None = None


class TaggedBody(Camel):
    """An object with its tags."""

    object_ref: TaggedRef
    tags: list[Tag]


class BulkAdd(Camel):
    """Tags for several objects."""

    object_refs: list[TaggedRef]
    tags: list[Tag]
    operation: Literal["APPEND", "MERGE"] = "APPEND"


class BulkRemove(Camel):
    """Tags to take off several objects."""

    object_refs: list[TaggedRef]
    tags: list[Tag]


def tag_body(document: Document, tagged: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One tag with references to what carries it."""
    return {
        "id": document.id,
        "name": document.name,
        "created": when(document.created),
        "modified": when(document.modified),
        "tagCategoryRefs": list(tagged),
    }


def tagged_body(document: Document, name: str | None) -> dict[str, Any]:
    """One object with its tags."""
    body = document.body
    return {"objectRef": {"type": body["type"], "id": body["id"], "name": name}, "tags": list(body["tags"])}
