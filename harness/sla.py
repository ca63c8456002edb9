"""Promises and intervals: what was observed between two looks, judged without pretending to know more. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from harness.times import parse_duration


class Verdict(StrEnum):
    """What an interval says about a limit."""

    MET = "met"
    BREACHED = "breached"
    INCONCLUSIVE = "inconclusive"


class Outcome(StrEnum):
    """What a scenario came to."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"


class Timing(StrEnum):
    """Whether anything was forced while the time ran. Only a natural timing can carry an SLA."""

    NATURAL = "natural"
    NUDGED = "nudged"


@dataclass(frozen=True)
class Elapsed:
    """How long something took as seen from outside; `at_most` None while it had not happened at the last look."""

    at_least: timedelta
    at_most: timedelta | None

    def __str__(self) -> str:
        if self.at_most is None:
            return f"more than {words(self.at_least)}"
        return f"between {words(self.at_least)} and {words(self.at_most)}"


@dataclass(frozen=True)
class Sla:
    """A promise: its id, a title, its limit, and how long to hold when nothing may happen and no case was timed yet."""

    id: str
    title: str
    limit: timedelta
    settle: timedelta


def judge(elapsed: Elapsed, limit: timedelta) -> Verdict:
    """Met when certainly within the limit (inclusive), breached when certainly beyond it, else inconclusive.

    >>> minute = timedelta(minutes=1)
    >>> [judge(Elapsed(a * minute, b * minute), 15 * minute).value for a, b in ((5, 6), (16, 17), (14, 16))]
    ['met', 'breached', 'inconclusive']
    """
    if elapsed.at_most is not None and elapsed.at_most <= limit:
        return Verdict.MET
    return Verdict.BREACHED if elapsed.at_least > limit else Verdict.INCONCLUSIVE


def words(length: timedelta) -> str:
    """A length a person reads.

    >>> words(timedelta(minutes=6, seconds=12)), words(timedelta(seconds=2.5)), words(timedelta(days=2, hours=1))
    ('6 min 12 s', '2.5 s', '2 d 1 h')
    """
    total = round(length.total_seconds(), 1)
    if total < 60:
        return f"{total:g} s"
    minutes, secs = divmod(int(total), 60)
    if minutes < 60:
        return f"{minutes} min {secs} s" if secs else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def load_slas(path: Path) -> dict[str, Sla]:
    """The promises of a TOML file by id. Raises ValueError in one sentence for a missing or malformed file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"the SLA file {path} does not exist") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ValueError(f"the SLA file {path} is not valid TOML: {problem}") from None
    return {id: _sla(id, row, path) for id, row in table.items()}


def _sla(id: str, row: Any, path: Path) -> Sla:
    if not isinstance(row, dict):
        raise ValueError(f"{path}: {id} is not a table; write [{id}]")
    if unknown := set(row) - {"title", "limit", "settle"}:
        raise ValueError(f"{path}: [{id}] has the unknown key {sorted(unknown)[0]!r}; it takes title, limit and settle")
    if missing := {"title", "limit", "settle"} - set(row):
        raise ValueError(f"{path}: [{id}] lacks {sorted(missing)[0]!r}")
    try:
        return Sla(id, str(row["title"]), parse_duration(str(row["limit"])), parse_duration(str(row["settle"])))
    except ValueError as problem:
        raise ValueError(f"{path}: [{id}] {problem}") from None
