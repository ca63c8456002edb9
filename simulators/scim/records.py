"""What the applications remember: accounts, groups, memberships, credentials and the log of writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from simulators.kernel.ids import Ids
from simulators.kernel.table import State, Table
from simulators.kernel.times import iso

ENGINES = ("okta", "sailpoint", "witness")
WITNESS = "witness"


@dataclass(frozen=True, slots=True)
class Application:
    """One service provider. `tokens` are pairs of credential name and bearer token, one per engine."""

    slug: str
    label: str
    tokens: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One SCIM user. `document` is the JSON text of its attributes; what is searched stands beside it."""

    id: str
    app: str
    user_name: str
    external_id: str
    active: bool
    document: str
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """One SCIM group; its members are `Membership` records."""

    id: str
    app: str
    display_name: str
    external_id: str
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """One account's place in one group."""

    id: str
    group: str
    account: str


@dataclass(frozen=True, slots=True)
class Write:
    """One attempt to change an application: who, what, when and how it was answered. `body` is JSON text."""

    id: str
    app: str
    number: int
    time: datetime
    credential: str
    verb: str
    path: str
    resource_id: str | None
    status: int
    body: str | None


def key(app: str, value: str) -> str:
    """An index key inside one application.

    >>> key("vault", "Ada")
    'vault Ada'
    """
    return f"{app} {value}"


def _accounts() -> Table[Account]:
    return Table(
        lambda a: a.id,
        app=lambda a: [a.app],
        seat=lambda a: [a.app] if a.active else [],
        user_name=lambda a: [key(a.app, a.user_name.lower())],
        external_id=lambda a: [key(a.app, a.external_id)] if a.external_id else [],
    )


def _groups() -> Table[Group]:
    return Table(
        lambda g: g.id,
        app=lambda g: [g.app],
        display_name=lambda g: [key(g.app, g.display_name.lower())],
        external_id=lambda g: [key(g.app, g.external_id)] if g.external_id else [],
    )


def _memberships() -> Table[Membership]:
    return Table(lambda m: m.id, group=lambda m: [m.group], account=lambda m: [m.account])


def _writes() -> Table[Write]:
    return Table(lambda w: w.id, app=lambda w: [w.app], time=lambda w: [key(w.app, iso(w.time))])


@dataclass
class ScimState(State):
    """All applications of one estate."""

    ids: Ids
    applications: dict[str, Application] = field(default_factory=dict)
    accounts: Table[Account] = field(default_factory=_accounts)
    groups: Table[Group] = field(default_factory=_groups)
    memberships: Table[Membership] = field(default_factory=_memberships)
    writes: Table[Write] = field(default_factory=_writes)
