"""Reports are drawn from a run's journal, and can be drawn again from an old one."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from harness import journal, kpis
from harness.reports import html, junit, story, summary
from harness.reports.tables import populations_csv


@dataclass(frozen=True)
class Written:
    """What was drawn, and the run it tells; `run.torn` when the journal's last line was cut in the middle."""

    summary: Path
    junit: Path
    report: Path
    ledgers: tuple[Path, ...]
    run: story.Run


def read_run(folder: Path) -> tuple[story.Run, str]:
    """The run of a folder's journal, and the journal's SHA-256.

    A last line that was cut in the middle is left out and said. Raises ValueError in one sentence for a journal that is
    missing, empty, damaged elsewhere, or not this harness's.
    """
    path = folder / "journal.jsonl"
    try:
        raw = path.read_bytes()
    except OSError:
        raise ValueError(f"{folder} is no run folder: {path.name} is not there or cannot be read") from None
    torn = _is_torn(raw)
    try:
        # Not splitlines(): a text in an event may hold one of the rarer line ends.
        lines = raw.decode("utf-8", errors="ignore" if torn else "strict").rstrip("\n").split("\n")
        events = list(journal.read(lines[:-1] if torn else lines))
        return story.tell(events, torn), hashlib.sha256(raw).hexdigest()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is damaged: it is not UTF-8") from None
    except ValueError as problem:
        raise ValueError(f"{path} cannot be read: {problem}") from None


def write_all(folder: Path) -> Written:
    """Draw summary.json, junit.xml, report.html and the ledgers from `folder/journal.jsonl`.

    Each file is written beside its place and then renamed, so that a reader never sees half of one. Raises ValueError
    as `read_run` does.
    """
    run, digest = read_run(folder)
    try:
        content = json.dumps(summary.of_run(run), ensure_ascii=False, indent=1) + "\n"
        page, cases = html.of_run(run, digest), junit.of_run(run)
    except ValueError as problem:
        raise ValueError(f"{folder / 'journal.jsonl'} cannot be drawn: {problem}") from None
    ledgers = {f"{kpi.id}.csv": kpis.ledger_csv(run.events, kpi.id) for kpi in kpis.KPIS}
    ledgers["populations.csv"] = populations_csv(run.events)
    (folder / "ledgers").mkdir(exist_ok=True)
    return Written(
        summary=_put(folder / "summary.json", content),
        junit=_put(folder / "junit.xml", cases),
        report=_put(folder / "report.html", page),
        ledgers=tuple(_put(folder / "ledgers" / name, text) for name, text in ledgers.items()),
        run=run,
    )


def _is_torn(raw: bytes) -> bool:
    """Whether the last line was being written when the run ended."""
    last = raw.rstrip(b"\n").rpartition(b"\n")[2]
    try:
        json.loads(last)
    except ValueError:
        return bool(last) and b"\n" in raw
    return False


def _put(path: Path, text: str) -> Path:
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="")
    os.replace(beside, path)
    return path
