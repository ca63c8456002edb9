"""What hangs under a source: schemas, provisioning policies, schedules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue, NotFound
from simulators.sailpoint.domain.times import instant, next_time
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import Collection, page
from simulators.sailpoint.routes.sources import source_of_path
from simulators.sailpoint.wire.bodies import Camel, reread
from simulators.sailpoint.wire.lookup import Lookup
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
# Numbers of a schedule have few digits; more would only cost time.
_LONG_NUMBER = re.compile(r"\d{5}")


@dataclass(frozen=True)
class Part:
    """One kind of what hangs under a source. `named` is the property a path names one by, `unique` what no two share.

    `stored` makes of a body that was sent what is kept, and refuses what cannot be.
    """

    kind: str
    path: str
    parameter: str
    named: str
    unique: str
    model: type[Camel]
    stored: Callable[[Any], dict[str, Any]]
    shown: Callable[[Lookup, Document], dict[str, Any]]
    mutable: tuple[str, ...]

    def all(self, call: Call) -> Iterator[Document]:
        """Those of the source in the path."""
        return call.tenant.configuration.all(self.kind, source_of_path(call, "sourceId").id)

    def one(self, call: Call) -> Document:
        """The one that the path names. Raises NotFound."""
        wanted = call.path(self.parameter)
        for document in self.all(call):
            if wanted == (document.id if self.named == "id" else document.body.get(self.named)):
                return document
        raise NotFound


def _updated(call: Call, part: Part, document: Document, body: dict[str, Any]) -> Response:
    return answer(part.shown(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


def _schema(model: SchemaBody) -> dict[str, Any]:
    body = model.sent()
    body.pop("id", None)
    names = [one["name"] for one in body.get("attributes") or ()]
    if len(names) != len(set(names)):
        raise BadContent("Two attributes have the same name.")
    return body


def _policy(model: PolicyBody) -> dict[str, Any]:
    if model.usage_type is None:
        raise IllegalValue('Value of "usageType" is empty or contains invalid data.')
    return {"fields": [], **model.sent()}


def _schedule(model: ScheduleBody) -> dict[str, Any]:
    """Refuse a schedule that cannot be read (Quartz: six or seven fields, or five of Unix)."""
    try:
        if _LONG_NUMBER.search(model.cron_expression) or not 5 <= len(model.cron_expression.split()) <= 7:
            raise ValueError(model.cron_expression)
        next_time(model.cron_expression, datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    except (ValueError, KeyError) as error:
        raise BadContent("The cron expression is invalid.") from error
    return model.sent()


SCHEMA = Part(
    "schema",
    "/sources/v1/{sourceId}/schemas",
    "schemaId",
    "id",
    "name",
    SchemaBody,
    _schema,
    schema_body,
    tuple(sorted(names_of(SchemaBody) - {"id", "name"})),
)
POLICY = Part(
    "provisioning-policy",
    "/sources/v1/{sourceId}/provisioning-policies",
    "usageType",
    "usageType",
    "usageType",
    PolicyBody,
    _policy,
    policy_body,
    ("name", "description", "fields"),
)
SCHEDULE = Part(
    "schedule",
    "/sources/v1/{sourceId}/schedules",
    "scheduleType",
    "type",
    "type",
    ScheduleBody,
    _schedule,
    schedule_body,
    ("cronExpression",),
)


def _serve(part: Part) -> None:
    """Register adding one, and reading, patching and deleting it."""
    path_of_one = f"{part.path}/{{{part.parameter}}}"

    @area.post(part.path)
    async def create(call: Call) -> Response:
        source = source_of_path(call, "sourceId")
        body, unique = part.stored(await call.model(part.model)), part.unique
        if any(one.body.get(unique) == body[unique] for one in part.all(call)):
            raise BadContent(f'The source has a {part.kind} with {unique} "{body[unique]}" already.')
        return answer(part.shown(call.look, call.tenant.configuration.add(part.kind, body, source.id)), 201)

    @area.get(path_of_one)
    async def get_one(call: Call) -> Response:
        return answer(part.shown(call.look, part.one(call)))

    @area.patch(path_of_one)
    async def patch_one(call: Call) -> Response:
        document = part.one(call)
        body = patched(document.body, await call.json(), part.mutable)
        part.stored(reread(part.model, body))
        return _updated(call, part, document, body)

    @area.delete(path_of_one)
    async def delete_one(call: Call) -> Response:
        call.tenant.configuration.remove(part.one(call), call.caller.name)
        return empty()


for _part in (SCHEMA, POLICY, SCHEDULE):
    _serve(_part)


@area.get("/sources/v1/{sourceId}/schemas")
async def list_schemas(call: Call) -> Response:
    """Schemas of a source: all, those of groups, or those of some names."""
    rows = list(SCHEMA.all(call))
    names = [name.strip() for name in call.query("include-names").split(",") if name.strip()]
    if call.query("include-types") == "group":
        rows = [row for row in rows if row.name != "account"]
    elif names:
        rows = [row for row in rows if row.name in names]
    return answer([schema_body(call.look, row) for row in rows])


@area.put("/sources/v1/{sourceId}/schemas/{schemaId}")
async def put_schema(call: Call) -> Response:
    """Replace a schema; its id has to be sent and, like name and dates, stays (SailPoint API, sources)."""
    document = SCHEMA.one(call)
    model = await call.model(SchemaBody)
    shown, sent = schema_body(call.look, document), await call.object("id")
    if sent["id"] != document.id:
        raise IllegalValue('Value of "id" is empty or contains invalid data.')
    dates: list[str] = [name for name in ("created", "modified") if sent.get(name)]
    changed = [name for name in dates if instant(sent[name]) != instant(shown[name])]
    if changed or model.name != document.name:
        raise BadContent(f'The property "{(changed or ["name"])[0]}" cannot be changed.')
    return _updated(call, SCHEMA, document, _schema(model))


@area.get("/sources/v1/{sourceId}/provisioning-policies")
async def list_policies(call: Call) -> Response:
    """Provisioning policies of a source."""
    return page(call, Collection(), None, lambda row: policy_body(call.look, row), rows=POLICY.all(call))


@area.post("/sources/v1/{sourceId}/provisioning-policies/bulk-update")
async def update_policies(call: Call) -> Response:
    """Add or replace several policies, one of each usage type."""
    source = source_of_path(call, "sourceId")
    bodies = [_policy(model) for model in await call.model(list[PolicyBody])]
    usages = [body["usageType"] for body in bodies]
    if len(usages) != len(set(usages)):
        raise BadContent("Two policies have the same usage type.")
    configuration = call.tenant.configuration
    known = {one.body.get("usageType"): one for one in POLICY.all(call)}
    made = [
        configuration.update(known[body["usageType"]], body, call.caller.name)
        if body["usageType"] in known
        else configuration.add(POLICY.kind, body, source.id)
        for body in bodies
    ]
    return answer([policy_body(call.look, one) for one in made])


@area.put("/sources/v1/{sourceId}/provisioning-policies/{usageType}")
async def put_policy(call: Call) -> Response:
    """Replace the policy of a usage type."""
    document = POLICY.one(call)
    model = await call.model(PolicyBody)
    if model.usage_type not in (None, document.body["usageType"]):
        raise BadContent('The property "usageType" cannot be changed.')
    body = {"fields": [], **model.sent(), "usageType": document.body["usageType"]}
    return _updated(call, POLICY, document, body)


@area.get("/sources/v1/{sourceId}/schedules")
async def list_schedules(call: Call) -> Response:
    """When a source is read."""
    return page(call, Collection(), None, lambda row: schedule_body(call.look, row), rows=SCHEDULE.all(call))
