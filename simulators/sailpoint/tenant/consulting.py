"""Consulting others before anybody decides: the check for separation of duties and the two triggers of a request.

SailPoint, event triggers: Access Request Submitted comes behind the check and may end the request; Access Request
Dynamic Approval follows, when the first one approved, and may add one approver.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.requests import REVOKE, Request
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.sod import KIND, log_check

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

PRE_APPROVAL, DYNAMIC = "idn:access-request-pre-approval", "idn:access-request-dynamic-approver"


class Consulting:
    """Asks whoever is to be asked before the first approval."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.request.pre-approved", self._pre_approved)
        tenant.clock.on("sailpoint.request.approver-named", self._approver_named)

    def begin(self, request: Request) -> None:
        """Check, ask, and let the approvals start."""
        request = self._checked(request)
        if not self._ask(PRE_APPROVAL, request, "sailpoint.request.pre-approved"):
            self._ask_for_approver(request)

    def _checked(self, request: Request) -> Request:
        """What the policies for separation of duties say; a violation stops nothing, approvers see it."""
        item = self._tenant.requests.item(request.item_id)
        if item is None or request.type == REVOKE:
            return request
        ids = list(entitlements_of(item, self._tenant.configuration.item))
        conflicts = self._tenant.sod.predict(request.identity_id, ids)
        contexts = [self._context(*found) for found in conflicts]
        if self._tenant.state.documents.count("kind", KIND):
            found = [conflict for conflict, _ in conflicts]
            log_check(self._tenant, request.id, request.identity_id, found, "System", request.tracking)
        result = {
            "clientMetadata": {"workflowCaseId": request.id},
            "violationContexts": contexts,
            "violatedPolicies": [one["policy"] for one in contexts],
        }
        context = {"state": "SUCCESS", "uuid": self._tenant.ids.uuid("sod-check"), "violationCheckResult": result}
        return self._tenant.state.requests.put(replace(request, sod=Values(context)))

    def _context(self, conflict: Any, held: frozenset[str]) -> dict[str, Any]:
        """One conflict: what of each side of the policy would be held, and what is held already."""

        def side(ids: tuple[str, ...]) -> dict[str, Any]:
            rights = ((id, self._tenant.state.entitlements.get(id)) for id in ids)
            return {
                "criteriaList": [
                    {"type": "ENTITLEMENT", "id": id, "name": right.name if right else id, "existing": id in held}
                    for id, right in rights
                ]
            }

        policy = {"type": "SOD_POLICY", "id": conflict.policy.id, "name": conflict.policy.name}
        criteria = {"leftCriteria": side(conflict.left), "rightCriteria": side(conflict.right)}
        return {"policy": policy, "conflictingAccessCriteria": criteria}

    def _ask(self, trigger: str, request: Request, job: str) -> bool:
        """Whether a subscriber is asked; the answer comes to `job`."""
        return bool(self._tenant.triggers.ask(trigger, self._payload(request), job, request.id))

    def _payload(self, request: Request) -> dict[str, Any]:
        requests, item = self._tenant.requests, self._tenant.requests.item(request.item_id)
        asked = {
            "id": request.item_id,
            "name": item.name if item is not None else request.item_id,
            "description": requests.description(request),
            "type": request.item_type,
            "operation": "Remove" if request.type == REVOKE else "Add",
            "comment": request.comment or None,
        }
        return {
            "accessRequestId": request.id,
            "requestedFor": requests.who(request.identity_id),
            "requestedItems": [asked],
            "requestedBy": requests.who(request.requester_id),
        }

    def _pre_approved(self, request_id: str, answer: str = "") -> None:
        """A subscriber decided: no ends the request, yes lets it go on; without an answer it fails."""
        request = self._tenant.state.requests[request_id]
        if request.state != "EXECUTING":
            return
        told = _read(answer)
        if not isinstance(told.get("approved"), bool):
            self._tenant.requests.finish(request, "ERROR", errors=("The pre-approval trigger gave no answer.",))
            return
        decision = Values(
            {
                "decision": "APPROVED" if told["approved"] else "REJECTED",
                "comment": str(told.get("comment") or ""),
                "reviewer": str(told.get("approver") or ""),
                "date": iso(self._tenant.now()),
            }
        )
        request = self._tenant.state.requests.put(replace(request, pre_approval=decision, modified=self._tenant.now()))
        if told["approved"]:
            self._ask_for_approver(request)
        else:
            self._tenant.requests.finish(request, "REJECTED")
            self._tenant.requests.announce(request)

    def _ask_for_approver(self, request: Request) -> None:
        if not self._ask(DYNAMIC, request, "sailpoint.request.approver-named"):
            self._tenant.requests.approvals.next_step(request)

    def _approver_named(self, request_id: str, answer: str = "") -> None:
        """One more step behind those of the item; an unknown approver is replaced by the requester's manager."""
        request = self._tenant.state.requests[request_id]
        if request.state != "EXECUTING":
            return
        told = _read(answer)
        step = self._step(request, told) if told.get("id") or not told else None
        if step is not None:
            request = self._tenant.state.requests.put(replace(request, schemes=(*request.schemes, step)))
        self._tenant.requests.approvals.next_step(request)

    def _step(self, request: Request, told: Mapping[str, Any]) -> tuple[str, str]:
        id, kind = str(told.get("id") or ""), told.get("type")
        if kind == "GOVERNANCE_GROUP" and self._tenant.configuration.find("workgroup", id) is not None:
            return "GOVERNANCE_GROUP", id
        if kind == "IDENTITY" and id in self._tenant.state.identities:
            return "IDENTITY", id
        requester = self._tenant.state.identities.get(request.requester_id)
        return "IDENTITY", requester.manager_id if requester is not None else ""


def _read(answer: str) -> dict[str, Any]:
    try:
        told = json.loads(answer or "null")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
