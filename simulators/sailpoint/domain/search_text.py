"""Words of a text as search sees them, and how a term, a pattern, a run of words or a near miss meets them."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import Any

# A dot or an apostrophe inside a word belongs to it; hyphens, slashes and at-signs part words.
_WORD = re.compile(r"\w+(?:[.']\w+)*")
# Beyond this many characters of a value nothing is looked at: what a query costs stays bounded.
_MOST = 4000


def folded(value: Any) -> str:
    """A value as text without case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:_MOST].lower()


def cased(value: Any) -> str:
    """A value as text, in its own case."""
    return folded(value) if isinstance(value, bool) else str(value)


def number(word: str) -> float | None:
    """The number a word is, if it is one."""
    try:
        return float(word)
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words of a text that has been folded to lower case.

    >>> words("sp-sales o'neil, a.b@acme.com")
    ('sp', 'sales', "o'neil", 'a.b', 'acme.com')
    """
    return tuple(_WORD.findall(text))


@lru_cache(maxsize=2048)
def pattern(text: str) -> re.Pattern[str]:
    """A wildcard pattern, in which a bracketed character stands for itself, ready to match."""
    return re.compile(translate(re.sub(r"\*{2,}", "*", text)))


def has_run(have: tuple[str, ...], run: tuple[str, ...]) -> bool:
    """Whether words stand in a row."""
    if len(run) == 1:
        return run[0] in have
    return bool(run) and any(have[at : at + len(run)] == run for at in range(len(have) - len(run) + 1))


def has_near(have: tuple[str, ...], run: tuple[str, ...], distance: int) -> bool:
    """Whether all words stand at most `distance` moves from a row.

    >>> has_near(("sales", "north", "team"), ("sales", "team"), 1)
    True
    """
    places = []
    for number, word in enumerate(run):
        if word not in have:
            return False
        places.append(have.index(word) - number)
    return bool(places) and max(places) - min(places) <= distance


def has_pattern(text: str, wanted: str) -> bool:
    """Whether a text, or one of its words, meets a wildcard pattern."""
    meets = pattern(wanted).match
    return meets(text) is not None or any(meets(word) for word in words(text))


def has_start(text: str, run: tuple[str, ...]) -> bool:
    """Whether words stand in a row, the last of them begun only."""
    have = words(text)
    if not run:
        return False
    for at in range(len(have) - len(run) + 1):
        if have[at : at + len(run) - 1] == run[:-1] and have[at + len(run) - 1].startswith(run[-1]):
            return True
    return False


def has_like(text: str, wanted: str, edits: int) -> bool:
    """Whether a text has a word at most `edits` changes from `wanted`."""
    return any(distance(word, wanted, edits) <= edits for word in words(text))


def distance(one: str, two: str, most: int) -> int:
    """Insertions, deletions, changes and swaps that make one word of another; more than `most` is not told apart.

    >>> distance("jon", "john", 2), distance("ab", "ba", 2)
    (1, 1)
    """
    if abs(len(one) - len(two)) > most or max(len(one), len(two)) > 64:
        return most + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
