"""Reading connected sources by schedule: pages of accounts and rights, correlation, and identities that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account, Task
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.outcomes import Found, Page

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

TRIES, TRY_WAIT = 3, timedelta(seconds=60)


class Aggregation:
    """Keeps what is known of connected sources up to date."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.scan", self._scan)
        tenant.clock.on("sailpoint.reload", self._reload)

    def scheduled(self, source_id: str, kind: str, full: bool) -> None:
        """A schedule has come due."""
        source = self._tenant.configuration.source(source_id)
        if source is None or self._tenant.connector(source) is None or source.type == "DelimitedFile":
            return
        if self._tenant.state.tasks.first("running", source_id) is not None:
            return
        self.begin(source, full=full, rights=kind == "GROUP_AGGREGATION")

    def begin(
        self, source: Source, *, full: bool, rights: bool = False, launcher: str = "System", optimized: bool = True
    ) -> Task:
        """Start to read a source; `full` reads everything, else only what changed since the last time."""
        tenant, state = self._tenant, self._tenant.state
        kind, name = (
            ("CLOUD_GROUP_AGGREGATION", "Cloud Group Aggregation")
            if rights
            else ("CLOUD_ACCOUNT_AGGREGATION", "Cloud Account Aggregation")
        )
        state.event_number += 1
        task = state.tasks.put(
            Task(
                state.ids.hex32("task"),
                kind,
                name,
                tenant.now(),
                source.id,
                launcher,
                optimized=optimized,
                counters=Values({"eventId": state.event_number}),
            )
        )
        since = state.watermarks.get(source.id, "")
        delta = bool(since) and not full and bool(source.settings.get("deltaAggregation"))
        mode = "rights" if rights else "delta" if delta else "full"
        state.scans[task.id] = {
            "cursor": {"mode": mode, "since": since},
            "started": iso(tenant.now()),
            "changed": (),
            "seen": (),
            "members": {},
            "tries": 0,
        }
        about = {"sourceId": source.id, "sourceName": source.name, "taskId": task.id}
        if not rights:
            tenant.journal.write("SOURCE_ACCOUNT_AGGREGATION_STARTED", source.name, actor=launcher, attributes=about)
        tenant.later("call", "sailpoint.scan", task.id)
        return task

    async def _scan(self, task_id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        task, scan = state.tasks[task_id], state.scans.get(task_id)
        source = tenant.configuration.source(task.source_id)
        connector = tenant.connector(source) if source is not None else None
        if scan is None or source is None or connector is None:
            self._ended(task, "ERROR", "The source can no longer be read.")
            return
        cursor = scan["cursor"]
        page = await (connector.entitlements if cursor["mode"] == "rights" else connector.scan)(source, cursor)
        scan = state.scans.get(task_id)
        if scan is None:
            return
        if page.until is not None:
            tenant.clock.call_at(max(page.until, tenant.now()), "sailpoint.scan", task_id)
        elif page.error and scan["tries"] < TRIES:
            state.scans[task_id] = {**scan, "tries": scan["tries"] + 1}
            tenant.clock.call_later(TRY_WAIT, "sailpoint.scan", task_id)
        elif page.error:
            self._ended(task, "ERROR", page.error)
        else:
            self._take(task, source, scan, page)

    def _take(self, task: Task, source: Source, scan: Mapping[str, Any], page: Page) -> None:
        tenant, state = self._tenant, self._tenant.state
        changed = [
            *scan["changed"],
            *(id for found in page.found if (id := self._tenant.correlation.found(source, found))),
        ]
        seen = (*scan["seen"], frozenset(found.native for found in page.found)) if page.found else scan["seen"]
        members = dict(scan["members"])
        for value, natives in (page.memberships or {}).items():
            members[value] = members.get(value, frozenset()) | natives
        for right in page.rights:
            self._tenant.correlation.right(source, right)
        if page.cursor is not None:
            state.scans[task.id] = {
                **scan,
                "cursor": page.cursor,
                "changed": tuple(changed),
                "seen": seen,
                "members": members,
                "tries": 0,
            }
            tenant.later("call", "sailpoint.scan", task.id)
            return
        if page.complete and scan["cursor"]["mode"] == "full":
            changed += self._compared(
                source, frozenset().union(*seen), members if page.memberships is not None or members else None
            )
        if scan["cursor"]["mode"] != "rights":
            state.watermarks[source.id] = scan["started"]
        touched = list(dict.fromkeys(changed))
        self._ended(
            replace(
                task,
                counters=task.counters.merged(
                    {"total": sum(map(len, seen)), "processed": len(touched), "identities": len(touched)}
                ),
            ),
            "SUCCESS",
            "",
        )
        for identity_id in touched:
            if identity_id in state.identities:
                tenant.processing.queue(identity_id, "finished_to_refreshed")

    def _ended(self, task: Task, status: str, message: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        state.scans.pop(task.id, None)
        messages = (("ERROR", message),) if message else ()
        state.tasks.put(
            replace(
                task,
                phase="COMPLETED" if not message else "TERMINATED",
                completed=tenant.now(),
                status=status,
                messages=messages,
            )
        )
        document = tenant.configuration.find("source", task.source_id)
        name = document.name if document is not None else task.source_id
        about = {"sourceId": task.source_id, "sourceName": name, "taskId": task.id, "info": message}
        action = (
            "SOURCE_ENTITLEMENT_AGGREGATION"
            if task.kind == "CLOUD_GROUP_AGGREGATION"
            else "SOURCE_ACCOUNT_AGGREGATION_FAILED"
            if message
            else "SOURCE_ACCOUNT_AGGREGATION_PASSED"
        )
        tenant.journal.write(action, name, attributes=about)
        healthy = not message
        tenant.configuration.touch_source(
            task.source_id, status="SOURCE_STATE_HEALTHY" if healthy else "SOURCE_STATE_FAILURE_SOURCE", healthy=healthy
        )

    def _compared(
        self, source: Source, seen: frozenset[str], members: Mapping[str, frozenset[str]] | None
    ) -> Iterable[str]:
        """Bring memberships and deletions of a full run in; answers the identities concerned."""
        state, changed = self._tenant.state, []
        accounts = list(state.accounts.find("source", source.id))
        missing = [a for a in accounts if a.native not in seen]
        limit = source.delete_threshold
        spared = bool(limit) and len(accounts) > 10 and len(missing) * 100 > (limit or 0) * len(accounts)
        for account in missing if not spared else ():
            self._tenant.correlation.lost(source, account)
            changed.append(account.identity_id)
        if members is None:
            return changed
        held: dict[str, set[str]] = {}
        for value, natives in members.items():
            for native in natives:
                held.setdefault(native, set()).add(value)
        for account in accounts:
            values = tuple(sorted(held.get(account.native, ())))
            if account.native in seen and values != account.entitlements:
                changed.append(
                    self._tenant.correlation.found(
                        source,
                        Found(account.native, account.name, {}, account.disabled, account.status, values, partial=True),
                    )
                )
        return changed

    def reload(self, account: Account) -> str:
        """Read one account again; answers the id of the task."""
        tenant = self._tenant
        task = Task(tenant.ids.hex32("task"), "CLOUD_ACCOUNT_AGGREGATION", "Reload Account", tenant.now(), "", "System")
        tenant.state.tasks.put(task)
        tenant.later("action", "sailpoint.reload", account.id, task.id)
        return task.id

    async def _reload(self, account_id: str, task_id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        account, task = state.accounts.get(account_id), state.tasks[task_id]
        source = tenant.configuration.source(account.source_id) if account is not None else None
        connector = tenant.connector(source) if source is not None else None
        if account is None or source is None or connector is None:
            state.tasks.put(replace(task, completed=tenant.now(), status="ERROR", phase="TERMINATED"))
            return
        page = await connector.read(source, account.native)
        if page.until is not None:
            tenant.clock.call_at(max(page.until, tenant.now()), "sailpoint.reload", account_id, task_id)
            return
        for found in page.found:
            if identity_id := self._tenant.correlation.found(source, found):
                tenant.processing.queue(identity_id, "finished_to_refreshed")
        messages = (("ERROR", page.error),) if page.error else ()
        state.tasks.put(
            replace(
                task,
                completed=tenant.now(),
                status="ERROR" if page.error else "SUCCESS",
                phase="COMPLETED",
                messages=messages,
            )
        )
