"""What a client's document or PATCH asks of a group, as one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from simulators.scim.attributes import GROUP, GROUP_SHAPES, Document, shaped
from simulators.scim.errors import invalid
from simulators.scim.filters import Compare, Within, parse_filter
from simulators.scim.patches import Operation


@dataclass(frozen=True)
class GroupChange:
    """New names (None keeps them), members to add and remove; `replace_members` first empties the group."""

    display_name: str | None = None
    external_id: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    replace_members: bool = False


def group_change(body: Document) -> GroupChange:
    """The change that makes a group equal to a client's document."""
    document = shaped(body, GROUP_SHAPES)
    if not document.get("displayName"):
        raise invalid("displayName is required")
    return GroupChange(
        display_name=document["displayName"],
        external_id=document.get("externalId", ""),
        add=_ids(document.get("members", [])),
        replace_members=True,
    )


def patched_group(steps: list[Operation]) -> GroupChange:
    """The change that the steps of a PATCH ask for."""
    change = GroupChange()
    for step in steps:
        if step.path is None:
            if not isinstance(step.value, dict):
                raise invalid("without a path the value must be an object")
            for name, value in step.value.items():
                change = _step(change, step.op, name, value)
        else:
            change = _step(change, step.op, step.path, step.value)
    return change


def _step(change: GroupChange, op: str, path: str, value: Any) -> GroupChange:
    name = path.removeprefix(f"{GROUP}:")
    lowered = name.lower()
    if lowered == "displayname" and op != "remove" and isinstance(value, str) and value:
        return replace(change, display_name=value)
    if lowered == "externalid" and (op == "remove" or isinstance(value, str)):
        return replace(change, external_id="" if op == "remove" else value)
    if lowered == "members":
        return _members(change, op, value)
    if lowered.startswith("members[") and op == "remove":
        return _without(change, _filtered(name))
    if lowered in ("id", "schemas", "meta"):
        return change
    raise invalid(f"the path {path!r} leads to nothing that {op} could change", "invalidPath")


def _members(change: GroupChange, op: str, value: Any) -> GroupChange:
    if op == "remove" and not value:
        return replace(change, add=(), remove=(), replace_members=True)
    ids = _ids(value if isinstance(value, list) else [value])
    if op == "remove":
        return _without(change, ids)
    if op == "replace":
        return replace(change, add=ids, remove=(), replace_members=True)
    return replace(
        change,
        add=tuple(dict.fromkeys((*change.add, *ids))),
        remove=tuple(id for id in change.remove if id not in ids),
    )


def _without(change: GroupChange, ids: tuple[str, ...]) -> GroupChange:
    return replace(
        change, add=tuple(id for id in change.add if id not in ids), remove=tuple(dict.fromkeys((*change.remove, *ids)))
    )


def _filtered(path: str) -> tuple[str, ...]:
    node = parse_filter(path)
    if isinstance(node, Within) and isinstance(node.inner, Compare):
        inner = node.inner
        if inner.path == ("value",) and inner.op == "eq" and isinstance(inner.value, str):
            return (inner.value,)
    raise invalid('members are chosen by members[value eq "id"]', "invalidFilter")


def _ids(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(
        isinstance(item, dict) and isinstance(item.get("value"), str) for item in values
    ):
        raise invalid("members must be a list of objects with a value")
    return tuple(dict.fromkeys(item["value"] for item in values))
