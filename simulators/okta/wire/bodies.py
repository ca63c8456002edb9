"""JSON to bytes and back."""

from __future__ import annotations

import json
from typing import Any

from simulators.okta.domain.errors import NotWellFormed

# no document of the vendor's comes near this, and what is deeper could be kept and then not written again
_DEEPEST = 100

try:
    import orjson
except ImportError:  # the fast serialiser is an optional extra

    def dump(value: Any) -> bytes:
        """Compact JSON."""
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()

    def load(body: bytes) -> Any:
        """A document. Raises NotWellFormed."""
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise NotWellFormed() from None
else:

    def dump(value: Any) -> bytes:
        """Compact JSON."""
        return bytes(memoryview(orjson.dumps(value)))

    def load(body: bytes) -> Any:
        """A document. Raises NotWellFormed."""
        try:
            return orjson.loads(body)
        except ValueError:
            raise NotWellFormed() from None


Json = dict[str, Any]


def document(body: bytes) -> Json:
    """A body that has to be a JSON object. Raises NotWellFormed."""
    value = load(body) if body else None
    if not isinstance(value, dict) or (body.count(b"[") + body.count(b"{") > _DEEPEST and _is_too_deep(value)):
        raise NotWellFormed()
    return value


def _is_too_deep(document: Any) -> bool:
    level = [document]
    for _ in range(_DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def part(body: Json, name: str) -> Json:
    """An object inside a body; empty when absent. Raises NotWellFormed for anything else."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise NotWellFormed()
    return value


def texts(value: Any) -> list[str]:
    """A list of texts. Raises NotWellFormed for anything else."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise NotWellFormed()
    return value
