"""Journals made by hand for the report tests, and one that looks like a real run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness.journal import (
    Event,
    Exchanged,
    FeedRowJudged,
    Journal,
    KpiUnit,
    Noted,
    Nudged,
    Observed,
    PopulationCounted,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    SlaJudged,
    StepFinished,
    stamp,
)
from harness.secrets import Secrets

BEGIN = datetime(2026, 3, 2, 14, tzinfo=UTC)


def at(seconds: float) -> str:
    """An instant of the made-up run, as the journal writes it."""
    return stamp(BEGIN + timedelta(seconds=seconds))


def run_started(**changes: Any) -> RunStarted:
    """The first line of a simulated run."""
    facts: dict[str, Any] = {
        "target": "simulated",
        "evidence": "simulated",
        "seed": "acme",
        "random_seed": 1,
        "commit": "3f9c1d2",
        "command": "lifecycle run",
        "estate_now": at(0),
        "samples": 3,
        "defect": None,
        "wall_started": "2026-11-22T09:00:00.000Z",
    }
    return RunStarted(**(facts | changes))


def run_finished(exit: int = 0, interrupted: bool = False) -> RunFinished:
    """The last line."""
    return RunFinished(exit, interrupted, "2026-11-22T09:00:09.000Z")


def started(id: str, title: str = "A scenario", example: str | None = None, **changes: Any) -> ScenarioStarted:
    """A scenario begins."""
    facts: dict[str, Any] = {
        "feature": "Leaver",
        "story": "An employment ends",
        "tags": (id, "leaver", "core", "severity.critical", "kpi.deprov", "risk.session", "ctl.TERM"),
        "source": "features/leaver.feature:9",
        "order": 1,
    }
    return ScenarioStarted(id=id, example=example, title=title, **(facts | changes))


def finished(
    id: str, verdict: str = "passed", cause: str | None = None, example: str | None = None, **more: Any
) -> ScenarioFinished:
    """A scenario ends."""
    return ScenarioFinished(id, example, verdict, cause, **more)


def step(keyword: str, text: str, outcome: str = "passed", message: str | None = None) -> StepFinished:
    """A step ends."""
    return StepFinished(keyword, text, outcome, message, at(0), at(60))


def sla(
    id: str = "T5",
    lo: float = 366,
    hi: float | None = 372,
    verdict: str = "met",
    limit: float | None = 900,
    **more: Any,
) -> SlaJudged:
    """An interval is judged."""
    facts: dict[str, Any] = {
        "title": "The last session and refresh token are dead after SailPoint's disable",
        "who": "Ada Lovelace",
        "timing": "natural",
        "since": at(0),
    }
    return SlaJudged(sla=id, limit=limit, at_least=lo, at_most=hi, verdict=verdict, **(facts | more))


def unit(
    kpi: str = "K2",
    name: str = "unit-1",
    outcome: str = "S",
    lo: float | None = 366,
    hi: float | None = 372,
    **changes: Any,
) -> KpiUnit:
    """A ledger row that started at a known instant and stopped between `lo` and `hi` seconds later."""
    facts: dict[str, Any] = {
        "person": "Ada Lovelace",
        "group": "tier-1",
        "timing": "natural",
        "start_source": f"activity-{name}",
        "start_lo": at(0),
        "start_hi": at(0),
        "stop_source": f"probe-{name}",
        "stop_lo": None if lo is None else at(lo),
        "stop_hi": None if hi is None else at(hi),
        "reason": None,
        "evidence": (f"exchange 12 of {name}",),
    }
    return KpiUnit(kpi=kpi, unit=name, outcome=outcome, **(facts | changes))


def population(kpi: str, rows: int, second: int | None = None) -> PopulationCounted:
    """A population counted twice."""
    second_rows = rows if second is None else second
    return PopulationCounted(kpi, "HR rows that end in the window", rows, "accounts disabled", second_rows)


def units(kpi: str, good: int, bad: int = 0, unknown: int = 0, **changes: Any) -> list[Event]:
    """A reconciled ledger of so many successes, failures and unknowns."""
    outcomes = ["S"] * good + ["F"] * bad + ["I"] * unknown
    rows: list[Event] = [unit(kpi, f"{kpi}-{n}", outcome, **changes) for n, outcome in enumerate(outcomes)]
    return [population(kpi, len(rows)), *rows]


def write(folder: Path, events: Iterable[Event]) -> Path:
    """Write the events to `folder/journal.jsonl` as the harness would."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal.open(folder / "journal.jsonl", Secrets())
    for event in events:
        journal.write(event)
    journal.close()
    return folder


def exchange(number: int, method: str, path: str, status: int, when: float, response: str = "{}") -> Exchanged:
    """A request to Okta and its answer."""
    return Exchanged(number, "okta", method, path, status, None, response, at(when), at(when + 0.4))


def outline(*verdicts: str) -> list[Event]:
    """A run of one outline whose rows ended like that."""
    told: list[Event] = [run_started()]
    for number, verdict in enumerate(verdicts):
        row, cause = f"row {number}", None if verdict == "passed" else f"why {number}"
        told += [
            started("LV-16", "An outline", row),
            sla("T5", number, number + 1),
            finished("LV-16", verdict, cause, row),
        ]
    return [*told, run_finished()]


def timeline(who: str) -> list[Event]:
    """A leaver's afternoon on every lane."""
    points = [
        ("hr", 0, f"row of {who}: end_reason involuntary"),
        ("harness", 2, "browser session and refresh token opened and proven alive"),
        ("sailpoint", 64, "aggregation read the row"),
        ("sailpoint", 95, "lifecycle state active to terminated; disable issued"),
        ("okta", 97, "user.lifecycle.deactivate by sailpoint-connector"),
        ("Vault", 101, "PATCH active=false by sailpoint"),
        ("sailpoint", 130, "workflow W1: clear sessions, revoke tokens"),
        ("okta", 131, "user.session.clear by svc-sailpoint-workflow"),
        ("Deskly", 160, "PATCH active=false by okta"),
        ("harness", 372, "first refused use of the last credential"),
    ]
    return [Noted(system, at(when), what, who) for system, when, what in points]


def leaver(id: str, title: str, example: str | None = None, **more: Any) -> Iterator[Event]:
    """A termination that went well, with everything a report may show."""
    who = "Ada Lovelace"
    yield started(id, title, example, **more)
    yield step("Given", f"{who} works in Engineering and is signed in on two devices")
    yield step("When", f"{who}'s employment ends at once")
    yield step("Then", f'{who} loses Okta access within the "T5" SLA')
    yield from timeline(who)
    yield exchange(1, "GET", "/api/v1/users/00u1ada", 200, 96, '{"id":"00u1ada","status":"DEPROVISIONED"}')
    yield exchange(2, "GET", "/api/v1/sessions/me", 404, 372, '{"errorCode":"E0000007","errorSummary":"Not found"}')
    yield Observed("Okta status", who, "DEPROVISIONED", 1)
    yield Observed("browser session 1", who, "refused", 2)
    yield sla()
    stages = (
        {"name": "HR lateness", "at_least": 0, "at_most": 0},
        {"name": "aggregation and processing", "at_least": 92, "at_most": 95},
        {"name": "disable", "at_least": 2, "at_most": 4},
        {"name": "revoke", "at_least": 366, "at_most": 372},
    )
    yield sla("T6-tier1", 461, 467, title="Okta sessions are dead after the effective instant", stages=stages)
    yield unit("K2", f"00u1ada {id} {example or ''}".strip())
    yield population("K2", 1)
    yield finished(id, example=example, exchanges=(1, 2), wall_ms=41.5)


def realistic(rows: int = 6) -> Iterator[Event]:
    """A run with every verdict, an outline of `rows` rows, a rejected HR row and all five KPIs."""
    yield run_started()
    yield FeedRowJudged(2, "Ada Lovelace", True, None)
    yield FeedRowJudged(3, "Bo <b>Ek</b>", False, "hire_date '31/02/2026' is no ISO date")
    joiner = {"feature": "Joiner", "story": "A first day", "source": "features/joiner.feature:9"}
    tags = ("JN-01", "joiner", "core", "severity.critical", "kpi.prov", "risk.groupsync", "ctl.JOIN", "seed.BM1")
    yield started("JN-01", "Employee with start date today receives exactly the birthright set", **joiner, tags=tags)
    yield step("Given", "HR hires Ida Moe into Engineering in Berlin with a start date of today")
    yield step("When", "SailPoint has read HR's feed")
    text = "Ida Moe's Okta groups differ from the policy: missing SP-BR-Region-EMEA; unexpected SP-APP-CRM-User"
    yield step("Then", "Ida Moe has exactly the access that the policy grants", "failed", text)
    yield step("And", "every grant was written by the connector", "not_reached")
    yield Noted("hr", at(0), "row of Ida Moe arrives", "Ida Moe")
    yield Noted("sailpoint", at(700), "identity created, role membership computed", "Ida Moe")
    yield Noted("okta", at(712), "user.lifecycle.create by sailpoint-connector", "Ida Moe")
    yield exchange(
        7, "GET", "/api/v1/users/00u1ida/groups?limit=200", 200, 800, '[{"profile":{"name":"SP-APP-CRM-User"}}]'
    )
    yield Observed("Okta groups", "Ida Moe", ["Everyone", "SP-APP-CRM-User", "SP-BR-Employees"], 7)
    yield sla("T1", 690, 704, limit=3600, title="The identity exists in SailPoint in the right state", who="Ida Moe")
    yield population("K1", 2)
    yield unit("K1", "2c91-order-1", group="create", person="Ida Moe", reason=None)
    yield unit(
        "K1", "2c91-order-2", "F", group="add", person="Ida Moe", reason="SailPoint says done and Okta disagrees"
    )
    yield finished("JN-01", "failed", text, exchanges=(7,), wall_ms=58.2)
    yield from leaver("LV-02", "Involuntary termination takes effect immediately")
    for number in range(rows):
        status = ("ACTIVE", "PROVISIONED", "SUSPENDED", "LOCKED_OUT", "RECOVERY", "PASSWORD_EXPIRED")[number % 6]
        row = status if rows <= 6 else f"{status} {number + 1}"
        yield from leaver("LV-16", "Deprovisioning from every starting Okta status", row)
    yield started("LV-01", "Scheduled leaver keeps access until the end of the last day")
    yield Nudged("identity processing was started by hand")
    yield step("When", "the last day of Bo Ek ends in Auckland")
    yield sla("T5", 884, 909, "inconclusive", who="Bo Ek", timing="nudged")
    yield unit("K2", "00u2bo", "S", 884, 909, timing="nudged", person="Bo Ek")
    yield population("K2", 1)
    cause = "T5 is undecided: Bo Ek's session, between 14 min 44 s and 15 min 9 s against 15 min"
    yield finished("LV-01", "inconclusive", cause, wall_ms=77.0)
    yield started("SS-07", "Suspicious activity ends every session", feature="Sessions", story="Security hold")
    yield finished("SS-07", "skipped", "needs.siem: no log store is configured for this target")
    boundary = {
        "feature": "Boundary",
        "story": "Who writes",
        "tags": ("BD-01", "kpi.boundary", "risk.dueling", "ctl.BOUND"),
    }
    yield started("BD-01", "No Tier-0 or Tier-1 app has Okta provisioning switched on", **boundary)
    yield from units("K3", 10, lo=None, hi=None, person=None, group="tier-2")
    yield sla("T10", 1, 9, limit=900, title="An event is visible in its system's log", who=None)
    yield finished("BD-01", wall_ms=12.0)
    yield started(
        "AR-01", "Auto-approved request is provisioned in Okta", feature="Access requests", story="Self service"
    )
    yield from units("K4", 14, group="AP-Atlas-Editor")
    yield from units("K5", 14, lo=None, hi=None, group="requested")
    yield sla("T4", 60, 66, limit=14400, title="Requested access is in Okta after the request")
    yield finished("AR-01", wall_ms=33.0)
    yield run_finished(1)
