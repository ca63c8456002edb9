"""Rules that transforms may call by name: those the vendor ships, and those of the reference estate.

https://developer.sailpoint.com/docs/extensibility/transforms/operations/rule
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.evaluation import Context, Definition, evaluate, input_text, text_of
from simulators.sailpoint.domain.names import login_stem, unique_login
from simulators.sailpoint.domain.texts import TEXTS, chosen
from simulators.sailpoint.domain.times import instant, local_instant, local_midnight


def _local_midnight(a: Definition, c: Context) -> Any:
    """The instant at which the day `date` begins in `timeZone`, or the day `days` later."""
    day, zone_name = text_of(evaluate(a.get("date"), c)), text_of(evaluate(a.get("timeZone"), c))
    return local_midnight(day, zone_name, int(a.get("days", 0))) if day and zone_name else None


def _end_instant(a: Definition, c: Context) -> Any:
    """When employment ends: `endTime` of the last day, or on arrival where the end is immediate or lies in the past.

    The instant of arrival is kept from then on, so that looking again does not move it.
    """
    day, zone_name = text_of(evaluate(a.get("date"), c)), text_of(evaluate(a.get("timeZone"), c))
    at_once = evaluate(a.get("endNow"), c) == "Y" or evaluate(a.get("endReason"), c) in a.get("immediateReasons", ())
    if not zone_name or not (day or at_once):
        return None
    nominal = instant(local_instant(day, text_of(evaluate(a.get("endTime"), c)), zone_name)) if day else None
    if nominal is not None and nominal > c.at and not at_once:
        return iso(nominal)
    before, start = instant(c.previous.get(a["attribute"])), instant(c.identity.get(a.get("startAttribute", "")))
    kept = before is not None and before <= c.at and (start is None or start > c.at or before >= start)
    return iso(before) if before is not None and kept else iso(c.at)


def _next_edge(a: Definition, c: Context) -> Any:
    """The earliest of `dates` that is still to come."""
    coming = [at for at in (instant(evaluate(part, c)) for part in a["dates"]) if at is not None and at > c.at]
    return iso(min(coming)) if coming else None


def _unique_login(a: Definition, c: Context) -> str:
    first, last, key = (text_of(evaluate(a.get(name), c)) for name in ("firstName", "lastName", "fallback"))
    return unique_login(
        login_stem(first, last, key), a["domain"], text_of(c.previous.get(a["attribute"])), c.login_taken
    )


def _of_somebody(a: Definition, c: Context) -> Any:
    """An attribute of the manager, or of whoever has a uid."""
    uid, name = text_of(evaluate(a["uid"], c)), str(a["attributeName"])
    return c.manager(name) if uid == "manager" else c.person(uid, name)


UTILITY = "Cloud Services Deployment Utility"
UTILITIES: dict[str, Callable[[Definition, Context], Any]] = {
    "generateRandomString": lambda a, c: chosen("generateRandomString", a, c.draw),
    "getEndOfString": lambda a, c: TEXTS["getEndOfString"](input_text(a, c), a),
    "getReferenceIdentityAttribute": _of_somebody,
}


def _utility(a: Definition, c: Context) -> Any:
    operation = UTILITIES.get(str(a.get("operation")))
    if operation is None:
        raise ValueError(f"unknown operation {a.get('operation')!r}")
    return operation(a, c)


RULES: dict[str, Callable[[Definition, Context], Any]] = {
    UTILITY: _utility,
    "Local Midnight": _local_midnight,
    "End Instant": _end_instant,
    "Next Edge": _next_edge,
    "Unique Login": _unique_login,
    "Manager Attribute": lambda a, c: c.manager(a["attribute"]),
}


def rule(a: Definition, c: Context) -> Any:
    """What the rule of a name answers. Raises ValueError for one that is not known."""
    if (found := RULES.get(str(a.get("name")))) is None:
        raise ValueError(f"unknown rule {a.get('name')!r}")
    return found(a, c)
