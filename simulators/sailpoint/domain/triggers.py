"""Event triggers: what the tenant tells others about, what each message looks like, and what an answer must be.

https://developer.sailpoint.com/docs/extensibility/event-triggers
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

ASKING, TELLING = "REQUEST_RESPONSE", "FIRE_AND_FORGET"
# Subscriptions that one trigger bears.
MOST_SUBSCRIPTIONS = {ASKING: 1, TELLING: 50}


@dataclass(frozen=True, slots=True)
class Trigger:
    """One kind of message. `example` is one such message; `answer`, of those that ask, is one answer."""

    id: str
    name: str
    type: str
    description: str
    example: Mapping[str, Any]
    answer: Mapping[str, Any] | None = None

    @property
    def asks(self) -> bool:
        """Whether the tenant waits for an answer."""
        return self.type == ASKING


@cache
def triggers() -> Mapping[str, Trigger]:
    """Every trigger by its id, read when first asked for."""
    rows = json.loads((files(__package__) / "triggers.json").read_text("utf-8"))
    return {row["id"]: Trigger(**row) for row in rows}


def schema_of(example: Any) -> dict[str, Any]:
    """The JSON schema that an example lets guess: objects need all of its properties that are not null.

    >>> schema_of({"a": [1], "b": None})["required"], schema_of("x")
    (['a'], {'type': 'string'})
    """
    if isinstance(example, Mapping):
        return {
            "type": "object",
            "required": [name for name, value in example.items() if value is not None],
            "additionalProperties": True,
            "properties": {name: schema_of(value) for name, value in example.items()},
        }
    if isinstance(example, list):
        return {"type": "array", "items": schema_of(example[0]) if example else {}}
    if isinstance(example, bool):
        return {"type": "boolean"}
    if isinstance(example, int | float):
        return {"type": "number"}
    return {"type": "string"} if example is not None else {"type": ["null", "string"]}


def answer_problem(trigger: Trigger, answer: Any) -> str:
    """Why an answer is none that the trigger can use; empty for a good one.

    A dynamic approver may be left open: an empty object, or empty values, adds nobody
    (event triggers, Access Request Dynamic Approval).
    """
    if not isinstance(answer, Mapping):
        return "The output must be a JSON object."
    if trigger.id == "idn:access-request-dynamic-approver" and not any(answer.values()):
        return ""
    for name, like in (trigger.answer or {}).items():
        if not isinstance(answer.get(name), type(like)):
            return f'The output\'s "{name}" is missing or of the wrong type.'
    if "type" in (trigger.answer or {}) and answer["type"] not in ("IDENTITY", "GOVERNANCE_GROUP"):
        return 'The output\'s "type" must be IDENTITY or GOVERNANCE_GROUP.'
    return ""
