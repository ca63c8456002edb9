"""Sign-in transactions: factors, enrolment, recovery, and what each state refuses."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.okta.domain.sessions import passcode, step_of

SECRET = "Autumn-2026x"
TOTP = "token:software:totp"


def call(okta: Any, path: str, state: str = "", **body: Any) -> dict[str, Any]:
    """One step of a sign-in."""
    sent = {"stateToken": state, **body} if state else body
    return dict(okta.post(f"/api/v1/authn{path}", sent, auth=None).json())


def demand_factor(okta: Any, **signon: Any) -> None:
    """A session policy that wants a factor of everybody."""
    people = {"people": {"groups": {"include": [okta.planted.groups["Everyone"]]}}}
    body = {"type": "OKTA_SIGN_ON", "name": "Factor", "conditions": people}
    policy = okta.post("/api/v1/policies", body).json()["id"]
    actions = {"signon": {"access": "ALLOW", "requireFactor": True, "factorPromptMode": "ALWAYS", **signon}}
    rule = {"type": "SIGN_ON", "name": "Rule", "actions": actions}
    assert okta.post(f"/api/v1/policies/{policy}/rules", rule).status_code == 200


def enroll(okta: Any, user: str, kind: str, **profile: str) -> str:
    """An active factor of a person."""
    body = {"factorType": kind, "provider": "OKTA", "profile": profile}
    return str(okta.post(f"/api/v1/users/{user}/factors?activate=true", body).json()["id"])


def sent(okta: Any) -> dict[str, str]:
    """The last message to Ann."""
    return dict(okta.org.challenges.sent("ann@example.com")[-1])


def test_enrolment_in_the_sign_in(okta: Any) -> None:
    """Somebody without a factor enrols one that the policy offers and is signed in with it."""
    demand_factor(okta)
    okta.new_user()
    step = okta.sign_in("ann@example.com")
    state = step["stateToken"]
    offered = [(row["factorType"], row["enrollment"]) for row in step["_embedded"]["factors"]]
    assert (step["status"], offered, "skip" in step["_links"]) == ("MFA_ENROLL", [(TOTP, "OPTIONAL")], False)
    assert call(okta, "/skip", state)["errorCode"] == "E0000079"
    sms = {"factorType": "sms", "provider": "OKTA", "profile": {"phoneNumber": "+15554151337"}}
    assert call(okta, "/factors", state, **sms)["errorCode"] == "E0000001"
    begun = call(okta, "/factors", state, factorType=TOTP, provider="OKTA")
    factor = begun["_embedded"]["factor"]
    assert (begun["status"], begun["_links"]["next"]["name"]) == ("MFA_ENROLL_ACTIVATE", "activate")
    assert call(okta, "/previous", state)["status"] == "MFA_ENROLL"
    begun = call(okta, "/factors", state, factorType=TOTP, provider="OKTA")
    factor = begun["_embedded"]["factor"]
    secret = factor["_embedded"]["activation"]["sharedSecret"]
    own = f"/factors/{factor['id']}/lifecycle/activate"
    assert call(okta, own, state, passCode="000000")["errorCode"] == "E0000068"
    done = call(okta, own, state, passCode=passcode(secret, step_of(okta.clock.now())))
    assert done["status"] == "SUCCESS"
    session = okta.post("/api/v1/sessions", {"sessionToken": done["sessionToken"]}).json()
    assert (session["amr"], session["lastFactorVerification"] is None) == (["pwd", "otp", "mfa"], False)
    assert okta.sign_in("ann@example.com")["status"] == "MFA_REQUIRED"


@pytest.mark.parametrize(
    ("kind", "profile", "amr"),
    [("sms", {"phoneNumber": "+15554151337"}, "sms"), ("call", {"phoneNumber": "+15554151337"}, "tel"),
     ("email", {}, "otp"), ("question", {"question": "first_award", "answer": "swimming"}, "kba"), ("push", {}, "swk")],
)  # fmt: skip
def test_challenges(okta: Any, kind: str, profile: dict[str, str], amr: str) -> None:
    """Each kind is challenged, told without its address in full, and proved; the session remembers how."""
    demand_factor(okta)
    factor = enroll(okta, okta.new_user(), kind, **profile)
    step = okta.sign_in("ann@example.com")
    state = step["stateToken"]
    assert (step["status"], [row["id"] for row in step["_embedded"]["factors"]]) == ("MFA_REQUIRED", [factor])
    assert "4151337" not in str(step["_embedded"]["factors"])
    asked = call(okta, f"/factors/{factor}/verify", state)
    assert (asked["status"], asked["_embedded"]["factor"]["id"]) == ("MFA_CHALLENGE", factor)
    proof: dict[str, str] = {}
    if kind == "push":
        assert (asked["factorResult"], asked["_links"]["next"]["name"]) == ("WAITING", "poll")
        assert call(okta, f"/factors/{factor}/verify", state)["factorResult"] == "WAITING"
        okta.org.challenges.answer(factor, approve=True)
    elif kind == "question":
        proof = {"answer": "Swimming"}
    else:
        assert call(okta, f"/factors/{factor}/verify/resend", state)["errorCode"] in (
            "E0000109", "E0000118", "E0000133",
        )  # fmt: skip
        proof = {"passCode": sent(okta)["code"]}
    done = call(okta, f"/factors/{factor}/verify", state, **proof)
    session = okta.post("/api/v1/sessions", {"sessionToken": done["sessionToken"]}).json()
    assert session["amr"] == ["pwd", amr, "mfa"]
    assert call(okta, f"/factors/{factor}/verify", state)["errorCode"] == "E0000011"


def test_rejected_push(okta: Any) -> None:
    """A rejected push is told, and asking again sends another one."""
    demand_factor(okta)
    factor = enroll(okta, okta.new_user(), "push")
    state = okta.sign_in("ann@example.com")["stateToken"]
    path = f"/factors/{factor}/verify"
    call(okta, path, state)
    okta.org.challenges.answer(factor, approve=False)
    assert [call(okta, path, state)["factorResult"] for _ in range(2)] == ["REJECTED", "WAITING"]
    assert call(okta, "/previous", state)["status"] == "MFA_REQUIRED"


def test_wrong_codes_lock(okta: Any) -> None:
    """Wrong codes count as wrong passwords do; the one that locks says so."""
    demand_factor(okta)
    user = okta.new_user()
    factor = enroll(okta, user, "question", question="first_award", answer="swimming")
    state = okta.sign_in("ann@example.com")["stateToken"]
    codes = [call(okta, f"/factors/{factor}/verify", state, answer="none")["errorCode"] for _ in range(10)]
    assert codes == ["E0000068"] * 9 + ["E0000069"]
    assert okta.status(user) == "LOCKED_OUT"


def test_remembered_device(okta: Any) -> None:
    """A device that is remembered needs no factor for a while, unless its sessions are cleared with it forgotten."""
    demand_factor(okta, factorPromptMode="DEVICE", factorLifetime=60)
    user = okta.new_user()
    factor = enroll(okta, user, "question", question="first_award", answer="swimming")
    login = {"username": "ann@example.com", "password": SECRET, "context": {"deviceToken": "laptop"}}
    step = call(okta, "", **login)
    assert step["_embedded"]["policy"]["rememberDeviceLifetimeInMinutes"] == 60
    done = call(okta, f"/factors/{factor}/verify?rememberDevice=true", step["stateToken"], answer="swimming")
    assert done["status"] == "SUCCESS"
    assert call(okta, "", **login)["status"] == "SUCCESS"
    assert okta.sign_in("ann@example.com")["status"] == "MFA_REQUIRED"
    okta.delete(f"/api/v1/users/{user}/sessions?forgetDevices=true")
    assert call(okta, "", **login)["status"] == "MFA_REQUIRED"


def with_question(okta: Any) -> str:
    """A person with a recovery question."""
    user = str(okta.new_user())
    question = {"recovery_question": {"question": "Who?", "answer": "Nobody"}}
    okta.post(f"/api/v1/users/{user}", {"credentials": question})
    return user


def test_forgotten_password(okta: Any) -> None:
    """By mail: the answer tells nothing, the mail's token leads to the question, the answer to a new password."""
    with_question(okta)
    told = call(okta, "/recovery/password", username="ann@example.com", factorType="EMAIL")
    other = call(okta, "/recovery/password", username="nobody@example.com", factorType="EMAIL")
    assert told == other == {
        "status": "RECOVERY_CHALLENGE", "factorResult": "WAITING", "factorType": "EMAIL", "recoveryType": "PASSWORD",
    }  # fmt: skip
    step = call(okta, "/recovery/token", recoveryToken=sent(okta)["code"])
    state = step["stateToken"]
    assert (step["status"], step["_embedded"]["user"]["recovery_question"]) == ("RECOVERY", {"question": "Who?"})
    assert call(okta, "/recovery/answer", state, answer="Me")["errorCode"] == "E0000087"
    assert call(okta, "/recovery/answer", state, answer="nobody")["status"] == "PASSWORD_RESET"
    weak = call(okta, "/credentials/reset_password", state, newPassword="weak")
    assert (weak["errorCode"], len(weak["errorCauses"])) == ("E0000080", 1)
    assert call(okta, "/credentials/reset_password", state, newPassword="Winter-2026y")["status"] == "SUCCESS"
    assert okta.sign_in("ann@example.com", "Winter-2026y")["status"] == "SUCCESS"


def test_trusted_recovery(okta: Any) -> None:
    """An administrator's token gets the recovery token at once, and is told of unknown names."""
    with_question(okta)
    answer = okta.post("/api/v1/authn/recovery/password", {"username": "ann@example.com"}).json()
    assert (answer["status"], answer["_links"]["next"]["name"]) == ("RECOVERY", "recovery")
    assert call(okta, "/recovery/token", recoveryToken=answer["recoveryToken"])["status"] == "RECOVERY"
    unknown = okta.post("/api/v1/authn/recovery/password", {"username": "nobody"}).json()
    assert unknown["errorCode"] == "E0000095"
    refused = okta.post("/api/v1/authn/recovery/password", {"username": "ann@example.com"}, auth="SSWS bad")
    assert refused.json()["errorCode"] == "E0000011"
    assert call(okta, "/recovery/password", username="ann@example.com")["errorCode"] == "E0000001"


def allow_recovery(okta: Any) -> None:
    """A password policy that lets people recover by text message, and unlock themselves."""
    people = {"people": {"groups": {"include": [okta.planted.groups["Everyone"]]}}}
    settings = {"recovery": {"factors": {"okta_sms": {"status": "ACTIVE"}}}}
    body = {"type": "PASSWORD", "name": "Lenient", "conditions": people, "settings": settings}
    policy = okta.post("/api/v1/policies", body).json()["id"]
    actions = {name: {"access": "ALLOW"} for name in ("selfServicePasswordReset", "selfServiceUnlock")}
    okta.post(f"/api/v1/policies/{policy}/rules", {"type": "PASSWORD", "name": "All", "actions": actions})


def test_unlock_by_text_message(okta: Any) -> None:
    """A locked person unlocks by a code where the policy allows it; nobody learns whether a name exists."""
    allow_recovery(okta)
    user = okta.new_user(mobilePhone="+15554151337")
    for _ in range(10):
        call(okta, "", username="ann@example.com", password="wrong")
    assert okta.status(user) == "LOCKED_OUT"
    nobody = call(okta, "/recovery/unlock", username="nobody", factorType="SMS")
    step = call(okta, "/recovery/unlock", username="ann@example.com", factorType="SMS")
    assert set(nobody) == set(step)
    assert (step["status"], step["recoveryType"], "_embedded" in step) == ("RECOVERY_CHALLENGE", "UNLOCK", False)
    path, state = "/recovery/factors/SMS", step["stateToken"]
    assert call(okta, f"{path}/verify", nobody["stateToken"], passCode="1")["errorCode"] == "E0000068"
    assert call(okta, f"{path}/resend", state)["errorCode"] == "E0000109"
    assert call(okta, "/recovery/factors/CALL/verify", state, passCode="1")["errorCode"] == "E0000079"
    done = call(okta, f"{path}/verify", state, passCode=sent(okta)["code"])
    assert (done["status"], done["recoveryType"], "sessionToken" in done) == ("SUCCESS", "UNLOCK", False)
    assert okta.status(user) == "ACTIVE"


def test_the_default_policy_lets_nobody_unlock(okta: Any) -> None:
    """Self-service unlock is off in a new org: no code is sent."""
    okta.new_user(mobilePhone="+15554151337")
    for _ in range(10):
        call(okta, "", username="ann@example.com", password="wrong")
    call(okta, "/recovery/unlock", username="ann@example.com", factorType="SMS")
    call(okta, "/recovery/unlock", username="ann@example.com", factorType="EMAIL")
    assert okta.org.challenges.sent("ann@example.com") == []


def test_states_refuse_what_is_not_theirs(okta: Any) -> None:
    """A step that another state offers: E0000079; an unknown or spent state token: E0000011."""
    okta.new_user(query="?nextLogin=changePassword")
    step = okta.sign_in("ann@example.com")
    state = step["stateToken"]
    assert step["_embedded"]["policy"]["complexity"]["minLength"] == 8
    for path in ("/factors/x/verify", "/skip", "/previous", "/recovery/answer", "/factors/x/lifecycle/activate"):
        assert call(okta, path, state)["errorCode"] == "E0000079", path
    assert call(okta, "/credentials/reset_password", state, newPassword="Winter-2026y")["errorCode"] == "E0000079"
    wrong = call(okta, "/credentials/change_password", state, oldPassword="no", newPassword="Winter-2026y")
    assert wrong["errorCode"] == "E0000014"
    assert call(okta, "", stateToken=state)["status"] == "PASSWORD_EXPIRED"
    assert call(okta, "/cancel", state) == {}
    assert call(okta, "/cancel", state)["errorCode"] == "E0000011"
    okta.advance(1)
    state = okta.sign_in("ann@example.com")["stateToken"]
    okta.advance(6 * 60)
    assert call(okta, "", stateToken=state)["errorCode"] == "E0000011"


@pytest.mark.parametrize("body", [None, [], {}, {"username": 1, "password": []}, {"username": "ann@example.com"}])
def test_bad_bodies(okta: Any, body: Any) -> None:
    """No body or no object is E0000003; anything that names nobody fails as a wrong password does."""
    answer = okta.post("/api/v1/authn", body, auth=None)
    assert answer.json()["errorCode"] == ("E0000004" if isinstance(body, dict) else "E0000003")


def test_a_slash_at_the_end(okta: Any) -> None:
    """A collection's path may end with a slash; its methods stay what they are."""
    assert okta.get("/api/v1/sessions/").json()["errorCode"] == "E0000022"
    assert okta.get("/api/v1/users/").status_code == 200
