"""Access: who meets a role's criteria, and which entitlements a set of items bundles."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from simulators.sailpoint.domain.configuration import AccessItem

Lookup = Callable[[str, str, str], Iterable[str]]


def _ordered(have: str, want: str) -> tuple[float, float] | tuple[str, str]:
    """Both sides as numbers where both are some, else as text.

    >>> _ordered("9", "10"), _ordered("9", "ten")
    ((9.0, 10.0), ('9', 'ten'))
    """
    try:
        return float(have), float(want)
    except ValueError:
        return have, want


def _order(holds: Callable[[Any, Any], bool]) -> Callable[[str, str], bool]:
    return lambda have, want: holds(*_ordered(have, want))


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda have, want: have == want,
    "NOT_EQUALS": lambda have, want: have != want,
    "CONTAINS": lambda have, want: want in have,
    "DOES_NOT_CONTAIN": lambda have, want: want not in have,
    "STARTS_WITH": lambda have, want: have.startswith(want),
    "ENDS_WITH": lambda have, want: have.endswith(want),
    "GREATER_THAN": _order(operator.gt),
    "GREATER_THAN_EQUALS": _order(operator.ge),
    "LESS_THAN": _order(operator.lt),
    "LESS_THAN_EQUALS": _order(operator.le),
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


def texts(value: Any) -> list[str]:
    """A value of an account as the texts that criteria compare: one for each of several, an empty one for none.

    >>> texts(["a", 1]), texts(None)
    (['a', '1'], [''])
    """
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [str(value or "")]


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


def bundles_of(item: AccessItem, profile: Callable[[str], AccessItem | None]) -> Iterator[AccessItem]:
    """An item, and the access profiles inside it that are enabled: each gives its own entitlements."""
    yield item
    for id in item.access_profile_ids:
        if (inner := profile(id)) is not None and inner.enabled:
            yield inner


def entitlements_of(item: AccessItem, profile: Callable[[str], AccessItem | None]) -> Iterator[str]:
    """Ids of the entitlements that an item bundles, directly or through its access profiles."""
    for bundle in bundles_of(item, profile):
        yield from bundle.entitlement_ids
