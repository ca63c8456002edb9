"""Unmodified clients of the vendors and of the standards drive the served estate."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]


def test_okta_python_sdk_by_token_and_by_key(estate: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's SDK lists and reads users with an API token, and groups as a service app."""
    pytest.importorskip("okta.client", reason="the vendor's Okta SDK is not installed; make contract installs it")
    from okta.client import Client

    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
    person = next(p for p in estate["people"] if p["worker_id"] == "E1015")
    by_token = {"orgUrl": estate["urls"]["okta"], "token": estate["okta"]["api_token"]}
    app = next(a for a in estate["okta"]["service_apps"] if a["name"] == "harness-observer")
    by_key = {
        "orgUrl": estate["urls"]["okta"],
        "authorizationMode": "PrivateKey",
        "clientId": app["client_id"],
        "scopes": app["scopes"],
        "privateKey": json.dumps(app["private_jwk"]),
    }

    async def drive() -> tuple[Any, Any, Any]:
        users, _, wrong = await Client(by_token).list_users()
        user, _, wrong_too = await Client(by_token).get_user(person["login"])
        groups, _, wrong_last = await Client(by_key).list_groups()
        assert (wrong, wrong_too, wrong_last) == (None, None, None)
        return users, user, groups

    users, user, groups = asyncio.run(drive())
    assert len(users) >= 20
    assert user.profile.login == person["login"]
    assert any(group.profile.actual_instance.name == "SP-BR-Employees" for group in groups)


def test_sailpoint_python_sdk(estate: dict[str, Any]) -> None:
    """The vendor's SDK fetches its token and parses accounts, sources and identities into its models."""
    pytest.importorskip("sailpoint", reason="the vendor's SailPoint SDK is not installed; make contract installs it")
    from sailpoint import AccountsApi, ApiClient, Configuration, ConfigurationParams, IdentitiesApi, SourcesApi

    pat = next(p for p in estate["sailpoint"]["personal_access_tokens"] if p["name"] == "iam-admin")
    params = ConfigurationParams()
    params.base_url, params.client_id, params.client_secret = (
        estate["urls"]["sailpoint"],
        pat["client_id"],
        pat["client_secret"],
    )
    client = ApiClient(Configuration(params))
    sources = SourcesApi(client).list_sources_v1()
    accounts = AccountsApi(client).list_accounts_v1(filters=f'sourceId eq "{estate["sailpoint"]["okta_source_id"]}"')
    identities = IdentitiesApi(client).list_identities_v1(limit=50)
    assert {"HR Feed", "Okta", "Vault", "Ledger"} <= {source.name for source in sources}
    assert len(accounts) >= 20
    assert any(identity.name for identity in identities)


def test_scim_tester_passes_on_every_application() -> None:
    """An independent compliance tester, writing with an engine's credential, finds nothing wrong."""
    pytest.importorskip("scim2_tester", reason="scim2-tester is not installed; make contract installs it")
    import httpx2
    from scim2_client.engines.httpx2 import SyncSCIMClient
    from scim2_tester import Status, check_server

    from simulators.server import Server

    server = Server("acme", port=0)
    try:
        server.start()
        apps = server.estate.apps
        for label in ("Vault", "Ledger", "Atlas", "Deskly", "CRM PROV"):
            planted = apps.plant(f"{label} for the tester")
            headers = {"Authorization": f"Bearer {planted.tokens['sailpoint']}"}
            with httpx2.Client(base_url=planted.scim_url, headers=headers) as http:
                results = check_server(SyncSCIMClient(http), raise_exceptions=False)
            assert [(r.title, r.reason) for r in results if r.status == Status.ERROR] == []
    finally:
        server.stop()


@pytest.fixture
def spare_estate() -> Iterator[dict[str, Any]]:
    """An estate that nobody else uses: random calls plant faults in it."""
    from simulators.server import Server, wall

    server = Server("acme", port=0, opens=wall, follows=wall, limits="counted")
    try:
        yield server.start()
    finally:
        server.stop()


def test_schemathesis_meets_no_server_error(spare_estate: dict[str, Any]) -> None:
    """Random calls against the control plane's own contract: no 5xx, nothing it does not declare."""
    pytest.importorskip("schemathesis", reason="schemathesis is not installed; make contract installs it")
    url = f"{spare_estate['urls']['control']}/openapi.json"
    document = httpx.get(url).json()
    assert "/control/clock/advance" in document["paths"]
    binary = shutil.which("schemathesis") or str(Path(__import__("sys").executable).parent / "schemathesis")
    # Resetting and moving the clock take long; the rest may be called in any way.
    checks = ["--checks", "not_a_server_error", "--max-examples", "20", "--seed", "1", "--no-color"]
    spared = ["--exclude-path", "/control/reset", "--exclude-path", "/control/clock/advance"]
    command = [binary, "run", url, *checks, *spared]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
