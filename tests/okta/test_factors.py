"""An administrator and a person's factors: every kind's enrolment and proof."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from simulators.okta.domain.sessions import passcode, step_of


@pytest.fixture
def where(okta: Any) -> str:
    """The factors of a new person."""
    return f"/api/v1/users/{okta.new_user()}/factors"


def sent(okta: Any, channel: str) -> str:
    """The code of the last message."""
    rows = [row for row in okta.org.challenges.sent("ann@example.com") if row["channel"] == channel]
    return str(rows[-1]["code"])


def signed(nonce: str) -> str:
    """A key's client data over a nonce."""
    return base64.b64encode(json.dumps({"challenge": nonce, "type": "webauthn.get"}).encode()).decode()


@pytest.mark.parametrize(
    ("kind", "profile", "prefix"),
    [("sms", {"phoneNumber": "+1 555 415 1337"}, "mbl"), ("call", {"phoneNumber": "+15554151337"}, "clf"),
     ("email", {}, "emf")],
)  # fmt: skip
def test_codes_that_are_sent(okta: Any, where: str, kind: str, profile: dict[str, str], prefix: str) -> None:
    """A code is sent at enrolment, at resending and at verification; a second one only after a pause."""
    made = okta.post(where, {"factorType": kind, "provider": "OKTA", "profile": profile}).json()
    assert (made["status"], made["id"][:3], made["_links"]["resend"][0]["name"]) == ("PENDING_ACTIVATION", prefix, kind)
    assert made["_links"]["self"]["hints"]["allow"] == ["GET"]
    own, again = f"{where}/{made['id']}", {"factorType": kind, "provider": "OKTA"}
    assert okta.post(f"{own}/resend", again).status_code == 429
    okta.advance(31)
    assert okta.post(f"{own}/resend", again).status_code == 200
    wrong = okta.post(f"{own}/lifecycle/activate", {"passCode": "none"})
    assert (wrong.status_code, wrong.json()["errorCode"]) == (403, "E0000068")
    assert okta.post(f"{own}/lifecycle/activate", {"passCode": sent(okta, kind)}).json()["status"] == "ACTIVE"
    assert okta.post(f"{own}/verify").json()["factorResult"] == "CHALLENGE"
    code = {"passCode": sent(okta, kind)}
    assert okta.post(f"{own}/verify", code).json() == {"factorResult": "SUCCESS"}
    assert okta.post(f"{own}/verify", code).json()["errorCode"] == "E0000068"


def test_question(okta: Any, where: str) -> None:
    """A question is active at once; its answer's letters may be of any case, and it is never told."""
    questions = okta.get(f"{where}/questions").json()
    profile = {"question": questions[0]["question"], "answer": "Mayonnaise"}
    made = okta.post(where, {"factorType": "question", "provider": "OKTA", "profile": profile}).json()
    assert (made["status"], made["profile"]) == ("ACTIVE", questions[0])
    own = f"{where}/{made['id']}"
    assert okta.post(f"{own}/verify", {"answer": "mayonnaise"}).json()["factorResult"] == "SUCCESS"
    assert okta.post(f"{own}/verify", {"answer": "ketchup"}).json()["errorCode"] == "E0000068"
    assert okta.post(f"{own}/verify", {}).json()["errorCode"] == "E0000068"


def test_another_question(okta: Any, where: str) -> None:
    """`PUT` gives a question factor another question and answer, and no other kind of factor takes it."""
    first, second, *_ = okta.get(f"{where}/questions").json()
    body = {"factorType": "question", "provider": "OKTA"}
    made = okta.post(where, {**body, "profile": {"question": first["question"], "answer": "Mayonnaise"}}).json()
    own, wanted = f"{where}/{made['id']}", {"question": second["question"], "answer": "Bear"}
    okta.advance(60)
    after = okta.put(own, {"profile": wanted}).json()
    assert (after["id"], after["status"], after["profile"]) == (made["id"], "ACTIVE", second)
    assert after["created"] == made["created"] < after["lastUpdated"]
    assert okta.get(own).json() == after
    assert okta.post(f"{own}/verify", {"answer": "mayonnaise"}).json()["errorCode"] == "E0000068"
    assert okta.post(f"{own}/verify", {"answer": "bear"}).json()["factorResult"] == "SUCCESS"
    assert okta.put(own, {"profile": {**wanted, "answer": "no"}}).json()["errorCode"] == "E0000001"
    assert okta.put(own, {}).status_code == 400
    assert "user.mfa.factor.update" in okta.types()
    mail = okta.post(where, {"factorType": "email", "provider": "OKTA"}).json()
    assert okta.put(f"{where}/{mail['id']}", {"profile": wanted}).json()["errorCode"] == "E0000022"


def test_a_retired_question(okta: Any, where: str) -> None:
    """A question that is no longer offered can still be somebody's."""
    retired = "first_kiss_location"
    assert retired not in {row["question"] for row in okta.get(f"{where}/questions").json()}
    profile = {"question": retired, "answer": "Hamburg"}
    assert okta.post(where, {"factorType": "question", "provider": "OKTA", "profile": profile}).status_code == 200


def test_push(okta: Any, where: str) -> None:
    """A push waits for its device: enrolment by polling, verification by a transaction, which may run out."""
    made = okta.post(where, {"factorType": "push", "provider": "OKTA"}).json()
    own = f"{where}/{made['id']}"
    assert made["_embedded"]["activation"]["factorResult"] == "WAITING"
    assert okta.post(f"{own}/lifecycle/activate/poll").json()["factorResult"] == "WAITING"
    assert okta.org.challenges.answer(made["id"], approve=True)
    assert okta.post(f"{own}/lifecycle/activate/poll").json()["status"] == "ACTIVE"

    def ask() -> tuple[str, str]:
        asked = okta.post(f"{own}/verify")
        poll = asked.json()["_links"]["poll"]["href"].removeprefix("http://127.0.0.1:8600")
        assert (asked.status_code, asked.headers["location"].endswith(poll)) == (201, True)
        return poll, okta.get(poll).json()["factorResult"]

    for approve, result in ((True, "SUCCESS"), (False, "REJECTED")):
        poll, first = ask()
        okta.org.challenges.answer(made["id"], approve=approve)
        assert (first, okta.get(poll).json()["factorResult"]) == ("WAITING", result)
    poll, _ = ask()
    okta.advance(6 * 60)
    assert okta.get(poll).json()["factorResult"] == "TIMEOUT"
    assert not okta.org.challenges.answer(made["id"], approve=True)
    assert okta.delete(poll).status_code == 204
    assert okta.get(poll).status_code == 404


@pytest.mark.parametrize("kind", ["webauthn", "u2f"])
def test_keys(okta: Any, where: str, kind: str) -> None:
    """A security key answers the challenge's nonce; another nonce is refused."""
    made = okta.post(where, {"factorType": kind, "provider": "FIDO"}).json()
    own, nonce = f"{where}/{made['id']}", made["_embedded"]["activation"]["challenge"]
    body = {"attestation": "o2M=", "clientData": signed("other")}
    assert okta.post(f"{own}/lifecycle/activate", body).json()["errorCode"] == "E0000068"
    done = okta.post(f"{own}/lifecycle/activate", {**body, "clientData": signed(nonce)}).json()
    assert (done["status"], "credentialId" in done["profile"]) == ("ACTIVE", True)
    asked = okta.post(f"{own}/verify").json()
    nonce = asked["_embedded"]["challenge"]["challenge"]
    assert asked["factorResult"] == "CHALLENGE"
    assert okta.post(f"{own}/verify", {"clientData": "?"}).json()["errorCode"] == "E0000068"
    assert okta.post(f"{own}/verify", {"clientData": signed(nonce)}).json()["factorResult"] == "SUCCESS"


def test_tokens(okta: Any, where: str) -> None:
    """A stick's one-time password begins with its id and counts once; a custom token brings its own secret."""
    stick = "cccccccccccb" + "bdefghijklnrtuvc" * 2
    made = okta.post(where, {"factorType": "token:hardware", "provider": "YUBICO", "passCode": stick}).json()
    assert (made["status"], made["profile"]) == ("ACTIVE", {"credentialId": stick[:12]})
    own = f"{where}/{made['id']}/verify"
    assert okta.post(own, {"passCode": stick}).json()["factorResult"] == "SUCCESS"
    assert okta.post(own, {"passCode": stick}).json()["errorCode"] == "E0000082"
    assert okta.post(own, {"passCode": "x" + stick}).json()["errorCode"] == "E0000068"
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    body = {"factorType": "token:hotp", "provider": "CUSTOM", "profile": {"sharedSecret": secret}}
    made = okta.post(f"{where}?activate=true", body).json()
    code = {"passCode": passcode(secret, step_of(okta.clock.now()))}
    assert okta.post(f"{where}/{made['id']}/verify", code).json()["factorResult"] == "SUCCESS"


def test_refusals(okta: Any, where: str) -> None:
    """Kinds nobody offers, profiles that lack something, a second one of a kind, a proof before the enrolment."""
    question = {"factorType": "question", "provider": "OKTA"}
    bad: list[dict[str, Any]] = [
        {"factorType": "token", "provider": "RSA"},
        {"factorType": "sms", "provider": "GOOGLE"},
        {"factorType": "sms", "provider": "OKTA", "profile": {"phoneNumber": "call me"}},
        {**question, "profile": {"question": "what?", "answer": "long enough"}},
        {**question, "profile": {"question": "first_award", "answer": "abc"}},
        {"factorType": "token:hardware", "provider": "YUBICO"},
        {"provider": "OKTA"},
    ]
    assert [okta.post(where, body).json()["errorCode"] for body in bad] == ["E0000001"] * len(bad)
    body = {**question, "profile": {"question": "first_award", "answer": "long enough"}}
    assert okta.post(where, body).status_code == 200
    assert okta.post(where, body).json()["errorCauses"][0]["errorSummary"].startswith("A factor of this type")
    pending = okta.post(where, {"factorType": "sms", "provider": "OKTA", "profile": {"phoneNumber": "+15554151337"}})
    own = f"{where}/{pending.json()['id']}"
    assert okta.post(f"{own}/verify", {"passCode": "1"}).json()["errorCode"] == "E0000001"
    assert okta.post(f"{own}/resend", {"factorType": "call", "provider": "OKTA"}).json()["errorCode"] == "E0000001"
    assert okta.post(where, json=[1]).json()["errorCode"] == "E0000003"
    assert okta.get(f"{where}/none").json()["errorSummary"].endswith("(UserFactor)")


def test_catalog(okta: Any, where: str) -> None:
    """The catalogue is what the org's authenticators offer, with how each stands."""
    rows = {(row["factorType"], row["provider"]): row["status"] for row in okta.get(f"{where}/catalog").json()}
    assert rows[("token:software:totp", "OKTA")] == "NOT_SETUP"
    assert ("sms", "OKTA") not in rows
    okta.post(f"{where}?activate=true", {"factorType": "token:software:totp", "provider": "OKTA"})
    rows = {(row["factorType"], row["provider"]): row["status"] for row in okta.get(f"{where}/catalog").json()}
    assert rows[("token:software:totp", "OKTA")] == "ACTIVE"


def test_mail_as_a_factor(make_okta: Any) -> None:
    """A mail address is listed where mail may sign people in; everybody has it from the creation on."""
    for signs_in, listed in ((False, []), (True, ["email"])):
        okta = make_okta(mail_signs_in=signs_in)
        user = okta.new_user()
        assert [row["factorType"] for row in okta.get(f"/api/v1/users/{user}/factors").json()] == listed
        assert "resetFactors" in okta.get(f"/api/v1/users/{user}").json()["_links"]
