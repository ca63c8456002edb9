"""Definitions of workflows: what a step is, and why a definition cannot be run.

https://documentation.sailpoint.com/saas/help/workflows/workflow-steps.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulators.sailpoint.domain.jsonpath import check
from simulators.sailpoint.domain.workflow_library import ACTION, OPERATOR, known_ids

LOOP, DEFINE, UPDATE = "sp:loop:iterator", "sp:define-variable", "sp:update-variable"
TYPES = frozenset({"action", "choice", "mutation", "operator", "success", "failure"})
ENDS = frozenset({"success", "failure"})
MOST_STEPS, MOST_DEPTH = 500, 5
COMPARATORS = frozenset(
    {
        *("StringEquals", "StringDoesNotEqual", "StringEqualsIgnoreCase", "StringContains", "StringDoesNotContain"),
        *("StringStartsWith", "StringEndsWith", "StringMatches", "StringMatchesAny"),
        *("StringLessThan", "StringLessThanEquals", "StringGreaterThan", "StringGreaterThanEquals"),
        *("NumericEquals", "NumericDoesNotEqual", "NumericGreaterThan", "NumericGreaterThanEquals"),
        *("NumericLessThan", "NumericLessThanEquals", "BooleanEquals", "TimestampEquals", "TimestampLessThan"),
        *("TimestampLessThanEquals", "TimestampGreaterThan", "TimestampGreaterThanEquals"),
        *("IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean", "IsTimestamp"),
    }
)


def action_of(step: Mapping[str, Any]) -> str:
    """The id of a step's action or operator, which older definitions keep among the attributes."""
    return str(step.get("actionId") or (step.get("attributes") or {}).get("id") or "")


def listens_to(body: Mapping[str, Any]) -> str:
    """The event trigger that starts a workflow; empty for one that is called, or starts by a schedule."""
    trigger = body.get("trigger") or {}
    return str((trigger.get("attributes") or {}).get("id") or "") if trigger.get("type") == "EVENT" else ""


def problem_of(definition: Mapping[str, Any]) -> str:
    """Why a definition cannot be run, in a sentence; empty for a good one.

    >>> problem_of({"start": "A", "steps": {"A": {"type": "success"}}})
    ''
    >>> problem_of({"start": "B", "steps": {"A": {"type": "success"}}})
    'The start step "B" does not exist.'
    """
    return next(_problems(definition.get("start"), definition.get("steps"), "", 0), "")


def _problems(start: Any, steps: Any, where: str, depth: int) -> Iterator[str]:
    if not isinstance(steps, Mapping) or not steps:
        yield f"The definition{where} has no steps."
        return
    if depth > MOST_DEPTH or len(steps) > MOST_STEPS:
        yield f"The definition{where} is too large."
        return
    if not isinstance(start, str) or start not in steps:
        yield f'The start step "{start}" does not exist{where}.'
        return
    for name, step in steps.items():
        if not isinstance(step, Mapping):
            yield f'The step "{name}" must be an object.'
            return
        yield from _step_problems(str(name), step, steps, depth)


def _step_problems(name: str, step: Mapping[str, Any], steps: Mapping[str, Any], depth: int) -> Iterator[str]:
    kind, attributes = str(step.get("type")).lower(), step.get("attributes")
    if kind not in TYPES:
        yield f'The step "{name}" has the unknown type "{step.get("type")}".'
    if attributes is not None and not isinstance(attributes, Mapping):
        yield f'The attributes of the step "{name}" must be an object.'
        return
    action = action_of(step)
    if kind == "action" and action not in known_ids(ACTION) | known_ids(OPERATOR):
        yield f'The step "{name}" has the unknown actionId "{action}".'
    if kind == "mutation" and action not in (DEFINE, UPDATE):
        yield f'The step "{name}" has the unknown operator "{action}".'
    for target in _targets(step, kind):
        if target not in (None, "") and (not isinstance(target, str) or target not in steps):
            yield f'The step "{name}" leads to the step "{target}", which does not exist.'
    if kind == "choice":
        yield from _choice_problems(name, step)
    elif action in (DEFINE, UPDATE):
        yield from _variable_problems(name, attributes or {})
    elif action == LOOP and kind not in ENDS:
        inner = attributes or {}
        yield from _problems(inner.get("start"), inner.get("steps"), f' of the loop "{name}"', depth + 1)
    yield from _path_problems(name, attributes)


def _targets(step: Mapping[str, Any], kind: str) -> Iterator[Any]:
    yield step.get("nextStep")
    if kind == "choice":
        yield step.get("defaultStep")
    for field in ("choiceList", "catch"):
        branches = step.get(field)
        for branch in branches if isinstance(branches, list) else ():
            if isinstance(branch, Mapping):
                yield branch.get("nextStep")


def _choice_problems(name: str, step: Mapping[str, Any]) -> Iterator[str]:
    choices = step.get("choiceList")
    if not isinstance(choices, list) or not choices:
        yield f'The step "{name}" has no choices.'
        return
    for choice in choices:
        if not isinstance(choice, Mapping) or not choice.get("nextStep"):
            yield f'A choice of the step "{name}" has no next step.'
        elif choice.get("comparator") not in COMPARATORS:
            yield f'The step "{name}" has the unknown comparator "{choice.get("comparator")}".'
        else:
            yield from _path_problems(name, choice)


def _variable_problems(name: str, attributes: Mapping[str, Any]) -> Iterator[str]:
    variables = attributes.get("variables")
    if not isinstance(variables, list):
        yield f'The step "{name}" has no variables.'
        return
    for variable in variables:
        if not isinstance(variable, Mapping) or not isinstance(variable.get("name"), str):
            yield f'A variable of the step "{name}" has no name.'
            return
        transforms = variable.get("transforms")
        if any(not isinstance(one, Mapping) for one in (transforms if isinstance(transforms, list) else [])):
            yield f'A transform of the step "{name}" must be an object.'
        yield from _path_problems(name, variable)


def _path_problems(name: str, attributes: Any) -> Iterator[str]:
    """References that cannot be read; an empty one stands for empty text."""
    for field, text in attributes.items() if isinstance(attributes, Mapping) else ():
        if str(field).endswith(".$") and isinstance(text, str) and text.strip():
            try:
                check(text)
            except ValueError as error:
                yield f'The field "{field}" of the step "{name}" is no valid JSONPath: {error}.'
