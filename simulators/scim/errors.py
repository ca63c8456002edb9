"""Refusals of a SCIM service provider, in the shape of RFC 7644, section 3.12."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@dataclass(eq=False)
class ScimRefusal(Exception):
    """A request that the provider declines."""

    status: int
    detail: str
    scim_type: str | None = None


def error_body(status: int, detail: str = "", scim_type: str | None = None) -> bytes:
    """The error document for `status`."""
    body = {"schemas": [ERROR], "status": str(status), "detail": detail or HTTPStatus(status).phrase}
    if scim_type is not None:
        body["scimType"] = scim_type
    return json.dumps(body, ensure_ascii=False).encode()


def invalid(detail: str, scim_type: str = "invalidValue") -> ScimRefusal:
    """A 400 of the given `scimType`."""
    return ScimRefusal(400, detail, scim_type)


def missing(id: str) -> ScimRefusal:
    """The 404 for a resource that does not exist."""
    return ScimRefusal(404, f"Resource {id} not found")
