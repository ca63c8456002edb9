"""One scenario on one target: its people, what was marked when, and the verdict it is coming to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from harness.checks import Inconclusive, Unmet
from harness.clients.browser import Grant, Session
from harness.clock import Clock
from harness.journal import (
    Deciders,
    Journal,
    KpiUnit,
    Noted,
    Nudged,
    Observed,
    PopulationCounted,
    SlaJudged,
    seconds,
    stamp,
)
from harness.personas import Person
from harness.sla import Elapsed, Sla, Timing, Verdict, judge, words
from harness.watch import Window


@dataclass
class Case:
    """One person of a scenario, with the ids that the systems gave and the doors that were opened."""

    person: Person
    password: str
    identity_id: str | None = None
    okta_id: str | None = None
    login: str | None = None
    sessions: list[Session] = field(default_factory=list)
    grant: Grant | None = None
    granted: tuple[str, ...] = ()
    requests: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The person's name."""
        return self.person.name


class Measured:
    """Positive cases seen in this run, per clock: what a hold may learn its length from."""

    def __init__(self) -> None:
        self._seen: dict[str, list[timedelta]] = {}

    def add(self, sla: str, elapsed: Elapsed) -> None:
        """Remember one positive case's upper bound."""
        if elapsed.at_most is not None:
            self._seen.setdefault(sla, []).append(elapsed.at_most)

    def settle(self, sla: Sla) -> timedelta:
        """Twice the p99 of the cases seen in this run, else the clock's own settle.

        With fewer than a hundred cases the largest one is the estimate of p99.
        """
        seen = sorted(self._seen.get(sla.id, ()))
        return 2 * seen[min(len(seen) - 1, int(0.99 * len(seen)))] if seen else sla.settle


class Scene:
    """Collects what one scenario sees, and turns intervals into journalled verdicts."""

    def __init__(
        self, id: str, ordinal: int, clock: Clock, journal: Journal, slas: dict[str, Sla], measured: Measured
    ) -> None:
        self.id, self.ordinal = id, ordinal
        self.clock, self.journal, self.slas, self.measured = clock, journal, slas, measured
        self.began = clock.now()
        self.cases: dict[str, Case] = {}
        self.bystanders: dict[str, Any] = {}
        self.deciders = Deciders()
        self.timing = Timing.NATURAL
        self.doubts: list[str] = []
        self.notes: dict[str, Any] = {}

    def case(self, name: str) -> Case:
        """The person a scenario calls `name`. Raises KeyError with the names there are."""
        try:
            return self.cases[name]
        except KeyError:
            raise KeyError(f"this scenario knows no {name}; it knows {', '.join(self.cases) or 'nobody'}") from None

    def sla(self, id: str) -> Sla:
        """The promise of that id. Raises Inconclusive when slas.toml has none."""
        if id not in self.slas:
            raise Inconclusive(f"slas.toml has no promise {id!r}")
        return self.slas[id]

    def note(self, system: str, what: str, who: Case | None = None, when: datetime | None = None) -> None:
        """Put a point on the timeline."""
        at = when or self.clock.latest
        self.journal.write(Noted(system, stamp(at), what, who.name if who else None))

    def saw(self, what: str, value: Any, who: Case | None = None, exchange: int | None = None) -> None:
        """Record a fact a verdict rests on, and the exchange that showed it."""
        self.journal.write(Observed(what, who.name if who else None, value, exchange))
        if exchange is not None:
            self.deciders.add(exchange)

    def nudge(self, what: str) -> None:
        """Record a forced step; timings of this scenario carry no SLA from here on."""
        self.timing = Timing.NUDGED
        self.journal.write(Nudged(what))

    def judge(
        self,
        sla_id: str,
        elapsed: Elapsed,
        who: Case | None,
        since: datetime,
        cause: str,
        stages: tuple[dict[str, Any], ...] = (),
    ) -> None:
        """Judge an interval against a promise and journal it.

        Raises Unmet with `cause` and the figures when the promise is broken. A straddled limit, or a nudged timing,
        is remembered as a doubt and makes the scenario inconclusive at its end.
        """
        sla = self.sla(sla_id)
        verdict = judge(elapsed, sla.limit)
        row = SlaJudged(
            sla=sla_id,
            title=sla.title,
            who=who.name if who else None,
            limit=seconds(sla.limit),
            at_least=seconds(elapsed.at_least) or 0.0,
            at_most=seconds(elapsed.at_most),
            verdict=verdict.value,
            timing=self.timing.value,
            since=stamp(since),
            stages=stages,
        )
        self.journal.write(row)
        if verdict is Verdict.BREACHED:
            raise Unmet(f"{cause}: it took {elapsed}, {sla_id} allows {words(sla.limit)}")
        if verdict is Verdict.INCONCLUSIVE:
            self.doubts.append(f"{sla_id} is undecided: {cause}, {elapsed} against {words(sla.limit)}")
        else:
            self.measured.add(sla_id, elapsed)

    def unit(self, kpi: str, unit: str, who: Case | None, outcome: str, reason: str | None = None, **more: Any) -> None:
        """Write one row of a KPI's ledger; `more` are its clocks (start, stop: pairs of instants), group, evidence."""
        start, stop = more.get("start"), more.get("stop")
        self.journal.write(
            KpiUnit(
                kpi=kpi,
                unit=unit,
                person=who.name if who else None,
                group=more.get("group", ""),
                timing=self.timing.value,
                start_source=more.get("start_source"),
                start_lo=start and stamp(start[0]),
                start_hi=start and stamp(start[1]),
                stop_source=more.get("stop_source"),
                stop_lo=stop and stop[0] and stamp(stop[0]),
                stop_hi=stop and stop[1] and stamp(stop[1]),
                outcome=outcome,
                reason=reason,
                evidence=tuple(more.get("evidence", ())),
            )
        )

    def counted(self, kpi: str, query: str, rows: int, second_count: str, second_rows: int) -> None:
        """Record how a KPI's population was listed, and the count it was reconciled with."""
        self.journal.write(PopulationCounted(kpi, query, rows, second_count, second_rows))

    def conclude(self) -> None:
        """Raise Inconclusive when something stayed undecided."""
        if self.doubts:
            raise Inconclusive("; ".join(self.doubts))
