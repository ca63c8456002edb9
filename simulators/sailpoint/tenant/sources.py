"""Sources as an administrator makes and ends them: creation, accounts forgotten, files of pairs and of entitlements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.connectors import BY_SCRIPT, DELIMITED, ConnectorKind, schema_of
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, MissingReference
from simulators.sailpoint.domain.files import header_of, pairs
from simulators.sailpoint.domain.records import Task
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.aggregation import GROUPS, NAMES
from simulators.sailpoint.tenant.loading import readable
from simulators.sailpoint.tenant.outcomes import Right

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

UNCORRELATED = "CLOUD_PROCESS_UNCORRELATED_ACCOUNTS"
REMOVAL = "ACCOUNT_DELETION"
SYNC = "CLOUD_ATTRIBUTE_SYNCHRONIZATION"
# Columns that name an account and an identity in a file of pairs (SailPoint help, loading uncorrelated accounts).
ACCOUNT_COLUMN, IDENTITY_COLUMNS = "account", ("userName", "identity")
RULES = ("accountCorrelationRule", "managerCorrelationRule", "beforeProvisioningRule")


class Sources:
    """Makes sources, and works on all accounts of one."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.source.delete", self._delete)
        tenant.clock.on("sailpoint.source.empty", self._empty)
        tenant.clock.on("sailpoint.source.pairs", self._pairs)
        tenant.clock.on("sailpoint.source.rights", self._rights)
        tenant.clock.on("sailpoint.source.sync", self._sync)

    def check(self, body: Mapping[str, Any], id: str = "") -> None:
        """Refuse a source that names what does not exist, or bears another's name."""
        configuration, state = self._tenant.configuration, self._tenant.state
        named = configuration.named("source", str(body["name"]))
        if named is not None and named.id != id:
            raise BadContent(f'A source named "{body["name"]}" already exists.')
        owner = body.get("owner")
        if owner is None:
            raise IllegalValue('Value of "owner" is empty or contains invalid data.')
        if str(owner.get("id")) not in state.identities:
            raise MissingReference(f'The owner "{owner.get("id")}" was not found.')
        for name, kind in (("cluster", "managed-cluster"), ("managementWorkgroup", "workgroup")):
            if (reference := body.get(name)) and configuration.find(kind, str(reference.get("id"))) is None:
                raise MissingReference(f'The {name} "{reference.get("id")}" was not found.')
        for name in RULES:
            if (reference := body.get(name)) and configuration.find("connector-rule", str(reference.get("id"))) is None:
                raise MissingReference(f'The rule "{reference.get("id")}" was not found.')

    def create(self, body: Mapping[str, Any], as_file: bool, actor: str) -> Document:
        """Make a source with the schema its connector brings along. Raises BadContent for an unknown connector."""
        tenant = self._tenant
        kind = DELIMITED if as_file else BY_SCRIPT.get(str(body.get("connector")))
        if kind is None:
            raise BadContent(f'The connector "{body.get("connector")}" is unknown.')
        self.check(body)
        whole = self._defaults(kind, body)
        reference = whole.get("accountCorrelationConfig") or {}
        whole["accountCorrelationConfig"] = {
            "type": "ACCOUNT_CORRELATION_CONFIG",
            "id": tenant.ids.hex32("correlation-config"),
            "name": reference.get("name") or f"{body['name']} Account Correlation",
        }
        source = tenant.configuration.add("source", whole, actor=actor)
        tenant.configuration.add("schema", schema_of(kind), source.id)
        return source

    def _defaults(self, kind: ConnectorKind, body: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in body.items() if value is not None}
        settings = {"entitlementAttribute": kind.held, **(given.get("connectorAttributes") or {})}
        cluster = next(self._tenant.configuration.all("managed-cluster"), None) if kind.direct else None
        reference = {"type": "CLUSTER", "id": cluster.id, "name": cluster.name} if cluster is not None else None
        no_accounts = "_NO_ACCOUNTS" if not kind.direct else ""
        return {
            "features": list(kind.features),
            "deleteThreshold": 10,
            "cluster": reference,
            "attributeAssignments": [],
            "credentialProviderEnabled": False,
            **given,
            "type": kind.type,
            "connector": kind.script,
            "connectorClass": kind.java_class,
            "connectorId": kind.script,
            "connectorName": kind.name,
            "connectorImplementationId": kind.script,
            "connectionType": kind.connection,
            "connectorAttributes": settings,
            "healthy": False,
            "status": f"SOURCE_STATE_UNCHECKED_SOURCE{no_accounts}",
        }

    def delete(self, source: Document, actor: str) -> Task:
        """Remove the accounts of a source, then the source. Raises BadContent while others depend on it."""
        tenant = self._tenant
        if tenant.look.authoritative(source.id):
            raise BadContent("The source is authoritative for an identity profile.")
        if any(
            (one.body.get("source") or {}).get("id") == source.id for one in tenant.configuration.all("access-profile")
        ):
            raise BadContent("The source has access profiles.")
        task = tenant.tasks.begin(REMOVAL, "Delete Source", source.id, actor, type="QUEUED_TASK")
        tenant.later("action", "sailpoint.source.delete", source.id, task.id, actor)
        return task

    def _delete(self, source_id: str, task_id: str, actor: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        task, source = tenant.tasks.live(task_id), tenant.configuration.find("source", source_id)
        if task is None or source is None:
            return
        removed = self._forget(source_id)
        for right in list(state.entitlements.find("source", source_id)):
            state.entitlements.remove(right.id)
        tenant.configuration.remove(source, actor)
        state.watermarks.pop(source_id, None)
        state.tokens.pop(source_id, None)
        tenant.tasks.end(task, counters={"deleted": removed})

    def empty(self, source_id: str, actor: str) -> Task:
        """Forget all accounts of a source without touching it."""
        task = self._tenant.tasks.begin(REMOVAL, "Remove Accounts", source_id, actor, type="QUEUED_TASK")
        self._tenant.later("action", "sailpoint.source.empty", source_id, task.id)
        return task

    def _empty(self, source_id: str, task_id: str) -> None:
        if (task := self._tenant.tasks.live(task_id)) is not None:
            self._tenant.tasks.end(task, counters={"deleted": self._forget(source_id)})

    def _forget(self, source_id: str) -> int:
        tenant, state = self._tenant, self._tenant.state
        accounts = list(state.accounts.find("source", source_id))
        for account in accounts:
            state.accounts.remove(account.id)
            if account.identity_id in state.identities:
                tenant.processing.queue(account.identity_id, "finished_to_refreshed")
        return len(accounts)

    def correlate(self, source: Source, content: bytes, launcher: str) -> Task:
        """Accept a file of account and identity pairs. Raises IllegalValue for a header that names neither."""
        text = readable(content)
        header = header_of(text)
        if ACCOUNT_COLUMN not in header or not set(IDENTITY_COLUMNS) & set(header):
            raise IllegalValue(f'Column: "[{ACCOUNT_COLUMN}, {IDENTITY_COLUMNS[0]}]" is missing')
        job = self._tenant.ids.uuid("job")
        task = self._tenant.tasks.begin(
            UNCORRELATED, "Process Uncorrelated Accounts", source.id, launcher, type="QPOC", job=job
        )
        self._tenant.state.uploads[task.id] = text
        self._tenant.later("load_to_collected", "sailpoint.source.pairs", task.id)
        return task

    def _pairs(self, task_id: str) -> None:
        """Give each uncorrelated account of the file to the identity named beside it."""
        tenant, state = self._tenant, self._tenant.state
        text, task = str(state.uploads.pop(task_id, "")), tenant.tasks.live(task_id)
        if task is None:
            return
        messages: list[tuple[str, str]] = []
        tied = total = 0
        for line, native, alias in pairs(text, ACCOUNT_COLUMN, IDENTITY_COLUMNS):
            total += 1
            account = tenant.intake.known(task.source_id, native)
            identity = state.identities.first("alias", alias.lower()) if alias else None
            if account is None or identity is None:
                missing = "account" if account is None else "identity"
                messages.append(("WARN", f"Line {line}: the {missing} was not found; the row was skipped."))
                continue
            if account.identity_id:
                messages.append(("WARN", f"Line {line}: the account is correlated already; the row was skipped."))
                continue
            state.accounts.put(replace(account, identity_id=identity.id, manual=True, modified=tenant.now()))
            tenant.processing.queue(identity.id, "finished_to_refreshed")
            tied += 1
        status = "WARNING" if messages else "SUCCESS"
        tenant.tasks.end(task, status, tuple(messages), {"total": total, "correlated": tied})

    def entitlements(self, source: Source, content: bytes | None, launcher: str) -> Task:
        """Load a file of entitlements, or start to read those of a connected source."""
        tenant = self._tenant
        if source.type != "DelimitedFile":
            return tenant.aggregation.begin(source, full=True, rights=True, launcher=launcher)
        if content is None:
            raise BadContent("A file is required for this source.")
        text = readable(content)
        if not {"id", "value"} & set(header_of(text)):
            raise IllegalValue('Column: "[id]" is missing')
        task = tenant.tasks.aggregation(GROUPS, NAMES[GROUPS], source.id, launcher, job=tenant.ids.uuid("job"))
        tenant.state.uploads[task.id] = text
        tenant.later("load_to_collected", "sailpoint.source.rights", task.id)
        return task

    def _rights(self, task_id: str) -> None:
        """Take the entitlements of a file in; those it lacks are gone."""
        tenant, state = self._tenant, self._tenant.state
        text, task = str(state.uploads.pop(task_id, "")), tenant.tasks.live(task_id)
        source = tenant.configuration.source(task.source_id) if task is not None else None
        if task is None or source is None:
            return
        known = state.entitlements.count("source", source.id)
        seen: set[str] = set()
        for _, value, name in pairs(text, "id" if "id" in header_of(text) else "value", ("displayName", "name", "id")):
            if value:
                tenant.correlation.right(source, Right(value, name or value))
                seen.add(value)
        created = state.entitlements.count("source", source.id) - known
        gone = [right for right in state.entitlements.find("source", source.id) if right.value not in seen]
        for right in gone:
            state.entitlements.remove(right.id)
        counters = {"total": len(seen), "groupsCreated": created, "groupsUpdated": 0, "groupsDeleted": len(gone)}
        tenant.tasks.end(task, counters=counters)
        tenant.journal.write("SOURCE_ENTITLEMENT_AGGREGATION", source.name, attributes={"sourceId": source.id})

    def synchronize(self, source: Source, launcher: str) -> str:
        """Write the attributes of everybody with an account on a source; answers the id of the job."""
        tenant = self._tenant
        job = tenant.ids.uuid("sync-job")
        task = tenant.tasks.begin(SYNC, "Attribute Synchronization", source.id, launcher, type="QUEUED_TASK", job=job)
        tenant.later("action", "sailpoint.source.sync", task.id)
        return job

    def _sync(self, task_id: str) -> None:
        tenant = self._tenant
        task = tenant.tasks.live(task_id)
        if task is None:
            return
        found: Iterable[str] = (one.identity_id for one in tenant.state.accounts.find("source", task.source_id))
        identities = [id for id in dict.fromkeys(found) if id]
        for id in identities:
            tenant.processing.queue(id, "finished_to_refreshed")
        tenant.tasks.end(task, counters={"total": len(identities)})
