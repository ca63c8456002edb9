"""References in workflows: `$.trigger.identity.id`, filters such as `$.changes[?(@.attribute == "x")]`, templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_PART = re.compile(r"\.([A-Za-z_][\w-]*)|\['([^']+)'\]|\[(\*|-?\d+)\]|\[\?\((.*?)\)\]")
_COMPARISON = re.compile(r"""\s*@\.([\w.]+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*$""")
_TEMPLATE = re.compile(r"\{\{\s*(\$[^}]*?)\s*\}\}")


@lru_cache(maxsize=4096)
def _parts(path: str) -> tuple[tuple[str, str], ...]:
    parts, place = [], 1
    while place < len(path):
        if (match := _PART.match(path, place)) is None:
            raise ValueError(f"bad path {path!r} at {path[place:]!r}")
        name, quoted, index, condition = match.groups()
        parts.append(
            ("filter", condition) if condition is not None else ("index", index) if index else ("name", name or quoted)
        )
        place = match.end()
    return tuple(parts)


def select(path: str, document: Any) -> Any:
    """What a path names in a document: a value, a list once a filter or `[*]` was used, or None.

    >>> select('$.changes[?(@.attribute == "a")].newValue', {"changes": [{"attribute": "a", "newValue": 1}]})
    [1]
    """
    found, many = [document], False
    for kind, word in _parts(path):
        if kind == "name":
            found = [entry[word] for entry in found if isinstance(entry, Mapping) and word in entry]
        elif kind == "filter":
            many = True
            found = [
                item
                for entry in found
                for item in (entry if isinstance(entry, list | tuple) else [entry])
                if _meets(word, item)
            ]
        elif word == "*":
            many = True
            found = [item for entry in found if isinstance(entry, list | tuple) for item in entry]
        else:
            at = int(word)
            found = [entry[at] for entry in found if isinstance(entry, list | tuple) and -len(entry) <= at < len(entry)]
    if many:
        return found
    return found[0] if found else None


def _meets(condition: str, item: Any) -> bool:
    return any(all(_holds(part, item) for part in either.split("&&")) for either in condition.split("||"))


def _holds(comparison: str, item: Any) -> bool:
    match = _COMPARISON.match(comparison.strip().strip("()"))
    if match is None:
        raise ValueError(f"bad condition {comparison!r}")
    name, sign, double, single, bare = match.groups()
    have: Any = item
    for word in name.split("."):
        have = have.get(word) if isinstance(have, Mapping) else None
    want = next(text for text in (double, single, bare) if text is not None)
    same = str(have).lower() == want.lower() if isinstance(have, bool) else str(have) == want
    return same if sign == "==" else not same


def fires(expression: str, document: Any) -> bool:
    """Whether a trigger's filter lets a payload through: its path finds something."""
    return not expression or select(expression, document) not in (None, [], "")


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
                select(inner, context) if key.endswith(".$") and isinstance(inner, str) else filled(inner, context)
            )
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [filled(inner, context) for inner in value]
    return value


def _as_text(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
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
