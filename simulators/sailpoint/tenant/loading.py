"""Loading accounts from delimited files: accepted at once, collected and finished later, refreshed after that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, NotFound
from simulators.sailpoint.domain.files import FileRules, decoded, file_rules, header_of, header_problem, rows
from simulators.sailpoint.domain.records import Account, Task
from simulators.sailpoint.domain.snapshots import deletes, refusal
from simulators.sailpoint.domain.values import Document, Values
from simulators.sailpoint.tenant.account_news import AGGREGATION
from simulators.sailpoint.tenant.aggregation import ACCOUNTS, NAMES

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Loading:
    """Takes files for sources without a connection."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.load.collect", self._collect)
        tenant.clock.on("sailpoint.load.finish", self._finish)

    def schema(self, source: Source) -> Document:
        """The account schema of a source. Raises BadContent when it has none."""
        for document in self._tenant.configuration.all("schema", source.id):
            if document.name == "account" or document.body.get("nativeObjectType") == "User":
                return document
        raise BadContent("The source has no account schema.")

    def rules(self, source: Source) -> FileRules:
        """What a file for this source looks like. Raises BadContent for a source without an account schema."""
        body = self.schema(source).body
        columns = [str(attribute.get("name")) for attribute in body.get("attributes") or ()]
        return file_rules(columns, str(body.get("identityAttribute") or ""), source.settings)

    def source(self, source_id: str) -> Source:
        """A source by its id. Raises NotFound."""
        source = self._tenant.configuration.source(source_id)
        if source is None:
            raise NotFound
        return source

    def load(self, source_id: str, content: bytes | None, optimized: bool, launcher: str) -> Task:
        """Accept a file. Raises IllegalValue for a header that does not match the schema."""
        tenant = self._tenant
        source = self.source(source_id)
        if source.type != "DelimitedFile":
            return tenant.aggregation.begin(source, full=True, launcher=launcher, optimized=optimized)
        if content is None:
            raise BadContent("A file is required for this source.")
        text = readable(content)
        if problem := header_problem(header_of(text), self.rules(source)):
            raise IllegalValue(problem)
        busy = tenant.tasks.busy(ACCOUNTS, source_id) is not None
        task = tenant.tasks.aggregation(
            ACCOUNTS, NAMES[ACCOUNTS], source_id, launcher, optimized=optimized, exclusive=not busy
        )
        if busy:
            tenant.later("load_to_collected", "sailpoint.scan.refuse", task.id)
            return task
        tenant.state.uploads[task.id] = text
        about = {"sourceId": source.id, "sourceName": source.name, "taskId": task.id}
        tenant.journal.write("SOURCE_ACCOUNT_AGGREGATION_STARTED", source.name, actor=launcher, attributes=about)
        tenant.later("load_to_collected", "sailpoint.load.collect", task.id)
        return task

    def _live(self, task_id: str) -> tuple[Task, Source] | None:
        task = self._tenant.tasks.live(task_id)
        source = self._tenant.configuration.source(task.source_id) if task is not None else None
        if task is not None and source is None:
            self._tenant.tasks.fail(task, "The source no longer exists.")
        return (task, source) if task is not None and source is not None else None

    def _collect(self, task_id: str) -> None:
        """Read the file and set apart what is new, changed or gone."""
        tenant, state = self._tenant, self._tenant.state
        text, live = str(state.uploads.pop(task_id, "")), self._live(task_id)
        if live is None:
            return
        task, source = live
        try:
            rules = self.rules(source)
        except BadContent as refused:
            tenant.tasks.fail(task, refused.text)
            return
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
            "ignored": total - len(latest),
            "optimized": len(latest) - len(fresh),
            "marked": len(gone),
            "processed": len(fresh) + len(gone),
        }
        state.uploads[task_id] = (fresh, gone)
        task = state.tasks.put(
            replace(task, phase="ACCOUNTS_COLLECTED", messages=tuple(messages), counters=task.counters.merged(counters))
        )
        tenant.intake.news.collected(task, source)
        tenant.later("collected_to_finished", "sailpoint.load.finish", task_id)

    def account(self, source_id: str, native: str) -> Account | None:
        """The account of a native identity on a source."""
        return self._tenant.intake.known(source_id, native)

    def _differs(self, source: Source, key: str, values: dict[str, str]) -> bool:
        known = self.account(source.id, key)
        return known is None or any((known.attributes.get(name) or "") != value for name, value in values.items())

    def _gone(self, source: Source, named: set[str], messages: list[tuple[str, str]]) -> list[str]:
        """Accounts missing in a full file, unless they are more than the threshold allows."""
        if not deletes(source.settings):
            return []
        accounts = self._tenant.state.accounts
        held = accounts.count("source", source.id)
        missing = [a.id for a in accounts.find("source", source.id) if a.native not in named]
        if text := refusal(held, len(missing), source.delete_threshold):
            messages.append(("WARN", text))
            return []
        return missing

    def _finish(self, task_id: str) -> None:
        """Store what was collected; identities follow one by one."""
        tenant, state = self._tenant, self._tenant.state
        upload, live = state.uploads.pop(task_id, None), self._live(task_id)
        if upload is None or live is None:
            return
        (task, source), (fresh, gone) = live, upload
        created = updated = deleted = 0
        touched: dict[str, None] = {}
        for key, values in fresh.items():
            account, new = self.write(source, key, values)
            created, updated = created + new, updated + (not new)
            if account.identity_id:
                touched[account.identity_id] = None
        for id in gone:
            account_gone = state.accounts.get(id)
            if account_gone is not None:
                tenant.intake.lost(source, account_gone)
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
        task = tenant.tasks.end(task, "WARNING" if warned else "SUCCESS", counters=counters)
        about = {"sourceId": source.id, "sourceName": source.name, "taskId": task.id, **counters}
        tenant.journal.write("SOURCE_ACCOUNT_AGGREGATION_PASSED", source.name, attributes=about)
        tenant.configuration.touch_source(source.id, status="SOURCE_STATE_HEALTHY", healthy=True)
        tenant.intake.news.aggregated(task, source)
        for identity_id in touched:
            tenant.processing.queue(identity_id, "finished_to_refreshed")

    def write(self, source: Source, key: str, values: dict[str, str]) -> tuple[Account, bool]:
        """Store one account as a file or a client describes it; answers whether it is new."""
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
        account = tenant.intake.stored(source, account)
        tenant.intake.news.changed(known, account, source, AGGREGATION)
        return account, known is None


def readable(content: bytes) -> str:
    """The text of an uploaded file. Raises BadContent when it is not text."""
    try:
        return decoded(content)
    except ValueError as error:
        raise BadContent("The file is not CSV in UTF-8.") from error
