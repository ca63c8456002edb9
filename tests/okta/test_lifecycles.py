"""Random lives: whatever is done to people, groups and an application, in any order, the same few promises hold.

The expectations are the vendor's own tables, written down here a second time: user states and what each operation makes
of them (https://help.okta.com/en-us/content/topics/users-groups-profiles/usgp-end-user-states.htm), and assignments.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.okta.conftest import SECRET, Driver

STAGED, PROVISIONED, ACTIVE, RECOVERY = "STAGED", "PROVISIONED", "ACTIVE", "RECOVERY"
EXPIRED, SUSPENDED, GONE = "PASSWORD_EXPIRED", "SUSPENDED", "DEPROVISIONED"
# operation: from status to status, the event it leaves, and how it is refused everywhere else
TABLE: dict[str, tuple[dict[str, str], str, tuple[int, str]]] = {
    "activate": ({STAGED: "", GONE: PROVISIONED}, "user.lifecycle.activate", (403, "E0000016")),
    "reactivate": ({PROVISIONED: PROVISIONED, RECOVERY: RECOVERY}, "user.lifecycle.reactivate", (403, "E0000038")),
    "suspend": (
        {ACTIVE: SUSPENDED, PROVISIONED: SUSPENDED, EXPIRED: SUSPENDED},
        "user.lifecycle.suspend",
        (400, "E0000001"),
    ),
    "unsuspend": ({SUSPENDED: ""}, "user.lifecycle.unsuspend", (400, "E0000001")),
    "unlock": ({}, "user.account.unlock_by_admin", (403, "E0000032")),
    "reset_password": (
        dict.fromkeys((PROVISIONED, ACTIVE, RECOVERY, EXPIRED), RECOVERY),
        "user.account.reset_password",
        (403, "E0000017"),
    ),
    "expire_password": ({ACTIVE: EXPIRED, EXPIRED: EXPIRED}, "user.account.expire_password", (403, "E0000038")),
    "deactivate": (
        dict.fromkeys((STAGED, PROVISIONED, ACTIVE, RECOVERY, EXPIRED, SUSPENDED), GONE),
        "user.lifecycle.deactivate",
        (404, "E0000007"),
    ),
}
QUERY = {"activate": "?sendEmail=false", "reactivate": "?sendEmail=false", "reset_password": "?sendEmail=false"}


@dataclass
class Person:
    """What the test believes about somebody."""

    id: str
    login: str
    status: str
    password: bool
    before: str = ""
    own: bool = False
    cookies: dict[str, str] | None = None
    ended: list[dict[str, str]] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)


class Lives(RuleBasedStateMachine):
    """An org in which things happen to people."""

    def __init__(self) -> None:
        super().__init__()
        self.okta = Driver("empty", [], {})
        self.people: list[Person] = []
        self.hired = 0
        self.groups = [self.okta.new_group(name) for name in ("Sales", "Finance")]
        self.granting: set[str] = set()
        self.app = self.okta.new_client()[0]

    def teardown(self) -> None:
        self.okta.close()

    def one(self, number: int) -> Person:
        return self.people[number % len(self.people)]

    def end(self, person: Person) -> None:
        """The session of somebody gone or suspended is over for good."""
        if person.cookies and person.status in (GONE, SUSPENDED):
            person.ended.append(person.cookies)
            person.cookies = None

    @initialize(members=st.sets(st.integers(0, 1), min_size=1), signed_in=st.integers(0, 2))
    def begin(self, members: set[int], signed_in: int) -> None:
        """Two people at work, so that a short life has something to lose."""
        self.grant(0, grants=True)
        for number in range(2):
            self.hire(activate=True, password=True)
            if number in members:
                self.regroup(number, 0, joins=True)
            if number < signed_in:
                self.sign_in(number)
        self.okta.advance(60)

    @rule(activate=st.booleans(), password=st.booleans())
    def hire(self, activate: bool, password: bool) -> None:
        self.hired += 1
        name = f"person{self.hired}"
        query = f"?activate={str(activate).lower()}"
        id = self.okta.new_user(name, query, SECRET if password else None)
        status = STAGED if not activate else ACTIVE if password else PROVISIONED
        person = Person(id, f"{name}@example.com", status, password)
        person.events["user.lifecycle.create"] += 1
        person.events["user.lifecycle.activate"] += activate
        self.people.append(person)

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 9), operation=st.sampled_from(sorted(TABLE)))
    def operate(self, number: int, operation: str) -> None:
        self.change(self.one(number), operation)

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 9), choice=st.integers(0, 9))
    def move(self, number: int, choice: int) -> None:
        """One of the operations that somebody's status allows: most others are refused."""
        person = self.one(number)
        allowed = [operation for operation, row in sorted(TABLE.items()) if person.status in row[0]]
        self.change(person, allowed[choice % len(allowed)])

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 9))
    def leave_and_come_back(self, number: int) -> None:
        """Deactivated and activated again: a new start, with nothing of the old one but the id."""
        person = self.one(number)
        if person.status != GONE:
            self.change(person, "deactivate")
        self.change(person, "activate")

    def change(self, person: Person, operation: str) -> None:
        moves, event, refusal = TABLE[operation]
        path = f"/api/v1/users/{person.id}/lifecycle/{operation}{QUERY.get(operation, '')}"
        answer = self.okta.post(path)
        if person.status not in moves:
            assert (answer.status_code, answer.json()["errorCode"]) == refusal, (operation, person.status)
            return
        assert answer.status_code == 200, (operation, person.status, answer.text)
        person.events[event] += 1
        after = moves[person.status]
        if operation == "activate" and person.status == STAGED:
            after = ACTIVE if person.password else PROVISIONED
        elif operation == "unsuspend":
            after = person.before
        elif operation == "suspend":
            person.before = person.status
        elif operation == "deactivate":
            person.password, person.own = False, False
        person.status = after
        self.end(person)

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 9))
    def remove(self, number: int) -> None:
        person = self.one(number)
        assert self.okta.delete(f"/api/v1/users/{person.id}").status_code == 204
        if person.status == GONE:
            self.people.remove(person)
            assert self.okta.get(f"/api/v1/users/{person.id}").status_code == 404
            assert not any(map(self.okta.is_signed_in, person.ended))
            return
        person.events["user.lifecycle.deactivate"] += 1
        person.status, person.password, person.own = GONE, False, False
        self.end(person)

    @precondition(lambda self: any(p.status == ACTIVE and p.password for p in self.people))
    @rule(number=st.integers(0, 9))
    def sign_in(self, number: int) -> None:
        able = [person for person in self.people if person.status == ACTIVE and person.password]
        person = able[number % len(able)]
        person.cookies = self.okta.session(person.login)
        assert self.okta.is_signed_in(person.cookies)

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 9), group=st.integers(0, 1), joins=st.booleans())
    def regroup(self, number: int, group: int, joins: bool) -> None:
        person, id = self.one(number), self.groups[group]
        if person.status == SUSPENDED:
            return
        answer = self.okta.ask("PUT" if joins else "DELETE", f"/api/v1/groups/{id}/users/{person.id}")
        assert answer.status_code == 204
        (person.groups.add if joins else person.groups.discard)(id)

    @rule(group=st.integers(0, 1), grants=st.booleans())
    def grant(self, group: int, grants: bool) -> None:
        if any(person.status == SUSPENDED for person in self.people):
            return
        id = self.groups[group]
        path = f"/api/v1/apps/{self.app}/groups/{id}"
        if grants:
            assert self.okta.put(path, {}).status_code == 200
            self.granting.add(id)
        elif id in self.granting:
            assert self.okta.delete(path).status_code == 204
            self.granting.remove(id)

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 9))
    def assign(self, number: int) -> None:
        person = self.one(number)
        if person.status in (SUSPENDED, STAGED):
            return
        answer = self.okta.post(f"/api/v1/apps/{self.app}/users", {"id": person.id, "scope": "USER"})
        if person.status == GONE:
            assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000117")
            return
        assert answer.status_code == 200, answer.text
        person.own = True

    @rule(seconds=st.sampled_from([1, 60, 3600, 8000]))
    def wait(self, seconds: int) -> None:
        self.okta.advance(seconds)

    @invariant()
    def statuses_are_those_of_the_table(self) -> None:
        self.okta.advance(1)
        for person in self.people:
            assert self.okta.status(person.id) == person.status

    @invariant()
    def an_ended_session_never_comes_back(self) -> None:
        for person in self.people:
            for cookies in person.ended:
                assert not self.okta.is_signed_in(cookies), person.status

    @invariant()
    def the_application_is_held_exactly_by_whom_it_is_given(self) -> None:
        wanted = {
            person.id: "USER" if person.own else "GROUP"
            for person in self.people
            if person.own or (person.groups & self.granting and person.status != GONE)
        }
        rows = self.okta.get(f"/api/v1/apps/{self.app}/users?limit=200").json()
        assert {row["id"]: row["scope"] for row in rows} == wanted

    @invariant()
    def every_change_has_its_record(self) -> None:
        told: dict[str, Counter[str]] = {person.id: Counter() for person in self.people}
        known = {event for _, event, _ in TABLE.values()} | {"user.lifecycle.create"}
        for record in self.okta.events(since="2026-03-01T00:00:00Z"):
            if record["eventType"] in known and record["outcome"]["result"] == "SUCCESS":
                for target in record["target"] or ():
                    if target["id"] in told:
                        told[target["id"]][record["eventType"]] += 1
        for person in self.people:
            assert told[person.id] == +person.events


LIVES = settings(
    max_examples=20,
    stateful_step_count=16,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_random_lives() -> None:
    """Statuses, sessions, assignments and records agree with the tables after every step."""
    run_state_machine_as_test(Lives, settings=LIVES)


@pytest.mark.soak
def test_many_random_lives() -> None:
    """The same, for longer and never the same twice."""
    run_state_machine_as_test(
        Lives, settings=settings(LIVES, max_examples=300, stateful_step_count=40, derandomize=False)
    )
