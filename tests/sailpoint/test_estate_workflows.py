"""The reference company's workflows W4 to W7: what each does, and when it does nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from simulators.kernel.times import iso, parse_duration
from tests.sailpoint.requesting import ask, item, until
from tests.sailpoint.test_aggregation import outside, run
from tests.sailpoint.test_sources import source_id


def workflow(company: Any, name: str) -> str:
    """The id of the workflow whose name begins so."""
    (found,) = [row for row in company.get("/workflows/v1") if row["name"].startswith(name)]
    return str(found["id"])


def outcomes(company: Any, name: str) -> list[str]:
    """How the executions of a workflow have ended."""
    return [one["status"] for one in company.get(f"/workflows/v1/{workflow(company, name)}/executions")]


def work(company: Any, owner: str) -> list[dict[str, Any]]:
    """Open work items of a person, or of a governance group."""
    group = company.tenant.configuration.named("workgroup", owner)
    id = group.id if group is not None else company.identity(owner)["id"]
    found: list[dict[str, Any]] = company.get("/work-items/v1", ownerId=id)
    return found


def group_of(company: Any, name: str) -> str:
    """The id of a group of the directory."""
    return str(next(row.id for row in company.estate.okta.state.groups.rows() if row.name == name))


def waiting(company: Any, owner: str) -> list[str]:
    """Ids of the requests that wait for a person's decision."""
    rows = company.get("/access-request-approvals/v1/pending", **{"owner-id": company.identity(owner)["id"]})
    return [row["accessRequestId"] for row in rows]


def leaves(company: Any, worker_id: str, wait: str = "PT1H") -> None:
    """HR ends somebody's employment today."""
    company.feed[worker_id] |= {"end_date": company.day(), "end_reason": "involuntary"}
    assert company.loaded(wait)["completionStatus"] == "SUCCESS"


def asked(company: Any, worker_id: str, name: str, **more: Any) -> str:
    """The id of a new request that waits for its first decision."""
    answer = ask(company, worker_id, item(company, name), **more)
    assert answer.status_code == 202, answer.text
    company.wait("PT2M")
    return str(answer.json()["newRequests"][0]["accessRequestIds"][0])


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_an_approved_reset_clears_factors_and_sessions(company: Any, verdict: str) -> None:
    """W4: factors and sessions of the person's account, each call with the request's id; a rejection does nothing."""
    request = asked(company, "E1015", "AP-Svc-MFA-Reset", removeDate=until(company, "PT55M"))
    (approval,) = company.get("/access-request-approvals/v1/pending", by="E1006", **{"owner-id": "me"})
    path = f"/access-request-approvals/v1/{approval['id']}/{verdict}"
    assert company.call("POST", path, by="E1006", json={"comment": "asked by phone"}).status_code == 202
    company.directory.calls.clear()
    company.wait("PT5M")
    user = company.account("E1015")["nativeIdentity"]
    calls = [(method, *path.split("?")) for method, path in company.directory.writes() if "/groups/" not in path]
    if verdict == "reject":
        assert (calls, outcomes(company, "W4")) == ([], [])
        return
    assert outcomes(company, "W4") == ["Completed"]
    assert [(method, path) for method, path, _ in calls] == [
        ("POST", f"/api/v1/users/{user}/lifecycle/reset_factors"),
        ("DELETE", f"/api/v1/users/{user}/sessions"),
    ]
    assert all(f"request={request}" in query for *_, query in calls)
    factors = company.estate.okta.state.factors
    assert [one for one in factors.rows() if one.user_id == user] == []


def test_other_access_resets_nothing(company: Any) -> None:
    """W4 listens to one access profile: an approval of another leaves factors alone."""
    asked(company, "E1015", "AP-Atlas-Editor")
    company.wait("PT5M")
    assert outcomes(company, "W4") == []


def test_a_group_added_outside_is_asked_back(company: Any) -> None:
    """W5: found by aggregation, its removal is requested and done, and the owner of the source has it in writing."""
    user, name = company.account("E1015")["nativeIdentity"], "SP-PRV-Vault-User"
    before = company.groups(user)
    outside(company, "PUT", f"/api/v1/groups/{group_of(company, name)}/users/{user}")
    run(company, source_id(company))
    company.wait("PT30M")
    assert outcomes(company, "W5") == ["Completed"]
    assert company.groups(user) == before
    who = company.identity("E1015")["id"]
    (row,) = company.get("/access-request-status/v1", **{"requested-for": who})
    assert (row["requestType"], row["name"], row["state"]) == ("REVOKE_ACCESS", name, "REQUEST_COMPLETED")
    (told,) = work(company, "E1004")
    assert told["name"] == f"{name} was added outside of SailPoint"
    assert row["accessRequestId"] in told["description"]


@pytest.mark.parametrize(("person", "name"), [("E1015", "SP-APP-CRM-User"), ("E1021", "SP-PRV-Vault-User")])
def test_access_that_is_explained_stays(company: Any, person: str, name: str) -> None:
    """W5: a group that a role or a granted request gives is left alone, whoever put it back."""
    state = company.tenant.state
    known = state.accounts[company.account(person)["id"]]
    kept = tuple(one for one in known.entitlements if one != group_of(company, name))
    state.accounts.put(replace(known, entitlements=kept))
    run(company, source_id(company), disableOptimization="true")
    company.wait("PT10M")
    assert outcomes(company, "W5") == ["Completed"]
    assert (work(company, "E1004"), work(company, "Duty Security")) == ([], [])
    assert name in company.groups(company.account(person)["nativeIdentity"])


def test_what_cannot_be_asked_back_alerts_security(company: Any) -> None:
    """W5: nobody asks for a revocation from oneself, not even as the owner of the workflow."""
    user = company.account("E1010")["nativeIdentity"]
    outside(company, "PUT", f"/api/v1/groups/{group_of(company, 'SP-APP-CRM-User')}/users/{user}")
    run(company, source_id(company))
    company.wait("PT10M")
    assert outcomes(company, "W5") == ["Failed"]
    (alert,) = work(company, "Duty Security")
    assert "A revoke request for oneself is not allowed" in alert["description"]


def left(company: Any, worker_id: str, ago: str) -> str:
    """Let somebody who has left have left so long ago; answers the directory's user id."""
    state = company.tenant.state
    known = state.identities[company.identity(worker_id)["id"]]
    ends = iso(company.estate.clock.now() - parse_duration(ago))
    state.identities.put(replace(known, attributes=known.attributes.merged({"endsAt": ends})))
    return str(company.account(worker_id)["nativeIdentity"])


def state_of(company: Any, worker_id: str) -> str:
    """The lifecycle state somebody is in."""
    return str(company.identity(worker_id)["attributes"]["cloudLifecycleState"])


def test_the_night_purges_who_left_a_year_ago(company: Any) -> None:
    """W6 at 02:00: nobody else processes archived people, so without it they would stay for ever."""
    user = left(company, "E1025", "P364DT6H")
    company.wait("P1D")
    assert (outcomes(company, "W6"), state_of(company, "E1025")) == (["Completed"], "archived")
    company.wait("P1D")
    assert (outcomes(company, "W6"), state_of(company, "E1025")) == (["Completed"] * 2, "purged")
    assert user not in company.estate.okta.state.users


def test_without_the_nightly_run_nobody_is_purged(company: Any) -> None:
    """W6 off: scheduled processing leaves out who is inactive for long."""
    user = left(company, "E1025", "P364DT6H")
    step = [{"op": "replace", "path": "/enabled", "value": False}]
    company.call("PATCH", f"/workflows/v1/{workflow(company, 'W6')}", json=step)
    company.wait("P2D")
    assert (state_of(company, "E1025"), user in company.estate.okta.state.users) == ("archived", True)


def test_what_a_manager_leaves_goes_to_the_managers_manager(company: Any) -> None:
    """W7: approvals are forwarded, requests for the leaver end, what is owned and sponsored is listed."""
    theirs, own = asked(company, "C2001", "AP-CRM-User"), asked(company, "E1019", "AP-CRM-User")
    assert (waiting(company, "E1019"), waiting(company, "E1007")) == ([theirs], [own])
    leaves(company, "E1019")
    assert outcomes(company, "W7") == ["Completed"]
    assert (waiting(company, "E1019"), waiting(company, "E1007")) == ([], [theirs])
    ended = company.get("/access-request-status/v1", filters=f'accessRequestId eq "{own}"')[0]
    assert (ended["state"], "The person has left" in ended["cancelledRequestDetails"]["comment"]) == ("CANCELLED", True)
    (listed,) = [one for one in work(company, "E1007") if one["name"].startswith("Hand-over")]
    assert "Sponsored contractors: Amara Diallo" in listed["description"]


def test_what_an_owner_leaves_is_listed(company: Any) -> None:
    """W7: sources, roles, access profiles, applications and governance groups, by name."""
    leaves(company, "E1003")
    (listed,) = [one for one in work(company, "E1001") if one["name"].startswith("Hand-over")]
    for name in ("Vault", "Security Holds", "R-Vault-Operator", "Duty Security"):
        assert name in listed["description"]


def test_a_decision_of_a_group_stays_with_the_group(company: Any) -> None:
    """W7: where others may decide, nothing is forwarded."""
    request = asked(company, "E1021", "R-Vault-Emergency", removeDate=until(company, "PT3H"))
    assert waiting(company, "E1003") == waiting(company, "E1010") == [request]
    leaves(company, "E1003")
    assert outcomes(company, "W7") == ["Completed"]
    assert request in waiting(company, "E1010")
    assert waiting(company, "E1001") == []


def test_whoever_leaves_nothing_behind_bothers_nobody(company: Any) -> None:
    """W7: no work item, no write; three requests read what there is."""
    leaves(company, "E1015")
    assert outcomes(company, "W7") == ["Completed"]
    assert work(company, "E1006") == []
    (one,) = company.get(f"/workflows/v1/{workflow(company, 'W7')}/executions")
    history = company.get(f"/workflow-executions/v1/{one['id']}/history")
    steps = [row["attributes"]["displayName"] for row in history if row["type"] == "ActivityTaskCompleted"]
    assert steps == [
        "Get Leaver",
        "Get Contractors",
        "Get Open Requests",
        "Each Open Request",
        "Get Open Approvals",
        "Each Open Approval",
        "Read Owned",
    ]


@pytest.mark.parametrize("name", ["W4", "W5", "W6", "W7"])
def test_nothing_is_left_to_fill_in(company: Any, name: str) -> None:
    """Addresses and credentials of the estate stand in the definitions; each is enabled."""
    body = company.get(f"/workflows/v1/{workflow(company, name)}")
    assert body["enabled"]
    assert "%%" not in json.dumps(body)
