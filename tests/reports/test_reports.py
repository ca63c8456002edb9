"""What the reports say of a run, and that the same journal always draws the same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from rich.console import Console

from harness.journal import Event, Noted
from harness.reports import Written, write_all
from harness.reports.console import final
from harness.reports.html import html
from harness.reports.junit import junit
from harness.reports.summary import summary
from tests.reports.journals import (
    at,
    finished,
    outline,
    realistic,
    run_finished,
    run_started,
    started,
    units,
    write,
)

VERDICTS = ("passed", "failed", "inconclusive", "skipped")


def entry(events: list[Event]) -> dict[str, Any]:
    """The only scenario of a summary."""
    (only,) = summary(events)["scenarios"]
    return dict(only)


def test_summary_shape() -> None:
    """The summary has the promised keys, one entry per catalogue id, and every length in seconds."""
    told = summary(list(realistic()))
    keys = ["version", "target", "evidence", "seed", "random_seed", "commit", "exit", "scenarios", "kpis", "feed"]
    assert list(told) == keys
    assert (told["version"], told["target"], told["evidence"], told["exit"]) == (1, "simulated", "simulated", 1)
    ids = [scenario["id"] for scenario in told["scenarios"]]
    assert len(ids) == len(set(ids))
    assert {tuple(scenario) for scenario in told["scenarios"]} == {
        ("id", "title", "feature", "tags", "verdict", "cause", "slas", "examples")
    }
    leaving = next(scenario for scenario in told["scenarios"] if scenario["id"] == "LV-02")
    assert leaving["slas"][0] == {
        "id": "T5",
        "limit": "PT15M",
        "at_least": 366,
        "at_most": 372,
        "verdict": "met",
        "timing": "natural",
        "stages": [],
    }
    assert [stage["name"] for stage in leaving["slas"][1]["stages"]][-1] == "revoke"
    assert list(told["kpis"][0]) == ["id", "target", "n", "failures", "inconclusive", "value", "lower_bound", "verdict"]
    assert told["feed"] == {"accepted": 1, "rejected": [{"line": 3, "reason": "hire_date '31/02/2026' is no ISO date"}]}
    json.dumps(told)


@pytest.mark.parametrize(
    ("rows", "verdict", "cause"),
    [
        (("passed", "passed"), "passed", None),
        (("passed", "skipped"), "passed", None),
        (("skipped", "skipped"), "skipped", "row 0: why 0"),
        (("passed", "inconclusive", "skipped"), "inconclusive", "row 1: why 1"),
        (("inconclusive", "failed", "failed"), "failed", "row 1: why 1"),
    ],
)
def test_worst_row(rows: tuple[str, ...], verdict: str, cause: str | None) -> None:
    """An outline is as bad as its worst row, skipped only if all are, and each row stands in examples."""
    only = entry(outline(*rows))
    assert (only["verdict"], only["cause"]) == (verdict, cause)
    assert [row["verdict"] for row in only["examples"]] == list(rows)
    assert [row["at_most"] for row in only["slas"]] == [len(rows)]


def test_aborted_scenario() -> None:
    """A scenario that the run cut off is inconclusive, and the run has no exit status."""
    told = summary([run_started(), started("LV-02")])
    assert told["exit"] is None
    assert told["scenarios"][0]["verdict"] == "inconclusive"
    assert "did not come to its end" in html([run_started(), started("LV-02")])


def test_junit() -> None:
    """JUnit counts add up; inconclusive is an error of that type with its cause; nothing but `time` is of the wall."""
    text = junit([*realistic(), Noted("hr", at(0), "\x00", None)])
    root = Xml.fromstring(text.split("\n", 1)[1])
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("12", "1", "1", "1")
    (error,) = root.iter("error")
    assert error.get("type") == "inconclusive"
    assert (error.get("message") or "").startswith("T5 is undecided")
    (failure,) = root.iter("failure")
    assert "missing SP-BR-Region-EMEA" in (failure.get("message") or "")
    assert "timestamp" not in text
    assert "2026-11-22" not in text


def test_junit_holds_any_text() -> None:
    """Characters that XML cannot hold do not break the file."""
    bad = [run_started(), started("LV-02"), finished("LV-02", "failed", "a\x00b\x1b[31m <&\ud800>"), run_finished(1)]
    (failure,) = Xml.fromstring(junit(bad).split("\n", 1)[1]).iter("failure")
    assert failure.get("message") == "a\ufffdb\ufffd[31m <&\ufffd>"


@pytest.mark.parametrize("width", [80, 120])
def test_console(width: int) -> None:
    """The terminal shows promises, KPIs, each cause, the skips, and the whole path of the report, at any width."""
    out = io.StringIO()
    report = Path("runs/simulated/20261122T090000Z/with/a/path/that/is/longer/than/eighty/columns/report.html")
    Console(file=out, width=width).print(final(list(realistic()), report))
    text = out.getvalue()
    squeezed = " ".join(text.split())
    for part in (
        "LV-16 T6-tier1 15 min 7:41 – 7:47 6 ✓ met natural",
        "LV-01 T5 15 min 14:44 – 15:09 1 ? inconclusive nudged",
        "✗ failed JN-01",
        "missing SP-BR-Region-EMEA; unexpected SP-APP-CRM-User",
        "K2: X 1: nudged timing carries no limit",
        "skipped SS-07: needs.siem",
        "Something broke: 4 passed, 1 failed, 1 inconclusive, 1 skipped",
    ):
        assert part in squeezed
    assert re.search(r"K1\s+> 99 %\s+2\s+1\s+0\s+0\s+0\s+50.00 %\s+2.5 %\s+natural\s+✗ not met", text)
    assert f"report: {report}" in text.replace("\n", "")


def test_console_of_nothing() -> None:
    """A run without a scenario still says so."""
    out = io.StringIO()
    Console(file=out, width=80).print(final([run_started(), run_finished(3)]))
    assert "no scenario ran" in out.getvalue()


@pytest.fixture
def drawn(tmp_path: Path) -> Written:
    """The reports of the realistic run."""
    return write_all(write(tmp_path / "run", realistic()))


def test_write_all(drawn: Written, tmp_path: Path) -> None:
    """All files are there, none is left half written, and drawing again changes no byte."""
    folder = tmp_path / "run"
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert names == [
        "journal.jsonl",
        "junit.xml",
        *(f"ledgers/{name}.csv" for name in ("K1", "K2", "K3", "K4", "K5", "populations")),
        "report.html",
        "summary.json",
    ]
    before = {name: (folder / name).read_bytes() for name in names}
    write_all(folder)
    assert {name: (folder / name).read_bytes() for name in names} == before
    assert json.loads(drawn.summary.read_text(encoding="utf-8")) == summary(list(realistic()))
    ledger = list(csv.DictReader(io.StringIO((folder / "ledgers/K2.csv").read_text(encoding="utf-8"))))
    assert len(ledger) == 8


def test_torn_last_line(drawn: Written, tmp_path: Path) -> None:
    """A last line cut in the middle, even inside a letter, is left out, and the page says so."""
    journal = tmp_path / "run/journal.jsonl"
    journal.write_bytes(journal.read_bytes() + '{"n":99,"event":"Noted","what":"é'.encode()[:-1])
    written = write_all(tmp_path / "run")
    assert written.run.torn
    assert "cut off in the middle" in written.report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is no run folder"),
        (b"", "no event this version knows"),
        (b'{"event":"Noted"', "no event this version knows"),
        (b'{"event":"Other"}\n', "no event this version knows"),
        (b"[1]\n", "no event this version knows"),
        (
            b'{"n":1,"event":"RunFinished","exit":0,"interrupted":false,"wall_finished":""}\n',
            "does not begin with a run",
        ),
        (b'\xff\xfe\n{"event":"RunFinished"}\n', "is not UTF-8"),
    ],
)
def test_no_journal(tmp_path: Path, content: bytes | None, said: str) -> None:
    """A missing, empty, foreign or damaged journal is refused in one sentence, and nothing is written."""
    if content is not None:
        (tmp_path / "journal.jsonl").write_bytes(content)
    with pytest.raises(ValueError, match=said) as refused:
        write_all(tmp_path)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "report.html").exists()


def test_rare_line_ends(tmp_path: Path) -> None:
    """A text with one of Unicode's rarer line ends does not tear the journal."""
    cause = "one\u2028two\x85three"
    told = [run_started(), started("LV-02"), *units("K2", 1), finished("LV-02", "failed", cause), run_finished(1)]
    assert write_all(write(tmp_path / "run", told)).run.scenarios[0].cause == cause
