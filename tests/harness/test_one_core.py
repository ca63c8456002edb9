"""A run keeps to one core, and leaves it when it ends."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.one_core import share_one_core


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose its cores")
def test_every_thread_stays_on_one_core_until_undone() -> None:
    """Threads that were there before, and those that begin meanwhile."""
    allowed, ready, over = os.sched_getaffinity(0), threading.Event(), threading.Event()

    def cores() -> set[int]:
        ready.set()
        over.wait()
        return os.sched_getaffinity(0)

    with ThreadPoolExecutor(2) as pool:
        before = pool.submit(cores)
        ready.wait()
        undo = share_one_core()
        try:
            here = os.sched_getaffinity(0)
            later = pool.submit(os.sched_getaffinity, 0).result()
            over.set()
            assert len(here) == 1
            assert here <= allowed
            assert later == before.result() == here
        finally:
            over.set()
            undo()
        assert os.sched_getaffinity(0) == allowed
