"""Finds the route of a request by the segments of its path: a call costs the same with ten routes or a thousand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_CHOSEN = "lifecycle.route"


@dataclass
class _Branch:
    """What may follow a piece of path: named segments, any segment, or the end with its routes."""

    named: dict[str, _Branch] = field(default_factory=dict)
    any: _Branch | None = None
    ending: list[Route] = field(default_factory=list)


class Switchboard(BaseRoute):
    """One route that stands for many. A named segment goes before a parameter, whatever was declared first.

    Raises ValueError for a path with a converter or with text around a parameter, which only a pattern can match.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = list(routes)
        self._root = _Branch()
        for route in self.routes:
            branch = self._root
            for segment in route.path.split("/"):
                if "{" not in segment:
                    branch = branch.named.setdefault(segment, _Branch())
                elif segment[0] == "{" and segment[-1] == "}" and ":" not in segment:
                    branch.any = branch.any or _Branch()
                    branch = branch.any
                else:
                    raise ValueError(f"the segment {segment!r} of {route.path} is neither a name nor one parameter")
            branch.ending.append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The found route's own answer; `Match.PARTIAL` when only the method differs."""
        partial: Scope | None = None
        for route in _endings(self._root, scope["path"].split("/"), 0):
            match, child = route.matches(scope)
            if match == Match.FULL:
                child[_CHOSEN] = route
                return match, child
            if match == Match.PARTIAL and partial is None:
                partial = {**child, _CHOSEN: route}
        return (Match.NONE, {}) if partial is None else (Match.PARTIAL, partial)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the found route."""
        await scope[_CHOSEN].handle(scope, receive, send)


def _endings(branch: _Branch, segments: list[str], at: int) -> Iterable[Route]:
    if at == len(segments):
        yield from branch.ending
        return
    segment = segments[at]
    if not segment and at == len(segments) - 1:
        yield from branch.ending  # a slash at the end: the routes themselves say whether they take it
    if (named := branch.named.get(segment)) is not None:
        yield from _endings(named, segments, at + 1)
    if branch.any is not None and segment:
        yield from _endings(branch.any, segments, at + 1)
