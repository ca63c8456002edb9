"""Access requests: asking, deciding step by step, granting, ending; each item is a request of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.access import criteria_of_segment, meets
from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.records import Activity, Approval, Identity, Request
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.approvals import Approvals
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


@dataclass(frozen=True, slots=True)
class Wish:
    """One item asked for, as the body of a request names it."""

    type: str
    id: str
    comment: str = ""
    remove_at: datetime | None = None
    start_at: datetime | None = None
    native: str = ""
    metadata: Values = field(default_factory=Values)


class Requests:
    """Takes requests, grants what is approved and withdraws what has ended."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.approvals = Approvals(tenant)
        tenant.clock.on("sailpoint.request.open", self._opened)

    def groups_of(self, identity_id: str) -> list[str]:
        """Governance groups a person belongs to."""
        groups = self._tenant.configuration.all("workgroup")
        return [g.id for g in groups if any(member["id"] == identity_id for member in g.body.get("members") or ())]

    def submit(self, kind: str, for_ids: list[str], wishes: list[Wish], caller: Caller) -> list[tuple[Request, bool]]:
        """One row per person and item, each with whether it is new. Raises a refusal, then nothing is taken."""
        tenant = self._tenant
        people = [tenant.state.identities.get(id) for id in for_ids]
        missing = [id for id, person in zip(for_ids, people, strict=True) if person is None]
        if missing:
            raise MissingReference(
                f"Referenced RequestedFor Identity/Identities {', '.join(missing)} was/were not found."
            )
        known = [person for person in people if person is not None]
        for person in known:
            self._check_caller(kind, person, caller)
        checked = [(person, wish, self._checked(kind, person, wish, caller)) for person in known for wish in wishes]
        return [self._take(kind, person, wish, item, caller) for person, wish, item in checked]

    def _check_caller(self, kind: str, person: Identity, caller: Caller) -> None:
        own, manages = person.id == caller.identity_id, person.manager_id == caller.identity_id
        if kind == "REVOKE_ACCESS" and own:
            raise Forbidden("A revoke request for oneself is not allowed.")
        if not (caller.is_admin or manages or (own and kind != "REVOKE_ACCESS")):
            raise Forbidden

    def _checked(self, kind: str, person: Identity, wish: Wish, caller: Caller) -> AccessItem:
        item = self._tenant.configuration.item(wish.id)
        if item is None or item.type != wish.type:
            if wish.type == "ENTITLEMENT" and (right := self._tenant.state.entitlements.get(wish.id)) is not None:
                raise BadContent(f'The entitlement "{right.name}" is not requestable.')
            raise MissingReference(f"Referenced {wish.type or 'item'} {wish.id} was not found.")
        now = self._tenant.now()
        for name, at in (("removeDate", wish.remove_at), ("startDate", wish.start_at)):
            if at is not None and at <= now:
                raise IllegalValue(f'Value of "{name}" must be in the future.')
        if kind == "REVOKE_ACCESS":
            if not wish.comment:
                raise IllegalValue('Value of "comment" is required for revoke requests.')
            if wish.start_at is not None:
                raise IllegalValue('Value of "startDate" is not allowed for revoke requests.')
            return item
        if not item.requestable or not item.enabled:
            raise BadContent(f'The item "{item.name}" is not requestable.')
        beneficiary_only = caller.is_admin or caller.identity_id == person.id
        requester = None if beneficiary_only else self._tenant.state.identities.get(caller.identity_id)
        if not self.visible(item, person) or (requester is not None and not self.visible_to_requester(item, requester)):
            raise MissingReference(f"Referenced {item.type} {item.id} was not found.")
        if item.longest is not None:
            if wish.remove_at is None:
                raise IllegalValue(f'Value of "removeDate" is required: access to "{item.name}" must end.')
            if wish.remove_at > now + item.longest:
                raise IllegalValue(f'Value of "removeDate" exceeds the maximum duration for "{item.name}".')
        return item

    def visible(self, item: AccessItem, person: Identity) -> bool:
        """Whether an item may be asked for on behalf of a person: without segments by all, else inside one of them."""
        if not item.segments:
            return True

        def values(kind: str, name: str, source: str) -> Iterable[str]:
            return [str(person.attributes.get(name.removeprefix("attribute.")) or "")]

        for id in item.segments:
            segment = self._tenant.configuration.find("segment", id)
            if segment is not None and segment.body.get("active"):
                expression = (segment.body.get("visibilityCriteria") or {}).get("expression")
                if meets(criteria_of_segment(expression), values):
                    return True
        return False

    def visible_to_requester(self, item: AccessItem, requester: Identity) -> bool:
        """Whether somebody who asks for another person sees the item at all."""
        return self.visible(item, requester)

    def _take(self, kind: str, person: Identity, wish: Wish, item: AccessItem, caller: Caller) -> tuple[Request, bool]:
        tenant, now = self._tenant, self._tenant.now()
        running = tenant.state.requests.first("running", f"{person.id}/{item.id}")
        if running is not None and running.type == kind:
            return running, False
        ids = tenant.ids
        schemes = item.revocation_schemes if kind == "REVOKE_ACCESS" else item.schemes
        request = Request(
            ids.hex32("request"),
            ids.hex32("request-item"),
            kind,
            caller.identity_id,
            person.id,
            item.type,
            item.id,
            now,
            now,
            ids.hex32("tracking"),
            wish.comment,
            wish.remove_at,
            wish.start_at,
            wish.native,
            wish.metadata,
            schemes=schemes,
        )
        tenant.state.requests.put(request)
        action = "ACCESS_REVOKE_REQUEST_REQUESTED" if kind == "REVOKE_ACCESS" else "ACCESS_REQUEST_REQUESTED"
        self.log(action, request, actor=caller.name)
        if kind != "REVOKE_ACCESS" and person.id != caller.identity_id:
            self.log("ACCESS_REQUEST_ON_BEHALF_OF_SUBMITTED", request, actor=caller.name)
        tenant.later("request_to_row", "sailpoint.request.open", request.id)
        return request, True

    def log(
        self, action: str, request: Request, *, actor: str = "System", attributes: dict[str, Any] | None = None
    ) -> None:
        """Write an event about a request."""
        state = self._tenant.state
        person, item = state.identities.get(request.identity_id), self._tenant.configuration.item(request.item_id)
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

    def held(self, person: Identity, item: AccessItem, native: str) -> bool:
        """Whether a person already holds an item: by role membership, inside an assigned role, or by request."""
        state = self._tenant.state
        roles = (self._tenant.configuration.item(id) for id in person.roles)
        inside = any(role is not None and item.id in role.access_profile_ids for role in roles)
        if (item.id in person.roles or inside) and not native:
            return True
        return any(g.item_id == item.id and g.native == native for g in state.grants.find("identity", person.id))

    def _opened(self, request_id: str) -> None:
        """The request becomes a row: an account activity, its first approval, or provisioning at once."""
        tenant, state = self._tenant, self._tenant.state
        request = state.requests[request_id]
        person, item = state.identities.get(request.identity_id), tenant.configuration.item(request.item_id)
        request = state.requests.put(replace(request, visible=True, modified=tenant.now()))
        if person is None or item is None:
            self.finish(request, "ERROR", errors=("The requested item or identity no longer exists.",))
            return
        activity = Activity(
            request.id,
            "appRequest",
            person.id,
            request.requester_id,
            request.created,
            tenant.now(),
            request.tracking,
            request_id=request.id,
        )
        state.activities.put(activity)
        tenant.journal.changed("activity", request.id, None)
        if request.type == "GRANT_ACCESS" and self.held(person, item, request.native):
            self.cancel_as(request, "The access is already assigned.", "")
            return
        self.log("ACCESS_APPROVAL_STARTED", request)
        self.approvals.next_step(request)

    def approved(self, request: Request) -> None:
        """Every step said yes: provisioning follows."""
        request = self._tenant.state.requests.put(
            replace(request, approved=self._tenant.now(), modified=self._tenant.now())
        )
        if request.start_at is not None and request.start_at > self._tenant.now():
            self._tenant.clock.call_at(request.start_at, "sailpoint.request.provision", request.id)
        else:
            self._tenant.later("decision_to_activity", "sailpoint.request.provision", request.id)

    def provisioned(self, activity: Activity) -> None:
        """An activity has closed: the request it carried out ends with it."""
        request = self._tenant.state.requests.get(activity.request_id) if activity.request_id else None
        if request is None or request.state != "EXECUTING":
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
        revoked = request.type == "REVOKE_ACCESS"
        self.log(
            "ACCESS_REVOKE_REQUEST_PROCESSED" if revoked else "ACCESS_REQUEST_PROCESSED",
            request,
            attributes={"info": state},
        )
        activity = tenant.state.activities.get(request.id)
        if activity is not None and activity.completed is None:
            outcome = "SUCCESS" if state == "REQUEST_COMPLETED" else "FAILURE"
            tenant.journal.changed("activity", activity.id, activity)
            tenant.state.activities.put(
                replace(activity, execution="COMPLETED", completion=outcome, completed=now, modified=now, errors=errors)
            )
        return request

    def cancel_as(self, request: Request, comment: str, owner_id: str) -> Request:
        """End a request that nobody will decide any more."""
        now = self._tenant.now()
        for approval in list(self._tenant.state.approvals.find("request", request.id)):
            if approval.state == "PENDING":
                self._tenant.state.approvals.put(replace(approval, state="CANCELLED", modified=now))
        details = Values({"comment": comment, "ownerId": owner_id, "modified": iso(now)})
        self.log("ACCESS_REQUEST_CANCELLED", request, attributes={"comment": comment})
        return self.finish(request, "CANCELLED", cancelled=details)

    def cancel(self, request_id: str, comment: str, caller: Caller) -> None:
        """Withdraw a request before it is decided: its requester or an administrator."""
        request = self._tenant.state.requests.get(request_id)
        if request is None:
            raise NotFound
        if not comment:
            raise IllegalValue('Value of "comment" is empty or contains invalid data.')
        if not caller.is_admin and caller.identity_id != request.requester_id:
            raise Forbidden
        if request.state != "EXECUTING" or request.approved is not None:
            raise BadContent("The access request can no longer be cancelled.")
        self.cancel_as(request, comment, caller.identity_id)

    def pending(self, caller: Caller, owner: str) -> Iterable[Approval]:
        """Approvals waiting for somebody."""
        return self._tenant.state.approvals.find("pending", self.owner_key(caller, owner))

    def owner_key(self, caller: Caller, owner: str) -> str:
        """Whose approvals are asked for: the caller's unless an administrator names another."""
        if owner and owner not in ("me", caller.identity_id):
            if not caller.is_admin:
                raise Forbidden
            return owner
        return caller.identity_id
