"""Requests and decisions."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

from harness.rehearsal import Rehearsal


@when(parsers.parse("{name:w} requests {item:S}"))
def requests(rehearsal: Rehearsal, name: str, item: str) -> None:
    """A request is submitted."""
    rehearsal.company.request(rehearsal.scene, rehearsal.case(name), item, "rehearsal")


@when(parsers.parse('{name:w}\'s manager approves {item:S} with "{comment}"'))
def approves(rehearsal: Rehearsal, name: str, item: str, comment: str) -> None:
    """The manager says yes."""
    rehearsal.requests.decide(rehearsal.scene, rehearsal.case(name), item, "approve", comment)


@when(parsers.parse('{name:w}\'s manager rejects {item:S} with "{comment}"'))
def rejects(rehearsal: Rehearsal, name: str, item: str, comment: str) -> None:
    """The manager says no."""
    rehearsal.requests.decide(rehearsal.scene, rehearsal.case(name), item, "reject", comment)


@then(parsers.parse("{name:w}'s request for {item:S} waits for the manager and nothing happens in Okta"))
def waits(rehearsal: Rehearsal, name: str, item: str) -> None:
    """Pending with the right person, and held."""
    case = rehearsal.case(name)
    rehearsal.requests.waits_for(rehearsal.scene, case, item, rehearsal.requests.approver(case, item))


@then(parsers.parse('{item:S} is the only thing added to {name:w}\'s access, within "T4" of the {start:w}'))
def granted(rehearsal: Rehearsal, item: str, name: str, start: str) -> None:
    """Whole sets, timed from the request or the decision."""
    mark = {"request": "requested", "decision": "decided"}[start]
    rehearsal.requests.granted(rehearsal.scene, rehearsal.case(name), item, mark)


@then(parsers.parse("SailPoint calls {name:w}'s request for {item:S} completed"))
def completed(rehearsal: Rehearsal, name: str, item: str) -> None:
    """The request's own state."""
    rehearsal.requests.completed(rehearsal.scene, rehearsal.case(name), item)


@then(parsers.parse('the decision on {item:S} for {name:w} names the manager, the time and "{comment}"'))
def decision_recorded(rehearsal: Rehearsal, item: str, name: str, comment: str) -> None:
    """Who, when, why."""
    case = rehearsal.case(name)
    approver = rehearsal.requests.approver(case, item)
    rehearsal.requests.decision_recorded(rehearsal.scene, case, item, approver, comment)


@then(parsers.parse("nothing happens in Okta for {name:w} after {item:S} was rejected"))
def nothing_happens(rehearsal: Rehearsal, name: str, item: str) -> None:
    """Held for the settle window."""
    rehearsal.requests.nothing_happens(rehearsal.scene, rehearsal.case(name), item, f"after {item} was rejected")


@then(parsers.parse('SailPoint records the rejection of {item:S} for {name:w} with "{reason}"'))
def rejection_recorded(rehearsal: Rehearsal, item: str, name: str, reason: str) -> None:
    """The state and the reason."""
    rehearsal.requests.rejected(rehearsal.scene, rehearsal.case(name), item, reason)
