"""`/work-items`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.records import WorkItem
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.work import ForwardWork, work_item_body

area = Area()
ITEMS = collection("GET", "/work-items/v1")


def _page(call: Call, *, completed: bool) -> Response:
    rows = call.tenant.work.listed(call.caller, call.query("ownerId"), completed)
    return page(call, ITEMS, None, lambda row: work_item_body(call.look, row), rows=rows)


@area.get("/work-items/v1")
async def list_work_items(call: Call) -> Response:
    """Open work items of the caller, or of whom an administrator names."""
    return _page(call, completed=False)


@area.get("/work-items/v1/completed")
async def list_completed(call: Call) -> Response:
    """Completed work items."""
    return _page(call, completed=True)


def _count(call: Call, *, completed: bool) -> int:
    index, items = "completed" if completed else "open", call.tenant.state.work_items
    return sum(items.count(index, key) for key in call.tenant.work.owners(call.caller, call.query("ownerId")))


@area.get("/work-items/v1/count")
async def count_open(call: Call) -> Response:
    """How many are open."""
    return answer({"count": _count(call, completed=False)})


@area.get("/work-items/v1/completed/count")
async def count_completed(call: Call) -> Response:
    """How many are completed."""
    return answer({"count": _count(call, completed=True)})


@area.get("/work-items/v1/summary")
async def summary(call: Call) -> Response:
    """Open, completed and all."""
    opened, done = _count(call, completed=False), _count(call, completed=True)
    return answer({"open": opened, "completed": done, "total": opened + done})


@area.get("/work-items/v1/{id}")
async def get_work_item(call: Call) -> Response:
    """One work item."""
    return answer(work_item_body(call.look, call.tenant.work.get(call.path("id"), call.caller)))


def _shown(call: Call, item: WorkItem) -> Response:
    return answer(work_item_body(call.look, item))


@area.post("/work-items/v1/{id}")
async def complete(call: Call) -> Response:
    """Say that the work is done; the body may hold a remark."""
    await call.model(str | None)  # type: ignore[arg-type]
    return _shown(call, call.tenant.work.complete(call.path("id"), call.caller))


@area.post("/work-items/v1/{id}/approve/{item}")
async def approve_item(call: Call) -> Response:
    """Say yes to one approval item."""
    return _shown(call, call.tenant.work.decide(call.path("id"), call.path("item"), "Finished", call.caller))


@area.post("/work-items/v1/{id}/reject/{item}")
async def reject_item(call: Call) -> Response:
    """Say no to one approval item."""
    return _shown(call, call.tenant.work.decide(call.path("id"), call.path("item"), "Rejected", call.caller))


@area.post("/work-items/v1/bulk-approve/{id}")
async def approve_items(call: Call) -> Response:
    """Say yes to all approval items that are open."""
    return _shown(call, call.tenant.work.decide(call.path("id"), "", "Finished", call.caller))


@area.post("/work-items/v1/bulk-reject/{id}")
async def reject_items(call: Call) -> Response:
    """Say no to all approval items that are open."""
    return _shown(call, call.tenant.work.decide(call.path("id"), "", "Rejected", call.caller))


@area.post("/work-items/v1/{id}/submit-account-selection")
async def select_accounts(call: Call) -> Response:
    """Say which accounts are meant, by form field."""
    selection = await call.model(dict[str, Any])
    return _shown(call, call.tenant.work.select_accounts(call.path("id"), selection, call.caller))


@area.post("/work-items/v1/{id}/forward")
async def forward(call: Call) -> Response:
    """Hand the work to somebody else."""
    body = await call.model(ForwardWork)
    call.tenant.work.forward(call.path("id"), body.target_owner_id, body.comment, call.caller)
    return answer({})
