"""How a scenario says no: with what was expected, what was seen, of whom and when."""

from __future__ import annotations

from collections.abc import Iterable

from harness.journal import stamp
from harness.watch import Window


class Unmet(AssertionError):
    """The tenant does not do what the policy says. The text is the cause, built from observed values."""


class Inconclusive(Exception):
    """What was seen decides nothing: a gap, a straddled limit, a log that cannot be read. Never a pass."""


def compare_sets(who: str, what: str, expected: Iterable[str], seen: Iterable[str]) -> str | None:
    """What differs between two whole sets, in one sentence; None when nothing does.

    >>> compare_sets("Ada", "Okta groups", {"A", "B"}, {"B", "C"})
    "Ada's Okta groups differ from the policy: missing A; unexpected C"
    """
    missing, extra = sorted(set(expected) - set(seen)), sorted(set(seen) - set(expected))
    if not missing and not extra:
        return None
    parts = [f"missing {', '.join(missing)}"] if missing else []
    parts += [f"unexpected {', '.join(extra)}"] if extra else []
    return f"{who}'s {what} differ from the policy: {'; '.join(parts)}"


def require(holds: bool, cause: str) -> None:
    """Raise Unmet with `cause` unless `holds`."""
    if not holds:
        raise Unmet(cause)


def at(window: Window) -> str:
    """The window as a person reads it."""
    return f"not at {stamp(window.lo)}" + ("" if window.hi is None else f", yes at {stamp(window.hi)}")
