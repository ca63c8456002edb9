"""Profile mappings and the user profiles of applications as JSON.

Okta API reference, Profile Mappings; Schemas, app user schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.app_profiles import CLAIMS, AppSchema, schema_name
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.mappings import DONT_PUSH, PUSH, MappedAttribute, ProfileMapping
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.expressions import parse_mapping

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPES = ("string", "boolean", "number", "integer", "array")
_UNKEPT = ("permissions", "required", "union")
_OWN_MASTER = {"type": "PROFILE_MASTER"}
_TOLD = {"type": "string", "scope": "SELF", "master": _OWN_MASTER}
_USER_NAME = {
    "title": "Username", "type": "string", "required": True, "scope": "NONE", "maxLength": 100, "master": _OWN_MASTER,
}  # fmt: skip


def mapping_body(mapping: ProfileMapping, name: str, base_url: str, whole: bool = True) -> Json:
    """A mapping; lists leave its properties out. `name` is that of the end that is not the org's."""
    ends = ((id, name if id == mapping.app_id else None) for id in (mapping.source_id, mapping.target_id))
    source, target = (_end(id, far, base_url) for id, far in ends)
    body: Json = {"id": mapping.id, "source": source, "target": target}
    if whole:
        body["properties"] = {
            held.name: {"expression": held.expression, "pushStatus": held.push} for held in mapping.properties
        }
    return {**body, "_links": {"self": {"href": f"{base_url}/api/v1/mappings/{mapping.id}"}}}


def _end(id: str, far: str | None, base_url: str) -> Json:
    api = f"{base_url}/api/v1"
    if far is not None:
        links = {"self": f"{api}/apps/{id}", "schema": f"{api}/meta/schemas/apps/{id}/default"}
        name, type = far, "appuser"
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
    base = _client_base() if app.client is not None else {"userName": _USER_NAME}
    for name in schema.required & set(base):
        base[name] = {**base[name], "required": True}
    custom: Json = {
        "id": "#custom",
        "type": "object",
        "properties": {name: dict(shape) for name, shape in schema.custom},
    }
    if schema.custom:
        custom["required"] = [name for name, shape in schema.custom if shape.get("required")]
    needed = [name for name, shape in base.items() if shape.get("required")]
    return {
        "id": f"{base_url}/meta/schemas/apps/{app.id}/default",
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": schema_name(app),
        "title": f"{app.label} User",
        "lastUpdated": iso(schema.last_updated),
        "created": iso(schema.created),
        "definitions": {
            "custom": custom,
            "base": {"id": "#base", "type": "object", "properties": base, "required": needed},
        },
        "type": "object",
        "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
    }


def _client_base() -> Json:
    """The attributes of an OpenID client's users: the name it is told, and the standard claims."""
    base: Json = {
        "userName": {"title": "Username", "required": True, "externalName": "preferred_username", **_TOLD},
    }
    for name, claim in CLAIMS.items():
        shape = {"title": claim.title, "description": claim.description, "externalName": claim.external, **_TOLD}
        base[name] = {key: value for key, value in shape.items() if value is not None}
    return base


def read_schema(body: Json) -> tuple[dict[str, Mapping[str, Any] | None], dict[str, bool]]:
    """What a body changes: custom attributes it adds, changes or (null) takes away, and which base ones it demands.

    Of base attributes only that changes. Raises NotWellFormed or Invalid.
    """
    definitions = part(body, "definitions")
    custom, base = part(definitions, "custom"), part(definitions, "base")
    if custom.get("properties") is None and not base:
        raise NotWellFormed()
    found: dict[str, Mapping[str, Any] | None] = {}
    for name, shape in part(custom, "properties").items():
        if not isinstance(shape, dict | None):
            raise NotWellFormed()
        found[name] = None if shape is None else _read_custom(name, shape)
    shapes = {name: part(part(base, "properties"), name) for name in part(base, "properties")}
    return found, {name: shape["required"] is True for name, shape in shapes.items() if "required" in shape}


def _read_custom(name: str, given: Json) -> Json:
    """An attribute as it is kept: permissions are for people's own profiles, and only arrays are put together."""
    if not _NAME.fullmatch(name):
        raise Invalid(name, f"{name}: invalid property name.")
    if given.get("type") not in _TYPES or not isinstance(given.get("title"), str):
        raise Invalid(name, f"{name}: type and title are required.")
    shape = {key: value for key, value in given.items() if key not in _UNKEPT and value is not None}
    shape |= {"scope": given.get("scope") or "NONE", "master": part(given, "master") or _OWN_MASTER}
    if given.get("required") is True:
        shape["required"] = True
    if given["type"] == "array":
        shape["union"] = given.get("union") or "DISABLE"
    return shape
