"""Invocations of triggers: one message to one subscription, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# How long the list of invocations shows those that went well and those that failed, and how many at most.
SHOWN, SHOWN_FAILED, MOST_SHOWN = timedelta(hours=24), timedelta(hours=48), 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a subscriber said: an output, or the reason why there is none."""

    output: Mapping[str, Any] | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One message to one subscription. `job` with `args` wants to know the answer; `timer` is the deadline's."""

    id: str
    trigger_id: str
    subscription_id: str
    subscription_name: str
    created: datetime
    payload: Mapping[str, Any]
    secret: str
    test: bool = False
    content: Mapping[str, Any] = field(default_factory=dict)
    job: str = ""
    args: tuple[str | int, ...] = ()
    timer: int = 0
    sent: bool = False
    completed: datetime | None = None
    answer: Answer | None = None

    def shown(self, now: datetime) -> bool:
        """Whether the list still shows it."""
        if self.completed is None:
            return True
        failed = self.answer is not None and bool(self.answer.error)
        return now - self.completed <= (SHOWN_FAILED if failed else SHOWN)
