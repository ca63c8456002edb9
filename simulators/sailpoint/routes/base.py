"""What every route shares: who calls, what the call may do, its body, and the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulators.sailpoint.domain.errors import (
    BadContent,
    ExperimentalOnly,
    Forbidden,
    IllegalValue,
    Refusal,
    UnsupportedMedia,
)
from simulators.sailpoint.routes.operations import Operation, operation
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.wire.bodies import T, decoded, read
from simulators.sailpoint.wire.errors import RATE_LIMITED, error_body, row_of, unauthorized
from simulators.sailpoint.wire.tokens import verified
from simulators.switchboard import Placed

try:
    import orjson

    def dumped(body: Any) -> bytes:
        """JSON as bytes; numbers that the fast package refuses are written by the slow one."""
        try:
            return bytes(orjson.dumps(body, default=_plain))
        except TypeError:
            return json.dumps(body, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()
except ImportError:  # pragma: no cover - the fast package is optional

    def dumped(body: Any) -> bytes:
        """JSON as bytes."""
        return json.dumps(body, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


ALL = "sp:scopes:all"
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_MOST_NUMBER = 2**31 - 1
# A body of JSON; files have no such bound. Ours: the vendor names none.
_MOST_BYTES = 10 * 2**20
_BODIES = ("application/json",)
_PATCHES = ("application/json-patch+json", "application/json")
_FLAGS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
    "": False,
}
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# Who calls an operation that asks for no token.
NOBODY = Caller("", "", frozenset(), "")
# Where a request keeps the yearly version of the path it came by; absent for the paths of today.
VERSION = "sailpoint.version"


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
        """A boolean query parameter. Raises BadContent for anything else."""
        word = self.query(name, "false").lower()
        if word not in _FLAGS:
            raise BadContent(f'The parameter "{name}" must be true or false.')
        return _FLAGS[word]

    def number(self, name: str, default: int, least: int, most: int | None) -> int:
        """A whole number out of the query. Raises BadContent outside its range."""
        text = self.query(name)
        if not text:
            return default
        if _WHOLE.fullmatch(text) is None or abs(int(text)) > _MOST_NUMBER:
            raise BadContent(f'The parameter "{name}" must be a whole number.')
        value = int(text)
        if value < least or (most is not None and value > most):
            raise BadContent(
                f'The parameter "{name}" must be between {least} and {most}.'
                if most is not None
                else f'The parameter "{name}" must be at least {least}.'
            )
        return value

    @property
    def version(self) -> str:
        """The yearly version of the path it came by: v3, v2024, v2025, v2026 or beta; empty for today's paths."""
        return str(self.request.scope.get(VERSION, ""))

    @cached_property
    def look(self) -> Any:
        """Neighbours of records, for shapes."""
        return self.tenant.look

    async def json(self) -> Any:
        """The JSON body. Raises BadContent when it is none, UnsupportedMedia when it says that it is something else."""
        return decoded(await self._text())

    async def model(self, kind: type[T]) -> T:
        """The body read into a model, or any type that pydantic knows.

        Raises BadContent, IllegalValue, UnsupportedMedia.
        """
        return read(kind, await self._text())

    async def _text(self) -> bytes:
        text = await self.request.body()
        if len(text) > _MOST_BYTES:
            raise HTTPException(413)
        media = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if text and media and media not in (_PATCHES if self.request.method == "PATCH" else _BODIES):
            raise UnsupportedMedia
        return text

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


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer. Headers go out as they are spelt here: some clients look for them in that spelling only."""
    return _headed(Response(dumped(body), status, None, "application/json"), headers)


def empty(status: int = 204, headers: Mapping[str, str] | None = None) -> Response:
    """An answer without a body."""
    return _headed(Response(None, status), headers)


def _headed(response: Response, headers: Mapping[str, str] | None) -> Response:
    if headers:
        response.raw_headers.extend(
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        )
    return response


def refused(request: Request, tenant: SailPointTenant, refusal: Refusal) -> Response:
    """A refusal as the vendor words it."""
    row = row_of(refusal)
    locale = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return answer(
        error_body(row, refusal.text, tenant.ids.hex32("tracking-id"), "" if locale in ("", "*") else locale),
        row.status,
    )


class Area:
    """Collects the routes of one area; what an operation demands of its caller stands in `operations.csv`."""

    def __init__(self) -> None:
        self.routes: list[Placed] = []

    def on(self, method: str, path: str, *, like: Operation | None = None) -> Callable[[Handler], Handler]:
        """Register a handler for one operation; `like` is the row of an operation that has none of its own.

        Raises LookupError for an operation without a row.
        """
        row = like or operation(method, path)

        def register(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                version = request.scope.get(VERSION, "")
                if version and version not in row.twins:
                    raise HTTPException(404)
                tenant = tenant_of(request)
                caller, problem = (NOBODY, "") if row.open else caller_of(request, tenant)
                if caller is None:
                    return answer(unauthorized(problem), 401)
                if not row.open and (wait := tenant.limits.wait(caller.client_id, version or "v1")):
                    return answer(RATE_LIMITED, 429, {"Retry-After": str(wait)})
                try:
                    _admitted(request, caller, row)
                    _readable(request)
                    response = await handler(Call(request, tenant, caller))
                except Refusal as refusal:
                    response = refused(request, tenant, refusal)
                if row.deprecated:
                    _headed(response, {"X-Deprecated": "true"})
                return response

            endpoint.__name__ = handler.__name__
            self.routes.append(Placed(path, endpoint, ("GET", "HEAD") if method == "GET" else (method,)))
            return handler

        return register

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """Register a GET."""
        return self.on("GET", path)

    def post(self, path: str) -> Callable[[Handler], Handler]:
        """Register a POST."""
        return self.on("POST", path)

    def put(self, path: str) -> Callable[[Handler], Handler]:
        """Register a PUT."""
        return self.on("PUT", path)

    def patch(self, path: str) -> Callable[[Handler], Handler]:
        """Register a PATCH."""
        return self.on("PATCH", path)

    def delete(self, path: str) -> Callable[[Handler], Handler]:
        """Register a DELETE."""
        return self.on("DELETE", path)


def _admitted(request: Request, caller: Caller, row: Operation) -> None:
    """Refuse who may not call: effective right is the token's scopes, met with the levels of the person behind it.

    An API client has no levels; its scopes alone decide (SailPoint, authorization). Raises Forbidden, ExperimentalOnly.
    """
    if row.experimental and request.headers.get("x-sailpoint-experimental", "").lower() != "true":
        raise ExperimentalOnly
    if row.user and not caller.identity_id:
        raise Forbidden
    if row.scopes and ALL not in caller.scopes and not caller.scopes & row.scopes:
        raise Forbidden
    if row.levels and caller.identity_id and not caller.levels & row.levels:
        raise Forbidden


def _readable(request: Request) -> None:
    """Refuse a query string in which a percent sign escapes nothing, or something that is not UTF-8.

    `#`, `%` and `&` of a filter have to be escaped (SailPoint, standard collection parameters). Raises BadContent.
    """
    query: bytes = request.scope.get("query_string", b"")
    if b"%" not in query:
        return
    try:
        if _BAD_ESCAPE.search(query):
            raise ValueError
        unquote_to_bytes(query).decode()
    except ValueError:
        raise BadContent("The query string is not escaped as it should be.") from None


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
    person, scopes = str(claims.get("identity_id") or ""), frozenset(claims.get("scope") or ())
    caller = tenant.credentials.caller(str(claims["client_id"]), person, scopes)
    return caller, "JWT validation failed: the client is unknown"
