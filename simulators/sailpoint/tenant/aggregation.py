"""Reading connected sources: pages of accounts and rights, one run per source, and identities that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso, parse_instant
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account, Task
from simulators.sailpoint.domain.snapshots import deletes, refusal
from simulators.sailpoint.tenant.intake import Taken
from simulators.sailpoint.tenant.outcomes import Found, Page

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

ACCOUNTS, GROUPS = "CLOUD_ACCOUNT_AGGREGATION", "CLOUD_GROUP_AGGREGATION"
NAMES = {ACCOUNTS: "Cloud Account Aggregation", GROUPS: "Cloud Group Aggregation"}
TRIES, TRY_WAIT = 3, timedelta(seconds=60)
# How long a run may stand still, unless the source says otherwise (SailPoint help, Okta: aggregation timeout).
TIMEOUT_S = 900
RUNNING = "The aggregation failed: the currently running aggregation must complete before the next one can start."
UNREADABLE = "The source has no connector that can be read."


class Aggregation:
    """Keeps what is known of connected sources up to date."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.scan", self._scan)
        tenant.clock.on("sailpoint.scan.finish", self._finish)
        tenant.clock.on("sailpoint.scan.refuse", self._refuse)
        tenant.clock.on("sailpoint.reload", self._reload)

    def scheduled(self, source_id: str, kind: str, full: bool) -> None:
        """A schedule has come due."""
        source = self._tenant.configuration.source(source_id)
        if source is None or self._tenant.connector(source) is None or source.type == "DelimitedFile":
            return
        if any(self._tenant.tasks.busy(one, source_id) is not None for one in (ACCOUNTS, GROUPS)):
            return
        self.begin(source, full=full, rights=kind == "GROUP_AGGREGATION")

    def begin(
        self, source: Source, *, full: bool, rights: bool = False, launcher: str = "System", optimized: bool = True
    ) -> Task:
        """Start to read a source; `full` reads everything, else only what changed since the last time.

        While another run of the source goes on, the task is accepted and ends in an error.
        """
        tenant, state = self._tenant, self._tenant.state
        kind = GROUPS if rights else ACCOUNTS
        busy = tenant.tasks.busy(kind, source.id) is not None
        job = state.ids.uuid("job") if rights else ""
        task = tenant.tasks.aggregation(
            kind, NAMES[kind], source.id, launcher, optimized=optimized, exclusive=not busy, job=job
        )
        if busy:
            tenant.later("call", "sailpoint.scan.refuse", task.id)
            return task
        since = state.watermarks.get(source.id, "")
        delta = bool(since) and not full and bool(source.settings.get("deltaAggregation"))
        now = iso(tenant.now())
        state.scans[task.id] = {
            "cursor": {"mode": "rights" if rights else "delta" if delta else "full", "since": since},
            "started": now,
            "moved": now,
            "identities": (),
            "counts": {},
            "seen": (),
            "members": {},
            "tries": 0,
        }
        about = {"sourceId": source.id, "sourceName": source.name, "taskId": task.id}
        started = "SOURCE_ENTITLEMENT_AGGREGATION_STARTED" if rights else "SOURCE_ACCOUNT_AGGREGATION_STARTED"
        tenant.journal.write(started, source.name, actor=launcher, attributes=about)
        tenant.later("call", "sailpoint.scan", task.id)
        return task

    def _refuse(self, task_id: str) -> None:
        if (task := self._tenant.tasks.live(task_id)) is not None:
            self._tenant.tasks.end(task, "ERROR", (("ERROR", RUNNING),), phase="CANCELLED")

    async def _scan(self, task_id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        task, scan = tenant.tasks.live(task_id), state.scans.get(task_id)
        if task is None or scan is None:
            return
        source = tenant.configuration.source(task.source_id)
        connector = tenant.connector(source) if source is not None else None
        if source is None or connector is None:
            self._ended(task, "ERROR", UNREADABLE)
            return
        cursor = scan["cursor"]
        page = await (connector.entitlements if cursor["mode"] == "rights" else connector.scan)(source, cursor)
        scan, task = state.scans.get(task_id), tenant.tasks.live(task_id)
        if scan is None or task is None:
            return
        timeout = timedelta(seconds=source.number("aggregationTimeout", TIMEOUT_S))
        if (page.until is not None or page.error) and tenant.now() - parse_instant(scan["moved"]) > timeout:
            self._ended(task, "ERROR", f"The aggregation made no progress for {timeout.total_seconds():.0f} seconds.")
        elif page.until is not None:
            tenant.clock.call_at(max(page.until, tenant.now()), "sailpoint.scan", task_id)
        elif page.error and scan["tries"] < TRIES:
            state.scans[task_id] = {**scan, "tries": scan["tries"] + 1}
            state.tasks.put(replace(task, phase="RETRIED"))
            tenant.clock.call_later(TRY_WAIT, "sailpoint.scan", task_id)
        elif page.error:
            self._ended(task, "ERROR", page.error)
        else:
            self._take(task, source, scan, page)

    def _take(self, task: Task, source: Source, scan: Mapping[str, Any], page: Page) -> None:
        tenant, state = self._tenant, self._tenant.state
        rights = scan["cursor"]["mode"] == "rights"
        as_of = page.as_of or parse_instant(scan["started"])
        taken = [tenant.intake.found(source, found, as_of, optimized=task.optimized) for found in page.found]
        natives = [right.value for right in page.rights] if rights else [found.native for found in page.found]
        members = dict(scan["members"])
        for value, held in (page.memberships or {}).items():
            members[value] = members.get(value, frozenset()) | held
        known = state.entitlements.count("source", source.id)
        for right in page.rights:
            tenant.correlation.right(source, right)
        made = state.entitlements.count("source", source.id) - known
        scan = {
            **_with(scan, taken),
            "seen": (*scan["seen"], frozenset(natives)) if natives else scan["seen"],
            "members": members,
            "tries": 0,
            "moved": iso(tenant.now()),
        }
        if rights:
            counts = Counter(scan["counts"])
            counts.update({"total": len(page.rights), "groupsCreated": made})
            scan["counts"] = dict(counts)
        if page.cursor is not None:
            state.scans[task.id] = {**scan, "cursor": page.cursor}
            if page.not_before is not None and page.not_before > tenant.now():
                tenant.clock.call_at(page.not_before, "sailpoint.scan", task.id)
            else:
                tenant.later("call", "sailpoint.scan", task.id)
            return
        if rights:
            self._finish_rights(task, source, scan, page)
            return
        if page.complete and scan["cursor"]["mode"] == "full":
            task, scan = self._compared(task, source, scan, page)
        state.watermarks[source.id] = scan["started"]
        state.scans[task.id] = scan
        counts = scan["counts"]
        processed = sum(counts.get(name, 0) for name in ("created", "updated", "deleted"))
        about = {
            **{name: counts.get(name, 0) for name in ("created", "updated", "optimized", "ignored")},
            "total": sum(map(len, scan["seen"])),
            "processed": processed,
            "taken": 0,
            "marked": counts.get("deleted", 0),
            "identities": len(scan["identities"]),
        }
        task = state.tasks.put(replace(task, phase="ACCOUNTS_COLLECTED", counters=task.counters.merged(about)))
        tenant.intake.news.collected(task, source)
        tenant.later("call", "sailpoint.scan.finish", task.id)

    def _finish(self, task_id: str) -> None:
        """Close a run; its identities follow one by one."""
        tenant, state = self._tenant, self._tenant.state
        task, scan = tenant.tasks.live(task_id), state.scans.get(task_id)
        if task is None or scan is None:
            return
        deleted = scan["counts"].get("deleted", 0)
        task = state.tasks.put(replace(task, counters=task.counters.merged({"deleted": deleted})))
        warned = any(kind == "WARN" for kind, _ in task.messages)
        self._ended(task, "WARNING" if warned else "SUCCESS", "")
        for identity_id in scan["identities"]:
            if identity_id in state.identities:
                tenant.processing.queue(identity_id, "finished_to_refreshed")
        tenant.provisioning.lanes.verify(task.source_id)

    def _finish_rights(self, task: Task, source: Source, scan: Mapping[str, Any], page: Page) -> None:
        state = self._tenant.state
        counts = dict(scan["counts"])
        if page.complete and deletes(source.settings):
            seen = frozenset().union(*scan["seen"])
            gone = [right for right in state.entitlements.find("source", source.id) if right.value not in seen]
            for right in gone:
                state.entitlements.remove(right.id)
            counts["groupsDeleted"] = len(gone)
        counts = {"groupsUpdated": 0, "groupsDeleted": 0, **counts}
        self._ended(state.tasks.put(replace(task, counters=task.counters.merged(counts))), "SUCCESS", "")

    def _ended(self, task: Task, status: str, message: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        state.scans.pop(task.id, None)
        task = tenant.tasks.end(task, status, (("ERROR", message),) if message else ())
        source = tenant.configuration.source(task.source_id)
        name = source.name if source is not None else task.source_id
        about = {"sourceId": task.source_id, "sourceName": name, "taskId": task.id, "info": message}
        groups = task.kind == GROUPS
        kind = "SOURCE_ENTITLEMENT_AGGREGATION" if groups else "SOURCE_ACCOUNT_AGGREGATION"
        action = f"{kind}_FAILED" if message else kind if groups else f"{kind}_PASSED"
        tenant.journal.write(action, name, attributes=about)
        healthy = not message
        tenant.configuration.touch_source(
            task.source_id, status="SOURCE_STATE_HEALTHY" if healthy else "SOURCE_STATE_FAILURE_SOURCE", healthy=healthy
        )
        if source is not None and not groups:
            tenant.intake.news.aggregated(task, source)

    def _compared(
        self, task: Task, source: Source, scan: Mapping[str, Any], page: Page
    ) -> tuple[Task, Mapping[str, Any]]:
        """Bring memberships and deletions of a full run in."""
        state, intake, writes = self._tenant.state, self._tenant.intake, self._tenant.writes
        seen, as_of = frozenset().union(*scan["seen"]), parse_instant(scan["started"])
        accounts = list(state.accounts.find("source", source.id))
        missing = [one for one in accounts if one.native not in seen] if deletes(source.settings) else []
        missing = [one for one in missing if not writes.since(source, one.native, one, as_of)]
        if text := refusal(len(accounts), len(missing), source.delete_threshold):
            task = state.tasks.put(replace(task, messages=(*task.messages, ("WARN", text))))
            missing = []
        taken = [intake.lost(source, account) for account in missing]
        if page.memberships is not None or scan["members"]:
            members = _members(source, accounts, seen, scan["members"])
            taken += [one for found in members if (one := intake.found(source, found, as_of)).change == "updated"]
        return task, _with(scan, taken)

    def reload(self, account: Account, launcher: str = "System") -> str:
        """Read one account again; answers the id of the task."""
        task = self._tenant.tasks.begin(ACCOUNTS, "Reload Account", account.source_id, launcher)
        self._tenant.later("action", "sailpoint.reload", account.id, task.id)
        return task.id

    async def _reload(self, account_id: str, task_id: str) -> None:
        tenant = self._tenant
        account, task = tenant.state.accounts.get(account_id), tenant.tasks.live(task_id)
        if task is None:
            return
        source = tenant.configuration.source(account.source_id) if account is not None else None
        connector = tenant.connector(source) if source is not None else None
        if account is None or source is None or connector is None:
            tenant.tasks.fail(task, UNREADABLE)
            return
        began = tenant.now()
        page = await connector.read(source, account.native)
        if page.until is not None:
            tenant.clock.call_at(max(page.until, tenant.now()), "sailpoint.reload", account_id, task_id)
            return
        if page.error:
            tenant.tasks.fail(task, page.error)
            return
        taken = [tenant.intake.found(source, found, began) for found in page.found]
        for identity_id in _concerned(taken):
            tenant.processing.queue(identity_id, "finished_to_refreshed")
        counts = Counter(one.change for one in taken)
        tenant.tasks.end(task, counters={"total": len(taken), **counts})
        tenant.provisioning.lanes.verify(source.id)


def _with(scan: Mapping[str, Any], taken: list[Taken]) -> dict[str, Any]:
    """A run's progress with what became of more accounts."""
    counts = Counter(scan["counts"])
    counts.update(one.change for one in taken)
    return {
        **scan,
        "counts": dict(counts),
        "identities": tuple(dict.fromkeys((*scan["identities"], *_concerned(taken)))),
    }


def _concerned(taken: list[Taken]) -> Iterator[str]:
    return (one.identity_id for one in taken if one.identity_id and one.change not in ("optimized", "ignored"))


def _members(
    source: Source, accounts: list[Account], seen: frozenset[str], members: Mapping[str, frozenset[str]]
) -> Iterator[Found]:
    """The accounts whose memberships are other than known."""
    held: dict[str, set[str]] = {}
    for value, natives in members.items():
        for native in natives:
            held.setdefault(native, set()).add(value)
    for account in accounts:
        values = tuple(sorted(held.get(account.native, ())))
        if account.native in seen and values != account.entitlements:
            yield Found(account.native, account.name, {}, account.disabled, account.status, values, partial=True)
