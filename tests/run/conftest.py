"""Runs of the product as a person starts them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


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
        """The journal's lines."""
        assert self.folder is not None
        return [json.loads(line) for line in (self.folder / "journal.jsonl").read_text("utf-8").splitlines()]


class Lifecycle:
    """Runs `lifecycle run` with a run folder of its own."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def __call__(self, *arguments: str, name: str = "runs") -> Ran:
        out = self.out / name
        command = [sys.executable, "-m", "harness.cli", "run", "--out", str(out), *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=570)
        folders = sorted(out.glob("*/*")) if out.exists() else []
        return Ran(done.returncode, done.stdout, done.stderr, folders[-1] if folders else None)


@pytest.fixture
def lifecycle(tmp_path: Path) -> Lifecycle:
    """`lifecycle run` in a folder of the test's own."""
    return Lifecycle(tmp_path)
