"""Patience: an approver is reminded, then somebody else is asked, then the approval expires."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.requests import Approval

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant
    from simulators.sailpoint.tenant.approvals import Approvals


class Patience:
    """Follows an unanswered approval by the clock (SailPoint API, Access Request Configuration)."""

    def __init__(self, tenant: SailPointTenant, approvals: Approvals) -> None:
        self._tenant = tenant
        self._approvals = approvals
        clock = tenant.clock
        clock.on("sailpoint.approval.remind", self._remind)
        clock.on("sailpoint.approval.escalate", self._escalate)
        clock.on("sailpoint.approval.expire", self._expire)

    def begin(self, approval: Approval) -> None:
        """Set the times of reminders, escalation and expiry of a new approval."""
        policy, clock = self._tenant.requests.config.policy(), self._tenant.clock
        for delay in policy.reminders():
            clock.call_later(delay, "sailpoint.approval.remind", approval.id)
        if (delay_to_escalation := policy.escalation()) is not None:
            clock.call_later(delay_to_escalation, "sailpoint.approval.escalate", approval.id)
        if approval.due is not None:
            clock.call_at(approval.due, "sailpoint.approval.expire", approval.id)

    def _waiting(self, id: str) -> Approval | None:
        approval = self._tenant.state.approvals[id]
        return approval if approval.state == "PENDING" and not approval.in_process else None

    def _remind(self, id: str) -> None:
        """A mail to the approver; no mail leaves this tenant, the approval counts it."""
        if (approval := self._waiting(id)) is not None:
            self._tenant.state.approvals.put(replace(approval, reminders=approval.reminders + 1))

    def _escalate(self, id: str) -> None:
        """The approver's manager decides, or the fallback approver."""
        tenant = self._tenant
        if (approval := self._waiting(id)) is None:
            return
        owner: Identity | None = tenant.state.identities.get(approval.owner_id)
        new_owner = (owner.manager_id if owner is not None else "") or self._approvals.approvers.fallback()
        if new_owner and new_owner not in approval.approvers:
            request = tenant.state.requests[approval.request_id]
            self._approvals.hand_over(
                approval, request, new_owner, "escalated", "AUTO_ESCALATION", "ACCESS_REQUEST_ESCALATED", "System"
            )

    def _expire(self, id: str) -> None:
        tenant, now = self._tenant, self._tenant.now()
        if (approval := self._waiting(id)) is None:
            return
        tenant.state.approvals.put(replace(approval, state="EXPIRED", modified=now))
        request = tenant.state.requests[approval.request_id]
        tenant.requests.log("ACCESS_REQUEST_EXPIRED", request, attributes={"approvalId": approval.id})
        tenant.requests.finish(request, "REJECTED", errors=("The approval expired.",))
