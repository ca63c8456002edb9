"""`/requestable-objects`: what somebody may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.configuration import item_of
from simulators.sailpoint.domain.errors import Forbidden, MissingReference
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call
from simulators.sailpoint.routes.listing import Collection, page

area = Area()


@area.get("/requestable-objects/v1")
async def requestable_objects(call: Call) -> Response:
    """What a person may ask for, and whether it is held or asked for already."""
    wanted = call.query("identity-id") or call.caller.identity_id
    if wanted != call.caller.identity_id and not call.caller.is_admin:
        person = call.look.identity(wanted)
        if person is None or person.manager_id != call.caller.identity_id:
            raise Forbidden
    identity = call.tenant.state.identities.get(wanted)
    if identity is None:
        raise MissingReference(f"Referenced identity {wanted} was not found.")
    types = [word for word in call.query("types").split(",") if word]
    term = call.query("term").lower()
    tenant = call.tenant

    def rows() -> Iterator[Document]:
        for kind in ("role", "access-profile"):
            for document in tenant.configuration.all(kind):
                item = item_of(document)
                asked = (not types or item.type in types) and term in item.name.lower()
                if asked and item.requestable and item.enabled and tenant.requests.visible(item, identity):
                    yield document

    def body(document: Document) -> dict[str, Any]:
        item = item_of(document)
        running = tenant.state.requests.first("running", f"{identity.id}/{item.id}")
        status = (
            "PENDING"
            if running is not None
            else "ASSIGNED"
            if tenant.requests.held(identity, item, "")
            else "AVAILABLE"
        )
        owner = call.look.identity(item.owner_id)
        return {
            "id": item.id,
            "name": item.name,
            "type": item.type,
            "description": document.body.get("description"),
            "requestStatus": status,
            "identityRequestId": running.id if running is not None else None,
            "ownerRef": {"type": "IDENTITY", "id": item.owner_id, "name": owner.name if owner is not None else None},
            "requestCommentsRequired": bool((document.body.get("accessRequestConfig") or {}).get("commentsRequired")),
        }

    collection = Collection(fields={"id": "eq in", "name": "eq in sw"}, sorters=frozenset({"name"}))
    statuses = [word for word in call.query("statuses").split(",") if word]
    keep = (lambda row: body(row)["requestStatus"] in statuses) if statuses else None
    return page(call, collection, None, body, rows=rows(), keep=keep)
