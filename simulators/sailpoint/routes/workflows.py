"""`/workflows`, `/workflow-executions`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.executions import KEPT, Execution
from simulators.sailpoint.domain.jsonpath import check
from simulators.sailpoint.domain.triggers import triggers
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.domain.workflow_schedules import next_start
from simulators.sailpoint.domain.workflow_steps import listens_to, problem_of
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import Collection, collection, page
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.workflows import (
    ATTRIBUTES,
    COUNTERS,
    FIELDS,
    InputBody,
    TrialInput,
    WorkflowBody,
    complete_history_body,
    execution_body,
    history_bodies,
    workflow_body,
)

area = Area()
WORKFLOWS = collection("GET", "/workflows/v1")
EXECUTIONS = collection("GET", "/workflows/v1/{id}/executions", paths={"start_time": "startTime"})


def _workflow(call: Call) -> Document:
    return call.tenant.configuration.get("workflow", call.path("id"))


def _checked(call: Call, body: WorkflowBody) -> dict[str, Any]:
    """What is stored of a workflow. Raises a refusal for what cannot be run."""
    stored: dict[str, Any] = {"name": body.name, "enabled": body.enabled}
    if body.description is not None:
        stored["description"] = body.description
    if body.owner is not None:
        if body.owner.id not in call.tenant.state.identities:
            raise MissingReference(f"Referenced identity {body.owner.id} was not found.")
        stored["owner"] = {"type": "IDENTITY", "id": body.owner.id}
    if body.definition is not None:
        stored["definition"] = body.definition.model_dump()
        if problem := problem_of(stored["definition"]):
            raise BadContent(problem)
    if body.trigger is not None:
        stored["trigger"] = body.trigger.sent()
        _check_trigger(call, body.trigger.type, body.trigger.attributes)
    if body.enabled and not stored.get("definition"):
        raise BadContent("A workflow needs a definition to be enabled.")
    return stored


def _check_trigger(call: Call, kind: str, attributes: dict[str, Any] | None) -> None:
    if kind not in ATTRIBUTES:
        if attributes:
            raise IllegalValue('Value of "trigger.attributes" is empty or contains invalid data.')
        return
    if attributes is None and kind == "EXTERNAL":
        return
    reread(ATTRIBUTES[kind], attributes)
    found = attributes or {}
    if kind == "EVENT" and found["id"] not in triggers():
        raise MissingReference(f"Referenced trigger {found['id']} was not found.")
    try:
        if found.get("filter.$"):
            check(found["filter.$"])
        if kind == "SCHEDULED":
            next_start(found, call.tenant.now(), call.tenant.state.time_zone)
    except (ValueError, OverflowError) as error:
        raise IllegalValue(f'Value of "trigger.attributes" contains invalid data: {error}.') from error


def _me(call: Call) -> dict[str, Any]:
    return {"type": "IDENTITY", "id": call.caller.identity_id, "name": call.caller.name}


@area.get("/workflows/v1")
async def list_workflows(call: Call) -> Response:
    """Workflows."""
    rows = call.tenant.configuration.all("workflow")
    return page(call, WORKFLOWS, None, lambda row: workflow_body(call.look, row), rows=rows)


@area.post("/workflows/v1")
async def create_workflow(call: Call) -> Response:
    """Make a workflow; it starts out disabled."""
    body = await call.model(WorkflowBody)
    if body.enabled:
        raise BadContent("A workflow cannot be created enabled.")
    me = _me(call)
    stored = {"owner": me, **_checked(call, body), "creator": me, "modifiedBy": me, **dict.fromkeys(COUNTERS, 0)}
    document = call.tenant.configuration.add("workflow", stored, listens_to(stored))
    call.tenant.journal.write("WORKFLOW_CREATED", document.name, actor=call.caller.name)
    return answer(workflow_body(call.look, document))


@area.get("/workflows/v1/{id}")
async def get_workflow(call: Call) -> Response:
    """One workflow."""
    return answer(workflow_body(call.look, _workflow(call)))


def _update(call: Call, document: Document, body: WorkflowBody) -> Response:
    checked = _checked(call, body)
    was, will = bool(document.body.get("enabled")), body.enabled
    edited = any(checked.get(name) != document.body.get(name) for name in ("definition", "trigger"))
    if was and will and edited:
        raise BadContent("A workflow must be disabled to be edited.")
    kept = {name: document.body[name] for name in ("owner", "creator", *COUNTERS) if name in document.body}
    stored = {**kept, **checked, "modifiedBy": _me(call)}
    moved = replace(document, parent=listens_to(stored))
    updated = call.tenant.configuration.update(moved, stored)
    for happened, action in (
        (edited, "WORKFLOW_DEFINITION_UPDATED"),
        (will and not was, "WORKFLOW_ENABLED"),
        (was and not will, "WORKFLOW_DISABLED"),
    ):
        if happened:
            call.tenant.journal.write(
                action, updated.name, actor=call.caller.name, attributes={"workflowId": updated.id}
            )
    return answer(workflow_body(call.look, updated))


@area.put("/workflows/v1/{id}")
async def put_workflow(call: Call) -> Response:
    """Replace a workflow."""
    document = _workflow(call)
    return _update(call, document, await call.model(WorkflowBody))


@area.patch("/workflows/v1/{id}")
async def patch_workflow(call: Call) -> Response:
    """Change a workflow."""
    document = _workflow(call)
    body = patched({name: document.body[name] for name in FIELDS if name in document.body}, await call.json(), FIELDS)
    return _update(call, document, reread(WorkflowBody, body))


@area.delete("/workflows/v1/{id}")
async def delete_workflow(call: Call) -> Response:
    """Delete a disabled workflow, and with it the client that could call it."""
    document = _workflow(call)
    if document.body.get("enabled"):
        raise BadContent("A workflow must be disabled to be deleted.")
    call.tenant.configuration.set_timer(f"workflow/{document.id}", None, "sailpoint.workflow.timer")
    call.tenant.configuration.remove(document)
    call.tenant.credentials.forget_client_of(document.id)
    call.tenant.journal.write("WORKFLOW_DELETED", document.name, actor=call.caller.name)
    return empty()


@area.post("/workflows/v1/{id}/external/oauth-clients")
async def create_client(call: Call) -> Response:
    """Make the client that may call a workflow with an external trigger, and nothing else; it replaces an older one."""
    document = _external(_workflow(call))
    credential = call.tenant.credentials.client_for(document.id, document.name)
    url = f"{call.tenant.base_url.rstrip('/')}/workflows/v1/execute/external/{document.id}"
    trigger = document.body["trigger"]
    known = {**(trigger.get("attributes") or {}), "clientId": credential.id, "url": url}
    call.tenant.configuration.update(document, {**document.body, "trigger": {**trigger, "attributes": known}})
    return answer({"id": credential.id, "secret": credential.secret, "url": url})


def _external(document: Document) -> Document:
    if (document.body.get("trigger") or {}).get("type") != "EXTERNAL":
        raise BadContent("The workflow has no external trigger.")
    return document


def _called(call: Call) -> Document:
    """The workflow that a caller may start: the client of one workflow starts no other."""
    mine = call.tenant.credentials.workflow_of(call.caller.client_id)
    if mine and mine != call.path("id"):
        raise Forbidden
    return _external(_workflow(call))


def _start(call: Call, document: Document, payload: dict[str, Any], *, test: bool) -> str:
    if not document.body.get("definition"):
        raise BadContent("The workflow has no definition.")
    identity = payload.get("identity")
    identity_id = str(identity.get("id") or "") if isinstance(identity, dict) else ""
    assert call.tenant.workflows is not None
    return call.tenant.workflows.start(document.id, payload, identity_id, test).id


@area.post("/workflows/v1/{id}/test")
async def test_workflow(call: Call) -> Response:
    """Run a disabled workflow once with a given input."""
    document = _workflow(call)
    body = await call.model(TrialInput)
    if document.body.get("enabled"):
        raise BadContent("A workflow must be disabled to be tested.")
    return answer({"workflowExecutionId": _start(call, document, body.input, test=True)})


@area.post("/workflows/v1/execute/external/{id}")
async def execute_workflow(call: Call) -> Response:
    """Run a workflow with an external trigger."""
    document = _called(call)
    body = await call.model(InputBody)
    if not document.body.get("enabled"):
        raise BadContent("The workflow is not enabled.")
    id = _start(call, document, body.input or {}, test=False)
    return answer({"workflowExecutionId": id, "message": "The workflow execution was started."})


@area.post("/workflows/v1/execute/external/{id}/test")
async def echo_input(call: Call) -> Response:
    """Answer the input as it arrived; nothing runs."""
    _called(call)
    body = await call.model(InputBody)
    return answer({"payload": body.input or {}})


@area.get("/workflows/v1/{id}/executions")
async def list_executions(call: Call) -> Response:
    """Executions of a workflow."""
    document, table = _workflow(call), call.tenant.state.executions
    rows = (one for one in table.find("workflow", document.id) if _kept(call, one))
    return page(call, EXECUTIONS, table, execution_body, rows=rows)


def _kept(call: Call, execution: Execution) -> bool:
    return execution.started > call.tenant.now() - KEPT


def _execution(call: Call) -> Execution:
    execution = call.tenant.state.executions.get(call.path("id"))
    if execution is None or not _kept(call, execution):
        raise NotFound
    return execution


@area.get("/workflow-executions/v1/{id}")
async def get_execution(call: Call) -> Response:
    """One execution."""
    return answer(execution_body(_execution(call)))


@area.get("/workflow-executions/v1/{id}/history")
async def execution_history(call: Call) -> Response:
    """What happened in an execution."""
    return page(call, Collection(), None, dict, rows=history_bodies(_execution(call)))


@area.get("/workflow-executions/v1/{id}/history-v2")
async def complete_history(call: Call) -> Response:
    """Where an execution stands, with definition and trigger of its workflow."""
    execution = _execution(call)
    document = call.tenant.configuration.find("workflow", execution.workflow_id)
    return answer(complete_history_body(execution, document))


@area.post("/workflow-executions/v1/{id}/cancel")
async def cancel_execution(call: Call) -> Response:
    """Stop an execution."""
    execution = _execution(call)
    if execution.closed is None and call.tenant.workflows is not None:
        call.tenant.workflows.cancel(execution)
        call.tenant.journal.write("WORKFLOW_EXECUTION_CANCELLED", execution.workflow_id, actor=call.caller.name)
    return empty()
