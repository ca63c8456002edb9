"""Workflows, their executions and their library as the API shows and takes them.

SailPoint API, Workflows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.triggers import triggers
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.domain.workflow_library import ACTION, OPERATOR, TRIGGER, library
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner, when

FIELDS = ("name", "owner", "description", "definition", "enabled", "trigger")
COUNTERS = ("executionCount", "failureCount")
Json = dict[str, Any]


class _Closed(Camel):
    """An object with the properties that are named and no others."""

    model_config = ConfigDict(extra="forbid")


class EventAttributes(_Closed):
    """Which event starts a workflow."""

    id: Annotated[str, Field(min_length=1)]
    filter: Annotated[str | None, Field(alias="filter.$")] = None
    description: str | None = None
    attribute_to_filter: str | None = None
    form_definition_id: str | None = None


class ExternalAttributes(_Closed):
    """Who may call a workflow, and where."""

    name: str | None = None
    description: str | None = None
    client_id: str | None = None
    url: str | None = None


class ScheduledAttributes(_Closed):
    """When a workflow starts."""

    frequency: Literal["daily", "weekly", "monthly", "yearly", "cronSchedule"] | None
    time_zone: str | None = None
    cron_string: str | None = None
    weekly_days: list[str] | None = None
    weekly_times: list[str] | None = None
    yearly_times: list[str] | None = None


class TriggerBody(Camel):
    """What starts a workflow."""

    type: Literal["EVENT", "EXTERNAL", "SCHEDULED", ""]
    display_name: str | None = None
    attributes: Json | None


class OwnerBody(Camel):
    """Who answers for a workflow."""

    type: Literal["IDENTITY"] = "IDENTITY"
    id: Annotated[str, Field(min_length=1)]
    name: str | None = None


class DefinitionBody(Camel):
    """The steps of a workflow, and the first of them."""

    start: str
    steps: Json


class WorkflowBody(Camel):
    """A workflow as POST, PUT and, once patched, PATCH take it."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    owner: OwnerBody | None = None
    description: str | None = None
    definition: DefinitionBody | None = None
    enabled: bool = False
    trigger: TriggerBody | None = None


class InputBody(Camel):
    """What a caller hands to a workflow."""

    input: Json | None = None


class TrialInput(Camel):
    """What a test hands to a workflow."""

    input: Json


ATTRIBUTES: Mapping[str, type[Camel]] = {
    "EVENT": EventAttributes,
    "EXTERNAL": ExternalAttributes,
    "SCHEDULED": ScheduledAttributes,
}


def workflow_body(look: Lookup, document: Document) -> Json:
    """A workflow; what it does not have is left out."""
    body = document.body
    shown = {name: body[name] for name in FIELDS if body.get(name) is not None}
    people = {name: owner(look, body.get(name)) for name in ("owner", "creator", "modifiedBy")}
    return {
        "id": document.id,
        **shown,
        "enabled": bool(body.get("enabled")),
        **{name: int(body.get(name) or 0) for name in COUNTERS},
        **{name: person for name, person in people.items() if person is not None},
        "created": when(document.created),
        "modified": when(document.modified),
    }


def execution_body(execution: Execution) -> Json:
    """One execution; one still under way has no `closeTime`."""
    body = {
        "id": execution.id,
        "workflowId": execution.workflow_id,
        "requestId": execution.id,
        "startTime": when(execution.started),
        "status": execution.status,
    }
    return {**body, "closeTime": when(execution.closed)} if execution.closed is not None else body


def history_bodies(execution: Execution) -> list[Json]:
    """What happened in an execution, in order."""
    return [{"type": kind, "timestamp": when(at), "attributes": dict(about)} for kind, at, about in execution.history]


def complete_history_body(execution: Execution, document: Document | None) -> Json:
    """Where an execution stands, with definition and trigger of its workflow.

    The vendor's document has one event there, not the list of them: it is the last.
    """
    body: Json = {"history": history_bodies(execution)[-1]}
    for name in ("definition", "trigger"):
        if document is not None and document.body.get(name):
            body[name] = document.body[name]
    return body


def library_bodies(*kinds: str) -> list[Json]:
    """Entries of the library; event triggers have their messages as example."""
    rows = [_entry(row) for kind in kinds for row in library()[kind]]
    if TRIGGER in kinds:
        rows += [
            {
                "id": trigger.id,
                "name": trigger.name,
                "type": "AccessRequestTrigger" if trigger.asks else "EVENT",
                "description": trigger.description,
                "inputExample": trigger.example,
                "outputSchema": {},
                "formFields": [],
                "deprecated": False,
                "isSimulationEnabled": True,
                "isDynamicSchema": trigger.id == "sp:form-submitted",
            }
            for trigger in triggers().values()
        ]
    return rows


def _entry(row: Mapping[str, Any]) -> Json:
    shown = {name: value for name, value in row.items() if name not in ("kind", "also")}
    return {**shown, "outputSchema": {}} if row["kind"] != OPERATOR else shown


EVERYTHING = (ACTION, TRIGGER, OPERATOR)
