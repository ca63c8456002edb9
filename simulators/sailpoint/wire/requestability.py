"""How roles and access profiles may be asked for and given back, as bodies say it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulators.sailpoint.wire.models import Filled, Known

# The vendor names no bound; beyond this dates would leave the calendar.
LONGEST = 10_000


class Duration(Known):
    """How long access may last."""

    value: Annotated[int, Field(ge=1, le=LONGEST)]
    time_unit: Literal["HOURS", "DAYS", "WEEKS", "MONTHS"]


class ProfileScheme(Known):
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


class RoleScheme(Known):
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


class RightScheme(Known):
    """One step of approval for an entitlement."""

    approver_type: Literal["ENTITLEMENT_OWNER", "SOURCE_OWNER", "MANAGER", "GOVERNANCE_GROUP", "WORKFLOW"]
    approver_id: str | None = None


class ProfileRequestability(Known):
    """How an access profile may be asked for."""

    comments_required: bool | None = False
    denial_comments_required: bool | None = False
    reauthorization_required: bool | None = False
    require_end_date: bool | None = False
    max_permitted_access_duration: Duration | None = None
    approval_schemes: list[ProfileScheme] | None = None
    form_definition_id: str | None = None


class ProfileRevocability(Known):
    """How an access profile may be given back."""

    approval_schemes: list[ProfileScheme] | None = None


class DimensionAttribute(Known):
    """An attribute that tells the variants of a dynamic role apart."""

    name: Filled
    display_name: str = ""
    derived: bool = True


class DimensionSchema(Known):
    """The attributes of a dynamic role."""

    dimension_attributes: list[DimensionAttribute] = []


class RoleRequestability(Known):
    """How a role may be asked for."""

    comments_required: bool | None = False
    denial_comments_required: bool | None = False
    reauthorization_required: bool | None = False
    require_end_date: bool = False
    max_permitted_access_duration: Duration | None = None
    approval_schemes: list[RoleScheme] = []
    dimension_schema: DimensionSchema | None = None
    form_definition_id: str | None = None


class RoleRevocability(Known):
    """How a role may be given back."""

    comments_required: bool | None = False
    denial_comments_required: bool | None = False
    approval_schemes: list[RoleScheme] = []


class RightRequestability(Known):
    """How an entitlement may be asked for."""

    approval_schemes: list[RightScheme] = []
    request_comment_required: bool = False
    denial_comment_required: bool = False
    reauthorization_required: bool = False
    require_end_date: bool = False
    max_permitted_access_duration: Duration | None = None
    form_definition_id: str | None = None


class RightRevocability(Known):
    """How an entitlement may be given back."""

    approval_schemes: list[RightScheme] = []


class RightConfig(Known):
    """How an entitlement may be asked for and given back."""

    access_request_config: RightRequestability = RightRequestability()
    revocation_request_config: RightRevocability = RightRevocability()
