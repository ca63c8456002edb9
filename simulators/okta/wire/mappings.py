"""Profile mappings and the user profiles of applications as JSON.

Okta API reference, Profile Mappings; Schemas, app user schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.mappings import CLAIMS, DONT_PUSH, PUSH, AppSchema, MappedAttribute, ProfileMapping
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.expressions import parse_mapping

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPES = ("string", "boolean", "number", "integer", "array")


def mapping_body(mapping: ProfileMapping, app: App, base_url: str, whole: bool = True) -> Json:
    """A mapping; lists leave its properties out."""
    source, target = (_end(id, app, base_url) for id in (mapping.source_id, mapping.target_id))
    body: Json = {"id": mapping.id, "source": source, "target": target}
    if whole:
        body["properties"] = {
            held.name: {"expression": held.expression, "pushStatus": held.push} for held in mapping.properties
        }
    return {**body, "_links": {"self": {"href": f"{base_url}/api/v1/mappings/{mapping.id}"}}}


def _end(id: str, app: App, base_url: str) -> Json:
    api = f"{base_url}/api/v1"
    if id == app.id:
        links = {"self": f"{api}/apps/{id}", "schema": f"{api}/meta/schemas/apps/{id}/default"}
        name, type = app.name, "appuser"
    else:
        schema = f"{api}/meta/schemas/user/{id.replace('oty', 'osc', 1)}"
        links = {"self": f"{api}/meta/types/user/{id}", "schema": schema}
        name, type = "user", "user"
    return {"id": id, "name": name, "type": type, "_links": {rel: {"href": href} for rel, href in links.items()}}


def read_mapping(body: Json) -> dict[str, MappedAttribute | None]:
    """The attributes a body adds, changes or takes away. Raises NotWellFormed or Invalid."""
    if not isinstance(body.get("properties"), dict):
        raise NotWellFormed()
    found: dict[str, MappedAttribute | None] = {}
    for name in body["properties"]:
        told = part(body["properties"], name)
        expression, push = told.get("expression"), told.get("pushStatus")
        if push not in (None, PUSH, DONT_PUSH) or not isinstance(expression, str | None):
            raise NotWellFormed()
        if expression is None and push is not None:
            raise Invalid("updateMapping", f"Invalid expression for target field {name}")
        if expression is None:
            found[name] = None
            continue
        try:
            tree = parse_mapping(expression)
        except Invalid:
            raise Invalid("updateMapping", f"Invalid expression for target field {name}") from None
        found[name] = MappedAttribute(name, expression, push or DONT_PUSH, tree)
    return found


def schema_body(app: App, schema: AppSchema, base_url: str) -> Json:
    """The profile of an application's users."""
    base: Json = {"userName": _base("Username", "userName", True)}
    if app.client is not None:
        base |= {name: _base(name.replace("_", " ").capitalize(), name, False) for name in CLAIMS}
    return {
        "id": f"{base_url}/meta/schemas/apps/{app.id}/default",
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": app.name,
        "title": f"{app.label} User",
        "lastUpdated": iso(schema.last_updated),
        "created": iso(schema.created),
        "definitions": {
            "custom": {
                "id": "#custom",
                "type": "object",
                "properties": {name: dict(shape) for name, shape in schema.custom},
                "required": [name for name, shape in schema.custom if shape.get("required")],
            },
            "base": {"id": "#base", "type": "object", "properties": base, "required": ["userName"]},
        },
        "type": "object",
        "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
    }


def _base(title: str, name: str, required: bool) -> Json:
    shape: Json = {"title": title, "type": "string", "scope": "NONE", "master": {"type": "PROFILE_MASTER"}}
    if required:
        shape |= {"required": True, "maxLength": 100}
    return shape


def read_schema(body: Json) -> dict[str, Mapping[str, Any] | None]:
    """The custom attributes a body adds, changes or (null) takes away. Raises NotWellFormed or Invalid."""
    custom = part(part(body, "definitions"), "custom")
    given = custom.get("properties")
    if given is None and not part(part(body, "definitions"), "base"):
        raise NotWellFormed()
    found: dict[str, Mapping[str, Any] | None] = {}
    for name, shape in part(custom, "properties").items():
        if shape is None:
            found[name] = None
            continue
        if not isinstance(shape, dict):
            raise NotWellFormed()
        if not _NAME.fullmatch(name):
            raise Invalid(name, f"{name}: invalid property name.")
        if shape.get("type") not in _TYPES or not isinstance(shape.get("title"), str):
            raise Invalid(name, f"{name}: type and title are required.")
        found[name] = {
            **shape,
            "scope": shape.get("scope") or "NONE",
            "master": part(shape, "master") or {"type": "PROFILE_MASTER"},
        }
    return found
