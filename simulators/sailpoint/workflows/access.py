"""Access in workflows: what somebody holds or a search finds, and requests for more or less of it.

https://documentation.sailpoint.com/saas/help/workflows/workflow-actions.html (Get Access, Manage Access)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.sailpoint.domain.errors import Refusal
from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.search.candidates import found_documents
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.requests import Wish
from simulators.sailpoint.wire.documents_identity import identity_document
from simulators.sailpoint.wire.query import parse_query
from simulators.sailpoint.workflows.results import Failed, Later, Result
from simulators.sailpoint.workflows.variables import span

Answer = Result | Later | Failed
# What a step's switches are called, the type of access each stands for, and where search has it.
_KINDS = {
    "accessprofiles": ("ACCESS_PROFILE", "accessprofiles"),
    "entitlements": ("ENTITLEMENT", "entitlements"),
    "roles": ("ROLE", "roles"),
}
MOST_FOUND = 250


async def get_access(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:access:get`: the access of one identity, or what a search finds, of the kinds that are switched on."""
    kinds = [pair for name, pair in _KINDS.items() if str(a.get(name)).lower() == "true"]
    if a.get("getAccessBy") == "searchQuery":
        query = parse_query(str(a.get("query") or "*"))
        items = [
            _item(document, type)
            for type, index in kinds
            for _, document in zip(range(MOST_FOUND), found_documents(tenant, index, query), strict=False)
        ]
        return Result({"accessItems": items})
    identity = tenant.state.identities.get(str(a.get("identityToReturn") or a.get("identity") or ""))
    if identity is None:
        return Failed("The identity was not found.")
    wanted = {type for type, _ in kinds}
    held = identity_document(tenant.look, identity)["access"]
    return Result({"accessItems": [_item(one, one["type"]) for one in held if one["type"] in wanted]})


def _item(document: Mapping[str, Any], type: str) -> dict[str, Any]:
    name = document.get("displayName") or document.get("name")
    known = {"id": document["id"], "name": document.get("name"), "displayName": name, "type": type}
    return {**known, "description": document.get("description")}


async def manage_access(tenant: SailPointTenant, execution: Execution, a: Mapping[str, Any]) -> Answer:
    """`sp:access:manage`: requests on behalf of the workflow's owner, one for each identity.

    What is refused comes back as `failedAccessRequests`; the step itself goes on.
    """
    kind = str(a.get("requestType") or "GRANT_ACCESS")
    people = _listed(a.get("removeIdentity") if kind == "REVOKE_ACCESS" else a.get("addIdentities"))
    caller = _owner(tenant, execution)
    try:
        wishes = [_wish(tenant, item, a, kind) for item in _listed(a.get("requestedItems"))]
    except (ValueError, KeyError, TypeError) as error:
        return Failed(f"The requested items cannot be read: {error}")
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for person in people:
        id = str(person.get("id") if isinstance(person, Mapping) else person)
        for wish in wishes:
            try:
                rows = tenant.requests.submit(kind, [id], [wish], caller)
            except Refusal as refusal:
                failed.append({"requestedFor": id, "requestedItem": {"id": wish.id, "type": wish.type}})
                failed[-1]["message"] = refusal.text or type(refusal).__name__
            else:
                done += [{"requestedFor": id, "accessRequestId": request.id} for request, _ in rows]
    output: dict[str, Any] = {"successfulAccessRequests": done}
    return Result({**output, "failedAccessRequests": failed} if failed else output)


def _owner(tenant: SailPointTenant, execution: Execution) -> Caller:
    """As whom a workflow asks: its owner, whose rights decide (SailPoint API, Workflows)."""
    owner = tenant.configuration.get("workflow", execution.workflow_id).body.get("owner") or {}
    id = str(owner.get("id") or "")
    document = tenant.configuration.find("auth-user", f"auth-{id}")
    levels = document.body.get("capabilities") or () if document is not None else ()
    identity = tenant.state.identities.get(id)
    return Caller("workflow", id, frozenset({"USER", *levels}), identity.alias if identity is not None else id)


def _wish(tenant: SailPointTenant, item: Any, a: Mapping[str, Any], kind: str) -> Wish:
    known = item if isinstance(item, Mapping) else {"id": item}
    id = str(known["id"])
    found = tenant.configuration.item(id)
    type = str(known.get("type") or (found.type if found is not None else "ENTITLEMENT"))
    ends = instant(a.get("removeDate")) if kind != "REVOKE_ACCESS" else None
    if kind != "REVOKE_ACCESS" and a.get("removeDuration"):
        ends = tenant.now() + span(str(a["removeDuration"]))
    return Wish(type, id, str(a.get("comments") or ""), ends)


def _listed(value: Any) -> list[Any]:
    if value in (None, "", []):
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
