"""The main job as a person starts it: green when all is well, the same twice, in parallel and on an attached estate."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from harness.personas import COLUMNS
from tests.run.conftest import Asked, asks
from tests.started import ended

ROOT = Path(__file__).resolve().parents[2]
WHOLE = Asked(("--samples", "2"))
FEW = ("-m", "LV-02 or BD-01 or SS-18", "--samples", "2")
FEED = [
    ",".join(COLUMNS),
    'F1,Zoë,"O\'Brien-Müller, II",Sales,Rep,E1006,HNL,Pacific/Honolulu,employee,2026-02-01,,,',
    "F2,小龍,李,Engineering,Developer,F1,AKL,Pacific/Kiritimati,employee,2026-03-04,,,",
    "F3,Ana,Núñez,Finance,Clerk,E1012,BER,Europe/Berlin,employee,2025-01-01,,,",
    "F3,Ana,Ruiz,Support,Agent,E1008,BER,Europe/Berlin,employee,2025-01-01,,,2026-03-03",
    "F3,Ana,Ruiz,Support,Agent,E1008,BER,Europe/Berlin,employee,2025-01-01,2026-03-03,voluntary,",
    "",
    "F4,Tom,Li,Moonshots,Admin,X99,MARS,Pacific/Chatham,employee,2024-02-29,2026-03-01,voluntary,",
    "F5,Bad,Zone,IT,Admin,E1004,NYC,Moon/Base,employee,2024-05-01,,,",
    'F6,"Bro\r\nken",Line,IT,Admin,E1004,NYC,America/New_York,employee,2024-05-01,,,',
    "F7,Now,Gone,Sales,Rep,E1006,NYC,America/New_York,contractor,2024-05-01,2026-03-09,involuntary,",
    "F8,Never,Came,Sales,Rep,E1006,NYC,America/New_York,employee,2026-03-20,2026-03-19,rescinded,",
    "F9,Con,Tractor,Sales,Rep,E1006,NYC,America/New_York,contractor,2026-03-03,,,",
]


@asks(WHOLE)
def test_the_healthy_estate_is_green(ran) -> None:
    """Every core scenario passes, every SLA is met by a natural timing, no KPI is missed."""
    (done,) = ran
    assert done.exit == 0, done.out + done.err
    summary = done.summary
    assert {row["verdict"] for row in summary["scenarios"]} == {"passed"}
    assert len(summary["scenarios"]) == 17
    slas = [sla for row in summary["scenarios"] for e in (row["examples"] or [row]) for sla in e.get("slas", [])]
    assert {(sla["verdict"], sla["timing"]) for sla in slas} == {("met", "natural")}
    assert {kpi["id"]: kpi["verdict"] for kpi in summary["kpis"]}.keys() == {"K1", "K2", "K3", "K4", "K5"}
    assert {kpi["verdict"] for kpi in summary["kpis"]} <= {"met", "met_so_far"}
    assert all(kpi["n"] > 0 for kpi in summary["kpis"])


@asks(WHOLE)
def test_nothing_secret_is_left_behind(ran) -> None:
    """No token, password, key, cookie or address of the estate stands in any file of the run folder."""
    (done,) = ran
    leaks = re.compile(rb"eyJ[\w-]{10,}\.eyJ|SSWS [0-9A-Za-z]{20}|Lc9![0-9a-f]{16}|\"d\": ?\"[\w-]{60}")
    files = [p for p in done.folder.rglob("*") if p.is_file()]
    assert [str(p) for p in files if leaks.search(p.read_bytes())] == []
    addresses = re.compile(rb"127\.0\.0\.1(:|%3A)\d+")
    assert [str(p) for p in files if addresses.search(p.read_bytes())] == []


@asks(WHOLE)
def test_the_run_folder_is_whole(ran) -> None:
    """Every file that others rely on is there."""
    (done,) = ran
    for name in ("journal.jsonl", "summary.json", "report.html", "junit.xml", "allure-results", "ledgers/K2.csv"):
        assert (done.folder / name).exists(), name
    page = (done.folder / "report.html").read_text("utf-8")
    assert not re.search(r"""(?:src|href)=["']https?:""", page)
    results = [json.loads(p.read_text("utf-8")) for p in (done.folder / "allure-results").glob("*-result.json")]
    assert results
    assert all(any(label["name"] == "severity" for label in row["labels"]) for row in results)


@asks(Asked(FEW), Asked(FEW, "3"))
def test_same_random_seed_same_journal(ran) -> None:
    """Two serial runs differ in nothing but wall-clock fields and the command, however Python orders its sets."""
    one, two = ran
    assert one.exit == two.exit == 0, one.out + two.out
    assert one.journal() == two.journal()


@asks(Asked(FEW), Asked((*FEW, "-n", "2")))
def test_parallel_runs_come_to_the_same(ran) -> None:
    """The same verdicts, causes and KPIs, one journal in the order of the features, and no worker's leftovers."""
    serial, parallel = ran

    def told(summary: dict[str, Any]) -> Any:
        rows = [(r["id"], r["verdict"], r["cause"], len(r["examples"])) for r in summary["scenarios"]]
        return rows, [(k["id"], k["n"], k["verdict"]) for k in summary["kpis"]]

    def begun(journal: list[dict[str, Any]]) -> list[Any]:
        return [(row["id"], row["example"]) for row in journal if row["event"] == "ScenarioStarted"]

    assert parallel.exit == 0, parallel.out + parallel.err
    assert told(parallel.summary) == told(serial.summary)
    assert begun(parallel.journal()) == begun(serial.journal())
    assert list(parallel.folder.glob("journal-*")) == []


@asks(Asked((), feed="\r\n".join(FEED).encode("utf-8-sig") + b"\r\n"))
def test_an_hr_feed_is_judged_row_by_row(ran) -> None:
    """Unusual names, zones, dates and managers; a bad row is reported with line and reason, the others proceed."""
    (done,) = ran
    assert done.exit == 0, done.out + done.err
    feed = done.summary["feed"]
    assert feed["accepted"] == 9
    assert [row["line"] for row in feed["rejected"]] == [9, 10]
    assert ["Moon/Base" in row["reason"] for row in feed["rejected"]] == [True, False]
    judged = {(row["id"], e["example"]) for row in done.summary["scenarios"] for e in row["examples"] or [row]}
    assert ("JN-01", "line 2: Zoë O'Brien-Müller, II") in judged
    assert ("JN-02", "line 3: 小龍 李") in judged
    assert ("LV-01", "line 8: Tom Li, the end") in judged
    assert {row["id"] for row in done.summary["scenarios"]} == {"JN-01", "JN-02", "MV-01", "LV-01", "LV-02"}


def test_an_attached_estate_is_put_back(tmp_path: Path) -> None:
    """A run against a served estate is green there too, and leaves clock, users, workers and faults as they were."""
    serve = [sys.executable, "-m", "harness.cli", "simulate", "--paused", "--port", "0"]
    with subprocess.Popen(serve, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            ready = json.loads(server.stdout.readline())
            before = _state(ready)
            command = ["run", "--estate", ready["urls"]["control"], "--out", str(tmp_path), "-m", "BD-01 or LV-02"]
            done = ended("harness.cli", command, ROOT, tmp_path)
            assert done.exit == 0, done.out + done.err
            assert _state(ready) == before
        finally:
            server.terminate()
    assert server.returncode == 0


def _state(ready: dict[str, Any]) -> Any:
    """What an outsider sees of an estate. The look itself costs an instant, so the clock counts in minutes."""
    urls, token = ready["urls"], {"Authorization": f"SSWS {ready['okta']['api_token']}"}
    users = httpx.get(f"{urls['okta']}/api/v1/users", params={"limit": "200"}, headers=token).json()
    workers = httpx.get(f"{urls['hr']}/workers").json()
    faults = httpx.get(f"{urls['control']}/control/faults").json()
    return ready["now"][:15], httpx.get(f"{urls['control']}/control/estate").json()["now"][:15], users, workers, faults
