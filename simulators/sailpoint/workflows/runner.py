"""The runner: each step of an execution is a job of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import Refusal
from simulators.sailpoint.domain.executions import MOST_STEPS, Execution, Frame
from simulators.sailpoint.domain.paths import camel, chosen, filled
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.domain.workflow_steps import DEFINE, LOOP, UPDATE, action_of
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.workflows import choices
from simulators.sailpoint.workflows.actions import ACTIONS
from simulators.sailpoint.workflows.results import Failed, Later, Result
from simulators.sailpoint.workflows.variables import updated, variables

STEP = "sailpoint.workflow.step"
# How often and how far apart an action is tried again when its target is away.
TRIES, TRY_WAIT = 3, timedelta(seconds=30)
# The history shows the tail of what a step answered, not whole pages.
HISTORY_LIMIT = 400
FAILED, DONE = "WorkflowExecutionFailed", "WorkflowExecutionCompleted"


class Runner:
    """Takes the steps of running executions."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on(STEP, self._step)

    def cancel(self, execution: Execution) -> None:
        """Stop an execution before its next step. The vendor's history has no kind for that: it ends as failed."""
        self._end(execution, "Canceled", FAILED, {"error": "The execution was canceled."})

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
        view["now"] = iso(self._tenant.now())
        if execution.frames:
            frame = execution.frames[-1]
            outer = [one.items[one.index] for one in execution.frames]
            view["loop"] = {
                "loopInput": frame.items[frame.index],
                "index": frame.index,
                "context": frame.context,
                "outer": outer,
            }
        return view

    async def _step(self, execution_id: str) -> None:
        tenant = self._tenant
        execution = tenant.state.executions.get(execution_id)
        if execution is None or execution.closed is not None:
            return
        if tenant.configuration.find("workflow", execution.workflow_id) is None:
            self._end(execution, "Failed", FAILED, {"error": "The workflow no longer exists."})
            return
        execution = replace(execution, status="Running", steps=execution.steps + 1)
        if execution.steps > MOST_STEPS:
            self._end(execution, "Failed", FAILED, {"error": f"The execution has taken more than {MOST_STEPS} steps."})
            return
        try:
            await self._run(execution, self._steps(execution, len(execution.frames))[execution.step])
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, Refusal) as error:
            current = tenant.state.executions.get(execution_id)
            if current is not None and current.closed is None:
                self._end(current, "Failed", FAILED, {"step": execution.step, "error": str(error) or repr(error)})

    async def _run(self, execution: Execution, step: Mapping[str, Any]) -> None:
        kind, action = str(step.get("type")).lower(), action_of(step)
        if kind in ("success", "failure"):
            self._arrived(execution, kind, step)
        elif kind == "choice":
            self._go(execution, choices.chosen(step, self._view(execution)))
        elif action == LOOP:
            self._enter(execution, step)
        elif action == UPDATE:
            self._answered(updated(execution, step["attributes"], self._view(execution)), step, Result({}), keep=False)
        elif kind == "mutation" or action == DEFINE:
            values = variables(step["attributes"], self._view(execution))
            self._answered(execution, step, Result(values, into=str(step["attributes"].get("into") or "")))
        elif (runner := ACTIONS.get(action)) is None:
            self._failed(execution, step, f"The action {action!r} cannot be carried out.")
        else:
            attributes = filled(step.get("attributes") or {}, self._view(execution))
            self._tenant.state.executions.put(execution)
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
                replace(execution, attempts=attempts, history=(*execution.history, ("ActivityTaskFailed", now, note)))
            )
            clock.call_at(max(due, now), STEP, execution.id)
        elif isinstance(result, Later | Failed):
            self._failed(execution, step, result.reason)
        else:
            self._answered(execution, step, result)

    def _failed(self, execution: Execution, step: Mapping[str, Any], reason: str) -> None:
        """A step could not be done: its failure branch follows, or the execution ends."""
        note = Values({"displayName": execution.step, "error": reason})
        execution = replace(
            execution,
            history=(*execution.history, ("ActivityTaskFailed", self._tenant.now(), note)),
            context=execution.context.merged({"error": {"step": execution.step, "message": reason}}),
        )
        for handler in step.get("catch") or ():
            self._go(execution, str(handler["nextStep"]))
            return
        self._end(execution, "Failed", FAILED, {"step": execution.step, "error": reason})

    def _answered(self, execution: Execution, step: Mapping[str, Any], result: Result, *, keep: bool = True) -> None:
        now = self._tenant.now()
        name, context = execution.step, execution.context
        note = Values({"displayName": name, "output": str(result.output)[-HISTORY_LIMIT:]})
        if keep:
            context = context.merged({camel(result.into or name): result.output})
        history = (*execution.history, ("ActivityTaskCompleted", now, note))
        self._go(execution, str(step.get("nextStep") or ""), result.pause, context=context, history=history)

    def _go(self, execution: Execution, step: str, pause: timedelta = timedelta(), **changes: Any) -> None:
        """Go on with a step, with changes to the execution; no step means the end of the path."""
        execution = self._tenant.state.executions.put(replace(execution, step=step, attempts=0, **changes))
        if not step:
            self._arrived(execution, "success", {})
            return
        delay = pause or self._tenant.delay("call")
        self._tenant.clock.call_later(delay, STEP, execution.id)

    def _enter(self, execution: Execution, step: Mapping[str, Any]) -> None:
        attributes, view = step["attributes"], self._view(execution)
        found = chosen(str(attributes["input.$"]), view) if "input.$" in attributes else attributes.get("input")
        items = found if isinstance(found, list | tuple) else [found] if found not in (None, "") else []
        if not items:
            self._answered(execution, step, Result({"count": 0}))
            return
        context = chosen(str(attributes["context.$"]), view) if attributes.get("context.$") else None
        frame = Frame(execution.step, tuple(items), 0, execution.step, context)
        self._go(execution, str(attributes["start"]), frames=(*execution.frames, frame))

    def _arrived(self, execution: Execution, kind: str, step: Mapping[str, Any]) -> None:
        """The end of a path: the next round of a loop, the step behind the loop, or the end of the execution."""
        if not execution.frames:
            failed = kind == "failure" or bool(execution.context.get("failedRounds"))
            told = {"error": step["failureName"]} if failed and step.get("failureName") else {}
            self._end(execution, "Failed" if failed else "Completed", FAILED if failed else DONE, told)
            return
        frame = execution.frames[-1]
        if kind == "failure":
            rounds = int(execution.context.get("failedRounds") or 0) + 1
            execution = replace(execution, context=execution.context.merged({"failedRounds": rounds}))
        steps = self._steps(execution, len(execution.frames) - 1)
        if frame.index + 1 < len(frame.items):
            frames = (*execution.frames[:-1], replace(frame, index=frame.index + 1))
            self._go(execution, str(steps[frame.loop]["attributes"]["start"]), frames=frames)
            return
        execution = replace(execution, frames=execution.frames[:-1], step=frame.loop)
        self._answered(execution, steps[frame.loop], Result({"count": len(frame.items)}))

    def _end(self, execution: Execution, status: str, event: str, note: Mapping[str, Any]) -> None:
        tenant, now = self._tenant, self._tenant.now()
        history = (*execution.history, (event, now, Values(note)))
        tenant.state.executions.put(replace(execution, status=status, closed=now, step="", frames=(), history=history))
        document = tenant.configuration.find("workflow", execution.workflow_id)
        if status != "Failed" or document is None:
            return
        body = {**document.body, "failureCount": int(document.body.get("failureCount") or 0) + 1}
        tenant.state.documents.put(replace(document, body=body))
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
