"""What every route shares: who calls, what the call may do, its body, and the answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.sailpoint.domain.errors import BadContent, ExperimentalOnly, Forbidden, IllegalValue, Refusal
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.wire.errors import error_body, row_of, unauthorized
from simulators.sailpoint.wire.tokens import verified

try:
    import orjson

    def dumped(body: Any) -> bytes:
        """JSON as bytes."""
        return bytes(orjson.dumps(body, default=_plain))
except ImportError:  # pragma: no cover - the fast package is optional

    def dumped(body: Any) -> bytes:
        """JSON as bytes."""
        return json.dumps(body, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


ADMIN = frozenset({"ORG_ADMIN"})
SOURCES = frozenset({"ORG_ADMIN", "SOURCE_ADMIN", "SOURCE_SUBADMIN"})
READERS = frozenset({"ORG_ADMIN", "SOURCE_ADMIN", "SOURCE_SUBADMIN", "HELPDESK"})
ROLES = frozenset({"ORG_ADMIN", "ROLE_ADMIN", "ROLE_SUBADMIN"})
ACCESS = ROLES | SOURCES
SEARCHERS = frozenset(
    {"ORG_ADMIN", "CERT_ADMIN", "REPORT_ADMIN", "SOURCE_ADMIN", "SOURCE_SUBADMIN", "ROLE_ADMIN", "ROLE_SUBADMIN"}
)
TASKS = SEARCHERS | {"HELPDESK"}
ALL = "sp:scopes:all"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | frozenset | set):
        return list(value)
    return dict(value)


@dataclass(frozen=True)
class Call:
    """One request with its tenant and caller."""

    request: Request
    tenant: SailPointTenant
    caller: Caller

    def path(self, name: str) -> str:
        """A path parameter."""
        return str(self.request.path_params[name])

    def query(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.query_params.get(name, default)

    def flag(self, name: str) -> bool:
        """A boolean query parameter."""
        return self.query(name).lower() == "true"

    def number(self, name: str, default: int, least: int, most: int | None) -> int:
        """A whole number out of the query. Raises BadContent outside its range."""
        text = self.query(name)
        if not text:
            return default
        try:
            value = int(text)
        except ValueError as error:
            raise BadContent(f'The parameter "{name}" must be a whole number.') from error
        if value < least or (most is not None and value > most):
            raise BadContent(
                f'The parameter "{name}" must be between {least} and {most}.'
                if most is not None
                else f'The parameter "{name}" must be at least {least}.'
            )
        return value

    @cached_property
    def look(self) -> Any:
        """Neighbours of records, for shapes."""
        return self.tenant.look

    async def json(self) -> Any:
        """The JSON body. Raises BadContent when it is none."""
        try:
            return json.loads(await self.request.body() or b"null")
        except ValueError as error:
            raise BadContent("The request body is not valid JSON.") from error

    async def object(self, *needed: str) -> dict[str, Any]:
        """The JSON object of the body. Raises BadContent, or IllegalValue for a missing property."""
        body = await self.json()
        if not isinstance(body, dict):
            raise BadContent("The request body must be a JSON object.")
        for name in needed:
            if body.get(name) in (None, "", []):
                raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
        return body


Handler = Callable[[Call], Awaitable[Response]]
CURRENT = "sailpoint_tenant"


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(dumped(body), status, headers, "application/json")


def empty(status: int = 204, headers: dict[str, str] | None = None) -> Response:
    """An answer without a body."""
    return Response(None, status, headers)


def refused(request: Request, tenant: SailPointTenant, refusal: Refusal) -> Response:
    """A refusal as the vendor words it."""
    row = row_of(refusal)
    locale = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return answer(
        error_body(row, refusal.text, tenant.ids.hex32("tracking-id"), "" if locale in ("", "*") else locale),
        row.status,
    )


class Area:
    """Collects the routes of one area. `levels` empty: any level; `user`: a token of a person is needed."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def on(
        self,
        method: str,
        path: str,
        *,
        levels: Iterable[str] = (),
        user: bool = False,
        experimental: bool = False,
        deprecated: bool = False,
        scopes: str = "",
    ) -> Callable[[Handler], Handler]:
        """Register a handler for one operation."""
        allowed, wanted = frozenset(levels), frozenset(scopes.split())

        def register(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                tenant = tenant_of(request)
                caller, problem = caller_of(request, tenant)
                if caller is None:
                    return answer(unauthorized(problem), 401)
                try:
                    _admitted(request, caller, allowed, wanted, user, experimental)
                    response = await handler(Call(request, tenant, caller))
                except Refusal as refusal:
                    response = refused(request, tenant, refusal)
                if deprecated:
                    response.headers["X-Deprecated"] = "true"
                return response

            endpoint.__name__ = handler.__name__
            self.routes.append(Route(path, endpoint, methods=[method]))
            return handler

        return register

    def get(self, path: str, **rights: Any) -> Callable[[Handler], Handler]:
        """Register a GET."""
        return self.on("GET", path, **rights)

    def post(self, path: str, **rights: Any) -> Callable[[Handler], Handler]:
        """Register a POST."""
        return self.on("POST", path, **rights)

    def put(self, path: str, **rights: Any) -> Callable[[Handler], Handler]:
        """Register a PUT."""
        return self.on("PUT", path, **rights)

    def patch(self, path: str, **rights: Any) -> Callable[[Handler], Handler]:
        """Register a PATCH."""
        return self.on("PATCH", path, **rights)

    def delete(self, path: str, **rights: Any) -> Callable[[Handler], Handler]:
        """Register a DELETE."""
        return self.on("DELETE", path, **rights)


def _admitted(
    request: Request, caller: Caller, allowed: frozenset[str], wanted: frozenset[str], user: bool, experimental: bool
) -> None:
    if experimental and request.headers.get("x-sailpoint-experimental", "").lower() != "true":
        raise ExperimentalOnly
    if user and not caller.identity_id:
        raise Forbidden
    if ALL not in caller.scopes and not caller.scopes & wanted:
        raise Forbidden
    if allowed and not caller.levels & allowed:
        raise Forbidden


def tenant_of(request: Request) -> SailPointTenant:
    """The tenant behind the application now."""
    tenant: SailPointTenant = getattr(request.app.state, CURRENT)()
    return tenant


def caller_of(request: Request, tenant: SailPointTenant) -> tuple[Caller | None, str]:
    """Who holds the bearer token, else why it is refused."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None, "JWT is required"
    claims, problem = verified(token.strip(), tenant.state.signing_key, tenant.now())
    if claims is None:
        return None, problem
    caller = tenant.credentials.caller(str(claims["client_id"]))
    return caller, "JWT validation failed: the client is unknown"
