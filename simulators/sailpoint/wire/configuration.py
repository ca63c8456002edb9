"""Configuration documents as the REST API shows them: as they are stored, with what is computed around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.sailpoint.domain.configuration import source_of
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner, when

Shape = Callable[[Lookup, Document], dict[str, Any]]


def plain_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A document with its id and times."""
    body = {"id": document.id, **document.body, "created": when(document.created), "modified": when(document.modified)}
    if "owner" in document.body:
        body["owner"] = owner(look, document.body["owner"])
    return body


def source_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A source; what is secret in its connector attributes is not shown."""
    source = source_of(document)
    hidden = {name.strip() for name in str(source.settings.get("encrypted") or "").split(",")}
    schemas = look.children("schema", document.id)
    return {
        **plain_body(look, document),
        "connectorAttributes": {name: value for name, value in source.settings.items() if name not in hidden},
        "authoritative": look.authoritative(document.id),
        "schemas": [{"type": "CONNECTOR_SCHEMA", "id": schema.id, "name": schema.name} for schema in schemas],
    }


def lifecycle_state_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A lifecycle state with how many people are in it."""
    count = look.population(f"profile-state={document.parent}/{document.body.get('technicalName')}")
    return {**plain_body(look, document), "identityCount": count}


def profile_body(look: Lookup, document: Document) -> dict[str, Any]:
    """An identity profile with how many people it owns."""
    return {**plain_body(look, document), "identityCount": look.population(f"profile={document.id}")}


def workgroup_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A governance group without its members, which have a path of their own."""
    body = plain_body(look, document)
    members = body.pop("members", None) or []
    return {**body, "memberCount": len(members), "connectionCount": 0}


def transform_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A transform."""
    return {"id": document.id, "internal": False, **document.body}


def policy_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A provisioning policy, which has no id of its own."""
    return dict(document.body)


def schedule_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A schedule."""
    return {"type": document.body["type"], "cronExpression": document.body["cronExpression"]}


SHAPES: Mapping[str, Shape] = {
    "source": source_body,
    "lifecycle-state": lifecycle_state_body,
    "identity-profile": profile_body,
    "workgroup": workgroup_body,
    "transform": transform_body,
    "provisioning-policy": policy_body,
    "schedule": schedule_body,
}


def document_body(look: Lookup, document: Document) -> dict[str, Any]:
    """Any configuration document."""
    return SHAPES.get(document.kind, plain_body)(look, document)
