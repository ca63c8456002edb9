"""Search text in the vendor's Lucene-like language, read into domain queries.

https://documentation.sailpoint.com/saas/help/search/building-query.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from luqum import tree
from luqum.exceptions import ParseError
from luqum.parser import parser

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.search import All, Query, Range, Some, Term, Within, Without

_NESTED = re.compile(r"@(\w+)\s*\(")


@lru_cache(maxsize=1024)
def parse_query(text: str) -> Query:
    """The query a text asks for; `*` and nothing mean everything. Raises BadContent.

    >>> parse_query('name:"a b" AND NOT x:1')
    All(parts=(Term(field='name', value='a b', phrase=True), Without(part=Term(field='x', value='1', phrase=False))))
    """
    if text.strip() in ("", "*", "*:*"):
        return All()
    try:
        # `@accounts(…)` becomes a field so that the parser can read it.
        parsed = parser.parse(_NESTED.sub(r"nested_\1:(", text))
    except ParseError as error:
        raise BadContent(f'Invalid query: "{text}".') from error
    return _read(parsed, "")


def _read(node: Any, field: str) -> Query:
    match node:
        case tree.SearchField() if node.name.startswith("nested_"):
            return Within(node.name.removeprefix("nested_"), _read(node.expr, ""))
        case tree.SearchField():
            return _read(node.expr, f"{field}.{node.name}" if field else node.name)
        case tree.Group() | tree.FieldGroup() | tree.Boost():
            return _read(node.expr if hasattr(node, "expr") else node.children[0], field)
        case tree.OrOperation():
            return Some(tuple(_read(child, field) for child in node.children))
        case tree.AndOperation() | tree.UnknownOperation():
            return All(tuple(_read(child, field) for child in node.children))
        case tree.BoolOperation():
            return All(tuple(_read(child, field) for child in node.children))
        case tree.Not() | tree.Prohibit():
            return Without(_read(node.a, field))
        case tree.Plus():
            return _read(node.a, field)
        case tree.Range():
            return Range(field, _word(node.low), _word(node.high), node.include_low, node.include_high)
        case tree.From():
            return Range(field, _word(node.a), "*", node.include, True)
        case tree.To():
            return Range(field, "*", _word(node.a), True, node.include)
        case tree.Phrase():
            return Term(field, _unescaped(node.value[1:-1]), True)
        case tree.Word():
            return All() if node.value == "*" and not field else Term(field, _unescaped(node.value))
        case tree.Fuzzy() | tree.Proximity():
            return _read(node.term, field)
    raise BadContent(f"Unsupported query part: {node}")


def _word(node: Any) -> str:
    text = str(node).strip()
    return _unescaped(text[1:-1] if text.startswith('"') else text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
