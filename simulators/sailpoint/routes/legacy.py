"""Yearly API versions: `/v3/accounts/…` and its like are rewritten onto `/accounts/v1/…`."""

from __future__ import annotations

from simulators.kernel.gate import App, Receive, Scope, Send
from simulators.sailpoint.routes.base import VERSION
from simulators.sailpoint.routes.operations import OPERATIONS, VERSIONS

# A service whose newest body is another generation.
GENERATION = {("v2026", "access-request-config"): "v2"}
# The services of each version; a path of another one is nobody's.
SERVICES = {(version, row.path.split("/")[1]) for row in OPERATIONS.values() for version in row.twins}


def canonical(path: str) -> tuple[str, str]:
    """The path a legacy path stands for, and its version; the path itself and nothing when it is none.

    A service without any twin in that version leads nowhere; whether an operation has one, its route decides.

    >>> canonical("/v3/accounts/1"), canonical("/accounts/v1"), canonical("/beta/search")
    (('/accounts/v1/1', 'v3'), ('/accounts/v1', ''), ('/unknown', 'beta'))
    """
    version, _, rest = path[1:].partition("/")
    if version not in VERSIONS:
        return path, ""
    segment, _, tail = rest.partition("/")
    if (version, segment) not in SERVICES:
        return "/unknown", version
    generation = GENERATION.get((version, segment), "v1")
    return f"/{segment}/{generation}" + (f"/{tail}" if tail else ""), version


class LegacyPaths:
    """Rewrites paths before routing and notes their version."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path, version = canonical(scope["path"])
            if b"%2" in scope.get("raw_path", b"") and b"%2f" in scope["raw_path"].lower():
                # An escaped slash is part of a name, not the end of a segment; no name of ours has one.
                scope = {**scope, "path": "/unknown"}
            elif version:
                scope = {**scope, "path": path, "raw_path": path.encode(), VERSION: version}
        await self._app(scope, receive, send)
