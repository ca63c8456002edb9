"""Accounts as clients change them in the tenant alone: written, correlated by hand, forgotten; a task for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, MissingReference
from simulators.sailpoint.domain.records import Account, Activity, Task
from simulators.sailpoint.domain.values import Values

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

WRITE, REMOVAL, TOGGLE = "CLOUD_ACCOUNT_UPDATE", "ACCOUNT_DELETION", "CLOUD_ACCOUNT_STATE"
_TOGGLES = {"ENABLE": "Enable Account", "DISABLE": "Disable Account", "UNLOCK": "Unlock Account"}
FILES_ONLY = "Only accounts of delimited file sources can be changed here."


class Accounts:
    """Changes what the tenant knows of accounts; nothing of it reaches a target."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.account.write", self._write)
        tenant.clock.on("sailpoint.account.replace", self._replace)
        tenant.clock.on("sailpoint.account.change", self._change)
        tenant.clock.on("sailpoint.account.remove", self._remove)

    def _task(self, kind: str, name: str, source_id: str, actor: str) -> Task:
        return self._tenant.tasks.begin(kind, name, source_id, actor, type="QUEUED_TASK")

    def _file_source(self, account: Account) -> Source:
        source = self._tenant.configuration.source(account.source_id)
        if source is None or source.type != "DelimitedFile":
            raise BadContent(FILES_ONLY)
        return source

    def create(self, attributes: Mapping[str, str], actor: str) -> Task:
        """Write an account into the tenant; one that exists is changed (SailPoint API, create account).

        Raises MissingReference for an unknown source, IllegalValue without a native identity.
        """
        tenant = self._tenant
        source = tenant.configuration.source(attributes.get("sourceId", ""))
        if source is None:
            raise MissingReference(f'The source "{attributes.get("sourceId", "")}" was not found.')
        key = str(tenant.loading.schema(source).body.get("identityAttribute") or "")
        if not attributes.get(key):
            raise IllegalValue(f'Value of "attributes.{key}" is empty or contains invalid data.')
        task = self._task(WRITE, "Create Account", source.id, actor)
        tenant.state.uploads[task.id] = Values({n: value for n, value in attributes.items() if n != "sourceId"})
        tenant.later("action", "sailpoint.account.write", task.id, key)
        return task

    def _taken(self, task_id: str) -> tuple[Task, Any] | None:
        content, task = self._tenant.state.uploads.pop(task_id, None), self._tenant.tasks.live(task_id)
        return (task, content) if task is not None and content is not None else None

    def _write(self, task_id: str, key: str) -> None:
        taken, tenant = self._taken(task_id), self._tenant
        source = tenant.configuration.source(taken[0].source_id) if taken is not None else None
        if taken is None:
            return
        task, attributes = taken
        if source is None:
            tenant.tasks.fail(task, "The source no longer exists.")
            return
        account, new = tenant.loading.write(source, str(attributes[key]), dict(attributes))
        if account.identity_id:
            tenant.processing.queue(account.identity_id, "finished_to_refreshed")
        tenant.tasks.end(task, counters={"created": int(new), "updated": int(not new)})

    def put(self, account: Account, attributes: Mapping[str, Any], actor: str) -> Task:
        """Replace the attributes of a file's account. Raises BadContent for other sources."""
        source = self._file_source(account)
        task = self._task(WRITE, "Update Account", source.id, actor)
        self._tenant.state.uploads[task.id] = Values(attributes)
        self._tenant.later("action", "sailpoint.account.replace", task.id, account.id)
        return task

    def _replace(self, task_id: str, account_id: str) -> None:
        taken, tenant = self._taken(task_id), self._tenant
        if taken is None:
            return
        account = tenant.state.accounts.get(account_id)
        source = tenant.configuration.source(account.source_id) if account is not None else None
        if account is None or source is None:
            tenant.tasks.fail(taken[0], "The account no longer exists.")
            return
        self._store(source, replace(account, attributes=taken[1]))
        tenant.tasks.end(taken[0], counters={"updated": 1})

    def _store(self, source: Source, account: Account) -> None:
        held = account.attributes.get(source.entitlement_attribute)
        if held is not None:
            values = held if isinstance(held, list | tuple) else str(held).split(";")
            account = replace(account, entitlements=tuple(sorted({str(one) for one in values if one})))
        account = self._tenant.intake.stored(source, replace(account, modified=self._tenant.now()))
        if account.identity_id:
            self._tenant.processing.queue(account.identity_id, "finished_to_refreshed")

    def change(
        self, account: Account, *, owner: str, manual: bool | None, attributes: Mapping[str, Any] | None, actor: str
    ) -> None:
        """Correlate an account by hand, or change attributes of a file's account.

        An account that is given to another counts as correlated by hand, unless `manual` says otherwise.
        Raises BadContent, MissingReference.
        """
        if attributes is not None:
            self._file_source(account)
        if owner and owner not in self._tenant.state.identities:
            raise MissingReference(f'The identity "{owner}" was not found.')
        task = self._task(WRITE, "Update Account", account.source_id, actor)
        by_hand = manual if manual is not None else account.manual or owner != account.identity_id
        self._tenant.state.uploads[task.id] = (owner, by_hand, None if attributes is None else Values(attributes))
        self._tenant.later("action", "sailpoint.account.change", task.id, account.id)

    def _change(self, task_id: str, account_id: str) -> None:
        taken, tenant = self._taken(task_id), self._tenant
        if taken is None:
            return
        task, (owner, manual, attributes) = taken
        account = tenant.state.accounts.get(account_id)
        source = tenant.configuration.source(account.source_id) if account is not None else None
        if account is None or source is None:
            tenant.tasks.fail(task, "The account no longer exists.")
            return
        before = account.identity_id
        account = replace(account, identity_id=owner, manual=manual, modified=tenant.now())
        if attributes is not None:
            account = replace(account, attributes=attributes)
        tenant.state.accounts.put(account)
        if attributes is not None:
            self._store(source, account)
        tenant.journal.changed("identity", owner, tenant.state.identities.get(owner))
        for id in dict.fromkeys((owner, before)):
            if id in tenant.state.identities:
                tenant.processing.queue(id, "finished_to_refreshed")
        tenant.tasks.end(task, counters={"updated": 1})

    def remove(self, account: Account, actor: str, *, files_only: bool) -> Task:
        """Forget an account without touching its source. Raises BadContent where only files may be changed."""
        if files_only:
            self._file_source(account)
        task = self._task(REMOVAL, "Delete Account" if files_only else "Remove Account", account.source_id, actor)
        self._tenant.later("action", "sailpoint.account.remove", task.id, account.id, actor)
        return task

    def _remove(self, task_id: str, account_id: str, actor: str) -> None:
        tenant = self._tenant
        task, account = tenant.tasks.live(task_id), tenant.state.accounts.get(account_id)
        if task is None:
            return
        if account is None:
            tenant.tasks.fail(task, "The account no longer exists.")
            return
        tenant.state.accounts.remove(account.id)
        about = {"accountName": account.native, "sourceId": account.source_id}
        tenant.journal.write("ACCOUNT_REMOVE_PASSED", account.name, actor=actor, attributes=about)
        if account.identity_id in tenant.state.identities:
            tenant.processing.queue(account.identity_id, "finished_to_refreshed")
        tenant.tasks.end(task, counters={"deleted": 1})

    def toggle(self, account: Account, kind: str, actor_id: str, launcher: str, *, force: bool) -> Activity:
        """Enable, disable or unlock an account at its source; a task of the activity's id tells how it went."""
        tenant = self._tenant
        activity = tenant.provisioning.account_action(account, kind, actor_id, force=force)
        task = Task(activity.id, TOGGLE, _TOGGLES[kind], tenant.now(), account.source_id, launcher, type="QUEUED_TASK")
        tenant.state.tasks.put(task)
        return activity
