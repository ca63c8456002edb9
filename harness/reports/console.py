"""The end of a run on a terminal: promises, KPIs, what failed and why, and where the report is. Pure renderables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.journal import Event, SlaJudged
from harness.kpis import figures
from harness.reports.story import Run, tell
from harness.reports.wording import SIGNS, VERDICTS, clock, headline, length, tone, value_of
from harness.statistics import percent

_STYLES = {"good": "green", "fair": "green", "bad": "bold red", "open": "yellow", "none": "dim"}


def final(events: Sequence[Event], report: Path | None = None) -> RenderableType:
    """Everything that is printed when a run has ended. `report` is where the page is, as the reader may open it.

    Raises ValueError when the events begin with no run.
    """
    run = tell(events)
    parts: list[RenderableType] = []
    if any(case.slas for scenario in run.scenarios for case in scenario.cases):
        parts += [sla_table(run), Text()]
    known = figures(run.events)
    parts += [kpi_table(run)]
    parts += [Text(f"{kpi.id}: {'; '.join(kpi.reasons)}", style="dim") for kpi in known if kpi.reasons]
    parts.append(Text())
    if failures := failure_list(run):
        parts += [*failures, Text()]
    return Group(*parts, *closing(run, report))


def sla_table(run: Run) -> Table:
    """Per scenario and promise the worst interval seen."""
    table = _table("Promises: the worst interval seen")
    for name in ("scenario", "SLA", "limit", "at least – at most", "rows", "verdict", "timing"):
        table.add_column(name, justify="right" if name in ("limit", "rows") else "left", no_wrap=True)
    for scenario in run.scenarios:
        for sla, count in scenario.worst_slas():
            limit = length(sla.limit)
            row = (scenario.id, sla.sla, limit, _clocks(sla), str(count), told(sla.verdict), Text(sla.timing))
            table.add_row(*row)
    return table


def kpi_table(run: Run) -> Table:
    """The five KPIs with everything a claim depends on."""
    evidence = run.started.evidence
    table = _table(f"KPIs: evidence {evidence}")
    for name in ("KPI", "target", "n", "F", "I", "X", "pend.", "value", "share ≥", "timing", "verdict"):
        count = name in ("n", "F", "I", "X", "pend.")
        table.add_column(name, justify="right" if count else "left", no_wrap=name != "timing")
    for figure in figures(run.events):
        counts = (figure.n, figure.failures, figure.inconclusive, figure.excluded, figure.pending)
        bound = "–" if figure.lower_bound is None else percent(figure.lower_bound)
        left = (figure.id, figure.target, *(str(count) for count in counts))
        table.add_row(*left, value_of(figure), bound, figure.timing, told(figure.verdict))
    return table


def failure_list(run: Run) -> list[RenderableType]:
    """Each scenario that failed or stayed open, with its cause and the rows it concerns."""
    parts: list[RenderableType] = []
    for verdict in ("failed", "inconclusive"):
        for scenario in run.of(verdict):
            cases = [case for case in scenario.cases if case.verdict == verdict]
            rows = f" ({len(cases)} of {len(scenario.cases)} rows)" if len(scenario.cases) > 1 else ""
            head = told(verdict) + Text(f"  {scenario.id}  {scenario.first.title}{rows}", style="bold")
            parts += [head, Padding(Text(scenario.cause or "no cause was recorded"), (0, 0, 0, 4))]
    return parts


def closing(run: Run, report: Path | None) -> list[RenderableType]:
    """The verdict in words, the skips with their reasons, and the way to the report."""
    line = headline(run, figures(run.events))
    counts = ", ".join(f"{len(run.of(v))} {v}" for v in ("passed", "failed", "inconclusive", "skipped") if run.of(v))
    parts: list[RenderableType] = [
        Text(f"{line.verdict}: {counts or 'no scenario ran'}", style=f"bold {_STYLES[line.tone]}")
    ]
    reasons: dict[str, list[str]] = {}
    for scenario in run.of("skipped"):
        reasons.setdefault(scenario.cause or "no reason was recorded", []).append(scenario.id)
    parts += [Text(f"skipped {', '.join(ids)}: {reason}", style="dim") for reason, ids in reasons.items()]
    if rejected := [row for row in run.feed if not row.accepted]:
        parts += [Text(f"line {row.line} of the HR feed was rejected: {row.reason}") for row in rejected]
    if report is not None:
        parts.append(Text(f"report: {report}", overflow="fold"))
    return parts


def told(verdict: str) -> Text:
    """A verdict as a sign and a word."""
    colour = tone(verdict)
    return Text(f"{SIGNS[colour]} {VERDICTS.get(verdict, verdict)}", style=_STYLES[colour])


def _clocks(sla: SlaJudged) -> str:
    if sla.at_most is None:
        return f"> {clock(sla.at_least)}"
    return f"{clock(sla.at_least)} – {clock(sla.at_most)}"


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
