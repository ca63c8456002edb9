"""Handing reviews on: single people or items by their reviewer, whole certifications by an administrator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.errors import BadContent, MissingReference, Refusal
from simulators.sailpoint.domain.reviews import Campaign, Certification, CertificationTask, ReviewItem, Summary
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.reviewers import PERSON

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

_SELF = "A review cannot be reassigned to the person whose access it is about."


class Reassignment:
    """Moves items from one reviewer to another."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.certification.reassign", self._job)

    def chosen(self, certification: Certification, parts: Iterable[tuple[str, str]]) -> list[ReviewItem]:
        """The items that pairs of type and id name: items themselves, or all of a person's or role's.

        Raises MissingReference for what is not part of the certification.
        """
        state = self._tenant.state
        found: dict[str, ReviewItem] = {}
        for kind, id in parts:
            item = state.review_items.get(id) if kind == "ITEM" else None
            summary = state.summaries.get(id) if kind != "ITEM" else None
            home = item or summary
            if home is None or home.certification_id != certification.id:
                raise MissingReference(f"Referenced {kind} {id} was not found.")
            rows = [item] if item is not None else state.review_items.find("summary", id)
            found.update({one.id: one for one in rows})
        return list(found.values())

    def checked(self, certification: Certification, reviewer_id: str) -> None:
        """Refuse a new reviewer who is unknown or reviews already, and a certification that is signed.

        Raises MissingReference, BadContent.
        """
        if reviewer_id not in self._tenant.state.identities:
            raise MissingReference(f"Referenced identity {reviewer_id} was not found.")
        if certification.phase == "SIGNED":
            raise BadContent("A certification that is signed off cannot be reassigned.")
        if reviewer_id == certification.reviewer_id:
            raise BadContent("The certification is assigned to this reviewer already.")

    def move(
        self, certification: Certification, items: list[ReviewItem], reviewer_id: str, reason: str, caller: Caller
    ) -> Certification:
        """Give items to another reviewer in a certification of their own. Raises BadContent for a self review."""
        self.checked(certification, reviewer_id)
        if any(item.subject_id == reviewer_id for item in items):
            raise BadContent(_SELF)
        tenant, state, now = self._tenant, self._tenant.state, self._tenant.now()
        reviewers = tenant.campaigns.reviewers
        old = reviewers.name(certification.reviewer_type, certification.reviewer_id)
        name = certification.name.replace(old, reviewers.name(PERSON, reviewer_id))
        target = state.certifications.put(
            Certification(
                tenant.ids.hex32("certification"),
                certification.campaign_id,
                "",
                name,
                reviewer_id,
                now,
                now,
                certification.phase,
                certification.due,
                from_id=certification.id,
                from_reviewer=certification.reviewer_id,
                comment=reason,
            )
        )
        touched: dict[str, Summary] = {}
        for item in items:
            summary = state.summaries[item.summary_id]
            touched[summary.id] = summary
            home = state.summaries.first("subject", f"{target.id}/{item.subject_id}") or state.summaries.put(
                Summary(tenant.ids.hex32("identity-summary"), target.id, item.subject_id, summary.name)
            )
            state.review_items.put(replace(item, certification_id=target.id, summary_id=home.id))
        for summary in (*touched.values(), *list(state.summaries.find("certification", target.id))):
            self._settle(summary)
        self._note(certification, reviewer_id, reason, caller.name, caller.identity_id)
        certification = state.certifications.put(replace(certification, modified=now))
        if not state.review_items.count("certification", certification.id) and certification.phase == "ACTIVE":
            # Nothing is left to review here; the campaign does not wait for it.
            return tenant.certifications.sign(certification, "System", "")
        return certification

    def _settle(self, summary: Summary) -> None:
        state = self._tenant.state
        if not state.review_items.count("summary", summary.id):
            state.summaries.remove(summary.id)
            return
        done = not state.review_items.count("open", summary.id)
        if done != summary.done:
            state.summaries.put(replace(summary, done=done))

    def later(
        self, certification: Certification, parts: list[tuple[str, str]], reviewer_id: str, reason: str, caller: Caller
    ) -> CertificationTask:
        """The same in the background. Raises a refusal for what could never be moved."""
        self.checked(certification, reviewer_id)
        self.chosen(certification, parts)
        plan = {"parts": tuple(parts), "to": reviewer_id, "reason": reason, "client": caller.client_id}
        tenant = self._tenant
        task = tenant.campaigns.tasks.open("REASSIGN", "CERTIFICATION", certification.id, caller.identity_id, plan)
        tenant.later("certification_task", "sailpoint.certification.reassign", task.id)
        return task

    def whole(
        self, campaign: Campaign, ids: list[str], reviewer_id: str, reason: str, caller: Caller
    ) -> CertificationTask:
        """Give whole certifications of a campaign to another reviewer, in the background. Raises MissingReference."""
        tenant = self._tenant
        if reviewer_id not in tenant.state.identities:
            raise MissingReference(f"Referenced identity {reviewer_id} was not found.")
        for id in ids:
            one = tenant.state.certifications.get(id)
            if one is None or one.campaign_id != campaign.id:
                raise MissingReference(f"Referenced certification {id} was not found.")
        plan = {"ids": tuple(ids), "to": reviewer_id, "reason": reason}
        task = tenant.campaigns.tasks.open("ADMIN_REASSIGN", "CAMPAIGN", campaign.id, caller.identity_id, plan)
        tenant.later("certification_task", "sailpoint.certification.reassign", task.id)
        return task

    def _job(self, task_id: str) -> None:
        state = self._tenant.state
        task = state.certification_tasks.get(task_id)
        if task is None or task.status != "QUEUED":
            return
        errors: tuple[str, ...] = ()
        trails: tuple[tuple[str, str], ...] = ()
        for id in task.plan["ids"] if task.type == "ADMIN_REASSIGN" else (task.target_id,):
            certification = state.certifications.get(id)
            if certification is None:
                continue
            try:
                self._carry(task, certification)
            except Refusal as refusal:
                errors = (*errors, refusal.text)
                if refusal.text == _SELF:
                    trails = (*trails, (certification.reviewer_id, str(task.plan["to"])))
        self._tenant.campaigns.tasks.close(task, errors, trails)

    def _carry(self, task: CertificationTask, certification: Certification) -> None:
        tenant, to, reason = self._tenant, str(task.plan["to"]), str(task.plan["reason"])
        name = tenant.campaigns.reviewers.name(PERSON, task.actor_id)
        if task.type == "REASSIGN":
            caller = Caller(str(task.plan["client"]), task.actor_id, frozenset(), name)
            self.move(certification, self.chosen(certification, task.plan["parts"]), to, reason, caller)
            return
        self.checked(certification, to)
        if tenant.state.summaries.count("subject", f"{certification.id}/{to}"):
            raise BadContent(_SELF)
        old = tenant.campaigns.reviewers.name(certification.reviewer_type, certification.reviewer_id)
        tenant.state.certifications.put(
            replace(
                certification,
                name=certification.name.replace(old, tenant.campaigns.reviewers.name(PERSON, to)),
                reviewer_id=to,
                reviewer_type=PERSON,
                from_id=certification.id,
                from_reviewer=certification.reviewer_id,
                comment=reason,
                modified=tenant.now(),
            )
        )
        self._note(certification, to, reason, name, task.actor_id)

    def _note(self, one: Certification, to: str, reason: str, actor: str, actor_id: str) -> None:
        about = {"certificationId": one.id, "campaignId": one.campaign_id, "newOwner": to, "comment": reason}
        self._tenant.journal.write("reassign", one.name, actor=actor, actor_id=actor_id, attributes=about)
