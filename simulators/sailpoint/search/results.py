"""Running a search over a tenant: in order, behind a record, as inner hits, suggestions or figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from heapq import merge, nsmallest
from itertools import islice
from typing import Any, TypeVar

from simulators.sailpoint.domain.aggregations import Group, Listed, aggregated
from simulators.sailpoint.domain.search import entries, matches
from simulators.sailpoint.domain.search_order import behind, rank
from simulators.sailpoint.domain.search_text import folded, has_start, words
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.search.candidates import found_documents
from simulators.sailpoint.search.figures import Unsure
from simulators.sailpoint.search.people import People
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.query import NESTED
from simulators.sailpoint.wire.searches import Search, TypeAhead

T = TypeVar("T")
Found = Iterator[Mapping[str, Any]]
# Shown whatever a result filter leaves out.
_ALWAYS = frozenset({"id", "_type", "_version"})


def documents(tenant: SailPointTenant, search: Search) -> Found:
    """What matches, one index after another, in no order but that of creation."""
    for index in search.indices:
        yield from found_documents(tenant, index, search.query)


def total(tenant: SailPointTenant, search: Search) -> int:
    """How many documents match."""
    return sum(count(tenant, index, search) for index in search.indices)


def count(tenant: SailPointTenant, index: str, search: Search) -> int:
    """How many documents of one index match."""
    if index == "identities":
        return People(tenant, search.query).count()
    return sum(1 for _ in found_documents(tenant, index, search.query))


def page(tenant: SailPointTenant, search: Search, offset: int, limit: int) -> list[Any]:
    """One page of results: documents, entries of a nested list, or suggested values."""
    if search.ahead is not None:
        return suggestions(tenant, search, search.ahead)[offset : offset + limit]
    found = ordered(tenant, search, offset + limit)
    if search.inner is not None:
        return list(islice(_inner(tenant, search, found), offset, offset + limit))
    return [_shown(one, search) for one in islice(found, offset, offset + limit)]


def ordered(tenant: SailPointTenant, search: Search, most: int) -> Found:
    """The first documents that match, in the order asked for, behind the record that was seen last."""
    sorts = search.sorts
    if not sorts:
        return documents(tenant, search)
    each = [_ordered(tenant, search, index, most) for index in search.indices]
    return merge(*each, key=lambda one: rank(one, sorts)) if len(each) > 1 else each[0]


def _ordered(tenant: SailPointTenant, search: Search, index: str, most: int) -> Found:
    """The first documents of one index, as `ordered`; all of them where entries within them are wanted."""
    sorts, last = search.sorts, behind(search.after, search.sorts)
    if index == "identities":
        return People(tenant, search.query).in_order(sorts, last)
    by_time = index == "events" and sorts[0][0] == "created"
    found = _by_time(tenant, search) if by_time else found_documents(tenant, index, search.query)
    if last:
        found = (one for one in found if last < rank(one, sorts)[: len(last)])
    if by_time and len(sorts) == 1:
        return found
    if search.inner is not None:
        return iter(sorted(found, key=lambda one: rank(one, sorts)))
    return iter(nsmallest(most, found, key=lambda one: rank(one, sorts)))


def _by_time(tenant: SailPointTenant, search: Search) -> Found:
    """Events along their index of time, from where the last page has ended."""
    down = search.sorts[0][1]
    start = instant(search.after[0]) if search.after else None
    bounds = {"until": start} if down else {"since": start}
    return found_documents(tenant, "events", search.query, ascending=not down, **bounds)


def _inner(tenant: SailPointTenant, search: Search, found: Found) -> Found:
    """The entries of a nested list that match, of every document, each once."""
    assert search.inner is not None
    name, query = search.inner
    now, seen = tenant.now(), set[Any]()
    for document in found:
        for entry in entries(document, name):
            if isinstance(entry, Mapping) and matches(query, entry, now) and entry.get("id") not in seen:
                if entry.get("id"):
                    seen.add(entry["id"])
                yield {**entry, "_type": name, "_originalType": document.get("_type"), "_version": "v2"}


def suggestions(tenant: SailPointTenant, search: Search, asked: TypeAhead) -> list[str]:
    """Values of a field that begin as asked, the most frequent first or by value (TYPEAHEAD)."""
    run = words(asked.query.lower())

    def begun(value: Any) -> str | None:
        return str(value) if has_start(folded(value), run) else None

    def counted(group: Group) -> dict[str, int]:
        within = group.nested(asked.nested_type) if asked.nested_type else group
        return {value: rows.count() for value, rows in within.by(asked.field, begun).items()}

    counts, down = _of_group(tenant, search, counted), asked.sort == "desc"
    if asked.sort_by_value:
        kept = sorted(counts, key=lambda value: (value.lower(), value), reverse=down)
    else:
        kept = sorted(counts, key=lambda value: (-counts[value] if down else counts[value], value.lower(), value))
    return kept[: asked.size]


def figures(tenant: SailPointTenant, search: Search) -> dict[str, Any]:
    """The results of the aggregations."""
    return _of_group(tenant, search, lambda group: aggregated(search.aggregations, group))


def _of_group(tenant: SailPointTenant, search: Search, make: Callable[[Group], T]) -> T:
    """What is made of all documents that match: by columns where they can tell, else by looking at each."""
    if search.indices == ("identities",):
        with suppress(Unsure):
            return make(People(tenant, search.query).group())
    return make(Listed(list(documents(tenant, search)), tenant.now()))


def shown_all(found: Sequence[Mapping[str, Any]], search: Search) -> list[dict[str, Any]]:
    """Documents as an answer shows them."""
    return [_shown(one, search) for one in found]


def _shown(document: Mapping[str, Any], search: Search) -> dict[str, Any]:
    hidden = frozenset() if search.nested else NESTED
    names = {name.split(".")[0] for name in search.includes}
    kept = [name for name in document if name not in hidden and (not names or name in names or name in _ALWAYS)]
    shown = {name: document[name] for name in kept}
    if search.includes:
        shown = {
            name: value if name in _ALWAYS else _narrowed(value, name, search.includes) for name, value in shown.items()
        }
    for name in search.excludes:
        _drop(shown, name.split("."))
    return shown


def _narrowed(value: Any, place: str, includes: Sequence[str]) -> Any:
    """A value with only those of its parts that are asked for."""
    if place in includes or any(place.startswith(f"{name}.") for name in includes):
        return value
    if isinstance(value, list):
        return [_narrowed(one, place, includes) for one in value]
    if isinstance(value, Mapping):
        wanted = [name for name in value if any(_under(f"{place}.{name}", one) for one in includes)]
        return {name: _narrowed(value[name], f"{place}.{name}", includes) for name in wanted}
    return value


def _under(place: str, name: str) -> bool:
    return place == name or name.startswith(f"{place}.") or place.startswith(f"{name}.")


def _drop(shown: dict[str, Any], parts: list[str]) -> None:
    """Take a dotted path out of a copy."""
    head, rest = parts[0], parts[1:]
    if head not in shown:
        return
    if not rest:
        del shown[head]
    elif isinstance(shown[head], Mapping):
        shown[head] = dict(shown[head])
        _drop(shown[head], rest)
    elif isinstance(shown[head], list):
        copies = [dict(one) if isinstance(one, Mapping) else one for one in shown[head]]
        for one in copies:
            if isinstance(one, dict):
                _drop(one, rest)
        shown[head] = copies
