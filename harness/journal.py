"""The run's journal: typed events, one JSON line each, flushed; secrets never reach it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from harness.secrets import Secrets


@dataclass(frozen=True)
class Event:
    """Something that happened. Fields that start with `wall_` may differ between two equal runs, no other may."""


@dataclass(frozen=True)
class RunStarted(Event):
    """First line: what runs where, from which code and with which chance."""

    target: str
    evidence: str
    seed: str | None
    random_seed: int
    commit: str
    command: str
    estate_now: str
    samples: int
    defect: str | None
    wall_started: str


@dataclass(frozen=True)
class ScenarioStarted(Event):
    """A scenario (or one row of its outline) begins. `id` is the catalogue's, `example` the row or sample."""

    id: str
    example: str | None
    title: str
    feature: str
    story: str
    tags: tuple[str, ...]
    source: str
    order: int


@dataclass(frozen=True)
class StepFinished(Event):
    """A Gherkin step ended: passed, failed, skipped or not_reached."""

    keyword: str
    text: str
    outcome: str
    message: str | None
    started: str | None
    finished: str | None


@dataclass(frozen=True)
class Intended(Event):
    """Written before the request that creates an object on a tenant: the list to clean up from after a crash."""

    system: str
    kind: str
    key: str


@dataclass(frozen=True)
class Nudged(Event):
    """A forced step (processing on demand, a set state): timings after it carry no SLA."""

    what: str


@dataclass(frozen=True)
class Exchanged(Event):
    """One request and its answer, hosts as system names. `decided` names what rested on it, when something did."""

    number: int
    system: str
    method: str
    path: str
    status: int
    request: str | None
    response: str | None
    sent: str
    answered: str


@dataclass(frozen=True)
class Observed(Event):
    """A fact that was read and that a verdict rests on; `exchange` is the number of the read."""

    what: str
    who: str | None
    value: Any
    exchange: int | None


@dataclass(frozen=True)
class Noted(Event):
    """A point on the person's timeline: `system` is hr, sailpoint, okta, an application or harness."""

    system: str
    when: str
    what: str
    who: str | None


@dataclass(frozen=True)
class SlaJudged(Event):
    """One interval against one promise. Lengths in seconds; `stages` are parts of it: name, at_least, at_most."""

    sla: str
    title: str
    who: str | None
    limit: float | None
    at_least: float
    at_most: float | None
    verdict: str
    timing: str
    since: str
    stages: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class KpiUnit(Event):
    """One row of a KPI's ledger: outcome S, F, I, X or pending, with its reason and evidence."""

    kpi: str
    unit: str
    person: str | None
    group: str
    timing: str
    start_source: str | None
    start_lo: str | None
    start_hi: str | None
    stop_source: str | None
    stop_lo: str | None
    stop_hi: str | None
    outcome: str
    reason: str | None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class PopulationCounted(Event):
    """How a KPI's population was listed: query, rows, and the second count it was reconciled with."""

    kpi: str
    query: str
    rows: int
    second_count: str
    second_rows: int


@dataclass(frozen=True)
class ScenarioFinished(Event):
    """A scenario's verdict: passed, failed, inconclusive or skipped, its cause, and the exchanges that decided it."""

    id: str
    example: str | None
    verdict: str
    cause: str | None
    exchanges: tuple[int, ...] = ()
    wall_ms: float = 0.0


@dataclass(frozen=True)
class FeedRowJudged(Event):
    """A row of the HR feed was accepted, or rejected with the reason."""

    line: int
    name: str
    accepted: bool
    reason: str | None


@dataclass(frozen=True)
class RunFinished(Event):
    """Last line: the exit status, and whether the run was interrupted."""

    exit: int
    interrupted: bool
    wall_finished: str


KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


# What an exchange holds of a request and its answer.
_HEARD = ("path", "request", "response")
_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Journal:
    """Appends events to a file. Every text in an event passes `secrets` before the line exists."""

    def __init__(self, file: TextIO, secrets: Secrets) -> None:
        self._file = file
        self.secrets = secrets
        self.exchanges = 0
        self._lines = 0
        self.kept: list[Event] = []

    @classmethod
    def open(cls, path: Path, secrets: Secrets) -> Journal:
        """A journal on a new file. Raises FileExistsError when there is one already."""
        return cls(path.open("x", encoding="utf-8"), secrets)

    def write(self, event: Event) -> None:
        """Append one event and flush it."""
        self._lines += 1
        row = {"n": self._lines, "event": type(event).__name__, **vars(event)}
        if isinstance(event, Exchanged):
            # Nothing else of an exchange comes from outside; by themselves its texts repeat, within a line they do not.
            row |= {name: self.secrets.text(text) for name in _HEARD if (text := row[name]) is not None}
            line = _line(row)
        else:
            line = self.secrets.text(_line(row))
        self._file.write(line + "\n")
        self._file.flush()
        self.kept.append(event)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a journal's lines. Raises ValueError naming the line that is no event."""
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            kind = KINDS[row.pop("event")]
            row.pop("n", None)
            names = {f.name for f in fields(kind)}
            yield kind(**{key: _tupled(value) for key, value in row.items() if key in names})
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"line {number} of the journal is no event this version knows: {problem}") from None


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def stamp(at: datetime) -> str:
    """An instant as the journal writes it: UTC with milliseconds.

    >>> stamp(datetime(2026, 3, 2, 14, tzinfo=UTC))
    '2026-03-02T14:00:00.000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(length: timedelta | None) -> float | None:
    """A length in seconds with milliseconds, None for an open one."""
    return None if length is None else round(length.total_seconds(), 3)


@dataclass
class Deciders:
    """Numbers of the exchanges that a scenario's verdict rests on, oldest first."""

    numbers: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Remember one."""
        if number not in self.numbers:
            self.numbers.append(number)
