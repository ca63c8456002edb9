"""`/access-profiles`, `/roles`, `/segments`, `/workgroups`, `/requestable-objects`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.configuration import item_of
from simulators.sailpoint.domain.errors import BadContent, MissingReference
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.accounts import ENTITLEMENTS
from simulators.sailpoint.routes.base import Area, Call
from simulators.sailpoint.routes.documents import serve
from simulators.sailpoint.routes.listing import IDS, Collection, page
from simulators.sailpoint.wire.accounts import entitlement_body

area = Area()

SORT = frozenset({"name", "created", "modified"})
PROFILES = Collection(
    fields={
        "id": "eq in",
        "owner.id": "eq in",
        "source.id": "eq in",
        "name": "eq sw",
        "created": "gt ge le",
        "modified": "gt lt ge le",
        "requestable": "eq",
    },
    sorters=SORT,
    indexed=IDS,
)
ROLE_ROWS = Collection(
    fields={
        "id": "eq in",
        "owner.id": "eq in",
        "name": "eq sw",
        "created": "gt ge le",
        "modified": "lt ge le",
        "requestable": "eq",
        "dimensional": "eq",
    },
    sorters=SORT,
    limit=50,
    most=50,
)
MEMBERS = Collection(
    fields={"id": "eq in", "aliasName": "eq sw", "email": "eq sw", "name": "eq sw co"},
    sorters=frozenset({"id", "name", "aliasName", "email"}),
)


def _references(call: Call, body: dict[str, Any]) -> None:
    """What a role or access profile refers to must exist."""
    for name, kind in (("accessProfiles", "access-profile"), ("source", "source")):
        for reference in _each(body.get(name)):
            if call.tenant.configuration.find(kind, str(reference.get("id"))) is None:
                raise MissingReference(f"Referenced {name} {reference.get('id')} was not found.")
    for reference in _each(body.get("entitlements")):
        if str(reference.get("id")) not in call.tenant.state.entitlements:
            raise MissingReference(f"Referenced entitlement {reference.get('id')} was not found.")
    for reference in _each(body.get("owner")):
        if str(reference.get("id")) not in call.tenant.state.identities:
            raise MissingReference(f"Referenced owner {reference.get('id')} was not found.")


def _each(value: Any) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, list) else [value] if value else ():
        if not isinstance(one, dict):
            raise BadContent("A reference is an object with type and id.")
        yield one


def _unused(call: Call, document: Document) -> None:
    """An access profile that a role or lifecycle state still uses stays."""
    for role in call.tenant.configuration.all("role"):
        if document.id in item_of(role).access_profile_ids:
            raise BadContent(f'The access profile is used by the role "{role.name}".')
    for state in call.tenant.configuration.all("lifecycle-state"):
        if document.id in (state.body.get("accessProfileIds") or ()):
            raise BadContent(f'The access profile is used by the lifecycle state "{state.name}".')


serve(
    area,
    "access-profile",
    "/access-profiles/v1",
    PROFILES,
    mutable=(
        "name",
        "description",
        "enabled",
        "owner",
        "requestable",
        "accessRequestConfig",
        "revocationRequestConfig",
        "segments",
        "entitlements",
        "provisioningCriteria",
        "source",
        "additionalOwners",
    ),
    needed=("name", "owner", "source"),
    defaults={
        "enabled": True,
        "requestable": True,
        "entitlements": [],
        "segments": [],
        "description": None,
        "provisioningCriteria": None,
    },
    check=_references,
    before_delete=_unused,
)
serve(
    area,
    "role",
    "/roles/v1",
    ROLE_ROWS,
    mutable=(
        "name",
        "description",
        "owner",
        "additionalOwners",
        "accessProfiles",
        "entitlements",
        "membership",
        "requestable",
        "enabled",
        "accessRequestConfig",
        "revocationRequestConfig",
        "segments",
        "accessModelMetadata",
        "dimensional",
        "dimensionRefs",
    ),
    needed=("name", "owner"),
    defaults={
        "enabled": True,
        "requestable": False,
        "accessProfiles": [],
        "entitlements": [],
        "segments": [],
        "membership": None,
        "dimensional": False,
        "description": None,
    },
    check=_references,
)
serve(
    area,
    "segment",
    "/segments/v1",
    Collection(),
    defaults={"active": False, "visibilityCriteria": None, "description": None},
)


@area.get("/access-profiles/v1/{id}/entitlements")
async def profile_entitlements(call: Call) -> Response:
    """What an access profile bundles."""
    return _entitlements(call, "access-profile")


@area.get("/roles/v1/{id}/entitlements")
async def role_entitlements(call: Call) -> Response:
    """What a role bundles through its access profiles."""
    return _entitlements(call, "role")


def _entitlements(call: Call, kind: str) -> Response:
    item = item_of(call.tenant.configuration.get(kind, call.path("id")))
    ids = dict.fromkeys(entitlements_of(item, call.tenant.configuration.item))
    rows = [right for id in ids if (right := call.look.entitlement(id)) is not None]
    return page(call, ENTITLEMENTS, None, lambda row: entitlement_body(call.look, row), rows=rows)


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
        return {
            "id": identity.id,
            "aliasName": identity.alias,
            "name": identity.name,
            "email": identity.attributes.get("email"),
            "roleAssignmentSource": how,
        }

    total = state.identities.count("roles", role.id) + state.grants.count("item", role.id)
    return page(call, MEMBERS, None, body, rows=rows(), total=lambda: total)
