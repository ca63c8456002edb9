"""Variables of workflows: values out of references, passed through transforms.

https://documentation.sailpoint.com/saas/help/workflows/define-variable.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from simulators.kernel.patterns import BadPattern, compiled
from simulators.kernel.times import iso, parse_duration
from simulators.sailpoint.domain.executions import Execution
from simulators.sailpoint.domain.paths import camel, chosen, filled
from simulators.sailpoint.domain.times import instant

MOST_TRANSFORMS = 50
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def variables(attributes: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    """`sp:define-variable`: the values by their names. Raises ValueError for a transform that cannot be done."""
    return {camel(str(one["name"])): _value(one, view) for one in attributes.get("variables") or ()}


def updated(execution: Execution, attributes: Mapping[str, Any], view: Mapping[str, Any]) -> Execution:
    """`sp:update-variable`: variables of an earlier step, named `$.step.variable`, with new values."""
    context: dict[str, Any] = dict(execution.context)
    for one in attributes.get("variables") or ():
        parts = str(one["name"]).removeprefix("$.").split(".")
        if len(parts) != 2 or not isinstance(context.get(parts[0]), Mapping):
            raise ValueError(f"there is no variable {one['name']!r}")
        context[parts[0]] = {**context[parts[0]], parts[1]: _value(one, view)}
    return replace(execution, context=execution.context.merged(context))


def _value(variable: Mapping[str, Any], view: Mapping[str, Any]) -> Any:
    source = variable.get("variableA.$")
    value = chosen(source, view) if isinstance(source, str) else filled(variable.get("variableA"), view)
    transforms = variable.get("transforms") or ()
    if len(transforms) > MOST_TRANSFORMS:
        raise ValueError(f"a variable can have {MOST_TRANSFORMS} operations at most")
    for transform in transforms:
        function = _TRANSFORMS.get(str(transform.get("id")))
        if function is None:
            raise ValueError(f"unknown transform {transform.get('id')!r}")
        value = function(value, filled(transform.get("input") or {}, view))
    return value


def span(text: str) -> timedelta:
    """A length of time as workflows write it: 15s, 2m, 1h, 2d, 1w or ISO 8601. Raises ValueError.

    >>> span("2d").days
    2
    """
    match = re.fullmatch(r"\s*(\d{1,7})\s*([smhdw])\s*", text)
    try:
        found = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else parse_duration(text)
    except OverflowError:
        raise ValueError(f"the duration {text!r} is too long") from None
    if found > timedelta(days=3650):
        raise ValueError(f"the duration {text!r} is too long")
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _substring(value: Any, given: Mapping[str, Any]) -> str:
    text, start = _text(value), int(given.get("start") or given.get("begin") or 0)
    length = given.get("length")
    return text[start : start + int(length)] if length not in (None, "") else text[start:]


def _trim(value: Any, given: Mapping[str, Any]) -> str:
    text = _text(value)
    text = text.lstrip() if given.get("prefix", True) else text
    return text.rstrip() if given.get("postfix", True) else text


def _replaced(value: Any, given: Mapping[str, Any]) -> str:
    """Every place that a pattern fits; a pattern that is plain text stands for itself."""
    text, pattern, replacement = _text(value)[:4000], str(given.get("pattern") or ""), _text(given.get("replacement"))
    if not pattern:
        return text
    if re.escape(pattern) == pattern or not re.search(r"[\\.^$*+?{}\[\]|()]", pattern):
        return text.replace(pattern, replacement)
    try:
        whole = compiled(pattern)
    except BadPattern as error:
        raise ValueError(f"bad pattern {pattern!r}: {error}") from None
    found, at = [], 0
    while at < len(text):
        end = next((end for end in range(min(len(text), at + 200), at, -1) if whole.fits(text[at:end])), at)
        found.append(replacement if end > at else text[at])
        at = max(end, at + 1)
    return "".join(found)


def _moved(value: Any, given: Mapping[str, Any], sign: int) -> str:
    at = instant(value)
    if at is None:
        raise ValueError(f"{value!r} is no timestamp")
    return iso(at + sign * span(str(given.get("duration") or given.get("variableB") or "")))


def _indexed(value: Any, given: Mapping[str, Any]) -> Any:
    place = int(given.get("index") or given.get("variableB") or 0)
    return value[place] if isinstance(value, list | tuple | str) and -len(value) <= place < len(value) else None


_TRANSFORMS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "sp:transform:concatenate:string": lambda a, given: f"{_text(a)}{_text(given.get('variableB'))}",
    "sp:transform:substring:string": _substring,
    "sp:transform:trim:string": _trim,
    "sp:transform:replace:string": _replaced,
    "sp:transform:getIndex:array": _indexed,
    "sp:transform:add:time": lambda a, given: _moved(a, given, 1),
    "sp:transform:subtract:time": lambda a, given: _moved(a, given, -1),
    "sp:transform:add:number": lambda a, given: float(a or 0) + float(given.get("variableB") or 0),
}
