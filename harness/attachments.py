"""What a reader of Allure alone needs: intervals, ledger rows and the deciding exchanges, attached to the scenario."""

from __future__ import annotations

import json
from collections.abc import Sequence

from harness.allure_bdd import attach
from harness.journal import Event, Exchanged, Journal, KpiUnit, Noted, Observed, ScenarioStarted, SlaJudged
from harness.reports.junit import interval

_LAST = 3


def attach_evidence(journal: Journal, deciders: Sequence[int], passed: bool) -> None:
    """Attach the evidence of the scenario that is running; what is attached passes the journal's secrets first.

    Unless it passed, the last exchanges are attached too: what went wrong is most often in them.
    """
    mine = _of_scenario(journal.kept)
    clean = journal.secrets.text
    if slas := [event for event in mine if isinstance(event, SlaJudged)]:
        attach("SLA intervals", clean("\n".join(f"{e.who or ''}: {interval(e)}" for e in slas)))
    if units := [event for event in mine if isinstance(event, KpiUnit)]:
        rows = (f"{e.kpi}  {e.outcome}  {e.unit}{f'  {e.reason}' if e.reason else ''}" for e in units)
        attach("KPI lines", clean("\n".join(rows)))
    if seen := [event for event in mine if isinstance(event, Observed)]:
        rows = (f"{e.who or 'everybody'}: {e.what}: {json.dumps(e.value, ensure_ascii=False)}" for e in seen)
        attach("Observed", clean("\n".join(rows)))
    if points := sorted((event for event in mine if isinstance(event, Noted)), key=lambda e: e.when):
        attach("Timeline", clean("\n".join(f"{e.when}  {e.system:<10} {e.what}" for e in points)))
    exchanges = [event for event in mine if isinstance(event, Exchanged)]
    wanted = {*deciders, *(() if passed else (e.number for e in exchanges[-_LAST:]))}
    for event in exchanges:
        if event.number in wanted:
            asked = f"{event.method} {event.system}{event.path}\n{event.request or ''}"
            answered = f"{event.status}\n{event.response or ''}"
            attach(f"Exchange {event.number}: {event.method} at {event.sent}", clean(f"{asked}\n\n{answered}"))


def _of_scenario(events: Sequence[Event]) -> Sequence[Event]:
    """The events since the latest scenario began."""
    for place in range(len(events) - 1, -1, -1):
        if isinstance(events[place], ScenarioStarted):
            return events[place:]
    return []
