"""Entitlements: what governance adds to them, how they may be asked for, and forgetting those of a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.errors import MissingReference, NotFound
from simulators.sailpoint.domain.records import Entitlement, Task
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

CONFIG = "entitlement-request-config"
# Fields whose change by hand outlasts the next aggregation, by the names the vendor gives them.
_BY_HAND = {"name": "DISPLAY_NAME", "description": "DESCRIPTION"}


class Entitlements:
    """Keeps what people decide about entitlements."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.entitlements.reset", self._reset)

    def get(self, id: str) -> Entitlement:
        """One entitlement. Raises NotFound."""
        right = self._tenant.state.entitlements.get(id)
        if right is None:
            raise NotFound
        return right

    def check(self, change: Mapping[str, Any]) -> None:
        """Raise a refusal for an owner or a segment that does not exist."""
        self._tenant.access.check_owner(change.get("owner"))
        self._tenant.access.check_segments(change.get("segments"))

    def change(self, right: Entitlement, change: Mapping[str, Any], caller: Caller) -> Entitlement:
        """Store what a patch has made of an entitlement; a name or description changed by hand is noted as such."""
        was = {"name": right.name, "description": right.body.get("description")}
        noted = dict(change.get("manuallyUpdatedFields") or {})
        noted |= {word: True for name, word in _BY_HAND.items() if change[name] != was[name]}
        level = (change.get("privilegeOverride") or {}).get("level")
        known = right.body.get("privilegeLevel")
        if level != (known or {}).get("direct", "NONE"):
            known = {"direct": level, "setBy": caller.name, "setByType": "OVERRIDE"} if level else None
        kept = {name: change.get(name) for name in ("description", "requestable", "owner", "segments")}
        body = right.body.merged({**kept, "privilegeLevel": known, "manuallyUpdatedFields": noted or None})
        changed = replace(right, name=change["name"], body=body, modified=self._tenant.now())
        return self._tenant.state.entitlements.put(changed)

    def config(self, id: str) -> Mapping[str, Any]:
        """How an entitlement may be asked for and given back; empty while nobody has said so."""
        document = next(self._tenant.configuration.all(CONFIG, id), None)
        return document.body if document is not None else {}

    def set_config(self, id: str, body: Mapping[str, Any], caller: Caller) -> None:
        """Replace how an entitlement may be asked for. Raises refusals for approvers that do not exist."""
        configuration = self._tenant.configuration
        for name in ("accessRequestConfig", "revocationRequestConfig"):
            self._tenant.access.check_schemes(body[name]["approvalSchemes"], name)
        document = next(configuration.all(CONFIG, id), None)
        if document is None:
            configuration.add(CONFIG, body, id, actor=caller.name)
        else:
            configuration.update(document, body, caller.name)

    def named(self, ids: list[str]) -> list[Entitlement]:
        """Entitlements that a body names. Raises MissingReference."""
        found = []
        for id in dict.fromkeys(ids):
            right = self._tenant.state.entitlements.get(id)
            if right is None:
                raise MissingReference(f"Referenced entitlement {id} was not found.")
            found.append(right)
        return found

    def reset(self, source_id: str, caller: Caller) -> Task:
        """Begin to forget all entitlements of a source; the next aggregation finds them anew. Raises NotFound."""
        tenant = self._tenant
        tenant.configuration.get("source", source_id)
        task = tenant.tasks.begin("ENTITLEMENT_RESET", "Entitlement Reset", source_id, caller.name)
        tenant.later("action", "sailpoint.entitlements.reset", task.id)
        return task

    def _reset(self, task_id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        task = state.tasks[task_id]
        gone = [right.id for right in state.entitlements.find("source", task.source_id)]
        for id in gone:
            state.entitlements.remove(id)
            if (document := next(tenant.configuration.all(CONFIG, id), None)) is not None:
                tenant.configuration.remove(document)
        counters = task.counters.merged({"deleted": len(gone)})
        state.tasks.put(replace(task, phase="COMPLETED", completed=tenant.now(), status="SUCCESS", counters=counters))
