"""Credentials of people and programs, and what people have let programs do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from simulators.sailpoint.domain.values import Values


@dataclass(frozen=True, slots=True)
class Credential:
    """A personal access token (with an owner) or an API client (without)."""

    id: str
    kind: str
    name: str
    secret: str
    owner_id: str
    created: datetime
    scope: tuple[str, ...] = ("sp:scopes:all",)
    validity_s: int = 43200
    expires: datetime | None = None
    last_used: datetime | None = None
    levels: tuple[str, ...] = ()
    modified: datetime | None = None
    # What else an API client is told: grant types, redirect addresses, names, switches.
    details: Values = field(default_factory=Values)

    @property
    def enabled(self) -> bool:
        """Whether tokens are issued for it."""
        return self.details.get("enabled") is not False


@dataclass(frozen=True, slots=True)
class OAuthGrant:
    """What a person has let an API client do: by a code, once and soon, or by a refresh token, until it expires."""

    client_id: str
    identity_id: str
    redirect_uri: str
    expires: datetime
