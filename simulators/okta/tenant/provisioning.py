"""Outbound provisioning of people: background jobs that keep application accounts in line with assignments.

Each request is a job of its own, so nothing waits inside a job. Custom applications get the whole resource by PUT
after a GET, catalogue applications get a PATCH.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain import scim
from simulators.okta.domain.apps import App, AppUser
from simulators.okta.domain.log import Party
from simulators.okta.domain.settings import Delay
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import app_party, app_user_party, user_party
from simulators.okta.tenant.scim_client import Answer, send

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_DONE = {
    "profile": ("application.provision.user.push_profile",),
    "deactivate": ("application.provision.user.deactivate", "application.provision.user.deprovision"),
    "reactivate": ("application.provision.user.reactivate", "application.provision.user.sync"),
    "create": (
        "application.provision.user.push",
        "app.user_management.push_new_user_success",
        "application.provision.user.sync",
    ),
}


class Provisioner:
    """Creates, updates, deactivates and reactivates accounts in applications."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.scim.look", self._look)
        org.clock.on("okta.scim.write", self._write)
        org.clock.on("okta.scim.change", self._change)
        org.clock.on("okta.scim.replace", self._replace)
        org.clock.on("okta.scim.test", self._test)

    def assigned(self, app: App, app_user: AppUser, user: User, transaction: str) -> None:
        """Somebody got an application: create the account, or wake up the former one."""
        former = self.org.state.former_accounts.get(f"{app.id}/{user.id}")
        self._keep(replace(app_user, sync_state="SYNCING", external_id=former))
        delays = self.org.settings.delays
        if former is None:
            self._later("scim create", delays.scim_create, "okta.scim.look", app.id, user.id, transaction, 0)
        else:
            self._later(
                "scim create",
                delays.scim_create,
                "okta.scim.change",
                app.id,
                user.id,
                app_user.id,
                former,
                "reactivate",
                transaction,
                0,
            )

    def push_waiting(self, user: User) -> None:
        """Create accounts that waited for the person's activation."""
        for app_id, app_user in self.org.state.app_users.of(user.id):
            app = self.org.apps.find(app_id)
            if app_user.sync_state == "OUT_OF_SYNC" and app.provisioning.enabled and app.provisioning.creates:
                self.assigned(app, app_user, user, self.org.system().transaction)

    def changed(self, app: App, app_user: AppUser, user: User, transaction: str) -> None:
        """An assignment or a profile changed: tell the application. A create that had failed is tried anew."""
        if not app.provisioning.enabled or user.status in (Status.STAGED, Status.SUSPENDED):
            return
        if app_user.external_id is None:
            if app_user.sync_state == "ERROR" and app.provisioning.creates:
                self.assigned(app, app_user, user, transaction)
        elif app.provisioning.updates:
            self._keep(replace(app_user, sync_state="SYNCING"))
            self._later(
                "scim update",
                self.org.settings.delays.scim_update,
                "okta.scim.change",
                app.id,
                user.id,
                app_user.id,
                app_user.external_id,
                "profile",
                transaction,
                0,
            )

    def unassigned(self, app: App, app_user: AppUser, transaction: str) -> None:
        """Somebody lost an application: deactivate the account."""
        if app_user.external_id is None:
            return
        self.org.state.former_accounts[f"{app.id}/{app_user.user_id}"] = app_user.external_id
        if app.provisioning.enabled and app.provisioning.deactivates:
            self._later(
                "scim deactivate",
                self.org.settings.delays.scim_deactivate,
                "okta.scim.change",
                app.id,
                app_user.user_id,
                app_user.id,
                app_user.external_id,
                "deactivate",
                transaction,
                0,
            )

    def test(self, app: App) -> None:
        """The connection was saved: look whether the application answers."""
        self.org.clock.call_at(self.org.now(), "okta.scim.test", app.id)

    async def _test(self, app_id: str) -> None:
        app = self.org.state.apps.get(app_id)
        if app is not None and app.provisioning.enabled:
            await send(self.org, app.provisioning, "GET", "/Users", query={"startIndex": "1", "count": "2"})

    async def _look(self, app_id: str, user_id: str, transaction: str, attempt: int) -> None:
        """Ask whether the application knows the person already."""
        if (held := self._held(app_id, user_id)) is None:
            return
        app, app_user, _ = held
        query = {"filter": f'userName eq "{app_user.user_name}"', "startIndex": "1", "count": "100"}
        answer = await send(self.org, app.provisioning, "GET", "/Users", query=query)
        if self._again(answer, attempt, "okta.scim.look", app_id, user_id, transaction):
            return
        if not answer.good and answer.status != 404:
            self._failed(app_id, user_id, app_user.id, "create", answer, transaction)
            return
        found = answer.body.get("Resources") if answer.good and isinstance(answer.body, dict) else None
        external = str(found[0].get("id", "")) if found else ""
        delay = self.org.settings.delays.scim_write
        self._later("scim write", delay, "okta.scim.write", app_id, user_id, external, transaction, 0)

    async def _write(self, app_id: str, user_id: str, external: str, transaction: str, attempt: int) -> None:
        """Create the account, or link the one found."""
        if (held := self._held(app_id, user_id)) is None:
            return
        app, app_user, user = held
        body = scim.new_user(user, app_user, self.org.state.ids.base62("placeholder", 8))
        if external:
            body.pop("password")
            answer = await send(self.org, app.provisioning, "PUT", f"/Users/{external}", {**body, "id": external})
        else:
            answer = await send(self.org, app.provisioning, "POST", "/Users", body)
        if self._again(answer, attempt, "okta.scim.write", app_id, user_id, external, transaction):
            return
        if answer.good and not external:
            external = str(answer.body.get("id") or "") if isinstance(answer.body, dict) else ""
            if not external:
                answer = replace(answer, status=0, detail="Create new user returned empty user.")
        if not answer.good:
            self._failed(app_id, user_id, app_user.id, "create", answer, transaction)
            return
        self._done(app_id, user_id, app_user.id, external, "create", transaction)

    async def _change(
        self, app_id: str, user_id: str, app_user_id: str, external: str, kind: str, transaction: str, attempt: int
    ) -> None:
        """Change an account: by PATCH at once, or read it first."""
        app = self._still_wanted(app_id, user_id, kind)
        if app is None:
            return
        path, args = f"/Users/{external}", (app_id, user_id, app_user_id, external, kind)
        if app.provisioning.style == "catalogue":
            answer = await send(self.org, app.provisioning, "PATCH", path, self._patch(app_id, user_id, kind))
        else:
            answer = await send(self.org, app.provisioning, "GET", path)
        if self._again(answer, attempt, "okta.scim.change", *args, transaction):
            return
        if not answer.good:
            self._failed(app_id, user_id, app_user_id, kind, answer, transaction)
        elif app.provisioning.style == "catalogue":
            self._done(*args, transaction)
        else:
            delay, read = self.org.settings.delays.scim_write, json.dumps(answer.body)
            self._later("scim write", delay, "okta.scim.replace", *args, read, transaction, 0)

    async def _replace(
        self,
        app_id: str,
        user_id: str,
        app_user_id: str,
        external: str,
        kind: str,
        read: str,
        transaction: str,
        attempt: int,
    ) -> None:
        """Send the copy that was read back with the org's values over it."""
        app, held = self._still_wanted(app_id, user_id, kind), self._held(app_id, user_id)
        if app is None:
            return
        copy: dict[str, Any] = json.loads(read)
        if kind == "deactivate" or held is None:
            body = {**copy, "active": kind != "deactivate"}
        else:
            body = scim.merged_user(copy, held[2], held[1], active=True)
        answer = await send(self.org, app.provisioning, "PUT", f"/Users/{external}", body)
        args = (app_id, user_id, app_user_id, external, kind)
        if self._again(answer, attempt, "okta.scim.replace", *args, read, transaction):
            return
        if answer.good:
            self._done(*args, transaction)
        else:
            self._failed(app_id, user_id, app_user_id, kind, answer, transaction)

    def _patch(self, app_id: str, user_id: str, kind: str) -> dict[str, Any]:
        held = self._held(app_id, user_id)
        if kind == "deactivate" or held is None:
            return scim.patch({"op": "replace", "value": {"active": False}})
        values = {key: value for key, value in scim.user_resource(held[2], held[1]).items() if key != "schemas"}
        return scim.patch({"op": "replace", "value": {**values, "active": True} if kind == "reactivate" else values})

    def _done(self, app_id: str, user_id: str, app_user_id: str, external: str, kind: str, transaction: str) -> None:
        state, at = self.org.state, self.org.whole_second()
        app_user = state.app_users.get(app_id, user_id)
        if app_user is not None and app_user.id == app_user_id:
            self._keep(
                replace(
                    app_user,
                    external_id=external,
                    sync_state="SYNCHRONIZED",
                    status="PROVISIONED",
                    status_changed=at if app_user.status != "PROVISIONED" else app_user.status_changed,
                    last_sync=at,
                )
            )
        elif app_user is None and kind in ("create", "reactivate"):
            # unassigned while the request was under way: what has just been made is deactivated again
            state.former_accounts[f"{app_id}/{user_id}"] = external
            self._later(
                "scim deactivate",
                self.org.settings.delays.scim_deactivate,
                "okta.scim.change",
                app_id,
                user_id,
                app_user_id,
                external,
                "deactivate",
                transaction,
                0,
            )
        for event in _DONE[kind]:
            self.org.log.emit(self.org.system(transaction), event, *self._targets(app_id, user_id, app_user_id))
        if kind in ("create", "reactivate"):
            self.org.pushes.person_ready(app_id, user_id, transaction)

    def _failed(self, app_id: str, user_id: str, app_user_id: str, kind: str, answer: Answer, transaction: str) -> None:
        app_user = self.org.state.app_users.get(app_id, user_id)
        if app_user is not None and app_user.id == app_user_id:
            self._keep(replace(app_user, sync_state="ERROR"))
        reason = scim.failure_reason(answer.status, answer.phrase, answer.detail)
        targets = self._targets(app_id, user_id, app_user_id)
        self.org.log.emit(self.org.system(transaction), _DONE[kind][0], *targets, result="FAILURE", reason=reason)

    def _targets(self, app_id: str, user_id: str, app_user_id: str) -> list[Party]:
        state = self.org.state
        app, user, app_user = state.apps.get(app_id), state.users.get(user_id), state.app_users.get(app_id, user_id)
        targets = [Party(app_user_id, "AppUser", user.login if user else None, user.name if user else None)]
        if app_user is not None and user is not None and app_user.id == app_user_id:
            targets = [app_user_party(app_user, user)]
        if app is not None:
            targets.append(app_party(app))
        if user is not None:
            targets.append(user_party(user))
        return targets

    def _held(self, app_id: str, user_id: str) -> tuple[App, AppUser, User] | None:
        state = self.org.state
        app, user, app_user = state.apps.get(app_id), state.users.get(user_id), state.app_users.get(app_id, user_id)
        if app is None or user is None or app_user is None or not app.provisioning.enabled:
            return None
        return app, app_user, user

    def _still_wanted(self, app_id: str, user_id: str, kind: str) -> App | None:
        app = self.org.state.apps.get(app_id)
        assigned = self.org.state.app_users.get(app_id, user_id) is not None
        if app is None or not app.provisioning.enabled or assigned is (kind == "deactivate"):
            return None
        return app

    def _again(self, answer: Answer, attempt: int, job: str, *args: Any) -> bool:
        wait = answer.wait(attempt)
        if wait is not None:
            self.org.clock.call_later(wait, job, *args, attempt + 1)
        return wait is not None

    def _keep(self, app_user: AppUser) -> None:
        self.org.state.app_users.put(app_user.app_id, app_user.user_id, app_user)

    def _later(self, stream: str, delay: Delay, job: str, *args: Any) -> None:
        self.org.clock.call_later(self.org.jitter(stream, delay), job, *args)
