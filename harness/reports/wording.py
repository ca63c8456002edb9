"""The words that every report shares: verdicts, evidence classes, lengths, and the one-line form of a KPI. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from harness.journal import SlaJudged
from harness.kpis import KpiFigure
from harness.reports.story import Run
from harness.sla import words
from harness.statistics import percent

VERDICTS = {
    "met": "met",
    "met_so_far": "met so far",
    "not_met": "not met",
    "no_data": "no data",
    "inconclusive": "inconclusive",
    "breached": "breached",
    "passed": "passed",
    "failed": "failed",
    "skipped": "skipped",
    "not_reached": "not reached",
}
TONES = {
    "met": "good",
    "passed": "good",
    "met_so_far": "fair",
    "not_met": "bad",
    "breached": "bad",
    "failed": "bad",
    "inconclusive": "open",
    "no_data": "none",
    "skipped": "none",
    "not_reached": "none",
}
SIGNS = {"good": "✓", "fair": "◐", "bad": "✗", "open": "?", "none": "–"}
EVIDENCE = {
    "simulated": (
        "Simulated",
        "Shows that the modelled design and this harness do what they should. Says nothing about a real tenant.",
    ),
    "sandbox-nudged": (
        "Sandbox, nudged",
        "Shows what the sandbox's configuration does. Steps were forced, so no timing may be relied on.",
    ),
    "sandbox-natural": (
        "Sandbox, natural",
        "Shows what the sandbox's configuration does and how long it takes under the sandbox's own schedules.",
    ),
    "observation": (
        "Production observation",
        "Read-only: shows how the production tenants worked during the window, for the events that fell in it.",
    ),
}


@dataclass(frozen=True)
class Headline:
    """The run in words: one verdict, and what holds, what broke, what is not known."""

    verdict: str
    tone: str
    holds: str
    broke: str
    unknown: str


def headline(run: Run, kpis: list[KpiFigure]) -> Headline:
    """What a reader must know first. A KPI that is only met so far holds, and is said to."""
    failed, open_, passed, skipped = (run.of(verdict) for verdict in ("failed", "inconclusive", "passed", "skipped"))
    lost = [kpi for kpi in kpis if kpi.verdict == "not_met"]
    dark = [kpi for kpi in kpis if kpi.verdict in ("inconclusive", "no_data")]
    kept = [kpi for kpi in kpis if kpi.verdict in ("met", "met_so_far")]
    cut = "" if run.complete else " The run did not come to its end."
    if failed or lost:
        verdict, colour = "Something broke", "bad"
    elif open_ or not run.complete or not run.scenarios or any(kpi.verdict == "inconclusive" for kpi in kpis):
        verdict, colour = "Nothing broke, but not everything is known", "open"
    elif skipped:
        verdict, colour = "Everything that ran holds", "good"
    else:
        verdict, colour = "Everything holds", "good"
    holds = _told(_count(len(passed), "scenario passed", "scenarios passed"), _kpis(kept, "hold"))
    broke = _told(_count(len(failed), "scenario failed", "scenarios failed"), _kpis(lost, "not met"))
    undecided = _count(len(open_), "scenario is inconclusive", "scenarios are inconclusive")
    left_out = _count(len(skipped), "scenario was skipped", "scenarios were skipped")
    return Headline(verdict, colour, holds, broke, _told(undecided, left_out, _kpis(dark, "not known")) + cut)


def tone(verdict: str) -> str:
    """How a verdict is coloured and signed; an unknown one neutrally."""
    return TONES.get(verdict, "none")


def kpi_line(figure: KpiFigure) -> str:
    """A KPI's figure in one line, in the form an auditor compares with the ledger."""
    target = figure.target.replace("15 min", "15:00").replace("4 h", "4:00:00")
    why = "; ".join(reason.split(": ", 1)[1] for reason in figure.reasons if reason.startswith("X "))
    left_out = f"X {figure.excluded}" + (f" ({why})" if why else "")
    counts = f"n {figure.n}  F {figure.failures}  I {figure.inconclusive}  {left_out}  pending {figure.pending}"
    value = "  ".join(filter(None, (value_of(figure), support_of(figure))))
    said = f"{figure.evidence}, {figure.timing}   {VERDICTS[figure.verdict]}"
    return f"{figure.id}  {target}   {counts}   {value}   {said}"


def value_of(figure: KpiFigure) -> str:
    """The point value: a share in percent, or the largest upper bound as a clock."""
    if figure.value is None:
        return "–"
    return f"max {clock(figure.value)}" if figure.timed else f"{100 * figure.value:.2f} %"


def value_words(figure: KpiFigure) -> str:
    """The point value as the page says it: the largest upper bound in words, like every length there."""
    return f"max {upper(figure.value)}" if figure.timed and figure.value is not None else value_of(figure)


def support_of(figure: KpiFigure) -> str:
    """What the sample supports at 95 % confidence; empty for a census."""
    return "" if figure.lower_bound is None else f"share ≥ {percent(figure.lower_bound)} (95 %)"


def worst_of(figure: KpiFigure) -> str:
    """The worst unit, its person named once: a unit often begins with the name."""
    unit, bracket, rest = (figure.worst or "").rpartition(" (")
    person, _, told = rest.partition(")")
    return unit + told if bracket and person in unit else figure.worst or ""


def clock(seconds: float) -> str:
    """A length as a clock shows it.

    >>> clock(372), clock(14400), clock(9.5), clock(176400)
    ('6:12', '4:00:00', '0:09.5', '2 d 1:00:00')
    """
    whole, part = divmod(round(seconds, 1), 1)
    days, rest = divmod(int(whole), 86400)
    hours, minutes, secs = rest // 3600, rest % 3600 // 60, rest % 60
    told = f"{hours}:{minutes:02}:{secs:02}" if hours or days else f"{minutes}:{secs:02}"
    return (f"{days} d " if days else "") + told + (f".{round(part * 10)}" if part and not hours + days else "")


def length(seconds: float | None) -> str:
    """A length in words, a dash for none."""
    return "–" if seconds is None else words(timedelta(seconds=seconds))


def interval(sla: SlaJudged) -> str:
    """From at least to at most."""
    if sla.at_most is None:
        return f"more than {length(sla.at_least)}"
    return between(sla.at_least, sla.at_most)


def between(least: float, most: float) -> str:
    """Two lengths as one span, said once where the words agree.

    >>> between(39.1, 57.3), between(113.0, 113.0), between(63.2, 67.9)
    ('39.1 s – 57.3 s', '1 min 53 s', '1 min 3 s – 1 min 8 s')
    """
    return upper(most) if length(least) == upper(most) else f"{length(least)} – {upper(most)}"


def upper(seconds: float) -> str:
    """An upper bound in words. Words leave out what is small beside the rest, and a bound must not shrink by that.

    >>> upper(67.9), upper(9.5), upper(3600), upper(3601)
    ('1 min 8 s', '9.5 s', '1 h', '1 h 1 min')
    """
    unit = next((size for least, size in ((86400, 3600), (3600, 60), (60, 1)) if seconds >= least), 0)
    return length(math.ceil(seconds / unit) * unit if unit else seconds)


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(0, "row")
    ('1 row', '0 rows')
    """
    return f"{number} {noun if number == 1 else noun + 's'}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _kpis(kpis: list[KpiFigure], word: str) -> str:
    if not kpis:
        return ""
    so_far = [kpi.id for kpi in kpis if kpi.verdict == "met_so_far"]
    few = f" ({', '.join(so_far)} only so far: too few cases for the claim)" if so_far else ""
    return f"{', '.join(kpi.id for kpi in kpis)} {word if word != 'hold' or len(kpis) > 1 else 'holds'}{few}"


def _told(*parts: str) -> str:
    told = "; ".join(part for part in parts if part)
    return f"{told}." if told else "Nothing."
