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


class Provider:
    """One application over HTTP, with a credential per engine."""

    def __init__(self, server: Server, slug: str) -> None:
        self._tokens = dict(server.estate.apps.application(slug).tokens)
        self._client = httpx.Client(base_url=f"{server.urls['apps']}/{slug}", trust_env=False, verify=False)
        self.url = f"{server.urls['apps']}/{slug}/scim/v2"

    def __call__(self, method: str, path: str, body: Any = None, engine: str = "okta", **query: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._tokens[engine]}"}
        return self._client.request(method, path, json=body, headers=headers, params=query or None)

    def users(self, **query: Any) -> dict[str, Any]:
        """A list of users."""
        found: dict[str, Any] = self("GET", "/scim/v2/Users", **query).json()
        return found

    def log(self, **query: Any) -> list[dict[str, Any]]:
        """The write log."""
        rows: list[dict[str, Any]] = self("GET", "/write-log", engine="witness", **query).json()
        return rows

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


@pytest.fixture
def deskly(server: Server, estate: dict[str, Any]) -> Iterator[Provider]:
    """An application that Okta provisions."""
    provider = Provider(server, "deskly")
    yield provider
    provider.close()


@pytest.fixture
def vault(server: Server, estate: dict[str, Any]) -> Iterator[Provider]:
    """An application that SailPoint provisions."""
    provider = Provider(server, "vault")
    yield provider
    provider.close()
