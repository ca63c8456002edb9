"""How a step went: an answer, a reason to come back later, or a failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """A step's answer; `pause` is waited before the next step, `into` names another step whose answer it replaces."""

    output: Any
    pause: timedelta = timedelta()
    into: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Try again at an instant; only tries that were not asked for by the target are counted."""

    reason: str
    until: datetime | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Failed:
    """The step cannot be done."""

    reason: str
