"""Which scopes clients were granted: by administrators, and by people for their own data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simulators.okta.domain.apps import App
from simulators.okta.domain.auth_servers import AuthServer
from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.tokens import ScopeGrant
from simulators.okta.domain.users import User
from simulators.okta.tenant.journal import app_party, user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

ADMIN, END_USER = "ADMIN", "END_USER"


class Grants:
    """The table of scope grants."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def scopes_of(self, client_id: str) -> list[str]:
        """The Okta scopes that an administrator granted a client."""
        return [grant.scope for grant in self.of_client(client_id) if grant.source == ADMIN]

    def of_client(self, client_id: str) -> list[ScopeGrant]:
        """Every grant of a client, in order of creation."""
        return list(self.org.state.scope_grants.find("client", client_id))

    def of_user(self, user_id: str, client_id: str | None = None) -> list[ScopeGrant]:
        """What a person granted, to one client only if asked."""
        found = self.org.state.scope_grants.find("user", user_id)
        return [grant for grant in found if client_id in (None, grant.client_id)]

    def find(self, id: str, client_id: str | None = None, user_id: str | None = None) -> ScopeGrant:
        """One grant, of the client or person named. Raises NotFound."""
        grant = self.org.state.scope_grants.get(id)
        if grant is None or client_id not in (None, grant.client_id) or user_id not in (None, grant.user_id):
            raise NotFound(id, "OAuth2ScopeConsentGrant")
        return grant

    def plant(self, client_id: str, scopes: Iterable[str], by: str = "") -> None:
        """Grants of a seed; nothing reaches the log."""
        for scope in scopes:
            self._put(client_id, None, scope, "", by)

    def by_admin(self, app: App, scope: str, by: str, cause: Cause) -> ScopeGrant:
        """An administrator lets a client ask for an Okta scope; a second time changes nothing."""
        for held in self.of_client(app.id):
            if held.source == ADMIN and held.scope == scope:
                return held
        party = Party(scope, "scope", None, scope)
        self.org.log.emit(cause, "app.oauth2.admin.consent.grant", app_party(app), party)
        return self._put(app.id, None, scope, "", by)

    def by_user(self, app: App, user: User, scopes: Iterable[str], server: AuthServer, cause: Cause) -> None:
        """A person allows a client scopes of a server."""
        held = self.granted(app, user, server)
        for scope in scopes:
            if scope not in held:
                self._put(app.id, user.id, scope, server.id, user.id)
        event = "app.oauth2.consent.grant" if server.is_org else "app.oauth2.as.consent.grant"
        self.org.log.emit(cause, event, app_party(app), user_party(user))

    def granted(self, app: App, user: User, server: AuthServer) -> set[str]:
        """The scopes of a server that a person has allowed a client."""
        return {grant.scope for grant in self.of_user(user.id, app.id) if grant.server == server.id}

    def revoke(self, grant: ScopeGrant, cause: Cause) -> None:
        """Take a grant back. What a person allowed takes the person's tokens of that client along."""
        self.org.state.scope_grants.remove(grant.id)
        app = self.org.state.apps.get(grant.client_id)
        party = app_party(app) if app else Party(grant.client_id, "AppInstance", None, None)
        if grant.source == ADMIN:
            scope = Party(grant.scope, "scope", None, grant.scope)
            self.org.log.emit(cause, "app.oauth2.admin.consent.revoke", party, scope)
            return
        event = "app.oauth2.as.consent.revoke" if grant.server else "app.oauth2.consent.revoke"
        user = self.org.state.users.get(grant.user_id or "")
        self.org.log.emit(cause, event, party, *([user_party(user)] if user else []))
        self.org.tokens.revoke_user(grant.user_id or "", None, grant.client_id)

    def forget_client(self, client_id: str) -> None:
        """A client is gone."""
        for grant in self.of_client(client_id):
            self.org.state.scope_grants.remove(grant.id)

    def forget_user(self, user_id: str) -> None:
        """A person is gone."""
        for grant in self.of_user(user_id):
            self.org.state.scope_grants.remove(grant.id)

    def _put(self, client_id: str, user_id: str | None, scope: str, server: str, by: str) -> ScopeGrant:
        org, at = self.org, self.org.whole_second()
        source = ADMIN if user_id is None else END_USER
        grant = ScopeGrant(org.new_id("oag"), client_id, user_id, scope, source, server, by, at, at)
        return org.state.scope_grants.put(grant)
