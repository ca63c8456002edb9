"""Served estates for clients that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.sdk import Sdk


@pytest.fixture(scope="session")
def estate() -> Iterator[dict[str, Any]]:
    """The ready object of the reference estate, served on free ports, on the wall's time."""
    from simulators.server import Server, wall

    server = Server("acme", port=0, opens=wall, follows=wall, limits="counted")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def empty_org() -> Iterator[dict[str, Any]]:
    """The ready object of a new org on the wall's time; limits are counted only."""
    from simulators.server import Server, wall

    server = Server("empty", port=0, opens=wall, follows=wall, limits="counted")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sdk(empty_org: dict[str, Any]) -> Iterator[Sdk]:
    """The vendor's Python SDK with the API token of a super administrator of the new org."""
    pytest.importorskip("okta.client", reason="the vendor's Okta SDK is not installed; make contract installs it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
        client = Sdk(orgUrl=empty_org["urls"]["okta"], token=empty_org["okta"]["api_token"])
        yield client
        client.close()
