"""Hires, moves and ends, as HR and the people themselves bring them about."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from pytest_bdd import given, parsers, when

from harness.rehearsal import Rehearsal


@given(parsers.parse("{name:w} is about to join {department:w} in {site:w}"))
def about_to_join(rehearsal: Rehearsal, name: str, department: str, site: str) -> None:
    """A person whom nobody knows yet; bystanders are remembered."""
    case = rehearsal.company.newcomer(rehearsal.scene, name, department, site)
    rehearsal.access.remember_bystanders(rehearsal.scene, case)


@given(parsers.parse("no system knows {name:w} yet"))
def nobody_knows(rehearsal: Rehearsal, name: str) -> None:
    """The precondition is read and stored."""
    rehearsal.access.nobody_knows(rehearsal.scene, rehearsal.case(name))


@given(parsers.parse("{name:w} works in {department:w} in {site:w}"))
def works_in(rehearsal: Rehearsal, name: str, department: str, site: str) -> None:
    """Hired and settled: exactly the birthright set, proven before the trigger."""
    case = rehearsal.company.newcomer(rehearsal.scene, name, department, site)
    rehearsal.access.remember_bystanders(rehearsal.scene, case)
    rehearsal.access.nobody_knows(rehearsal.scene, case)
    rehearsal.company.record(rehearsal.scene, case, case.person, "hired")
    rehearsal.company.settle_active(rehearsal.scene, case)


@when(parsers.parse("HR records that {name:w} starts today"))
def starts_today(rehearsal: Rehearsal, name: str) -> None:
    """The hire's row arrives."""
    case = rehearsal.case(name)
    rehearsal.company.record(rehearsal.scene, case, case.person, "hire recorded, starting today")


@when(parsers.parse("HR records that {name:w} starts in {days:d} days"))
def starts_later(rehearsal: Rehearsal, name: str, days: int) -> None:
    """The hire's row arrives ahead of the first day."""
    case = rehearsal.case(name)
    later = case.person.changed(hire_date=case.person.hire_date + timedelta(days=days))
    rehearsal.company.record(rehearsal.scene, case, later, f"hire recorded, starting in {days} days")


@when(parsers.parse("HR moves {name:w} to {department:w}"))
def moves(rehearsal: Rehearsal, name: str, department: str) -> None:
    """The transfer's row arrives, effective at once."""
    case = rehearsal.case(name)
    rehearsal.moving_from(case)
    manager = rehearsal.policy.cast.manager[department]
    moved = case.person.changed(department=department, manager_id=manager)
    rehearsal.company.record(rehearsal.scene, case, moved, f"moved to {department}")


@given(parsers.parse("HR has recorded today as {name:w}'s last day of work"))
def last_day_today(rehearsal: Rehearsal, name: str) -> None:
    """The end date is known, and nothing ends yet."""
    case = rehearsal.case(name)
    today = rehearsal.clock.now().astimezone(ZoneInfo(case.person.time_zone)).date()
    leaving = case.person.changed(end_date=today, end_reason="voluntary")
    rehearsal.company.record(rehearsal.scene, case, leaving, "last day of work recorded: today")


@when(parsers.parse("HR ends {name:w}'s employment at once"))
def ends_at_once(rehearsal: Rehearsal, name: str) -> None:
    """An involuntary end arrives."""
    rehearsal.end_at_once(rehearsal.case(name))


@when(parsers.parse("HR ends {name:w}'s employment at once while {again:w} keeps signing in"))
def ends_while_signing_in(rehearsal: Rehearsal, name: str, again: str) -> None:
    """An involuntary end arrives while the person tries to sign in again and again."""
    case = rehearsal.case(name)
    rehearsal.end_at_once(case)
    rehearsal.endings.sign_in_loop(rehearsal.scene, case)


@when(parsers.parse("{name:w}'s last day ends where {pronoun:w} works"))
def last_day_ends(rehearsal: Rehearsal, name: str, pronoun: str) -> None:
    """The clock is taken to the last minute of the day and looked at there."""
    rehearsal.endings.last_minute(rehearsal.scene, rehearsal.case(name))


@when(parsers.parse("Security puts {name:w} on hold"))
def on_hold(rehearsal: Rehearsal, name: str) -> None:
    """A hold arrives through the emergency path."""
    rehearsal.company.hold(rehearsal.scene, rehearsal.case(name))


@when(parsers.parse("Security lifts the hold on {name:w}"))
def lift_hold(rehearsal: Rehearsal, name: str) -> None:
    """The hold is taken out."""
    rehearsal.company.lift_hold(rehearsal.scene, rehearsal.case(name))


@given("some moment of the schedule has come")
def some_moment(rehearsal: Rehearsal) -> None:
    """A moment that follows from the random seed and the sample's number."""
    rehearsal.some_moment()
