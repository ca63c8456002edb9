"""What an administrator can be told about by mail.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Subscription/
"""

from __future__ import annotations

NOTIFICATION_TYPES = (
    "AD_AGENT", "AGENT_AUTO_UPDATE_NOTIFICATION", "AGENT_AUTO_UPDATE_NOTIFICATION_LDAP", "APP_IMPORT",
    "CONNECTOR_AGENT", "IWA_AGENT", "LDAP_AGENT", "OKTA_ANNOUNCEMENT", "OKTA_UPDATE",
    "RATELIMIT_NOTIFICATION", "REPORT_SUSPICIOUS_ACTIVITY", "USER_DEPROVISION", "USER_LOCKED_OUT",
)  # fmt: skip
