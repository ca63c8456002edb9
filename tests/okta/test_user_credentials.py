"""Creating people with every kind of credential, changing passwords, and what a person may do for themselves."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from simulators.okta.domain.users import Status

SECRET = "Autumn-2026x"
SALT = b"pepper-and-salt"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def plain(name: str) -> str:
    return b64(hashlib.new(name, SECRET.encode()).digest())


HASHES: dict[str, dict[str, Any]] = {
    "SHA-512": {"algorithm": "SHA-512", "value": plain("sha512")},
    "SHA-256": {"algorithm": "SHA-256", "value": plain("sha256")},
    "SHA-1": {"algorithm": "SHA-1", "value": plain("sha1")},
    "MD5": {"algorithm": "MD5", "value": plain("md5")},
    "prefix": {
        "algorithm": "SHA-256",
        "value": b64(hashlib.sha256(SALT + SECRET.encode()).digest()),
        "salt": b64(SALT),
        "saltOrder": "PREFIX",
    },
    "postfix": {
        "algorithm": "SHA-512",
        "value": b64(hashlib.sha512(SECRET.encode() + SALT).digest()),
        "salt": b64(SALT),
        "saltOrder": "POSTFIX",
    },
    "PBKDF2": {
        "algorithm": "PBKDF2",
        "digestAlgorithm": "SHA256_HMAC",
        "iterationCount": 4096,
        "keySize": 32,
        "salt": b64(SALT),
        "value": b64(hashlib.pbkdf2_hmac("sha256", SECRET.encode(), SALT, 4096, 32)),
    },
}
BCRYPT = {"algorithm": "BCRYPT", "workFactor": 10, "salt": "a" * 22, "value": "b" * 31}


def create(okta: Any, credentials: Any, query: str = "", **more: Any) -> Any:
    profile = {"login": "ann@example.com", "email": "ann@example.com", "firstName": "Ann", "lastName": "Lee"}
    return okta.post(f"/api/v1/users{query}", {"profile": profile, "credentials": credentials, **more})


def cause(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["errorCode"], body["errorCauses"][0]["errorSummary"]


@pytest.mark.parametrize("kind", HASHES)
def test_hashed_password(okta: Any, kind: str) -> None:
    """A hashed password is taken as it is and opens the door; its source is IMPORT until one is set here."""
    made = create(okta, {"password": {"hash": HASHES[kind]}}).json()
    assert (made["status"], made["credentials"]["password"]) == ("ACTIVE", {})
    assert made["credentials"]["provider"] == {"type": "IMPORT", "name": "IMPORT"}
    assert okta.sign_in("ann@example.com")["status"] == "SUCCESS"
    wrong = okta.post("/api/v1/authn", {"username": "ann@example.com", "password": SECRET + "1"}, auth=None)
    assert wrong.status_code == 401
    body = {"oldPassword": {"value": SECRET}, "newPassword": {"value": "Winter-2026y"}}
    after = okta.post("/api/v1/users/ann/credentials/change_password", body).json()
    assert after == {"password": {}, "provider": {"type": "OKTA", "name": "OKTA"}}


def test_password_nobody_can_check(okta: Any) -> None:
    """Behind a hook, or in BCRYPT, a password exists but opens nothing: no hook answers."""
    for credentials in ({"password": {"hook": {"type": "default"}}}, {"password": {"hash": BCRYPT}}):
        made = create(okta, credentials).json()
        assert (made["status"], made["credentials"]["provider"]["type"]) == ("ACTIVE", "IMPORT")
        tried = okta.post("/api/v1/authn", {"username": "ann", "password": SECRET}, auth=None)
        assert tried.status_code == 401
        for _ in range(2):
            okta.delete("/api/v1/users/ann")


@pytest.mark.parametrize(
    "hashed",
    [
        {**HASHES["SHA-256"], "algorithm": "SHA-3"},
        {"algorithm": "SHA-256"} | {"value": "not base64!"},
        {**HASHES["prefix"], "saltOrder": "BEFORE"},
        {**HASHES["prefix"], "salt": "§"},
        {**HASHES["PBKDF2"], "iterationCount": 1000},
        {**HASHES["PBKDF2"], "digestAlgorithm": "MD5"},
        {key: value for key, value in HASHES["PBKDF2"].items() if key != "keySize"},
        {**BCRYPT, "workFactor": 21},
        {**BCRYPT, "salt": "short"},
        {**BCRYPT, "value": "short"},
    ],
)
def test_bad_hashes(okta: Any, hashed: dict[str, Any]) -> None:
    """A hash that nothing could have made is refused."""
    answer = create(okta, {"password": {"hash": hashed}})
    assert cause(answer)[:2] == (400, "E0000001")
    assert okta.get("/api/v1/users/ann").status_code == 404


@pytest.mark.parametrize(
    "credentials",
    [
        [],
        {"password": 1},
        {"password": {"value": 1}},
        {"password": {"hash": "x"}},
        {"password": {"hash": {"algorithm": 1}}},
        {"password": {"hash": {**BCRYPT, "workFactor": "10"}}},
        {"password": {"hook": []}},
        {"provider": "OKTA"},
        {"provider": {"type": 1}},
        {"recovery_question": "Q"},
    ],
)
def test_malformed_credentials(okta: Any, credentials: Any) -> None:
    """Credentials of another shape are no credentials."""
    answer = create(okta, credentials)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000003")


def test_hash_only_while_staged(okta: Any) -> None:
    """An existing user takes a hashed password only while STAGED."""
    create(okta, {}, "?activate=false")
    body = {"credentials": {"password": {"hash": HASHES["MD5"]}}}
    assert okta.post("/api/v1/users/ann", body).json()["credentials"]["provider"]["type"] == "IMPORT"
    okta.post("/api/v1/users/ann/lifecycle/activate?sendEmail=false")
    assert okta.sign_in("ann@example.com")["status"] == "SUCCESS"
    answer = okta.post("/api/v1/users/ann", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000038")


@pytest.mark.parametrize(
    ("query", "provider", "expected"),
    [
        ("?provider=true", {"type": "FEDERATION", "name": "FEDERATION"}, ("ACTIVE", "FEDERATION")),
        ("?provider=true&activate=false", {"type": "SOCIAL", "name": "SOCIAL"}, ("STAGED", "SOCIAL")),
        ("", {"type": "FEDERATION", "name": "FEDERATION"}, ("PROVISIONED", "OKTA")),
        ("?provider=true", {"type": "OKTA", "name": "OKTA"}, ("PROVISIONED", "OKTA")),
        ("?provider=true", {"type": "NOSUCH"}, ("PROVISIONED", "OKTA")),
    ],
)
def test_provider(okta: Any, query: str, provider: dict[str, str], expected: tuple[str, str]) -> None:
    """A provider counts only with `provider=true`; a federated user needs no password to be ACTIVE."""
    made = create(okta, {"provider": provider}, query).json()
    assert (made["status"], made["credentials"]["provider"]["type"]) == expected


def test_federated_users_have_no_password(okta: Any) -> None:
    """Neither a password nor a question goes with a federated provider, then or later."""
    provider = {"type": "FEDERATION", "name": "FEDERATION"}
    secret = {"password": {"value": SECRET}}
    assert create(okta, {"provider": provider, **secret}, "?provider=true").status_code == 400
    create(okta, {"provider": provider}, "?provider=true")
    assert okta.post("/api/v1/users/ann", {"credentials": secret}).status_code == 400


def test_to_federation_and_back(okta: Any) -> None:
    """`reset_password?provider=FEDERATION` takes the password away; the plain call brings the user back."""
    user = okta.new_user()
    path = f"/api/v1/users/{user}/lifecycle/reset_password"
    answer = okta.post(f"{path}?provider=FEDERATION&sendEmail=false")
    assert (answer.status_code, answer.json()) == (200, {})
    body = okta.get(f"/api/v1/users/{user}").json()
    assert (body["status"], body["credentials"]["provider"]["type"]) == ("ACTIVE", "FEDERATION")
    assert "password" not in body["credentials"]
    assert "resetPasswordUrl" in okta.post(f"{path}?sendEmail=false").json()
    body = okta.get(f"/api/v1/users/{user}").json()
    assert (body["status"], body["credentials"]["provider"]["type"]) == ("RECOVERY", "OKTA")


def test_first_groups(okta: Any) -> None:
    """At most twenty groups, that exist and that people can be put into; nobody is made otherwise."""
    groups = [okta.new_group(f"g{number}") for number in range(21)]
    everyone = okta.get("/api/v1/groups?q=Everyone").json()[0]["id"]
    for ids, expected in ((groups, "E0000093"), (["00g0"], "E0000007"), ([everyone], "E0000006"), ("g", "E0000003")):
        assert create(okta, {}, groupIds=ids).json()["errorCode"] == expected
    assert okta.get("/api/v1/users/ann").status_code == 404
    create(okta, {}, groupIds=groups[:20])
    assert len(okta.groups("ann")) == 20


def test_empty_password_is_none(okta: Any) -> None:
    """An empty password object is no password."""
    assert create(okta, {"password": {}}).json()["status"] == "PROVISIONED"


@pytest.mark.parametrize(
    "password", ["Short1a", "lowercase-1", "UPPERCASE-1", "No-number-x", "My-annie-pass-1", "A1" * 37]
)
def test_weak_passwords(okta: Any, password: str) -> None:
    """Length, kinds of characters and no part of the name before the @, at creation and at every change."""
    user = okta.new_user("annie")
    text = "password: Password requirements were not met."
    profile = {"login": "annie.b@example.com", "email": "b@example.com", "firstName": "B", "lastName": "Lee"}
    secret = {"password": {"value": password}}
    for answer in (
        okta.post("/api/v1/users", {"profile": profile, "credentials": secret}),
        okta.post(f"/api/v1/users/{user}", {"credentials": secret}),
    ):
        assert cause(answer)[:2] == (400, "E0000001")
        assert cause(answer)[2].startswith(text)
    change = {"oldPassword": {"value": SECRET}, "newPassword": {"value": password}}
    answer = okta.post(f"/api/v1/users/{user}/credentials/change_password", change)
    assert cause(answer)[:2] == (403, "E0000014")


def test_domain_may_be_in_a_password(okta: Any) -> None:
    """Only the part before the @ is the user name."""
    assert create(okta, {"password": {"value": "Example-2026"}}).status_code == 200


def test_change_password_refusals(okta: Any) -> None:
    """A wrong old password and the present one again each have their own cause."""
    user = okta.new_user()
    path = f"/api/v1/users/{user}/credentials/change_password"
    wrong = okta.post(path, {"oldPassword": {"value": "x"}, "newPassword": {"value": "Winter-2026y"}})
    assert cause(wrong) == (403, "E0000014", "oldPassword: The credentials provided were incorrect.")
    same = okta.post(path, {"oldPassword": {"value": SECRET}, "newPassword": {"value": SECRET}})
    assert cause(same) == (403, "E0000014", "newPassword: Password cannot be your current password")


def test_recovery_answer(okta: Any) -> None:
    """The answer is compared without regard to case; a wrong one changes nothing."""
    user = okta.new_user()
    question = {"password": {"value": SECRET}, "recovery_question": {"question": "Which pet?", "answer": "Rex"}}
    set_to = okta.post(f"/api/v1/users/{user}/credentials/change_recovery_question", question).json()
    assert set_to["recovery_question"] == {"question": "Which pet?"}
    path = f"/api/v1/users/{user}/credentials/forgot_password_recovery_question"
    body = {"password": {"value": "Winter-2026y"}, "recovery_question": {"answer": "cat"}}
    assert okta.post(path, body).json()["errorCode"] == "E0000087"
    assert okta.post(path, {**body, "recovery_question": {"answer": "rex"}}).status_code == 200
    assert okta.sign_in("ann@example.com", "Winter-2026y")["status"] == "SUCCESS"


def test_temporary_password(okta: Any) -> None:
    """Both calls answer the same; the password works once, to choose another."""
    user = okta.new_user()
    for path in ("expire_password_with_temp_password", "expire_password?tempPassword=true"):
        answer = okta.post(f"/api/v1/users/{user}/lifecycle/{path}").json()
        assert list(answer) == ["tempPassword"]
        assert okta.sign_in("ann@example.com", answer["tempPassword"])["status"] == "PASSWORD_EXPIRED"


def test_expire_password_answer(okta: Any) -> None:
    """The answer shows the new status under the old `statusChanged`; the next read shows the new one."""
    user = okta.new_user()
    before = okta.get(f"/api/v1/users/{user}").json()["statusChanged"]
    okta.advance(60)
    answer = okta.post(f"/api/v1/users/{user}/lifecycle/expire_password").json()
    assert (answer["status"], answer["statusChanged"]) == ("PASSWORD_EXPIRED", before)
    after = okta.get(f"/api/v1/users/{user}").json()
    assert after["statusChanged"] == after["lastUpdated"] == answer["lastUpdated"] != before


def test_reset_password_wants_its_parameter(okta: Any) -> None:
    """`sendEmail` is required."""
    answer = okta.post(f"/api/v1/users/{okta.new_user()}/lifecycle/reset_password")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000028")


def test_put_of_credentials_alone(okta: Any) -> None:
    """A full replacement without a profile leaves it; with one, the credentials stay."""
    user = okta.new_user(title="Lead")
    body = {"credentials": {"password": {"value": "Winter-2026y"}}}
    assert okta.put(f"/api/v1/users/{user}", body).json()["profile"]["title"] == "Lead"
    assert okta.sign_in("ann@example.com", "Winter-2026y")["status"] == "SUCCESS"
    assert okta.put(f"/api/v1/users/{user}", {}).json()["errorCode"] == "E0000003"


def test_own_profile(okta: Any) -> None:
    """A signed-in person sees no hidden attribute, and writes only what the schema lets them."""
    user = okta.new_user(city="Bern", title="Lead")
    headers = {"Cookie": f"sid={okta.session('ann@example.com')['sid']}"}

    def me(body: Any, ref: str = "me") -> Any:
        return okta.post(f"/api/v1/users/{ref}", body, auth=None, headers=headers)

    profile = okta.get("/api/v1/users/me", auth=None, headers=headers).json()["profile"]
    assert "city" not in profile
    assert profile["title"] == "Lead"
    assert me({"profile": {"mobilePhone": "+41 44 000 00 00"}}).status_code == 200
    denied = me({"profile": {"title": "Boss"}})
    text = "Cannot modify the title attribute because it is read-only."
    assert (denied.status_code, denied.json()["errorSummary"]) == (403, text)
    assert me({"credentials": {"password": {"value": "Winter-2026y"}}}).status_code == 403
    assert me({"profile": {"mobilePhone": "1"}}, "admin@example.com").status_code == 403
    assert okta.get(f"/api/v1/users/{user}").json()["profile"]["title"] == "Lead"


def test_own_password(okta: Any) -> None:
    """A signed-in person changes their own password, and `revokeSessions` leaves this very session."""
    okta.new_user()
    here, there = okta.session("ann@example.com"), okta.session("ann@example.com")
    change = {"oldPassword": {"value": SECRET}, "newPassword": {"value": "Winter-2026y"}, "revokeSessions": True}

    def post(user: str, operation: str, body: Any) -> int:
        headers = {"Cookie": f"sid={here['sid']}"}
        path = f"/api/v1/users/{user}/credentials/{operation}"
        return int(okta.post(path, body, auth=None, headers=headers).status_code)

    assert post("admin@example.com", "change_password", change) == 403
    assert post("me", "forgot_password", None) == 403
    assert post("me", "change_password", change) == 200
    assert (okta.is_signed_in(here), okta.is_signed_in(there)) == (True, False)


def test_blocks(okta: Any) -> None:
    """`expand=blocks` tells of a lockout; the address of its own belongs to a feature that is off."""
    user = okta.new_user()
    path = f"/api/v1/users/{user}"
    assert okta.get(f"{path}?expand=blocks").json()["_embedded"] == {"blocks": []}
    assert "_embedded" not in okta.get(path).json()
    okta.org.state.users.put(replace(okta.org.state.users[user], status=Status.LOCKED_OUT))
    block = {"type": "DEVICE_BASED", "appliesTo": "ANY_DEVICES"}
    assert okta.get(f"{path}?expand=blocks").json()["_embedded"] == {"blocks": [block]}
    for call in (
        okta.get(f"{path}/blocks"),
        okta.get(f"{path}/classification"),
        okta.put(f"{path}/classification", {}),
    ):
        assert (call.status_code, call.json()["errorCode"]) == (401, "E0000015")


def test_what_hangs_on_a_person(okta: Any) -> None:
    """Nobody has consents, identity providers or devices here; groups and grants carry a link to themselves."""
    user = f"/api/v1/users/{okta.new_user()}"
    for name in ("grants", "idps", "devices", "clients"):
        assert okta.get(f"{user}/{name}").json() == []
        assert okta.get(f"/api/v1/users/nobody/{name}").status_code == 404
    assert okta.delete(f"{user}/grants").status_code == 204
    links = [okta.get(f"{user}/{name}").headers.get_list("link") for name in ("groups", "grants", "appLinks")]
    base = f"http://127.0.0.1:8600{user}"
    assert links == [[f'<{base}/groups?limit=200>; rel="self"'], [f'<{base}/grants?limit=20>; rel="self"'], []]


def test_clients(okta: Any) -> None:
    """The clients of a person are those with a living refresh token."""
    user = okta.new_user()
    client = okta.new_client(user)
    okta.tokens(client, okta.session("ann@example.com"))
    rows = okta.get(f"/api/v1/users/{user}/clients").json()
    assert [(row["client_id"], row["client_name"]) for row in rows] == [(client[0], "Portal")]
    okta.delete(f"/api/v1/users/{user}/clients/{client[0]}/tokens")
    assert okta.get(f"/api/v1/users/{user}/clients").json() == []
