"""The order of search results: any number of fields either way, what is missing last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulators.sailpoint.domain.search import EXACT, values_at

# A field, and whether it descends.
Sort = tuple[str, bool]


class _Descending:
    """A sort key turned round."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)


class _Behind:
    """Stands behind whatever it is compared with."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return True


# At the end of a rank: behind all ranks that begin the same.
BEHIND: Any = _Behind()


def rank(document: Mapping[str, Any], sorts: Sequence[Sort]) -> tuple[Any, ...]:
    """Where a document stands among others.

    >>> rank({"n": 2}, [("n", False)]) < rank({"n": 10}, [("n", False)]) < rank({}, [("n", False)])
    True
    """
    return tuple(_place(next(values_at(document, name.removesuffix(EXACT)), None), down) for name, down in sorts)


def _place(value: Any, down: bool) -> tuple[bool, Any]:
    """Missing values come last either way; numbers stand before words."""
    if value is None:
        return True, (0,)
    key = (0, value, "") if isinstance(value, int | float) else (1, str(value).lower(), str(value))
    return False, _Descending(key) if down else key


def behind(after: Sequence[Any], sorts: Sequence[Sort]) -> tuple[Any, ...]:
    """The rank of a record that a client has seen last, from the values of its sort fields, which may be texts."""
    return tuple(_place(_value(name, value), down) for (name, down), value in zip(sorts, after, strict=False))


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str) and name.endswith("Count"):
        try:
            return float(value)
        except ValueError:
            return value
    return value
