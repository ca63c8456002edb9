"""`/task-status` and `/account-aggregations`."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from simulators.sailpoint.domain.errors import NotFound
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, lower, page
from simulators.sailpoint.routes.walks import same
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.tasks import aggregation_body, task_body

area = Area()
TASKS = collection(
    "GET",
    "/task-status/v1",
    paths={"sourceId": "target.id", "type": "taskDefinitionSummary.uniqueName"},
    indexed={**IDS, "sourceId": ("source", same), "type": ("kind", lower), "completionStatus": ("status", lower)},
)
# How long the vendor shows the progress of an aggregation that is over.
FOLLOWED = timedelta(hours=1)


@area.get("/task-status/v1")
async def list_tasks(call: Call) -> Response:
    """Background tasks of the last 90 days, the youngest first unless sorted or filtered."""
    tasks = call.tenant.tasks
    plain = not call.query("filters") and not call.query("sorters")
    rows = tasks.newest() if plain else None
    return page(
        call, TASKS, call.tenant.state.tasks, lambda row: task_body(call.look, row), rows=rows, keep=tasks.shown
    )


@area.get("/task-status/v1/{id}")
async def get_task(call: Call) -> Response:
    """One background task."""
    return answer(task_body(call.look, call.tenant.tasks.get(call.path("id"))))


@area.patch("/task-status/v1/{id}")
async def patch_task(call: Call) -> Response:
    """Clear a pending task by its outcome and the instant of its end."""
    task = call.tenant.tasks.get(call.path("id"))
    before = task_body(call.look, task)
    after = patched(before, await call.json(), ("completionStatus", "completed"))
    if after != before:
        task = call.tenant.tasks.clear(task, after.get("completionStatus"), after.get("completed"))
    return answer(task_body(call.look, task))


@area.get("/account-aggregations/v1/{id}/status")
async def aggregation_status(call: Call) -> Response:
    """The progress of an aggregation; forgotten an hour after its end."""
    task = call.tenant.state.tasks.get(call.path("id"))
    if task is None or task.kind != "CLOUD_ACCOUNT_AGGREGATION":
        raise NotFound
    if task.completed is not None and call.tenant.now() - task.completed > FOLLOWED:
        raise NotFound
    return answer(aggregation_body(task))
