"""`/workflows`, `/workflow-executions`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import Collection, page
from simulators.sailpoint.wire.activities import execution_body, history_bodies
from simulators.sailpoint.wire.configuration import document_body
from simulators.sailpoint.wire.patch import patched

area = Area()
FIELDS = ("name", "owner", "description", "definition", "enabled", "trigger")
EXECUTIONS = Collection(
    fields={"start_time": "eq lt le gt ge", "status": "eq"},
    paths={"start_time": "startTime"},
)


def _workflow(call: Call) -> Document:
    return call.tenant.configuration.get("workflow", call.path("id"))


def _checked(body: dict[str, Any]) -> None:
    definition = body.get("definition")
    if definition is None:
        return
    steps = definition.get("steps") if isinstance(definition, dict) else None
    if not isinstance(steps, dict) or definition.get("start") not in steps:
        raise BadContent("The definition has no step named by start.")


@area.get("/workflows/v1")
async def list_workflows(call: Call) -> Response:
    """Workflows."""
    rows = call.tenant.configuration.all("workflow")
    return page(call, Collection(), None, lambda row: document_body(call.look, row), rows=rows)


@area.post("/workflows/v1")
async def create_workflow(call: Call) -> Response:
    """Make a workflow; it starts out disabled."""
    body = await call.object("name")
    if body.get("enabled"):
        raise BadContent("A workflow cannot be created enabled.")
    _checked(body)
    me = {"type": "IDENTITY", "id": call.caller.identity_id, "name": call.caller.name}
    stored = {
        "description": None,
        "definition": None,
        "trigger": None,
        **{k: v for k, v in body.items() if k in FIELDS},
        "enabled": False,
        "owner": body.get("owner") or me,
        "creator": me,
        "modifiedBy": me,
        "executionCount": 0,
        "failureCount": 0,
    }
    document = call.tenant.configuration.add("workflow", stored)
    call.tenant.journal.write("WORKFLOW_CREATED", document.name, actor=call.caller.name)
    return answer(document_body(call.look, document))


@area.get("/workflows/v1/{id}")
async def get_workflow(call: Call) -> Response:
    """One workflow."""
    return answer(document_body(call.look, _workflow(call)))


def _update(call: Call, document: Document, body: dict[str, Any]) -> Response:
    _checked(body)
    was, will = bool(document.body.get("enabled")), bool(body.get("enabled"))
    edited = any(body.get(name) != document.body.get(name) for name in ("definition", "trigger"))
    if was and will and edited:
        raise BadContent("A workflow must be disabled to be edited.")
    body["modifiedBy"] = {"type": "IDENTITY", "id": call.caller.identity_id, "name": call.caller.name}
    updated = call.tenant.configuration.update(document, body)
    for happened, action in (
        (edited, "WORKFLOW_DEFINITION_UPDATED"),
        (will and not was, "WORKFLOW_ENABLED"),
        (was and not will, "WORKFLOW_DISABLED"),
    ):
        if happened:
            call.tenant.journal.write(
                action, updated.name, actor=call.caller.name, attributes={"workflowId": updated.id}
            )
    return answer(document_body(call.look, updated))


@area.put("/workflows/v1/{id}")
async def put_workflow(call: Call) -> Response:
    """Replace a workflow."""
    document = _workflow(call)
    body = await call.object("name")
    return _update(
        call, document, {**document.body, "enabled": False, **{k: v for k, v in body.items() if k in FIELDS}}
    )


@area.patch("/workflows/v1/{id}")
async def patch_workflow(call: Call) -> Response:
    """Change a workflow."""
    document = _workflow(call)
    return _update(call, document, patched(document.body, await call.json(), FIELDS))


@area.delete("/workflows/v1/{id}")
async def delete_workflow(call: Call) -> Response:
    """Delete a disabled workflow."""
    document = _workflow(call)
    if document.body.get("enabled"):
        raise BadContent("A workflow must be disabled to be deleted.")
    call.tenant.configuration.set_timer(f"workflow/{document.id}", None, "sailpoint.workflow.timer")
    call.tenant.configuration.remove(document)
    call.tenant.journal.write("WORKFLOW_DELETED", document.name, actor=call.caller.name)
    return empty()


async def _start(call: Call, *, test: bool) -> Response:
    document = _workflow(call)
    if test and document.body.get("enabled"):
        raise BadContent("A workflow must be disabled to be tested.")
    if not test and not document.body.get("enabled"):
        raise BadContent("The workflow is not enabled.")
    body = await call.object()
    payload = body.get("input") or {}
    identity_id = str((payload.get("identity") or {}).get("id") or "")
    assert call.tenant.workflows is not None
    execution = call.tenant.workflows.start(document.id, payload, identity_id, test)
    return answer({"workflowExecutionId": execution.id})


@area.post("/workflows/v1/{id}/test")
async def test_workflow(call: Call) -> Response:
    """Run a disabled workflow once with a given input."""
    return await _start(call, test=True)


@area.post("/workflows/v1/execute/external/{id}")
async def execute_workflow(call: Call) -> Response:
    """Run a workflow with an external trigger."""
    return await _start(call, test=False)


@area.get("/workflows/v1/{id}/executions")
async def list_executions(call: Call) -> Response:
    """Executions of a workflow."""
    document, table = _workflow(call), call.tenant.state.executions
    total = table.count("workflow", document.id)
    return page(call, EXECUTIONS, table, execution_body, rows=table.find("workflow", document.id), total=lambda: total)


def _execution(call: Call) -> Execution:
    execution = call.tenant.state.executions.get(call.path("id"))
    if execution is None:
        raise NotFound
    return execution


@area.get("/workflow-executions/v1/{id}")
async def get_execution(call: Call) -> Response:
    """One execution."""
    return answer(execution_body(_execution(call)))


@area.get("/workflow-executions/v1/{id}/history")
async def execution_history(call: Call) -> Response:
    """What happened in an execution."""
    return answer(history_bodies(_execution(call)))


@area.post("/workflow-executions/v1/{id}/cancel")
async def cancel_execution(call: Call) -> Response:
    """Stop an execution."""
    execution = _execution(call)
    if execution.closed is None and call.tenant.workflows is not None:
        call.tenant.workflows.cancel(execution)
        call.tenant.journal.write("WORKFLOW_EXECUTION_CANCELLED", execution.workflow_id, actor=call.caller.name)
    return empty()
