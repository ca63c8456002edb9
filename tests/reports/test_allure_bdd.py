"""What Allure gets to see of a feature, tried on a small one in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.started import ended

# A fork holds modules that pytest would otherwise import itself; what they assert is not looked at here.
_LOADED_BEFORE = "ignore::pytest.PytestAssertRewriteWarning"
FEATURE = """
@risk.session
Feature: Leaver
  Who leaves, loses access.

  @LV-02 @core @severity.critical @kpi.deprov @ctl.TERM @seed.BM11 @seed.K2 @needs.login
  Scenario: A {brave} leaver
    An urgent end.
    Given a person
      | name | site |
      | Ada  | NYC  |
    When it ends
    Then it holds

  @LV-03
  Scenario: A broken promise
    Given a person
    When it breaks
    Then it holds

  @LV-04
  Scenario: A doubt
    Given a person
    When it is unclear

  @LV-05
  Scenario: Skipped inside a step
    Given a person
    When it is skipped
    Then it holds

  @LV-06 @skip
  Scenario: Skipped before it began
    Given a person

  @LV-07
  Scenario: Nobody defined this
    Given a person
    When nobody knows
    Then it holds

  @LV-08
  Scenario: An async step
    Given a person
    When it would pass without running

  Rule: Every status

    @LV-16
    Scenario Outline: From <status> in <first place>
      Given a person
      Then it holds

      Examples:
        | status    | first place |
        | ACTIVE    | Berlin      |
        | SUSPENDED | New York    |
"""
CONFTEST = """
from pathlib import Path
import pytest
from harness import allure_bdd

@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    allure_bdd.register(config, Path(config.rootpath) / "run", {"target": "simulated", "command": "a=b: c"})
"""
STEPS = """
import pytest
from pytest_bdd import given, scenarios, then, when
from harness.allure_bdd import attach
from harness.checks import Inconclusive, Unmet

scenarios("leaver.feature")

@given("a person")
def person(): ...

@when("it ends")
def ends():
    attach("SLA T5", "met", "text")

@then("it holds")
def holds(): ...

@when("it breaks")
def breaks():
    raise Unmet("T5 allows 15 min: it took 16 min")

@when("it is unclear")
def unclear():
    raise Inconclusive("the log cannot be read")

@when("it is skipped")
def skipped():
    pytest.skip("no such capability")

@when("it would pass without running")
async def never(): ...
"""
INI = """
[pytest]
addopts = --import-mode=importlib
bdd_features_base_dir = features
filterwarnings = error
markers =
"""


def run(folder: Path, *options: str, feature: str = FEATURE) -> tuple[list[dict[str, Any]], str]:
    """The results of the feature, and what pytest printed."""
    tags = sorted({word[1:] for word in feature.split() if word.startswith("@")})
    (folder / "features").mkdir()
    (folder / "features/leaver.feature").write_text(feature, encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_leaver.py").write_text(STEPS, encoding="utf-8")
    markers = "".join(f"    {tag}: a tag\n" for tag in tags)
    (folder / "pytest.ini").write_text(INI + markers, encoding="utf-8")
    command = ["-q", "--strict-markers", "-p", "no:cacheprovider", "-W", _LOADED_BEFORE, *options]
    done = ended("pytest", command, folder, folder)
    found = (folder / "run/allure-results").glob("*-result.json")
    results = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    return sorted(results, key=lambda result: str(result["name"])), done.out + done.err


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the feature ran."""
    return tmp_path_factory.mktemp("bdd")


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Every result by its name."""
    found, printed = run(folder)
    assert len(found) == 9, printed
    return {str(result["name"]): result for result in found}


def labels(result: dict[str, Any], name: str) -> list[str]:
    """The values of a label, sorted."""
    return sorted(label["value"] for label in result["labels"] if label["name"] == name)


def steps(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and status of each step."""
    return [(step["name"], step["status"]) for step in result.get("steps", ())]


def test_every_scenario_is_there(results: dict[str, dict[str, Any]]) -> None:
    """One result per scenario and row, the skipped one included, and inconclusive is broken, not failed."""
    assert {name: result["status"] for name, result in results.items()} == {
        "A {brave} leaver": "passed",
        "A broken promise": "failed",
        "A doubt": "broken",
        "Skipped inside a step": "skipped",
        "Skipped before it began": "skipped",
        "Nobody defined this": "broken",
        "An async step": "failed",
        "From ACTIVE in Berlin": "passed",
        "From SUSPENDED in New York": "passed",
    }


def test_labels_come_from_tags(results: dict[str, dict[str, Any]]) -> None:
    """Each kind of tag is a label, the rest are tags, severity is real; a skipped scenario has them too."""
    one = results["A {brave} leaver"]
    assert labels(one, "epic") == ["Identity lifecycle"]
    assert labels(one, "feature") == ["Leaver"]
    assert labels(one, "severity") == ["critical"]
    assert (labels(one, "kpi"), labels(one, "risk"), labels(one, "ctl")) == (["deprov"], ["session"], ["TERM"])
    assert (labels(one, "seed"), labels(one, "needs")) == (["BM11", "K2"], ["login"])
    assert labels(one, "tag") == ["LV-02", "core"]
    assert labels(results["Skipped before it began"], "risk") == ["session"]
    assert labels(results["Skipped before it began"], "severity") == ["normal"]
    assert labels(results["From ACTIVE in Berlin"], "story") == ["Every status"]
    assert results["From ACTIVE in Berlin"]["titlePath"] == ["Identity lifecycle", "Leaver", "Every status"]


def test_description_names_the_source(results: dict[str, dict[str, Any]]) -> None:
    """The description carries the feature's and the scenario's prose and the place in the file, no absolute path."""
    told = results["A {brave} leaver"]["description"]
    assert told == "Who leaves, loses access.\n\nAn urgent end.\n\n`features/leaver.feature:7`"
    assert "/tmp" not in told


def test_outline_rows(results: dict[str, dict[str, Any]]) -> None:
    """A row shows one parameter per column, without quotes; rows keep separate histories."""
    row, other = results["From SUSPENDED in New York"], results["From ACTIVE in Berlin"]
    assert [(one["name"], one["value"]) for one in row["parameters"]] == [
        ("status", "SUSPENDED"),
        ("first place", "New York"),
    ]
    assert row["historyId"] != other["historyId"]


def test_steps(results: dict[str, dict[str, Any]]) -> None:
    """Steps are in order; what failed says so; what was not reached is skipped, also after a skip inside a step."""
    assert steps(results["A {brave} leaver"]) == [
        ("Given a person", "passed"),
        ("When it ends", "passed"),
        ("Then it holds", "passed"),
    ]
    assert steps(results["A broken promise"])[1:] == [("When it breaks", "failed"), ("Then it holds", "skipped")]
    assert steps(results["A doubt"])[1:] == [("When it is unclear", "broken")]
    assert steps(results["Skipped inside a step"])[1:] == [
        ("When it is skipped", "skipped"),
        ("Then it holds", "skipped"),
    ]
    assert steps(results["Nobody defined this"])[1:] == [("When nobody knows", "broken"), ("Then it holds", "skipped")]
    unreached = results["A broken promise"]["steps"][2]["statusDetails"]["message"]
    assert "not reached" in unreached


def test_async_steps_are_refused(results: dict[str, dict[str, Any]]) -> None:
    """An `async def` step fails by name instead of passing without running."""
    assert "never is an async def" in results["An async step"]["statusDetails"]["message"]


def test_attachments(results: dict[str, dict[str, Any]], folder: Path) -> None:
    """A data table and our own lines are attached to the step they belong to."""
    table, line = (results["A {brave} leaver"]["steps"][n]["attachments"][0] for n in (0, 1))
    attached = folder / "run/allure-results"
    assert (table["name"], table["type"]) == ("data table", "text/csv")
    assert (attached / table["source"]).read_text(encoding="utf-8").split() == ["name,site", "Ada,NYC"]
    assert (line["name"], (attached / line["source"]).read_text(encoding="utf-8")) == ("SLA T5", "met")


def test_times_are_ordered(results: dict[str, dict[str, Any]]) -> None:
    """Nothing ends before it begins."""
    for result in results.values():
        for part in (result, *result.get("steps", ())):
            assert part["start"] <= part["stop"]


def test_what_stands_beside(results: dict[str, dict[str, Any]], folder: Path) -> None:
    """Environment, categories and executor are there; fixtures that only worked leave no file."""
    beside = folder / "run/allure-results"
    told = (beside / "environment.properties").read_text(encoding="utf-8")
    assert told == "target=simulated\ncommand=a\\=b\\: c\n"
    assert {"broken", "failed", "skipped"} == {
        status for one in json.loads((beside / "categories.json").read_text()) for status in one["matchedStatuses"]
    }
    assert json.loads((beside / "executor.json").read_text())["name"] == "lifecycle"
    assert list(beside.glob("*-container.json")) == []


def test_parallel_workers(tmp_path: Path) -> None:
    """Two workers write each result once, and the leader writes what stands beside them."""
    found, printed = run(tmp_path, "-n", "2")
    assert len(found) == 9, printed
    assert (tmp_path / "run/allure-results/categories.json").exists()


def test_unknown_severity(tmp_path: Path) -> None:
    """A severity that Allure does not know is refused with its tag."""
    _, printed = run(tmp_path, feature=FEATURE.replace("@severity.critical", "@severity.huge"))
    assert "@severity.huge is no severity" in printed
