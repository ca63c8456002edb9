"""The organisation under test, in the words people use: hire, move, end, request, approve, sign in."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

from harness.checks import Inconclusive, require
from harness.clients.browser import Browser, Session
from harness.clients.hr import HrSource
from harness.clients.okta import OktaClient
from harness.clients.sailpoint import SailPointClient
from harness.clock import Clock
from harness.journal import stamp
from harness.observer import Observer
from harness.personas import Person, chance, persona
from harness.policy import Policy
from harness.scene import Case, Scene
from harness.targets import KnownPerson, Target
from harness.times import next_wall_time, parse_duration
from harness.watch import settle

SETUP_LIMIT = timedelta(hours=6)


class Company:
    """Acts as HR, as the people themselves and as their approvers. Never as an administrator who helps along."""

    def __init__(
        self,
        target: Target,
        policy: Policy,
        observer: Observer,
        hr: HrSource,
        loader: SailPointClient,
        browser: Browser,
        driver: OktaClient | None,
        people: dict[str, SailPointClient],
        clock: Clock,
    ) -> None:
        self.target, self.policy, self.observer, self.hr = target, policy, observer, hr
        self._loader, self._browser, self._driver, self._people = loader, browser, driver, people
        self.clock = clock

    # people

    def newcomer(self, scene: Scene, name: str, department: str, site: str, worker_type: str = "employee") -> Case:
        """A person nobody knows yet, hired from today; remembered in the scene under `name`."""
        place = self.policy.sites[site]
        today = self.clock.now().astimezone(ZoneInfo(place.time_zone)).date()
        who = persona(
            self.target.random_seed,
            scene.id,
            scene.ordinal * 100 + len(scene.cases) + 1,
            department=department,
            manager_id=self.policy.cast.manager[department],
            location=site,
            time_zone=place.time_zone,
            hire_date=today,
            worker_type=worker_type,
        )
        return self.adopt(scene, name, who)

    def adopt(self, scene: Scene, name: str, person: Person) -> Case:
        """Remember a person in the scene, with a password of the run's own."""
        secret = f"Lc9!{chance(self.target.random_seed, scene.id, scene.ordinal, person.worker_id):016x}"
        case = Case(person, secret)
        scene.journal.secrets.learn(secret)
        scene.cases[name] = case
        scene.note("harness", f"{name} in the feature is {person.name} ({person.worker_id}) here", case)
        return case

    def known(self, part: str) -> KnownPerson:
        """The person who plays a part, or has a worker id. Raises Inconclusive when the target names nobody."""
        for person in self.target.people:
            if part in person.parts or part == person.worker_id:
                return person
        raise Inconclusive(f"target {self.target.name!r} names nobody for the part {part!r}")

    # HR

    def record(self, scene: Scene, case: Case, person: Person, what: str) -> None:
        """HR writes the person's row; the whole file goes to SailPoint at once. The row's arrival is marked `hr`."""
        before = self.clock.now()
        case.person = person
        self.hr.put(person)
        contractor = person.worker_type == "contractor"
        source = self.target.contractor_source_id if contractor else self.target.hr_source_id
        if source is None:
            raise Inconclusive(f"target {self.target.name!r} has no source for contractors")
        self._upload(source, contractor)
        case.marks["hr"] = (before, self.clock.now())
        scene.note("hr", what, case, before)

    def _upload(self, source: str, contractor: bool) -> None:
        """Upload the file; when another aggregation of the source was still running, wait for it and upload again."""
        for _ in range(10):
            task = self._loader.load_accounts(source, self.hr.feed(contractor))
            if not self._refused_as_second(task):
                return
            self.clock.sleep(timedelta(seconds=60))
        raise Inconclusive("SailPoint kept refusing the feed because another aggregation of the source was running")

    def _refused_as_second(self, task: str) -> bool:
        state = self._loader.task(task)
        return state.get("completionStatus") == "ERROR" and "running" in str(state.get("messages", "")).lower()

    # security

    def hold(self, scene: Scene, case: Case) -> None:
        """Security puts the person on hold through the emergency path; the arrival is marked `hr`."""
        row = {
            "worker_id": case.person.worker_id,
            "hold": "suspend",
            "incident_ref": f"INC-{case.person.worker_id}",
            "set_by": self.policy.cast.group_approver,
            "set_at": stamp(self.clock.now()),
        }
        self._upload_holds(scene, case, [row], "put on hold")

    def lift_hold(self, scene: Scene, case: Case) -> None:
        """The hold is taken out again; the arrival is marked `hr`."""
        self._upload_holds(scene, case, [], "hold lifted")

    def _upload_holds(self, scene: Scene, case: Case, rows: list[dict[str, str]], what: str) -> None:
        name = self.policy.hold.source
        source = next((row["id"] for row in self.observer.sailpoint.sources() if row["name"] == name), None)
        if source is None:
            raise Inconclusive(f"SailPoint has no source {name!r}, which carries holds")
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, ("worker_id", "hold", "incident_ref", "set_by", "set_at"), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        before = self.clock.now()
        self._loader.load_accounts(source, text.getvalue().encode())
        case.marks["hr"] = (before, self.clock.now())
        scene.note("hr", what, case, before)

    # start states

    def settle_active(self, scene: Scene, case: Case) -> None:
        """Let the person become an active employee with exactly the birthright set. A start state, not judged.

        Raises Inconclusive when the tenant does not get there, since nothing can be said of what follows.
        """
        expected = self.policy.expected(case.person)

        def ready() -> bool:
            return (
                self.observer.groups(case) == expected.groups and self.observer.assigned_apps(case) == expected.apps
            ) and all(self.observer.account(case, label) for label in self.observer.provisioned(expected.apps))

        if not settle(ready, SETUP_LIMIT, self.clock):
            seen = sorted(self.observer.groups(case))
            raise Inconclusive(
                f"the start state was not reached: {case.name} should hold {sorted(expected.groups)} and "
                f"{sorted(expected.apps)} within {SETUP_LIMIT}, and holds {seen}"
            )
        user = self.observer.user(case)
        case.login = None if user is None else str(user["profile"]["login"])
        scene.note("harness", "start state reached: exactly the birthright set", case)

    def sign_in(self, scene: Scene, case: Case, device: str = "laptop") -> Session | None:
        """The person signs in; None when Okta refuses. The first time, the welcome link is followed."""
        if case.login is None:
            user = self.observer.user(case)
            case.login = None if user is None else str(user["profile"]["login"])
        if case.login is None:
            return None
        session = self._browser.sign_in(case.login, case.password, device)
        if session is not None:
            for value in session.cookies.values():
                scene.journal.secrets.learn(value)
        return session

    def welcome(self, scene: Scene, case: Case) -> None:
        """The person follows the activation mail's link and chooses a password. Raises Inconclusive when refused.

        No mailbox is read: a second link is asked for in the mail's stead, with the answer instead of a mail.
        """
        if self._driver is None or case.okta_id is None:
            raise Inconclusive("no second administrator is named for this target, so no activation link can be had")
        answer = self._driver.change(
            "POST", f"/api/v1/users/{case.okta_id}/lifecycle/reactivate", params={"sendEmail": "false"}
        )
        scene.journal.secrets.learn(answer["activationToken"])
        if not self._browser.welcome(answer["activationToken"], case.password):
            raise Inconclusive(f"{case.name} could not set a password through the activation link")
        scene.note("okta", "the person chose a password", case)

    def open_session(self, scene: Scene, case: Case, device: str) -> Session:
        """A proven session of the person on a device. Raises Inconclusive when there is none to be had."""
        if self.observer.status(case) == "PROVISIONED":
            self.welcome(scene, case)
        session = self.sign_in(scene, case, device)
        if session is None or not self._browser.alive(session):
            raise Inconclusive(f"{case.name} could not sign in before the trigger, so no session can be watched")
        case.sessions.append(session)
        scene.note("okta", f"signed in on the {device}; the session is served", case)
        return session

    def open_grant(self, scene: Scene, case: Case) -> None:
        """The person's app gets a refresh token, proven by using it once. Raises Inconclusive when it cannot be had."""
        if self.target.portal is None:
            raise Inconclusive("this target names no OIDC client, so no refresh token can be watched")
        session = case.sessions[0] if case.sessions else self.open_session(scene, case, "laptop")
        verifier = f"{chance(self.target.random_seed, scene.id, scene.ordinal, 'pkce'):016x}" * 4
        grant = self._browser.authorize(self.target.portal, session, verifier)
        grant = grant and self._browser.refresh(self.target.portal, grant)
        if grant is None:
            raise Inconclusive(f"{case.name} could not get a refresh token for {self.target.portal.name}")
        case.grant = grant
        scene.note("okta", f"{self.target.portal.name} holds a working refresh token", case)

    # what still works

    def session_alive(self, session: Session) -> bool:
        """Whether a session is still served."""
        return self._browser.alive(session)

    def refresh_works(self, case: Case) -> bool:
        """Whether the refresh token still yields tokens; the rotated one is kept."""
        if self.target.portal is None or case.grant is None:
            raise Inconclusive("there is no refresh token to use")
        fresh = self._browser.refresh(self.target.portal, case.grant)
        if fresh is not None:
            case.grant = fresh
        return fresh is not None

    def access_token_active(self, case: Case) -> bool:
        """Whether introspection still calls the access token active."""
        if self.target.portal is None or case.grant is None:
            raise Inconclusive("there is no access token to look at")
        return self._browser.introspect(self.target.portal, case.grant.access_token)

    def can_use(self, case: Case, label: str) -> bool:
        """Whether the person can open an app from a live session."""
        row = self.observer.app_row(label)
        if row is None or not case.sessions:
            return False
        links = row["_links"].get("appLinks") or [{"href": f"/app/{row['name']}/{row['id']}/sso/saml"}]
        return self._browser.sign_on(case.sessions[0], links[0]["href"])

    def bystander_session(self, scene: Scene, part: str) -> Session:
        """A live session of somebody the scenario must not touch. Raises Inconclusive when there is none to be had."""
        person = self.known(part)
        if person.password is None:
            raise Inconclusive(f"the target names no password for {person.name}, whose session must survive")
        session = self._browser.sign_in(person.login, person.password, "desk", person.totp)
        if session is None:
            raise Inconclusive(f"{person.name}, whose session must survive, cannot sign in")
        for value in session.cookies.values():
            scene.journal.secrets.learn(value)
        return session

    # requests

    def acting_as(self, worker_id: str) -> SailPointClient:
        """SailPoint as one of the cast uses it. Raises Inconclusive when the target has no credential for them."""
        if worker_id not in self._people:
            raise Inconclusive(f"target {self.target.name!r} has no SailPoint credential for {worker_id}")
        return self._people[worker_id]

    def request(self, scene: Scene, case: Case, item: str, reason: str) -> None:
        """The person's request is submitted; its answer time is marked `requested`."""
        client = self.observer.sailpoint
        kind, id = client.requestable_id(item)
        require(case.identity_id is not None, f"{case.name} has no identity to request for")
        before = self.clock.now()
        client.request_access(str(case.identity_id), kind, id, reason, None)
        case.marks["requested"] = (before, self.clock.now())
        scene.note("sailpoint", f"{item} requested", case, before)

    def request_row(self, case: Case, item: str) -> dict[str, object] | None:
        """The newest status row of a requested item."""
        rows = self.observer.sailpoint.request_status(str(case.identity_id))
        named = [row for row in rows if item in (row.get("name"), (row.get("requestedObject") or {}).get("name"))]
        return max(named, key=lambda row: str(row["created"]), default=None)

    def approval_for(self, approver: str, case: Case) -> dict[str, object] | None:
        """The approval about the person that waits for an approver."""
        rows = self.acting_as(approver).pending_approvals()
        return next((row for row in rows if (row.get("requestedFor") or {}).get("id") == case.identity_id), None)

    def decide(self, scene: Scene, case: Case, approver: str, decision: str, comment: str) -> None:
        """An approver decides; the answer time is marked `decided`. Raises Unmet when nothing waits for them."""
        approval = self.approval_for(approver, case)
        require(approval is not None, f"no approval about {case.name} waits for {approver}, who should decide")
        assert approval is not None
        before = self.clock.now()
        self.acting_as(approver).decide(str(approval["id"]), decision, comment)
        case.marks["decided"] = (before, self.clock.now())
        scene.note("sailpoint", f"{decision}: {comment}", case, before)

    # time

    def pass_cycle(self) -> None:
        """Let one whole further processing cycle of SailPoint go by, its spread included."""
        rules = self.policy.company
        following = next_wall_time(self.clock.now(), self.target.time_zone, tuple(rules.processing_hours))
        self.clock.sleep(following - self.clock.latest + parse_duration(rules.processing_spread))
