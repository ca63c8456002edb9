"""`/sod-policies`, `/sod-violations`, `/violations`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.sod import CONFLICTING, Violation, policy_of
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import IDS, collection, lower, page
from simulators.sailpoint.tenant.sod import KIND
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.query import parse_query
from simulators.sailpoint.wire.shapes import when
from simulators.sailpoint.wire.sod import (
    NewAccessModel,
    PolicyModel,
    context_body,
    policy_body,
    query_text,
    report_body,
    violation_body,
)

area = Area()
POLICIES = collection("GET", "/sod-policies/v1")
VIOLATIONS = collection(
    "GET",
    "/violations/v1",
    paths={
        "targetId": "target.id",
        "targetName": "target.name",
        "policyId": "policy.id",
        "policyName": "policy.name",
        "ownerId": "owner.id",
        "ownerName": "owner.name",
    },
    indexed={**IDS, "status": ("status", lower), "targetId": ("identity", str), "policyId": ("policy", str)},
)
# What may be patched; the rest is fixed (SailPoint API, Patch SOD policy by ID).
MUTABLE = (
    "name",
    "description",
    "ownerRef",
    "externalPolicyReference",
    "compensatingControls",
    "correctionAdvice",
    "state",
    "tags",
    "violationOwnerAssignmentConfig",
    "scheduled",
    "conflictingAccessCriteria",
    "level",
    "secondaryOwnerRefs",
    "allowedControls",
)


def _owner(call: Call, id: str | None) -> None:
    if id and call.look.identity(id) is None and call.tenant.configuration.find("workgroup", id) is None:
        raise MissingReference(f"Referenced owner {id} was not found.")


def _checked(call: Call, model: PolicyModel, own: Document | None = None) -> dict[str, Any]:
    """A policy's body, once everything it refers to is known. Raises a refusal."""
    call.tenant.configuration.check_name(KIND, model.name, own, BadContent)
    owners = [model.owner_ref, *(model.secondary_owner_refs or ())]
    if model.violation_owner_assignment_config is not None:
        owners.append(model.violation_owner_assignment_config.owner_ref)
    for reference in owners:
        _owner(call, reference.id if reference is not None else None)
    if model.type == CONFLICTING:
        criteria = model.conflicting_access_criteria
        if criteria is None:
            raise IllegalValue('Value of "conflictingAccessCriteria" is empty or contains invalid data.')
        for right in (*criteria.left_criteria.criteria_list, *criteria.right_criteria.criteria_list):
            if call.look.entitlement(right.id) is None:
                raise MissingReference(f"Referenced entitlement {right.id} was not found.")
    elif model.conflicting_access_criteria is not None:
        raise BadContent("A general policy has no conflicting access criteria.")
    if model.policy_query and model.type != CONFLICTING:
        parse_query(model.policy_query)
    body = model.stored()
    if not (body["ownerRef"] or {}).get("id"):
        body["ownerRef"] = {"type": "IDENTITY", "id": call.caller.identity_id}
    return {**body, "policyQuery": query_text(body)}


def _shown(call: Call, document: Document) -> dict[str, Any]:
    return policy_body(call.look, document, call.version)


def _policy(call: Call) -> Document:
    return call.tenant.configuration.get(KIND, call.path("id"))


def _note(call: Call, action: str, document: Document) -> None:
    target = f"{document.name} : {document.id} type: {document.body['type']}"
    call.tenant.journal.write(action, target, actor=call.caller.name, actor_id=call.caller.identity_id)


@area.get("/sod-policies/v1")
async def list_policies(call: Call) -> Response:
    """Policies."""
    return page(call, POLICIES, None, lambda row: _shown(call, row), rows=call.tenant.configuration.all(KIND))


@area.post("/sod-policies/v1")
async def create_policy(call: Call) -> Response:
    """Make a policy; an enforced one is evaluated at once."""
    body = _checked(call, await call.model(PolicyModel))
    body |= {"creatorId": call.caller.identity_id, "modifierId": None}
    document = call.tenant.configuration.add(KIND, body, id=call.tenant.ids.uuid(KIND), actor=call.caller.name)
    _note(call, "SOD_POLICY_CREATED", document)
    call.tenant.sod.policy_changed(document)
    return answer(_shown(call, document), 201)


@area.get("/sod-policies/v1/{id}")
async def get_policy(call: Call) -> Response:
    """One policy."""
    return answer(_shown(call, _policy(call)))


def _updated(call: Call, document: Document, model: PolicyModel) -> Response:
    kept = {"creatorId": document.body.get("creatorId"), "modifierId": call.caller.identity_id}
    body = {**_checked(call, model, document), **kept}
    document = call.tenant.configuration.update(document, body, call.caller.name)
    _note(call, "SOD_POLICY_UPDATED", document)
    call.tenant.sod.policy_changed(document)
    return answer(_shown(call, document))


@area.put("/sod-policies/v1/{id}")
async def put_policy(call: Call) -> Response:
    """Replace a policy."""
    document = _policy(call)
    return _updated(call, document, await call.model(PolicyModel))


@area.patch("/sod-policies/v1/{id}")
async def patch_policy(call: Call) -> Response:
    """Change a policy of conflicting access; general policies are replaced as a whole."""
    document = _policy(call)
    steps = await call.json()
    if document.body["type"] != CONFLICTING:
        raise BadContent("Only policies of conflicting access can be patched.")
    return _updated(call, document, reread(PolicyModel, patched(document.body, steps, MUTABLE)))


@area.delete("/sod-policies/v1/{id}")
async def delete_policy(call: Call) -> Response:
    """Delete a policy; what stood against it is closed. Nothing serves a policy deleted softly."""
    document = _policy(call)
    if call.query("logical", "true").lower() not in ("true", "false"):
        raise BadContent('The parameter "logical" must be true or false.')
    call.tenant.sod.forget(document.id)
    call.tenant.configuration.remove(document, call.caller.name)
    _note(call, "SOD_POLICY_DELETED", document)
    return empty()


@area.post("/sod-policies/v1/{id}/evaluate")
async def evaluate(call: Call) -> Response:
    """Evaluate a policy now instead of at its scheduled time."""
    return answer(report_body(call.tenant.sod.report(_policy(call))))


@area.post("/sod-policies/v1/{id}/violation-report/run")
async def run_report(call: Call) -> Response:
    """Report on who breaks a policy."""
    return answer(report_body(call.tenant.sod.report(_policy(call))))


@area.get("/sod-policies/v1/{id}/violation-report")
async def get_report(call: Call) -> Response:
    """How a report is going; known by its own id and by its policy's."""
    return answer(report_body(call.tenant.sod.report_of(call.path("id"))))


async def _access(call: Call) -> tuple[str, list[str]]:
    model = await call.model(NewAccessModel)
    ids = [one.id for one in model.access_refs]
    call.tenant.sod.checked_identity(model.identity_id, ids)
    return model.identity_id, ids


@area.post("/sod-violations/v1/predict")
async def predict(call: Call) -> Response:
    """Which policies more access would break."""
    identity_id, ids = await _access(call)
    found = call.tenant.sod.predict(identity_id, ids)
    contexts = [context_body(call.look, one, held) for one, held in found]
    return answer({"requestId": call.tenant.ids.uuid("sod-check"), "violationContexts": contexts})


@area.post("/sod-violations/v1/check")
async def check(call: Call) -> Response:
    """The same in the background; the outcome is logged."""
    identity_id, ids = await _access(call)
    request_id = call.tenant.sod.check(identity_id, ids, call.caller.name)
    return answer({"requestId": request_id, "created": when(call.tenant.now())}, 202)


def _violation(call: Call, row: Violation) -> dict[str, Any]:
    document = call.tenant.configuration.find(KIND, row.policy_id)
    return violation_body(call.look, row, policy_of(document) if document is not None else None)


@area.get("/violations/v1")
async def list_violations(call: Call) -> Response:
    """Violations."""
    return page(call, VIOLATIONS, call.tenant.state.violations, lambda row: _violation(call, row))


@area.get("/violations/v1/{id}")
async def get_violation(call: Call) -> Response:
    """One violation."""
    row = call.tenant.state.violations.get(call.path("id"))
    if row is None:
        raise NotFound
    return answer(_violation(call, row))
