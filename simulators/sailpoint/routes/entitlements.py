"""`/entitlements`: single rights on sources, found by aggregation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.configuration import source_of
from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.records import Entitlement
from simulators.sailpoint.domain.search import values_at
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import IDS, collection, lower, page
from simulators.sailpoint.routes.segmented import in_segments, person_of, segments_asked
from simulators.sailpoint.routes.walks import same
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.entitlements import (
    OLDER,
    BulkUpdate,
    EntitlementChange,
    change_body,
    entitlement_body,
    versioned_body,
)
from simulators.sailpoint.wire.filters import checked_sorters
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.requestability import RightConfig
from simulators.sailpoint.wire.shapes import when

area = Area()

_PATHS = {"type": "sourceSchemaObjectType"}
_INDEXED = {**IDS, "source.id": ("source", same), "name": ("name", lower), "value": ("plain", lower)}
ENTITLEMENTS = collection("GET", "/entitlements/v1", paths=_PATHS, indexed=_INDEXED)
CHILDREN = collection("GET", "/entitlements/v1/{id}/children", paths=_PATHS)
PARENTS = collection("GET", "/entitlements/v1/{id}/parents", paths=_PATHS)
HELD = collection("GET", "/entitlements/v1/account/{accountId}/entitlements", paths=_PATHS)
OF_PERSON = collection("GET", "/entitlements/v1/identities/{id}/entitlements")
MUTABLE = ("requestable", "segments", "privilegeOverride", "owner", "name", "description", "manuallyUpdatedFields")
MOST_AT_ONCE = 50


def _body(call: Call) -> Callable[[Entitlement], dict[str, Any]]:
    return lambda right: versioned_body(call.look, right, call.version)


def _beyond(call: Call, sorters: frozenset[str], paths: Mapping[str, str]) -> Callable[[Entitlement], bool] | None:
    """Whether a row lies behind the values in `searchAfter`, in the order asked for; None without them."""
    after = call.query("searchAfter")
    if not after:
        return None
    order, values = checked_sorters(call.query("sorters"), sorters), after.split(",")
    if len(order) != len(values):
        raise BadContent('The parameter "searchAfter" needs one value for each of the sorters.')
    if call.query("offset", "0") != "0":
        raise BadContent('The parameter "searchAfter" excludes an offset.')
    body = _body(call)

    def behind(right: Entitlement) -> bool:
        shown = body(right)
        for (name, descending), value in zip(order, values, strict=True):
            have, want = str(next(values_at(shown, paths.get(name, name)), "")).lower(), value.strip().lower()
            if have != want:
                return (have < want) if descending else (have > want)
        return False

    return behind


def _visible(call: Call) -> Callable[[Entitlement], bool]:
    """Whether an entitlement is in the segments asked for."""
    person = person_of(call, "segmented-for-identity") if call.query("segmented-for-identity") else None
    ids, unsegmented = segments_asked(call, without=person is not None)
    if person is None and not ids:
        return lambda right: True
    sees = call.tenant.segments.sees

    def shown(right: Entitlement) -> bool:
        held = right.body.get("segments") or ()
        if person is not None and (not sees(person, held) or not (held or unsegmented)):
            return False
        return in_segments(held, ids, unsegmented)

    return shown


@area.get("/entitlements/v1")
async def list_entitlements(call: Call) -> Response:
    """Entitlements of all sources."""
    table = call.tenant.state.entitlements
    beyond = _beyond(call, ENTITLEMENTS.sorters, ENTITLEMENTS.paths)
    segmented = any(call.query(name) for name in ("segmented-for-identity", "for-segment-ids", "include-unsegmented"))
    if beyond is None and not segmented:
        return page(call, ENTITLEMENTS, table, _body(call), total=lambda: len(table))
    shown = _visible(call)
    keep = shown if beyond is None else lambda right: shown(right) and beyond(right)
    return page(call, ENTITLEMENTS, table, _body(call), keep=keep)


@area.get("/entitlements/v1/{id}")
async def get_entitlement(call: Call) -> Response:
    """One entitlement."""
    return answer(_body(call)(call.tenant.entitlements.get(call.path("id"))))


def _patched(call: Call, right: Entitlement, steps: Any) -> dict[str, Any]:
    """What a patch makes of an entitlement; earlier versions may also say that it is privileged."""
    older = call.version in OLDER
    before = change_body(right)
    change = reread(EntitlementChange, patched(before, steps, (*MUTABLE, "privileged") if older else MUTABLE)).stored()
    if older and change["privileged"] != before["privileged"]:
        change["privilegeOverride"] = {"level": "HIGH" if change["privileged"] else "NONE"}
    call.tenant.entitlements.check(change)
    return change


@area.patch("/entitlements/v1/{id}")
async def patch_entitlement(call: Call) -> Response:
    """Change what governance adds to an entitlement."""
    desk = call.tenant.entitlements
    right = desk.get(call.path("id"))
    return answer(_body(call)(desk.change(right, _patched(call, right, await call.json()), call.caller)))


@area.post("/entitlements/v1/bulk-update")
async def bulk_update(call: Call) -> Response:
    """The same patch for up to fifty entitlements, all of them or none."""
    asked, desk = await call.model(BulkUpdate), call.tenant.entitlements
    if len(asked.entitlement_ids) > MOST_AT_ONCE:
        raise BadContent(f"At most {MOST_AT_ONCE} entitlements can be updated at a time.")
    rights = desk.named(asked.entitlement_ids)
    changes = [(right, _patched(call, right, asked.json_patch)) for right in rights]
    for right, change in changes:
        desk.change(right, change, call.caller)
    return empty()


@area.get("/entitlements/v1/{id}/children")
async def children(call: Call) -> Response:
    """Entitlements below one; the sources here know of no hierarchy."""
    call.tenant.entitlements.get(call.path("id"))
    return page(call, CHILDREN, None, _body(call), rows=(), keep=_beyond(call, CHILDREN.sorters, CHILDREN.paths))


@area.get("/entitlements/v1/{id}/parents")
async def parents(call: Call) -> Response:
    """Entitlements above one; the sources here know of no hierarchy."""
    call.tenant.entitlements.get(call.path("id"))
    return page(call, PARENTS, None, _body(call), rows=(), keep=_beyond(call, PARENTS.sorters, PARENTS.paths))


@area.get("/entitlements/v1/account/{accountId}/entitlements")
async def of_account(call: Call) -> Response:
    """What an account holds."""
    account = call.tenant.state.accounts.get(call.path("accountId"))
    if account is None:
        raise NotFound
    found = (call.look.right(account.source_id, value) for value in account.entitlements)
    rows = [right for right in found if right is not None]
    keep = _beyond(call, HELD.sorters, HELD.paths)
    return page(call, HELD, None, lambda row: entitlement_body(call.look, row), rows=rows, keep=keep)


@area.get("/entitlements/v1/identities/{id}/entitlements")
async def of_identity(call: Call) -> Response:
    """What a person holds on all accounts, with its tags."""
    identity = call.tenant.state.identities.get(call.path("id"))
    if identity is None:
        raise NotFound
    held = (
        call.look.right(account.source_id, value)
        for account in call.tenant.accounts_of(identity.id)
        for value in account.entitlements
    )
    rows = {right.id: right for right in held if right is not None}.values()

    def body(right: Entitlement) -> dict[str, Any]:
        reference = {"type": "ENTITLEMENT", "id": right.id, "name": right.name}
        return {"objectRef": reference, "tags": call.look.tags("ENTITLEMENT", right.id)}

    return page(call, OF_PERSON, None, body, rows=rows)


@area.post("/entitlements/v1/reset/sources/{id}")
async def reset(call: Call) -> Response:
    """Begin to forget all entitlements of a source."""
    task = call.tenant.entitlements.reset(call.path("id"), call.caller)
    return answer({"type": "TASK_RESULT", "id": task.id, "name": task.name}, 202)


@area.post("/entitlements/v1/aggregate/sources/{id}")
async def aggregate(call: Call) -> Response:
    """Begin to read what can be held on a source; of the older name of this call."""
    source = source_of(call.tenant.configuration.get("source", call.path("id")))
    task = call.tenant.aggregation.begin(source, full=True, rights=True, launcher=call.caller.name)
    body: dict[str, Any] = {
        "id": task.id,
        "type": "QUARTZ",
        "uniqueName": task.name,
        "description": "Aggregates entitlements of the source.",
        "launcher": task.launcher,
        "created": when(task.created),
        "returns": [],
    }
    return answer(body, 202)


def _config(call: Call, id: str) -> dict[str, Any]:
    return reread(RightConfig, call.tenant.entitlements.config(id)).stored()


@area.get("/entitlements/v1/{id}/entitlement-request-config")
async def get_config(call: Call) -> Response:
    """How an entitlement may be asked for and given back."""
    return answer(config_body(_config(call, call.tenant.entitlements.get(call.path("id")).id)))


@area.put("/entitlements/v1/{id}/entitlement-request-config")
async def put_config(call: Call) -> Response:
    """Replace how an entitlement may be asked for and given back."""
    right = call.tenant.entitlements.get(call.path("id"))
    body = (await call.model(RightConfig)).stored()
    call.tenant.entitlements.set_config(right.id, body, call.caller)
    return answer(config_body(_config(call, right.id)))


def config_body(config: Mapping[str, Any]) -> dict[str, Any]:
    """A request configuration without a form where none is set."""
    request = {name: value for name, value in config["accessRequestConfig"].items() if value is not None}
    duration = config["accessRequestConfig"]["maxPermittedAccessDuration"]
    return {**config, "accessRequestConfig": {**request, "maxPermittedAccessDuration": duration}}
