"""How HR's news reach SailPoint: worker rows in an HR system, or a file the harness owns, uploaded as a whole."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Protocol

from harness.clients.http import Wire, expect
from harness.personas import COLUMNS, Person


class HrSource(Protocol):
    """Where a worker's row is written, and the file of everybody."""

    def knows(self, worker_id: str) -> bool:
        """Whether there is a row for the worker."""
        ...

    def put(self, person: Person) -> None:
        """Write the worker's row."""
        ...

    def feed(self, contractors: bool = False) -> bytes:
        """The file for SailPoint: all employees, or all contractors, as of now."""
        ...


class HrSystem:
    """A simulated HR system's own API."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def knows(self, worker_id: str) -> bool:
        """Whether there is a row for the worker."""
        return expect(self.wire.send("GET", f"/workers/{worker_id}"), "hr", 200, 404).status_code == 200

    def put(self, person: Person) -> None:
        """Write the worker's row. Raises Refused."""
        self.wire.intend("worker", person.worker_id)
        expect(self.wire.send("PUT", f"/workers/{person.worker_id}", body=person.row()), "hr", 200, 201)

    def feed(self, contractors: bool = False) -> bytes:
        """The file for SailPoint: all employees, or all contractors, as of now."""
        params = {"worker_type": "contractor"} if contractors else None
        return expect(self.wire.send("GET", "/feed.csv", params=params), "hr", 200).content


class OwnedFile:
    """The harness's own delimited file for a real tenant: kept on disk, so that a later run uploads everybody too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, dict[str, str]] = {}
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                self._rows = {row["worker_id"]: row for row in csv.DictReader(file)}

    def knows(self, worker_id: str) -> bool:
        """Whether there is a row for the worker."""
        return worker_id in self._rows

    def put(self, person: Person) -> None:
        """Write the worker's row; the file is replaced as a whole, never half-written."""
        self._rows[person.worker_id] = person.row()
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(self._text(list(self._rows.values())))
        fresh.replace(self._path)

    def feed(self, contractors: bool = False) -> bytes:
        """The file for SailPoint: all employees, or all contractors."""
        chosen = [row for row in self._rows.values() if (row["worker_type"] == "contractor") == contractors]
        return self._text(chosen)

    @staticmethod
    def _text(rows: list[dict[str, str]]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()
