"""PATCH of a SCIM user's document (RFC 7644, section 3.5.2)."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from typing import Any

from simulators.scim.attributes import ENTERPRISE, ENTERPRISE_SHAPES, READ_ONLY, USER, USER_SHAPES, Document, canonical
from simulators.scim.errors import invalid
from simulators.scim.filters import Compare, Node, matches, parse_filter, parse_path

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_PATH = re.compile(r"(?P<name>[^\[\]\s]+?)(?:\[(?P<filter>.*)\])?(?:\.(?P<part>[$\w]+))?$", re.DOTALL)


@dataclass(frozen=True)
class Operation:
    """One step of a PATCH: what (`add`, `replace`, `remove`), where and with which value."""

    op: str
    path: str | None
    value: Any


@dataclass(frozen=True)
class _Place:
    extension: bool
    name: str
    condition: Node | None
    part: str | None


def operations(body: Any) -> list[Operation]:
    """The steps of a PatchOp document. Raises the 400 for a malformed one."""
    steps = body.get("Operations") if isinstance(body, dict) else None
    if not isinstance(steps, list) or not steps or PATCH_OP not in body.get("schemas", []):
        raise invalid(f"a PATCH needs schemas [{PATCH_OP}] and a list of Operations", "invalidSyntax")
    found = []
    for step in steps:
        op = str(step.get("op", "")).lower() if isinstance(step, dict) else ""
        path = step.get("path") if isinstance(step, dict) else None
        if op not in ("add", "replace", "remove") or not isinstance(path, str | None):
            raise invalid("op must be add, replace or remove, and path a string", "invalidSyntax")
        if op == "remove" and not path:
            raise invalid("remove needs a path", "noTarget")
        if op != "remove" and "value" not in step:
            raise invalid(f"{op} needs a value")
        found.append(Operation(op, path or None, step.get("value")))
    return found


def patched(document: Document, steps: list[Operation]) -> Document:
    """The user document after all steps; `document` stays as it is.

    >>> patched({"active": True}, [Operation("replace", "active", False)])
    {'active': False}
    """
    changed = copy.deepcopy(document)
    for step in steps:
        if step.path is not None and step.path.lower() == ENTERPRISE.lower():
            _apply_to_extension(changed, step)
            continue
        if step.path is not None:
            _apply(changed, _place(step.path), step)
            continue
        if not isinstance(step.value, dict):
            raise invalid("without a path the value must be an object")
        for name, value in step.value.items():
            if name.lower() == ENTERPRISE.lower():
                _apply_to_extension(changed, Operation("add", None, value))
            elif name not in READ_ONLY and canonical(name.split(".")[0], USER_SHAPES):
                _apply(changed, _place(name), Operation(step.op, None, value))
    return changed


def _place(path: str) -> _Place:
    found = _PATH.match(path)
    names = parse_path(found["name"]) if found else ()
    extension = bool(names) and names[0].lower() == ENTERPRISE.lower()
    if extension or (names and names[0].lower() == USER.lower()):
        names = names[1:]
    name = canonical(names[0], ENTERPRISE_SHAPES if extension else USER_SHAPES) if names else None
    if found is None or name is None or len(names) > 2:
        if names and names[0] in READ_ONLY:
            raise invalid(f"{names[0]} is read-only", "mutability")
        raise invalid(f"the path {path!r} leads to no attribute", "invalidPath")
    part = found["part"] or (names[1] if len(names) == 2 else None)
    return _Place(extension, name, parse_filter(found["filter"]) if found["filter"] else None, part)


def _apply_to_extension(document: Document, step: Operation) -> None:
    if step.op != "add":
        document.pop(ENTERPRISE, None)
    if step.op == "remove":
        return
    if not isinstance(step.value, dict):
        raise invalid(f"the value for {ENTERPRISE} must be an object")
    for name, value in step.value.items():
        if canonical(name, ENTERPRISE_SHAPES):
            _apply(document, _place(f"{ENTERPRISE}:{name}"), Operation("add", None, value))


def _apply(document: Document, place: _Place, step: Operation) -> None:
    shapes = ENTERPRISE_SHAPES if place.extension else USER_SHAPES
    home = document.setdefault(ENTERPRISE, {}) if place.extension else document
    shape = shapes[place.name]
    if place.condition is not None:
        _apply_to_values(home, place, step)
    elif place.part is not None:
        _apply_to_part(home, place.name, place.part, step)
    elif step.op == "remove":
        _remove(home, place.name, step.value)
    elif isinstance(shape, tuple) and shape[0] == "many" and step.op == "add":
        home[place.name] = _merged(home.get(place.name, []), step.value, place.name)
    elif isinstance(shape, tuple) and shape[0] == "one" and isinstance(step.value, dict):
        home[place.name] = {**home.get(place.name, {}), **step.value}
    elif isinstance(shape, tuple) and shape[0] == "one" and isinstance(step.value, str):
        home[place.name] = {**home.get(place.name, {}), "value": step.value}
    else:
        home[place.name] = [step.value] if _single(shape, step.value) else step.value


def _single(shape: Any, value: Any) -> bool:
    return isinstance(shape, tuple) and shape[0] == "many" and isinstance(value, dict)


def _remove(home: Document, name: str, value: Any) -> None:
    gone = {json.dumps(item.get("value")) for item in value if isinstance(item, dict)} if value else set()
    if gone:
        home[name] = [item for item in home.get(name, []) if json.dumps(item.get("value")) not in gone]
    else:
        home.pop(name, None)


def _apply_to_part(home: Document, name: str, part: str, step: Operation) -> None:
    targets = home.get(name)
    if isinstance(targets, list):
        for item in targets:
            _set_part(item, part, step)
        return
    _set_part(home.setdefault(name, {}), part, step)


def _apply_to_values(home: Document, place: _Place, step: Operation) -> None:
    values = home.get(place.name, [])
    met = [item for item in values if place.condition is not None and matches(place.condition, item)]
    if step.op == "remove" and place.part is None:
        home[place.name] = [item for item in values if item not in met]
        return
    if not met and step.op == "remove":
        return
    if not met:
        if not isinstance(place.condition, Compare):
            raise invalid(f"no value of {place.name} meets the filter", "noTarget")
        # A client that sets emails[type eq "work"].value on an account without one means: add it.
        met = [{place.condition.path[-1]: place.condition.value}]
        home[place.name] = [*values, *met]
    for item in met:
        if place.part is not None:
            _set_part(item, place.part, step)
        elif isinstance(step.value, dict):
            item.update(step.value)
        else:
            raise invalid(f"the value for {place.name} must be an object")


def _set_part(item: Document, part: str, step: Operation) -> None:
    if step.op == "remove":
        item.pop(part, None)
    else:
        item[part] = step.value


def _merged(values: list[Document], added: Any, name: str) -> list[Document]:
    news = added if isinstance(added, list) else [added]
    if not all(isinstance(item, dict) for item in news):
        raise invalid(f"{name} must be a list of objects")
    held = {json.dumps(item.get("value")) for item in values}
    return [*values, *(item for item in news if json.dumps(item.get("value")) not in held)]
