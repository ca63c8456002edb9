"""The text of a group rule's expression to its tree.

https://developer.okta.com/docs/reference/okta-expression-language/#group-rule-operations
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import LarkError

from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.expressions import (
    ARITY,
    FUNCTIONS,
    GROUP_FUNCTIONS,
    Attribute,
    Function,
    Internal,
    Literal,
    Negation,
    Node,
    Operation,
)
from simulators.okta.domain.profile import BASE_ATTRIBUTES

_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: term (_AND term)*
?term: _NOT term -> negation
     | comparison
?comparison: atom [COMPARISON atom]
?atom: TEXT -> text
     | NUMBER -> number
     | "true" -> true
     | "false" -> false
     | "null" -> null
     | "{" [atom ("," atom)*] "}" -> array
     | "user.getInternalProperty" "(" TEXT ")" -> internal
     | USER_ATTRIBUTE -> attribute
     | FUNCTION "(" [either ("," either)*] ")" -> function
     | "(" either ")"
_OR.2: /\bOR\b|\bor\b|\|\|/
_AND.2: /\bAND\b|\band\b|&&/
_NOT.2: /!(?!=)|\bNOT\b|\bnot\b/
COMPARISON: "==" | "!=" | ">=" | "<=" | ">" | "<"
USER_ATTRIBUTE.1: /user\.(?!getInternalProperty)[A-Za-z_][A-Za-z0-9_]*/
FUNCTION: /(String|Arrays)\.[A-Za-z]+|isMemberOf[A-Za-z]+/
TEXT: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/
NUMBER: /-?\d+(\.\d+)?/
%ignore /\s+/
"""


class _Tree(Transformer):  # type: ignore[misc]  # the parser's package has no types
    def either(self, parts: list[Any]) -> Node:
        return _chain("or", parts)

    def both(self, parts: list[Any]) -> Node:
        return _chain("and", parts)

    def negation(self, parts: list[Any]) -> Node:
        return Negation(parts[0])

    def comparison(self, parts: list[Any]) -> Node:
        left, operator, right = parts
        return Operation(str(operator), left, right) if operator is not None else left

    def text(self, parts: list[Any]) -> Node:
        return Literal(_plain(parts[0]))

    def number(self, parts: list[Any]) -> Node:
        return Literal(float(parts[0]) if "." in parts[0] else int(parts[0]))

    def true(self, _: list[Any]) -> Node:
        return Literal(True)

    def false(self, _: list[Any]) -> Node:
        return Literal(False)

    def null(self, _: list[Any]) -> Node:
        return Literal(None)

    def array(self, parts: list[Any]) -> Node:
        return Literal(tuple(part.value for part in parts if isinstance(part, Literal)))

    def internal(self, parts: list[Any]) -> Node:
        return Internal(_plain(parts[0]))

    def attribute(self, parts: list[Any]) -> Node:
        return Attribute(str(parts[0]).removeprefix("user."))

    def function(self, parts: list[Any]) -> Node:
        return Function(str(parts[0]), tuple(part for part in parts[1:] if part is not None))


_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=True)


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Node:
    """The tree of an expression. Raises Invalid with what is wrong with it.

    >>> parse_expression('user.department=="Sales"')
    Operation(operator='==', left=Attribute(name='department'), right=Literal(value='Sales'))
    """
    try:
        tree: Node = _Tree().transform(_PARSER.parse(text))
    except LarkError as error:
        place = getattr(error, "column", None)
        raise Invalid("conditions", f"conditions.expression.value: Invalid expression at position {place}") from None
    if wrong := _problem(tree):
        raise Invalid("conditions", f"conditions.expression.value: {wrong}")
    return tree


def _problem(node: Node) -> str | None:
    if isinstance(node, Attribute) and node.name not in BASE_ATTRIBUTES:
        return f"Invalid property {node.name} in expression"
    if isinstance(node, Internal) and node.name not in ("id", "status"):
        return f"Invalid internal property {node.name} in expression"
    if isinstance(node, Negation):
        return _problem(node.operand)
    if isinstance(node, Operation):
        return _problem(node.left) or _problem(node.right)
    if isinstance(node, Function):
        if node.name not in FUNCTIONS and node.name not in GROUP_FUNCTIONS:
            return f"Function {node.name} is not supported in group rules"
        arity = ARITY.get(node.name)
        if (arity is not None and len(node.arguments) != arity) or not node.arguments:
            return f"Function {node.name} takes another number of arguments"
        return next((wrong for wrong in map(_problem, node.arguments) if wrong), None)
    return None


def _chain(operator: str, parts: list[Any]) -> Node:
    tree: Node = parts[0]
    for part in parts[1:]:
        tree = Operation(operator, tree, part)
    return tree


def _plain(token: Any) -> str:
    text = str(token)[1:-1]
    return text.replace("\\" + str(token)[0], str(token)[0]).replace("\\\\", "\\")
