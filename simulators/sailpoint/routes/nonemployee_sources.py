"""`/non-employee-sources`: where people who are no employees are kept, what is known of them, files of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden
from simulators.sailpoint.domain.nonemployees import file_of
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.nonemployees import (
    AttributeBody,
    AttributeChange,
    SourceBody,
    SourceChange,
    attribute_body,
    source_body,
    upload_body,
)
from simulators.sailpoint.wire.patch import patched

area = Area()

SOURCES = collection("GET", "/non-employee-sources/v1")
ATTRIBUTES = collection("GET", "/non-employee-sources/v1/{sourceId}/schema-attributes")


def require_admin(call: Call) -> None:
    """Raise Forbidden for who is no administrator."""
    if not call.caller.is_admin:
        raise Forbidden


def person_asked(call: Call, given: str) -> str:
    """Whose list is asked for: `me` or, as an administrator, anybody's id. Raises Forbidden."""
    if given in ("me", call.caller.identity_id):
        return call.caller.identity_id
    require_admin(call)
    return given


def _source(call: Call, name: str = "sourceId") -> Document:
    """The source of the path, for who administers the tenant or manages the source."""
    source = call.tenant.nonemployees.get(call.path(name))
    call.tenant.nonemployees.check_manager(call.caller, source)
    return source


def _counted(call: Call) -> Callable[[Document], dict[str, Any]]:
    counting, people = call.flag("non-employee-count"), call.tenant.state.nonemployees

    def body(source: Document) -> dict[str, Any]:
        count = people.count("source", source.parent) if counting else None
        return {**source_body(source), "nonEmployeeCount": count}

    return body


@area.get("/non-employee-sources/v1")
async def list_sources(call: Call) -> Response:
    """Sources, those of one account manager where one is named."""
    desk, asked = call.tenant.nonemployees, call.query("requested-for")
    manager = person_asked(call, asked) if asked else ""
    rows = (one for one in desk.sources() if not asked or desk.manages(manager, one))
    return page(call, SOURCES, None, _counted(call), rows=rows)


@area.post("/non-employee-sources/v1")
async def create_source(call: Call) -> Response:
    """A new source, with the source of accounts behind it."""
    body = (await call.model(SourceBody)).stored()
    source = call.tenant.nonemployees.create_source(body, call.caller)
    return answer({**source_body(source), "cloudExternalId": source.body["cloudExternalId"]})


@area.get("/non-employee-sources/v1/{sourceId}")
async def get_source(call: Call) -> Response:
    """One source."""
    return answer(source_body(_source(call)))


@area.patch("/non-employee-sources/v1/{sourceId}")
async def patch_source(call: Call) -> Response:
    """Change name, description, reviewers or account managers."""
    source = call.tenant.nonemployees.get(call.path("sourceId"))
    require_admin(call)
    mutable = ("name", "description", "approvers", "accountManagers")
    body = reread(SourceChange, patched(source.body, await call.json(), mutable)).stored()
    return answer(source_body(call.tenant.nonemployees.update_source(source, body, call.caller)))


@area.delete("/non-employee-sources/v1/{sourceId}")
async def delete_source(call: Call) -> Response:
    """Delete a source with its people; refused while an identity profile refers to it."""
    source = call.tenant.nonemployees.get(call.path("sourceId"))
    require_admin(call)
    call.tenant.nonemployees.delete_source(source, call.caller)
    return empty()


@area.get("/non-employee-sources/v1/{sourceId}/schema-attributes")
async def list_attributes(call: Call) -> Response:
    """The eight mandatory attributes, then the custom ones."""
    return page(call, ATTRIBUTES, None, attribute_body, rows=call.tenant.nonemployees.attributes(_source(call)))


@area.post("/non-employee-sources/v1/{sourceId}/schema-attributes")
async def create_attribute(call: Call) -> Response:
    """A custom attribute; ten at most."""
    source = call.tenant.nonemployees.get(call.path("sourceId"))
    require_admin(call)
    body = (await call.model(AttributeBody)).stored()
    return answer(attribute_body(call.tenant.nonemployees.add_attribute(source, body, call.caller)))


@area.delete("/non-employee-sources/v1/{sourceId}/schema-attributes")
async def delete_attributes(call: Call) -> Response:
    """Delete all custom attributes."""
    desk = call.tenant.nonemployees
    source = desk.get(call.path("sourceId"))
    require_admin(call)
    for attribute in [one for one in desk.attributes(source) if not one.body["system"]]:
        desk.delete_attribute(source, attribute, call.caller)
    return empty()


@area.get("/non-employee-sources/v1/{sourceId}/schema-attributes/{attributeId}")
async def get_attribute(call: Call) -> Response:
    """One attribute."""
    return answer(attribute_body(call.tenant.nonemployees.attribute(_source(call), call.path("attributeId"))))


@area.patch("/non-employee-sources/v1/{sourceId}/schema-attributes/{attributeId}")
async def patch_attribute(call: Call) -> Response:
    """Change label, help text, placeholder, or whether a custom attribute is required."""
    desk = call.tenant.nonemployees
    attribute = desk.attribute(desk.get(call.path("sourceId")), call.path("attributeId"))
    require_admin(call)
    mutable = ("label", "helpText", "placeholder", "required")
    body = reread(AttributeChange, patched(attribute.body, await call.json(), mutable)).stored()
    if attribute.body["system"] and not body["required"]:
        raise BadContent("A mandatory attribute stays required.")
    updated = call.tenant.configuration.update(attribute, {**attribute.body, **body}, call.caller.name)
    return answer(attribute_body(updated))


@area.delete("/non-employee-sources/v1/{sourceId}/schema-attributes/{attributeId}")
async def delete_attribute(call: Call) -> Response:
    """Delete a custom attribute."""
    desk = call.tenant.nonemployees
    source = desk.get(call.path("sourceId"))
    attribute = desk.attribute(source, call.path("attributeId"))
    require_admin(call)
    desk.delete_attribute(source, attribute, call.caller)
    return empty()


@area.post("/non-employee-sources/v1/{id}/non-employee-bulk-upload")
async def bulk_upload(call: Call) -> Response:
    """Take a file of people in, later; new ones are added, known ones changed."""
    source = _source(call, "id")
    content: bytes | None = None
    if call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with call.request.form() as form:
            upload = form.get("data")
            if isinstance(upload, UploadFile):
                content = await upload.read()
            elif isinstance(upload, str):
                content = upload.encode()
    if not content:
        raise BadContent("A file is required.")
    return answer(upload_body(call.tenant.nonemployee_requests.upload(source, content, call.caller), source), 202)


@area.get("/non-employee-sources/v1/{id}/non-employee-bulk-upload/status")
async def upload_status(call: Call) -> Response:
    """How far the newest file is, if there is one."""
    upload = call.tenant.nonemployee_requests.latest(_source(call, "id"))
    return answer({"status": upload.status} if upload is not None else {})


@area.get("/non-employee-sources/v1/{id}/non-employees/download")
async def download(call: Call) -> Response:
    """Everybody on a source as a file; without anybody it is the template of one."""
    source = _source(call, "id")
    people = call.tenant.state.nonemployees.find("source", source.parent)
    text = file_of((one.facts for one in people), call.tenant.nonemployees.custom(source))
    return Response(text, 200, media_type="text/csv")
