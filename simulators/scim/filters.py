"""SCIM filters (RFC 7644, section 3.4.2.2): text to a small tree, and the tree against a resource."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from simulators.scim.errors import invalid

_TOKEN = re.compile(r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[()\[\]])|(?P<word>[^\s()\[\]"]+))""")
_CASE_EXACT = frozenset({"id", "externalid", "value", "$ref"})


@dataclass(frozen=True)
class Compare:
    """`path op value`; `pr` has no value."""

    path: tuple[str, ...]
    op: str
    value: Any = None


@dataclass(frozen=True)
class Within:
    """`path[filter]`: one value of the list meets the filter."""

    path: tuple[str, ...]
    inner: Node


@dataclass(frozen=True)
class Every:
    """All terms hold (`and`)."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Some:
    """At least one term holds (`or`)."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Negation:
    """The term does not hold (`not`)."""

    term: Node


Node = Compare | Within | Every | Some | Negation

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda seen, wanted: bool(seen == wanted),
    "ne": lambda seen, wanted: bool(seen != wanted),
    "co": lambda seen, wanted: wanted in seen,
    "sw": lambda seen, wanted: seen.startswith(wanted),
    "ew": lambda seen, wanted: seen.endswith(wanted),
    "gt": lambda seen, wanted: bool(seen > wanted),
    "ge": lambda seen, wanted: bool(seen >= wanted),
    "lt": lambda seen, wanted: bool(seen < wanted),
    "le": lambda seen, wanted: bool(seen <= wanted),
}


def parse_filter(text: str) -> Node:
    """The tree of a filter. Raises the 400 `invalidFilter`.

    >>> parse_filter('userName eq "ada"')
    Compare(path=('userName',), op='eq', value='ada')
    """
    reader = _Reader(text)
    node = reader.either()
    if reader.peek() is not None:
        raise reader.bad()
    return node


def parse_path(name: str) -> tuple[str, ...]:
    """An attribute path in its parts; a schema URN in front stays one part.

    >>> parse_path("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName")
    ('urn:ietf:params:scim:schemas:core:2.0:User', 'name', 'givenName')
    """
    urn, colon, rest = name.rpartition(":")
    return ((urn,) if colon else ()) + tuple(rest.split("."))


def matches(node: Node, resource: dict[str, Any]) -> bool:
    """Whether a resource meets the filter."""
    match node:
        case Every(terms):
            return all(matches(term, resource) for term in terms)
        case Some(terms):
            return any(matches(term, resource) for term in terms)
        case Negation(term):
            return not matches(term, resource)
        case Within(path, inner):
            return any(isinstance(value, dict) and matches(inner, value) for value in values_at(resource, path))
        case Compare(path, "pr", _):
            return any(value not in (None, "", [], {}) for value in values_at(resource, path))
        case Compare(path, op, wanted):
            seen = [value.get("value") if isinstance(value, dict) else value for value in values_at(resource, path)]
            if wanted is None or op == "ne":
                return (wanted in seen or (wanted is None and not seen)) == (op == "eq")
            return any(_compare(path[-1], op, value, wanted) for value in seen)
    raise TypeError(node)


def values_at(resource: dict[str, Any], path: tuple[str, ...]) -> Iterator[Any]:
    """The values a path leads to; lists on the way count value by value."""
    if path[0].lower().endswith((":user", ":group")) and path[0] not in resource:
        path = path[1:]
    for name, value in resource.items():
        if name.lower() != path[0].lower():
            continue
        for item in value if isinstance(value, list) else [value]:
            if len(path) == 1:
                yield item
            elif isinstance(item, dict):
                yield from values_at(item, path[1:])


def _compare(name: str, op: str, seen: Any, wanted: Any) -> bool:
    if type(seen) is not type(wanted):
        return False
    if isinstance(seen, str):
        if name.lower() not in _CASE_EXACT:
            seen, wanted = seen.lower(), wanted.lower()
    elif op not in ("eq", "ne"):
        raise invalid(f"operator {op} does not apply to {name}", "invalidFilter")
    return _OPERATORS[op](seen, wanted)


class _Reader:
    """Recursive descent over the tokens: or, and, not, brackets, comparison."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self.bad()
            self._tokens.append(found.group(found.lastgroup or 0))
            at = found.end()
        self._at = 0

    def bad(self) -> Exception:
        return invalid(f"the filter {self._text!r} is not valid", "invalidFilter")

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self, wanted: str | None = None) -> str:
        token = self.peek()
        if token is None or (wanted is not None and token != wanted):
            raise self.bad()
        self._at += 1
        return token

    def either(self) -> Node:
        terms = [self.both()]
        while (self.peek() or "").lower() == "or":
            self.take()
            terms.append(self.both())
        return terms[0] if len(terms) == 1 else Some(tuple(terms))

    def both(self) -> Node:
        terms = [self.term()]
        while (self.peek() or "").lower() == "and":
            self.take()
            terms.append(self.term())
        return terms[0] if len(terms) == 1 else Every(tuple(terms))

    def term(self) -> Node:
        token = self.take()
        if token.lower() == "not":
            self.take("(")
            inner = self.either()
            self.take(")")
            return Negation(inner)
        if token == "(":
            inner = self.either()
            self.take(")")
            return inner
        if token[0] in '"()[]':
            raise self.bad()
        path = parse_path(token)
        if self.peek() == "[":
            self.take()
            inner = self.either()
            self.take("]")
            return Within(path, inner)
        op = self.take().lower()
        if op == "pr":
            return Compare(path, op)
        if op not in _OPERATORS:
            raise self.bad()
        try:
            return Compare(path, op, json.loads(self.take()))
        except ValueError:
            raise self.bad() from None
