"""`/accounts` and `/entitlements`."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.records import Account, Entitlement
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, Collection, lower, page, same
from simulators.sailpoint.wire.accounts import account_body, entitlement_body
from simulators.sailpoint.wire.patch import patched

area = Area()

_TIMES = "eq ge gt le lt"
ACCOUNTS = Collection(
    fields={
        "id": "eq in sw",
        "identityId": "eq in sw",
        "name": "eq in sw",
        "nativeIdentity": "eq in sw",
        "sourceId": "eq in sw",
        "identity.name": "eq in sw",
        "hasEntitlements": "eq",
        "uncorrelated": "eq",
        "entitlements": "eq",
        "manuallyCorrelated": "eq",
        "identity.correlated": "eq",
        "source.authoritative": "eq",
        "origin": "eq in",
        "identity.identityState": "eq in",
        "source.displayableName": "eq in",
        "source.connectionType": "eq in",
        "recommendation.method": "eq in isnull",
        "created": _TIMES,
        "modified": _TIMES,
    },
    sorters=frozenset(
        {
            "id",
            "name",
            "created",
            "modified",
            "sourceId",
            "identityId",
            "nativeIdentity",
            "uuid",
            "manuallyCorrelated",
            "entitlements",
            "origin",
            "identity.name",
            "identity.identityState",
            "identity.correlated",
            "source.displayableName",
            "source.authoritative",
            "source.connectionType",
        }
    ),
    paths={
        "identity.identityState": "identityState",
        "source.displayableName": "sourceName",
        "source.authoritative": "authoritative",
        "source.connectionType": "connectionType",
        "entitlements": "hasEntitlements",
    },
    indexed={
        **IDS,
        "identityId": ("identity", same),
        "name": ("name", lower),
        "nativeIdentity": ("native", lower),
        "sourceId": ("source", same),
    },
)
ENTITLEMENTS = Collection(
    fields={
        "id": "eq in",
        "type": "eq in",
        "attribute": "eq in",
        "source.id": "eq in",
        "owner.id": "eq in",
        "name": "eq in sw",
        "value": "eq in sw",
        "requestable": "eq",
        "tags": "eq",
        "privilegeLevel.direct": "eq",
        "created": "gt lt ge le",
        "modified": "gt lt ge le",
    },
    sorters=frozenset({"id", "name", "created", "modified", "type", "attribute", "value", "source.id", "requestable"}),
    paths={"type": "sourceSchemaObjectType"},
    indexed={**IDS, "source.id": ("source", same), "name": ("name", lower), "value": ("plain", lower)},
)


def _account(call: Call) -> Account:
    account = call.tenant.state.accounts.get(call.path("id"))
    if account is None:
        raise NotFound
    return account


@area.get("/accounts/v1")
async def list_accounts(call: Call) -> Response:
    """Accounts of all sources."""
    table = call.tenant.state.accounts
    filters = call.query("filters")
    rows = table.find("uncorrelated", "any") if filters in ("uncorrelated eq true", 'uncorrelated eq "true"') else None
    return page(call, ACCOUNTS, table, lambda row: account_body(call.look, row), rows=rows, total=lambda: len(table))


@area.get("/accounts/v1/{id}")
async def get_account(call: Call) -> Response:
    """One account."""
    return answer(account_body(call.look, _account(call)))


@area.patch("/accounts/v1/{id}")
async def patch_account(call: Call) -> Response:
    """Correlate an account by hand, or change attributes of a file's account."""
    account, tenant = _account(call), call.tenant
    before = {"identityId": account.identity_id or None, "attributes": dict(account.attributes)}
    after = patched(before, await call.json(), ("identityId", "attributes"))
    source = call.look.source(account.source_id)
    if after["attributes"] != before["attributes"] and (source is None or source.type != "DelimitedFile"):
        raise BadContent("Attributes can be changed on delimited file sources only.")
    owner = after["identityId"] or ""
    if owner and owner not in tenant.state.identities:
        raise BadContent("The identity was not found.")
    manual = account.manual or owner != account.identity_id
    tenant.state.accounts.put(
        replace(
            account, identity_id=owner, manual=manual, attributes=Values(after["attributes"]), modified=tenant.now()
        )
    )
    for id in {owner, account.identity_id} - {""}:
        tenant.processing.queue(id, "finished_to_refreshed")
    return answer({}, 202)


@area.post("/accounts/v1/{id}/enable")
async def enable(call: Call) -> Response:
    """Enable an account at its source."""
    return answer(
        {"id": call.tenant.provisioning.account_action(_account(call), "ENABLE", call.caller.identity_id).id}, 202
    )


@area.post("/accounts/v1/{id}/disable")
async def disable(call: Call) -> Response:
    """Disable an account at its source."""
    return answer(
        {"id": call.tenant.provisioning.account_action(_account(call), "DISABLE", call.caller.identity_id).id}, 202
    )


@area.post("/accounts/v1/{id}/reload")
async def reload(call: Call) -> Response:
    """Read an account again from its source."""
    return answer({"id": call.tenant.aggregation.reload(_account(call))}, 202)


@area.post("/accounts/v1/{id}/remove")
async def remove(call: Call) -> Response:
    """Forget an account without touching its source."""
    account = _account(call)
    call.tenant.state.accounts.remove(account.id)
    call.tenant.journal.write(
        "ACCOUNT_REMOVE_PASSED", account.name, actor=call.caller.name, attributes={"accountName": account.native}
    )
    if account.identity_id:
        call.tenant.processing.queue(account.identity_id, "finished_to_refreshed")
    return answer({"type": "TASK_RESULT", "id": call.tenant.ids.hex32("task"), "name": None}, 202)


@area.get("/accounts/v1/{id}/entitlements")
async def account_entitlements(call: Call) -> Response:
    """What an account holds."""
    account = _account(call)
    rights = (call.look.right(account.source_id, value) for value in account.entitlements)
    return page(
        call,
        Collection(),
        None,
        lambda row: entitlement_body(call.look, row),
        rows=(r for r in rights if r is not None),
    )


def _entitlement(call: Call) -> Entitlement:
    right = call.tenant.state.entitlements.get(call.path("id"))
    if right is None:
        raise NotFound
    return right


@area.get("/entitlements/v1")
async def list_entitlements(call: Call) -> Response:
    """Entitlements of all sources."""
    table = call.tenant.state.entitlements
    return page(call, ENTITLEMENTS, table, lambda row: entitlement_body(call.look, row), total=lambda: len(table))


@area.get("/entitlements/v1/{id}")
async def get_entitlement(call: Call) -> Response:
    """One entitlement."""
    return answer(entitlement_body(call.look, _entitlement(call)))


@area.patch("/entitlements/v1/{id}")
async def patch_entitlement(call: Call) -> Response:
    """Change what governance adds to an entitlement."""
    right = _entitlement(call)
    mutable = ("description", "displayName", "requestable", "owner", "segments", "privileged", "privilegeLevel", "name")
    after = patched(entitlement_body(call.look, right), await call.json(), mutable)
    kept = {name: after[name] for name in mutable if name in after and name != "name"}
    right = replace(right, name=after["name"], body=right.body.merged(kept), modified=call.tenant.now())
    return answer(entitlement_body(call.look, call.tenant.state.entitlements.put(right)))
