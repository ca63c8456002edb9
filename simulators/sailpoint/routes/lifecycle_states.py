"""`/identity-profiles/{id}/lifecycle-states`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue, MissingReference
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.profiles import State, lifecycle_state_body, state_content

area = Area()
PATH = "/identity-profiles/v1/{id}/lifecycle-states"
STATES = collection("GET", PATH)
MUTABLE = (
    "enabled",
    "description",
    "emailNotificationOption",
    "accountActions",
    "accessProfileIds",
    "identityState",
    "accessActionConfiguration",
    "priority",
)


def _profile(call: Call) -> Document:
    return call.tenant.configuration.get("identity-profile", call.path("id"))


def _state(call: Call) -> Document:
    return call.tenant.configuration.get("lifecycle-state", call.path("state"), _profile(call).id)


def _shown(call: Call, document: Document, status: int = 200) -> Response:
    return answer(lifecycle_state_body(call.look, document, call.version), status)


def _checked(call: Call, sent: State) -> dict[str, Any]:
    """What is stored of a state. Raises BadContent, IllegalValue, MissingReference."""
    configuration = call.tenant.configuration
    for name, value in (("name", sent.name), ("technicalName", sent.technical_name)):
        if not value.strip():
            raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    for id in sent.access_profile_ids or ():
        if configuration.find("access-profile", id) is None:
            raise MissingReference(f"Referenced access profile {id} was not found.")
    for action in sent.account_actions or ():
        if action.all_sources and action.source_ids:
            raise BadContent("An account action for all sources names none.")
        if action.source_ids and action.exclude_source_ids:
            raise BadContent("An account action either names sources or leaves some out.")
        if not (action.all_sources or action.source_ids or action.exclude_source_ids):
            raise IllegalValue('Value of "accountActions.sourceIds" is empty or contains invalid data.')
        if action.action == "DELETE" and sent.identity_state != "INACTIVE_LONG_TERM":
            raise BadContent("DELETE is allowed in states of INACTIVE_LONG_TERM only.")
        for id in (*(action.source_ids or ()), *(action.exclude_source_ids or ())):
            if configuration.find("source", id) is None:
                raise MissingReference(f"Referenced source {id} was not found.")
    return state_content(sent.model_dump(by_alias=True))


@area.get(PATH)
async def list_states(call: Call) -> Response:
    """Lifecycle states of a profile."""
    rows = call.tenant.configuration.all("lifecycle-state", _profile(call).id)
    return page(call, STATES, None, lambda row: lifecycle_state_body(call.look, row, call.version), rows=rows)


@area.post(PATH)
async def create_state(call: Call) -> Response:
    """Add a lifecycle state."""
    profile = _profile(call)
    sent = await call.model(State)
    content = _checked(call, sent)
    for one in call.tenant.configuration.all("lifecycle-state", profile.id):
        if one.body["technicalName"] == sent.technical_name or one.name.lower() == sent.name.lower():
            raise BadContent("There is a lifecycle state of that name already.")
    if content["priority"] is None:
        content["priority"] = 10
    return _shown(
        call, call.tenant.configuration.add("lifecycle-state", content, profile.id, "", call.caller.name), 201
    )


@area.get(f"{PATH}/{{state}}")
async def get_state(call: Call) -> Response:
    """One lifecycle state."""
    return _shown(call, _state(call))


@area.patch(f"{PATH}/{{state}}")
async def patch_state(call: Call) -> Response:
    """Change what entering a state does."""
    state = _state(call)
    after = patched(state_content(state.body), await call.json(), MUTABLE)
    content = _checked(call, reread(State, after))
    return _shown(call, call.tenant.configuration.update(state, content, call.caller.name))


@area.delete(f"{PATH}/{{state}}")
async def delete_state(call: Call) -> Response:
    """Delete a lifecycle state nobody is in."""
    state = _state(call)
    if call.look.population(f"profile-state={state.parent}/{state.body.get('technicalName')}"):
        raise BadContent("The lifecycle state is in use.")
    call.tenant.configuration.remove(state, call.caller.name)
    return answer({"type": "LIFECYCLE_STATE", "id": state.id, "name": state.name}, 202)
