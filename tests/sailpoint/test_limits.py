"""The limit of 100 requests in ten seconds, where it is enforced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest


@pytest.fixture
def strict(company: Any) -> Any:
    """The company with limits that are enforced."""
    company.token("E1019")
    before = company.tenant.settings
    company.tenant.settings = replace(before, limits="enforced")
    yield company
    company.tenant.settings = before


def _until_refused(company: Any, path: str, by: str = "iam-admin") -> Any:
    for number in range(120):
        answer = company.call("GET", path, by=by)
        if answer.status_code != 200:
            return number, answer
    raise AssertionError("never refused")


def test_a_hasty_client_waits(strict: Any) -> None:
    """The 101st request is refused; waiting as long as the answer says is enough, a new access token is not."""
    number, answer = _until_refused(strict, "/tenant/v1")
    assert number == 100
    assert answer.status_code == 429
    assert answer.json() == {"message": " Rate Limit Exceeded "}
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= 10
    strict._tokens.clear()
    assert strict.call("GET", "/tenant/v1").status_code == 429
    strict.wait(f"PT{wait}S")
    assert strict.call("GET", "/tenant/v1").status_code == 200


def test_each_client_and_version_counts_for_itself(strict: Any) -> None:
    """Another version of the API, and another client, may go on."""
    _until_refused(strict, "/tenant/v1")
    assert strict.call("GET", "/v2025/tenant").status_code == 200
    assert strict.call("GET", "/tenant/v1", by="E1019").status_code == 200


def test_counted_refuses_nobody(company: Any) -> None:
    """The estate's own setting."""
    assert company.tenant.settings.limits == "counted"
    with pytest.raises(AssertionError, match="never refused"):
        _until_refused(company, "/tenant/v1")
    with pytest.raises(ValueError, match="limits"):
        replace(company.tenant.settings, limits="sometimes")
