"""Regular expressions somebody else wrote: read once, and refused where matching them could take for ever."""

from __future__ import annotations

import re
from functools import lru_cache

MOST_PATTERN, MOST_TEXT, MOST_OPEN = 250, 4000, 8
_OPEN_END = re.compile(r"[*+]|\{\d+,\}")
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\]", re.DOTALL)
_LETTERS = [chr(number) for number in range(32, 256)]
_GROUP = re.compile(r"\$(\d)|\\(.)", re.DOTALL)


@lru_cache(maxsize=1024)
def regex(pattern: str) -> re.Pattern[str]:
    """A pattern in the Java manner. Raises ValueError for one that cannot be read or could run away.

    >>> regex("[^a-z]+").sub("", "a-b1")
    'ab'
    >>> regex("(a+)+$")
    Traceback (most recent call last):
        ...
    ValueError: the pattern '(a+)+$' repeats what already repeats
    """
    if len(pattern) > MOST_PATTERN:
        raise ValueError("the pattern is too long")
    try:
        found = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"the pattern {pattern!r} cannot be read: {error}") from error
    _bounded(pattern)
    return found


def _bounded(pattern: str) -> None:
    """Refuse a repeated group that repeats inside or whose alternatives begin alike: both take exponential time."""
    atoms = [match[0] for match in _ATOM.finditer(pattern)]
    plain = "".join(atom if len(atom) == 1 else "x" for atom in atoms)
    if len(_OPEN_END.findall(plain)) > MOST_OPEN:
        raise ValueError(f"the pattern {pattern!r} repeats too often")
    begun: list[int] = []
    for place, sign in enumerate(plain):
        if sign == "(":
            begun.append(place)
        elif sign == ")" and begun:
            start = begun.pop()
            if not _OPEN_END.match(plain, place + 1) and not re.match(r"\{\d\d", plain[place + 1 :]):
                continue
            if _OPEN_END.search(plain, start, place):
                raise ValueError(f"the pattern {pattern!r} repeats what already repeats")
            if "|" in plain[start:place] and _alike(atoms[start + 1 : place]):
                raise ValueError(f"the pattern {pattern!r} repeats alternatives that begin alike")


def _alike(atoms: list[str]) -> bool:
    firsts = [
        atoms[place]
        for place in range(len(atoms))
        if (place == 0 or atoms[place - 1] == "|") and atoms[place] not in "(?|"
    ]
    if len(firsts) != atoms.count("|") + 1:
        return True
    tests = [re.compile(first, re.DOTALL) for first in firsts]
    return any(sum(1 for test in tests if test.fullmatch(letter)) > 1 for letter in _LETTERS)


def replaced(text: str, pattern: str, replacement: str) -> str:
    """Every match replaced; `$1` stands for the first group, a backslash takes the next sign as it is.

    >>> replaced("Doe, Jane", "(.*), (.*)", "$2 $1")
    'Jane Doe'
    """
    found = regex(pattern)

    def filled(match: re.Match[str]) -> str:
        def group(one: re.Match[str]) -> str:
            if one[2] is not None:
                return one[2]
            if int(one[1]) > found.groups:
                raise ValueError(f"no group {one[1]}")
            return match[int(one[1])] or ""

        return _GROUP.sub(group, replacement)

    if len(text) > MOST_TEXT:
        raise ValueError("the text is too long")
    return found.sub(filled, text)
