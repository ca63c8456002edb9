"""What connectors answer: the outcome of one operation, one page of an aggregation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.values import Values


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation went: done, wait (until an instant, as the target asked), retry, manual, failed.

    Or gone: the target does not know the account any more.
    """

    status: str
    message: str = ""
    until: datetime | None = None
    native: str = ""
    name: str = ""
    attributes: Values = field(default_factory=Values)
    disabled: bool | None = None
    account_status: str | None = None
    locked: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One account as a source shows it. `entitlements` None means: not read, keep what is known."""

    native: str
    name: str
    attributes: Mapping[str, Any]
    disabled: bool
    status: str = ""
    entitlements: tuple[str, ...] | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    gone: bool = False
    partial: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Right:
    """One entitlement as a source shows it."""

    value: str
    name: str
    description: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an aggregation. A `cursor` means that there is more; `until` that the target asked to wait.

    `not_before` asks to leave the next page until then: the source's share of a rate limit is used up. `as_of` is where
    a log ends, which says nothing of what came later; other pages are as old as the run at most.
    """

    found: tuple[Found, ...] = ()
    rights: tuple[Right, ...] = ()
    cursor: Mapping[str, Any] | None = None
    until: datetime | None = None
    error: str = ""
    memberships: Mapping[str, frozenset[str]] | None = None
    complete: bool = False
    not_before: datetime | None = None
    as_of: datetime | None = None
