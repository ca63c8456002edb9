"""`report.html`: what holds, what broke and what is not known, and why, on one page. Pure: journal in, text out."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.journal import Event, SlaJudged
from harness.kpis import KPIS, figures
from harness.reports import drawings, wording
from harness.reports.story import Case, Run, Scenario, tell
from harness.sla import Outcome

_HERE = Path(__file__).parent
_MOST_BYTES = 1_900_000
_SCRIPT = (
    "const all=()=>document.querySelectorAll('details:not(.aside)');let shut=[];"
    "addEventListener('beforeprint',()=>{shut=[...all()].filter(d=>!d.open);shut.forEach(d=>d.open=true)});"
    "addEventListener('afterprint',()=>shut.forEach(d=>d.open=false));"
)
_TAGS = {
    "kpi": ("KPI", {"prov": "K1", "deprov": "K2", "boundary": "K3", "request": "K4", "audit": "K5"}),
    "risk": ("Risk", {
        "dueling": "dueling provisioning", "groupsync": "group sync failures", "session": "session not revoked",
        "approval": "approval confusion", "creep": "boundary creep", "audit": "audit correlation gaps",
    }),
    "ctl": ("Control", {}),
}  # fmt: skip


@dataclass(frozen=True)
class Detail:
    """How much of a case is shown, so that the page stays small: characters of a body, and numbers of things."""

    body: int
    exchanges: int
    points: int
    facts: int
    whole_rows: int


_DETAILS = (
    Detail(1500, 12, 60, 40, 12),
    Detail(500, 6, 30, 20, 6),
    Detail(200, 3, 15, 10, 2),
    Detail(0, 0, 6, 5, 0),
    Detail(0, 0, 0, 0, 0),
)


@dataclass(frozen=True)
class Covered:
    """How the scenarios of one tag value ended, and which they were."""

    kind: str
    name: str
    counts: dict[str, int]
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Exposure:
    """One termination's two clocks side by side: from the disable (K2's), and from HR (what the person could use)."""

    scenario: Scenario
    row: str | None
    disabled: SlaJudged | None
    exposed: SlaJudged
    scale: float


def html(events: Sequence[Event], digest: str | None = None) -> str:
    """The text of `report.html`. `digest` is the journal's SHA-256, printed for whoever signs.

    Raises ValueError when the events begin with no run.
    """
    return of_run(tell(events), digest)


def of_run(run: Run, digest: str | None = None) -> str:
    """The same from a run already told: as detailed as fits into the size that mail and archives take."""
    page = ""
    for detail in _DETAILS:
        page = _render(run, digest, detail)
        if len(page.encode()) <= _MOST_BYTES:
            break
    return page


def _render(run: Run, digest: str | None, detail: Detail) -> str:
    kpis = figures(run.events)
    evidence = wording.EVIDENCE.get(run.started.evidence, (run.started.evidence, "This class of evidence is unknown."))
    return (
        _pages()
        .get_template("page.html.j2")
        .render(
            run=run,
            head=run.started,
            headline=wording.headline(run, kpis),
            evidence=evidence,
            kpis=kpis,
            nouns={kpi.id: kpi.noun for kpi in KPIS},
            exposures=_exposures(run),
            covered=_covered(run),
            skips=_skips(run),
            features=_features(run),
            is_whole=lambda scenario, case: _is_whole(scenario, case, detail),
            detail=detail,
            digest=digest,
            style=(_HERE / "page.css").read_text(encoding="utf-8"),
            script=_SCRIPT,
            script_hash=base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode(),
        )
    )


@cache
def _pages() -> Environment:
    """The templates, each compiled once."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "length": wording.length, "clock": wording.clock, "interval": wording.interval, "span": drawings.span,
        "value": wording.value_words, "support": wording.support_of, "worst": wording.worst_of, "plain": _plain,
        "counted": wording.counted, "second": drawings.second,
        "tone": wording.tone, "word": lambda verdict: wording.VERDICTS.get(verdict, verdict),
        "sign": lambda verdict: wording.SIGNS[wording.tone(verdict)],
        "bar": lambda sla: drawings.bar(sla, wording.tone(sla.verdict)),
        "stages": drawings.stages, "points": drawings.points, "when": drawings.when, "timeline": drawings.timeline,
    }  # fmt: skip
    return environment


def _exposures(run: Run, most: int = 12) -> list[Exposure]:
    """Per scenario the row with the longest exposure, the longest first."""
    found = []
    for scenario in run.scenarios:
        rows = [(case, sla) for case in scenario.cases for sla in case.slas if sla.sla.startswith("T6")]
        if not rows:
            continue
        case, exposed = max(rows, key=lambda row: (_end(row[1]), len(row[1].stages)))
        disabled = max((sla for sla in case.slas if sla.sla == "T5"), key=_end, default=None)
        scale = 1.04 * max(_end(exposed), exposed.limit or 0.0, _end(disabled) if disabled else 0.0)
        found.append(Exposure(scenario, case.started.example, disabled, exposed, scale))
    return sorted(found, key=lambda one: -_end(one.exposed))[:most]


def _covered(run: Run) -> list[Covered]:
    table: dict[tuple[str, str], list[Scenario]] = {}
    for scenario in run.scenarios:
        for tag in scenario.first.tags:
            kind, _, name = tag.partition(".")
            if kind in _TAGS and name:
                table.setdefault((kind, name), []).append(scenario)
    order = list(_TAGS)
    covered = [
        (order.index(kind), Covered(_TAGS[kind][0], _TAGS[kind][1].get(name, name), _counts(found), _ids(found)))
        for (kind, name), found in table.items()
    ]
    return [one for _, one in sorted(covered, key=lambda row: (row[0], row[1].name))]


def _counts(found: list[Scenario]) -> dict[str, int]:
    return {verdict.value: sum(one.verdict == verdict.value for one in found) for verdict in Outcome}


def _ids(found: list[Scenario]) -> tuple[str, ...]:
    return tuple(one.id for one in found)


def _skips(run: Run) -> dict[str, list[Scenario]]:
    """Skipped scenarios by reason; rows skipped inside a scenario that ran stand with their scenario."""
    reasons: dict[str, list[Scenario]] = {}
    for scenario in run.of("skipped"):
        reasons.setdefault(scenario.cause or "no reason was recorded", []).append(scenario)
    return reasons


def _features(run: Run) -> dict[str, list[Scenario]]:
    shelves: dict[str, list[Scenario]] = {}
    for scenario in run.scenarios:
        shelves.setdefault(scenario.first.feature, []).append(scenario)
    return shelves


def _is_whole(scenario: Scenario, case: Case, detail: Detail) -> bool:
    """Whether a row is shown with its steps and evidence: the bad ones first, then as many as there is room for."""
    if len(scenario.cases) == 1:
        return True
    ordered = sorted(scenario.cases, key=lambda one: one.verdict in ("passed", "skipped"))
    bad = sum(one.verdict not in ("passed", "skipped") for one in ordered)
    return any(one is case for one in ordered[: max(min(bad, 25), detail.whole_rows)])


def _plain(value: Any, most: int = 400) -> str:
    """An observed value as text, long ones cut."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        text = ", ".join(value) or "none"
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= most else f"{text[:most]} … ({len(text)} characters)"


def _end(sla: SlaJudged) -> float:
    return sla.at_least if sla.at_most is None else sla.at_most
