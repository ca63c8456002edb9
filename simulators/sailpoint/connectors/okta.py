"""Okta as a source: reads and provisions an org as a service app, with the org's own API.

https://documentation.sailpoint.com/connectors/okta/help/integrating_okta/intro.html
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from simulators.kernel.queries import query_string
from simulators.kernel.times import iso, parse_instant
from simulators.sailpoint.connectors.calls import Again, Denied, document, outcome_of, page_of, send
from simulators.sailpoint.connectors.okta_pages import DISABLED, OktaPages, found_user
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.provisioning import PSEUDO
from simulators.sailpoint.domain.records import Account, Operation
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.outcomes import Found, Outcome, Page

SCOPES = "okta.users.manage okta.groups.manage okta.apps.read okta.logs.read"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# What a lifecycle call leads to.
LEADS_TO = {"deactivate": "DEPROVISIONED", "suspend": "SUSPENDED"}
# How an account is opened, by its status; any other status is open already.
OPENS = {"STAGED": "activate?sendEmail=true", "DEPROVISIONED": "activate?sendEmail=true", "SUSPENDED": "unsuspend"}


@lru_cache(maxsize=32)
def _key(jwk: str) -> RSAKey:
    return RSAKey.import_key(json.loads(jwk))


@lru_cache(maxsize=1024)
def _signed(jwk: str, header: str, claims: str) -> str:
    """An assertion; estates that start from one snapshot ask for the same ones."""
    return jwt.encode(json.loads(header), json.loads(claims), _key(jwk), algorithms=["RS256"])


class OktaConnector:
    """Speaks to the org named by the source's connector attributes."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self._pages = OktaPages(tenant, self.call)
        self._kinds: dict[str, Callable[[Source, Operation, Account | None], Awaitable[Outcome]]] = {
            "CREATE": self._create,
            "MODIFY": self._modify,
            "ADD": self._add,
            "REMOVE": self._remove,
            "DISABLE": self._disable,
            "ENABLE": self._enable,
            "DELETE": self._delete,
            "UNLOCK": self._unlock,
        }

    async def perform(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        """Carry out one operation; an account the org does not know any more is told as gone."""
        return await outcome_of(self._performed(source, operation, account))

    async def _performed(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        kind = self._kinds.get(operation.kind)
        if kind is None:
            return Outcome("failed", f"The connector does not know the operation {operation.kind}.")
        try:
            return await kind(source, operation, account)
        except Denied as denied:
            if denied.status == 404 and account is not None and await self._missing(source, account):
                return Outcome("gone", str(denied))
            raise

    async def _missing(self, source: Source, account: Account) -> bool:
        try:
            await self.call(source, "GET", self._path(account))
        except Denied as denied:
            return denied.status == 404
        return False

    async def check(self, source: Source) -> str:
        """Read one user, as testing the connection does."""
        return (await page_of(self._tried(source))).error

    async def _tried(self, source: Source) -> Page:
        found = document(await self.call(source, "GET", "/api/v1/users?limit=1"))
        return Page() if isinstance(found, list) else Page(error="The answer lists no users.")

    async def read(self, source: Source, native: str) -> Page:
        """Read one account."""
        return await page_of(self._one(source, native))

    async def _one(self, source: Source, native: str) -> Page:
        try:
            user = document(await self.call(source, "GET", f"/api/v1/users/{quote(native, safe='')}"))
        except Denied as denied:
            if denied.status != 404:
                raise
            return Page((Found(native, native, {}, True, gone=True),))
        groups = document(await self.call(source, "GET", f"/api/v1/users/{quote(native, safe='')}/groups"))
        known = tuple(group["id"] for group in groups if self._pages.governs(source, group))
        return Page((found_user(self._tenant, source, user, known),))

    async def scan(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Read the next page of an aggregation, full or since the last one."""
        return await page_of(self._pages.accounts(source, cursor))

    async def entitlements(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Read the next page of groups."""
        return await page_of(self._pages.groups(source, cursor))

    async def call(self, source: Source, method: str, path: str, **content: Any) -> httpx.Response:
        """Call the org; an access token that is no longer accepted is fetched anew once."""
        base = str(source.settings.get("baseUrl") or "").rstrip("/")
        if not base:
            raise Denied(f"{method} {path}: the source has no baseUrl", 0)
        for attempt in (1, 2):
            credential = await self._credential(source, base, fresh=attempt == 2)
            headers = {"Authorization": credential, "Accept": "application/json"}
            answer = await send(
                self._tenant.client(), self._tenant.now(), method, base + path, headers=headers, **content
            )
            if answer.status_code != 401:
                return answer
        raise Denied(f"{method} {path}: HTTP 401, the access token is refused", 401)

    async def _credential(self, source: Source, base: str, *, fresh: bool) -> str:
        """An API token of an administrator where the source has one, else an access token of its service app."""
        if api_token := source.settings.get("apiToken"):
            return f"SSWS {api_token}"
        return f"Bearer {await self._token(source, base, fresh=fresh)}"

    async def _token(self, source: Source, base: str, *, fresh: bool) -> str:
        tokens, now = self._tenant.state.tokens, self._tenant.now()
        held = tokens.get(source.id)
        if held is not None and not fresh and held[2] == base and parse_instant(held[1]) > now + timedelta(seconds=60):
            return str(held[0])
        audience = f"{base}/oauth2/v1/token"
        form = {
            "grant_type": "client_credentials",
            "scope": str(source.settings.get("scopes") or SCOPES),
            "client_assertion_type": ASSERTION,
            "client_assertion": self._assertion(source, audience, now),
        }
        answer = await send(
            self._tenant.client(), now, "POST", audience, headers={"Accept": "application/json"}, data=form
        )
        body = document(answer)
        if not isinstance(body, dict) or "access_token" not in body:
            raise (Denied if answer.status_code == 401 else Again)(*self._no_token(answer))
        until = now + timedelta(seconds=int(body.get("expires_in") or 3600))
        self._tenant.state.tokens[source.id] = (body["access_token"], iso(until), base)
        return str(body["access_token"])

    def _no_token(self, answer: httpx.Response) -> tuple[Any, ...]:
        text = f"POST /oauth2/v1/token: HTTP {answer.status_code}, no access token"
        return (text, 401) if answer.status_code == 401 else (text,)

    def _assertion(self, source: Source, audience: str, now: datetime) -> str:
        client_id, jwk = source.settings.get("clientId"), source.settings.get("privateJwk")
        if not client_id or not isinstance(jwk, Mapping):
            raise Denied("POST /oauth2/v1/token: the source has neither an API token nor a service app's key", 0)
        at = int(now.timestamp())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": at,
            "exp": at + 300,
            "jti": self._tenant.ids.hex32("client-assertion"),
        }
        header = {"alg": "RS256", **({"kid": jwk["kid"]} if "kid" in jwk else {})}
        try:
            return _signed(json.dumps(jwk, sort_keys=True), json.dumps(header), json.dumps(claims))
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise Denied(f"POST /oauth2/v1/token: the key of the service app cannot be used: {error}", 0) from error

    async def _create(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        """Make a user; `activate`, `password` and `provider` say how (SailPoint help, Okta: create account).

        With a password the user is active and has to change it at once; without one the org waits for the user.
        """
        values = operation.values
        body: dict[str, Any] = {"profile": _profile(values)}
        query = {"activate": str(values.get("activate") or "true").lower()}
        credentials: dict[str, Any] = {}
        if password := values.get("password"):
            credentials["password"] = {"value": str(password)}
            if query["activate"] == "true":
                query["nextLogin"] = "changePassword"
        if provider := values.get("provider"):
            credentials["provider"] = {"type": str(provider).upper(), "name": str(provider).upper()}
            query["provider"] = "true"
            query.pop("nextLogin", None)
        if credentials:
            body["credentials"] = credentials
        user = document(await self.call(source, "POST", f"/api/v1/users?{query_string(query)}", json=body))
        if "id" not in user:
            raise Again("POST /api/v1/users: the answer names no user")
        return self._as_seen(source, user)

    def _as_seen(self, source: Source, user: Mapping[str, Any]) -> Outcome:
        found = found_user(self._tenant, source, user, None)
        return Outcome(
            "done",
            native=found.native,
            name=found.name,
            attributes=Values(found.attributes),
            disabled=found.disabled,
            account_status=found.status,
            locked=found.locked,
        )

    async def _modify(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        body: dict[str, Any] = {"profile": {n: value for n, value in operation.values.items() if n not in PSEUDO}}
        if password := operation.values.get("password"):
            body["credentials"] = {"password": {"value": str(password)}}
        user = document(await self.call(source, "POST", self._path(account), json=body))
        login = (user.get("profile") or {}).get("login", "") if isinstance(user, dict) else ""
        return Outcome("done", name=login)

    def _path(self, account: Account | None) -> str:
        return f"/api/v1/users/{quote(account.native)}" if account is not None else ""

    async def _add(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        await self.call(
            source, "PUT", f"/api/v1/groups/{quote(operation.value)}/users/{quote(account.native if account else '')}"
        )
        return Outcome("done")

    async def _remove(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        native = account.native if account is not None else ""
        try:
            await self.call(source, "DELETE", f"/api/v1/groups/{quote(operation.value)}/users/{quote(native)}")
        except Denied as denied:
            if denied.status != 404:
                raise
        return Outcome("done")

    async def _status(self, source: Source, account: Account | None) -> str:
        user = document(await self.call(source, "GET", self._path(account)))
        return str(user.get("status")) if isinstance(user, dict) else ""

    async def _disable(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        verb = str(source.settings.get("disableOperation") or "deactivate")
        try:
            await self.call(source, "POST", f"{self._path(account)}/lifecycle/{verb}")
        except Denied as denied:
            # An org answers 404 for somebody who is deactivated already.
            if denied.status != 404 or await self._status(source, account) != "DEPROVISIONED":
                raise
        return Outcome("done", disabled=True, account_status=LEADS_TO.get(verb, "DEPROVISIONED"))

    async def _enable(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        status = await self._status(source, account)
        if (verb := OPENS.get(status)) is not None:
            await self.call(source, "POST", f"{self._path(account)}/lifecycle/{verb}")
            status = await self._status(source, account)
        return Outcome("done", disabled=status in DISABLED, account_status=status)

    async def _unlock(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        """Let somebody in again who is locked out; nobody else needs it."""
        status = await self._status(source, account)
        if status == "LOCKED_OUT":
            await self.call(source, "POST", f"{self._path(account)}/lifecycle/unlock")
            status = await self._status(source, account)
        return Outcome("done", account_status=status, locked=status == "LOCKED_OUT")

    async def _delete(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        """Deactivate, then delete: the org wants the call twice unless the account is deactivated."""
        if await self._status(source, account) != "DEPROVISIONED":
            await self.call(source, "DELETE", self._path(account))
        await self.call(source, "DELETE", self._path(account))
        return Outcome("done")


def _profile(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "") and name not in PSEUDO}
