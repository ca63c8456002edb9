"""Searches answered from indexes against a plain look at everybody, for random records, changes, queries and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.kernel import cow
from simulators.kernel.table import Table
from simulators.kernel.times import iso
from simulators.okta.domain.apps import AppUser
from simulators.okta.domain.groups import Group
from simulators.okta.domain.profile import Profile
from simulators.okta.domain.query import All, Comparison, Either, Not, Query, holds
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant import directory, finding, group_finding
from simulators.okta.tenant.groups import Groups
from simulators.okta.tenant.state import OktaState

_START = datetime(2026, 3, 2, tzinfo=UTC)
_MANY = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_TEXTS = ("", "a", "A", "ab", "Aber", "b", "ba", "none", "5", "5.0", "straße", "STRASSE", "b\na", "true")
_NUMBERS = (0, 1, 5, 5.0, -2.5, 10**20, True, False, float("nan"))
_NAMES = ("login", "email", "firstName", "lastName", "employeeNumber", "department")
_OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le", "sw", "co", "co", "ew", "pr")
_CHANGES = ("put", "put", "put late", "put late", "remove", "index", "save", "restore")


class _Chance:
    """Random records, queries and pages of one kind."""

    def __init__(self, seed: int, fields: tuple[str, ...], dates: tuple[str, ...]) -> None:
        self.random = Random(seed)
        self.pick = self.random.choice
        self.fields, self.dates = fields, dates

    def id(self) -> str:
        return f"{self.random.randrange(41) * 7 % 41:02}"

    def instant(self) -> datetime:
        return _START + timedelta(milliseconds=self.random.randrange(40) * 0.75)

    def value(self) -> Any:
        kind = self.random.random()
        if kind < 0.2:
            return [self.pick((*_TEXTS, *_NUMBERS, None)) for _ in range(self.random.randrange(4))]
        return self.pick(_TEXTS) if kind < 0.6 else self.pick((*_NUMBERS, None))

    def some(self, values: dict[str, Callable[[], Any]]) -> dict[str, Any]:
        return {name: value() for name, value in values.items() if self.random.random() < 0.8}

    def user(self) -> User:
        named = dict.fromkeys(_NAMES, lambda: self.pick(_TEXTS))
        profile = Profile(self.some({**named, "tags": self.value, "level": self.value}))
        status, kind = self.pick((Status.ACTIVE, Status.STAGED)), self.pick(("one", "two"))
        activated = self.pick((None, self.instant()))
        return User(self.id(), status, profile, kind, self.instant(), self.instant(), activated)

    def group(self) -> Group:
        more = tuple(self.some({"tags": self.value, "level": self.value}).items())
        kind, dates = self.pick(("OKTA_GROUP", "BUILT_IN")), [self.instant() for _ in range(3)]
        return Group(self.id(), kind, self.pick(_TEXTS), self.pick((None, *_TEXTS)), *dates, more)

    def query(self, depth: int = 2) -> Query:
        kind = self.random.random()
        if depth and kind < 0.4:
            parts = tuple(self.query(depth - 1) for _ in range(self.pick((2, 2, 3))))
            if kind < 0.1:
                field = self.pick(self.fields)
                ends = [(self.pick(("gt", "ge")), self.pick(_TEXTS)), (self.pick(("lt", "le")), self.pick(_TEXTS))]
                return All(tuple(Comparison(field, operator, text) for operator, text in ends))
            return All(parts) if kind < 0.22 else Either(parts) if kind < 0.37 else Not(parts[0])
        if kind < 0.5:
            return Comparison(
                self.pick(("id", "status", "type")), "eq", self.pick(("ACTIVE", "active", "Built_in", self.id()))
            )
        if kind < 0.53:
            return Comparison(self.pick(self.fields), "eq", None)
        if kind < 0.65:
            wanted = self.pick((self.instant(), self.instant(), self.instant(), 5, None))
            return Comparison(self.pick(self.dates), self.pick(_OPERATORS), wanted)
        wanted = self.pick((*_TEXTS, *_TEXTS, *_NUMBERS[:-1], None))
        return Comparison(self.pick(self.fields), self.pick(_OPERATORS), wanted)


class _Scene:
    """Records, what `search` shows of the latest, and the saved states to go back to."""

    def __init__(self, table: str, late: str) -> None:
        self.state = OktaState(SimpleNamespace(fork=lambda: None))  # type: ignore[arg-type]
        self.saved = [self.state.fork()]
        self._table, self._late = table, late

    @property
    def rows(self) -> Table[Any]:
        return getattr(self.state, self._table)  # type: ignore[no-any-return]

    @property
    def late(self) -> dict[str, tuple[Any, int]]:
        return getattr(self.state, self._late)  # type: ignore[no-any-return]

    def change(self, kind: str, row: Any) -> None:
        """One change, as the org would make it."""
        if kind == "put late" and row.id not in self.late:
            self.late[row.id] = (self.rows.get(row.id), 1)
        if kind.startswith("put"):
            self.rows.put(row)
        elif kind == "remove":
            self.rows.remove(row.id)
        elif kind == "index":
            self.late.clear()
        elif kind == "save":
            self.saved.append(self.state.fork())
        else:
            self.state = self.saved[-1].fork()

    def shown(self, read: Any, query: Query) -> Iterator[Any]:
        """What `search` finds when it looks at everything, in order of creation."""
        for row in self.rows.rows():
            seen = self.late[row.id][0] if row.id in self.late else row
            if seen is not None and holds(query, read(seen), fold=True):
                yield seen

    def ids(self, rows: Iterator[Any] | list[Any], after: str | None, most: int) -> list[str]:
        """A page in order of creation."""
        start = self.rows.number_behind(after)
        return [row.id for row in rows if self.rows.place(row.id)[0] >= start][:most]


def _in_order(rows: list[Any], order: Any, down: bool, after: str | None, most: int) -> list[str]:
    ids = [row.id for row in sorted(rows, key=order, reverse=down)]
    return ids[ids.index(after) + 1 if after in ids else 0 :][:most]


def _page(rows: Iterator[Any], most: int) -> list[str]:
    return [row.id for row in islice(rows, most)]


@pytest.fixture(autouse=True, params=[1, 300])
def _sizes(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """What else takes thousands of records takes a handful; the few of a small estate are looked at one by one."""
    monkeypatch.setattr(cow, "_CHUNK", 4)
    monkeypatch.setattr(finding, "SMALL", request.param)
    monkeypatch.setattr(directory, "SMALL", request.param)
    monkeypatch.setattr(directory, "_MANY", 8)
    monkeypatch.setattr(finding, "_FEW", 2)


_USER_DATES = ("created", "activated", "statusChanged", "lastUpdated")
_USER_FIELDS = ("id", "status", "type.id", *(f"profile.{name}" for name in (*_NAMES, "tags", "level")))


def _compared(chance: _Chance, scene: _Scene, found: Any, read: Any, made: Callable[[], Any], rank: Any) -> None:
    """Whatever is written, saved and restored between: the same pages, by `rank` where an order is asked for."""
    for _ in range(chance.random.randrange(60)):
        scene.rows.put(made())
    for _ in range(30):
        for _ in range(chance.random.randrange(4)):
            scene.change(chance.pick(_CHANGES), made())
        query, by, down = chance.query(), chance.pick(chance.fields + chance.dates), chance.pick((False, True))

        def order(row: Any, by: str = by) -> Any:
            value = read(row)(by)
            return value is None, rank(value), row.id

        after, most = chance.pick((None, chance.id())), chance.random.randrange(1, 50)
        shown = list(scene.shown(read, query))
        assert _page(found.searched(query, after), most) == scene.ids(shown, after, most), query
        assert _page(found.sorted(query, by, down, after), most) == _in_order(shown, order, down, after, most), query
        current = [row for row in scene.rows.rows() if holds(query, read(row), fold=False)]
        assert _page(found.filtered(query, after), most) == scene.ids(current, after, most), query


def _text(value: Any) -> str:
    return iso(value) if isinstance(value, datetime) else str(value or "").casefold()


@_MANY
@given(st.integers(0, 2**32))
def test_users_are_found_as_by_looking_at_all(seed: int) -> None:
    """Indexes change what a search of users costs and nothing else."""
    chance, scene = _Chance(seed, _USER_FIELDS, _USER_DATES), _Scene("users", "unindexed_users")
    found = directory.Directory(scene)  # type: ignore[arg-type]
    _compared(chance, scene, found, directory.reader, chance.user, _text)


_GROUP_DATES = ("created", "lastUpdated", "lastMembershipUpdated")
_GROUP_FIELDS = ("id", "type", "profile.name", "profile.description", "profile.tags", "profile.level")


@_MANY
@given(st.integers(0, 2**32))
def test_groups_are_found_as_by_looking_at_all(seed: int) -> None:
    """As for users."""
    chance, scene = _Chance(seed, _GROUP_FIELDS, _GROUP_DATES), _Scene("groups", "unindexed_groups")
    found = Groups.__new__(Groups)
    found.org = scene  # type: ignore[assignment]
    _compared(chance, scene, found, group_finding.reader, chance.group, group_finding._rank)


@_MANY
@given(st.integers(0, 2**32))
def test_lists_are_as_by_looking_at_all(seed: int) -> None:
    """The living, and the people of an application whose names begin with a text, however many there are."""
    chance, scene = _Chance(seed, _USER_FIELDS, _USER_DATES), _Scene("users", "unindexed_users")
    found = directory.Directory(scene)  # type: ignore[arg-type]
    share = chance.random.random()
    for _ in range(30):
        for _ in range(chance.random.randrange(8)):
            user, kind = chance.user(), chance.pick(("put", "put", "put", "remove", "save", "restore"))
            gone = chance.random.random() < share
            scene.change(kind, replace(user, status=Status.DEPROVISIONED) if gone else user)
            held = scene.state.app_users
            for app in ("one", "two"):
                if user.id not in scene.rows:
                    held.remove(app, user.id)
                elif chance.random.random() < 0.7:
                    times = (_START, _START, _START)
                    name = chance.pick(_TEXTS)
                    held.put(app, user.id, AppUser("x", app, user.id, "USER", "ACTIVE", "DISABLED", name, *times))
        after, most = chance.pick((None, chance.id())), chance.random.randrange(1, 50)
        living = [user for user in scene.rows.rows() if user.status is not Status.DEPROVISIONED]
        assert _page(found.listing(after), most) == scene.ids(living, after, most)
        text = chance.pick(("a", "AB", "b", "str", "z", "5"))

        def begins(user: User, text: str = text) -> bool:
            row = scene.state.app_users.get("one", user.id)
            names = [user.profile.text(name) for name in ("firstName", "lastName", "email")]
            return row is not None and any(name.lower().startswith(text.lower()) for name in (row.user_name, *names))

        ids = sorted(user.id for user in scene.rows.rows() if begins(user) and (after is None or user.id > after))
        assert [row.user_id for row in islice(found.in_app("one", text, after), most)] == ids[:most]
