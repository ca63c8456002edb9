"""Keeps a run and the estate it started on one core (docs/decisions/0006)."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

_TASKS, _STATE = Path("/proc/self/task"), Path("/proc/thread-self/stat")


def share_one_core() -> Callable[[], None]:
    """Keep every thread of this process on the core on which this one runs now; answers how to undo it.

    The harness and the estate take turns: one of both always waits for the other. On two cores each turn wakes a
    sleeping one, which costs more than most requests. The system has put us where nobody else is: parallel workers and
    other runs are told apart by that. Nothing happens on a system that has no such setting.
    """
    if sys.platform != "linux" or not _STATE.exists():
        return lambda: None
    allowed = os.sched_getaffinity(0)
    _put({_present_core()})
    # What is there by now lives as long as the run: collections need not look at it again and again.
    gc.freeze()

    def undo() -> None:
        gc.unfreeze()
        _put(allowed)

    return undo


def _present_core() -> int:
    """Where this thread runs: the field `processor` (39) of its state, of which the second is a name in brackets."""
    return int(_STATE.read_text(encoding="utf-8").rpartition(")")[2].split()[36])


def _put(cores: Iterable[int]) -> None:
    for task in _TASKS.iterdir():
        with contextlib.suppress(OSError):  # a thread may end meanwhile, and a sandbox may forbid it
            os.sched_setaffinity(int(task.name), cores)
