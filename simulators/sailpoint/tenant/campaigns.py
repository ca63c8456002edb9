"""Campaigns: made, generated, activated, completed and deleted, each of it some time after it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.calendar_words import after, dated, period
from simulators.sailpoint.domain.errors import BadContent, MissingReference, NotFound
from simulators.sailpoint.domain.reviews import Campaign, Certification, begun
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Document, Values
from simulators.sailpoint.tenant.certification_tasks import CertificationTasks
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.generation import Generation
from simulators.sailpoint.tenant.reviewers import Reviewers

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# How many certifications one job activates, completes or deletes.
BATCH = 200
_PAUSE = timedelta(milliseconds=100)


class Campaigns:
    """Leads campaigns from one status to the next."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.tasks = CertificationTasks(tenant)
        self.reviewers = Reviewers(tenant)
        self._generation = Generation(tenant, self.reviewers)
        tenant.clock.on("sailpoint.campaign.activate", self._activated)
        tenant.clock.on("sailpoint.campaign.complete", self._completed)
        tenant.clock.on("sailpoint.campaign.delete", self._deleted)
        tenant.clock.on("sailpoint.campaign.report", self._reported)

    def get(self, id: str) -> Campaign:
        """One campaign. Raises NotFound."""
        campaign = self._tenant.state.campaigns.get(id)
        if campaign is None or campaign.status == "CANCELING":
            raise NotFound
        return campaign

    def create(
        self, kind: str, name: str, description: str | None, deadline: datetime | None, options: Any, caller: Caller
    ) -> Campaign:
        """A new campaign, whose certifications are generated in the background."""
        tenant, now = self._tenant, self._tenant.now()
        campaign = tenant.state.campaigns.put(
            Campaign(
                tenant.ids.hex32("campaign"),
                kind,
                name,
                description,
                caller.identity_id,
                now,
                now,
                deadline=deadline,
                options=Values(options),
            )
        )
        self._note("CertificationCampaignCreate", campaign, caller.name, caller.identity_id)
        self.tasks.open("CAMPAIGN_CREATE", "CAMPAIGN", campaign.id, caller.identity_id)
        self._generation.begin(campaign)
        return campaign

    def from_template(self, template: Document, caller: Caller) -> Campaign:
        """A campaign as a template has it, named after today (SailPoint API, Generate a campaign from template)."""
        now, body = self._tenant.now(), dict(template.body["campaign"])
        length = period(str(template.body.get("deadlineDuration") or ""))
        deadline = after(now, length) if length is not None else instant(body.get("deadline"))
        description = body.pop("description", None)
        named = dated(str(body.pop("name")), now)
        told = dated(description, now) if description is not None else None
        return self.create(str(body.pop("type")), named, told, deadline, body, caller)

    def change(self, campaign: Campaign, body: Mapping[str, Any]) -> Campaign:
        """Store what a patch has changed; a new deadline reaches the certifications."""
        known = ("name", "description", "deadline")
        options = {name: body[name] for name in body if name in campaign.options and name not in known}
        deadline = instant(body.get("deadline"))
        state, now = self._tenant.state, self._tenant.now()
        if deadline != campaign.deadline:
            for one in list(state.certifications.find("campaign", campaign.id)):
                if one.phase != "SIGNED":
                    state.certifications.put(replace(one, due=deadline, modified=now))
        return state.campaigns.put(
            replace(
                campaign,
                name=str(body["name"]),
                description=body.get("description"),
                deadline=deadline,
                options=campaign.options.merged(options),
                modified=now,
            )
        )

    def generated(self, campaign: Campaign) -> None:
        """Every certification exists: the campaign waits to be activated."""
        state, now = self._tenant.state, self._tenant.now()
        alerts = campaign.alerts
        if not state.certifications.count("campaign", campaign.id):
            alerts = (*alerts, ("WARN", "The campaign contains no access to certify."))
        campaign = state.campaigns.put(replace(campaign, status="STAGED", alerts=alerts, modified=now))
        self.tasks.finish("CAMPAIGN_CREATE", campaign.id)
        self._tell("idn:campaign-generated", campaign)

    def activate(self, campaign: Campaign, offset: timedelta | None, caller: Caller) -> None:
        """Begin the review. Raises BadContent when the campaign is not staged or its deadline has passed.

        With the caller's offset from UTC the deadline moves to the end of its day there.
        """
        tenant, now = self._tenant, self._tenant.now()
        running = begun(campaign, "activate", now)
        deadline = campaign.deadline
        if offset is not None and deadline is not None:
            deadline = end_of_day(deadline, offset)
        tenant.state.campaigns.put(replace(campaign, status=running, deadline=deadline, modified=now))
        self._note("CertificationCampaignActivate", campaign, caller.name, caller.identity_id)
        self.tasks.open("ACTIVATE_CAMPAIGN", "CAMPAIGN", campaign.id, caller.identity_id)
        tenant.later("activation", "sailpoint.campaign.activate", campaign.id, "")

    def _activated(self, id: str, cursor: str) -> None:
        state, now = self._tenant.state, self._tenant.now()
        campaign = state.campaigns.get(id)
        if campaign is None or campaign.status != "ACTIVATING":
            return
        part = list(islice(state.certifications.find("campaign", id, cursor or None), BATCH))
        for one in part:
            state.certifications.put(replace(one, phase="ACTIVE", due=campaign.deadline, modified=now))
            self.phase_changed(one, "STAGED", "ACTIVE")
        if len(part) == BATCH:
            self._tenant.clock.call_later(_PAUSE, "sailpoint.campaign.activate", id, part[-1].id)
            return
        campaign = state.campaigns.put(replace(campaign, status="ACTIVE", modified=now))
        self.tasks.finish("ACTIVATE_CAMPAIGN", id)
        self._tell("idn:campaign-activated", campaign)
        self.check_done(id)

    def check_done(self, id: str) -> None:
        """A campaign whose certifications are all signed completes by itself."""
        state = self._tenant.state
        campaign = state.campaigns.get(id)
        if campaign is None or campaign.status != "ACTIVE":
            return
        if state.certifications.count("campaign", id) == state.certifications.count("signed", id):
            state.campaigns.put(replace(campaign, status="COMPLETING", modified=self._tenant.now()))
            self._tenant.later("signed_to_completed", "sailpoint.campaign.complete", id)

    def complete(self, campaign: Campaign, action: str, caller: Caller) -> None:
        """Decide what is open and end the review. Raises BadContent before its deadline."""
        tenant, now = self._tenant, self._tenant.now()
        running = begun(campaign, "complete", now)
        tenant.state.campaigns.put(replace(campaign, status=running, auto_action=action, modified=now))
        self._note("CertificationCampaignComplete", campaign, caller.name, caller.identity_id)
        self.tasks.open("COMPLETE_CAMPAIGN", "CAMPAIGN", campaign.id, caller.identity_id)
        tenant.later("signed_to_completed", "sailpoint.campaign.complete", campaign.id)

    def _completed(self, id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        campaign = state.campaigns.get(id)
        if campaign is None or campaign.status != "COMPLETING":
            return
        unsigned = (one for one in state.certifications.find("campaign", id) if one.phase != "SIGNED")
        part: list[Certification] = list(islice(unsigned, BATCH))
        for one in part:
            tenant.certifications.finish(one, campaign.auto_action)
        if len(part) == BATCH:
            tenant.clock.call_later(_PAUSE, "sailpoint.campaign.complete", id)
            return
        campaign = state.campaigns.put(replace(campaign, status="COMPLETED", modified=tenant.now()))
        self.tasks.finish("COMPLETE_CAMPAIGN", id)
        self._note("CERTIFICATIONSFINISHED", campaign)
        self._tell("idn:campaign-ended", campaign)

    def delete(self, ids: list[str], caller: Caller) -> None:
        """Delete campaigns with everything in them. Raises MissingReference for an id that is none, then nothing is."""
        tenant, now = self._tenant, self._tenant.now()
        chosen = [tenant.state.campaigns.get(id) for id in dict.fromkeys(ids)]
        if any(one is None or one.status == "CANCELING" for one in chosen):
            raise MissingReference("A referenced campaign was not found.")
        running = [(one, begun(one, "delete", now)) for one in chosen if one is not None]
        for campaign, status in running:
            tenant.state.campaigns.put(replace(campaign, status=status, modified=now))
            self._note("CertificationCampaignDelete", campaign, caller.name, caller.identity_id)
            self.tasks.open("CAMPAIGN_DELETE", "CAMPAIGN", campaign.id, caller.identity_id)
            tenant.later("certification_task", "sailpoint.campaign.delete", campaign.id)

    def _deleted(self, id: str) -> None:
        state = self._tenant.state
        part = list(islice(state.certifications.find("campaign", id), BATCH))
        for one in part:
            for item in list(state.review_items.find("certification", one.id)):
                state.review_items.remove(item.id)
            for summary in list(state.summaries.find("certification", one.id)):
                state.summaries.remove(summary.id)
            state.certifications.remove(one.id)
        if len(part) == BATCH:
            self._tenant.clock.call_later(_PAUSE, "sailpoint.campaign.delete", id)
            return
        for report in list(self._tenant.configuration.all("campaign-report", id)):
            state.documents.remove(report.id)
        state.campaigns.remove(id)
        self.tasks.finish("CAMPAIGN_DELETE", id)

    def report(self, campaign: Campaign, kind: str) -> None:
        """Run a report anew. Raises BadContent while nothing is generated."""
        tenant = self._tenant
        if campaign.status in ("PENDING", "ERROR"):
            raise BadContent(f"A campaign in the status {campaign.status} has nothing to report.")
        body = {"name": f"{kind} {campaign.name}", "reportType": kind, "status": "PENDING", "run": iso(tenant.now())}
        known = next((d for d in self.reports(campaign) if d.body["reportType"] == kind), None)
        if known is None:
            known = tenant.configuration.add("campaign-report", body, campaign.id)
        else:
            tenant.configuration.update(known, body)
        tenant.later("report", "sailpoint.campaign.report", known.id)

    def _reported(self, id: str) -> None:
        configuration = self._tenant.configuration
        if (report := configuration.find("campaign-report", id)) is not None:
            configuration.update(report, {**report.body, "status": "SUCCESS"})

    def reports(self, campaign: Campaign) -> list[Document]:
        """The reports run so far, one of each type at most."""
        return list(self._tenant.configuration.all("campaign-report", campaign.id))

    def phase_changed(self, one: Certification, before: str, now: str) -> None:
        """Say in the log that a certification has moved on."""
        about = {"certificationId": one.id, "campaignId": one.campaign_id, "oldValue": before, "newValue": now}
        self._tenant.journal.write("certificationPhaseChange", one.name, attributes=about)

    def _note(self, action: str, campaign: Campaign, actor: str = "System", actor_id: str = "") -> None:
        about = {"campaignId": campaign.id, "campaignName": campaign.name, "campaignType": campaign.type}
        self._tenant.journal.write(action, campaign.name, actor=actor, actor_id=actor_id, attributes=about)

    def _tell(self, trigger: str, campaign: Campaign) -> None:
        self._tenant.tell(trigger, {"campaign": self.news(campaign)})

    def news(self, campaign: Campaign) -> dict[str, Any]:
        """A campaign as event triggers report it."""
        return {
            "id": campaign.id,
            "name": campaign.name,
            "description": campaign.description or "",
            "created": iso(campaign.created),
            "modified": iso(campaign.modified),
            "deadline": iso(campaign.deadline) if campaign.deadline is not None else None,
            "type": campaign.type,
            "campaignOwner": self.owner(campaign),
            "status": campaign.status,
        }

    def owner(self, campaign: Campaign) -> dict[str, Any]:
        """A campaign's owner as event triggers report people."""
        person = self._tenant.state.identities.get(campaign.owner_id)
        mail = str(person.attributes.get("email") or "") if person is not None else ""
        return {
            "id": campaign.owner_id,
            "displayName": self.reviewers.name("IDENTITY", campaign.owner_id),
            "email": mail,
        }


def end_of_day(at: datetime, offset: timedelta) -> datetime:
    """The last millisecond of an instant's day at an offset from UTC; the instant itself at the calendar's ends.

    >>> end_of_day(datetime.fromisoformat("2026-03-02T22:00:00Z"), timedelta(hours=3)).isoformat()
    '2026-03-03T20:59:59.999000+00:00'
    """
    try:
        return (at + offset).replace(hour=23, minute=59, second=59, microsecond=999000) - offset
    except OverflowError:
        return at
