"""Applications, their assignments to groups and users, and their provisioning settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.okta.domain.tokens import OAuthClient


@dataclass(frozen=True, slots=True)
class Provisioning:
    """How an application is provisioned. `style` custom sends PUT, catalogue sends PATCH."""

    status: str = "UNKNOWN"
    base_url: str = ""
    token: str = ""
    style: str = "custom"
    creates: bool = False
    updates: bool = False
    deactivates: bool = False
    passwords: bool = False
    pushes_groups: bool = False

    @property
    def enabled(self) -> bool:
        """Whether Okta talks to the application at all."""
        return self.status == "ENABLED" and bool(self.base_url)


@dataclass(frozen=True, slots=True)
class App:
    """An application instance. `body` holds the members of its JSON that no behaviour depends on."""

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

    @property
    def active(self) -> bool:
        """Whether it signs people on and issues tokens."""
        return self.status == "ACTIVE"

    @property
    def is_service(self) -> bool:
        """Whether it is a machine's client, which nobody is assigned to."""
        return self.client is not None and self.client.application_type == "service"


@dataclass(frozen=True, slots=True)
class AppGroup:
    """A group's right to an application. The lowest priority number wins where groups disagree."""

    app_id: str
    group_id: str
    priority: int
    profile: tuple[tuple[str, Any], ...]
    last_updated: datetime


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
