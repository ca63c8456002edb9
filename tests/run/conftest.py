"""Runs of the product as a person starts them."""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.started import Ended, ended

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Asked:
    """What a run is asked to do; `feed` is the text of an HR feed.

    Python orders its sets by a hash seed of 0; with another one the run has an interpreter of its own from the start.
    """

    arguments: tuple[str, ...]
    hash_seed: str | None = None
    feed: bytes | None = None


@dataclass
class Ran:
    """A finished run: exit status, what it printed, its folder and summary."""

    exit: int
    out: str
    err: str
    folder: Path | None

    @property
    def summary(self) -> dict[str, Any]:
        """The run's summary.json."""
        assert self.folder is not None, self.out + self.err
        return json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    def scenario(self, id: str) -> dict[str, Any]:
        """One scenario of the summary."""
        return next(row for row in self.summary["scenarios"] if row["id"] == id)

    def journal(self) -> list[dict[str, Any]]:
        """The journal's lines, without what may differ between two equal runs."""
        assert self.folder is not None
        rows = [json.loads(line) for line in (self.folder / "journal.jsonl").read_text("utf-8").split("\n") if line]
        return [{k: v for k, v in row.items() if not k.startswith("wall_") and k != "command"} for row in rows]


class Runs:
    """Starts each run once, two at a time: a run keeps one core busy. Parallel workers share one folder of runs."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._pool = ThreadPoolExecutor(2)
        self._begun: dict[Asked, Future[Ran]] = {}

    def begin(self, asked: Asked) -> Future[Ran]:
        """The run, begun now unless it was already."""
        if asked not in self._begun:
            self._begun[asked] = self._pool.submit(self._once, asked)
        return self._begun[asked]

    def _once(self, asked: Asked) -> Ran:
        """The run, by whichever worker comes first; the others wait for it."""
        out = self._out / sha256(repr(asked).encode()).hexdigest()[:16]
        with out.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = out.with_suffix(".pickle")
            if not kept.exists():
                kept.write_bytes(pickle.dumps(self._run(asked, out)))
            return pickle.loads(kept.read_bytes())

    def _run(self, asked: Asked, out: Path) -> Ran:
        arguments = list(asked.arguments)
        if asked.feed is not None:
            out.mkdir(exist_ok=True)
            (out / "feed.csv").write_bytes(asked.feed)
            arguments += ["--hr-feed", str(out / "feed.csv")]
        command = ["run", "--out", str(out / "runs"), *arguments]
        seed = asked.hash_seed
        done = ended("harness.cli", command, ROOT, out) if seed is None else _fresh(command, seed)
        folders = sorted((out / "runs").glob("*/*"))
        return Ran(done.exit, done.out, done.err, folders[-1] if folders else None)

    def close(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._pool.shutdown(cancel_futures=True)


def _fresh(arguments: list[str], hash_seed: str) -> Ended:
    command, environment = (
        [sys.executable, "-m", "harness.cli", *arguments],
        {**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Everything that the chosen tests ask for, begun in their order."""
    shared = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else None
    folder = tmp_path_factory.mktemp("runs") if shared is None else shared / "runs"
    folder.mkdir(exist_ok=True)
    found = Runs(folder)
    for item in request.session.items:
        for asked in getattr(getattr(item, "callspec", None), "params", {}).get("ran", ()):
            found.begin(asked)
    yield found
    found.close()


@pytest.fixture
def ran(request: pytest.FixtureRequest, runs: Runs) -> list[Ran]:
    """The runs that the test's parameter asks for."""
    return [runs.begin(asked).result() for asked in request.param]


def asks(*wanted: Asked) -> pytest.MarkDecorator:
    """Gives a test these runs as `ran`."""
    return pytest.mark.parametrize("ran", [pytest.param(wanted, id="run")], indirect=True)
