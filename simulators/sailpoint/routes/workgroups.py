"""`/workgroups`: governance groups, their members and what they are connected to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.routes.objects import Noun, serve
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.workgroups import (
    MemberRef,
    WorkgroupBody,
    connection_body,
    member_body,
    workgroup_body,
)

area = Area()

MEMBERS = collection("GET", "/workgroups/v1/{workgroupId}/members")
CONNECTIONS = collection(
    "GET",
    "/workgroups/v1/{workgroupId}/connections",
    paths={"name": "object.name"},
)


def _check(call: Call, body: dict[str, Any], before: Document | None) -> None:
    call.tenant.configuration.check_name("workgroup", body["name"], before)
    call.tenant.access.check_owner(body["owner"])


def _facts(look: Lookup, group: Document) -> dict[str, Any]:
    members = [member["id"] for member in group.body.get("members") or ()]
    return {**workgroup_body(look, group), "memberships": {"identityId": members}}


serve(
    area,
    Noun(
        "workgroup",
        "/workgroups/v1",
        WorkgroupBody,
        workgroup_body,
        collection("GET", "/workgroups/v1", indexed=IDS),
        _check,
        ("name", "description", "owner"),
        facts=_facts,
        created=200,
        before_delete=lambda call, document: call.tenant.workgroups.refuse_in_use(document),
    ),
)


def _group(call: Call) -> Document:
    return call.tenant.configuration.get("workgroup", call.path("workgroupId"))


@area.get("/workgroups/v1/{workgroupId}/members")
async def workgroup_members(call: Call) -> Response:
    """Members of a governance group."""
    people = (call.look.identity(member["id"]) for member in _group(call).body.get("members") or ())
    return page(call, MEMBERS, None, member_body, rows=[one for one in people if one is not None])


@area.get("/workgroups/v1/{workgroupId}/connections")
async def workgroup_connections(call: Call) -> Response:
    """What refers to a governance group."""
    return page(call, CONNECTIONS, None, connection_body, rows=call.tenant.workgroups.connections(_group(call).id))


Change = Callable[[Document, Iterable[str], Any], Iterable[tuple[str, int, str]]]


async def _membership(call: Call, change: Change) -> Response:
    group, asked = _group(call), await call.model(list[MemberRef])
    told = list(change(group, [one.id for one in asked], call.caller))
    return answer([{"id": id, "status": status, "description": text} for id, status, text in told], 207)


@area.post("/workgroups/v1/{workgroupId}/members/bulk-add")
async def add_members(call: Call) -> Response:
    """Add people to a governance group; each has a status of its own."""
    return await _membership(call, call.tenant.workgroups.add)


@area.post("/workgroups/v1/{workgroupId}/members/bulk-delete")
async def delete_members(call: Call) -> Response:
    """Take people out of a governance group; each has a status of its own."""
    return await _membership(call, call.tenant.workgroups.remove)
