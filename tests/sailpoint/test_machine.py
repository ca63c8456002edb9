"""Whatever comes: access has its reason, processing comes to rest, nothing is lost, all leaves a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from simulators.sailpoint.app import areas
from simulators.sailpoint.tenant.closing import Closing
from simulators.sailpoint.tenant.journal import Journal
from simulators.sailpoint.tenant.provisioning import Provisioning
from tests.sailpoint.life import Life
from tests.sailpoint.reasons import ITEMS, OF_DEPARTMENT, OF_REGION

NUMBERS = st.integers(0, 9)
# Whether campaigns are served.
CERTIFIED = any(route.path == "/campaigns/v1" for area in areas() for route in area.routes)
KINDS = st.sampled_from(["employee", "employee", "contractor"])


class Machine(RuleBasedStateMachine):
    """What may happen next. `company` is set by the test."""

    company: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(self.company.fresh())

    def _one(self, number: int, **wanted: bool) -> str:
        """Somebody of whom that holds, by number; nobody where there is none."""
        fit = [id for id, person in self.life.people.items() if all(getattr(person, n) is v for n, v in wanted.items())]
        return fit[number % len(fit)] if fit else ""

    @rule(kind=KINDS, department=st.sampled_from(sorted(OF_DEPARTMENT)), place=st.sampled_from(sorted(OF_REGION)))
    def hire(self, kind: str, department: str, place: str) -> None:
        """Somebody begins."""
        self.life.hire(kind, department, place)
        self.life.company.wait("PT30M")

    @precondition(lambda self: self.life.people)
    @rule(number=NUMBERS, department=st.sampled_from(sorted(OF_DEPARTMENT)))
    def move(self, number: int, department: str) -> None:
        """Somebody changes departments; the manager stays, as HR is often late with that."""
        if id := self._one(number, works=True):
            self.life.change(id, department=department)

    @precondition(lambda self: self.life.people)
    @rule(number=NUMBERS, reason=st.sampled_from(["voluntary", "involuntary"]))
    def leave(self, number: int, reason: str) -> None:
        """Somebody's employment ended yesterday."""
        if id := self._one(number, works=True):
            self.life.change(id, end_date=self.life.people[id].row["hire_date"], end_reason=reason)

    @precondition(lambda self: self.life.people)
    @rule(number=NUMBERS)
    def rehire(self, number: int) -> None:
        """Somebody who left comes back."""
        if id := self._one(number, works=False, here=True):
            self.life.settle()
            self.life.change(id, hire_date=self.life.today(), end_date="", end_reason="")
            self.life.company.wait("P1D")

    @precondition(lambda self: self.life.people)
    @rule(number=NUMBERS)
    def vanish(self, number: int) -> None:
        """A row is missing from the next file."""
        if id := self._one(number, works=True):
            self.life.settle()
            self.life.vanish(id)

    @precondition(lambda self: self.life.people)
    @rule(number=NUMBERS)
    def convert(self, number: int) -> None:
        """Employee to contractor, or back."""
        if id := self._one(number, works=True):
            self.life.convert(id)

    @precondition(lambda self: self.life.people)
    @rule(number=NUMBERS, item=st.sampled_from(sorted(ITEMS)))
    def ask(self, number: int, item: str) -> None:
        """Somebody asks for something."""
        if id := self._one(number, works=True):
            self.life.settle()
            self.life.ask(id, item)

    @precondition(lambda self: self.life.people)
    @rule(number=NUMBERS)
    def give_back(self, number: int) -> None:
        """Something requested is revoked."""
        holders = [id for id, person in self.life.people.items() if person.works and person.granted]
        if holders:
            self.life.settle()
            id = holders[number % len(holders)]
            self.life.ask(id, min(self.life.people[id].granted), "REVOKE_ACCESS")

    @rule(verdict=st.sampled_from(["approve", "approve", "reject"]))
    def decide(self, verdict: str) -> None:
        """Whoever is asked decides."""
        self.life.decide(verdict)

    @precondition(lambda self: CERTIFIED and self.life.people)
    @rule(number=NUMBERS)
    def certify(self, number: int) -> None:
        """Somebody's access is reviewed, and what was requested is taken away."""
        if id := self._one(number, works=True):
            self.life.settle()
            self.life.certify(id)

    @rule(time=st.sampled_from(["PT1M", "PT1H", "P1D"]))
    def wait(self, time: str) -> None:
        """Time passes."""
        self.life.company.wait(time)

    @rule()
    def look(self) -> None:
        """What always holds is looked at."""
        self.life.holds()

    def teardown(self) -> None:
        """And once more at the end."""
        self.life.holds()


def _lived(company: Any, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        type("Lived", (Machine,), {"company": company}),
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_a_short_life(company: Any) -> None:
    """A few people, a few steps each."""
    _lived(company, 4, 8)


@pytest.mark.soak
def test_a_long_life(company: Any) -> None:
    """More people, more steps, more chances."""
    _lived(company, 40, 25)


def _unbroken(life: Life) -> None:
    id = life.hire("employee", "Sales", "NYC")
    life.settle()
    life.ask(id, "AP-Atlas-Editor")
    life.settle()
    life.change(id, department="Support")
    life.holds()


def test_the_plain_life_holds(company: Any) -> None:
    """Hire, request and move as they should be; what is broken below is this."""
    _unbroken(Life(company))


@pytest.mark.skipif(not CERTIFIED, reason="campaigns are not served yet")
def test_what_a_review_takes_is_gone(company: Any) -> None:
    """Requested access that a reviewer revokes goes, and does not come back."""
    life = Life(company)
    id = life.hire("employee", "Sales", "NYC")
    life.settle()
    life.ask(id, "AP-Atlas-Editor")
    life.settle()
    assert "SP-APP-Atlas-Editor" in life.held(life.people[id])
    life.certify(id)
    life.holds()
    assert "SP-APP-Atlas-Editor" not in life.held(life.people[id])


def _nothing_withdrawn(patch: pytest.MonkeyPatch) -> None:
    real = Provisioning.wanted
    patch.setattr(Provisioning, "wanted", lambda self, one: tuple(sorted({*real(self, one), *one.given})))


def _never_at_rest(patch: pytest.MonkeyPatch) -> None:
    real, planned = Provisioning.steps, []

    def steps(self: Provisioning, *given: Any, **named: Any) -> Any:
        found = real(self, *given, **named)
        planned.extend(found[-1:])
        return found or planned[-1:]

    patch.setattr(Provisioning, "steps", steps)


def _never_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Closing, "later", lambda self, activity_id: None)


def _no_trail(patch: pytest.MonkeyPatch) -> None:
    real = Journal.write

    def write(self: Journal, *given: Any, **named: Any) -> Any:
        return real(self, *given, **{**named, "tracking": ""})

    patch.setattr(Journal, "write", write)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (_nothing_withdrawn, "has no reason"),
        (_never_at_rest, "is not at rest"),
        (_never_closed, "executionStatus"),
        (_no_trail, "left no event"),
    ],
)
def test_a_broken_engine_is_noticed(
    company: Any, monkeypatch: pytest.MonkeyPatch, broken: Callable[[pytest.MonkeyPatch], None], told: str
) -> None:
    """Access that is never withdrawn, a plan that never ends, an activity that never closes, a trail left out."""
    broken(monkeypatch)
    with pytest.raises(AssertionError) as noticed:
        _unbroken(Life(company))
    assert told in str(noticed.value)
