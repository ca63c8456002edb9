"""The audit trail, and what search knows: documents lag behind the records they show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.events import EVENTS
from simulators.sailpoint.domain.records import Event, Shadow, due_key
from simulators.sailpoint.domain.values import Values

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

SYSTEM = "System"


class Journal:
    """Writes events and remembers what search still shows."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def write(
        self,
        action: str,
        target: str = "",
        *,
        actor: str = SYSTEM,
        actor_id: str = "",
        tracking: str = "",
        attributes: Mapping[str, Any] | None = None,
    ) -> Event:
        """Add one event. Attribute values become text, as the vendor has them."""
        tenant, shape = self._tenant, EVENTS[action]
        state, now = tenant.state, tenant.now()
        texts = {name: str(value) for name, value in (attributes or {}).items() if value not in (None, "")}
        return state.events.put(
            Event(
                state.ids.draw("event", 32).hex(),
                action,
                shape.type,
                shape.objects,
                shape.operation,
                shape.status,
                now,
                now + tenant.delay("change_to_search"),
                actor,
                target,
                tracking,
                Values(texts),
                actor_id,
            )
        )

    def changed(self, kind: str, id: str, before: Any) -> None:
        """Tell search that a record is no longer as it was; it goes on showing `before` for a moment."""
        state, now = self._tenant.state, self._tenant.now()
        synced = now + self._tenant.delay("change_to_search")
        if synced <= now:
            return
        held = state.shadows.get(f"{kind}/{id}")
        if held is not None and held.synced > now:
            before = held.before
        state.shadows.put(Shadow(kind, id, before, synced))

    def indexed(self, kind: str, id: str, record: Any) -> tuple[Any, datetime | None]:
        """What search shows of a record now, and when that was indexed (None: as long ago as the record itself)."""
        held = self._tenant.state.shadows.get(f"{kind}/{id}")
        if held is None:
            return record, None
        return (held.before, None) if held.synced > self._tenant.now() else (record, held.synced)

    def lagging(self, kind: str) -> frozenset[str]:
        """The ids of records of which search does not show the latest."""
        shadows = self._tenant.state.shadows.range("synced", due_key(kind, self._tenant.now()), f"{kind}0")
        return frozenset(one.id for one in shadows)
