"""Columns over the documents of people: values of a field, texts anywhere, entries of a list and what is in them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Protocol

from simulators.kernel.indexes import Index, Ranks
from simulators.kernel.postings import Bits, Column, Key
from simulators.sailpoint.domain.search import entries, held, leaves, values_at
from simulators.sailpoint.domain.search_keys import HELD, keys_of, keys_of_all
from simulators.sailpoint.domain.search_order import Sort, rank
from simulators.sailpoint.search.affected import concerned, tables
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.documents_identity import identity_document
from simulators.sailpoint.wire.documents_shared import Surroundings

Document = Mapping[str, Any]
# Lists whose entries are the same for many people: few different ones, each looked at once.
SHARED = frozenset({"access", "apps"})
# So many entries of a list are told apart for each person, a power of two from eight on; who has more is looked at.
PARTS = {"access": 64}
_PARTS = 16
_MORE: Key = (0, "more")


class View(Protocol):
    """What a query may ask columns about: people, or entries of a list of theirs."""

    def everybody(self) -> Bits:
        """All of them."""

    def field(self, path: str) -> Column:
        """The values under a dotted path."""

    def texts(self) -> Column:
        """All values anywhere in one."""


class Columns:
    """The columns of one tenant's people as of now; to be asked for and read before the next change."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        # What documents share, worked out once for those that are read into columns and those that are shown.
        self.around = Surroundings(tenant.look)
        # What entries that many documents share come to, by the object itself, which is kept so that it stays the same.
        self._shared: dict[tuple[str, int], tuple[Any, Iterable[Key]]] = {}
        state = tenant.state
        state.people.follow(tables(state), lambda changes: concerned(state, changes))

    def everybody(self) -> Bits:
        """All people."""
        return self._column("everybody", lambda document: [HELD]).bits(HELD)

    def one(self, id: str) -> Bits:
        """The person of an id, if there is one."""
        table = self._tenant.state.identities
        return 1 << table.place(id)[0] if id in table else 0

    def field(self, path: str) -> Column:
        """The values under a dotted path."""
        return self._column(("field", path), lambda document: _values(document, path))

    def values(self, path: str) -> Column:
        """The values under a dotted path as they are, and which of the same ones of a document each is."""
        return self._column(("values", path), lambda document: _plain(document, path))

    def texts(self) -> Column:
        """All values anywhere."""
        return self._column("texts", self._texts)

    def entries(self, path: str) -> Column:
        """The different entries of a list that many people share, each as JSON."""

        def keys(document: Document) -> Iterable[Key]:
            for one in _entries(document, path):
                yield from self._once("entries", one, _whole)

        return self._column(("entries", path), keys)

    def order(self, sorts: tuple[Sort, ...]) -> Ranks:
        """Everybody in an order."""
        return self.index(("order", sorts), Ranks, lambda document, number: (rank(document, sorts), number))

    def index(self, name: Hashable, new: type[Index], made: Callable[[Document, int], Any]) -> Index:
        """The index of a name, with what `made` makes of everybody's document and number."""
        state, look = self._tenant.state, self._tenant.look

        def enter(id: str, number: int) -> Any:
            shadow = state.shadows.get(f"identity/{id}")
            synced = shadow.synced if shadow is not None else None
            return made(identity_document(look, state.identities[id], synced, self.around), number)

        return state.people.current(name, new, enter, state.identities)

    def _column(self, name: Hashable, keys: Callable[[Document], Iterable[Key]]) -> Column:
        return self.index(name, Column, lambda document, number: ((number, _each(keys(document))),))

    def _texts(self, document: Document) -> Iterable[Key]:
        found = keys_of_all(leaves([value for name, value in document.items() if name not in SHARED]))
        for name in SHARED:
            for one in document.get(name, ()):
                found.update(self._once("texts", one, lambda one: keys_of_all(leaves(one))))
        return found

    def _once(self, kind: str, one: Any, make: Callable[[Any], Iterable[Key]]) -> Iterable[Key]:
        known = self._shared.get((kind, id(one)))
        if known is None:
            known = self._shared[kind, id(one)] = one, make(one)
        return known[1]


class Parts:
    """The entries of a list as a query within the list sees them: each has a number of its own."""

    def __init__(self, columns: Columns, name: str) -> None:
        self._columns, self._name = columns, name
        self._most = PARTS.get(name, _PARTS)

    def everybody(self) -> Bits:
        """All entries."""
        return self._column("", lambda entry: [HELD]).bits(HELD)

    def field(self, path: str) -> Column:
        """The values under a dotted path of an entry."""
        return self._column(("field", path), lambda entry: _values(entry, path))

    def values(self, path: str) -> Column:
        """The values under a dotted path of an entry as they are, and which of the same ones each is."""
        return self._column(("values", path), lambda entry: _plain(entry, path))

    def texts(self) -> Column:
        """All values anywhere in an entry."""
        return self._column("texts", lambda entry: keys_of_all(leaves(entry)))

    def owners(self, parts: Bits) -> Bits:
        """The people whose entries are among some."""
        step = 1
        while step < self._most:
            parts |= parts >> step
            step *= 2
        # Now the first bit of each person's numbers tells: of every so many bytes one bit becomes a digit.
        width = self._most // 8
        first = parts.to_bytes(-(-parts.bit_length() // self._most) * width, "little")[::width]
        return int(first.translate(_DIGITS)[::-1], 2) if first else 0

    def of(self, people: Bits) -> Bits:
        """All numbers of the entries of some people, whether they have so many or not."""
        width = self._most // 8
        digits = f"{people:b}".encode()[::-1]
        return int.from_bytes(digits.replace(b"0", bytes(width)).replace(b"1", b"\xff" * width), "little")

    def beyond(self) -> Bits:
        """The people who have more entries than are told apart."""
        return self._columns.index(("more", self._name), Column, self._note).bits(_MORE)

    def _note(self, document: Document, number: int) -> Any:
        return ((number, (_MORE,) if len(_entries(document, self._name)) > self._most else ()),)

    def _column(self, name: Hashable, keys: Callable[[Document], Iterable[Key]]) -> Column:
        def parts(document: Document, number: int) -> Any:
            kept = _entries(document, self._name)[: self._most]
            return tuple((number * self._most + place, _each(keys(entry))) for place, entry in enumerate(kept))

        return self._columns.index(("part", self._name, name), Column, parts)


_DIGITS = bytes(ord("1") if byte & 1 else ord("0") for byte in range(256))


def _each(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Each key once."""
    return tuple(dict.fromkeys(keys))


def _entries(document: Document, name: str) -> list[Document]:
    return [one for one in entries(document, name) if isinstance(one, Mapping)]


def _whole(entry: Document) -> Iterable[Key]:
    return [(0, json.dumps(entry, sort_keys=True, default=str))]


def _plain(document: Document, path: str) -> Iterable[Key]:
    seen = Counter[tuple[str, Any]]()
    for value in values_at(document, path):
        if value is not None:
            same = type(value).__name__, value
            yield 0, (*same, seen[same])
            seen[same] += 1


def _values(document: Document, path: str) -> Iterable[Key]:
    for value in values_at(document, path):
        yield from keys_of(value)
    if any(one not in (None, "") for one in held(document, path)):
        yield HELD
