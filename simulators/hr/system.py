"""HrSystem: rows per worker on the estate's clock; a row with a later effective date waits for it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from simulators.hr.workers import (
    COLUMNS,
    FURTHER,
    BadRow,
    Change,
    HrState,
    Site,
    Waiting,
    Worker,
    changed,
    midnight,
    worker_from,
)
from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids


class HrSystem:
    """State, clock and the commands of HR."""

    def __init__(self, clock: VirtualClock, ids: Ids, sites: Mapping[str, Site] | None = None) -> None:
        self.clock = clock
        self.ids = ids
        self.sites = dict(sites or {})
        self.base_url = ""
        self.state = HrState()
        clock.on("hr.row-counts", self._count)

    def plant(self, values: Mapping[str, Any]) -> Worker:
        """Add a row that has counted since before the estate opened."""
        return self.state.workers.put(worker_from(values, None, self.sites, self.clock.now()))

    def put(self, worker_id: str, values: Mapping[str, Any]) -> tuple[Worker, bool]:
        """Write a worker's row; answers it and whether the worker is new. Raises BadRow."""
        if values.get("worker_id", worker_id) != worker_id:
            raise BadRow(f"worker_id {values['worker_id']!r} differs from the address; write {worker_id!r} in both")
        new = not self.knows(worker_id)
        before, now = self.state.workers.get(worker_id), self.clock.now()
        row = worker_from({**values, "worker_id": worker_id}, before, self.sites, now)
        if row.effective_date and (counts_from := midnight(row.effective_date, row.time_zone)) > now:
            waiting = self.state.waiting.put(Waiting(f"{worker_id}/{row.effective_date}", row))
            self.clock.call_at(counts_from, "hr.row-counts", waiting.id)
            self._note(worker_id, "row that waits", changed(before, row))
        else:
            self.state.workers.put(row)
            self._note(worker_id, "row changed" if before else "row added", changed(before, row))
        return row, new

    def knows(self, worker_id: str) -> bool:
        """Whether HR has any row for the worker."""
        return worker_id in self.state.workers or self.state.waiting.count("worker", worker_id) > 0

    def remove(self, worker_id: str) -> bool:
        """Take out all rows of a worker; False when there is none."""
        known = self.knows(worker_id)
        self.state.workers.remove(worker_id)
        for waiting in list(self.state.waiting.find("worker", worker_id)):
            self.state.waiting.remove(waiting.id)
        if known:
            self._note(worker_id, "rows removed")
        return known

    def feed(self, worker_type: str = "employee", further: bool = False) -> str:
        """The file of everybody of a kind as of now, as CSV."""
        columns = [*COLUMNS, *FURTHER] if further else COLUMNS
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(worker.body() for worker in self.state.workers.find("kind", worker_type))
        return text.getvalue()

    def _count(self, id: str) -> None:
        waiting = self.state.waiting.remove(id)
        if waiting is None:
            return
        row = waiting.worker
        values = {name: getattr(row, name) for name in (*COLUMNS, *FURTHER) if name not in ("end_now", "updated_at")}
        before, counted = self.state.workers.get(row.worker_id), worker_from(values, None, self.sites, self.clock.now())
        self.state.workers.put(counted)
        self._note(row.worker_id, "row counts", changed(before, counted))

    def _note(self, worker_id: str, what: str, columns: tuple[tuple[str, str, str], ...] = ()) -> None:
        changes = self.state.changes
        changes.put(Change(str(len(changes) + 1), self.clock.now(), worker_id, what, columns))
