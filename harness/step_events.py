"""pytest-bdd hooks: each Gherkin step's end becomes a line of the journal."""

from __future__ import annotations

from typing import Any

import pytest

from harness.journal import StepFinished, stamp
from harness.scenario_state import RUN, STATE


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Any) -> None:
    """Remember which steps are to come."""
    request.node.stash[STATE]["todo"] = list(scenario.steps)


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Any) -> None:
    """A step begins."""
    request.node.stash[STATE]["step"] = (step, _now(request))


def pytest_bdd_after_step(request: pytest.FixtureRequest, step: Any) -> None:
    """A step passed."""
    _over(request, step, "passed", None)


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Any, exception: Exception) -> None:
    """A step did not."""
    _over(request, step, "failed", str(exception))


def pytest_bdd_step_func_lookup_error(request: pytest.FixtureRequest, step: Any, exception: Exception) -> None:
    """Nobody defined a step."""
    request.node.stash[STATE]["step"] = (step, _now(request))
    _over(request, step, "failed", str(exception))


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Journal the steps that were skipped inside or never reached."""
    state, run = request.node.stash[STATE], request.config.stash[RUN]
    for step in state.get("todo", []):
        open_step, started = state.get("step") or (None, None)
        inside = step is open_step
        outcome = "skipped" if inside else "not_reached"
        run.write(StepFinished(step.keyword.strip(), step.name, outcome, None, started if inside else None, None))


def _over(request: pytest.FixtureRequest, step: Any, outcome: str, message: str | None) -> None:
    state, run = request.node.stash[STATE], request.config.stash[RUN]
    state["todo"] = [other for other in state.get("todo", []) if other is not step]
    _, started = state.get("step") or (None, None)
    state["step"] = None
    run.write(StepFinished(step.keyword.strip(), step.name, outcome, message, started, _now(request)))


def _now(request: pytest.FixtureRequest) -> str | None:
    stage = request.config.stash[RUN].stage
    return None if stage is None else stamp(stage.clock.latest)
