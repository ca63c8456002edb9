"""The main job as a person starts it: green when all is well, the same twice, and plain when it cannot run."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.personas import COLUMNS

ROOT = Path(__file__).resolve().parents[2]
FEED = [
    ",".join(COLUMNS),
    'F1,Zoë,"O\'Brien-Müller, II",Sales,Rep,E1006,HNL,Pacific/Honolulu,employee,2026-02-01,,,',
    "F2,Ōtani,翔平,Engineering,Developer,E1019,BLR,Asia/Kolkata,employee,2026-03-20,,,",
    "F3,Ana,Núñez,Finance,Clerk,E1012,BER,Europe/Berlin,employee,2025-01-01,,,",
    "F3,Ana,Núñez,Support,Agent,E1008,BER,Europe/Berlin,employee,2025-01-01,,,2026-03-05",
    "F4,Tom,Li,IT,Admin,E1004,NYC,America/New_York,employee,2024-05-01,2026-03-04,voluntary,",
    "F5,Bad,Zone,IT,Admin,E1004,NYC,Moon/Base,employee,2024-05-01,,,",
    "F6,Now,Gone,Sales,Rep,E1006,NYC,America/New_York,employee,2024-05-01,2026-03-02,involuntary,",
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One whole run and a second one with the same random seed."""
    from tests.run.conftest import Lifecycle

    lifecycle = Lifecycle(tmp_path_factory.mktemp("whole"))
    arguments = ("--samples", "2")
    return lifecycle(*arguments, name="one"), lifecycle(*arguments, name="two")


def test_the_healthy_estate_is_green(whole) -> None:
    """Every core scenario passes, every SLA is met by a natural timing, no KPI is missed."""
    done, _ = whole
    assert done.exit == 0, done.out + done.err
    summary = done.summary
    assert {row["verdict"] for row in summary["scenarios"]} == {"passed"}
    assert len(summary["scenarios"]) == 17
    slas = [sla for row in summary["scenarios"] for e in (row["examples"] or [row]) for sla in e.get("slas", [])]
    assert {sla["verdict"] for sla in slas} == {"met"}
    assert {kpi["id"]: kpi["verdict"] for kpi in summary["kpis"]}.keys() == {"K1", "K2", "K3", "K4", "K5"}
    assert {kpi["verdict"] for kpi in summary["kpis"]} <= {"met", "met_so_far"}
    assert all(kpi["n"] > 0 for kpi in summary["kpis"])


def test_same_random_seed_same_journal(whole) -> None:
    """Two serial runs differ in nothing but wall-clock fields and the command that names their folder."""
    one, two = whole

    def lines(ran):
        rows = ran.journal()
        for row in rows:
            for key in [k for k in row if k.startswith("wall_")]:
                del row[key]
            row.pop("command", None)
        return rows

    assert lines(one) == lines(two)


def test_nothing_secret_is_left_behind(whole) -> None:
    """No token, password, key or cookie of the estate stands in any file of the run folder."""
    done, _ = whole
    leaks = re.compile(rb"eyJ[\w-]{10,}\.eyJ|SSWS [0-9A-Za-z]{20}|Lc9![0-9a-f]{16}|\"d\": ?\"[\w-]{60}")
    files = [p for p in done.folder.rglob("*") if p.is_file()]
    assert [str(p) for p in files if leaks.search(p.read_bytes())] == []
    addresses = re.compile(rb"127\.0\.0\.1:\d+")
    assert [str(p) for p in files if addresses.search(p.read_bytes())] == []


def test_the_run_folder_is_whole(whole) -> None:
    """Every file that others rely on is there."""
    done, _ = whole
    for name in ("journal.jsonl", "summary.json", "report.html", "junit.xml", "allure-results", "ledgers/K2.csv"):
        assert (done.folder / name).exists(), name
    page = (done.folder / "report.html").read_text("utf-8")
    assert not re.search(r"""(?:src|href)=["']https?:""", page)
    results = [json.loads(p.read_text("utf-8")) for p in (done.folder / "allure-results").glob("*-result.json")]
    assert results
    assert all(any(label["name"] == "severity" for label in row["labels"]) for row in results)


def test_an_hr_feed_is_judged_row_by_row(lifecycle, tmp_path: Path) -> None:
    """Unusual names, zones and dates; a bad row is reported with line and reason and the others proceed."""
    path = tmp_path / "feed.csv"
    path.write_bytes("\r\n".join(FEED).encode("utf-8-sig") + b"\r\n")
    done = lifecycle("--hr-feed", str(path))
    assert done.exit == 0, done.out + done.err
    feed = done.summary["feed"]
    assert feed["accepted"] == 6
    assert [(row["line"], "Moon/Base" in row["reason"]) for row in feed["rejected"]] == [(7, True)]
    judged = {e["example"] for row in done.summary["scenarios"] for e in row["examples"]}
    assert "line 2: Zoë O'Brien-Müller, II" in judged
    assert {row["id"] for row in done.summary["scenarios"]} == {"JN-01", "JN-02", "MV-01", "LV-01", "LV-02"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--target", "nowhere"), "there is no target 'nowhere'"),
        (("--target", "attached"), "needs --estate"),
        (("--estate", "http://127.0.0.1:9"), "no control plane answers"),
        (("--hr-feed", "missing.csv"), "does not exist"),
        (("--defect", "SD-00"), "there is no defect 'SD-00'"),
        (("-m", "nosuchtag"), "no scenario was selected"),
        (("-k", "and and"), "wrong"),
        (("--samples", "none"), "samples"),
    ],
)
def test_what_cannot_run_says_so_in_one_sentence(lifecycle, arguments, sentence: str) -> None:
    """Exit status 3, one sentence on stderr, no traceback, no half-written report."""
    done = lifecycle(*arguments)
    assert done.exit == 3, done.out + done.err
    assert sentence.lower() in done.err.lower()
    assert "Traceback" not in done.err


def test_ctrl_c_leaves_a_readable_run(tmp_path: Path) -> None:
    """Exit status 130; the journal tells what was done, and the reports are drawn."""
    command = [sys.executable, "-m", "harness.cli", "run", "--out", str(tmp_path / "runs"), "--samples", "500"]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if "JN-02" in line or "MV-01" in line or "SS-18" in line:
            break
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    folder = next((tmp_path / "runs").glob("*/*"))
    assert json.loads((folder / "summary.json").read_text("utf-8"))["exit"] == 130
    assert "Traceback" not in err
