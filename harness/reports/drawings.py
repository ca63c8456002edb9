"""Inline SVG for the report: bars of intervals, stacked stages, and a person's timeline. Pure; every text is escaped.

Each drawing has a text alternative; the numbers in it stand beside it as words, so colour never carries meaning alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from harness.journal import Noted, SlaJudged
from harness.reports.wording import between, clock, interval, length
from harness.times import parse_instant

LANES = ("HR", "SailPoint", "Okta", "Apps", "Harness")
_LANE_OF = {"hr": "HR", "sailpoint": "SailPoint", "okta": "Okta", "harness": "Harness"}
_BAR = (300, 20)
_LEFT, _RIGHT, _LANE, _TOP = 78, 14, 26, 8
_WIDE = 760
_DOT = 9


@dataclass(frozen=True)
class Point:
    """A numbered point of a timeline, as its list shows it."""

    number: int
    lane: str
    system: str
    when: str
    since: str
    what: str


def bar(sla: SlaJudged, tone: str) -> Markup:
    """What was certainly waited (solid), what may have been (striped), and the limit (line)."""
    width, height = _BAR
    end = sla.at_least if sla.at_most is None else sla.at_most
    scale = (width - 8) / (max(end, sla.limit or 0.0, 1e-9) * 1.06)
    sure = round(sla.at_least * scale, 1)
    unsure = round((width - 8 if sla.at_most is None else end * scale) - sure, 1)
    limit = round((sla.limit or 0.0) * scale, 1)
    alt = f"{interval(sla)} of {length(sla.limit)}" if sla.limit else interval(sla)
    parts = [
        Markup('<svg class="bar {}" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(tone, width, height, alt),
        Markup('<rect class="track" x="0" y="6" width="{}" height="8" rx="2"/>').format(width - 8),
        Markup('<rect class="sure" x="0" y="6" width="{}" height="8" rx="2"/>').format(max(sure, 1.5)),
        Markup('<rect class="unsure" x="{}" y="6" width="{}" height="8"/>').format(sure, max(unsure, 1.5)),
        Markup('<rect class="gap" x="{}" y="6" width="{}" height="8"/>').format(sure, max(unsure, 1.5)),
    ]
    if sla.limit:
        parts.append(Markup('<path class="limit" d="M{} 1V19"/>').format(limit))
    return Markup("").join((*parts, Markup("</svg>")))


def stages(sla: SlaJudged, scale_to: float) -> Markup:
    """The parts of an interval, stacked to scale and numbered as in the list beside it."""
    total = sla.at_most if sla.at_most is not None else sla.at_least
    width = _WIDE - 8
    scale = width / max(scale_to, total, 1e-9)
    told = "; ".join(f"{number} {stage['name']} {span(stage)}" for number, stage in enumerate(sla.stages, start=1))
    alt = f"{sla.sla}: {interval(sla)}" + (f", of which {told}" if told else "")
    out = [Markup('<svg class="stages" viewBox="0 0 {} 26" role="img" aria-label="{}">').format(_WIDE, alt)]
    lengths = [(float(stage["at_least"]) + _end(stage)) / 2 for stage in sla.stages] or [total]
    shrink = min(1.0, total / sum(lengths)) if sum(lengths) else 1.0
    left = 0.0
    for number, part in enumerate(lengths, start=1):
        wide = part * scale * shrink
        shape = '<rect class="stage s{}" x="{}" y="3" width="{}" height="20"/>'
        out.append(Markup(shape).format(number % 4, round(left, 1), max(round(wide, 1), 0.8)))
        if wide > 16 and sla.stages:
            out.append(Markup('<text x="{}" y="17.5">{}</text>').format(round(left + wide / 2, 1), number))
        left += wide
    if sla.limit and sla.limit * scale <= width:
        out.append(Markup('<path class="limit" d="M{} 0V26"/>').format(round(sla.limit * scale, 1)))
    return Markup("").join((*out, Markup("</svg>")))


def span(stage: dict[str, Any]) -> str:
    """A stage's length in words."""
    if stage.get("at_most") is None:
        return f"more than {length(stage['at_least'])}"
    return between(stage["at_least"], stage["at_most"])


def when(instant: str) -> str:
    """An instant of the journal as people read it.

    >>> when("2026-03-02T14:00:00.250Z"), when("2026-03-02T14:00:00.000Z")
    ('2026-03-02 14:00:00.250 UTC', '2026-03-02 14:00:00 UTC')
    """
    day, _, time = instant.partition("T")
    return f"{day} {time.removesuffix('Z').removesuffix('.000')} UTC"


def second(instant: str) -> str:
    """An instant to the second.

    >>> second("2026-03-02T14:00:00.250Z")
    '2026-03-02 14:00:00 UTC'
    """
    return when(f"{instant.partition('.')[0].removesuffix('Z')}Z")


def points(noted: Sequence[Noted]) -> list[Point]:
    """The points of a timeline in order of time, numbered."""
    ordered = sorted(noted, key=lambda note: parse_instant(note.when))
    begin = parse_instant(ordered[0].when) if ordered else None
    alone = len({note.who for note in ordered}) < 2
    told = []
    for number, note in enumerate(ordered, start=1):
        passed = (parse_instant(note.when) - begin).total_seconds() if begin else 0.0
        lane = _LANE_OF.get(note.system.lower(), "Apps")
        what = note.what if alone or note.who is None or note.who in note.what else f"{note.what} ({note.who})"
        told.append(Point(number, lane, note.system, note.when, clock(passed), what))
    return told


def timeline(told: Sequence[Point]) -> Markup:
    """Numbered points on five lanes; gaps are drawn by their logarithm, so that seconds and hours both show.

    Points keep so far apart that no number hides another, as long as there is room for that.
    """
    instants = [parse_instant(point.when) for point in told]
    gaps = [0.0, *((b - a).total_seconds() for a, b in pairwise(instants))]
    steps = [0.0, *(0.35 + math.log1p(gap) for gap in gaps[1:])]
    room = _WIDE - _LEFT - _RIGHT - 20
    apart = min(_DOT * 2 + 2.0, room / max(len(told) - 1, 1))
    scale = (room - apart * max(len(told) - 1, 0)) / (sum(steps) or 1.0)
    height = _TOP + len(LANES) * _LANE + 22
    shape = '<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="Timeline; the list below says the same">'
    out = [Markup(shape).format(_WIDE, height)]
    for row, lane in enumerate(LANES):
        y = _TOP + row * _LANE + _LANE / 2
        out.append(Markup('<path class="lane" d="M{} {}H{}"/>').format(_LEFT, y, _WIDE - _RIGHT))
        out.append(Markup('<text class="name" x="0" y="{}">{}</text>').format(y + 4, lane))
    x, last_label = _LEFT + 10.0, -100.0
    before: tuple[float, float] | None = None
    dots: list[Markup] = []
    for point, step in zip(told, steps, strict=True):
        x += step * scale + (apart if step else 0.0)
        y = _TOP + LANES.index(point.lane) * _LANE + _LANE / 2
        if before is not None:
            out.append(Markup('<path class="link" d="M{:.1f} {}L{:.1f} {}"/>').format(*before, x, y))
        dots.append(Markup('<circle cx="{:.1f}" cy="{}" r="{}"/>').format(x, y, _DOT))
        dots.append(Markup('<text class="number" x="{:.1f}" y="{}">{}</text>').format(x, y + 3.5, point.number))
        if x - last_label > 46:
            out.append(Markup('<text class="time" x="{:.1f}" y="{}">{}</text>').format(x, height - 6, point.since))
            last_label = x
        before = (x, y)
    return Markup("").join((*out, *dots, Markup("</svg>")))


def _end(stage: dict[str, Any]) -> float:
    end = stage.get("at_most")
    return float(stage["at_least"] if end is None else end)
