"""Loading accounts from delimited files: accepted at once, collected and finished later, refreshed after that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, NotFound
from simulators.sailpoint.domain.files import FileRules, decoded, file_rules, header_of, header_problem, rows
from simulators.sailpoint.domain.records import Account, Task
from simulators.sailpoint.domain.values import Values

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

RUNNING = "An aggregation of this source is already running and must complete first."
# The vendor treats sources of this size and below apart: the threshold does not hold for them.
SMALL_SOURCE = 10


class Loading:
    """Takes files for sources without a connection."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.load.collect", self._collect)
        tenant.clock.on("sailpoint.load.finish", self._finish)
        tenant.clock.on("sailpoint.load.refuse", self._refuse)

    def rules(self, source: Source) -> FileRules:
        """What a file for this source looks like. Raises BadContent for a source without an account schema."""
        for document in self._tenant.configuration.all("schema", source.id):
            if document.body.get("nativeObjectType") == "User" or document.name == "account":
                columns = [attribute["name"] for attribute in document.body.get("attributes") or ()]
                return file_rules(columns, str(document.body.get("identityAttribute")), source.settings)
        raise BadContent("The source has no account schema.")

    def load(self, source_id: str, content: bytes | None, optimized: bool, launcher: str) -> Task:
        """Accept a file. Raises IllegalValue for a header that does not match the schema."""
        tenant, state = self._tenant, self._tenant.state
        source = tenant.configuration.source(source_id)
        if source is None:
            raise NotFound
        if source.type != "DelimitedFile":
            return tenant.aggregation.begin(source, full=True, launcher=launcher, optimized=optimized)
        if content is None:
            raise BadContent("A file is required for this source.")
        try:
            text = decoded(content)
        except ValueError as error:
            raise BadContent("The file is not UTF-8.") from error
        if problem := header_problem(header_of(text), self.rules(source)):
            raise IllegalValue(problem)
        busy = state.tasks.first("running", source_id) is not None
        state.event_number += 1
        task = state.tasks.put(
            Task(
                state.ids.hex32("task"),
                "CLOUD_ACCOUNT_AGGREGATION",
                "Cloud Account Aggregation",
                tenant.now(),
                source_id,
                launcher,
                optimized=optimized,
                counters=Values({"eventId": state.event_number}),
            )
        )
        if busy:
            tenant.later("load_to_collected", "sailpoint.load.refuse", task.id)
            return task
        state.uploads[task.id] = text
        about = {"sourceId": source.id, "sourceName": source.name, "taskId": task.id}
        tenant.journal.write("SOURCE_ACCOUNT_AGGREGATION_STARTED", source.name, actor=launcher, attributes=about)
        tenant.later("load_to_collected", "sailpoint.load.collect", task.id)
        return task

    def _refuse(self, task_id: str) -> None:
        tasks, now = self._tenant.state.tasks, self._tenant.now()
        tasks.put(
            replace(tasks[task_id], phase="CANCELLED", completed=now, status="ERROR", messages=(("ERROR", RUNNING),))
        )

    def _collect(self, task_id: str) -> None:
        """Read the file and set apart what is new, changed or gone."""
        tenant, state = self._tenant, self._tenant.state
        task, text = state.tasks[task_id], str(state.uploads.pop(task_id, ""))
        source = tenant.configuration.source(task.source_id)
        if source is None:
            state.tasks.put(replace(task, phase="TERMINATED", completed=tenant.now(), status="ERROR"))
            return
        rules = self.rules(source)
        messages: list[tuple[str, str]] = []
        latest: dict[str, dict[str, str]] = {}
        named: set[str] = set()
        total = 0
        for row in rows(text, rules):
            total += 1
            key = row.values.get(rules.key, "")
            named.add(key)
            if row.problem:
                messages.append(("WARN", f"Line {row.line}: {row.problem}; the row was skipped."))
            else:
                latest[key] = dict(row.values)
        fresh = {
            key: values for key, values in latest.items() if self._differs(source, key, values) or not task.optimized
        }
        gone = self._gone(source, named, messages)
        counters = {
            "total": total,
            "rejected": sum(1 for kind, _ in messages if kind == "WARN"),
            "optimized": len(latest) - len(fresh),
            "marked": len(gone),
            "processed": len(fresh) + len(gone),
        }
        state.uploads[task_id] = (fresh, gone)
        state.tasks.put(
            replace(task, phase="ACCOUNTS_COLLECTED", messages=tuple(messages), counters=task.counters.merged(counters))
        )
        tenant.later("collected_to_finished", "sailpoint.load.finish", task_id)

    def account(self, source_id: str, native: str) -> Account | None:
        """The account of a native identity on a source."""
        found = self._tenant.state.accounts.find("native", native.lower())
        return next((account for account in found if account.source_id == source_id), None)

    def _differs(self, source: Source, key: str, values: dict[str, str]) -> bool:
        known = self.account(source.id, key)
        return known is None or any((known.attributes.get(name) or "") != value for name, value in values.items())

    def _gone(self, source: Source, named: set[str], messages: list[tuple[str, str]]) -> list[str]:
        """Accounts missing in a full file, unless they are more than the threshold allows."""
        accounts = self._tenant.state.accounts
        held = accounts.count("source", source.id)
        missing = [a.id for a in accounts.find("source", source.id) if a.native not in named]
        limit = source.delete_threshold
        if missing and limit and held > SMALL_SOURCE and len(missing) * 100 > limit * held:
            share = len(missing) * 100 // held
            text = f"{len(missing)} accounts ({share} %) are missing, more than the delete threshold of {limit} %"
            messages.append(("WARN", f"{text}; none was deleted."))
            return []
        return missing

    def _finish(self, task_id: str) -> None:
        """Store what was collected; identities follow one by one."""
        tenant, state = self._tenant, self._tenant.state
        task, (fresh, gone) = state.tasks[task_id], state.uploads.pop(task_id)
        source = tenant.configuration.source(task.source_id)
        if source is None:
            state.tasks.put(replace(task, phase="TERMINATED", completed=tenant.now(), status="ERROR"))
            return
        created = updated = deleted = 0
        touched: dict[str, None] = {}
        for key, values in fresh.items():
            account, new = self._stored(source, key, values)
            created, updated = created + new, updated + (not new)
            if account.identity_id:
                touched[account.identity_id] = None
        for id in gone:
            account_gone = state.accounts.remove(id)
            if account_gone is not None:
                deleted += 1
                if account_gone.identity_id:
                    touched[account_gone.identity_id] = None
        counters: dict[str, Any] = {
            "created": created,
            "updated": updated,
            "deleted": deleted,
            "identities": len(touched),
        }
        warned = any(kind == "WARN" for kind, _ in task.messages)
        task = state.tasks.put(
            replace(
                task,
                phase="COMPLETED",
                completed=tenant.now(),
                status="WARNING" if warned else "SUCCESS",
                counters=task.counters.merged(counters),
            )
        )
        about = {"sourceId": source.id, "sourceName": source.name, "taskId": task.id, **counters}
        tenant.journal.write("SOURCE_ACCOUNT_AGGREGATION_PASSED", source.name, attributes=about)
        tenant.configuration.touch_source(source.id, status="SOURCE_STATE_HEALTHY", healthy=True)
        for identity_id in touched:
            tenant.processing.queue(identity_id, "finished_to_refreshed")

    def _stored(self, source: Source, key: str, values: dict[str, str]) -> tuple[Account, bool]:
        tenant, now = self._tenant, self._tenant.now()
        known = self.account(source.id, key)
        display = str(source.settings.get("displayColumn") or "")
        held = source.entitlement_attribute
        if known is not None:
            merged = known.attributes.merged(values)
            account = replace(known, attributes=merged, modified=now)
        else:
            id = tenant.ids.hex32("account")
            account = Account(id, source.id, "", key, values.get(display) or key, Values(values), (), False, now, now)
        if held in values:
            account = replace(account, entitlements=tuple(sorted(filter(None, values[held].split(";")))))
        return tenant.correlation.correlated(source, account), known is None
