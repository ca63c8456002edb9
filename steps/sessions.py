"""Sessions and tokens: opened by the people, and what an end does to them."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from harness.rehearsal import Rehearsal


@given(parsers.parse("{name:w} is signed in to Okta on two devices"))
def two_devices(rehearsal: Rehearsal, name: str) -> None:
    """Two sessions, each proven alive."""
    for device in ("laptop", "phone"):
        rehearsal.company.open_session(rehearsal.scene, rehearsal.case(name), device)


@given(parsers.parse("{name:w} is signed in to Okta and to the portal"))
def session_and_portal(rehearsal: Rehearsal, name: str) -> None:
    """One session and one refresh token, each proven alive."""
    rehearsal.company.open_session(rehearsal.scene, rehearsal.case(name), "laptop")
    rehearsal.company.open_grant(rehearsal.scene, rehearsal.case(name))


@given(parsers.parse("{name:w} is signed in to Okta on two devices and to the portal"))
def two_devices_and_portal(rehearsal: Rehearsal, name: str) -> None:
    """Two sessions and one refresh token, each proven alive."""
    two_devices(rehearsal, name)
    rehearsal.company.open_grant(rehearsal.scene, rehearsal.case(name))


@given(
    parsers.parse(
        "{name:w} is signed in to Okta on two devices and to the portal {minutes:d} minutes before the day ends"
    )
)
def signed_in_before_day_ends(rehearsal: Rehearsal, name: str, minutes: int) -> None:
    """Opened shortly before the end, since a session idles out after two hours."""
    rehearsal.endings.wait_for_last_day(rehearsal.scene, rehearsal.case(name), minutes)
    two_devices_and_portal(rehearsal, name)


@given("somebody with a similar part in the company is signed in too")
def bystander_signed_in(rehearsal: Rehearsal) -> None:
    """A session that must survive."""
    rehearsal.open_bystander_session()


@then("the other person's session is still served")
def bystander_session_lives(rehearsal: Rehearsal) -> None:
    """The right person only."""
    rehearsal.bystander_session_lives()


@then(parsers.parse("{name:w} kept everything until the last minute of the day"))
def kept_until_last_minute(rehearsal: Rehearsal, name: str) -> None:
    """What was seen in the last minute."""
    rehearsal.endings.kept_until_the_end(rehearsal.scene, rehearsal.case(name))


@then(parsers.parse('everything of {name:w}\'s is dead within "T5" of the disable and "{sla}" of the end'))
def everything_dead(rehearsal: Rehearsal, name: str, sla: str) -> None:
    """Each session and token probed until it is refused."""
    rehearsal.endings.dies(rehearsal.scene, rehearsal.case(name), sla)


@then(parsers.parse('{name:w}\'s sessions and application accounts are dead within "T6" of the end, by tier'))
def everything_dead_by_tier(rehearsal: Rehearsal, name: str) -> None:
    """Applications too, each against its tier's promise."""
    rehearsal.endings.dies(rehearsal.scene, rehearsal.case(name), "T6", accounts=True)


@then(parsers.parse("{name:w} stays shut out, also after a further processing cycle"))
def shut_for_good(rehearsal: Rehearsal, name: str) -> None:
    """Status, sets and sign-in, read twice."""
    rehearsal.endings.shut_for_good(rehearsal.scene, rehearsal.case(name))


@then(parsers.parse("{name:w} could not open a session after the disable, and no session outlived the revocation"))
def no_relogin_window(rehearsal: Rehearsal, name: str) -> None:
    """The loop's last success and first refusal."""
    rehearsal.endings.no_relogin_window(rehearsal.scene, rehearsal.case(name))


@then(
    parsers.parse(
        "{name:w}'s accounts in {first:w} and {second:w} are kept, inactive, and were written by their own engine only"
    )
)
def retained(rehearsal: Rehearsal, name: str, first: str, second: str) -> None:
    """Records stay, each with one writer."""
    rehearsal.endings.retained(rehearsal.scene, rehearsal.case(name), [first, second])


@then(parsers.parse("Okta's log shows that the workflow cleared {name:w}'s sessions"))
def sessions_cleared(rehearsal: Rehearsal, name: str) -> None:
    """The clear event, by the workflow's account."""
    rehearsal.chains.revocation_logged(rehearsal.scene, rehearsal.case(name), "user.session.clear")


@then(parsers.parse("Okta's log shows that the workflow revoked {name:w}'s tokens"))
def tokens_revoked(rehearsal: Rehearsal, name: str) -> None:
    """The revoke event, by the workflow's account."""
    rehearsal.chains.revocation_logged(rehearsal.scene, rehearsal.case(name), "app.oauth2.token.revoke.implicit.user")


@then(parsers.parse("{name:w}'s access token is no longer called active"))
def access_token_inactive(rehearsal: Rehearsal, name: str) -> None:
    """Introspection says no; offline validation until expiry is the token policy's residual."""
    rehearsal.endings.access_token_inactive(rehearsal.scene, rehearsal.case(name))


@then(
    parsers.parse(
        '{name:w} is suspended, keeps groups and applications, cannot sign in, and every session is dead within "T5"'
    )
)
def suspended(rehearsal: Rehearsal, name: str) -> None:
    """What a hold keeps and what it ends."""
    rehearsal.holds.suspended(rehearsal.scene, rehearsal.case(name))


@then(parsers.parse("{name:w} can sign in again, with exactly the access from before, and no old session lives"))
def restored(rehearsal: Rehearsal, name: str) -> None:
    """What lifting a hold brings back and what it does not."""
    rehearsal.holds.restored(rehearsal.scene, rehearsal.case(name))
