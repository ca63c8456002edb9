"""The vendor's Python SDK, unmodified, of both generations: whole flows, and one call of every operation it has.

Generation 2 is installed beside the project and calls the services' own versions. Generation 1.4 calls the yearly
versions; it gets an environment of its own in the cache folder, made once a machine.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.answers import MISSING, document, vendor
from tests.checked import CheckedServer
from tests.contract.known import calls

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]
ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lifecycle-harness"
OLD = "sailpoint==1.4.2"
FLOWS = ("hire", "requested", "certified", "terminated")
# How many operations have to succeed at least; the others act on what is not there at rest, or on made-up things.
LEAST_DONE = {"2": 200, "1.4": 180}
# What an SDK cannot read whoever answers: examples of triggers that fit several of its kinds or none, plain words where
# its models are to be, a model that it does not have.
SLIPS = {
    "2": ("GET /triggers/v1: ", "GET /workgroups/v1/{workgroupId}/connections: None AttributeError('from_dict')"),
    "1.4": ("GET /triggers/v1: ", "POST /roles/v1/filter: None AttributeError(\"module 'sailpoint.v2024.models'"),
}


@dataclass
class Told:
    """What came of one generation's run."""

    flows: dict[str, str | None] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    checked: int = 0
    least_done: int = 0
    slips: tuple[str, ...] = ()


def old_python() -> str:
    """The interpreter that has the SDK's first generation. Skips where it cannot be installed."""
    folder = CACHE / OLD.replace("==", "-")
    python = folder / "bin" / "python"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            venv.create(folder, clear=True, with_pip=True)
            # what the project is pinned to, except for the SDK itself
            pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
            pinned = folder / "constraints.txt"
            pinned.write_text("\n".join(pin for pin in pins if not pin.startswith("sailpoint==")), encoding="utf-8")
            command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", OLD, "-c", str(pinned)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                pytest.skip(f"{OLD} cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
            (folder / "ready").touch()
    return str(python)


@pytest.fixture(scope="module", params=["2", "1.4"])
def told(request: pytest.FixtureRequest) -> Told:
    """The flows and calls of one generation, driven by a program of its own on a company that stands still."""
    if request.param == "2":
        pytest.importorskip(
            "sailpoint", reason="the vendor's SailPoint SDK is not installed; make contract installs it"
        )
    held, python = vendor(), sys.executable if request.param == "2" else old_python()
    if held is None:
        pytest.skip(MISSING)
    server = CheckedServer(held, limits="counted")
    try:
        ready = server.start()
        asked = json.dumps({"ready": ready, "calls": calls(document() or {}, ready)})
        command = [python, "-W", "ignore", "-m", "tests.contract.sailpoint_sdk"]
        done = subprocess.run(command, cwd=ROOT, input=asked, capture_output=True, text=True, check=False, timeout=280)
    finally:
        server.stop()
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert rows, done.stderr[-2000:]
    assert done.returncode == 0, done.stderr[-2000:]
    found = Told(
        {row["flow"]: row["problem"] for row in rows if "flow" in row}, [row for row in rows if "outcome" in row]
    )
    found.wrong, found.checked = server.checked.told(), server.checked.answered
    found.least_done, found.slips = LEAST_DONE[request.param], SLIPS[request.param]
    return found


@pytest.mark.parametrize("flow", FLOWS)
def test_flow(told: Told, flow: str) -> None:
    """From an HR row to an Okta account, from request to group, from campaign to removal, from end to dead session."""
    assert flow in told.flows, "the program ended before it came to this flow"
    assert told.flows[flow] is None, told.flows[flow]


def test_every_function_reads_its_answer(told: Told) -> None:
    """Each operation is called once; what the SDK is answered becomes its models."""
    outcomes: dict[str, list[str]] = {}
    for row in told.calls:
        outcomes.setdefault(row["outcome"], []).append(f"{row['operation']}: {row.get('told', '')}")
    print({outcome: len(rows) for outcome, rows in outcomes.items()}, told.checked, "answers checked")
    for outcome in ("unbuildable", "refused", "problem"):
        print(outcome, *outcomes.get(outcome, ()), sep="\n  ")
    assert [one for one in outcomes.get("problem", []) if not one.startswith(told.slips)] == []
    assert len(outcomes.get("done", ())) >= told.least_done


def test_answers_keep_to_the_document(told: Told) -> None:
    """Everything the SDK was answered is as the vendor's document declares it."""
    assert told.checked > 0
    assert told.wrong == []
