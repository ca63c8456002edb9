"""Background tasks: opened by the desks that work later, followed and cleared by clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.records import Task
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Values

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# How long the vendor shows a task (SailPoint API, task management).
KEPT = timedelta(days=90)
ENDS = frozenset({"SUCCESS", "WARNING", "ERROR", "TERMINATED", "TEMPERROR"})


class Tasks:
    """Opens tasks, ends them, and answers for them."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def begin(self, kind: str, name: str, source_id: str = "", launcher: str = "System", **more: Any) -> Task:
        """Open a task; `more` are further fields of the record."""
        tenant = self._tenant
        return tenant.state.tasks.put(
            Task(tenant.ids.hex32("task"), kind, name, tenant.now(), source_id, launcher, **more)
        )

    def aggregation(self, kind: str, name: str, source_id: str, launcher: str, **more: Any) -> Task:
        """Open a task that reads a source; each has a number of its own."""
        state = self._tenant.state
        state.event_number += 1
        counters = Values({"eventId": state.event_number, "applications": self._name(source_id)})
        return self.begin(kind, name, source_id, launcher, counters=counters, **more)

    def _name(self, source_id: str) -> str:
        source = self._tenant.configuration.source(source_id)
        return source.name if source is not None else source_id

    def busy(self, kind: str, source_id: str) -> Task | None:
        """The running task that another of its kind has to wait for."""
        return self._tenant.state.tasks.first("running", f"{kind}/{source_id}")

    def end(
        self,
        task: Task,
        status: str = "SUCCESS",
        messages: tuple[tuple[str, str], ...] = (),
        counters: Mapping[str, Any] | None = None,
        phase: str = "",
    ) -> Task:
        """Close a task with its outcome, unless somebody has closed it before."""
        current = self._tenant.state.tasks.get(task.id)
        if current is None or current.completed is not None:
            return current or task
        phase = phase or ("TERMINATED" if status in ("ERROR", "TERMINATED") else "COMPLETED")
        return self._tenant.state.tasks.put(
            replace(
                current,
                phase=phase,
                completed=self._tenant.now(),
                status=status,
                messages=(*current.messages, *messages),
                counters=current.counters.merged(counters or {}),
            )
        )

    def fail(self, task: Task, message: str) -> Task:
        """Close a task that came to nothing."""
        return self.end(task, "ERROR", (("ERROR", message),))

    def live(self, task_id: str) -> Task | None:
        """The task, while nobody has closed it."""
        task = self._tenant.state.tasks.get(task_id)
        return task if task is not None and task.completed is None else None

    def shown(self, task: Task) -> bool:
        """Whether clients still see a task."""
        return self._tenant.now() - task.created <= KEPT

    def get(self, id: str) -> Task:
        """A task that clients see. Raises NotFound."""
        task = self._tenant.state.tasks.get(id)
        if task is None or not self.shown(task):
            raise NotFound
        return task

    def newest(self) -> Iterator[Task]:
        """Tasks from the youngest to the oldest."""
        return self._tenant.state.tasks.newest()

    def clear(self, task: Task, status: Any, completed: Any) -> Task:
        """End a pending task by hand. Raises BadContent for one that is over, or for an outcome nobody knows."""
        if status is not None and status not in ENDS:
            raise BadContent("The completion status is unknown.")
        at = instant(completed) if isinstance(completed, str) else None
        if completed is not None and at is None:
            raise BadContent("The completion date is not a date-time.")
        if task.completed is not None:
            raise BadContent("The task has already been completed.")
        if status is None and at is None:
            return task
        state, now = self._tenant.state, self._tenant.now()
        state.scans.pop(task.id, None)
        state.uploads.pop(task.id, None)
        status = status or "TERMINATED"
        return state.tasks.put(replace(task, completed=at or now, modified=now, status=status, phase="TERMINATED"))
