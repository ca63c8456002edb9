"""`/identity-profiles` with lifecycle states, `/transforms`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, MissingReference
from simulators.sailpoint.domain.transforms import OPERATIONS
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.documents import serve
from simulators.sailpoint.routes.listing import IDS, Collection, page
from simulators.sailpoint.wire.configuration import document_body, lifecycle_state_body, transform_body
from simulators.sailpoint.wire.patch import patched

area = Area()

COMPARE = "eq ne ge gt in le sw"
PROFILES = Collection(
    fields={"id": COMPARE, "name": COMPARE, "priority": "eq ne"},
    sorters=frozenset({"id", "name", "priority", "created", "modified", "owner.id", "owner.name"}),
    indexed=IDS,
)
STATES = Collection(sorters=frozenset({"name", "priority", "created", "modified"}))
STATE_FIELDS = (
    "enabled",
    "description",
    "emailNotificationOption",
    "accountActions",
    "accessProfileIds",
    "identityState",
    "accessActionConfiguration",
    "priority",
)
STATE_DEFAULTS: dict[str, Any] = {
    "enabled": False,
    "description": None,
    "accountActions": [],
    "accessProfileIds": [],
    "identityState": None,
    "priority": 10,
    "accessActionConfiguration": {"removeAllAccessEnabled": False},
    "emailNotificationOption": {
        "notifyManagers": False,
        "notifyAllAdmins": False,
        "notifySpecificUsers": False,
        "emailAddressList": [],
    },
}


def _checked(call: Call, body: dict[str, Any]) -> None:
    source = (body.get("authoritativeSource") or {}).get("id")
    if call.tenant.configuration.find("source", str(source)) is None:
        raise MissingReference(f"Referenced source {source} was not found.")
    for mapping in (body.get("identityAttributeConfig") or {}).get("attributeTransforms") or ():
        _known(mapping.get("transformDefinition"))
    body["identityRefreshRequired"] = True


def _known(definition: Any) -> None:
    """A transform definition must be of a type that is known."""
    if not isinstance(definition, dict) or definition.get("type") not in OPERATIONS:
        kind = definition.get("type") if isinstance(definition, dict) else definition
        raise BadContent(f'The transform type "{kind}" is not supported.')


serve(
    area,
    "identity-profile",
    "/identity-profiles/v1",
    PROFILES,
    mutable=(
        "name",
        "description",
        "owner",
        "priority",
        "identityAttributeConfig",
        "authoritativeSource",
        "identityRefreshRequired",
    ),
    needed=("name", "authoritativeSource"),
    defaults={
        "description": None,
        "priority": 10,
        "hasTimeBasedAttr": True,
        "identityAttributeConfig": {"enabled": True, "attributeTransforms": []},
    },
    check=_checked,
)


@area.post("/identity-profiles/v1/{id}/process-identities")
async def process_identities(call: Call) -> Response:
    """Refresh everybody a profile owns."""
    tenant = call.tenant
    profile = tenant.configuration.get("identity-profile", call.path("id"))
    for identity in tenant.state.identities.find("facet", f"profile={profile.id}"):
        tenant.processing.queue(identity.id, "scheduled_to_refreshed")
    tenant.configuration.update(profile, {**profile.body, "identityRefreshRequired": False})
    return answer({"type": "TASK_RESULT", "id": tenant.ids.hex32("task"), "name": None}, 202)


def _profile(call: Call) -> Document:
    return call.tenant.configuration.get("identity-profile", call.path("id"))


def _state(call: Call) -> Document:
    return call.tenant.configuration.get("lifecycle-state", call.path("state"), _profile(call).id)


@area.get("/identity-profiles/v1/{id}/lifecycle-states")
async def list_states(call: Call) -> Response:
    """Lifecycle states of a profile."""
    rows = call.tenant.configuration.all("lifecycle-state", _profile(call).id)
    return page(call, STATES, None, lambda row: lifecycle_state_body(call.look, row), rows=rows)


@area.post("/identity-profiles/v1/{id}/lifecycle-states")
async def create_state(call: Call) -> Response:
    """Add a lifecycle state."""
    profile = _profile(call)
    body = {**STATE_DEFAULTS, **await call.object("name", "technicalName")}
    if any(
        one.body["technicalName"] == body["technicalName"]
        for one in call.tenant.configuration.all("lifecycle-state", profile.id)
    ):
        raise BadContent("There is a lifecycle state of that technical name already.")
    _state_checked(call, body)
    state = call.tenant.configuration.add("lifecycle-state", body, profile.id, actor=call.caller.name)
    return answer(lifecycle_state_body(call.look, state), 201)


def _state_checked(call: Call, body: dict[str, Any]) -> None:
    for id in body.get("accessProfileIds") or ():
        if call.tenant.configuration.find("access-profile", id) is None:
            raise MissingReference(f"Referenced access profile {id} was not found.")
    for action in body.get("accountActions") or ():
        if action.get("action") not in ("ENABLE", "DISABLE", "DELETE"):
            raise BadContent("An account action is ENABLE, DISABLE or DELETE.")
        if action["action"] == "DELETE" and body.get("identityState") != "INACTIVE_LONG_TERM":
            raise BadContent("DELETE is allowed in states of INACTIVE_LONG_TERM only.")
        for id in (*(action.get("sourceIds") or ()), *(action.get("excludeSourceIds") or ())):
            if call.tenant.configuration.find("source", id) is None:
                raise MissingReference(f"Referenced source {id} was not found.")


@area.get("/identity-profiles/v1/{id}/lifecycle-states/{state}")
async def get_state(call: Call) -> Response:
    """One lifecycle state."""
    return answer(lifecycle_state_body(call.look, _state(call)))


@area.patch("/identity-profiles/v1/{id}/lifecycle-states/{state}")
async def patch_state(call: Call) -> Response:
    """Change what entering a state does."""
    state = _state(call)
    body = patched({**STATE_DEFAULTS, **state.body}, await call.json(), STATE_FIELDS)
    _state_checked(call, body)
    return answer(lifecycle_state_body(call.look, call.tenant.configuration.update(state, body, call.caller.name)))


@area.delete("/identity-profiles/v1/{id}/lifecycle-states/{state}")
async def delete_state(call: Call) -> Response:
    """Delete a lifecycle state nobody is in."""
    state = _state(call)
    if lifecycle_state_body(call.look, state)["identityCount"]:
        raise BadContent("The lifecycle state is in use.")
    call.tenant.configuration.remove(state, call.caller.name)
    return answer({"type": "LIFECYCLE_STATE", "id": state.id, "name": state.name}, 202)


TRANSFORMS = Collection(fields={"internal": "eq", "name": "eq sw"})


@area.get("/transforms/v1")
async def list_transforms(call: Call) -> Response:
    """Named transforms."""
    wanted = call.query("name").lower()
    rows = call.tenant.configuration.all("transform")
    keep = (lambda row: row.name.lower() == wanted) if wanted else None
    return page(call, TRANSFORMS, None, lambda row: transform_body(call.look, row), rows=rows, keep=keep)


@area.post("/transforms/v1")
async def create_transform(call: Call) -> Response:
    """Add a named transform."""
    body = await call.object("name", "type", "attributes")
    _known(body)
    if call.tenant.configuration.named("transform", body["name"]) is not None:
        raise BadContent(f'The name "{body["name"]}" is already in use.')
    stored = {name: body[name] for name in ("name", "type", "attributes")}
    return answer(transform_body(call.look, call.tenant.configuration.add("transform", stored)), 201)


@area.get("/transforms/v1/{id}")
async def get_transform(call: Call) -> Response:
    """One transform."""
    return answer(transform_body(call.look, call.tenant.configuration.get("transform", call.path("id"))))


@area.put("/transforms/v1/{id}")
async def put_transform(call: Call) -> Response:
    """Change a transform's attributes; name and type stay."""
    document = call.tenant.configuration.get("transform", call.path("id"))
    body = await call.object("name", "type", "attributes")
    if body["name"] != document.name or body["type"] != document.body["type"]:
        raise BadContent("The name and type of a transform cannot be changed.")
    updated = call.tenant.configuration.update(
        document, {**document.body, "attributes": body["attributes"]}, call.caller.name
    )
    return answer(document_body(call.look, updated))


@area.delete("/transforms/v1/{id}")
async def delete_transform(call: Call) -> Response:
    """Delete a transform."""
    call.tenant.configuration.remove(call.tenant.configuration.get("transform", call.path("id")), call.caller.name)
    return empty()
