"""`/roles`: bundles of access that people get by what they are, or ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.configuration import item_of
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.access_profiles import RENAMED
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.routes.objects import Noun, serve
from simulators.sailpoint.routes.segmented import access_rows
from simulators.sailpoint.wire.access import MetadataFilter, RoleBody, RoleBulkDelete, RoleFilter, role_body
from simulators.sailpoint.wire.entitlements import bundled_body
from simulators.sailpoint.wire.shapes import without_nulls

area = Area()

MEMBERS = collection("GET", "/roles/v1/{id}/assigned-identities")
BUNDLED = collection("GET", "/roles/v1/{id}/entitlements")
# The vendor documents the filters of this one with its body.
FILTERED = collection(
    "POST",
    "/roles/v1/filter",
    fields={
        "id": "eq in",
        "name": "eq sw",
        "created": "gt lt ge le",
        "modified": "gt lt ge le",
        "owner.id": "eq in",
        "requestable": "eq",
        "dimensional": "eq",
    },
)


def _check(call: Call, body: dict[str, Any], before: Document | None) -> None:
    access, find = call.tenant.access, call.tenant.configuration.find
    access.check("role", body, before)
    profiles = (find("access-profile", one["id"]) for one in body.get("accessProfiles") or ())
    access.check_reach(call.caller, [id for one in profiles if one is not None for id in access.sources_in(one)])


def _before_delete(call: Call, document: Document) -> None:
    call.tenant.access.check_reach(call.caller, call.tenant.access.sources_in(document))


serve(
    area,
    Noun(
        "role",
        "/roles/v1",
        RoleBody,
        role_body,
        collection("GET", "/roles/v1"),
        _check,
        (
            "name",
            "description",
            "enabled",
            "owner",
            "additionalOwners",
            "accessProfiles",
            "entitlements",
            "membership",
            "requestable",
            "accessRequestConfig",
            "revocationRequestConfig",
            "segments",
            "accessModelMetadata",
        ),
        RENAMED,
        rows=lambda call: access_rows(call, "role"),
        before_delete=_before_delete,
    ),
)


@area.post("/roles/v1/filter")
async def filter_roles(call: Call) -> Response:
    """Roles by filters and by the attributes that classify them."""
    asked = await call.model(RoleFilter | None) or RoleFilter()  # type: ignore[arg-type]
    wanted = asked.amm_key_values or []
    rows = (one for one in access_rows(call, "role") if all(_classified(one, pair) for pair in wanted))
    return page(call, FILTERED, None, lambda row: role_body(call.look, row), rows=rows, filters=asked.filters or "")


def _classified(document: Document, wanted: MetadataFilter) -> bool:
    """Whether a role carries an attribute, with one of the values where values are named."""
    for attribute in (document.body.get("accessModelMetadata") or {}).get("attributes") or ():
        if attribute["key"] == wanted.attribute:
            held = {value["value"] for value in attribute.get("values") or ()}
            return not wanted.values or not held.isdisjoint(wanted.values)
    return False


@area.post("/roles/v1/bulk-delete")
async def bulk_delete(call: Call) -> Response:
    """Begin to delete several."""
    asked = await call.model(RoleBulkDelete)
    task = call.tenant.access.delete_roles(asked.role_ids, call.caller)
    return answer({"type": "TASK_RESULT", "id": task.id, "name": task.name}, 202)


@area.get("/roles/v1/{id}/entitlements")
async def role_entitlements(call: Call) -> Response:
    """What a role bundles, directly and through its access profiles."""
    item = item_of(call.tenant.configuration.get("role", call.path("id")))
    ids = dict.fromkeys(entitlements_of(item, call.tenant.configuration.item))
    rows = [right for id in ids if (right := call.look.entitlement(id)) is not None]
    return page(call, BUNDLED, None, lambda row: bundled_body(call.look, row), rows=rows)


@area.get("/roles/v1/{id}/assigned-identities")
async def assigned_identities(call: Call) -> Response:
    """Who is assigned a role, by membership first and by request then."""
    role = call.tenant.configuration.get("role", call.path("id"))
    state = call.tenant.state

    def rows() -> Iterator[tuple[Identity, str]]:
        for identity in state.identities.find("roles", role.id):
            yield identity, "ROLE_MEMBERSHIP"
        for grant in state.grants.find("item", role.id):
            if (identity_of_grant := state.identities.get(grant.identity_id)) is not None:
                yield identity_of_grant, "ACCESS_REQUEST"

    def body(row: tuple[Identity, str]) -> dict[str, Any]:
        identity, how = row
        shown = {
            "id": identity.id,
            "aliasName": identity.alias,
            "name": identity.name,
            "email": identity.attributes.get("email"),
            "roleAssignmentSource": how,
        }
        return without_nulls(shown, "email")

    total = state.identities.count("roles", role.id) + state.grants.count("item", role.id)
    return page(call, MEMBERS, None, body, rows=rows(), total=lambda: total)
