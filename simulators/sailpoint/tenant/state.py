"""Everything a tenant remembers, each kind of record with the keys it is found under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.kernel.ids import Ids
from simulators.kernel.indexes import Indexes
from simulators.kernel.table import State, Table
from simulators.sailpoint.domain.credentials import Credential, OAuthGrant
from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.invocations import Invocation
from simulators.sailpoint.domain.nonemployees import (
    NonEmployee,
    NonEmployeeApproval,
    NonEmployeeRequest,
    NonEmployeeUpload,
)
from simulators.sailpoint.domain.records import (
    Account,
    Activity,
    Entitlement,
    Event,
    Grant,
    Identity,
    Operation,
    Shadow,
    Task,
    WorkItem,
    Write,
)
from simulators.sailpoint.domain.requests import Approval, Request
from simulators.sailpoint.domain.reviews import Campaign, Certification, CertificationTask, ReviewItem, Summary
from simulators.sailpoint.domain.signals import Signal
from simulators.sailpoint.domain.sod import Violation
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant import nonemployee_tables, review_tables

# Identity attributes that accounts may correlate on.
MATCHED = ("personKey", "workerId", "uid", "email", "identificationNumber")


def epoch(at: Any) -> int:
    """Whole seconds of an instant: what time indexes hold."""
    return int(at.timestamp())


def _owners(d: Document) -> list[str]:
    owner = d.body.get("owner")
    return [str(owner["id"])] if isinstance(owner, Mapping) and owner.get("id") else []


def _documents() -> Table[Document]:
    return Table(
        lambda d: d.id,
        kind=lambda d: [d.kind],
        name=lambda d: [f"{d.kind}/{d.name.lower()}"],
        parent=lambda d: [f"{d.kind}/{d.parent}"] if d.parent else [],
        owner=_owners,
    )


def _identity_facets(i: Identity) -> Iterator[str]:
    a = i.attributes
    yield f"profile={i.profile_id}"
    yield f"state={i.state}"
    yield f"profile-state={i.profile_id}/{i.state}"
    if i.manager_id:
        yield f"manager={i.manager_id}"
    if a.get("department"):
        yield f"department={str(a['department']).lower()}"


def _identities() -> Table[Identity]:
    return Table(
        lambda i: i.id,
        alias=lambda i: [i.alias.lower()],
        name=lambda i: [i.name.lower()],
        email=lambda i: [str(i.attributes.get("email") or "").lower()],
        lastname=lambda i: [str(i.attributes.get("lastname") or "").lower()],
        id=lambda i: [i.id],
        match=lambda i: [f"{name}={i.attributes[name]}" for name in MATCHED if i.attributes.get(name)],
        facet=_identity_facets,
        roles=lambda i: i.roles,
        due=lambda i: [i.due] if i.due is not None else [],
        needs=lambda i: ["yes"] if i.needs_processing or i.owed or i.error else [],
        incomplete=lambda i: [] if i.correlated else ["yes"],
    )


def _accounts() -> Table[Account]:
    return Table(
        lambda a: a.id,
        source=lambda a: [a.source_id],
        identity=lambda a: [a.identity_id] if a.identity_id else [],
        native=lambda a: [a.native.lower()],
        name=lambda a: [a.name.lower()],
        uncorrelated=lambda a: [] if a.identity_id else [a.source_id, "any"],
    )


def _entitlements() -> Table[Entitlement]:
    return Table(
        lambda e: e.id,
        source=lambda e: [e.source_id],
        value=lambda e: [f"{e.source_id}/{e.value}"],
        plain=lambda e: [e.value.lower()],
        name=lambda e: [e.name.lower()],
    )


def _grants() -> Table[Grant]:
    return Table(
        lambda g: g.id,
        identity=lambda g: [g.identity_id],
        item=lambda g: [g.item_id],
        ends=lambda g: [epoch(g.remove_at)] if g.remove_at is not None else [],
    )


def _operations() -> Table[Operation]:
    return Table(
        lambda o: o.id,
        lane=lambda o: [o.lane] if o.open else [],
        identity=lambda o: [o.identity_id] if o.open else [],
        committed=lambda o: [o.source_id] if o.status == "COMMITED" else [],
    )


def _writes() -> Table[Write]:
    return Table(
        lambda w: w.id,
        account=lambda w: [f"{w.source_id}/{w.native}"],
        at=lambda w: [int(w.at.timestamp() * 1000)],
    )


def _activities() -> Table[Activity]:
    return Table(
        lambda a: a.id,
        identity=lambda a: [a.identity_id],
        requester=lambda a: [a.requester_id] if a.requester_id else [],
        tracking=lambda a: [a.tracking],
        type=lambda a: [a.type.lower()],
    )


def _requests() -> Table[Request]:
    return Table(
        lambda r: r.id,
        identity=lambda r: [r.identity_id],
        requester=lambda r: [r.requester_id],
        row=lambda r: [r.item_row],
        running=lambda r: [f"{r.identity_id}/{r.item_id}"] if r.state == "EXECUTING" else [],
    )


def _approvals() -> Table[Approval]:
    return Table(
        lambda a: a.id,
        request=lambda a: [a.request_id],
        pending=lambda a: [*a.approvers, "any"] if a.state == "PENDING" else [],
        completed=lambda a: [] if a.state == "PENDING" else [a.reviewed_by or a.owner_id, "any"],
    )


def _work_items() -> Table[WorkItem]:
    return Table(
        lambda w: w.id,
        open=lambda w: [] if w.completed else [w.owner_id, "any"],
        completed=lambda w: [w.owner_id, "any"] if w.completed else [],
        request=lambda w: [w.request_id] if w.request_id else [],
        asker=lambda w: [w.requester_id] if w.requester_id and not w.completed else [],
    )


def _tasks() -> Table[Task]:
    return Table(
        lambda t: t.id,
        source=lambda t: [t.source_id] if t.source_id else [],
        kind=lambda t: [t.kind.lower()],
        running=lambda t: [f"{t.kind}/{t.source_id}"] if t.exclusive and not t.completed else [],
        status=lambda t: [t.status.lower() or "running"],
    )


def _event_terms(e: Event) -> Iterator[str]:
    yield f"action={e.action.lower()}"
    yield f"technicalName={e.technical_name.lower()}"
    yield f"type={e.type.lower()}"
    yield f"target.name={e.target.lower()}"
    if e.actor != "System":
        yield f"actor.name={e.actor.lower()}"
    if e.tracking:
        yield f"trackingNumber={e.tracking}"


def _events() -> Table[Event]:
    return Table(lambda e: e.id, term=_event_terms, created=lambda e: [int(e.created.timestamp() * 1000)])


def _shadows() -> Table[Shadow]:
    return Table(lambda s: s.key, synced=lambda s: [s.due])


def _executions() -> Table[Execution]:
    return Table(
        lambda e: e.id,
        workflow=lambda e: [e.workflow_id],
        done=lambda e: [f"{e.workflow_id}/{e.identity_id}"] if e.status == "Completed" else [],
        running=lambda e: [f"{e.workflow_id}/{e.identity_id}"] if e.closed is None else [],
    )


def _invocations() -> Table[Invocation]:
    return Table(lambda i: i.id)


def _signals() -> Table[Signal]:
    return Table(lambda s: s.id)


def _credentials() -> Table[Credential]:
    return Table(lambda c: c.id, owner=lambda c: [c.owner_id] if c.owner_id else [], kind=lambda c: [c.kind])


@dataclass
class SailPointState(State):
    """All mutable state of one tenant; `fork` twins it in microseconds."""

    ids: Ids
    org: str
    pod: str
    time_zone: str
    tenant_id: str = ""
    signing_key: str = ""
    documents: Table[Document] = field(default_factory=_documents)
    identities: Table[Identity] = field(default_factory=_identities)
    accounts: Table[Account] = field(default_factory=_accounts)
    entitlements: Table[Entitlement] = field(default_factory=_entitlements)
    grants: Table[Grant] = field(default_factory=_grants)
    operations: Table[Operation] = field(default_factory=_operations)
    writes: Table[Write] = field(default_factory=_writes)
    activities: Table[Activity] = field(default_factory=_activities)
    requests: Table[Request] = field(default_factory=_requests)
    approvals: Table[Approval] = field(default_factory=_approvals)
    work_items: Table[WorkItem] = field(default_factory=_work_items)
    campaigns: Table[Campaign] = field(default_factory=review_tables.campaigns)
    certifications: Table[Certification] = field(default_factory=review_tables.certifications)
    summaries: Table[Summary] = field(default_factory=review_tables.summaries)
    review_items: Table[ReviewItem] = field(default_factory=review_tables.review_items)
    certification_tasks: Table[CertificationTask] = field(default_factory=review_tables.certification_tasks)
    violations: Table[Violation] = field(default_factory=review_tables.violations)
    tasks: Table[Task] = field(default_factory=_tasks)
    events: Table[Event] = field(default_factory=_events)
    executions: Table[Execution] = field(default_factory=_executions)
    invocations: Table[Invocation] = field(default_factory=_invocations)
    signals: Table[Signal] = field(default_factory=_signals)
    credentials: Table[Credential] = field(default_factory=_credentials)
    nonemployees: Table[NonEmployee] = field(default_factory=nonemployee_tables.records)
    nonemployee_requests: Table[NonEmployeeRequest] = field(default_factory=nonemployee_tables.requests)
    nonemployee_approvals: Table[NonEmployeeApproval] = field(default_factory=nonemployee_tables.approvals)
    nonemployee_uploads: Table[NonEmployeeUpload] = field(default_factory=nonemployee_tables.uploads)
    shadows: Table[Shadow] = field(default_factory=_shadows)
    # Indexes over the search documents of people: one memory for all forks, brought to the asker's state.
    people: Indexes = field(default_factory=Indexes)
    # Connector access tokens, running scans, files waiting to be read, timers by name.
    tokens: dict[str, Any] = field(default_factory=dict)
    scans: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Any] = field(default_factory=dict)
    timers: dict[str, int] = field(default_factory=dict)
    watermarks: dict[str, str] = field(default_factory=dict)
    # Codes and refresh tokens of API clients that act for a person, by the text that proves them.
    oauth_grants: dict[str, OAuthGrant] = field(default_factory=dict)
    # Requests by client and version: (second the window began, how many since).
    windows: dict[str, tuple[float, int]] = field(default_factory=dict)
    # The access model changed since the last scheduled processing: everybody needs it.
    model_changed: bool = False
    event_number: int = 4311624
    # Workflow executions of a day, and when the next one may begin once there have been too many: epoch milliseconds.
    workflow_day: int = 0
    workflow_starts: int = 0
    workflow_next_ms: int = 0
    # OAuth clients that may call one workflow: client id to workflow id.
    workflow_clients: dict[str, str] = field(default_factory=dict)
