"""Reassignment configurations as the REST API reads and shows them."""

from __future__ import annotations

from typing import Any, Literal

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.request_bodies import Id
from simulators.sailpoint.wire.shapes import without_nulls


class ConfigurationItem(Camel):
    """Whose work of one type goes to whom, and when."""

    reassigned_from_id: Id
    reassigned_to_id: Id
    config_type: Literal["ACCESS_REQUESTS", "CERTIFICATIONS", "MANUAL_TASKS", "GENERIC_APPROVALS"]
    start_date: str
    end_date: str | None = None


def configuration_body(look: Lookup, document: Document) -> dict[str, Any]:
    """One person's configuration."""
    return {
        "identity": _who(look, document.body["identityId"]),
        "configDetails": [_detail(look, one) for one in document.body["details"]],
    }


def _who(look: Lookup, id: str) -> dict[str, Any]:
    identity = look.identity(id)
    return {"id": id, "name": identity.name if identity is not None else ""}


def _detail(look: Lookup, one: dict[str, Any]) -> dict[str, Any]:
    body = {
        "configType": one["configType"],
        "targetIdentity": _who(look, one["targetId"]),
        "startDate": one["startDate"],
        "endDate": one["endDate"],
        "auditDetails": {
            "created": one["created"],
            "createdBy": _who(look, one["createdById"]),
            "modified": one["modified"],
            "modifiedBy": _who(look, one["modifiedById"]),
        },
    }
    return without_nulls(body, "endDate")
