"""The trail: every system's log read as it grows, so that one person's events are found without a scan.

Logs only ever grow, and a restore puts another state in place; so reading what is new since the last look is enough.
Nothing is read while nobody looks.
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from simulators.control.world import Estate
from simulators.hr.workers import Change
from simulators.kernel.table import Table
from simulators.okta.domain.log import EVENT_TYPES
from simulators.okta.domain.log import Event as OktaEvent
from simulators.sailpoint.domain.records import Activity
from simulators.sailpoint.domain.records import Event as AuditEvent
from simulators.scim.records import Write

SYSTEMS = ("hr", "sailpoint", "okta", "apps")
_MOST = 4_000  # records read in one look, so that no look takes long
Record = OktaEvent | AuditEvent | Activity | Write | Change
Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. `place` sorts: milliseconds, source, number; `text` is what a search looks through, in lower case."""

    place: Place
    system: str
    kind: str
    text: str
    record: Record


@dataclass(frozen=True)
class _Source:
    """One log: its system, its table (None for Okta's numbered events), and how a record is read."""

    system: str
    table: Callable[[Estate], Table[Any]] | None
    read: Callable[[Any], tuple[datetime, str, Iterable[str], str]]


class Trail:
    """What has been read of the logs of the current estate."""

    def __init__(self) -> None:
        self._states: tuple[Any, ...] = ()
        self._forget()

    def _forget(self) -> None:
        self.behind = False
        self._all: list[Entry] = []
        self._persons: dict[str, list[Entry]] = {}
        self._systems: dict[str, list[Entry]] = {}
        self._last: list[str | None] = [None] * len(_SOURCES)
        self._numbers = [0] * len(_SOURCES)

    def catch_up(self, estate: Estate) -> None:
        """Read what the logs have gained; another state in place of the last one is read from its beginning."""
        states = (estate.hr.state, estate.sailpoint.state, estate.okta.state, estate.apps.state)
        if len(states) != len(self._states) or any(a is not b for a, b in zip(states, self._states, strict=True)):
            self._states = states
            self._forget()
        left = _MOST
        for rank, source in enumerate(_SOURCES):
            for record in islice(self._new(estate, rank, source), left):
                self._enter(rank, source, record)
                left -= 1
        self.behind = left == 0

    def _new(self, estate: Estate, rank: int, source: _Source) -> Iterator[Any]:
        if source.table is None:
            state = estate.okta.state
            for number in range(self._numbers[rank], state.event_count):
                yield state.events[number]
            return
        for record in source.table(estate).rows(self._last[rank]):
            self._last[rank] = record.id
            yield record

    def _enter(self, rank: int, source: _Source, record: Any) -> None:
        at, kind, names, text = source.read(record)
        persons = {name.lower() for name in names if name}
        number = self._numbers[rank]
        self._numbers[rank] = number + 1
        words = " ".join((kind, text, *sorted(persons))).lower()
        entry = Entry((round(at.timestamp() * 1000), rank, number), source.system, kind, words, record)
        for rows in (self._all, self._systems.setdefault(source.system, [])):
            _insert(rows, entry)
        for person in persons:
            _insert(self._persons.setdefault(person, []), entry)

    def entries(self, persons: Iterable[str] | None, system: str, before: Place) -> Iterator[Entry]:
        """Entries before a place, youngest first: everybody's, or those that name one of `persons` in any way."""
        if persons is None:
            rows = self._systems.get(system, []) if system else self._all
        else:
            found = {entry.place: entry for name in persons for entry in self._persons.get(name.lower(), ())}
            rows = sorted((e for e in found.values() if system in ("", e.system)), key=attrgetter("place"))
        for at in range(bisect_left(rows, before, key=attrgetter("place")) - 1, -1, -1):
            yield rows[at]


def _insert(rows: list[Entry], entry: Entry) -> None:
    if not rows or rows[-1].place < entry.place:
        rows.append(entry)
    else:
        insort(rows, entry, key=attrgetter("place"))


def _okta(event: OktaEvent) -> tuple[datetime, str, Iterable[str], str]:
    parties = (event.cause.actor, *event.targets)
    names = [name for p in parties if p.type in ("User", "AppUser") for name in (p.id, p.alternate_id or "")]
    told = EVENT_TYPES.get(event.type, ("", None))[0]
    text = " ".join((told, event.result, event.reason or "", *(p.name or "" for p in parties)))
    return event.published, event.type, [n for n in names if n != "unknown"], text


def _audit(event: AuditEvent) -> tuple[datetime, str, Iterable[str], str]:
    values = [str(value) for value in event.attributes.values()]
    named = [str(event.attributes.get(name) or "") for name in ("accountName", "nativeIdentity", "identityName")]
    return event.created, event.action, (event.target, event.actor, *named), " ".join((event.technical_name, *values))


def _activity(activity: Activity) -> tuple[datetime, str, Iterable[str], str]:
    return activity.created, "account activity", (activity.identity_id,), activity.type


def _write(write: Write) -> tuple[datetime, str, Iterable[str], str]:
    names, body = [write.resource_id or ""], write.body or ""
    if body and "/Users" in write.path:
        document = json.loads(body)
        if isinstance(document, dict):
            names += [str(document.get(name) or "") for name in ("userName", "externalId")]
    text = f"{write.app} {write.credential} {write.path} {write.status} {body}"
    return write.time, f"SCIM {write.verb}", names, text


def _change(change: Change) -> tuple[datetime, str, Iterable[str], str]:
    text = " ".join(f"{name} {before} {after}" for name, before, after in change.columns)
    return change.at, change.what, (change.worker_id,), text


_SOURCES = (
    _Source("hr", lambda estate: estate.hr.state.changes, _change),
    _Source("sailpoint", lambda estate: estate.sailpoint.state.events, _audit),
    _Source("sailpoint", lambda estate: estate.sailpoint.state.activities, _activity),
    _Source("okta", None, _okta),
    _Source("apps", lambda estate: estate.apps.state.writes, _write),
)
