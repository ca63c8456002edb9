"""/api/v1/zones: network zones."""

from __future__ import annotations

from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.query import holds
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.filters import simple_filter
from simulators.okta.wire.zones import read_zone, zone_body

zones = Endpoints("/api/v1/zones")
_READ, _MANAGE = "okta.networkZones.read", "okta.networkZones.manage"


def _zone(call: Call) -> Document:
    return call.org.documents.find("zone", call.parts["zone"])


def _body(call: Call, zone: Document) -> Json:
    return zone_body(zone, call.org.base_url)


@zones.on("GET", "", _READ, "org.read")
async def list_zones(call: Call) -> Answer:
    """All zones, `filter` by id or usage."""
    rows = call.org.documents.rows("zone", call.query.get("after"))
    if call.query.get("filter"):
        query = simple_filter(call.query["filter"], {"id", "usage", "system"})
        rows = (
            row
            for row in rows
            if holds(query, {"id": row.id, "usage": row.content["usage"], "system": row.system}.get, fold=False)
        )
    return call.paged(rows, 20, 200, lambda row: _body(call, row), lambda row: row.id)


@zones.on("POST", "", _MANAGE, "org.write")
async def create_zone(call: Call) -> Answer:
    """A new zone; ACTIVE unless the body says INACTIVE."""
    body = call.json()
    name, content = read_zone(body)
    status = "INACTIVE" if body.get("status") == "INACTIVE" else "ACTIVE"
    return Answer(200, _body(call, call.org.documents.create("zone", name, content, call.cause, status)))


@zones.on("GET", "/{zone}", _READ, "org.read")
async def read_one_zone(call: Call) -> Answer:
    """One zone."""
    return Answer(200, _body(call, _zone(call)))


@zones.on("PUT", "/{zone}", _MANAGE, "org.write")
async def replace_zone(call: Call) -> Answer:
    """Another content, and another status where it says one; the type stays, and so does the use of a system zone."""
    zone, body = _zone(call), call.json()
    name, content = read_zone(body)
    if content["type"] != zone.content["type"]:
        raise Invalid("type", "type: The type of a network zone cannot be changed")
    if zone.system and (name, content["usage"]) != (zone.name, zone.content["usage"]):
        raise Invalid("usage", f"usage: The network zone does not allow usage changes for {zone.name}.")
    status = body.get("status") if body.get("status") in ("ACTIVE", "INACTIVE") else None
    return Answer(200, _body(call, call.org.documents.change(zone, name, content, call.cause, status)))


@zones.on("DELETE", "/{zone}", _MANAGE, "org.write")
async def delete_zone(call: Call) -> Answer:
    """Only once it is INACTIVE; never one of the org's own."""
    zone = _zone(call)
    if zone.system:
        raise Invalid("id", f"id: The zone: {zone.id} is a system zone. System zones cannot be deleted.")
    if zone.status == "ACTIVE":
        told = "is an active zone. Active zones cannot be deleted."
        raise Invalid(f"The zone: {zone.name} {told}", f"id: The zone: {zone.id} {told}")
    call.org.documents.delete(zone, call.cause)
    return NO_CONTENT


@zones.on("POST", "/{zone}/lifecycle/activate", _MANAGE, "org.write")
async def activate_zone(call: Call) -> Answer:
    """Switch it on."""
    return Answer(200, _body(call, call.org.documents.switch(_zone(call), True, call.cause)))


@zones.on("POST", "/{zone}/lifecycle/deactivate", _MANAGE, "org.write")
async def deactivate_zone(call: Call) -> Answer:
    """Switch it off."""
    return Answer(200, _body(call, call.org.documents.switch(_zone(call), False, call.cause)))
