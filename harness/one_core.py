"""Keeps a run and the estate it started on one core (docs/decisions/0006)."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

_TASKS = Path("/proc/self/task")


def share_one_core(worker: int = 0) -> Callable[[], None]:
    """Put every thread of this process on one of its cores, another for each parallel worker; answers how to undo it.

    The harness and the estate take turns: one of both always waits for the other. On two cores each turn wakes a
    sleeping one, which costs more than most requests. Nothing happens on a system that has no such setting.
    """
    if sys.platform != "linux":
        return lambda: None
    allowed = os.sched_getaffinity(0)
    # From the end: the first core has the machine's own chores.
    ours = sorted(allowed, reverse=True)[worker % len(allowed)]
    _put({ours})
    # What is there by now lives as long as the run: collections need not look at it again and again.
    gc.freeze()

    def undo() -> None:
        gc.unfreeze()
        _put(allowed)

    return undo


def _put(cores: Iterable[int]) -> None:
    for task in _TASKS.iterdir():
        with contextlib.suppress(OSError):  # a thread may end meanwhile, and a sandbox may forbid it
            os.sched_setaffinity(int(task.name), cores)
