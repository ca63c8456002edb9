"""Finding users: plain lists, `q`, `filter`, and the lagging view that `search` has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from heapq import merge
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from simulators.kernel.derived import BEHIND, LAST, across, places
from simulators.kernel.times import iso
from simulators.okta.domain.apps import AppUser
from simulators.okta.domain.profile import BASE_ATTRIBUTES
from simulators.okta.domain.query import Query
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.finding import SMALL, Finder, capitals, instants, texts

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


# with more people behind a beginning, a page is soon full of those that come first
_MANY = 2000


class Directory:
    """The users of an org as lists ask for them."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def listing(self, after: str | None) -> Iterator[User]:
        """Everybody but the deactivated, in order of creation."""
        users = self.org.state.users
        gone = Status.DEPROVISIONED.value
        if users.count("status", gone) * 2 > len(users):
            # rather the others than all those that have left
            by_status, start = users.index("status"), users.number_behind(after)
            before, behind = across(by_status, None, (gone,), start), across(by_status, (gone, BEHIND), None, start)
            return (users[id] for _, id in merge(before, behind))
        return (user for user in users.rows(after) if user.status is not Status.DEPROVISIONED)

    def beginning_with(self, text: str) -> Iterator[User]:
        """Living users whose first name, last name or mail address starts with `text`."""
        seen: set[str] = set()
        for user in self.org.state.users.prefix("name", text.casefold()):
            if user.id not in seen and user.status is not Status.DEPROVISIONED:
                seen.add(user.id)
                yield user

    def in_app(self, app_id: str, text: str, after: str | None) -> Iterator[AppUser]:
        """The people of an application behind a user id whose user name, names or mail address starts with `text`."""
        state, text = self.org.state, text.lower()
        users, held = state.users, state.app_users
        ids: Iterable[str] = held.rights(app_id, after)
        if len(users) >= SMALL and (few := self._few_in_app(app_id, text)) is not None:
            ids = sorted(id for id in few if after is None or id > after)
        for id in ids:
            row = held.get(app_id, id)
            if row is not None and (
                row.user_name.lower().startswith(text) or any(name.startswith(text) for name in _names(users[id]))
            ):
                yield row

    def _few_in_app(self, app_id: str, text: str) -> set[str] | None:
        """Ids of people who may have an application and a name that starts with `text`; None when they are many."""
        state, folded = self.org.state, text.casefold()
        named = state.app_users.derived(
            f"name {app_id}", lambda app, row: [(row.user_name.lower(), row.user_id)] if app == app_id else []
        )
        names, known = state.users.index("name"), ((folded,), (folded + LAST,))
        if named.between((text,), (text + LAST,)) + names.between(*known) > _MANY:
            return None
        own = {id for _, id in takewhile(lambda pair: pair[0].startswith(text), named.upward((text,)))}
        return own.union(id for _, id in places(names, *known))

    def filtered(self, query: Query, after: str | None) -> Iterator[User]:
        """Users that satisfy a `filter`: exact and current."""
        return _USERS.filtered(self.org.state.users, query, after)

    def searched(self, query: Query | None, after: str | None) -> Iterator[User]:
        """Users that satisfy a `search`, as the index shows them, in order of creation."""
        state = self.org.state
        return _USERS.searched(state.users, state.unindexed_users, query, after)

    def sorted(self, query: Query | None, by: str, down: bool, after: str | None) -> Iterator[User]:
        """Users that satisfy a `search`, sorted by one attribute and then by id."""
        state = self.org.state
        return _USERS.sorted(state.users, state.unindexed_users, query, by, down, after)


def _names(user: User) -> Iterator[str]:
    return (user.profile.text(name).lower() for name in ("firstName", "lastName", "email"))


_VALUES: dict[str, Callable[[User], Any]] = {
    "id": lambda user: user.id,
    "status": lambda user: user.status.value,
    "type.id": lambda user: user.type_id,
    "created": lambda user: user.created,
    "activated": lambda user: user.activated,
    "statusChanged": lambda user: user.status_changed,
    "lastUpdated": lambda user: user.last_updated,
    "lastLogin": lambda user: user.last_login,
}


def reader(user: User) -> Any:
    """Answers a user's value of a query's field."""
    return lambda field: value_of(user, field)


def value_of(user: User, field: str) -> Any:
    """A user's value of a query's field; None where there is none."""
    if field.startswith("profile."):
        return user.profile.get(field[8:])
    value = _VALUES.get(field)
    return None if value is None else value(user)


def _order(user: User, field: str) -> tuple[bool, str, str]:
    """Where a user stands when sorted by a field: without a value last; the id breaks ties."""
    value = value_of(user, field)
    text = iso(value) if isinstance(value, datetime) else str(value or "").casefold()
    return value is None, text, user.id


_BASE = frozenset(f"profile.{name}" for name in BASE_ATTRIBUTES)
_USERS: Finder[User] = Finder(
    value_of,
    _order,
    # custom attributes may be arrays
    lambda field: not field.startswith("profile.") or field in _BASE,
    {
        "profile.login": ("login", texts),
        "profile.email": ("name", texts),
        "profile.firstName": ("name", texts),
        "profile.lastName": ("name", texts),
        "profile.employeeNumber": ("number", texts),
        "status": ("status", capitals),
        "lastUpdated": ("updated", instants),
    },
)
