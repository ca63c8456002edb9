"""Commands of the product in processes of their own that need not import everything first.

A fresh interpreter spends most of a short run on imports. These processes are forks of one that has done them once, and
otherwise what a person starts: own arguments, own folder, own streams, and the exit status. Whatever concerns the start
itself (signals, the order of sets, the ready line) is tested with a fresh interpreter.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from simulators.sailpoint.app import AREAS

# Modules whose assertions pytest rewrites (plugins, steps) must be imported by pytest itself.
_LOADED = (
    "pytest", "allure_commons.model2", "anyio._backends._asyncio", "faker", "gherkin.parser", "h11", "httpcore",
    "httptools", "jinja2", "mako.lookup", "parse_type.cfparse", "pydantic.v1", "harness.cli", "harness.clients.okta",
    "harness.personas", "harness.plan", "harness.progress", "harness.reports.console", "harness.run",
    "simulators.command", "simulators.server", *(f"simulators.sailpoint.routes.{name}" for name in AREAS),
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """A process that has ended: exit status and what it printed."""

    exit: int
    out: str
    err: str


def ended(module: str, arguments: Sequence[str], folder: Path, streams: Path, timeout: float = 300) -> Ended:
    """`python -m MODULE ARGUMENTS` in the folder, once it has ended; its streams are kept in files below `streams`.

    Raises TimeoutError, and ends the process, after so many seconds.
    """
    streams.mkdir(parents=True, exist_ok=True)
    (streams / "status").unlink(missing_ok=True)
    process = _server().Process(target=_begin, args=(module, list(arguments), str(folder), str(streams)), daemon=True)
    process.start()
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"{module} {' '.join(arguments)} has not ended")
    # Several threads look after each other's processes, and only the first is told how one has ended.
    status = streams / "status"
    known = int(status.read_text("utf-8")) if status.exists() else process.exitcode
    return Ended(known, *((streams / name).read_text("utf-8") for name in ("stdout", "stderr")))


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONHASHSEED", "0")
        forkserver.ensure_running()
    return context


def _begin(module: str, arguments: list[str], folder: str, streams: str) -> None:
    os.chdir(folder)
    for number, name in ((1, "stdout"), (2, "stderr")):
        kept = os.open(os.path.join(streams, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(kept, number)
        os.close(kept)
    sys.argv = ["lifecycle", *arguments]
    try:
        sys.exit(importlib.import_module(module).main())
    except SystemExit as end:
        with open(os.path.join(streams, "status"), "w", encoding="utf-8") as status:
            status.write(str(int(end.code or 0)))
        raise
