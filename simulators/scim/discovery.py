"""What a provider says about itself: ServiceProviderConfig, ResourceTypes, Schemas (RFC 7643)."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.scim.attributes import (
    ENTERPRISE,
    ENTERPRISE_SHAPES,
    GROUP,
    GROUP_SHAPES,
    USER,
    USER_SHAPES,
    Document,
    Shape,
)
from simulators.scim.search import PAGE_MOST

_CORE = "urn:ietf:params:scim:schemas:core:2.0"
_MEMBER_PARTS = {"Group.members.value": "immutable", "Group.members.$ref": "immutable"}
_USER_GROUPS: Shape = ("many", ("value", "display", "$ref"))
_REQUIRED = frozenset({"userName", "displayName of Group"})


def service_provider_config(url: str) -> Document:
    """Which optional parts of SCIM are there."""
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": PAGE_MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "OAuth Bearer Token", "description": "One token per engine"}
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{url}/ServiceProviderConfig"},
    }


def resource_types(url: str) -> list[Document]:
    """User and Group."""
    return [
        _resource_type(url, "User", "/Users", USER, [{"schema": ENTERPRISE, "required": False}]),
        _resource_type(url, "Group", "/Groups", GROUP, []),
    ]


def schemas(url: str) -> list[Document]:
    """The schemas with their attributes."""
    return [
        _schema(url, USER, "User", USER_SHAPES),
        _schema(url, GROUP, "Group", GROUP_SHAPES),
        _schema(url, ENTERPRISE, "EnterpriseUser", ENTERPRISE_SHAPES),
    ]


def _resource_type(url: str, name: str, endpoint: str, schema: str, extensions: list[Document]) -> Document:
    return {
        "schemas": [f"{_CORE}:ResourceType"],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "schema": schema,
        "schemaExtensions": extensions,
        "meta": {"resourceType": "ResourceType", "location": f"{url}/ResourceTypes/{name}"},
    }


def _schema(url: str, id: str, name: str, shapes: Mapping[str, Shape]) -> Document:
    attributes = [
        _attribute(part, shape, name, required=part in _REQUIRED or f"{part} of {name}" in _REQUIRED)
        for part, shape in shapes.items()
    ]
    if id == USER:
        groups = _attribute("groups", _USER_GROUPS, name)
        for part in (groups, *groups["subAttributes"]):
            part["mutability"] = "readOnly"
        attributes.append(groups)
    return {
        "schemas": [f"{_CORE}:Schema"],
        "id": id,
        "name": name,
        "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": f"{url}/Schemas/{id}"},
    }


def _attribute(name: str, shape: Shape, schema: str, required: bool = False) -> Document:
    plural = isinstance(shape, tuple) and shape[0] == "many"
    secret = name == "password"
    kind = "complex" if isinstance(shape, tuple) else "boolean" if shape == "flag" else "string"
    body: Document = {
        "name": name,
        "type": "reference" if name == "$ref" else kind,
        "multiValued": plural,
        "description": f"{name} of {schema}",
        "required": required,
        "mutability": "writeOnly" if secret else _MEMBER_PARTS.get(f"{schema}.{name}", "readWrite"),
        "returned": "never" if secret else "default",
    }
    if kind == "string":
        body["caseExact"] = name in ("externalId", "value", "$ref")
        body["uniqueness"] = "server" if name == "userName" else "none"
    if name == "$ref":
        body["referenceTypes"] = ["User", "Group"]
    if isinstance(shape, tuple):
        body["subAttributes"] = [
            _attribute(part, "flag" if part == "primary" else "text", f"{schema}.{name}") for part in shape[1]
        ]
    return body
