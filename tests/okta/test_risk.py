"""How risky people are held to be."""

from __future__ import annotations

from typing import Any

import pytest


def test_risk_is_set_and_read(okta: Any) -> None:
    """Nobody is risky at first; 201 the first time, 200 later; a reason left out is the administrator's."""
    user = f"/api/v1/users/{okta.new_user()}"
    none = okta.get(f"{user}/risk").json()
    assert (none["riskLevel"], "reason" in none) == ("NONE", False)
    assert none["_links"]["self"]["hints"]["allow"] == ["GET", "PUT"]
    first = okta.put(f"{user}/risk", {"riskLevel": "HIGH"})
    assert (first.status_code, first.json()["reason"]) == (201, "override.by.admin")
    again = okta.put(f"{user}/risk", {"riskLevel": "HIGH", "riskReason": "Seen abroad, twice."})
    assert (again.status_code, again.json()["reason"]) == (200, "Seen abroad, twice.")
    assert okta.get(f"{user}/risk").json() == again.json()
    assert okta.put(f"{user}/risk", {"riskLevel": "LOW"}).status_code == 200
    told = [event["debugContext"]["debugData"] for event in okta.events(filter='eventType eq "user.risk.change"')]
    assert [(row["previousRiskLevel"], row["riskLevel"]) for row in told] == [("NONE", "HIGH"), ("HIGH", "LOW")]


@pytest.mark.parametrize(
    "body",
    [{}, {"riskLevel": "NONE"}, {"riskLevel": ["HIGH"]}, {"riskLevel": "HIGH", "riskReason": "why?"},
     {"riskLevel": "HIGH", "riskReason": 1}, {"riskLevel": "HIGH", "riskReason": "x" * 501}],
)  # fmt: skip
def test_bad_risk(okta: Any, body: dict[str, Any]) -> None:
    """An unknown level or a reason with other signs, or too long, changes nothing."""
    user = f"/api/v1/users/{okta.new_user()}"
    assert okta.put(f"{user}/risk", body).json()["errorCode"] == "E0000001"
    assert okta.get(f"{user}/risk").json()["riskLevel"] == "NONE"


def test_risk_goes_with_the_person(okta: Any) -> None:
    """Nothing is left of somebody deleted; nobody unknown has a risk."""
    id = okta.new_user()
    okta.put(f"/api/v1/users/{id}/risk", {"riskLevel": "HIGH"})
    okta.delete(f"/api/v1/users/{id}")
    okta.delete(f"/api/v1/users/{id}")
    assert okta.get(f"/api/v1/users/{id}/risk").json()["errorCode"] == "E0000007"
    assert id not in okta.org.state.risks
