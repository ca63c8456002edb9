"""One call of every operation that the SDK has; what it cannot turn into its models is a finding."""

from __future__ import annotations

import inspect
import re
import traceback
from typing import Any

from pydantic import ValidationError

from tests.contract.sailpoint_sdk.sdk import OLD, YEARLY, Sdk, call, request, table


def tell(ready: dict[str, Any], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How each wanted call ended: done, refused, unbuildable by the SDK itself, or with a problem.

    A call has method, path, twins (path by yearly version), variables, query and body.
    """
    sdk, known = Sdk(ready), table()
    modules: dict[str, Any] = {}
    told = []
    for one in wanted:
        version, (made, name) = _found(known, one)
        if not made:
            told.append({**_named(one), "outcome": "absent"})
            continue
        if one["method"] != "GET":
            request("POST", f"{ready['urls']['control']}/control/snapshots/first/restore")
        if version not in modules:
            modules[version] = __import__(f"sailpoint.{version}" if version else "sailpoint", fromlist=["x"])
        function = getattr(getattr(modules[version], made)(sdk.client(version)), name)
        told.append({**_named(one), "version": version, **_ended(function, one)})
    return told


def _named(one: dict[str, Any]) -> dict[str, Any]:
    return {"operation": f"{one['method']} {one['path']}"}


def _found(known: dict[Any, tuple[str, str]], one: dict[str, Any]) -> tuple[str, tuple[str, str]]:
    """The function of an operation, of the oldest version that has it: old bodies are the ones at risk."""
    for version in (YEARLY[0], YEARLY[-1], *YEARLY[1:-1]) if OLD else ("",):
        path = one["twins"].get(version, "") if OLD else one["path"]
        if (version, one["method"], path) in known:
            return version, known[version, one["method"], path]
    return "", ("", "")


def _ended(function: Any, one: dict[str, Any]) -> dict[str, Any]:
    named = {_snake(name): value for name, value in {**one["query"], **one["variables"]}.items()}
    for name in ("file", "data") if one.get("file") else ():
        if name in inspect.signature(function).parameters:
            named[name] = ("data.csv", one["file"].encode())
    try:
        call(function, body=one["body"], **named)
    except ValidationError as wrong:
        # The SDK's own check of arguments carries the function's name; everything else is an answer it cannot read.
        ours = wrong.title in (function.__name__, f"{type(function.__self__).__name__}.{function.__name__}")
        if ours or _unbuildable(function, one):
            return {"outcome": "unbuildable", "told": str(wrong)[:300]}
        return {"outcome": "problem", "told": f"{wrong.title}: {wrong}"[:600]}
    except Exception as wrong:  # noqa: BLE001 - whatever the SDK dies of is the finding
        status = getattr(wrong, "status", None)
        if status and 400 <= status < 500:
            return {"outcome": "refused", "told": f"{status} {getattr(wrong, 'body', '')}"[:300]}
        steps = {frame.name for frame in traceback.extract_tb(wrong.__traceback__)}
        if "sanitize_for_serialization" in steps or isinstance(wrong, NameError) or _unbuildable(function, one):
            return {"outcome": "unbuildable", "told": repr(wrong)[:300]}  # the SDK's own slip, before or after the call
        return {"outcome": "problem", "told": f"{status} {wrong!r}"[:600]}
    return {"outcome": "done"}


def _unbuildable(function: Any, one: dict[str, Any]) -> bool:
    """Whether the SDK cannot even make its model of the body that the document shows."""
    if one["body"] is None:
        return False

    class Stopped(Exception):
        pass

    def stop(*given: Any, **named: Any) -> None:
        raise Stopped

    stop.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    stop.__annotations__ = getattr(function, "__annotations__", {})
    try:
        call(stop, body=one["body"])
    except Stopped:
        return False
    except Exception:  # noqa: BLE001 - any failure to build counts
        return True
    return False


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_")
