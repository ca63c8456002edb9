"""Campaigns, certifications and their items: frozen records, and what each status of a campaign allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.values import Values


@dataclass(frozen=True, slots=True)
class Campaign:
    """A review of access, split among reviewers. `options` holds what its creator chose, in the words of the API.

    `scope` are ids a search has found: people for whom everything, or access of which only that, is reviewed.
    """

    id: str
    type: str
    name: str
    description: str | None
    owner_id: str
    created: datetime
    modified: datetime
    status: str = "PENDING"
    deadline: datetime | None = None
    options: Values = field(default_factory=Values)
    people: frozenset[str] = frozenset()
    access: frozenset[str] = frozenset()
    alerts: tuple[tuple[str, str], ...] = ()
    auto_action: str = "APPROVE"


@dataclass(frozen=True, slots=True)
class Certification:
    """One reviewer's share of a campaign. `slot` says which share: new items of the same slot join it."""

    id: str
    campaign_id: str
    slot: str
    name: str
    reviewer_id: str
    created: datetime
    modified: datetime
    phase: str = "STAGED"
    due: datetime | None = None
    signed: datetime | None = None
    signer_id: str = ""
    reviewer_type: str = "IDENTITY"
    # Where it came from by reassignment: certification, its reviewer then, and why.
    from_id: str = ""
    from_reviewer: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """One person (or role, or stray account) within a certification."""

    id: str
    certification_id: str
    subject_id: str
    name: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One piece of access of one person, to be approved or revoked."""

    id: str
    campaign_id: str
    certification_id: str
    summary_id: str
    subject_id: str
    type: str
    access_id: str
    name: str
    account_id: str = ""
    revocable: bool = True
    new: bool = True
    decision: str = ""
    comments: str = ""
    end: datetime | None = None
    # What carries the revocation out: an account activity or a work item; "none" where nothing had to be done.
    remediation: str = ""


@dataclass(frozen=True, slots=True)
class CertificationTask:
    """A background job on campaigns or certifications that a client may follow."""

    id: str
    type: str
    target_type: str
    target_id: str
    created: datetime
    actor_id: str
    status: str = "QUEUED"
    errors: tuple[str, ...] = ()
    # Reassignments that would have led to people reviewing themselves: previous and new owner.
    trails: tuple[tuple[str, str], ...] = ()
    plan: Values = field(default_factory=Values)


class Step(NamedTuple):
    """A command on a campaign: the statuses it starts from and the one it leads to while it runs."""

    sources: frozenset[str]
    running: str


STEPS: dict[str, Step] = {
    "activate": Step(frozenset({"STAGED"}), "ACTIVATING"),
    "complete": Step(frozenset({"ACTIVE"}), "COMPLETING"),
    "delete": Step(frozenset({"PENDING", "STAGED", "ACTIVE", "COMPLETED", "ERROR", "ARCHIVED"}), "CANCELING"),
}

# What may be patched, by status (SailPoint API, Update a campaign).
PATCHABLE: dict[str, frozenset[str]] = {
    "STAGED": frozenset(
        {
            "name",
            "description",
            "recommendationsEnabled",
            "deadline",
            "emailNotificationEnabled",
            "autoRevokeAllowed",
        }
    ),
    "ACTIVE": frozenset({"deadline"}),
}
REPORTS = (
    "CAMPAIGN_COMPOSITION_REPORT",
    "CAMPAIGN_REMEDIATION_STATUS_REPORT",
    "CAMPAIGN_STATUS_REPORT",
    "CERTIFICATION_SIGNOFF_REPORT",
)


def begun(campaign: Campaign, command: str, now: datetime) -> str:
    """The status in which a command runs. Raises BadContent when the campaign does not take it now.

    A campaign is activated with a deadline ahead of it and completed once its deadline has passed (SailPoint API,
    Activate a campaign, Complete a campaign).
    """
    step = STEPS[command]
    if campaign.status not in step.sources:
        raise BadContent(f'A campaign in the status {campaign.status} does not take "{command}".')
    if command == "activate" and (campaign.deadline is None or campaign.deadline <= now):
        raise BadContent("The deadline of the campaign must be in the future.")
    if command == "complete" and (campaign.deadline is None or campaign.deadline > now):
        raise BadContent("The campaign is not past due.")
    return step.running


def comment_missing(rule: str, decision: str, comment: str) -> bool:
    """Whether a decision lacks the comment that its campaign wants.

    >>> comment_missing("REVOKE_ONLY_DECISIONS", "REVOKE", ""), comment_missing("NO_DECISIONS", "REVOKE", "")
    (True, False)
    """
    wanted = rule == "ALL_DECISIONS" or (rule == "REVOKE_ONLY_DECISIONS" and decision == "REVOKE")
    return wanted and not comment.strip()
