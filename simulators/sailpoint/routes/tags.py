"""`/tags` and `/tagged-objects`: words that people put on objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import IllegalValue, NotFound
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.tenant.tags import TAG, Reference
from simulators.sailpoint.wire.tags import BulkAdd, BulkRemove, TagBody, TaggedBody, TaggedRef, tag_body, tagged_body

area = Area()

TAGS = collection("GET", "/tags/v1", indexed=IDS)
_PATHS = {"tagName": "tags"}
TAGGED = collection("GET", "/tagged-objects/v1", paths=_PATHS)
OF_TYPE = collection("GET", "/tagged-objects/v1/{type}")


def _references(refs: Iterable[TaggedRef]) -> list[Reference]:
    return list(dict.fromkeys((one.type, one.id) for one in refs))


def _tagged(call: Call, document: Document) -> dict[str, Any]:
    return tagged_body(document, call.tenant.tags.name_of(document.body["type"], document.body["id"]))


def _carriers(call: Call) -> dict[str, list[dict[str, Any]]]:
    """References to what carries each tag."""
    found: dict[str, list[dict[str, Any]]] = {}
    for document in call.tenant.tags.tagged():
        reference = _tagged(call, document)["objectRef"]
        for tag in document.body["tags"]:
            found.setdefault(tag, []).append({**reference, "name": reference["name"] or ""})
    return found


@area.get("/tags/v1")
async def list_tags(call: Call) -> Response:
    """Tags."""
    carriers = _carriers(call)
    rows = call.tenant.configuration.all(TAG)
    return page(call, TAGS, None, lambda row: tag_body(row, carriers.get(row.name, ())), rows=rows)


@area.post("/tags/v1")
async def create_tag(call: Call) -> Response:
    """A new tag."""
    asked = await call.model(TagBody)
    return answer(tag_body(call.tenant.tags.create(asked.name, call.caller), ()), 201)


@area.get("/tags/v1/{id}")
async def get_tag(call: Call) -> Response:
    """One tag."""
    document = call.tenant.configuration.get(TAG, call.path("id"))
    return answer(tag_body(document, _carriers(call).get(document.name, ())))


@area.delete("/tags/v1/{id}")
async def delete_tag(call: Call) -> Response:
    """Delete a tag, on every object that carries it."""
    call.tenant.tags.delete(call.path("id"), call.caller)
    return empty()


@area.get("/tagged-objects/v1")
async def list_tagged(call: Call) -> Response:
    """Objects with tags."""
    return page(call, TAGGED, None, lambda row: _tagged(call, row), rows=call.tenant.tags.tagged())


@area.post("/tagged-objects/v1")
async def add_tags(call: Call) -> Response:
    """Put tags on an object, beside those it has."""
    asked = await call.model(TaggedBody)
    call.tenant.tags.append(_references([asked.object_ref]), asked.tags, call.caller, merge=True)
    return empty(201)


@area.post("/tagged-objects/v1/bulk-add")
async def bulk_add(call: Call) -> Response:
    """Put tags on several objects: appended, where a tag twice is an error, or merged."""
    asked = await call.model(BulkAdd)
    references = _references(asked.object_refs)
    call.tenant.tags.append(references, asked.tags, call.caller, merge=asked.operation == "MERGE")
    shown = [{"type": type, "id": id, "name": call.tenant.tags.name_of(type, id)} for type, id in references]
    return answer([{"objectRefs": shown, "tags": asked.tags}])


@area.post("/tagged-objects/v1/bulk-remove")
async def bulk_remove(call: Call) -> Response:
    """Take tags off several objects."""
    asked = await call.model(BulkRemove)
    call.tenant.tags.remove(_references(asked.object_refs), asked.tags, call.caller)
    return empty()


def _path(call: Call) -> Reference:
    call.tenant.tags.check_type(call.path("type"))
    return call.path("type"), call.path("id")


@area.get("/tagged-objects/v1/{type}")
async def list_of_type(call: Call) -> Response:
    """Objects of one type with tags."""
    call.tenant.tags.check_type(call.path("type"))
    rows = call.tenant.tags.tagged(call.path("type"))
    return page(call, OF_TYPE, None, lambda row: _tagged(call, row), rows=rows)


def _found(call: Call) -> Document:
    document = call.tenant.tags.find(*_path(call))
    if document is None:
        raise NotFound
    return document


@area.get("/tagged-objects/v1/{type}/{id}")
async def get_tagged(call: Call) -> Response:
    """One object with its tags; there is none without a tag."""
    return answer(_tagged(call, _found(call)))


@area.put("/tagged-objects/v1/{type}/{id}")
async def put_tagged(call: Call) -> Response:
    """Replace the tags of an object."""
    type, id = _path(call)
    asked = await call.model(TaggedBody)
    if (asked.object_ref.type, asked.object_ref.id) != (type, id):
        raise IllegalValue('Value of "objectRef" does not match the path.')
    name = call.tenant.tags.name_of(type, id)
    if name is None:
        raise NotFound
    call.tenant.tags.put(type, id, asked.tags, call.caller)
    reference = {"type": type, "id": id, "name": name}
    return answer({"objectRef": reference, "tags": call.tenant.tags.of(type, id)})


@area.delete("/tagged-objects/v1/{type}/{id}")
async def delete_tagged(call: Call) -> Response:
    """Take all tags off an object."""
    document = _found(call)
    call.tenant.tags.put(document.body["type"], document.body["id"], (), call.caller)
    return empty()
