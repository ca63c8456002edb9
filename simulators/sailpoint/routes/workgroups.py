"""`/workgroups`: governance groups and their members."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.routes.access import SORT
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.documents import serve
from simulators.sailpoint.routes.listing import Collection, page

area = Area()

GROUPS = Collection(
    fields={"id": "eq in sw", "name": "eq sw in", "memberships.identityId": "eq in"},
    sorters=SORT | {"id", "description"},
)

serve(
    area,
    "workgroup",
    "/workgroups/v1",
    GROUPS,
    mutable=("name", "description", "owner"),
    defaults={"description": None, "members": []},
    created=200,
)


@area.get("/workgroups/v1/{id}/members")
async def workgroup_members(call: Call) -> Response:
    """Members of a governance group."""
    group = call.tenant.configuration.get("workgroup", call.path("id"))
    people = [call.look.identity(member["id"]) for member in group.body.get("members") or ()]

    def body(identity: Identity) -> dict[str, Any]:
        return {
            "type": "IDENTITY",
            "id": identity.id,
            "name": identity.name,
            "displayName": identity.name,
            "email": identity.attributes.get("email"),
            "externalId": identity.alias,
        }

    collection = Collection(sorters=SORT, limit=50, most=50)
    return page(call, collection, None, body, rows=[one for one in people if one is not None])


async def _membership(call: Call, *, add: bool) -> Response:
    group = call.tenant.configuration.get("workgroup", call.path("id"))
    asked = await call.json()
    if not isinstance(asked, list):
        raise BadContent("The request body must be an array of identity references.")
    members = {member["id"]: member for member in group.body.get("members") or ()}
    rows = []
    for one in asked:
        id = str(one.get("id"))
        known = id in call.tenant.state.identities
        if add and known:
            members[id] = {"type": "IDENTITY", "id": id}
        elif not add:
            known = members.pop(id, None) is not None
        rows.append(
            {
                "id": id,
                "status": (201 if add else 204) if known else 404,
                "description": "" if known else "The identity was not found.",
            }
        )
    call.tenant.configuration.update(group, {**group.body, "members": list(members.values())}, call.caller.name)
    return answer(rows, 207)


@area.post("/workgroups/v1/{id}/members/bulk-add")
async def add_members(call: Call) -> Response:
    """Add people to a governance group."""
    return await _membership(call, add=True)


@area.post("/workgroups/v1/{id}/members/bulk-delete")
async def delete_members(call: Call) -> Response:
    """Take people out of a governance group."""
    return await _membership(call, add=False)
