"""What groups are searched and sorted by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from simulators.okta.domain.groups import Group
from simulators.okta.tenant.finding import Finder, capitals, instants, texts

_VALUES: dict[str, Callable[[Group], Any]] = {
    "id": lambda group: group.id,
    "type": lambda group: group.type,
    "created": lambda group: group.created,
    "lastUpdated": lambda group: group.last_updated,
    "lastMembershipUpdated": lambda group: group.last_membership_updated,
    "profile.name": lambda group: group.name,
    "profile.description": lambda group: group.description,
}


def reader(group: Group) -> Any:
    """Answers a group's value of a query's field."""
    return lambda field: value_of(group, field)


def value_of(group: Group, field: str) -> Any:
    """A group's value of a query's field; None where there is none."""
    value = _VALUES.get(field)
    if value is not None:
        return value(group)
    return dict(group.attributes).get(field.removeprefix("profile.")) if field.startswith("profile.") else None


def _order(group: Group, field: str) -> tuple[bool, Any, str]:
    value = value_of(group, field)
    return value is None, _rank(value), group.id


def _rank(value: Any) -> tuple[int, Any]:
    """A value without case so that it can be compared with one of any kind."""
    if isinstance(value, str):
        return 1, value.lower()
    if isinstance(value, datetime):
        return 2, value
    if isinstance(value, list | tuple):
        return 3, tuple(_rank(item) for item in value)
    if value is None or isinstance(value, bool | int | float):
        return 0, value if value and value == value else 0
    return 4, str(value)


GROUPS: Finder[Group] = Finder(
    value_of,
    _order,
    # custom attributes may be arrays
    lambda field: not field.startswith("profile.") or field in ("profile.name", "profile.description"),
    {
        "profile.name": ("name", texts),
        "type": ("type", capitals),
        "lastUpdated": ("updated", instants),
        "lastMembershipUpdated": ("members_updated", instants),
    },
)
