"""Reading the neighbours of a record: what shapes ask for beside the record itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import AccessItem, LifecycleState, Source
from simulators.sailpoint.domain.records import Account, Activity, Entitlement, Grant, Identity, Operation, WorkItem
from simulators.sailpoint.domain.requests import Approval, Request
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Lookup:
    """Look-ups by id, each O(1) or along one index."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    @property
    def org(self) -> str:
        """The tenant's name."""
        return self._tenant.state.org

    @property
    def pod(self) -> str:
        """Where the tenant runs."""
        return self._tenant.state.pod

    def identity(self, id: str) -> Identity | None:
        """A person."""
        return self._tenant.state.identities.get(id)

    def document(self, id: str) -> Document | None:
        """A configuration document."""
        return self._tenant.state.documents.get(id)

    def source(self, id: str) -> Source | None:
        """A source."""
        return self._tenant.configuration.source(id)

    def item(self, id: str) -> AccessItem | None:
        """A role or an access profile."""
        return self._tenant.configuration.item(id)

    def requested(self, id: str) -> AccessItem | None:
        """A role, an access profile or an entitlement as something to ask for."""
        return self._tenant.requests.item(id)

    def entitlement(self, id: str) -> Entitlement | None:
        """An entitlement."""
        return self._tenant.state.entitlements.get(id)

    def right(self, source_id: str, value: str) -> Entitlement | None:
        """The entitlement of a value on a source."""
        return self._tenant.state.entitlements.first("value", f"{source_id}/{value}")

    def tags(self, type: str, id: str) -> list[str]:
        """The tags on an object."""
        return list(self._tenant.tags.of(type, id))

    def connections(self, group_id: str) -> list[tuple[Document, str]]:
        """What refers to a governance group, and how."""
        return self._tenant.workgroups.connections(group_id)

    def lifecycle(self, profile_id: str, name: str) -> LifecycleState | None:
        """A lifecycle state by its technical name."""
        return self._tenant.configuration.lifecycle_state(profile_id, name)

    def authoritative(self, source_id: str) -> bool:
        """Whether an identity profile refers to a source."""
        return self._tenant.configuration.is_authoritative(source_id)

    def children(self, kind: str, parent: str) -> Iterable[Document]:
        """Documents under another."""
        return self._tenant.configuration.all(kind, parent)

    def accounts(self, identity_id: str) -> Iterable[Account]:
        """A person's accounts."""
        return self._tenant.state.accounts.find("identity", identity_id)

    def accounts_at(self, native: str) -> Iterable[Account]:
        """Accounts of a native identity, on whatever source."""
        return self._tenant.state.accounts.find("native", native.lower())

    def grants(self, identity_id: str) -> Iterable[Grant]:
        """A person's granted requests."""
        return self._tenant.state.grants.find("identity", identity_id)

    def role_since(self, identity: Identity, role_id: str) -> str:
        """When a person came to a role by membership: as the audit trail tells, else as old as the identity."""
        events = self._tenant.state.events.find("term", f"target.name={identity.alias.lower()}")
        added = [one.created for one in events if one.action == "roleAdd" and one.attributes["accessItemId"] == role_id]
        return iso(added[-1] if added else identity.created)

    def coming(self, identity_id: str) -> Iterable[Request]:
        """Approved requests of a person that wait for the day on which they begin."""
        for request in self._tenant.state.requests.find("identity", identity_id):
            waits = request.start_at is not None and request.start_at > self._tenant.now()
            if waits and request.state == "EXECUTING" and request.approved is not None:
                yield request

    def manages(self, identity_id: str) -> bool:
        """Whether somebody reports to a person."""
        return self._tenant.state.identities.count("facet", f"manager={identity_id}") > 0

    def population(self, facet: str) -> int:
        """How many identities share a facet."""
        return self._tenant.state.identities.count("facet", facet)

    def operations(self, activity: Activity) -> list[Operation]:
        """What an activity consists of."""
        return [one for id in activity.operations if (one := self._tenant.state.operations.get(id)) is not None]

    def request(self, id: str) -> Request | None:
        """An access request."""
        return self._tenant.state.requests.get(id)

    def activity(self, id: str) -> Activity | None:
        """An account activity."""
        return self._tenant.state.activities.get(id)

    def approvals(self, request_id: str) -> list[Approval]:
        """The approvals of a request, in order."""
        return list(self._tenant.state.approvals.find("request", request_id))

    def work_items(self, request_id: str) -> list[WorkItem]:
        """The manual work of a request."""
        return list(self._tenant.state.work_items.find("request", request_id))
