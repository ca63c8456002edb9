"""How roles, access profiles and entitlements may be asked for and given back, as bodies say it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.references import Filled

# The vendor names no bound; beyond this dates would leave the calendar.
LONGEST = 10_000


class Duration(Camel):
    """How long access may last."""

    value: Annotated[int, Field(ge=1, le=LONGEST)]
    time_unit: Literal["HOURS", "DAYS", "WEEKS", "MONTHS"]


class ProfileScheme(Camel):
    """One step of approval for an access profile."""

    approver_type: Literal[
        "APP_OWNER",
        "OWNER",
        "SOURCE_OWNER",
        "MANAGER",
        "GOVERNANCE_GROUP",
        "WORKFLOW",
        "ALL_OWNERS",
        "ADDITIONAL_OWNER",
        "ADDITIONAL_GOVERNANCE_GROUP",
    ]
    approver_id: str | None = None


class RoleScheme(Camel):
    """One step of approval for a role."""

    approver_type: Literal[
        "OWNER",
        "MANAGER",
        "GOVERNANCE_GROUP",
        "WORKFLOW",
        "ALL_OWNERS",
        "ADDITIONAL_OWNER",
        "ADDITIONAL_GOVERNANCE_GROUP",
    ]
    approver_id: str | None = None


class RightScheme(Camel):
    """One step of approval for an entitlement."""

    approver_type: Literal["ENTITLEMENT_OWNER", "SOURCE_OWNER", "MANAGER", "GOVERNANCE_GROUP", "WORKFLOW"]
    approver_id: str | None = None


class ProfileRequestability(Camel):
    """How an access profile may be asked for."""

    comments_required: bool | None = False
    denial_comments_required: bool | None = False
    reauthorization_required: bool | None = False
    require_end_date: bool | None = False
    max_permitted_access_duration: Duration | None = None
    approval_schemes: list[ProfileScheme] | None = None
    form_definition_id: str | None = None


class ProfileRevocability(Camel):
    """How an access profile may be given back."""

    approval_schemes: list[ProfileScheme] | None = None


class DimensionAttribute(Camel):
    """An attribute that tells the variants of a dynamic role apart."""

    name: Filled
    display_name: str = ""
    derived: bool = True


class DimensionSchema(Camel):
    """The attributes of a dynamic role."""

    dimension_attributes: list[DimensionAttribute] = []


class RoleRequestability(Camel):
    """How a role may be asked for."""

    comments_required: bool | None = False
    denial_comments_required: bool | None = False
    reauthorization_required: bool | None = False
    require_end_date: bool = False
    max_permitted_access_duration: Duration | None = None
    approval_schemes: list[RoleScheme] = []
    dimension_schema: DimensionSchema | None = None
    form_definition_id: str | None = None


class RoleRevocability(Camel):
    """How a role may be given back."""

    comments_required: bool | None = False
    denial_comments_required: bool | None = False
    approval_schemes: list[RoleScheme] = []


class RightRequestability(Camel):
    """How an entitlement may be asked for."""

    approval_schemes: list[RightScheme] = []
    request_comment_required: bool = False
    denial_comment_required: bool = False
    reauthorization_required: bool = False
    require_end_date: bool = False
    max_permitted_access_duration: Duration | None = None
    form_definition_id: str | None = None


class RightRevocability(Camel):
    """How an entitlement may be given back."""

    approval_schemes: list[RightScheme] = []


class RightConfig(Camel):
    """How an entitlement may be asked for and given back."""

    access_request_config: RightRequestability = RightRequestability()
    revocation_request_config: RightRevocability = RightRevocability()
