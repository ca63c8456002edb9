"""`/accounts`: what people have on sources."""

from __future__ import annotations

from operator import attrgetter

from starlette.responses import Response

from simulators.sailpoint.domain.errors import Forbidden, IllegalValue, NotFound
from simulators.sailpoint.domain.records import Account
from simulators.sailpoint.routes.base import ALL, Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, Collection, collection, lower, page
from simulators.sailpoint.routes.walks import same
from simulators.sailpoint.wire.account_requests import AccountChange, NewAccount, Toggle, Unlock
from simulators.sailpoint.wire.accounts import account_body
from simulators.sailpoint.wire.entitlements import bundled_body
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.shapes import when
from simulators.sailpoint.wire.tasks import task_result

area = Area()

ACCOUNTS = collection(
    "GET",
    "/accounts/v1",
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
    own={
        "created": lambda row: when(row.created),
        "modified": lambda row: when(row.modified),
        "origin": attrgetter("origin"),
        "manuallyCorrelated": attrgetter("manual"),
    },
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


@area.post("/accounts/v1")
async def create_account(call: Call) -> Response:
    """Write an account into the tenant, not to its source; one that exists is changed."""
    attributes = (await call.model(NewAccount)).attributes
    values = {"sourceId": attributes.source_id, **(attributes.model_extra or {})}
    return answer({"id": call.tenant.accounts.create(values, call.caller.name).id}, 202)


@area.put("/accounts/v1/{id}")
async def put_account(call: Call) -> Response:
    """Replace the attributes of a file's account."""
    account, body = _account(call), await call.model(AccountChange)
    return answer({"id": call.tenant.accounts.put(account, body.attributes, call.caller.name).id}, 202)


@area.patch("/accounts/v1/{id}")
async def patch_account(call: Call) -> Response:
    """Correlate an account by hand, or change attributes of a file's account."""
    account, steps = _account(call), await call.json()
    before = {
        "identityId": account.identity_id or None,
        "manuallyCorrelated": account.manual,
        "attributes": dict(account.attributes),
    }
    after = patched(before, steps, tuple(before))
    owner, manual, attributes = (after.get(name) for name in before)
    for name, value, kind in (("identityId", owner, str), ("manuallyCorrelated", manual, bool)):
        if value is not None and not isinstance(value, kind):
            raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    if not isinstance(attributes, dict):
        raise IllegalValue('Value of "attributes" is empty or contains invalid data.')
    named = any(str(step.get("path")).startswith("/manuallyCorrelated") for step in steps)
    call.tenant.accounts.change(
        account,
        owner=owner or "",
        manual=bool(manual) if named else None,
        attributes=attributes if attributes != before["attributes"] else None,
        actor=call.caller.name,
    )
    return answer({}, 202)


@area.delete("/accounts/v1/{id}")
async def delete_account(call: Call) -> Response:
    """Forget an account of a file."""
    task = call.tenant.accounts.remove(_account(call), call.caller.name, files_only=True)
    return answer({"id": task.id}, 202)


def _toggled(call: Call, account: Account, kind: str, force: bool | None) -> Response:
    caller = call.caller
    made = call.tenant.accounts.toggle(account, kind, caller.identity_id, caller.name, force=bool(force))
    return answer({"id": made.id}, 202)


@area.post("/accounts/v1/{id}/enable")
async def enable(call: Call) -> Response:
    """Enable an account at its source."""
    account, body = _account(call), await call.model(Toggle)
    return _toggled(call, account, "ENABLE", body.force_provisioning)


@area.post("/accounts/v1/{id}/disable")
async def disable(call: Call) -> Response:
    """Disable an account at its source."""
    account, body = _account(call), await call.model(Toggle)
    return _toggled(call, account, "DISABLE", body.force_provisioning)


@area.post("/accounts/v1/{id}/unlock")
async def unlock(call: Call) -> Response:
    """Let the owner of an account in again; to force it takes the scope to provision."""
    account, body = _account(call), await call.model(Unlock)
    if body.force_provisioning and not call.caller.scopes & {ALL, "idn:accounts-provisioning:manage"}:
        raise Forbidden
    return _toggled(call, account, "UNLOCK", body.force_provisioning)


@area.post("/accounts/v1/{id}/reload")
async def reload(call: Call) -> Response:
    """Read an account again from its source."""
    return answer({"id": call.tenant.aggregation.reload(_account(call), call.caller.name)}, 202)


@area.post("/accounts/v1/{id}/remove")
async def remove(call: Call) -> Response:
    """Forget an account without touching its source."""
    return answer(task_result(call.tenant.accounts.remove(_account(call), call.caller.name, files_only=False)), 202)


@area.get("/accounts/v1/{id}/entitlements")
async def account_entitlements(call: Call) -> Response:
    """What an account holds."""
    account = _account(call)
    rights = (call.look.right(account.source_id, value) for value in account.entitlements)
    return page(
        call,
        Collection(),
        None,
        lambda row: bundled_body(call.look, row),
        rows=(r for r in rights if r is not None),
    )
