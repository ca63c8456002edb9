"""A target made ready for scenarios: clients, clock, journal, and a state to return to before each scenario."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

from harness.clients.api import BearerApi
from harness.clients.apps import AppWitness
from harness.clients.browser import Browser
from harness.clients.hr import HrSource, HrSystem, OwnedFile
from harness.clients.http import Wire
from harness.clients.okta import OktaClient
from harness.clients.sailpoint import SailPointClient
from harness.clock import Clock, SystemClock, TargetClock, wall_counter
from harness.company import Company
from harness.control import ControlPlane
from harness.defects import Defect, Tools
from harness.journal import Journal
from harness.observer import Observer
from harness.policy import Policy, Register
from harness.rehearsal import Rehearsal
from harness.scene import Measured, Scene
from harness.sla import Sla
from harness.targets import Target, TargetError

_START = "lifecycle-start"


class Stage:
    """Owns every connection of a run. On a simulated or attached target each scenario starts from the same snapshot."""

    def __init__(
        self,
        target: Target,
        policy: Policy,
        slas: dict[str, Sla],
        journal: Journal,
        folder: Path,
        control: ControlPlane | None,
    ) -> None:
        self.target, self.slas, self.journal = target, slas, journal
        self.measured = Measured()
        self._control = control
        for value in target.secrets:
            journal.secrets.learn(value)
        for url, system in target.hosts().items():
            journal.secrets.name_host(url, system)
            # As it stands in a query: an estate takes another port in every run.
            journal.secrets.name_host(quote(url, safe=""), system)
        self.clock: Clock = SystemClock() if control is None else TargetClock(control)
        # A simulated company opens on any day; its register is never older than what it opened with.
        self.policy = policy if control is None else _adopted_by(policy, self.clock.latest.date())
        self._wires: list[Wire] = []
        self._clients(folder)
        self._kept, self._found = False, 0.0
        if isinstance(self.clock, TargetClock):
            self.clock.start()

    def _clients(self, folder: Path) -> None:
        target, clock = self.target, self.clock
        okta, sailpoint = self._wire("okta", target.okta_url), self._wire("sailpoint", target.sailpoint_url)
        self.people = {name: SailPointClient(sailpoint, pat, clock) for name, pat in target.credentials.items()}
        administrator = self.people.get("iam-admin")
        if administrator is None:
            raise TargetError(f"target {target.name!r} names no SailPoint credential iam-admin")
        self.administrator = administrator
        self.loader = SailPointClient(sailpoint, target.loader, clock)
        self.observer_client = OktaClient(okta, target.observer, clock)
        self.driver = None if target.driver is None else OktaClient(okta, target.driver, clock)
        witnesses = {
            app.label: AppWitness(self._wire(app.label, _origin(app.scim_url)), app)
            for app in target.apps
            if app.scim_url and app.write_log_url and app.token
        }
        for app in target.apps:
            if app.scim_url:
                self.journal.secrets.name_host(_origin(app.scim_url), "apps")
        # A real tenant's file is the same for every run: SailPoint takes who is missing in it for deleted.
        hr: HrSource = OwnedFile(folder.parent / "hr-feed.csv")
        if target.hr_url is not None:
            hr = HrSystem(self._wire("hr", target.hr_url))
        self.observer = Observer(self.observer_client, administrator, witnesses, self.policy, target.okta_source_id)
        self.company = Company(
            target, self.policy, self.observer, hr, self.loader, Browser(okta, clock), self.driver, self.people, clock
        )

    def _wire(self, system: str, base_url: str) -> Wire:
        wire = Wire(system, base_url, self.journal, self.clock)
        self._wires.append(wire)
        return wire

    def prepare(self, defect: Defect | None) -> None:
        """Keep the estate as it was found, break it if asked to, and keep what every scenario starts from."""
        if self._control is None:
            return
        self._control.save(f"{_START}-untouched")
        self._kept = True
        self._found = wall_counter()
        if defect is not None:
            okta = self.observer_client.wire
            root = OktaClient(okta, None, self.clock, self.target.okta_api_token)
            defect.apply(Tools(self.administrator, root, self._control))
        for client in self._bearers():
            client.keep_token()
        self._control.save(_START)
        self.observer.held_at_start = {}

    def _bearers(self) -> list[BearerApi]:
        clients: list[BearerApi] = [*self.people.values(), self.loader, self.observer_client]
        return clients if self.driver is None else [*clients, self.driver]

    def open_scene(self, id: str, ordinal: int) -> Rehearsal:
        """A fresh scenario: the estate as it stood at the start, the tokens known there, no remembered id."""
        if self._control is not None:
            self._control.restore(_START)
            for client in self._bearers():
                client.return_token()
        self.observer.forget()
        scene = Scene(id, ordinal, self.clock, self.journal, self.slas, self.measured)
        return Rehearsal(self.company, scene)

    def close(self) -> None:
        """Return an estate to the state it was found in, and close every connection."""
        if isinstance(self.clock, TargetClock):
            self.clock.stop()
        try:
            if self._control is not None and self._kept:
                self._put_back(self._control)
        finally:
            if self._control is not None:
                self._control.close()
            for wire in self._wires:
                wire.close()

    def _put_back(self, control: ControlPlane) -> None:
        """Restore the estate as it was found; one that follows the wall has gone on by as long as the run took."""
        control.restore(f"{_START}-untouched")
        if pace := control.pace():
            control.advance(timedelta(seconds=(wall_counter() - self._found) * pace))


def _adopted_by(policy: Policy, day: date) -> Policy:
    """The policy with its exception register adopted on `day` at the earliest, so that its days count from there."""
    adopted = max(policy.exception_register.adopted, day)
    return policy.model_copy(update={"exception_register": Register(adopted=adopted)})


def _origin(url: str | None) -> str:
    parts = (url or "").split("/", 3)
    return "/".join(parts[:3])
