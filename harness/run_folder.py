"""A run's folder: made, joined together from parallel workers' journals, and taken away again if nothing ran."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from harness.clock import wall_now
from harness.journal import Event, RunStarted, ScenarioStarted, read
from harness.plan import RunRefused


def fresh_folder(parent: Path) -> Path:
    """A new folder named after the wall's time. Raises RunRefused when none can be made."""
    name = wall_now().strftime("%Y%m%dT%H%M%SZ")
    for number in range(1, 1000):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if parent.is_file():
                break
            continue
        except OSError as problem:
            raise RunRefused(f"the run folder {folder} cannot be made: {problem.strerror}") from None
        return folder
    raise RunRefused(f"no run folder can be made in {parent}; name another with --out")


def leave_nothing(folder: Path) -> None:
    """Take the folder of a run that never began away, and the folders above it that only this run needed."""
    shutil.rmtree(folder)
    for above in (folder.parent, folder.parent.parent):
        with contextlib.suppress(OSError):
            above.rmdir()


@contextlib.contextmanager
def workers_events(folder: Path) -> Iterator[list[Event]]:
    """Events of parallel workers: one beginning of the run, then scenario by scenario in the order of collection.

    Their files go once the caller has them.
    """
    parts = sorted(folder.glob("journal-*.jsonl"))
    heads: list[Event] = []
    blocks: dict[int, list[Event]] = {}
    for path in parts:
        block: list[Event] | None = None
        for event in read(path.read_text(encoding="utf-8").splitlines()):
            if isinstance(event, RunStarted):
                heads = heads or [event]
                continue
            if isinstance(event, ScenarioStarted):
                block = blocks.setdefault(event.order, [])
            if block is not None:
                block.append(event)
    yield [*heads, *(event for order in sorted(blocks) for event in blocks[order])]
    for path in parts:
        path.unlink()
