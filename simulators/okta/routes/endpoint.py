"""What every request passes: authentication, rate limits, rights, the handler, headers, errors."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from simulators.okta.domain.errors import (
    AccessTokenRefused,
    InternalError,
    InvalidSession,
    InvalidToken,
    Refusal,
    TooManyRequests,
)
from simulators.okta.domain.log import Cause, Party, RequestMark
from simulators.okta.routes.bearer import presented_token
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.edge import body_of, came_through, counted, located
from simulators.okta.tenant import OktaOrg
from simulators.okta.tenant.access import NOBODY, Caller
from simulators.okta.tenant.journal import user_party
from simulators.okta.tenant.limits import Standing
from simulators.okta.wire.bodies import dump
from simulators.okta.wire.errors import error_answer
from simulators.switchboard import Placed

Handler = Callable[[Call], Awaitable[Answer]]
_log = logging.getLogger(__name__)

ADMIN, SELF, OPEN = "admin", "self", "open"
_NOBODY = Party("unknown", "User", "unknown", "unknown")
_FIXED = (
    (b"cache-control", b"no-cache, no-store"),
    (b"pragma", b"no-cache"),
    (b"expires", b"0"),
    (b"strict-transport-security", b"max-age=315360000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Accept-Encoding"),
    (b"p3p", b'CP="HONK"'),
)


@dataclass(frozen=True)
class Endpoint:
    """A path, its methods' handlers, and who may call: a scope for tokens, a right for administrators.

    `audience` ADMIN takes API and access tokens, SELF also a signed-in person's cookie, OPEN anybody.
    """

    method: str
    path: str
    handler: Handler
    scope: str | None
    right: str | None
    audience: str


class Endpoints:
    """Collects the endpoints of one file."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.listed: list[Endpoint] = []

    def on(
        self, method: str, path: str, scope: str | None = None, right: str | None = None, audience: str = ADMIN
    ) -> Callable[[Handler], Handler]:
        """Declare a handler."""

        def declare(handler: Handler) -> Handler:
            self.listed.append(Endpoint(method, self.prefix + path, handler, scope, right, audience))
            return handler

        return declare

    def routes(self) -> list[Placed]:
        """One route per path, in order of declaration; none has HEAD, which the vendor does not serve."""
        by_path: dict[str, dict[str, Endpoint]] = {}
        for endpoint in self.listed:
            by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
        return [_route(path, methods) for path, methods in by_path.items()]


def _route(path: str, methods: dict[str, Endpoint]) -> Placed:
    async def serve(request: Request) -> Response:
        return await _serve(request, methods[request.method], request.app.state.current())

    return Placed(path, serve, methods)


async def _serve(request: Request, endpoint: Endpoint, org: OktaOrg) -> Response:
    org.limits.in_flight += 1
    try:
        return await _answer(request, endpoint, org)
    finally:
        org.limits.in_flight -= 1


async def _answer(request: Request, endpoint: Endpoint, org: OktaOrg) -> Response:
    raw, refusal = b"", None
    try:
        raw = await body_of(request)
    except Refusal as refused:
        refusal = refused
    mark = mark_of(request, org)
    caller = NOBODY
    try:
        caller = _caller(request, org, endpoint)
    except Refusal as refused:
        refusal = refusal or refused
    mark = came_through(mark, caller, request.headers)
    if org.state.placed_zones:
        mark, blocked = located(mark, org)
        refusal = blocked or refusal
    standing = counted(request, org, caller, mark)
    try:
        if standing is not None and standing.crossed:
            org.limits.report(standing, _cause(org, caller, mark))
        if standing is not None and standing.refused:
            raise TooManyRequests()
        if refusal is not None:
            raise refusal
        _admit(org, caller, endpoint, mark.path)
        if endpoint.method != "GET" and endpoint.right is not None and caller.kind != "session":
            _demand_reach(org, caller, endpoint.right, request.path_params)
        call = Call(
            org, caller, _cause(org, caller, mark), request.method, mark.path.rstrip("/"), request.path_params,
            dict(parse_qsl(mark.query, keep_blank_values=True)), request.headers, request.cookies, raw,
        )  # fmt: skip
        return respond(await endpoint.handler(call), mark, standing)
    except Refusal as refused:
        return refuse(refused, org, mark, standing)
    except Exception:  # noqa: BLE001 - whatever goes wrong here, the caller sees the vendor's own 500
        _log.exception("%s %s failed", request.method, mark.path)
        return refuse(InternalError(), org, mark, standing)


def mark_of(request: Request, org: OktaOrg) -> RequestMark:
    """What the log keeps of a request; its id is new."""
    return RequestMark(
        org.state.ids.hex32("request"),
        request.scope["path"],
        request.scope["query_string"].decode("latin-1"),
        request.client.host if request.client else "127.0.0.1",
        request.headers.get("user-agent", ""),
    )


def respond(answer: Answer, mark: RequestMark, standing: Standing | None) -> Response:
    """An answer with the headers that every answer carries."""
    body = answer.body if isinstance(answer.body, bytes) else b"" if answer.body is None else dump(answer.body)
    response = Response(body, answer.status, media_type=answer.media_type if body else None)
    headers = response.raw_headers
    headers.append((b"x-okta-request-id", mark.id.encode()))
    if standing is not None:
        headers.append((b"x-rate-limit-limit", str(standing.limit).encode()))
        headers.append((b"x-rate-limit-remaining", str(standing.remaining).encode()))
        headers.append((b"x-rate-limit-reset", str(standing.reset).encode()))
    headers.extend(_FIXED)
    headers.extend((name.lower().encode(), value.encode()) for name, value in answer.headers)
    headers.append((b"set-cookie", f"JSESSIONID={mark.id.upper()}; Path=/; HttpOnly".encode()))
    return response


def refuse(refusal: Refusal, org: OktaOrg, mark: RequestMark, standing: Standing | None) -> Response:
    """A refusal in the vendor's shape."""
    status, body, headers = error_answer(refusal, mark.id, org.base_url)
    return respond(Answer(status, body, headers), mark, standing)


def _caller(request: Request, org: OktaOrg, endpoint: Endpoint) -> Caller:
    """Who sends a request. Raises InvalidToken for a bad credential, OAuthRefusal for a bad proof."""
    if endpoint.audience == OPEN:
        return NOBODY
    header = request.headers.get("authorization", "")
    # the vendor's own Python SDK sends the scheme and the token without a space
    if header.startswith("SSWS"):
        return org.access.by_api_token(header[4:].strip())
    if header.startswith(("Bearer", "DPoP")):
        path = request.scope["path"]
        try:
            token = presented_token(org, request.headers, request.method, path)
        except InvalidToken:
            scheme = "DPoP" if header.startswith("DPoP") else "Bearer"
            raise AccessTokenRefused(scheme, endpoint.scope or "", path) from None
        scopes = frozenset(token.scopes)
        return Caller("access_token", token.user_id, token.client_id, session_id=token.session_id, scopes=scopes)
    if header:
        raise InvalidToken()
    return by_cookies(org, request.cookies)


def by_cookies(org: OktaOrg, cookies: Mapping[str, str]) -> Caller:
    """The person whose session cookie came along, or nobody."""
    for name in ("idx", "sid"):
        if (value := cookies.get(name)) and (session := org.sessions.by_cookie(value)) is not None:
            return Caller("session", session.user_id, session_id=session.id)
    return NOBODY


def _admit(org: OktaOrg, caller: Caller, endpoint: Endpoint, path: str) -> None:
    if endpoint.audience == OPEN:
        return
    if caller is NOBODY:
        raise InvalidSession()
    if caller.kind == "session":
        if endpoint.audience != SELF:
            raise InvalidSession()
        return
    org.access.demand(caller, endpoint.scope, endpoint.right, path, endpoint.method)


def _demand_reach(org: OktaOrg, caller: Caller, right: str, parts: Mapping[str, str]) -> None:
    """Raise Forbidden when the caller's roles have the right, but for other groups or applications."""
    noun = right.partition(".")[0]
    if noun == "groups" and "group" in parts:
        org.access.demand_group(caller, parts["group"])
    elif noun == "apps" and "app" in parts:
        org.access.demand_app(caller, parts["app"])


def _cause(org: OktaOrg, caller: Caller, mark: RequestMark) -> Cause:
    """On whose behalf the handler acts, as the log will tell it."""
    actor, session = _NOBODY, None
    user = org.state.users.get(caller.user_id) if caller.user_id else None
    if user is not None:
        actor, session = user_party(user), caller.session_id
    elif caller.client_id is not None:
        app = org.state.apps.get(caller.client_id)
        actor = Party(caller.client_id, "PublicClientAppEntity", "unknown", app.label if app is not None else None)
    if caller.token_id is not None:
        session = "trs" + (caller.token_id[3:] * 2)[:22]
    return Cause(actor, mark.id, "WEB", mark, session, caller.token_id)
