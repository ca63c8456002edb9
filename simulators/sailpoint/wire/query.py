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
from simulators.sailpoint.domain.search import (
    All,
    Holds,
    Near,
    Pattern,
    Query,
    Range,
    Some,
    Term,
    Within,
    Without,
)

# Lists that `@name(…)` may look into, of whatever index.
NESTED = frozenset(
    {"access", "accounts", "apps", "owns", "entitlements", "accessProfiles", "segments", "dimensions"}
    | {"accountRequests", "approvals", "expansionItems", "originalRequests"}
)
MOST_TEXT, MOST_DEPTH, MOST_WILD = 20_000, 40, 10
_NESTED = re.compile(r"@(\w+)\s*\(")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_SIGNS = re.compile(r"(?<!\S)(?:&&|\|\|)(?!\S)|(?<![^\s(])!(?=\S)")
_WORDS = {"&&": "AND", "||": "OR", "!": "NOT "}
_FIELDS: tuple[str, ...] = ("",)


@lru_cache(maxsize=1024)
def parse_query(text: str, fields: tuple[str, ...] = _FIELDS, zone: str = "UTC", every: bool = False) -> Query:
    """The query a text asks for; `*` and nothing mean everything. Raises BadContent.

    `fields` are searched where the text names none, `zone` is that of dates, `every` makes AND of mere spaces.

    >>> parse_query('name:"a b" AND NOT x:1')
    All(parts=(Term(field='name', value='a b', phrase=True), Without(part=Term(field='x', value='1', phrase=False))))
    >>> parse_query("sales support")
    Some(parts=(Term(field='', value='sales', phrase=False), Term(field='', value='support', phrase=False)), least=1)
    """
    if text.strip() in ("", "*", "*:*"):
        return All()
    problem = BadContent(f'Invalid query: "{text[:200]}".')
    if len(text) > MOST_TEXT:
        raise BadContent("The query is too long.")
    try:
        # `@accounts(…)` becomes a field so that the parser can read it.
        parsed = parser.parse(_marked(text))
        return _Reader(fields or _FIELDS, zone, every).read(parsed, "", 0)
    except (ParseError, RecursionError, ValueError, AttributeError) as error:
        raise problem from error


def _marked(text: str) -> str:
    """The text with nested lists written as fields and operators as words, outside of quotes."""
    parts, at = [], 0
    for quoted in _QUOTED.finditer(text):
        parts += [_plain(text[at : quoted.start()]), quoted[0]]
        at = quoted.end()
    return "".join([*parts, _plain(text[at:])])


def _plain(text: str) -> str:
    return _SIGNS.sub(lambda sign: _WORDS[sign[0]], _NESTED.sub(r"nested_\1:(", text))


class _Reader:
    """Reads one parsed text."""

    def __init__(self, fields: tuple[str, ...], zone: str, every: bool) -> None:
        self._fields, self._zone, self._every = fields, zone, every

    def read(self, node: Any, field: str, depth: int) -> Query:
        """The query of one node; `field` is the one that stands before its brackets."""
        if depth > MOST_DEPTH:
            raise BadContent("The query is nested too deeply.")
        deeper = depth + 1
        match node:
            case tree.SearchField() if node.name.startswith("nested_"):
                return self._within(node, deeper)
            case tree.SearchField():
                return self._field(node, field, deeper)
            case tree.Group() | tree.FieldGroup() | tree.Boost():
                return self.read(node.expr, field, deeper)
            case tree.OrOperation():
                return Some(tuple(self.read(child, field, deeper) for child in node.children))
            case tree.AndOperation():
                return All(tuple(self.read(child, field, deeper) for child in node.children))
            case tree.UnknownOperation() | tree.BoolOperation():
                return self._spaced(node.children, field, deeper)
            case tree.Not() | tree.Prohibit():
                return Without(self.read(node.a, field, deeper))
            case tree.Plus():
                return self.read(node.a, field, deeper)
        return self._anywhere(node, field)

    def _within(self, node: Any, depth: int) -> Query:
        name = node.name.removeprefix("nested_")
        if name not in NESTED:
            raise BadContent(f'There is no nested object "{name}".')
        return Within(name, self.read(node.expr, "", depth))

    def _field(self, node: Any, field: str, depth: int) -> Query:
        name = unescaped(node.name)
        if name == "_exists_":
            return Holds(unescaped(str(node.expr).strip().strip('"')))
        return self.read(node.expr, f"{field}.{name}" if field else name, depth)

    def _spaced(self, children: Any, field: str, depth: int) -> Query:
        """Terms with spaces between: any of them may match, but for those with a plus or a minus."""
        must, never, may = list[Query](), list[Query](), list[Query]()
        for child in children:
            query = self.read(child, field, depth)
            if isinstance(child, tree.Not | tree.Prohibit):
                never.append(query)
            else:
                (must if self._every or isinstance(child, tree.Plus) else may).append(query)
        if may and not must:
            must.append(Some(tuple(may)) if len(may) > 1 else may[0])
        parts = (*must, *never)
        return parts[0] if len(parts) == 1 else All(parts)

    def _anywhere(self, node: Any, field: str) -> Query:
        """One leaf, in its field or in each of those that are searched without one."""
        parts = tuple(self._leaf(node, name) for name in ((field,) if field else self._fields))
        return parts[0] if len(parts) == 1 else Some(parts)

    def _leaf(self, node: Any, field: str) -> Query:
        match node:
            case tree.Range():
                return Range(field, _word(node.low), _word(node.high), node.include_low, node.include_high, self._zone)
            case tree.From():
                return Range(field, _word(node.a), "*", node.include, True, self._zone)
            case tree.To():
                return Range(field, "*", _word(node.a), True, node.include, self._zone)
            case tree.Phrase():
                return Term(field, unescaped(node.value[1:-1]), True)
            case tree.Fuzzy():
                return Near(field, unescaped(str(node.term).strip()), min(int(node.degree), 2))
            case tree.Proximity():
                return Near(field, unescaped(str(node.term).strip()[1:-1]), int(node.degree), True)
            case tree.Word():
                return word_query(field, node.value)
        raise BadContent(f"Unsupported part of a query: {str(node)[:80]}")


def word_query(field: str, value: str) -> Query:
    """A word, in which `*` and `?` are wildcards unless a backslash stands before them. Raises BadContent."""
    if value == "*":
        return Holds(field) if field else All()
    parts, wild = [], 0
    for match in re.finditer(r"\\(.)|([*?])|(.)", value, re.DOTALL):
        escaped, star, plain = match.groups()
        wild += star is not None
        parts.append(star or (f"[{escaped or plain}]" if (escaped or plain) in "*?[" else escaped or plain))
    if not wild:
        return Term(field, unescaped(value))
    if wild > MOST_WILD or len(value) > 500:
        raise BadContent("The query has too many wildcards.")
    return Pattern(field, "".join(parts))


def _word(node: Any) -> str:
    text = str(node).strip()
    return unescaped(text[1:-1] if text.startswith('"') else text)


def unescaped(text: str) -> str:
    """The text without the backslashes that protect characters."""
    return re.sub(r"\\(.)", r"\1", text)
