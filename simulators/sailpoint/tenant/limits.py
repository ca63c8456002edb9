"""The tenant's limit on requests: so many in ten seconds, of one client in one version of the API.

With `limits = "counted"` nobody is refused; with `"enforced"` a client over the limit waits for the window's end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

MOST, WINDOW_S = 100, 10
_MOST_WINDOWS = 5000


class Limits:
    """Counts requests where limits are enforced (SailPoint, rate limits)."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def wait(self, client_id: str, version: str) -> int:
        """Count one request; whole seconds until the client may go on, 0 when it may at once."""
        if self._tenant.settings.limits != "enforced":
            return 0
        windows, now = self._tenant.state.windows, self._tenant.now().timestamp()
        key = f"{client_id} {version}"
        began, count = windows.get(key, (now, 0))
        if now - began >= WINDOW_S:
            began, count = now, 0
        if len(windows) > _MOST_WINDOWS:
            windows.clear()
        windows[key] = (began, count + 1)
        return max(1, math.ceil(began + WINDOW_S - now)) if count >= MOST else 0
