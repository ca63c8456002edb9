"""`summary.json`: the run as other programs read it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from harness.journal import Event, SlaJudged
from harness.kpis import figures
from harness.reports.story import Case, Run, Scenario, tell


def summary(events: Sequence[Event]) -> dict[str, Any]:
    """The content of `summary.json`. Lengths are seconds except `limit`, an ISO 8601 duration; open ends are None.

    `exit` is None for a run that never came to its end. Raises ValueError when the events begin with no run.
    """
    return of_run(tell(events))


def of_run(run: Run) -> dict[str, Any]:
    """The same from a run already told."""
    head = run.started
    return {
        "version": 1,
        "target": head.target,
        "evidence": head.evidence,
        "seed": head.seed,
        "random_seed": head.random_seed,
        "commit": head.commit,
        "exit": run.finished.exit if run.finished else None,
        "scenarios": [_scenario(scenario) for scenario in run.scenarios],
        "kpis": [figure.row() for figure in figures(run.events)],
        "feed": {
            "accepted": sum(row.accepted for row in run.feed),
            "rejected": [{"line": row.line, "reason": row.reason} for row in run.feed if not row.accepted],
        },
    }


def duration(length: float | None) -> str | None:
    """Seconds as an ISO 8601 duration.

    >>> duration(900), duration(14400), duration(90061.5), duration(0)
    ('PT15M', 'PT4H', 'P1DT1H1M1.5S', 'PT0S')
    """
    if length is None:
        return None
    whole = timedelta(seconds=length)
    hours, rest = divmod(whole.seconds, 3600)
    minutes, secs = divmod(rest + whole.microseconds / 1e6, 60)
    time = (f"{hours}H" if hours else "") + (f"{int(minutes)}M" if minutes else "") + (f"{secs:.6g}S" if secs else "")
    day = f"{whole.days}D" if whole.days else ""
    return f"P{day}T{time}" if time else (f"P{day}" if day else "PT0S")


def _scenario(scenario: Scenario) -> dict[str, Any]:
    first = scenario.first
    alone = len(scenario.cases) == 1
    slas = scenario.cases[0].slas if alone else [sla for sla, _ in scenario.worst_slas()]
    return {
        "id": scenario.id,
        "title": first.title,
        "feature": first.feature,
        "tags": list(first.tags),
        "verdict": scenario.verdict,
        "cause": scenario.cause,
        "slas": _slas(slas),
        "examples": [_example(case) for case in scenario.rows],
    }


def _example(case: Case) -> dict[str, Any]:
    return {
        "example": case.started.example,
        "title": case.started.title,
        "verdict": case.verdict,
        "cause": case.cause,
        "slas": _slas(case.slas),
    }


def _slas(slas: Iterable[SlaJudged]) -> list[dict[str, Any]]:
    return [
        {
            "id": sla.sla,
            "limit": duration(sla.limit),
            "at_least": sla.at_least,
            "at_most": sla.at_most,
            "verdict": sla.verdict,
            "timing": sla.timing,
            "stages": [dict(stage) for stage in sla.stages],
        }
        for sla in slas
    ]
