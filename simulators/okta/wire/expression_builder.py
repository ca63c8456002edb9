"""What the parser of expressions makes of each rule of its grammar: nodes, with their depth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lark import Transformer, v_args

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
)

MOST_DEPTH = 60
_WORDS = {"eq": "==", "ne": "!=", "ge": ">=", "le": "<=", "gt": ">", "lt": "<"}
_SPACES = frozenset({"String", "Arrays", "Convert", "Iso3166Convert", "Time", "Groups"})


class TooDeep(Exception):
    """The expression is nested too deeply."""


class _Sized(NamedTuple):
    """A node, and how many levels it has. Depth is known as the tree grows, so nothing recurses into a deep one."""

    node: Node
    depth: int


class _Access(NamedTuple):
    """What stands behind an atom: its kind, a name, and nodes."""

    kind: str
    name: str
    parts: tuple[_Sized, ...]


class _Name(NamedTuple):
    """A bare name, until it is known what stands behind it."""

    name: str


def _over(node: Node, parts: Iterable[_Sized]) -> _Sized:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MOST_DEPTH:
        raise TooDeep()
    return _Sized(node, depth)


def settled(part: Any) -> _Sized:
    """A node; a bare name that nothing follows is a root, or inside a selection a field of its item."""
    if isinstance(part, _Name):
        return _Sized(Root(part.name), 1)
    assert isinstance(part, _Sized)
    return part


@v_args(inline=True)
class TreeBuilder(Transformer):  # type: ignore[misc]  # the parser's package has no types
    """One method a rule of the grammar."""

    def start(self, part: Any) -> _Sized:
        return settled(part)

    def conditional(self, *parts: Any) -> _Sized:
        sized = [settled(part) for part in parts]
        test, yes, no = (part.node for part in sized)
        return _over(Conditional(test, yes, no), sized)

    def elvis(self, *parts: Any) -> _Sized:
        sized = [settled(part) for part in parts]
        return _over(Conditional(sized[0].node, None, sized[1].node), sized)

    def either(self, *parts: Any) -> _Sized:
        return self._chain("or", parts)

    def both(self, *parts: Any) -> _Sized:
        return self._chain("and", parts)

    def _chain(self, operator: str, parts: tuple[Any, ...]) -> _Sized:
        sized = [settled(part) for part in parts]
        return _over(Chain(operator, tuple(part.node for part in sized)), sized)

    def compared(self, left: Any, operator: Any, right: Any) -> _Sized:
        sized = [settled(left), settled(right)]
        sign = _WORDS.get(str(operator).lower(), str(operator))
        return _over(Operation(sign, sized[0].node, sized[1].node), sized)

    def sum(self, *parts: Any) -> _Sized:
        sized = [settled(part) for part in parts[::2]]
        others = tuple((str(sign), part.node) for sign, part in zip(parts[1::2], sized[1:], strict=True))
        return _over(Sum(sized[0].node, others), sized)

    product = sum

    def negation(self, part: Any) -> _Sized:
        return _over(Negation(settled(part).node), [settled(part)])

    def signed(self, sign: Any, part: Any) -> _Sized:
        return _over(Sum(Literal(0), ((str(sign), settled(part).node),)), [settled(part)])

    def member(self, name: Any) -> _Access:
        return _Access("member", str(name), ())

    def call(self, name: Any, arguments: list[_Sized]) -> _Access:
        return _Access("call", str(name), tuple(arguments))

    def index(self, part: Any) -> _Access:
        return _Access("index", "", (settled(part),))

    def selection(self, part: Any) -> _Access:
        return _Access("selection", "", (settled(part),))

    def reached(self, atom: Any, *accesses: _Access) -> _Sized:
        found, rest = _begun(atom, accesses)
        for access in rest:
            found = _over(_reach(found.node, access), (found, *access.parts))
        return found

    def function(self, name: Any, arguments: list[_Sized]) -> _Sized:
        return _over(Function(str(name), tuple(part.node for part in arguments)), arguments)

    def array(self, arguments: list[_Sized]) -> _Sized:
        return _over(Array(tuple(part.node for part in arguments)), arguments)

    def arguments(self, *parts: Any) -> list[_Sized]:
        return [settled(part) for part in parts if part is not None]

    def name(self, token: Any) -> _Name:
        return _Name(str(token))

    def text(self, token: Any) -> _Sized:
        return _Sized(Literal(_plain(str(token))), 1)

    def number(self, token: Any) -> _Sized:
        return _Sized(Literal(float(token) if "." in token else int(token)), 1)

    def true(self, _: Any) -> _Sized:
        return _Sized(Literal(True), 1)

    def false(self, _: Any) -> _Sized:
        return _Sized(Literal(False), 1)

    def null(self, _: Any) -> _Sized:
        return _Sized(Literal(None), 1)


def _begun(atom: Any, accesses: tuple[_Access, ...]) -> tuple[_Sized, tuple[_Access, ...]]:
    """What a name and the accesses behind it begin with, and the accesses that are left."""
    first = accesses[0]
    if not isinstance(atom, _Name):
        return settled(atom), accesses
    if atom.name in _SPACES and first.kind == "call":
        node = Function(f"{atom.name}.{first.name}", tuple(part.node for part in first.parts))
        return _over(node, first.parts), accesses[1:]
    if atom.name == "user":
        if first.kind == "call":
            return _over(_of_user(first), first.parts), accesses[1:]
        if first.name == "profile" and len(accesses) > 1 and accesses[1].kind == "member":
            return _Sized(Attribute(accesses[1].name), 1), accesses[2:]
        if first.kind == "member":
            return _Sized(Attribute(first.name), 1), accesses[1:]
    return settled(atom), accesses


def _of_user(access: _Access) -> Node:
    name = access.parts[0].node if len(access.parts) == 1 else None
    if isinstance(name, Literal) and isinstance(name.value, str):
        if access.name == "getInternalProperty":
            return Internal(name.value)
        if access.name == "getLinkedObject":
            return Linked(name.value)
    return Method(Root("user"), access.name, tuple(part.node for part in access.parts))


def _reach(of: Node, access: _Access) -> Node:
    parts = tuple(part.node for part in access.parts)
    match access.kind:
        case "member":
            return Member(of, access.name)
        case "call":
            return Method(of, access.name, parts)
        case "index":
            return Index(of, parts[0])
        case _:
            return Selection(of, _fields(parts[0]))


def _fields(test: Node) -> Node:
    """The test of a selection, in which bare names are fields of the item."""
    match test:
        case Root(name=name) if name:
            return Member(Root(""), name)
        case Operation(operator=operator, left=left, right=right):
            return Operation(operator, _fields(left), _fields(right))
        case Chain(operator=operator, operands=operands):
            return Chain(operator, tuple(map(_fields, operands)))
        case Negation(operand=operand):
            return Negation(_fields(operand))
        case Method(of=of, name=name, arguments=arguments):
            return Method(_fields(of), name, tuple(map(_fields, arguments)))
        case _:
            return test


def _plain(token: str) -> str:
    quote, text = token[0], token[1:-1]
    return text.replace("\\" + quote, quote).replace("\\\\", "\\")
