"""`/access-profiles`: bundles of one source's entitlements."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.configuration import item_of
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.routes.objects import Noun, serve
from simulators.sailpoint.routes.segmented import access_rows
from simulators.sailpoint.wire.access import AccessProfileBody, BulkDelete, Requestable, access_profile_body
from simulators.sailpoint.wire.entitlements import bundled_body

area = Area()

BUNDLED = collection("GET", "/access-profiles/v1/{id}/entitlements")


def _check(call: Call, body: dict[str, Any], before: Document | None) -> None:
    call.tenant.access.check("access-profile", body, before)
    call.tenant.access.check_reach(call.caller, [body["source"]["id"]])


def _before_delete(call: Call, document: Document) -> None:
    call.tenant.access.check_reach(call.caller, call.tenant.access.sources_in(document))
    call.tenant.access.refuse_in_use(document)


# The vendor's list of what a patch may change calls one of them by another name than its schema does.
RENAMED = {"revokeRequestConfig": "revocationRequestConfig"}

serve(
    area,
    Noun(
        "access-profile",
        "/access-profiles/v1",
        AccessProfileBody,
        access_profile_body,
        collection("GET", "/access-profiles/v1", indexed=IDS),
        _check,
        (
            "name",
            "description",
            "enabled",
            "owner",
            "additionalOwners",
            "requestable",
            "accessRequestConfig",
            "revocationRequestConfig",
            "segments",
            "entitlements",
            "provisioningCriteria",
            "source",
        ),
        RENAMED,
        rows=lambda call: access_rows(call, "access-profile"),
        before_delete=_before_delete,
    ),
)


@area.get("/access-profiles/v1/{id}/entitlements")
async def profile_entitlements(call: Call) -> Response:
    """What an access profile bundles."""
    item = item_of(call.tenant.configuration.get("access-profile", call.path("id")))
    rows = [right for id in item.entitlement_ids if (right := call.look.entitlement(id)) is not None]
    return page(call, BUNDLED, None, lambda row: bundled_body(call.look, row), rows=rows)


@area.post("/access-profiles/v1/bulk-delete")
async def bulk_delete(call: Call) -> Response:
    """Begin to delete several; nothing goes while one is in use, unless the best effort is asked for."""
    asked = await call.model(BulkDelete)
    found = call.tenant.access.delete_profiles(asked.access_profile_ids, bool(asked.best_effort_only), call.caller)
    in_use = [
        {
            "accessProfileId": id,
            # The vendor's answer has no word for apps and lifecycle states here.
            "usedBy": [{"type": "ROLE", "id": one.id, "name": one.name} for one in users if one.kind == "role"],
        }
        for id, users in found.in_use
    ]
    if found.task is None:
        return answer({"pending": [], "inUse": in_use})
    return answer({"taskId": found.task.id, "pending": found.pending, "inUse": in_use}, 202)


@area.post("/access-profiles/v1/bulk-update-requestable")
async def bulk_update_requestable(call: Call) -> Response:
    """Set whether several may be asked for; each has a status of its own."""
    asked = await call.model(list[Requestable])
    wanted = {one.id: one.requestable for one in asked}
    rows = []
    for id, requestable, document in call.tenant.access.requestable(wanted, call.caller):
        told = (
            ("404", f'Referenced Access profile with Id "{id}" was not found.')
            if document is None
            else ("201", "Access profile is updated successfully.")
        )
        rows.append({"id": id, "requestable": requestable, "status": told[0], "description": told[1]})
    return answer(rows, 207)
