"""What hangs under a source: bodies that clients send, and as the REST API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.requestability import RightRequestability, RightRevocability
from simulators.sailpoint.wire.shapes import when
from simulators.sailpoint.wire.sources import Feature, Name, names_of


class Definition(Camel):
    """An attribute of a schema."""

    name: Name
    native_name: str | None = None
    type: Literal["STRING", "LONG", "INT", "BOOLEAN", "DATE"] = "STRING"
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    description: str | None = None
    is_multi: bool = False
    is_entitlement: bool = False
    is_group: bool = False


class SchemaBody(Camel):
    """A schema as a client describes it."""

    id: str | None = None
    name: Name
    native_object_type: str | None = None
    identity_attribute: str | None = None
    display_attribute: str | None = None
    hierarchy_attribute: str | None = None
    include_permissions: bool = False
    features: list[Feature] = []
    configuration: dict[str, Any] = {}
    attributes: list[Definition] = []


def schema_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A schema."""
    names = names_of(SchemaBody)
    body = {name: value for name, value in document.body.items() if name in names and value is not None}
    return {
        **body,
        "id": document.id,
        "hierarchyAttribute": document.body.get("hierarchyAttribute"),
        "attributes": [
            {name: value for name, value in one.items() if value is not None or name in ("nativeName", "schema")}
            for one in document.body.get("attributes") or ()
        ],
        "created": when(document.created),
        "modified": when(document.modified),
    }


Usage = Literal[
    "CREATE", "UPDATE", "ENABLE", "DISABLE", "DELETE", "ASSIGN", "UNASSIGN", "CREATE_GROUP", "UPDATE_GROUP",
    "DELETE_GROUP", "REGISTER", "CREATE_IDENTITY", "UPDATE_IDENTITY", "EDIT_GROUP", "UNLOCK", "CHANGE_PASSWORD",
]  # fmt: skip


class PolicyField(Camel):
    """What a policy writes to one attribute."""

    name: Name
    transform: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    is_required: bool = False
    type: Literal["string", "int", "long", "date", "boolean", "secret"] = "string"
    is_multi_valued: bool = False


class PolicyBody(Camel):
    """A provisioning policy as a client describes it."""

    name: str | None
    description: str | None = None
    usage_type: Usage | None = None
    fields: list[PolicyField] = []


def policy_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A provisioning policy, which has no id of its own."""
    names = names_of(PolicyBody)
    body = {name: value for name, value in document.body.items() if name in names}
    if body.get("description") is None:
        body.pop("description", None)
    return body


class ScheduleBody(Camel):
    """A schedule as a client describes it."""

    type: Literal["ACCOUNT_AGGREGATION", "GROUP_AGGREGATION"]
    cron_expression: Annotated[str, Field(min_length=1, max_length=200)]


def schedule_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A schedule."""
    return {"type": document.body["type"], "cronExpression": document.body["cronExpression"]}


class Assignment(Camel):
    """One pair of attributes that ties an account to an identity."""

    property: Name
    value: Name
    operation: Literal["EQ"] = "EQ"
    complex: bool = False
    ignore_case: bool = False
    match_mode: Literal["ANYWHERE", "START", "END"] | None = None
    filter_string: str | None = None


class CorrelationBody(Camel):
    """Which attributes tie accounts to identities."""

    id: str | None = None
    name: str | None = None
    attribute_assignments: list[Assignment] | None


def correlation_body(source: Document) -> dict[str, Any]:
    """The correlation configuration of a source."""
    reference = source.body.get("accountCorrelationConfig") or {}
    return {
        "id": reference.get("id"),
        "name": reference.get("name"),
        "attributeAssignments": [
            {name: value for name, value in one.items() if value is not None}
            for one in source.body.get("attributeAssignments") or ()
        ],
    }


class Detection(Camel):
    """What native change detection watches on a source."""

    enabled: bool = False
    operations: list[Literal["ACCOUNT_UPDATED", "ACCOUNT_CREATED", "ACCOUNT_DELETED"]] = []
    all_entitlements: bool = False
    all_non_entitlement_attributes: bool = False
    selected_entitlements: list[str] = []
    selected_non_entitlement_attributes: list[str] = []


def request_config_body(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The request configuration of a source, with the defaults of what nobody has set."""
    config = config or {}
    return {
        "accessRequestConfig": {**RightRequestability().stored(), **(config.get("accessRequestConfig") or {})},
        "revocationRequestConfig": {
            **RightRevocability().stored(),
            **(config.get("revocationRequestConfig") or {}),
        },
    }


class SyncAttribute(Camel):
    """Whether one identity attribute is written to the accounts of a source."""

    name: str
    display_name: str
    enabled: bool
    target: str


class SyncSource(Camel):
    """The source that attributes are written to."""

    type: Literal["SOURCE"] | None = None
    id: str | None = None
    name: str | None = None


class SyncConfig(Camel):
    """Attribute synchronisation of a source."""

    source: SyncSource
    attributes: list[SyncAttribute]


class Peek(Camel):
    """What to look at on a source."""

    object_type: str = "account"
    max_count: Annotated[int, Field(ge=1, le=1000)] = 25
