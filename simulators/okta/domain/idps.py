"""External identity providers: their types, where the well-known ones answer, and what their profiles bring.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/IdentityProvider/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_CLAIMS = {
    "login": "appuser.email",
    "displayName": "appuser.displayName",
    "nickName": "appuser.nickname",
    "firstName": "appuser.firstName",
    "middleName": "appuser.middleName",
    "lastName": "appuser.lastName",
    "email": "appuser.email",
    "profileUrl": "appuser.profile",
    "timezone": 'appuser.zoneinfo == null ? "America/Los_Angeles" : appuser.zoneinfo',
    "primaryPhone": "appuser.phoneNumber",
    "streetAddress": "appuser.street_address",
    "city": "appuser.locality",
    "state": "appuser.region",
    "zipCode": "appuser.postalCode",
    "countryCode": "appuser.country",
}
_ASSERTED = {
    "firstName": "source.firstName",
    "lastName": "source.lastName",
    "email": "source.email",
    "mobilePhone": "source.mobilePhone",
    "login": "source.userName",
}
_SOCIAL = {name: _CLAIMS[name] for name in ("login", "firstName", "lastName", "email")}


@dataclass(frozen=True)
class IdpType:
    """The name of its users' profile, how that is mapped to the org's users at first, and where it answers.

    `asserts`: it speaks SAML, and people are sent to an assertion consumer.
    """

    profile: str
    mapped: Mapping[str, str]
    authorization: str = ""
    token: str = ""
    asserts: bool = False


_AT_MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0"
TYPES: dict[str, IdpType] = {
    "SAML2": IdpType("saml_idp", _ASSERTED, asserts=True),
    "OIDC": IdpType("oidc_idp", _CLAIMS),
    "FACEBOOK": IdpType(
        "facebook",
        _SOCIAL,
        "https://www.facebook.com/dialog/oauth",
        "https://graph.facebook.com/v2.8/oauth/access_token",
    ),
    "GOOGLE": IdpType(
        "google", _SOCIAL, "https://accounts.google.com/o/oauth2/auth", "https://www.googleapis.com/oauth2/v3/token"
    ),
    "MICROSOFT": IdpType("microsoft", _SOCIAL, f"{_AT_MICROSOFT}/authorize", f"{_AT_MICROSOFT}/token"),
    "LINKEDIN": IdpType(
        "linkedin",
        _SOCIAL,
        "https://www.linkedin.com/oauth/v2/authorization",
        "https://www.linkedin.com/oauth/v2/accessToken",
    ),
    "APPLE": IdpType(
        "apple", _SOCIAL, "https://appleid.apple.com/auth/authorize", "https://appleid.apple.com/auth/token"
    ),
}
# what a policy leaves out; the claims of a sign-in elsewhere count as such only at generic providers
POLICY: Json = {
    "provisioning": {
        "action": "AUTO",
        "profileMaster": False,
        "groups": {"action": "NONE"},
        "conditions": {"deprovisioned": {"action": "NONE"}, "suspended": {"action": "NONE"}},
    },
    "accountLink": {"filter": None, "action": "AUTO"},
    "subject": {
        "userNameTemplate": {"template": "idpuser.email"},
        "filter": None,
        "matchType": "USERNAME",
        "matchAttribute": None,
    },
    "maxClockSkew": 0,
}
