"""Secrets and public keys of OAuth clients: at most two secrets and fifty keys.

Okta API reference, Application SSO Public Keys (credentials/secrets, credentials/jwks).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.log import Cause
from simulators.okta.domain.tokens import ClientKey, ClientSecret, OAuthClient

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

MOST_SECRETS, MOST_KEYS = 2, 50
_SECRETS, _KEYS = "OAuth2ClientSecretMediated", "JsonWebKey"
_EVENT = "app.oauth2.credentials.lifecycle."


class AppCredentials:
    """Changes what a client authenticates with; what is inactive no longer counts at once."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def client(self, app: App) -> OAuthClient:
        """The OAuth client of an application. Raises NotFound for another kind."""
        if app.client is None:
            raise NotFound(app.id, "PublicClientApp")
        return app.client

    def secret(self, app: App, id: str) -> ClientSecret:
        """One secret. Raises NotFound."""
        for row in self.client(app).secrets:
            if row.id == id:
                return row
        raise NotFound(id, "OAuth2ClientSecretMediated")

    def add_secret(self, app: App, value: str, status: str, cause: Cause) -> ClientSecret:
        """A further secret, made up unless given. Raises Invalid."""
        client = self.client(app)
        if client.auth_method == "private_key_jwt":
            text = "'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'."
            raise Invalid("client_secret", text)
        if len(client.secrets) >= MOST_SECRETS:
            raise Invalid(_SECRETS, "You've reached the maximum number of client secrets per client.")
        org, at = self.org, self.org.whole_second()
        made = ClientSecret(org.new_id("ocs"), value or org.state.ids.secret("client", 48), status, at, at)
        self._keep(app, client.with_secrets((*client.secrets, made)), "create", cause)
        return made

    def renew_secret(self, app: App, cause: Cause) -> App:
        """The application with one new secret in place of all it had."""
        org, at = self.org, self.org.whole_second()
        made = ClientSecret(org.new_id("ocs"), org.state.ids.secret("client", 48), "ACTIVE", at, at)
        self._keep(app, self.client(app).with_secrets((made,)), "create", cause)
        return org.state.apps[app.id]

    def turn_secret(self, app: App, id: str, active: bool, cause: Cause) -> ClientSecret:
        """Switch a secret on or off. Raises Invalid for the only active one."""
        client, row = self.client(app), self.secret(app, id)
        others = [other for other in client.secrets if other.id != id and other.status == "ACTIVE"]
        if not active and row.status == "ACTIVE" and not others:
            raise Invalid(_SECRETS, "You can't deactivate the only active client secret.")
        status = "ACTIVE" if active else "INACTIVE"
        after = replace(row, status=status, last_updated=self.org.whole_second())
        rows = tuple(after if other.id == id else other for other in client.secrets)
        self._keep(app, client.with_secrets(rows), "activate" if active else "deactivate", cause)
        return after

    def delete_secret(self, app: App, id: str, cause: Cause) -> None:
        """Take an inactive secret away. Raises Invalid for an active one."""
        client = self.client(app)
        if self.secret(app, id).status == "ACTIVE":
            text = "You can't delete an active client secret. Deactivate the secret before deleting it."
            raise Invalid(_SECRETS, text)
        rows = tuple(row for row in client.secrets if row.id != id)
        self._keep(app, client.with_secrets(rows), "delete", cause)

    def key(self, app: App, id: str) -> ClientKey:
        """One public key. Raises NotFound."""
        for row in self.client(app).key_rows:
            if row.id == id:
                return row
        raise NotFound(id, _KEYS)

    def add_key(self, app: App, jwk: dict[str, Any], status: str, cause: Cause) -> ClientKey:
        """A further public key. Raises Invalid."""
        client, kid = self.client(app), jwk.get("kid")
        kids = [row.jwk.get("kid") for row in client.key_rows]
        if client.key_rows and (not kid or None in kids):
            text = (
                "Each key should have a unique kid when adding multiple keys. Use the Apps API to update the JWKS to "
                "add a kid for the existing key, or delete the existing key and re-add the key with a kid using the "
                "JWKS APIs."
            )
            raise Invalid(_KEYS, text)
        if kid in kids and kid is not None:
            raise Invalid(_KEYS, "All keys in the 'jwks' must have a unique `kid`.")
        if len(client.key_rows) >= MOST_KEYS:
            text = f"You can't create a new key. You have reached the maximum number of keys allowed ({MOST_KEYS})."
            raise Invalid(_KEYS, f"{text} To add another key, you must first delete an existing one.")
        if jwk.get("use") == "enc" and status == "ACTIVE" and _active_encryption(client):
            raise Invalid(_KEYS, "The client can have only one active encryption key in the 'jwks'.")
        at = self.org.whole_second()
        made = ClientKey(self.org.new_id("pks"), jwk, status, at, at)
        self._keep(app, client.with_keys((*client.key_rows, made)), "create", cause)
        return made

    def turn_key(self, app: App, id: str, active: bool, cause: Cause) -> ClientKey:
        """Switch a key on or off; an encryption key that is switched on switches the other off. Raises Invalid."""
        client, row = self.client(app), self.key(app, id)
        if not active:
            self._check_off(client, row)
        at = self.org.whole_second()
        after = replace(row, status="ACTIVE" if active else "INACTIVE", last_updated=at)
        rows = []
        for other in client.key_rows:
            if other.id == id:
                rows.append(after)
            elif active and "enc" == other.jwk.get("use") == row.jwk.get("use"):
                rows.append(replace(other, status="INACTIVE", last_updated=at))
            else:
                rows.append(other)
        self._keep(app, client.with_keys(tuple(rows)), "activate" if active else "deactivate", cause)
        return after

    def delete_key(self, app: App, id: str, cause: Cause) -> None:
        """Take an inactive key away. Raises Invalid for an active one."""
        client = self.client(app)
        if self.key(app, id).status == "ACTIVE":
            text = "You can't delete an active JSON Web Key. Deactivate the key before deleting it."
            raise Invalid(_KEYS, text)
        rows = tuple(row for row in client.key_rows if row.id != id)
        self._keep(app, client.with_keys(rows), "delete", cause)

    def _check_off(self, client: OAuthClient, row: ClientKey) -> None:
        if row.jwk.get("use") == "enc" and row.status == "ACTIVE":
            raise Invalid(_KEYS, "You can't deactivate the active encryption key.")
        others = [other for other in client.key_rows if other.id != row.id and other.status == "ACTIVE"]
        if client.auth_method == "private_key_jwt" and not others:
            text = "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is "
            raise Invalid(_KEYS, f"{text}`private_key_jwt`.")

    def _keep(self, app: App, client: OAuthClient, verb: str, cause: Cause) -> None:
        after = replace(app, client=client, last_updated=self.org.whole_second())
        self.org.apps.kept(after, _EVENT + verb, cause)


def _active_encryption(client: OAuthClient) -> bool:
    return any(row.jwk.get("use") == "enc" and row.status == "ACTIVE" for row in client.key_rows)
