"""Immutable values: attribute sets that share their keys, and configuration documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_SHAPES: dict[tuple[str, ...], dict[str, int]] = {}


class Values(Mapping[str, Any]):
    """An immutable mapping that shares its keys with every other of the same names.

    A population repeats the same thirty attribute names; kept once, a person costs a tuple instead of a dictionary.

    >>> v = Values({"a": 1}); v["a"], v.merged({"b": 2})["b"], v == {"a": 1}
    (1, 2, True)
    """

    __slots__ = ("_places", "_values")

    def __init__(self, content: Mapping[str, Any] | None = None) -> None:
        content = content or {}
        names = tuple(content)
        places = _SHAPES.get(names)
        if places is None:
            places = _SHAPES[names] = {name: place for place, name in enumerate(names)}
        self._places = places
        self._values = tuple(content.values())

    def __getitem__(self, name: str) -> Any:
        return self._values[self._places[name]]

    def get(self, name: str, default: Any = None) -> Any:
        """The value under `name`, else `default`; inherited, it would raise and catch for every name that is absent."""
        place = self._places.get(name)
        return default if place is None else self._values[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Values) and other._places is self._places:
            return self._values == other._values
        return isinstance(other, Mapping) and dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        return f"Values({dict(self)!r})"

    def merged(self, changes: Mapping[str, Any]) -> Values:
        """These values with `changes` laid over them."""
        return Values({**dict(zip(self._places, self._values, strict=True)), **changes}) if changes else self


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One configuration object as its API shows it, under `parent` where it has one. `body` never changes in place."""

    id: str
    kind: str
    body: Mapping[str, Any]
    created: datetime
    modified: datetime
    parent: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.body.get("name") or "")
