"""Configuration documents: reading them by id and name, changing them, and what a change sets in motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import (
    AccessItem,
    LifecycleState,
    Source,
    item_of,
    source_of,
    state_of,
)
from simulators.sailpoint.domain.errors import Conflict, NotFound, Refusal
from simulators.sailpoint.domain.times import next_time
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# Kinds whose objects are known by UUID; the others by 32 hexadecimal digits.
_BY_UUID = frozenset({"workflow", "workgroup", "segment", "transform", "trigger-subscription", "ssf-stream"})
# A change to one of these concerns everybody at the next scheduled processing.
_MODEL = frozenset(
    {"role", "access-profile", "lifecycle-state", "identity-profile", "transform", "provisioning-policy"}
)
# What goes with the document it stands under.
_CHILDREN = (
    "schema",
    "provisioning-policy",
    "schedule",
    "lifecycle-state",
    "native-change-detection-config",
    "source-entitlement-request-config",
)
# Kinds that search has an index of.
_INDEXED = frozenset({"role", "access-profile"})
_EVENTS = {
    "role": "ROLE",
    "access-profile": "ACCESS_PROFILE",
    "source": "SOURCE",
}


class Configuration:
    """Everything an administrator sets."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.schedule", self._scheduled)

    def start(self) -> None:
        """Set the timers of schedules and workflows anew."""
        for kind in ("schedule", "workflow"):
            for document in list(self.all(kind)):
                self._follow(document)

    def get(self, kind: str, id: str, parent: str = "") -> Document:
        """One document. Raises NotFound."""
        document = self._tenant.state.documents.get(id)
        if document is None or document.kind != kind or (parent and document.parent != parent):
            raise NotFound
        return document

    def find(self, kind: str, id: str) -> Document | None:
        """One document, or None."""
        document = self._tenant.state.documents.get(id)
        return document if document is not None and document.kind == kind else None

    def named(self, kind: str, name: str) -> Document | None:
        """The document of a name, whatever the case."""
        return self._tenant.state.documents.first("name", f"{kind}/{name.lower()}")

    def check_name(self, kind: str, name: str, own: Document | None = None, refusal: type[Refusal] = Conflict) -> None:
        """Raise the refusal when another object of a kind has the name; `own` may keep it."""
        holder = self.named(kind, name)
        if holder is not None and (own is None or holder.id != own.id):
            raise refusal(f'The name "{name}" is already in use.')

    def all(self, kind: str, parent: str = "") -> Iterator[Document]:
        """Documents of a kind, or those under one parent."""
        documents = self._tenant.state.documents
        return documents.find("parent", f"{kind}/{parent}") if parent else documents.find("kind", kind)

    def add(
        self, kind: str, body: Mapping[str, Any], parent: str = "", id: str = "", actor: str = "System"
    ) -> Document:
        """Store a new document under a fresh id."""
        ids, now = self._tenant.ids, self._tenant.now()
        if not id:
            id = ids.uuid(kind) if kind in _BY_UUID else ids.hex32(kind)
        document = self._tenant.state.documents.put(Document(id, kind, dict(body), now, now, parent))
        self._note(document, "CREATED", actor)
        self._reindex(document, None, actor)
        self._follow(document)
        return document

    def update(self, document: Document, body: Mapping[str, Any], actor: str = "System") -> Document:
        """Store another version."""
        changed = replace(document, body=dict(body), modified=self._tenant.now())
        self._tenant.state.documents.put(changed)
        self._note(changed, "UPDATED", actor)
        self._reindex(changed, document, actor)
        self._follow(changed)
        return changed

    def remove(self, document: Document, actor: str = "System") -> None:
        """Forget a document and those under it."""
        for kind in _CHILDREN:
            for child in list(self.all(kind, document.id)):
                self.remove(child, actor)
        self._tenant.state.documents.remove(document.id)
        self._note(document, "DELETED", actor)
        self.set_timer(f"schedule/{document.id}", None, "sailpoint.schedule")

    def _note(self, document: Document, verb: str, actor: str) -> None:
        state = self._tenant.state
        if document.kind in _MODEL:
            state.model_changed = True
        if actor == "System":
            return
        journal = self._tenant.journal
        if word := _EVENTS.get(document.kind):
            journal.write(f"{word}_{verb}", document.name, actor=actor)
            if document.kind == "source":
                self._tenant.announcements.source(document, verb.lower(), actor)
        elif document.kind == "lifecycle-state":
            action = {"CREATED": "create", "UPDATED": "update", "DELETED": "delete"}[verb]
            journal.write(action, document.name, actor=actor)

    def _reindex(self, document: Document, before: Document | None, actor: str) -> None:
        """What somebody changes of the access model reaches search later."""
        if document.kind in _INDEXED and actor != "System":
            self._tenant.journal.changed(document.kind, document.id, before)

    def _follow(self, document: Document) -> None:
        if document.kind == "schedule":
            expression = document.body.get("cronExpression")
            due = next_time(expression, self._tenant.now(), self._tenant.state.time_zone) if expression else None
            self.set_timer(f"schedule/{document.id}", due, "sailpoint.schedule", document.id)
        elif document.kind == "workflow" and self._tenant.workflows is not None:
            self._tenant.workflows.schedule(document.id)

    def set_timer(self, name: str, due: datetime | None, job: str, *args: str) -> None:
        """Replace a named timer; None clears it."""
        timers = self._tenant.state.timers
        if number := timers.pop(name, 0):
            self._tenant.clock.cancel(number)
        if due is not None:
            timers[name] = self._tenant.clock.call_at(due, job, *args)

    def _scheduled(self, id: str) -> None:
        document = self.find("schedule", id)
        if document is None:
            return
        self._tenant.state.timers.pop(f"schedule/{id}", None)
        self._follow(document)
        full = bool(document.body.get("full"))
        self._tenant.aggregation.scheduled(document.parent, str(document.body["type"]), full)

    def source(self, id: str) -> Source | None:
        """A source by id."""
        document = self.find("source", id)
        return source_of(document) if document is not None else None

    def source_named(self, name: str) -> Source | None:
        """A source by name."""
        document = self.named("source", name)
        return source_of(document) if document is not None else None

    def item(self, id: str) -> AccessItem | None:
        """A role or an access profile by id."""
        document = self._tenant.state.documents.get(id)
        return item_of(document) if document is not None and document.kind in ("role", "access-profile") else None

    def lifecycle_state(self, profile_id: str, technical_name: str) -> LifecycleState | None:
        """The state of a profile that carries a technical name."""
        for document in self.all("lifecycle-state", profile_id):
            if document.body.get("technicalName") == technical_name:
                return state_of(document)
        return None

    def profile_of_source(self, source_id: str) -> Document | None:
        """The identity profile a source is authoritative for."""
        return next(self._profiles(lambda d: (d.body.get("authoritativeSource") or {}).get("id") == source_id), None)

    def _profiles(self, wanted: Callable[[Document], bool]) -> Iterator[Document]:
        return (document for document in self.all("identity-profile") if wanted(document))

    def is_authoritative(self, source_id: str) -> bool:
        """Whether an identity profile refers to the source."""
        return self.profile_of_source(source_id) is not None

    def policy(self, source_id: str, usage: str) -> Mapping[str, Any]:
        """A provisioning policy of a source; empty when it has none."""
        for document in self.all("provisioning-policy", source_id):
            if document.body.get("usageType") == usage:
                return document.body
        return {}

    def touch_source(self, source_id: str, **changes: Any) -> None:
        """Note a source's health without an event."""
        document = self.find("source", source_id)
        if document is not None and any(document.body.get(name) != value for name, value in changes.items()):
            body = {**document.body, **changes, "since": iso(self._tenant.now())}
            self._tenant.state.documents.put(replace(document, body=body))
