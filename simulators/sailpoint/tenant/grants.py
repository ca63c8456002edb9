"""Grants: approved access stays until it is revoked or its date comes; here the dates are watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.sailpoint.domain.times import next_time
from simulators.sailpoint.tenant.state import epoch

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Grants:
    """Withdraws what has ended."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.grant-dates", self._grant_dates)

    def start(self) -> None:
        """Begin to watch the dates on which grants end."""
        due = next_time(self._tenant.settings.grant_dates, self._tenant.now(), self._tenant.state.time_zone)
        self._tenant.configuration.set_timer("grant-dates", due, "sailpoint.grant-dates")

    def _grant_dates(self) -> None:
        """Withdraw what has ended."""
        tenant, state = self._tenant, self._tenant.state
        ended = list(state.grants.range("ends", None, epoch(tenant.now()) + 1))
        for grant in ended:
            state.grants.remove(grant.id)
        for identity_id in dict.fromkeys(grant.identity_id for grant in ended):
            identity = state.identities.get(identity_id)
            if identity is not None:
                tenant.provisioning.replan(identity, "Identity Refresh", tenant.ids.hex32("tracking"))
        self.start()
