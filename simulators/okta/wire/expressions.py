"""The text of an expression to its tree, within bounds: length, depth, and what the place it stands in allows.

https://developer.okta.com/docs/reference/okta-expression-language/
"""

from __future__ import annotations

from functools import lru_cache

from lark import Lark
from lark.exceptions import LarkError, UnexpectedInput

from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.profile import BASE_ATTRIBUTES
from simulators.okta.domain.syntax import Node, children
from simulators.okta.wire.expression_builder import TooDeep, TreeBuilder, settled
from simulators.okta.wire.expression_places import CLAIM, EVENT_FILTER, GROUP_RULE, MAPPING, Place

MOST_TEXT = 10_000
_BASE = frozenset(BASE_ATTRIBUTES)
_GRAMMAR = r"""
?start: choice
?choice: either
       | either "?" choice ":" choice -> conditional
       | either "?:" choice -> elvis
?either: both (_OR both)*
?both: comparison (_AND comparison)*
?comparison: sum
           | sum COMPARISON sum -> compared
?sum: product (SIGN product)*
?product: unary (FACTOR unary)*
?unary: postfix
      | _NOT unary -> negation
      | SIGN unary -> signed
?postfix: atom
        | atom access+ -> reached
access: ("." | "?.") NAME -> member
      | ("." | "?.") NAME "(" arguments ")" -> call
      | "[" choice "]" -> index
      | ".?[" choice "]" -> selection
?atom: TEXT -> text
     | NUMBER -> number
     | TRUE -> true
     | FALSE -> false
     | NULL -> null
     | NAME -> name
     | NAME "(" arguments ")" -> function
     | "{" arguments "}" -> array
     | "(" choice ")"
arguments: [choice ("," choice)*]
_OR: /(?i:or)\b|\|\|/
_AND: /(?i:and)\b|&&/
_NOT.3: /(?i:not)\b|!(?!=)/
COMPARISON: /==|!=|>=|<=|>|<|(?i:eq|ne|ge|le|gt|lt)\b/
SIGN: "+" | "-"
FACTOR: "*" | "/" | "%"
TRUE.3: /(?i:true)\b/
FALSE.3: /(?i:false)\b/
NULL.3: /(?i:null)\b/
NAME.1: /[A-Za-z_$][A-Za-z0-9_$]*/
TEXT: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s
NUMBER: /\d{1,15}(\.\d{1,15})?(?![\w.])/
%ignore /\s+/
"""


_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=True, transformer=TreeBuilder())


def parse_expression(text: str, known: frozenset[str] = _BASE) -> Node:
    """The tree of a group rule's expression over the `known` attributes. Raises Invalid with what is wrong with it.

    >>> parse_expression('user.department=="Sales"')
    Operation(operator='==', left=Attribute(name='department'), right=Literal(value='Sales'))
    """
    return _parsed(text, GROUP_RULE, known)


def parse_mapping(text: str, known: frozenset[str] = _BASE) -> Node:
    """The tree of an expression that maps one profile to another. Raises Invalid."""
    return _parsed(text, MAPPING, known)


def parse_claim(text: str) -> Node:
    """The tree of a token claim's value. Raises Invalid."""
    return _parsed(text, CLAIM, frozenset())


def parse_event_filter(text: str) -> Node:
    """The tree of an event hook's filter. Raises Invalid."""
    return _parsed(text, EVENT_FILTER, frozenset())


@lru_cache(maxsize=4096)
def _parsed(text: str, place: Place, known: frozenset[str]) -> Node:
    if len(text) > MOST_TEXT:
        raise Invalid(place.subject, *place.causes(f"The expression is longer than {MOST_TEXT} characters"))
    try:
        found = settled(_PARSER.parse(text))
    except UnexpectedInput as error:
        told = place.broken(text, getattr(error, "column", None))
        raise Invalid(place.subject, *place.causes(told)) from None
    except (LarkError, TooDeep, ValueError):
        raise Invalid(place.subject, *place.causes("The expression is nested too deeply")) from None
    if wrong := _problem(found.node, place, known) or place.unfit(found.node):
        raise Invalid(place.subject, *place.causes(wrong))
    return found.node


def _problem(tree: Node, place: Place, known: frozenset[str]) -> str | None:
    todo = [tree]
    while todo:
        node = todo.pop()
        if wrong := place.problem(node, known):
            return wrong
        todo.extend(reversed(list(children(node))))
    return None
