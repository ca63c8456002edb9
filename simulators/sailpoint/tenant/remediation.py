"""Remediation: what reviewers revoked is withdrawn, by account activities of type Certification or by work items."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.provisioning import Planned
from simulators.sailpoint.domain.records import Account, Identity
from simulators.sailpoint.domain.reviews import Campaign, Certification, ReviewItem
from simulators.sailpoint.domain.values import Values

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

JOB = "sailpoint.certification.remediate"


class Remediation:
    """Takes away what was revoked."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on(JOB, self._job)
        tenant.clock.on("sailpoint.campaign.scan", self._scan)

    def begin(self, certification: Certification) -> None:
        """Queue the revocations of a signed certification, person by person; those with an end date for that day."""
        tenant, now = self._tenant, self._tenant.now()
        revoked = list(tenant.state.review_items.find("revoked", certification.id))
        at_once = [one.summary_id for one in revoked if one.end is None or one.end <= now]
        for summary_id in dict.fromkeys(at_once):
            tenant.later("signed_to_activity", JOB, summary_id)
        for one in revoked:
            if one.end is not None and one.end > now:
                tenant.clock.call_at(one.end, JOB, one.summary_id)

    def _job(self, summary_id: str) -> None:
        tenant, now = self._tenant, self._tenant.now()
        due = [
            one
            for one in tenant.state.review_items.find("revoked", summary_id)
            if not one.remediation and (one.end is None or one.end <= now)
        ]
        if not due:
            return
        certification = tenant.state.certifications[due[0].certification_id]
        campaign = tenant.state.campaigns[certification.campaign_id]
        by_hand = campaign.type == "ROLE_COMPOSITION"
        done = self._ask(campaign, due) if by_hand else self._withdraw(certification, due)
        for one in due:
            tenant.state.review_items.put(replace(one, remediation=done or "none"))
            self._note(certification, one)

    def _ask(self, campaign: Campaign, due: list[ReviewItem]) -> str:
        """A role is changed by hand: a work item for the remediator (SailPoint API, remediatorRef)."""
        tenant = self._tenant
        info = campaign.options.get("roleCompositionCampaignInfo") or {}
        role = tenant.configuration.item(due[0].subject_id)
        chosen = str((info.get("remediatorRef") or {}).get("id") or (role.owner_id if role is not None else ""))
        names = ", ".join(one.name for one in due)
        name = f"Remove access from role: {role.name if role is not None else due[0].subject_id}"
        text = f"Remove {names} as decided in the campaign {campaign.name}"
        return tenant.work.notice(chosen or campaign.owner_id, name, text, due[0].subject_id).id

    def _withdraw(self, certification: Certification, due: list[ReviewItem]) -> str:
        tenant = self._tenant
        person = tenant.state.identities.get(due[0].subject_id)
        tracking = tenant.ids.hex32("tracking")
        if person is None:
            account = tenant.state.accounts.get(due[0].subject_id)
            return self._from_stray(certification, account, due, tracking) if account is not None else ""
        revoked = {one.access_id for one in due}
        for grant in list(tenant.state.grants.find("identity", person.id)):
            if grant.item_id in revoked:
                tenant.state.grants.remove(grant.id)
        keys = {key for one in due for key in self._keys(one)}
        # Counted as given, what was merely found on an account goes as well.
        person = replace(person, given=tuple(sorted({*person.given, *keys})))
        activity = tenant.provisioning.replan(person, "Certification", tracking, requester_id=certification.reviewer_id)
        return activity.id if activity is not None else ""

    def _keys(self, item: ReviewItem) -> list[str]:
        """The entitlements of an item as plans know them, on the account it was found on."""
        account = self._tenant.state.accounts.get(item.account_id) if item.account_id else None
        if item.type == "ENTITLEMENT":
            return [f"{account.native}|{item.access_id}" if account is not None else item.access_id]
        bundle = self._tenant.configuration.item(item.access_id)
        return list(entitlements_of(bundle, self._tenant.configuration.item)) if bundle is not None else []

    def _from_stray(self, certification: Certification, account: Account, due: list[ReviewItem], tracking: str) -> str:
        """An account nobody owns stands for itself."""
        tenant = self._tenant
        rights = (tenant.state.entitlements.get(one.access_id) for one in due)
        steps = [
            Planned("REMOVE", account.source_id, account.id, right.attribute, right.value)
            for right in rights
            if right is not None and right.value in account.entitlements
        ]
        if not steps:
            return ""
        itself = Identity(
            account.id, "", Values({"uid": account.name}), "", "", account.created, account.created, account.created
        )
        opened = tenant.provisioning.open(
            itself, "Certification", tracking, steps, requester_id=certification.reviewer_id
        )
        return opened.id

    def _note(self, certification: Certification, item: ReviewItem) -> None:
        tenant = self._tenant
        person = tenant.state.identities.get(item.subject_id)
        reviewer = tenant.state.identities.get(certification.reviewer_id)
        about = {
            "certificationId": certification.id,
            "accessItemId": item.access_id,
            "accessItemName": item.name,
            "accessItemType": item.type,
            "info": item.comments,
        }
        target = person.alias if person is not None else item.subject_id
        actor = reviewer.alias if reviewer is not None else certification.reviewer_id
        tenant.journal.write("remediate", target, actor=actor, actor_id=certification.reviewer_id, attributes=about)

    def scan(self, campaign: Campaign) -> None:
        """Look, in a moment, whether what was revoked is gone."""
        self._tenant.later("certification_task", "sailpoint.campaign.scan", campaign.id)

    def _scan(self, campaign_id: str) -> None:
        state = self._tenant.state
        campaign = state.campaigns.get(campaign_id)
        if campaign is None:
            return
        left = sum(1 for one in state.review_items.find("revoked", campaign_id) if self._held(one))
        kept = tuple(alert for alert in campaign.alerts if not alert[1].endswith("is still held."))
        alerts = (*kept, ("WARN", f"Revoked access: {left} is still held.")) if left else kept
        state.campaigns.put(replace(campaign, alerts=alerts))

    def _held(self, item: ReviewItem) -> bool:
        tenant = self._tenant
        if item.type == "ROLE":
            person = tenant.state.identities.get(item.subject_id)
            granted = tenant.state.grants.find("identity", item.subject_id)
            return person is not None and (
                item.access_id in person.roles or any(one.item_id == item.access_id for one in granted)
            )
        role = tenant.configuration.item(item.subject_id)
        if role is not None:
            return item.access_id in (*role.access_profile_ids, *role.entitlement_ids)
        own = tenant.state.accounts.get(item.subject_id)
        accounts = [own] if own is not None else list(tenant.accounts_of(item.subject_id))
        held = {(one.source_id, value) for one in accounts for value in one.entitlements}
        ids = [key.rpartition("|")[2] for key in self._keys(item)]
        rights = [tenant.state.entitlements.get(id) for id in ids]
        return bool(ids) and all(one is not None and (one.source_id, one.value) in held for one in rights)
