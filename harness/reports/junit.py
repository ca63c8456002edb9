"""`junit.xml`: one test case per scenario or outline row, for whatever reads JUnit. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from xml.etree import ElementTree as Xml

from harness.journal import Event, SlaJudged
from harness.reports.story import Case, Run, tell
from harness.sla import words

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(events: Sequence[Event]) -> str:
    """The text of `junit.xml`. A failure is a `failure`; an inconclusive case an `error` of that type.

    Raises ValueError when the events begin with no run.
    """
    return of_run(tell(events))


def of_run(run: Run) -> str:
    """The same from a run already told."""
    by_feature: dict[str, list[Case]] = {}
    for scenario in run.scenarios:
        by_feature.setdefault(scenario.first.feature, []).extend(scenario.cases)
    cases = [case for group in by_feature.values() for case in group]
    root = Xml.Element("testsuites", {"name": "lifecycle", **_counts(cases)})
    for feature, group in by_feature.items():
        suite = Xml.SubElement(root, "testsuite", {"name": _text(feature), **_counts(group)})
        head = run.started
        facts = {"target": head.target, "evidence": head.evidence, "seed": head.seed, "commit": head.commit}
        _properties(suite, [*facts.items(), ("random_seed", head.random_seed), ("command", head.command)])
        for case in group:
            suite.append(_case(case))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def interval(sla: SlaJudged) -> str:
    """One judged promise in a line, for people.

    >>> interval(SlaJudged("T5", "Sessions end", "Ada", 900.0, 60.0, 72.0, "met", "natural", ""))
    'T5 Sessions end, Ada: between 1 min and 1 min 12 s, limit 15 min: met (natural timing)'
    """
    who = f", {sla.who}" if sla.who else ""
    least = words(timedelta(seconds=sla.at_least))
    took = f"more than {least}"
    if sla.at_most is not None:
        took = f"between {least} and {words(timedelta(seconds=sla.at_most))}"
    limit = "" if sla.limit is None else f", limit {words(timedelta(seconds=sla.limit))}"
    return f"{sla.sla} {sla.title}{who}: {took}{limit}: {sla.verdict} ({sla.timing} timing)"


def _case(case: Case) -> Xml.Element:
    start = case.started
    row = f" [{start.example}]" if start.example else ""
    names = {"classname": _text(start.feature), "name": _text(f"{start.id} {start.title}{row}")}
    element = Xml.Element("testcase", {**names, "time": f"{case.wall_ms / 1000:.3f}"})
    _properties(element, [("source", start.source), *(("tag", tag) for tag in start.tags)])
    cause = _text(case.cause or "no cause was recorded")
    if case.verdict == "skipped":
        Xml.SubElement(element, "skipped", {"message": cause})
    elif case.verdict != "passed":
        kind = "failure" if case.verdict == "failed" else "error"
        told = Xml.SubElement(element, kind, {"message": cause, "type": case.verdict})
        told.text = _text("\n".join([case.cause or cause, *_unpassed(case)]))
    if case.slas:
        Xml.SubElement(element, "system-out").text = _text("\n".join(interval(sla) for sla in case.slas))
    return element


def _unpassed(case: Case) -> list[str]:
    return [f"{step.keyword} {step.text}: {step.outcome}" for step in case.steps if step.outcome != "passed"]


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    seen = Counter(case.verdict for case in cases)
    counts = {"tests": len(cases), "failures": seen["failed"], "errors": seen["inconclusive"]}
    took = f"{sum(case.wall_ms for case in cases) / 1000:.3f}"
    return {name: str(count) for name, count in (counts | {"skipped": seen["skipped"]}).items()} | {"time": took}


def _properties(parent: Xml.Element, facts: Sequence[tuple[str, object]]) -> None:
    shelf = Xml.SubElement(parent, "properties")
    for name, value in facts:
        Xml.SubElement(shelf, "property", {"name": name, "value": _text("" if value is None else str(value))})


def _text(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
