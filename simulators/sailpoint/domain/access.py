"""Access: who meets a role's criteria, and which entitlements a set of items bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from simulators.sailpoint.domain.configuration import AccessItem

Lookup = Callable[[str, str, str], Iterable[str]]

_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda have, want: have == want,
    "NOT_EQUALS": lambda have, want: have != want,
    "CONTAINS": lambda have, want: want in have,
    "DOES_NOT_CONTAIN": lambda have, want: want not in have,
    "STARTS_WITH": lambda have, want: have.startswith(want),
    "ENDS_WITH": lambda have, want: have.endswith(want),
    "GREATER_THAN": lambda have, want: have > want,
    "GREATER_THAN_EQUALS": lambda have, want: have >= want,
    "LESS_THAN": lambda have, want: have < want,
    "LESS_THAN_EQUALS": lambda have, want: have <= want,
}
_NEGATIVE = frozenset({"NOT_EQUALS", "DOES_NOT_CONTAIN"})


def meets(criteria: Mapping[str, Any] | None, values: Lookup) -> bool:
    """Whether a person meets a criteria tree. `values(type, property, source id)` answers what the person has.

    >>> meets({"operation": "EQUALS", "key": {"type": "IDENTITY", "property": "attribute.a"}, "stringValue": "X"},
    ...       lambda kind, name, source: ["x"])
    True
    """
    if not criteria:
        return False
    operation = criteria["operation"]
    if operation in ("AND", "OR"):
        children = (meets(child, values) for child in criteria.get("children") or ())
        return all(children) if operation == "AND" else any(children)
    key, want = criteria["key"], str(criteria.get("stringValue") or "").lower()
    compare = _COMPARE[operation]
    held = [str(value).lower() for value in values(key["type"], key["property"], key.get("sourceId") or "")]
    return all(compare(have, want) for have in held) if operation in _NEGATIVE else any(compare(h, want) for h in held)


def criteria_of_segment(expression: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A segment's visibility expression as a criteria tree.

    >>> criteria_of_segment({"operator": "EQUALS", "attribute": "a", "value": {"value": "b"}})["stringValue"]
    'b'
    """
    if not expression:
        return None
    if expression["operator"] == "AND":
        return {"operation": "AND", "children": [criteria_of_segment(child) for child in expression["children"] or ()]}
    key = {"type": "IDENTITY", "property": f"attribute.{expression['attribute']}"}
    return {
        "operation": expression["operator"],
        "key": key,
        "stringValue": (expression.get("value") or {}).get("value"),
    }


def entitlements_of(item: AccessItem, profile: Callable[[str], AccessItem | None]) -> Iterator[str]:
    """Ids of the entitlements that an item bundles, directly or through its access profiles."""
    yield from item.entitlement_ids
    for id in item.access_profile_ids:
        if (inner := profile(id)) is not None and inner.enabled:
            yield from inner.entitlement_ids
