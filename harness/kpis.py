"""The five KPIs: from the ledger's units to a figure, a bound and a verdict. Pure: events in, figures and CSV out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from math import ceil

from harness.journal import Event, KpiUnit, PopulationCounted, RunStarted, ScenarioStarted
from harness.sla import words
from harness.statistics import lower_bound, median, percent, percentiles, runs_needed
from harness.times import parse_instant

SHARE = Fraction(95, 100)  # what a rehearsal of a limit claims at 95 % confidence unless agreed otherwise
_UNCOUNTED = "population not reconciled: it was not counted a second time"
_WORST_FIRST = ("F", "I", "pending", "S", "X")


@dataclass(frozen=True)
class Kpi:
    """One promise: a share of the units (`share`, strict or whole), or a limit that every unit stays under."""

    id: str
    title: str
    target: str
    noun: str
    good: str
    share: Fraction
    limit: timedelta | None = None
    census: bool = False


KPIS = (
    Kpi("K1", "Provisioning success rate", "> 99 %", "orders", "became true in Okta in time", Fraction(99, 100)),
    Kpi("K2", "Deprovisioning latency", "< 15 min", "terminations", "ended in time", SHARE, timedelta(minutes=15)),
    Kpi("K3", "Boundary compliance", "100 %", "apps", "follow their written ownership", Fraction(1), census=True),
    Kpi("K4", "Access request cycle time", "< 4 h", "auto-approved items", "came in time", SHARE, timedelta(hours=4)),
    Kpi("K5", "Audit completeness", "100 %", "grants", "can be traced to their origin", Fraction(1), census=True),
)


@dataclass(frozen=True)
class Row:
    """A ledger row as judged: the unit with its final outcome, its latency in seconds and where it was seen."""

    unit: KpiUnit
    scenario: str
    latency_lo: float | None
    latency_hi: float | None


@dataclass(frozen=True)
class KpiFigure:
    """A KPI's figure. `n` = S + F + I; `value` a share 0..1 or, for a limit, the largest upper bound in seconds.

    `lower_bound` is None for a census; `verdict` is met, met_so_far, not_met, inconclusive or no_data.
    """

    id: str
    title: str
    target: str
    n: int
    successes: int
    failures: int
    inconclusive: int
    excluded: int
    pending: int
    value: float | None
    lower_bound: float | None
    verdict: str
    timing: str
    evidence: str
    sentence: str
    worst: str | None
    reasons: tuple[str, ...]
    median: float | None
    percentiles: tuple[tuple[int, float], ...]
    groups: tuple[tuple[str, int, int], ...]
    populations: tuple[PopulationCounted, ...]

    @property
    def timed(self) -> bool:
        """Whether `value` is a length in seconds."""
        return self.target.startswith("<")

    def row(self) -> dict[str, object]:
        """The entry of `summary.json`; no data is inconclusive with n 0."""
        verdict = "inconclusive" if self.verdict == "no_data" else self.verdict
        counts = {"n": self.n, "failures": self.failures, "inconclusive": self.inconclusive}
        return {
            "id": self.id, "target": self.target, **counts,
            "value": self.value, "lower_bound": self.lower_bound, "verdict": verdict,
        }  # fmt: skip


def figures(events: Sequence[Event], share: float = float(SHARE)) -> list[KpiFigure]:
    """One figure per KPI, in order. `share` is what a rehearsal claims for K2 and K4, at 95 % confidence."""
    claimed = Fraction(str(share))
    kpis = (replace(kpi, share=claimed) if kpi.limit else kpi for kpi in KPIS)
    return [_figure(kpi, list(ledger(events, kpi.id)), _populations(events, kpi.id), events) for kpi in kpis]


def ledger(events: Iterable[Event], kpi: str) -> Iterator[Row]:
    """A KPI's judged rows. A unit told twice in a scenario (an app: in the run) counts once. Raises ValueError."""
    scenario, ordinal, kept = "", 0, dict[tuple[int, str], Row]()
    for event in events:
        if isinstance(event, ScenarioStarted):
            scenario, ordinal = " ".join(filter(None, (event.id, event.example))), ordinal + 1
        elif isinstance(event, KpiUnit) and event.kpi == kpi:
            key, row = (0 if kpi == "K3" else ordinal, event.unit), _judged(event, scenario)
            kept[key] = _worse(kept[key], row) if key in kept else row
    yield from kept.values()


def ledger_csv(events: Sequence[Event], kpi: str) -> str:
    """The ledger of one KPI as CSV, one row per unit; the outcome is the one that was counted."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    ends = "start_source_id start_lo start_hi stop_source_id stop_lo stop_hi"
    sheet.writerow(f"unit person class timing {ends} outcome reason evidence group scenario".split())
    evidence = _evidence(events)
    for row in ledger(events, kpi):
        u = row.unit
        times = (u.start_source, u.start_lo, u.start_hi, u.stop_source, u.stop_lo, u.stop_hi)
        tail = (u.outcome, u.reason, " | ".join(u.evidence), u.group, row.scenario)
        sheet.writerow([cell(value) for value in (u.unit, u.person, evidence, u.timing, *times, *tail)])
    return out.getvalue()


def _figure(kpi: Kpi, rows: list[Row], scopes: list[list[PopulationCounted]], events: Sequence[Event]) -> KpiFigure:
    count = Counter(row.unit.outcome for row in rows)
    s, f, i, n = count["S"], count["F"], count["I"], count["S"] + count["F"] + count["I"]
    evidence = _evidence(events)
    census = kpi.census or evidence == "observation"
    bound = lower_bound(s, n) if n and not census else None
    counted = [row for row in rows if row.unit.outcome in ("S", "F", "I")]
    times = sorted(row.latency_hi for row in counted if row.latency_hi is not None) if kpi.limit else []
    doubts = _doubts(rows, scopes)
    verdict = _verdict(kpi, s, f, i, bound, doubtful=bool(doubts) and (census or doubts != (_UNCOUNTED,)))
    verdict = "met_so_far" if verdict == "met" and doubts else verdict
    share = round(s / (s + f), 6) if s + f else None
    value = (times[-1] if times else None) if kpi.limit else share
    limits = tuple((mark, times[-1]) for mark in percentiles(len(times))) if not f + i else ()
    timings = sorted({row.unit.timing for row in counted})
    figure = KpiFigure(
        id=kpi.id, title=kpi.title, target=kpi.target,
        n=n, successes=s, failures=f, inconclusive=i, excluded=count["X"], pending=count["pending"],
        value=value, lower_bound=None if bound is None else int(bound * 1e6) / 1e6, verdict=verdict,
        timing=" and ".join(timings) or "none", evidence=evidence, sentence="", worst=_worst(counted),
        reasons=(*doubts, *_reasons(rows)), median=median(times), percentiles=limits, groups=_groups(counted),
        populations=tuple(one for scope in scopes for one in scope),
    )  # fmt: skip
    return replace(figure, sentence=_sentence(figure, kpi, doubts))


def _judged(unit: KpiUnit, scenario: str) -> Row:
    """The unit against its KPI's limit, strictly; nudged timing cannot count."""
    if unit.outcome not in _WORST_FIRST:
        raise ValueError(f"{unit.kpi} {unit.unit}: {unit.outcome!r} is no outcome; it is one of S, F, I, X, pending")
    lo, hi = _between(unit.start_hi, unit.stop_lo), _between(unit.start_lo, unit.stop_hi)
    lo = None if lo is None else max(lo, 0.0)
    limit = next((kpi.limit for kpi in KPIS if kpi.id == unit.kpi), None)
    if limit is not None and unit.outcome in ("S", "F", "I"):
        if unit.timing != "natural":
            told = f"; it was {unit.outcome}: {unit.reason}" if unit.outcome != "S" else ""
            unit = replace(unit, outcome="X", reason=f"{unit.timing} timing carries no limit{told}")
        elif unit.outcome == "S":
            unit = _timed(unit, lo, hi, limit)
    return Row(unit, scenario, lo, hi)


def _timed(unit: KpiUnit, lo: float | None, hi: float | None, limit: timedelta) -> KpiUnit:
    most = limit.total_seconds()
    if lo is None or hi is None or hi < 0:
        told = "no interval was recorded" if lo is None or hi is None else "it stopped before it started"
        return replace(unit, outcome="I", reason=told)
    if lo >= most:
        return replace(unit, outcome="F", reason=f"late: at least {_long(lo)}")
    return replace(unit, outcome="I", reason=f"straddles {words(limit)}") if hi >= most else unit


def _worse(one: Row, other: Row) -> Row:
    first, second = sorted((one, other), key=lambda row: _WORST_FIRST.index(row.unit.outcome))
    evidence = tuple(dict.fromkeys((*one.unit.evidence, *other.unit.evidence)))
    return replace(first, unit=replace(first.unit, evidence=evidence, reason=first.unit.reason or second.unit.reason))


def _verdict(kpi: Kpi, s: int, f: int, i: int, bound: float | None, doubtful: bool) -> str:
    n = s + f + i
    if doubtful or not n or not s + f:
        return "inconclusive" if n or doubtful else "no_data"
    if kpi.limit or kpi.census:  # one failure refutes it
        if f or i:
            return "not_met" if f else "inconclusive"
        return "met" if bound is None or bound >= kpi.share else "met_so_far"
    if Fraction(s + i, n) <= kpi.share:
        return "not_met"
    if Fraction(s, n) <= kpi.share:
        return "inconclusive"
    return "met" if bound is None or bound > kpi.share else "met_so_far"


def _populations(events: Sequence[Event], kpi: str) -> list[list[PopulationCounted]]:
    """The counts of a KPI's population, those of one scenario together."""
    scopes: list[list[PopulationCounted]] = [[]]
    for event in events:
        if isinstance(event, ScenarioStarted):
            scopes.append([])
        elif isinstance(event, PopulationCounted) and event.kpi == kpi:
            scopes[-1].append(event)
    return [scope for scope in scopes if scope]


def _doubts(rows: list[Row], scopes: list[list[PopulationCounted]]) -> tuple[str, ...]:
    """Why the denominator is not trusted. A failed or excluded unit that never started explains one missing row.

    A population that was never counted keeps a sample from *met* and makes a census inconclusive.
    """
    if not rows and not scopes:
        return ()
    if not scopes:
        return (_UNCOUNTED,)
    explained = sum(
        (row.unit.outcome in ("F", "X") and row.unit.start_source is None)
        or any(text.startswith("population:") for text in row.unit.evidence)
        for row in rows
    )
    apart = [count for scope in scopes for count in scope if count.rows != count.second_rows]
    listed = [max(count.rows for count in scope) for scope in scopes]
    whole = max(listed) if rows and rows[0].unit.kpi == "K3" else sum(listed)
    doubts = []
    if sum(abs(count.rows - count.second_rows) for count in apart) > explained:
        doubts += [f"{c.query}: {c.rows}, but {c.second_count}: {c.second_rows}" for c in apart[:3]]
    if len(rows) < whole:
        doubts.append(f"{whole} were listed, {len(rows)} stand in the ledger")
    return tuple(f"population not reconciled: {doubt}" for doubt in doubts)


def _sentence(figure: KpiFigure, kpi: Kpi, doubts: tuple[str, ...]) -> str:
    s, n = figure.successes, figure.n
    parts = [f"{s} of {n} {kpi.noun} {kpi.good}." if n else f"No {kpi.noun} were counted, so nothing is known."]
    if kpi.limit and figure.value is not None:
        parts.append(f"The slowest {'that ended ' if s < n else ''}took at most {_long(figure.value)}.")
    parts += [f"{figure.failures} failed."] if figure.failures else []
    parts += [f"{figure.inconclusive} could not be decided and count against it."] if figure.inconclusive else []
    if figure.lower_bound is not None and figure.verdict in ("met", "met_so_far"):
        parts.append(f"This supports a share of at least {percent(figure.lower_bound)} (95 % confidence).")
    if figure.verdict == "met_so_far" and (need := runs_needed(float(kpi.share), n - s)) > n:
        claim = f"{'at least' if kpi.limit else 'more than'} {float(100 * kpi.share):g} %"
        parts.append(f"To claim {claim}, {need} cases are needed: {need - n} more without a failure.")
    parts += [f"{doubt[:1].upper()}{doubt[1:]}." for doubt in doubts]
    if "nudged" in figure.timing:
        parts.append("Forced steps took part: the rate counts, the times do not.")
    return " ".join(parts)


def _worst(counted: list[Row]) -> str | None:
    if not counted:
        return None
    row = min(counted, key=lambda row: (_WORST_FIRST.index(row.unit.outcome), -(row.latency_hi or 0.0)))
    who = f"{row.unit.unit} ({row.unit.person})" if row.unit.person else row.unit.unit
    took = None if row.latency_hi is None else f"at most {_long(row.latency_hi)}"
    told = ", ".join(filter(None, (took, row.unit.reason if row.unit.outcome != "S" else None)))
    return f"{who}: {told}" if told else who


def _reasons(rows: list[Row]) -> tuple[str, ...]:
    seen = Counter((row.unit.outcome, row.unit.reason or "no reason given") for row in rows if row.unit.outcome != "S")
    ordered = sorted(seen, key=lambda key: (_WORST_FIRST.index(key[0]), key[1]))
    return tuple(f"{outcome} {seen[outcome, reason]}: {reason}" for outcome, reason in ordered)


def _groups(counted: list[Row]) -> tuple[tuple[str, int, int], ...]:
    """Per group of units: how many succeeded of how many."""
    names = sorted({row.unit.group for row in counted})
    inside = {name: [row.unit.outcome for row in counted if row.unit.group == name] for name in names}
    return tuple((name, outcomes.count("S"), len(outcomes)) for name, outcomes in inside.items())


def _evidence(events: Iterable[Event]) -> str:
    return next((event.evidence for event in events if isinstance(event, RunStarted)), "unknown")


def _between(start: str | None, stop: str | None) -> float | None:
    return round((parse_instant(stop) - parse_instant(start)).total_seconds(), 3) if start and stop else None


def cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _long(length: float) -> str:
    # An upper bound: what words leave out must not shorten it.
    return words(timedelta(seconds=ceil(length) if length >= 60 else length))
