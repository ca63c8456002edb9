"""Configuration objects that all work alike: list, create, read, patch, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import Collection, page
from simulators.sailpoint.wire.configuration import document_body
from simulators.sailpoint.wire.patch import patched

Check = Callable[[Call, dict[str, Any]], None]
FIXED = ("id", "created", "modified")


def serve(
    area: Area,
    kind: str,
    path: str,
    collection: Collection,
    *,
    mutable: tuple[str, ...] | None = None,
    needed: tuple[str, ...] = ("name",),
    defaults: Mapping[str, Any] | None = None,
    check: Check | None = None,
    before_delete: Callable[[Call, Document], None] | None = None,
    created: int = 201,
) -> None:
    """Register the five operations of one kind at `path`."""

    @area.get(path)
    async def list_all(call: Call) -> Response:
        rows = call.tenant.configuration.all(kind)
        return page(call, collection, None, lambda row: document_body(call.look, row), rows=rows)

    @area.post(path)
    async def create(call: Call) -> Response:
        body = {**(defaults or {}), **await call.object(*needed)}
        _named(body)
        if call.tenant.configuration.named(kind, str(body.get("name"))) is not None:
            raise BadContent(f'The name "{body["name"]}" is already in use.')
        if check is not None:
            check(call, body)
        stored = {name: value for name, value in body.items() if name not in FIXED}
        document = call.tenant.configuration.add(kind, stored, actor=call.caller.name)
        return answer(document_body(call.look, document), created)

    @area.get(f"{path}/{{id}}")
    async def get_one(call: Call) -> Response:
        return answer(document_body(call.look, call.tenant.configuration.get(kind, call.path("id"))))

    @area.patch(f"{path}/{{id}}")
    async def patch_one(call: Call) -> Response:
        document = call.tenant.configuration.get(kind, call.path("id"))
        body = patched({**(defaults or {}), **document.body}, await call.json(), mutable, FIXED)
        _named(body)
        if check is not None:
            check(call, body)
        updated = call.tenant.configuration.update(document, body, call.caller.name)
        return answer(document_body(call.look, updated))

    @area.delete(f"{path}/{{id}}")
    async def delete_one(call: Call) -> Response:
        document = call.tenant.configuration.get(kind, call.path("id"))
        if before_delete is not None:
            before_delete(call, document)
        call.tenant.configuration.remove(document, call.caller.name)
        return empty()


def _named(body: Mapping[str, Any]) -> None:
    """Refuse a name that is no text, and an owner that is no reference. Raises IllegalValue."""
    owner = body.get("owner")
    if owner is not None and not (isinstance(owner, Mapping) and isinstance(owner.get("id"), str)):
        raise IllegalValue('Value of "owner" is empty or contains invalid data.')
    if not isinstance(body.get("name", ""), str):
        raise IllegalValue('Value of "name" is empty or contains invalid data.')
