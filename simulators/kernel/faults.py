"""Fault rules: which requests misbehave, how, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from simulators.kernel.table import State
from simulators.kernel.times import parse_duration

SYSTEMS = ("okta", "sailpoint", "apps", "hr")


@dataclass(frozen=True)
class Fault:
    """One rule. `path` is a pattern in which `*` stands for anything; `times` None means until it is removed."""

    id: str
    system: str | None
    method: str | None
    path: str | None
    status: int | None = None
    delay: timedelta | None = None
    lose: bool = False
    drop_fields: tuple[str, ...] = ()
    times: int | None = None

    def matches(self, system: str, method: str, path: str) -> bool:
        """Whether a request meets the rule; an absent part of it meets everything."""
        return (
            self.system in (None, system)
            and self.method in (None, method)
            and (self.path is None or re.fullmatch(re.escape(self.path).replace(r"\*", ".*"), path) is not None)
        )


@dataclass
class Faults(State):
    """The rules of an estate, oldest first."""

    rules: list[Fault] = field(default_factory=list)
    made: int = 0

    def add(self, match: dict[str, Any], effect: dict[str, Any], times: int | None) -> Fault:
        """Add a rule from its JSON form. Raises ValueError naming what is wrong with it."""
        if unknown := set(match) - {"system", "method", "path"}:
            raise ValueError(f"unknown match key {sorted(unknown)[0]!r}; use system, method, path")
        if match.get("system") not in (None, *SYSTEMS):
            raise ValueError(f"unknown system {match['system']!r}; use one of {', '.join(SYSTEMS)}")
        if len(effect) != 1 or (kind := next(iter(effect))) not in ("status", "delay", "lose", "drop_fields"):
            raise ValueError("an effect is exactly one of status, delay, lose, drop_fields")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise ValueError("times is a whole number of 1 or more, or absent for a lasting rule")
        value = effect[kind]
        if kind == "status" and (not isinstance(value, int) or isinstance(value, bool) or not 400 <= value <= 599):
            raise ValueError("status is an HTTP error status from 400 to 599")
        if kind == "lose" and value is not True:
            raise ValueError("lose is true or absent")
        if kind == "drop_fields" and not (isinstance(value, list) and value and all(isinstance(v, str) for v in value)):
            raise ValueError("drop_fields is a list of field names")
        if kind == "delay":
            value = parse_duration(str(value))
        if kind == "drop_fields":
            value = tuple(value)
        method = match.get("method")
        self.made += 1
        rule = Fault(
            f"f{self.made}", match.get("system"), method and str(method).upper(), match.get("path"), times=times
        )
        rule = replace(rule, **{kind: value})
        self.rules.append(rule)
        return rule

    def take(self, system: str, method: str, path: str) -> list[Fault]:
        """The rules a request meets, each counted down by one."""
        met = [rule for rule in self.rules if rule.matches(system, method, path)]
        for rule in met:
            if rule.times is not None:
                at = self.rules.index(rule)
                if rule.times == 1:
                    del self.rules[at]
                else:
                    self.rules[at] = replace(rule, times=rule.times - 1)
        return met

    def remove(self, id: str) -> bool:
        """Remove one rule; False when there is none of that id."""
        before = len(self.rules)
        self.rules = [rule for rule in self.rules if rule.id != id]
        return len(self.rules) < before
