"""People across the systems side by side: finding them by index, and one row for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from simulators.control.world import Estate
from simulators.hr.workers import Worker
from simulators.kernel.times import iso
from simulators.okta.domain.users import User
from simulators.sailpoint.domain.records import Identity
from simulators.scim.records import Account, key

Row = dict[str, Any]
_LOOKED_AT = 2_000  # records looked at for one page, however few of them are new
_FOUND_MOST = 200


@dataclass(frozen=True)
class Person:
    """One person's presence in each system; `users` holds the primary Okta user first."""

    worker: Worker | None
    identity: Identity | None
    users: tuple[User, ...]
    accounts: tuple[Account, ...]

    @property
    def key(self) -> str:
        """What the person is looked up by: the worker's id, else that of whatever there is."""
        found = (self.worker and self.worker.worker_id) or (self.identity and self.identity.id)
        return found or (self.users[0].id if self.users else self.accounts[0].id if self.accounts else "")

    @property
    def name(self) -> str:
        """What people call them."""
        if self.worker is not None:
            return f"{self.worker.first_name} {self.worker.last_name}"
        if self.identity is not None:
            return self.identity.name
        return self.users[0].name if self.users else self.accounts[0].user_name if self.accounts else ""

    def names(self, estate: Estate) -> frozenset[str]:
        """Every id and name that a log may know the person by."""
        found = {self.key}
        if self.worker is not None:
            found |= {self.worker.worker_id, self.worker.person_key}
        for user in self.users:
            found |= {user.id, user.login}
        for account in self.accounts:
            found |= {account.id, account.external_id}
        if self.identity is not None:
            found |= {self.identity.id, self.identity.alias}
            found |= {name for a in estate.sailpoint.accounts_of(self.identity.id) for name in (a.native, a.name)}
        return frozenset(name.lower() for name in found if name)


def person(estate: Estate, ref: str) -> Person | None:
    """Whoever a worker id, a SailPoint id, an Okta id or login, or an application's account id names."""
    worker = estate.hr.state.workers.get(ref)
    waiting = next(estate.hr.state.waiting.find("worker", ref), None)
    if worker is None and waiting is not None:
        worker = waiting.worker
    if worker is not None:
        return of_worker(estate, worker)
    if (identity := estate.sailpoint.state.identities.get(ref)) is not None:
        return of_identity(estate, identity)
    if (user := estate.okta.state.users.get(ref) or estate.okta.state.users.first("login", ref.lower())) is not None:
        return of_user(estate, user)
    account = estate.apps.state.accounts.get(ref)
    return None if account is None else of_account(estate, account)


def of_worker(estate: Estate, worker: Worker) -> Person:
    """The person behind HR's row."""
    identities = estate.sailpoint.state.identities
    identity = identities.first("match", f"workerId={worker.worker_id}") or identities.first(
        "match", f"personKey={worker.person_key}"
    )
    return _joined(estate, worker, identity, estate.okta.state.users.find("number", worker.worker_id.casefold()))


def of_identity(estate: Estate, identity: Identity) -> Person:
    """The person behind an identity."""
    worker = estate.hr.state.workers.get(str(identity.attributes.get("workerId") or identity.alias))
    return of_worker(estate, worker) if worker is not None else _joined(estate, None, identity, ())


def of_user(estate: Estate, user: User) -> Person:
    """The person behind an Okta user: by employee number, else by what SailPoint has correlated."""
    worker = estate.hr.state.workers.get(str(user.profile.get("employeeNumber") or ""))
    if worker is not None:
        return of_worker(estate, worker)
    correlated = (a.identity_id for a in estate.sailpoint.state.accounts.find("native", user.id.lower()))
    identity = estate.sailpoint.state.identities.get(next(correlated, ""))
    return of_identity(estate, identity) if identity is not None else _joined(estate, None, None, (user,))


def of_account(estate: Estate, account: Account) -> Person:
    """The person behind an application's account: who its external id or user name names."""
    users, workers = estate.okta.state.users, estate.hr.state.workers
    if (worker := workers.get(account.external_id)) is not None:
        return of_worker(estate, worker)
    user = users.get(account.external_id) or users.first("login", account.user_name.lower())
    return of_user(estate, user) if user is not None else Person(None, None, (), (account,))


def _joined(estate: Estate, worker: Worker | None, identity: Identity | None, users: Iterable[User]) -> Person:
    found = {user.id: user for user in users}
    native: list[str] = []
    if identity is not None:
        for account in estate.sailpoint.accounts_of(identity.id):
            native.append(account.native)
            if (user := estate.okta.state.users.get(account.native)) is not None:
                found.setdefault(user.id, user)
    accounts: dict[str, Account] = {}
    state = estate.apps.state
    outside = [worker.worker_id] if worker is not None else []
    for slug in state.applications:
        for index, names in (
            ("external_id", [*outside, *found]),
            ("user_name", [user.login.lower() for user in found.values()]),
        ):
            for name in names:
                accounts.update((a.id, a) for a in state.accounts.find(index, key(slug, name)))
    accounts.update((a.id, a) for id in native if (a := state.accounts.get(id)) is not None)
    return Person(worker, identity, tuple(found.values()), tuple(accounts.values()))


def row(estate: Estate, who: Person) -> Row:
    """One line of the list."""
    okta, user = estate.okta, who.users[0] if who.users else None
    sessions = sum(1 for one in who.users for _ in okta.sessions.of(one.id))
    tokens = sum(
        1 for one in who.users for t in okta.state.refresh_tokens.find("user", one.id)
        if t.used is None and okta.tokens.refresh_alive(t)
    )  # fmt: skip
    worker, identity = who.worker, who.identity
    return {
        "key": who.key,
        "name": who.name,
        "login": user.login if user else "",
        "hr": None if worker is None else _employment(worker),
        "sailpoint": None if identity is None else {"state": identity.state, "since": iso(identity.state_since)},
        "okta": None if user is None else {"id": user.id, "status": user.status.value, "users": len(who.users)},
        "applications": [
            {"label": estate.apps.state.applications[a.app].label, "user_name": a.user_name, "active": a.active}
            for a in who.accounts
        ],
        "sessions": sessions,
        "tokens": tokens,
    }


def _employment(worker: Worker) -> Row:
    return {
        "worker_id": worker.worker_id, "type": worker.worker_type, "department": worker.department,
        "job_title": worker.job_title, "hire_date": worker.hire_date, "end_date": worker.end_date,
        "end_reason": worker.end_reason,
    }  # fmt: skip


def listed(estate: Estate, query: str, after: str, limit: int) -> Row:
    """A page of everybody, or of those whom a query finds. Raises ValueError for an unknown place to go on from."""
    if query.strip():
        found = list(islice(_found(estate, query.strip()), limit + 1))
        return {"rows": [row(estate, who) for who in found[:limit]], "next": None, "more": len(found) > limit}
    phase, _, last = after.partition(":")
    if after and phase not in _PHASES:
        raise ValueError(f"after {after!r} is no place in the list; take it from an earlier page")
    rows: list[Row] = []
    place = after
    for looked, (here, who) in enumerate(_everybody(estate, phase, last)):
        if len(rows) == limit or looked == _LOOKED_AT:
            return {"rows": rows, "next": place, "more": True}
        place = here
        if who is not None:
            rows.append(row(estate, who))
    return {"rows": rows, "next": None, "more": False}


def _everybody(estate: Estate, phase: str, last: str) -> Iterator[tuple[str, Person | None]]:
    """Everybody behind a place: HR's workers, then whom HR does not know. None for somebody who came before."""
    names = list(_PHASES)
    for name in names[names.index(phase) if phase else 0 :]:
        for id, who in _PHASES[name](estate, last):
            yield f"{name}:{id}", who
        last = ""


def _workers(estate: Estate, after: str) -> Iterator[tuple[str, Person | None]]:
    for worker in estate.hr.state.workers.rows(after or None):
        yield worker.worker_id, of_worker(estate, worker)


def _waiting(estate: Estate, after: str) -> Iterator[tuple[str, Person | None]]:
    hr = estate.hr.state
    for waiting in hr.waiting.rows(after or None):
        id = waiting.worker.worker_id
        known = id in hr.workers or hr.waiting.first("worker", id) is not waiting
        yield waiting.id, None if known else of_worker(estate, waiting.worker)


def _identities(estate: Estate, after: str) -> Iterator[tuple[str, Person | None]]:
    for identity in estate.sailpoint.state.identities.rows(after or None):
        known = str(identity.attributes.get("workerId") or identity.alias) in estate.hr.state.workers
        yield identity.id, None if known else of_identity(estate, identity)


def _users(estate: Estate, after: str) -> Iterator[tuple[str, Person | None]]:
    for user in estate.okta.state.users.rows(after or None):
        known = user.profile.get("employeeNumber") in estate.hr.state.workers or any(
            a.identity_id for a in estate.sailpoint.state.accounts.find("native", user.id.lower())
        )
        yield user.id, None if known else of_user(estate, user)


def _accounts(estate: Estate, after: str) -> Iterator[tuple[str, Person | None]]:
    for account in estate.apps.state.accounts.rows(after or None):
        who = of_account(estate, account)
        yield account.id, who if who.users == () and who.worker is None else None


_PHASES: dict[str, Callable[[Estate, str], Iterator[tuple[str, Person | None]]]] = {
    "hr": _workers, "waiting": _waiting, "sailpoint": _identities, "okta": _users, "apps": _accounts,
}  # fmt: skip


def _found(estate: Estate, query: str) -> Iterator[Person]:
    """Whom an id names, then whose name or login begins with the query."""
    seen: set[str] = set()
    okta, identities, text = estate.okta.state.users, estate.sailpoint.state.identities, query.lower()
    exact = person(estate, query) or person(estate, query.upper())
    searches: tuple[Iterable[Person], ...] = (
        (exact,) if exact is not None else (),
        (of_worker(estate, w) for w in estate.hr.state.workers.prefix("name", text)),
        (of_identity(estate, i) for i in identities.prefix("name", text)),
        (of_user(estate, u) for u in okta.prefix("login", text)),
        (of_user(estate, u) for u in okta.prefix("name", text)),
        *(
            (of_account(estate, a) for a in estate.apps.state.accounts.prefix("user_name", key(slug, text)))
            for slug in estate.apps.state.applications
        ),
    )
    for search in searches:
        for who in islice(search, _FOUND_MOST):
            if who.key not in seen:
                seen.add(who.key)
                yield who
