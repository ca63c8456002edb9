"""Regular expressions matched in time that grows with the text only: whoever writes one cannot stall the org.

The usual syntax without look-around and back-references: literals, `.`, classes, `\\d`, groups, `|`, `* + ? {m,n}`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

Test = Callable[[str], bool]
MOST_TEXT, MOST_STATES, MOST_DEPTH = 250, 2000, 30
_CLASSES: dict[str, Test] = {
    "d": str.isdigit,
    "w": lambda character: character.isalnum() or character == "_",
    "s": str.isspace,
    "D": lambda character: not character.isdigit(),
    "W": lambda character: not (character.isalnum() or character == "_"),
    "S": lambda character: not character.isspace(),
}
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


class BadPattern(ValueError):
    """A pattern that cannot be read, or is too large."""


class Pattern:
    """A machine of states. `tests[s]` must hold to leave `s` for `ends[s][0]`; a state without a test leaves freely."""

    def __init__(self) -> None:
        self.tests: list[Test | None] = []
        self.ends: list[list[int]] = []
        self.start = self.final = 0

    def state(self, test: Test | None, *ends: int) -> int:
        """A new state. Raises BadPattern for one too many."""
        if len(self.tests) >= MOST_STATES:
            raise BadPattern("too large")
        self.tests.append(test)
        self.ends.append(list(ends))
        return len(self.tests) - 1

    def fits(self, text: str) -> bool:
        """Whether the pattern describes all of the text.

        >>> compiled("a+(b|c)?").fits("aab"), compiled("(a*)*b").fits("a" * 200)
        (True, False)
        """
        held = self._free({self.start})
        for character in text:
            moved = {self.ends[state][0] for state in held if (test := self.tests[state]) and test(character)}
            if not moved:
                return False
            held = self._free(moved)
        return self.final in held

    def _free(self, states: set[int]) -> set[int]:
        found, todo = set(states), list(states)
        while todo:
            state = todo.pop()
            if self.tests[state] is None:
                for end in self.ends[state]:
                    if end not in found:
                        found.add(end)
                        todo.append(end)
        return found


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """The machine of a pattern. Raises BadPattern."""
    if len(text) > MOST_TEXT:
        raise BadPattern("too long")
    return _Reader(text).whole()


class _Reader:
    """Recursive descent; each part answers where it begins and ends."""

    def __init__(self, text: str) -> None:
        self.fold = text.startswith("(?i)")
        self.text = text[4:] if self.fold else text
        self.at = self.depth = 0
        self.pattern = Pattern()

    def whole(self) -> Pattern:
        start, end = self._either()
        if self.at < len(self.text):
            raise BadPattern("unbalanced")
        self.pattern.start, self.pattern.final = start, end
        return self.pattern

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise BadPattern("ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _either(self) -> tuple[int, int]:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise BadPattern("too deep")
        parts = [self._sequence()]
        while self._peek() == "|":
            self._take()
            parts.append(self._sequence())
        self.depth -= 1
        if len(parts) == 1:
            return parts[0]
        end = self.pattern.state(None)
        for _, last in parts:
            self.pattern.ends[last].append(end)
        return self.pattern.state(None, *(first for first, _ in parts)), end

    def _sequence(self) -> tuple[int, int]:
        start = end = self.pattern.state(None)
        while self._peek() not in ("", "|", ")"):
            first, last = self._repeated()
            self.pattern.ends[end].append(first)
            end = last
        return start, end

    def _repeated(self) -> tuple[int, int]:
        begin = self.at
        part = self._one()
        least, most = self._count()
        if (least, most) == (1, 1):
            return part
        after = self.at
        start = end = self.pattern.state(None)
        copies = max(least, 1) if most is None else most
        for number in range(copies):
            self.at = begin
            first, last = self._one()
            self.pattern.ends[end].append(first)
            skip = self.pattern.state(None)
            self.pattern.ends[last].append(skip)
            if number >= least:
                self.pattern.ends[end].append(skip)
            if most is None and number == copies - 1:
                self.pattern.ends[skip].append(first)
            end = skip
        self.at = after
        return start, end

    def _count(self) -> tuple[int, int | None]:
        mark = self._peek()
        counts: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if mark in counts and mark:
            self._take()
            found = counts[mark]
        elif mark == "{":
            close = self.text.find("}", self.at)
            least, comma, most = self.text[self.at + 1 : close].partition(",")
            if close < 0 or not least.isdigit() or (most and not most.isdigit()) or len(least + most) > 6:
                raise BadPattern("bad count")
            self.at = close + 1
            found = (int(least), (int(most) if most else None) if comma else int(least))
            if max(found[0], found[1] or 0) > 200 or (found[1] is not None and found[1] < found[0]):
                raise BadPattern("bad count")
        else:
            return 1, 1
        if self._peek() in ("?", "+"):  # lazy and possessive ones describe the same texts here
            self._take()
        return found

    def _one(self) -> tuple[int, int]:
        mark = self._take()
        if mark == "(":
            if self._peek() == "?":
                if self.text[self.at : self.at + 2] != "?:":
                    raise BadPattern("not supported")
                self.at += 2
            part = self._either()
            if self._take() != ")":
                raise BadPattern("unbalanced")
            return part
        if mark in "*+?{":
            raise BadPattern("nothing to repeat")
        if mark in "^$":  # the whole text is described anyway
            free = self.pattern.state(None)
            return free, free
        test = self._class() if mark == "[" else self._test(mark)
        end = self.pattern.state(None)
        return self.pattern.state(test, end), end

    def _test(self, mark: str) -> Test:
        if mark == ".":
            return lambda character: character != "\n"
        if mark == "\\":
            mark = self._take()
            if mark in _CLASSES:
                return _CLASSES[mark]
            if mark.isalnum() and mark not in _PLAIN:
                raise BadPattern("not supported")
            mark = _PLAIN.get(mark, mark)
        return self._letter(mark)

    def _letter(self, letter: str) -> Test:
        if self.fold:
            folded = letter.casefold()
            return lambda character: character.casefold() == folded
        return lambda character: character == letter

    def _class(self) -> Test:
        negated = self._peek() == "^"
        if negated:
            self._take()
        tests: list[Test] = []
        while not (self._peek() == "]" and tests):
            mark = self._take()
            if mark != "\\" and self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self._take()
                tests.append(self._range(mark, self._take()))
            else:
                tests.append(self._test(mark) if mark == "\\" else self._letter(mark))
        self._take()
        return lambda character: any(test(character) for test in tests) is not negated

    def _range(self, low: str, high: str) -> Test:
        if high == "\\" or low > high:
            raise BadPattern("bad range")
        if self.fold:
            return lambda character: low <= character.lower() <= high or low <= character.upper() <= high
        return lambda character: low <= character <= high
