"""The vendor's Node SDK, unmodified, drives a new org: one program, one verdict a family of calls."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]
HERE = Path(__file__).parent / "node"
FAMILIES = re.findall(r"^  async (\w+)\(\)", (HERE / "drive.js").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def told(empty_org: dict[str, Any]) -> dict[str, str | None]:
    """What went wrong in each family; None where nothing did."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; on Debian: apt-get install nodejs npm")
    if not (HERE / "node_modules" / "@okta").is_dir():
        pytest.skip("the vendor's Node SDK is not installed; make contract installs it where npm is there")
    surroundings = {**os.environ, "OKTA_BASE": empty_org["urls"]["okta"], "OKTA_TOKEN": empty_org["okta"]["api_token"]}
    command = [node, str(HERE / "drive.js")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=surroundings)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert rows, done.stderr[-2000:]
    return {row["family"]: row["problem"] for row in rows}


@pytest.mark.parametrize("family", FAMILIES)
def test_family(told: dict[str, str | None], family: str) -> None:
    """The family's calls answer what the SDK's models and typed errors expect."""
    assert family in told, "the program ended before it came to this family"
    assert told[family] is None, told[family]
