"""Which events a query can be about at all: a query for one person or one type does not walk the whole log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulators.kernel.cow import CowSorted
from simulators.okta.domain.log import Event
from simulators.okta.domain.query import Query, required

Entry = tuple[str, int]
# the fields that point to few events each, with the mark their keys carry
_MARKS = {"eventType": "t", "target.id": "i", "actor.id": "a", "transaction.id": "x"}
# an index pays where it leaves out most of the log
_WORTH = 8


def keys_of(event: Event) -> Iterable[str]:
    """The keys an event is found under; texts match whatever their case."""
    cause = event.cause
    yield "t" + event.type.casefold()
    yield "a" + cause.actor.id.casefold()
    yield "x" + cause.transaction.casefold()
    for party in {party.id.casefold(): None for party in event.targets}:
        yield "i" + party


def narrowest(index: CowSorted[Entry], query: Query | None, events: int) -> str | None:
    """The key whose events include every answer to `query`, if it leaves out most of the log."""
    if query is None:
        return None
    keys = [
        _MARKS[part.field] + str(part.value).casefold()
        for part in required(query)
        if part.operator == "eq" and part.field in _MARKS
    ]
    counted = [(index.between((key, -1), (key, events)), key) for key in keys]
    least = min(counted, default=None)
    return None if least is None or least[0] * _WORTH > events else least[1]


def numbers(index: CowSorted[Entry], key: str, first: int = 0) -> Iterator[int]:
    """The numbers of a key's events from `first` on, in order of persistence."""
    for found, number in index.upward((key, first)):
        if found != key:
            return
        yield number
