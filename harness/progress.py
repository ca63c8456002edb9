"""What a person sees while a run goes on: one line a scenario, samples folded into one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.markup import escape

_SIGNS = {
    "passed": ("[green]✓[/]", "met"),
    "failed": ("[red]✗[/]", "FAILED"),
    "inconclusive": ("[yellow]?[/]", "INCONCLUSIVE"),
    "skipped": ("[dim]–[/]", "skipped"),
}


class Progress:
    """A pytest plugin that prints each verdict as it falls. Every tenth sample of a statistical scenario is a line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._count = 0
        self._total = 0
        self.problems: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """How many there are."""
        self._total = len(session.items)
        if self._total:
            self._console.print(f"[bold]{self._total}[/] scenario{'s' * (self._total > 1)} to rehearse")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong before anything ran."""
        if report.failed:
            self.problems.append(str(report.longrepr).strip().splitlines()[-1])

    @pytest.hookimpl(optionalhook=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Keep a crash of our own."""
        self.problems.append(str(excrepr).strip().splitlines()[-1])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print a verdict when a scenario is over."""
        if report.when != "teardown":
            return
        facts: Any = next((value for key, value in report.user_properties if key == "lifecycle"), None)
        if facts is None:
            return
        self._count += 1
        sign, word = _SIGNS[facts["verdict"]]
        example = str(facts["example"] or "")
        if "sample " in example and facts["verdict"] == "passed" and int(example.rsplit(" ", 1)[1]) % 10:
            return
        shown = f" [cyan]({escape(example)})[/]" if example and example != facts["title"] else ""
        total = f"/{self._total}" if self._total else ""
        head = f"[dim]{self._count:>3}{total}[/] {sign} [bold]{facts['id']}[/] {escape(facts['title'])}{shown}"
        self._console.print(f"{head} [dim]{facts['wall_ms']:.0f} ms[/]", highlight=False)
        if facts["verdict"] != "passed":
            self._console.print(f"        {word}: {escape(str(facts['cause']))}", highlight=False)


def project_root() -> Path:
    """The clone that holds features and steps: the working folder, else the one this package lies in.

    Raises FileNotFoundError when neither is one.
    """
    for folder in (Path.cwd(), Path(__file__).resolve().parent.parent):
        if (folder / "steps" / "test_features.py").exists() and (folder / "features").is_dir():
            return folder
    raise FileNotFoundError("no features and steps here; run from a clone of the project")
