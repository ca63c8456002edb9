"""Applications, their assignments to groups and users, and their provisioning settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from simulators.okta.domain.tokens import OAuthClient


@dataclass(frozen=True, slots=True)
class Provisioning:
    """How an application is provisioned. `style` custom sends PUT, catalogue sends PATCH.

    `client_id` and `rotation` belong to the scheme OAUTH2, `inbound` are the capabilities of imports as given.
    """

    status: str = "UNKNOWN"
    base_url: str = ""
    token: str = ""
    style: str = "custom"
    scheme: str = "TOKEN"
    client_id: str = ""
    rotation: str = ""
    supported: bool = True
    creates: bool = False
    updates: bool = False
    deactivates: bool = False
    passwords: bool = False
    password_seed: str = "RANDOM"
    password_change: str = "KEEP_EXISTING"
    pushes_groups: bool = False
    imports: bool = False
    inbound: dict[str, Any] = field(default_factory=dict)

    @property
    def enabled(self) -> bool:
        """Whether Okta talks to the application at all."""
        return self.status == "ENABLED" and bool(self.base_url)


@dataclass(frozen=True, slots=True)
class AppDraft:
    """An application as somebody wants it; `kid` names a signing key of its store, '' the one it has."""

    name: str
    label: str
    mode: str
    body: dict[str, Any]
    client: OAuthClient | None = None
    kid: str = ""

    @property
    def hidden(self) -> bool:
        """Whether dashboards leave it out."""
        return bool(self.body["visibility"]["hide"]["web"])

    @property
    def self_service(self) -> bool:
        """Whether people may add it themselves."""
        return bool(self.body["accessibility"]["selfService"])


@dataclass(frozen=True, slots=True)
class App:
    """An application instance.

    `body` holds those parts of its JSON that no behaviour depends on, completed with the defaults of its kind when it
    was written, so that showing it costs nothing. The logo is the id of an uploaded picture. An application that no
    list shows is part of the org itself.
    """

    id: str
    name: str
    label: str
    status: str
    sign_on_mode: str
    created: datetime
    last_updated: datetime
    body: dict[str, Any] = field(default_factory=dict)
    provisioning: Provisioning = Provisioning()
    client: OAuthClient | None = None
    wants_factor: bool = False
    hidden: bool = False
    signing_kid: str = ""
    logo: str = ""
    listed: bool = True

    @property
    def active(self) -> bool:
        """Whether it signs people on and issues tokens."""
        return self.status == "ACTIVE"

    @property
    def is_service(self) -> bool:
        """Whether it is a machine's client, which nobody is assigned to."""
        return self.client is not None and self.client.application_type == "service"

    @property
    def is_system(self) -> bool:
        """Whether it came with the org and stays as it is."""
        return self.client is None and self.sign_on_mode == "OPENID_CONNECT"

    @property
    def client_id(self) -> str:
        """The id its OAuth client goes by: the client's own choice at creation, else the instance's id."""
        return self.client.id or self.id if self.client is not None else ""

    @property
    def scheme(self) -> str:
        """Who sets the credentials of its people; '' where nobody does."""
        return str(self.body.get("credentials", {}).get("scheme") or "")


@dataclass(frozen=True, slots=True)
class AppGroup:
    """A group's right to an application. The lowest priority number wins where groups disagree."""

    app_id: str
    group_id: str
    priority: int
    profile: tuple[tuple[str, Any], ...]
    last_updated: datetime


def displaced(rows: Iterable[AppGroup], row: AppGroup, before: AppGroup | None) -> list[AppGroup]:
    """The assignments that make room for one: they move up where that fills the place it leaves, else down."""
    held = {other.priority: other for other in rows if other.group_id != row.group_id}
    step = -1 if before is not None and before.priority < row.priority else 1
    place, moved = row.priority, []
    while place in held:
        moved.append(replace(held[place], priority=place + step))
        place += step
    return moved


@dataclass(frozen=True, slots=True)
class AppUser:
    """A user's right to an application. `group_id` is the group that justifies scope GROUP."""

    id: str
    app_id: str
    user_id: str
    scope: str
    status: str
    sync_state: str
    user_name: str
    created: datetime
    last_updated: datetime
    status_changed: datetime
    profile: tuple[tuple[str, Any], ...] = ()
    group_id: str | None = None
    external_id: str | None = None
    last_sync: datetime | None = None
    password_changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class PushMapping:
    """A group that is pushed to an application. `members` are the application's own ids, as last pushed."""

    id: str
    app_id: str
    group_id: str
    status: str
    created: datetime
    last_updated: datetime
    target_name: str
    external_id: str | None = None
    members: tuple[str, ...] = ()
    last_push: datetime | None = None
    error: str | None = None
