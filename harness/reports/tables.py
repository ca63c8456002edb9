"""`ledgers/populations.csv`: how each KPI's population was listed, and what it was counted against. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from harness.journal import Event, PopulationCounted
from harness.kpis import cell


def populations_csv(events: Iterable[Event]) -> str:
    """One row per count: the query, its rows, and the second count it was reconciled with."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(["kpi", "query", "rows", "second_count", "second_rows"])
    for event in events:
        if isinstance(event, PopulationCounted):
            row = (event.kpi, event.query, event.rows, event.second_count, event.second_rows)
            sheet.writerow([cell(value) for value in row])
    return out.getvalue()
