"""Finds the route of a request by the segments of its path: a call costs the same with ten routes or a thousand."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import signature

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route, request_response
from starlette.types import ASGIApp, Receive, Scope, Send

_log = logging.getLogger(__name__)
_CHOSEN = "lifecycle.route"
ALLOWED = "lifecycle.allowed"
Endpoint = Callable[[Request], Awaitable[Response]]
# What answers for an error that nobody caught.
Failed = Callable[[Request, Exception], Awaitable[Response]]
# A route, and the place in the path of each of its parameters.
_Ending = tuple[Route, tuple[tuple[int, str], ...]]


class Placed(Route):
    """A route that only a switchboard finds: without the pattern that a router would compile, and look for in turn."""

    def __init__(self, path: str, endpoint: Endpoint, methods: Iterable[str]) -> None:
        self.path, self.endpoint, self.methods = path, endpoint, set(methods)
        self.app = request_response(endpoint)


@dataclass
class _Branch:
    """What may follow a piece of path: named segments, any segment, or the end with its routes."""

    named: dict[str, _Branch] = field(default_factory=dict)
    any: _Branch | None = None
    ending: list[_Ending] = field(default_factory=list)


class Switchboard(BaseRoute):
    """One route that stands for many. A named segment goes before a parameter, whatever was declared first."""

    def __init__(
        self,
        routes: Iterable[Route],
        *,
        slash_ends: bool = False,
        later: Mapping[str, Callable[[], Iterable[Route]]] | None = None,
    ) -> None:
        """With `slash_ends` a slash at the end makes no difference. `later` makes the routes below a first segment when
        such a path is first asked for.

        Raises ValueError for a path with a converter or with text around a parameter, which only a pattern can match.
        """
        self._routes, self._slash_ends, self._later = list[Route](), slash_ends, dict(later or {})
        self._root = _Branch()
        self._add(routes)

    @property
    def routes(self) -> list[Route]:
        """All of them, made now where they were not before."""
        for segment in list(self._later):
            self._make(segment)
        return self._routes

    def _make(self, segment: str) -> None:
        self._add(self._later[segment]())
        del self._later[segment]

    def _add(self, routes: Iterable[Route]) -> None:
        for route in routes:
            self._routes.append(route)
            self._place(route)

    def _place(self, route: Route) -> None:
        branch, places = self._root, list[tuple[int, str]]()
        for place, segment in enumerate(route.path.split("/")):
            if "{" not in segment:
                branch = branch.named.setdefault(segment, _Branch())
            elif segment[0] == "{" and segment[-1] == "}" and ":" not in segment:
                places.append((place, segment[1:-1]))
                branch.any = branch.any or _Branch()
                branch = branch.any
            else:
                raise ValueError(f"the segment {segment!r} of {route.path} is neither a name nor one parameter")
        branch.ending.append((route, tuple(places)))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The found route with its parameters; `Match.PARTIAL` when only the method differs."""
        segments = scope["path"].split("/")
        if self._slash_ends and len(segments) > 2 and not segments[-1]:
            segments.pop()
        if len(segments) > 1 and segments[1] in self._later:
            self._make(segments[1])
        partial: Scope | None = None
        allowed: list[str] = []
        for route, places in _endings(self._root, segments, 0):
            parameters = {name: segments[place] for place, name in places}
            child = {"endpoint": route.endpoint, "path_params": parameters, _CHOSEN: route}
            if route.methods is None or scope["method"] in route.methods:
                return Match.FULL, child
            partial = partial or {**child, ALLOWED: allowed}
            allowed.extend(sorted(route.methods))
        return (Match.NONE, {}) if partial is None else (Match.PARTIAL, partial)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the found route."""
        await scope[_CHOSEN].handle(scope, receive, send)


def plain(declared: Iterable[BaseRoute]) -> Iterator[Route]:
    """Those of a FastAPI's routes that need none of its reading: their endpoints take texts from the path and, by the
    name of `request`, the request; nothing else.
    """
    for route in declared:
        if isinstance(route, Route):
            taken = signature(route.endpoint).parameters
            names = tuple(taken)
            texts = {
                name for name in route.param_convertors if name in taken and taken[name].annotation in ("str", str)
            }
            if set(names) <= {"request", *texts}:
                yield Placed(route.path, _called(route.endpoint, names), route.methods or ())


def _called(endpoint: Callable[..., Awaitable[Response]], names: tuple[str, ...]) -> Endpoint:
    async def call(request: Request) -> Response:
        given = request.path_params
        return await endpoint(*(request if name == "request" else given[name] for name in names))

    return call


def _other_methods(allowed: list[str]) -> HTTPException:
    """A 405 names the methods there are (RFC 9110, 15.5.6)."""
    return HTTPException(405, headers={"Allow": ", ".join(allowed)})


def _endings(branch: _Branch, segments: list[str], at: int) -> Iterable[_Ending]:
    """The routes that fit from a place in the path on, by their names first."""
    while at < len(segments):
        segment = segments[at]
        at += 1
        named, other = branch.named.get(segment), branch.any if segment else None
        if named is not None and other is not None:
            return [*_endings(named, segments, at), *_endings(other, segments, at)]
        following = named or other
        if following is None:
            return ()
        branch = following
    return branch.ending


class ShortApp(FastAPI):
    """An application whose stack is a `ShortWay`; the framework's own call looks at the environment each time."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        assert self.middleware_stack is not None
        await self.middleware_stack(scope, receive, send)


class ShortWay:
    """What a request passes in place of a framework's stack: its route, and one answer to whatever goes wrong.

    The vendors' routes answer every refusal themselves, so the stack's layers had nothing left to do but cost time.
    """

    def __init__(self, board: Switchboard, failed: Failed, otherwise: ASGIApp | None = None) -> None:
        """`otherwise` gets what has no route here; without it that is refused with 404 or 405."""
        self._board, self._failed, self._else = board, failed, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match, child = self._board.matches(scope)
        if match is not Match.FULL and self._else is not None:
            await self._else(scope, receive, send)
            return
        scope.update(child)
        request = Request(scope, receive, send)
        try:
            if match is not Match.FULL:
                raise HTTPException(404) if match is Match.NONE else _other_methods(child[ALLOWED])
            response = await scope["endpoint"](request)
        except Exception as error:  # noqa: BLE001 - the caller is told as the vendor tells it, and the log of a defect
            response = await self._failed(request, error)
            if response.status_code >= 500:
                _log.exception("%s %s failed", request.method, request.url.path)
        await response(scope, receive, send)
