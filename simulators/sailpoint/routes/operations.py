"""What the vendor documents of each operation: who may call it, in which versions, and how its collection is asked."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

_PARAMETER = re.compile(r"\{[^}]*\}")
VERSIONS = ("v3", "v2024", "v2025", "v2026", "beta")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of `operations.csv`.

    `twins` are the yearly versions that have it too. Any one of `scopes` suffices; without `levels` every person may
    call. `user` refuses tokens without a person, `open` asks for no token. `filters` maps a field to its operators.
    """

    method: str
    path: str
    twins: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    user: bool = False
    experimental: bool = False
    deprecated: bool = False
    open: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    sorters: frozenset[str] = frozenset()
    limit: int = 250
    most: int = 250


def shape(path: str) -> str:
    """A path without the names of its parameters.

    >>> shape("/roles/v1/{id}/entitlements")
    '/roles/v1/{}/entitlements'
    """
    return _PARAMETER.sub("{}", path)


def _filters(text: str) -> dict[str, str]:
    """Operators by field.

    >>> _filters("id owner.id: eq in; name: sw")
    {'id': 'eq in', 'owner.id': 'eq in', 'name': 'sw'}
    """
    found = {}
    for group in filter(None, text.split("; ")):
        names, _, operators = group.partition(": ")
        found.update(dict.fromkeys(names.split(), operators))
    return found


def _operation(row: Mapping[str, str]) -> Operation:
    marks = row["marks"].split()
    twins = VERSIONS if row["twins"] == "all" else row["twins"].split()
    limit, _, most = (row["limit"] or "250/250").partition("/")
    return Operation(
        row["method"],
        row["path"],
        frozenset(twins),
        frozenset(row["scopes"].split()),
        frozenset(row["levels"].split()),
        user="user" in marks,
        experimental="experimental" in marks,
        deprecated="deprecated" in marks,
        open="open" in marks,
        filters=_filters(row["filters"]),
        sorters=frozenset(row["sorters"].split()),
        limit=int(limit),
        most=int(most),
    )


def _read() -> dict[tuple[str, str], Operation]:
    text = (files(__package__) / "operations.csv").read_text("utf-8")
    return {(one.method, shape(one.path)): one for one in map(_operation, csv.DictReader(text.splitlines()))}


OPERATIONS: Mapping[tuple[str, str], Operation] = _read()


def operation(method: str, path: str) -> Operation:
    """The row of an operation, whatever its parameters are called. Raises LookupError for one without a row."""
    found = OPERATIONS.get((method, shape(path)))
    if found is None:
        raise LookupError(f"{method} {path} has no row in operations.csv")
    return found
