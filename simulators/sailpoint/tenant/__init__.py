"""A SailPoint tenant: its state on the estate's clock. Every command passes through one of its desks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import httpx

from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import Refusal
from simulators.sailpoint.domain.records import Account
from simulators.sailpoint.tenant.aggregation import Aggregation
from simulators.sailpoint.tenant.configuration import Configuration
from simulators.sailpoint.tenant.correlation import Correlation
from simulators.sailpoint.tenant.credentials import Credentials
from simulators.sailpoint.tenant.grants import Grants
from simulators.sailpoint.tenant.journal import Journal
from simulators.sailpoint.tenant.loading import Loading
from simulators.sailpoint.tenant.lookup import Lookup
from simulators.sailpoint.tenant.outcomes import Outcome
from simulators.sailpoint.tenant.processing import Processing
from simulators.sailpoint.tenant.provisioning import Provisioning
from simulators.sailpoint.tenant.requests import Requests
from simulators.sailpoint.tenant.settings import DELAYS, Connector, Delay, SailPointSettings, Workflows
from simulators.sailpoint.tenant.state import SailPointState
from simulators.sailpoint.tenant.work import Work

__all__ = [
    "DELAYS",
    "Connector",
    "Delay",
    "Outcome",
    "SailPointSettings",
    "SailPointState",
    "SailPointTenant",
    "Workflows",
]


class SailPointTenant:
    """One tenant. Desks keep no state of their own: all of it is in `state`, which a restore replaces."""

    def __init__(self, clock: VirtualClock, ids: Ids, settings: SailPointSettings) -> None:
        self.clock = clock
        self.settings = settings
        self.state = SailPointState(ids, settings.org, settings.pod, settings.time_zone)
        self.state.tenant_id = ids.uuid("tenant")
        self.state.signing_key = ids.secret("signing-key", 32)
        self.http: httpx.AsyncClient | None = None
        self.base_url = ""
        self.look = Lookup(self)
        self.journal = Journal(self)
        self.configuration = Configuration(self)
        self.credentials = Credentials(self)
        self.correlation = Correlation(self)
        self.aggregation = Aggregation(self)
        self.loading = Loading(self)
        self.processing = Processing(self)
        self.provisioning = Provisioning(self)
        self.requests = Requests(self)
        self.grants = Grants(self)
        self.work = Work(self)
        self.connectors: dict[str, Connector] = {kind: make(self) for kind, make in settings.connectors.items()}
        self.workflows: Workflows | None = settings.workflows(self) if settings.workflows is not None else None

    def start(self) -> None:
        """Begin what happens by the clock: scheduled processing, grant dates, schedules, timed workflows."""
        self.processing.start()
        self.grants.start()
        self.configuration.start()

    def now(self) -> datetime:
        """The estate's instant."""
        return self.clock.now()

    @property
    def ids(self) -> Ids:
        """The tenant's seeded generator."""
        return self.state.ids

    def delay(self, step: str) -> timedelta:
        """How long a step takes this time."""
        least, usual, most = self.settings.delays.get(step, DELAYS[step])
        return self.ids.jitter(f"delay/{step}", least, usual, most)

    def later(self, step: str, job: str, *args: str | int) -> int:
        """Queue a job behind the delay of a step."""
        return self.clock.call_later(self.delay(step), job, *args)

    def client(self) -> httpx.AsyncClient:
        """The client connectors and workflows send with. Raises Refusal before the server has set one."""
        if self.http is None:
            raise Refusal("the tenant has no way out: no HTTP client is set")
        return self.http

    def connector(self, source: Source) -> Connector | None:
        """Who reads and writes a source, if anybody does."""
        return self.connectors.get(source.type)

    def accounts_of(self, identity_id: str, source_id: str | None = None) -> Iterable[Account]:
        """A person's accounts, all or those on one source."""
        for account in self.state.accounts.find("identity", identity_id):
            if source_id is None or account.source_id == source_id:
                yield account
