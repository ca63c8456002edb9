"""Custom authorization servers: records, lifecycle, scopes, claims, signing keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.auth_servers import (
    KEY_LIFE,
    SUBJECT_CLAIM,
    SUBJECT_TREE,
    SYSTEM_SCOPES,
    AuthServer,
    Claim,
    Scope,
)
from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.domain.log import Cause, Party
from simulators.okta.jose import is_signed, key_id, marks_of

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_TAKEN = "name: An object with this field already exists in the current organization"


class AuthServers:
    """The authorization servers of an org, its own among them."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def found(self) -> None:
        """What a new org has: its own server, and the custom one called `default` that lets everybody in."""
        at = self.org.whole_second()
        self.org.state.auth_servers.put(AuthServer("", 0, self.org.settings.name, "", (), at, at, at))
        text = "Default Authorization Server for your Applications"
        server = self._new("default", text, ("api://default",), "ORG_URL", "AUTO", {}, is_default=True)
        self.org.access_rules.found(server)

    @property
    def own(self) -> AuthServer:
        """The org's own server."""
        return self.org.state.auth_servers[""]

    def find(self, ref: str) -> AuthServer:
        """The custom server with an id, or `default`. Raises NotFound."""
        server = self.org.state.auth_servers.first("slug", ref) or self.org.state.auth_servers.get(ref)
        if server is None or server.is_org:
            raise NotFound(ref, "AuthorizationServer")
        return server

    def of(self, id: str) -> AuthServer | None:
        """The server behind the `server` of a token, if it is still there."""
        return self.org.state.auth_servers.get(id)

    def listing(self, text: str, after: str | None) -> Iterator[AuthServer]:
        """Custom servers whose name or an audience contains a text."""
        for server in self.org.state.auth_servers.rows(after):
            names = (server.name, *server.audiences)
            if not server.is_org and (not text or any(text.lower() in name.lower() for name in names)):
                yield server

    def create(
        self,
        name: str,
        description: str,
        audiences: tuple[str, ...],
        issuer_mode: str,
        rotation: str,
        encryption: dict[str, Any],
        cause: Cause,
    ) -> AuthServer:
        """A new server with the system's scopes and its `sub` claim; without a policy it issues nothing."""
        self._free(name, "")
        server = self._new(name, description, audiences, issuer_mode, rotation, encryption)
        self._report(cause, "oauth2.as.created", server)
        return server

    def replace(self, server: AuthServer, cause: Cause, **changes: Any) -> AuthServer:
        """A server with other settings; a changed rotation begins with the key in use."""
        self._free(changes["name"], server.id)
        now = self.org.now()
        if changes["rotation"] != server.rotation:
            changes |= {"key": server.key_at(now), "rotated": server.last_rotation(now)}
        return self._kept(server, "oauth2.as.updated", cause, **changes)

    def delete(self, server: AuthServer, cause: Cause) -> None:
        """Take a server away with all that is its own; its tokens are void."""
        if server.is_default:
            raise Forbidden()
        state = self.org.state
        for scope in list(state.scopes.find("server", server.id)):
            state.scopes.remove(scope.id)
        for claim in list(state.claims.find("server", server.id)):
            state.claims.remove(claim.id)
        for policy in list(state.access_policies.find("server", server.id)):
            self.org.access_rules.forget(policy)
        self.org.tokens.revoke_server(server.id)
        state.auth_servers.remove(server.id)
        self._report(cause, "oauth2.as.deleted", server)

    def switch(self, server: AuthServer, on: bool, cause: Cause) -> AuthServer:
        """Let a server issue tokens, or not."""
        event = "oauth2.as.activated" if on else "oauth2.as.deactivated"
        return self._kept(server, event, cause, status="ACTIVE" if on else "INACTIVE")

    def rotate(self, server: AuthServer, cause: Cause) -> AuthServer:
        """Sign with the next key from now on."""
        now = self.org.now()
        changes = {"key": server.key_at(now) + 1, "rotated": now.replace(microsecond=0)}
        return self._kept(server, "app.oauth2.as.key.rollover", cause, **changes)

    def keys(self, server: AuthServer) -> list[tuple[int, str]]:
        """The numbers of a server's keys with their status: the one in use, the next, and those before for 90 days."""
        now = self.org.now()
        current = server.key_at(now)
        rows = [(current, "ACTIVE"), (current + 1, "NEXT")]
        if current > 0 and now - server.last_rotation(now) < KEY_LIFE:
            rows.append((current - 1, "EXPIRED"))
        return rows

    def verified(self, token: str) -> tuple[AuthServer, str] | None:
        """The server that signed a token, and the token's `jti`."""
        kid, issuer, jti = marks_of(token)
        base_url, now = self.org.base_url, self.org.now()
        slug = issuer.removeprefix(f"{base_url}/oauth2/")
        server = self.own if issuer == base_url else self.org.state.auth_servers.first("slug", slug)
        if server is None or server.issuer(base_url) != issuer:
            return None
        seed, current = self.org.state.ids.random_seed, server.key_at(now)
        for number in (current, current - 1):
            if number >= 0 and kid == key_id(seed, server.ordinal, number):
                return (server, jti) if is_signed(token, seed, server.ordinal, number) else None
        return None

    # scopes and claims ------------------------------------------------------------------------------------------------

    def scope(self, server: AuthServer, ref: str) -> Scope:
        """A scope by id or name. Raises NotFound."""
        scope = self.org.state.scopes.get(ref) or self.named_scope(server, ref)
        if scope is None or scope.server != server.id:
            raise NotFound(ref, "OAuth2Scope")
        return scope

    def named_scope(self, server: AuthServer, name: str) -> Scope | None:
        """The scope of a server with this name."""
        return self.org.state.scopes.first("name", f"{server.id}/{name}")

    def scopes(self, server: AuthServer, after: str | None = None) -> Iterator[Scope]:
        """The scopes of a server."""
        return self.org.state.scopes.find("server", server.id, after)

    def keep_scope(self, scope: Scope, event: str, cause: Cause) -> Scope:
        """Store a scope. Raises Invalid for a name that another one has."""
        held = self.org.state.scopes.first("name", f"{scope.server}/{scope.name}")
        if held is not None and held.id != scope.id:
            raise Invalid("name", _TAKEN)
        self._log(cause, event, Party(scope.id, "OAuth2Scope", scope.name, scope.name))
        return self.org.state.scopes.put(scope)

    def remove_scope(self, scope: Scope, cause: Cause) -> None:
        """Take a scope away, unless it is the system's."""
        if scope.system:
            raise Forbidden()
        self.org.state.scopes.remove(scope.id)
        self._log(cause, "oauth2.scope.deleted", Party(scope.id, "OAuth2Scope", scope.name, scope.name))

    def claim(self, server: AuthServer, id: str) -> Claim:
        """A claim. Raises NotFound."""
        claim = self.org.state.claims.get(id)
        if claim is None or claim.server != server.id:
            raise NotFound(id, "OAuth2Claim")
        return claim

    def claims(self, server: AuthServer) -> Iterator[Claim]:
        """The claims of a server."""
        return self.org.state.claims.find("server", server.id)

    def keep_claim(self, claim: Claim, event: str, cause: Cause) -> Claim:
        """Store a claim. Raises Invalid for a name that another claim of the same token has."""
        for held in self.org.state.claims.find("server", claim.server):
            if held.id != claim.id and (held.name, held.token) == (claim.name, claim.token):
                raise Invalid("name", _TAKEN)
        self._log(cause, event, Party(claim.id, "OAuth2Claim", claim.name, claim.name))
        return self.org.state.claims.put(claim)

    def remove_claim(self, claim: Claim, cause: Cause) -> None:
        """Take a claim away, unless it is the system's."""
        if claim.system:
            raise Forbidden()
        self.org.state.claims.remove(claim.id)
        self._log(cause, "oauth2.claim.deleted", Party(claim.id, "OAuth2Claim", claim.name, claim.name))

    def _new(
        self,
        name: str,
        description: str,
        audiences: Iterable[str],
        issuer_mode: str,
        rotation: str,
        encryption: dict[str, Any],
        is_default: bool = False,
    ) -> AuthServer:
        org, at = self.org, self.org.whole_second()
        org.state.auth_server_count += 1
        server = AuthServer(
            org.new_id("aus"), org.state.auth_server_count, name, description, tuple(audiences), at, at, at,
            "ACTIVE", issuer_mode, rotation, 0, is_default, encryption,
        )  # fmt: skip
        org.state.auth_servers.put(server)
        for scope, (title, text) in SYSTEM_SCOPES.items():
            row = Scope(org.new_id("scp"), server.id, scope, text, title, publish="ALL_CLIENTS", system=True)
            org.state.scopes.put(row)
        id = org.new_id("ocl")
        org.state.claims.put(
            Claim(id, server.id, "sub", "RESOURCE", "SYSTEM", SUBJECT_CLAIM, SUBJECT_TREE, system=True)
        )
        return server

    def _free(self, name: str, id: str) -> None:
        for held in self.org.state.auth_servers.find("name", name.lower()):
            if held.id != id and not held.is_org:
                raise Invalid("name", _TAKEN)

    def _kept(self, server: AuthServer, event: str, cause: Cause, **changes: Any) -> AuthServer:
        after = replace(server, last_updated=self.org.whole_second(), **changes)
        self._report(cause, event, after)
        return self.org.state.auth_servers.put(after)

    def _report(self, cause: Cause, event: str, server: AuthServer) -> None:
        self._log(cause, event, server_party(server, self.org.base_url))

    def _log(self, cause: Cause, event: str, party: Party) -> None:
        self.org.log.emit(cause, event, party)


def server_party(server: AuthServer, base_url: str) -> Party:
    """An authorization server as target."""
    return Party(server.id, "AuthorizationServer", server.issuer(base_url), server.name)
