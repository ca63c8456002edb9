"""Personal access tokens and API clients, what people let clients do, and the user levels of people."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.credentials import Credential, OAuthGrant
from simulators.sailpoint.domain.errors import BadContent, Forbidden, NotFound
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.values import Values

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

MOST_TOKENS = 10
_EXPIRED = "sailpoint.token-expired"
_CODE_LIVES = timedelta(minutes=5)
EXECUTE = "sp:workflow-execute:external"


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
        tenant.clock.on(_EXPIRED, self._expired)

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
        details: Mapping[str, Any] | None = None,
    ) -> Credential:
        """Make a credential; `kind` is pat or client.

        Raises BadContent beyond ten tokens of one person, or for a second of one name.
        """
        state = self._tenant.state
        if kind == "pat":
            self._check_name(owner_id, name)
            if state.credentials.count("owner", owner_id) >= MOST_TOKENS:
                raise BadContent("The maximum number of personal access tokens has been reached.")
        id = state.ids.hex32("credential") if kind == "pat" else state.ids.uuid("credential")
        secret = state.ids.secret("credential", 32)
        now = self._tenant.now()
        made = Credential(id, kind, name, secret, owner_id, now, scope, validity_s, expires, None, levels, now)
        return self._put(replace(made, details=Values(details)))

    def _check_name(self, owner_id: str, name: str, but: str = "") -> None:
        for one in self._tenant.state.credentials.find("owner", owner_id):
            if one.name == name and one.id != but:
                raise BadContent(f'The name "{name}" is already used by another personal access token.')

    def _put(self, credential: Credential) -> Credential:
        """Store a credential whose end is new."""
        self._tenant.configuration.set_timer(f"token/{credential.id}", credential.expires, _EXPIRED, credential.id)
        return self._tenant.state.credentials.put(credential)

    def _expired(self, id: str) -> None:
        self._tenant.state.timers.pop(f"token/{id}", None)
        credential = self._tenant.state.credentials.get(id)
        if credential is not None:
            self._tenant.journal.write("PERSONAL_ACCESS_TOKEN_EXPIRED", credential.name)

    def get(self, kind: str, id: str) -> Credential:
        """A credential of one kind. Raises NotFound."""
        credential = self._tenant.state.credentials.get(id)
        if credential is None or credential.kind != kind:
            raise NotFound
        return credential

    def own(self, id: str, caller: Caller) -> Credential:
        """A personal access token of the caller's own. Raises NotFound, Forbidden."""
        credential = self.get("pat", id)
        if credential.owner_id != caller.identity_id:
            raise Forbidden
        return credential

    def change(self, credential: Credential, **changes: Any) -> Credential:
        """Store another version. Raises BadContent for the name of another token of its owner."""
        if credential.kind == "pat" and "name" in changes:
            self._check_name(credential.owner_id, changes["name"], credential.id)
        changed = replace(credential, modified=self._tenant.now(), **changes)
        return (
            self._put(changed) if changed.expires != credential.expires else self._tenant.state.credentials.put(changed)
        )

    def verified(self, client_id: str, secret: str) -> Credential | None:
        """The credential of an id and secret that is still good."""
        credential = self._tenant.state.credentials.get(client_id)
        if credential is None or not hmac.compare_digest(credential.secret.encode(), secret.encode()):
            return None
        if not credential.enabled or (credential.expires is not None and credential.expires <= self._tenant.now()):
            return None
        return credential

    def used(self, credential: Credential) -> None:
        """Note that a token was issued for a credential; the note is renewed once a day (SailPoint API, tokens)."""
        now = self._tenant.now()
        if credential.last_used is None or credential.last_used.date() != now.date():
            self._tenant.state.credentials.put(replace(credential, last_used=now))

    def grant(self, client_id: str, identity_id: str, redirect_uri: str = "", seconds: int = 0) -> str:
        """What proves that a person lets a client act for them: a code, or a refresh token of some `seconds`."""
        tenant = self._tenant
        lives = timedelta(seconds=seconds) if seconds else _CODE_LIVES
        text = tenant.ids.secret("oauth-grant", 24)
        tenant.state.oauth_grants[text] = OAuthGrant(client_id, identity_id, redirect_uri, tenant.now() + lives)
        return text

    def redeem(self, text: str, client_id: str, redirect_uri: str = "") -> OAuthGrant | None:
        """Use a code or a refresh token up; None for one that is unknown, another client's, used or expired."""
        grants = self._tenant.state.oauth_grants
        found = grants.get(text)
        if found is None or found.client_id != client_id or found.redirect_uri != redirect_uri:
            return None
        del grants[text]
        return found if found.expires > self._tenant.now() else None

    def levels_of(self, credential: Credential) -> frozenset[str]:
        """User levels a credential acts with; every person has USER."""
        if credential.kind == "client":
            return frozenset(credential.levels or ("ORG_ADMIN",))
        return frozenset({"USER", *credential.levels, *self.levels_of_person(credential.owner_id)})

    def levels_of_person(self, identity_id: str) -> tuple[str, ...]:
        """User levels set for a person."""
        document = self._tenant.configuration.find("auth-user", f"auth-{identity_id}")
        return tuple(document.body.get("capabilities") or ()) if document is not None else ()

    def set_levels(self, identity: Identity, levels: Iterable[str]) -> None:
        """Give a person exactly these user levels."""
        configuration, id = self._tenant.configuration, f"auth-{identity.id}"
        content = {"name": identity.alias, "capabilities": list(levels)}
        document = configuration.find("auth-user", id)
        if document is None:
            configuration.add("auth-user", content, id=id)
        else:
            configuration.update(document, content)

    def caller(self, client_id: str, person: str = "", scopes: frozenset[str] | None = None) -> Caller | None:
        """Who stands behind a client id now, acting for `person` if it is a client; None once the credential is gone.

        `scopes` are those its token was issued with: a change does not reach tokens that are out already.
        """
        credential = self._tenant.state.credentials.get(client_id)
        if credential is None or not credential.enabled:
            return None
        id = credential.owner_id or person
        owner: Identity | None = self._tenant.state.identities.get(id) if id else None
        if id and owner is None:
            return None
        levels = self.levels_of(credential)
        if owner is not None and credential.kind == "client":
            levels = frozenset({"USER", *self.levels_of_person(id)})
        name = owner.alias if owner is not None else credential.name
        return Caller(client_id, id, levels, name, frozenset(credential.scope) if scopes is None else scopes)

    def client_for(self, workflow_id: str, name: str) -> Credential:
        """The client that may call one workflow and nothing else; an older one of the workflow is withdrawn."""
        self.forget_client_of(workflow_id)
        credential = self.issue("client", name, scope=(EXECUTE,), levels=("USER",))
        self._tenant.state.workflow_clients[credential.id] = workflow_id
        return credential

    def workflow_of(self, client_id: str) -> str:
        """The workflow that a client was made for; empty for any other client."""
        return self._tenant.state.workflow_clients.get(client_id, "")

    def forget_client_of(self, workflow_id: str) -> None:
        """Withdraw the client of a workflow."""
        clients = self._tenant.state.workflow_clients
        for id in [id for id, made_for in clients.items() if made_for == workflow_id]:
            del clients[id]
            self._tenant.state.credentials.remove(id)

    def remove(self, kind: str, id: str, caller: Caller) -> None:
        """Withdraw a credential: one's own, or any as an administrator. Raises NotFound."""
        credential = self.get(kind, id)
        if not (caller.is_admin or credential.owner_id == caller.identity_id):
            raise NotFound
        self._tenant.state.credentials.remove(id)
        if credential.kind == "pat":
            self._tenant.journal.write("PERSONAL_ACCESS_TOKEN_DELETED", credential.name, actor=caller.name)
