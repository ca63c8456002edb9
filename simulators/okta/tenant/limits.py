"""Counting requests against rate limits: by bucket and principal, by person, by client, and in flight.

With `limits = "counted"` every answer tells honestly where its caller stands, nothing is refused, and nothing is
recorded; with `"enforced"` requests over a limit are refused and the System Log tells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID

from simulators.okta.domain.limits import (
    AUTHORIZE,
    BROWSER,
    BURSTS,
    CONCURRENT,
    EDITIONS,
    SIGN_IN,
    WARNING,
    WINDOW,
    Bucket,
    Pace,
    Window,
    bucket_of,
)
from simulators.okta.domain.log import Cause, Party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_MOST_PACES = 5000


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit that a request has just come near or gone over, as the log will tell it."""

    type: str
    targets: tuple[Party, ...]
    debug: dict[str, Any]
    result: str = "SUCCESS"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rate-limit headers of one answer say, and what has to be recorded."""

    limit: int
    remaining: int
    reset: int
    refused: bool
    crossed: tuple[Crossing, ...] = ()


class Limits:
    """Counts every request; refuses those over the limit when the org's limits are enforced."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        self.in_flight = 0

    @property
    def enforced(self) -> bool:
        """Whether anything is refused and recorded."""
        return self.org.settings.limits == "enforced"

    def take(
        self, method: str, path: str, principal: str | None, kind: str = "", browser: str | None = None
    ) -> Standing | None:
        """Count a request; None where nothing is limited.

        `principal` is the API token or service app that shares a bucket (`kind` says which), `browser` the person whose
        cookie came along.
        """
        bucket = bucket_of(method, path)
        if bucket is None:
            return None
        edition, now = EDITIONS[self.org.settings.edition], self.org.now()
        if self.in_flight > CONCURRENT[edition] and self.enforced:
            return self._crowded(CONCURRENT[edition], now)
        whole = bucket.per_minute[edition]
        standing = self._count(bucket, bucket.name, whole, now, BURSTS[edition] if bucket.sign_in else 1, "ORG")
        if principal is not None:
            share = max(1, int(whole * self.org.settings.token_share))
            own = self._count(bucket, f"{bucket.name} {principal}", share, now, 1, kind)
            standing = Standing(
                own.limit,
                min(own.remaining, standing.remaining),
                own.reset,
                own.refused or standing.refused,
                own.crossed + standing.crossed,
            )
        if browser is None:
            return standing
        return self.pace(BROWSER, f"{browser} {method} {path}", Party(path, "URL Pattern", None, path), standing)

    def pace(self, pace: Pace, who: str, target: Party, standing: Standing | None) -> Standing | None:
        """Count one more of `who` within a pace; the standing is that of the pace once it is over."""
        windows, now, key = self.org.state.sign_in_attempts, self.org.now(), f"{pace.name} {who}"
        window = windows.get(key)
        if window is None or now - window.started >= pace.within:
            if len(windows) > _MOST_PACES:
                windows.clear()
            window = Window(now, 0)
        windows[key] = window = Window(window.started, window.count + 1)
        if window.count <= pace.most or not self.enforced:
            return standing
        reset = math.ceil((window.started + pace.within).timestamp())
        crossed = (self._operation(pace, target, reset),) if window.count == pace.most + 1 else ()
        return Standing(pace.most, 0, reset, True, crossed)

    def authorizing(self, client: str, ip: str, device: str, standing: Standing | None) -> Standing | None:
        """Count a request for a code: clients are limited each by themselves, by address and device."""
        target = Party(client or "unknown", "PublicClientApp", None, None)
        found = self.pace(AUTHORIZE, f"{client} {ip} {device}", target, standing)
        if found is None or found is standing or not found.crossed:
            return found
        type = "system.client.rate_limit.violation"
        return replace(found, crossed=tuple(replace(crossing, type=type) for crossing in found.crossed))

    def allows_sign_in(self, username: str, cause: Cause | None = None) -> bool:
        """Count a sign-in of one name: at most four a second."""
        target = Party("/api/v1/authn", "URL Pattern", None, "/api/v1/authn")
        standing = self.pace(SIGN_IN, username.lower(), target, None)
        self.report(standing, cause or self.org.system())
        return standing is None

    def report(self, standing: Standing | None, cause: Cause) -> None:
        """Record what a request has crossed, in its own transaction."""
        for crossing in standing.crossed if standing is not None else ():
            self.org.log.emit(
                cause, crossing.type, *crossing.targets,
                result=crossing.result, reason=crossing.reason, debug=crossing.debug,
            )  # fmt: skip

    def _count(self, bucket: Bucket, key: str, limit: int, now: datetime, burst: int, scope: str) -> Standing:
        windows = self.org.state.windows
        window = windows.get(key)
        if window is None or now - window.started >= WINDOW:
            window = Window(now, 0)
        windows[key] = window = Window(window.started, window.count + 1)
        reset = math.ceil((window.started + WINDOW).timestamp())
        over = window.count > limit * burst
        crossed: tuple[Crossing, ...] = ()
        if self.enforced and (type := _crossing(window.count, limit, burst, scope)):
            crossed = (Crossing(type, self._targets(bucket), self._debug(limit, reset, scope), *_outcome(type)),)
        return Standing(limit, max(0, limit - window.count), reset, over and self.enforced, crossed)

    def _crowded(self, limit: int, now: datetime) -> Standing:
        """More requests in flight than allowed: limit and remaining are 0, and the reset is near."""
        reset = math.ceil((now + WINDOW).timestamp())
        debug = self._debug(limit, reset, "ORG")
        target = Party("concurrency", "Bucket Uuid", None, None)
        type = "core.concurrency.org.limit.violation"
        return Standing(0, 0, reset, True, (Crossing(type, (target,), debug, *_outcome(type)),))

    def _targets(self, bucket: Bucket) -> tuple[Party, Party]:
        drawn = blake2b(f"{self.org.state.org_id} {bucket.name}".encode(), digest_size=16).digest()
        return (
            Party(bucket.name, "URL Pattern", None, bucket.name),
            Party(str(UUID(bytes=drawn, version=4)), "Bucket Uuid", None, None),
        )

    def _debug(self, limit: int, reset: int, scope: str) -> dict[str, Any]:
        return {
            "threshold": str(limit),
            "timeSpan": "1",
            "timeUnit": "MINUTES",
            "warningPercent": str(round(WARNING * 100)),
            "rateLimitSecondsToReset": str(max(0, reset - int(self.org.now().timestamp()))),
            "rateLimitScopeType": scope,
        }

    def _operation(self, pace: Pace, target: Party, reset: int) -> Crossing:
        seconds = pace.within // timedelta(seconds=1)
        debug = {
            "operationRateLimitType": "web_request",
            "operationRateLimitSubtype": pace.name,
            "operationRateLimitScopeType": pace.scope,
            "operationRateLimitThreshold": str(pace.most),
            "operationRateLimitTimeSpan": str(seconds),
            "operationRateLimitTimeUnit": "SECONDS",
            "operationRateLimitSecondsToReset": str(max(0, reset - int(self.org.now().timestamp()))),
        }
        type = "system.operation.rate_limit.violation"
        return Crossing(type, (target,), debug, "DENY", "Too many requests")


def _crossing(count: int, limit: int, burst: int, scope: str) -> str | None:
    """The event of a counter that has just reached `count`, or None.

    >>> _crossing(61, 60, 1, "ORG"), _crossing(61, 60, 5, "ORG"), _crossing(36, 60, 1, "OAUTH_CLIENT")
    ('system.org.rate_limit.violation', 'system.org.rate_limit.burst', 'app.oauth2.client_id_rate_limit_warning')
    """
    if count == limit * burst + 1:
        return "system.org.rate_limit.violation"
    if count == limit + 1:
        return "system.org.rate_limit.burst"
    if count == math.ceil(limit * WARNING):
        return "app.oauth2.client_id_rate_limit_warning" if scope == "OAUTH_CLIENT" else "system.org.rate_limit.warning"
    return None


def _outcome(type: str) -> tuple[str, str | None]:
    return ("DENY" if type.endswith("violation") else "SUCCESS", None)
