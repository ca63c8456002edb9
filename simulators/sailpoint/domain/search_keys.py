"""What a column of search documents holds of a value, and which keys the smallest parts of a query ask for.

The documents found are those that `matches` takes: a column decides what an answer costs, never what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, reduce
from itertools import pairwise
from operator import and_
from typing import Any

from simulators.kernel.postings import Bits, Column, Key
from simulators.sailpoint.domain import search_text as text
from simulators.sailpoint.domain.search import EXACT, Holds, Near, Pattern, Range, Start, Term
from simulators.sailpoint.domain.search_dates import span
from simulators.sailpoint.domain.times import instant

Leaf = Term | Pattern | Start | Near | Holds | Range

# Marks of keys: a field with a value; numbers and instants; whole values that compare as text and those that do not;
# words; two words in a row; values with their case.
_HELD, _NUMBER, _INSTANT, _TEXT, _OTHER, _WORD, _PAIR, _CASED = range(8)
HELD: Key = (_HELD, "")
_LAST = chr(0x10FFFF)
_WILD = re.compile(r"\[(.)\]|([*?])|([^*?])", re.DOTALL)


@lru_cache(maxsize=1 << 12, typed=True)
def keys_of(value: Any) -> tuple[Key, ...]:
    """The keys of a plain value of a field.

    >>> keys_of("Sales-North")
    ((3, 'sales-north'), (5, 'sales'), (5, 'north'), (6, 'sales north'), (7, 'Sales-North'))
    """
    if value is None:
        return ()
    return *(_number_keys(value) or _text_keys(text.folded(value), value)), (_CASED, text.cased(value))


def keys_of_all(values: list[Any]) -> set[Key]:
    """The keys of values anywhere in a document: nobody asks for these with their case, or for a range of texts."""
    found, texts = set[Key](), set[str]()
    for value in values:
        if isinstance(value, str):
            texts.add(value)
        elif value is not None:
            found.update(_known(value))
    for one in texts:
        found.update(_known(one))
    return found


@lru_cache(maxsize=1 << 14, typed=True)
def _known(value: Any) -> tuple[Key, ...]:
    return _worded(tuple(_number_keys(value) or _text_keys(text.folded(value), value)))


def _worded(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Keys without a whole value that is one word: the word says the same."""
    alone = len(keys) == 2 and keys[1] == (_WORD, keys[0][1])
    return keys[1:] if alone else keys


def _number_keys(value: Any) -> list[Key]:
    """The keys of a number; none for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    have = text.folded(value)
    return [(_OTHER, have), (_NUMBER, value), *_run_keys(text.words(have))]


def _text_keys(have: str, value: Any) -> list[Key]:
    run = text.words(have)
    at = instant(value) if isinstance(value, str) else None
    found: list[Key] = [(_TEXT, have)] if at is None else [(_OTHER, have), (_INSTANT, at)]
    return found + _run_keys(run)


def _run_keys(run: tuple[str, ...]) -> list[Key]:
    return [*((_WORD, word) for word in run), *((_PAIR, f"{one} {two}") for one, two in pairwise(run))]


def found(leaf: Leaf, column: Column, now: datetime) -> Bits:
    """The documents that meet a part of a query, by the column of its field."""
    if isinstance(leaf, Range):
        return _range(leaf, column, now)
    return column.once(leaf, lambda: _FOUND[type(leaf)](leaf, column, now))


def _whole(column: Column, want: str) -> Bits:
    return column.bits((_TEXT, want)) | column.bits((_OTHER, want))


def _term(leaf: Term, column: Column, now: datetime) -> Bits:
    if leaf.field.endswith(EXACT):
        return column.bits((_CASED, leaf.value))
    want = leaf.value.lower()
    found = _whole(column, want) | _run(column, text.words(want))
    if (number := text.number(leaf.value)) is not None:
        found |= column.bits((_NUMBER, number))
    if leaf.value[:1].isdigit() and "-" in leaf.value:
        found |= _instants(column, Range(leaf.field, leaf.value, leaf.value), now)
    return found


def _run(column: Column, run: tuple[str, ...]) -> Bits:
    """The documents with words in a row."""
    if len(run) < 2:
        return column.bits((_WORD, run[0])) if run else 0
    if len(run) == 2:
        return column.bits((_PAIR, f"{run[0]} {run[1]}"))
    pairs = (column.bits((_PAIR, f"{one} {two}")) for one, two in pairwise(run))
    return _holding(column, run, lambda have: text.has_run(text.words(have), run)) if reduce(and_, pairs) else 0


def _holding(column: Column, run: tuple[str, ...], meets: Callable[[str], bool]) -> Bits:
    """The documents with a whole value of several words, some given ones among them, that meets a condition."""
    longest = max(run, key=len)
    return column.holding(_TEXT, longest, meets) | column.holding(_OTHER, longest, meets)


def _start(leaf: Start, column: Column, now: datetime) -> Bits:
    run = text.words(leaf.value.lower())
    if len(run) < 2:
        return _beginning(column, _WORD, run[0]) if run else 0
    if len(run) == 2:
        return _beginning(column, _PAIR, f"{run[0]} {run[1]}")
    return _holding(column, run, lambda have: text.has_start(have, run))


def _beginning(column: Column, mark: int, start: str) -> Bits:
    return column.between((mark, start), (mark, start + _LAST))


def _pattern(leaf: Pattern, column: Column, now: datetime) -> Bits:
    exact = leaf.field.endswith(EXACT)
    wanted = leaf.value if exact else leaf.value.lower()
    marks = (_CASED,) if exact else (_TEXT, _OTHER, _WORD)
    parts, stars = _literals(wanted)
    start, longest = parts[0], max(parts, key=len)
    found, meets = 0, text.pattern(wanted).match
    for mark in marks:
        if start and stars and parts[1:] == [""]:
            found |= _beginning(column, mark, start)
        elif start:
            found |= column.meeting((mark, start), (mark, start + _LAST), meets)
        else:
            anywhere = stars and parts == ["", longest, ""]
            found |= column.holding(mark, longest, None if anywhere else meets)
    return found


def _literals(wanted: str) -> tuple[list[str], bool]:
    """What stands between the wildcards of a pattern, at its beginning and end too, and whether all are stars.

    >>> _literals("ab*[*]?")
    (['ab', '*', ''], False)
    """
    found, stars = [""], True
    for own, wild, plain in _WILD.findall(wanted):
        if wild:
            found.append("")
            stars = stars and wild == "*"
        else:
            found[-1] += own or plain
    return found, stars


def _near(leaf: Near, column: Column, now: datetime) -> Bits:
    want, most = leaf.value.lower(), leaf.edits
    if leaf.phrase:
        run = text.words(want)
        together = reduce(and_, (column.bits((_WORD, word)) for word in run)) if run else 0
        if not together:
            return 0
        # Of a value that is one word only the word is kept; the word again and again stands so many moves from a row.
        single = together if len(set(run)) == 1 and len(run) - 1 <= most else 0
        return single | _holding(column, run, lambda have: text.has_near(text.words(have), run, most))
    letters = set(want)

    def like(word: str) -> bool:
        return len(letters.symmetric_difference(word)) <= 2 * most and text.distance(word, want, most) <= most

    return column.sized(_WORD, range(len(want) - most, len(want) + most + 1), like)


def _range(leaf: Range, column: Column, now: datetime) -> Bits:
    return _numbers(column, leaf) | _instants(column, leaf, now) | _texts(column, leaf)


def _numbers(column: Column, leaf: Range) -> Bits:
    low, high = (-float("inf"), True), (float("inf"), True)
    if leaf.low != "*":
        low = (_number(leaf.low), leaf.include_low)
    if leaf.high != "*":
        high = (_number(leaf.high), leaf.include_high)
    # A number that is none is unequal to itself: nothing lies beyond it.
    if low[0] != low[0] or high[0] != high[0]:
        return 0
    return column.between((_NUMBER, *_from(*low)), (_NUMBER, *_to(*high)))


def _number(bound: str) -> float:
    number = text.number(bound)
    return float("nan") if number is None else number


def _from(bound: Any, include: bool) -> tuple[Any, ...]:
    """Where a range begins: a longer tuple stands behind all keys that are equal to its bound."""
    return (bound,) if include else (bound, 0)


def _to(bound: Any, include: bool) -> tuple[Any, ...]:
    return (bound, 0) if include else (bound,)


def _instants(column: Column, leaf: Range, now: datetime) -> Bits:
    low: Any = (_INSTANT,)
    high: Any = (_INSTANT + 1,)
    if leaf.low != "*":
        named = span(leaf.low, now, leaf.zone)
        if named is None:
            return 0
        low = (_INSTANT, named[0] if leaf.include_low else named[1])
    if leaf.high != "*":
        named = span(leaf.high, now, leaf.zone)
        if named is None:
            return 0
        high = (_INSTANT, named[1] if leaf.include_high else named[0])
    return column.between(low, high)


def _texts(column: Column, leaf: Range) -> Bits:
    # An empty text lies in no range.
    low: Any = (_TEXT, *_from("", False)) if leaf.low == "*" else (_TEXT, *_from(leaf.low.lower(), leaf.include_low))
    high: Any = (_TEXT + 1,) if leaf.high == "*" else (_TEXT, *_to(leaf.high.lower(), leaf.include_high))
    return column.between(max(low, (_TEXT, "", 0)), high)


def _holds(leaf: Holds, column: Column, now: datetime) -> Bits:
    return column.bits(HELD)


_FOUND: dict[type, Callable[[Any, Column, datetime], Bits]] = {
    Term: _term,
    Start: _start,
    Pattern: _pattern,
    Near: _near,
    Holds: _holds,
}
