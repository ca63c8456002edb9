"""What Okta adds to a policy's or a rule's document before it gives it back.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulators.okta.domain.authenticators import Authenticator
from simulators.okta.domain.factors import OFFERED
from simulators.okta.domain.policies import Json, at, filled
from simulators.okta.domain.policy_access import access_actions, access_conditions
from simulators.okta.domain.policy_defaults import RULE_ACTIONS, RULE_CONDITIONS

# the factors that an enrolment policy of the older form knows, by the authenticator that they have become
_FACTORS: dict[str, list[str]] = {
    "okta_password": ["okta_password"], "duo": ["duo"], "symantec_vip": ["symantec_vip"], "onprem_mfa": ["rsa_token"],
}  # fmt: skip
for _name, _kind in OFFERED.items():
    _FACTORS.setdefault(_kind.authenticator[0], []).append(_name)
_UNASKED: Json = {"enroll": {"self": "NOT_ALLOWED"}}
_ASKED_HOW: dict[str, Json] = {"webauthn": {"constraints": {"aaguidGroups": ["ANY"]}}}
_NO_CONSENT: Json = {"consent": {"type": "NONE"}}
_HOOK: Json = {"scopes": ["SELF_SERVICE_REGISTRATION"]}
_ENROLMENT: Json = {"preRegistrationInlineHooks": None, "targetGroupIds": None}


def rule_conditions(type: str, given: Json | None) -> Json | None:
    """The conditions of a rule: what is left out gets the type's default, and applications are named in full.

    >>> rule_conditions("IDP_DISCOVERY", {"app": {"include": None}})
    {'network': {'connection': 'ANYWHERE'}, 'app': {'include': [], 'exclude': []}}
    """
    usual = RULE_CONDITIONS.get(type)
    if given is None:
        return usual
    if type == "ACCESS_POLICY":
        return access_conditions(given)
    named = dict(given)
    if isinstance(app := given.get("app"), Mapping):
        named["app"] = {side: [_app(row) for row in app.get(side) or ()] for side in ("include", "exclude")}
    return filled(named, usual) if usual is not None else named


def rule_actions(type: str, given: Json | None) -> Json:
    """The actions of a rule: what is left out gets the type's default."""
    usual = RULE_ACTIONS.get(type, {})
    if given is None:
        return usual
    return _ACTIONS[type](given, usual) if type in _ACTIONS else given


def enrolment(settings: Json | None, held: Iterable[Authenticator]) -> Json | None:
    """Settings of an enrolment policy with every authenticator that is switched on; the unnamed are not allowed.

    The vendor's reference says that settings are there for those that are enabled, and for no others.
    """
    rows = [row for row in held if row.status == "ACTIVE"]
    if settings is None or at(settings, "type") not in _KINDS:
        return settings
    return _KINDS[settings["type"]](settings, rows)


def replaced(settings: Json, before: Json | None) -> Json:
    """Settings that take the place of others: a factor of the older form that is not named stays as it was."""
    if settings.get("type") != "FACTORS" or at(before, "type") != "FACTORS":
        return settings
    kept, given = at(before, "factors") or {}, settings.get("factors") or {}
    return {**settings, "factors": {**kept, **given}}


def _authenticators(settings: Json, held: list[Authenticator]) -> Json:
    given = settings.get("authenticators") or ()
    named = {row["key"] for row in given}
    others = [{"key": row.key, **_UNASKED} for row in held if row.key not in named]
    return {
        **settings,
        "authenticators": [filled(row, _ASKED_HOW.get(row["key"], {})) for row in (*given, *others)],
    }


def _factors(settings: Json, held: list[Authenticator]) -> Json:
    known = [factor for row in held if row.serves_to_sign_in for factor in _FACTORS.get(row.key, ())]
    usual = dict.fromkeys(known, _UNASKED)
    wanted = filled(settings.get("factors") or {}, usual)
    return {**settings, "factors": {name: {**_NO_CONSENT, **row} for name, row in wanted.items()}}


_KINDS = {"AUTHENTICATORS": _authenticators, "FACTORS": _factors}


def _app(row: Json) -> Json:
    return {"type": "APP", "name": None, "id": None, **row}


def _signed_on(given: Json, usual: Json) -> Json:
    """How a session begins: any factor may come first, unless the rule lets nobody in."""
    out = filled(given, usual)
    if at(given, "signon", "primaryFactor") is None and at(out, "signon", "access") == "DENY":
        out["signon"] = {**out["signon"], "primaryFactor": "PASSWORD_IDP"}
    return out


def _routed(given: Json, usual: Json) -> Json:
    """Who signs a person in: one named provider, unless the rule says that it computes it."""
    idp = given.get("idp")
    return {**given, "idp": {"idpSelectionType": "SPECIFIC", **idp}} if isinstance(idp, Mapping) else given


def _registered(given: Json, usual: Json) -> Json:
    """How a new person registers; a hook is for that alone."""
    enrolled = given.get("profileEnrollment")
    if not isinstance(enrolled, Mapping):
        return given
    out = filled(enrolled, _ENROLMENT)
    if (hooks := out["preRegistrationInlineHooks"]) is not None:
        out["preRegistrationInlineHooks"] = [{**_HOOK, **row} for row in hooks]
    return {**given, "profileEnrollment": out}


_ACTIONS = {
    "OKTA_SIGN_ON": _signed_on,
    "PASSWORD": filled,
    "ACCESS_POLICY": access_actions,
    "IDP_DISCOVERY": _routed,
    "PROFILE_ENROLLMENT": _registered,
}
