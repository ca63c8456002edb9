"""SCIM 2.0 applications as sources: accounts with entitlements, closed by `active: false`, never deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from simulators.sailpoint.connectors.calls import Again, Denied, Wait, document, send
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account, Operation
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.outcomes import Found, Outcome, Page, Right

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
PAGE = 100
# Account attributes and where SCIM keeps them.
PLACES: Mapping[str, tuple[str, ...]] = {
    "userName": ("userName",),
    "externalId": ("externalId",),
    "displayName": ("displayName",),
    "givenName": ("name", "givenName"),
    "familyName": ("name", "familyName"),
}


class ScimConnector:
    """Speaks to the service provider named by the source's connector attributes."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self._changes: dict[str, Callable[[Operation], list[dict[str, Any]]]] = {
            "ADD": lambda o: [{"op": "add", "path": "entitlements", "value": [{"value": o.value}]}],
            "REMOVE": lambda o: [{"op": "remove", "path": f'entitlements[value eq "{o.value}"]'}],
            "DISABLE": lambda o: [{"op": "replace", "path": "active", "value": False}],
            "ENABLE": lambda o: [{"op": "replace", "path": "active", "value": True}],
            "MODIFY": _replacements,
        }

    async def perform(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        """Carry out one operation."""
        try:
            return await self._performed(source, operation, account)
        except Wait as wait:
            return Outcome("wait", str(wait), until=wait.until)
        except Again as again:
            return Outcome("retry", str(again))
        except Denied as denied:
            return Outcome("failed", str(denied))

    async def _performed(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        if operation.kind == "CREATE":
            body = document(await self._call(source, "POST", "/Users", json=new_user(operation.values)))
            if "id" not in body:
                raise Again("POST /Users: the answer names no account")
            found = _found(body)
            return Outcome(
                "done",
                native=found.native,
                name=found.name,
                attributes=Values(found.attributes),
                disabled=found.disabled,
            )
        path = f"/Users/{quote(account.native if account is not None else '')}"
        if operation.kind == "DELETE":
            await self._call(source, "DELETE", path)
            return Outcome("done")
        patch = {"schemas": [PATCH], "Operations": self._changes[operation.kind](operation)}
        await self._call(source, "PATCH", path, json=patch)
        return Outcome("done", disabled={"DISABLE": True, "ENABLE": False}.get(operation.kind))

    async def read(self, source: Source, native: str) -> Page:
        """Read one account."""
        return await self._paged(self._one, source, {"native": native})

    async def scan(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Read the next page of accounts; the protocol knows no changes since, so all of them."""
        return await self._paged(self._many, source, cursor)

    async def entitlements(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """SCIM has no list of entitlements: what accounts hold is what exists."""
        return Page()

    async def _paged(
        self, read: Callable[[Source, Mapping[str, Any]], Awaitable[Page]], source: Source, cursor: Mapping[str, Any]
    ) -> Page:
        try:
            return await read(source, cursor)
        except Wait as wait:
            return Page(until=wait.until)
        except (Again, Denied) as error:
            return Page(error=str(error))

    async def _one(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        native = str(cursor["native"])
        try:
            return Page((_found(document(await self._call(source, "GET", f"/Users/{quote(native)}"))),))
        except Denied as denied:
            if denied.status != 404:
                raise
            return Page((Found(native, native, {}, True, gone=True),))

    async def _many(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        start = int(cursor.get("start", 1))
        body = document(await self._call(source, "GET", f"/Users?{urlencode({'startIndex': start, 'count': PAGE})}"))
        found = tuple(_found(user) for user in body.get("Resources") or ())
        rights = tuple(
            Right(value, value) for value in dict.fromkeys(v for entry in found for v in entry.entitlements or ())
        )
        if found and start + len(found) <= int(body.get("totalResults") or 0):
            return Page(found, rights, cursor={**cursor, "start": start + len(found), "mode": "full"})
        return Page(found, rights, complete=True)

    async def _call(self, source: Source, method: str, path: str, **content: Any) -> httpx.Response:
        base = str(source.settings.get("baseUrl") or "").rstrip("/")
        headers = {"Authorization": f"Bearer {source.settings.get('token', '')}", "Accept": "application/scim+json"}
        if "json" in content:
            headers["Content-Type"] = "application/scim+json"
        answer = await send(self._tenant.client(), self._tenant.now(), method, base + path, headers=headers, **content)
        if answer.status_code == 401:
            raise Denied(f"{method} {path}: HTTP 401, the token is refused", 401)
        return answer


def new_user(values: Mapping[str, Any]) -> dict[str, Any]:
    """The resource that makes an account.

    >>> new_user({"userName": "a", "givenName": "A"})["name"]
    {'givenName': 'A'}
    """
    body: dict[str, Any] = {"schemas": [USER], "active": True}
    for name, value in values.items():
        if value in (None, ""):
            continue
        if name == "email":
            body["emails"] = [{"value": value, "type": "work", "primary": True}]
            continue
        place = PLACES.get(name, (name,))
        home = body
        for part in place[:-1]:
            home = home.setdefault(part, {})
        home[place[-1]] = value
    return body


def _replacements(operation: Operation) -> list[dict[str, Any]]:
    changes = []
    for name, value in operation.values.items():
        if name == "email":
            changes.append(
                {"op": "replace", "path": "emails", "value": [{"value": value, "type": "work", "primary": True}]}
            )
        else:
            changes.append({"op": "replace", "path": ".".join(PLACES.get(name, (name,))), "value": value})
    return changes


def _found(user: Mapping[str, Any]) -> Found:
    attributes: dict[str, Any] = {}
    for name, place in PLACES.items():
        value: Any = user
        for part in place:
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            attributes[name] = value
    emails = user.get("emails") or ()
    if emails:
        attributes["email"] = emails[0].get("value")
    held = tuple(sorted(str(entry.get("value")) for entry in user.get("entitlements") or ()))
    name = str(user.get("userName") or user["id"])
    return Found(str(user["id"]), name, attributes, user.get("active") is False, "", held)
