"""Access requests: the records, what a wish says, what the tenant allows, when approvers are reminded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.errors import BadContent, IllegalValue
from simulators.sailpoint.domain.values import Values

GRANT, REVOKE, MODIFY = "GRANT_ACCESS", "REVOKE_ACCESS", "MODIFY_ACCESS"
TYPES = (GRANT, REVOKE, MODIFY)
# With entitlements in it, one request names so many people and entitlements at most (SailPoint API, Access Requests).
MOST_PEOPLE, MOST_RIGHTS = 10, 25


@dataclass(frozen=True, slots=True)
class Request:
    """One requested item for one person. Its id is the id of the account activity that carries it out."""

    id: str
    item_row: str
    type: str
    requester_id: str
    identity_id: str
    item_type: str
    item_id: str
    created: datetime
    modified: datetime
    tracking: str
    comment: str = ""
    remove_at: datetime | None = None
    start_at: datetime | None = None
    native: str = ""
    metadata: Values = field(default_factory=Values)
    step: int = 0
    schemes: tuple[tuple[str, str], ...] = ()
    visible: bool = False
    state: str = "EXECUTING"
    approved: datetime | None = None
    finished: datetime | None = None
    cancelled: Values | None = None
    errors: tuple[str, ...] = ()
    # Chosen accounts: (source, native account).
    accounts: tuple[tuple[str, str], ...] = ()
    form_id: str = ""
    assignment_id: str = ""
    # What the check for separation of duties and the subscriber of the pre-approval trigger said.
    sod: Values | None = None
    pre_approval: Values | None = None
    # A request about access that is held changes its dates; these are the ones it found.
    modifies: bool = False
    remove_at_before: datetime | None = None
    # How an administrator closed it: execution, completion, message.
    closed: Values | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """One decision on a request: asked of a person, or of a group any member of which may decide."""

    id: str
    request_id: str
    scheme: str
    owner_id: str
    approvers: tuple[str, ...]
    created: datetime
    modified: datetime
    state: str = "PENDING"
    reviewed_by: str = ""
    comment: str = ""
    original_owner: str = ""
    in_process: str = ""
    forwards: tuple[Values, ...] = ()
    # Which step of the request it is, from 0; when it expires; how often its approver was reminded.
    step: int = 0
    due: datetime | None = None
    reminders: int = 0
    escalated: bool = False
    comments: tuple[Values, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """One item asked for, as the body of a request names it. `form_id` is empty where no form is named."""

    type: str
    id: str
    comment: str = ""
    remove_at: datetime | None = None
    start_at: datetime | None = None
    native: str = ""
    metadata: Values = field(default_factory=Values)
    accounts: tuple[tuple[str, str], ...] = ()
    form_id: str = ""
    assignment_id: str = ""


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """How access requests work in a tenant. Days are whole; no escalation is None."""

    external_only: bool
    anyone_for_anyone: bool
    managers_for_reports: bool
    same_person_approves: bool
    days_until_escalation: int | None
    days_between_reminders: int
    most_reminders: int
    fallback_id: str
    entitlement: Mapping[str, Any]

    def reminders(self) -> Iterator[timedelta]:
        """How long after an approval was asked for its approver is reminded, each time.

        >>> [one.days for one in policy_of({"approvalReminderAndEscalationConfig":
        ...     {"daysUntilEscalation": 2, "daysBetweenReminders": 3, "maxReminders": 2}}).reminders()]
        [2, 5]
        """
        first = self.days_until_escalation
        if first is not None:
            yield from (timedelta(days=first + n * self.days_between_reminders) for n in range(self.most_reminders))

    def escalation(self) -> timedelta | None:
        """How long after an approval was asked for it goes to somebody else: behind the last reminder.

        The first number of days counts to the first reminder, or to the escalation where nobody is reminded
        (SailPoint API, Access Request Configuration).
        """
        if self.days_until_escalation is None:
            return None
        return timedelta(days=self.days_until_escalation + self.most_reminders * self.days_between_reminders)


def policy_of(body: Mapping[str, Any]) -> RequestPolicy:
    """The policy that a configuration body describes."""
    others = body.get("requestOnBehalfOfConfig") or {}
    reminding = body.get("approvalReminderAndEscalationConfig") or {}
    return RequestPolicy(
        bool(body.get("approvalsMustBeExternal")),
        bool(others.get("allowRequestOnBehalfOfAnyoneByAnyone")),
        bool(others.get("allowRequestOnBehalfOfEmployeeByManager")),
        bool(body.get("autoApprovalEnabled")),
        reminding.get("daysUntilEscalation"),
        int(reminding.get("daysBetweenReminders") or 0),
        int(reminding.get("maxReminders") or 0),
        str((reminding.get("fallbackApproverRef") or {}).get("id") or ""),
        body.get("entitlementRequestConfig") or {},
    )


def check_size(kind: str, plan: list[tuple[list[str], list[Wish]]]) -> None:
    """Refuse a request that names too much. Raises BadContent."""
    rights = [wish for _, wishes in plan for wish in wishes if wish.type == "ENTITLEMENT"]
    people = {id for ids, _ in plan for id in ids}
    if rights and (len(people) > MOST_PEOPLE or len({wish.id for wish in rights}) > MOST_RIGHTS):
        raise BadContent(f"At most {MOST_RIGHTS} entitlements for {MOST_PEOPLE} identities can be requested at once.")
    if kind == REVOKE and len(people) > 1:
        raise BadContent("A revoke request names one identity.")
    if kind == REVOKE and len(rights) > 1:
        raise BadContent("A revoke request names one entitlement.")


def check_wish(kind: str, wish: Wish, item: AccessItem, now: datetime) -> None:
    """Refuse what contradicts itself or the item's settings. Raises IllegalValue, BadContent."""
    for name, at in (("removeDate", wish.remove_at), ("startDate", wish.start_at)):
        if at is not None and at <= now:
            raise IllegalValue(f'Value of "{name}" must be in the future.')
    if wish.start_at is not None and wish.remove_at is not None and wish.remove_at <= wish.start_at:
        raise IllegalValue('Value of "removeDate" must be after "startDate".')
    (_check_revoke if kind == REVOKE else _check_grant)(kind, wish, item, now)


def _check_revoke(kind: str, wish: Wish, item: AccessItem, now: datetime) -> None:
    if not wish.comment:
        raise IllegalValue('Value of "comment" is required for revoke requests.')
    if wish.start_at is not None:
        raise IllegalValue('Value of "startDate" is not allowed for revoke requests.')
    if wish.accounts:
        raise IllegalValue('Value of "accountSelection" is not allowed for revoke requests.')


def _check_grant(kind: str, wish: Wish, item: AccessItem, now: datetime) -> None:
    if not item.requestable or not item.enabled:
        raise BadContent(f'The item "{item.name}" is not requestable.')
    if kind == MODIFY and wish.remove_at is None and wish.start_at is None:
        raise IllegalValue('Value of "removeDate" or "startDate" is required for modify requests.')
    if item.comment_required and not wish.comment:
        raise IllegalValue(f'Value of "comment" is required to request "{item.name}".')
    if wish.remove_at is None and (item.end_required or item.longest is not None):
        raise IllegalValue(f'Value of "removeDate" is required: access to "{item.name}" must end.')
    if (
        item.longest is not None
        and wish.remove_at is not None
        and wish.remove_at > (wish.start_at or now) + item.longest
    ):
        raise IllegalValue(f'Value of "removeDate" exceeds the maximum duration for "{item.name}".')
