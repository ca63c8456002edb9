"""The engine: triggers start executions, each step of an execution is a job of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.executions import Execution, Frame
from simulators.sailpoint.domain.paths import camel, filled, fires
from simulators.sailpoint.domain.times import next_time
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.workflows.actions import ACTIONS, variables
from simulators.sailpoint.workflows.choices import chosen
from simulators.sailpoint.workflows.results import Failed, Later, Result

LOOP = "sp:loop:iterator"
VARIABLE = "sp:define-variable"
# How often and how far apart an action is tried again when its target is away.
TRIES, TRY_WAIT = 3, timedelta(seconds=30)
# The history shows the tail of what a step answered, not whole pages.
HISTORY_LIMIT = 400


class WorkflowEngine:
    """Runs the tenant's enabled workflows."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.workflow.step", self._step)
        tenant.clock.on("sailpoint.workflow.timer", self._timer)

    def fire(self, trigger: str, payload: Mapping[str, Any], identity_id: str) -> None:
        """Start every enabled workflow that listens to `trigger` and whose filter lets the payload through."""
        for document in self._tenant.configuration.all("workflow"):
            if document.body.get("enabled") and self._listens(document.body.get("trigger") or {}, trigger, payload):
                self.start(document.id, payload, identity_id, False)

    def _listens(self, listener: Mapping[str, Any], trigger: str, payload: Mapping[str, Any]) -> bool:
        attributes = listener.get("attributes") or {}
        expression = str(attributes.get("filter.$") or attributes.get("filter") or "")
        try:
            return attributes.get("id") == trigger and fires(expression, payload)
        except ValueError:
            return False  # a filter that cannot be read lets nothing through

    def start(self, workflow_id: str, payload: Mapping[str, Any], identity_id: str, test: bool) -> Execution:
        """Begin an execution; its first step runs after the usual delay."""
        tenant, now = self._tenant, self._tenant.now()
        document = tenant.configuration.get("workflow", workflow_id)
        execution = Execution(
            tenant.ids.uuid("execution"),
            workflow_id,
            identity_id,
            now,
            "Running",
            Values({"trigger": dict(payload)}),
            str(document.body["definition"]["start"]),
            history=(
                ("WorkflowExecutionScheduled", now, Values()),
                ("WorkflowExecutionStarted", now, Values({"input": dict(payload)})),
            ),
            test=test,
        )
        tenant.state.executions.put(execution)
        self._count(workflow_id, "executionCount")
        tenant.later("event_to_workflow", "sailpoint.workflow.step", execution.id)
        return execution

    def _count(self, workflow_id: str, name: str) -> None:
        documents = self._tenant.state.documents
        document = documents[workflow_id]
        documents.put(replace(document, body={**document.body, name: int(document.body.get(name) or 0) + 1}))

    def schedule(self, workflow_id: str) -> None:
        """Set the timer of a scheduled workflow, or clear it."""
        tenant = self._tenant
        body = tenant.configuration.get("workflow", workflow_id).body
        trigger = body.get("trigger") or {}
        attributes = trigger.get("attributes") or {}
        due = None
        if body.get("enabled") and trigger.get("type") == "SCHEDULED" and attributes.get("cronString"):
            zone = str(attributes.get("timeZone") or tenant.state.time_zone)
            due = next_time(str(attributes["cronString"]), tenant.now(), zone)
        tenant.configuration.set_timer(f"workflow/{workflow_id}", due, "sailpoint.workflow.timer", workflow_id)

    def _timer(self, workflow_id: str) -> None:
        if self._tenant.configuration.find("workflow", workflow_id) is None:
            return
        self.schedule(workflow_id)
        self.start(workflow_id, {"scheduledTime": iso(self._tenant.now())}, "", False)

    def cancel(self, execution: Execution) -> None:
        """Stop an execution before its next step."""
        self._end(execution, "Canceled", "WorkflowExecutionCancelled", {})

    def _steps(self, execution: Execution, frames: int) -> Mapping[str, Any]:
        """The steps among which an execution stands: the definition's, or those of the loop it is in."""
        definition = self._tenant.configuration.get("workflow", execution.workflow_id).body["definition"]
        steps: Mapping[str, Any] = definition["steps"]
        for frame in execution.frames[:frames]:
            steps = steps[frame.loop]["attributes"]["steps"]
        return steps

    def _view(self, execution: Execution) -> dict[str, Any]:
        """What references see: the answers of earlier steps, and the item of the innermost loop."""
        view: dict[str, Any] = dict(execution.context)
        view["execution"] = {"id": execution.id, "workflowId": execution.workflow_id, "started": iso(execution.started)}
        if execution.frames:
            frame = execution.frames[-1]
            outer = [one.items[one.index] for one in execution.frames]
            view["loop"] = {"loopInput": frame.items[frame.index], "index": frame.index, "outer": outer}
        return view

    async def _step(self, execution_id: str) -> None:
        tenant = self._tenant
        execution = tenant.state.executions.get(execution_id)
        if execution is None or execution.closed is not None:
            return
        if tenant.configuration.find("workflow", execution.workflow_id) is None:
            self._end(execution, "Failed", "WorkflowExecutionFailed", {"error": "The workflow no longer exists."})
            return
        step = self._steps(execution, len(execution.frames)).get(execution.step)
        if step is None:
            self._end(
                execution, "Failed", "WorkflowExecutionFailed", {"error": f"There is no step {execution.step!r}."}
            )
            return
        try:
            await self._run(execution, step)
        except (ValueError, KeyError, TypeError) as error:
            self._end(execution, "Failed", "WorkflowExecutionFailed", {"step": execution.step, "error": str(error)})

    async def _run(self, execution: Execution, step: Mapping[str, Any]) -> None:
        kind = str(step.get("type")).lower()
        action = str(step.get("actionId") or (step.get("attributes") or {}).get("id") or "")
        if kind in ("success", "failure"):
            self._arrived(execution, kind)
        elif kind == "choice":
            self._go(execution, chosen(step, self._view(execution)))
        elif action == LOOP:
            self._enter(execution, step)
        elif kind == "mutation" or action == VARIABLE:
            values = variables(step["attributes"], self._view(execution))
            self._answered(execution, step, Result(values, into=str(step["attributes"].get("into") or "")))
        elif (runner := ACTIONS.get(action)) is None:
            raise ValueError(f"unknown action {action!r}")
        else:
            attributes = filled(step.get("attributes") or {}, self._view(execution))
            result = await runner(self._tenant, execution, attributes)
            current = self._tenant.state.executions.get(execution.id)
            if current is not None and current.closed is None:
                self._take(current, step, result)

    def _take(self, execution: Execution, step: Mapping[str, Any], result: Result | Later | Failed) -> None:
        clock, now = self._tenant.clock, self._tenant.now()
        if isinstance(result, Later) and (not result.counted or execution.attempts < TRIES):
            attempts = execution.attempts + (1 if result.counted else 0)
            due = result.until or now + TRY_WAIT
            note = Values({"displayName": execution.step, "attempt": attempts, "error": result.reason})
            self._tenant.state.executions.put(
                replace(execution, attempts=attempts, history=(*execution.history, ("ActivityTaskRetried", now, note)))
            )
            clock.call_at(max(due, now), "sailpoint.workflow.step", execution.id)
        elif isinstance(result, Later | Failed):
            self._failed(execution, step, result.reason)
        else:
            self._answered(execution, step, result)

    def _failed(self, execution: Execution, step: Mapping[str, Any], reason: str) -> None:
        """A step could not be done: its failure branch follows, or the execution ends."""
        note = Values({"displayName": execution.step, "error": reason})
        execution = replace(execution, history=(*execution.history, ("ActivityTaskFailed", self._tenant.now(), note)))
        execution = replace(
            execution, context=execution.context.merged({"error": {"step": execution.step, "message": reason}})
        )
        for handler in step.get("catch") or ():
            self._go(execution, str(handler["nextStep"]))
            return
        self._end(execution, "Failed", "WorkflowExecutionFailed", {"step": execution.step, "error": reason})

    def _answered(self, execution: Execution, step: Mapping[str, Any], result: Result) -> None:
        now = self._tenant.now()
        name = execution.step
        note = Values({"displayName": name, "output": str(result.output)[-HISTORY_LIMIT:]})
        execution = replace(
            execution,
            attempts=0,
            context=execution.context.merged({camel(result.into or name): result.output}),
            history=(*execution.history, ("ActivityTaskCompleted", now, note)),
        )
        self._go(execution, str(step.get("nextStep") or ""), result.pause)

    def _go(self, execution: Execution, step: str, pause: timedelta = timedelta()) -> None:
        """Go on with a step; none means the end of the path."""
        execution = self._tenant.state.executions.put(replace(execution, step=step, attempts=0))
        if not step:
            self._arrived(execution, "success")
            return
        delay = pause or self._tenant.delay("call")
        self._tenant.clock.call_later(delay, "sailpoint.workflow.step", execution.id)

    def _enter(self, execution: Execution, step: Mapping[str, Any]) -> None:
        attributes = step["attributes"]
        view = self._view(execution)
        items = filled({"input.$": attributes.get("input.$", "$.none")}, view)["input"] or []
        items = items if isinstance(items, list | tuple) else [items]
        if not items:
            self._answered(execution, step, Result({"count": 0}))
            return
        frame = Frame(execution.step, tuple(items), 0, execution.step)
        self._go(replace(execution, frames=(*execution.frames, frame)), str(attributes["start"]))

    def _arrived(self, execution: Execution, kind: str) -> None:
        """The end of a path: the next round of a loop, the step behind the loop, or the end of the execution."""
        if not execution.frames:
            failed = kind == "failure" or bool(execution.context.get("failedRounds"))
            self._end(
                execution,
                "Failed" if failed else "Completed",
                "WorkflowExecutionFailed" if failed else "WorkflowExecutionCompleted",
                {},
            )
            return
        frame = execution.frames[-1]
        if kind == "failure":
            rounds = int(execution.context.get("failedRounds") or 0) + 1
            execution = replace(execution, context=execution.context.merged({"failedRounds": rounds}))
        steps = self._steps(execution, len(execution.frames) - 1)
        if frame.index + 1 < len(frame.items):
            frames = (*execution.frames[:-1], replace(frame, index=frame.index + 1))
            self._go(replace(execution, frames=frames), str(steps[frame.loop]["attributes"]["start"]))
            return
        execution = replace(execution, frames=execution.frames[:-1], step=frame.loop)
        self._answered(execution, steps[frame.loop], Result({"count": len(frame.items)}))

    def _end(self, execution: Execution, status: str, event: str, note: Mapping[str, Any]) -> None:
        tenant, now = self._tenant, self._tenant.now()
        tenant.state.executions.put(
            replace(
                execution,
                status=status,
                closed=now,
                step="",
                frames=(),
                history=(*execution.history, (event, now, Values(note))),
            )
        )
        document = tenant.configuration.find("workflow", execution.workflow_id)
        if status == "Failed" and document is not None:
            self._count(execution.workflow_id, "failureCount")
            identity = tenant.state.identities.get(execution.identity_id)
            about = {
                "workflowId": document.id,
                "workflowName": document.name,
                "executionId": execution.id,
                "info": note.get("error", ""),
            }
            tenant.journal.write(
                "WORKFLOW_EXECUTION_FAILED", identity.alias if identity is not None else "", attributes=about
            )
