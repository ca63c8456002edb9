"""Judging the people of an HR feed: each row's hire, move or end, on dates and in zones that nobody chose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from harness.checks import Inconclusive, require
from harness.company import SETUP_LIMIT
from harness.feed import Feed, ends_anew, ends_at_once
from harness.personas import Person
from harness.rehearsal import Rehearsal
from harness.scene import Case
from harness.sla import words
from harness.times import midnight
from harness.watch import settle, watch

# How far ahead a date is rehearsed, since Okta's log reaches 180 days back. Beyond it the row is inconclusive.
FARTHEST = timedelta(days=170)
_TO_THE_FIRST_DAY = timedelta(days=60)
_BEFORE_THE_END = timedelta(minutes=40)
# Longer ones are waited out in strides, so that no single answer of a simulated clock keeps the harness for minutes.
_STRIDE = timedelta(days=7)
_OWN_PLANS = timedelta(days=1)
_WHO = "who"


class FeedChecks:
    """Brings one row about and judges it by the policy."""

    def __init__(self, rehearsal: Rehearsal, feed: Feed) -> None:
        self._r, self._feed = rehearsal, feed
        self._scene, self._company, self._clock = rehearsal.scene, rehearsal.company, rehearsal.clock

    def nobody_knows(self, line: int) -> None:
        """The precondition of a hire."""
        self._newcomer(self._feed.history(line)[-1].person)

    def stands_as_before(self, line: int) -> None:
        """The person's earlier rows have taken effect and the tenant has settled on them."""
        *earlier, row = self._feed.history(line)
        past = [r.person for r in earlier] or [row.person.changed(end_date=None, end_reason="")]
        case = self._newcomer(past[0])
        if row.person.end_reason == "rescinded":
            self._company.record(self._scene, case, past[-1], "hired, to be rescinded")
            self._clock.sleep(timedelta(minutes=10))
            return
        for person in past:
            self._wait_until(self._starts(person), "the row counts")
            self._company.record(self._scene, case, person, "as HR had them before")
            self._wait_until(midnight(person.hire_date, person.time_zone), "the first day comes")
            if ends_at_once(person, self._clock.now()):
                raise Inconclusive(f"an earlier row ended {person.name} already; a rehire is not rehearsed from a feed")
            self._settle(case)
        self._r.moving_from(case)

    def takes_effect(self, line: int) -> None:
        """The row arrives on its date; before an end that acts at once, sessions are opened."""
        person = self._feed.history(line)[-1].person
        case = self._r.case(_WHO)
        self._wait_until(self._starts(person), "the row counts")
        at_once = ends_anew(case.person, person) and ends_at_once(person, self._clock.now())
        if at_once and case.okta_id is not None:
            self._open_doors(case)
        self._company.record(self._scene, case, person, f"line {line} of the feed")
        if at_once:
            case.marks["effective"] = case.marks["hr"]

    def hire(self) -> None:
        """Present on the first day with exactly the birthright set, and shut before it."""
        case, r = self._r.case(_WHO), self._r
        first_day = midnight(case.person.hire_date, case.person.time_zone)
        if first_day > self._clock.now():
            r.access.identity_in_state(self._scene, case, "prehire", "T1")
            before = r.policy.expected_before_start(case.person)
            # Okta evaluates its rules when the user is activated.
            expected = replace(before, groups=before.groups - r.policy.rule_groups.keys())
            r.access.exact_set(self._scene, case, expected, "T2", "pre-hire access")
            r.access.no_access_holds(self._scene, case, "T2")
            if first_day - self._clock.latest > _TO_THE_FIRST_DAY:
                away = words(first_day - self._clock.latest)
                self._scene.saw(f"the first day is {away} away; judged as a pre-hire only", True, case)
                return
            self._wait_until(first_day, "the first day comes")
            self._first_day(case, first_day)
        else:
            r.access.identity_in_state(self._scene, case, "active", "T1")
            r.access.exact_set(self._scene, case, r.expected(case), "T2", "birthright access")
        r.access.profile(self._scene, case)
        r.access.accounts(self._scene, case, r.expected(case))
        r.chains.ordered_and_made(self._scene, case)
        if case.person.end_date is None:
            r.access.second_cycle(self._scene, case, r.expected(case), "birthright access")
        self._bystanders_unchanged()

    def _first_day(self, case: Case, first_day: datetime) -> None:
        expected, sla = self._r.expected(case), self._scene.sla("T9")
        window = watch(lambda: self._r.access.differs(case, expected) is None, sla.limit, self._clock, sla.settle)
        difference = self._r.access.differs(case, expected)
        require(difference is None, f"on the first day {difference}")
        cause = f"{case.name}'s access came too late on the first day"
        self._scene.judge("T9", window.since(first_day), case, first_day, cause)

    def move(self) -> None:
        """New access there, old access gone, the profile as HR has it; later ends are not judged here."""
        case, r = self._r.case(_WHO), self._r
        r.access.moved(self._scene, case, r.moved_from(case), r.expected(case))
        r.access.profile(self._scene, case)
        r.access.second_cycle(self._scene, case, r.expected(case), "access after the move")
        self._bystanders_unchanged()

    def end(self) -> None:
        """Kept to the last minute where the person works, then dead within the promises, for good."""
        case, r = self._r.case(_WHO), self._r
        if case.person.end_reason == "rescinded":
            self._rescinded(case)
            return
        if "effective" not in case.marks:
            person = case.person
            assert person.end_date is not None
            ends = midnight(person.end_date + timedelta(days=1), person.time_zone)
            self._wait_until(ends - _BEFORE_THE_END, "the last day ends")
            r.endings.wait_for_last_day(self._scene, case, 30)
            self._open_doors(case)
            r.endings.last_minute(self._scene, case)
            r.endings.kept_until_the_end(self._scene, case)
        r.endings.dies(self._scene, case, "T6")
        r.endings.shut_for_good(self._scene, case)
        self._bystanders_unchanged()

    def _rescinded(self, case: Case) -> None:
        """A hire that never began leaves no usable user and no access."""
        wanted = self._r.policy.termination.okta_status
        limit = self._scene.sla("T9").limit
        window = watch(lambda: self._company.observer.status(case) in (wanted, None), limit, self._clock)
        seen = self._company.observer.status(case)
        require(window.hi is not None, f"{case.name}'s hire was rescinded and the Okta user is {seen}")
        self._r.endings.shut_for_good(self._scene, case)

    def _newcomer(self, person: Person) -> Case:
        """The row's person, proven unknown; a stranger with the same id is not ours to keep books about."""
        case = self._company.adopt(self._scene, _WHO, person)
        self._remember_bystanders(person)
        try:
            self._r.access.nobody_knows(self._scene, case)
        except Inconclusive:
            self._scene.cases.clear()
            raise
        return case

    def _remember_bystanders(self, person: Person) -> None:
        """The control user, and the manager where the company knows one of that id."""
        known = {other.worker_id for other in self._company.target.people}
        manager = person.manager_id if person.manager_id in known else ""
        self._r.access.remember_bystanders(self._scene, Case(person.changed(manager_id=manager), ""))

    def _bystanders_unchanged(self) -> None:
        """As ever, but over days the plans that others have of their own come true: then the control user counts."""
        if self._clock.latest - self._scene.began > _OWN_PLANS:
            control = self._r.policy.cast.control_user
            self._scene.bystanders = {id: held for id, held in self._scene.bystanders.items() if id == control}
        self._r.access.bystanders_unchanged(self._scene)

    def _settle(self, case: Case) -> None:
        """The birthright set is held, and the profile says what HR says: a change may move no access at all."""
        self._company.settle_active(self._scene, case)
        implied = self._r.policy.attributes_of(case.person)

        def told() -> bool:
            profile = (self._company.observer.user(case) or {}).get("profile", {})
            return all(str(profile.get(attribute, "")) == value for attribute, value in implied.items())

        if not settle(told, SETUP_LIMIT, self._clock):
            raise Inconclusive(f"the start state was not reached: {case.name}'s Okta profile never said what HR says")

    def _open_doors(self, case: Case) -> None:
        case.login = None  # a change of name renews it
        for device in ("laptop", "phone"):
            self._company.open_session(self._scene, case, device)

    @staticmethod
    def _starts(person: Person) -> datetime | None:
        day = person.effective_date
        return None if day is None else midnight(day, person.time_zone)

    def _wait_until(self, instant: datetime | None, what: str) -> None:
        if instant is None:
            return
        ahead = instant - self._clock.now()
        if instant - self._scene.began > FARTHEST:
            raise Inconclusive(f"{what} only in {words(ahead)}; a rehearsal goes {FARTHEST.days} days ahead at most")
        while (ahead := instant - self._clock.latest) > timedelta(0):
            self._clock.sleep(min(ahead + timedelta(seconds=1), _STRIDE))
