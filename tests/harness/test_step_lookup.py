"""The remembering search for step functions finds what pytest-bdd's own search finds."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from harness.step_lookup import StepLookup


class _Bdd:
    """As much of pytest-bdd and pytest as the search asks: fixtures by name, each visible below some nodes."""

    def __init__(self) -> None:
        self.fixtures: dict[str, list[Any]] = {}
        self.step_function_context_registry: dict[str, Any] = {}
        self.searched = 0

    def define(self, name: str, kind: str | None, pattern: str, *below: str) -> None:
        self.fixtures.setdefault(name, []).append(SimpleNamespace(argname=name, func=f"{name}/{pattern}", below=below))
        parser = SimpleNamespace(is_matching=re.compile(pattern).fullmatch)
        self.step_function_context_registry[f"{name}/{pattern}"] = SimpleNamespace(type=kind, parser=parser)

    def get_fixture_names(self, fixturemanager: Any) -> list[str]:
        return list(self.fixtures)

    def getfixturedefs(self, fixturemanager: Any, name: str, node: Any) -> list[Any]:
        return [one for one in self.fixtures.get(name, ()) if not one.below or node.parent in one.below]

    def find_fixturedefs_for_step(self, step: Any, fixturemanager: Any, node: Any) -> Any:
        self.searched += 1
        for name in self.fixtures:
            for one in self.getfixturedefs(fixturemanager, name, node):
                context = self.step_function_context_registry[one.func]
                if context.type in (None, step.type) and context.parser.is_matching(step.name):
                    yield one


class _Manager:
    """A fixture manager; only its identity counts."""


def test_what_is_remembered_is_what_a_search_would_find() -> None:
    """For rows and samples of one scenario, for other scenarios, other kinds, and definitions that came later."""
    bdd, manager = _Bdd(), _Manager()
    bdd.define("starts", "given", r"\w+ starts")
    bdd.define("local", "given", r"\w+ starts", "module b")
    bdd.define("ends", "when", r"\w+ ends")
    find = StepLookup(bdd)

    def found(kind: str, text: str, parent: str) -> list[str]:
        step, node = SimpleNamespace(type=kind, name=text), SimpleNamespace(parent=parent)
        own = [one.func for one in bdd.find_fixturedefs_for_step(step, manager, node)]
        assert [one.func for one in find(step, manager, node)] == own
        return own

    assert found("given", "Ada starts", "module a") == [r"starts/\w+ starts"]
    assert found("given", "Ada starts", "module b") == [r"starts/\w+ starts", r"local/\w+ starts"]
    assert found("when", "Ada starts", "module a") == []
    before = bdd.searched
    assert len(found("given", "Ada starts", "module a")) == 1
    assert bdd.searched == before + 1, "only the test itself searched"
    bdd.define("late", None, "Ada starts")
    assert len(found("given", "Ada starts", "module a")) == 2
