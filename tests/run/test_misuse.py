"""What cannot run says so in one sentence with exit status 3; what is stopped leaves something readable."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness import cli
from tests.started import ended

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lifecycle(monkeypatch, capsys):
    """`lifecycle ARGUMENTS` in this process: exit status and what it said on stderr."""

    def run(*arguments: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["lifecycle", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "--target", "nowhere"), "there is no target 'nowhere'"),
        (("run", "--target", "attached"), "needs --estate"),
        (("run", "--hr-feed", "missing.csv"), "does not exist"),
        (("run", "--hr-feed", "pyproject.toml"), "the header must be exactly"),
        (("run", "--defect", "SD-00"), "there is no defect 'SD-00'"),
        (("run", "-m", "nosuchtag"), "no scenario was selected"),
        (("run", "--samples", "none"), "samples"),
        (("run", "-n", "-1"), "-n"),
        (("run", "--nosuch"), "no such option"),
        (("frobnicate",), "no such command"),
        (("report", "nowhere"), "there is no run folder"),
        (("report", "docs"), "is no run folder"),
        (("simulate", "--port", "99999"), "--port 99999 is unusable"),
        (("simulate", "--seed", "nowhere"), "there is no seed 'nowhere'"),
    ],
)
def test_what_cannot_run_says_so_in_one_sentence(lifecycle, arguments, sentence: str) -> None:
    """Exit status 3 and one line on stderr."""
    status, told = lifecycle(*arguments)
    assert status == 3
    assert sentence in told.lower() or sentence in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--estate", "http://127.0.0.1:9", "-m", "BD-01"), "no control plane answers"),
        (("-k", "and and"), "Wrong expression"),
        (("-k", "nosuchname"), "no scenario was selected"),
    ],
)
def test_what_turns_out_later_is_told_the_same_way(tmp_path: Path, arguments, sentence: str) -> None:
    """Refused once pytest has begun: one sentence still, and nothing half-written."""
    done = ended("harness.cli", ["run", "--out", str(tmp_path / "runs"), *arguments], ROOT, tmp_path)
    assert done.exit == 3, done.out + done.err
    assert sentence in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("features/policy.toml", "", "x = [", "is not valid TOML"),
        ("features/policy.toml", "[cast.manager]", "[cast.managers]", "cast.manager: Field required"),
        ("features/policy.toml", '"PT90M"', '"90 minutes"', "company.processing_spread: the duration '90 minutes'"),
        ("features/policy.toml", '"Asia/Kolkata"', '"Asia/Nowhere"', "'Asia/Nowhere' is no IANA time zone"),
        ("features/slas.toml", '"PT15M"', '"15 min"', "the duration '15 min' is not ISO 8601"),
        ("features/slas.toml", "settle =", "settles =", "unknown key 'settles'"),
        ("targets.toml", "", "kind", "is not valid TOML"),
        ("features/policy.toml", None, None, "does not exist"),
        ("features/slas.toml", None, None, "does not exist"),
    ],
)
def test_a_wrong_file_is_named(lifecycle, tmp_path: Path, monkeypatch, file, old, new, sentence: str) -> None:
    """The sentence names file and place; no run folder is made."""
    for name in ("features", "steps"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "targets.toml", tmp_path)
    text = (tmp_path / file).read_text("utf-8")
    if new is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text.replace(old, new, 1) if old else text + "\n" + new, "utf-8")
    monkeypatch.chdir(tmp_path)
    status, told = lifecycle("run", "-m", "BD-01")
    assert status == 3
    assert sentence in told
    assert file in told
    assert not (tmp_path / "runs").exists()


def test_ctrl_c_leaves_a_readable_run(tmp_path: Path, lifecycle) -> None:
    """Exit status 130; the journal tells what was done, the reports are drawn, also from a journal cut in a line."""
    command = [sys.executable, "-m", "harness.cli", "run", "--out", str(tmp_path), "-m", "BD-01 or SS-18"]
    # A shell starts its background jobs deaf to Ctrl-C, and their children inherit it: these tests may run in one.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    assert child.stdout is not None
    next(line for line in child.stdout if "BD-01" in line)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (130, "lifecycle: interrupted\n")
    folder = next(tmp_path.glob("*/*"))
    assert json.loads((folder / "summary.json").read_text("utf-8"))["exit"] == 130
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])
    assert lifecycle("report", str(folder)) == (0, "")
