"""Applications: records, lifecycle, provisioning settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.okta.domain.app_kinds import MODES, SYSTEM_APPS, can_provision, is_custom, of_wizard
from simulators.okta.domain.apps import App, AppDraft, Provisioning
from simulators.okta.domain.errors import (
    AppMetadataFixed,
    DeleteAppForbidden,
    Invalid,
    LabelTaken,
    NotFound,
    SelfServiceOff,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.tokens import ClientKey, ClientSecret, OAuthClient
from simulators.okta.tenant.journal import app_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_WITH_SECRET = ("client_secret_basic", "client_secret_post", "client_secret_jwt")


class Apps:
    """The table of applications."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def find(self, id: str) -> App:
        """The application with an id. Raises NotFound."""
        app = self.org.state.apps.get(id)
        if app is None:
            raise NotFound(id, "AppInstance")
        return app

    def client(self, id: str) -> App | None:
        """The application behind an OAuth client id."""
        app = self.org.state.apps.get(id) or self.org.state.apps.first("client", id)
        return app if app is not None and app.client is not None else None

    def labelled(self, label: str) -> App | None:
        """The oldest application with this label."""
        return next((app for app in self.org.state.apps.find("label", label.lower()) if app.label == label), None)

    def free_name(self, stem: str) -> str:
        """A name for an application of the wizard: the stem and the first free number."""
        number = 1
        while self.org.state.apps.first("name", f"{stem}_{number}") is not None:
            number += 1
        return f"{stem}_{number}"

    def made(self, draft: AppDraft, active: bool = True) -> App:
        """A new application instance, stored and not yet told of. Raises Invalid for a client id that is taken."""
        org, at, client = self.org, self.org.whole_second(), draft.client
        if client is not None and client.id and self.client(client.id) is not None:
            text = "client_id: An object with this field already exists in the current organization"
            raise Invalid("client_id", text)
        custom = is_custom(draft.name, org.settings.name)
        app = App(
            org.new_id("0oa"),
            draft.name,
            draft.label,
            "ACTIVE" if active else "INACTIVE",
            draft.mode,
            at,
            at,
            draft.body,
            provisioning=Provisioning(style="custom" if custom else "catalogue", supported=can_provision(draft.name)),
            client=self.furnished(client),
            hidden=draft.hidden,
            signing_kid=org.state.assertion_kid if MODES[draft.mode].signed else "",
        )
        org.profile_mappings.begin(app)
        return org.state.apps.put(org.app_keys.begin(app))

    def create(self, draft: AppDraft, active: bool, cause: Cause) -> App:
        """A new application instance. Raises Invalid beyond what the edition allows, SelfServiceOff, LabelTaken."""
        org, most = self.org, self.org.settings.most_apps
        if most is not None and len(org.state.apps) - len(SYSTEM_APPS) - 1 >= most:
            text = "Cannot create application instance. Maximum number of instances has been reached."
            raise Invalid("generalSettings", text)
        self._check(draft, None)
        app = self.made(draft, active)
        self._tell(app, "application.lifecycle.create", cause)
        return app

    def furnished(self, client: OAuthClient | None) -> OAuthClient | None:
        """A client with ids for its keys, and with a secret if its method wants one."""
        if client is None:
            return None
        org, at = self.org, self.org.whole_second()
        known = {row.jwk.get("kid"): row for row in client.key_rows}
        wanted = {key.get("kid") for key in client.keys}
        rows = [row for row in client.key_rows if row.status == "INACTIVE" and row.jwk.get("kid") not in wanted]
        for key in client.keys:
            row = known.get(key.get("kid")) or ClientKey(org.new_id("pks"), key, "ACTIVE", at, at)
            rows.append(replace(row, jwk=key, status="ACTIVE"))
        client = client.with_keys(tuple(rows))
        if client.auth_method not in _WITH_SECRET:
            return replace(client, secret="", secrets=())
        if client.secret or not client.secrets:
            value = client.secret or org.state.ids.secret("client", 48)
            others = tuple(row for row in client.secrets if row.value != value)[:1]
            made = ClientSecret(org.new_id("ocs"), value, "ACTIVE", at, at)
            return client.with_secrets((*others, made))
        return client.with_secrets(client.secrets)

    def replace(self, app: App, draft: AppDraft, cause: Cause) -> App:
        """The application with other settings; its kind is fixed. Raises NotFound for a key that it does not have.

        An inactive one of the wizard cannot be changed at all: AppMetadataFixed.
        """
        if not app.active and of_wizard(app.name, self.org.settings.name):
            raise AppMetadataFixed("", "This operation on app metadata is not yet supported: No active instances.")
        self._check(draft, app)
        if draft.kid and draft.client is None:
            app = self.org.app_keys.use(app, draft.kid)
        after = replace(
            app,
            label=draft.label,
            body=draft.body,
            client=self.furnished(draft.client),
            hidden=draft.hidden,
            last_updated=self.org.whole_second(),
        )
        return self.kept(after, "application.lifecycle.update", cause)

    def provision(self, app: App, provisioning: Provisioning, cause: Cause) -> App:
        """The application with other provisioning settings; from here on they decide what is sent."""
        after = replace(app, provisioning=provisioning, last_updated=self.org.whole_second())
        return self.kept(after, "application.lifecycle.update", cause)

    def activate(self, app: App, cause: Cause) -> App:
        """Sign people on again; nothing happens to an application that does already."""
        return app if app.active else self._turned(app, "ACTIVE", "application.lifecycle.activate", cause)

    def deactivate(self, app: App, cause: Cause) -> App:
        """Stop signing people on; tokens issued so far are void for good."""
        if not app.active:
            return app
        if app.client is not None:
            self.org.tokens.revoke_client(app.id)
        return self._turned(app, "INACTIVE", "application.lifecycle.deactivate", cause)

    def delete(self, app: App, cause: Cause) -> None:
        """Take an inactive application away with its assignments."""
        if app.active:
            raise DeleteAppForbidden("", "The application must be deactivated before deletion.")
        state = self.org.state
        for row in list(state.app_groups.find("app", app.id)):
            state.app_groups.remove(f"{row.app_id}/{row.group_id}")
        for user_id in list(state.app_users.rights(app.id)):
            state.app_users.remove(app.id, user_id)
        for mapping in list(state.mappings.find("app", app.id)):
            state.mappings.remove(mapping.id)
        self.org.profile_mappings.forget(app)
        self.org.app_keys.forget(app)
        for role in list(state.roles.find("holder", app.id)):
            state.roles.remove(f"{role.holder_id}/{role.id}")
        self.org.grants.forget_client(app.id)
        state.apps.remove(app.id)
        self._tell(app, "application.lifecycle.delete", cause)

    def listing(self, after: str | None) -> Iterator[App]:
        """All applications in order of creation, but those that no list shows."""
        return (app for app in self.org.state.apps.rows(after) if app.listed)

    def of_group(self, group_id: str, after: str | None) -> Iterator[App]:
        """Applications assigned to a group."""
        state = self.org.state
        behind = f"{after}/{group_id}" if after else None
        return (state.apps[row.app_id] for row in state.app_groups.find("group", group_id, behind))

    def kept(self, app: App, event: str, cause: Cause) -> App:
        """Store a changed application and tell of it."""
        self.org.state.apps.put(app)
        self._tell(app, event, cause)
        return app

    def _tell(self, app: App, event: str, cause: Cause) -> None:
        """An application's change, and its client's where it has one."""
        self.org.log.emit(cause, event, app_party(app))
        if app.client is not None and event.startswith("application.lifecycle."):
            client = f"app.oauth2.client.lifecycle.{event.rpartition('.')[2]}"
            self.org.log.emit(cause, client, Party(app.client_id, "PublicClientApp", app.id, app.label))

    def _turned(self, app: App, status: str, event: str, cause: Cause) -> App:
        return self.kept(replace(app, status=status, last_updated=self.org.whole_second()), event, cause)

    def _check(self, draft: AppDraft, app: App | None) -> None:
        """What depends on the org: people adding applications themselves, and labels that have to differ.

        Raises SelfServiceOff, LabelTaken.
        """
        if draft.self_service and not self.org.settings.self_service:
            raise SelfServiceOff(
                "", "Self service application assignment for organization managed apps must be enabled."
            )
        if not self.org.settings.unique_app_labels:
            return
        for other in self.org.state.apps.find("label", draft.label.lower()):
            if app is None or other.id != app.id:
                raise LabelTaken()
