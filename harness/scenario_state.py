"""Where pytest's objects keep a run and a scenario's state."""

from __future__ import annotations

from typing import Any

import pytest

from harness.run import Run

RUN = pytest.StashKey[Run]()
STATE = pytest.StashKey[dict[str, Any]]()
