"""Work items: changes a person carries out by hand, and failures somebody has to look into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import BadContent, Forbidden, NotFound
from simulators.sailpoint.domain.records import Account, Operation, WorkItem
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.outcomes import Outcome

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Work:
    """Opens, forwards and completes work items."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def manual_change(self, operation: Operation, source: Source, account: Account | None) -> WorkItem:
        """Ask the owner of a source without provisioning to make a change; due within the tenant's hours."""
        tenant, now = self._tenant, self._tenant.now()
        identity = tenant.state.identities.get(operation.identity_id)
        activity = tenant.state.activities[operation.activity_id]
        name = identity.name if identity is not None else operation.identity_id
        alias = identity.alias if identity is not None else operation.identity_id
        native = account.native if account is not None else alias
        due = now + timedelta(hours=tenant.settings.manual_due_hours)
        detail = {
            "targetId": operation.identity_id,
            "targetName": alias,
            "targetDisplayName": name,
            "applicationName": source.name,
            "attributeName": operation.attribute or None,
            "attributeOperation": operation.kind,
            "attributeValue": operation.value or None,
            "nativeIdentity": native,
            "dueDate": iso(due),
        }
        item = self._add(
            WorkItem(
                tenant.ids.hex32("work-item"),
                "ManualAction",
                source.owner_id,
                f"Manual changes requested for user: {name}",
                f"{operation.kind} {operation.value} on {source.name} for {name}, due {iso(due)}".replace("  ", " "),
                now,
                now,
                requester_id=activity.requester_id,
                target_id=operation.identity_id,
                operation_id=operation.id,
                request_id=activity.request_id,
                remediation=(Values(detail),),
            )
        )
        about = {"sourceName": source.name, "operation": operation.kind, "attributeValue": operation.value}
        tenant.journal.write("manualChange", alias, tracking=activity.tracking, attributes=about)
        return item

    def notice(self, owner_id: str, name: str, description: str, target_id: str) -> WorkItem:
        """Ask a person or a governance group to look at something."""
        now = self._tenant.now()
        id = self._tenant.ids.hex32("work-item")
        return self._add(WorkItem(id, "Generic", owner_id, name, description, now, now, target_id=target_id))

    def _add(self, item: WorkItem) -> WorkItem:
        tenant = self._tenant
        target = tenant.state.identities.get(item.target_id)
        about = {"workItemId": item.id, "info": item.name, "ownerId": item.owner_id}
        tenant.journal.write("CREATE_WORKITEM_PASSED", target.alias if target is not None else "", attributes=about)
        return tenant.state.work_items.put(item)

    def owners(self, caller: Caller, owner: str) -> list[str]:
        """Index keys of the items asked for: one's own and one's groups'; as an administrator another's or all."""
        if owner and owner not in ("me", caller.identity_id):
            if not caller.is_admin:
                raise Forbidden
            return [owner]
        if caller.is_admin and not owner:
            return ["any"]
        return [caller.identity_id, *self._tenant.requests.groups_of(caller.identity_id)]

    def listed(self, caller: Caller, owner: str, completed: bool) -> Iterable[WorkItem]:
        """Items of an owner, open or completed."""
        for key in self.owners(caller, owner):
            yield from self._tenant.state.work_items.find("completed" if completed else "open", key)

    def get(self, id: str, caller: Caller) -> WorkItem:
        """One item, for its owner or an administrator. Raises NotFound."""
        item = self._tenant.state.work_items.get(id)
        if item is None:
            raise NotFound
        if not caller.is_admin and item.owner_id not in (
            caller.identity_id,
            *self._tenant.requests.groups_of(caller.identity_id),
        ):
            raise Forbidden
        return item

    def complete(self, id: str, caller: Caller) -> WorkItem:
        """Note that the work is done; a manual change then counts as carried out."""
        tenant, now = self._tenant, self._tenant.now()
        item = self.get(id, caller)
        if item.completed is not None:
            raise BadContent("The work item has already been completed.")
        item = tenant.state.work_items.put(replace(item, state="Finished", completed=now, modified=now))
        operation = tenant.state.operations.get(item.operation_id) if item.operation_id else None
        if operation is not None and operation.open:
            self._carried_out(operation)
        return item

    def _carried_out(self, operation: Operation) -> None:
        tenant = self._tenant
        source = tenant.configuration.source(operation.source_id)
        identity = tenant.state.identities.get(operation.identity_id)
        native = identity.alias if identity is not None else operation.identity_id
        name = identity.name if identity is not None else native
        held = list(tenant.accounts_of(operation.identity_id, operation.source_id))
        account = tenant.state.accounts.get(operation.account_id) if operation.account_id else next(iter(held), None)
        disabled = {"DISABLE": True, "ENABLE": False}.get(operation.kind)
        outcome = Outcome("done", native=native, name=name, attributes=operation.values, disabled=disabled)
        if account is None and operation.kind != "CREATE":
            made = replace(operation, kind="CREATE", value="", values=Values())
            account = tenant.provisioning.lanes.account_for(made, outcome)
        tenant.provisioning.lanes.done(operation, source, account, outcome)

    def forward(self, id: str, new_owner: str, caller: Caller) -> WorkItem:
        """Hand an item to somebody else."""
        item = self.get(id, caller)
        if self._tenant.state.identities.get(new_owner) is None:
            raise BadContent("The target owner was not found.")
        self._tenant.journal.write("WORK_ITEM_FORWARD", item.name, actor=caller.name)
        return self._tenant.state.work_items.put(replace(item, owner_id=new_owner, modified=self._tenant.now()))
