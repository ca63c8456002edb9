"""Counting requests against rate limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulators.okta.domain.limits import EDITIONS, WINDOW, Bucket, Window, bucket_of
from simulators.okta.domain.log import Party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rate-limit headers of one answer say."""

    limit: int
    remaining: int
    reset: int
    refused: bool


class Limits:
    """Counts every request; refuses those over the limit when the org's limits are enforced."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def take(self, method: str, path: str, principal: str | None) -> Standing | None:
        """Count a request of `principal` (an API token or service app, or None); None where nothing is limited."""
        bucket = bucket_of(method, path)
        if bucket is None:
            return None
        settings, now = self.org.settings, self.org.now()
        whole = bucket.per_minute[EDITIONS[settings.edition]]
        standing = self._count(bucket, bucket.name, whole, now)
        if principal is not None:
            share = max(1, int(whole * settings.token_share))
            own = self._count(bucket, f"{bucket.name} {principal}", share, now)
            standing = Standing(
                own.limit, min(own.remaining, standing.remaining), own.reset, own.refused or standing.refused
            )
        return standing

    def allows_sign_in(self, username: str) -> bool:
        """Count a sign-in of one name: at most four a second."""
        state, now, name = self.org.state, self.org.now(), username.lower()
        window = state.sign_in_attempts.get(name)
        if window is None or now - window.started >= timedelta(seconds=1):
            if len(state.sign_in_attempts) > 1000:
                state.sign_in_attempts.clear()
            window = Window(now, 0)
        state.sign_in_attempts[name] = Window(window.started, window.count + 1)
        return window.count < 4 or self.org.settings.limits != "enforced"

    def _count(self, bucket: Bucket, key: str, limit: int, now: datetime) -> Standing:
        windows = self.org.state.windows
        window = windows.get(key)
        if window is None or now - window.started >= WINDOW:
            window = Window(now, 0)
        window = Window(window.started, window.count + 1)
        windows[key] = window
        reset = math.ceil((window.started + WINDOW).timestamp())
        over = window.count > limit
        if window.count == limit + 1:
            self._report("system.org.rate_limit.violation", bucket, limit, reset)
        elif window.count == math.ceil(limit * 0.6):
            self._report("system.org.rate_limit.warning", bucket, limit, reset)
        return Standing(limit, max(0, limit - window.count), reset, over and self.org.settings.limits == "enforced")

    def _report(self, type: str, bucket: Bucket, limit: int, reset: int) -> None:
        org = self.org
        if org.settings.limits != "enforced":
            return
        org.log.emit(
            org.system(),
            type,
            Party(bucket.name, "URL Pattern", None, bucket.name),
            Party(org.state.ids.uuid("bucket"), "Bucket Uuid", None, None),
            debug={
                "threshold": str(limit),
                "timeSpan": "1",
                "timeUnit": "MINUTES",
                "warningPercent": "60",
                "rateLimitSecondsToReset": str(max(0, reset - int(org.now().timestamp()))),
                "rateLimitScopeType": "Org",
            },
        )
