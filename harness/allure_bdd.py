"""Allure results that read like the features: steps, outline parameters, labels from tags."""

from __future__ import annotations

import csv
import inspect
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import allure
import pytest
from allure_commons import plugin_manager
from allure_commons.logger import AllureFileLogger
from pytest_bdd.scenario import scenario_wrapper_template_registry

from harness.allure_writer import EXAMPLE, LABEL_TAGS, Writer

EPIC = "Identity lifecycle"
_SEVERITIES = ("blocker", "critical", "normal", "minor", "trivial")
_CATEGORIES = Path(__file__).parent / "reports" / "categories.json"
_KINDS = {
    "text": allure.attachment_type.TEXT,
    "json": allure.attachment_type.JSON,
    "csv": allure.attachment_type.CSV,
    "html": allure.attachment_type.HTML,
    "svg": allure.attachment_type.SVG,
}


def register(config: pytest.Config, run_folder: Path, environment: Mapping[str, str]) -> AllureBdd:
    """Make Allure results in `run_folder/allure-results`, unless `--alluredir` names another folder.

    Call it from a `tryfirst` pytest_configure, before allure-pytest looks for its folder. `environment` is shown on the
    report's first page.
    """
    if not config.option.allure_report_dir:
        config.option.allure_report_dir = str(run_folder / "allure-results")
    plugin = AllureBdd(config, environment)
    config.pluginmanager.register(plugin, "lifecycle-allure")
    return plugin


def attach(title: str, text: str, kind: str = "text") -> None:
    """Attach a text to the scenario that is running: `kind` is text, json, csv, html or svg. Nothing without Allure."""
    allure.attach(text, title, _KINDS[kind])


class AllureBdd:
    """The hooks. Labels go on at collection, so that skipped scenarios have them too."""

    def __init__(self, config: pytest.Config, environment: Mapping[str, str]) -> None:
        self._config = config
        self._environment = dict(environment)
        self._folder = Path(config.option.allure_report_dir or "allure-results").absolute()
        self._steps = _Steps()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Put our writer in the place of allure-pytest's, and have the old one back before it is missed."""
        theirs = next((one for one in plugin_manager.get_plugins() if type(one) is AllureFileLogger), None)
        if theirs is None:
            return
        name = plugin_manager.get_name(theirs)
        plugin_manager.unregister(theirs)
        ours = Writer(str(self._folder))
        plugin_manager.register(ours)

        def put_back() -> None:
            plugin_manager.unregister(ours)
            plugin_manager.register(theirs, name)

        self._config.add_cleanup(put_back)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Give every scenario its title, description, labels, severity. Raises UsageError for an unknown one."""
        for item in items:
            scenario = scenario_wrapper_template_registry.get(getattr(item, "obj", None))  # type: ignore[arg-type]
            if scenario is not None:
                _describe(item, scenario, config.rootpath)

    def pytest_bdd_before_scenario(self, scenario: Any) -> None:
        """Remember which steps are to come."""
        self._steps = _Steps(scenario.steps)

    def pytest_bdd_before_step(self, step: Any) -> None:
        """Open a step, with its table and text."""
        self._steps.start(step)

    def pytest_bdd_before_step_call(self, step: Any, step_func: Callable[..., object]) -> None:
        """Refuse an `async def` step: it would pass without running."""
        if inspect.iscoroutinefunction(step_func) or inspect.isasyncgenfunction(step_func):
            name = getattr(step_func, "__name__", "a step")
            pytest.fail(f"{name} is an async def; pytest-bdd would not run {step.name!r}: make it a plain def", False)

    def pytest_bdd_after_step(self) -> None:
        """Close a step that passed."""
        self._steps.stop(None)

    def pytest_bdd_step_error(self, exception: BaseException) -> None:
        """Close a step that did not."""
        self._steps.stop(exception)

    def pytest_bdd_step_func_lookup_error(self, step: Any, exception: BaseException) -> None:
        """Show a step that nobody defined."""
        self._steps.start(step)
        self._steps.stop(exception)

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_after_scenario(self) -> None:
        """Close what a skip left open, and show what was not reached."""
        problem = sys.exc_info()[1]
        self._steps.stop(problem or pytest.skip.Exception("left inside this step"))
        for step in list(self._steps.todo):
            self._steps.start(step)
            self._steps.stop(pytest.skip.Exception("not reached"))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write what Allure shows beside the results; once, by the one who leads the workers."""
        if hasattr(session.config, "workerinput") or not self._folder.is_dir():
            return
        # A blank in a key would end it.
        rows = [f"{_property(key).replace(' ', '_')}={_property(value)}\n" for key, value in self._environment.items()]
        (self._folder / "environment.properties").write_text("".join(rows), encoding="utf-8")
        (self._folder / "categories.json").write_bytes(_CATEGORIES.read_bytes())
        executor = {"name": "lifecycle", "type": "lifecycle", "buildName": self._environment.get("run", "a run")}
        (self._folder / "executor.json").write_text(json.dumps(executor), encoding="utf-8")


class _Steps:
    """The Gherkin steps of the running scenario as Allure steps, one open at a time."""

    def __init__(self, steps: list[Any] | None = None) -> None:
        self.todo = list(steps or ())
        self._open: Any = None

    def start(self, step: Any) -> None:
        self.todo = [other for other in self.todo if other is not step]
        self._open = allure.step(f"{step.keyword.strip()} {step.name}")
        self._open.__enter__()
        if step.datatable is not None:
            out = io.StringIO()
            csv.writer(out).writerows(step.datatable.raw())
            attach("data table", out.getvalue(), "csv")
        if step.docstring is not None:
            attach("text", step.docstring)

    def stop(self, problem: BaseException | None) -> None:
        if self._open is not None:
            trace = getattr(problem, "__traceback__", None)
            self._open.__exit__(type(problem) if problem else None, problem, trace)
            self._open = None


def _describe(item: pytest.Item, scenario: Any, root: Path) -> None:
    feature, rule = scenario.feature, scenario.rule
    tags = {mark.name for mark in item.iter_markers()} & _all_tags(scenario)
    item.add_marker(allure.epic(EPIC))
    item.add_marker(allure.parent_suite(EPIC))
    item.add_marker(allure.feature(feature.name))
    item.add_marker(allure.suite(feature.name))
    if story := rule.name if rule is not None else scenario.name if scenario.templated else None:
        item.add_marker(allure.story(story))
    item.add_marker(allure.severity(_severity(tags, item.nodeid)))
    for tag in sorted(tags):
        kind, _, value = tag.partition(".")
        if kind in LABEL_TAGS and value:
            item.add_marker(allure.label(kind, value))
    path = Path(feature.filename)
    source = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    told = [feature.description, getattr(rule, "description", None), scenario.description]
    parts = [text.strip() for text in told if text and text.strip()]
    item.add_marker(allure.description("\n\n".join((*parts, f"`{source}:{scenario.line_number}`"))))
    allure.title(_title(scenario))(item.obj)  # type: ignore[attr-defined]


def _all_tags(scenario: Any) -> set[str]:
    rule_tags = scenario.rule.tags if scenario.rule is not None else set()
    rows = {tag for examples in scenario.examples for tag in examples.tags or ()}
    return set(scenario.tags | scenario.feature.tags | rule_tags | rows)


def _severity(tags: Iterable[str], where: str) -> str:
    for tag in sorted(tags):
        kind, _, value = tag.partition(".")
        if kind == "severity":
            if value not in _SEVERITIES:
                raise pytest.UsageError(f"{where}: @{tag} is no severity; it is one of {', '.join(_SEVERITIES)}")
            return value
    return "normal"


def _title(scenario: Any) -> str:
    """The scenario's name as a format: allure fills an outline's columns in, other braces stay as they are."""
    title = str(scenario.name).replace("{", "{{").replace("}", "}}")
    for column in {name for examples in scenario.examples for name in examples.example_params}:
        title = title.replace(f"<{column}>", f"{{{EXAMPLE}[{column}]}}")
    return title


def _property(text: str) -> str:
    """A key or value of a Java properties file."""
    plain = " ".join(str(text).split())
    return "".join(f"\\{sign}" if sign in "\\:=#!" else sign for sign in plain)
