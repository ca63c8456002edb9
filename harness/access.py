"""Whether people hold exactly what the policy gives them: whole sets, twice, and nobody else's changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from harness.checks import Inconclusive, Unmet, compare_sets, require
from harness.company import Company
from harness.journal import stamp
from harness.observer import entitlements_of
from harness.personas import login_base
from harness.policy import Expected
from harness.scene import Case, Scene
from harness.times import parse_instant
from harness.watch import Window, hold, settle, watch


class AccessChecks:
    """Judges what a person holds. Every method raises Unmet with a cause built from what was seen."""

    def __init__(self, company: Company) -> None:
        self.company, self.observer, self.policy = company, company.observer, company.policy
        self.clock = company.clock

    @property
    def moment(self) -> str:
        """The newest instant seen, as a cause names it."""
        return stamp(self.clock.latest)

    # preconditions

    def nobody_knows(self, scene: Scene, case: Case) -> None:
        """Prove that no system knows the person. Raises Inconclusive otherwise: the start state is not as assumed."""
        known = [
            system
            for system, found in (
                ("HR", self.company.hr.knows(case.person.worker_id)),
                ("SailPoint", self.observer.identity(case) is not None),
                ("Okta", bool(self.observer.okta.users_by_number(case.person.worker_id))),
            )
            if found
        ]
        if known:
            raise Inconclusive(f"{case.name} ({case.person.worker_id}) is already known to {' and '.join(known)}")
        scene.saw("known to no system before the trigger", True, case, self.observer.okta_read)

    def remember_bystanders(self, scene: Scene, case: Case) -> None:
        """Store what people hold whom the scenario must not touch: the control user and the person's manager."""
        for worker_id in (self.policy.cast.control_user, case.person.manager_id):
            if worker_id and worker_id not in scene.bystanders:
                login = self.company.known(worker_id).login
                scene.bystanders[worker_id] = (login, self._held_before(scene, login))

    def _held_before(self, scene: Scene, login: str) -> dict[str, Any]:
        """What somebody holds now; in the state all scenarios start from it is read once, and the same ever after."""
        kept = self.observer.held_at_start
        if kept is None or any(case.marks for case in scene.cases.values()):
            return self._held_by(login)
        if login not in kept:
            kept[login] = self._held_by(login)
        return kept[login]

    def _held_by(self, login: str) -> dict[str, Any]:
        user = self.observer.okta.user(login)
        if user is None:
            raise Inconclusive(f"the bystander {login} is not in Okta")
        return {
            "status": user["status"],
            "groups": sorted(row["profile"]["name"] for row in self.observer.okta.groups_of(user["id"])),
            "apps": sorted(row["label"] for row in self.observer.okta.apps_of(user["id"])),
        }

    # arrival

    def identity_in_state(self, scene: Scene, case: Case, state: str, sla_id: str) -> None:
        """One identity, in `state`, within the promise from the arrival of HR's row."""
        arrived = case.marks["hr"]
        sla = scene.sla(sla_id)
        window = watch(lambda: self.observer.state(case) == state, sla.limit, self.clock, sla.settle)
        seen = self.observer.state(case)
        if window.hi is None:
            cause = f"SailPoint never held {case.name} as {state}; it holds {seen or 'nobody'}"
            scene.judge(sla_id, window.since(arrived[0], arrived[1]), case, arrived[0], cause)
        scene.saw("lifecycle state", seen, case, self.observer.sailpoint_read)
        scene.note("sailpoint", f"identity is {state}", case, window.hi)
        case.windows["identity"] = window
        cause = f"{case.name} became {state} in SailPoint too late after HR's row"
        scene.judge(sla_id, window.since(arrived[0], arrived[1]), case, arrived[0], cause)

    def exact_set(self, scene: Scene, case: Case, expected: Expected, sla_id: str, what: str) -> None:
        """Groups and apps as whole sets within the promise from SailPoint's decision (its account activity)."""
        sla = scene.sla(sla_id)
        window = watch(lambda: self.differs(case, expected) is None, sla.limit, self.clock, sla.settle)
        difference = self.differs(case, expected)
        scene.saw(what, sorted(self.observer.groups(case)), case, self.observer.okta_read)
        if difference is not None:
            scene.unit("K1", f"order for {case.name}: {what}", case, "F", f"missing or wrong order: {difference}")
            cause = f"{difference}; seen at {self.moment}"
            since = self.first_order(case) or case.marks["hr"][0]
            scene.judge(sla_id, window.since(since), case, since, cause)
            raise Unmet(cause)
        scene.note("okta", f"holds exactly the {what}", case, window.hi)
        case.windows["access"] = window
        decided = self.first_order(case)
        if decided is None:
            scene.doubts.append(f"{sla_id} is undecided: SailPoint shows no account activity about {case.name}")
            return
        cause = f"the {what} of {case.name} was complete too late after SailPoint's decision"
        scene.judge(sla_id, window.since(decided), case, decided, cause)

    def first_order(self, case: Case, since: datetime | None = None) -> datetime | None:
        """When the first account activity about the person was created, at or after `since`."""
        made = [parse_instant(row["created"]) for row in self.observer.activities(case)]
        return next((at for at in made if since is None or at >= since), None)

    def differs(self, case: Case, expected: Expected) -> str | None:
        """What differs between the sets a person holds and the expected ones; None when nothing does."""
        groups = compare_sets(case.name, "Okta groups", expected.groups, self.observer.groups(case))
        if groups is not None:
            return groups
        return compare_sets(case.name, "assigned applications", expected.apps, self.observer.assigned_apps(case))

    def exact_now(self, scene: Scene, case: Case, expected: Expected, what: str) -> None:
        """Groups, apps and application accounts as whole sets, at this moment."""
        difference = self.differs(case, expected)
        require(difference is None, f"{difference}; seen at {self.moment}")
        scene.saw(what, sorted(expected.groups), case, self.observer.okta_read)

    def profile(self, scene: Scene, case: Case) -> None:
        """One Okta user in a usable status, with the attributes that HR's row implies and the login by the rule."""
        users = self.observer.okta.users_by_number(case.person.worker_id)
        require(len(users) == 1, f"Okta holds {len(users)} users with the number {case.person.worker_id}, not one")
        user = self.observer.user(case)
        require(user is not None, f"Okta holds no user for {case.name}")
        assert user is not None
        require(user["status"] in ("ACTIVE", "PROVISIONED"), f"{case.name} is {user['status']} in Okta after the start")
        wrong = [
            f"{attribute} is {user['profile'].get(attribute)!r}, HR says {value!r}"
            for attribute, value in self.policy.attributes_of(case.person).items()
            if str(user["profile"].get(attribute, "")) != value
        ]
        require(not wrong, f"{case.name}'s Okta profile differs from HR's row: {'; '.join(wrong)}")
        base, login = login_base(case.person), str(user["profile"]["login"])
        name, _, domain = login.partition("@")
        numbered = name.startswith(base) and name.removeprefix(base).isdigit()
        right = (not base or name == base or numbered) and domain == self.policy.company.mail_domain
        require(right, f"{case.name}'s login is {login}, the rule gives {base}@{self.policy.company.mail_domain}")
        case.login = login
        scene.saw("Okta profile", {"login": login, "status": user["status"]}, case, self.observer.okta_read)

    # application accounts

    def accounts(self, scene: Scene, case: Case, expected: Expected) -> None:
        """In every provisioned application one active account, with the entitlements, written by its engine alone."""
        for label in self.observer.provisioned(expected.apps):
            limit = scene.sla("T2").limit
            window = watch(lambda label=label: self.active(case, label), limit, self.clock)  # type: ignore[misc]
            found = self.observer.account(case, label)
            active = sum(1 for account in found if account.get("active"))
            require(
                window.hi is not None and len(found) == 1,
                f"{case.name} should have one active account in {label} and has {active} active of {len(found)}",
            )
            self._entitled(case, label, found[0], expected)
            self.written_by_engine(scene, case, label, found[0]["id"])

    def active(self, case: Case, label: str) -> bool:
        """Whether the person has an active account in an application."""
        return any(account.get("active") for account in self.observer.account(case, label))

    def usable(self, case: Case, label: str) -> bool:
        """Whether an account still opens anything: active, and with entitlements where SailPoint grants these.

        SailPoint withdraws entitlements from a mover and keeps the account; Okta deactivates the account.
        """
        found = self.observer.account(case, label)
        by_entitlement = self.policy.applications[label].engine == "sailpoint"
        return any(a.get("active") and (not by_entitlement or entitlements_of(a)) for a in found)

    def _entitled(self, case: Case, label: str, account: dict[str, Any], expected: Expected) -> None:
        if self.policy.applications[label].engine == "sailpoint":
            wanted = expected.entitlements.get(label, frozenset())
            difference = compare_sets(case.name, f"entitlements in {label}", wanted, entitlements_of(account))
            require(difference is None, str(difference))

    def written_by_engine(self, scene: Scene, case: Case, label: str, account_id: str) -> None:
        """Every write to the account carries the credential of the engine that the policy names."""
        engine = self.policy.applications[label].engine
        writes = self.observer.apps[label].writes(scene.began, account_id)
        foreign = sorted({row["credential"] for row in writes} - {engine})
        require(not foreign, f"{label} was written for {case.name} by {', '.join(foreign)}; its engine is {engine}")
        scene.saw(f"{label} account", {"id": account_id, "writes": len(writes), "by": engine}, case)
        for row in writes:
            scene.note(label, f"{row['verb']} by {row['credential']}", case, parse_instant(row["time"]))

    def has_accounts(self, scene: Scene, case: Case, labels: list[str]) -> None:
        """Prove the accounts before the trigger. Raises Inconclusive: the start state is not as assumed."""
        for label in labels:
            if label not in self.observer.apps:
                raise Inconclusive(f"{label} has no SCIM API of its own to look at")
            if not settle(lambda label=label: self.active(case, label), timedelta(hours=2), self.clock):  # type: ignore[misc]
                raise Inconclusive(f"{case.name} has no active account in {label} before the trigger")
        scene.saw("accounts before the trigger", labels, case)

    def can_open(self, scene: Scene, case: Case, label: str) -> None:
        """The person opens the app from a live session."""
        opened = self.company.can_use(case, label)
        require(opened, f"{case.name} is granted {label} and cannot open it at {self.moment}")
        scene.saw(f"opened {label}", True, case, self.observer.okta_read)
        scene.note("okta", f"signed on to {label}", case)

    # holding

    def no_access_holds(self, scene: Scene, case: Case, sla_id: str) -> None:
        """A pre-hire cannot sign in, is not active and has no application, throughout the settle window."""
        failures: list[str] = []

        def shut() -> bool:
            status = self.observer.status(case)
            if status not in (*self.policy.prehire.okta_status, None):
                failures.append(f"{case.name} is {status} in Okta before the first day")
            elif apps := self.observer.assigned_apps(case):
                failures.append(f"{case.name} is assigned {', '.join(sorted(apps))} before the first day")
            elif self.company.sign_in(scene, case) is not None:
                failures.append(f"{case.name} can sign in before the first day")
            return not failures

        length = scene.measured.settle(scene.sla(sla_id))
        broken = hold(shut, length, self.clock, looks=4)
        require(broken is None, f"{failures[0] if failures else ''}; seen at {self.moment}")
        self._no_early_activation(scene, case)
        scene.saw(f"no sign-in and no application for {length}", True, case, self.observer.okta_read)

    def _no_early_activation(self, scene: Scene, case: Case) -> None:
        events = self.events_about(scene, case, "user.lifecycle.activate")
        require(not events, f"{case.name} was activated before the first day: {[row['published'] for row in events]}")

    def events_about(self, scene: Scene, case: Case, event_type: str) -> list[dict[str, Any]]:
        """System Log records of one type about the person, since the scenario began."""
        if self.observer.find_okta(case) is None:
            return []
        query = f'eventType eq "{event_type}" and target.id eq "{case.okta_id}"'
        return self.observer.okta.log(scene.began, self.clock.now() + timedelta(seconds=1), query)

    def second_cycle(self, scene: Scene, case: Case, expected: Expected, what: str) -> None:
        """After one more whole processing cycle the sets are the same."""
        self.company.pass_cycle()
        difference = self.differs(case, expected)
        require(difference is None, f"after a further processing cycle {difference}; seen at {self.moment}")
        scene.saw(f"{what}, after a further cycle", sorted(expected.groups), case, self.observer.okta_read)
        scene.note("harness", "a further processing cycle changed nothing", case)

    def bystanders_unchanged(self, scene: Scene) -> None:
        """Nobody whom the scenario must not touch holds anything else than at its start."""
        if not scene.bystanders:
            raise Inconclusive("no bystander was remembered at the start")
        for login, before in scene.bystanders.values():
            after = self._held_by(login)
            changed = [f"{key} from {before[key]} to {after[key]}" for key in before if before[key] != after[key]]
            require(not changed, f"{login}, who is not part of this, changed: {'; '.join(changed)}")
        scene.saw("bystanders unchanged", sorted(login for login, _ in scene.bystanders.values()))

    # moving

    def moved(self, scene: Scene, case: Case, old: Expected, new: Expected) -> None:
        """New access present within T7-in, old access gone within T7-out, then the whole sets equal the new ones."""
        arrived = case.marks["hr"]
        came = self._watch(lambda: new.groups <= self.observer.groups(case), scene, "T7-in")
        missing = sorted(new.groups - self.observer.groups(case))
        if came.hi is None:
            cause = f"{case.name} moved and still lacks {', '.join(missing)} at {self.moment}"
            scene.judge("T7-in", came.since(arrived[0], arrived[1]), case, arrived[0], cause)
        scene.note("okta", "new access present", case, came.hi)
        lost, gone_apps = old.groups - new.groups, old.apps - new.apps
        went = self._watch(
            lambda: (
                not lost & self.observer.groups(case)
                and not gone_apps & self.observer.assigned_apps(case)
                and not any(self.usable(case, label) for label in self.observer.provisioned(gone_apps))
            ),
            scene,
            "T7-out",
        )
        kept = sorted(lost & self.observer.groups(case)) + sorted(gone_apps & self.observer.assigned_apps(case))
        kept += [f"a usable account in {a}" for a in self.observer.provisioned(gone_apps) if self.usable(case, a)]
        if went.hi is None:
            cause = f"{case.name} moved and still holds {', '.join(kept)} at {self.moment}"
            scene.judge("T7-out", went.since(arrived[0], arrived[1]), case, arrived[0], cause)
        scene.note("okta", "old access gone", case, went.hi)
        for sla_id, window, cause in (
            ("T7-in", came, f"{case.name}'s new access came too late"),
            ("T7-out", went, f"{case.name}'s old access went too late"),
        ):
            scene.judge(sla_id, window.since(arrived[0], arrived[1]), case, arrived[0], cause)
        self.exact_now(scene, case, new, "access after the move")

    def _watch(self, true: Callable[[], bool], scene: Scene, sla_id: str) -> Window:
        sla = scene.sla(sla_id)
        return watch(true, sla.limit, self.clock, sla.settle)
