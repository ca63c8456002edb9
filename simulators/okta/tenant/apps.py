"""Applications: records, lifecycle, provisioning settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.apps import App, Provisioning
from simulators.okta.domain.errors import AppMetadataFixed, DeleteAppForbidden, Invalid, NotFound
from simulators.okta.domain.log import Cause
from simulators.okta.domain.tokens import OAuthClient
from simulators.okta.tenant.journal import app_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


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
        app = self.org.state.apps.get(id)
        return app if app is not None and app.client is not None else None

    def labelled(self, label: str) -> App | None:
        """The oldest application with this label."""
        return next((app for app in self.org.state.apps.find("label", label.lower()) if app.label == label), None)

    def create(
        self,
        name: str,
        label: str,
        mode: str,
        body: dict[str, Any],
        client: OAuthClient | None,
        activate: bool,
        cause: Cause,
    ) -> App:
        """A new application instance."""
        org, at = self.org, self.org.whole_second()
        if not label:
            raise Invalid("label", "label: The field cannot be left blank")
        status = "ACTIVE" if activate else "INACTIVE"
        hidden = bool(body.get("visibility", {}).get("hide", {}).get("web"))
        app = App(
            org.new_id("0oa"),
            name,
            label,
            status,
            mode,
            at,
            at,
            body,
            provisioning=Provisioning(style=self._style(name)),
            client=client,
            hidden=hidden,
        )
        org.state.apps.put(app)
        org.log.emit(cause, "application.lifecycle.create", app_party(app))
        return app

    def replace(
        self, app: App, label: str, mode: str, body: dict[str, Any], client: OAuthClient | None, cause: Cause
    ) -> App:
        """The application with other settings; its kind is fixed."""
        if mode != app.sign_on_mode:
            raise AppMetadataFixed()
        hidden = bool(body.get("visibility", {}).get("hide", {}).get("web"))
        after = replace(app, label=label, body=body, client=client, hidden=hidden, last_updated=self.org.whole_second())
        return self._kept(after, "application.lifecycle.update", cause)

    def provision(self, app: App, provisioning: Provisioning, cause: Cause) -> App:
        """The application with other provisioning settings; from here on they decide what is sent."""
        after = replace(app, provisioning=provisioning, last_updated=self.org.whole_second())
        return self._kept(after, "application.lifecycle.update", cause)

    def activate(self, app: App, cause: Cause) -> App:
        """Sign people on again."""
        return self._kept(replace(app, status="ACTIVE"), "application.lifecycle.activate", cause)

    def deactivate(self, app: App, cause: Cause) -> App:
        """Stop signing people on; tokens issued so far are void for good."""
        if app.client is not None:
            self.org.tokens.revoke_client(app.id)
        return self._kept(replace(app, status="INACTIVE"), "application.lifecycle.deactivate", cause)

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
        for role in list(state.roles.find("holder", app.id)):
            state.roles.remove(f"{role.holder_id}/{role.id}")
        state.apps.remove(app.id)
        self.org.log.emit(cause, "application.lifecycle.delete", app_party(app))

    def listing(self, after: str | None) -> Iterator[App]:
        """All applications in order of creation."""
        return self.org.state.apps.rows(after)

    def of_group(self, group_id: str, after: str | None) -> Iterator[App]:
        """Applications assigned to a group."""
        state = self.org.state
        behind = f"{after}/{group_id}" if after else None
        return (state.apps[row.app_id] for row in state.app_groups.find("group", group_id, behind))

    def _style(self, name: str) -> str:
        """Applications made with the wizard carry the org's name or a template's; others come from the catalogue."""
        made_here = name.startswith(("template_", f"{self.org.settings.name}_")) or name in ("oidc_client", "bookmark")
        return "custom" if made_here else "catalogue"

    def _kept(self, app: App, event: str, cause: Cause) -> App:
        self.org.state.apps.put(app)
        self.org.log.emit(cause, event, app_party(app))
        return app
