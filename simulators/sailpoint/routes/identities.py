"""`/identities`, `/public-identities`, `/identities-accounts`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.records import Identity, Task
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import IDS, Collection, lower, page
from simulators.sailpoint.wire.identities import identity_body, public_identity_body, role_assignment_bodies

area = Area()

IDENTITIES = Collection(
    fields={
        "id": "eq in",
        "name": "eq sw",
        "alias": "eq sw",
        "firstname": "eq sw",
        "lastname": "eq sw",
        "email": "eq sw",
        "cloudStatus": "eq",
        "processingState": "eq",
        "correlated": "eq",
        "protected": "eq",
    },
    sorters=frozenset({"name", "alias", "cloudStatus"}),
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
)
PUBLIC = Collection(
    fields={"id": "eq in", "alias": "eq sw", "email": "eq sw", "firstname": "eq sw", "lastname": "eq sw"},
    sorters=frozenset({"name"}),
    indexed={**IDS, "alias": ("alias", lower), "email": ("email", lower), "lastname": ("lastname", lower)},
)
MOST = 250


def _identity(call: Call, name: str = "id") -> Identity:
    identity = call.tenant.state.identities.get(call.path(name))
    if identity is None:
        raise NotFound
    return identity


def _listed(call: Call, identity: Identity) -> dict[str, Any]:
    return {**identity_body(call.look, identity), "correlated": True, "protected": identity.protected}


@area.get("/identities/v1")
async def list_identities(call: Call) -> Response:
    """Identities; those without an authoritative account do not exist here, so both default filters agree."""
    table = call.tenant.state.identities
    return page(call, IDENTITIES, table, lambda row: _listed(call, row), total=lambda: len(table))


@area.post("/identities/v1/process")
async def process_identities(call: Call) -> Response:
    """Queue the processing of up to 250 identities."""
    body = await call.object("identityIds")
    ids = body["identityIds"]
    if not isinstance(ids, list) or len(ids) > MOST:
        raise BadContent(f"At most {MOST} identities can be processed at once.")
    tenant = call.tenant
    for id in ids:
        if id not in tenant.state.identities:
            raise BadContent(f"The identity {id} was not found.")
    now = tenant.now()
    task = Task(
        tenant.ids.hex32("task"),
        "IDENTITY_REFRESH",
        "Identity Refresh",
        now,
        "",
        call.caller.name,
        "COMPLETED",
        now,
        "SUCCESS",
    )
    tenant.state.tasks.put(task)
    for id in ids:
        tenant.processing.queue(id, "finished_to_refreshed")
    return answer({"type": "TASK_RESULT", "id": task.id, "name": None}, 202)


@area.get("/identities/v1/{id}")
async def get_identity(call: Call) -> Response:
    """One identity."""
    return answer(identity_body(call.look, _identity(call)))


@area.delete("/identities/v1/{id}")
async def delete_identity(call: Call) -> Response:
    """Delete an identity that nothing refers to."""
    identity = _identity(call)
    if identity.protected or call.look.manages(identity.id):
        details = {"associationType": "MANAGER", "entities": []}
        return answer({"message": "The identity cannot be deleted.", "associationDetails": [details]}, 400)
    call.tenant.state.identities.remove(identity.id)
    call.tenant.journal.write("IDENTITY_DELETE_PASSED", identity.alias, actor=call.caller.name)
    return empty()


@area.post("/identities/v1/{id}/set-lifecycle-state")
async def set_lifecycle_state(call: Call) -> Response:
    """Put an identity into a lifecycle state by hand."""
    body = await call.object("lifecycleStateId")
    activity_id = call.tenant.processing.set_state(
        call.path("id"), str(body["lifecycleStateId"]), call.caller.identity_id
    )
    return answer({"accountActivityId": activity_id})


@area.post("/identities/v1/{id}/synchronize-attributes")
async def synchronize_attributes(call: Call) -> Response:
    """Write a person's attributes to the target sources."""
    identity = _identity(call)
    call.tenant.processing.queue(identity.id, "finished_to_refreshed")
    payload = {"type": "SYNCHRONIZE_IDENTITY_ATTRIBUTES", "dataJson": '{"identityId":"' + identity.id + '"}'}
    return answer({"id": call.tenant.ids.uuid("sync-job"), "status": "IN_PROGRESS", "payload": payload}, 202)


@area.get("/identities/v1/{id}/role-assignments")
async def role_assignments(call: Call) -> Response:
    """Roles a person is assigned."""
    rows = role_assignment_bodies(call.look, _identity(call))
    wanted = {"id": call.query("roleId"), "name": call.query("roleName")}
    return answer([row for row in rows if all(not value or row["role"][key] == value for key, value in wanted.items())])


@area.get("/public-identities/v1")
async def public_identities(call: Call) -> Response:
    """What everybody may see of everybody."""
    table = call.tenant.state.identities
    return page(call, PUBLIC, table, lambda row: public_identity_body(call.look, row), total=lambda: len(table))


async def _toggle(call: Call, kind: str) -> Response:
    identity = _identity(call)
    for account in list(call.tenant.accounts_of(identity.id)):
        source = call.look.source(account.source_id)
        if source is not None and source.provisions:
            call.tenant.provisioning.account_action(account, kind, call.caller.identity_id)
    return answer({"id": identity.id}, 202)


@area.post("/identities-accounts/v1/{id}/enable")
async def enable_accounts(call: Call) -> Response:
    """Enable all accounts of a person."""
    return await _toggle(call, "ENABLE")


@area.post("/identities-accounts/v1/{id}/disable")
async def disable_accounts(call: Call) -> Response:
    """Disable all accounts of a person."""
    return await _toggle(call, "DISABLE")
