"""Generating a campaign: who is in it, what of their access, and whose certification each item joins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.campaign_filters import problem
from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.errors import Refusal
from simulators.sailpoint.domain.holdings import Holding, holdings
from simulators.sailpoint.domain.records import Account, Identity
from simulators.sailpoint.domain.reviews import Campaign, Certification, ReviewItem, Summary
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.candidates import Candidates
from simulators.sailpoint.tenant.filter_facts import FilterFacts
from simulators.sailpoint.tenant.reviewers import PERSON, Reviewers

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# How many people or accounts one job looks at: the rest of the estate goes on in between.
BATCH = 500
_PAUSE = timedelta(milliseconds=100)
JOB = "sailpoint.campaign.generate"


class Share(NamedTuple):
    """A certification to be: which slot of the campaign, what it is called, who reviews."""

    slot: str
    name: str
    kind: str
    reviewer_id: str
    # Whose work it was before it was reassigned.
    before: str = ""


class Generation:
    """Fills a campaign, some people at a time."""

    def __init__(self, tenant: SailPointTenant, reviewers: Reviewers) -> None:
        self._tenant = tenant
        self._reviewers = reviewers
        self._candidates = Candidates(tenant)
        self._facts = FilterFacts(tenant)
        tenant.clock.on(JOB, self._job)

    def begin(self, campaign: Campaign) -> None:
        """Queue the first part."""
        self._tenant.later("campaign_to_staged", JOB, campaign.id, "")

    def _job(self, campaign_id: str, cursor: str) -> None:
        state = self._tenant.state
        campaign = state.campaigns.get(campaign_id)
        if campaign is None or campaign.status != "PENDING":
            return
        rule = self._filter(campaign)
        if rule is not None and (why := problem(rule.body.get("criteriaList") or ())):
            self._fail(campaign, why)
            return
        try:
            if not cursor and campaign.type == "SEARCH":
                campaign = state.campaigns.put(self._candidates.found(campaign))
            after = _PARTS[campaign.type](self, campaign, cursor, rule)
        except Refusal as refusal:
            self._fail(campaign, refusal.text)
            return
        if after:
            self._tenant.clock.call_later(_PAUSE, JOB, campaign_id, after)
        else:
            self._tenant.campaigns.generated(campaign)

    def _filter(self, campaign: Campaign) -> Document | None:
        chosen = campaign.options.get("filter") or {}
        return self._tenant.configuration.find("campaign-filter", str(chosen.get("id") or ""))

    def _fail(self, campaign: Campaign, text: str) -> None:
        alerts = (*campaign.alerts, ("ERROR", text))
        state, now = self._tenant.state, self._tenant.now()
        state.campaigns.put(replace(campaign, status="ERROR", alerts=alerts, modified=now))
        self._tenant.campaigns.tasks.finish("CAMPAIGN_CREATE", campaign.id, (text,))

    def _people(self, campaign: Campaign, cursor: str, rule: Document | None) -> str:
        """Everybody's access, or that of the people and items a search has found."""
        table = self._tenant.state.identities
        last, seen, bundles = "", 0, self._candidates.bundles()
        for person in islice(table.rows(cursor or None), BATCH):
            last, seen = person.id, seen + 1
            held = self._candidates.chosen(campaign, person, self._holdings(person, bundles))
            accounts = self._tenant.state.accounts
            kept = [one for one in held if self._facts.admitted(rule, person, one, accounts.get(one.account_id))]
            if kept:
                self._add(campaign, self._share(campaign, person), person.id, person.name, kept)
        return last if seen == BATCH else ""

    def _assigned(self, person: Identity) -> tuple[list[str], list[str]]:
        """Items a person has by rule, and items granted on request."""
        tenant, now = self._tenant, self._tenant.now()
        label = tenant.configuration.lifecycle_state(person.profile_id, person.state)
        grants = tenant.state.grants.find("identity", person.id)
        by_rule = [*person.roles, *(label.access_profile_ids if label is not None else ())]
        return by_rule, [one.item_id for one in grants if one.remove_at is None or one.remove_at > now]

    def _holdings(self, person: Identity, bundles: Mapping[str, list[AccessItem]]) -> list[Holding]:
        tenant = self._tenant
        by_rule, granted = self._assigned(person)
        accounts = tenant.state.accounts.find("identity", person.id)
        return holdings(by_rule, granted, accounts, tenant.configuration.item, tenant.look.right, bundles)

    def _share(self, campaign: Campaign, person: Identity) -> Share:
        kind, reviewer = self._reviewers.named(campaign)
        if kind in ("", PERSON):
            kind = PERSON
            reviewer = (
                self._reviewers.other_than(campaign, reviewer, person)
                if reviewer
                else self._reviewers.of_person(campaign, person)
            )
        words = "Manager Access Review" if campaign.type == "MANAGER" else "Access Review"
        return Share(reviewer, f"{words} for {self._reviewers.name(kind, reviewer)}", kind, reviewer)

    def _sources(self, campaign: Campaign, cursor: str, rule: Document | None) -> str:
        """Single entitlements on the sources named, for each source's owner; of strays when asked for those."""
        state = self._tenant.state
        ids = [str(id) for id in (campaign.options.get("sourceOwnerCampaignInfo") or {}).get("sourceIds") or ()]
        number, _, last = cursor.partition("/")
        place = int(number or 0)
        if place >= len(ids):
            return ""
        seen = 0
        for account in islice(state.accounts.find("source", ids[place], last or None), BATCH):
            last, seen = account.id, seen + 1
            self._account(campaign, account, rule)
        return f"{place}/{last}" if seen == BATCH else f"{place + 1}/" if place + 1 < len(ids) else ""

    def _account(self, campaign: Campaign, account: Account, rule: Document | None) -> None:
        tenant = self._tenant
        source = tenant.configuration.source(account.source_id)
        person = tenant.state.identities.get(account.identity_id) if account.identity_id else None
        stray = campaign.options.get("correlatedStatus") == "UNCORRELATED"
        if source is None or stray == self._correlated(account, person):
            return
        bundled = self._bundled(person) if person is not None else frozenset()
        rights = [right for value in account.entitlements if (right := tenant.look.right(source.id, value)) is not None]
        found = [
            Holding("ENTITLEMENT", one.id, one.name, source.id, account.id, one.id not in bundled) for one in rights
        ]
        kept = [one for one in found if self._facts.admitted(rule, person, one, account)]
        if not kept:
            return
        reviewer = source.owner_id if source.owner_id in tenant.state.identities else campaign.owner_id
        if person is not None:
            reviewer = self._reviewers.other_than(campaign, reviewer, person)
        share = Share(f"{source.id}/{reviewer}", f"Source Owner Access Review for {source.name}", PERSON, reviewer)
        subject = person or account
        self._add(campaign, share, subject.id, subject.name, kept)

    def _bundled(self, person: Identity) -> frozenset[str]:
        """Entitlements that a person's roles and access profiles would give back at once: not revocable one by one."""
        by_rule, granted = self._assigned(person)
        items = (self._tenant.configuration.item(id) for id in (*by_rule, *granted))
        lookup = self._tenant.configuration.item
        return frozenset(id for one in items if one is not None for id in entitlements_of(one, lookup))

    def _correlated(self, account: Account, person: Identity | None) -> bool:
        """Whether an account's person has an account on an authoritative source (SailPoint API, correlatedStatus)."""
        if person is None:
            return False
        authoritative = self._tenant.configuration.is_authoritative
        return any(authoritative(one.source_id) for one in self._tenant.accounts_of(person.id))

    def _roles(self, campaign: Campaign, cursor: str, rule: Document | None) -> str:
        """What roles consist of, for the roles' owners or the reviewer named."""
        configuration, state = self._tenant.configuration, self._tenant.state
        kind, named = self._reviewers.named(campaign)
        for role in self._candidates.roles(campaign):
            owner = role.owner_id if role.owner_id in state.identities else campaign.owner_id
            reviewer, kind = (named, kind) if named else (owner, PERSON)
            name = f"Role Composition Access Review for {self._reviewers.name(kind, reviewer)}"
            kept = [
                Holding(one.type, one.id, one.name, one.source_id)
                for id in role.access_profile_ids
                if (one := configuration.item(id)) is not None
            ]
            kept += [
                Holding("ENTITLEMENT", right.id, right.name, right.source_id)
                for id in role.entitlement_ids
                if (right := state.entitlements.get(id)) is not None
            ]
            kept = [held for held in kept if self._facts.admitted(rule, None, held, None)]
            if kept:
                self._add(campaign, Share(reviewer, name, kind, reviewer), role.id, role.name, kept)
        return ""

    def _nothing(self, campaign: Campaign, cursor: str, rule: Document | None) -> str:
        """Machine accounts do not exist here."""
        return ""

    def _handed_on(self, share: Share, subject_id: str) -> Share:
        """A share for whom its reviewer's work is reassigned to, unless that would be the one under review."""
        if share.kind != PERSON:
            return share
        to = self._reviewers.stand_in(share.reviewer_id)
        if to in (share.reviewer_id, subject_id):
            return share
        name = share.name.replace(self._reviewers.name(PERSON, share.reviewer_id), self._reviewers.name(PERSON, to))
        return Share(f"{share.slot}/{to}", name, PERSON, to, share.reviewer_id)

    def _add(self, campaign: Campaign, share: Share, subject_id: str, name: str, kept: list[Holding]) -> None:
        """Put items into the certification of their slot, which is made when it is the first time."""
        state, ids, now = self._tenant.state, self._tenant.ids, self._tenant.now()
        share = self._handed_on(share, subject_id)
        certification = state.certifications.first("slot", f"{campaign.id}/{share.slot}")
        if certification is None:
            certification = state.certifications.put(
                Certification(
                    id := ids.hex32("certification"),
                    campaign.id,
                    share.slot,
                    share.name,
                    share.reviewer_id,
                    now,
                    now,
                    due=campaign.deadline,
                    reviewer_type=share.kind,
                    from_id=id if share.before else "",
                    from_reviewer=share.before,
                )
            )
        summary = state.summaries.first("subject", f"{certification.id}/{subject_id}") or state.summaries.put(
            Summary(ids.hex32("identity-summary"), certification.id, subject_id, name)
        )
        for one in kept:
            state.review_items.put(
                ReviewItem(
                    ids.hex32("review-item"),
                    campaign.id,
                    certification.id,
                    summary.id,
                    subject_id,
                    one.type,
                    one.id,
                    one.name,
                    one.account_id,
                    one.revocable,
                    not state.review_items.count("access", f"{subject_id}/{one.id}"),
                )
            )


_PARTS = {
    "MANAGER": Generation._people,
    "SEARCH": Generation._people,
    "SOURCE_OWNER": Generation._sources,
    "ROLE_COMPOSITION": Generation._roles,
    "MACHINE_ACCOUNT": Generation._nothing,
}
