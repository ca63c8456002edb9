"""Settings of a source: correlation, requests for its entitlements, native changes, attribute synchronisation."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue, MissingReference
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.sources import source_of_path
from simulators.sailpoint.tenant.account_news import DETECTION
from simulators.sailpoint.wire.requestability import RightConfig
from simulators.sailpoint.wire.source_parts import (
    CorrelationBody,
    Detection,
    SyncConfig,
    correlation_body,
    request_config_body,
)

area = Area()
REQUEST_CONFIG = "source-entitlement-request-config"


def _put(call: Call, kind: str, source: Document, body: dict[str, Any]) -> None:
    """Store the one document of a kind under a source."""
    configuration = call.tenant.configuration
    known = next(configuration.all(kind, source.id), None)
    if known is None:
        configuration.add(kind, body, source.id)
    else:
        configuration.update(known, body, call.caller.name)


@area.get("/sources/v1/{id}/correlation-config")
async def get_correlation(call: Call) -> Response:
    """Which attributes tie accounts to identities."""
    return answer(correlation_body(source_of_path(call)))


@area.put("/sources/v1/{id}/correlation-config")
async def put_correlation(call: Call) -> Response:
    """Replace which attributes tie accounts to identities; accounts that are correlated already stay so."""
    source = source_of_path(call)
    body = (await call.model(CorrelationBody)).stored()
    reference = dict(source.body.get("accountCorrelationConfig") or {"type": "ACCOUNT_CORRELATION_CONFIG"})
    if body.get("id") not in (None, reference.get("id")):
        raise BadContent('The property "id" cannot be changed.')
    reference["id"] = reference.get("id") or call.tenant.ids.hex32("correlation-config")
    if body.get("name") is not None:
        reference["name"] = body["name"]
    pairs = [dict(one) for one in body.get("attributeAssignments") or ()]
    whole = {**source.body, "accountCorrelationConfig": reference, "attributeAssignments": pairs}
    return answer(correlation_body(call.tenant.configuration.update(source, whole, call.caller.name)))


@area.get("/sources/v1/{id}/entitlement-request-config")
async def get_request_config(call: Call) -> Response:
    """How the entitlements of a source may be asked for."""
    found = next(call.tenant.configuration.all(REQUEST_CONFIG, source_of_path(call).id), None)
    return answer(request_config_body(found.body if found is not None else None))


@area.put("/sources/v1/{id}/entitlement-request-config")
async def put_request_config(call: Call) -> Response:
    """Replace how the entitlements of a source may be asked for."""
    source, model = source_of_path(call), await call.model(RightConfig)
    for scheme in (*model.access_request_config.approval_schemes, *model.revocation_request_config.approval_schemes):
        if scheme.approver_type != "GOVERNANCE_GROUP":
            continue
        if not scheme.approver_id:
            raise IllegalValue('Value of "approverId" is empty or contains invalid data.')
        if call.tenant.configuration.find("workgroup", scheme.approver_id) is None:
            raise MissingReference(f'The governance group "{scheme.approver_id}" was not found.')
    body = model.sent()
    _put(call, REQUEST_CONFIG, source, body)
    return answer(request_config_body(body))


@area.get("/sources/v1/{sourceId}/native-change-detection-config")
async def get_detection(call: Call) -> Response:
    """Which changes made elsewhere are reported."""
    watched = call.tenant.intake.news.watched(source_of_path(call, "sourceId").id)
    return answer({**Detection().stored(), **watched})


@area.put("/sources/v1/{sourceId}/native-change-detection-config")
async def put_detection(call: Call) -> Response:
    """Replace which changes made elsewhere are reported."""
    source, body = source_of_path(call, "sourceId"), (await call.model(Detection)).sent()
    _put(call, DETECTION, source, body)
    return answer({**Detection().stored(), **body})


@area.delete("/sources/v1/{sourceId}/native-change-detection-config")
async def delete_detection(call: Call) -> Response:
    """Report changes made elsewhere no longer."""
    for document in list(call.tenant.configuration.all(DETECTION, source_of_path(call, "sourceId").id)):
        call.tenant.configuration.remove(document, call.caller.name)
    return empty()


def _sync_body(call: Call, source: Document) -> dict[str, Any]:
    """Every attribute that the update policy of a source takes from an identity, and whether it is written."""
    switched = source.body.get("attributeSync") or {}
    rows = []
    for field in call.tenant.configuration.policy(source.id, "UPDATE").get("fields") or ():
        transform = field.get("transform") or {}
        name = (transform.get("attributes") or {}).get("name")
        if transform.get("type") == "identityAttribute" and isinstance(name, str):
            target = str(field.get("name"))
            enabled = bool(switched.get(target, True))
            rows.append({"name": name, "displayName": _display(call, name), "enabled": enabled, "target": target})
    return {"source": {"type": "SOURCE", "id": source.id, "name": source.name}, "attributes": rows}


def _display(call: Call, name: str) -> str:
    known = call.tenant.configuration.named("identity-attribute", name)
    return str((known.body.get("displayName") if known is not None else "") or name)


@area.get("/sources/v1/{id}/attribute-sync-config")
async def get_sync(call: Call) -> Response:
    """Which identity attributes are written to the accounts of a source."""
    return answer(_sync_body(call, source_of_path(call)))


@area.put("/sources/v1/{id}/attribute-sync-config")
async def put_sync(call: Call) -> Response:
    """Switch attributes on and off; nothing else can be changed here (SailPoint API, attribute sync config)."""
    source, model = source_of_path(call), await call.model(SyncConfig)
    before = {one["target"]: one for one in _sync_body(call, source)["attributes"]}
    if model.source.id not in (None, source.id):
        raise BadContent("The source cannot be changed.")
    for one in model.attributes:
        known = before.get(one.target)
        if known is None or (one.name, one.display_name) != (known["name"], known["displayName"]):
            raise BadContent(f'The attribute "{one.name}" is not configured for synchronization.')
    switched = {**(source.body.get("attributeSync") or {}), **{one.target: one.enabled for one in model.attributes}}
    updated = call.tenant.configuration.update(source, {**source.body, "attributeSync": switched}, call.caller.name)
    return answer(_sync_body(call, updated))


@area.post("/sources/v1/{id}/synchronize-attributes")
async def synchronize(call: Call) -> Response:
    """Write the attributes of everybody with an account on a source."""
    source = call.tenant.loading.source(source_of_path(call).id)
    job = call.tenant.sources.synchronize(source, call.caller.name)
    payload = {"type": "SYNCHRONIZE_SOURCE_ATTRIBUTES", "dataJson": f'{{"sourceId":"{source.id}"}}'}
    return answer({"id": job, "status": "QUEUED", "payload": payload}, 202)
