"""The engine: triggers, schedules and callers start executions; a runner takes their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.executions import FULL_SPEED, KEPT, SLOW_GAP_MS, Execution
from simulators.sailpoint.domain.jsonpath import fires
from simulators.sailpoint.domain.values import Document, Values
from simulators.sailpoint.domain.workflow_schedules import next_start
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.workflows.runner import STEP, Runner

# Old executions are forgotten a few at a time, whenever a new one begins.
_FORGOTTEN_AT_ONCE = 5


class WorkflowEngine:
    """Starts and stops the tenant's workflows."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self._runner = Runner(tenant)
        tenant.clock.on("sailpoint.workflow.timer", self._timer)

    def fire(self, trigger: str, payload: Mapping[str, Any], identity_id: str) -> None:
        """Tell everybody who listens to `trigger`, workflows and others."""
        self._tenant.triggers.publish(trigger, payload, identity_id)

    def hear(self, trigger: str, payload: Mapping[str, Any], identity_id: str) -> None:
        """Start every enabled workflow that listens to `trigger` and whose filter lets the payload through."""
        for document in list(self._tenant.configuration.all("workflow", trigger)):
            if document.body.get("enabled") and self._lets_through(document, payload):
                self.start(document.id, payload, identity_id, False)

    def _lets_through(self, document: Document, payload: Mapping[str, Any]) -> bool:
        attributes = (document.body.get("trigger") or {}).get("attributes") or {}
        try:
            return fires(str(attributes.get("filter.$") or ""), payload)
        except ValueError:
            return False  # a filter that cannot be asked lets nothing through

    def start(self, workflow_id: str, payload: Mapping[str, Any], identity_id: str, test: bool) -> Execution:
        """Begin an execution; its first step runs after the usual delay, later once a day has seen too many."""
        tenant, now = self._tenant, self._tenant.now()
        self._forget()
        document = tenant.configuration.get("workflow", workflow_id)
        held = self._held_back()
        execution = Execution(
            tenant.ids.uuid("execution"),
            workflow_id,
            identity_id,
            now,
            "Queued" if held else "Running",
            Values({"trigger": dict(payload)}),
            str(document.body["definition"]["start"]),
            history=(
                ("WorkflowExecutionScheduled", now, Values()),
                ("WorkflowExecutionStarted", now, Values({"input": dict(payload)})),
            ),
            test=test,
        )
        tenant.state.executions.put(execution)
        body = {**document.body, "executionCount": int(document.body.get("executionCount") or 0) + 1}
        tenant.state.documents.put(replace(document, body=body))
        tenant.clock.call_later(held + tenant.delay("event_to_workflow"), STEP, execution.id)
        return execution

    def _held_back(self) -> timedelta:
        """How long an execution has to wait: not at all, unless 400,000 have begun that day; then five begin a second.

        Source: SailPoint help, workflows.
        """
        state, now = self._tenant.state, self._tenant.now()
        if state.workflow_day != now.toordinal():
            state.workflow_day, state.workflow_starts, state.workflow_next_ms = now.toordinal(), 0, 0
        state.workflow_starts += 1
        if state.workflow_starts <= FULL_SPEED:
            return timedelta()
        moment = int(now.timestamp() * 1000)
        state.workflow_next_ms = max(moment, state.workflow_next_ms) + SLOW_GAP_MS
        return datetime.fromtimestamp(state.workflow_next_ms / 1000, UTC) - now

    def _forget(self) -> None:
        executions, now = self._tenant.state.executions, self._tenant.now()
        first = islice(executions.rows(), _FORGOTTEN_AT_ONCE)
        for id in [one.id for one in first if one.closed is not None and now - one.started > KEPT]:
            executions.remove(id)

    def schedule(self, workflow_id: str) -> None:
        """Set the timer of a scheduled workflow, or clear it."""
        tenant = self._tenant
        body = tenant.configuration.get("workflow", workflow_id).body
        trigger = body.get("trigger") or {}
        due = None
        if body.get("enabled") and trigger.get("type") == "SCHEDULED":
            due = next_start(trigger.get("attributes") or {}, tenant.now(), tenant.state.time_zone)
        tenant.configuration.set_timer(f"workflow/{workflow_id}", due, "sailpoint.workflow.timer", workflow_id)

    def _timer(self, workflow_id: str) -> None:
        if self._tenant.configuration.find("workflow", workflow_id) is None:
            return
        self.schedule(workflow_id)
        self.start(workflow_id, {"scheduledTime": iso(self._tenant.now())}, "", False)

    def cancel(self, execution: Execution) -> None:
        """Stop an execution before its next step."""
        self._runner.cancel(execution)
