"""Authenticators: what an org may have of them, their methods, and what each comes with.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Authenticator/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One way in which an authenticator is used."""

    type: str
    status: str = "ACTIVE"
    settings: Json | None = None


@dataclass(frozen=True, slots=True)
class Authenticator:
    """An authenticator of the org."""

    id: str
    key: str
    type: str
    name: str
    status: str
    methods: tuple[Method, ...]
    created: datetime
    last_updated: datetime
    settings: Json | None = None
    provider: Json | None = None

    @property
    def allowed_for(self) -> str:
        """`any`, `sso`, `recovery` or `none`; those without the setting serve to sign in."""
        return str((self.settings or {}).get("allowedFor", "any"))

    @property
    def serves_to_sign_in(self) -> bool:
        """Whether it may be used to sign in, and not for recovery only."""
        return self.allowed_for in ("any", "sso")

    def has(self, method: str) -> bool:
        """Whether one of its methods may be used."""
        return self.status == "ACTIVE" and any(m.type == method and m.status == "ACTIVE" for m in self.methods)


@dataclass(frozen=True)
class Make:
    """What an authenticator of one key is made from.

    `given`: a new org has it, `status` tells whether switched on. `provided`: it needs a provider's configuration.
    `fixed`: it can never be switched off. `instanced`: the provider gets an application instance of the org.
    """

    type: str
    name: str
    methods: tuple[Method, ...]
    settings: Json | None = None
    given: bool = False
    status: str = "ACTIVE"
    provided: bool = False
    fixed: bool = False
    instanced: bool = False
    enrolled_at: str = ""


_KEYS: Json = {"algorithms": ["ES256", "RS256"], "keyProtection": "ANY"}
_TOTP: Json = {"timeIntervalInSeconds": 30, "encoding": "Base32", "algorithm": "HMACSHA1", "passCodeLength": 6}
_VERIFY: Json = {
    "compliance": {"fips": "OPTIONAL"},
    "channelBinding": {"style": "NUMBER_CHALLENGE", "required": "NEVER"},
    "userVerification": "PREFERRED",
    "userVerificationMethods": ["BIOMETRICS", "PIN"],
    "appInstanceId": "",
}
_OFF = "INACTIVE"
CATALOG: dict[str, Make] = {
    "okta_email": Make(
        "email",
        "Email",
        (Method("email"),),
        {"allowedFor": "recovery", "tokenLifetimeInMinutes": 5},
        given=True,
    ),
    "okta_verify": Make(
        "app",
        "Okta Verify",
        (
            Method("totp", settings=_TOTP),
            Method("push", _OFF, {**_KEYS, "transactionTypes": ["LOGIN"]}),
            Method("signed_nonce", _OFF, {**_KEYS, "showSignInWithOV": "NEVER"}),
        ),
        _VERIFY,
        given=True,
        enrolled_at="/idp/authenticators",
    ),
    "okta_password": Make("password", "Password", (Method("password"),), given=True, fixed=True),
    "phone_number": Make(
        "phone",
        "Phone",
        (Method("sms", _OFF), Method("voice", _OFF)),
        {"allowedFor": "recovery"},
        given=True,
        status=_OFF,
    ),
    "webauthn": Make(
        "security_key",
        "Security Key or Biometric",
        (Method("webauthn", settings={"userVerification": "DISCOURAGED", "attachment": "ANY"}),),
        given=True,
        status=_OFF,
    ),
    "security_question": Make(
        "security_question",
        "Security Question",
        (Method("security_question"),),
        {"allowedFor": "recovery"},
        given=True,
    ),
    "google_otp": Make("app", "Google Authenticator", (Method("otp", settings={**_TOTP, "protocol": "TOTP"}),), {}),
    "yubikey_token": Make("security_key", "YubiKey Authenticator", (Method("otp", settings={"protocol": "YUBICO"}),)),
    "custom_otp": Make("security_key", "Custom OTP", (Method("otp", settings={**_TOTP, "protocol": "TOTP"}),)),
    "duo": Make("app", "Duo Security", (Method("duo"),), provided=True),
    "symantec_vip": Make("app", "Symantec VIP", (Method("otp", settings={"protocol": "SYMANTEC"}),), provided=True),
    "onprem_mfa": Make(
        "security_key",
        "On-Prem MFA",
        (Method("otp", settings={"protocol": "DEFAULT"}),),
        provided=True,
        instanced=True,
    ),
    "custom_app": Make("app", "Custom Push", (Method("push", settings=_KEYS),), provided=True),
    "external_idp": Make("federated", "IdP Authenticator", (Method("idp"),), provided=True),
    "smart_card_idp": Make("federated", "Smart Card Authenticator", (Method("cert"),), provided=True),
    "tac": Make("tac", "Temporary Access Code", (Method("tac"),)),
}
ALLOWED_FOR = ("any", "sso", "recovery", "none")
