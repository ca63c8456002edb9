"""The reference org as planted: groups, applications, states, single sign-on, determinism."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from simulators.okta import seeding

BASE = ["SP-BR-Employees", "SP-APP-Atlas-User"]
GROUPS = {
    "jamal.carter@acme.example": [*BASE, "SP-APP-CRM-User", "SP-BR-Region-AMER"],
    "noah.feldman@acme.example": [*BASE, "SP-APP-Atlas-Editor", "SP-BR-Region-AMER", "SP-PRV-Vault-User"],
    "elif.demir@acme.example": ["SP-BR-Prehire"],
    "amara.diallo@acme.example": ["SP-BR-Contractors", "SP-APP-Atlas-Editor", "SP-BR-Region-EMEA"],
    "anjali.deshpande@acme.example": [*BASE, "SP-BR-Region-APAC"],
}
BY_RULE = {
    "jamal.carter@acme.example": {"OKTA-Policy-Workforce"},
    "noah.feldman@acme.example": {"OKTA-Policy-Workforce", "OKTA-Policy-Privileged"},
    "elif.demir@acme.example": set(),
    "amara.diallo@acme.example": {"OKTA-Policy-Workforce", "OKTA-Policy-Contractor"},
    "anjali.deshpande@acme.example": {"OKTA-Policy-Workforce"},
    "lucas.meyer@acme.example": set(),
}


@pytest.fixture
def acme(make_okta: Any, worker: Callable[..., Any]) -> Any:
    people = [
        worker("E1015", "Jamal", "Carter"),
        worker("E1021", "Noah", "Feldman", department="Engineering"),
        worker("E1023", "Elif", "Demir", "STAGED", hire_date=date(2026, 3, 16)),
        worker("C2001", "Amara", "Diallo", worker_type="contractor"),
        worker("E1020", "Anjali", "Deshpande", "SUSPENDED", leave_start=date(2026, 2, 20)),
        worker("E1025", "Lucas", "Meyer", "DEPROVISIONED", end_date=date(2026, 1, 16)),
    ]
    return make_okta("acme", people, GROUPS, limits="counted")


@pytest.mark.parametrize("login", list(BY_RULE))
def test_groups_on_day_zero(acme: Any, login: str) -> None:
    """People have the groups that governance gave and those that rules derive, and nothing is left to do."""
    assert acme.groups(login) == set(GROUPS.get(login, ())) | BY_RULE[login]
    before = acme.groups(login)
    acme.advance(60)
    assert acme.groups(login) == before
    assert acme.events() == []


def test_states_on_day_zero(acme: Any) -> None:
    """Each status is planted with what belongs to it."""
    read = {login: acme.get(f"/api/v1/users/{login}").json() for login in BY_RULE}
    statuses = [read[login]["status"] for login in BY_RULE]
    assert statuses == ["ACTIVE", "ACTIVE", "STAGED", "ACTIVE", "SUSPENDED", "DEPROVISIONED"]
    assert read["elif.demir@acme.example"]["activated"] is None
    assert "password" not in read["lucas.meyer@acme.example"]["credentials"]
    acme.post("/api/v1/users/anjali.deshpande/lifecycle/unsuspend")
    assert acme.status("anjali.deshpande") == "ACTIVE"


def test_applications_on_day_zero(acme: Any) -> None:
    """Applications follow the groups, editors with their role, and the provisioned ones can be linked."""

    def labels(login: str) -> list[str]:
        return sorted(row["label"] for row in acme.get(f"/api/v1/users/{login}/appLinks").json())

    assert labels("jamal.carter") == ["Acme Portal", "Atlas", "CRM SSO"]
    assert labels("noah.feldman") == ["Acme Portal", "Atlas", "Vault"]
    assert labels("elif.demir") == labels("lucas.meyer") == []
    linked = {(label, login) for label, _, login in acme.planted.app_users}
    assert ("CRM PROV", "jamal.carter@acme.example") in linked
    label, user_id, _ = acme.planted.app_users[0]
    seeding.link_app_user(acme.org, label, user_id, "ext-1")
    held = acme.get(f"/api/v1/apps/{acme.planted.apps[label]}/users/{user_id}").json()
    assert (held["externalId"], held["status"], held["syncState"]) == ("ext-1", "PROVISIONED", "SYNCHRONIZED")
    noah = acme.planted.users["noah.feldman@acme.example"]
    assert acme.get(f"/api/v1/apps/{acme.planted.apps['Atlas']}/users/{noah}").json()["profile"] == {"role": "editor"}


def test_single_sign_on(acme: Any) -> None:
    """An assigned person gets the form and a record of use; others 403; Tier-0 and Tier-1 want a factor first."""

    def opened(label: str, cookies: dict[str, str]) -> Any:
        app = acme.org.apps.labelled(label)
        header = {"Cookie": f"sid={cookies['sid']}"}
        return acme.get(f"/app/{app.name}/{app.id}/sso/saml", auth=None, headers=header)

    jamal = acme.session("jamal.carter@acme.example")
    page = opened("Atlas", jamal)
    assert page.status_code == 200
    assert "SAMLResponse" in page.text
    assert opened("Ledger", jamal).status_code == 403
    acme.advance(5)
    event = acme.events(filter='eventType eq "user.authentication.sso"')[0]
    assert event["authenticationContext"]["externalSessionId"] == jamal["sid"]

    ledger = acme.planted.groups["SP-APP-Ledger-User"]
    acme.put(f"/api/v1/groups/{ledger}/users/jamal.carter")
    acme.advance(1)
    step_up = opened("Ledger", jamal)
    assert step_up.status_code == 302
    state = step_up.headers["location"].split("stateToken=")[1]
    step = acme.post("/api/v1/authn", {"stateToken": state}, auth=None).json()
    factor = step["_embedded"]["factors"][0]["id"]
    body = {"stateToken": state, "passCode": acme.totp("jamal.carter@acme.example")}
    token = acme.post(f"/api/v1/authn/factors/{factor}/verify", body, auth=None).json()["sessionToken"]
    answer = acme.get("/login/sessionCookieRedirect", params={"token": token}, auth=None)
    sid = answer.headers["set-cookie"].split("sid=")[1].split(";")[0]
    assert opened("Ledger", {"sid": sid}).status_code == 200


def test_same_seed_same_bytes(make_okta: Any, worker: Callable[..., Any]) -> None:
    """Two orgs of one random seed agree in every id, credential and record."""

    def story() -> list[Any]:
        okta = make_okta("acme", [worker("E1015", "Jamal", "Carter")], GROUPS)
        okta.new_user()
        okta.advance(60)
        return [okta.planted, okta.events(), okta.get("/api/v1/users").json()]

    assert story() == story()


def test_restored_state(acme: Any) -> None:
    """A forked state brings everything back."""
    saved, clock = acme.org.state.fork(), acme.clock.state.fork()
    acme.post("/api/v1/users/jamal.carter/lifecycle/deactivate")
    assert acme.status("jamal.carter") == "DEPROVISIONED"
    acme.org.state, acme.clock.state = saved.fork(), clock.fork()
    assert acme.status("jamal.carter") == "ACTIVE"
    assert len(acme.get("/api/v1/users/jamal.carter/appLinks").json()) == 3


@pytest.mark.parametrize(
    "table",
    [{"nosuch": 1}, {"settings": {"nosuch": 1}}, {"delays": {"nosuch": [0, 0, 0]}}, {"settings": {"limits": "x"}}],
)
def test_unknown_keys(table: dict[str, Any]) -> None:
    """A mistake in a seed is an error that names it."""
    with pytest.raises(ValueError, match=r"nosuch|limits"):
        seeding.settings(table)
