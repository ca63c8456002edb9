"""Non-employees: their sources, and the records whose accounts make identities by the usual engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.errors import (
    BadContent,
    Conflict,
    Forbidden,
    LimitViolation,
    MissingReference,
    NotFound,
)
from simulators.sailpoint.domain.nonemployees import ATTRIBUTES, MOST_CUSTOM, MOST_SOURCES, Facts, NonEmployee, facts_of
from simulators.sailpoint.domain.records import Account
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

SOURCE, ATTRIBUTE = "non-employee-source", "non-employee-attribute"
# What the sources service calls such a source.
TYPE = "Non-Employee"


class NonEmployees:
    """Keeps the sources of non-employees and who is on them."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.nonemployee.account", self._account)

    # Sources

    def sources(self) -> Iterator[Document]:
        """All of them."""
        return self._tenant.configuration.all(SOURCE)

    def find(self, id: str) -> Document | None:
        """A source by its own id or by that of the source behind it."""
        configuration = self._tenant.configuration
        return configuration.find(SOURCE, id) or next(configuration.all(SOURCE, id), None)

    def get(self, id: str) -> Document:
        """The source of a path. Raises NotFound."""
        source = self.find(id)
        if source is None:
            raise NotFound
        return source

    def referenced(self, id: str) -> Document:
        """The source that a body names. Raises MissingReference."""
        source = self.find(id)
        if source is None:
            raise MissingReference(f"Referenced source {id} was not found.")
        return source

    def manages(self, identity_id: str, source: Document) -> bool:
        """Whether a person owns a source or manages its accounts."""
        people = [source.body["owner"], *source.body["accountManagers"]]
        return bool(identity_id) and any(one["id"] == identity_id for one in people)

    def check_manager(self, caller: Caller, source: Document) -> None:
        """Raise Forbidden for who neither administers the tenant nor manages the source."""
        if not caller.is_admin and not self.manages(caller.identity_id, source):
            raise Forbidden

    def check_people(self, body: Mapping[str, Any]) -> None:
        """Raise MissingReference for a reviewer or account manager who does not exist."""
        for one in (*body["approvers"], *body["accountManagers"]):
            if one["id"] not in self._tenant.state.identities:
                raise MissingReference(f"Referenced identity {one['id']} was not found.")

    def create_source(self, body: Mapping[str, Any], caller: Caller) -> Document:
        """A new source with the source of accounts behind it, which an identity profile may refer to."""
        tenant, configuration = self._tenant, self._tenant.configuration
        if sum(1 for _ in self.sources()) >= MOST_SOURCES:
            raise LimitViolation(f"There are at most {MOST_SOURCES} non-employee sources.")
        tenant.configuration.check_name("source", body["name"], None)
        tenant.access.check_owner(body["owner"])
        self.check_people(body)
        group = body.get("managementWorkgroup")
        if group and configuration.find("workgroup", group) is None:
            raise MissingReference(f"Referenced governance group {group} was not found.")
        real = configuration.add("source", _source_body(body, tenant), actor=caller.name)
        configuration.add("schema", _schema_body(), real.id)
        kept = {name: body[name] for name in ("name", "description", "owner", "approvers", "accountManagers")}
        kept["cloudExternalId"] = str(int.from_bytes(tenant.ids.draw("cloud-source", 4)))
        source = configuration.add(SOURCE, kept, real.id, id=tenant.ids.uuid(SOURCE), actor=caller.name)
        for one in ATTRIBUTES:
            attribute = {
                "type": one.type,
                "label": one.label,
                "technicalName": one.name,
                "helpText": one.help,
                "placeholder": one.help,
                "required": True,
                "system": True,
            }
            configuration.add(ATTRIBUTE, attribute, source.id, id=tenant.ids.uuid(ATTRIBUTE), actor=caller.name)
        return source

    def update_source(self, source: Document, body: Mapping[str, Any], caller: Caller) -> Document:
        """Store a changed source; the source behind it follows its name and description."""
        configuration = self._tenant.configuration
        self.check_people(body)
        real = configuration.find("source", source.parent)
        if real is not None:
            self._tenant.configuration.check_name("source", body["name"], real)
            told = {"name": body["name"], "description": body["description"]}
            configuration.update(real, {**real.body, **told}, caller.name)
        return configuration.update(source, {**source.body, **body}, caller.name)

    def delete_source(self, source: Document, caller: Caller) -> None:
        """Forget a source with its records and requests. Raises BadContent while an identity profile refers to it."""
        tenant, configuration = self._tenant, self._tenant.configuration
        if configuration.is_authoritative(source.parent):
            raise BadContent("The source is authoritative for an identity profile.")
        for record in list(tenant.state.nonemployees.find("source", source.parent)):
            self.delete(record)
        tenant.nonemployee_requests.forget(source)
        for attribute in list(configuration.all(ATTRIBUTE, source.id)):
            configuration.remove(attribute, caller.name)
        if (real := configuration.find("source", source.parent)) is not None:
            configuration.remove(real, caller.name)
        configuration.remove(source, caller.name)

    # Attributes

    def attributes(self, source: Document) -> list[Document]:
        """The attributes of a source, the mandatory ones first."""
        return list(self._tenant.configuration.all(ATTRIBUTE, source.id))

    def custom(self, source: Document) -> dict[str, bool]:
        """The custom attributes of a source, each with whether it is required."""
        found = (one.body for one in self.attributes(source) if not one.body["system"])
        return {one["technicalName"]: one["required"] for one in found}

    def attribute(self, source: Document, id: str) -> Document:
        """One attribute. Raises NotFound."""
        return self._tenant.configuration.get(ATTRIBUTE, id, source.id)

    def add_attribute(self, source: Document, body: Mapping[str, Any], caller: Caller) -> Document:
        """A custom attribute. Raises Conflict for a name there is already, LimitViolation for the eleventh."""
        tenant, name = self._tenant, str(body["technicalName"])
        taken = {str(one.body["technicalName"]).lower() for one in self.attributes(source)}
        if name.lower() in taken:
            raise Conflict(f'The attribute "{name}" exists already.')
        if len(self.custom(source)) >= MOST_CUSTOM:
            raise LimitViolation(f"There are at most {MOST_CUSTOM} custom attributes.")
        kept = {**body, "system": False}
        made = tenant.configuration.add(ATTRIBUTE, kept, source.id, tenant.ids.uuid(ATTRIBUTE), caller.name)
        self._follow_schema(source)
        return made

    def delete_attribute(self, source: Document, attribute: Document, caller: Caller) -> None:
        """Forget a custom attribute. Raises BadContent for a mandatory one."""
        if attribute.body["system"]:
            raise BadContent("A mandatory attribute cannot be deleted.")
        self._tenant.configuration.remove(attribute, caller.name)
        self._follow_schema(source)

    def _follow_schema(self, source: Document) -> None:
        """The account schema of the source behind knows the custom attributes."""
        configuration = self._tenant.configuration
        for schema in list(configuration.all("schema", source.parent)):
            configuration.update(schema, {**schema.body, **_schema_body(self.custom(source))})

    # Records

    def facts(self, source: Document, body: Mapping[str, Any]) -> Facts:
        """What a body or a line says of a person on a source, checked. Raises refusals."""
        facts = facts_of(body, body.get("data") or {}, self.custom(source))
        manager = self._tenant.state.identities.first("alias", facts.manager.lower())
        if manager is None:
            raise MissingReference(f"Referenced manager {facts.manager} was not found.")
        return replace(facts, manager=manager.alias)

    def named(self, source: Document, name: str) -> NonEmployee | None:
        """The record of an account name."""
        return self._tenant.state.nonemployees.first("name", f"{source.parent}/{name.lower()}")

    def check_name(self, source: Document, name: str, before: NonEmployee | None = None) -> None:
        """Raise Conflict for an account name that a record or an open request has already."""
        known = self.named(source, name)
        waiting = self._tenant.state.nonemployee_requests.first("open_name", f"{source.id}/{name.lower()}")
        if (known is not None and (before is None or known.id != before.id)) or waiting is not None:
            raise Conflict(f'The account name "{name}" is already in use.')

    def record(self, id: str) -> tuple[NonEmployee, Document]:
        """A record with its source. Raises NotFound."""
        record = self._tenant.state.nonemployees.get(id)
        source = self.find(record.source_id) if record is not None else None
        if record is None or source is None:
            raise NotFound
        return record, source

    def create(self, source: Document, facts: Facts) -> NonEmployee:
        """A new record; its account follows in a moment."""
        tenant, now = self._tenant, self._tenant.now()
        record = NonEmployee(tenant.ids.uuid("non-employee"), source.parent, facts, now, now)
        tenant.later("action", "sailpoint.nonemployee.account", record.id)
        return tenant.state.nonemployees.put(record)

    def update(self, record: NonEmployee, facts: Facts) -> NonEmployee:
        """Change a record; its account follows in a moment."""
        tenant = self._tenant
        tenant.later("action", "sailpoint.nonemployee.account", record.id)
        return tenant.state.nonemployees.put(replace(record, facts=facts, modified=tenant.now()))

    def delete(self, record: NonEmployee) -> None:
        """Forget a record with its account; the identity follows."""
        state = self._tenant.state
        state.nonemployees.remove(record.id)
        account = state.accounts.remove(record.account_id) if record.account_id else None
        if account is not None and account.identity_id:
            self._tenant.processing.queue(account.identity_id, "finished_to_refreshed")

    def _account(self, record_id: str) -> None:
        """Bring the account of a record up to date; a new one makes or finds an identity."""
        tenant, state, now = self._tenant, self._tenant.state, self._tenant.now()
        record = state.nonemployees.get(record_id)
        source = tenant.configuration.source(record.source_id) if record is not None else None
        if record is None or source is None:
            return
        facts, known = record.facts, state.accounts.get(record.account_id)
        if known is None:
            id, name = tenant.ids.hex32("account"), facts.account_name
            known = Account(id, source.id, "", name, name, facts.attributes(), (), False, now, now)
        changed = replace(
            known, native=facts.account_name, name=facts.account_name, attributes=facts.attributes(), modified=now
        )
        account = tenant.correlation.correlated(source, changed)
        state.nonemployees.put(replace(record, account_id=account.id))
        tenant.configuration.touch_source(source.id, status="SOURCE_STATE_HEALTHY", healthy=True)
        if account.identity_id:
            tenant.processing.queue(account.identity_id, "finished_to_refreshed")


def _source_body(body: Mapping[str, Any], tenant: SailPointTenant) -> dict[str, Any]:
    """The source of accounts behind a non-employee source; nothing is provisioned to it."""
    group = body.get("managementWorkgroup")
    found = tenant.configuration.find("workgroup", group) if group else None
    return {
        "name": body["name"],
        "description": body["description"],
        "owner": {"type": "IDENTITY", "id": body["owner"]["id"]},
        "type": TYPE,
        "connector": "non-employee",
        "connectorName": TYPE,
        "connectionType": "file",
        "connectorAttributes": {},
        "features": [],
        "deleteThreshold": 0,
        "status": "SOURCE_STATE_UNCHECKED_SOURCE_NO_ACCOUNTS",
        "healthy": False,
        "accountCorrelationConfig": None,
        "managerCorrelationMapping": {"accountAttributeName": "manager", "identityAttributeName": "uid"},
        **(
            {"managementWorkgroup": {"type": "GOVERNANCE_GROUP", "id": found.id, "name": found.name}}
            if found is not None
            else {}
        ),
    }


def _schema_body(custom: Mapping[str, bool] | None = None) -> dict[str, Any]:
    names = [*(one.name for one in ATTRIBUTES), *(custom or ())]
    plain = {"type": "STRING", "isMulti": False, "isEntitlement": False, "isGroup": False}
    return {
        "name": "account",
        "nativeObjectType": "User",
        "identityAttribute": "accountName",
        "displayAttribute": "accountName",
        "features": [],
        "configuration": {},
        "attributes": [{"name": name, **plain} for name in names],
    }
