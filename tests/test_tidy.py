"""Promises about the text of the project: features speak policy, SLAs are known, documents are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.sla import load_slas

ROOT = Path(__file__).resolve().parents[1]
FEATURES = sorted((ROOT / "features").glob("*.feature"))
PLUMBING = re.compile(r"\b(POST|GET|PUT|PATCH|DELETE|HTTP|JSON|API|URL|endpoint|status code|polls?)\b|/api/")
WANTED = {
    *("JN-01", "JN-02", "MV-01", "LV-01", "LV-02", "LV-03", "LV-04", "AR-01", "AR-02", "AR-04"),
    *("SS-01", "SS-02", "SS-06", "SS-18", "BD-01", "AU-01", "AU-02"),
}


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("path", FEATURES, ids=lambda p: p.stem)
def test_features_speak_policy(path: Path) -> None:
    """No step, title or description names the plumbing."""
    words = [line for line in _lines(path) if line and not line.startswith(("@", "#", "|"))]
    assert [line for line in words if PLUMBING.search(line)] == []


def test_every_sla_in_a_feature_is_a_promise() -> None:
    """What a feature quotes as a T-clock stands in slas.toml."""
    known = load_slas(ROOT / "features" / "slas.toml")
    quoted = {m for path in FEATURES for m in re.findall(r'"(T\d+(?:-\w+)?)"', path.read_text("utf-8"))}
    assert {sla for sla in quoted if sla not in known and not any(k.startswith(f"{sla}-") for k in known)} == set()


def test_the_core_scenarios_are_there_once() -> None:
    """Each catalogue id is the tag of exactly one scenario."""
    tags = [word[1:] for path in FEATURES for line in _lines(path) if line.startswith("@") for word in line.split()]
    assert sorted(tag for tag in tags if re.fullmatch(r"[A-Z]{2}-\d{2}", tag)) == sorted(WANTED)


def test_nothing_reads_the_wall_or_chance() -> None:
    """Only the files that own them ask the wall for the time; nobody asks the system for chance."""
    owners = {"harness/clock.py", "simulators/server.py"}
    asks = re.compile(
        r"datetime\.now\(|time\.time\(|time\.sleep\(|utcnow\(|date\.today\(|uuid4\(|random\.(random|choice)\("
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("harness", "simulators", "steps")
        for path in (ROOT / folder).rglob("*.py")
        if str(path.relative_to(ROOT)) not in owners
        for line in path.read_text(encoding="utf-8").splitlines()
        if asks.search(line)
    ]
    assert found == []


def test_no_committed_file_names_a_download_host_or_this_machine() -> None:
    """Pins are names and versions; nothing points at one machine."""
    machine = "|".join(f"/{folder}/" for folder in ("work", "root"))
    hosts = re.compile(rf"index-url|--find-links|\"resolved\"|{machine}|file:///")
    files = [ROOT / "constraints.txt", ROOT / "pyproject.toml", ROOT / "Makefile", *ROOT.glob("*.md")]
    assert [str(p) for p in files if p.exists() and hosts.search(p.read_text(encoding="utf-8"))] == []
