"""Governance groups: the bodies that make them, and how they look."""

from __future__ import annotations

from typing import Any, Literal

from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.references import Described, Filled, Owner
from simulators.sailpoint.wire.shapes import when, without_nulls


class WorkgroupBody(Camel):
    """What makes a governance group."""

    name: Filled
    description: Described | None = None
    owner: Owner


class MemberRef(Camel):
    """A person to add or to take away."""

    type: Literal["IDENTITY"] | None = None
    id: Filled
    name: str | None = None


def workgroup_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A governance group without its members, which have a path of their own."""
    body = document.body
    owner = look.identity(str((body.get("owner") or {}).get("id")))
    shown = {
        "owner": None if owner is None else _owner(owner),
        "id": document.id,
        "name": document.name,
        "description": body.get("description"),
        "memberCount": len(body.get("members") or ()),
        "connectionCount": len(look.connections(document.id)),
        "created": when(document.created),
        "modified": when(document.modified),
    }
    return without_nulls(shown, "owner", "description")


def _owner(identity: Identity) -> dict[str, Any]:
    shown = {
        "type": "IDENTITY",
        "id": identity.id,
        "name": identity.name,
        "displayName": identity.name,
        "emailAddress": identity.attributes.get("email"),
    }
    return without_nulls(shown, "emailAddress")


def member_body(identity: Identity) -> dict[str, Any]:
    """A member of a governance group."""
    shown = {
        "type": "IDENTITY",
        "id": identity.id,
        "name": identity.name,
        "email": identity.attributes.get("email"),
        "displayName": identity.name,
        "externalId": identity.alias,
    }
    return without_nulls(shown, "email")


def connection_body(connection: tuple[Document, str]) -> dict[str, Any]:
    """Something that a governance group is connected to."""
    document, how = connection
    return {
        "object": {
            "type": document.kind.upper().replace("-", "_"),
            "id": document.id,
            "name": document.name,
            "description": document.body.get("description"),
        },
        "connectionType": how,
    }
