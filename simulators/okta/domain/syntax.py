"""The expression language as a tree: what a text means, before it is asked about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Array:
    """`{one, two}`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """`user.<name>`."""

    name: str


@dataclass(frozen=True, slots=True)
class Internal:
    """`user.getInternalProperty("<name>")`."""

    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """`user.getLinkedObject("<name>")`: the person on the other end of a link."""

    name: str


@dataclass(frozen=True, slots=True)
class Root:
    """What else an expression may start from: `appuser`, `source`, `app`, `org`, `session`, `event`, or the item of a
    selection (the empty name)."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """`of[place]`."""

    of: Node
    place: Node


@dataclass(frozen=True, slots=True)
class Selection:
    """`of.?[test]`: those items for which the test holds."""

    of: Node
    test: Node


@dataclass(frozen=True, slots=True)
class Method:
    """`of.name(arguments)`, one of METHODS."""

    of: Node
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A call of one of FUNCTIONS, GROUP_FUNCTIONS or PERSON_FUNCTIONS."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`!operand`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and one of COMPARISONS."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by `and` or by `or`."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A first operand, and further ones each with its sign of ARITHMETIC."""

    first: Node
    others: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`test ? yes : no`; without a `yes` it is `test ?: no`."""

    test: Node
    yes: Node | None
    no: Node


Node = (
    Literal | Array | Attribute | Internal | Linked | Root | Member | Index | Selection | Method | Function | Negation
    | Operation | Chain | Sum | Conditional
)  # fmt: skip


def children(node: Node) -> Iterator[Node]:
    """The parts of a node."""
    match node:
        case Array(items=parts) | Function(arguments=parts) | Chain(operands=parts):
            yield from parts
        case Negation(operand=part) | Member(of=part):
            yield part
        case Operation(left=left, right=right) | Index(of=left, place=right) | Selection(of=left, test=right):
            yield from (left, right)
        case Method(of=of, arguments=parts):
            yield from (of, *parts)
        case Sum(first=first, others=others):
            yield from (first, *(part for _, part in others))
        case Conditional(test=test, yes=yes, no=no):
            yield from (part for part in (test, yes, no) if part is not None)
        case _:
            return


def nodes(node: Node) -> Iterator[Node]:
    """A node and everything under it."""
    todo = [node]
    while todo:
        yield (here := todo.pop())
        todo.extend(children(here))
