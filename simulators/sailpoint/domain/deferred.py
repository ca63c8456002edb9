"""Documents whose parts are worked out when somebody looks: a search over a population reads one field of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

# What a field's function answers for a subject that has no such field.
ABSENT: Any = object()


class Deferred(Mapping[str, Any]):
    """A document with its id known, and each other field made of its subject when that field is looked at.

    >>> d = Deferred("1", "Ada", {"name": str, "length": len, "nick": lambda subject: ABSENT})
    >>> d["id"], d.get("name"), "nick" in d, dict(d)
    ('1', 'Ada', False, {'id': '1', 'name': 'Ada', 'length': 3})
    """

    __slots__ = ("_fields", "_known", "_subject")

    def __init__(self, id: str, subject: Any, fields: Mapping[str, Callable[[Any], Any]]) -> None:
        self._subject, self._fields = subject, fields
        self._known: dict[str, Any] = {"id": id}

    def __getitem__(self, name: str) -> Any:
        value = self.get(name, ABSENT)
        if value is ABSENT:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, made at the first look."""
        known = self._known
        if name not in known:
            make = self._fields.get(name)
            known[name] = make(self._subject) if make is not None else ABSENT
        value = known[name]
        return default if value is ABSENT else value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name, ABSENT) is not ABSENT

    def __iter__(self) -> Iterator[str]:
        yield "id"
        for name in self._fields:
            if name in self:
                yield name

    def items(self) -> Iterator[tuple[str, Any]]:  # type: ignore[override]
        """Every field with its value, in the order of the document."""
        yield "id", self._known["id"]
        for name in self._fields:
            value = self.get(name, ABSENT)
            if value is not ABSENT:
                yield name, value

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Whole(Mapping[str, Any]):
    """A document with its id known, all else made at the first look at something else."""

    __slots__ = ("_id", "_made", "_make")

    def __init__(self, id: str, make: Callable[[], dict[str, Any]]) -> None:
        self._id, self._make = id, make
        self._made: dict[str, Any] | None = None

    def _ready(self) -> dict[str, Any]:
        if self._made is None:
            self._made = {"id": self._id, **self._make()}
        return self._made

    def __getitem__(self, name: str) -> Any:
        return self._id if name == "id" else self._ready()[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field."""
        return self._id if name == "id" else self._ready().get(name, default)

    def __contains__(self, name: object) -> bool:
        return name == "id" or name in self._ready()

    def __iter__(self) -> Iterator[str]:
        return iter(self._ready())

    def __len__(self) -> int:
        return len(self._ready())
