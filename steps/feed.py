"""The people of an HR feed."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from harness.feed_checks import FeedChecks


@given(parsers.parse("nobody knows the person of line {line:d}"))
def nobody_knows(feed_checks: FeedChecks, line: int) -> None:
    """The precondition of a hire."""
    feed_checks.nobody_knows(line)


@given(parsers.parse("the person of line {line:d} stands as HR had them before"))
def stands_as_before(feed_checks: FeedChecks, line: int) -> None:
    """Earlier rows have taken effect."""
    feed_checks.stands_as_before(line)


@when(parsers.parse("HR's row of line {line:d} takes effect"))
def takes_effect(feed_checks: FeedChecks, line: int) -> None:
    """The row arrives on its date."""
    feed_checks.takes_effect(line)


@then("the hire is right")
def hire_is_right(feed_checks: FeedChecks) -> None:
    """Judged by the policy."""
    feed_checks.hire()


@then("the move is right")
def move_is_right(feed_checks: FeedChecks) -> None:
    """Judged by the policy."""
    feed_checks.move()


@then("the end is right")
def end_is_right(feed_checks: FeedChecks) -> None:
    """Judged by the policy."""
    feed_checks.end()
