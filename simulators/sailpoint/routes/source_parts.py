"""What hangs under a source: schemas, provisioning policies, schedules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue, NotFound
from simulators.sailpoint.domain.times import instant, next_time
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import Collection, page
from simulators.sailpoint.routes.sources import source_of_path
from simulators.sailpoint.wire.bodies import Body, read
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.source_parts import (
    PolicyBody,
    ScheduleBody,
    SchemaBody,
    policy_body,
    schedule_body,
    schema_body,
)
from simulators.sailpoint.wire.sources import names_of

area = Area()
SCHEMA, POLICY, SCHEDULE = "schema", "provisioning-policy", "schedule"
# Numbers of a schedule have few digits; more would only cost time.
_LONG_NUMBER = re.compile(r"\d{5}")


def _under(call: Call, kind: str, key: str, parameter: str) -> Document:
    """The part of a source that a path names by one of its properties. Raises NotFound."""
    source = source_of_path(call, "sourceId")
    for document in call.tenant.configuration.all(kind, source.id):
        if call.path(parameter) == (document.id if key == "id" else document.body.get(key)):
            return document
    raise NotFound


def _again(model: type[Body], body: dict[str, Any]) -> None:
    """Refuse a patched body that could not have been sent."""
    read(model, json.dumps(body).encode())


def _taken(call: Call, kind: str, key: str, value: Any) -> None:
    source = source_of_path(call, "sourceId")
    if any(one.body.get(key) == value for one in call.tenant.configuration.all(kind, source.id)):
        raise BadContent(f'The source has a {kind} with {key} "{value}" already.')


@area.get("/sources/v1/{sourceId}/schemas")
async def list_schemas(call: Call) -> Response:
    """Schemas of a source: all, those of groups, or those of some names."""
    rows: Iterator[Document] | list[Document] = call.tenant.configuration.all(
        SCHEMA, source_of_path(call, "sourceId").id
    )
    names = [name.strip() for name in call.query("include-names").split(",") if name.strip()]
    if call.query("include-types") == "group":
        rows = [row for row in rows if row.name != "account"]
    elif names:
        rows = [row for row in rows if row.name in names]
    return answer([schema_body(call.look, row) for row in rows])


@area.post("/sources/v1/{sourceId}/schemas")
async def create_schema(call: Call) -> Response:
    """Add a schema; each has a name of its own."""
    source = source_of_path(call, "sourceId")
    body = (await call.model(SchemaBody)).sent()
    body.pop("id", None)
    _taken(call, SCHEMA, "name", body["name"])
    _consistent(body)
    return answer(schema_body(call.look, call.tenant.configuration.add(SCHEMA, body, source.id)), 201)


def _consistent(body: dict[str, Any]) -> None:
    names = [one["name"] for one in body.get("attributes") or ()]
    if len(names) != len(set(names)):
        raise BadContent("Two attributes have the same name.")


@area.get("/sources/v1/{sourceId}/schemas/{schemaId}")
async def get_schema(call: Call) -> Response:
    """One schema."""
    return answer(schema_body(call.look, _under(call, SCHEMA, "id", "schemaId")))


@area.put("/sources/v1/{sourceId}/schemas/{schemaId}")
async def put_schema(call: Call) -> Response:
    """Replace a schema; its id has to be sent and, like name and dates, stays (SailPoint API, sources)."""
    document = _under(call, SCHEMA, "id", "schemaId")
    model = await call.model(SchemaBody)
    body, shown = model.sent(), schema_body(call.look, document)
    sent = await call.object("id")
    if sent["id"] != document.id:
        raise IllegalValue('Value of "id" is empty or contains invalid data.')
    dates: list[str] = [name for name in ("created", "modified") if sent.get(name)]
    changed = [name for name in dates if instant(sent[name]) != instant(shown[name])]
    if changed or body["name"] != document.name:
        raise BadContent(f'The property "{(changed or ["name"])[0]}" cannot be changed.')
    _consistent(body)
    body.pop("id")
    return answer(schema_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.patch("/sources/v1/{sourceId}/schemas/{schemaId}")
async def patch_schema(call: Call) -> Response:
    """Change a schema."""
    document = _under(call, SCHEMA, "id", "schemaId")
    body = patched(document.body, await call.json(), sorted(names_of(SchemaBody) - {"id", "name"}))
    _again(SchemaBody, body)
    _consistent(body)
    return answer(schema_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.delete("/sources/v1/{sourceId}/schemas/{schemaId}")
async def delete_schema(call: Call) -> Response:
    """Delete a schema."""
    call.tenant.configuration.remove(_under(call, SCHEMA, "id", "schemaId"), call.caller.name)
    return empty()


@area.get("/sources/v1/{sourceId}/provisioning-policies")
async def list_policies(call: Call) -> Response:
    """Provisioning policies of a source."""
    rows = call.tenant.configuration.all(POLICY, source_of_path(call, "sourceId").id)
    return page(call, Collection(), None, lambda row: policy_body(call.look, row), rows=rows)


@area.post("/sources/v1/{sourceId}/provisioning-policies")
async def create_policy(call: Call) -> Response:
    """Add a policy; a source has one of each usage type."""
    source = source_of_path(call, "sourceId")
    body = _policy(await call.model(PolicyBody))
    _taken(call, POLICY, "usageType", body["usageType"])
    return answer(policy_body(call.look, call.tenant.configuration.add(POLICY, body, source.id)), 201)


def _policy(model: PolicyBody) -> dict[str, Any]:
    if model.usage_type is None:
        raise IllegalValue('Value of "usageType" is empty or contains invalid data.')
    return {"fields": [], **model.sent()}


@area.post("/sources/v1/{sourceId}/provisioning-policies/bulk-update")
async def update_policies(call: Call) -> Response:
    """Add or replace several policies, one of each usage type."""
    source = source_of_path(call, "sourceId")
    bodies = [_policy(model) for model in await call.model(list[PolicyBody])]
    usages = [body["usageType"] for body in bodies]
    if len(usages) != len(set(usages)):
        raise BadContent("Two policies have the same usage type.")
    configuration = call.tenant.configuration
    known = {one.body.get("usageType"): one for one in configuration.all(POLICY, source.id)}
    made = [
        configuration.update(known[body["usageType"]], body, call.caller.name)
        if body["usageType"] in known
        else configuration.add(POLICY, body, source.id)
        for body in bodies
    ]
    return answer([policy_body(call.look, one) for one in made])


@area.get("/sources/v1/{sourceId}/provisioning-policies/{usageType}")
async def get_policy(call: Call) -> Response:
    """The policy of a usage type."""
    return answer(policy_body(call.look, _under(call, POLICY, "usageType", "usageType")))


@area.put("/sources/v1/{sourceId}/provisioning-policies/{usageType}")
async def put_policy(call: Call) -> Response:
    """Replace the policy of a usage type."""
    document = _under(call, POLICY, "usageType", "usageType")
    model = await call.model(PolicyBody)
    if model.usage_type not in (None, document.body["usageType"]):
        raise BadContent('The property "usageType" cannot be changed.')
    body = {"fields": [], **model.sent(), "usageType": document.body["usageType"]}
    return answer(policy_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.patch("/sources/v1/{sourceId}/provisioning-policies/{usageType}")
async def patch_policy(call: Call) -> Response:
    """Change the policy of a usage type."""
    document = _under(call, POLICY, "usageType", "usageType")
    body = patched(document.body, await call.json(), ("name", "description", "fields"))
    _again(PolicyBody, body)
    return answer(policy_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.delete("/sources/v1/{sourceId}/provisioning-policies/{usageType}")
async def delete_policy(call: Call) -> Response:
    """Delete the policy of a usage type."""
    call.tenant.configuration.remove(_under(call, POLICY, "usageType", "usageType"), call.caller.name)
    return empty()


def _cron(expression: str) -> None:
    """Refuse a schedule that cannot be read (Quartz: six or seven fields, or five of Unix)."""
    try:
        if _LONG_NUMBER.search(expression) or not 5 <= len(expression.split()) <= 7:
            raise ValueError(expression)
        next_time(expression, datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    except (ValueError, KeyError) as error:
        raise BadContent("The cron expression is invalid.") from error


@area.get("/sources/v1/{sourceId}/schedules")
async def list_schedules(call: Call) -> Response:
    """When a source is read."""
    rows = call.tenant.configuration.all(SCHEDULE, source_of_path(call, "sourceId").id)
    return page(call, Collection(), None, lambda row: schedule_body(call.look, row), rows=rows)


@area.post("/sources/v1/{sourceId}/schedules")
async def create_schedule(call: Call) -> Response:
    """Add a schedule; a source has one of each type."""
    source = source_of_path(call, "sourceId")
    body = (await call.model(ScheduleBody)).sent()
    _cron(body["cronExpression"])
    _taken(call, SCHEDULE, "type", body["type"])
    return answer(schedule_body(call.look, call.tenant.configuration.add(SCHEDULE, body, source.id)), 201)


@area.get("/sources/v1/{sourceId}/schedules/{scheduleType}")
async def get_schedule(call: Call) -> Response:
    """The schedule of a type."""
    return answer(schedule_body(call.look, _under(call, SCHEDULE, "type", "scheduleType")))


@area.patch("/sources/v1/{sourceId}/schedules/{scheduleType}")
async def patch_schedule(call: Call) -> Response:
    """Change when a source is read; the type stays."""
    document = _under(call, SCHEDULE, "type", "scheduleType")
    body = patched(document.body, await call.json(), ("cronExpression",))
    _again(ScheduleBody, body)
    _cron(body["cronExpression"])
    return answer(schedule_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.delete("/sources/v1/{sourceId}/schedules/{scheduleType}")
async def delete_schedule(call: Call) -> Response:
    """Read a source no longer by the clock."""
    call.tenant.configuration.remove(_under(call, SCHEDULE, "type", "scheduleType"), call.caller.name)
    return empty()
