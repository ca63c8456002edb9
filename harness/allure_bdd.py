"""Allure results that read like the features: steps, outline parameters, labels from tags."""

from __future__ import annotations

import ast
import csv
import inspect
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import allure
import attr
import pytest
from allure_commons import hookimpl, plugin_manager
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Label, Parameter
from allure_commons.utils import uuid4
from pytest_bdd.scenario import scenario_wrapper_template_registry

EPIC = "Identity lifecycle"
LABEL_TAGS = ("kpi", "risk", "ctl", "seed", "needs")
_SEVERITIES = ("blocker", "critical", "normal", "minor", "trivial")
_CATEGORIES = Path(__file__).parent / "reports" / "categories.json"
_EXAMPLE = "_pytest_bdd_example"
_ROOT = f"{Path(__file__).resolve().parents[1]}/"
# Where a traceback comes to our own code, in pytest's form and in Python's.
_OURS = re.compile(r'^(?:(?:steps|harness)/\S+:\d+: in |  File "(?:[^"]*/)?(?:steps|harness)/)', re.MULTILINE)
_CLASS = re.compile(r"^harness\.checks\.(?:Unmet: |(?=\w+: ))")
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
        ours = _Writer(str(self._folder))
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


class _Writer(AllureFileLogger):  # type: ignore[misc]
    """Writes results as a reader of features expects them."""

    def _report_item(self, item: Any) -> None:
        """As the original does, in one piece: `json.dump` goes through Python for every comma."""
        name = item.file_pattern.format(prefix=uuid4())
        text = json.dumps(attr.asdict(item, filter=lambda _, value: value or value is False), ensure_ascii=False)
        unfinished = self._report_dir / f"{name}.tmp"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(self._report_dir / name)

    @hookimpl  # type: ignore[untyped-decorator]
    def report_result(self, result: Any) -> None:
        """Show outline columns as parameters and in the name, group by feature, never end before the beginning."""
        result.parameters = [plain for parameter in result.parameters for plain in _columns(parameter)]
        result.name = _told_apart(str(result.name), result.parameters)
        result.labels = _labels(result.labels)
        shown = {label.name: label.value for label in result.labels}
        if "feature" in shown:
            result.titlePath = [shown[name] for name in ("epic", "feature", "story") if name in shown]
        _order(result)
        _clear(result)
        super().report_result(result)

    @hookimpl  # type: ignore[untyped-decorator]
    def report_container(self, container: Any) -> None:
        """Leave out fixtures that only worked: each Gherkin step would be one."""
        told = [one for one in (*container.befores, *container.afters) if one.status not in (None, "passed", "skipped")]
        if told:
            super().report_container(container)


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
        title = title.replace(f"<{column}>", f"{{{_EXAMPLE}[{column}]}}")
    return title


def _columns(parameter: Any) -> Iterator[Any]:
    """An outline's row as one parameter per column; any other parameter without the quotes of its repr."""
    try:
        value = ast.literal_eval(parameter.value)
    except (ValueError, SyntaxError):
        value = parameter.value
    if parameter.name == _EXAMPLE and isinstance(value, dict):
        yield from (Parameter(name=name, value=text) for name, text in value.items())
    else:
        yield Parameter(name=parameter.name, value=str(value), excluded=parameter.excluded, mode=parameter.mode)


def _told_apart(name: str, parameters: Iterable[Any]) -> str:
    """A row's name with the values it does not say yet, so that rows differ in lists; a number with its column's name.

    >>> _told_apart("To Finance", [Parameter("to", "Finance"), Parameter("site", "NYC"), Parameter("sample", "3")])
    'To Finance (NYC, sample 3)'
    """
    rest = [p for p in parameters if p.value and not re.search(rf"(?<!\w){re.escape(p.value)}(?!\w)", name)]
    told = ", ".join(f"{p.name} {p.value}" if p.value.isdecimal() else p.value for p in rest)
    return f"{name} ({told})" if told else name


def _labels(labels: list[Any]) -> list[Any]:
    """Each label once, no tag that already is a label of its own kind, and not the name of the machine."""
    kept: dict[tuple[str, str], Any] = {}
    for label in labels:
        name, value = str(label.name), str(label.value)
        if name == "host" or (name == "tag" and value.partition(".")[0] in (*LABEL_TAGS, "severity")):
            continue
        kept.setdefault((name, value), Label(name=name, value=value))
    return list(kept.values())


def _order(item: Any, least: int = 0) -> None:
    """No part begins before its whole or ends before it began, whatever clock was asked."""
    item.start = max(item.start or least, least)
    item.stop = max(item.stop or item.start, item.start)
    for step in item.steps:
        _order(step, item.start)


def _clear(item: Any) -> None:
    """Causes as sentences, and tracebacks from our own code on, without the machine's folders."""
    if (details := item.statusDetails) is not None:
        details.message = _CLASS.sub("", details.message or "") or details.message
        if trace := details.trace:
            ours = _OURS.search(trace)
            details.trace = trace[ours.start() if ours else 0 :].replace(_ROOT, "")
    for step in item.steps:
        _clear(step)


def _property(text: str) -> str:
    """A key or value of a Java properties file."""
    plain = " ".join(str(text).split())
    return "".join(f"\\{sign}" if sign in "\\:=#!" else sign for sign in plain)
