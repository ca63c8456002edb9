"""`/identity-attributes`, `/public-identities-config`."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, NotFound
from simulators.sailpoint.domain.identityattributes import SHIPPED, SILENT
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.tenant.attributes import PUBLIC
from simulators.sailpoint.wire.identity_attributes import IdentityAttribute, PublicConfig, attribute_content
from simulators.sailpoint.wire.shapes import person

area = Area()
MOST_PUBLIC, MOST_NAME = 5, 128


@area.get("/identity-attributes/v1")
async def list_attributes(call: Call) -> Response:
    """Identity attributes; system and silent ones when asked for."""
    rows = [
        body
        for name, body in call.tenant.attributes.known().items()
        if (call.flag("includeSystem") or not body["system"] or name in SILENT)
        and (call.flag("includeSilent") or name not in SILENT)
        and (not call.flag("searchableOnly") or body["searchable"])
    ]
    return answer(rows, headers={"X-Total-Count": str(len(rows))} if call.flag("count") else None)


def _found(call: Call) -> dict[str, Any]:
    body = call.tenant.attributes.known().get(call.path("name"))
    if body is None:
        raise NotFound
    return body


@area.get("/identity-attributes/v1/{name}")
async def get_attribute(call: Call) -> Response:
    """One identity attribute."""
    return answer(_found(call))


def _checked(sent: IdentityAttribute) -> None:
    if not re.fullmatch(r"[A-Za-z][\w-]*", sent.name) or len(sent.name) > MOST_NAME:
        raise IllegalValue('Value of "name" is empty or contains invalid data.')
    if sent.searchable and (sent.system or sent.standard or sent.multi):
        raise BadContent("A searchable attribute must be neither system nor standard nor multi-valued.")
    if sent.system or sent.standard:
        raise BadContent("An attribute of one's own is neither system nor standard.")


@area.post("/identity-attributes/v1")
async def create_attribute(call: Call) -> Response:
    """Add an identity attribute."""
    sent = await call.model(IdentityAttribute)
    _checked(sent)
    if sent.name.lower() in {name.lower() for name in call.tenant.attributes.known()}:
        raise BadContent(f'The identity attribute "{sent.name}" already exists.')
    document = call.tenant.configuration.add("identity-attribute", attribute_content(sent), actor=call.caller.name)
    return answer(document.body, 201)


@area.put("/identity-attributes/v1/{name}")
async def put_attribute(call: Call) -> Response:
    """Change an identity attribute that is not the vendor's; its name stays."""
    before = _found(call)
    sent = await call.model(IdentityAttribute)
    if sent.name != before["name"]:
        raise BadContent("The name of an identity attribute cannot be changed.")
    if before["name"] in SHIPPED:
        raise BadContent("A standard or system attribute cannot be changed.")
    _checked(sent)
    configuration = call.tenant.configuration
    stored = configuration.named("identity-attribute", sent.name)
    content = attribute_content(sent)
    if stored is None:
        configuration.add("identity-attribute", content, actor=call.caller.name)
    else:
        configuration.update(stored, content, call.caller.name)
    return answer(content)


@area.delete("/identity-attributes/v1/{name}")
async def delete_attribute(call: Call) -> Response:
    """Delete an identity attribute that is not the vendor's and that no identity profile maps."""
    name = _found(call)["name"]
    if name in SHIPPED:
        raise BadContent("A standard or system attribute cannot be deleted.")
    if name in call.tenant.attributes.mapped():
        raise BadContent("The identity attribute is mapped by an identity profile.")
    stored = call.tenant.configuration.named("identity-attribute", name)
    if stored is not None:
        call.tenant.configuration.remove(stored, call.caller.name)
    return empty()


def _config(call: Call) -> dict[str, Any]:
    document = call.tenant.configuration.find(PUBLIC, PUBLIC)
    if document is None:
        return {"attributes": [], "modified": None, "modifiedBy": None}
    by = person(call.look, str(document.body["by"]))
    return {"attributes": document.body["attributes"], "modified": iso(document.modified), "modifiedBy": by}


@area.get("/public-identities-config/v1")
async def get_public_config(call: Call) -> Response:
    """Which attributes everybody may see of everybody."""
    return answer(_config(call))


@area.put("/public-identities-config/v1")
async def put_public_config(call: Call) -> Response:
    """Set the attributes, at most five, that everybody may see of everybody."""
    sent = await call.model(PublicConfig)
    if len(sent.attributes) > MOST_PUBLIC:
        raise BadContent(f"At most {MOST_PUBLIC} attributes can be public.")
    known = call.tenant.attributes.known()
    for one in sent.attributes:
        if one.key not in known:
            raise IllegalValue(f'"{one.key}" is not an identity attribute.')
    content = {
        "attributes": [{"key": one.key, "name": one.name} for one in sent.attributes],
        "by": call.caller.identity_id,
    }
    configuration = call.tenant.configuration
    document = configuration.find(PUBLIC, PUBLIC)
    if document is None:
        configuration.add(PUBLIC, content, id=PUBLIC)
    else:
        configuration.update(document, content)
    return answer(_config(call))
