"""Certifications: reviewers read, decide, hand on and sign off; what they revoke is carried out afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.reviews import Campaign, Certification, ReviewItem, Summary, comment_missing
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.reassignment import Reassignment
from simulators.sailpoint.tenant.remediation import Remediation
from simulators.sailpoint.tenant.reviewers import GROUP, is_admin

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision of a reviewer, as the body names it."""

    item_id: str
    decision: str
    comments: str = ""
    end: datetime | None = None


class Certifications:
    """What reviewers do."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.reassignment = Reassignment(tenant)
        self.remediation = Remediation(tenant)

    def get(self, id: str, caller: Caller) -> Certification:
        """One certification, for its reviewer or an administrator. Raises NotFound, Forbidden."""
        certification = self._tenant.state.certifications.get(id)
        if certification is None:
            raise NotFound
        if not self._tenant.campaigns.reviewers.may_see(caller, certification):
            raise Forbidden
        return certification

    def reviewed(self, id: str, caller: Caller) -> Certification:
        """One certification of a person; those of governance groups are not served by the API. Raises BadContent."""
        certification = self.get(id, caller)
        if certification.reviewer_type == GROUP:
            raise BadContent("This API does not support certifications assigned to governance groups.")
        return certification

    def listed(self, caller: Caller, reviewer: str) -> Iterable[Certification] | None:
        """The certifications of a reviewer (`me` is the caller), else all a caller may see; None for every one."""
        reviewer = caller.identity_id if reviewer == "me" else reviewer
        if not reviewer and is_admin(caller):
            return None
        chosen = reviewer or caller.identity_id
        found = self._tenant.state.certifications.find("reviewer", chosen)
        return (one for one in found if self._tenant.campaigns.reviewers.may_see(caller, one))

    def campaign(self, certification: Certification) -> Campaign:
        """The campaign a certification belongs to."""
        return self._tenant.state.campaigns[certification.campaign_id]

    def counts(self, certification: Certification) -> tuple[int, int, int, int]:
        """Decisions made and to make, people completed and in all."""
        state, id = self._tenant.state, certification.id
        total = state.review_items.count("certification", id)
        people = state.summaries.count("certification", id)
        return total - state.review_items.count("open", id), total, state.summaries.count("done", id), people

    def tally(self, certification: Certification, kind: str, decision: str) -> int:
        """How many items of a kind have a decision; no decision counts the open ones."""
        return self._tenant.state.review_items.count("tally", f"{certification.id}/{kind}/{decision}")

    def items(self, certification: Certification) -> Iterator[ReviewItem]:
        """The items of a certification."""
        return self._tenant.state.review_items.find("certification", certification.id)

    def summary(self, certification: Certification, id: str) -> Summary:
        """One person of a certification. Raises NotFound."""
        summary = self._tenant.state.summaries.get(id)
        if summary is None or summary.certification_id != certification.id:
            raise NotFound
        return summary

    def of_person(self, subject_id: str) -> Iterator[Certification]:
        """The certifications a person's access is or was part of."""
        state = self._tenant.state
        return (state.certifications[one.certification_id] for one in state.summaries.find("subject", subject_id))

    def signed_for(self, subject_id: str) -> list[Certification]:
        """The reviews of a person's access that are signed off."""
        return [one for one in self.of_person(subject_id) if one.phase == "SIGNED"]

    def under_review(self, subject_id: str) -> bool:
        """Whether a person's access is being reviewed now."""
        return any(one.phase == "ACTIVE" for one in self.of_person(subject_id))

    def decide(self, certification: Certification, verdicts: list[Verdict], caller: Caller) -> Certification:
        """Note decisions; they may change until the sign-off. Raises a refusal, then none is noted."""
        if certification.phase != "ACTIVE":
            raise BadContent(f"Decisions cannot be made on a certification in the phase {certification.phase}.")
        options = self.campaign(certification).options
        pairs = [(self._item(certification, verdict), verdict) for verdict in verdicts]
        for item, verdict in pairs:
            self._check(options, item, verdict)
        for item, verdict in pairs:
            self._note(item, verdict)
        return self._tenant.state.certifications.put(replace(certification, modified=self._tenant.now()))

    def _item(self, certification: Certification, verdict: Verdict) -> ReviewItem:
        item = self._tenant.state.review_items.get(verdict.item_id)
        if item is None or item.certification_id != certification.id:
            raise MissingReference(f"Referenced access review item {verdict.item_id} was not found.")
        return item

    def _check(self, options: Any, item: ReviewItem, verdict: Verdict) -> None:
        if verdict.decision == "REVOKE" and not item.revocable:
            raise BadContent(f'The access "{item.name}" is given by a rule and cannot be revoked.')
        if verdict.end is not None and verdict.decision != "REVOKE":
            raise BadContent("A proposed end date goes with the decision REVOKE only.")
        rule = str(options.get("mandatoryCommentRequirement") or "NO_DECISIONS")
        sunset = verdict.end is not None and options.get("sunsetCommentsRequired", True)
        if comment_missing(rule, verdict.decision, verdict.comments) or (sunset and not verdict.comments.strip()):
            raise IllegalValue('Value of "comments" is empty or contains invalid data.')

    def _note(self, item: ReviewItem, verdict: Verdict) -> None:
        state = self._tenant.state
        state.review_items.put(replace(item, decision=verdict.decision, comments=verdict.comments, end=verdict.end))
        summary = state.summaries[item.summary_id]
        if not summary.done and not state.review_items.count("open", summary.id):
            state.summaries.put(replace(summary, done=True))

    def sign_off(self, certification: Certification, caller: Caller) -> Certification:
        """End a review. Raises BadContent unless it is active and every item is decided."""
        if certification.phase != "ACTIVE":
            raise BadContent(f"A certification in the phase {certification.phase} cannot be signed off.")
        if self._tenant.state.review_items.count("open", certification.id):
            raise BadContent("Every item of the certification must be decided before it is signed off.")
        return self.sign(certification, caller.name, caller.identity_id)

    def finish(self, certification: Certification, action: str) -> None:
        """Decide what is open as the campaign says and sign. What cannot be revoked is approved."""
        for item in list(self._tenant.state.review_items.find("open", certification.id)):
            self._note(item, Verdict(item.id, action if item.revocable else "APPROVE"))
        self.sign(certification, "System", "")

    def sign(self, certification: Certification, actor: str, actor_id: str) -> Certification:
        """Close a certification, tell who listens, and have its revocations carried out."""
        tenant, now = self._tenant, self._tenant.now()
        before = certification.phase
        signed = tenant.state.certifications.put(
            replace(certification, phase="SIGNED", signed=now, signer_id=actor_id, modified=now)
        )
        tenant.campaigns.phase_changed(signed, before, "SIGNED")
        about = {"certificationId": signed.id, "campaignId": signed.campaign_id, "interface": "Certification"}
        tenant.journal.write("signoff", signed.name, actor=actor, actor_id=actor_id, attributes=about)
        tenant.tell("idn:certification-signed-off", {"certification": self.news(signed)})
        self.remediation.begin(signed)
        tenant.campaigns.check_done(signed.campaign_id)
        return signed

    def reviewer(self, kind: str, id: str) -> dict[str, Any]:
        """A reviewer as bodies and triggers name one."""
        person = self._tenant.state.identities.get(id)
        mail = person.attributes.get("email") if person is not None and kind != GROUP else None
        return {"type": kind, "id": id, "name": self._tenant.campaigns.reviewers.name(kind, id), "email": mail}

    def origin(self, certification: Certification) -> dict[str, Any] | None:
        """Where a reassigned certification came from."""
        if not certification.from_reviewer:
            return None
        source = self._tenant.state.certifications.get(certification.from_id)
        return {
            "comment": certification.comment,
            "from": {
                "id": certification.from_id,
                "name": source.name if source is not None else certification.name,
                "type": "CERTIFICATION",
                "reviewer": self.reviewer("IDENTITY", certification.from_reviewer),
            },
        }

    def reference(self, certification: Certification) -> dict[str, Any]:
        """The campaign as its certifications refer to it."""
        campaign = self.campaign(certification)
        return {
            "id": campaign.id,
            "name": campaign.name,
            "type": "CAMPAIGN",
            "campaignType": campaign.type,
            "description": campaign.description,
            "correlatedStatus": campaign.options.get("correlatedStatus") or "CORRELATED",
            "mandatoryCommentRequirement": campaign.options.get("mandatoryCommentRequirement") or "NO_DECISIONS",
        }

    def news(self, certification: Certification) -> dict[str, Any]:
        """A certification as the trigger of its sign-off reports it."""
        made, total, done, people = self.counts(certification)
        campaign = self.campaign(certification)
        reference = self.reference(certification)
        return {
            "id": certification.id,
            "name": certification.name,
            "created": iso(certification.created),
            "modified": iso(certification.modified),
            "campaignRef": {**reference, "description": campaign.description or ""},
            "completed": made == total,
            "hasErrors": False,
            "errorMessage": None,
            "decisionsMade": made,
            "decisionsTotal": total,
            "due": iso(certification.due) if certification.due is not None else None,
            "signed": iso(certification.signed) if certification.signed is not None else None,
            "reviewer": self.reviewer(certification.reviewer_type, certification.reviewer_id),
            "campaignOwner": self._tenant.campaigns.owner(campaign),
            "reassignment": self.origin(certification),
            "phase": certification.phase,
            "entitiesCompleted": done,
            "entitiesTotal": people,
        }
