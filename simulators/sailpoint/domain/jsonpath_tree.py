"""The tree of a JSONPath: steps, conditions and the values written in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: names, wild, indexes, slice, filter or call; `deep` looks at all that lies below too."""

    kind: str
    value: Any = None
    deep: bool = False

    @property
    def single(self) -> bool:
        """Whether it leads to one value at most."""
        return not self.deep and (
            self.kind == "call" or (self.kind in ("names", "indexes") and len(self.value) == 1) or self.kind == "end"
        )


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the root (`$`) or from the item under test (`@`)."""

    root: str
    steps: tuple[Step, ...]
    # Whether it names one value rather than a list of what was found.
    definite: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "definite", all(step.single for step in self.steps))


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in a condition."""

    value: Any


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison, or with the operator `exists` a question whether a path leads anywhere."""

    operator: str
    left: Path | Literal
    right: Path | Literal | None = None


@dataclass(frozen=True, slots=True)
class Logic:
    """`and`, `or` and `not` over conditions."""

    operator: str
    parts: tuple[Any, ...]


Condition = Compare | Logic
