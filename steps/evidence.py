"""The boundary's census and the chains through the logs."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

from harness.rehearsal import Rehearsal


@when("every application of the org and of the register is read")
def read_every_application(rehearsal: Rehearsal) -> None:
    """A census, no sample."""
    rehearsal.read_boundary()


@then("no application of Tier 0 or Tier 1 is provisioned by Okta")
def critical_apps(rehearsal: Rehearsal) -> None:
    """Features, capabilities and writers of the apps that matter most."""
    rehearsal.boundary.none_provisioned_by_okta(rehearsal.scene, rehearsal.readings())


@then("every application follows the register")
def register_holds(rehearsal: Rehearsal) -> None:
    """All tiers, all tests."""
    rehearsal.boundary.register_holds(rehearsal.scene, rehearsal.readings())


@then(
    parsers.re(
        r"the logs join (?P<name>\w+)'s request for (?P<item>\S+), its approval, its order, its effect "
        r"and its use of (?P<app>.+)"
    )
)
def grant_chain(rehearsal: Rehearsal, name: str, item: str, app: str) -> None:
    """Every hop in its own system's log, joined by id."""
    rehearsal.chains.grant_chain(rehearsal.scene, rehearsal.case(name), item, app)


@then(
    parsers.parse(
        "the logs join {name:w}'s end in HR, the disable, the session clear and the token revocation, in this order"
    )
)
def termination_chain(rehearsal: Rehearsal, name: str) -> None:
    """Every hop in its own system's log, in order."""
    rehearsal.chains.termination_chain(rehearsal.scene, rehearsal.case(name))
