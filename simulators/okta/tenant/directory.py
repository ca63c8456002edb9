"""Finding users: plain lists, `q`, `filter`, and the lagging view that `search` has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.query import All, Comparison, Either, Query, holds
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.state import milliseconds

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_FEW = 2000


class Directory:
    """The users of an org as lists ask for them."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def listing(self, after: str | None) -> Iterator[User]:
        """Everybody but the deactivated, in order of creation."""
        return (user for user in self.org.state.users.rows(after) if user.status is not Status.DEPROVISIONED)

    def beginning_with(self, text: str) -> Iterator[User]:
        """Living users whose first name, last name or mail address starts with `text`."""
        seen: set[str] = set()
        for user in self.org.state.users.prefix("name", text.lower()):
            if user.id not in seen and user.status is not Status.DEPROVISIONED:
                seen.add(user.id)
                yield user

    def filtered(self, query: Query, after: str | None) -> Iterator[User]:
        """Users that satisfy a `filter`: exact and current."""
        for user in self._candidates(query, after):
            if holds(query, reader(user), fold=False):
                yield user

    def searched(self, query: Query | None, after: str | None) -> Iterator[User]:
        """Users that satisfy a `search`, as the index shows them, in order of creation."""
        state = self.org.state
        late = state.unindexed_users
        current = state.users.rows(after) if query is None else self._candidates(query, after)
        found: Iterator[User] = (user for user in current if user.id not in late)
        if late:
            behind = state.users.ordinal(after) if after and after in state.users else -1
            old = [user for user, _ in late.values() if user and user.id in state.users]
            found = _merged(found, (user for user in old if state.users.ordinal(user.id) > behind), state.users.ordinal)
        for user in found:
            if query is None or holds(query, reader(user), fold=True):
                yield user

    def _candidates(self, query: Query, after: str | None) -> Iterator[User]:
        """Where to begin, in order of creation: the narrowest index that the query offers, else everybody lazily."""
        offer = self._offer(query, after)
        return offer[1] if offer else self.org.state.users.rows(after)

    def _offer(self, query: Query, after: str | None) -> _Offer | None:
        """How many users an index would have to show, and they; None where no index holds every answer."""
        if isinstance(query, Comparison):
            return self._indexed(query, after)
        if isinstance(query, All):
            offers = [offer for part in query.parts if (offer := self._offer(part, after)) is not None]
            return min(offers, key=lambda offer: offer[0], default=None)
        if isinstance(query, Either):
            every = [self._offer(part, after) for part in query.parts]
            offers = [offer for offer in every if offer is not None]
            return (sum(n for n, _ in offers), self._joined(offers)) if len(offers) == len(every) else None
        return None

    def _indexed(self, part: Comparison, after: str | None) -> _Offer | None:
        users, field, value = self.org.state.users, part.field, part.value
        if field == "lastUpdated" and part.operator in ("gt", "ge") and isinstance(value, datetime):
            return self._recent(value, after)
        if not isinstance(value, str):
            return None
        if field == "id" and part.operator == "eq":
            found = users.get(value)
            behind = after is None or after not in users or (found and users.ordinal(value) > users.ordinal(after))
            return 0, iter([found] if found and behind else [])
        index = _EXACT.get(field)
        if index is None:
            return None
        key = value if index in ("status", "number") else value.lower()
        if part.operator == "eq":
            return users.count(index, key), users.find(index, key, after)
        if part.operator == "sw" and index not in ("status", "number") and key:
            count = users.count_prefix(index, key)
            return (count, self._ordered(users.prefix(index, key), after)) if count <= _FEW else None
        return None

    def _recent(self, since: datetime, after: str | None) -> _Offer | None:
        """Users changed since an instant; None when they are too many to be gathered first."""
        found = list(islice(self.org.state.users.range("updated", milliseconds(since)), _FEW + 1))
        return (len(found), self._ordered(found, after)) if len(found) <= _FEW else None

    def _ordered(self, found: Iterable[User], after: str | None) -> Iterator[User]:
        """Few users in order of creation, each once, those behind `after` only."""
        users = self.org.state.users
        behind = users.ordinal(after) if after is not None and after in users else -1
        placed = {users.ordinal(user.id): user for user in found}
        yield from (placed[ordinal] for ordinal in sorted(placed) if ordinal > behind)

    def _joined(self, offers: list[_Offer]) -> Iterator[User]:
        """Several ordered walks as one, each user once."""
        users = self.org.state.users
        last = -1
        for user in merge(*(rows for _, rows in offers), key=lambda user: users.ordinal(user.id)):
            if (ordinal := users.ordinal(user.id)) != last:
                last = ordinal
                yield user


_Offer = tuple[int, Iterator[User]]
_EXACT = {
    "profile.login": "login",
    "profile.email": "name",
    "profile.firstName": "name",
    "profile.lastName": "name",
    "profile.employeeNumber": "number",
    "status": "status",
}
_TIMES = {
    "created": lambda user: user.created,
    "activated": lambda user: user.activated,
    "statusChanged": lambda user: user.status_changed,
    "lastUpdated": lambda user: user.last_updated,
    "lastLogin": lambda user: user.last_login,
}


def reader(user: User) -> Any:
    """Answers a user's value of a query's field."""

    def read(field: str) -> Any:
        if field.startswith("profile."):
            return user.profile.get(field[8:])
        if field in _TIMES:
            return _TIMES[field](user)
        return {"id": user.id, "status": user.status.value, "type.id": user.type_id}.get(field)

    return read


def _merged(rows: Iterator[User], extra: Iterator[User], ordinal: Any) -> Iterator[User]:
    waiting = sorted(extra, key=lambda user: ordinal(user.id), reverse=True)
    for user in rows:
        while waiting and ordinal(waiting[-1].id) < ordinal(user.id):
            yield waiting.pop()
        yield user
    while waiting:
        yield waiting.pop()
