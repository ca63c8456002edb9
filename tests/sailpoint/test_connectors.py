"""Connectors under strain: rate limits, outages, lost answers, expired tokens, taken logins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from simulators.sailpoint.connectors.calls import retry_instant

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)


def _join(company: Any, **more: str) -> dict[str, Any]:
    company.hire("E5001", "Ada", "Byron", **more)
    company.loaded("PT30M")
    (activity,) = company.get("/account-activities/v1", **{"requested-for": company.identity("E5001")["id"]})
    return dict(activity)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"X-Rate-Limit-Reset": str(int(NOW.timestamp()) + 17)}, 17), ({"Retry-After": "9"}, 9), ({}, 60)],
)
def test_when_a_429_says_to_come_back(headers: dict[str, str], seconds: int) -> None:
    """The reset instant wins, then the seconds, then a minute."""
    answer = httpx.Response(429, headers=headers)
    assert (retry_instant(answer, NOW) - NOW).total_seconds() == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_waits_and_tries_again(company: Any, status: int) -> None:
    """Neither a rate limit nor a short outage costs a joiner anything but time."""
    company.estate.faults.add({"system": "okta", "path": "/api/v1/groups/*"}, {"status": status}, 3)
    activity = _join(company)
    assert activity["completionStatus"] == "SUCCESS"
    assert len(company.groups(company.account("E5001")["nativeIdentity"])) == 4


def test_a_lasting_outage_fails_and_is_made_good_at_the_next_processing(company: Any) -> None:
    """The activity says what failed; the identity is looked at again by itself."""
    fault = company.estate.faults.add({"system": "okta", "method": "PUT"}, {"status": 500}, None)
    activity = _join(company)
    assert activity["completionStatus"] == "INCOMPLETE"
    assert {item["provisioningStatus"] for item in activity["items"]} == {"FINISHED", "FAILED"}
    assert activity["errors"]
    company.estate.faults.remove(fault.id)
    company.wait("PT13H")
    assert len(company.groups(company.account("E5001")["nativeIdentity"])) == 4


def test_a_failed_disable_is_owed(company: Any) -> None:
    """Group removals go on, and the disable is tried again at the next processing."""
    path = "/api/v1/users/*/lifecycle/deactivate"
    fault = company.estate.faults.add({"system": "okta", "path": path}, {"status": 400}, None)
    company.feed["E1015"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    company.loaded("PT20M")
    native = company.account("E1015")["nativeIdentity"]
    assert (company.status(native), company.groups(native)) == ("ACTIVE", set())
    assert company.get("/work-items/v1", ownerId=company.tenant.configuration.named("workgroup", "Duty Security").id)
    company.estate.faults.remove(fault.id)
    company.wait("PT13H")
    assert company.status(native) == "DEPROVISIONED"


def test_a_lost_create_is_noticed(company: Any) -> None:
    """An answer without a user is no answer."""
    company.estate.faults.add({"system": "okta", "method": "POST", "path": "/api/v1/users"}, {"lose": True}, 1)
    assert _join(company)["completionStatus"] == "SUCCESS"
    assert company.account("E5001") is not None


def test_a_refused_token_is_fetched_anew(company: Any) -> None:
    """A 401 costs one more token, nothing else."""
    company.estate.faults.add({"system": "okta", "path": "/api/v1/*"}, {"status": 401}, 1)
    assert _join(company)["completionStatus"] == "SUCCESS"


def test_a_taken_login_fails_the_activity(company: Any) -> None:
    """The directory refuses; the role stays assigned; the log names the failure."""
    headers = {"Authorization": f"SSWS {company.ready['okta']['api_token']}"}
    profile = {"login": "ada.byron@acme.example", "email": "a@b.example", "firstName": "A", "lastName": "B"}
    made = company.send("POST", "http://okta.test/api/v1/users", headers=headers, json={"profile": profile})
    assert made.status_code == 200
    activity = _join(company)
    assert activity["completionStatus"] == "FAILURE"
    assert "already exists" in activity["errors"][0]
    (failure,) = company.search("events", "action:CreateAccountFailure")
    assert failure["technicalName"] == "ACCOUNT_CREATE_FAILED"


def test_the_suspend_variant_is_one_switch(company: Any) -> None:
    """A source that disables by suspending does so; the leaver workflow deactivates in the end."""
    source = company.tenant.configuration.source_named("Okta")
    step = [{"op": "replace", "path": "/connectorAttributes/disableOperation", "value": "suspend"}]
    assert company.call("PATCH", f"/sources/v1/{source.id}", json=step).status_code == 200
    company.feed["E1015"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    company.loaded()
    verbs = [path.rsplit("/", 1)[1] for _, path in company.directory.writes() if "/lifecycle/" in path]
    assert verbs == ["suspend", "deactivate"]
