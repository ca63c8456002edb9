"""Everything an org remembers, in forkable tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from simulators.kernel.cow import CowMap, CowSorted
from simulators.kernel.ids import Ids
from simulators.kernel.table import State, Table
from simulators.okta.domain.admins import RoleAssignment
from simulators.okta.domain.apps import App, AppGroup, AppUser, PushMapping
from simulators.okta.domain.groups import Givers, Group, GroupRule
from simulators.okta.domain.limits import Window
from simulators.okta.domain.log import Event
from simulators.okta.domain.relation import Relation
from simulators.okta.domain.sessions import Factor, RecoveryLink, Session, SessionToken, SignIn
from simulators.okta.domain.tokens import AccessToken, ApiToken, AuthorizationCode, RefreshToken
from simulators.okta.domain.users import User


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970: the form in which times are indexed."""
    return round(at.timestamp() * 1000)


def names_of(user: User) -> Iterable[str]:
    """What `q` finds a user by, in lower case."""
    profile = user.profile
    return {profile.text(name).lower() for name in ("firstName", "lastName", "email")} - {""}


def _short_and_login(user: User) -> Iterable[str]:
    login = user.login.lower()
    return {login, login.partition("@")[0]}


def _users() -> Table[User]:
    return Table(
        lambda user: user.id,
        login=_short_and_login,
        name=names_of,
        number=lambda user: [user.profile.text("employeeNumber")] if user.profile.get("employeeNumber") else [],
        status=lambda user: [user.status.value],
        updated=lambda user: [milliseconds(user.last_updated)],
    )


def _groups() -> Table[Group]:
    return Table(
        lambda group: group.id,
        name=lambda group: [group.name.lower()],
        type=lambda group: [group.type],
        updated=lambda group: [milliseconds(group.last_updated)],
        members_updated=lambda group: [milliseconds(group.last_membership_updated)],
    )


def _app_groups() -> Table[AppGroup]:
    return Table(
        lambda row: f"{row.app_id}/{row.group_id}", app=lambda row: [row.app_id], group=lambda row: [row.group_id]
    )


@dataclass
class OktaState(State):
    """One org's memory."""

    ids: Ids
    everyone: str = ""
    org_id: str = ""
    user_type: str = ""
    identity_provider: str = ""
    users: Table[User] = field(default_factory=_users)
    # what the search index still shows of a user written lately: (old version, writes not yet indexed)
    unindexed_users: dict[str, tuple[User | None, int]] = field(default_factory=dict)
    groups: Table[Group] = field(default_factory=_groups)
    unindexed_groups: dict[str, tuple[Group | None, int]] = field(default_factory=dict)
    rules: Table[GroupRule] = field(
        default_factory=lambda: Table(lambda r: r.id, status=lambda r: [r.status], target=lambda r: r.group_ids)
    )
    members: Relation[Givers] = field(default_factory=Relation)
    rules_pending: set[str] = field(default_factory=set)
    apps: Table[App] = field(default_factory=lambda: Table(lambda app: app.id, label=lambda app: [app.label.lower()]))
    app_groups: Table[AppGroup] = field(default_factory=_app_groups)
    app_users: Relation[AppUser] = field(default_factory=lambda: Relation(shared=False))
    # ids that applications gave to people who are no longer assigned, under app/user
    former_accounts: CowMap[str, str] = field(default_factory=CowMap)
    mappings: Table[PushMapping] = field(
        default_factory=lambda: Table(lambda m: m.id, app=lambda m: [m.app_id], group=lambda m: [m.group_id])
    )
    pushes_pending: set[str] = field(default_factory=set)
    session_tokens: Table[SessionToken] = field(
        default_factory=lambda: Table(lambda t: t.value, user=lambda t: [t.user_id])
    )
    sign_ins: Table[SignIn] = field(default_factory=lambda: Table(lambda s: s.value, user=lambda s: [s.user_id]))
    links: Table[RecoveryLink] = field(default_factory=lambda: Table(lambda r: r.value, user=lambda r: [r.user_id]))
    sessions: Table[Session] = field(
        default_factory=lambda: Table(lambda s: s.id, user=lambda s: [s.user_id], other=lambda s: [s.alias, s.idx])
    )
    factors: Table[Factor] = field(default_factory=lambda: Table(lambda f: f.id, user=lambda f: [f.user_id]))
    # people whose mail address has been taken off their factors
    without_email: set[str] = field(default_factory=set)
    codes: Table[AuthorizationCode] = field(
        default_factory=lambda: Table(lambda c: c.value, user=lambda c: [c.user_id])
    )
    access_tokens: Table[AccessToken] = field(
        default_factory=lambda: Table(
            lambda t: t.id,
            user=lambda t: [t.user_id] if t.user_id else [],
            chain=lambda t: [t.chain] if t.chain else [],
            client=lambda t: [t.client_id],
        )
    )
    refresh_tokens: Table[RefreshToken] = field(
        default_factory=lambda: Table(
            lambda t: t.value, user=lambda t: [t.user_id], chain=lambda t: [t.chain], id=lambda t: [t.id]
        )
    )
    api_tokens: Table[ApiToken] = field(
        default_factory=lambda: Table(lambda t: t.id, digest=lambda t: [t.digest], user=lambda t: [t.user_id])
    )
    roles: Table[RoleAssignment] = field(
        default_factory=lambda: Table(lambda r: f"{r.holder_id}/{r.id}", holder=lambda r: [r.holder_id])
    )
    spent_assertions: dict[str, datetime] = field(default_factory=dict)
    sign_in_attempts: dict[str, Window] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    events: CowMap[int, Event] = field(default_factory=CowMap)
    events_by_time: CowSorted[tuple[int, int]] = field(default_factory=CowSorted)
    event_count: int = 0
