"""What stays shut after an end, around the last minute, and what a hold keeps."""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.checks import Inconclusive, compare_sets, require
from harness.clients.browser import Session
from harness.ending import EndingChecks, Probe
from harness.journal import stamp
from harness.scene import Case, Scene
from harness.sla import words
from harness.times import midnight, parse_instant
from harness.watch import watch

_LOOP_STEP = timedelta(seconds=3)


class Endings(EndingChecks):
    """The death of sessions, and everything before and after it."""

    def shut_for_good(self, scene: Scene, case: Case) -> None:
        """No new sign-in, no session revived, and the leaver holds no governed group and no app; a cycle later too."""
        for moment in ("after the end", "after a further processing cycle"):
            self._shut_now(scene, case, moment)
            if moment == "after the end":
                self.company.pass_cycle()
        scene.note("harness", "a further processing cycle changed nothing", case)

    def _shut_now(self, scene: Scene, case: Case, moment: str) -> None:
        # Groups are taken away one by one after the disable; the promise on Tier 2 bounds how long that may last.
        watch(lambda: self._nothing_held(case), scene.sla("T6-tier2").limit, self.clock)
        governed = sorted(g for g in self.observer.groups(case) if self.policy.governed(g))
        when = f"{moment} ({self.moment})"
        require(not governed, f"{case.name} still holds {', '.join(governed)} {when}")
        apps = sorted(self.observer.assigned_apps(case))
        require(not apps, f"{case.name} is still assigned {', '.join(apps)} {when}")
        require(self.company.sign_in(scene, case) is None, f"{case.name} can sign in {when}")
        revived = [s.device for s in case.sessions if self.company.session_alive(s)]
        require(not revived, f"{case.name}'s session on the {', '.join(revived)} is served {when}")
        status = self.observer.status(case)
        require(
            status == self.policy.termination.okta_status,
            f"{case.name} is {status} in Okta {when}, the design says {self.policy.termination.okta_status}",
        )
        scene.saw(f"shut {moment}", {"status": status, "groups": governed, "apps": apps}, case,
                  self.observer.okta_read)  # fmt: skip

    def retained(self, scene: Scene, case: Case, labels: list[str]) -> None:
        """In each application the account is kept, inactive, and was written by its own engine only."""
        for label in labels:
            found = self.observer.account(case, label)
            require(
                len(found) == 1, f"{case.name} has {len(found)} accounts in {label} after the end; one must be kept"
            )
            require(not found[0].get("active"), f"{case.name}'s account in {label} is active after the end")
            self.access.written_by_engine(scene, case, label, found[0]["id"])

    def _nothing_held(self, case: Case) -> bool:
        held = any(self.policy.governed(group) for group in self.observer.groups(case))
        return not held and not self.observer.assigned_apps(case)

    # the last day

    def wait_for_last_day(self, scene: Scene, case: Case, minutes: int) -> None:
        """Let time pass until `minutes` before the last day ends where the person works; marks `effective`."""
        person = case.person
        if person.end_date is None:
            raise Inconclusive(f"HR knows no last day of {case.name}")
        ends = midnight(person.end_date + timedelta(days=1), person.time_zone)
        case.marks["effective"] = (ends, ends)
        self.clock.sleep(ends - timedelta(minutes=minutes) - self.clock.now())

    def last_minute(self, scene: Scene, case: Case) -> None:
        """Look at every door in the last minute of the day, then let the day end."""
        ends = case.marks["effective"][0]
        self.clock.sleep(ends - timedelta(seconds=50) - self.clock.now())
        expected = self.policy.expected(case.person, case.granted)
        seen = {probe.name: probe.alive() for probe in self.credentials(case)}
        scene.notes["last minute"] = (stamp(self.clock.now()), seen, self.access.differs(case, expected))
        if self.clock.latest >= ends:
            raise Inconclusive("the last minute was over before everything was looked at")
        scene.note("harness", "looked at every door in the last minute", case)
        self.clock.sleep(ends - self.clock.now())
        scene.note("hr", "the last day is over", case, ends)

    def kept_until_the_end(self, scene: Scene, case: Case) -> None:
        """Nothing ended early."""
        when, seen, difference = scene.notes["last minute"]
        lost = sorted(name for name, alive in seen.items() if not alive)
        require(not lost, f"{case.name} lost {', '.join(lost)} before the last day was over (seen {when})")
        require(difference is None, f"before the last day was over {difference} (seen {when})")
        scene.saw("kept until the last minute", sorted(seen), case, self.observer.okta_read)

    # signing in again and again

    def sign_in_loop(self, scene: Scene, case: Case) -> None:
        """The person signs in every few seconds until refused for good; successes and refusals are kept."""
        opened: list[tuple[datetime, Session]] = []
        refused: list[datetime] = []
        doors = self.credentials(case)
        begun = self.clock.now()
        limit = scene.sla("T6-tier1").limit
        while self.clock.latest - begun <= limit:
            self.look(doors)
            sent = self.clock.now()
            session = self.company.sign_in(scene, case, f"loop {len(opened) + 1}")
            if session is None:
                refused.append(self.clock.latest)
            else:
                opened.append((sent, session))
                refused.clear()
            # A refusal that lasts twice the settle of a connector call is for good; the end is looked at again later.
            if refused and self.clock.latest - refused[0] > timedelta(minutes=2):
                break
            self.clock.sleep(_LOOP_STEP if not refused else 4 * _LOOP_STEP)
        scene.notes["loop"] = (opened, refused, doors)
        last = stamp(opened[-1][0]) if opened else "never"
        first = stamp(refused[0]) if refused else "never"
        scene.saw("sign-in loop", {"opened": len(opened), "last success": last, "first refusal": first}, case,
                  self.observer.okta_read)  # fmt: skip
        scene.note("okta", f"last of {len(opened)} sign-ins in the loop", case, opened[-1][0] if opened else begun)

    def no_relogin_window(self, scene: Scene, case: Case) -> None:
        """No session was opened after the first disable, and none of the loop's lives after the revocation."""
        opened, refused, doors = scene.notes["loop"]
        require(bool(refused), f"{case.name} was never refused a sign-in within {words(scene.sla('T6-tier1').limit)}")
        case.sessions.extend(session for _, session in opened)
        late_doors = [self._loop_door(at, session) for at, session in opened]
        self.probe([*doors, *late_doors], scene.sla("T5").limit)
        orders = self.disable_orders(case)
        require(bool(orders), f"SailPoint issued no disable for {case.name}'s Okta account")
        disabled = self._disabled_at(scene, case)
        late = [at for at, _ in opened if disabled is not None and at > disabled]
        require(not late, f"{case.name} opened a session at {[stamp(a) for a in late]}, after the disable")
        start = parse_instant(orders[0]["created"])
        # When the loop's own sessions died was not watched one by one; that they are dead is what counts here.
        living = [probe for probe in late_doors if probe.hi is None]
        self._unit(scene, case, [*doors, *living], start, case.marks["effective"][0])
        alive = [probe.name for probe in (*doors, *living) if probe.hi is None]
        cleared = [r["published"] for r in self.access.events_about(scene, case, "user.session.clear")]
        require(
            not alive,
            f"{case.name} signed in between the revocation ({', '.join(cleared) or 'none logged'}) and the disable "
            f"({stamp(disabled) if disabled else 'none logged'}), and {', '.join(alive)} still works at {self.moment}",
        )
        last = max(doors, key=lambda p: p.hi or p.lo)
        cause = f"{case.name}: {last.name} died too late"
        scene.judge("T5", last.window.since(start), case, start, cause)

    def _loop_door(self, opened: datetime, session: Session) -> Probe:
        return Probe(f"the session on the {session.device}", lambda: self.company.session_alive(session), opened)

    def _disabled_at(self, scene: Scene, case: Case) -> datetime | None:
        events = self.access.events_about(scene, case, "user.lifecycle.deactivate")
        return parse_instant(events[0]["published"]) if events else None

    def access_token_inactive(self, scene: Scene, case: Case) -> None:
        """Introspection no longer calls the last access token active."""
        active = self.company.access_token_active(case)
        require(not active, f"introspection still calls {case.name}'s access token active at {self.moment}")
        scene.saw("access token introspects inactive", True, case, self.observer.okta_read)


class Holds:
    """What a security hold ends and what it keeps."""

    def __init__(self, endings: Endings) -> None:
        self._endings = endings
        self.company, self.observer, self.policy = endings.company, endings.observer, endings.policy
        self.clock = endings.clock

    def suspended(self, scene: Scene, case: Case) -> None:
        """Suspended, sets kept, sign-in refused, every session dead within T5 of the hold's arrival."""
        wanted = self.policy.hold.okta_status
        arrived = case.marks["hr"]
        status = self._endings.status_probe(case, wanted)
        doors: list[Probe] = self._endings.credentials(case)
        self._endings.probe([status, *doors], scene.sla("T5").limit + scene.sla("T5").settle)
        seen = self.observer.status(case)
        require(status.hi is not None, f"{case.name} is {seen} in Okta under a hold, the design says {wanted}")
        alive = [probe.name for probe in doors if probe.hi is None]
        require(not alive, f"{case.name} is on hold and {', '.join(alive)} still works at {self._endings.moment}")
        require(self.company.sign_in(scene, case) is None, f"{case.name} is on hold and can sign in")
        expected = self.policy.expected(case.person, case.granted)
        groups = compare_sets(case.name, "Okta groups", expected.groups, self.observer.groups(case))
        require(groups is None, f"on hold, {groups}")
        apps = compare_sets(case.name, "assigned applications", expected.apps, self.observer.assigned_apps(case))
        require(apps is None, f"on hold, {apps}")
        last = max(doors, key=lambda p: p.hi or p.lo)
        scene.saw("on hold", {"status": seen, "groups": sorted(expected.groups)}, case, self.observer.okta_read)
        scene.note("okta", f"{wanted}, every session dead", case, last.hi)
        # A hold has no disable of its own in SailPoint; the clock starts at the latest where it can: HR's arrival.
        scene.judge("T5", last.window.since(*arrived), case, arrived[0], f"{case.name}: {last.name} died too late")

    def restored(self, scene: Scene, case: Case) -> None:
        """Sign-in works again, the sets are those from before, and every old session stays dead."""
        expected = self.policy.expected(case.person, case.granted)
        active = Probe("Okta status ACTIVE", lambda: self.observer.status(case) != "ACTIVE", self.clock.now())
        self._endings.probe([active], scene.sla("T9").limit)
        seen = self.observer.status(case)
        require(active.hi is not None, f"{case.name}'s hold was lifted and the Okta status is {seen}")
        old = [s.device for s in case.sessions if self.company.session_alive(s)]
        require(not old, f"{case.name}'s old session on the {', '.join(old)} is served again")
        self._endings.access.exact_now(scene, case, expected, "access after the hold")
        case.sessions.clear()
        session = self.company.sign_in(scene, case, "laptop")
        require(session is not None, f"{case.name}'s hold was lifted and sign-in is refused")
        if session is not None:
            case.sessions.append(session)
        scene.note("okta", "can sign in again, old sessions stay dead", case)
