"""How risky a person is held to be.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserRisk/
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulators.okta.domain.errors import Invalid

LEVELS = ("HIGH", "MEDIUM", "LOW")
BY_ADMIN = "override.by.admin"
LONGEST = 500
_REASON = re.compile(r"[a-zA-Z0-9\s\-,.]*")


@dataclass(frozen=True, slots=True)
class Risk:
    """A level and why it was given."""

    level: str
    reason: str


def risk(level: object, reason: object) -> Risk:
    """A risk that may be set; without a reason it is the administrator's. Raises Invalid.

    >>> risk("HIGH", None)
    Risk(level='HIGH', reason='override.by.admin')
    """
    if level not in LEVELS:
        raise Invalid("riskLevel", f"riskLevel: The field must be one of {', '.join(LEVELS)}")
    if reason is None:
        return Risk(str(level), BY_ADMIN)
    if not isinstance(reason, str) or len(reason) > LONGEST or not _REASON.fullmatch(reason):
        raise Invalid("riskReason", "riskReason: Letters, digits, spaces, hyphens, commas and periods, at most 500")
    return Risk(str(level), reason)
