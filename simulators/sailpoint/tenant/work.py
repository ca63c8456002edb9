"""Work items: changes a person carries out by hand, and failures somebody has to look into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.records import Account, Operation, WorkItem
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.outcomes import Outcome

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# Decisions are reassigned as approvals, everything else as manual tasks.
_REASSIGNED_AS = {"Approval": "GENERIC_APPROVALS"}


class Work:
    """Opens, forwards and completes work items."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def manual_change(self, operation: Operation, source: Source, account: Account | None) -> None:
        """Have a person make a change: by a ticket where a service desk takes them for the source, else its owner."""
        if not self._tenant.tickets.takes(operation):
            self._ask_owner(operation, source, account)

    def _ask_owner(self, operation: Operation, source: Source, account: Account | None) -> None:
        """Ask the owner of a source without provisioning to make a change; due within the tenant's hours."""
        tenant, now = self._tenant, self._tenant.now()
        identity = tenant.state.identities.get(operation.identity_id)
        activity = tenant.state.activities[operation.activity_id]
        name = identity.name if identity is not None else operation.identity_id
        alias = identity.alias if identity is not None else operation.identity_id
        native = account.native if account is not None else alias
        due = now + timedelta(hours=tenant.settings.manual_due_hours)
        detail = {
            "id": operation.id,
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
        self._add(
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

    def notice(self, owner_id: str, name: str, description: str, target_id: str) -> WorkItem:
        """Ask a person or a governance group to look at something."""
        now = self._tenant.now()
        id = self._tenant.ids.hex32("work-item")
        return self._add(WorkItem(id, "Generic", owner_id, name, description, now, now, target_id=target_id))

    def approval(
        self, owner_id: str, name: str, description: str, target_id: str, items: Iterable[Mapping[str, Any]], job: str
    ) -> WorkItem:
        """Ask somebody to decide on several items; `job` is told the work item's id when all are decided.

        An item has id, account, application, name, operation and value.
        """
        now = self._tenant.now()
        approvals = tuple(Values({**one, "state": None}) for one in items)
        id = self._tenant.ids.hex32("work-item")
        return self._add(
            WorkItem(
                id, "Approval", owner_id, name, description, now, now, target_id=target_id, approvals=approvals, job=job
            )
        )

    def _add(self, item: WorkItem) -> WorkItem:
        tenant = self._tenant
        item = replace(item, original_owner=item.owner_id)
        target = tenant.state.identities.get(item.target_id)
        about = {"workItemId": item.id, "info": item.name, "ownerId": item.owner_id}
        tenant.journal.write("CREATE_WORKITEM_PASSED", target.alias if target is not None else "", attributes=about)
        owner = tenant.reassignments.target(item.owner_id, _REASSIGNED_AS.get(item.type, "MANUAL_TASKS"))
        if owner != item.owner_id:
            item = self._handed_over(item, owner, "", "System", "AUTOMATIC_REASSIGNMENT")
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

    def _open(self, id: str, caller: Caller) -> WorkItem:
        item = self.get(id, caller)
        if item.completed is not None:
            raise BadContent("The work item has already been completed.")
        return item

    def complete(self, id: str, caller: Caller) -> WorkItem:
        """Note that the work is done; a manual change then counts as carried out."""
        item = self._open(id, caller)
        if any(one["state"] is None for one in item.approvals):
            raise BadContent("The work item has approval items that are not decided.")
        return self._ended(item, "Finished")

    def _ended(self, item: WorkItem, state: str) -> WorkItem:
        tenant, now = self._tenant, self._tenant.now()
        item = tenant.state.work_items.put(replace(item, state=state, completed=now, modified=now))
        operation = tenant.state.operations.get(item.operation_id) if item.operation_id else None
        if operation is not None and operation.open and state == "Finished":
            self.carried_out(operation)
        if item.job:
            tenant.later("action", item.job, item.id)
        return item

    def decide(self, id: str, approval_item_id: str, verdict: str, caller: Caller) -> WorkItem:
        """Finished or Rejected for one approval item, for all without an id; the last decision ends the work item.

        Raises NotFound for an item that is not part of it, BadContent for one that is decided.
        """
        item = self._open(id, caller)
        chosen = [one for one in item.approvals if approval_item_id in ("", one["id"])]
        if approval_item_id and not chosen:
            raise NotFound
        if not chosen:
            raise BadContent("The work item has no approval items.")
        if approval_item_id and chosen[0]["state"] is not None:
            raise BadContent("The approval item has already been decided.")
        decided = tuple(
            one.merged({"state": verdict}) if one in chosen and one["state"] is None else one for one in item.approvals
        )
        item = self._tenant.state.work_items.put(replace(item, approvals=decided, modified=self._tenant.now()))
        if any(one["state"] is None for one in decided):
            return item
        rejected = all(one["state"] == "Rejected" for one in decided)
        return self._ended(item, "Rejected" if rejected else "Finished")

    def select_accounts(self, id: str, selection: Mapping[str, Any], caller: Caller) -> WorkItem:
        """Keep which accounts somebody chose; the accounts, where named by id, have to exist."""
        item = self._open(id, caller)
        for chosen in selection.values():
            if isinstance(chosen, str) and chosen and chosen not in self._tenant.state.accounts:
                raise MissingReference(f"Referenced account {chosen[:64]} was not found.")
        now = self._tenant.now()
        return self._tenant.state.work_items.put(replace(item, selection=Values(selection), modified=now))

    def cancel_for(self, request_id: str) -> None:
        """Withdraw the open work of a request."""
        now = self._tenant.now()
        for item in list(self._tenant.state.work_items.find("request", request_id)):
            if item.completed is None:
                self._tenant.state.work_items.put(replace(item, state="Canceled", completed=now, modified=now))

    def carried_out(self, operation: Operation) -> None:
        """A change made by hand counts as done: the account follows it."""
        tenant = self._tenant
        source = tenant.configuration.source(operation.source_id)
        identity = tenant.state.identities.get(operation.identity_id)
        native = identity.alias if identity is not None else operation.identity_id
        name = identity.name if identity is not None else native
        held = list(tenant.accounts_of(operation.identity_id, operation.source_id))
        account = tenant.state.accounts.get(operation.account_id) if operation.account_id else next(iter(held), None)
        if account is not None:
            native, name = account.native, account.name
        disabled = {"DISABLE": True, "ENABLE": False}.get(operation.kind)
        outcome = Outcome("done", native=native, name=name, attributes=operation.values, disabled=disabled)
        if account is None and operation.kind != "CREATE":
            made = replace(operation, kind="CREATE", value="", values=Values())
            account = tenant.provisioning.lanes.account_for(made, outcome)
        tenant.provisioning.lanes.done(operation, source, account, outcome)

    def forward(self, id: str, new_owner: str, comment: str, caller: Caller) -> WorkItem:
        """Hand an item to somebody else. Raises MissingReference for an unknown person."""
        item = self._open(id, caller)
        if not comment:
            raise IllegalValue('Value of "comment" is empty or contains invalid data.')
        if new_owner not in self._tenant.state.identities:
            raise MissingReference(f"Referenced identity {new_owner} was not found.")
        self._tenant.journal.write("WORK_ITEM_FORWARD", item.name, actor=caller.name)
        item = self._handed_over(item, new_owner, comment, caller.name, "MANUAL_REASSIGNMENT")
        return self._tenant.state.work_items.put(item)

    def _handed_over(self, item: WorkItem, new_owner: str, comment: str, actor: str, how: str) -> WorkItem:
        now = self._tenant.now()
        step = Values(
            {
                "oldApproverId": item.owner_id,
                "newApproverId": new_owner,
                "comment": comment,
                "modified": iso(now),
                "forwarderName": actor,
                "reassignmentType": how,
            }
        )
        return replace(item, owner_id=new_owner, forwards=(*item.forwards, step), modified=now)
