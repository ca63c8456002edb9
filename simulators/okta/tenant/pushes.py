"""Group push: keeping a group of an application equal to one of the org's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain import scim
from simulators.okta.domain.apps import App, PushMapping
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.groups import Group
from simulators.okta.domain.log import Cause, Party
from simulators.okta.tenant.journal import app_party, group_party
from simulators.okta.tenant.scim_client import Answer, send

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


class GroupPush:
    """Push mappings and the jobs that carry them out. Only people provisioned to the application are pushed."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.push", self._push)
        org.clock.on("okta.push.create", self._create)
        org.clock.on("okta.push.remove", self._remove)

    def find(self, app: App, id: str) -> PushMapping:
        """A mapping of an application. Raises NotFound."""
        mapping = self.org.state.mappings.get(id)
        if mapping is None or mapping.app_id != app.id:
            raise NotFound(id, "GroupPushMapping")
        return mapping

    def create(
        self, app: App, group: Group, target_name: str, active: bool, cause: Cause, target_id: str | None = None
    ) -> PushMapping:
        """A new mapping, to a group the application has if its id is given; an active one is pushed soon."""
        if any(row.group_id == group.id for row in self.org.state.mappings.find("app", app.id)):
            raise Invalid("sourceGroupId", "sourceGroupId: The group is already pushed to this application")
        at = self.org.whole_second()
        status = "ACTIVE" if active else "INACTIVE"
        mapping = PushMapping(self.org.new_id("gPm"), app.id, group.id, status, at, at, target_name, target_id)
        self.org.state.mappings.put(mapping)
        if not app.provisioning.pushes_groups:
            pushing = replace(app.provisioning, pushes_groups=True)
            self.org.state.apps.put(replace(app, provisioning=pushing))
        self._report("application.provision.group_push.activate_mapping", mapping, cause)
        self.schedule(group.id, cause.transaction)
        return mapping

    def set_status(self, mapping: PushMapping, status: str, cause: Cause) -> PushMapping:
        """Begin or stop pushing."""
        after = replace(mapping, status=status, last_updated=self.org.whole_second(), error=None)
        self.org.state.mappings.put(after)
        verb = "activate" if status == "ACTIVE" else "deactivate"
        self._report(f"application.provision.group_push.{verb}_mapping", after, cause)
        if status == "ACTIVE":
            self.schedule(after.group_id, cause.transaction)
        return after

    def delete(self, mapping: PushMapping, delete_target: bool, cause: Cause) -> None:
        """Take a mapping away, and with `delete_target` the application's group too."""
        if mapping.status == "ACTIVE":
            raise Invalid("status", "status: The group push mapping must be inactive before it is deleted")
        self.org.state.mappings.remove(mapping.id)
        if delete_target and mapping.external_id:
            self.org.clock.call_at(
                self.org.now(), "okta.push.remove", mapping.app_id, mapping.external_id, cause.transaction
            )

    def schedule(self, group_id: str, transaction: str) -> None:
        """A group or its members changed."""
        org = self.org
        for mapping in org.state.mappings.find("group", group_id):
            if mapping.status == "ACTIVE" and mapping.id not in org.state.pushes_pending:
                org.state.pushes_pending.add(mapping.id)
                delay = org.jitter("group push", org.settings.delays.group_push)
                org.clock.call_later(delay, "okta.push", mapping.id, transaction, 0)

    def person_ready(self, app_id: str, user_id: str, transaction: str) -> None:
        """Somebody's account exists now, so pushed groups may name it."""
        for mapping in list(self.org.state.mappings.find("app", app_id)):
            if self.org.state.members.get(mapping.group_id, user_id) is not None:
                self.schedule(mapping.group_id, transaction)

    async def _push(self, mapping_id: str, transaction: str, attempt: int) -> None:
        """Find out whether the application has the group; then bring its members in line."""
        self.org.state.pushes_pending.discard(mapping_id)
        if (held := self._held(mapping_id)) is None:
            return
        mapping, app, group = held
        if mapping.external_id is not None:
            await self._update(mapping, app, group, transaction, attempt)
            return
        query = {"filter": f'displayName eq "{mapping.target_name}"'}
        answer = await send(self.org, app.provisioning, "GET", "/Groups", query=query)
        if self._again(answer, attempt, "okta.push", mapping_id, transaction):
            return
        if not answer.good and answer.status != 404:
            self._failed(mapping, answer, transaction)
            return
        found = answer.body.get("Resources") if answer.good and isinstance(answer.body, dict) else None
        if found:
            linked = self.org.state.mappings.put(replace(mapping, external_id=str(found[0].get("id", ""))))
            await self._update(linked, app, group, transaction, 0)
        else:
            delay = self.org.jitter("scim write", self.org.settings.delays.scim_write)
            self.org.clock.call_later(delay, "okta.push.create", mapping_id, transaction, 0)

    async def _create(self, mapping_id: str, transaction: str, attempt: int) -> None:
        if (held := self._held(mapping_id)) is None:
            return
        mapping, app, group = held
        custom = app.provisioning.style == "custom"
        members = self._members(app, group) if custom else []
        body = scim.group_resource(mapping.target_name, members)
        answer = await send(self.org, app.provisioning, "POST", "/Groups", body)
        if self._again(answer, attempt, "okta.push.create", mapping_id, transaction):
            return
        external = str(answer.body.get("id") or "") if answer.good and isinstance(answer.body, dict) else ""
        if not external:
            self._failed(mapping, answer, transaction)
            return
        ids = tuple(member["value"] for member in members)
        made = self.org.state.mappings.put(replace(mapping, external_id=external, members=ids))
        self._report("application.provision.group_push.pushed", made, self.org.system(transaction))
        if custom:
            await send(self.org, app.provisioning, "GET", f"/Groups/{external}")
        await self._update(made, app, group, transaction, 0)

    async def _update(self, mapping: PushMapping, app: App, group: Group, transaction: str, attempt: int) -> None:
        members, path = self._members(app, group), f"/Groups/{mapping.external_id}"
        if app.provisioning.style == "custom":
            body = {**scim.group_resource(mapping.target_name, members), "id": mapping.external_id}
            answer = await send(self.org, app.provisioning, "PUT", path, body)
        else:
            answer = await self._patch(mapping, app, path, members)
        if self._again(answer, attempt, "okta.push", mapping.id, transaction):
            return
        if not answer.good:
            self._failed(mapping, answer, transaction)
            return
        at = self.org.whole_second()
        ids = tuple(member["value"] for member in members)
        current = self.org.state.mappings.get(mapping.id)
        if current is not None:
            self.org.state.mappings.put(
                replace(
                    current, external_id=mapping.external_id, members=ids, last_push=at, status="ACTIVE", error=None
                )
            )
        self._report("application.provision.group_push.updated", mapping, self.org.system(transaction))

    async def _patch(self, mapping: PushMapping, app: App, path: str, members: list[dict[str, str]]) -> Answer:
        """A catalogue application is sent the name and then the difference."""
        naming = {"op": "replace", "value": {"id": mapping.external_id, "displayName": mapping.target_name}}
        answer = await send(self.org, app.provisioning, "PATCH", path, scim.patch(naming))
        wanted, known = {member["value"] for member in members}, set(mapping.members)
        operations: list[dict[str, Any]] = [
            {"op": "remove", "path": f'members[value eq "{id}"]'} for id in mapping.members if id not in wanted
        ]
        if added := [member for member in members if member["value"] not in known]:
            operations.append({"op": "add", "path": "members", "value": added})
        if answer.good and operations:
            return await send(self.org, app.provisioning, "PATCH", path, scim.patch(*operations))
        return answer

    async def _remove(self, app_id: str, external: str, _: str) -> None:
        app = self.org.state.apps.get(app_id)
        if app is not None and app.provisioning.enabled:
            await send(self.org, app.provisioning, "DELETE", f"/Groups/{external}")

    def _members(self, app: App, group: Group) -> list[dict[str, str]]:
        state, members = self.org.state, []
        for user_id in state.members.rights(group.id):
            app_user = state.app_users.get(app.id, user_id)
            if app_user is not None and app_user.external_id and app_user.status == "PROVISIONED":
                members.append({"value": app_user.external_id, "display": app_user.user_name})
        return members

    def _held(self, mapping_id: str) -> tuple[PushMapping, App, Group] | None:
        state = self.org.state
        mapping = state.mappings.get(mapping_id)
        if mapping is None or mapping.status == "INACTIVE":
            return None
        app, group = state.apps.get(mapping.app_id), state.groups.get(mapping.group_id)
        if app is None or group is None or not app.provisioning.enabled:
            return None
        return mapping, app, group

    def _again(self, answer: Answer, attempt: int, job: str, *args: Any) -> bool:
        wait = answer.wait(attempt)
        if wait is not None:
            self.org.clock.call_later(wait, job, *args, attempt + 1)
        return wait is not None

    def _failed(self, mapping: PushMapping, answer: Answer, transaction: str) -> None:
        reason = scim.failure_reason(answer.status, answer.phrase, answer.detail)
        self.org.state.mappings.put(replace(mapping, status="ERROR", error=reason))
        cause = self.org.system(transaction)
        self._report("application.provision.group.add", mapping, cause, result="FAILURE", reason=reason)

    def _report(
        self, event: str, mapping: PushMapping, cause: Cause, result: str = "SUCCESS", reason: str | None = None
    ) -> None:
        state = self.org.state
        target = Party("AGr" + mapping.id[3:], "AppGroup", mapping.target_name, mapping.target_name)
        parties = [target, app_party(state.apps[mapping.app_id])]
        if (group := state.groups.get(mapping.group_id)) is not None:
            parties.append(group_party(group))
        self.org.log.emit(cause, event, *parties, result=result, reason=reason)
