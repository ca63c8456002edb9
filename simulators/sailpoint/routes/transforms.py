"""`/transforms`."""

from __future__ import annotations

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.wire.transforms import Transform, checked_transform, transform_body

area = Area()
TRANSFORMS = collection("GET", "/transforms/v1", indexed=IDS)


@area.get("/transforms/v1")
async def list_transforms(call: Call) -> Response:
    """Named transforms."""
    wanted = call.query("name").lower()
    rows = call.tenant.configuration.all("transform")
    keep = (lambda row: row.name.lower() == wanted) if wanted else None
    return page(call, TRANSFORMS, None, lambda row: transform_body(call.look, row), rows=rows, keep=keep)


@area.post("/transforms/v1")
async def create_transform(call: Call) -> Response:
    """Add a named transform."""
    content = checked_transform(await call.model(Transform))
    call.tenant.configuration.check_name("transform", content["name"], None, BadContent)
    stored = call.tenant.configuration.add("transform", content, actor=call.caller.name)
    return answer(transform_body(call.look, stored), 201)


@area.get("/transforms/v1/{id}")
async def get_transform(call: Call) -> Response:
    """One transform."""
    return answer(transform_body(call.look, call.tenant.configuration.get("transform", call.path("id"))))


def _editable(call: Call) -> Document:
    document = call.tenant.configuration.get("transform", call.path("id"))
    if document.body.get("internal"):
        raise BadContent("Internal transforms cannot be modified.")
    return document


@area.put("/transforms/v1/{id}")
async def put_transform(call: Call) -> Response:
    """Change a transform's attributes; name and type stay."""
    document = _editable(call)
    content = checked_transform(await call.model(Transform))
    if (content["name"], content["type"]) != (document.name, document.body["type"]):
        raise BadContent("The name and type of a transform cannot be changed.")
    updated = call.tenant.configuration.update(document, content, call.caller.name)
    return answer(transform_body(call.look, updated))


@area.delete("/transforms/v1/{id}")
async def delete_transform(call: Call) -> Response:
    """Delete a transform that is not internal."""
    call.tenant.configuration.remove(_editable(call), call.caller.name)
    return empty()
