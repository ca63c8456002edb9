"""/api/v1/mappings and /api/v1/meta/schemas/apps: profiles between the org and its applications."""

from __future__ import annotations

from simulators.okta.domain.mappings import ProfileMapping
from simulators.okta.routes.apps import app_of
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.mappings import mapping_body, read_mapping, read_schema, schema_body

mappings = Endpoints("/api/v1")
_READ, _MANAGE = "okta.profileMappings.read", "okta.profileMappings.manage"
_READ_SCHEMA, _MANAGE_SCHEMA = "okta.schemas.read", "okta.schemas.manage"


def _shown(call: Call, mapping: ProfileMapping, whole: bool = True) -> Json:
    return mapping_body(mapping, call.org.profile_mappings.far_name(mapping), call.org.base_url, whole)


@mappings.on("GET", "/mappings", _READ, "apps.read")
async def list_mappings(call: Call) -> Answer:
    """All mappings, or those of `sourceId` or `targetId`; without their attributes."""
    query = call.query
    rows = call.org.profile_mappings.listing(query.get("sourceId"), query.get("targetId"), query.get("after"))
    return call.paged(rows, 20, 200, lambda row: _shown(call, row, whole=False), lambda row: row.id)


@mappings.on("GET", "/mappings/{mapping}", _READ, "apps.read")
async def read_one_mapping(call: Call) -> Answer:
    """One mapping with its attributes."""
    return Answer(200, _shown(call, call.org.profile_mappings.find(call.parts["mapping"])))


@mappings.on("POST", "/mappings/{mapping}", _MANAGE, "apps.write")
async def update_mapping(call: Call) -> Answer:
    """Add, change or (expression null) take away attributes; those not named stay."""
    mapping = call.org.profile_mappings.find(call.parts["mapping"])
    changes = read_mapping(call.json())
    return Answer(200, _shown(call, call.org.profile_mappings.update(mapping, changes, call.cause)))


@mappings.on("GET", "/meta/schemas/apps/{app}/default", _READ_SCHEMA, "apps.read")
async def read_app_schema(call: Call) -> Answer:
    """The profile of an application's users."""
    app = app_of(call)
    return Answer(200, schema_body(app, call.org.profile_mappings.schema(app), call.org.base_url))


@mappings.on("POST", "/meta/schemas/apps/{app}/default", _MANAGE_SCHEMA, "apps.write")
async def update_app_schema(call: Call) -> Answer:
    """Add, change or (null) take away custom attributes, and demand base ones; those not named stay."""
    app = app_of(call)
    after = call.org.profile_mappings.change_schema(app, *read_schema(call.json()))
    return Answer(200, schema_body(app, after, call.org.base_url))
