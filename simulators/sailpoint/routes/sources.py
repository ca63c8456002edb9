"""`/sources` with schemas, provisioning policies, schedules, loading; `/account-aggregations`."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import source_of
from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, Collection, page
from simulators.sailpoint.wire.activities import aggregation_body, load_task_body
from simulators.sailpoint.wire.configuration import source_body
from simulators.sailpoint.wire.patch import patched

area = Area()
FIXED = ("id", "type", "authoritative", "created", "modified", "connector", "connectorClass", "passwordPolicies")
COMPARE = "eq ge gt in le lt ne isnull sw"
SOURCES_LIST = Collection(
    fields={
        "id": COMPARE,
        "owner.id": COMPARE,
        "status": COMPARE,
        "name": "co eq in sw ge gt ne isnull",
        "type": "eq in ge gt ne isnull sw",
        "features": "ca co",
        "created": COMPARE,
        "modified": COMPARE,
        "connectionType": COMPARE,
        "description": "eq sw",
        "authoritative": "eq ne isnull",
        "healthy": "isnull",
        "connectorName": "eq ge gt in ne isnull sw",
        "category": "co eq ge gt in le lt ne sw",
    },
    sorters=frozenset(
        {
            "type",
            "created",
            "modified",
            "name",
            "owner.name",
            "healthy",
            "status",
            "id",
            "description",
            "owner.id",
            "authoritative",
            "connectorName",
            "connectionType",
        }
    ),
    indexed=IDS,
)


def _source(call: Call, name: str = "id") -> Document:
    return call.tenant.configuration.get("source", call.path(name))


@area.get("/sources/v1")
async def list_sources(call: Call) -> Response:
    """Sources."""
    rows = call.tenant.configuration.all("source")
    return page(call, SOURCES_LIST, None, lambda row: source_body(call.look, row), rows=rows)


@area.post("/sources/v1")
async def create_source(call: Call) -> Response:
    """Make a source; `provisionAsCsv` a delimited file without connector details."""
    body = await call.object("name", "owner")
    if call.flag("provisionAsCsv"):
        body = {
            "connector": "delimited-file-angularsc",
            "type": "DelimitedFile",
            "features": ["DIRECT_PERMISSIONS", "NO_RANDOM_ACCESS", "DISCOVER_SCHEMA"],
            **body,
        }
    if not body.get("connector"):
        raise BadContent("The connector is required.")
    body = {
        "description": None,
        "connectorAttributes": {},
        "deleteThreshold": 10,
        "features": [],
        "type": body.get("type") or body["connector"],
        "status": "SOURCE_STATE_UNCHECKED_SOURCE",
        "healthy": False,
        "connectorName": body.get("type") or body["connector"],
        "connectionType": "file" if body.get("type") == "DelimitedFile" else "direct",
        **body,
    }
    source = call.tenant.configuration.add("source", body, actor=call.caller.name)
    if body["type"] == "DelimitedFile":
        names = ("id", "name", "givenName", "familyName", "e-mail", "location", "manager", "groups")
        attributes = [
            {
                "name": name,
                "type": "STRING",
                "isMulti": name == "groups",
                "isEntitlement": name == "groups",
                "isGroup": name == "groups",
            }
            for name in names
        ]
        schema = {
            "name": "account",
            "nativeObjectType": "User",
            "identityAttribute": "id",
            "displayAttribute": "name",
            "features": [],
            "configuration": {},
            "attributes": attributes,
        }
        call.tenant.configuration.add("schema", schema, source.id)
    return answer(source_body(call.look, source), 201)


@area.get("/sources/v1/{id}")
async def get_source(call: Call) -> Response:
    """One source."""
    return answer(source_body(call.look, _source(call)))


@area.patch("/sources/v1/{id}")
async def patch_source(call: Call) -> Response:
    """Change a source, connector attributes included."""
    source = _source(call)
    body = patched(source.body, await call.json(), None, FIXED)
    return answer(source_body(call.look, call.tenant.configuration.update(source, body, call.caller.name)))


@area.put("/sources/v1/{id}")
async def put_source(call: Call) -> Response:
    """Replace a source; what is hidden or fixed stays as it is."""
    source = _source(call)
    body = await call.object("name", "owner", "connector")
    known = source_of(source)
    fixed = {name: source.body[name] for name in FIXED if name in source.body}
    kept = {
        name: value
        for name, value in body.items()
        if name not in ("id", "created", "modified", "authoritative", "schemas")
    }
    attributes = {**known.settings, **(body.get("connectorAttributes") or {})}
    updated = call.tenant.configuration.update(
        source, {**kept, **fixed, "connectorAttributes": attributes}, call.caller.name
    )
    return answer(source_body(call.look, updated))


@area.delete("/sources/v1/{id}")
async def delete_source(call: Call) -> Response:
    """Delete a source with its accounts and entitlements."""
    source, state = _source(call), call.tenant.state
    if call.look.authoritative(source.id):
        raise BadContent("The source is authoritative for an identity profile.")
    for account in list(state.accounts.find("source", source.id)):
        state.accounts.remove(account.id)
    for right in list(state.entitlements.find("source", source.id)):
        state.entitlements.remove(right.id)
    call.tenant.configuration.remove(source, call.caller.name)
    return answer({"type": "TASK_RESULT", "id": call.tenant.ids.hex32("task"), "name": None}, 202)


@area.post("/sources/v1/{id}/load-accounts")
async def load_accounts(call: Call) -> Response:
    """Load a delimited file, or start to aggregate a connected source."""
    content: bytes | None = None
    optimized = True
    if call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with call.request.form() as form:
            upload = form.get("file")
            if isinstance(upload, UploadFile):
                content = await upload.read()
            optimized = str(form.get("disableOptimization") or "false").lower() != "true"
    task = call.tenant.loading.load(call.path("id"), content, optimized, call.caller.name)
    return answer({"success": True, "task": load_task_body(task)}, 202)


@area.post("/sources/v1/{id}/load-entitlements")
async def load_entitlements(call: Call) -> Response:
    """Start to read what can be held on a source."""
    tenant = call.tenant
    source = source_of(_source(call))
    task = tenant.aggregation.begin(source, full=True, rights=True, launcher=call.caller.name)
    at = iso(task.created).replace("Z", "+00:00")
    body = {
        **load_task_body(task),
        "created": at,
        "launched": None,
        "attributes": {"qpocJobId": tenant.ids.uuid("job"), "taskStartDelay": None},
    }
    return answer(body, 202)


@area.get("/account-aggregations/v1/{id}/status")
async def aggregation_status(call: Call) -> Response:
    """The progress of an aggregation; forgotten an hour after its end."""
    task = call.tenant.state.tasks.get(call.path("id"))
    if task is None or task.kind != "CLOUD_ACCOUNT_AGGREGATION":
        raise NotFound
    if task.completed is not None and (call.tenant.now() - task.completed).total_seconds() > 3600:
        raise NotFound
    return answer(aggregation_body(task))


@area.get("/sources/v1/{id}/source-health")
async def source_health(call: Call) -> Response:
    """Whether a source can be reached."""
    source = _source(call)
    body = {name: source.body.get(name) for name in ("name", "status", "healthy", "type", "since")}
    return answer({"id": source.id, "org": call.look.org, "pod": call.look.pod, **body})


@area.get("/sources/v1/{id}/correlation-config")
async def get_correlation(call: Call) -> Response:
    """Which attributes tie accounts to identities."""
    return answer(_source(call).body.get("accountCorrelationConfig") or {})


@area.put("/sources/v1/{id}/correlation-config")
async def put_correlation(call: Call) -> Response:
    """Replace which attributes tie accounts to identities."""
    source, body = _source(call), await call.object("attributeAssignments")
    call.tenant.configuration.update(source, {**source.body, "accountCorrelationConfig": body}, call.caller.name)
    return answer(body)


@area.post("/sources/v1/{id}/connector/check-connection")
async def check_connection(call: Call) -> Response:
    """Whether the source's last contact went well."""
    source = _source(call)
    ok = source.body.get("healthy", True)
    return answer(
        {
            "id": source.id,
            "name": source.name,
            "status": "SUCCESS" if ok else "FAILURE",
            "elapsedMillis": 12,
            "details": {},
        }
    )
