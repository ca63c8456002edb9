"""Readings that provisioning has overtaken: what began before a change was carried out says nothing against it."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.sailpoint.domain.provisioning import Planned
from tests.sailpoint.test_aggregation import outside, patch, run
from tests.sailpoint.test_sources import source_id

PERSON = "E1015"
NATIVE = "action:(ACCOUNT_CREATED OR ACCOUNT_UPDATED OR ACCOUNT_DELETED)"


@pytest.fixture
def slow(company: Any) -> Any:
    """The reference company, whose directory is read one page a minute."""
    patch(company, source_id(company), maxPermissibleCalls=0)
    return company


def _group(company: Any, name: str = "SP-PRV-Vault-User") -> str:
    return next(str(row.id) for row in company.estate.okta.state.groups.rows() if row.name == name)


def _begin(company: Any, **scan: Any) -> str:
    """Start a run and let it go on until its progress has what `scan` names; answers the task."""
    answer = company.call("POST", f"/sources/v1/{source_id(company)}/load-accounts")
    task = str(answer.json()["task"]["id"])
    for _ in range(400):
        progress = company.tenant.state.scans.get(task, {"cursor": {}})
        if all(value in (progress.get(name) or progress["cursor"].get(name) or ()) for name, value in scan.items()):
            return task
        company.wait("PT5S")
    raise AssertionError(f"the run never came to {scan}")


def _provision(company: Any, kind: str, value: str = "") -> None:
    """Let provisioning change the person's account, and wait until it has."""
    identity = company.tenant.state.identities[company.identity(PERSON)["id"]]
    account = company.account(PERSON)
    step = Planned(kind, source_id(company), account["id"], "groups" if value else "", value)
    activity = company.tenant.provisioning.open(identity, "AccountStateUpdate", f"{kind}-{value}", [step])
    (id,) = activity.operations
    for _ in range(200):
        company.wait("PT0.5S")
        if company.tenant.state.operations[id].status == "FINISHED":
            return
    raise AssertionError(f"the change was never carried out: {company.tenant.state.operations[id]}")


def _finish(company: Any, task: str) -> None:
    company.wait("PT2H")
    assert company.get(f"/task-status/v1/{task}")["completionStatus"] == "SUCCESS"
    patch(company, source_id(company), maxPermissibleCalls=90)


def _held(company: Any) -> list[str]:
    held = company.account(PERSON)["attributes"].get("groups") or []
    return [held] if isinstance(held, str) else list(held)


def test_a_membership_given_while_members_are_read_stays(slow: Any) -> None:
    """The list of members is older than the change: nothing is lost, and the next run reports nothing either."""
    group, source = _group(slow), source_id(slow)
    task = _begin(slow, members=group)
    _provision(slow, "ADD", group)
    assert group in _held(slow)
    _finish(slow, task)
    assert group in _held(slow)
    run(slow, source)
    assert slow.search("events", NATIVE) == []


def test_what_others_change_meanwhile_is_still_seen(slow: Any) -> None:
    """Only what provisioning has written is spared; another group of the same account is a native change."""
    group, other = _group(slow), _group(slow, "SP-APP-Atlas-Editor")
    outside(slow, "PUT", f"/api/v1/groups/{other}/users/{slow.account(PERSON)['nativeIdentity']}")
    task = _begin(slow, members=group)
    _provision(slow, "ADD", group)
    _finish(slow, task)
    (event,) = slow.search("events", NATIVE)
    assert (event["attributes"]["added"], event["attributes"].get("removed")) == (other, None)
    assert group in _held(slow)


def test_an_account_made_while_users_are_read_is_not_missed(slow: Any) -> None:
    """A full reading that began before an account was made does not take it for deleted."""
    task = _begin(slow, stage="members")
    slow.hire("E5001", "Ada", "Byron")
    slow.loaded("PT10M")
    made = slow.account("E5001")
    _finish(slow, task)
    assert slow.account("E5001")["id"] == made["id"]
    run(slow, source_id(slow))
    assert slow.search("events", NATIVE) == []


def test_an_account_that_is_closed_meanwhile_stays_closed(slow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows the account open, provisioning closes it, and only then is the page taken in."""
    source, okta = source_id(slow), slow.tenant.connectors["Okta"]
    identity = slow.tenant.state.identities[slow.identity(PERSON)["id"]]
    step, read = Planned("DISABLE", source, slow.account(PERSON)["id"]), okta.scan

    async def scan(about: Any, cursor: Any) -> Any:
        found = await read(about, cursor)
        await slow.tenant.provisioning.lanes._operate(identity.id, source)
        return found

    slow.tenant.provisioning.open(identity, "AccountStateUpdate", "closing", [step])
    with monkeypatch.context() as patched:
        patched.setattr(okta, "scan", scan)
        task = _begin(slow, stage="members")
        assert slow.account(PERSON)["disabled"]
    _finish(slow, task)
    run(slow, source)
    assert slow.account(PERSON)["disabled"]
    assert slow.search("events", NATIVE) == []


def test_a_log_that_ends_before_the_last_change_is_not_the_last_word(company: Any) -> None:
    """Taken and given again within the log's lag: a run that sees only the first of the two changes nothing."""
    group, source = _group(company), company.tenant.configuration.source(source_id(company))

    def read(wait: str) -> None:
        company.tenant.aggregation.begin(source, full=False)
        company.wait(wait)

    run(company, source.id)
    _provision(company, "ADD", group)
    company.wait("PT1H")
    read("PT15M")
    _provision(company, "REMOVE", group)
    company.wait("PT8S")
    _provision(company, "ADD", group)
    company.wait("PT3S")
    read("PT15M")
    assert group in _held(company)
    read("PT15M")
    assert company.search("events", NATIVE) == []
