"""The org and its settings as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingGeneral/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.wire.bodies import Json

_POST = {"allow": ["POST"]}
_PLAIN = (
    "website", "phoneNumber", "endUserSupportHelpURL", "supportPhoneNumber", "address1", "address2", "city", "state",
    "country", "postalCode",
)  # fmt: skip

# what an org says of features that it may have bought; none of them is imitated
_METADATA_SETTINGS = {
    "analyticsCollectionEnabled": False,
    "bugReportingEnabled": True,
    "omEnabled": False,
    "pssoEnabled": False,
    "desktopMFAEnabled": False,
    "itpEnabled": False,
}


def metadata_body(org_id: str, base_url: str) -> Json:
    """What anybody may know of the org; the settings are undocumented and shown as seen."""
    return {
        "id": org_id,
        "cell": "ok1",
        "_links": {"organization": {"href": base_url}},
        "pipeline": "idx",
        "settings": dict(_METADATA_SETTINGS),
    }


def org_body(org_id: str, name: str, profile: Mapping[str, Any], base_url: str) -> Json:
    """The org. `profile` holds its settings, defaults included."""
    own = f"{base_url}/api/v1/org"
    return {
        "id": org_id,
        "subdomain": name,
        "companyName": profile["companyName"] or name,
        "status": "ACTIVE",
        "expiresAt": None,
        "created": iso(profile["created"]),
        "lastUpdated": iso(profile["lastUpdated"]),
        **{field: profile[field] for field in _PLAIN},
        "_links": {
            "preferences": {"href": f"{own}/preferences"},
            "uploadLogo": {"href": f"{own}/logo", "hints": _POST},
            "oktaCommunication": {"href": f"{own}/privacy/oktaCommunication"},
            "logo": {"href": f"{base_url}/assets/img/logos/okta-logo.png"},
            "oktaSupport": {"href": f"{own}/privacy/oktaSupport"},
            "contacts": {"href": f"{own}/contacts"},
        },
    }


def contacts_body(kinds: tuple[str, ...], base_url: str) -> list[Json]:
    """The kinds of contact."""
    own = f"{base_url}/api/v1/org/contacts"
    return [{"contactType": kind, "_links": {kind.lower(): {"href": f"{own}/{kind.lower()}"}}} for kind in kinds]


def contact_body(user_id: str, base_url: str) -> Json:
    """Who the contact is."""
    return {"userId": user_id, "_links": {"user": {"href": f"{base_url}/api/v1/users/{user_id}"}}}


def preferences_body(shown: bool, base_url: str) -> Json:
    """Whether people see the footer."""
    other = "hideEndUserFooter" if shown else "showEndUserFooter"
    link = {"href": f"{base_url}/api/v1/org/preferences/{other}", "hints": _POST}
    return {"showEndUserFooter": shown, "_links": {other: link}}


def communication_body(spared: bool, base_url: str) -> Json:
    """Whether people are spared the vendor's mail."""
    other = "optIn" if spared else "optOut"
    link = {"href": f"{base_url}/api/v1/org/privacy/oktaCommunication/{other}", "hints": _POST}
    return {"optOutEmailUsers": spared, "_links": {other: link}}


def support_body(until: datetime | None, base_url: str) -> Json:
    """Whether the vendor's staff have access, and until when."""
    own = f"{base_url}/api/v1/org/privacy/oktaSupport"
    others = ("extend", "revoke") if until else ("grant",)
    return {
        "support": "ENABLED" if until else "DISABLED",
        "expiration": iso(until) if until else None,
        "_links": {other: {"href": f"{own}/{other}", "hints": _POST} for other in others},
    }
