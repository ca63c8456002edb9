"""What a new org of the newer engine comes with, and what a policy or rule gets that leaves something out.

https://developer.okta.com/docs/concepts/policies/ and the policy reference's default values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulators.okta.domain.policies import Json

_FALLBACK = "The default policy applies in all situations if no other policy applies."
_ANYWHERE: Json = {"connection": "ANYWHERE"}


@dataclass(frozen=True)
class Given:
    """A policy of a new org. `rules` are (name, conditions, actions) in order, the last one the system's own."""

    type: str
    name: str
    description: str | None = _FALLBACK
    system: bool = True
    everyone: bool = False
    rules: tuple[tuple[str, Json | None, Json], ...] = field(default_factory=tuple)
    of_account: bool = False


def sign_on(require_factor: bool = False, idle_minutes: int = 120, life_minutes: int = 0) -> dict[str, Any]:
    """The `signon` action of a global session policy's rule; minutes, 0 for no end."""
    action: dict[str, Any] = {
        "access": "ALLOW",
        "requireFactor": require_factor,
        "primaryFactor": "PASSWORD_IDP_ANY_FACTOR",
        "rememberDeviceByDefault": False,
        "session": {
            "usePersistentCookie": False,
            "maxSessionIdleMinutes": idle_minutes,
            "maxSessionLifetimeMinutes": life_minutes,
        },
    }
    return {**action, "factorPromptMode": "ALWAYS"} if require_factor else action


def assurance(factors: int, *constraints: Json) -> Json:
    """The action of an authentication policy's rule that demands one or two factors."""
    return {
        "appSignOn": {
            "access": "ALLOW",
            "verificationMethod": {
                "factorMode": f"{factors}FA",
                "type": "ASSURANCE",
                "reauthenticateIn": "PT2H",
                "constraints": list(constraints),
            },
        }
    }


PASSWORD: dict[str, Any] = {
    "password": {
        "complexity": {
            "minLength": 8,
            "minLowerCase": 1,
            "minUpperCase": 1,
            "minNumber": 1,
            "minSymbol": 0,
            "excludeUsername": True,
            "dictionary": {"common": {"exclude": False}},
            "excludeAttributes": [],
        },
        "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": 4},
        "lockout": {
            "maxAttempts": 10,
            "autoUnlockMinutes": 0,
            "userLockoutNotificationChannels": [],
            "showLockoutFailures": False,
        },
    },
    "recovery": {
        "factors": {
            "recovery_question": {"status": "ACTIVE", "properties": {"complexity": {"minLength": 4}}},
            "okta_email": {"status": "ACTIVE", "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}}},
            "okta_sms": {"status": "INACTIVE"},
            "okta_call": {"status": "INACTIVE"},
        }
    },
    "delegation": {"options": {"skipUnlock": False}},
}
PASSWORD_RULE: Json = {
    "passwordChange": {"access": "ALLOW"},
    "selfServicePasswordReset": {"access": "ALLOW"},
    "selfServiceUnlock": {"access": "DENY"},
}
ENROLL: Json = {
    "type": "AUTHENTICATORS",
    "authenticators": [
        {"key": "okta_email", "enroll": {"self": "REQUIRED"}},
        {"key": "okta_verify", "enroll": {"self": "OPTIONAL"}},
        {"key": "okta_password", "enroll": {"self": "REQUIRED"}},
    ],
}
ENROLL_RULE: Json = {"enroll": {"self": "CHALLENGE"}}
PROFILE_RULE: Json = {
    "profileEnrollment": {
        "access": "ALLOW",
        "preRegistrationInlineHooks": None,
        "profileAttributes": [
            {"name": "email", "label": "Email", "required": True},
            {"name": "firstName", "label": "First name", "required": True},
            {"name": "lastName", "label": "Last name", "required": True},
        ],
        "targetGroupIds": None,
        "unknownUserAction": "DENY",
        "activationRequirements": {"emailVerification": True},
    }
}
# of a policy that an administrator makes; the labels are the titles of the schema's properties
_MADE_PROFILE_RULE: Json = {
    "profileEnrollment": {
        **PROFILE_RULE["profileEnrollment"],
        "profileAttributes": [
            {"name": "firstName", "label": "First name", "required": True},
            {"name": "email", "label": "Primary email", "required": True},
        ],
        "unknownUserAction": "REGISTER",
        "progressiveProfilingAction": "ENABLED",
    }
}
_IDP_RULE: Json = {"idp": {"providers": [{"type": "OKTA"}], "idpSelectionType": "SPECIFIC"}}
_RISK_RULE: Json = {"entityRisk": {"actions": []}}
_OPEN_RULE: Json = {"people": {"users": {"exclude": []}}, "network": _ANYWHERE}
_ANY_RISK: Json = {
    "risk": {"behaviors": []},
    "riskScore": {"level": "ANY"},
    "identityProvider": {"provider": "ANY"},
}
RULE_CONDITIONS: dict[str, Json | None] = {
    "OKTA_SIGN_ON": {**_OPEN_RULE, "authContext": {"authType": "ANY"}, **_ANY_RISK},
    "PASSWORD": _OPEN_RULE,
    "MFA_ENROLL": _OPEN_RULE,
    "IDP_DISCOVERY": {"network": _ANYWHERE},
}
RULE_ACTIONS: dict[str, Json] = {
    "OKTA_SIGN_ON": {"signon": sign_on()},
    "PASSWORD": PASSWORD_RULE,
    "MFA_ENROLL": ENROLL_RULE,
    "ACCESS_POLICY": assurance(1),
    "PROFILE_ENROLLMENT": _MADE_PROFILE_RULE,
    "IDP_DISCOVERY": _IDP_RULE,
}
SETTINGS: dict[str, Json] = {"PASSWORD": PASSWORD, "MFA_ENROLL": ENROLL}
_DEFAULT_RULE = "Default Rule"
CATCH_ALL = "Catch-all Rule"


def _access(name: str, description: str | None, factors: int, system: bool = False, of_account: bool = False) -> Given:
    rules = ((CATCH_ALL, None, assurance(factors)),)
    return Given("ACCESS_POLICY", name, description, system, rules=rules, of_account=of_account)


NEW_ORG: tuple[Given, ...] = (
    Given("OKTA_SIGN_ON", "Default Policy", everyone=True,
          rules=((_DEFAULT_RULE, RULE_CONDITIONS["OKTA_SIGN_ON"], {}),)),
    Given("PASSWORD", "Default Policy", everyone=True, rules=((_DEFAULT_RULE, _OPEN_RULE, PASSWORD_RULE),)),
    Given("MFA_ENROLL", "Default Policy", everyone=True, rules=((_DEFAULT_RULE, _OPEN_RULE, ENROLL_RULE),)),
    Given("IDP_DISCOVERY", "Idp Discovery Policy", rules=((_DEFAULT_RULE, {"network": _ANYWHERE}, _IDP_RULE),)),
    _access("Okta Admin Console", None, 2),
    _access("Okta Dashboard", None, 1),
    _access("Okta Account Management Policy", "How people prove themselves before they change authenticators.", 2,
            of_account=True),
    _access("Any two factors", "Require two factors to access.", 2, system=True),
    _access("Password only", "Asks for a password.", 1),
    _access("One factor access", "Asks for any one factor.", 1),
    Given("PROFILE_ENROLLMENT", "Default Policy", rules=((CATCH_ALL, None, PROFILE_RULE),)),
    Given("POST_AUTH_SESSION", "Post-Auth Session Policy", "Re-evaluates signed-in sessions.",
          rules=((CATCH_ALL, None, {"postAuthSession": {"failureActions": []}}),)),
    Given("ENTITY_RISK", "Entity Risk Policy", "Acts on changes of a person's risk.",
          rules=((CATCH_ALL, None, _RISK_RULE),)),
)  # fmt: skip
