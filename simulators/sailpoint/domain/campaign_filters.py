"""Campaign filters: which access a campaign takes in or leaves out.

https://developer.sailpoint.com/docs/api/certification-campaign-filters
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

# Answers the values a candidate has for a kind of criterion and a property.
Facts = Callable[[str, str], Iterable[str]]

_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda have, want: have == want,
    "NOT_EQUALS": lambda have, want: have != want,
    "CONTAINS": lambda have, want: want in have,
    "STARTS_WITH": lambda have, want: have.startswith(want),
    "ENDS_WITH": lambda have, want: have.endswith(want),
}
MOST_LEVELS = 10


def problem(criteria: Iterable[Mapping[str, Any]], level: int = 1) -> str:
    """Why criteria cannot be applied; empty when they can.

    >>> problem([{"type": "COMPOSITE", "operation": "AND", "children": []}])
    'Composite criterion must have children non-composite criterion must not.'
    """
    for one in criteria:
        children = one.get("children") or []
        if (one.get("type") == "COMPOSITE") != bool(children):
            return "Composite criterion must have children non-composite criterion must not."
        if children and one.get("operation") not in ("AND", "OR"):
            return "Composite criterion is in wrong format."
        if level > MOST_LEVELS or not all(isinstance(child, Mapping) for child in children):
            return "Composite criterion is in wrong format."
        if found := problem(children, level + 1):
            return found
    return ""


def admits(mode: str, criteria: Iterable[Mapping[str, Any]], facts: Facts) -> bool:
    """Whether a filter leaves a candidate in the campaign. A filter without criteria leaves everything in.

    Several criteria side by side are alternatives.

    >>> admits("EXCLUSION", [{"type": "ROLE", "operation": "EQUALS", "property": "name", "value": "X"}],
    ...        lambda kind, name: ["x"])
    False
    """
    listed = list(criteria)
    if not listed:
        return True
    return any(_met(one, facts) for one in listed) == (mode == "INCLUSION")


def _met(criterion: Mapping[str, Any], facts: Facts) -> bool:
    operation = criterion.get("operation") or "EQUALS"
    if criterion["type"] == "COMPOSITE":
        parts = (_met(child, facts) for child in criterion.get("children") or ())
        found = all(parts) if operation == "AND" else any(parts)
    else:
        compare = _COMPARE.get(operation)
        want = str(criterion.get("value") or "").lower()
        values = facts(str(criterion["type"]), str(criterion.get("property") or "name"))
        found = compare is not None and any(compare(str(have).lower(), want) for have in values)
    return found != bool(criterion.get("negateResult"))
