"""A served estate for clients that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def estate() -> Iterator[dict[str, Any]]:
    """The ready object of the reference estate, served on free ports, on the wall's time."""
    from simulators.server import Server, wall

    server = Server("acme", port=0, opens=wall, follows=wall, limits="counted")
    try:
        yield server.start()
    finally:
        server.stop()
