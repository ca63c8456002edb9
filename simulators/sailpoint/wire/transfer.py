"""Export and import of configuration as the REST API reads and shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from simulators.sailpoint.domain.transfer import NAMED, TYPES
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.configuration import document_body
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when

_Names = Annotated[list[str], Field(max_length=5000)]
_Type = Literal[NAMED]  # type: ignore[valid-type]


class ObjectOptions(Camel):
    """Which objects of a type are meant."""

    included_ids: _Names | None = None
    included_names: _Names | None = None


class ExportBody(Camel):
    """What is to be exported."""

    exclude_types: list[_Type] | None = None
    include_types: list[_Type] | None = None
    object_options: dict[str, ObjectOptions] | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None


class ImportOptions(Camel):
    """What of a file is to be imported."""

    exclude_types: list[_Type] | None = None
    include_types: list[_Type] | None = None
    object_options: dict[str, ObjectOptions] | None = None
    default_references: list[str] | None = None
    exclude_backup: bool | None = None


class Self(Camel):
    """Which object it is."""

    type: Annotated[str, Field(min_length=1, max_length=100)]
    id: str | None = None
    name: str | None = None


class Carried(Camel):
    """One object of a file."""

    self_: Annotated[Self, Field(alias="self")]
    object: dict[str, JsonValue]


class ImportFile(Camel):
    """A file of objects, as an export gives it."""

    objects: Annotated[list[Carried], Field(max_length=10_000)]


def options_of(body: ExportBody | ImportOptions) -> dict[str, Any]:
    """Options as they are kept."""
    given: dict[str, Any] = body.model_dump(by_alias=True, exclude_none=True)
    return {name: value for name, value in given.items() if name != "description"}


def job_body(job: Document) -> dict[str, Any]:
    """Where a job stands."""
    body = {
        "jobId": job.id,
        "status": job.body["status"],
        "type": job.body["type"],
        "expiration": job.body["expiration"],
        "created": when(job.created),
        "modified": when(job.modified),
        "description": job.body.get("description"),
        "completed": job.body.get("completed"),
        "message": "Import complete." if job.body["type"] == "IMPORT" and job.body.get("completed") else None,
    }
    return {name: value for name, value in body.items() if value is not None}


def export_body(look: Lookup, job: Document) -> dict[str, Any]:
    """The file of an export."""
    body = {
        "version": 1,
        "timestamp": job.body["completed"],
        "tenant": look.org,
        "description": job.body.get("description"),
        "options": job.body["options"],
        "objects": [
            {
                "version": 1,
                "self": {"type": type, "id": document.id, "name": document.name},
                "object": document_body(look, document),
            }
            for type, document in job.body["found"]
        ],
    }
    return {name: value for name, value in body.items() if value is not None}


def import_body(job: Document) -> dict[str, Any]:
    """The results of an import."""
    backup = {"exportJobId": job.body["backup"]} if job.body["backup"] else {}
    return {"results": _told(job.body["results"]), **backup}


def _told(results: Mapping[str, Any]) -> dict[str, Any]:
    return {type: dict(result) for type, result in results.items()}


def config_object_bodies() -> list[dict[str, Any]]:
    """What of each type can be carried."""
    rules = {"takeFromTargetRules": [], "defaultRules": [], "editable": False}
    return [
        {
            "objectType": name,
            "referenceExtractors": list(TYPES[name].references) if name in TYPES else None,
            "signatureRequired": name == "CONNECTOR_RULE",
            "alwaysResolveById": False,
            "legacyObject": name in ("RULE", "IDENTITY_OBJECT_CONFIG"),
            "onePerTenant": name in ("AUTH_ORG", "ACCESS_REQUEST_CONFIG", "PUBLIC_IDENTITIES_CONFIG"),
            "exportable": name in TYPES,
            "rules": rules,
        }
        for name in sorted(NAMED)
    ]
