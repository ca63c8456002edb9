"""The whole suite of scenarios on a served estate whose SailPoint answers are held against the vendor's document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.answers import MISSING, vendor
from tests.checked import CheckedServer

pytestmark = pytest.mark.contract
ROOT = Path(__file__).resolve().parents[2]


def test_every_answer_of_the_scenarios_keeps_to_the_document(tmp_path: Path) -> None:
    """A run attached to the estate is green, and what the tenant answered meanwhile is declared and well-formed."""
    held = vendor()
    if held is None:
        pytest.skip(MISSING)
    server = CheckedServer(held)
    try:
        ready = server.start()
        command = [
            sys.executable,
            "-m",
            "harness.cli",
            "run",
            "--estate",
            ready["urls"]["control"],
            "--out",
            str(tmp_path),
        ]
        done = subprocess.run(
            [*command, "--samples", "2"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=290
        )
    finally:
        server.stop()
    print(f"{server.checked.answered} answers held against the document")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    (folder,) = tmp_path.glob("*/*")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert {row["verdict"] for row in summary["scenarios"]} == {"passed"}
    assert server.checked.answered > 500
    assert server.checked.told() == []
