"""Rules of authentication policies as Okta gives them back: who, from where, and how people prove themselves.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.okta.domain.policies import Json, filled

# what every rule with conditions has; a part that is not among them is left out when it is empty
_USUAL: Json = {
    "people": {"users": {"exclude": []}},
    "network": {"connection": "ANYWHERE"},
    "riskScore": {"level": "ANY"},
    "userType": {"include": [], "exclude": []},
}
_USUAL_ACTION: Json = {"keepMeSignedIn": {"postAuth": "NOT_ALLOWED"}}
_FACTORS = ("knowledge", "possession")


def access_conditions(given: Json) -> dict[str, Any]:
    """The conditions of a rule; lists of people that are empty are not there, those of platforms are.

    >>> sorted(access_conditions({"platform": {}, "elCondition": {}}))
    ['network', 'people', 'riskScore', 'userType']
    """
    shown = {name: value for name, value in given.items() if value or name in _USUAL}
    if isinstance(people := shown.get("people"), Mapping):
        shown["people"] = {who: named for who, sides in people.items() if (named := _named(sides))}
    if isinstance(platform := shown.get("platform"), Mapping):
        shown["platform"] = {"include": [], "exclude": [], **platform}
    return filled({name: value for name, value in shown.items() if value is not None}, _USUAL)


def access_actions(given: Json, usual: Json) -> Json:
    """The actions of a rule; a factor of a constraint says whether it is required."""
    action = given.get("appSignOn")
    if not isinstance(action, Mapping):
        return given
    out = filled(action, _USUAL_ACTION)
    method = out.get("verificationMethod")
    if isinstance(method, Mapping) and method.get("type") == "ASSURANCE":
        constraints = method.get("constraints") or []
        if isinstance(constraints, list):
            constraints = [_constraint(row) for row in constraints]
        out["verificationMethod"] = {**method, "constraints": constraints}
    return {**given, "appSignOn": out}


def _named(sides: Any) -> Any:
    return {side: ids for side, ids in sides.items() if ids} if isinstance(sides, Mapping) else sides


def _constraint(row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {name: _factor(value) if name in _FACTORS else value for name, value in row.items()}


def _factor(given: Any) -> Any:
    """A factor is required unless the rule says otherwise, or names methods that do not count."""
    if not isinstance(given, Mapping):
        return given
    return {"required": not given.get("excludedAuthenticationMethods"), **given}
