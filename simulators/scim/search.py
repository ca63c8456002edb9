"""Lists of accounts and groups: an index where the filter allows one, paging, and the number of all results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from simulators.kernel.table import Table
from simulators.scim.filters import Compare, Every, Node, matches
from simulators.scim.records import Account, Group, key

R = TypeVar("R", Account, Group)
PAGE_MOST = 200

# Index per attribute, and whether its keys are in lower case.
_ACCOUNT_INDEXES = {"username": ("user_name", True), "externalid": ("external_id", False)}
_GROUP_INDEXES = {"displayname": ("display_name", True), "externalid": ("external_id", False)}


@dataclass(frozen=True)
class Page:
    """Which part of a result a client wants: 1-based start and length."""

    start: int = 1
    count: int = PAGE_MOST


def accounts(table: Table[Account], slug: str, node: Node | None, page: Page, body: _Body[Account]) -> _Found[Account]:
    """Accounts of an application that meet the filter: one page, and how many there are."""
    if isinstance(node, Compare) and node.path == ("active",) and node.op == "eq" and node.value is True:
        return _page(table.find("seat", slug), page), table.count("seat", slug)
    return _search(table, _ACCOUNT_INDEXES, slug, node, page, body)


def groups(table: Table[Group], slug: str, node: Node | None, page: Page, body: _Body[Group]) -> _Found[Group]:
    """Groups of an application that meet the filter: one page, and how many there are."""
    return _search(table, _GROUP_INDEXES, slug, node, page, body)


_Body = Callable[[R], dict[str, Any]]
_Found = tuple[list[R], int]


def _search(
    table: Table[R],
    indexes: dict[str, tuple[str, bool]],
    slug: str,
    node: Node | None,
    page: Page,
    body: _Body[R],
) -> _Found[R]:
    if node is None:
        return _page(table.find("app", slug), page), table.count("app", slug)
    found = [row for row in _candidates(table, indexes, slug, node) if row.app == slug and matches(node, body(row))]
    return _page(found, page), len(found)


def _candidates(table: Table[R], indexes: dict[str, tuple[str, bool]], slug: str, node: Node) -> Iterator[R]:
    for term in node.terms if isinstance(node, Every) else (node,):
        if not isinstance(term, Compare) or len(term.path) != 1 or not isinstance(term.value, str):
            continue
        name = term.path[0].lower()
        if name == "id" and term.op == "eq":
            row = table.get(term.value)
            return iter(() if row is None else (row,))
        if name in indexes and term.op in ("eq", "sw"):
            index, lowered = indexes[name]
            wanted = key(slug, term.value.lower() if lowered else term.value)
            return table.find(index, wanted) if term.op == "eq" else table.prefix(index, wanted)
    return table.find("app", slug)


def _page(rows: Iterable[R], page: Page) -> list[R]:
    kept: list[R] = []
    for place, row in enumerate(rows, 1):
        if place >= page.start + page.count:
            break
        if place >= page.start:
            kept.append(row)
    return kept
