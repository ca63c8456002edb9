"""The expression language of token claims: values by name, texts, comparisons, a choice, calls.

https://developer.okta.com/docs/reference/okta-expression-language/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from simulators.okta.domain.functions import FUNCTIONS

_WORD = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)|(?P<sign>\?:|==|!=|>=|<=|&&|\|\||[-+?:!<>(),{}]))"""
)
_WORDS = {"AND": "&&", "and": "&&", "OR": "||", "or": "||", "NOT": "!", "not": "!", "eq": "==", "ne": "!="}
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_LEVELS = (("||",), ("&&",), ("==", "!="), (">", "<", ">=", "<="), ("+", "-"))
Context = Mapping[str, Any]
Tree = Callable[[Context], Any]


class ClaimSyntaxError(ValueError):
    """An expression that cannot be read."""


def evaluate_claim(text: str, context: Context) -> Any:
    """The value of an expression; None where it has none. `context` holds values and functions by dotted name.

    >>> who = {"user": {"login": "ann@example.com"}, "appuser": None}
    >>> evaluate_claim('appuser != null ? appuser.userName : "x-" + user.login', who)
    'x-ann@example.com'
    """
    return parse_claim(text)(context)


@lru_cache(maxsize=512)
def parse_claim(text: str) -> Tree:
    """An expression ready to be asked. Raises ClaimSyntaxError."""
    reader = _Reader(text)
    tree = reader.choice()
    if reader.sign is not None or reader.kind:
        raise ClaimSyntaxError(text)
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.kind = self.word = ""
        self.sign: str | None = None
        self.step()

    def step(self) -> None:
        rest = self.text[self.place :]
        if not rest.strip():
            self.kind, self.word, self.sign = "", "", None
            return
        found = _WORD.match(rest)
        if found is None or found.lastgroup is None:
            raise ClaimSyntaxError(self.text)
        self.place += found.end()
        self.kind, self.word = found.lastgroup, found[found.lastgroup]
        if self.kind == "name" and self.word in _WORDS:
            self.kind, self.word = "sign", _WORDS[self.word]
        self.sign = self.word if self.kind == "sign" else None

    def take(self, sign: str) -> bool:
        if self.sign != sign:
            return False
        self.step()
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise ClaimSyntaxError(self.text)

    def choice(self) -> Tree:
        test = self.level(0)
        if self.take("?:"):
            other = self.choice()
            return lambda c: value if (value := test(c)) else other(c)
        if not self.take("?"):
            return test
        yes = self.choice()
        self.need(":")
        no = self.choice()
        return lambda c: yes(c) if test(c) else no(c)

    def level(self, number: int) -> Tree:
        if number == len(_LEVELS):
            return self.unary()
        left = self.level(number + 1)
        while self.sign in _LEVELS[number]:
            sign = str(self.sign)
            self.step()
            left = _joined(sign, left, self.level(number + 1))
        return left

    def unary(self) -> Tree:
        if self.take("!"):
            operand = self.unary()
            return lambda c: not operand(c)
        if self.take("("):
            inside = self.choice()
            self.need(")")
            return inside
        if self.take("{"):
            parts = self.listed("}")
            return lambda c: [part(c) for part in parts]
        kind, word = self.kind, self.word
        if kind not in ("number", "text", "name"):
            raise ClaimSyntaxError(self.text)
        self.step()
        if kind == "number":
            number = float(word) if "." in word else int(word)
            return lambda c: number
        if kind == "text":
            text = re.sub(r"\\(.)", r"\1", word[1:-1])
            return lambda c: text
        if word in _CONSTANTS:
            return lambda c: _CONSTANTS[word]
        if self.take("("):
            return _call(word, self.listed(")"), self.text)
        return lambda c: _value(c, word)

    def listed(self, end: str) -> list[Tree]:
        parts: list[Tree] = []
        while not self.take(end):
            if parts:
                self.need(",")
            parts.append(self.choice())
        return parts


def _value(context: Context, name: str) -> Any:
    value: Any = context
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return None if callable(value) else value


def _call(name: str, arguments: list[Tree], text: str) -> Tree:
    known = FUNCTIONS.get(name)
    if known is not None and not known.takes(len(arguments)):
        raise ClaimSyntaxError(text)

    def call(context: Context) -> Any:
        function: Any = known.run if known is not None else None
        if function is None:
            function = context
            for part in name.split("."):
                function = function.get(part) if isinstance(function, Mapping) else None
        values = [argument(context) for argument in arguments]
        try:
            return function(*values) if callable(function) else None
        except (TypeError, AttributeError, ValueError, IndexError, re.error):
            return None  # a value the function cannot take: the claim has none

    return call


def _joined(sign: str, left: Tree, right: Tree) -> Tree:
    if sign == "&&":
        return lambda c: bool(left(c)) and bool(right(c))
    if sign == "||":
        return lambda c: bool(left(c)) or bool(right(c))
    operate = _OPERATORS[sign]
    return lambda c: operate(left(c), right(c))


def _sum(left: Any, right: Any) -> Any:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left + right
    return f"{'' if left is None else left}{'' if right is None else right}"


def _numbers(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def operate(left: Any, right: Any) -> Any:
        try:
            return compare(left, right)
        except TypeError:
            return None

    return operate


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _sum,
    "-": _numbers(lambda left, right: left - right),
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": _numbers(lambda left, right: left > right),
    "<": _numbers(lambda left, right: left < right),
    ">=": _numbers(lambda left, right: left >= right),
    "<=": _numbers(lambda left, right: left <= right),
}
