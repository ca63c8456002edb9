"""The page that a customer signs, drawn from a real run and opened in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.contract
ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=8000",
)
# What makes a browser fetch: an address in one of these places.
FETCHES = re.compile(
    r"""(?:\b(?:src|srcset|href|action|poster|data|xlink:href)\s*=\s*["']|url\(\s*["']?|@import\s+["'])([^"')\s]*)"""
)
Browser = Callable[..., str]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`report.html` of a small run of the product."""
    out = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-m", "harness.cli", "run", "-m", "BD-01 or SS-01", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = out.glob("*/*/report.html")
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Open a page in a browser with a profile of its own; answers what it prints."""
    binary = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if binary is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    profile = tmp_path_factory.mktemp("profile")

    def open_page(page: Path, *options: str) -> str:
        command = [binary, *FLAGS, f"--user-data-dir={profile}", *options, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return open_page


@pytest.fixture(scope="module")
def dom(browser: Browser, page: Path) -> str:
    """The page as the browser understood it."""
    return browser(page, "--dump-dom")


def test_the_verdict_comes_first_and_in_words(dom: str) -> None:
    """The first heading is the verdict; what holds, broke and is not known stands under it."""
    assert re.findall(r"<h1>(.*?)</h1>", dom) == ["Everything holds"]
    assert dom.index("<h1>") < dom.index("What holds") < dom.index("What broke") < dom.index("What is not known")
    assert dom.index("What is not known") < dom.index("<h2")


def test_the_kpi_table_has_its_five_rows(dom: str) -> None:
    """Each KPI has a row with its target and verdict, and a sentence that says what the figure supports."""
    table = dom[dom.index('<table class="kpis">') : dom.index("</table>", dom.index('<table class="kpis">'))]
    rows = re.findall(r'<tr><th scope="row">(K\d) .*?<span class="badge \w+">.*?</span>(.*?)</span>', table, re.DOTALL)
    assert [id for id, _ in rows] == ["K1", "K2", "K3", "K4", "K5"]
    assert {id: said.strip() for id, said in rows if id in ("K2", "K3", "K4")} == {
        "K2": "met so far",
        "K3": "met",
        "K4": "no data",
    }
    assert "59 cases are needed" in table


def test_the_timeline_is_drawn_with_its_lanes_and_told_in_words(dom: str) -> None:
    """The revocation's scenario has an SVG timeline, no number of it hides another, and a list says the same."""
    scenario = dom[dom.index('<article id="SS-01"') :]
    scenario = scenario[: scenario.index("</article>")]
    drawn = re.search(r'<svg class="timeline".*?</svg>', scenario, re.DOTALL)
    assert drawn is not None
    for lane in ("HR", "SailPoint", "Okta", "Apps", "Harness"):
        assert f">{lane}</text>" in drawn[0]
    points = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', drawn[0])]
    assert len(points) == len(re.findall("<time ", scenario)) >= 8
    assert all(after - before >= 18 for before, after in pairwise(points))
    assert "employment ended at once" in scenario


def test_nothing_is_fetched_from_anywhere(dom: str, page: Path) -> None:
    """Every address is a place on the page itself, and the page's own policy forbids all others."""
    found = {address for text in (dom, page.read_text("utf-8")) for address in FETCHES.findall(text)}
    assert {address for address in found if not address.startswith("#")} == set()
    assert "default-src 'none'" in dom


def test_it_looks_like_something(browser: Browser, page: Path, tmp_path: Path) -> None:
    """A screenshot shows the styled page: the style was not refused by the page's own policy."""
    picture = tmp_path / "page.png"
    browser(page, "--window-size=1300,1500", f"--screenshot={picture}")
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) > 60_000  # a page without its style is black on white, and a third of that


def test_it_prints(browser: Browser, page: Path, tmp_path: Path) -> None:
    """The page becomes a PDF of a few sheets, the decision included."""
    paper = tmp_path / "page.pdf"
    browser(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    content = paper.read_bytes()
    assert content.startswith(b"%PDF")
    counts = [int(number) for number in re.findall(rb"/Type\s*/Pages\b.*?/Count\s+(\d+)", content, re.DOTALL)]
    assert 2 <= max(counts) <= 8
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, text=True, check=True).stdout
        assert [
            word for word in ("Everything holds", "The five KPIs", "Decision", "Signature") if word not in text
        ] == []
