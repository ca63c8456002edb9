"""What a tenant is told when it is made: names, delays, and who carries out provisioning and workflows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.records import Account, Operation
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.outcomes import Outcome, Page

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

Delay = tuple[float, float, float]
# Documents of a search index that meet a query in the vendor's language.
Finder = Callable[["SailPointTenant", str, str], Iterable[Mapping[str, Any]]]

# Seconds: least, usual, most. The vendor promises none of them; every seed may set each.
DELAYS: dict[str, Delay] = {
    "load_to_collected": (5, 10, 30),
    "collected_to_finished": (5, 30, 120),
    "finished_to_refreshed": (3, 15, 60),
    "due_to_refreshed": (0, 30, 300),
    "scheduled_to_refreshed": (0, 600, 3600),
    "refresh_to_activity": (1, 3, 10),
    "activity_to_call": (3, 10, 45),
    "call": (0.1, 0.2, 1),
    "last_call_to_closed": (1, 5, 30),
    "event_to_workflow": (1, 5, 30),
    "event_to_subscriber": (0.1, 1, 5),
    "state_to_signal": (0.5, 2, 10),
    "request_to_row": (1, 3, 15),
    "decision_to_activity": (1, 5, 30),
    "change_to_search": (0.1, 1, 5),
    "action": (0, 1, 2),
    "configuration_copy": (1, 5, 20),
    "campaign_to_staged": (5, 30, 120),
    "activation": (1, 5, 30),
    "signed_to_completed": (1, 5, 30),
    "signed_to_activity": (1, 5, 30),
    "certification_task": (1, 5, 20),
    "report": (2, 10, 60),
    "sod_check": (1, 3, 15),
}


class Connector(Protocol):
    """How one kind of source is read and written."""

    async def perform(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        """Carry out one operation."""
        ...

    async def read(self, source: Source, native: str) -> Page:
        """Read one account."""
        ...

    async def scan(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Read the next page of an aggregation."""
        ...

    async def entitlements(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Read the next page of what can be held on the source."""
        ...

    async def check(self, source: Source) -> str:
        """Try the connection; answers what is wrong with it, nothing when it works."""
        ...


class Workflows(Protocol):
    """Who runs workflows."""

    def fire(self, trigger: str, payload: Mapping[str, Any], identity_id: str) -> None:
        """Tell everybody who listens to `trigger`, workflows and others."""
        ...

    def hear(self, trigger: str, payload: Mapping[str, Any], identity_id: str) -> None:
        """Start every enabled workflow that listens to `trigger`."""
        ...

    def start(self, workflow_id: str, payload: Mapping[str, Any], identity_id: str, test: bool) -> Execution:
        """Begin an execution."""
        ...

    def cancel(self, execution: Execution) -> None:
        """Stop an execution."""
        ...

    def schedule(self, workflow_id: str) -> None:
        """Set or clear the timer of a workflow with a schedule."""
        ...


class Searches(Protocol):
    """Who runs scheduled searches."""

    def start(self) -> None:
        """Set every timer anew."""
        ...

    def follow(self, document: Document) -> None:
        """Set or clear the timer of one."""
        ...

    def forget(self, document: Document) -> None:
        """Clear the timer of one."""
        ...


@dataclass(frozen=True)
class SailPointSettings:
    """One tenant's settings. `connectors` maps a source's type to the maker of its connector."""

    org: str = "acme"
    pod: str = "pod01-useast1"
    time_zone: str = "UTC"
    delays: Mapping[str, Delay] = field(default_factory=lambda: dict(DELAYS))
    connectors: Mapping[str, Callable[[SailPointTenant], Connector]] = field(default_factory=dict)
    workflows: Callable[[SailPointTenant], Workflows] | None = None
    searches: Callable[[SailPointTenant], Searches] | None = None
    finder: Finder | None = None
    scheduled_processing: str = "0 8,20 * * *"
    grant_dates: str = "*/30 * * * *"
    # When identities nothing refers to any more are deleted: the vendor says "each night".
    identity_deletion: str = "0 2 * * *"
    same_person_approves: bool = False
    own_decision_refused: bool = True
    escalation_days: int = 2
    expiry_days: int = 14
    fallback_approver: str = ""
    manual_due_hours: int = 24
    # A request for what is held already: "cancelled", or "ignored" and listed nowhere.
    duplicate_requests: str = "cancelled"
    limits: str = "counted"

    def __post_init__(self) -> None:
        """Raises ValueError for limits that are neither."""
        if self.limits not in ("enforced", "counted"):
            raise ValueError(f"limits is enforced or counted, not {self.limits!r}")
