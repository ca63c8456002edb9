"""`make report`: draws a run's Allure page with the npm package, and takes out what would call home."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

REPORT = Path(__file__).parents[2] / "report"
_EXPECTED = ("index.html", "summary.json")
_RUN_NAME = re.compile(r"(\d{8}T\d{6}Z)(?:-(\d+))?")
_FOREIGN_SCRIPT = re.compile(r'<script\b[^>]*\bsrc="https?://[^"]*"[^>]*>\s*</script>\s*')
_ANALYTICS = re.compile(r"<script>\s*window\.dataLayer\b.*?</script>\s*", re.DOTALL)
_CALLS_HOME = re.compile(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="https?://|googletagmanager', re.IGNORECASE)


class NotDrawn(Exception):
    """Why there is no Allure page, in one sentence."""


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Draw the page of a run, named by argument or RUN, else the newest under runs/. Answers an exit status: 0 or 3."""
    named = [text for text in (sys.argv[1:] if arguments is None else arguments) if text]
    chosen = named[0] if named else (os.environ if environment is None else environment).get("RUN")
    try:
        page = draw(Path(chosen) if chosen else newest_run(Path("runs")))
    except NotDrawn as problem:
        print(f"make report: {problem}", file=sys.stderr)
        return 3
    print(f"Allure report: {page}")
    return 0


def draw(run: Path, report: Path | None = None) -> Path:
    """Write `run/allure-report/` and answer its page. `report` holds Allure's package. Raises NotDrawn."""
    results = run / "allure-results"
    if not any(results.glob("*-result.json")):
        raise NotDrawn(f"{run} has no Allure results; run `lifecycle run` first, or name another run with RUN=path")
    report = report or REPORT
    tool = _installed(report)
    new = run / ".allure-report.new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        command = [str(tool), "generate", "--config", "allurerc.mjs", "--output", str(new.absolute())]
        _run([*command, str(results.absolute())], report, "Allure could not draw the page")
        _check(new)
        old = run / "allure-report"
        shutil.rmtree(old, ignore_errors=True)
        new.rename(old)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return old / "index.html"


def newest_run(runs: Path) -> Path:
    """The run folder with the latest name, whatever its target. Raises NotDrawn."""
    found = [(match[1], int(match[2] or 1), folder) for folder in sorted(runs.glob("*/*"))
             if (match := _RUN_NAME.fullmatch(folder.name))]  # fmt: skip
    if not found:
        raise NotDrawn(f"there is no run under {runs}/; run `lifecycle run` first, or name a run with RUN=path")
    return max(found)[2]


def without_analytics(page: str) -> str:
    """The page without scripts that ask another host, or feed one.

    >>> without_analytics('a<script async src="https://x.example/t.js"></script>b<script>window.dataLayer=1</script>c')
    'abc'
    """
    return _ANALYTICS.sub("", _FOREIGN_SCRIPT.sub("", page))


def _check(folder: Path) -> None:
    """Allure ends with 0 also when a page is missing, so look; then clean the pages. Raises NotDrawn."""
    for name in _EXPECTED:
        if not (folder / name).is_file():
            raise NotDrawn(f"Allure ended well but wrote no {name}; its configuration or the results are at fault")
    if not json.loads((folder / "summary.json").read_text(encoding="utf-8")).get("stats", {}).get("total"):
        raise NotDrawn("Allure drew a page without a single scenario")
    for path in folder.rglob("*.html"):
        page = without_analytics(path.read_text(encoding="utf-8"))
        if _CALLS_HOME.search(page):
            raise NotDrawn(f"{path.name} would still call another host; the Allure version must be looked at")
        path.write_text(page, encoding="utf-8")


def _installed(report: Path) -> Path:
    """Allure's command in the version that package.json pins, installed when it is not there. Raises NotDrawn."""
    try:
        wanted = json.loads((report / "package.json").read_text(encoding="utf-8"))["dependencies"]["allure"]
    except FileNotFoundError:
        raise NotDrawn(f"{report} is missing; the Allure page is drawn from a clone of the project") from None
    if shutil.which("node") is None:
        raise NotDrawn("Node is not installed; the Allure page needs Node 20 or later (report.html does not)")
    tool = report / "node_modules" / ".bin" / "allure"
    package = report / "node_modules" / "allure" / "package.json"
    if tool.exists() and package.is_file() and json.loads(package.read_text(encoding="utf-8"))["version"] == wanted:
        return tool
    npm = shutil.which("npm")
    if npm is None:
        raise NotDrawn("npm is not installed; it is needed once, to fetch Allure (report.html needs neither)")
    print(f"installing allure {wanted} into {report / 'node_modules'} …", file=sys.stderr)
    quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    _run([npm, "install", *quiet], report, f"npm could not install allure {wanted}")
    return tool


def _run(command: Sequence[str], folder: Path, trouble: str) -> None:
    """Run a command to its end. Raises NotDrawn with what it said last."""
    environment = {**os.environ, "ALLURE_NO_ANALYTICS": "true", "npm_config_update_notifier": "false"}
    try:
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NotDrawn(f"{trouble}: {problem}") from None
    if ended.returncode:
        said = [line for line in (ended.stderr + ended.stdout).splitlines() if line.strip()]
        raise NotDrawn(f"{trouble}: {said[-1].strip() if said else f'exit status {ended.returncode}'}")


if __name__ == "__main__":
    sys.exit(main())
