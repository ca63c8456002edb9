"""`/identities`, `/public-identities`, `/identities-accounts`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import Any

from starlette.responses import Response

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, MissingReference, NotFound, Owning
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import IDS, collection, lower, page
from simulators.sailpoint.routes.walks import Own
from simulators.sailpoint.tenant.removal import associations
from simulators.sailpoint.wire.identities import (
    UNREGISTERED,
    Invitation,
    Listed,
    ProcessedIdentities,
    StateChoice,
    identity_body,
    ownership_body,
    public_identity_body,
    role_assignment_bodies,
    role_reference,
)
from simulators.sailpoint.wire.tasks import task_body

area = Area()

_FIRST_NAME: Own = {"firstname": lambda row: row.attributes.get("firstname")}
IDENTITIES = collection(
    "GET",
    "/identities/v1",
    paths={
        "firstname": "attributes.firstname",
        "lastname": "attributes.lastname",
        "email": "emailAddress",
        "cloudStatus": "identityStatus",
    },
    indexed={
        **IDS,
        "name": ("name", lower),
        "alias": ("alias", lower),
        "email": ("email", lower),
        "lastname": ("lastname", lower),
    },
    own={**_FIRST_NAME, "cloudStatus": lambda _: UNREGISTERED},
)
PUBLIC = collection(
    "GET",
    "/public-identities/v1",
    indexed={**IDS, "alias": ("alias", lower), "email": ("email", lower), "lastname": ("lastname", lower)},
    own={**_FIRST_NAME, "name": attrgetter("name")},
)
MOST = 250
MOST_INVITED = 1000
# Parts of a task's status that tell of aggregations.
_LEFT_OUT = ("target", "taskDefinitionSummary")
SYNCHRONIZED_EVERY = timedelta(seconds=10)


def _identity(call: Call, name: str = "id") -> Identity:
    identity = call.tenant.state.identities.get(call.path(name))
    if identity is None:
        raise NotFound
    return identity


def _existing(call: Call, ids: list[str]) -> list[str]:
    for id in ids:
        if id not in call.tenant.state.identities:
            raise MissingReference(f"Referenced identity {id} was not found.")
    return ids


def _kept(call: Call, hidden: bool) -> tuple[Callable[[Identity], bool] | None, Callable[[], int]]:
    """What leaves incomplete identities out, and how many are left; nothing walks while there are none."""
    table = call.tenant.state.identities
    absent = table.count("incomplete", "yes") if hidden else 0
    return (lambda row: row.correlated) if absent else None, lambda: len(table) - absent


@area.get("/identities/v1")
async def list_identities(call: Call) -> Response:
    """Identities; those that lost their authoritative account show with `defaultFilter=NONE` only."""
    chosen = call.query("defaultFilter", "CORRELATED_ONLY")
    if chosen not in ("CORRELATED_ONLY", "NONE"):
        raise BadContent('The parameter "defaultFilter" must be CORRELATED_ONLY or NONE.')
    keep, total = _kept(call, chosen == "CORRELATED_ONLY")
    table = call.tenant.state.identities

    def body(row: Identity) -> dict[str, Any]:
        return Listed(identity_body(call.look, row), {"correlated": row.correlated, "protected": row.protected})

    return page(call, IDENTITIES, table, body, keep=keep, total=total)


@area.post("/identities/v1/process")
async def process_identities(call: Call) -> Response:
    """Queue the processing of up to 250 identities."""
    body = await call.model(ProcessedIdentities)
    if not body.identity_ids or len(body.identity_ids) > MOST:
        raise BadContent(f"Between 1 and {MOST} identities can be processed at once.")
    ids = _existing(call, body.identity_ids)
    task = call.tenant.processing.on_demand(ids, "finished_to_refreshed", call.caller.name)
    return answer({"type": "TASK_RESULT", "id": task.id}, 202)


@area.post("/identities/v1/invite")
async def invite_identities(call: Call) -> Response:
    """Invite people to sign in to ISC; nobody here has registered, so each of them counts as invited."""
    body = await call.model(Invitation)
    tenant = call.tenant
    if not body.ids and not body.uninvited:
        raise IllegalValue('Value of "ids" is empty or contains invalid data.')
    if body.ids and len(body.ids) > MOST_INVITED:
        raise BadContent(f"At most {MOST_INVITED} identities can be invited at once.")
    invited = len(_existing(call, body.ids)) if body.ids else min(len(tenant.state.identities), MOST_INVITED)
    counters = Values({"invited": invited})
    task = tenant.tasks.begin("IDENTITY_INVITATION", "Invite Identities", launcher=call.caller.name, counters=counters)
    tenant.later("action", "sailpoint.processed", task.id)
    shown = {**task_body(call.look, task), "description": task.name, "returns": []}
    return answer({name: value for name, value in shown.items() if name not in _LEFT_OUT}, 202)


@area.get("/identities/v1/{id}")
async def get_identity(call: Call) -> Response:
    """One identity."""
    return answer(identity_body(call.look, _identity(call)))


@area.delete("/identities/v1/{id}")
async def delete_identity(call: Call) -> Response:
    """Delete an identity that nothing depends on; the refusal has a body of its own."""
    try:
        call.tenant.removal.delete(_identity(call), call.caller.name)
    except Owning as refusal:
        details = ownership_body(refusal.associations)
        return answer({"message": refusal.text, **details}, 400)
    return empty()


@area.post("/identities/v1/{id}/reset")
async def reset_identity(call: Call) -> Response:
    """Take sign-in and user levels from a person; accounts and access stay as they are."""
    call.tenant.credentials.set_levels(_identity(call), ())
    return empty(202)


@area.get("/identities/v1/{id}/ownership")
async def get_ownership(call: Call) -> Response:
    """What would be without an owner if the identity were deleted."""
    return answer(ownership_body(associations(list(call.tenant.removal.owned(_identity(call).id)))))


@area.post("/identities/v1/{id}/set-lifecycle-state")
async def set_lifecycle_state(call: Call) -> Response:
    """Put an identity into a lifecycle state by hand."""
    body = await call.model(StateChoice)
    activity_id = call.tenant.processing.set_state(_identity(call).id, body.lifecycle_state_id, call.caller.identity_id)
    return answer({"accountActivityId": activity_id})


@area.post("/identities/v1/{id}/synchronize-attributes")
async def synchronize_attributes(call: Call) -> Response:
    """Write a person's attributes to the target sources; once in ten seconds (SailPoint API, Identities)."""
    identity, tenant = _identity(call), call.tenant
    marks, now = tenant.state.watermarks, tenant.now()
    last = instant(marks.get(f"synchronize/{identity.id}"))
    if last is not None and now < last + SYNCHRONIZED_EVERY:
        wait = int((last + SYNCHRONIZED_EVERY - now).total_seconds()) + 1
        return answer({"message": " Rate Limit Exceeded "}, 429, {"Retry-After": str(wait)})
    marks[f"synchronize/{identity.id}"] = iso(now)
    tenant.processing.synchronize(identity.id)
    payload = {"type": "SYNCHRONIZE_IDENTITY_ATTRIBUTES", "dataJson": '{"identityId":"' + identity.id + '"}'}
    return answer({"id": tenant.ids.uuid("sync-job"), "status": "QUEUED", "payload": payload}, 202)


@area.get("/identities/v1/{id}/role-assignments")
async def role_assignments(call: Call) -> Response:
    """Roles a person is assigned: whole for a role that is named, references otherwise."""
    rows = role_assignment_bodies(call.look, _identity(call))
    wanted = {"id": call.query("roleId"), "name": call.query("roleName")}
    if not any(wanted.values()):
        return answer([role_reference(row) for row in rows])
    return answer([row for row in rows if all(not value or row["role"][key] == value for key, value in wanted.items())])


@area.get("/identities/v1/{id}/role-assignments/{assignment}")
async def role_assignment(call: Call) -> Response:
    """One assignment of a role."""
    for row in role_assignment_bodies(call.look, _identity(call)):
        if row["id"] == call.path("assignment"):
            return answer(row)
    raise NotFound


@area.get("/public-identities/v1")
async def public_identities(call: Call) -> Response:
    """What everybody may see of everybody."""
    table = call.tenant.state.identities
    shown = call.tenant.attributes.public()
    keep, total = _kept(call, call.flag("add-core-filters"))
    return page(call, PUBLIC, table, lambda row: public_identity_body(call.look, row, shown), keep=keep, total=total)
