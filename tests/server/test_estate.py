"""The whole estate at its sockets: HR to SailPoint to Okta to an application, and going back to a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from simulators.server import Server

ADA = {
    "worker_id": "E5001",
    "first_name": "Ada",
    "last_name": "Byron",
    "department": "Sales",
    "job_title": "Account Executive",
    "manager_id": "E1006",
    "location": "BER",
    "time_zone": "Europe/Berlin",
    "worker_type": "employee",
    "hire_date": "2026-03-02",
}
LOGIN = "ada.byron@acme.example"


class Company:
    """The reference estate as an outsider meets it."""

    def __init__(self, server: Server) -> None:
        self.ready = server.start()
        self.http = httpx.Client(trust_env=False, timeout=60)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control plane."""
        answer = self.http.request(method, f"{self.ready['urls']['control']}/control/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def hire(self, **changes: str) -> None:
        """A row in HR, the feed to SailPoint, and time for it to arrive."""
        urls, sailpoint = self.ready["urls"], self.ready["sailpoint"]
        self.http.put(f"{urls['hr']}/workers/E5001", json=ADA | changes).raise_for_status()
        client = sailpoint["api_clients"][0]
        form = {"grant_type": "client_credentials"} | {name: client[name] for name in ("client_id", "client_secret")}
        token = self.http.post(f"{urls['sailpoint']}/oauth/token", data=form).json()["access_token"]
        feed = self.http.get(f"{urls['hr']}/feed.csv").content
        self.http.post(
            f"{urls['sailpoint']}/sources/v1/{sailpoint['hr_source_id']}/load-accounts",
            headers={"authorization": f"Bearer {token}"},
            files={"file": ("feed.csv", feed, "text/csv")},
        ).raise_for_status()
        self.control("POST", "clock/advance", {"by": "PT15M"})

    def user(self) -> dict[str, Any]:
        """Ada at Okta."""
        headers = {"authorization": f"SSWS {self.ready['okta']['api_token']}"}
        found: dict[str, Any] = self.http.get(
            f"{self.ready['urls']['okta']}/api/v1/users/{LOGIN}", headers=headers
        ).json()
        return found

    def writes(self) -> dict[str, Any]:
        """Every application's write log."""
        return {
            app["label"]: self.http.get(
                app["write_log_url"], headers={"authorization": f"Bearer {app['token']}"}
            ).json()
            for app in self.ready["apps"]
            if app["token"]
        }


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    """One server for the module."""
    server = Server("acme", port=0)
    company = Company(server)
    company.control("PUT", "snapshots/new")
    yield company
    company.http.close()
    server.stop()


@pytest.fixture(autouse=True)
def _as_new(company: Company) -> None:
    company.control("POST", "snapshots/new/restore")


def test_a_hire_reaches_okta_and_the_applications(company: Company) -> None:
    """Okta provisions Tier-2 applications with its own credential; nobody else writes there."""
    company.hire()
    assert company.user()["status"] == "PROVISIONED"
    made = {
        label: [(row["credential"], row["verb"]) for row in rows if (row["body"] or {}).get("userName") == LOGIN]
        for label, rows in company.writes().items()
    }
    assert made == {
        "Vault": [],
        "Ledger": [],
        "Atlas": [("okta", "POST")],
        "Deskly": [],
        "CRM PROV": [("okta", "POST")],
    }


def test_sailpoint_writes_its_own_applications(company: Company) -> None:
    """A hire in Finance gets an account on Ledger from SailPoint, known there by the worker id."""
    company.hire(department="Finance", manager_id="E1012")
    rows = company.writes()["Ledger"]
    assert {row["credential"] for row in rows if row["status"] < 300} == {"sailpoint"}
    assert any((row["body"] or {}).get("externalId") == "E5001" for row in rows)


def test_a_leaver_loses_okta_and_every_application(company: Company) -> None:
    """An involuntary end acts on arrival."""
    company.hire()
    company.hire(end_date="2026-03-02", end_reason="involuntary")
    assert company.user()["status"] == "DEPROVISIONED"
    for app in company.ready["apps"]:
        if app["token"]:
            query = {"filter": f'userName eq "{LOGIN}" and active eq true'}
            headers = {"authorization": f"Bearer {app['token']}"}
            assert company.http.get(f"{app['scim_url']}/Users", params=query, headers=headers).json()["Resources"] == []


def test_the_same_week_after_a_restore_is_the_same_to_the_byte(company: Company) -> None:
    """Going back brings back every record, queued job and stream of chance: ids, times and bodies repeat."""
    seen = []
    for _ in range(2):
        company.control("POST", "snapshots/new/restore")
        company.hire()
        company.hire(department="Support", manager_id="E1008")
        company.control("POST", "clock/advance", {"by": "PT2H"})
        seen.append((company.writes(), company.user(), company.control("GET", "clock")))
    assert seen[0] == seen[1]
    assert any(rows for rows in seen[0][0].values())


def test_nobody_is_changed_by_waiting(company: Company) -> None:
    """The reference estate is at rest: a quiet day writes nothing to any application."""
    company.control("POST", "clock/advance", {"by": "PT12H"})
    assert all(rows == [] for rows in company.writes().values())
