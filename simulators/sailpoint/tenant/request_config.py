"""How access requests work in this tenant: the stored configuration over what the seed sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.configuration import AccessItem, right_item
from simulators.sailpoint.domain.errors import BadContent, MissingReference
from simulators.sailpoint.domain.records import Entitlement
from simulators.sailpoint.domain.requests import RequestPolicy, policy_of

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

_KIND = "access-request-config"


class RequestConfig:
    """Reads and replaces the configuration of access requests."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def body(self) -> dict[str, Any]:
        """The whole configuration, of both generations."""
        stored = self._tenant.configuration.find(_KIND, _KIND)
        return {**self._defaults(), **(stored.body if stored is not None else {})}

    def policy(self) -> RequestPolicy:
        """What follows from the configuration."""
        return policy_of(self.body())

    def _defaults(self) -> dict[str, Any]:
        settings = self._tenant.settings
        fallback = {"id": settings.fallback_approver} if settings.fallback_approver else None
        return {
            "approvalsMustBeExternal": False,
            "autoApprovalEnabled": settings.same_person_approves,
            "reauthorizationEnabled": False,
            "requestOnBehalfOfConfig": {
                "allowRequestOnBehalfOfAnyoneByAnyone": False,
                "allowRequestOnBehalfOfEmployeeByManager": True,
                "allowRequestOnBehalfOfForMachineIdentity": True,
                "allowRequestForMachineByOwner": False,
            },
            "approvalReminderAndEscalationConfig": {
                "daysUntilEscalation": settings.escalation_days,
                "daysBetweenReminders": 0,
                "maxReminders": None,  # the vendor's older SDK refuses to read a zero
                "fallbackApproverRef": fallback,
            },
            "entitlementRequestConfig": {
                "accessRequestConfig": {
                    "approvalSchemes": [],
                    "requestCommentRequired": False,
                    "denialCommentRequired": False,
                    "reauthorizationRequired": False,
                    "requireEndDate": False,
                    "maxPermittedAccessDuration": None,
                    "formDefinitionId": None,
                },
                "revocationRequestConfig": {"approvalSchemes": []},
            },
            "govGroupVisibilityEnabled": False,
            "machineIdentityAccessRequestEnabled": True,
        }

    def replace(self, fields: Mapping[str, Any], actor: str) -> None:
        """Set the fields of one generation; those of the other stay. Raises MissingReference, BadContent."""
        configuration = self._tenant.configuration
        reminding = fields.get("approvalReminderAndEscalationConfig") or {}
        fallback = (reminding.get("fallbackApproverRef") or {}).get("id")
        if fallback and fallback not in self._tenant.state.identities:
            raise MissingReference(f"Referenced fallbackApproverRef {fallback} was not found.")
        rights = fields.get("entitlementRequestConfig") or {}
        for part in ("accessRequestConfig", "revocationRequestConfig"):
            for scheme in (rights.get(part) or {}).get("approvalSchemes") or ():
                self._check_scheme(scheme)
        stored = configuration.find(_KIND, _KIND)
        if stored is None:
            configuration.add(_KIND, dict(fields), id=_KIND, actor=actor)
        else:
            configuration.update(stored, {**stored.body, **fields}, actor)

    def _check_scheme(self, scheme: Mapping[str, Any]) -> None:
        kinds = {"GOVERNANCE_GROUP": "workgroup", "WORKFLOW": "workflow"}
        kind, id = kinds.get(str(scheme.get("approverType"))), str(scheme.get("approverId") or "")
        if kind is None:
            return
        if not id:
            raise BadContent(f"An approver of type {scheme['approverType']} needs an approverId.")
        if self._tenant.configuration.find(kind, id) is None:
            raise MissingReference(f"Referenced approver {id} was not found.")

    def item(self, id: str) -> AccessItem | None:
        """A role, an access profile or an entitlement as something to ask for."""
        found = self._tenant.configuration.item(id)
        if found is not None:
            return found
        right = self._tenant.state.entitlements.get(id)
        return self._right(right) if right is not None else None

    def _right(self, right: Entitlement) -> AccessItem:
        """The settings of an entitlement are its own, else those of its source, else the tenant's."""
        configuration = self._tenant.configuration
        own = next(configuration.all("entitlement-request-config", right.id), None)
        config = own or next(configuration.all("source-entitlement-request-config", right.source_id), None)
        source = configuration.find("source", right.source_id)
        owner = (right.body.get("owner") or {}).get("id") or ""
        if not owner and source is not None:
            owner = (source.body.get("owner") or {}).get("id") or ""
        return right_item(right, config.body if config is not None else self.policy().entitlement, str(owner))
