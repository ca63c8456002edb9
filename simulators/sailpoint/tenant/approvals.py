"""Approvals: the steps of a request, one after another; deciding, handing over, commenting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.requests import Approval, Request
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.approvers import Approvers, scheme_of
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.patience import Patience

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Approvals:
    """Runs the steps of a request."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.approvers = Approvers(tenant)
        self.patience = Patience(tenant, self)
        tenant.clock.on("sailpoint.approval.decided", self._decided)

    def next_step(self, request: Request) -> None:
        """Ask the next approver, or go on to provisioning when none is left."""
        tenant, now = self._tenant, self._tenant.now()
        if request.step >= len(request.schemes):
            tenant.requests.approved(request)
            return
        kind, reference = request.schemes[request.step]
        owner_id, approvers = self.approvers.of(kind, reference, request)
        approval = tenant.state.approvals.put(
            Approval(
                tenant.ids.hex32("approval"),
                request.id,
                scheme_of(kind, request.item_type),
                owner_id,
                approvers,
                now,
                now,
                original_owner=owner_id,
                step=request.step,
                due=now + timedelta(days=tenant.settings.expiry_days),
            )
        )
        if request.requester_id in approvers and tenant.requests.config.policy().same_person_approves:
            self._take(approval, "APPROVED", request.requester_id, "")
            return
        self._stand_in(approval, request)
        self.patience.begin(approval)

    def _stand_in(self, approval: Approval, request: Request) -> None:
        """Give a new decision to whom its approver's work is reassigned now."""
        target = self._tenant.reassignments.target(approval.owner_id, "ACCESS_REQUESTS")
        if target != approval.owner_id:
            self.hand_over(
                approval, request, target, "", "AUTOMATIC_REASSIGNMENT", "ACCESS_REQUEST_FORWARDED", "System"
            )

    def get(self, id: str, caller: Caller) -> Approval:
        """An approval its approvers, its requester, its person and administrators may see. Raises NotFound."""
        approval = self._tenant.state.approvals.get(id)
        if approval is None:
            raise NotFound
        request = self._tenant.state.requests[approval.request_id]
        concerned = (*approval.approvers, approval.reviewed_by, request.requester_id, request.identity_id)
        if not caller.is_admin and caller.identity_id not in concerned:
            raise Forbidden
        return approval

    def _checked(self, id: str, caller: Caller) -> tuple[Approval, Request]:
        approval = self._tenant.state.approvals.get(id)
        if approval is None:
            raise NotFound
        request = self._tenant.state.requests[approval.request_id]
        if caller.identity_id not in approval.approvers and not caller.is_admin:
            raise Forbidden
        if approval.state != "PENDING" or approval.in_process:
            raise NotFound
        return approval, request

    def _check_not_own(self, request: Request, caller: Caller) -> None:
        own = caller.identity_id in (request.requester_id, request.identity_id)
        if own and self._tenant.settings.own_decision_refused:
            raise Forbidden("A requester's own decision is not accepted.")

    def decide(self, id: str, decision: str, comment: str, caller: Caller) -> None:
        """APPROVED or REJECTED by an approver; it takes effect a moment later."""
        approval, request = self._checked(id, caller)
        self._check_not_own(request, caller)
        item = self._tenant.requests.item(request.item_id)
        if decision == "REJECTED" and not comment and item is not None and item.rejection_comment:
            raise IllegalValue('Value of "comment" is required when rejecting this request.')
        self._take(approval, decision, caller.identity_id, comment)

    def approve_all(self, ids: Iterable[str], comment: str, caller: Caller) -> None:
        """Say yes to several; those that are decided stay as they are.

        Nothing is decided when one of them is unknown or must not be decided by the caller. Raises a refusal.
        """
        approvals, wanted = self._tenant.state.approvals, list(dict.fromkeys(ids))
        for id in wanted:
            if (approval := approvals.get(id)) is None:
                raise MissingReference(f"Referenced approval {id} was not found.")
            self._check_not_own(self._tenant.state.requests[approval.request_id], caller)
        for id in wanted:
            if approvals[id].state == "PENDING" and not approvals[id].in_process:
                self.decide(id, "APPROVED", comment, caller)

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
        if request.state != "EXECUTING" or request.closed is not None:
            return
        if approval.state == "REJECTED":
            tenant.requests.finish(request, "REJECTED")
            tenant.requests.announce(request)
            return
        request = tenant.state.requests.put(replace(request, step=request.step + 1, modified=now))
        self.next_step(request)
        if request.step >= len(request.schemes):
            tenant.requests.announce(request)

    def forward(self, id: str, new_owner: str, comment: str, caller: Caller) -> None:
        """Hand a decision to somebody else. Raises MissingReference for an unknown person."""
        if not comment:
            raise IllegalValue('Value of "comment" is empty or contains invalid data.')
        approval, request = self._checked(id, caller)
        if new_owner not in self._tenant.state.identities:
            raise MissingReference(f"Referenced identity {new_owner} was not found.")
        if approval.approvers == (new_owner,):
            raise BadContent("The approval already belongs to the new owner.")
        self.hand_over(
            approval, request, new_owner, comment, "MANUAL_REASSIGNMENT", "ACCESS_REQUEST_FORWARDED", caller.name
        )

    def hand_over(
        self, approval: Approval, request: Request, new_owner: str, comment: str, how: str, action: str, actor: str
    ) -> None:
        """Make somebody else the approver; `how` is a reassignment type of the vendor's, `action` the event."""
        tenant, now = self._tenant, self._tenant.now()
        step = Values(
            {
                "oldApproverId": approval.owner_id,
                "newApproverId": new_owner,
                "comment": comment,
                "modified": iso(now),
                "forwarderName": actor,
                "reassignmentType": how,
            }
        )
        tenant.state.approvals.put(
            replace(
                approval,
                owner_id=new_owner,
                approvers=(new_owner,),
                forwards=(*approval.forwards, step),
                escalated=approval.escalated or how == "AUTO_ESCALATION",
                modified=now,
            )
        )
        tenant.requests.log(action, request, actor=actor, attributes={"comment": comment, "approvalId": approval.id})

    def comment(self, id: str, text: str, caller: Caller) -> Approval:
        """Add a remark to an approval."""
        approval = self.get(id, caller)
        now = self._tenant.now()
        remark = Values(
            {
                "commentId": self._tenant.ids.uuid("comment"),
                "authorId": caller.identity_id,
                "comment": text,
                "createdDate": iso(now),
            }
        )
        return self._tenant.state.approvals.put(replace(approval, comments=(*approval.comments, remark), modified=now))

    def cancel_open(self, request: Request, state: str) -> None:
        """End the decisions of a request that nobody will make any more: CANCELLED, or ARCHIVED when it is closed."""
        now = self._tenant.now()
        for approval in list(self._tenant.state.approvals.find("request", request.id)):
            if approval.state == "PENDING":
                self._tenant.state.approvals.put(replace(approval, state=state, in_process="", modified=now))
