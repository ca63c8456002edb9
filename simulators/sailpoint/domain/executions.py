"""Executions of workflows: where each stands, and what its steps have answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.values import Values


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an execution stands inside one loop: its step's name, the items, which of them, and the next step."""

    loop: str
    items: tuple[Any, ...]
    index: int
    step: str


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
