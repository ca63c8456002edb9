"""A long proof still ends: each has five minutes on the wall."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

MOST_SECONDS = 290


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """Fail a test that hangs, where the platform has an alarm."""

    def ring(number: int, frame: Any) -> None:
        raise TimeoutError(f"the proof took longer than {MOST_SECONDS} seconds")

    if not hasattr(signal, "SIGALRM"):  # pragma: no cover - Windows
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
