"""The `filters` and `sorters` of collections, read into domain values.

https://developer.sailpoint.com/docs/api/standard-collection-parameters
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import LarkError

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.filters import Both, Compare, Condition, Either, Negated, comparisons

# Read by one look ahead: the place in an expression tells a keyword from a field of the same name.
_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: single (_AND single)*
?single: _NOT single -> negated
    | "(" either ")"
    | FIELD OPERATOR value -> compare
    | FIELD LIST "(" value ("," value)* ")" -> among
    | FIELD _ISNULL -> isnull
    | _PR FIELD -> present
value: STRING -> text
    | BARE -> bare
_OR.5: /or(?=[\s(])/
_AND.5: /and(?=[\s(])/
_NOT.5: /not(?=[\s(])/
_ISNULL.5: /isnull(?=[\s)]|$)/
_PR.5: /pr(?=\s)/
OPERATOR.5: /(eq|ne|gt|ge|lt|le|co|sw)(?=[\s"])/
LIST.5: /(in|ca)(?=[\s(])/
FIELD: /[A-Za-z_][\w.-]*/
STRING: /"(\\.|[^"\\])*"/
BARE: /[\w:.+-]+/
%ignore /\s+/
"""
MOST_TEXT, MOST_DEPTH = 10_000, 200
_NOT = re.compile(r"\bnot\b")


class _Reader(Transformer):  # type: ignore[misc]
    def compare(self, parts: list[Any]) -> Condition:
        return Compare(str(parts[0]), str(parts[1]), parts[2])

    def among(self, parts: list[Any]) -> Condition:
        return Compare(str(parts[0]), str(parts[1]), tuple(parts[2:]))

    def isnull(self, parts: list[Any]) -> Condition:
        return Compare(str(parts[0]), "isnull")

    def present(self, parts: list[Any]) -> Condition:
        return Compare(str(parts[0]), "pr")

    def negated(self, parts: list[Any]) -> Condition:
        return Negated(parts[0])

    def both(self, parts: list[Any]) -> Condition:
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def either(self, parts: list[Any]) -> Condition:
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def text(self, parts: list[Any]) -> str:
        return re.sub(r"\\(.)", r"\1", str(parts[0])[1:-1])

    def bare(self, parts: list[Any]) -> str:
        return str(parts[0])


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_Reader())


@lru_cache(maxsize=1024)
def parse_filters(text: str) -> Condition:
    """The condition a `filters` parameter asks for. Raises BadContent.

    >>> parse_filters('name sw "A" and not id eq "1"')
    Both(parts=(Compare(field='name', op='sw', value='A'), Negated(part=Compare(field='id', op='eq', value='1'))))
    """
    if len(text) > MOST_TEXT or text.count("(") + len(_NOT.findall(text)) > MOST_DEPTH:
        raise BadContent("The filter expression is too long or nested too deeply.")
    try:
        condition: Condition = _parser().parse(text)
    except LarkError as error:
        raise BadContent(f'Invalid filter expression: "{text}".') from error
    return condition


def checked_filters(text: str, fields: Mapping[str, str]) -> Condition:
    """A condition that uses only the fields and operators an endpoint has. Raises BadContent."""
    condition = parse_filters(text)
    for comparison in comparisons(condition):
        allowed = fields.get(comparison.field)
        if allowed is None:
            raise BadContent(f'The property "{comparison.field}" is not supported in filters.')
        if comparison.op not in allowed.split():
            raise BadContent(f'The operator "{comparison.op}" is not supported for the property "{comparison.field}".')
    return condition


def checked_sorters(text: str, allowed: frozenset[str]) -> list[tuple[str, bool]]:
    """Pairs of property and whether it descends. Raises BadContent for an unknown one.

    >>> checked_sorters("name,-created", frozenset({"name", "created"}))
    [('name', False), ('created', True)]
    """
    sorters = [(part.strip().lstrip("-"), part.strip().startswith("-")) for part in text.split(",") if part.strip()]
    for name, _ in sorters:
        if name not in allowed:
            raise BadContent(f'The property "{name}" is not supported in sorters.')
    return sorters
