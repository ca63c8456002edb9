"""Bodies that hold anything at all: policies, sign-ins, factors and authenticators take or refuse them."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "/api/v1/policies"
SECRET = "Autumn-2026x"


_JUNK: list[Any] = [None, 1, "x", [1], {"x": [None]}, True]


@pytest.mark.parametrize("junk", _JUNK, ids=str)
def test_policies(okta: Any, junk: Any) -> None:
    """Whatever stands in a policy, it is taken or refused; what was taken does no harm to a later sign-in."""
    groups = {"people": {"groups": {"include": [okta.planted.groups["Everyone"]]}}}
    bodies: list[Any] = [junk]
    for type in ("OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL", "ACCESS_POLICY"):
        one = {"type": type, "name": f"{type} one"}
        bodies += [
            {**one, "conditions": junk},
            {**one, "conditions": {**groups, "network": junk}},
            {**one, "conditions": {"people": junk}},
            {**one, "conditions": {"people": {"groups": junk, "users": junk}}},
            {**one, "settings": junk, "priority": junk},
            {**one, "conditions": groups, "settings": {"password": junk, "authenticators": junk, "factors": junk}},
            {**one, "conditions": groups, "settings": {"password": {"complexity": {"minLength": junk}, "age": junk}}},
        ]
    made = []
    for number, body in enumerate(bodies):
        body = {**body, "name": f"{body['name']} {number}"} if isinstance(body, dict) and "name" in body else body
        answer = okta.post(WHERE, body)
        assert answer.status_code in (200, 400), answer.text
        made += [answer.json()] if answer.status_code == 200 else []
    for policy in made:
        for actions in (junk, {"signon": junk}, {"signon": {"session": junk, "access": junk}}, {"appSignOn": junk}):
            body = {"name": f"Rule {actions}", "conditions": junk, "actions": actions}
            assert okta.post(f"{WHERE}/{policy['id']}/rules", body).status_code in (200, 400)
    okta.new_user("bea")
    login = {"username": "bea@example.com", "password": SECRET}
    assert okta.post("/api/v1/authn", login, auth=None).status_code < 500


@pytest.mark.parametrize("junk", _JUNK, ids=str)
def test_sign_ins_and_factors(okta: Any, junk: Any) -> None:
    """Whatever stands in a step of a sign-in, a factor or an authenticator, nothing breaks."""
    okta.new_user("bea")
    for path, body in (
        ("/api/v1/authn", {"username": "bea@example.com", "password": SECRET, "options": junk, "context": junk}),
        ("/api/v1/authn/factors", {"stateToken": junk, "factorType": junk, "provider": junk, "profile": junk}),
        ("/api/v1/authn/factors/x/verify", {"stateToken": junk, "passCode": junk}),
        ("/api/v1/authn/recovery/password", {"username": junk, "factorType": junk}),
        ("/api/v1/authn/recovery/answer", {"stateToken": "x", "answer": junk}),
    ):
        assert okta.post(path, body, auth=None).status_code < 500, path
    where = f"/api/v1/users/{okta.planted.users['admin@example.com']}/factors"
    for kind, provider in (
        ("question", "OKTA"),
        ("sms", "OKTA"),
        ("token:hotp", "CUSTOM"),
        ("token:hardware", "YUBICO"),
    ):
        profile = {"question": junk, "answer": junk, "phoneNumber": junk, "sharedSecret": junk, "credentialId": junk}
        body = {"factorType": kind, "provider": provider, "profile": profile, "passCode": junk}
        answer = okta.post(where, body)
        assert answer.status_code < 500, answer.text
        if answer.status_code == 200:
            own = f"{where}/{answer.json()['id']}"
            for code in (junk, "\u00fc\u00df"):
                assert (
                    okta.post(f"{own}/verify", {"passCode": code, "answer": code, "clientData": code}).status_code < 500
                )
                assert okta.post(f"{own}/lifecycle/activate", {"passCode": code}).status_code < 500
    mail = next(row for row in okta.get("/api/v1/authenticators").json() if row["key"] == "okta_email")
    for body in (
        junk,
        {"name": junk},
        {"name": "Email", "settings": junk},
        {"name": "Email", "settings": {"allowedFor": junk}},
    ):
        assert okta.put(f"/api/v1/authenticators/{mail['id']}", body).status_code in (200, 400)
    assert okta.post("/api/v1/authenticators", {"key": "duo", "name": "Duo", "provider": junk}).status_code in (
        200,
        400,
    )
