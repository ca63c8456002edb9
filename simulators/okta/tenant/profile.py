"""The org's own settings: address, contacts, footer, what Okta may do.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingGeneral/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

# what may be written, with the value of a new org
WRITABLE: dict[str, Any] = {
    "companyName": None,
    "website": "https://developer.okta.com",
    "phoneNumber": "",
    "endUserSupportHelpURL": "",
    "supportPhoneNumber": "",
    "address1": None,
    "address2": None,
    "city": None,
    "state": None,
    "country": None,
    "postalCode": None,
}
CONTACT_TYPES = ("BILLING", "TECHNICAL")
SUPPORT_FIRST, SUPPORT_MORE = timedelta(hours=8), timedelta(hours=24)


class OrgProfile:
    """Reads and writes `state.org_profile`; what is not in there has its default."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def found(self) -> None:
        """A new org's settings."""
        at = self.org.whole_second()
        self.org.state.org_profile.update(created=at, lastUpdated=at)

    def get(self, name: str, default: Any = None) -> Any:
        """One setting."""
        return self.org.state.org_profile.get(name, WRITABLE.get(name, default))

    def all(self) -> dict[str, Any]:
        """Every setting, defaults included."""
        return {**WRITABLE, **self.org.state.org_profile}

    def put(self, name: str, value: Any) -> None:
        """Set one."""
        self.org.state.org_profile[name] = value

    def write(self, fields: Mapping[str, Any], whole: bool) -> None:
        """Change those named, or with `whole` all. Raises Invalid for a value that is no text, or no company."""
        if whole and not fields.get("companyName"):
            raise Invalid("companyName", "companyName: The field cannot be left blank")
        for name in WRITABLE:
            if name in fields or whole:
                value = fields.get(name)
                if not isinstance(value, str | None):
                    raise Invalid(name, f"{name}: Attribute value must be of type string")
        for name in WRITABLE:
            if name in fields or whole:
                self.put(name, fields.get(name))
        self.put("lastUpdated", self.org.whole_second())

    def contact(self, kind: str) -> str:
        """Who is asked about bills or technology: the first super administrator at first. Raises NotFound."""
        if kind.upper() not in CONTACT_TYPES:
            raise NotFound(kind, "OrgContactType")
        named = self.org.state.org_profile.get(f"contact {kind.upper()}")
        if named in self.org.state.users:
            return str(named)
        first = next(self.org.roles.of_type("SUPER_ADMIN", "USER"), None)
        return first.holder_id if first is not None else ""

    def name_contact(self, kind: str, user_id: str) -> None:
        """Name the person. Raises NotFound."""
        self.contact(kind)
        self.put(f"contact {kind.upper()}", self.org.users.find(user_id).id)

    def support_until(self) -> datetime | None:
        """When Okta's own staff lose their access; None while they have none."""
        until: datetime | None = self.get("support")
        return until if until is not None and until > self.org.now() else None

    def support(self, operation: str) -> None:
        """Grant for eight hours, extend by a day, revoke. Raises Invalid where there is nothing to extend."""
        until = self.support_until()
        if operation == "revoke":
            self.put("support", None)
        elif operation == "grant":
            self.put("support", self.org.whole_second() + SUPPORT_FIRST)
        elif until is None:
            raise Invalid("oktaSupport", "oktaSupport: Support access is not enabled")
        else:
            self.put("support", until + SUPPORT_MORE)
