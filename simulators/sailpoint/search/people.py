"""Finding people at a cost that depends on what is found, not on how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from typing import Any

from simulators.kernel.postings import bits_of, member_of, numbers
from simulators.sailpoint.domain.aggregations import Group
from simulators.sailpoint.domain.search import Query, fields, matches
from simulators.sailpoint.domain.search_order import BEHIND, Sort, rank
from simulators.sailpoint.search.columns import Columns
from simulators.sailpoint.search.figures import Counted, Unsure
from simulators.sailpoint.search.planning import Planner
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.documents_identity import identity_document

Document = Mapping[str, Any]
# So few are put in order themselves; of more, everybody's order is walked, unless it is mostly others.
FEW, STEPS = 64, 64
# A query that names more fields is answered by looking at everybody once, not once for each field.
MOST_FIELDS = 20


class People:
    """Those who match one query, as search shows them now: how many, in order of creation, in another order."""

    def __init__(self, tenant: SailPointTenant, query: Query) -> None:
        self._tenant, self._query, self._now = tenant, query, tenant.now()
        self._table = tenant.state.identities
        self._columns = Columns(tenant)
        planner = Planner(self._columns, self._now)
        sure, maybe = planner.answer(query) if len(fields(query)) <= MOST_FIELDS else (0, self._columns.everybody())
        # Of these search shows what was before, which no column has.
        lagging = [self._table.place(id)[0] for id in tenant.journal.lagging("identity") if id in self._table]
        self._lagging = bool(lagging)
        self._late = bits_of(number for number in lagging if self._fits(number))
        known = ~bits_of(lagging)
        self._sure, self._maybe = sure & known | self._late, maybe & known | self._late

    def count(self) -> int:
        """How many there are."""
        return self._sure.bit_count() + sum(1 for _ in self._checked(numbers(self._maybe & ~self._sure)))

    def group(self) -> Group:
        """All of them, for figures. Raises Unsure while search does not know somebody as they are."""
        if self._lagging:
            raise Unsure
        between = self._checked(numbers(self._maybe & ~self._sure))
        rest = bits_of(self._table.place(one["id"])[0] for one in between)
        return Counted(self._columns, self._sure | rest, self._now)

    def by_creation(self, *, ascending: bool = True) -> Iterator[Document]:
        """All of them in order of creation, or the other way round."""
        found = numbers(self._maybe)
        return self._checked(found if ascending else reversed(list(found)))

    def in_order(self, sorts: tuple[Sort, ...], last: tuple[Any, ...]) -> Iterator[Document]:
        """All of them in the order asked for, from the first one behind the rank `last` on."""
        wanted = self._maybe
        if (many := wanted.bit_count()) <= FEW or many * STEPS < len(self._table):
            found = ((rank(one, sorts), one) for one in self._checked(numbers(wanted)))
            ranked = sorted((one for one in found if not last or last < one[0][: len(last)]), key=lambda one: one[0])
            return (one for _, one in ranked)
        return self._checked(number for _, number in self._walk(sorts, last))

    def _walk(self, sorts: tuple[Sort, ...], last: tuple[Any, ...]) -> Iterator[tuple[Any, int]]:
        wanted, late = member_of(self._maybe & ~self._late), numbers(self._late)
        # Longer than any rank with the same beginning, and behind all of them.
        start = ((*last, BEHIND),) if last else None
        along = (item for item in self._columns.order(sorts).items.upward(start) if wanted(item[1]))
        apart = sorted((rank(one, sorts), number) for number in late if (one := self._shown(number)) is not None)
        return merge(along, (item for item in apart if not last or last < item[0][: len(last)]))

    def _checked(self, found: Iterator[int]) -> Iterator[Document]:
        sure = member_of(self._sure)
        for number in found:
            document = self._shown(number)
            if document is not None and (sure(number) or matches(self._query, document, self._now)):
                yield document

    def _fits(self, number: int) -> bool:
        document = self._shown(number)
        return document is not None and matches(self._query, document, self._now)

    def _shown(self, number: int) -> Document | None:
        row = self._table.at(number)
        assert row is not None, "columns have nobody who is not in the table"
        known, synced = self._tenant.journal.indexed("identity", row.id, row)
        return identity_document(self._tenant.look, known, synced, self._columns.around) if known is not None else None
