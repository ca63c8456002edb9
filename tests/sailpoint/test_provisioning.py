"""Provisioning: retries by the source's list, hands instead of connectors, verification, accounts that are gone."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.test_aggregation import outside, patch, run
from tests.sailpoint.test_sources import source_id


def _activity(company: Any, worker_id: str) -> dict[str, Any]:
    found = company.get("/account-activities/v1", **{"requested-for": company.identity(worker_id)["id"]})
    return dict(found[-1])


def test_a_listed_error_is_retried(company: Any) -> None:
    """An error whose text the source lists is tried again `maxRetryCount` times, `retryWaitTime` ms apart."""
    source = source_id(company)
    patch(company, source, retryableErrors=["HTTP 403"], maxRetryCount=3, retryWaitTime=60000)
    company.estate.faults.add({"system": "okta", "method": "POST", "path": "/api/v1/users"}, {"status": 403}, 2)
    company.hire("E5001", "Ada", "Byron")
    company.loaded("PT2M30S")
    assert "RETRY" in {item["provisioningStatus"] for item in _activity(company, "E5001")["items"]}
    company.wait("PT15M")
    assert _activity(company, "E5001")["completionStatus"] == "SUCCESS"


def test_an_error_that_is_not_listed_is_final(company: Any) -> None:
    """The same refusal without the list fails at once."""
    company.estate.faults.add({"system": "okta", "method": "POST", "path": "/api/v1/users"}, {"status": 403}, 2)
    company.hire("E5001", "Ada", "Byron")
    company.loaded("PT30M")
    activity = _activity(company, "E5001")
    assert (activity["completionStatus"], activity["executionStatus"]) == ("FAILURE", "COMPLETED")


def test_a_source_in_maintenance_hands_changes_to_people(company: Any) -> None:
    """Work items instead of failures; nothing reaches the target."""
    patch(company, source_id(company), maintenance=True)
    company.hire("E5001", "Ada", "Byron")
    company.loaded("PT30M")
    assert company.directory.writes() == []
    assert _activity(company, "E5001")["executionStatus"] == "EXECUTING"
    owner = company.identity("E1004")["id"]
    assert company.get("/work-items/v1", ownerId=owner)


def test_an_account_the_target_lost_is_made_again(company: Any) -> None:
    """NotFound leads to a create: the old account is forgotten, the next refresh makes another."""
    account = company.account("E1015")
    for _ in range(2):
        outside(company, "DELETE", f"/api/v1/users/{account['nativeIdentity']}")
    company.feed["E1015"] |= {"job_title": "Wizard"}
    company.loaded("PT45M")
    again = company.account("E1015")
    assert again["nativeIdentity"] != account["nativeIdentity"]
    assert company.groups(again["nativeIdentity"])


def test_a_change_that_cannot_be_read_back_waits_for_the_next_reading(company: Any) -> None:
    """Items are COMMITED and the activity is being verified until an aggregation shows the account."""
    source = source_id(company)
    features = company.get(f"/sources/v1/{source}")["features"]
    step = [{"op": "replace", "path": "/features", "value": [*features, "NO_RANDOM_ACCESS"]}]
    assert company.call("PATCH", f"/sources/v1/{source}", json=step).status_code == 200
    account = company.account("E1015")
    company.call("POST", f"/accounts/v1/{account['id']}/disable", json={})
    company.wait("PT3M")
    activity = _activity(company, "E1015")
    assert (activity["executionStatus"], activity["items"][0]["provisioningStatus"]) == ("VERIFYING", "COMMITED")
    assert company.account("E1015")["disabled"] is False
    run(company, source)
    assert company.account("E1015")["disabled"] is True
    activity = _activity(company, "E1015")
    assert (activity["completionStatus"], activity["items"][0]["provisioningStatus"]) == ("SUCCESS", "FINISHED")
    assert company.search("events", "action:ACCOUNT_UPDATED") == []


def test_a_password_of_the_policy_is_written_and_kept_nowhere(company: Any) -> None:
    """The user is active and has to change it; the account shows neither the password nor how it was activated."""
    source = source_id(company)
    secret = {"type": "static", "attributes": {"value": "Correct-Horse-7!"}}
    field = {"name": "password", "transform": secret, "type": "secret"}
    step = [{"op": "add", "path": "/fields/-", "value": field}]
    path = f"/sources/v1/{source}/provisioning-policies/CREATE"
    assert company.call("PATCH", path, json=step).status_code == 200
    company.hire("E5001", "Ada", "Byron")
    company.loaded("PT30M")
    assert any("nextLogin=changePassword" in path for _, path in company.directory.writes())
    account = company.account("E5001")
    assert company.status(account["nativeIdentity"]) == "PASSWORD_EXPIRED"
    assert not {"password", "activate"} & set(account["attributes"])
    assert account["disabled"] is False


def test_attributes_that_go_out_as_a_whole(company: Any) -> None:
    """A service provider that cannot patch an attribute gets the whole resource."""
    vault = source_id(company, "Vault")
    patch(company, vault, putAttributes=["displayName"])
    account = next(
        one for one in company.get("/accounts/v1", filters=f'sourceId eq "{vault}"') if one.get("identityId")
    )
    worker = company.get(f"/identities/v1/{account['identityId']}")["alias"]
    company.feed[worker] |= {"last_name": "Changed"}
    company.loaded("PT30M")
    after = company.get(f"/accounts/v1/{account['id']}")
    assert after["attributes"]["displayName"].endswith("Changed")
    assert run(company, vault)["attributes"]["processed"] == "0"


def test_a_source_that_is_misconfigured_fails_without_harm(company: Any) -> None:
    """An address, a key or a number somebody has mistyped is an error of the activity, never one of the tenant."""
    source = source_id(company)
    for settings in (
        {"baseUrl": "http://["},
        {"baseUrl": "http://okta.test", "privateJwk": {"kty": "RSA"}, "clientId": "other"},
        {"apiToken": "not\na\ntoken"},
        {"maxRetryCount": "many", "retryWaitTime": [], "secondaryAccounts": "x", "retryableErrors": 7},
    ):
        patch(company, source, **settings)
        check = company.call("POST", f"/sources/v1/{source}/connector/check-connection")
        assert check.json()["status"] == "FAILURE", settings
        company.wait("PT2H")
    account = company.account("E1015")
    company.call("POST", f"/accounts/v1/{account['id']}/disable", json={})
    company.wait("PT2H")
    assert _activity(company, "E1015")["completionStatus"] == "FAILURE"
