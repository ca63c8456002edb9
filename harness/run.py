"""One run: its folder, journal and stage, and what it comes to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from harness import feed as feeds
from harness.clients.http import Refused, TenantUnreachable
from harness.clock import wall_counter, wall_now
from harness.control import ControlError, ControlPlane
from harness.journal import (
    Event,
    FeedRowJudged,
    Journal,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    stamp,
)
from harness.kpis import figures
from harness.one_core import share_one_core
from harness.plan import Plan, RunRefused, Settings, check, sentence
from harness.rehearsal import Rehearsal
from harness.run_folder import fresh_folder, leave_nothing, workers_events
from harness.secrets import Secrets
from harness.sla import Outcome
from harness.stage import Stage
from harness.targets import Target, from_estate, from_table


class Estate(Protocol):
    """A running simulated estate of this run's own."""

    control_url: str

    def stop(self) -> None:
        """End it."""
        ...


StartEstate = Callable[[int], Estate]


class Run:
    """Owns the run folder. Opened by the one who reports; parallel workers join it with journals of their own."""

    def __init__(self, settings: Settings, plan: Plan, folder: Path, journal: Journal, part: str | None) -> None:
        self.settings, self.plan, self.folder, self.journal = settings, plan, folder, journal
        self.part = part
        self.stage: Stage | None = None
        self.exit = 3
        self._estate: Estate | None = None
        self._spread: Callable[[], None] = lambda: None
        self.started = False

    @classmethod
    def open(cls, settings: Settings) -> Run:
        """Check everything, then make the folder and its journal. Raises RunRefused; nothing is written then."""
        plan = check(settings)
        folder = fresh_folder(settings.out / settings.target)
        journal = Journal.open(folder / "journal.jsonl", Secrets())
        return cls(settings, plan, folder, journal, None)

    @classmethod
    def join(cls, settings: Settings, worker: dict[str, Any]) -> Run:
        """A parallel worker's share of a run that the controller opened."""
        plan, folder = check(settings), Path(worker["lifecycle_folder"])
        if plan.feed is not None:
            feeds.use_feature(folder)
        part = str(worker["workerid"])
        return cls(settings, plan, folder, Journal.open(folder / f"journal-{part}.jsonl", Secrets()), part)

    def prepare_feed(self, start: StartEstate) -> None:
        """Turn the HR feed, if there is one, into scenarios; what lies ahead is a matter of the estate's clock."""
        if self.plan.feed is not None and self.part is None:
            stage = self.ensure_stage(start)
            feeds.write_feature(self.folder, self.plan.feed, stage.clock.now())

    def facts(self) -> dict[str, str]:
        """What a reader of any report wants to know of the run first."""
        settings = self.settings
        known = {
            "run": self.folder.name,
            "target": settings.target,
            "random seed": str(settings.random_seed),
            "commit": _commit(settings.root),
            "samples": str(settings.samples),
            "defect": settings.defect or "none",
        }
        return known if settings.hr_feed is None else {**known, "HR feed": settings.hr_feed.name}

    def write(self, event: Event) -> None:
        """Journal one event."""
        self.journal.write(event)

    # the stage

    def ensure_stage(self, start: StartEstate) -> Stage:
        """The target, made ready at the first scenario. Raises RunRefused when it cannot be."""
        if self.stage is None:
            try:
                self.stage = self._build(start)
                self.begin(self.stage)
                self.stage.prepare(self.plan.defect)
            except RunRefused:
                raise
            except (ControlError, TenantUnreachable, Refused, LookupError, ValueError) as problem:
                raise RunRefused(sentence(problem)) from problem
            except Exception as problem:
                kind = type(problem).__name__
                raise RunRefused(f"the target could not be made ready ({kind}): {sentence(problem)}") from problem
        return self.stage

    def _build(self, start: StartEstate) -> Stage:
        target, control = self._target(start)
        plan = self.plan
        return Stage(target, plan.policy, plan.slas, self.journal, self.folder, control)

    def _target(self, start: StartEstate) -> tuple[Target, ControlPlane | None]:
        name = self.settings.target
        if self.plan.table is not None:
            return from_table(name, self.plan.table, os.environ), None
        if name == "simulated":
            self._estate = start(self.settings.random_seed)
            self._spread = share_one_core()
            control = ControlPlane(self._estate.control_url)
        else:
            control = ControlPlane(str(self.settings.estate))
        kind: Any = "simulated" if name == "simulated" else "attached"
        try:
            ready = _ready(control)
            return replace(from_estate(name, kind, ready), random_seed=self.settings.random_seed), control
        except BaseException:
            control.close()
            raise

    def begin(self, stage: Stage) -> None:
        """The first line of the journal."""
        settings = self.settings
        self.write(
            RunStarted(
                target=settings.target,
                evidence=stage.target.evidence,
                seed=stage.target.seed,
                random_seed=settings.random_seed,
                commit=_commit(settings.root),
                command=settings.command,
                estate_now=stamp(stage.clock.now()),
                samples=settings.samples,
                defect=settings.defect,
                wall_started=stamp(wall_now()),
            )
        )
        if self.plan.feed is not None and self.part is None:
            for row in self.plan.feed.rows:
                self.write(FeedRowJudged(row.line, row.person.name, True, None))
            for bad in self.plan.feed.rejected:
                self.write(FeedRowJudged(bad.line, bad.name, False, bad.reason))

    def missing_capability(self, tags: tuple[str, ...]) -> str | None:
        """Why a scenario cannot run on this target; None when it can."""
        if self.stage is None:
            return None
        needed = {tag.removeprefix("needs.") for tag in tags if tag.startswith("needs.")}
        lacking = sorted(needed - self.stage.target.capabilities)
        if not lacking:
            return None
        return f"target {self.settings.target!r} lacks the capability {', '.join(lacking)}"

    # scenarios

    def start_scenario(self, state: dict[str, Any], start: StartEstate) -> None:
        """Open the scene of one scenario and journal its beginning."""
        stage = self.ensure_stage(start)
        state["began"] = wall_counter()
        state["rehearsal"] = stage.open_scene(state["id"], state["ordinal"])
        keys = ("id", "example", "title", "feature", "story", "tags", "source", "order")
        self.write(ScenarioStarted(**{key: state[key] for key in keys}))

    def keep_books(self, rehearsal: Rehearsal, failed: bool) -> None:
        """Write the ledgers' rows of every person in the scene. A scenario that failed already keeps its own cause."""
        try:
            if rehearsal.scene.cases:
                # What was ordered last closes, and what was logged last becomes searchable, within a minute.
                rehearsal.clock.sleep(timedelta(minutes=1))
            for case in rehearsal.scene.cases.values():
                rehearsal.ledger.bookkeep(rehearsal.scene, case)
        except (TenantUnreachable, Refused):
            if not failed:
                raise

    def finish_scenario(self, state: dict[str, Any]) -> dict[str, Any]:
        """Journal one scenario's verdict, and answer it for those who show progress."""
        rehearsal: Rehearsal | None = state.get("rehearsal")
        verdict = state["verdict"] or Outcome.PASSED
        state["verdict"] = verdict
        wall_ms = round((wall_counter() - state.get("began", wall_counter())) * 1000, 1)
        numbers = rehearsal.scene.deciders.numbers if rehearsal else []
        if rehearsal is not None and verdict is not Outcome.PASSED:
            numbers = [*numbers, *range(max(1, self.journal.exchanges - 2), self.journal.exchanges + 1)]
        self.write(
            ScenarioFinished(
                id=state["id"],
                example=state["example"],
                verdict=verdict.value,
                cause=state["cause"],
                exchanges=tuple(sorted(set(numbers))),
                wall_ms=wall_ms,
            )
        )
        shown = {key: state[key] for key in ("id", "title", "example", "cause")}
        return {**shown, "verdict": verdict.value, "wall_ms": wall_ms}

    # the end

    def finish(self, interrupted: bool, completed: bool) -> list[Event]:
        """Put the estate back, merge parallel journals, set the exit status and close the journal."""
        if self.stage is not None:
            try:
                self.stage.close()
            except ControlError as problem:
                completed = False
                print(f"lifecycle: the estate could not be put back: {problem}", file=sys.stderr, flush=True)
        if self._estate is not None:
            self._estate.stop()
        self._spread()
        if self.part is not None:
            self.journal.close()
            return []
        events = [*self.journal.kept, *self._merge()]
        self.started = any(isinstance(event, ScenarioStarted) for event in events)
        verdicts = [(e.id, e.verdict) for e in events if isinstance(e, ScenarioFinished)]
        required = self.stage.target.required if self.stage else frozenset()
        broken = any(figure.verdict == "not_met" for figure in figures(events))
        self.exit = 130 if interrupted else 3 if not completed else exit_status(verdicts, required, broken)
        if self.started:
            self.write(RunFinished(self.exit, interrupted, stamp(wall_now())))
        self.journal.close()
        if not self.started:
            leave_nothing(self.folder)
        return events

    def _merge(self) -> list[Event]:
        """Write what parallel workers journalled into the one journal."""
        begun = any(isinstance(event, RunStarted) for event in self.journal.kept)
        with workers_events(self.folder) as found:
            events = [event for event in found if not (begun and isinstance(event, RunStarted))]
            for event in events:
                self.write(event)
        return events


def exit_status(verdicts: list[tuple[str, str]], required: frozenset[str], broken_kpi: bool) -> int:
    """0 all met, 1 something failed or breached, 2 nothing failed and something inconclusive, 3 nothing ran.

    >>> exit_status([("LV-01", "passed"), ("LV-02", "skipped")], frozenset(), False)
    0
    >>> exit_status([("LV-02", "skipped")], frozenset({"LV-02"}), False)
    2
    """
    if not verdicts:
        return 3
    if broken_kpi or any(verdict == Outcome.FAILED for _, verdict in verdicts):
        return 1
    unknown = any(verdict == Outcome.INCONCLUSIVE for _, verdict in verdicts)
    skipped = any(verdict == Outcome.SKIPPED and id in required for id, verdict in verdicts)
    return 2 if unknown or skipped else 0


def _ready(control: ControlPlane) -> dict[str, Any]:
    """The estate's ready object. Raises RunRefused when what answers is no control plane."""
    remedy = f"{control.base_url} is no control plane of an estate; name the URL that simulate prints as control"
    try:
        ready = control.estate()
    except ControlError as problem:
        # A refusal says that somebody else lives there; silence is told as it is.
        raise RunRefused(remedy if "refused GET" in str(problem) else str(problem)) from None
    if "urls" not in ready:
        raise RunRefused(remedy)
    return ready


def _commit(root: Path) -> str:
    answer = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "unknown"
