"""What hangs under a source: schemas, provisioning policies, schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.times import next_time
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.operations import OPERATIONS, shape
from simulators.sailpoint.wire.configuration import document_body
from simulators.sailpoint.wire.patch import patched

area = Area()


def _source(call: Call) -> Document:
    return call.tenant.configuration.get("source", call.path("id"))


# Things under a source: kind, path, the property that names one.
def _children(kind: str, path: str, key: str) -> None:
    def child(call: Call) -> Document:
        source = _source(call)
        for document in call.tenant.configuration.all(kind, source.id):
            if call.path("child") in (document.id if key == "id" else document.body.get(key), document.id):
                return document
        raise NotFound

    @area.get(f"/sources/v1/{{id}}/{path}")
    async def list_children(call: Call) -> Response:
        rows = call.tenant.configuration.all(kind, _source(call).id)
        return answer([document_body(call.look, row) for row in rows])

    @area.post(f"/sources/v1/{{id}}/{path}")
    async def create_child(call: Call) -> Response:
        source, body = _source(call), await call.object()
        if key != "id":
            if not body.get(key):
                raise BadContent(f"The property {key} is required.")
            if any(one.body.get(key) == body[key] for one in call.tenant.configuration.all(kind, source.id)):
                raise BadContent(f"There is one of that {key} already.")
        _checked(kind, body)
        return answer(document_body(call.look, call.tenant.configuration.add(kind, body, source.id)), 201)

    @area.get(f"/sources/v1/{{id}}/{path}/{{child}}")
    async def get_child(call: Call) -> Response:
        return answer(document_body(call.look, child(call)))

    async def put_child(call: Call) -> Response:
        document, body = child(call), await call.object()
        _checked(kind, body)
        fixed = {} if key == "id" else {key: document.body[key]}
        return answer(
            document_body(call.look, call.tenant.configuration.update(document, {**body, **fixed}, call.caller.name))
        )

    if ("PUT", shape(f"/sources/v1/{{id}}/{path}/{{child}}")) in OPERATIONS:
        area.put(f"/sources/v1/{{id}}/{path}/{{child}}")(put_child)

    @area.patch(f"/sources/v1/{{id}}/{path}/{{child}}")
    async def patch_child(call: Call) -> Response:
        document = child(call)
        body = patched(
            document.body, await call.json(), None, ("id", "created", "modified", *(() if key == "id" else (key,)))
        )
        _checked(kind, body)
        return answer(document_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))

    @area.delete(f"/sources/v1/{{id}}/{path}/{{child}}")
    async def delete_child(call: Call) -> Response:
        call.tenant.configuration.remove(child(call), call.caller.name)
        return empty()


def _checked(kind: str, body: dict[str, Any]) -> None:
    if kind == "schedule":
        try:
            next_time(str(body.get("cronExpression")), datetime(2026, 1, 1, tzinfo=UTC), "UTC")
        except (ValueError, KeyError) as error:
            raise BadContent("The cron expression is invalid.") from error


_children("schema", "schemas", "id")
_children("provisioning-policy", "provisioning-policies", "usageType")
_children("schedule", "schedules", "type")
