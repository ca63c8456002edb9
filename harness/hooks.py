"""A hook of the harness's own: who starts simulated estates. The composition root answers it."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookspec(firstresult=True)
def pytest_lifecycle_estate(random_seed: int) -> Any:
    """Start the reference estate for this run: something with a `control_url` and a `stop()`."""
