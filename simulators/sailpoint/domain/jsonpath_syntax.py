"""The syntax of JSONPath as the vendor's event filters and workflows write it, read into a tree.

https://developer.sailpoint.com/docs/extensibility/event-triggers/filtering-events (Jayway JSONPath)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from simulators.sailpoint.domain.jsonpath_tree import Compare, Condition, Literal, Logic, Path, Step

MOST_TEXT, MOST_DEPTH = 4000, 30
COMPARISONS = ("==", "!=", ">=", "<=", "=~", ">", "<")
WORDS = ("in", "nin", "subsetof", "anyof", "noneof", "size", "empty", "contains")
FUNCTIONS = frozenset({"length", "size", "concat", "min", "max", "avg", "sum", "keys", "first", "last"})

_NAME = re.compile(r"[A-Za-z_$][\w$-]*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
_INTEGER = re.compile(r"-?\d{1,9}")
_SCRIPT = re.compile(r"\(\s*@\.length(?:\(\))?\s*-\s*(\d{1,9})\s*\)")
_WORD = re.compile(r"[a-z]+")
_KEYWORDS = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=4096)
def parsed(text: str) -> Path:
    """The tree of a path. Raises ValueError for what is none.

    >>> parsed("$.changes[0].attribute").definite, parsed("$..id").definite
    (True, False)
    """
    if len(text) > MOST_TEXT:
        raise ValueError("the path is too long")
    reader = _Reader(text.strip())
    path = reader.path()
    if reader.at < len(reader.text):
        raise reader.wrong()
    return path


class _Reader:
    """Recursive descent over the text."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    def wrong(self) -> ValueError:
        return ValueError(f"bad path {self.text!r} at {self.text[self.at :]!r}")

    def skip(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def ahead(self, word: str) -> bool:
        return self.text.startswith(word, self.at)

    def took(self, word: str) -> bool:
        self.skip()
        if self.ahead(word):
            self.at += len(word)
            return True
        return False

    def need(self, word: str) -> None:
        if not self.took(word):
            raise self.wrong()

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def path(self) -> Path:
        """A path, up to the first character that continues none."""
        if not (self.ahead("$") or self.ahead("@")):
            raise self.wrong()
        root, steps = self.text[self.at], []
        self.at += 1
        while self.ahead(".") or self.ahead("["):
            steps.append(self.step())
        return Path(root, tuple(steps))

    def step(self) -> Step:
        deep = self.ahead("..")
        if deep:
            self.at += 2
        elif self.ahead("."):
            self.at += 1
        if self.ahead("["):
            return self.bracket(deep)
        if self.ahead("*"):
            self.at += 1
            return Step("wild", None, deep)
        name = self.match(_NAME)
        if name is None:
            raise self.wrong()
        if self.ahead("("):
            return self.call(name[0])
        return Step("names", (name[0],), deep)

    def call(self, name: str) -> Step:
        if name not in FUNCTIONS:
            raise self.wrong()
        self.need("(")
        arguments: list[Any] = []
        while not self.took(")"):
            if arguments:
                self.need(",")
            arguments.append(self.operand())
        return Step("call", (name, tuple(arguments)))

    def bracket(self, deep: bool) -> Step:
        self.need("[")
        if self.took("*"):
            step = Step("wild", None, deep)
        elif self.took("?"):
            self.need("(")
            step = Step("filter", self.either(), deep)
            self.need(")")
        elif (script := self.match(_SCRIPT)) is not None:
            step = Step("end", int(script[1]), deep)
        elif self.ahead("'") or self.ahead('"'):
            step = Step("names", tuple(self.several(self.quoted)), deep)
        else:
            step = self.positions(deep)
        self.need("]")
        return step

    def several(self, one: Any) -> list[Any]:
        found = [one()]
        while self.took(","):
            self.skip()
            found.append(one())
        return found

    def positions(self, deep: bool) -> Step:
        first = self.integer()
        if not self.ahead(":"):
            if first is None:
                raise self.wrong()
            rest = self.several(self.integer)[1:] if self.ahead(",") else []
            if None in rest:
                raise self.wrong()
            return Step("indexes", (first, *rest), deep)
        bounds: list[int | None] = [first]
        while len(bounds) < 3 and self.took(":"):
            bounds.append(self.integer())
        if len(bounds) == 3 and bounds[2] is not None and bounds[2] <= 0:
            raise self.wrong()
        return Step("slice", (*bounds, None, None)[:3], deep)

    def integer(self) -> int | None:
        self.skip()
        found = self.match(_INTEGER)
        self.skip()
        return int(found[0]) if found is not None else None

    def quoted(self) -> str:
        mark, found = self.text[self.at : self.at + 1], []
        if mark not in ("'", '"') or not mark:
            raise self.wrong()
        self.at += 1
        while (letter := self.text[self.at : self.at + 1]) != mark:
            if not letter:
                raise self.wrong()
            if letter == "\\":
                self.at += 1
                letter = self.text[self.at : self.at + 1]
            found.append(letter)
            self.at += 1
        self.at += 1
        return "".join(found)

    def either(self) -> Condition:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ValueError("the filter is too deep")
        parts = [self.both()]
        while self.took("||"):
            parts.append(self.both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Logic("or", tuple(parts))

    def both(self) -> Condition:
        parts = [self.one()]
        while self.took("&&"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def one(self) -> Condition:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ValueError("the filter is too deep")
        try:
            self.skip()
            if self.ahead("!") and not self.ahead("!="):
                self.at += 1
                return Logic("not", (self.one(),))
            if self.took("("):
                found = self.either()
                self.need(")")
                return found
            return self.test()
        finally:
            self.depth -= 1

    def test(self) -> Compare:
        left = self.operand()
        self.skip()
        for operator in COMPARISONS:
            if self.took(operator):
                return Compare(operator, left, self.pattern() if operator == "=~" else self.operand())
        word = _WORD.match(self.text, self.at)
        if word is not None and word[0] in WORDS:
            self.at = word.end()
            return Compare(word[0], left, self.operand())
        if isinstance(left, Literal):
            raise self.wrong()
        return Compare("exists", left)

    def operand(self) -> Path | Literal:
        self.skip()
        if self.ahead("$") or self.ahead("@"):
            return self.path()
        if self.ahead("'") or self.ahead('"'):
            return Literal(self.quoted())
        if self.took("["):
            items: list[Any] = []
            while not self.took("]"):
                if items:
                    self.need(",")
                item = self.operand()
                if not isinstance(item, Literal):
                    raise self.wrong()
                items.append(item.value)
            return Literal(items)
        if (number := self.match(_NUMBER)) is not None:
            return Literal(float(number[0]) if number[1] or number[2] else int(number[0]))
        word = self.match(_WORD)
        if word is None or word[0] not in _KEYWORDS:
            raise self.wrong()
        return Literal(_KEYWORDS[word[0]])

    def pattern(self) -> Literal:
        """A regular expression, as the text its matcher reads: `(?i)` in front of one that ignores case."""
        self.need("/")
        start = self.at
        while self.ahead("\\") or (self.at < len(self.text) and not self.ahead("/")):
            self.at += 2 if self.ahead("\\") else 1
        text = self.text[start : self.at].replace("\\/", "/")
        self.need("/")
        flags = self.match(_WORD)
        return Literal(f"(?i){text}" if flags is not None and "i" in flags[0] else text)
