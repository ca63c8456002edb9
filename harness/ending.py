"""Whether an end is an end: sessions, tokens, sign-in, status, applications, each probed until it is dead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from harness.access import AccessChecks
from harness.checks import Inconclusive, Unmet, require
from harness.company import Company
from harness.journal import seconds, stamp
from harness.scene import Case, Scene
from harness.sla import Elapsed, words
from harness.times import parse_instant
from harness.watch import Window

# At most 2 % of the 15 minutes that the tightest promise allows, so that an interval seldom straddles it.
_WIDEST = timedelta(seconds=18)
_FIRST = timedelta(seconds=8)
_GROWTH = 0.5


@dataclass
class Probe:
    """Something that must die, how to ask whether it still lives, and between which looks it died."""

    name: str
    alive: Callable[[], bool]
    lo: datetime
    hi: datetime | None = None

    @property
    def window(self) -> Window:
        """When it died."""
        return Window(self.lo, self.hi)


class EndingChecks:
    """Judges terminations, suspensions and their order. Raises Unmet with a cause built from what was seen."""

    def __init__(self, company: Company, access: AccessChecks) -> None:
        self.company, self.access = company, access
        self.observer, self.policy, self.clock = company.observer, company.policy, company.clock

    @property
    def moment(self) -> str:
        """The newest instant seen, as a cause names it."""
        return stamp(self.clock.latest)

    # probing

    def credentials(self, case: Case) -> list[Probe]:
        """A probe for every session and refresh token that the harness opened for the person."""
        now = self.clock.latest
        probes = [
            Probe(f"the session on the {s.device}", lambda s=s: self.company.session_alive(s), now)  # type: ignore[misc]
            for s in case.sessions
        ]
        if case.grant is not None:
            probes.append(Probe("the refresh token", lambda: self.company.refresh_works(case), now))
        return probes

    def status_probe(self, case: Case, status: str) -> Probe:
        """The Okta status, counted dead when it is the designed one."""
        return Probe(f"Okta status {status}", lambda: self.observer.status(case) != status, self.clock.latest)

    def account_probes(self, case: Case) -> list[Probe]:
        """The person's accounts in applications that are provisioned."""
        now = self.clock.latest
        labels = self.observer.provisioned(self.policy.expected(case.person, case.granted).apps)
        return [
            Probe(f"the {a} account", lambda a=a: self.access.active(case, a), now)  # type: ignore[misc]
            for a in labels
        ]

    def probe(self, probes: list[Probe], limit: timedelta) -> None:
        """Ask each probe in turn until all are dead or `limit` has passed."""
        begun = self.clock.latest
        while True:
            self.look(probes)
            passed = self.clock.latest - begun
            if all(p.hi is not None for p in probes) or passed > limit:
                return
            self.clock.sleep(min(max(passed * _GROWTH, _FIRST), _WIDEST))

    def look(self, probes: list[Probe]) -> None:
        """Ask each probe that still lives once."""
        for probe in probes:
            if probe.hi is None:
                # The newest instant shown lies before the request, so the interval can only be too wide.
                sent = self.clock.latest
                if probe.alive():
                    probe.lo = sent
                else:
                    probe.hi = self.clock.now()

    # what SailPoint did

    def disable_orders(self, case: Case, operations: tuple[str, ...] = ("DISABLE",)) -> list[dict[str, Any]]:
        """Account activities since HR's news with a disable of the person's Okta account."""
        since = case.marks["hr"][0]
        return [
            row
            for row in self.observer.activities(case)
            if parse_instant(row["created"]) >= since
            and any(
                item.get("operation") in operations and item.get("nativeIdentity") == case.okta_id
                for item in row.get("items") or ()
            )
        ]

    # judging

    def dies(
        self,
        scene: Scene,
        case: Case,
        sla_id: str,
        accounts: bool = False,
    ) -> None:
        """Everything of the person dies: T5 from SailPoint's disable, `sla_id` from the effective instant.

        With `accounts` the accounts in applications are probed too and judged by their tier. "T6" stands for the
        promise on sessions, which is the one of Tier 1.
        """
        effective = case.marks["effective"][0]
        exposure = "T6-tier1" if sla_id == "T6" else sla_id
        doors, inner = self.credentials(case), self.account_probes(case) if accounts else []
        status = self.status_probe(case, self.policy.termination.okta_status)
        self.probe([status, *doors, *inner], scene.sla("T6-tier1").limit + scene.sla("T5").settle)
        self.probe([p for p in inner if p.hi is None], scene.sla("T6-tier2").limit)
        order = next(iter(self.disable_orders(case)), None)
        start = None if order is None else parse_instant(order["created"])
        self._record(scene, case, doors, status, start)
        self._unit(scene, case, doors, start, effective)
        for probe in doors:
            if probe.hi is None:
                self._never_died(scene, case, probe, start, effective)
        require(status.hi is not None, f"{case.name} is {self.observer.status(case)} in Okta at {self.moment}")
        if start is None:
            raise Unmet(f"SailPoint issued no disable for {case.name}'s Okta account")
        self._judge(scene, case, doors, status, start, exposure)
        self._judge_accounts(scene, case, inner, effective)

    def _never_died(self, scene: Scene, case: Case, probe: Probe, start: datetime | None, effective: datetime) -> None:
        """A door that still opens at the end of the watch breaks the promise with a figure. Raises Unmet."""
        after = words(self.clock.latest - (start or effective))
        since = "the disable" if start else "the end"
        cause = f"{case.name}: {probe.name} still works at {self.moment}, {after} after {since}"
        scene.judge("T5", probe.window.since(start or effective), case, start or effective, cause)
        raise Unmet(cause)

    def _record(self, scene: Scene, case: Case, doors: list[Probe], status: Probe, start: datetime | None) -> None:
        if start is not None:
            scene.note("sailpoint", "disable ordered", case, start)
        for probe in (status, *doors):
            word = "reached" if probe is status else "refused"
            if probe.hi is not None:
                scene.note("okta", f"{probe.name} {word}", case, probe.hi)
        scene.saw("doors after the end", {p.name: p.hi is None for p in doors}, case, self.observer.okta_read)

    def _judge(
        self, scene: Scene, case: Case, doors: list[Probe], status: Probe, start: datetime, exposure: str
    ) -> None:
        effective = case.marks["effective"][0]
        if not doors:
            raise Inconclusive(f"no session of {case.name} was opened, so none was seen to die")
        last = max(doors, key=lambda p: (p.hi or p.lo, p.lo))
        scene.judge("T5", last.window.since(start), case, start, f"{case.name}: {last.name} died too late")
        arrived = case.marks["hr"]
        stages = (
            stage(
                "HR lateness",
                Elapsed(max(arrived[0] - effective, timedelta(0)), max(arrived[1] - effective, timedelta(0))),
            ),
            stage(
                "aggregation and processing",
                Window(start, start).since(max(effective, arrived[0]), max(effective, arrived[1])),
            ),
            stage("disable", status.window.since(start)),
            stage("revoke", last.window.since(status.lo, status.hi)),
        )
        begins = max(effective, arrived[0])
        cause = f"{case.name}: {last.name} outlived the effective end too long"
        scene.judge(exposure, last.window.since(begins, max(begins, arrived[1])), case, begins, cause, stages)

    def _judge_accounts(self, scene: Scene, case: Case, accounts: list[Probe], effective: datetime) -> None:
        begins = max(effective, case.marks["hr"][0])
        for probe in accounts:
            label = probe.name.removeprefix("the ").removesuffix(" account")
            tier = self.policy.applications[label].tier
            require(
                probe.hi is not None or not probe.alive(),
                f"{case.name}'s account in {label} (tier {tier}) is still active at {self.moment}",
            )
            if probe.hi is not None:
                elapsed = Elapsed(max(probe.lo - begins, timedelta(0)), probe.hi - begins)
                scene.judge(f"T6-tier{tier}", elapsed, case, begins, f"{case.name}'s account in {label} ended too late")
                scene.note(label, "account inactive", case, probe.hi)

    def _unit(self, scene: Scene, case: Case, doors: list[Probe], start: datetime | None, effective: datetime) -> None:
        """The person's row in K2's ledger, and the exposure beside it."""
        living = [p.name for p in doors if p.hi is None]
        last = max(doors, key=lambda p: (p.hi or p.lo, p.lo), default=None)
        clocks: dict[str, Any] = {
            "group": "termination",
            "start_source": "account activity created",
            "stop_source": "probe refused",
            "start": start and (start, start),
            "stop": last and last.hi and (last.lo, last.hi),
            "evidence": [f"effective {stamp(effective)}"],
        }
        name = f"{case.name} / {case.okta_id}"
        disabled = len(self.access.events_about(scene, case, "user.lifecycle.deactivate"))
        scene.counted("K2", f"ends of {case.name} in HR", 1, "accounts deactivated in Okta's log", min(disabled, 1))
        if start is None:
            scene.unit("K2", name, case, "F", "never disabled", **{**clocks, "start_source": None})
        elif living:
            scene.unit("K2", name, case, "F", f"still alive at cut-off: {', '.join(living)}", **clocks)
        elif last is None:
            scene.unit("K2", name, case, "I", "no session was opened, so none could be watched", **clocks)
        else:
            scene.unit("K2", name, case, "S", None, **clocks)


def stage(name: str, elapsed: Elapsed) -> dict[str, Any]:
    """One stage of an exposure, as the journal writes it: lengths in seconds."""
    return {"name": name, "at_least": seconds(elapsed.at_least), "at_most": seconds(elapsed.at_most)}
