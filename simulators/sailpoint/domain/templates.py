"""The part of Velocity that static transforms use: variables with a few methods of texts, `#if` and `#set`.

https://velocity.apache.org/engine/1.7/user-guide.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from simulators.sailpoint.domain.regexes import replaced

Variable = Callable[[str], Any]
MOST = 10_000
_METHODS: dict[str, Callable[..., Any]] = {
    "toLowerCase": lambda text: text.lower(),
    "toUpperCase": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "length": lambda text: len(text),
    "isEmpty": lambda text: text == "",
    "equals": lambda text, other: text == other,
    "equalsIgnoreCase": lambda text, other: text.lower() == str(other).lower(),
    "contains": lambda text, part: str(part) in text,
    "startsWith": lambda text, part: text.startswith(str(part)),
    "endsWith": lambda text, part: text.endswith(str(part)),
    "indexOf": lambda text, part: text.find(str(part)),
    "substring": lambda text, begin, end=None: text[int(begin) : None if end is None else int(end)],
    "concat": lambda text, other: text + str(other),
    "replace": lambda text, old, new: text.replace(str(old), str(new)),
    "replaceAll": lambda text, pattern, new: replaced(text, str(pattern), str(new)),
}
_LEXEME = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<number>\d{1,9})|\$!?\{?(?P<name>[A-Za-z_]\w*)\}?"""
    r"""|(?P<word>true|false|null|and|or|not|eq|ne)\b|(?P<method>\.[A-Za-z]+)|(?P<sign>==|!=|&&|\|\||<=|>=|[!<>(),+]))"""
)
_PIECE = re.compile(
    r"#\{?(?P<order>if|elseif|set)\}?\s*\(|#\{?(?P<mark>else|end)\}?|\$!?\{(?P<braced>[A-Za-z_]\w*)\}|\$!?(?P<name>[A-Za-z_]\w*)"
)
_WORDS = {"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!="}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda one, two: _like(one) == _like(two),
    "!=": lambda one, two: _like(one) != _like(two),
    "<": lambda one, two: one < two,
    ">": lambda one, two: one > two,
    "<=": lambda one, two: one <= two,
    ">=": lambda one, two: one >= two,
}


def _like(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else str(value)


def filled(template: str, variable: Variable) -> str:
    """The text of a template; `variable` answers a name's value, or raises KeyError for one that is not defined.

    A variable that is not defined, or null, stays as it is written. Raises ValueError for what cannot be read.

    >>> filled("#if($kind=='Employee')Full-Time#{else}Contingent#end $kind.toLowerCase()", {"kind": "X"}.__getitem__)
    'Contingent x'
    """
    if len(template) > MOST:
        raise ValueError("the template is too long")
    reader = _Reader(template, variable)
    text, mark = reader.block(True, 0)
    if mark:
        raise ValueError(f"#{mark} without #if")
    return text


class _Reader:
    """Reads and evaluates in one pass; what is not taken is read over without being evaluated."""

    def __init__(self, template: str, variable: Variable) -> None:
        self._text, self._variable, self._at, self._size = template, variable, 0, 0
        self._set: dict[str, Any] = {}

    def block(self, taken: bool, depth: int) -> tuple[str, str]:
        """Text up to the mark that ends the block: else, elseif, end, or nothing at the end of the template."""
        if depth > 20:
            raise ValueError("too many #if within each other")
        parts: list[str] = []
        while (match := _PIECE.search(self._text, self._at)) is not None:
            parts.append(self._text[self._at : match.start()])
            self._at = match.end()
            if match["mark"] or match["order"] == "elseif":
                return self._ended(parts, match["mark"] or "elseif")
            if match["order"] == "if":
                parts.append(self._choice(taken, depth))
            elif match["order"] == "set":
                self._assign(taken)
            else:
                parts.append(self._shown(match, taken))
        parts.append(self._text[self._at :])
        self._at = len(self._text)
        return self._ended(parts, "")

    def _ended(self, parts: list[str], mark: str) -> tuple[str, str]:
        text = "".join(parts)
        self._size += len(text)
        if self._size > 20 * MOST:
            raise ValueError("the text is too long")
        return text, mark

    def _choice(self, taken: bool, depth: int) -> str:
        holds = _truth(self._condition())
        chosen, done = "", False
        while True:
            now = taken and holds and not done
            text, mark = self.block(now, depth + 1)
            if now:
                chosen, done = text, True
            if mark == "end":
                return chosen
            if not mark:
                raise ValueError("#if without #end")
            holds = _truth(self._condition()) if mark == "elseif" else True

    def _condition(self) -> Any:
        expression = self._enclosed()
        return _Expression(expression, self._value).whole()

    def _assign(self, taken: bool) -> None:
        match = re.fullmatch(r"\s*\$!?\{?(\w+)\}?\s*=(.*)", self._enclosed(), re.DOTALL)
        if match is None:
            raise ValueError("#set wants $name = value")
        if taken:
            self._set[match[1]] = _Expression(match[2], self._value).whole()

    def _enclosed(self) -> str:
        """What stands up to the bracket that closes the one just read."""
        depth, start, quote = 1, self._at, ""
        for place in range(start, len(self._text)):
            sign = self._text[place]
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "'\"":
                quote = sign
            elif sign in "()":
                depth += 1 if sign == "(" else -1
                if depth == 0:
                    self._at = place + 1
                    return self._text[start:place]
        raise ValueError("a bracket is not closed")

    def _value(self, name: str) -> Any:
        if name in self._set:
            return self._set[name]
        try:
            return self._variable(name)
        except KeyError:
            return None

    def _shown(self, match: re.Match[str], taken: bool) -> str:
        value = self._value(match["braced"] or match["name"]) if taken else None
        while (call := re.match(r"\.([A-Za-z]+)\(", self._text[self._at : self._at + 40])) and call[1] in _METHODS:
            self._at += call.end()
            arguments = self._enclosed()
            if taken and value is not None:
                value = _Expression(f"x({arguments})", self._value).called(value, call[1])
        return ("" if match[0].startswith("$!") else match[0]) if value is None else _spelt(value)


def _spelt(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text) > MOST:
        raise ValueError("the text is too long")
    return text


def _truth(value: Any) -> bool:
    return value is not None and value is not False


@lru_cache(maxsize=1024)
def _lexemes(expression: str) -> tuple[tuple[str, str], ...]:
    found, place, text = [], 0, expression.rstrip()
    while place < len(text):
        match = _LEXEME.match(text, place)
        if match is None or not match.lastgroup:
            raise ValueError(f"the expression {expression!r} cannot be read")
        word = match[match.lastgroup]
        found.append(("sign", _WORDS[word]) if word in _WORDS else (match.lastgroup, word))
        place = match.end()
    return tuple(found)


class _Expression:
    """Recursive descent over one condition: or, and, comparison, not, brackets, texts, numbers, variables."""

    def __init__(self, expression: str, value: Callable[[str], Any]) -> None:
        if expression.startswith("x("):
            expression = expression[1:]
        if expression.count("(") > 50 or expression.count("!") > 50:
            raise ValueError("the expression is too deep")
        self._lexemes, self._place, self._value = _lexemes(expression), 0, value

    def whole(self) -> Any:
        """The value of everything. Raises ValueError for what is left over."""
        value = self._either()
        if self._place != len(self._lexemes):
            raise ValueError("the expression goes on behind its end")
        return value

    def called(self, text: Any, method: str) -> Any:
        """What a method answers, its arguments being what the expression encloses."""
        return _call(method, text, self._arguments())

    def _sign(self, *signs: str) -> str:
        if self._place < len(self._lexemes):
            kind, word = self._lexemes[self._place]
            if kind == "sign" and word in signs:
                self._place += 1
                return word
        return ""

    def _either(self) -> Any:
        value = self._both()
        while self._sign("||"):
            other = self._both()
            value = _truth(value) or _truth(other)
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._sign("&&"):
            other = self._compared()
            value = _truth(value) and _truth(other)
        return value

    def _compared(self) -> Any:
        value = self._plain()
        if sign := self._sign(*_COMPARE):
            try:
                return _COMPARE[sign](value, self._plain())
            except TypeError as error:
                raise ValueError(f"{sign} cannot compare these") from error
        return value

    def _plain(self) -> Any:
        if self._sign("!"):
            return not _truth(self._plain())
        if self._sign("("):
            value = self._either()
            if not self._sign(")"):
                raise ValueError("a bracket is not closed")
            return value
        if self._place >= len(self._lexemes):
            raise ValueError("the expression ends too early")
        kind, word = self._lexemes[self._place]
        self._place += 1
        if kind == "text":
            return word[1:-1]
        if kind == "number":
            return int(word)
        if kind == "word":
            return {"true": True, "false": False}.get(word)
        if kind != "name":
            raise ValueError(f"unexpected {word!r}")
        return self._methods(self._value(word))

    def _methods(self, value: Any) -> Any:
        while self._place < len(self._lexemes) and self._lexemes[self._place][0] == "method":
            method = self._lexemes[self._place][1][1:]
            self._place += 1
            arguments = self._arguments()
            value = None if value is None else _call(method, value, arguments)
        return value

    def _arguments(self) -> list[Any]:
        if not self._sign("("):
            raise ValueError("a method wants brackets")
        found: list[Any] = []
        while not self._sign(")"):
            found.append(self._either())
            if not self._sign(",") and self._lexemes[self._place : self._place + 1] != (("sign", ")"),):
                raise ValueError("a bracket is not closed")
        return found


def _call(method: str, value: Any, arguments: list[Any]) -> Any:
    if method not in _METHODS:
        raise ValueError(f"the method {method!r} is not known")
    try:
        return _METHODS[method](str(value), *arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{method}: {error}") from error
