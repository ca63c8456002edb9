"""A SailPoint tenant: its state on the estate's clock. Every command passes through one of its desks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import Refusal
from simulators.sailpoint.domain.records import Account
from simulators.sailpoint.tenant.access import AccessModel
from simulators.sailpoint.tenant.account_requests import AccountRequests
from simulators.sailpoint.tenant.accounts import Accounts
from simulators.sailpoint.tenant.aggregation import Aggregation
from simulators.sailpoint.tenant.announcements import Announcements
from simulators.sailpoint.tenant.attributes import Attributes
from simulators.sailpoint.tenant.campaigns import Campaigns
from simulators.sailpoint.tenant.certifications import Certifications
from simulators.sailpoint.tenant.configuration import Configuration
from simulators.sailpoint.tenant.correlation import Correlation
from simulators.sailpoint.tenant.credentials import Credentials
from simulators.sailpoint.tenant.entitlements import Entitlements
from simulators.sailpoint.tenant.grants import Grants
from simulators.sailpoint.tenant.history import History
from simulators.sailpoint.tenant.intake import Intake
from simulators.sailpoint.tenant.journal import Journal
from simulators.sailpoint.tenant.limits import Limits
from simulators.sailpoint.tenant.loading import Loading
from simulators.sailpoint.tenant.lookup import Lookup
from simulators.sailpoint.tenant.nonemployee_requests import NonEmployeeRequests
from simulators.sailpoint.tenant.nonemployees import NonEmployees
from simulators.sailpoint.tenant.outcomes import Outcome
from simulators.sailpoint.tenant.processing import Processing
from simulators.sailpoint.tenant.profiles import Profiles
from simulators.sailpoint.tenant.provisioning import Provisioning
from simulators.sailpoint.tenant.reassignments import Reassignments
from simulators.sailpoint.tenant.removal import Removal
from simulators.sailpoint.tenant.requests import Requests
from simulators.sailpoint.tenant.segments import Segmentation
from simulators.sailpoint.tenant.settings import DELAYS, Connector, Delay, SailPointSettings, Searches, Workflows
from simulators.sailpoint.tenant.signals import Signals
from simulators.sailpoint.tenant.sod import Sod
from simulators.sailpoint.tenant.sources import Sources
from simulators.sailpoint.tenant.state import SailPointState
from simulators.sailpoint.tenant.tags import Tags
from simulators.sailpoint.tenant.tasks import Tasks
from simulators.sailpoint.tenant.tickets import Tickets
from simulators.sailpoint.tenant.transfer import Transfer
from simulators.sailpoint.tenant.triggers import Triggers
from simulators.sailpoint.tenant.work import Work
from simulators.sailpoint.tenant.workgroups import Workgroups
from simulators.sailpoint.tenant.writes import Writes

__all__ = [
    "DELAYS",
    "Connector",
    "Delay",
    "Outcome",
    "SailPointSettings",
    "SailPointState",
    "SailPointTenant",
    "Searches",
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
        self.limits = Limits(self)
        self.transfer = Transfer(self)
        self.attributes = Attributes(self)
        self.profiles = Profiles(self)
        self.correlation = Correlation(self)
        self.processing = Processing(self)
        self.grants = Grants(self)
        self.removal = Removal(self)
        self.history = History(self)
        self.sources = Sources(self)
        self.writes = Writes(self)
        self.intake = Intake(self)
        self.aggregation = Aggregation(self)
        self.loading = Loading(self)
        self.accounts = Accounts(self)
        self.account_requests = AccountRequests(self)
        self.tasks = Tasks(self)
        self.provisioning = Provisioning(self)
        self.access = AccessModel(self)
        self.entitlements = Entitlements(self)
        self.segments = Segmentation(self)
        self.workgroups = Workgroups(self)
        self.tags = Tags(self)
        self.requests = Requests(self)
        self.reassignments = Reassignments(self)
        self.work = Work(self)
        self.tickets = Tickets(self)
        self.campaigns = Campaigns(self)
        self.certifications = Certifications(self)
        self.sod = Sod(self)
        self.nonemployees = NonEmployees(self)
        self.nonemployee_requests = NonEmployeeRequests(self)
        self.triggers = Triggers(self)
        self.announcements = Announcements(self)
        self.signals = Signals(self)
        self.connectors: dict[str, Connector] = {kind: make(self) for kind, make in settings.connectors.items()}
        self.searches: Searches | None = settings.searches(self) if settings.searches is not None else None
        self.workflows: Workflows | None = settings.workflows(self) if settings.workflows is not None else None

    def start(self) -> None:
        """Begin what happens by the clock: scheduled processing, grant dates, schedules, timed workflows."""
        self.processing.start()
        self.removal.start()
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

    def found(self, index: str, query: str) -> Iterable[Mapping[str, Any]]:
        """Documents of a search index that meet a query. Raises BadContent for a query that cannot be read."""
        return self.settings.finder(self, index, query) if self.settings.finder is not None else ()

    def tell(self, trigger: str, payload: Mapping[str, Any], identity_id: str = "") -> None:
        """Publish what an event trigger reports to those who listen."""
        if self.workflows is not None:
            self.workflows.fire(trigger, payload, identity_id)

    def connector(self, source: Source) -> Connector | None:
        """Who reads and writes a source, if anybody does."""
        return self.connectors.get(source.type)

    def accounts_of(self, identity_id: str, source_id: str | None = None) -> Iterable[Account]:
        """A person's accounts, all or those on one source."""
        for account in self.state.accounts.find("identity", identity_id):
            if source_id is None or account.source_id == source_id:
                yield account
