"""Finds a step's function without asking pytest about every fixture there is.

pytest-bdd lets pytest decide, for each step of each scenario, which definitions of each known fixture are visible, and
then tries their patterns: a tenth of what a repeated scenario costs in the harness. The rows and samples of a scenario
stand under one node and see the same definitions, so the names that fit a text there are remembered.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

# The node above the scenario, the step's kind and its text.
_Asked = tuple[Any, str, str]


class StepLookup:
    """Stands in for pytest-bdd's own search, which it uses for every text it sees for the first time."""

    def __init__(self, bdd: Any) -> None:
        self._bdd, self._search = bdd, bdd.find_fixturedefs_for_step
        # By fixture manager: how many fixtures were known, and the names that fit a text below a node.
        self._known: WeakKeyDictionary[Any, tuple[int, dict[_Asked, tuple[str, ...]]]] = WeakKeyDictionary()

    def __call__(self, step: Any, fixturemanager: Any, node: Any) -> Iterable[Any]:
        """The definitions that fit a step and are visible to a node, as pytest-bdd orders them."""
        names = self._bdd.get_fixture_names(fixturemanager=fixturemanager)
        count, fitting = self._known.get(fixturemanager, (0, {}))
        if count != len(names):
            count, fitting = self._known[fixturemanager] = (len(names), {})
        asked = (node.parent, step.type, step.name)
        if asked not in fitting:
            found = list(self._search(step=step, fixturemanager=fixturemanager, node=node))
            fitting[asked] = tuple(dict.fromkeys(one.argname for one in found))
            return found
        return [
            one
            for name in fitting[asked]
            for one in self._bdd.getfixturedefs(fixturemanager, name, node) or ()
            if self._fits(one, step)
        ]

    def _fits(self, definition: Any, step: Any) -> bool:
        context = self._bdd.step_function_context_registry.get(definition.func)
        return context is not None and context.type in (None, step.type) and bool(context.parser.is_matching(step.name))


def install() -> None:
    """Put the remembering search in pytest-bdd's place, once."""
    bdd = sys.modules["pytest_bdd.scenario"]
    if not isinstance(bdd.find_fixturedefs_for_step, StepLookup):
        bdd.find_fixturedefs_for_step = StepLookup(bdd)  # type: ignore[attr-defined]
