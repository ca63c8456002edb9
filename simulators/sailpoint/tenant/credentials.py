"""Personal access tokens and API clients, and the user levels of people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.records import Credential, Identity

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

MOST_TOKENS = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request: a credential, and the person behind it unless it is an API client's."""

    client_id: str
    identity_id: str
    levels: frozenset[str]
    name: str
    scopes: frozenset[str] = frozenset({"sp:scopes:all"})

    @property
    def is_admin(self) -> bool:
        """Whether the caller is an ORG_ADMIN."""
        return "ORG_ADMIN" in self.levels


class Credentials:
    """Issues, finds and withdraws credentials."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def issue(
        self,
        kind: str,
        name: str,
        owner_id: str = "",
        *,
        scope: tuple[str, ...] = ("sp:scopes:all",),
        validity_s: int = 43200,
        expires: datetime | None = None,
        levels: tuple[str, ...] = (),
    ) -> Credential:
        """Make a credential; `kind` is pat or client. Raises BadContent beyond ten tokens of one person."""
        state = self._tenant.state
        if kind == "pat" and state.credentials.count("owner", owner_id) >= MOST_TOKENS:
            raise BadContent("The maximum number of personal access tokens has been reached.")
        id = state.ids.hex32("credential") if kind == "pat" else state.ids.uuid("credential")
        secret = state.ids.secret("credential", 32)
        now = self._tenant.now()
        return state.credentials.put(
            Credential(id, kind, name, secret, owner_id, now, scope, validity_s, expires, levels=levels)
        )

    def verified(self, client_id: str, secret: str) -> Credential | None:
        """The credential of an id and secret that is still good."""
        credential = self._tenant.state.credentials.get(client_id)
        if credential is None or credential.secret != secret:
            return None
        if credential.expires is not None and credential.expires <= self._tenant.now():
            return None
        return credential

    def used(self, credential: Credential) -> None:
        """Note that a token was issued for a credential."""
        self._tenant.state.credentials.put(replace(credential, last_used=self._tenant.now()))

    def levels_of(self, credential: Credential) -> frozenset[str]:
        """User levels a credential acts with; every person has USER."""
        if credential.kind == "client":
            return frozenset(credential.levels or ("ORG_ADMIN",))
        return frozenset({"USER", *credential.levels, *self._levels_of_person(credential.owner_id)})

    def _levels_of_person(self, identity_id: str) -> tuple[str, ...]:
        document = self._tenant.configuration.find("auth-user", f"auth-{identity_id}")
        return tuple(document.body.get("capabilities") or ()) if document is not None else ()

    def caller(self, client_id: str) -> Caller | None:
        """Who stands behind a client id now; None once the credential is gone."""
        credential = self._tenant.state.credentials.get(client_id)
        if credential is None:
            return None
        owner: Identity | None = self._tenant.state.identities.get(credential.owner_id) if credential.owner_id else None
        name = owner.alias if owner is not None else credential.name
        return Caller(client_id, credential.owner_id, self.levels_of(credential), name, frozenset(credential.scope))

    def remove(self, id: str, caller: Caller) -> None:
        """Withdraw a credential: one's own, or any as an administrator. Raises NotFound."""
        credential = self._tenant.state.credentials.get(id)
        if credential is None or not (caller.is_admin or credential.owner_id == caller.identity_id):
            raise NotFound
        self._tenant.state.credentials.remove(id)
        if credential.kind == "pat":
            self._tenant.journal.write("PERSONAL_ACCESS_TOKEN_DELETED", credential.name, actor=caller.name)
