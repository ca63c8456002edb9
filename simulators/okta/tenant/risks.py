"""The risk of people, as administrators set it.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserRisk/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.okta.domain.log import Cause
from simulators.okta.domain.risk import Risk
from simulators.okta.domain.users import User
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


class Risks:
    """Who is held to be risky; nobody is at first."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def of(self, user: User) -> Risk | None:
        """The risk of a person, or None."""
        return self.org.state.risks.get(user.id)

    def put(self, user: User, risk: Risk, cause: Cause) -> None:
        """Set it. The log tells of another level only."""
        before = self.of(user)
        self.org.state.risks[user.id] = risk
        if before is None or before.level != risk.level:
            debug = {"previousRiskLevel": before.level if before else "NONE", "riskLevel": risk.level}
            self.org.log.emit(cause, "user.risk.change", user_party(user), reason=risk.reason, debug=debug)

    def forget(self, user_id: str) -> None:
        """Somebody is deleted."""
        self.org.state.risks.pop(user_id)
