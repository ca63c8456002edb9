"""Rules of authentication policies as they come back, and what a missing policy is called."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "/api/v1/policies"
USUAL = {
    "people": {"users": {"exclude": []}},
    "network": {"connection": "ANYWHERE"},
    "riskScore": {"level": "ANY"},
    "userType": {"include": [], "exclude": []},
}


@pytest.fixture
def rules(okta: Any) -> str:
    """The address of a new policy's rules."""
    return f"{WHERE}/{okta.post(WHERE, {'type': 'ACCESS_POLICY', 'name': 'Strict'}).json()['id']}/rules"


def rule(**more: Any) -> dict[str, Any]:
    return {"type": "ACCESS_POLICY", "name": "Office", "priority": 0, **more}


def test_conditions(okta: Any, rules: str) -> None:
    """Conditions are completed; none at all stay none; empty ones that say nothing are left out."""
    first = okta.post(rules, rule(conditions={"platform": {}, "elCondition": {}})).json()
    assert first["conditions"] == USUAL
    assert okta.get(f"{rules}/{first['id']}").json()["conditions"] == USUAL
    assert okta.post(rules, rule(name="Open")).json()["conditions"] is None
    group, user = okta.new_group("Sales"), okta.new_user()
    laptop = {"type": "DESKTOP", "os": {"type": "MACOS"}}
    given = {
        "people": {"users": {"include": [], "exclude": [user]}, "groups": {"include": [group], "exclude": []}},
        "riskScore": {"level": "LOW"},
        "platform": {"include": [laptop]},
        "elCondition": {"condition": "user.profile.title == 'Lead'"},
        "userType": None,
    }
    after = okta.put(f"{rules}/{first['id']}", rule(conditions=given)).json()
    assert after["conditions"] == {
        **USUAL,
        "people": {"users": {"exclude": [user]}, "groups": {"include": [group]}},
        "riskScore": {"level": "LOW"},
        "platform": {"include": [laptop], "exclude": []},
        "elCondition": given["elCondition"],
    }


def test_actions(okta: Any, rules: str) -> None:
    """A factor is required unless the rule says otherwise or names methods that do not count."""
    method = {"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT4H", "inactivityPeriod": "PT1H"}
    constraints = [
        {"knowledge": {"types": ["password"]}, "possession": {"required": False, "deviceBound": "REQUIRED"}},
        {"possession": {"excludedAuthenticationMethods": [{"key": "okta_email"}]}},
    ]
    action = {"access": "ALLOW", "verificationMethod": {**method, "constraints": constraints}}
    shown = okta.post(rules, rule(actions={"appSignOn": action})).json()["actions"]["appSignOn"]
    assert shown["keepMeSignedIn"] == {"postAuth": "NOT_ALLOWED"}
    found = shown["verificationMethod"]["constraints"]
    assert found[0] == {
        "knowledge": {"required": True, "types": ["password"]},
        "possession": {"required": False, "deviceBound": "REQUIRED"},
    }
    assert found[1]["possession"]["required"] is False
    kept = {"postAuth": "ALLOWED", "postAuthPromptFrequency": "P30D"}
    plain = {"access": "ALLOW", "verificationMethod": method, "keepMeSignedIn": kept}
    shown = okta.post(rules, rule(name="Plain", actions={"appSignOn": plain})).json()["actions"]["appSignOn"]
    assert shown == {**plain, "verificationMethod": {**method, "constraints": []}}
    chain = {"type": "AUTH_METHOD_CHAIN", "chains": [{"authenticationMethods": [{"key": "okta_password"}]}]}
    chained = {"access": "ALLOW", "verificationMethod": chain}
    shown = okta.post(rules, rule(name="Chain", actions={"appSignOn": chained})).json()["actions"]["appSignOn"]
    assert shown["verificationMethod"] == chain


def _assured(constraints: Any) -> dict[str, Any]:
    return {"appSignOn": {"verificationMethod": {"type": "ASSURANCE", "constraints": constraints}}}


@pytest.mark.parametrize(
    "odd",
    [1, [], {"appSignOn": 1}, {"appSignOn": {"verificationMethod": 1}}, *map(_assured, (1, [1], [{"knowledge": 1}]))],
)
def test_odd_actions(okta: Any, rules: str, odd: Any) -> None:
    """Whatever is sent as actions or conditions, the answer is Okta's and the rule can be read again."""
    for more in ({"actions": odd}, {"conditions": odd}, {"conditions": {"platform": odd, "userType": odd}}):
        answer = okta.post(rules, rule(**more))
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert okta.delete(f"{rules}/{answer.json()['id']}").status_code == 204


def test_missing_policy(okta: Any, rules: str) -> None:
    """A policy of the newer kinds is called a set of rules when it is gone."""
    where = rules.removesuffix("/rules")
    assert okta.delete(where).status_code == 204
    for answer in (okta.get(where), okta.get(rules)):
        assert answer.status_code == 404
        assert answer.json()["errorSummary"].endswith("(RuleSetEntity)")
    assert okta.get(f"{WHERE}/00pnone").json()["errorSummary"].endswith("(Policy)")
