"""Background jobs on campaigns and certifications, followed under `/certification-tasks`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.reviews import CertificationTask
from simulators.sailpoint.domain.values import Values

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class CertificationTasks:
    """Opens and finishes tasks."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def open(
        self, kind: str, target_type: str, target_id: str, actor_id: str, plan: Mapping[str, Any] | None = None
    ) -> CertificationTask:
        """A queued task; `plan` is what its job has to do."""
        tenant = self._tenant
        id = tenant.ids.hex32("certification-task")
        return tenant.state.certification_tasks.put(
            CertificationTask(id, kind, target_type, target_id, tenant.now(), actor_id, plan=Values(plan or {}))
        )

    def finish(self, kind: str, target_id: str, errors: tuple[str, ...] = ()) -> None:
        """Close the pending tasks of a kind on one target."""
        table = self._tenant.state.certification_tasks
        for task in list(table.find("pending", "any")):
            if task.type == kind and task.target_id == target_id:
                self.close(task, errors)

    def close(
        self, task: CertificationTask, errors: tuple[str, ...] = (), trails: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Close one task: with errors it has failed."""
        status = "ERROR" if errors else "SUCCESS"
        self._tenant.state.certification_tasks.put(replace(task, status=status, errors=errors, trails=trails))
