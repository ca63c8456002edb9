"""Approvals: who decides a step, the decision, its forwarding, escalation and expiry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, NotFound
from simulators.sailpoint.domain.records import Approval, Identity, Request
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# How a scheme of an access item is called in the approvals it makes.
_SCHEME = {
    "MANAGER": "MANAGER",
    "GOVERNANCE_GROUP": "GOVERNANCE_GROUP",
    "SOURCE_OWNER": "SOURCE_OWNER",
    "APP_OWNER": "APP_OWNER",
    "ADDITIONAL_GOVERNANCE_GROUP": "GOVERNANCE_GROUP",
}


class Approvals:
    """Runs the steps of a request, one after another."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        clock = tenant.clock
        clock.on("sailpoint.approval.decided", self._decided)
        clock.on("sailpoint.approval.escalate", self._escalate)
        clock.on("sailpoint.approval.expire", self._expire)

    def next_step(self, request: Request) -> None:
        """Ask the next approver, or go on to provisioning when none is left."""
        tenant, now = self._tenant, self._tenant.now()
        if request.step >= len(request.schemes):
            tenant.requests.approved(request)
            return
        kind, reference = request.schemes[request.step]
        item = tenant.configuration.item(request.item_id)
        owner_id, approvers = self._approvers(kind, reference, request, item)
        approval = tenant.state.approvals.put(
            Approval(
                tenant.ids.hex32("approval"),
                request.id,
                _SCHEME.get(kind, f"{request.item_type}_OWNER"),
                owner_id,
                approvers,
                now,
                now,
                original_owner=owner_id,
            )
        )
        if (
            tenant.settings.same_person_approves
            and request.requester_id in approvers
            and not tenant.settings.own_decision_refused
        ):
            self._take(approval, "APPROVED", request.requester_id, "")
            return
        days = tenant.settings
        tenant.clock.call_later(timedelta(days=days.escalation_days), "sailpoint.approval.escalate", approval.id)
        tenant.clock.call_later(timedelta(days=days.expiry_days), "sailpoint.approval.expire", approval.id)

    def _approvers(
        self, kind: str, reference: str, request: Request, item: AccessItem | None
    ) -> tuple[str, tuple[str, ...]]:
        configuration = self._tenant.configuration
        fallback = self._tenant.settings.fallback_approver
        if kind.endswith("GOVERNANCE_GROUP"):
            group = configuration.find("workgroup", reference)
            members = tuple(member["id"] for member in (group.body.get("members") or ())) if group is not None else ()
            return (reference, members) if members else (fallback, (fallback,))
        owner = ""
        if kind == "MANAGER":
            person = self._tenant.state.identities.get(request.identity_id)
            owner = person.manager_id if person is not None else ""
        elif kind == "SOURCE_OWNER" and item is not None:
            source = configuration.source(item.source_id)
            owner = source.owner_id if source is not None else ""
        elif kind == "ADDITIONAL_OWNER":
            owner = reference
        elif item is not None:
            owner = item.owner_id
        owner = owner or fallback
        return owner, (owner,)

    def _checked(self, id: str, caller: Caller) -> tuple[Approval, Request]:
        approval = self._tenant.state.approvals.get(id)
        if approval is None:
            raise NotFound
        request = self._tenant.state.requests[approval.request_id]
        if caller.identity_id not in approval.approvers and not caller.is_admin:
            raise Forbidden
        if approval.state != "PENDING" or approval.in_process:
            raise NotFound
        own = caller.identity_id in (request.requester_id, request.identity_id)
        if own and self._tenant.settings.own_decision_refused:
            raise Forbidden("A requester's own decision is not accepted.")
        return approval, request

    def decide(self, id: str, decision: str, comment: str, caller: Caller) -> None:
        """APPROVED or REJECTED by an approver; it takes effect a moment later."""
        approval, request = self._checked(id, caller)
        item = self._tenant.configuration.item(request.item_id)
        if decision == "REJECTED" and not comment and item is not None and item.rejection_comment:
            raise IllegalValue('Value of "comment" is required when rejecting this request.')
        self._take(approval, decision, caller.identity_id, comment)

    def _take(self, approval: Approval, decision: str, reviewer_id: str, comment: str) -> None:
        tenant = self._tenant
        tenant.state.approvals.put(
            replace(approval, in_process=decision, reviewed_by=reviewer_id, comment=comment, modified=tenant.now())
        )
        tenant.later("action", "sailpoint.approval.decided", approval.id)

    def _decided(self, id: str) -> None:
        tenant, now = self._tenant, self._tenant.now()
        approval = tenant.state.approvals[id]
        if approval.state != "PENDING" or not approval.in_process:
            return
        request = tenant.state.requests[approval.request_id]
        approval = tenant.state.approvals.put(replace(approval, state=approval.in_process, in_process="", modified=now))
        reviewer = tenant.state.identities.get(approval.reviewed_by)
        tenant.requests.log(
            f"ACCESS_REQUEST_{approval.state}",
            request,
            actor=reviewer.alias if reviewer is not None else "System",
            attributes={"comment": approval.comment, "approvalId": approval.id, "scheme": approval.scheme},
        )
        if request.state != "EXECUTING":
            return
        if approval.state == "REJECTED":
            tenant.requests.finish(request, "REJECTED")
            self._announce(request)
            return
        request = tenant.state.requests.put(replace(request, step=request.step + 1, modified=now))
        self.next_step(request)
        if request.step >= len(request.schemes):
            self._announce(request)

    def _announce(self, request: Request) -> None:
        """Fire `idn:access-request-post-approval`, whatever was decided (event triggers: Access Request Decision)."""
        tenant = self._tenant
        if tenant.workflows is None:
            return
        item = tenant.configuration.item(request.item_id)
        decisions = [
            {
                "approvalComment": approval.comment,
                "approvalDecision": approval.state,
                "approverName": self._who(approval.reviewed_by)["name"],
                "approver": self._who(approval.reviewed_by),
            }
            for approval in tenant.state.approvals.find("request", request.id)
            if approval.state in ("APPROVED", "REJECTED")
        ]
        status = {
            "id": request.item_id,
            "name": item.name if item is not None else request.item_id,
            "type": request.item_type,
            "operation": "Remove" if request.type == "REVOKE_ACCESS" else "Add",
            "comment": request.comment,
            "clientMetadata": dict(request.metadata) or None,
            "approvalInfo": decisions,
        }
        payload = {
            "accessRequestId": request.id,
            "requestedFor": self._who(request.identity_id),
            "requestedItemsStatus": [status],
            "requestedBy": self._who(request.requester_id),
        }
        tenant.workflows.fire("idn:access-request-post-approval", payload, request.identity_id)

    def _who(self, identity_id: str) -> dict[str, str]:
        identity = self._tenant.state.identities.get(identity_id)
        return {"type": "IDENTITY", "id": identity_id, "name": identity.name if identity is not None else ""}

    def forward(self, id: str, new_owner: str, comment: str, caller: Caller) -> None:
        """Hand a decision to somebody else."""
        tenant = self._tenant
        if not comment:
            raise IllegalValue('Value of "comment" is empty or contains invalid data.')
        if tenant.state.identities.get(new_owner) is None:
            raise BadContent("The new owner was not found.")
        approval, request = self._checked(id, caller)
        self._hand_over(
            approval, request, new_owner, comment, caller.identity_id, "ACCESS_REQUEST_FORWARDED", caller.name
        )

    def _hand_over(
        self, approval: Approval, request: Request, new_owner: str, comment: str, by: str, action: str, actor: str
    ) -> None:
        tenant, now = self._tenant, self._tenant.now()
        step = Values(
            {
                "oldApproverId": approval.owner_id,
                "newApproverId": new_owner,
                "comment": comment,
                "modified": iso(now),
                "forwarderName": actor,
                "reassignmentType": "MANUAL_REASSIGNMENT" if by else "AUTO_ESCALATION",
            }
        )
        tenant.state.approvals.put(
            replace(
                approval, owner_id=new_owner, approvers=(new_owner,), forwards=(*approval.forwards, step), modified=now
            )
        )
        tenant.requests.log(action, request, actor=actor, attributes={"comment": comment, "approvalId": approval.id})

    def _escalate(self, id: str) -> None:
        """An approver has not answered: the approver's manager decides, or the fallback."""
        tenant = self._tenant
        approval = tenant.state.approvals[id]
        if approval.state != "PENDING" or approval.in_process:
            return
        owner: Identity | None = tenant.state.identities.get(approval.owner_id)
        new_owner = (owner.manager_id if owner is not None else "") or tenant.settings.fallback_approver
        if new_owner and new_owner not in approval.approvers:
            request = tenant.state.requests[approval.request_id]
            self._hand_over(approval, request, new_owner, "escalated", "", "ACCESS_REQUEST_ESCALATED", "System")

    def _expire(self, id: str) -> None:
        tenant, now = self._tenant, self._tenant.now()
        approval = tenant.state.approvals[id]
        if approval.state != "PENDING" or approval.in_process:
            return
        tenant.state.approvals.put(replace(approval, state="EXPIRED", modified=now))
        request = tenant.state.requests[approval.request_id]
        tenant.requests.log("ACCESS_REQUEST_EXPIRED", request, attributes={"approvalId": approval.id})
        tenant.requests.finish(request, "REJECTED", errors=("The approval expired.",))
