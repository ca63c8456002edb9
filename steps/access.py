"""What people hold: whole sets, twice, and nobody else's changed."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from harness.rehearsal import Rehearsal


@then(parsers.parse('SailPoint holds {name:w} as one {state:w} identity within the "{sla}" promise'))
def identity_in_state(rehearsal: Rehearsal, name: str, state: str, sla: str) -> None:
    """The identity's lifecycle state, timed from HR's row."""
    rehearsal.access.identity_in_state(rehearsal.scene, rehearsal.case(name), state, sla)


@then(parsers.parse('{name:w} holds exactly the birthright access within the "{sla}" promise'))
def exact_birthright(rehearsal: Rehearsal, name: str, sla: str) -> None:
    """Groups and apps as whole sets."""
    case = rehearsal.case(name)
    rehearsal.access.exact_set(rehearsal.scene, case, rehearsal.expected(case), sla, "birthright access")


@then(parsers.parse('{name:w} holds exactly the pre-hire access within the "{sla}" promise'))
def exact_prehire(rehearsal: Rehearsal, name: str, sla: str) -> None:
    """The pre-hire's set, whole."""
    case = rehearsal.case(name)
    expected = rehearsal.policy.expected_before_start(case.person)
    rehearsal.access.exact_set(rehearsal.scene, case, expected, sla, "pre-hire access")


@then(parsers.parse('{name:w} can neither sign in nor use any application for the settle window of "{sla}"'))
def shut_before_start(rehearsal: Rehearsal, name: str, sla: str) -> None:
    """Held, not read once."""
    rehearsal.access.no_access_holds(rehearsal.scene, rehearsal.case(name), sla)


@then(parsers.parse("{name:w}'s Okta profile says what HR says"))
def profile(rehearsal: Rehearsal, name: str) -> None:
    """One user, usable, with HR's attributes."""
    rehearsal.access.profile(rehearsal.scene, rehearsal.case(name))


@then(parsers.parse("each application account of {name:w} exists once and was written by its own engine"))
def accounts(rehearsal: Rehearsal, name: str) -> None:
    """The applications' own accounts and write logs."""
    case = rehearsal.case(name)
    rehearsal.access.accounts(rehearsal.scene, case, rehearsal.expected(case))


@then(parsers.parse("every change to {name:w}'s access was ordered by SailPoint and made once by its connector"))
def ordered_and_made(rehearsal: Rehearsal, name: str) -> None:
    """Orders joined to Okta's log."""
    rehearsal.chains.ordered_and_made(rehearsal.scene, rehearsal.case(name))


@then(parsers.parse("a further processing cycle changes nothing for {name:w}"))
def second_cycle(rehearsal: Rehearsal, name: str) -> None:
    """The sets are read again after one more cycle."""
    case = rehearsal.case(name)
    rehearsal.access.second_cycle(rehearsal.scene, case, rehearsal.expected(case), "access")


@then(parsers.parse("a further processing cycle leaves {name:w} a pre-hire"))
def second_cycle_prehire(rehearsal: Rehearsal, name: str) -> None:
    """The pre-hire's set is read again after one more cycle."""
    case = rehearsal.case(name)
    expected = rehearsal.policy.expected_before_start(case.person)
    rehearsal.access.second_cycle(rehearsal.scene, case, expected, "pre-hire access")


@then("nobody else's access has changed")
def bystanders(rehearsal: Rehearsal) -> None:
    """Bystanders hold what they held at the start."""
    rehearsal.access.bystanders_unchanged(rehearsal.scene)


@then(parsers.parse('{name:w}\'s new access is there within "T7-in" and the old access gone within "T7-out"'))
def moved(rehearsal: Rehearsal, name: str) -> None:
    """Adds and removes timed apart, then the whole sets."""
    case = rehearsal.case(name)
    rehearsal.access.moved(rehearsal.scene, case, rehearsal.moved_from(case), rehearsal.expected(case))


@given(parsers.parse("{name:w} has an account in {first:w} and in {second:w}"))
def has_accounts(rehearsal: Rehearsal, name: str, first: str, second: str) -> None:
    """The accounts are there and active before the trigger."""
    rehearsal.access.has_accounts(rehearsal.scene, rehearsal.case(name), [first, second])


@then(parsers.re(r"(?P<name>\w+) can open (?P<app>.+)"))
def can_open(rehearsal: Rehearsal, name: str, app: str) -> None:
    """A sign-on to the app, from a live session."""
    rehearsal.access.can_open(rehearsal.scene, rehearsal.case(name), app)
