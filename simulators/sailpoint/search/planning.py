"""Which people a query takes for sure, and which it may take, told by columns without looking at anybody."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property

from simulators.kernel.postings import Bits
from simulators.sailpoint.domain.search import EXACT, All, Holds, Query, Range, Some, Term, Within, Without, matches
from simulators.sailpoint.domain.search_keys import found as keys_found
from simulators.sailpoint.search.columns import SHARED, Columns, Parts, View

# Documents that match, and documents that may match, of which these are some.
Answer = tuple[Bits, Bits]
# So few are looked at one by one rather than held against another column; more of them rather than against all texts.
FEW, FEW_TEXTS = 8, 64


class Planner:
    """Reads one query over people, or over entries of a list of theirs; `now` is what its dates are computed from.

    Where not more than `few` are left, the rest of the query is not asked.
    """

    def __init__(self, view: View, now: datetime, few: int | None = None) -> None:
        self._view, self._now = view, now
        self._few = (FEW, FEW_TEXTS) if few is None else (few, few)

    @cached_property
    def _everybody(self) -> Bits:
        return self._view.everybody()

    def answer(self, query: Query) -> Answer:
        """Who matches for sure, and who may match."""
        match query:
            case All(parts):
                return self._all(parts)
            case Some(parts, least):
                return self._some(parts, least)
            case Without(part):
                sure, maybe = self.answer(part)
                return self._everybody & ~maybe, self._everybody & ~sure
            case Within(name, part):
                return self._within(name, part)
            case Holds(""):
                return 0, 0
            case Range(""):
                return 0, self._everybody
            case Term("id" | "id.exact") if isinstance(self._view, Columns):
                exact = query.field.endswith(EXACT)
                found = self._view.one(query.value if exact else query.value.lower())
                if found or exact:
                    return found, found
        path = query.field.removesuffix(EXACT)
        found = keys_found(query, self._view.field(path) if query.field else self._view.texts(), self._now)
        return found, found

    def _all(self, parts: tuple[Query, ...]) -> Answer:
        if not parts:
            return self._everybody, self._everybody
        first, *rest = sorted(parts, key=_anywhere)
        sure, maybe = self.answer(first)
        for part in rest:
            if maybe.bit_count() <= self._few[_anywhere(part)]:
                return 0, maybe
            also, at_most = self.answer(part)
            sure, maybe = sure & also, maybe & at_most
        return sure, maybe

    def _some(self, parts: tuple[Query, ...], least: int) -> Answer:
        if least < 1:
            return self._everybody, self._everybody
        if least > len(parts):
            return 0, 0
        # At each number of parts, who meets that many: for sure, and at most.
        sure, maybe = [-1] + [0] * least, [-1] + [0] * least
        for also, at_most in map(self.answer, parts):
            for met in range(least, 0, -1):
                sure[met] |= sure[met - 1] & also
                maybe[met] |= maybe[met - 1] & at_most
        return sure[least], maybe[least]

    def _within(self, name: str, part: Query) -> Answer:
        """Who has an entry that matches."""
        if not isinstance(self._view, Columns):
            return 0, self._everybody
        if name in SHARED:
            column = self._view.entries(name)
            found = column.meeting((0,), (1,), lambda entry: matches(part, json.loads(entry), self._now))
            return found, found
        entries = Parts(self._view, name)
        sure, maybe = Planner(entries, self._now, min(self._few)).answer(part)
        return entries.owners(sure), entries.owners(maybe) | entries.beyond()


def _anywhere(query: Query) -> bool:
    """Whether a part of the query names no field, so that the texts of whole documents are asked."""
    match query:
        case All(parts) | Some(parts):
            return any(map(_anywhere, parts))
        case Without(part):
            return _anywhere(part)
        case Within():
            return False
    return not query.field
