"""Authenticators and their methods."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "/api/v1/authenticators"


def by_key(okta: Any, key: str) -> dict[str, Any]:
    """The authenticator of a key."""
    return dict(next(row for row in okta.get(WHERE).json() if row["key"] == key))


def test_a_new_org_has_six(okta: Any) -> None:
    """Mail, Okta Verify, password, phone, security key and question; phone and key are switched off."""
    rows = {row["key"]: row["status"] for row in okta.get(WHERE).json()}
    assert sorted(key for key, status in rows.items() if status == "INACTIVE") == ["phone_number", "webauthn"]
    assert len(rows) == 6
    assert "deactivate" not in by_key(okta, "okta_password")["_links"]
    verify = by_key(okta, "okta_verify")
    methods = okta.get(f"{WHERE}/{verify['id']}/methods").json()
    assert {row["type"]: row["status"] for row in methods} == {
        "totp": "ACTIVE", "push": "INACTIVE", "signed_nonce": "INACTIVE",
    }  # fmt: skip
    assert "deactivate" not in methods[0]["_links"]
    assert "activate" in methods[1]["_links"]


def test_life(okta: Any) -> None:
    """Another authenticator of the catalogue is created once, switched off and on; its settings are kept."""
    made = okta.post(WHERE, {"key": "google_otp", "name": "Google Authenticator"}).json()
    assert (made["status"], made["type"]) == ("ACTIVE", "app")
    again = okta.post(WHERE, {"key": "google_otp", "name": "Google Authenticator"}).json()
    assert (again["errorCode"], len(again["errorCauses"])) == ("E0000001", 1)
    own = f"{WHERE}/{made['id']}"
    assert okta.post(f"{own}/lifecycle/deactivate").json()["status"] == "INACTIVE"
    assert okta.post(f"{own}/lifecycle/activate").json()["status"] == "ACTIVE"
    assert okta.put(own, {"key": "google_otp", "name": "Codes"}).json()["name"] == "Codes"
    assert okta.get(f"{WHERE}/autnone").json()["errorCode"] == "E0000007"


def test_settings(okta: Any) -> None:
    """What a replacement leaves out stays; values outside the allowed ones are refused."""
    mail = by_key(okta, "okta_email")
    own, body = f"{WHERE}/{mail['id']}", {"key": "okta_email", "name": "Email"}
    assert okta.put(own, body).json()["settings"] == mail["settings"]
    assert okta.put(own, {**body, "settings": {"allowedFor": "any"}}).json()["settings"]["allowedFor"] == "any"
    assert okta.put(own, {**body, "settings": {"allowedFor": "all"}}).json()["errorCode"] == "E0000001"
    assert okta.put(own, {**body, "key": "webauthn"}).json()["errorCode"] == "E0000001"
    assert okta.put(own, {"key": "okta_email"}).json()["errorCode"] == "E0000001"


def test_in_use(okta: Any) -> None:
    """One that enrolment policies enrol people in cannot be switched off: the cause names them."""
    off = f"{WHERE}/{by_key(okta, 'okta_email')['id']}/lifecycle/deactivate"
    default = okta.get("/api/v1/policies?type=MFA_ENROLL").json()[0]["name"]
    answer = okta.post(off)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000148")
    assert answer.json()["errorCauses"] == [{"errorSummary": f"Authenticator Enrollment Policies: {default}"}]
    rows = [{"key": "okta_email", "enroll": {"self": "OPTIONAL"}}]
    body = {"type": "MFA_ENROLL", "name": "Mail", "settings": {"type": "AUTHENTICATORS", "authenticators": rows}}
    assert okta.post("/api/v1/policies", body).status_code == 200
    causes = okta.post(off).json()["errorCauses"]
    assert causes == [{"errorSummary": f"Authenticator Enrollment Policies: Mail, {default}"}]


def test_phone_needs_telephony(make_okta: Any) -> None:
    """Text messages and calls need a provider; left switched off it may be changed."""
    okta = make_okta()
    phone = by_key(okta, "phone_number")
    own = f"{WHERE}/{phone['id']}"
    assert okta.post(f"{own}/lifecycle/activate").json()["errorCode"] == "E0000226"
    assert okta.put(own, {"key": "phone_number", "name": "Phone"}).json()["errorCode"] == "E0000226"
    assert okta.put(own, phone).json()["status"] == "INACTIVE"
    carried = make_okta(telephony=True)
    own = f"{WHERE}/{by_key(carried, 'phone_number')['id']}"
    assert carried.post(f"{own}/lifecycle/activate").json()["status"] == "ACTIVE"
    assert carried.post(f"{own}/methods/sms/lifecycle/activate").json()["status"] == "ACTIVE"


def test_methods(okta: Any) -> None:
    """Methods are switched on and off; the last one stays, unknown ones are not there."""
    own = f"{WHERE}/{by_key(okta, 'okta_verify')['id']}/methods"
    assert okta.post(f"{own}/totp/lifecycle/deactivate").json()["errorCode"] == "E0000001"
    assert okta.post(f"{own}/push/lifecycle/activate").json()["status"] == "ACTIVE"
    assert okta.post(f"{own}/totp/lifecycle/deactivate").json()["status"] == "INACTIVE"
    assert okta.put(f"{own}/push", {"type": "push", "settings": {"x": 1}}).json()["settings"] == {"x": 1}
    assert okta.get(f"{own}/push").json()["status"] == "ACTIVE"
    assert okta.get(f"{own}/smoke").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_aaguids_are_a_feature(okta: Any, method: str) -> None:
    """Custom AAGUIDs: 401, the feature is off."""
    answer = okta.ask(method, f"{WHERE}/{by_key(okta, 'webauthn')['id']}/aaguids")
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "E0000015")


def test_enrollments(okta: Any) -> None:
    """What a person has set up: mail and password from the creation on, a phone by an administrator."""
    user = okta.new_user()
    own = f"/api/v1/users/{user}/authenticator-enrollments"
    assert [row["key"] for row in okta.get(own).json()] == ["okta_email", "okta_password"]
    phone = {"authenticatorId": by_key(okta, "phone_number")["id"], "profile": {"phoneNumber": "+15554151337"}}
    made = okta.post(f"{own}/phone", phone).json()
    assert (made["status"], made["profile"]) == ("ACTIVE", {"phoneNumber": "+15554151337"})
    assert okta.get(f"{own}/{made['id']}").json() == made
    assert okta.delete(f"{own}/{made['id']}").status_code == 204
    assert okta.get(f"{own}/{made['id']}").status_code == 404
    password = okta.get(own).json()[-1]["id"]
    assert okta.delete(f"{own}/{password}").json()["errorCode"] == "E0000006"
    wrong = {**phone, "authenticatorId": by_key(okta, "webauthn")["id"]}
    assert okta.post(f"{own}/phone", wrong).json()["errorCode"] == "E0000001"


def test_a_provider(okta: Any) -> None:
    """Its secret never comes back; an on-premises one has an instance that a replacement keeps."""
    configuration = {"hostName": "mfa.example.com", "authPort": 1812, "sharedSecret": "never shown"}
    body = {"key": "onprem_mfa", "name": "Tokens", "provider": {"type": "DEL_OATH", "configuration": configuration}}
    made = okta.post(WHERE, body).json()
    shown = made["provider"]["configuration"]
    assert (made["type"], shown["authPort"], "sharedSecret" in shown) == ("security_key", 1812, False)
    assert shown["instanceId"].startswith("0oa")
    other = {**body, "provider": {"type": "DEL_OATH", "configuration": {**configuration, "authPort": 1813}}}
    after = okta.put(f"{WHERE}/{made['id']}", other).json()["provider"]["configuration"]
    assert after == {**shown, "authPort": 1813}
    assert okta.put(f"{WHERE}/{made['id']}", {"name": "Tokens"}).json()["provider"]["configuration"] == after


def test_settings_of_a_new_one(okta: Any) -> None:
    """Settings of an authenticator may come with its creation; codes have none of their own."""
    push = {"type": "PUSH", "configuration": {"fcm": {"id": "ppc1"}}}
    settings = {"userVerification": "REQUIRED", "appInstanceId": "0oa1"}
    body = {"key": "custom_app", "name": "Push", "agreeToTerms": True, "provider": push, "settings": settings}
    made = okta.post(WHERE, body).json()
    assert (made["provider"], made["settings"]) == (push, settings)
    assert okta.post(WHERE, {"key": "google_otp", "name": "Codes"}).json()["settings"] == {}


FACTORS = "/api/v1/org/factors"


@pytest.mark.parametrize(
    ("factor", "key", "method"),
    [
        ("okta_question", "security_question", "security_question"),
        ("google_otp", "google_otp", "otp"),
        ("okta_push", "okta_verify", "push"),
        ("fido_webauthn", "webauthn", "webauthn"),
    ],
)
def test_factors_of_the_org(okta: Any, factor: str, key: str, method: str) -> None:
    """A kind of factor is offered when its authenticator's method is switched on; switching one switches the other."""
    own = f"{FACTORS}/{factor}"
    for operation, status, other in (
        ("deactivate", "INACTIVE", "activate"),
        ("activate", "ACTIVE", "deactivate"),
        ("activate", "ACTIVE", "deactivate"),
        ("deactivate", "INACTIVE", "activate"),
    ):
        shown = okta.post(f"{own}/lifecycle/{operation}")
        assert (shown.status_code, shown.json()["id"], shown.json()["status"]) == (200, factor, status), shown.text
        assert set(shown.json()["_links"]) == {"self", other}
        assert shown.json()["_links"][other]["href"].endswith(f"{own}/lifecycle/{other}")
        assert (
            shown.json() == okta.get(own).json() == next(row for row in okta.get(FACTORS).json() if row["id"] == factor)
        )
        assert okta.org.authenticators.offers(key, method) == (status == "ACTIVE")


def test_a_factor_in_use_or_unknown(okta: Any) -> None:
    """A kind that a policy enrols people in stays; an unknown kind or operation is not found."""
    assert okta.post(f"{FACTORS}/okta_email/lifecycle/deactivate").json()["errorCode"] == "E0000148"
    assert okta.get(f"{FACTORS}/okta_email").json()["status"] == "ACTIVE"
    assert okta.get(f"{FACTORS}/carrier_pigeon").json()["errorCode"] == "E0000007"
    assert okta.post(f"{FACTORS}/okta_email/lifecycle/reset").json()["errorCode"] == "E0000008"
