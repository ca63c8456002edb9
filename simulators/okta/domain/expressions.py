"""The expression language of group rules, after parsing: a tree and its evaluation for one person.

https://developer.okta.com/docs/reference/okta-expression-language/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value, null or list."""

    value: Any


@dataclass(frozen=True, slots=True)
class Attribute:
    """`user.<name>`."""

    name: str


@dataclass(frozen=True, slots=True)
class Internal:
    """`user.getInternalProperty("<name>")`."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A call of one of FUNCTIONS or GROUP_FUNCTIONS."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`!operand`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and one of OPERATORS."""

    operator: str
    left: Node
    right: Node


Node = Literal | Attribute | Internal | Function | Negation | Operation


@dataclass(frozen=True, slots=True)
class Subject:
    """The person an expression is asked about. `groups` maps ids to names."""

    attributes: Mapping[str, Any]
    internal: Mapping[str, Any]
    groups: Mapping[str, str]


def evaluate(node: Node, subject: Subject) -> Any:
    """The value of an expression for one person."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Attribute):
        return subject.attributes.get(node.name)
    if isinstance(node, Internal):
        return subject.internal.get(node.name)
    if isinstance(node, Negation):
        return not evaluate(node.operand, subject)
    if isinstance(node, Operation):
        left = evaluate(node.left, subject)
        if node.operator == "and":
            return bool(left) and bool(evaluate(node.right, subject))
        if node.operator == "or":
            return bool(left) or bool(evaluate(node.right, subject))
        return OPERATORS[node.operator](left, evaluate(node.right, subject))
    values = [evaluate(argument, subject) for argument in node.arguments]
    try:
        if node.name in GROUP_FUNCTIONS:
            return GROUP_FUNCTIONS[node.name](subject.groups, values)
        return FUNCTIONS[node.name](*values)
    except (TypeError, AttributeError, ValueError, re.error):
        return None  # a value the function cannot take: the person does not match


def reads_groups(node: Node) -> bool:
    """Whether memberships decide about the expression."""
    if isinstance(node, Function):
        return node.name in GROUP_FUNCTIONS or any(reads_groups(argument) for argument in node.arguments)
    if isinstance(node, Negation):
        return reads_groups(node.operand)
    return isinstance(node, Operation) and (reads_groups(node.left) or reads_groups(node.right))


def attributes_read(node: Node) -> frozenset[str]:
    """The profile attributes an expression depends on; internal properties in brackets."""
    if isinstance(node, Attribute):
        return frozenset({node.name})
    if isinstance(node, Internal):
        return frozenset({f"[{node.name}]"})
    if isinstance(node, Negation):
        return attributes_read(node.operand)
    if isinstance(node, Operation):
        return attributes_read(node.left) | attributes_read(node.right)
    if isinstance(node, Function):
        return frozenset().union(*(attributes_read(argument) for argument in node.arguments))
    return frozenset()


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def check(left: Any, right: Any) -> bool:
        try:
            return left is not None and right is not None and compare(left, right)
        except TypeError:
            return False

    return check


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    ">": _ordered(lambda left, right: left > right),
    "<": _ordered(lambda left, right: left < right),
    ">=": _ordered(lambda left, right: left >= right),
    "<=": _ordered(lambda left, right: left <= right),
}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "String.stringContains": lambda text, part: text is not None and _text(part) in text,
    "String.startsWith": lambda text, part: text is not None and text.startswith(_text(part)),
    "String.substring": lambda text, start, end: _text(text)[int(start) : int(end)],
    "String.substringAfter": lambda text, mark: _text(text).partition(_text(mark))[2],
    "String.substringBefore": lambda text, mark: _text(text).partition(_text(mark))[0],
    "String.toUpperCase": lambda text: _text(text).upper(),
    "String.toLowerCase": lambda text: _text(text).lower(),
    "String.len": lambda text: len(_text(text)),
    "String.append": lambda text, more: _text(text) + _text(more),
    "String.join": lambda mark, *parts: _text(mark).join(_text(part) for part in parts),
    "String.replace": lambda text, old, new: _text(text).replace(_text(old), _text(new)),
    "String.replaceFirst": lambda text, old, new: _text(text).replace(_text(old), _text(new), 1),
    "String.removeSpaces": lambda text: _text(text).replace(" ", ""),
    "Arrays.contains": lambda values, value: value in _list(values),
    "Arrays.isEmpty": lambda values: not _list(values),
    "Arrays.size": lambda values: len(_list(values)),
}
ARITY: dict[str, int | None] = {
    "String.stringContains": 2,
    "String.startsWith": 2,
    "String.substring": 3,
    "String.substringAfter": 2,
    "String.substringBefore": 2,
    "String.toUpperCase": 1,
    "String.toLowerCase": 1,
    "String.len": 1,
    "String.append": 2,
    "String.join": None,
    "String.replace": 3,
    "String.replaceFirst": 3,
    "String.removeSpaces": 1,
    "Arrays.contains": 2,
    "Arrays.isEmpty": 1,
    "Arrays.size": 1,
}

Held = Mapping[str, str]
GROUP_FUNCTIONS: dict[str, Callable[[Held, list[Any]], bool]] = {
    "isMemberOfGroup": lambda held, asked: asked[0] in held,
    "isMemberOfAnyGroup": lambda held, asked: any(one in held or one in held.values() for one in asked),
    "isMemberOfGroupName": lambda held, asked: asked[0] in held.values(),
    "isMemberOfGroupNameStartsWith": lambda held, asked: any(name.startswith(asked[0]) for name in held.values()),
    "isMemberOfGroupNameContains": lambda held, asked: any(asked[0] in name for name in held.values()),
    "isMemberOfGroupNameRegex": lambda held, asked: any(re.fullmatch(asked[0], name) for name in held.values()),
}
