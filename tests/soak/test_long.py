"""Long proofs: two quiet weeks, a claim that needs fifty-nine leavers, a company of twenty thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.server import Server

pytestmark = pytest.mark.soak
ROOT = Path(__file__).resolve().parents[2]
CROWD = 20_000

# What the seed itself schedules within two weeks, and what it leads to: who, when, what goes out and comes in at Okta.
SCHEDULED = {
    ("C2002", "2026-03-05", "Lifecycle Change Refresh"),  # the last day of work was D+2, in New York
    ("E1018", "2026-03-05", "Identity Refresh"),  # a grant ends on D+3
    ("E1020", "2026-03-07", "Identity Refresh"),  # a grant ends on D+5, during leave
    ("E1023", "2026-03-15", "Lifecycle Change Refresh"),  # first day of work on D+14, in Berlin
}
TOUCHED = {who for who, _, _ in SCHEDULED}
STATES = {"C2002": "terminated", "E1023": "active"}
STATUSES = {"C2002": "DEPROVISIONED", "E1023": "PROVISIONED"}
# The clockwork of an identity, which moves by itself.
_MOVING = {"nextProcessingDate"}


class Company:
    """A served estate as an outsider sees it."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.ready = ready
        self._http = httpx.Client(trust_env=False, timeout=280)
        self._okta = {"authorization": f"SSWS {ready['okta']['api_token']}"}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control plane."""
        answer = self._http.request(method, f"{self.ready['urls']['control']}/control/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def okta(self, path: str) -> Any:
        """What Okta answers."""
        answer = self._http.get(self.ready["urls"]["okta"] + path, headers=self._okta)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sailpoint(self, path: str) -> Any:
        """What SailPoint answers its administrator, with a token of now."""
        url = self.ready["urls"]["sailpoint"]
        pat = next(one for one in self.ready["sailpoint"]["personal_access_tokens"] if one["name"] == "iam-admin")
        form = {"grant_type": "client_credentials"} | {name: pat[name] for name in ("client_id", "client_secret")}
        token = self._http.post(f"{url}/oauth/token", data=form).json()["access_token"]
        answer = self._http.get(url + path, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def hr(self, worker_id: str, **columns: str) -> dict[str, Any]:
        """A worker's row, after a change if columns are given."""
        url = f"{self.ready['urls']['hr']}/workers/{worker_id}"
        if columns:
            row = self._http.get(url).json()
            kept = {name: row[name] for name in row if name not in ("waiting", "updated_at")}
            self._http.put(url, json=kept | columns).raise_for_status()
        row = self._http.get(url).json()
        assert isinstance(row, dict)
        return row

    def identities(self) -> dict[str, dict[str, Any]]:
        """By worker id: lifecycle state, attributes and roles."""
        found = self.sailpoint("/identities/v1?limit=250")
        return {
            one["attributes"]["workerId"]: {
                "state": one["lifecycleState"]["stateName"],
                "manager": (one["managerRef"] or {}).get("id"),
                "attributes": {name: value for name, value in one["attributes"].items() if name not in _MOVING},
                "roles": sorted(
                    row["role"]["name"] for row in self.sailpoint(f"/identities/v1/{one['id']}/role-assignments")
                ),
            }
            for one in found
        }

    def users(self) -> dict[str, dict[str, Any]]:
        """By login: status, profile, group names."""
        return {
            one["profile"]["login"]: {
                "status": one["status"],
                "profile": one["profile"],
                "groups": sorted(group["profile"]["name"] for group in self.okta(f"/api/v1/users/{one['id']}/groups")),
            }
            for one in self.okta("/api/v1/users?limit=200&search=status+pr")
        }

    def writes(self) -> list[dict[str, Any]]:
        """Every write to an application."""
        return [
            row
            for app in self.ready["apps"]
            if app["token"]
            for row in self._http.get(app["write_log_url"], headers={"authorization": f"Bearer {app['token']}"}).json()
        ]


@contextmanager
def served(seed: str) -> Iterator[Company]:
    """A company on free ports, paused at its seed's start."""
    server = Server(seed, port=0, limits="counted")
    try:
        company = Company(server.start())
        try:
            yield company
        finally:
            company.close()
    finally:
        server.stop()


def _without(found: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in keys}


def test_two_quiet_weeks_change_nobody_whom_the_seed_leaves_alone() -> None:
    """Aggregations, twice-daily processing and the sweep go on; only what the seed schedules is planned or written."""
    with served("acme") as acme:
        people, users = acme.identities(), acme.users()
        logins = {people[who]["attributes"]["email"] for who in TOUCHED}
        for _ in range(14):
            acme.control("POST", "clock/advance", {"by": "P1D"})
        activities = acme.sailpoint("/account-activities/v1?limit=250")
        rows = acme.sailpoint("/identities/v1?limit=250")
        by_id = {one["id"]: one["attributes"]["workerId"] for one in rows}
        assert {
            (by_id[one["targetIdentitySummary"]["id"]], one["created"][:10], one["type"]) for one in activities
        } == SCHEDULED
        assert len(activities) == len(SCHEDULED)
        assert {one["completionStatus"] for one in activities} == {"SUCCESS"}

        people_after, users_after = acme.identities(), acme.users()
        assert _without(people_after, TOUCHED) == _without(people, TOUCHED)
        assert _without(users_after, logins) == _without(users, logins)
        states = {who: one["state"] for who, one in people.items()}
        assert {who: one["state"] for who, one in people_after.items()} == states | STATES
        statuses = {login: one["status"] for login, one in users.items()}
        changed = {people[who]["attributes"]["email"]: status for who, status in STATUSES.items()}
        assert {login: one["status"] for login, one in users_after.items()} == statuses | changed

        window = "since=2026-03-02T00:00:00Z&until=2026-03-17T00:00:00Z&limit=1000"
        log = acme.okta(f"/api/v1/logs?{window}")
        named = {target["alternateId"] for event in log for target in event["target"] or () if target["type"] == "User"}
        assert len(log) < 1000
        assert named <= logins
        assert {row["credential"] for row in acme.writes()} == {"okta"}
        assert {row["path"].split("/")[1] for row in acme.writes()} == {"atlas", "crm-prov"}
        assert acme.sailpoint("/work-items/v1/count?ownerId=") == {"count": 0}


def test_fifty_nine_leavers_carry_the_claim_of_k2(tmp_path: Path) -> None:
    """With 59 timed terminations and none late, 95 % of all stay under the limit at 95 % confidence."""
    command = [sys.executable, "-m", "harness.cli", "run", "-m", "SS-18", "--samples", "59", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = tmp_path.glob("*/*")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    (scenario,) = (row for row in summary["scenarios"] if row["verdict"] != "skipped")
    assert (scenario["id"], scenario["verdict"], len(scenario["examples"])) == ("SS-18", "passed", 59)
    (k2,) = (row for row in summary["kpis"] if row["id"] == "K2")
    assert (k2["n"], k2["failures"], k2["inconclusive"], k2["verdict"]) == (59, 0, 0, "met")
    assert k2["lower_bound"] >= 0.95
    ledger = (folder / "ledgers" / "K2.csv").read_text(encoding="utf-8").splitlines()
    assert len(ledger) == 1 + 59


def test_twenty_thousand_people_are_planted_found_and_put_back(tmp_path: Path) -> None:
    """A big company answers look-ups by login and by number, moves with its clock, and returns to its first day."""
    path = tmp_path / "crowd.toml"
    path.write_text(f'extends = "acme"\n[estate]\nscale = {CROWD}\n', encoding="utf-8")
    numbers = [100_001, 100_001 + CROWD // 2, 100_000 + CROWD]
    with served(str(path)) as crowd:

        def look() -> list[Any]:
            seen = []
            for number in numbers:
                row = crowd.hr(f"E{number}")
                (account,) = crowd.sailpoint(
                    f'/accounts/v1?filters=sourceId eq "{crowd.ready["sailpoint"]["okta_source_id"]}"'
                    f' and name eq "{logins[number]}"'
                )
                user = crowd.okta(f"/api/v1/users/{logins[number]}")
                seen.append((row["department"], account["nativeIdentity"], user["id"], user["status"]))
            return seen

        logins = {}
        for number in numbers:
            (user,) = crowd.okta(f'/api/v1/users?search=profile.employeeNumber+eq+"E{number}"')
            logins[number] = user["profile"]["login"]
        before = look()
        assert [(native == id, status) for _, native, id, status in before] == [(True, "ACTIVE")] * 3
        crowd.control("PUT", "snapshots/first")
        crowd.hr(f"E{numbers[0]}", department="People", manager_id="E1005")
        crowd.control("POST", "clock/advance", {"by": "PT4H"})
        assert look() != before
        crowd.control("POST", "snapshots/first/restore")
        assert look() == before
        assert crowd.control("GET", "clock")["now"].startswith("2026-03-02T14:00:")
