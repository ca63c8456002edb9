"""Bodies of requests about campaigns, their templates and filters.

https://developer.sailpoint.com/docs/api/certification-campaigns
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from simulators.sailpoint.domain.calendar_words import period
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.wire.bodies import Camel

_OFFSET = re.compile(r"([+-])(\d{2})(?::?(\d{2}))?")
CampaignType = Literal["MANAGER", "SOURCE_OWNER", "SEARCH", "ROLE_COMPOSITION", "MACHINE_ACCOUNT"]
Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=False)]


def moment(text: str) -> str:
    """A text that names an instant. Raises ValueError."""
    if read_moment(text) is None:
        raise ValueError("not an instant")
    return text


def read_moment(text: str | None) -> datetime | None:
    """The instant of a checked text; None beyond the calendar."""
    try:
        return instant(text)
    except OverflowError:
        return None


def _length(text: str) -> str:
    if period(text) is None:
        raise ValueError("not a duration")
    return text


Moment = Annotated[str, AfterValidator(moment)]
Length = Annotated[str, AfterValidator(_length)]


class Reference(Camel):
    """A reference to anything."""

    id: str | None = None
    type: str | None = None


class FilterReference(Camel):
    """A reference to a campaign filter."""

    id: str | None = None
    type: Literal["CAMPAIGN_FILTER"] | None = None


class ReviewerReference(Camel):
    """A reference to a reviewer."""

    id: str | None = None
    type: Literal["GOVERNANCE_GROUP", "IDENTITY"] | None = None


class Remediator(Camel):
    """Who changes roles by hand."""

    id: str
    type: Literal["IDENTITY"]


class Constraint(Camel):
    """Access people must have to be part of a search campaign."""

    type: Literal["ENTITLEMENT", "ACCESS_PROFILE", "ROLE"]
    operator: Literal["ALL", "SELECTED"]
    ids: list[str] | None = None


class SourceOwnerInfo(Camel):
    """What a source owner campaign is about."""

    source_ids: list[str] = Field(default_factory=list)


class SearchInfo(Camel):
    """What a search campaign is about."""

    type: Literal["IDENTITY", "ACCESS"]
    description: str | None = None
    reviewer: ReviewerReference | None = None
    reviewer_id: str | None = None
    query: str | None = None
    identity_ids: list[str] | None = None
    access_constraints: Annotated[list[Constraint], Field(max_length=1000)] | None = None


class RoleInfo(Camel):
    """What a role composition campaign is about."""

    remediator_ref: Remediator
    reviewer: ReviewerReference | None = None
    reviewer_id: str | None = None
    role_ids: list[str] | None = None
    query: str | None = None
    description: str | None = None


class MachineInfo(Camel):
    """What a machine account campaign is about."""

    source_ids: list[str] = Field(default_factory=list)
    reviewer_type: Literal["ACCOUNT_OWNER"] | None = None


class CampaignModel(Camel):
    """A campaign, on its own or within a template."""

    name: Name
    description: str | None
    type: CampaignType
    deadline: Moment | None = None
    email_notification_enabled: bool = False
    auto_revoke_allowed: bool = False
    recommendations_enabled: bool = False
    correlated_status: Literal["CORRELATED", "UNCORRELATED"] = "CORRELATED"
    filter: FilterReference | None = None
    sunset_comments_required: bool = True
    source_owner_campaign_info: SourceOwnerInfo | None = None
    search_campaign_info: SearchInfo | None = None
    role_composition_campaign_info: RoleInfo | None = None
    machine_account_campaign_info: MachineInfo | None = None
    mandatory_comment_requirement: Literal["ALL_DECISIONS", "REVOKE_ONLY_DECISIONS", "NO_DECISIONS"] = "NO_DECISIONS"


class PatchedCampaign(Camel):
    """What of a campaign may be patched, as it must be afterwards."""

    name: Name
    description: str | None = None
    deadline: Moment | None = None
    email_notification_enabled: bool = False
    auto_revoke_allowed: bool = False
    recommendations_enabled: bool = False


class TemplateModel(Camel):
    """A campaign template."""

    name: Name
    description: str
    deadline_duration: Length | None = None
    campaign: CampaignModel


class Criterion(Camel):
    """One criterion of a campaign filter."""

    type: Literal[
        "COMPOSITE",
        "ROLE",
        "IDENTITY",
        "IDENTITY_ATTRIBUTE",
        "ENTITLEMENT",
        "ACCESS_PROFILE",
        "SOURCE",
        "ACCOUNT",
        "AGGREGATED_ENTITLEMENT",
        "INVALID_CERTIFIABLE_ENTITY",
        "INVALID_CERTIFIABLE_BUNDLE",
    ]
    operation: Literal["EQUALS", "NOT_EQUALS", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "AND", "OR"] | None = None
    property: str | None = None
    value: str | None = None
    negate_result: bool = False
    short_circuit: bool = False
    record_child_matches: bool = False
    id: str | None = None
    suppress_matched_items: bool = False
    children: list[Criterion] | None = None


class FilterModel(Camel):
    """A campaign filter."""

    name: Name
    mode: Literal["INCLUSION", "EXCLUSION"]
    description: str | None = None
    criteria_list: list[Criterion] | None = None


def _zone(text: str) -> str:
    if offset_of(text) is None:
        raise ValueError("not an offset")
    return text


def offset_of(text: str) -> timedelta | None:
    """The offset from UTC that `Z`, `+hh`, `+hhmm` or `+hh:mm` names; None for anything else.

    >>> offset_of("-0530") == -timedelta(hours=5, minutes=30), offset_of("Rome")
    (True, None)
    """
    if text == "Z":
        return timedelta()
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 18 or int(found[3] or 0) > 59:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -length if found[1] == "-" else length


class ActivateModel(Camel):
    """How a campaign is activated."""

    time_zone: Annotated[str, AfterValidator(_zone)] | None = None


class CompleteModel(Camel):
    """How a campaign is completed."""

    auto_complete_action: Literal["APPROVE", "REVOKE"] = "APPROVE"


class DeleteModel(Camel):
    """Which campaigns are deleted."""

    ids: Annotated[list[str], Field(min_length=1)]


class ReassignTo(Camel):
    """To whom certifications are reassigned."""

    id: str
    type: Literal["IDENTITY"]


class AdminReassignModel(Camel):
    """Which certifications are reassigned, to whom and why."""

    certification_ids: Annotated[list[str], Field(min_length=1, max_length=250)]
    reassign_to: ReassignTo
    reason: str


class DecisionModel(Camel):
    """One decision on an access review item."""

    id: str
    decision: Literal["APPROVE", "REVOKE"]
    bulk: bool
    proposed_end_date: Moment | None = None
    comments: str | None = None
    recommendation: dict[str, Any] | None = None


Decisions = Annotated[list[DecisionModel], Field(min_length=1, max_length=250)]


class PartModel(Camel):
    """An item, or a person with all items."""

    id: str
    type: Literal["TARGET_SUMMARY", "ITEM", "IDENTITY_SUMMARY"]


class ReassignModel(Camel):
    """What of a certification is reassigned, to whom and why."""

    reassign: Annotated[list[PartModel], Field(min_length=1)]
    reassign_to: str
    reason: str
