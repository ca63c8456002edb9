"""Where the answers to a comparison lie among the sorted values of an attribute.

A value stands under (kind, value), so that values of different kinds can be sorted together; pairs (key, place) are
then searched between two ends. The ranges hold every answer that `holds` would find, and may hold more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from simulators.kernel.derived import BEHIND, LAST
from simulators.okta.domain.query import Comparison

Key = tuple[Any, ...]
Range = tuple[Key | None, Key | None]  # from the first (included) to the second, None being open

NUMBER, TEXT, INSTANT, NO_NUMBER, NOTHING = range(5)
_UNSET = (NOTHING, 0)
_NULL = "none"  # what a text is compared with where the value asked for is null


def keys_of(value: Any) -> Collection[Key]:
    """The keys of an attribute's value, or of each of a list of them.

    >>> keys_of("Sales"), keys_of([]), keys_of(None)
    (((1, 'sales'),), set(), ((4, 0),))
    """
    return {_key(item) for item in value} if isinstance(value, list | tuple) else (_key(value),)


def text_of(value: Any) -> str | None:
    """What `co` looks through."""
    texts = [str(key[1]) for key in sorted(keys_of(value)) if key[0] == TEXT]
    return "\n".join(texts) if texts else None


def ranges_of(part: Comparison, fold: bool) -> list[Range] | None:
    """The ranges of keys with every answer; None where sorting does not help."""
    operator, wanted = part.operator, part.value
    if operator == "pr":
        # all but empty texts and nothing
        return [(None, ((TEXT, ""),)), (((TEXT, ""), BEHIND), ((NOTHING,),))]
    if isinstance(wanted, datetime):
        return _ordered(operator, INSTANT, wanted)
    if isinstance(wanted, bool):
        return _ordered(operator, NUMBER, wanted)
    if not fold and operator != "eq":
        return None
    if wanted is None:
        return [*exact(_UNSET), *exact((TEXT, _NULL))] if operator == "eq" else None
    if isinstance(wanted, int | float):
        texts, numbers = _texts(operator, str(wanted).casefold()), _ordered(operator, NUMBER, wanted)
        # an instant is compared with a number as texts are
        return None if texts is None else [*texts, *(numbers or []), (((INSTANT,),), ((INSTANT + 1,),))]
    return _texts(operator, str(wanted).casefold())


def exact(key: Any) -> list[Range]:
    """The range of one key."""
    return [((key,), (key, BEHIND))]


def beginning(text: str) -> list[Range]:
    """The range of the texts that start with one, where keys are texts."""
    return [((text,), (text + LAST,))]


def both(one: Iterable[Range], other: Iterable[Range]) -> list[Range]:
    """What two sets of ranges have in common.

    >>> both([(("c",), None)], [(None, ("e",)), (("g",), ("i",))])
    [(('c',), ('e',)), (('g',), ('i',))]
    """
    others, found = list(other), []
    for low, high in one:
        for low_too, high_too in others:
            lows = [end for end in (low, low_too) if end is not None]
            highs = [end for end in (high, high_too) if end is not None]
            found.append((max(lows, default=None), min(highs, default=None)))
    return [(low, high) for low, high in found if low is None or high is None or low < high]


def _key(value: Any) -> Key:
    if type(value) is str:
        return _text_key(value)
    if value is None:
        return _UNSET
    if isinstance(value, datetime):
        return INSTANT, value
    if isinstance(value, bool | int | float):
        return (NUMBER, value) if value == value else (NO_NUMBER, 0)
    return TEXT, str(value).casefold()


@lru_cache(maxsize=1024)
def _text_key(value: str) -> Key:
    """Remembered so that the many who share a department share its key."""
    return TEXT, value.casefold()


def _ordered(operator: str, kind: int, wanted: Any) -> list[Range] | None:
    rule = _ENDS.get(operator)
    return None if rule is None else [rule(kind, wanted)]


def _texts(operator: str, wanted: str) -> list[Range] | None:
    if operator == "sw":
        return [(((TEXT, wanted),), ((TEXT, wanted + LAST),) if wanted else ((TEXT + 1,),))]
    return _ordered(operator, TEXT, wanted)


_ENDS: dict[str, Callable[[int, Any], Range]] = {
    "eq": lambda kind, wanted: (((kind, wanted),), ((kind, wanted), BEHIND)),
    "gt": lambda kind, wanted: (((kind, wanted), BEHIND), ((kind + 1,),)),
    "ge": lambda kind, wanted: (((kind, wanted),), ((kind + 1,),)),
    "lt": lambda kind, wanted: (((kind,),), ((kind, wanted),)),
    "le": lambda kind, wanted: (((kind,),), ((kind, wanted), BEHIND)),
}
