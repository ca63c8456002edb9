"""What a step holds: the company, the checks, and the scenario at hand."""

from __future__ import annotations

from datetime import timedelta

from harness.access import AccessChecks
from harness.aftermath import Endings, Holds
from harness.boundary import AppReading, BoundaryChecks
from harness.chains import Chains
from harness.checks import Inconclusive, require
from harness.clock import Clock
from harness.company import Company
from harness.ledger import Ledger
from harness.personas import chance
from harness.policy import Expected, Policy
from harness.requests import RequestChecks
from harness.scene import Case, Scene
from harness.trail import Trail


class Rehearsal:
    """One scenario's hands and eyes. Knows no target: whatever differs between targets lies behind the company."""

    def __init__(self, company: Company, scene: Scene) -> None:
        self.company, self.scene = company, scene
        self.access = AccessChecks(company)
        self.endings = Endings(company, self.access)
        self.holds = Holds(self.endings)
        self.requests = RequestChecks(company, self.access)
        self.boundary = BoundaryChecks(company)
        self.trail = Trail(company)
        self.chains = Chains(self.trail)
        self.ledger = Ledger(self.trail)
        self._old: dict[str, Expected] = {}
        self._readings: list[AppReading] | None = None

    @property
    def policy(self) -> Policy:
        """The company's decisions."""
        return self.company.policy

    @property
    def clock(self) -> Clock:
        """The target's time."""
        return self.company.clock

    def case(self, name: str) -> Case:
        """The person the scenario calls `name`."""
        return self.scene.case(name)

    def expected(self, case: Case) -> Expected:
        """What the person should hold now: birthright and what was granted."""
        return self.policy.expected(case.person, case.granted)

    def moving_from(self, case: Case) -> None:
        """Remember what the person should hold before a move."""
        self._old[case.person.worker_id] = self.expected(case)

    def moved_from(self, case: Case) -> Expected:
        """What the person should have held before the move."""
        return self._old[case.person.worker_id]

    def end_at_once(self, case: Case) -> None:
        """HR records an involuntary end; the effective instant is the arrival of the row."""
        today = self.clock.now().astimezone(case.person.zone).date()
        ended = case.person.changed(end_date=today, end_reason="involuntary")
        self.company.record(self.scene, case, ended, "employment ended at once")
        case.marks["effective"] = case.marks["hr"]

    def some_moment(self) -> None:
        """Let up to half a day pass, by random seed and sample number, so that schedules are met at any phase."""
        seconds = chance(self.company.target.random_seed, self.scene.id, self.scene.ordinal, "phase") % 43200
        self.clock.sleep(timedelta(seconds=seconds))

    def open_bystander_session(self) -> None:
        """Somebody else signs in, whom the scenario must not touch."""
        session = self.company.bystander_session(self.scene, "control_user")
        self.scene.notes["bystander session"] = session

    def bystander_session_lives(self) -> None:
        """The somebody else is still signed in. Raises Unmet otherwise."""
        session = self.scene.notes.get("bystander session")
        if session is None:
            raise Inconclusive("no bystander's session was opened")
        alive = self.company.session_alive(session)
        require(alive, f"{session.login}, who is not part of this, was signed out")
        self.scene.saw("bystander's session served", True, None, self.company.observer.okta_read)

    def read_boundary(self) -> None:
        """Take the census of applications."""
        self._readings = self.boundary.census(self.scene)

    def readings(self) -> list[AppReading]:
        """The census. Raises Inconclusive before it was taken."""
        if self._readings is None:
            raise Inconclusive("the applications were not read")
        return self._readings
