"""Documents whose parts are worked out when somebody looks: a search over a population reads one field of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Deferred(Mapping[str, Any]):
    """A document with its id known, its head made at the first look at anything else, each late part at its own.

    >>> d = Deferred("1", lambda: {"name": "Ada"}, {"accounts": lambda: []})
    >>> d["id"], d.get("name"), "accounts" in d, dict(d)
    ('1', 'Ada', True, {'id': '1', 'name': 'Ada', 'accounts': []})
    """

    __slots__ = ("_head", "_id", "_late", "_make")

    def __init__(
        self, id: str, make: Callable[[], dict[str, Any]], late: Mapping[str, Callable[[], Any]] | None = None
    ) -> None:
        self._id, self._make, self._late = id, make, dict(late or {})
        self._head: dict[str, Any] | None = None

    def _ready(self) -> dict[str, Any]:
        if self._head is None:
            self._head = {"id": self._id, **self._make()}
        return self._head

    def __getitem__(self, name: str) -> Any:
        if name == "id":
            return self._id
        head = self._ready()
        if name in self._late:
            head[name] = self._late.pop(name)()
        return head[name]

    def __contains__(self, name: object) -> bool:
        return name == "id" or name in self._late or name in self._ready()

    def __iter__(self) -> Iterator[str]:
        yield from list(self._ready())
        yield from list(self._late)

    def __len__(self) -> int:
        return len(self._ready()) + len(self._late)
