"""pytest hooks: they open a run folder, start each scenario afresh, and turn outcomes into verdicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.scenario import scenario_wrapper_template_registry
from rich.console import Console

from harness import allure_bdd, hooks, step_events, step_lookup
from harness.attachments import attach_evidence
from harness.checks import Inconclusive
from harness.feed import TITLES
from harness.feed_checks import FeedChecks
from harness.plan import RunRefused, Settings, tags_of
from harness.rehearsal import Rehearsal
from harness.reports import write_all
from harness.reports.console import final
from harness.run import Run
from harness.scenario_state import RUN, STATE
from harness.sla import Outcome

CATALOGUE_ID = re.compile(r"[A-Z]{2}-\d{2}")
_HELP = {
    "--target": "where scenarios run: simulated, attached, or a name in targets.toml",
    "--estate": "control URL of a running estate; implies --target attached",
    "--hr-feed": "judge the people of this HR feed instead of the scenarios",
    "--samples": "repetitions of a statistical scenario",
    "--random-seed": "chance: personas, ids, jitter",
    "--defect": "switch a known defect on and see red",
    "--out": "folder in which run folders are made",
    "--command-line": "the command to record in the journal",
}


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """The hook that starts simulated estates."""
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `lifecycle run`, for those who call pytest themselves."""
    group = parser.getgroup("lifecycle", "lifecycle scenarios")
    group.addoption("--target", default="simulated", help=_HELP["--target"])
    group.addoption("--estate", default=None, metavar="URL", help=_HELP["--estate"])
    group.addoption("--hr-feed", default=None, metavar="FILE", help=_HELP["--hr-feed"])
    group.addoption("--samples", default=30, type=int, help=_HELP["--samples"])
    group.addoption("--random-seed", default=1, type=int, help=_HELP["--random-seed"])
    group.addoption("--defect", default=None, metavar="ID", help=_HELP["--defect"])
    group.addoption("--out", default="runs", metavar="DIR", help=_HELP["--out"])
    group.addoption("--command-line", default=None, help=_HELP["--command-line"])


def _starter(config: pytest.Config) -> Callable[[int], Any]:
    def start(random_seed: int) -> Any:
        estate = config.hook.pytest_lifecycle_estate(random_seed=random_seed)
        if estate is None:
            raise RunRefused("nobody here starts simulated estates; run from the project's folder")
        return estate

    return start


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Open the run when scenarios were asked for, before allure-pytest looks for its folder."""
    for tag in sorted(tags_of(config.rootpath / "features") | {"feed", "example.line", *TITLES}):
        config.addinivalue_line("markers", f"{tag}: a tag of the features")
    # Ctrl-C inside another plugin's old-style hook is an interruption all the same.
    config.addinivalue_line("filterwarnings", "ignore::pluggy.PluggyTeardownRaisedWarning")
    if not _asks_for_scenarios(config) or config.option.collectonly:
        return
    worker = getattr(config, "workerinput", None)
    settings = Settings.of(config.option, config.rootpath)
    try:
        run = Run.join(settings, worker) if worker is not None else Run.open(settings)
        run.prepare_feed(_starter(config))
    except RunRefused as problem:
        pytest.exit(str(problem), returncode=3)
    config.stash[RUN] = run
    config.pluginmanager.register(step_events, "lifecycle-steps")
    step_lookup.install()
    allure_bdd.register(config, run.folder, run.facts())


def _asks_for_scenarios(config: pytest.Config) -> bool:
    steps = config.rootpath / "steps"
    paths = [Path(str(arg).split("::")[0]) for arg in config.args]
    return any((config.invocation_params.dir / path).resolve().is_relative_to(steps) for path in paths)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a parallel worker which folder the run has."""
    run = node.config.stash.get(RUN, None)
    if run is not None:
        node.workerinput["lifecycle_folder"] = str(run.folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat a statistical scenario."""
    if any(mark.name == "statistical" for mark in metafunc.definition.iter_markers()):
        metafunc.fixturenames.append("sample")
        metafunc.parametrize("sample", range(1, metafunc.config.option.samples + 1), ids=lambda n: f"sample {n}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Number the chosen scenarios, so that personas follow from random seed, id and ordinal."""
    if config.stash.get(RUN, None) is None:
        return
    counts: dict[str, int] = {}
    for order, item in enumerate(items):
        facts = facts_of(item)
        counts[facts["id"]] = counts.get(facts["id"], 0) + 1
        item.stash[STATE] = {
            "order": order,
            "ordinal": _ordinal(facts, counts),
            "verdict": None,
            "cause": None,
            **facts,
        }


def _ordinal(facts: dict[str, Any], counts: dict[str, int]) -> int:
    """The row's or sample's own number where it has one, so that a selection changes nobody's persona."""
    return int(facts["number"] or counts[facts["id"]])


def facts_of(item: pytest.Item) -> dict[str, Any]:
    """Catalogue id, title, feature, rule, tags, example and source of a scenario's item. Raises UsageError."""
    template = scenario_wrapper_template_registry.get(getattr(item, "obj", None))  # type: ignore[arg-type]
    if template is None:
        raise pytest.UsageError(f"{item.nodeid} is no scenario; steps/ binds feature files only")
    tags = sorted(template.tags | template.feature.tags)
    ids = [tag for tag in tags if CATALOGUE_ID.fullmatch(tag)]
    if len(ids) != 1:
        raise pytest.UsageError(f"the scenario {template.name!r} needs exactly one catalogue id as a tag, it has {ids}")
    params = dict(getattr(getattr(item, "callspec", None), "params", {}))
    row = params.get("_pytest_bdd_example") or {}
    parts = [str(value) for value in row.values()]
    if "sample" in params:
        parts.append(f"sample {params['sample']}")
    from_feed = "example.line" in tags
    indices = getattr(getattr(item, "callspec", None), "indices", {})
    number = params.get("sample") or (indices["_pytest_bdd_example"] + 1 if "_pytest_bdd_example" in indices else None)
    return {
        "id": ids[0],
        "title": TITLES[ids[0]] if from_feed else template.name,
        "feature": template.feature.name or "",
        "story": template.rule.name if template.rule else "",
        "tags": tuple(tag for tag in tags if tag != "example.line"),
        "example": template.name if from_feed else ", ".join(parts) or None,
        "source": f"{Path(template.feature.rel_filename).name}:{template.line_number}",
        "number": template.line_number if from_feed else number,
    }


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> int:
    """The number of a repetition."""
    return int(getattr(request, "param", 1))


@pytest.fixture
def rehearsal(request: pytest.FixtureRequest) -> Rehearsal:
    """The scenario's hands and eyes, on the estate as it stood at the run's start."""
    found: Rehearsal = request.node.stash[STATE]["rehearsal"]
    return found


@pytest.fixture
def feed_checks(rehearsal: Rehearsal, request: pytest.FixtureRequest) -> FeedChecks:
    """The HR feed's judge. Raises UsageError when the run has no feed."""
    feed = request.config.stash[RUN].plan.feed
    if feed is None:
        raise pytest.UsageError("this scenario belongs to an HR feed; name one with --hr-feed")
    return FeedChecks(rehearsal, feed)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Return the estate to its start and open the scene; a missing capability is a reasoned skip."""
    run = item.config.stash.get(RUN, None)
    if run is not None:
        state = item.stash[STATE]
        try:
            run.start_scenario(state, _starter(item.config))
        except RunRefused as problem:
            pytest.exit(str(problem), returncode=3)
        if reason := run.missing_capability(state["tags"]):
            pytest.skip(reason)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After the steps: keep the books, then say what stayed undecided."""
    run = item.config.stash.get(RUN, None)
    scenario: Rehearsal | None = None if run is None else item.stash[STATE].get("rehearsal")
    if run is None or scenario is None:
        return (yield)
    passed = False
    try:
        result = yield from _with_books(run, scenario)
        passed = True
    finally:
        attach_evidence(run.journal, scenario.scene.deciders.numbers, passed)
    return result


def _with_books(run: Run, scenario: Rehearsal) -> Generator[None, Any, Any]:
    try:
        result = yield
    except Exception:
        run.keep_books(scenario, failed=True)
        raise
    run.keep_books(scenario, failed=False)
    scenario.scene.conclude()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Turn pytest's outcome into one of four verdicts, journal it once, and let reporters know."""
    run = item.config.stash.get(RUN, None)
    if run is not None:
        state = item.stash[STATE]
        if call.excinfo is not None and state["verdict"] is None:
            state["verdict"], state["cause"] = verdict_of(call.excinfo.value)
        if call.when == "teardown":
            item.user_properties.append(("lifecycle", run.finish_scenario(state)))
    return (yield)


def verdict_of(problem: BaseException) -> tuple[Outcome, str]:
    """Failed for an unmet expectation, skipped for a skip, else inconclusive: a crash of our own is no breach."""
    if isinstance(problem, pytest.skip.Exception):
        return Outcome.SKIPPED, str(problem)
    if isinstance(problem, AssertionError):
        return Outcome.FAILED, str(problem)
    if isinstance(problem, Inconclusive):
        return Outcome.INCONCLUSIVE, str(problem)
    return Outcome.INCONCLUSIVE, f"{type(problem).__name__}: {problem}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Close the run, draw its reports and set the exit status by verdict."""
    run = session.config.stash.get(RUN, None)
    if run is None:
        return
    interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
    broken = exitstatus in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR, 3)
    run.finish(interrupted, completed=bool(session.testscollected) and not broken)
    session.exitstatus = run.exit


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """For those who call pytest themselves: draw the reports, print the tables and say where the report is."""
    run = config.stash.get(RUN, None)
    if run is None or run.part is not None or not run.started:
        return
    written = write_all(run.folder)
    console = Console(file=terminalreporter._tw._file, width=terminalreporter._tw.fullwidth)
    terminalreporter.section("lifecycle")
    console.print(final(written.run.events, written.report))
