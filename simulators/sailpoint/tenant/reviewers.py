"""Who reviews: managers, owners and those a campaign names, but nobody the own access."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.reviews import Campaign, Certification
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

GROUP, PERSON = "GOVERNANCE_GROUP", "IDENTITY"
# Levels that see and decide everybody's reviews.
ADMINS = frozenset({"ORG_ADMIN", "CERT_ADMIN"})
_NAMED = {"SEARCH": "searchCampaignInfo", "ROLE_COMPOSITION": "roleCompositionCampaignInfo"}


def is_admin(caller: Caller) -> bool:
    """Whether a caller administers certifications."""
    return bool(caller.levels & ADMINS)


class Reviewers:
    """Finds the reviewer of a piece of access."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def named(self, campaign: Campaign) -> tuple[str, str]:
        """Type and id of the one reviewer a campaign names; empty strings where it names none."""
        info: Any = campaign.options.get(_NAMED.get(campaign.type, "")) or {}
        reviewer = info.get("reviewer") or {}
        if reviewer.get("id"):
            return str(reviewer.get("type") or PERSON), str(reviewer["id"])
        old = str(info.get("reviewerId") or "")
        group = self._tenant.configuration.find("workgroup", old) if old else None
        return (GROUP if group is not None else PERSON, old) if old else ("", "")

    def of_person(self, campaign: Campaign, person: Identity) -> str:
        """Who reviews a person's access where nobody is named: the manager, else the campaign's owner."""
        return self.other_than(campaign, person.manager_id or campaign.owner_id, person)

    def other_than(self, campaign: Campaign, reviewer_id: str, person: Identity) -> str:
        """A reviewer, replaced by the person's manager or the campaign's owner where people would review themselves."""
        known = self._tenant.state.identities
        if reviewer_id in known and reviewer_id != person.id:
            return reviewer_id
        choices = (person.manager_id, campaign.owner_id)
        return next((id for id in choices if id in known and id != person.id), campaign.owner_id)

    def stand_in(self, reviewer_id: str) -> str:
        """Who does a person's reviews now: the person, unless work is reassigned (SailPoint API, Work Reassignment)."""
        return self._tenant.reassignments.target(reviewer_id, "CERTIFICATIONS")

    def name(self, kind: str, id: str) -> str:
        """The name of a person or governance group."""
        if kind == GROUP:
            group = self._tenant.configuration.find("workgroup", id)
            return group.name if group is not None else id
        person = self._tenant.state.identities.get(id)
        return person.name if person is not None else id

    def may_see(self, caller: Caller, certification: Certification) -> bool:
        """Whether a caller may read a certification: administrators all, reviewers their own once it is active."""
        if is_admin(caller):
            return True
        if certification.phase == "STAGED":
            return False
        if certification.reviewer_type == GROUP:
            return certification.reviewer_id in self._tenant.requests.groups_of(caller.identity_id)
        return certification.reviewer_id == caller.identity_id
