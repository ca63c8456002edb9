"""Access requests in time: opened, decided step by step, carried out, ended; each item is a request of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference
from simulators.sailpoint.domain.records import Activity, Identity
from simulators.sailpoint.domain.requests import GRANT, MODIFY, REVOKE, Approval, Request, Wish
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.approvals import Approvals
from simulators.sailpoint.tenant.asking import Asking
from simulators.sailpoint.tenant.consulting import Consulting
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.fulfilment import Fulfilment
from simulators.sailpoint.tenant.request_closing import RequestClosing
from simulators.sailpoint.tenant.request_config import RequestConfig

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

__all__ = ["Requests", "Wish"]

# How the activity of a request ends with it: execution and completion.
_ENDS = {
    "REQUEST_COMPLETED": ("COMPLETED", "SUCCESS"),
    "NOT_ALL_ITEMS_PROVISIONED": ("COMPLETED", "INCOMPLETE"),
    "TERMINATED": ("TERMINATED", "FAILURE"),
}


class Requests:
    """Takes requests and follows each to its end."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.config = RequestConfig(tenant)
        self.asking = Asking(tenant)
        self.consulting = Consulting(tenant)
        self.approvals = Approvals(tenant)
        self.fulfilment = Fulfilment(tenant)
        self.closing = RequestClosing(tenant)
        self.item = self.config.item
        self.visible = self.asking.visible
        self.held = self.asking.held
        tenant.clock.on("sailpoint.request.open", self._opened)

    def groups_of(self, identity_id: str) -> list[str]:
        """Governance groups a person belongs to."""
        groups = self._tenant.configuration.all("workgroup")
        return [g.id for g in groups if any(member["id"] == identity_id for member in g.body.get("members") or ())]

    def submit(self, kind: str, for_ids: list[str], wishes: list[Wish], caller: Caller) -> list[tuple[Request, bool]]:
        """The same items for several people; one row each, with whether it is new. Raises a refusal."""
        return self.asking.take(kind, [(for_ids, wishes)], caller)

    def who(self, identity_id: str) -> dict[str, str]:
        """A person as triggers name one."""
        identity = self._tenant.state.identities.get(identity_id)
        return {"type": "IDENTITY", "id": identity_id, "name": identity.name if identity is not None else ""}

    def log(
        self, action: str, request: Request, actor: str = "System", *, attributes: dict[str, Any] | None = None
    ) -> None:
        """Write an event about a request."""
        state = self._tenant.state
        person, item = state.identities.get(request.identity_id), self.item(request.item_id)
        requester = state.identities.get(request.requester_id)
        about = {
            "accessRequestId": request.id,
            "requestId": request.id,
            "accessItemId": request.item_id,
            "accessItemName": item.name if item is not None else request.item_id,
            "accessItemType": request.item_type,
            "requestType": request.type,
            "requester": requester.alias if requester is not None else "",
            "removeDate": iso(request.remove_at) if request.remove_at is not None else "",
            **(attributes or {}),
        }
        target = person.alias if person is not None else request.identity_id
        self._tenant.journal.write(action, target, actor=actor, tracking=request.tracking, attributes=about)

    def _opened(self, request_id: str) -> None:
        """The request becomes a row: an account activity, its first approval, or provisioning at once."""
        tenant, state, now = self._tenant, self._tenant.state, self._tenant.now()
        request = state.requests[request_id]
        if request.state != "EXECUTING":
            return
        person, item = state.identities.get(request.identity_id), self.item(request.item_id)
        repeated = person is not None and item is not None and self._repeats(request, person, item)
        if repeated and tenant.settings.duplicate_requests == "ignored":
            state.requests.put(replace(request, state="CANCELLED", finished=now))
            return
        request = state.requests.put(replace(request, visible=True, modified=now))
        if person is None or item is None:
            self.finish(request, "ERROR", errors=("The requested item or identity no longer exists.",))
            return
        state.activities.put(
            Activity(
                request.id,
                "appRequest",
                person.id,
                request.requester_id,
                request.created,
                now,
                request.tracking,
                request_id=request.id,
            )
        )
        tenant.journal.changed("activity", request.id, None)
        if item.form_id and not request.form_id and request.type == GRANT:
            self.finish(request, "ERROR", errors=(f'The form of "{item.name}" has not been completed.',))
        elif repeated:
            self.cancel_as(request, "The access is already assigned.", "")
        elif request.type == MODIFY and not self.fulfilment.grants(request):
            self.finish(request, "ERROR", errors=(f'"{item.name}" is not assigned by a request.',))
        else:
            self.log("ACCESS_APPROVAL_STARTED", request)
            self.consulting.begin(self._with_dates_before(request))

    def _repeats(self, request: Request, person: Identity, item: AccessItem) -> bool:
        """Whether a request asks for what is held already, until the same date."""
        if request.type != GRANT or not self.held(person, item, request.native):
            return False
        granted = self.fulfilment.grants(request)
        return not granted or all(grant.remove_at == request.remove_at for grant in granted)

    def _with_dates_before(self, request: Request) -> Request:
        """A request about access that is held changes its end; note the present one."""
        granted = self.fulfilment.grants(request)
        if not granted or request.type == REVOKE:
            return request
        return self._tenant.state.requests.put(replace(request, modifies=True, remove_at_before=granted[0].remove_at))

    def approved(self, request: Request) -> None:
        """Every step said yes: provisioning follows, now or on the start date."""
        now = self._tenant.now()
        request = self._tenant.state.requests.put(replace(request, approved=now, modified=now))
        if request.start_at is not None and request.start_at > now:
            self._tenant.clock.call_at(request.start_at, "sailpoint.request.provision", request.id)
        else:
            self._tenant.later("decision_to_activity", "sailpoint.request.provision", request.id)

    def announce(self, request: Request) -> None:
        """Fire `idn:access-request-post-approval`, whatever was decided (event triggers: Access Request Decision)."""
        tenant = self._tenant
        if tenant.workflows is None:
            return
        item = self.item(request.item_id)
        decisions = [
            {
                "approvalComment": approval.comment,
                "approvalDecision": approval.state,
                "approverName": self.who(approval.reviewed_by)["name"],
                "approver": self.who(approval.reviewed_by),
            }
            for approval in tenant.state.approvals.find("request", request.id)
            if approval.state in ("APPROVED", "REJECTED")
        ]
        status = {
            "id": request.item_id,
            "name": item.name if item is not None else request.item_id,
            "description": self.description(request),
            "type": request.item_type,
            "operation": "Remove" if request.type == REVOKE else "Add",
            "comment": request.comment,
            "clientMetadata": dict(request.metadata) or None,
            "approvalInfo": decisions,
        }
        payload = {
            "accessRequestId": request.id,
            "requestedFor": self.who(request.identity_id),
            "requestedItemsStatus": [status],
            "requestedBy": self.who(request.requester_id),
        }
        tenant.workflows.fire("idn:access-request-post-approval", payload, request.identity_id)

    def description(self, request: Request) -> str | None:
        """What the requested item says about itself, as triggers tell it."""
        document = self._tenant.state.documents.get(request.item_id)
        right = self._tenant.state.entitlements.get(request.item_id)
        text = (document or right).body.get("description") if document or right else None  # type: ignore[union-attr]
        return str(text) if text else None

    def provisioned(self, activity: Activity) -> None:
        """An activity has closed: the request it carried out ends with it."""
        request = self._tenant.state.requests.get(activity.request_id) if activity.request_id else None
        if request is None or request.state != "EXECUTING":
            return
        if request.closed is not None:
            self.closing.closed(request, activity)
            return
        state = {"SUCCESS": "REQUEST_COMPLETED", "FAILURE": "PROVISIONING_FAILED"}.get(
            activity.completion, "NOT_ALL_ITEMS_PROVISIONED"
        )
        self.finish(request, state, errors=activity.errors)

    def finish(self, request: Request, state: str, *, errors: tuple[str, ...] = (), **changes: Any) -> Request:
        """Bring a request to its end."""
        tenant, now = self._tenant, self._tenant.now()
        request = tenant.state.requests.put(
            replace(request, state=state, finished=now, modified=now, errors=errors, **changes)
        )
        action = "ACCESS_REVOKE_REQUEST_PROCESSED" if request.type == REVOKE else "ACCESS_REQUEST_PROCESSED"
        self.log(action, request, attributes={"info": state})
        activity = tenant.state.activities.get(request.id)
        if activity is not None and activity.completed is None:
            execution, outcome = _ENDS.get(state, ("COMPLETED", "FAILURE"))
            tenant.journal.changed("activity", activity.id, activity)
            tenant.state.activities.put(
                replace(activity, execution=execution, completion=outcome, completed=now, modified=now, errors=errors)
            )
        return request

    def cancel_as(self, request: Request, comment: str, owner_id: str) -> Request:
        """End a request that nobody will decide any more."""
        self.approvals.cancel_open(request, "CANCELLED")
        details = Values({"comment": comment, "ownerId": owner_id, "modified": iso(self._tenant.now())})
        self.log("ACCESS_REQUEST_CANCELLED", request, attributes={"comment": comment})
        return self.finish(request, "CANCELLED", cancelled=details)

    def cancel(self, request_id: str, comment: str, caller: Caller) -> None:
        """Withdraw a request before it is decided: its requester or an administrator. Raises a refusal."""
        request = self._tenant.state.requests.get(request_id)
        if request is None:
            raise MissingReference(f"Referenced access request {request_id} was not found.")
        if not comment:
            raise IllegalValue('Value of "comment" is empty or contains invalid data.')
        if not caller.is_admin and caller.identity_id != request.requester_id:
            raise Forbidden
        if not cancelable(request):
            raise BadContent("The access request can no longer be cancelled.")
        self.cancel_as(request, comment, caller.identity_id)

    def cancel_all(self, request_ids: Iterable[str], comment: str, caller: Caller) -> None:
        """Withdraw several; those that cannot be cancelled any more stay. Raises MissingReference for an unknown id."""
        wanted = list(dict.fromkeys(request_ids))
        for id in wanted:
            if id not in self._tenant.state.requests:
                raise MissingReference(f"Referenced access request {id} was not found.")
        for id in wanted:
            if cancelable(self._tenant.state.requests[id]):
                self.cancel_as(self._tenant.state.requests[id], comment, caller.identity_id)

    def pending(self, caller: Caller, owner: str) -> Iterable[Approval]:
        """Approvals waiting for somebody."""
        return self._tenant.state.approvals.find("pending", self.owner_key(caller, owner))

    def owner_key(self, caller: Caller, owner: str) -> str:
        """Whose approvals are asked for: the caller's; an administrator names another, or nobody for all of them."""
        if owner in ("me", caller.identity_id):
            return caller.identity_id
        if caller.is_admin:
            return owner or "any"
        if owner:
            raise Forbidden
        return caller.identity_id


def cancelable(request: Request) -> bool:
    """Whether the approval phase has not passed yet."""
    return request.state == "EXECUTING" and request.approved is None
