"""JSON Patch (RFC 6902) on configuration documents, limited to what an operation lets change."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simulators.sailpoint.domain.errors import BadContent

_MOST_STEPS = 500
_INDEX = re.compile(r"0|[1-9]\d{0,8}")
_BAD_ESCAPE = re.compile(r"~(?![01])")


def patched(
    document: Mapping[str, Any], steps: Any, mutable: Iterable[str] | None, fixed: Iterable[str] = ()
) -> dict[str, Any]:
    """A changed copy. `mutable` names the first path parts that may change (None: all but `fixed`). Raises BadContent.

    >>> patched({"a": {"b": 1}}, [{"op": "replace", "path": "/a/b", "value": 2}], None)
    {'a': {'b': 2}}
    """
    if not isinstance(steps, list):
        raise BadContent("A JSON patch document is an array of operations.")
    if len(steps) > _MOST_STEPS:
        raise BadContent(f"A JSON patch document has at most {_MOST_STEPS} operations.")
    body: dict[str, Any] = copy.deepcopy(dict(document))
    allowed = None if mutable is None else frozenset(mutable)
    barred = frozenset(fixed)
    for step in steps:
        op, path = _checked(step)
        changing = [path] if op != "test" else []
        if op == "move":
            changing.append(step["from"])
        for one in changing:
            parts = _parts(one)
            if not parts or parts[0] in barred or (allowed is not None and parts[0] not in allowed):
                raise BadContent(f'The path "{one}" cannot be changed.')
        _OPERATIONS[op](body, path, step)
    return body


def _checked(step: Any) -> tuple[str, str]:
    if not isinstance(step, Mapping) or not isinstance(step.get("op"), str) or not isinstance(step.get("path"), str):
        raise BadContent("Each operation of a JSON patch has op and path.")
    op, path = step["op"], step["path"]
    if op not in _OPERATIONS:
        raise BadContent(f'Unknown operation "{op}".')
    if op in ("add", "replace", "test") and "value" not in step:
        raise BadContent(f'The operation on "{path}" has no value.')
    if op in ("move", "copy") and not isinstance(step.get("from"), str):
        raise BadContent(f'The operation on "{path}" does not tell where from.')
    return op, path


def _parts(path: str) -> list[str]:
    if (path and not path.startswith("/")) or _BAD_ESCAPE.search(path):
        raise BadContent(f'Invalid path "{path}".')
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _inner(home: Any, part: str, path: str) -> Any:
    """What one part of a path leads to. Raises BadContent."""
    if isinstance(home, dict) and part in home:
        return home[part]
    if isinstance(home, list) and _INDEX.fullmatch(part) and int(part) < len(home):
        return home[int(part)]
    raise BadContent(f'The path "{path}" does not exist.')


def _read(body: Any, path: str) -> Any:
    for part in _parts(path):
        body = _inner(body, part, path)
    return body


def _home(body: Any, path: str) -> tuple[Any, str]:
    """The container that the last part of a path stands in, and that part."""
    *outer, last = _parts(path)
    for part in outer:
        body = _inner(body, part, path)
    if not isinstance(body, dict | list):
        raise BadContent(f'The path "{path}" does not exist.')
    return body, last


def _put(body: Any, path: str, value: Any, *, insert: bool) -> None:
    home, key = _home(body, path)
    if isinstance(home, dict):
        home[key] = value
    elif key == "-" and insert:
        home.append(value)
    elif not _INDEX.fullmatch(key) or int(key) > len(home) - (0 if insert else 1):
        raise BadContent(f'The path "{path}" does not exist.')
    elif insert:
        home.insert(int(key), value)
    else:
        home[int(key)] = value


def _take(body: Any, path: str) -> Any:
    home, key = _home(body, path)
    value = _inner(home, key, path)
    del home[int(key) if isinstance(home, list) else key]
    return value


def _move(body: Any, path: str, step: Mapping[str, Any]) -> None:
    if path.startswith(f"{step['from']}/"):
        raise BadContent(f'The path "{step["from"]}" cannot be moved into itself.')
    _put(body, path, _take(body, step["from"]), insert=True)


def _copy(body: Any, path: str, step: Mapping[str, Any]) -> None:
    _put(body, path, copy.deepcopy(_read(body, step["from"])), insert=True)


def _test(body: Any, path: str, step: Mapping[str, Any]) -> None:
    if not _equal(_read(body, path), step["value"]):
        raise BadContent(f'The test on "{path}" failed.')


def _equal(one: Any, two: Any) -> bool:
    """Equality of JSON, to which true is not 1."""
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_equal(one[name], two[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(_equal, one, two))
    return bool(one == two)


_OPERATIONS: Mapping[str, Callable[[Any, str, Mapping[str, Any]], Any]] = {
    "add": lambda body, path, step: _put(body, path, step["value"], insert=True),
    # SailPoint lets replace set a property that is absent.
    "replace": lambda body, path, step: _put(body, path, step["value"], insert=False),
    "remove": lambda body, path, step: _take(body, path),
    "move": _move,
    "copy": _copy,
    "test": _test,
}
