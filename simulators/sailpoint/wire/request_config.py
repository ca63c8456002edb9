"""The configuration of access requests, in the two generations of its API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.requestability import RightConfig
from simulators.sailpoint.wire.shapes import without_nulls

_SHARED = ("approvalsMustBeExternal", "reauthorizationEnabled", "requestOnBehalfOfConfig", "entitlementRequestConfig")
# What each generation shows and replaces.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "v1": (*_SHARED, "autoApprovalEnabled", "approvalReminderAndEscalationConfig"),
    "v2": (*_SHARED, "govGroupVisibilityEnabled", "machineIdentityAccessRequestEnabled"),
}
Days = Annotated[int, Field(ge=0, le=3650)]


class OnBehalf(Camel):
    """Who may ask for whom."""

    allow_request_on_behalf_of_anyone_by_anyone: bool = False
    allow_request_on_behalf_of_employee_by_manager: bool = False
    allow_request_on_behalf_of_for_machine_identity: bool = True
    allow_request_for_machine_by_owner: bool = False


class Fallback(Camel):
    """Who decides where nobody else would."""

    id: str
    type: str | None = None
    name: str | None = None
    email: str | None = None


class Reminding(Camel):
    """When approvers are reminded and replaced."""

    days_until_escalation: Days | None = None
    days_between_reminders: Days | None = None
    max_reminders: Annotated[int, Field(ge=0, le=20)] | None = None
    fallback_approver_ref: Fallback | None = None


class ConfigBody(Camel):
    """A configuration of either generation."""

    approvals_must_be_external: bool = False
    auto_approval_enabled: bool = False
    reauthorization_enabled: bool = False
    request_on_behalf_of_config: OnBehalf = OnBehalf()
    approval_reminder_and_escalation_config: Reminding = Reminding()
    entitlement_request_config: RightConfig = RightConfig()
    gov_group_visibility_enabled: bool = False
    machine_identity_access_request_enabled: bool = True

    def fields(self, generation: str) -> dict[str, Any]:
        """What replaces the present configuration."""
        kept = self.stored()
        return {name: kept[name] for name in FIELDS[generation]}


def config_body(look: Lookup, body: Mapping[str, Any], generation: str) -> dict[str, Any]:
    """The configuration as one generation shows it."""
    shown = {name: body[name] for name in FIELDS[generation]}
    if reminding := shown.get("approvalReminderAndEscalationConfig"):
        fallback = look.identity(str((reminding.get("fallbackApproverRef") or {}).get("id") or ""))
        reference = None
        if fallback is not None:
            email = fallback.attributes.get("email")
            reference = {"type": "IDENTITY", "id": fallback.id, "name": fallback.name, "email": email}
        shown["approvalReminderAndEscalationConfig"] = {**reminding, "fallbackApproverRef": reference}
    rights = shown["entitlementRequestConfig"]
    access = without_nulls(dict(rights["accessRequestConfig"]), "maxPermittedAccessDuration")
    return {**shown, "entitlementRequestConfig": {**rights, "accessRequestConfig": access}}
