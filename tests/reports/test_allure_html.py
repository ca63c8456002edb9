"""Drawing the Allure page: which run, what is checked, and how its absence is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.reports import allure_html
from harness.reports.allure_html import NotDrawn, draw, main, newest_run

ANALYTICS = '<script async src="https://tag.example/x.js"></script><script>\n window.dataLayer = [];\n</script>'


def fake_allure(folder: Path, *writes: str, status: int = 0) -> Path:
    """A report folder whose Allure writes the named files and ends with a status."""
    tool = folder / "node_modules/.bin/allure"
    tool.parent.mkdir(parents=True)
    (folder / "package.json").write_text('{"dependencies": {"allure": "1.2.3"}}', encoding="utf-8")
    package = folder / "node_modules/allure/package.json"
    package.parent.mkdir()
    package.write_text('{"version": "1.2.3"}', encoding="utf-8")
    content = {"index.html": f"<p>{ANALYTICS}page</p>", "summary.json": json.dumps({"stats": {"total": 2}})}
    lines = ["#!/bin/sh", 'mkdir -p "$5"', *(f"cat > \"$5/{name}\" <<'E'\n{content[name]}\nE" for name in writes)]
    tool.write_text("\n".join([*lines, "echo it said this >&2", f"exit {status}", ""]), encoding="utf-8")
    tool.chmod(0o755)
    return folder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with one result, on a machine that has Node."""
    results = tmp_path / "run/allure-results"
    results.mkdir(parents=True)
    (results / "a-result.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(allure_html.shutil, "which", lambda name: f"/usr/bin/{name}")
    return results.parent


def test_draws_and_cleans(run: Path, tmp_path: Path) -> None:
    """The page is there, without the scripts that call home, and a second drawing replaces it."""
    report = fake_allure(tmp_path / "report", "index.html", "summary.json")
    for _ in range(2):
        page = draw(run, report)
        assert page.read_text(encoding="utf-8") == "<p>page</p>\n"
    assert sorted(path.name for path in run.iterdir()) == ["allure-report", "allure-results"]


@pytest.mark.parametrize(
    ("writes", "status", "said"),
    [
        (("summary.json",), 0, "wrote no index.html"),
        (("index.html",), 0, "wrote no summary.json"),
        ((), 1, "it said this"),
    ],
)
def test_half_a_page_is_no_page(run: Path, tmp_path: Path, writes: tuple[str, ...], status: int, said: str) -> None:
    """A missing file or a failing Allure leaves no page behind and says why."""
    with pytest.raises(NotDrawn, match=said):
        draw(run, fake_allure(tmp_path / "report", *writes, status=status))
    assert [path.name for path in run.iterdir()] == ["allure-results"]


def test_other_hosts_are_refused(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that would still call another host is not handed out."""
    monkeypatch.setattr(allure_html, "without_analytics", lambda page: page)
    with pytest.raises(NotDrawn, match="call another host"):
        draw(run, fake_allure(tmp_path / "report", "index.html", "summary.json"))


@pytest.mark.parametrize("lacking", ["node", "npm"])
def test_without_node(
    run: Path, tmp_path: Path, lacking: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without Node or npm it says so in one sentence and ends with 3."""
    monkeypatch.setattr(allure_html.shutil, "which", lambda name: None if name == lacking else f"/usr/bin/{name}")
    monkeypatch.setattr(allure_html, "REPORT", tmp_path)
    (tmp_path / "package.json").write_text('{"dependencies": {"allure": "1.2.3"}}', encoding="utf-8")
    assert main([str(run)]) == 3
    said = capsys.readouterr().err
    assert said.lower().startswith(f"make report: {lacking} is not installed")
    assert said.count("\n") == 1


def test_newest_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The latest name wins whatever its target, a later twin before its elder; RUN names another; none is exit 3."""
    for name in (
        "simulated/20261122T090000Z",
        "simulated/20261122T090000Z-10",
        "sandbox/20261122T090000Z-2",
        "x/notes",
    ):
        (tmp_path / "runs" / name).mkdir(parents=True)
    assert newest_run(tmp_path / "runs").name == "20261122T090000Z-10"
    monkeypatch.chdir(tmp_path)
    assert main([], {"RUN": "runs/x/notes"}) == 3
    assert "runs/x/notes has no Allure results" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path / "runs")
    assert main([""], {}) == 3
    assert "there is no run under runs/" in capsys.readouterr().err


def test_categories_are_shared() -> None:
    """The page's categories are the results' own, and their patterns suit Java and JavaScript alike."""
    assert "harness/reports/categories.json" in (allure_html.REPORT / "allurerc.mjs").read_text(encoding="utf-8")
    text = (Path(allure_html.__file__).parent / "categories.json").read_text(encoding="utf-8")
    assert "(?" not in text
    assert all(one["matchedStatuses"] for one in json.loads(text))
