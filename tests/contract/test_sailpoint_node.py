"""The vendor's Node SDK for SailPoint, unmodified, drives the reference company: one verdict a family of calls."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.answers import MISSING, vendor
from tests.checked import CheckedServer

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]
HERE = Path(__file__).parent / "node"
FAMILIES = re.findall(r"^  async (\w+)\(\)", (HERE / "sailpoint.js").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What went wrong in each family, None where nothing did; and what was wrong with the answers."""
    node, held = shutil.which("node"), vendor()
    if node is None:
        pytest.skip("Node is not installed; on Debian: apt-get install nodejs npm")
    if not (HERE / "node_modules" / "sailpoint-api-client").is_dir():
        pytest.skip("the vendor's Node SDK is not installed; make contract installs it where npm is there")
    if held is None:
        pytest.skip(MISSING)
    server = CheckedServer(held, limits="counted")
    try:
        surroundings = {**os.environ, "READY": json.dumps(server.start())}
        command = [node, str(HERE / "sailpoint.js")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180, env=surroundings)
    finally:
        server.stop()
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert rows, done.stderr[-2000:]
    return {"": server.checked.told(), **{row["family"]: row["problem"] for row in rows}}


@pytest.mark.parametrize("family", FAMILIES)
def test_family(told: dict[str, Any], family: str) -> None:
    """The family's calls answer what the SDK's users expect."""
    assert family in told, "the program ended before it came to this family"
    assert told[family] is None, told[family]


def test_answers_keep_to_the_document(told: dict[str, Any]) -> None:
    """Everything the SDK was answered is as the vendor's document declares it."""
    assert told[""] == []
