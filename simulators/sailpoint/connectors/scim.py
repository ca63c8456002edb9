"""SCIM 2.0 applications as sources: accounts with entitlements, closed by `active: false`, deleted where asked.

Changes go out as PATCH; attributes a source names in `putAttributes` as a PUT of the whole resource, for service
providers that cannot patch them (SailPoint help, SCIM 2.0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from simulators.kernel.queries import query_string
from simulators.sailpoint.connectors.calls import Again, Denied, document, outcome_of, page_of, send
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.provisioning import PSEUDO
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
        """Carry out one operation; an account the service provider does not know any more is told as gone."""
        return await outcome_of(self._performed(source, operation, account))

    async def _performed(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        if operation.kind == "CREATE":
            return await self._created(source, operation)
        if operation.kind != "DELETE" and operation.kind not in self._changes:
            return Outcome("failed", f"The connector does not know the operation {operation.kind}.")
        path = f"/Users/{quote(account.native if account is not None else '', safe='')}"
        try:
            return await self._changed(source, operation, path)
        except Denied as denied:
            if denied.status == 404 and account is not None:
                return Outcome("gone", str(denied))
            raise

    async def _created(self, source: Source, operation: Operation) -> Outcome:
        body = document(await self._call(source, "POST", "/Users", json=new_user(operation.values)))
        if "id" not in body:
            raise Again("POST /Users: the answer names no account")
        found = _found(body)
        attributes = Values(found.attributes)
        return Outcome("done", native=found.native, name=found.name, attributes=attributes, disabled=found.disabled)

    async def _changed(self, source: Source, operation: Operation, path: str) -> Outcome:
        if operation.kind == "DELETE":
            await self._call(source, "DELETE", path)
            return Outcome("done")
        whole = _listed(source.settings.get("putAttributes"))
        names = {"DISABLE": {"active"}, "ENABLE": {"active"}}.get(operation.kind, set(operation.values))
        if operation.kind in ("MODIFY", "DISABLE", "ENABLE") and whole & names:
            user = document(await self._call(source, "GET", path))
            await self._call(source, "PUT", path, json=_replaced(user, operation))
        else:
            patch = {"schemas": [PATCH], "Operations": self._changes[operation.kind](operation)}
            await self._call(source, "PATCH", path, json=patch)
        name = str(operation.values.get("userName") or "") if operation.kind == "MODIFY" else ""
        return Outcome("done", name=name, disabled={"DISABLE": True, "ENABLE": False}.get(operation.kind))

    async def check(self, source: Source) -> str:
        """Ask the service provider for one account, as testing the connection does."""
        return (await page_of(self._tried(source))).error

    async def _tried(self, source: Source) -> Page:
        found = document(await self._call(source, "GET", f"/Users?{query_string({'startIndex': 1, 'count': 1})}"))
        return Page() if "totalResults" in found else Page(error="The answer is no list of accounts.")

    async def read(self, source: Source, native: str) -> Page:
        """Read one account."""
        return await page_of(self._one(source, native))

    async def scan(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Read the next page of accounts; the protocol knows no changes since, so all of them."""
        return await page_of(self._many(source, cursor))

    async def entitlements(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """SCIM has no list of entitlements: what accounts hold is what exists."""
        return Page()

    async def _one(self, source: Source, native: str) -> Page:
        try:
            return Page((_found(document(await self._call(source, "GET", f"/Users/{quote(native, safe='')}"))),))
        except Denied as denied:
            if denied.status != 404:
                raise
            return Page((Found(native, native, {}, True, gone=True),))

    async def _many(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        start = int(cursor.get("start", 1))
        query: dict[str, Any] = {"startIndex": start, "count": PAGE}
        if wanted := source.settings.get("accountFilter"):
            query["filter"] = wanted
        body = document(await self._call(source, "GET", f"/Users?{query_string(query)}"))
        found = tuple(_found(user) for user in body.get("Resources") or ())
        rights = tuple(
            Right(value, value) for value in dict.fromkeys(v for entry in found for v in entry.entitlements or ())
        )
        if found and start + len(found) <= int(body.get("totalResults") or 0):
            return Page(found, rights, cursor={**cursor, "start": start + len(found), "mode": "full"})
        return Page(found, rights, complete=True)

    async def _call(self, source: Source, method: str, path: str, **content: Any) -> httpx.Response:
        base = str(source.settings.get("baseUrl") or "").rstrip("/")
        if not base:
            raise Denied(f"{method} {path}: the source has no baseUrl", 0)
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
        if value in (None, "") or (name in PSEUDO and name != "password"):
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


def _listed(names: Any) -> set[str]:
    """Names of a connector attribute that is a list, or text with commas."""
    words = names if isinstance(names, list | tuple) else str(names or "").split(",")
    return {str(word).strip() for word in words if str(word).strip()}


def _replaced(user: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """The whole resource with an operation's changes, for a PUT."""
    body = {name: value for name, value in user.items() if name not in ("meta",)}
    if operation.kind in ("DISABLE", "ENABLE"):
        return {**body, "active": operation.kind == "ENABLE"}
    changes = new_user(operation.values)
    names = {**(body.get("name") or {}), **changes.pop("name", {})}
    return {**body, **changes, "active": body.get("active", True), **({"name": names} if names else {})}


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
