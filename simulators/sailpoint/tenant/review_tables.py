"""Tables of campaigns, certifications and violations, with the keys their records are found under."""

from __future__ import annotations

from simulators.kernel.table import Table
from simulators.sailpoint.domain.reviews import Campaign, Certification, CertificationTask, ReviewItem, Summary
from simulators.sailpoint.domain.sod import Violation


def campaigns() -> Table[Campaign]:
    """Campaigns, by status, and those that are not over by owner."""
    return Table(
        lambda c: c.id,
        status=lambda c: [c.status],
        owner=lambda c: [] if c.status == "COMPLETED" else [c.owner_id],
    )


def certifications() -> Table[Certification]:
    """Certifications, by campaign, by share of it, by reviewer, and those signed off."""
    return Table(
        lambda c: c.id,
        campaign=lambda c: [c.campaign_id],
        slot=lambda c: [f"{c.campaign_id}/{c.slot}"] if c.slot and c.phase != "SIGNED" else [],
        reviewer=lambda c: [c.reviewer_id],
        signed=lambda c: [c.campaign_id] if c.phase == "SIGNED" else [],
    )


def summaries() -> Table[Summary]:
    """People in certifications, by person and by whether they are done."""
    return Table(
        lambda s: s.id,
        certification=lambda s: [s.certification_id],
        subject=lambda s: [f"{s.certification_id}/{s.subject_id}", s.subject_id],
        done=lambda s: [s.certification_id] if s.done else [],
    )


def review_items() -> Table[ReviewItem]:
    """Items under review, by where they belong, by decision and by access."""
    return Table(
        lambda i: i.id,
        certification=lambda i: [i.certification_id],
        summary=lambda i: [i.summary_id],
        open=lambda i: [] if i.decision else [i.certification_id, i.summary_id],
        revoked=lambda i: [i.campaign_id, i.certification_id, i.summary_id] if i.decision == "REVOKE" else [],
        access=lambda i: [f"{i.subject_id}/{i.access_id}"],
        tally=lambda i: [f"{i.certification_id}/{i.type}/{i.decision}"],
    )


def certification_tasks() -> Table[CertificationTask]:
    """Tasks, the pending ones together."""
    return Table(lambda t: t.id, pending=lambda t: ["any"] if t.status in ("QUEUED", "IN_PROGRESS") else [])


def violations() -> Table[Violation]:
    """Violations, by policy, person and status; those that stand by policy and person."""
    return Table(
        lambda v: v.id,
        policy=lambda v: [v.policy_id],
        identity=lambda v: [v.identity_id],
        status=lambda v: [v.status.lower()],
        standing=lambda v: [] if v.status == "Closed" else [f"{v.policy_id}/{v.identity_id}", v.identity_id],
    )
