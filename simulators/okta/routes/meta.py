"""/api/v1/meta: user types, schemas of users, groups and log streams, linked object definitions."""

from __future__ import annotations

from typing import Any

from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.schemas import Schema, UserType
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.log_stream_schemas import LOG_STREAM_TYPES, log_stream_schema
from simulators.okta.wire.schemas import (
    definition_body,
    group_schema_body,
    read_changes,
    read_side,
    type_body,
    user_schema_body,
)

meta = Endpoints("/api/v1/meta")
_SCHEMAS, _TYPES, _LINKS = "okta.schemas", "okta.userTypes", "okta.linkedObjects"


def _type(call: Call) -> UserType:
    return call.org.schemas.type(call.parts["type"])


def _by(call: Call) -> str:
    return call.caller.user_id or call.caller.client_id or ""


def _described(body: Json) -> dict[str, Any]:
    """The parts of a user type that can change. Raises NotWellFormed."""
    given = {"display_name": body.get("displayName"), "description": body.get("description")}
    if not all(isinstance(value, str | None) for value in given.values()):
        raise NotWellFormed()
    return {name: value for name, value in given.items() if value is not None}


@meta.on("GET", "/types/user", f"{_TYPES}.read", "users.read")
async def list_types(call: Call) -> Answer:
    """Every user type, unpaged."""
    return Answer(200, [type_body(found, call.org.base_url) for found in call.org.state.user_types.rows()])


@meta.on("POST", "/types/user", f"{_TYPES}.manage", "schemas.write")
async def create_type(call: Call) -> Answer:
    """A new user type; 200."""
    body = call.json()
    name, display_name = call.need(body, "name"), call.need(body, "displayName")
    description = _described(body).get("description")
    return Answer(200, type_body(call.org.schemas.create_type(name, display_name, description, _by(call)), _base(call)))


@meta.on("GET", "/types/user/{type}", f"{_TYPES}.read", "users.read")
async def read_type(call: Call) -> Answer:
    """One user type, also as `default`."""
    return Answer(200, type_body(_type(call), _base(call)))


@meta.on("POST", "/types/user/{type}", f"{_TYPES}.manage", "schemas.write")
async def update_type(call: Call) -> Answer:
    """Another display name or description; the name stays."""
    found, body = _type(call), call.json()
    _demand_name(found, body)
    return Answer(200, type_body(call.org.schemas.change_type(found, _by(call), _described(body)), _base(call)))


@meta.on("PUT", "/types/user/{type}", f"{_TYPES}.manage", "schemas.write")
async def replace_type(call: Call) -> Answer:
    """Name, display name and description are all required, and the name is the one there is."""
    found, body = _type(call), call.json()
    call.need(body, "name")
    call.need(body, "displayName")
    if body.get("description") is None:
        raise Invalid("description", "description: The field cannot be left blank")
    _demand_name(found, body)
    return Answer(200, type_body(call.org.schemas.change_type(found, _by(call), _described(body)), _base(call)))


@meta.on("DELETE", "/types/user/{type}", f"{_TYPES}.manage", "schemas.write")
async def delete_type(call: Call) -> Answer:
    """Take a user type away that nobody has."""
    call.org.schemas.delete_type(_type(call))
    return NO_CONTENT


@meta.on("GET", "/schemas/user/linkedObjects", f"{_LINKS}.read", "users.read")
async def list_definitions(call: Call) -> Answer:
    """Every linked object definition."""
    rows = call.org.state.link_definitions.rows()
    return Answer(200, [definition_body(definition, _base(call)) for definition in rows])


@meta.on("POST", "/schemas/user/linkedObjects", f"{_LINKS}.manage", "schemas.write")
async def create_definition(call: Call) -> Answer:
    """A new relation between users; 201."""
    body = call.json()
    made = call.org.linked_objects.define(read_side(body, "primary"), read_side(body, "associated"))
    return Answer(201, definition_body(made, _base(call)))


@meta.on("GET", "/schemas/user/linkedObjects/{name}", f"{_LINKS}.read", "users.read")
async def read_definition(call: Call) -> Answer:
    """A definition by either of its names."""
    return Answer(200, definition_body(call.org.linked_objects.find(call.parts["name"]), _base(call)))


@meta.on("DELETE", "/schemas/user/linkedObjects/{name}", f"{_LINKS}.manage", "schemas.write")
async def delete_definition(call: Call) -> Answer:
    """Take a definition away by either of its names, and its links with it."""
    call.org.linked_objects.remove(call.org.linked_objects.find(call.parts["name"]))
    return NO_CONTENT


@meta.on("GET", "/schemas/group/default", f"{_SCHEMAS}.read", "users.read")
async def read_group_schema(call: Call) -> Answer:
    """The schema of groups."""
    return Answer(200, group_schema_body(call.org.schemas.group, _base(call)))


@meta.on("POST", "/schemas/group/default", f"{_SCHEMAS}.manage", "schemas.write")
async def change_group_schema(call: Call) -> Answer:
    """Add, change or (null) remove custom attributes of groups."""
    _, custom = read_changes(call.json(), call.org.schemas.group)
    return Answer(200, group_schema_body(call.org.schemas.change_group_schema(custom), _base(call)))


@meta.on("GET", "/schemas/logStream", f"{_SCHEMAS}.read", "org.read")
async def list_log_stream_schemas(call: Call) -> Answer:
    """What a log stream of each type is made of."""
    return Answer(200, [log_stream_schema(type, _base(call)) for type in LOG_STREAM_TYPES])


@meta.on("GET", "/schemas/logStream/{type}", f"{_SCHEMAS}.read", "org.read")
async def read_log_stream_schema(call: Call) -> Answer:
    """What a log stream of one type is made of."""
    return Answer(200, log_stream_schema(call.parts["type"], _base(call)))


@meta.on("GET", "/schemas/user/{schema}", f"{_SCHEMAS}.read", "users.read")
async def read_user_schema(call: Call) -> Answer:
    """The schema of a user type, also as `default`."""
    return Answer(200, _schema_body(call, call.org.schemas.schema(call.parts["schema"])))


@meta.on("POST", "/schemas/user/{schema}", f"{_SCHEMAS}.manage", "schemas.write")
async def change_user_schema(call: Call) -> Answer:
    """Add, change or (null) remove custom attributes; of base ones only what may change."""
    found = call.org.schemas.schema(call.parts["schema"])
    base, custom = read_changes(call.json(), found)
    return Answer(200, _schema_body(call, call.org.schemas.change_schema(found, base, custom)))


def _schema_body(call: Call, schema: Schema) -> Json:
    return user_schema_body(schema, "oty" + schema.id[3:], _base(call))


def _base(call: Call) -> str:
    return call.org.base_url


def _demand_name(found: UserType, body: Json) -> None:
    if body.get("name") not in (None, found.name):
        raise Invalid("name", "name: The name of an existing user type can't be changed")
