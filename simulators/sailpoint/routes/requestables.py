"""`/requestable-objects` and `/revocable-objects`: what somebody may ask for, and what may be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.configuration import item_of
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.wire.requestables import requestable_body, revocable_body

area = Area()

REQUESTABLE = collection("GET", "/requestable-objects/v1", indexed=IDS)
KINDS = {"ROLE": "role", "ACCESS_PROFILE": "access-profile"}
STATUSES = frozenset({"AVAILABLE", "PENDING", "ASSIGNED"})


def _words(call: Call, name: str, allowed: frozenset[str]) -> frozenset[str]:
    """The words of a list in the query, repeated or with commas between. Raises IllegalValue for an unknown one."""
    given = (word.strip() for text in call.request.query_params.getlist(name) for word in text.split(","))
    words = frozenset(filter(None, given))
    if words - allowed:
        raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    return words


def _person(call: Call) -> Identity | None:
    """Whose list is asked for: one's own, as an administrator anybody's or (None) nobody's in particular."""
    wanted, caller = call.query("identity-id"), call.caller
    if not wanted and caller.is_admin:
        return None
    if not caller.is_admin and wanted not in ("", "me", caller.identity_id):
        raise Forbidden
    id = caller.identity_id if wanted in ("", "me") else wanted
    identity = call.tenant.state.identities.get(id)
    if identity is None:
        raise MissingReference(f"Referenced identity {wanted} was not found.")
    return identity


@area.get("/requestable-objects/v1")
async def requestable_objects(call: Call) -> Response:
    """Roles and access profiles that a person may ask for, and whether they are held or asked for already."""
    types = _words(call, "types", frozenset(KINDS))
    statuses = _words(call, "statuses", STATUSES)
    identity, tenant = _person(call), call.tenant
    if statuses and not call.query("identity-id"):
        raise BadContent('The parameter "statuses" needs the parameter "identity-id".')
    term = call.query("term").lower()

    def rows() -> Iterator[Document]:
        for type, kind in KINDS.items():
            if types and type not in types:
                continue
            for document in tenant.configuration.all(kind):
                item = item_of(document)
                told = f"{item.name}\n{document.body.get('description') or ''}".lower()
                if not item.requestable or not item.enabled or term not in told:
                    continue
                if identity is None or tenant.segments.sees(identity, item.segments):
                    yield document

    def body(document: Document) -> dict[str, Any]:
        if identity is None:
            return requestable_body(call.look, document, None, None)
        item = item_of(document)
        running = tenant.state.requests.first("running", f"{identity.id}/{item.id}")
        status = "ASSIGNED" if tenant.requests.held(identity, item, "") else "AVAILABLE"
        return requestable_body(
            call.look, document, "PENDING" if running else status, running.id if running is not None else None
        )

    keep = (lambda row: body(row)["requestStatus"] in statuses) if statuses else None
    # A term puts the filters aside.
    return page(call, REQUESTABLE, None, body, rows=rows(), keep=keep, filters="" if term else None)


@area.get("/revocable-objects/v1")
async def revocable_objects(call: Call) -> Response:
    """An entitlement of a person: on which accounts it is, until when, and whether it can be taken back there."""
    tenant, caller = call.tenant, call.caller
    for name in ("identityId", "entitlementId"):
        if not call.query(name):
            raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    identity = tenant.state.identities.get(call.query("identityId"))
    right = tenant.state.entitlements.get(call.query("entitlementId"))
    if identity is None:
        raise MissingReference(f"Referenced identity {call.query('identityId')} was not found.")
    if right is None:
        raise MissingReference(f"Referenced entitlement {call.query('entitlementId')} was not found.")
    if not caller.is_admin and caller.identity_id not in (identity.id, identity.manager_id):
        raise Forbidden
    given = tenant.access.given_by_rule(identity)
    asked = [one for one in tenant.state.grants.find("identity", identity.id) if one.item_id == right.id]
    targets = []
    for account in tenant.accounts_of(identity.id, right.source_id):
        if right.value in account.entitlements:
            grant = next((one for one in asked if one.native in ("", account.native)), None)
            targets.append((account, grant, right.id not in given))
    return answer(revocable_body(call.look, identity, right, targets))
