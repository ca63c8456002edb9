"""Every lifecycle operation from every status, as the vendor's transition table has it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from simulators.okta.domain.users import LIFECYCLE, Status

S = Status
SUSPEND = (400, "E0000001")
ACTIVATE, WRONG, LOCKED, RESET = (403, "E0000016"), (403, "E0000038"), (403, "E0000032"), (403, "E0000017")
FORGOT, CHANGE, QUESTION = (403, "E0000034"), (403, "E0000035"), (403, "E0000036")

# operation: what the call leads to by status, and the answer everywhere else
TABLE: dict[str, tuple[dict[Status, Status], tuple[int, str]]] = {
    "activate": ({S.STAGED: S.ACTIVE, S.DEPROVISIONED: S.PROVISIONED}, ACTIVATE),
    "reactivate": ({S.PROVISIONED: S.PROVISIONED, S.RECOVERY: S.RECOVERY}, WRONG),
    "deactivate": ({s: S.DEPROVISIONED for s in S if s is not S.DEPROVISIONED}, (404, "E0000007")),
    "suspend": (dict.fromkeys((S.ACTIVE, S.PROVISIONED, S.PASSWORD_EXPIRED), S.SUSPENDED), SUSPEND),
    "unsuspend": ({S.SUSPENDED: S.ACTIVE}, SUSPEND),
    "unlock": ({S.LOCKED_OUT: S.ACTIVE}, LOCKED),
    "reset_password": (
        dict.fromkeys((S.PROVISIONED, S.ACTIVE, S.RECOVERY, S.PASSWORD_EXPIRED, S.LOCKED_OUT), S.RECOVERY),
        RESET,
    ),
    "expire_password": (dict.fromkeys((S.ACTIVE, S.PASSWORD_EXPIRED), S.PASSWORD_EXPIRED), WRONG),
    "expire_password_with_temp_password": (
        dict.fromkeys((S.ACTIVE, S.RECOVERY, S.PASSWORD_EXPIRED), S.PASSWORD_EXPIRED),
        WRONG,
    ),
    "reset_factors": ({s: s for s in S if s is not S.DEPROVISIONED}, WRONG),
    "forgot_password": ({S.ACTIVE: S.ACTIVE}, FORGOT),
    "change_password": (
        {S.STAGED: S.STAGED, S.ACTIVE: S.ACTIVE, S.RECOVERY: S.ACTIVE, S.PASSWORD_EXPIRED: S.ACTIVE},
        CHANGE,
    ),
    "change_recovery_question": ({s: s for s in (S.STAGED, S.ACTIVE, S.RECOVERY)}, QUESTION),
}
SECRET = "Autumn-2026x"
BODIES: dict[str, Any] = {
    "change_password": {"oldPassword": {"value": SECRET}, "newPassword": {"value": "Winter-2026y"}},
    "change_recovery_question": {"password": {"value": SECRET}, "recovery_question": {"question": "Q?", "answer": "a"}},
}
CREDENTIALS = ("forgot_password", "change_password", "change_recovery_question")


def test_table_is_whole() -> None:
    """The expectations name every operation there is."""
    assert set(TABLE) == set(LIFECYCLE)


@pytest.mark.parametrize(("status", "operation"), list(product(Status, LIFECYCLE)))
def test_moves_or_refuses(okta: Any, status: Status, operation: str) -> None:
    """Each operation is allowed from its listed sources and refused with its own code everywhere else."""
    user = okta.new_user(query="?activate=false")
    okta.org.state.users.put(replace(okta.org.state.users[user], status=status))
    kind = "credentials" if operation in CREDENTIALS else "lifecycle"
    query = "?sendEmail=false" if operation in ("reset_password", "forgot_password") else ""
    answer = okta.post(f"/api/v1/users/{user}/{kind}/{operation}{query}", BODIES.get(operation))
    moves, (code, error) = TABLE[operation]
    if status in moves:
        assert answer.status_code == 200, answer.text
        assert okta.status(user) == moves[status]
    else:
        assert (answer.status_code, answer.json()["errorCode"]) == (code, error)
        assert okta.status(user) == status


@pytest.mark.parametrize(
    ("query", "password", "expected"),
    [
        ("?activate=false", None, "STAGED"),
        ("?activate=false", SECRET, "STAGED"),
        ("", None, "PROVISIONED"),
        ("", SECRET, "ACTIVE"),
        ("?nextLogin=changePassword", SECRET, "PASSWORD_EXPIRED"),
        ("?nextLogin=changePassword", None, "E0000124"),
        ("?activate=false&nextLogin=changePassword", SECRET, "E0000125"),
    ],
)
def test_creation(okta: Any, query: str, password: str | None, expected: str) -> None:
    """Activation, password and first sign-in decide the first status."""
    body: dict[str, Any] = {"profile": {"login": "a@x.org", "email": "a@x.org", "firstName": "A", "lastName": "B"}}
    if password:
        body["credentials"] = {"password": {"value": password}}
    answer = okta.post(f"/api/v1/users{query}", body)
    assert answer.json().get("status", answer.json().get("errorCode")) == expected
    assert answer.status_code == (400 if expected.startswith("E") else 200)


def test_creation_emits_in_order(okta: Any) -> None:
    """Mail factor, memberships, creation, activation: all by the caller in one transaction."""
    group = okta.new_group("Sales")
    body = {"profile": {"login": "a@x.org", "email": "a@x.org", "firstName": "A", "lastName": "B"}, "groupIds": [group]}
    answer = okta.post("/api/v1/users", body)
    events = [e for e in okta.events() if e["transaction"]["id"] == answer.headers["x-okta-request-id"]]
    assert [event["eventType"] for event in events] == [
        "user.mfa.factor.activate",
        "group.user_membership.add",
        "user.lifecycle.create",
        "user.lifecycle.activate",
    ]
    assert {event["actor"]["alternateId"] for event in events} == {"admin@example.com"}
    assert all(event["transaction"]["detail"]["requestApiTokenId"].startswith("00T") for event in events)


def test_taken_login(okta: Any) -> None:
    """A login is taken for ever, by deactivated people too."""
    user = okta.new_user()
    okta.post(f"/api/v1/users/{user}/lifecycle/deactivate")
    body = {"profile": {"login": "ANN@example.com", "email": "b@x.org", "firstName": "A", "lastName": "B"}}
    answer = okta.post("/api/v1/users", body)
    assert answer.status_code == 400
    assert answer.json()["errorSummary"] == "Api validation failed: login"
    assert "already exists in the current organization" in answer.json()["errorCauses"][0]["errorSummary"]


def test_deleting_twice(okta: Any) -> None:
    """The first delete deactivates, the second deletes; both answer 204."""
    user = okta.new_user()
    assert okta.delete(f"/api/v1/users/{user}").status_code == 204
    assert okta.status(user) == "DEPROVISIONED"
    assert okta.delete(f"/api/v1/users/{user}").status_code == 204
    assert okta.get(f"/api/v1/users/{user}").status_code == 404


def test_unsuspend_goes_back(okta: Any) -> None:
    """Unsuspending answers the status before."""
    user = okta.new_user(password=None)
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    okta.post(f"/api/v1/users/{user}/lifecycle/unsuspend")
    assert okta.status(user) == "PROVISIONED"


def test_activation_flow(okta: Any) -> None:
    """A new link replaces the old one; through it a person chooses a password and is signed in."""
    user = okta.new_user(password=None, query="?activate=false")
    first = okta.post(f"/api/v1/users/{user}/lifecycle/activate?sendEmail=false").json()
    assert first["activationUrl"].endswith(f"/welcome/{first['activationToken']}")
    second = okta.post(f"/api/v1/users/{user}/lifecycle/reactivate?sendEmail=false").json()["activationToken"]
    assert okta.post("/api/v1/authn", {"token": first["activationToken"]}, auth=None).status_code == 401
    step = okta.post("/api/v1/authn", {"token": second}, auth=None).json()
    assert step["status"] == "PASSWORD_RESET"
    body = {"stateToken": step["stateToken"], "newPassword": SECRET}
    done = okta.post("/api/v1/authn/credentials/reset_password", body, auth=None).json()
    assert done["status"] == "SUCCESS"
    assert okta.status(user) == "ACTIVE"
    assert okta.sign_in("ann@example.com")["status"] == "SUCCESS"


def test_deactivation_of_profile_and_reactivation(okta: Any) -> None:
    """A deactivated profile is frozen; activating again ends in PROVISIONED because the password is gone."""
    user = okta.new_user()
    okta.post(f"/api/v1/users/{user}/lifecycle/deactivate")
    answer = okta.post(f"/api/v1/users/{user}", {"profile": {"title": "Lead"}})
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000038")
    assert okta.post(f"/api/v1/users/{user}/lifecycle/activate?sendEmail=false").status_code == 200
    body = okta.get(f"/api/v1/users/{user}").json()
    assert body["status"] == "PROVISIONED"
    assert "password" not in body["credentials"]


def test_work_in_the_background(slow_okta: Any) -> None:
    """`Prefer: respond-async` is answered at once; until the work is done the user tells where it leads."""
    okta, wish = slow_okta, {"headers": {"Prefer": "respond-async"}}
    user = okta.new_user()
    where = f"/api/v1/users/{user}"
    answer = okta.post(f"{where}/lifecycle/deactivate", **wish)
    assert (answer.status_code, answer.json()) == (200, {})
    body = okta.get(where).json()
    assert (body["status"], body["transitioningToStatus"]) == ("ACTIVE", "DEPROVISIONED")
    trimmed = {"Content-Type": "application/json; okta-response=omitTransitioningToStatus"}
    assert "transitioningToStatus" not in okta.get(where, headers=trimmed).json()
    okta.advance(5)
    body = okta.get(where).json()
    assert (body["status"], "transitioningToStatus" in body) == ("DEPROVISIONED", False)
    assert okta.post(f"{where}/lifecycle/deactivate", **wish).status_code == 404
    assert okta.delete(where, **wish).status_code == 204
    assert okta.get(where).status_code == 200
    okta.advance(5)
    assert okta.get(where).status_code == 404


def test_somebody_was_faster(slow_okta: Any) -> None:
    """Background work that no longer fits when it comes to it is dropped."""
    okta, wish = slow_okta, {"headers": {"Prefer": "respond-async"}}
    user = okta.new_user()
    where = f"/api/v1/users/{user}"
    okta.delete(where, **wish)
    okta.delete(where)
    okta.post(f"{where}/lifecycle/activate?sendEmail=false")
    okta.advance(5)
    assert okta.status(user) == "DEPROVISIONED"
    okta.delete(where, **wish)
    okta.post(f"{where}/lifecycle/activate?sendEmail=false")
    okta.advance(5)
    body = okta.get(where).json()
    assert (body["status"], "transitioningToStatus" in body) == ("PROVISIONED", False)


def test_addresses_of_mail_have_events(okta: Any) -> None:
    """Another first or second mail address is told beside the change of the profile, and nothing else is."""
    user = okta.new_user()
    okta.post(f"/api/v1/users/{user}", {"profile": {"title": "Lead"}})
    assert okta.types()[-1] == "user.account.update_profile"
    okta.post(f"/api/v1/users/{user}", {"profile": {"email": "a@example.com", "secondEmail": "b@example.com"}})
    assert okta.types()[-3:] == [
        "user.account.update_profile",
        "user.account.update_primary_email",
        "user.account.update_secondary_email",
    ]


@pytest.mark.parametrize(("method", "counts"), [("PUT", True), ("POST", False)])
def test_an_update_that_changes_nothing(okta: Any, method: str, counts: bool) -> None:
    """A full replacement moves `lastUpdated` though the profile is the same; nothing is logged of it."""
    user = f"/api/v1/users/{okta.new_user()}"
    before, told = okta.get(user).json(), okta.types()
    okta.advance(60)
    after = okta.ask(method, user, json={"profile": before["profile"]}).json()
    assert (after["lastUpdated"] > before["lastUpdated"], after["profile"]) == (counts, before["profile"])
    assert okta.types() == told
