"""Asking a source's connector at once: the credential, the configuration, its cluster, a sample of its objects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.configuration import source_of
from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.sources import source_of_path
from simulators.sailpoint.tenant.outcomes import Found, Right
from simulators.sailpoint.wire.connectors import detail_body
from simulators.sailpoint.wire.source_parts import Peek

area = Area()
NO_CONNECTOR = "There is no connector for this type of source."
NO_CLUSTER = "The source is not assigned to a cluster."


def _status(call: Call, source: Document, problem: str, since: datetime, **details: Any) -> Response:
    elapsed = int((call.tenant.now() - since).total_seconds() * 1000)
    return answer(
        {
            "id": source.id,
            "name": source.name,
            "status": "FAILURE" if problem else "SUCCESS",
            "elapsedMillis": elapsed,
            "details": {"error": problem} if problem else details,
        }
    )


async def _asked(call: Call, source: Document) -> str:
    """What keeps the connector from working; empty when nothing does. The source's state follows."""
    parsed = source_of(source)
    connector = call.tenant.connector(parsed)
    problem = await connector.check(parsed) if connector is not None else NO_CONNECTOR
    status = "SOURCE_STATE_FAILURE_SOURCE" if problem else "SOURCE_STATE_HEALTHY"
    call.tenant.configuration.touch_source(source.id, status=status, healthy=not problem)
    return problem


@area.post("/sources/v1/{sourceId}/connector/check-connection")
async def check_connection(call: Call) -> Response:
    """Whether the credential of a source is accepted."""
    source, since = source_of_path(call, "sourceId"), call.tenant.now()
    return _status(call, source, await _asked(call, source), since)


@area.post("/sources/v1/{sourceId}/connector/test-configuration")
async def test_configuration(call: Call) -> Response:
    """Whether a source can be read as it is configured."""
    source, since = source_of_path(call, "sourceId"), call.tenant.now()
    return _status(call, source, await _asked(call, source), since)


@area.post("/sources/v1/{sourceId}/connector/ping-cluster")
async def ping_cluster(call: Call) -> Response:
    """Whether the cluster of a source can be reached."""
    source = source_of_path(call, "sourceId")
    problem = "" if source.body.get("cluster") else NO_CLUSTER
    return _status(call, source, problem, call.tenant.now())


@area.post("/sources/v1/{sourceId}/connector/peek-resource-objects")
async def peek(call: Call) -> Response:
    """The first objects that the connector finds on a source."""
    source, since = source_of_path(call, "sourceId"), call.tenant.now()
    wanted, parsed = await call.model(Peek), source_of(source)
    connector = call.tenant.connector(parsed)
    if connector is None:
        raise BadContent(NO_CONNECTOR)
    accounts = wanted.object_type == "account"
    read = connector.scan if accounts else connector.entitlements
    found = await read(parsed, {"mode": "full" if accounts else "rights", "since": ""})
    if found.error or found.until is not None:
        raise BadContent(found.error or "The source asks to be left alone for a while.")
    objects = [
        *(_account(one) for one in found.found if accounts),
        *(_right(one, wanted.object_type) for one in found.rights if not accounts),
    ][: wanted.max_count]
    elapsed = int((call.tenant.now() - since).total_seconds() * 1000)
    about = {"id": source.id, "name": source.name, "objectCount": len(objects), "elapsedMillis": elapsed}
    return answer({**about, "resourceObjects": objects})


def _object(identity: str, name: str, kind: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "identity": identity,
        "uuid": identity,
        "name": name,
        "objectType": kind,
        "incomplete": False,
        "incremental": False,
        "delete": False,
        "remove": False,
        "missing": [],
        "attributes": attributes,
        "finalUpdate": False,
    }


def _account(found: Found) -> dict[str, Any]:
    return _object(found.native, found.name, "account", {**found.attributes, "IIQDisabled": found.disabled})


def _right(found: Right, kind: str) -> dict[str, Any]:
    return _object(found.value, found.name, kind, {"name": found.name, "description": found.description})


@area.get("/sources/v1/{id}/connectors/source-config")
async def source_config(call: Call) -> Response:
    """The connector of a source with what is configured for it."""
    return answer(detail_body(call.look, source_of_path(call)))
