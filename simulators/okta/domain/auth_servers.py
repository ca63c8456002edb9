"""Authorization servers: their scopes, claims, access policies and rules, and when their signing keys change.

https://developer.okta.com/docs/concepts/auth-servers/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulators.okta.domain.syntax import Conditional, Literal, Member, Node, Operation, Root

KEY_LIFE = timedelta(days=90)
ALL_CLIENTS, EVERYONE, ANY_SCOPE = "ALL_CLIENTS", "EVERYONE", "*"
GRANT_TYPES = (
    "authorization_code", "implicit", "password", "client_credentials", "refresh_token", "interaction_code",
    "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:saml2-bearer", "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:openid:params:grant-type:ciba", "urn:okta:params:oauth:grant-type:otp", "urn:okta:params:oauth:grant-type:oob",
    "http://auth0.com/oauth/grant-type/mfa-otp", "http://auth0.com/oauth/grant-type/mfa-oob",
)  # fmt: skip
SYSTEM_SCOPES = {
    "openid": ("openid", "Signals that a request is an OpenID request"),
    "profile": ("View your profile information.", "Your name, time zone and what else your profile holds"),
    "email": ("View your email address.", "This allows the app to view your email address."),
    "address": ("View your address.", "This allows the app to view your address."),
    "phone": ("View your phone number.", "This allows the app to view your phone number."),
    "offline_access": (
        "Keep you signed in to the app",
        "This keeps you signed in, even when you aren't using the app.",
    ),
    "device_sso": ("Use the device's sign-in", "Gives a secret that signs other apps of the device in"),
}
# the system's claim of every custom server, and what it means
SUBJECT_CLAIM = "(appuser != null) ? appuser.userName : app.clientId"
SUBJECT_TREE = Conditional(
    Operation("!=", Root("appuser"), Literal(None)),
    Member(Root("appuser"), "userName"),
    Member(Root("app"), "clientId"),
)


@dataclass(frozen=True, slots=True)
class AuthServer:
    """An authorization server. The org's own has no id; `default` is another name of the one every org begins with.

    `ordinal` counts the servers of an org, the org's own first. `rotated` is when the key number `key` came into use.
    """

    id: str
    ordinal: int
    name: str
    description: str
    audiences: tuple[str, ...]
    rotated: datetime
    created: datetime
    last_updated: datetime
    status: str = "ACTIVE"
    issuer_mode: str = "ORG_URL"
    rotation: str = "AUTO"
    key: int = 0
    is_default: bool = False
    encryption: dict[str, Any] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Whether it issues tokens."""
        return self.status == "ACTIVE"

    @property
    def is_org(self) -> bool:
        """Whether it is the org's own, the only one whose tokens open the management API."""
        return not self.id

    @property
    def slug(self) -> str:
        """How its addresses name it."""
        return "default" if self.is_default else self.id

    def issuer(self, base_url: str) -> str:
        """What its tokens carry as `iss`."""
        return base_url if self.is_org else f"{base_url}/oauth2/{self.slug}"

    def key_at(self, at: datetime) -> int:
        """The number of the key in use: the next one every 90 days, unless keys change by hand only."""
        return self.key + (0 if self.rotation != "AUTO" else max(0, (at - self.rotated) // KEY_LIFE))

    def last_rotation(self, at: datetime) -> datetime:
        """When the key in use came into use."""
        return self.rotated + KEY_LIFE * (self.key_at(at) - self.key)


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope of a custom server. `consent` is IMPLICIT, FLEXIBLE or REQUIRED."""

    id: str
    server: str
    name: str
    description: str | None
    display_name: str | None
    consent: str = "IMPLICIT"
    publish: str = "NO_CLIENTS"
    default: bool = False
    optional: bool = False
    system: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that a custom server puts into access (RESOURCE) or ID (IDENTITY) tokens.

    `tree` is the value read as an expression; a filter over group names has none.
    """

    id: str
    server: str
    name: str
    token: str
    kind: str
    value: str
    tree: Node | None = None
    scopes: tuple[str, ...] = ()
    status: str = "ACTIVE"
    always: bool = True
    system: bool = False
    group_filter: str | None = None

    def applies(self, token: str, scopes: Iterable[str]) -> bool:
        """Whether a token of these scopes carries it."""
        return self.status == "ACTIVE" and self.token == token and (not self.scopes or bool({*self.scopes} & {*scopes}))


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Which clients a custom server's rules are for; a lower priority number comes first."""

    id: str
    server: str
    name: str
    description: str
    priority: int
    clients: tuple[str, ...]
    created: datetime
    last_updated: datetime
    status: str = "ACTIVE"
    system: bool = False

    def covers(self, client_id: str) -> bool:
        """Whether the policy is for a client."""
        return self.status == "ACTIVE" and (ALL_CLIENTS in self.clients or client_id in self.clients)


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Which grant types, people and scopes are allowed, and how long the tokens then live, in minutes.

    A refresh life of 0 has no limit; an unused refresh token ends with its window.
    """

    id: str
    policy: str
    name: str
    priority: int
    created: datetime
    last_updated: datetime
    grant_types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = (ANY_SCOPE,)
    groups: tuple[str, ...] = (EVERYONE,)
    groups_out: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    users_out: tuple[str, ...] = ()
    access_minutes: int = 60
    refresh_minutes: int = 0
    window_minutes: int = 10080
    hook: str | None = None
    status: str = "ACTIVE"
    system: bool = False

    def allows(self, grant_type: str, scopes: Iterable[str], user_id: str | None, groups: Iterable[str]) -> bool:
        """Whether a request fits every condition; a client that asks for itself has no person to check."""
        if self.status != "ACTIVE" or grant_type not in self.grant_types:
            return False
        if ANY_SCOPE not in self.scopes and not set(scopes) <= set(self.scopes):
            return False
        if user_id is None:
            return True
        held = set(groups)
        if user_id in self.users_out or held & set(self.groups_out):
            return False
        return EVERYONE in self.groups or user_id in self.users or bool(held & set(self.groups))


@dataclass(frozen=True, slots=True)
class Terms:
    """How long tokens live: the access token, an unused refresh token, a chain of refresh tokens (None: no end)."""

    access: timedelta
    idle: timedelta
    most: timedelta | None = None


def terms_of(rule: AccessRule) -> Terms:
    """The lives a rule gives.

    >>> at = datetime(2026, 3, 2)
    >>> terms_of(AccessRule("r", "p", "rule", 1, at, at, access_minutes=5)).access
    datetime.timedelta(seconds=300)
    """
    most = timedelta(minutes=rule.refresh_minutes) if rule.refresh_minutes else None
    return Terms(timedelta(minutes=rule.access_minutes), timedelta(minutes=rule.window_minutes), most)


def wants_consent(prompted: bool, client_consent: str, scope_consent: str) -> bool:
    """Whether a person is asked for a scope not yet granted: prompt, the application's method, the scope's.

    https://developer.okta.com/docs/guides/request-user-consent/

    >>> wants_consent(False, "REQUIRED", "FLEXIBLE"), wants_consent(False, "TRUSTED", "REQUIRED")
    (True, False)
    """
    if scope_consent == "IMPLICIT":
        return False
    return client_consent == "REQUIRED" or (prompted and scope_consent == "REQUIRED")
