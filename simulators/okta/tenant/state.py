"""Everything an org remembers, in forkable tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.kernel.cow import CowMap, CowSorted
from simulators.kernel.ids import Ids
from simulators.kernel.table import State, Table
from simulators.okta.domain.admins import RoleAssignment
from simulators.okta.domain.app_keys import AppKey, FederatedClaim, SigningKey, SigningRequest
from simulators.okta.domain.app_profiles import AppSchema
from simulators.okta.domain.apps import App, AppGroup, AppUser, PushMapping
from simulators.okta.domain.auth_servers import AccessPolicy, AccessRule, AuthServer, Claim, Scope
from simulators.okta.domain.authenticators import Authenticator
from simulators.okta.domain.documents import Document
from simulators.okta.domain.factors import Challenge, Factor, Message
from simulators.okta.domain.groups import Givers, Group, GroupRule, Owner
from simulators.okta.domain.hooks import EventHook
from simulators.okta.domain.iam import Binding, CustomRole, Member, ResourceSet
from simulators.okta.domain.limits import Window
from simulators.okta.domain.linked import LinkDefinition
from simulators.okta.domain.log import Event
from simulators.okta.domain.mappings import ProfileMapping
from simulators.okta.domain.policies import Policy, PolicyRule, PolicyUse
from simulators.okta.domain.relation import Relation
from simulators.okta.domain.risk import Risk
from simulators.okta.domain.schemas import Schema, UserType
from simulators.okta.domain.sessions import RecoveryLink, Session, SessionToken, SignIn
from simulators.okta.domain.signals import LogoutEndpoint, SecurityProvider, SignalStream
from simulators.okta.domain.tokens import (
    AccessToken,
    ApiToken,
    AuthorizationCode,
    AuthorizeRequest,
    RefreshToken,
    ScopeGrant,
)
from simulators.okta.domain.users import User


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970: the form in which times are indexed."""
    return round(at.timestamp() * 1000)


def names_of(user: User) -> Iterable[str]:
    """What `q` finds a user by, without case."""
    profile = user.profile
    return {profile.text(name).casefold() for name in ("firstName", "lastName", "email")} - {""}


def _short_and_login(user: User) -> Iterable[str]:
    login = user.login.lower()
    # people sign in with the name in lower case; `search` folds a few letters further
    return {login, login.partition("@")[0], login.casefold()}


def _users() -> Table[User]:
    return Table(
        lambda user: user.id,
        login=_short_and_login,
        name=names_of,
        number=lambda user: (
            [user.profile.text("employeeNumber").casefold()] if user.profile.get("employeeNumber") else []
        ),
        status=lambda user: [user.status.value],
        updated=lambda user: [milliseconds(user.last_updated)],
    )


def _groups() -> Table[Group]:
    return Table(
        lambda group: group.id,
        name=lambda group: [group.name.casefold()],
        type=lambda group: [group.type],
        updated=lambda group: [milliseconds(group.last_updated)],
        members_updated=lambda group: [milliseconds(group.last_membership_updated)],
    )


def _apps() -> Table[App]:
    return Table(
        lambda app: app.id,
        label=lambda app: [app.label.lower()],
        name=lambda app: [app.name],
        client=lambda app: [app.client_id] if app.client is not None and app.client.id else [],
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
    # what administrators have set of the org itself, beyond its defaults
    org_profile: dict[str, Any] = field(default_factory=dict)
    # notifications that a role or a person has asked for (true) or declined, under holder/type
    subscriptions: CowMap[str, bool] = field(default_factory=CowMap)
    # how risky people are held to be, by their ids
    risks: CowMap[str, Risk] = field(default_factory=CowMap)
    documents: Table[Document] = field(
        default_factory=lambda: Table(lambda d: d.id, kind=lambda d: [d.kind], name=lambda d: [f"{d.kind}/{d.name}"])
    )
    # the active network zones that name addresses
    placed_zones: tuple[str, ...] = ()
    user_type: str = ""
    identity_provider: str = ""
    users: Table[User] = field(default_factory=_users)
    # what the search index still shows of a user written lately: (old version, writes not yet indexed)
    unindexed_users: dict[str, tuple[User | None, int]] = field(default_factory=dict)
    user_types: Table[UserType] = field(default_factory=lambda: Table(lambda t: t.id, name=lambda t: [t.name]))
    user_schemas: Table[Schema] = field(default_factory=lambda: Table(lambda s: s.id))
    group_schema: Schema | None = None
    # how many users each type but the default one has
    typed_users: dict[str, int] = field(default_factory=dict)
    # names of custom attributes that must be unique; who holds each value, under name and value in lower case
    unique_attributes: frozenset[str] = frozenset()
    unique_values: CowMap[str, str] = field(default_factory=CowMap)
    # custom attributes whose removal from profiles is still under way, as schema id and name
    fading_attributes: set[tuple[str, str]] = field(default_factory=set)
    link_definitions: Table[LinkDefinition] = field(
        default_factory=lambda: Table(lambda d: d.id, name=lambda d: [d.primary.name, d.associated.name])
    )
    # definition id and primary user's id, joined by a slash, to associated users
    user_links: Relation[bool] = field(default_factory=Relation)
    groups: Table[Group] = field(default_factory=_groups)
    owners: Table[Owner] = field(
        default_factory=lambda: Table(
            lambda o: f"{o.group_id}/{o.owner_id}", group=lambda o: [o.group_id], owner=lambda o: [o.owner_id]
        )
    )
    unindexed_groups: dict[str, tuple[Group | None, int]] = field(default_factory=dict)
    rules: Table[GroupRule] = field(
        default_factory=lambda: Table(lambda r: r.id, status=lambda r: [r.status], target=lambda r: r.group_ids)
    )
    members: Relation[Givers] = field(default_factory=Relation)
    # until when the priorities of the rules are being put in order
    rules_settled: datetime | None = None
    rules_pending: set[str] = field(default_factory=set)
    apps: Table[App] = field(default_factory=_apps)
    # sign-on policies under their ids; the first is the one of every application without another
    profile_mappings: Table[ProfileMapping] = field(
        default_factory=lambda: Table(lambda m: m.id, source=lambda m: [m.source_id], target=lambda m: [m.target_id])
    )
    app_schemas: CowMap[str, AppSchema] = field(default_factory=CowMap)
    # the org's key for what its applications are told, and how many further pairs there are
    assertion_kid: str = ""
    key_count: int = 0
    signing_keys: Table[SigningKey] = field(default_factory=lambda: Table(lambda k: k.kid))
    app_keys: Table[AppKey] = field(
        default_factory=lambda: Table(lambda k: f"{k.app_id}/{k.kid}", app=lambda k: [k.app_id])
    )
    signing_requests: Table[SigningRequest] = field(
        default_factory=lambda: Table(lambda r: r.id, app=lambda r: [r.app_id])
    )
    federated_claims: Table[FederatedClaim] = field(
        default_factory=lambda: Table(lambda c: c.id, app=lambda c: [c.app_id])
    )
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
    challenges: Table[Challenge] = field(
        default_factory=lambda: Table(lambda c: c.factor_id, transaction=lambda c: [c.transaction])
    )
    messages: Table[Message] = field(default_factory=lambda: Table(lambda m: m.id, user=lambda m: [m.user_id]))
    # devices that need no factor for a while, by person: (device token, until)
    remembered: CowMap[str, tuple[tuple[str, datetime], ...]] = field(default_factory=CowMap)
    authenticators: Table[Authenticator] = field(default_factory=lambda: Table(lambda a: a.id, named=lambda a: [a.key]))
    policies: Table[Policy] = field(default_factory=lambda: Table(lambda p: p.id, type=lambda p: [p.type]))
    policy_rules: Table[PolicyRule] = field(
        default_factory=lambda: Table(lambda r: r.id, policy=lambda r: [r.policy_id])
    )
    policy_uses: Table[PolicyUse] = field(
        default_factory=lambda: Table(lambda u: f"{u.app_id}/{u.type}", policy=lambda u: [u.policy_id])
    )
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
            lambda t: t.value,
            user=lambda t: [t.user_id],
            chain=lambda t: [t.chain],
            id=lambda t: [t.id],
            client=lambda t: [t.client_id],
        )
    )
    authorize_requests: Table[AuthorizeRequest] = field(default_factory=lambda: Table(lambda r: r.key))
    scope_grants: Table[ScopeGrant] = field(
        default_factory=lambda: Table(
            lambda g: g.id, client=lambda g: [g.client_id], user=lambda g: [g.user_id] if g.user_id else []
        )
    )
    auth_servers: Table[AuthServer] = field(
        default_factory=lambda: Table(lambda s: s.id, slug=lambda s: [s.slug], name=lambda s: [s.name.lower()])
    )
    auth_server_count: int = 0
    scopes: Table[Scope] = field(
        default_factory=lambda: Table(
            lambda s: s.id, server=lambda s: [s.server], name=lambda s: [f"{s.server}/{s.name}"]
        )
    )
    claims: Table[Claim] = field(default_factory=lambda: Table(lambda c: c.id, server=lambda c: [c.server]))
    access_policies: Table[AccessPolicy] = field(
        default_factory=lambda: Table(lambda p: p.id, server=lambda p: [p.server])
    )
    access_rules: Table[AccessRule] = field(default_factory=lambda: Table(lambda r: r.id, policy=lambda r: [r.policy]))
    security_providers: Table[SecurityProvider] = field(
        default_factory=lambda: Table(lambda p: p.id, issuer=lambda p: [p.issuer])
    )
    # where applications take Universal Logout, under their ids
    logout_endpoints: CowMap[str, LogoutEndpoint] = field(default_factory=CowMap)
    signal_streams: Table[SignalStream] = field(
        default_factory=lambda: Table(lambda s: s.id, client=lambda s: [s.client_id])
    )
    api_tokens: Table[ApiToken] = field(
        default_factory=lambda: Table(lambda t: t.id, digest=lambda t: [t.digest], user=lambda t: [t.user_id])
    )
    roles: Table[RoleAssignment] = field(
        default_factory=lambda: Table(
            lambda r: f"{r.holder_id}/{r.id}",
            holder=lambda r: [r.holder_id],
            type=lambda r: [f"{r.holder_kind}/{r.type}"],
            group_target=lambda r: r.group_targets,
        )
    )
    custom_roles: Table[CustomRole] = field(default_factory=lambda: Table(lambda r: r.id, label=lambda r: [r.label]))
    resource_sets: Table[ResourceSet] = field(default_factory=lambda: Table(lambda s: s.id, label=lambda s: [s.label]))
    bindings: Table[Binding] = field(
        default_factory=lambda: Table(lambda b: b.key, set=lambda b: [b.set_id], role=lambda b: [b.role_id])
    )
    binding_members: Table[Member] = field(
        default_factory=lambda: Table(
            lambda m: m.id,
            binding=lambda m: [f"{m.set_id}/{m.role_id}"],
            role=lambda m: [m.role_id],
            holder=lambda m: [m.holder_id],
        )
    )
    event_hooks: Table[EventHook] = field(
        default_factory=lambda: Table(lambda h: h.id, hears=lambda h: h.hears, status=lambda h: [h.status])
    )
    spent_assertions: dict[str, datetime] = field(default_factory=dict)
    sign_in_attempts: dict[str, Window] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    events: CowMap[int, Event] = field(default_factory=CowMap)
    events_by_time: CowSorted[tuple[int, int]] = field(default_factory=CowSorted)
    events_by_key: CowSorted[tuple[str, int]] = field(default_factory=CowSorted)
    event_count: int = 0
