"""Reading sources: accounts and entitlements by file or connection, pairs, schema templates, connector files."""

from __future__ import annotations

import csv
import io
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.connectors import account_schema, attribute
from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.files import header_of
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.sources import source_of_path
from simulators.sailpoint.routes.uploads import uploaded
from simulators.sailpoint.tenant.loading import readable
from simulators.sailpoint.wire.source_parts import schema_body
from simulators.sailpoint.wire.sources import source_body
from simulators.sailpoint.wire.tasks import load_task_body, queued_task_body, task_result

area = Area()
GROUP = "group"


@area.post("/sources/v1/{id}/load-accounts")
async def load_accounts(call: Call) -> Response:
    """Load a delimited file, or start to aggregate a connected source."""
    form = await uploaded(call)
    optimized = form.fields.get("disableOptimization", "false").lower() != "true"
    task = call.tenant.loading.load(call.path("id"), form.content, optimized, call.caller.name)
    return answer({"success": True, "task": load_task_body(task)}, 202)


@area.post("/sources/v1/{id}/load-uncorrelated-accounts")
async def load_uncorrelated(call: Call) -> Response:
    """Correlate accounts by a file of pairs."""
    source = call.tenant.loading.source(call.path("id"))
    task = call.tenant.sources.correlate(source, (await uploaded(call)).needed, call.caller.name)
    return answer({"success": True, "task": {**queued_task_body(task), "returns": {}}}, 202)


@area.post("/sources/v1/{sourceId}/load-entitlements")
async def load_entitlements(call: Call) -> Response:
    """Load a file of entitlements, or start to read what can be held on a connected source."""
    source = call.tenant.loading.source(call.path("sourceId"))
    task = call.tenant.sources.entitlements(source, (await uploaded(call)).content, call.caller.name)
    return answer(queued_task_body(task), 202)


@area.post("/sources/v1/{id}/remove-accounts")
async def remove_accounts(call: Call) -> Response:
    """Forget all accounts of a source without touching it."""
    return answer(task_result(call.tenant.sources.empty(source_of_path(call).id, call.caller.name)), 202)


def _by_file(call: Call) -> Document:
    source = source_of_path(call)
    if source.body.get("type") != "DelimitedFile":
        raise BadContent("Schema files are for delimited file sources only.")
    return source


def _template(schema: Document) -> Response:
    """The columns of a schema as the first line of a file."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([one.get("name") for one in schema.body.get("attributes") or ()])
    return Response(line.getvalue(), 200, media_type="text/csv")


async def _columns(call: Call) -> tuple[str, ...]:
    names = tuple(header_of(readable((await uploaded(call)).needed)))
    if not all(names) or not names or len(names) != len(set(names)):
        raise BadContent("The first line of the file must name each attribute once.")
    return names


def _with_columns(known: Document | None, names: tuple[str, ...], fresh: dict[str, Any]) -> dict[str, Any]:
    """A schema with these attributes: those it had as they were, the others as text."""
    if known is None:
        return fresh
    had = {one.get("name"): one for one in known.body.get("attributes") or ()}
    body = {**known.body, "attributes": [had.get(name) or attribute(name) for name in names]}
    for role, at in (("identityAttribute", 0), ("displayAttribute", min(1, len(names) - 1))):
        if body.get(role) not in names:
            body[role] = names[at]
    return body


async def _imported(call: Call, name: str, native: str) -> Response:
    source, names = _by_file(call), await _columns(call)
    configuration = call.tenant.configuration
    known = next((one for one in configuration.all("schema", source.id) if one.name == name), None)
    fresh = {**account_schema(names, names[0], names[min(1, len(names) - 1)], "groups"), "name": name}
    body = _with_columns(known, names, {**fresh, "nativeObjectType": native})
    if known is None:
        made = configuration.add("schema", body, source.id)
    else:
        made = configuration.update(known, body, call.caller.name)
    return answer(schema_body(call.look, made))


@area.get("/sources/v1/{id}/schemas/accounts")
async def account_template(call: Call) -> Response:
    """The account schema of a delimited file source as a file."""
    return _template(call.tenant.loading.schema(call.tenant.loading.source(_by_file(call).id)))


@area.post("/sources/v1/{id}/schemas/accounts")
async def import_account_schema(call: Call) -> Response:
    """Take the account attributes of a delimited file source from a file."""
    return await _imported(call, "account", "User")


@area.get("/sources/v1/{id}/schemas/entitlements")
async def entitlement_template(call: Call) -> Response:
    """A group schema of a delimited file source as a file."""
    source, name = _by_file(call), call.query("schemaName") or GROUP
    for schema in call.tenant.configuration.all("schema", source.id):
        if schema.name == name and name != "account":
            return _template(schema)
    raise NotFound


@area.post("/sources/v1/{id}/schemas/entitlements")
async def import_entitlement_schema(call: Call) -> Response:
    """Take the attributes of a group schema from a file."""
    name = call.query("schemaName") or GROUP
    if name == "account":
        raise BadContent('The schema "account" is not one of entitlements.')
    return await _imported(call, name, name)


@area.post("/sources/v1/{sourceId}/upload-connector-file")
async def upload_connector_file(call: Call) -> Response:
    """Keep a file beside a source's connector, such as a driver."""
    source, upload = source_of_path(call, "sourceId"), await uploaded(call)
    if not upload.needed or not upload.name:
        raise BadContent("A file is required.")
    settings = dict(source.body.get("connectorAttributes") or {})
    files = [name for name in str(settings.get("connector_files") or "").split(",") if name and name != upload.name]
    settings["connector_files"] = ",".join([*files, upload.name])
    whole = {**source.body, "connectorAttributes": settings}
    return answer(source_body(call.look, call.tenant.configuration.update(source, whole, call.caller.name)))
