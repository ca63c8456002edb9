"""What hangs under a source: schemas, provisioning policies, schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.times import next_time
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import READERS, SOURCES, Area, Call, answer, empty
from simulators.sailpoint.routes.sources import MANAGE, READ
from simulators.sailpoint.wire.configuration import document_body
from simulators.sailpoint.wire.patch import patched

area = Area()


def _source(call: Call) -> Document:
    return call.tenant.configuration.get("source", call.path("id"))


# Things under a source: kind, path, the property that names one, what may change, rights.
def _children(kind: str, path: str, key: str, read: dict[str, Any], write: dict[str, Any]) -> None:
    def child(call: Call) -> Document:
        source = _source(call)
        for document in call.tenant.configuration.all(kind, source.id):
            if call.path("child") in (document.id if key == "id" else document.body.get(key), document.id):
                return document
        raise NotFound

    @area.get(f"/sources/v1/{{id}}/{path}", **read)
    async def list_children(call: Call) -> Response:
        rows = call.tenant.configuration.all(kind, _source(call).id)
        return answer([document_body(call.look, row) for row in rows])

    @area.post(f"/sources/v1/{{id}}/{path}", **write)
    async def create_child(call: Call) -> Response:
        source, body = _source(call), await call.object()
        if key != "id":
            if not body.get(key):
                raise BadContent(f"The property {key} is required.")
            if any(one.body.get(key) == body[key] for one in call.tenant.configuration.all(kind, source.id)):
                raise BadContent(f"There is one of that {key} already.")
        _checked(kind, body)
        return answer(document_body(call.look, call.tenant.configuration.add(kind, body, source.id)), 201)

    @area.get(f"/sources/v1/{{id}}/{path}/{{child}}", **read)
    async def get_child(call: Call) -> Response:
        return answer(document_body(call.look, child(call)))

    @area.put(f"/sources/v1/{{id}}/{path}/{{child}}", **write)
    async def put_child(call: Call) -> Response:
        document, body = child(call), await call.object()
        _checked(kind, body)
        fixed = {} if key == "id" else {key: document.body[key]}
        return answer(
            document_body(call.look, call.tenant.configuration.update(document, {**body, **fixed}, call.caller.name))
        )

    @area.patch(f"/sources/v1/{{id}}/{path}/{{child}}", **write)
    async def patch_child(call: Call) -> Response:
        document = child(call)
        body = patched(
            document.body, await call.json(), None, ("id", "created", "modified", *(() if key == "id" else (key,)))
        )
        _checked(kind, body)
        return answer(document_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))

    @area.delete(f"/sources/v1/{{id}}/{path}/{{child}}", **write)
    async def delete_child(call: Call) -> Response:
        call.tenant.configuration.remove(child(call), call.caller.name)
        return empty()


def _checked(kind: str, body: dict[str, Any]) -> None:
    if kind == "schedule":
        try:
            next_time(str(body.get("cronExpression")), datetime(2026, 1, 1, tzinfo=UTC), "UTC")
        except (ValueError, KeyError) as error:
            raise BadContent("The cron expression is invalid.") from error


_children("schema", "schemas", "id", {"user": True}, {"user": True, "levels": ("ORG_ADMIN", "SOURCE_ADMIN")})
_children("provisioning-policy", "provisioning-policies", "usageType", {"levels": READERS}, {"levels": SOURCES})
_children("schedule", "schedules", "type", {"levels": SOURCES, "scopes": READ}, {"levels": SOURCES, "scopes": MANAGE})
