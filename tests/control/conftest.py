"""One server for the folder; every test starts from the same state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from simulators.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The reference estate behind sockets."""
    server = Server("acme", port=0)
    server.start()
    server.call(server.world.save("clean"))
    yield server
    server.stop()


@pytest.fixture
def estate(server: Server) -> dict[str, Any]:
    """The ready object of an estate as new."""
    server.call(server.world.restore("clean"))
    return server.estate_json()


@pytest.fixture
def control(server: Server, estate: dict[str, Any]) -> Iterator[httpx.Client]:
    """A client of the control plane."""
    with httpx.Client(base_url=server.urls["control"], trust_env=False) as client:
        yield client
