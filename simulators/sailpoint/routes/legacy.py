"""Yearly API versions: `/v3/accounts/…` and its like are rewritten onto `/accounts/v1/…`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulators.kernel.gate import App, Receive, Scope, Send

VERSIONS = ("v3", "v2024", "v2025", "v2026", "beta")
_ALL = frozenset(VERSIONS)
_NO_BETA = frozenset({"v3", "v2024", "v2025", "v2026"})
_NO_V3 = frozenset({"v2024", "v2025", "v2026", "beta"})
_YEARS = frozenset({"v2024", "v2025", "v2026"})

# In which versions a service has a legacy twin; a service not named has one in all of them.
TWINS: Mapping[str, frozenset[str]] = {
    "account-activities": _ALL,
    "account-aggregations": _NO_V3,
    "auth-users": _NO_BETA,
    "entitlements": _NO_V3,
    "identities-accounts": _NO_V3,
    "identity-attributes": _NO_V3,
    "org-config": _NO_V3,
    "public-identities": _NO_BETA,
    "revocable-objects": _YEARS,
    "search": _NO_BETA,
    "task-status": _NO_V3,
    "tenant": _NO_V3,
    "tenant-context": _YEARS,
    "trigger-subscriptions": _NO_V3,
    "triggers": _NO_V3,
    "workgroups": _NO_V3,
    "oauth": frozenset(),
    "violations": frozenset(),
}
# Operations whose twins differ from those of their service: pattern of the rest of the path, and its versions.
EXCEPTIONS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"identities/[^/]+/set-lifecycle-state"), _NO_BETA),
    (re.compile(r"identities(/.*)?"), _NO_V3),
    (
        re.compile(
            r"sources/[^/]+/(load-accounts|load-entitlements|correlation-config|remove-accounts|entitlement-request-config|attribute-sync-config)"
        ),
        _NO_V3,
    ),
    (re.compile(r"sources/[^/]+/schedules(/.*)?"), _YEARS),
    (re.compile(r"sources/[^/]+/(connections|source-health)"), _NO_BETA),
    (re.compile(r"roles/filter"), _YEARS),
    (re.compile(r"access-requests/bulk-cancel"), _YEARS),
    (re.compile(r"identity-profiles/[^/]+/lifecycle-states"), _NO_BETA),
)
# A service whose newest body is another generation.
GENERATION = {("v2026", "access-request-config"): "v2"}


def canonical(path: str) -> str | None:
    """The path a legacy path stands for; None when it has no twin, the path itself when it is none.

    >>> canonical("/v3/accounts/1"), canonical("/accounts/v1"), canonical("/v3/task-status")
    ('/accounts/v1/1', '/accounts/v1', None)
    """
    version, _, rest = path[1:].partition("/")
    if version not in _ALL:
        return path
    segment, _, tail = rest.partition("/")
    versions = next((found for pattern, found in EXCEPTIONS if pattern.fullmatch(rest)), TWINS.get(segment, _ALL))
    if not segment or version not in versions:
        return None
    generation = GENERATION.get((version, segment), "v1")
    return f"/{segment}/{generation}" + (f"/{tail}" if tail else "")


class LegacyPaths:
    """Rewrites paths before routing; one without a twin becomes one that nobody serves."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = canonical(scope["path"])
            if path != scope["path"]:
                path = path or "/unknown"
                scope = {**scope, "path": path, "raw_path": path.encode(), "original_path": scope["path"]}
        await self._app(scope, receive, send)
