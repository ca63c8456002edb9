"""Event hooks: what a listener has subscribed to, and how the org calls it.

https://developer.okta.com/docs/concepts/event-hooks/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulators.okta.domain.syntax import Node


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Only those events of a type that satisfy an expression are delivered."""

    event: str
    expression: str
    tree: Node


@dataclass(frozen=True, slots=True)
class EventHook:
    """A listener. Nothing is delivered until it is ACTIVE and has been verified."""

    id: str
    name: str
    description: str | None
    status: str
    verified: bool
    created: datetime
    created_by: str | None
    last_updated: datetime
    types: tuple[str, ...]
    filters: tuple[EventFilter, ...] | None
    channel: Mapping[str, Any]

    @property
    def hears(self) -> tuple[str, ...]:
        """The event types that are delivered now."""
        return self.types if self.verified and self.status == "ACTIVE" else ()


MOST_ACTIVE = 25
PATIENCE = timedelta(seconds=3)
TRIES = 2


def deserves_retry(status: int) -> bool:
    """Whether a delivery is tried again: after silence (0) or a server's error, not after a refusal.

    >>> deserves_retry(0), deserves_retry(503), deserves_retry(404)
    (True, True, False)
    """
    return status == 0 or status >= 500


# Okta's event type catalogue marks what may be subscribed to; of those the part that concerns people and access.
_ELIGIBLE = """
    user.lifecycle: create activate reactivate deactivate suspend unsuspend delete.initiated
    user.account: update_profile update_password reset_password lock unlock unlock_by_admin privilege.grant
        privilege.revoke report_suspicious_activity_by_enduser update_primary_email update_secondary_email
    user.authentication: auth_via_mfa auth_via_social auth_via_idp auth_via_radius sso universal_logout
        universal_logout.scheduled
    user.session: start end clear context.change
    user.mfa: factor.activate factor.deactivate factor.reset_all factor.suspend factor.unsuspend factor.update
        okta_verify.deny_push
    user.risk: change detect
    group: user_membership.add user_membership.remove lifecycle.create lifecycle.delete profile.update
        application_assignment.add application_assignment.remove application_assignment.update privilege.grant
        privilege.revoke
    application.lifecycle: create update activate deactivate delete
    application.user_membership: add remove update approve provision deprovision restore revoke change_username
        change_password
    application.provision: user.push user.sync user.push_profile user.deactivate user.reactivate user.push_password
        user.import user.import_profile user.password user.delete group.add group.remove group.update
        group_membership.add group_membership.remove group_membership.update group_push.pushed group_push.updated
    application.policy.sign_on: update deny_access rule.create rule.delete
    app.oauth2.client: lifecycle.create lifecycle.update lifecycle.activate lifecycle.deactivate lifecycle.delete
        privilege.grant privilege.revoke
    iam.role: create update delete permissions.add permissions.delete
    iam.resourceset: create delete resources.add resources.delete bindings.add bindings.delete
    policy.lifecycle: update activate deactivate
    policy.rule: update activate deactivate delete
    system.api_token: create revoke update enable request_outside_allowed_range
    system.import: start complete roadblock group.create group.delete group.update user.create user.delete user.update
        user.suspend user.unsuspend user.match
    system.org.rate_limit: violation
    security: threat.detected
    access.request: create update resolve reject cancel expire
    app.access_request: request approver.approve approver.deny grant deny expire delete
    resource.user_entitlements: update drift.detect drift.revert
    zone: create update activate deactivate delete
"""


def _read_eligible() -> frozenset[str]:
    found, area = set(), ""
    for word in _ELIGIBLE.split():
        if word.endswith(":"):
            area = word[:-1]
        else:
            found.add(f"{area}.{word}")
    return frozenset(found)


ELIGIBLE = _read_eligible()
