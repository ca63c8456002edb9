"""`/account-activities`."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden, NotFound
from simulators.sailpoint.domain.records import Activity
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import collection, lower, page
from simulators.sailpoint.wire.account_activities import activity_body

area = Area()

ACTIVITIES = collection("GET", "/account-activities/v1", indexed={"type": ("type", lower)})


def whom(call: Call, name: str) -> str:
    """The identity a query parameter names; `me` is the caller, others want an administrator."""
    value = call.query(name)
    if value in ("me", call.caller.identity_id):
        return call.caller.identity_id
    if value and not call.caller.is_admin:
        raise Forbidden
    return value


def rows_about(call: Call) -> Iterable[Activity] | None:
    """Activities of the people the query names; a person who names nobody gets their own."""
    table = call.tenant.state.activities
    about, target, by = (whom(call, name) for name in ("regarding-identity", "requested-for", "requested-by"))
    if about and (target or by):
        raise BadContent("regarding-identity cannot be combined with requested-for or requested-by.")
    if not (about or target or by):
        if call.caller.is_admin:
            return None
        about = call.caller.identity_id
    if about:
        found = {row.id: row for index in ("identity", "requester") for row in table.find(index, about)}
        return list(found.values())
    rows = table.find("identity", target) if target else table.find("requester", by)
    return (row for row in rows if not by or row.requester_id == by)


@area.get("/account-activities/v1")
async def list_activities(call: Call) -> Response:
    """Account activities."""
    table = call.tenant.state.activities
    return page(call, ACTIVITIES, table, lambda row: activity_body(call.look, row, call.version), rows=rows_about(call))


@area.get("/account-activities/v1/{id}")
async def get_activity(call: Call) -> Response:
    """One account activity."""
    activity = call.tenant.state.activities.get(call.path("id"))
    if activity is None:
        raise NotFound
    if not call.caller.is_admin and call.caller.identity_id not in (activity.identity_id, activity.requester_id):
        raise Forbidden
    return answer(activity_body(call.look, activity, call.version))
