"""The journal told as a tree: the run, its scenarios, their cases (one, or one per outline row). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from harness.journal import (
    Event,
    Exchanged,
    FeedRowJudged,
    Noted,
    Nudged,
    Observed,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    SlaJudged,
    StepFinished,
)
from harness.sla import Outcome

WORST_FIRST = (Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.PASSED, Outcome.SKIPPED)
SLA_WORST_FIRST = ("breached", "inconclusive", "met")
_CUT_OFF = "the run ended before this scenario did"


@dataclass
class Case:
    """One execution of a scenario: what was done, seen, timed, and what it came to."""

    started: ScenarioStarted
    finished: ScenarioFinished | None = None
    steps: list[StepFinished] = field(default_factory=list)
    slas: list[SlaJudged] = field(default_factory=list)
    observed: list[Observed] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    nudged: list[Nudged] = field(default_factory=list)
    exchanges: dict[int, Exchanged] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """What it came to; a case that the run cut off is inconclusive."""
        return self.finished.verdict if self.finished else Outcome.INCONCLUSIVE.value

    @property
    def cause(self) -> str | None:
        """Why it did not pass."""
        return self.finished.cause if self.finished else _CUT_OFF

    @property
    def wall_ms(self) -> float:
        """How long it took on the wall, in milliseconds."""
        return self.finished.wall_ms if self.finished else 0.0

    @property
    def deciding(self) -> list[Exchanged]:
        """The exchanges that the verdict rests on, oldest first."""
        return [self.exchanges[n] for n in (self.finished.exchanges if self.finished else ()) if n in self.exchanges]


@dataclass
class Scenario:
    """One catalogue id with all its cases."""

    id: str
    cases: list[Case]

    @property
    def first(self) -> ScenarioStarted:
        """What is the same for all cases: title, feature, story, tags."""
        return self.cases[0].started

    @property
    def worst(self) -> Case:
        """The first case with the worst verdict: skipped only if all are."""
        return min(self.cases, key=lambda case: WORST_FIRST.index(Outcome(case.verdict)))

    @property
    def verdict(self) -> str:
        """The worst case's verdict."""
        return self.worst.verdict

    @property
    def cause(self) -> str | None:
        """The worst case's cause, with the row's name when there are several."""
        cause, row = self.worst.cause, self.worst.started.example
        return f"{row}: {cause}" if cause and row and len(self.cases) > 1 else cause

    @property
    def rows(self) -> list[Case]:
        """The cases that are rows of an outline or samples."""
        return [case for case in self.cases if case.started.example is not None]

    def worst_slas(self) -> list[tuple[SlaJudged, int]]:
        """Per promise the worst interval of all cases, and how many intervals there were."""
        by_id: dict[str, list[SlaJudged]] = {}
        for case in self.cases:
            for sla in case.slas:
                by_id.setdefault(sla.sla, []).append(sla)
        return [(min(slas, key=badness), len(slas)) for slas in by_id.values()]


@dataclass
class Run:
    """A whole run. `finished` is None when it was aborted; `torn` when its last line was cut in the middle."""

    started: RunStarted
    scenarios: list[Scenario]
    feed: list[FeedRowJudged]
    events: list[Event]
    finished: RunFinished | None = None
    torn: bool = False

    def of(self, verdict: str) -> list[Scenario]:
        """The scenarios with that verdict."""
        return [scenario for scenario in self.scenarios if scenario.verdict == verdict]

    @property
    def complete(self) -> bool:
        """Whether the run came to its own end."""
        return self.finished is not None and not self.finished.interrupted and not self.torn


def badness(sla: SlaJudged) -> tuple[int, float]:
    """Sorts the worst interval first: by verdict, then an open end, then the largest upper bound."""
    end = float("inf") if sla.at_most is None else sla.at_most
    return SLA_WORST_FIRST.index(sla.verdict), -end


def tell(events: Iterable[Event], torn: bool = False) -> Run:
    """The run that the events tell. Raises ValueError when they do not begin with a run."""
    told = list(events)
    if not told or not isinstance(told[0], RunStarted):
        raise ValueError("the journal does not begin with a run; it is no journal of this harness, or its head is lost")
    scenarios: dict[str, Scenario] = {}
    feed: list[FeedRowJudged] = []
    case: Case | None = None
    for event in told:
        if isinstance(event, ScenarioStarted):
            case = Case(event)
            scenarios.setdefault(event.id, Scenario(event.id, [])).cases.append(case)
        elif isinstance(event, ScenarioFinished):
            _finish(scenarios, case, event)
            case = None
        elif isinstance(event, FeedRowJudged):
            feed.append(event)
        elif case is not None:
            _add(case, event)
    finished = next((event for event in reversed(told) if isinstance(event, RunFinished)), None)
    return Run(told[0], list(scenarios.values()), feed, told, finished, torn)


def _finish(scenarios: dict[str, Scenario], case: Case | None, event: ScenarioFinished) -> None:
    if case is None or (case.started.id, case.started.example) != (event.id, event.example):
        raise ValueError(f"the journal ends scenario {event.id} without having begun it")
    case.finished = event


def _add(case: Case, event: Event) -> None:
    if isinstance(event, Exchanged):
        case.exchanges[event.number] = event
        return
    shelves: dict[type[Event], list[Any]] = {
        StepFinished: case.steps,
        SlaJudged: case.slas,
        Observed: case.observed,
        Noted: case.noted,
        Nudged: case.nudged,
    }
    if (shelf := shelves.get(type(event))) is not None:
        shelf.append(event)
