"""Executions of workflows: where each stands, and what its steps have answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulators.sailpoint.domain.values import Values

# How long executions can be looked at, how many steps one may take, and how many may begin in a day at full speed.
KEPT, MOST_STEPS = timedelta(days=90), 20_000
FULL_SPEED, SLOW_GAP_MS = 400_000, 200


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an execution stands inside one loop: its step's name, the items, which of them, and what it was given."""

    loop: str
    items: tuple[Any, ...]
    index: int
    step: str
    context: Any = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a workflow. `context` holds what steps answered, under their camel-case names."""

    id: str
    workflow_id: str
    identity_id: str
    started: datetime
    status: str
    context: Values
    step: str
    frames: tuple[Frame, ...] = ()
    attempts: int = 0
    closed: datetime | None = None
    history: tuple[tuple[str, datetime, Values], ...] = ()
    test: bool = False
    steps: int = 0
