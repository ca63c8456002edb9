"""JSON Patch (RFC 6902) on configuration documents, limited to what an operation lets change."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from simulators.sailpoint.domain.errors import BadContent


def patched(
    document: Mapping[str, Any], steps: Any, mutable: Iterable[str] | None, fixed: Iterable[str] = ()
) -> dict[str, Any]:
    """A changed copy. `mutable` names the first path parts that may change (None: all but `fixed`). Raises BadContent.

    >>> patched({"a": {"b": 1}}, [{"op": "replace", "path": "/a/b", "value": 2}], None)
    {'a': {'b': 2}}
    """
    if not isinstance(steps, list):
        raise BadContent("A JSON patch document is an array of operations.")
    body: dict[str, Any] = copy.deepcopy(dict(document))
    allowed = None if mutable is None else frozenset(mutable)
    barred = frozenset(fixed)
    for step in steps:
        if not isinstance(step, Mapping) or not isinstance(step.get("path"), str) or "op" not in step:
            raise BadContent("Each operation of a JSON patch has op and path.")
        parts = _parts(step["path"])
        if step["op"] != "test" and (
            not parts or parts[0] in barred or (allowed is not None and parts[0] not in allowed)
        ):
            raise BadContent(f'The path "{step["path"]}" cannot be changed.')
        _apply(body, str(step["op"]), parts, step)
    return body


def _parts(path: str) -> list[str]:
    if path and not path.startswith("/"):
        raise BadContent(f'Invalid path "{path}".')
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _home(body: Any, parts: list[str], path: str) -> Any:
    for part in parts[:-1]:
        try:
            body = body[int(part)] if isinstance(body, list) else body[part]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise BadContent(f'The path "{path}" does not exist.') from error
    if not isinstance(body, dict | list):
        raise BadContent(f'The path "{path}" does not exist.')
    return body


def _read(body: Any, parts: list[str], path: str) -> Any:
    home = _home(body, parts, path)
    try:
        return home[int(parts[-1])] if isinstance(home, list) else home[parts[-1]]
    except (KeyError, IndexError, ValueError) as error:
        raise BadContent(f'The path "{path}" does not exist.') from error


def _write(home: Any, key: str, value: Any, path: str, *, insert: bool) -> None:
    if isinstance(home, dict):
        home[key] = value
        return
    if key == "-" and insert:
        home.append(value)
        return
    if not key.isdigit() or int(key) > len(home) - (0 if insert else 1):
        raise BadContent(f'The path "{path}" does not exist.')
    if insert:
        home.insert(int(key), value)
    else:
        home[int(key)] = value


def _remove(home: Any, key: str, path: str) -> Any:
    try:
        return home.pop(int(key)) if isinstance(home, list) else home.pop(key)
    except (KeyError, IndexError, ValueError) as error:
        raise BadContent(f'The path "{path}" does not exist.') from error


def _apply(body: dict[str, Any], op: str, parts: list[str], step: Mapping[str, Any]) -> None:
    path = step["path"]
    home, key = _home(body, parts, path), parts[-1] if parts else ""
    if op in ("add", "replace"):
        if "value" not in step:
            raise BadContent(f'The operation on "{path}" has no value.')
        # SailPoint lets replace set a property that is absent.
        _write(home, key, step["value"], path, insert=op == "add")
    elif op == "remove":
        _remove(home, key, path)
    elif op in ("move", "copy"):
        origin = _parts(str(step.get("from")))
        value = copy.deepcopy(_read(body, origin, path))
        if op == "move":
            _remove(_home(body, origin, path), origin[-1], path)
        _write(_home(body, parts, path), key, value, path, insert=True)
    elif op == "test":
        if _read(body, parts, path) != step.get("value"):
            raise BadContent(f'The test on "{path}" failed.')
    else:
        raise BadContent(f'Unknown operation "{op}".')
