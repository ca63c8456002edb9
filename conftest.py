"""Composition root: the only file that knows both the harness and the simulators."""

from __future__ import annotations

from typing import Any

import pytest

pytest.register_assert_rewrite("steps")
pytest_plugins = [
    "harness.plugin",
    "steps.people",
    "steps.access",
    "steps.sessions",
    "steps.requests",
    "steps.evidence",
    "steps.feed",
]


class _Estate:
    """A simulated estate in a thread of this process."""

    def __init__(self, random_seed: int) -> None:
        from simulators.server import Server

        self._server = Server("acme", port=0, random_seed=random_seed)
        self.control_url: str = self._server.start()["urls"]["control"]

    def stop(self) -> None:
        """Close its sockets and end its thread."""
        self._server.stop()


@pytest.hookimpl
def pytest_lifecycle_estate(random_seed: int) -> Any:
    """Serve the reference estate, paused at its seed's start."""
    return _Estate(random_seed)
