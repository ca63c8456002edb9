"""JSONPath asked of documents: what a path names, and whether an event filter lets a payload through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulators.kernel.patterns import BadPattern, compiled
from simulators.sailpoint.domain.jsonpath_syntax import parsed
from simulators.sailpoint.domain.jsonpath_tree import Compare, Condition, Literal, Logic, Path, Step

# How many values one question may look at: whoever writes a path cannot stall the tenant.
MOST_VALUES = 100_000


class _Nothing:
    """What a path names that leads nowhere."""


NOTHING = _Nothing()


def select(text: str, document: Any) -> Any:
    """What a path names: a value or None, or a list where it may lead to several. Raises ValueError for a bad path.

    >>> select('$.changes[?(@.attribute == "a")].newValue', {"changes": [{"attribute": "a", "newValue": 1}]})
    [1]
    >>> select("$.changes.length()", {"changes": [1, 2]}), select("$..id", {"a": {"id": 1}, "id": 2})
    (2, [2, 1])
    """
    path = parsed(text)
    found = _Question(document).found(path, document)
    if path.definite:
        return found[0] if found else None
    return found


def leads_anywhere(text: str, document: Any) -> bool:
    """Whether a path finds something at all. Raises ValueError for a bad path."""
    return bool(_Question(document).found(parsed(text), document))


def fires(expression: str, document: Any) -> bool:
    """Whether a trigger's filter lets a payload through: its path finds something. Raises ValueError for a bad one."""
    return not expression or select(expression, document) not in (None, [], "", False)


def check(text: str) -> None:
    """Raise ValueError for a path that cannot be read, its regular expressions included."""
    for literal in _patterns(parsed(text).steps):
        try:
            compiled(literal)
        except BadPattern as error:
            raise ValueError(f"bad regular expression: {error}") from error


def _patterns(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Step) and part.kind == "filter":
            yield from _patterns([part.value])
        elif isinstance(part, Logic):
            yield from _patterns(part.parts)
        elif isinstance(part, Compare):
            if part.operator == "=~" and isinstance(part.right, Literal):
                yield str(part.right.value)
            yield from _patterns(side for side in (part.left, part.right) if isinstance(side, Path))
        elif isinstance(part, Path):
            yield from _patterns(part.steps)


class _Question:
    """One question to one document, and how many values it may still look at."""

    def __init__(self, root: Any) -> None:
        self.root, self.left = root, MOST_VALUES

    def spend(self, values: int) -> None:
        self.left -= values
        if self.left < 0:
            raise ValueError("the path looks at too many values")

    def found(self, path: Path, current: Any) -> list[Any]:
        """The values a path leads to."""
        values = [self.root if path.root == "$" else current]
        several = False
        for step in path.steps:
            if step.kind == "call":
                values = self.called(step, values, several, current)
                several = False
                continue
            several = several or not step.single
            if step.deep:
                values = [below for value in values for below in self.below(value)]
            values = [found for value in values for found in self.stepped(step, value)]
            self.spend(len(values) + 1)
        return values

    def below(self, value: Any) -> Iterator[Any]:
        """A value and all that lies in it, outermost first."""
        todo = [value]
        while todo:
            one = todo.pop()
            self.spend(1)
            yield one
            children = one.values() if isinstance(one, Mapping) else one if isinstance(one, list | tuple) else ()
            todo.extend(reversed(list(children)))

    def stepped(self, step: Step, value: Any) -> Iterable[Any]:
        """What one step finds from one value."""
        if step.kind == "names":
            return [value[name] for name in step.value if name in value] if isinstance(value, Mapping) else ()
        if step.kind == "filter":
            # Of a list its items are tested, of an object the object itself.
            items = value if isinstance(value, list | tuple) else [value] if isinstance(value, Mapping) else ()
            return [item for item in items if self.holds(step.value, item)]
        if step.kind == "wild":
            return list(value.values()) if isinstance(value, Mapping) else value if _is_list(value) else ()
        if not _is_list(value):
            return ()
        if step.kind == "slice":
            return list(value[slice(*step.value)])
        places = [len(value) - step.value] if step.kind == "end" else step.value
        return [value[place] for place in places if -len(value) <= place < len(value)]

    def called(self, step: Step, values: list[Any], several: bool, current: Any) -> list[Any]:
        name, arguments = step.value
        subject = values if several else values[0] if values else NOTHING
        if name == "concat":
            parts = [] if subject is self.root or subject is NOTHING else [subject]
            parts += [self.value(argument, current) for argument in arguments]
            return ["".join(_text(part) for part in parts)]
        result = _call(name, subject)
        return [] if result is NOTHING else [result]

    def value(self, operand: Path | Literal | None, current: Any) -> Any:
        if isinstance(operand, Path):
            found = self.found(operand, current)
            return (found[0] if found else NOTHING) if operand.definite else found
        return operand.value if operand is not None else NOTHING

    def holds(self, condition: Condition, item: Any) -> bool:
        """Whether an item meets a condition."""
        self.spend(1)
        if isinstance(condition, Logic):
            if condition.operator == "not":
                return not self.holds(condition.parts[0], item)
            answers = (self.holds(part, item) for part in condition.parts)
            return all(answers) if condition.operator == "and" else any(answers)
        left = self.value(condition.left, item)
        if condition.operator == "exists":
            return left is not NOTHING and left != []
        return bool(_TESTS[condition.operator](left, self.value(condition.right, item)))


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _text(value: Any) -> str:
    return "" if value is NOTHING or value is None else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _same(left: Any, right: Any) -> bool:
    """Equal, numbers also with their text; a truth value equals truth values only."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) != isinstance(right, int | float):
        one = _number(left)
        return one is not None and one == _number(right)
    return bool(left == right) and left is not NOTHING


def _order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None for values that cannot be compared."""
    if not (isinstance(left, str) and isinstance(right, str)):
        one, two = _number(left), _number(right)
        return None if one is None or two is None else (one > two) - (one < two)
    return (left > right) - (left < right)


def _matches(left: Any, right: Any) -> bool:
    try:
        return isinstance(left, str | int | float) and compiled(str(right)).fits(str(left)[:1000])
    except BadPattern:
        return False


def _within(left: Any, right: Any) -> bool:
    return _is_list(right) and any(_same(left, one) for one in right)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return str(right) in left
    return _within(right, left)


def _sized(left: Any, right: Any) -> bool:
    return isinstance(left, str | list | tuple | Mapping) and len(left) == right


_TESTS: Mapping[str, Any] = {
    "==": _same,
    "!=": lambda a, b: not _same(a, b),
    ">": lambda a, b: _order(a, b) == 1,
    ">=": lambda a, b: _order(a, b) in (0, 1),
    "<": lambda a, b: _order(a, b) == -1,
    "<=": lambda a, b: _order(a, b) in (0, -1),
    "=~": _matches,
    "in": _within,
    "nin": lambda a, b: not _within(a, b),
    "subsetof": lambda a, b: _is_list(a) and all(_within(one, b) for one in a),
    "anyof": lambda a, b: _is_list(a) and any(_within(one, b) for one in a),
    "noneof": lambda a, b: _is_list(a) and not any(_within(one, b) for one in a),
    "size": _sized,
    "empty": lambda a, b: isinstance(a, str | list | tuple | Mapping) and (len(a) == 0) is bool(b),
    "contains": _contains,
}


def _call(name: str, subject: Any) -> Any:
    if name in ("length", "size"):
        return len(subject) if isinstance(subject, str | list | tuple | Mapping) else NOTHING
    if name == "keys":
        return list(subject) if isinstance(subject, Mapping) else NOTHING
    if not _is_list(subject) or not subject:
        return NOTHING
    if name in ("first", "last"):
        return subject[0 if name == "first" else -1]
    numbers = [number for one in subject if (number := _number(one)) is not None]
    if not numbers:
        return NOTHING
    return {"min": min, "max": max, "sum": sum, "avg": lambda all: sum(all) / len(all)}[name](numbers)  # type: ignore[operator]
