"""The command line: run scenarios, serve estates, redraw reports. Every mistake is one sentence and exit status 3."""

from __future__ import annotations

import io
import shlex
import signal
import sys
from contextlib import redirect_stderr
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from harness.progress import Progress

CANNOT_RUN = 3
INTERRUPTED = 130

app = typer.Typer(
    name="lifecycle",
    help="Rehearse hires, moves, exits, access requests and session revocation across SailPoint and Okta.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Rehearse hires, moves, exits, access requests and session revocation across SailPoint and Okta."""


@app.command()
def run(
    target: Annotated[str, typer.Option(help="simulated, attached, or a name in targets.toml")] = "simulated",
    estate: Annotated[str | None, typer.Option(help="Control URL of a running estate; implies attached")] = None,
    hr_feed: Annotated[Path | None, typer.Option(help="Judge the people of this HR feed (CSV) instead")] = None,
    keyword: Annotated[str | None, typer.Option("-k", help="Only scenarios whose name fits this expression")] = None,
    marks: Annotated[str | None, typer.Option("-m", help="Only scenarios with these tags: 'leaver and core'")] = None,
    workers: Annotated[int, typer.Option("-n", help="Parallel workers; 0 runs in this process", min=0, max=64)] = 0,
    samples: Annotated[int, typer.Option(help="Repetitions of a statistical scenario", min=1, max=100000)] = 30,
    random_seed: Annotated[int, typer.Option(help="Chance: personas, ids, jitter", min=0)] = 1,
    defect: Annotated[str | None, typer.Option(help="Break the estate on purpose, e.g. SD-01, and see red")] = None,
    out: Annotated[Path, typer.Option(help="Folder in which run folders are made")] = Path("runs"),
) -> None:
    """Run scenarios, print the SLA and KPI tables, leave a run folder, and exit by verdict.

    Exit status: 0 all met, 1 something failed, 2 something inconclusive, 3 could not run, 130 interrupted.
    """
    # Imported here, so that the other commands do not wait for the harness.
    import pytest

    from harness.plan import RunRefused, Settings, check, check_marks
    from harness.progress import Progress, project_root

    console = Console(stderr=False)
    try:
        root = project_root()
    except FileNotFoundError as problem:
        raise CannotRun(str(problem)) from None
    arguments = [
        str(root / "steps"),
        f"--rootdir={root}",
        f"-c={root / 'pyproject.toml'}",
        "-o",
        "addopts=--strict-markers --strict-config --import-mode=importlib",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        # Only the plugins a run needs: others on the machine cost seconds at every start.
        "--disable-plugin-autoload",
        "-p",
        "pytest_bdd.plugin",
        "-p",
        "allure_pytest.plugin",
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        f"--target={target}",
        f"--samples={samples}",
        f"--random-seed={random_seed}",
        f"--out={out.resolve()}",
        f"--command-line=lifecycle {shlex.join(sys.argv[1:])}",
    ]
    feed = None if hr_feed is None else hr_feed.resolve()
    for name, value in {"--estate": estate, "--hr-feed": feed, "--defect": defect}.items():
        if value is not None:
            arguments.append(f"{name}={value}")
    for name, value in {"-k": keyword, "-m": marks}.items():
        if value is not None:
            arguments += [name, value]
    if workers:
        if find_spec("xdist") is None:
            raise CannotRun("-n needs pytest-xdist; install the project with its dev extra, or leave -n out")
        arguments += ["-p", "xdist.plugin", "-n", str(workers)]
    option = SimpleNamespace(
        target=target,
        estate=estate,
        hr_feed=feed,
        samples=samples,
        random_seed=random_seed,
        defect=defect,
        out=out,
        command_line=None,
    )
    try:
        check(Settings.of(option, root))
        check_marks(marks or "", root)
    except RunRefused as problem:
        raise CannotRun(str(problem)) from None
    progress = Progress(console)
    captured = Captured()
    # A cancelled job ends with SIGTERM: the estate is put back and the reports are drawn as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # pytest says on stderr, in its own way, why it could not run; that becomes the one sentence.
    with redirect_stderr(io.StringIO()) as heard:
        status = int(pytest.main(arguments, plugins=[progress, captured]))
    raise typer.Exit(_told(status, progress, captured, console, heard.getvalue()))


class Captured:
    """A pytest plugin that keeps what the command line needs after the session: the run, and why it ended early."""

    def __init__(self) -> None:
        self.run: Any = None
        self.reason: str | None = None

    def pytest_sessionstart(self, session: Any) -> None:
        """Remember the run."""
        from harness.scenario_state import RUN

        self.run = session.config.stash.get(RUN, None)

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Remember why the session ended early, when it was not for Ctrl-C."""
        import pytest

        if isinstance(excinfo.value, pytest.exit.Exception):
            self.reason = str(excinfo.value.msg)


def _told(status: int, progress: Progress, captured: Captured, console: Console, heard: str) -> int:
    """Draw the reports, print the tables, and answer the exit status."""
    from harness.reports import write_all
    from harness.reports.console import final

    run = captured.run
    if captured.reason is not None:
        raise CannotRun(captured.reason)
    if run is None or not run.started:
        if progress.problems:
            raise CannotRun(progress.problems[0])
        if status == INTERRUPTED or status == 2:
            return INTERRUPTED
        if run is not None and status in (CANNOT_RUN, 5):
            raise CannotRun("no scenario was selected; loosen -k or -m")
        raise CannotRun(heard.strip().removeprefix("ERROR: ") or f"pytest ended with status {status} and no reason")
    sys.stderr.write(heard)
    if progress.problems:
        console.print(f"[red]{progress.problems[0]}[/]")
    written = write_all(run.folder)
    console.print(final(written.run.events, _shown(written.report)))
    return int(run.exit)


def _shown(path: Path) -> Path:
    """The path as the reader may type it: relative where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `lifecycle run` printed it")],
) -> None:
    """Redraw summary.json, junit.xml, the ledgers and report.html from a run's journal."""
    from harness.reports import write_all

    if not folder.is_dir():
        raise CannotRun(f"there is no run folder {folder}; name one under runs/")
    try:
        written = write_all(folder)
    except (ValueError, OSError) as problem:
        raise CannotRun(str(problem)) from None
    Console().print(f"redrawn: {written.report}", highlight=False)


class CannotRun(Exception):
    """A command cannot do its work; the text is one sentence with the remedy."""


def _load_commands() -> None:
    """Commands that other packages offer under the entry point group `lifecycle.commands`."""
    for entry in sorted(entry_points(group="lifecycle.commands"), key=lambda e: e.name):
        app.command(entry.name)(entry.load())


def main() -> None:
    """Run the command line; the process ends with the command's exit status."""
    _load_commands()
    command = typer.main.get_command(app)
    try:
        status = command.main(prog_name="lifecycle", standalone_mode=False)
    except KeyboardInterrupt:
        _end("interrupted", INTERRUPTED)
    except typer.Abort:
        _end("interrupted", INTERRUPTED)
    except CannotRun as problem:
        _end(str(problem), CANNOT_RUN)
    except Exception as problem:
        # Usage errors, and a command of another package, say with `exit_code` that their text is for the person here.
        if not hasattr(problem, "exit_code"):
            raise
        told = str(problem.format_message() if hasattr(problem, "format_message") else problem)
        context = getattr(problem, "ctx", None)
        hint = f"; see {context.command_path} --help" if context is not None else ""
        _end(f"{told.rstrip('.')}{hint}" if told.strip() else "name a command; see lifecycle --help", CANNOT_RUN)
    if status == INTERRUPTED:
        _end("interrupted", INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


def _end(sentence: str, status: int) -> None:
    print(f"lifecycle: {' '.join(sentence.split())}", file=sys.stderr, flush=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
