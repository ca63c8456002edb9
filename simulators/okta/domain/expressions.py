"""The expression language after parsing: a tree and its evaluation for one person, with bounds on every value.

https://developer.okta.com/docs/reference/okta-expression-language/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.okta.domain.functions import (
    FUNCTIONS,
    GROUP_FUNCTIONS,
    METHODS,
    PERSON_FUNCTIONS,
    TooLarge,
    bounded,
    text,
)
from simulators.okta.domain.syntax import (
    Array,
    Attribute,
    Chain,
    Conditional,
    Function,
    Index,
    Internal,
    Linked,
    Literal,
    Member,
    Method,
    Negation,
    Node,
    Operation,
    Root,
    Selection,
    Sum,
    nodes,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The person an expression is asked about. `groups` maps ids to names, `linked` answers the other end of a link,
    `roots` holds what else can be named."""

    attributes: Mapping[str, Any]
    internal: Mapping[str, Any]
    groups: Mapping[str, str]
    roots: Mapping[str, Any] = field(default_factory=dict)
    linked: Callable[[str], Mapping[str, Any] | None] = lambda name: None
    now: datetime | None = None


MOST_STEPS = 20_000


def evaluate(node: Node, subject: Subject) -> Any:
    """The value of an expression for one person; null where it has none."""
    try:
        return _Evaluation(subject).value(node)
    except (TooLarge, ValueError, ArithmeticError):
        return None


def plain(value: Any) -> Any:
    """A value as it leaves the language: lists for its tuples."""
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def reads_groups(node: Node) -> bool:
    """Whether memberships decide about the expression."""
    return any(isinstance(part, Function) and part.name in GROUP_FUNCTIONS for part in nodes(node))


def attributes_read(node: Node) -> frozenset[str]:
    """The profile attributes an expression depends on; internal properties in brackets."""
    found = set()
    for part in nodes(node):
        if isinstance(part, Attribute):
            found.add(part.name)
        elif isinstance(part, Internal):
            found.add(f"[{part.name}]")
    return frozenset(found)


def holds(value: Any) -> bool:
    """Whether a value counts as true."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


class _Evaluation:
    """One walk over a tree. It counts its steps, so that nested selections end."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.item: Any = None
        self.steps = 0

    def value(self, node: Node) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLarge()
        return _RULES[type(node)](self, node)

    def function(self, node: Function) -> Any:
        values = [self.value(argument) for argument in node.arguments]
        try:
            if node.name in GROUP_FUNCTIONS:
                return bounded(GROUP_FUNCTIONS[node.name].run(self.subject.groups, *values))
            if node.name in PERSON_FUNCTIONS:
                return bounded(PERSON_FUNCTIONS[node.name].run(self.subject, *values))
            return bounded(FUNCTIONS[node.name].run(*values))
        except TooLarge:
            raise
        except (TypeError, AttributeError, ValueError, IndexError, OverflowError):
            return None  # a value the function cannot take: the person does not match

    def method(self, node: Method) -> Any:
        of, values = self.value(node.of), [self.value(argument) for argument in node.arguments]
        if of is None and node.name not in ("size", "isEmpty"):
            return None
        try:
            return bounded(METHODS[node.name].run(of, *values))
        except TooLarge:
            raise
        except (TypeError, AttributeError, ValueError, IndexError, OverflowError):
            return None

    def selection(self, node: Selection) -> Any:
        of, outer = self.value(node.of), self.item
        found = []
        for item in of if isinstance(of, list | tuple) else () if of is None else (of,):
            self.item = item
            if holds(self.value(node.test)):
                found.append(item)
        self.item = outer
        return tuple(found)

    def member(self, node: Member) -> Any:
        return _member(self.value(node.of), node.name)

    def index(self, node: Index) -> Any:
        of, place = self.value(node.of), self.value(node.place)
        if isinstance(of, list | tuple) and isinstance(place, int) and not isinstance(place, bool):
            return of[place] if 0 <= place < len(of) else None
        return _member(of, text(place))

    def chain(self, node: Chain) -> bool:
        if node.operator == "and":
            return all(holds(self.value(part)) for part in node.operands)
        return any(holds(self.value(part)) for part in node.operands)

    def sum(self, node: Sum) -> Any:
        total = self.value(node.first)
        for sign, part in node.others:
            total = bounded(_calculate(sign, total, self.value(part)))
        return total

    def conditional(self, node: Conditional) -> Any:
        test = self.value(node.test)
        if node.yes is None:
            return test if test not in (None, "") else self.value(node.no)
        return self.value(node.yes if holds(test) else node.no)

    def root(self, node: Root) -> Any:
        return self.subject.roots.get(node.name) if node.name else self.item


def _member(of: Any, name: str) -> Any:
    if isinstance(of, Mapping):
        return of.get(name)
    if isinstance(of, list | tuple):
        return tuple(_member(item, name) for item in of)
    return None


def _calculate(sign: str, left: Any, right: Any) -> Any:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (left, right))
    if sign == "+" and not numbers:
        return text(left) + text(right)
    if not numbers:
        return None
    value = ARITHMETIC[sign](left, right)
    return value if abs(value) < 1e300 else None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def check(left: Any, right: Any) -> bool:
        try:
            return left is not None and right is not None and compare(left, right)
        except TypeError:
            return False

    return check


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right if isinstance(left, int) and isinstance(right, int) else left / right,
    "%": lambda left, right: left % right,
}
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    ">": _ordered(lambda left, right: left > right),
    "<": _ordered(lambda left, right: left < right),
    ">=": _ordered(lambda left, right: left >= right),
    "<=": _ordered(lambda left, right: left <= right),
}
_RULES: dict[type, Callable[[_Evaluation, Any], Any]] = {
    Literal: lambda walk, node: node.value,
    Array: lambda walk, node: tuple(walk.value(item) for item in node.items),
    Attribute: lambda walk, node: walk.subject.attributes.get(node.name),
    Internal: lambda walk, node: walk.subject.internal.get(node.name),
    Linked: lambda walk, node: walk.subject.linked(node.name),
    Root: _Evaluation.root,
    Member: _Evaluation.member,
    Index: _Evaluation.index,
    Selection: _Evaluation.selection,
    Method: _Evaluation.method,
    Function: _Evaluation.function,
    Negation: lambda walk, node: not holds(walk.value(node.operand)),
    Operation: lambda walk, node: COMPARISONS[node.operator](walk.value(node.left), walk.value(node.right)),
    Chain: _Evaluation.chain,
    Sum: _Evaluation.sum,
    Conditional: _Evaluation.conditional,
}
