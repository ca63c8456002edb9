"""Who may call: every operation asks for a token, a scope, a level and a person, and says no in the vendor's shape."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simulators.sailpoint.app import areas
from simulators.sailpoint.routes.operations import OPERATIONS, Operation, shape
from tests.sailpoint.conftest import URLS, Company

SERVED = sorted(
    key
    for area in areas()
    for route in area.routes
    for key in ((method, shape(route.path)) for method in (route.methods or set()) - {"HEAD"})
    if key in OPERATIONS
)
URL = URLS["sailpoint"]
HEADERS = {"X-SailPoint-Experimental": "true"}


@pytest.fixture(scope="module")
def holders() -> Any:
    """Tokens of somebody without levels, of somebody with all of them but no scope, and of an API client."""
    company = Company()

    def token(made: dict[str, Any]) -> str:
        form = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["secret"]}
        return str(company.raw("POST", "/oauth/token", data=form).json()["access_token"])

    body = {"name": "narrow", "userAwareTokenNeverExpires": True, "scope": ["idn:nothing:read"]}
    narrow = company.call("POST", "/personal-access-tokens/v1", json=body).json()
    client = company.call(
        "POST",
        "/oauth-clients/v1",
        json={
            "name": "machine",
            "description": None,
            "accessTokenValiditySeconds": 600,
            "grantTypes": ["CLIENT_CREDENTIALS"],
            "accessType": "OFFLINE",
            "enabled": True,
        },
    ).json()
    tokens = {"nobody": company.token("E1019"), "narrow": token(narrow), "client": token(client)}
    yield company, tokens
    company.close()


def _ask(company: Any, row: Operation, token: str | None) -> Any:
    headers = {**HEADERS, **({"Authorization": f"Bearer {token}"} if token is not None else {})}
    return company.send(row.method, URL + re.sub(r"\{[^}]*\}", "0" * 32, row.path), headers=headers)


def test_every_operation_asks_for_a_token(holders: Any) -> None:
    """401 with `error`, whatever comes in place of a token."""
    company, _ = holders
    for key in SERVED:
        row = OPERATIONS[key]
        if row.open:
            continue
        answer = _ask(company, row, None)
        assert (answer.status_code, set(answer.json())) == (401, {"error"}), key
    for header in ("", "Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp5", "bearer " + "x" * 5000, "Bearer é"):
        answer = company.raw("GET", "/roles/v1", headers={"Authorization": header.encode()})
        assert (answer.status_code, set(answer.json())) == (401, {"error"}), header


def test_every_operation_asks_for_its_scope(holders: Any) -> None:
    """403 for a token of an administrator with another scope."""
    company, tokens = holders
    for key in SERVED:
        row = OPERATIONS[key]
        if row.open or not row.scopes:
            continue
        answer = _ask(company, row, tokens["narrow"])
        assert (answer.status_code, answer.json().get("detailCode")) == (403, "403 Forbidden"), key


def test_every_operation_asks_for_its_level(holders: Any) -> None:
    """403 for a person without one of the levels that are named."""
    company, tokens = holders
    for key in SERVED:
        row = OPERATIONS[key]
        if row.open or not row.levels:
            continue
        answer = _ask(company, row, tokens["nobody"])
        assert (answer.status_code, answer.json().get("detailCode")) == (403, "403 Forbidden"), key


def test_operations_of_people_refuse_clients(holders: Any) -> None:
    """403 for an API client where only a person may act; elsewhere its scopes alone decide."""
    company, tokens = holders
    for key in SERVED:
        row = OPERATIONS[key]
        if row.open:
            continue
        status = _ask(company, row, tokens["client"]).status_code
        assert (status == 403) == row.user, (key, status)


def test_experimental_operations_want_their_header(holders: Any) -> None:
    """400 without it, before anything else is looked at."""
    company, _ = holders
    for key in SERVED:
        row = OPERATIONS[key]
        if row.experimental:
            headers = {"Authorization": f"Bearer {company.token('iam-admin')}"}
            answer = company.send(row.method, URL + re.sub(r"\{[^}]*\}", "0" * 32, row.path), headers=headers)
            assert (answer.status_code, answer.json()["detailCode"]) == (400, "400.1 Bad request content"), key
