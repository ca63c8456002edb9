"""Judging the people of an HR feed: each row's hire, move or end, on dates and in zones that nobody chose."""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.checks import Inconclusive, require
from harness.feed import Feed, ends_at_once
from harness.personas import Person
from harness.rehearsal import Rehearsal
from harness.scene import Case
from harness.sla import words
from harness.times import midnight
from harness.watch import watch

# How far ahead a date is rehearsed. Beyond it the row is inconclusive, with that as its cause.
FARTHEST = timedelta(days=400)
_TO_THE_FIRST_DAY = timedelta(days=60)
_WHO = "who"


class FeedChecks:
    """Brings one row about and judges it by the policy."""

    def __init__(self, rehearsal: Rehearsal, feed: Feed) -> None:
        self._r, self._feed = rehearsal, feed
        self._scene, self._company, self._clock = rehearsal.scene, rehearsal.company, rehearsal.clock

    def nobody_knows(self, line: int) -> None:
        """The precondition of a hire."""
        case = self._adopt(self._feed.history(line)[-1].person)
        self._r.access.remember_bystanders(self._scene, case)
        self._r.access.nobody_knows(self._scene, case)

    def stands_as_before(self, line: int) -> None:
        """The person's earlier rows have taken effect and the tenant has settled on them."""
        *earlier, row = self._feed.history(line)
        past = [r.person for r in earlier] or [row.person.changed(end_date=None, end_reason="")]
        case = self._adopt(past[0])
        self._r.access.remember_bystanders(self._scene, case)
        self._r.access.nobody_knows(self._scene, case)
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
            self._company.settle_active(self._scene, case)
        self._r.moving_from(case)

    def takes_effect(self, line: int) -> None:
        """The row arrives on its date; before an end that acts at once, sessions are opened."""
        person = self._feed.history(line)[-1].person
        case = self._r.case(_WHO)
        self._wait_until(self._starts(person), "the row counts")
        ends = person.end_date is not None and case.person.end_date != person.end_date
        at_once = ends and ends_at_once(person, self._clock.now())
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
            expected = r.policy.expected_before_start(case.person)
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
        r.access.bystanders_unchanged(self._scene)

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
        r.access.bystanders_unchanged(self._scene)

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
            self._reachable(ends, "the last day ends")
            r.endings.wait_for_last_day(self._scene, case, 30)
            self._open_doors(case)
            r.endings.last_minute(self._scene, case)
            r.endings.kept_until_the_end(self._scene, case)
        r.endings.dies(self._scene, case, "T6")
        r.endings.shut_for_good(self._scene, case)
        r.access.bystanders_unchanged(self._scene)

    def _rescinded(self, case: Case) -> None:
        """A hire that never began leaves no usable user and no access."""
        wanted = self._r.policy.termination.okta_status
        limit = self._scene.sla("T9").limit
        window = watch(lambda: self._company.observer.status(case) in (wanted, None), limit, self._clock)
        seen = self._company.observer.status(case)
        require(window.hi is not None, f"{case.name}'s hire was rescinded and the Okta user is {seen}")
        self._r.endings.shut_for_good(self._scene, case)

    def _adopt(self, person: Person) -> Case:
        return self._company.adopt(self._scene, _WHO, person)

    def _open_doors(self, case: Case) -> None:
        for device in ("laptop", "phone"):
            self._company.open_session(self._scene, case, device)

    @staticmethod
    def _starts(person: Person) -> datetime | None:
        day = person.effective_date
        return None if day is None else midnight(day, person.time_zone)

    def _wait_until(self, instant: datetime | None, what: str) -> None:
        if instant is not None and instant > self._clock.now():
            self._reachable(instant, what)
            self._clock.sleep(instant - self._clock.latest + timedelta(seconds=1))

    def _reachable(self, instant: datetime, what: str) -> None:
        ahead = instant - self._clock.latest
        if ahead > FARTHEST:
            raise Inconclusive(f"{what} only in {words(ahead)}; a rehearsal goes {FARTHEST.days} days ahead at most")
