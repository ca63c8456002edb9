"""The records of a tenant that come and go with people: frozen, replaced when they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.values import Values


@dataclass(frozen=True, slots=True)
class Owed:
    """A change decided but not carried out yet, because the target refused or was away; each refresh tries again."""

    kind: str
    source_id: str
    account_id: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What governance knows about a person. `due` is the epoch second at which an attribute will change by itself."""

    id: str
    profile_id: str
    attributes: Values
    manager_id: str
    state: str
    state_since: datetime
    created: datetime
    modified: datetime
    roles: tuple[str, ...] = ()
    # Entitlements the person was last meant to have: ids, or "native account|id" where one account was named.
    given: tuple[str, ...] = ()
    # The mapped state that a state set by hand overrides, until the mapping says something else.
    state_manual: str = ""
    due: int | None = None
    timer: int = 0
    needs_processing: bool = False
    owed: tuple[Owed, ...] = ()
    protected: bool = False
    last_refresh: datetime | None = None
    # Whether an authoritative account stands behind it; without one the identity is incomplete and hidden.
    correlated: bool = True
    # What the last processing could not evaluate.
    error: str = ""

    @property
    def alias(self) -> str:
        """The name SailPoint's own log calls the person by."""
        return str(self.attributes.get("uid") or self.id)

    @property
    def name(self) -> str:
        """The name people read."""
        return str(self.attributes.get("displayName") or self.alias)


@dataclass(frozen=True, slots=True)
class Account:
    """An identity's presence in one source; uncorrelated while `identity_id` is empty."""

    id: str
    source_id: str
    identity_id: str
    native: str
    name: str
    attributes: Values
    entitlements: tuple[str, ...]
    disabled: bool
    created: datetime
    modified: datetime
    status: str = ""
    locked: bool = False
    manual: bool = False
    origin: str = "AGGREGATED"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One right on a source, as aggregation found it."""

    id: str
    source_id: str
    attribute: str
    value: str
    name: str
    created: datetime
    modified: datetime
    body: Values = field(default_factory=Values)

    @property
    def privileged(self) -> bool:
        """Whether its level of privilege, set by hand or by the source, is the highest."""
        return (self.body.get("privilegeLevel") or {}).get("direct") == "HIGH"


@dataclass(frozen=True, slots=True)
class Grant:
    """Access that stays because somebody asked for it: an item, for one person, maybe until a date."""

    id: str
    identity_id: str
    item_id: str
    created: datetime
    native: str = ""
    remove_at: datetime | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to one account. Operations of a person on a source form a lane and run one after another."""

    id: str
    activity_id: str
    identity_id: str
    source_id: str
    kind: str
    account_id: str = ""
    attribute: str = ""
    value: str = ""
    values: Values = field(default_factory=Values)
    status: str = "PENDING"
    attempts: int = 0
    native: str = ""
    message: str = ""
    # The number a service desk gave the change, where one carries it out.
    ticket: str = ""

    @property
    def open(self) -> bool:
        """Whether it has still to be carried out."""
        return self.status in ("PENDING", "RUNNING", "RETRY", "MANUAL", "COMMITED")

    @property
    def aside(self) -> bool:
        """Whether it waits for a person, or for the next reading of the source, and lets others pass."""
        return self.status in ("MANUAL", "COMMITED")

    @property
    def lane(self) -> str:
        """The queue it stands in."""
        return f"{self.identity_id}/{self.source_id}"


@dataclass(frozen=True, slots=True)
class Write:
    """That provisioning has written to an account: one entitlement, or, where `value` is empty, the account itself."""

    source_id: str
    native: str
    value: str
    at: datetime

    @property
    def id(self) -> str:
        """One for each thing written; a later write replaces an earlier one."""
        return f"{self.source_id}/{self.native}/{self.value}"


@dataclass(frozen=True, slots=True)
class Activity:
    """One provisioning attempt for one person and its outcome."""

    id: str
    type: str
    identity_id: str
    requester_id: str
    created: datetime
    modified: datetime
    tracking: str
    execution: str = "EXECUTING"
    completion: str = ""
    completed: datetime | None = None
    errors: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    request_id: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A task for a person: a change that no connector carries out, or a failure to look into."""

    id: str
    type: str
    owner_id: str
    name: str
    description: str
    created: datetime
    modified: datetime
    requester_id: str = ""
    target_id: str = ""
    state: str = ""
    completed: datetime | None = None
    operation_id: str = ""
    request_id: str = ""
    remediation: tuple[Values, ...] = ()
    # What is decided in it one by one, and the job that is told when all of it is.
    approvals: tuple[Values, ...] = ()
    job: str = ""
    original_owner: str = ""
    forwards: tuple[Values, ...] = ()
    selection: Values | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A background job a client may follow."""

    id: str
    kind: str
    name: str
    created: datetime
    source_id: str = ""
    launcher: str = "System"
    phase: str = "STARTED"
    completed: datetime | None = None
    status: str = ""
    messages: tuple[tuple[str, str], ...] = ()
    counters: Values = field(default_factory=Values)
    optimized: bool = True
    changed: tuple[str, ...] = ()
    type: str = "QUARTZ"
    modified: datetime | None = None
    # Whether another of its kind has to wait until this one is over.
    exclusive: bool = False
    # Its own id, or that of the job a queue knows it by.
    job: str = ""


@dataclass(frozen=True, slots=True)
class Shadow:
    """What search still shows of a changed record (None: nothing) until the change is indexed."""

    kind: str
    id: str
    before: Any
    synced: datetime

    @property
    def key(self) -> str:
        """One for each record."""
        return f"{self.kind}/{self.id}"

    @property
    def due(self) -> str:
        """In order of time among those of a kind."""
        return due_key(self.kind, self.synced)


def due_key(kind: str, at: datetime) -> str:
    """The key of an instant among the shadows of a kind."""
    return f"{kind}/{int(at.timestamp() * 1000):015d}"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail; found by search from `synced` on."""

    id: str
    action: str
    type: str
    objects: tuple[str, ...]
    operation: str
    status: str
    created: datetime
    synced: datetime
    actor: str
    target: str
    tracking: str
    attributes: Values
    actor_id: str = ""

    @property
    def technical_name(self) -> str:
        """Objects, operation and status in one word."""
        return "_".join(part for part in ("_".join(self.objects), self.operation, self.status) if part)
