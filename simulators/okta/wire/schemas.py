"""Profile schemas and user types as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Schema/
"""

from __future__ import annotations

from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.linked import LinkDefinition, Side
from simulators.okta.domain.schemas import Attribute, Choice, Schema, UserType
from simulators.okta.wire.bodies import Json, part

_PROFILE = {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}}
_ACTIONS = ("READ_ONLY", "READ_WRITE", "HIDE")
_MASTERS = ("PROFILE_MASTER", "OKTA", "OVERRIDE")
_MUTABILITIES = ("READ_WRITE", "READ_ONLY", "WRITE_ONLY", "IMMUTABLE")
_SCOPES = ("NONE", "SELF")
_UNIQUE = ("UNIQUE_VALIDATED", "NOT_UNIQUE", "PENDING_UNIQUENESS")
_ITEMS = ("string", "number", "integer")


def user_schema_body(schema: Schema, type_id: str, base_url: str) -> Json:
    """A user schema; the default one is named `default` in its own id."""
    own = "default" if schema.name == "user" else schema.id
    body = _schema_body(schema, f"{base_url}/meta/schemas/user/{own}")
    body["_links"] = {
        "self": _link("self", f"{base_url}/api/v1/meta/schemas/user/{schema.id}"),
        "type": _link("type", f"{base_url}/api/v1/meta/types/user/{type_id}"),
    }
    return body


def group_schema_body(schema: Schema, base_url: str) -> Json:
    """The schema of groups."""
    body = _schema_body(schema, f"{base_url}/meta/schemas/group/default")
    body["_links"] = {"self": _link("self", f"{base_url}/api/v1/meta/schemas/group/default")}
    return body


def type_body(found: UserType, base_url: str) -> Json:
    """A user type."""
    return {
        "id": found.id,
        "displayName": found.display_name,
        "name": found.name,
        "description": found.description,
        "createdBy": found.created_by,
        "lastUpdatedBy": found.last_updated_by,
        "created": iso(found.created),
        "lastUpdated": iso(found.last_updated),
        "default": found.default,
        "_links": {
            "schema": _link("schema", f"{base_url}/api/v1/meta/schemas/user/{found.schema_id}"),
            "self": _link("self", f"{base_url}/api/v1/meta/types/user/{found.id}"),
        },
    }


def definition_body(definition: LinkDefinition, base_url: str) -> Json:
    """A linked object definition; both names lead to the address of the primary one."""
    own = f"{base_url}/api/v1/meta/schemas/user/linkedObjects/{definition.primary.name}"
    return {
        "primary": _side_body(definition.primary),
        "associated": _side_body(definition.associated),
        "_links": {"self": {"href": own}},
    }


def read_side(body: Json, name: str) -> Side:
    """One side of a definition. Raises Invalid or NotWellFormed."""
    given = part(body, name)
    if given.get("type", "USER") != "USER":
        raise Invalid(f"{name}.type", f"{name}.type: The object type is USER")
    description = given.get("description")
    texts = [given.get("name", ""), given.get("title", ""), description or ""]
    if not all(isinstance(text, str) for text in texts):
        raise NotWellFormed()
    return Side(given.get("name", ""), given.get("title", ""), description)


def read_changes(body: Json, schema: Schema) -> tuple[dict[str, Json], dict[str, Attribute | None]]:
    """What a body changes of a schema: wishes for base attributes, and custom ones (None removes). Raises Invalid."""
    definitions = part(body, "definitions")
    base: dict[str, Json] = {}
    for name, given in part(part(definitions, "base"), "properties").items():
        if isinstance(given, dict):
            base[name] = _read_base(name, given)
        elif given is not None:
            raise NotWellFormed()
    custom: dict[str, Attribute | None] = {}
    for name, given in part(part(definitions, "custom"), "properties").items():
        if given is not None and not isinstance(given, dict):
            raise NotWellFormed()
        custom[name] = None if given is None else _read_attribute(name, given, schema.attributes.get(name))
    return base, custom


def _schema_body(schema: Schema, id: str) -> Json:
    return {
        "id": id,
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": schema.name,
        "title": schema.title,
        "description": schema.description,
        "lastUpdated": iso(schema.last_updated),
        "created": iso(schema.created),
        "definitions": {"custom": _part_body("#custom", schema.custom), "base": _part_body("#base", schema.base)},
        "type": "object",
        "properties": _PROFILE,
    }


def _part_body(id: str, attributes: tuple[Attribute, ...]) -> Json:
    return {
        "id": id,
        "type": "object",
        "properties": {attribute.name: _attribute_body(attribute) for attribute in attributes},
        "required": [attribute.name for attribute in attributes if attribute.required],
    }


def _attribute_body(attribute: Attribute) -> Json:
    """An attribute; facts that are not set are not there."""
    choices = _choices_body(attribute)
    master: Json = {"type": attribute.master}
    if attribute.priority:
        master["priority"] = [
            {"type": type, "value": value} if value else {"type": type} for type, value in attribute.priority
        ]
    facts: Json = {
        "title": attribute.title,
        "description": attribute.description,
        "type": attribute.type,
        "required": attribute.required or None,
        "format": attribute.format,
        "pattern": attribute.pattern,
        "mutability": attribute.mutability,
        "scope": attribute.scope,
        "unique": attribute.unique,
        "items": None if attribute.item_type is None else {"type": attribute.item_type, **choices},
        **(choices if attribute.item_type is None else {}),
        "minLength": attribute.least,
        "maxLength": attribute.most,
        "externalName": attribute.external_name,
        "externalNamespace": attribute.external_namespace,
        "default": attribute.default,
        "union": attribute.union,
        "permissions": [{"principal": "SELF", "action": attribute.action}],
        "master": master,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _choices_body(attribute: Attribute) -> Json:
    body: Json = {}
    if attribute.choices:
        body["enum"] = [choice.value for choice in attribute.choices]
        if any(choice.title is not None for choice in attribute.choices):
            body["oneOf"] = [{"const": choice.value, "title": choice.title} for choice in attribute.choices]
    return body


def _side_body(side: Side) -> Json:
    body: Json = {"name": side.name, "title": side.title, "description": side.description, "type": "USER"}
    return {name: value for name, value in body.items() if value is not None}


def _link(rel: str, href: str) -> Json:
    return {"rel": rel, "href": href, "method": "GET"}


def _read_base(name: str, given: Json) -> Json:
    wishes: Json = {"action": _action(name, given), "required": given.get("required") is True}
    wishes["master"], wishes["priority"] = _master(name, given)
    wishes["pattern"] = _text(name, given, "pattern")
    said = {"action": "permissions", "required": "required", "master": "master", "priority": "master"}
    return {wish: value for wish, value in wishes.items() if said.get(wish, wish) in given}


def _read_attribute(name: str, given: Json, old: Attribute | None) -> Attribute:
    items = part(given, "items")
    kind = given.get("type", old.type if old else "")
    master, priority = _master(name, given)
    return Attribute(
        name=name,
        title=_text(name, given, "title") or "",
        type=kind if isinstance(kind, str) else "",
        description=_text(name, given, "description"),
        required=given.get("required") is True,
        format=_text(name, given, "format"),
        pattern=_text(name, given, "pattern"),
        mutability=_one_of(name, given, "mutability", _MUTABILITIES, "READ_WRITE"),
        scope=_one_of(name, given, "scope", _SCOPES, "NONE"),
        choices=_choices(name, items if kind == "array" else given),
        item_type=_one_of(name, items, "type", _ITEMS, "string") if kind == "array" else None,
        least=_number(name, given, "minLength"),
        most=_number(name, given, "maxLength"),
        unique=_one_of(name, given, "unique", _UNIQUE, "") or None,
        action=_action(name, given),
        master=master,
        priority=priority,
        external_name=_text(name, given, "externalName"),
        external_namespace=_text(name, given, "externalNamespace"),
        default=given.get("default"),
        union=_text(name, given, "union"),
    )


def _choices(name: str, given: Json) -> tuple[Choice, ...]:
    values, shown = given.get("enum"), given.get("oneOf")
    if not isinstance(values, list | None) or not isinstance(shown, list | None):
        raise NotWellFormed()
    if any(isinstance(value, dict | list) for value in values or []):
        raise Invalid(name, f"{name}.enum: The values of an enum are texts or numbers")
    if shown is None:
        return tuple(Choice(value) for value in values or ())
    pairs = [(item.get("const"), item.get("title")) for item in shown if isinstance(item, dict)]
    if [const for const, _ in pairs] != (values or []):
        raise Invalid(name, f"{name}.oneOf: The values and their order must be those of the enum")
    return tuple(Choice(const, str(title)) for const, title in pairs)


def _action(name: str, given: Json) -> str:
    rows = given.get("permissions")
    if not isinstance(rows, list | None):
        raise NotWellFormed()
    for row in rows or ():
        if not isinstance(row, dict):
            raise NotWellFormed()
        if row.get("principal", "SELF") == "SELF":
            return _one_of(name, row, "action", _ACTIONS, "READ_ONLY")
    return "READ_ONLY"


def _master(name: str, given: Json) -> tuple[str, tuple[tuple[str, str], ...]]:
    master = part(given, "master")
    rows = master.get("priority")
    if not isinstance(rows, list | None) or not all(isinstance(row, dict) for row in rows or ()):
        raise NotWellFormed()
    priority = tuple((str(row.get("type", "")), str(row.get("value", ""))) for row in rows or ())
    return _one_of(name, master, "type", _MASTERS, "PROFILE_MASTER"), priority


def _text(name: str, given: Json, key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise Invalid(name, f"{name}.{key}: The value must be a string")
    return value


def _number(name: str, given: Json, key: str) -> int | None:
    value = given.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise Invalid(name, f"{name}.{key}: The value must be a positive integer")
    return value


def _one_of(name: str, given: Json, key: str, allowed: tuple[str, ...], default: str) -> str:
    value: Any = given.get(key)
    if value is None:
        return default
    if value not in allowed:
        raise Invalid(name, f"{name}.{key}: The value must be one of {', '.join(allowed)}")
    return str(value)
