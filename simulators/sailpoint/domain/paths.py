"""References in workflows: `$.trigger.identity.id`, filters such as `$.changes[?(@.attribute == "x")]`, templates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from simulators.sailpoint.domain.jsonpath import select
from simulators.sailpoint.domain.jsonpath_syntax import parsed

_TEMPLATE = re.compile(r"\{\{\s*(\$[^}]*?)\s*\}\}")


def filled(value: Any, context: Any) -> Any:
    """`value` with its `{{$.path}}` templates and its keys that end in `.$` resolved, all the way down.

    >>> filled({"a.$": "$.x", "b": "n={{$.x}}"}, {"x": 1})
    {'a': 1, 'b': 'n=1'}
    """
    if isinstance(value, str):
        return _TEMPLATE.sub(lambda m: _as_text(select(m[1], context)), value)
    if isinstance(value, Mapping):
        return {
            (key[:-2] if key.endswith(".$") else key): (
                chosen(inner, context) if key.endswith(".$") and isinstance(inner, str) else filled(inner, context)
            )
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [filled(inner, context) for inner in value]
    return value


def chosen(path: str, context: Any) -> Any:
    """What a field whose name ends in `.$` stands for; an empty path is empty text.

    A path that may find several values but finds one gives that value, as the vendor's engine does.

    >>> chosen("$.x[*].id", {"x": [{"id": 1}]}), chosen("$.x[*].id", {"x": [{"id": 1}, {"id": 2}]})
    (1, [1, 2])
    """
    if not path.strip():
        return ""
    found = select(path, context)
    return found[0] if isinstance(found, list) and len(found) == 1 and not parsed(path).definite else found


def _as_text(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool | list | Mapping):
        return json.dumps(value, default=dict)
    return "" if value is None else str(value)


def camel(name: str) -> str:
    """The word under which a step's answer is kept.

    >>> camel("Get Access"), camel("End Step - 1")
    ('getAccess', 'endStep1')
    """
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(
        word[:1].lower() + word[1:] if place == 0 else word[:1].upper() + word[1:] for place, word in enumerate(words)
    )
