"""`/connectors`, `/connector-rules`, `/managed-clusters`."""

from __future__ import annotations

from starlette.responses import Response

from simulators.sailpoint.domain.connectors import BY_SCRIPT, KINDS
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, NotFound
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.connectors import (
    RuleBody,
    cluster_body,
    connector_body,
    connector_detail_body,
    rule_body,
)

area = Area()
CONNECTORS = collection(
    "GET",
    "/connectors/v1",
    paths={"category": "connectorMetadata.category", "labels": "connectorMetadata.labels"},
)
RULES = collection("GET", "/connector-rules/v1")
CLUSTERS = collection("GET", "/managed-clusters/v1")
RULE = "connector-rule"


@area.get("/connectors/v1")
async def list_connectors(call: Call) -> Response:
    """Connectors a source can be made with."""
    return page(call, CONNECTORS, None, connector_body, rows=KINDS)


@area.get("/connectors/v1/{scriptName}")
async def get_connector(call: Call) -> Response:
    """One connector by its script name."""
    kind = BY_SCRIPT.get(call.path("scriptName"))
    if kind is None:
        raise NotFound
    return answer(connector_detail_body(kind))


@area.get("/connector-rules/v1")
async def list_rules(call: Call) -> Response:
    """Rules that connectors run."""
    rows = call.tenant.configuration.all(RULE)
    return page(call, RULES, None, lambda row: rule_body(call.look, row), rows=rows)


@area.post("/connector-rules/v1")
async def create_rule(call: Call) -> Response:
    """Keep a rule; its code is stored and not run."""
    body = (await call.model(RuleBody)).sent()
    body.pop("id", None)
    if call.tenant.configuration.named(RULE, body["name"]) is not None:
        raise BadContent(f'A rule named "{body["name"]}" already exists.')
    document = call.tenant.configuration.add(RULE, body, actor=call.caller.name)
    return answer(rule_body(call.look, document), 201)


def _rule(call: Call) -> Document:
    return call.tenant.configuration.get(RULE, call.path("id"))


@area.get("/connector-rules/v1/{id}")
async def get_rule(call: Call) -> Response:
    """One rule."""
    return answer(rule_body(call.look, _rule(call)))


@area.put("/connector-rules/v1/{id}")
async def put_rule(call: Call) -> Response:
    """Replace a rule; id, name and type stay."""
    document, body = _rule(call), (await call.model(RuleBody)).sent()
    if body.pop("id", None) != document.id:
        raise IllegalValue('Value of "id" is empty or contains invalid data.')
    for name in ("name", "type"):
        if body[name] != document.body[name]:
            raise BadContent(f'The property "{name}" cannot be changed.')
    return answer(rule_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.delete("/connector-rules/v1/{id}")
async def delete_rule(call: Call) -> Response:
    """Delete a rule."""
    call.tenant.configuration.remove(_rule(call), call.caller.name)
    return empty()


@area.get("/managed-clusters/v1")
async def list_clusters(call: Call) -> Response:
    """Clusters of virtual appliances."""
    rows = call.tenant.configuration.all("managed-cluster")
    return page(call, CLUSTERS, None, lambda row: cluster_body(call.look, row), rows=rows)
