"""Transforms answered from memory: people who agree in what a transform reads agree in what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.transforms import Context, evaluate

Reading = tuple[str, str]
_PURE = frozenset({"Local Midnight", "Next Edge"})
# What differs each time, or looks at other people or at what a mapping does not name.
_APART = frozenset({"reference", "usernameGenerator", "randomAlphaNumeric", "randomNumeric", "uuid"})
_PLAIN = ("accountAttribute", "identityAttribute")
_CASES = 20_000


def readings(definition: Any) -> frozenset[Reading] | None:
    """What a transform looks at: ("source name", attribute) of accounts, ("", name) of the identity.

    None when it looks at more than that: at what was before, at other people, at a transform by name, at chance.

    >>> readings({"type": "lower", "attributes": {"input": {"type": "identityAttribute", "attributes": {"name": "a"}}}})
    frozenset({('', 'a')})
    """
    if isinstance(definition, list | tuple):
        parts = [readings(part) for part in definition]
        return None if None in parts else frozenset().union(*(part for part in parts if part is not None))
    if not isinstance(definition, Mapping):
        return frozenset()
    kind, attributes = definition.get("type"), definition.get("attributes")
    if kind is None or not isinstance(attributes, Mapping):
        return readings(list(definition.values()))
    if kind == "accountAttribute":
        return frozenset({(str(attributes["sourceName"]), str(attributes["attributeName"]))})
    if kind == "identityAttribute":
        return frozenset({("", str(attributes["name"]))})
    if kind in _APART or (kind == "rule" and attributes["name"] not in _PURE):
        return None
    if kind == "displayName":
        return frozenset({("", "preferredName"), ("", "firstname"), ("", "lastname")})
    return readings(list(attributes.values()))


class _Known(dict[tuple[Any, ...], tuple[Any, tuple[datetime, ...]]]):
    """The cases of one mapping so far: what was read, and the value and the coming edges that follow from it."""


class Memo:
    """Evaluates the mappings of one profile at one instant, each distinct case once."""

    def __init__(self, mappings: list[Mapping[str, Any]]) -> None:
        self._rows = [
            (
                row["identityAttributeName"],
                row["transformDefinition"],
                _keys(row["transformDefinition"]),
                row["transformDefinition"].get("type") in _PLAIN,
                _Known(),
            )
            for row in mappings
        ]
        self._sources = sorted({source for _, _, keys, _, _ in self._rows for source, _ in keys or () if source})

    def attributes(self, context: Context) -> dict[str, Any]:
        """All attributes of a person; coming edges are added to the context."""
        values = context.identity
        seen: dict[str, Mapping[str, Any]] = {source: context.account(source) or {} for source in self._sources}
        seen[""] = values
        for name, definition, keys, plain, known in self._rows:
            if keys is None:
                values[name] = _value(definition, context)
                continue
            if plain:
                ((source, attribute),) = keys
                values[name] = seen[source].get(attribute) or None
                continue
            key = tuple([seen[source].get(attribute) for source, attribute in keys])
            found = known.get(key)
            if found is None:
                before = len(context.edges)
                found = (_value(definition, context), tuple(context.edges[before:]))
                # What differs from person to person (a name, an id) must not fill the memory.
                if len(known) >= _CASES:
                    known.clear()
                known[key] = found
            elif found[1]:
                context.edges.extend(found[1])
            values[name] = found[0]
        return values


def _value(definition: Any, context: Context) -> Any:
    """What a mapping gives; nothing where it cannot be evaluated."""
    try:
        return evaluate(definition, context) or None
    except ValueError:
        return None


def _keys(definition: Mapping[str, Any]) -> tuple[Reading, ...] | None:
    """What a memory is kept under; None for what has to be evaluated each time."""
    found = readings(definition)
    return tuple(sorted(found)) if found is not None else None
