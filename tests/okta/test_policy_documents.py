"""Policies and rules as they come back: what Okta adds to what was sent."""

from __future__ import annotations

from typing import Any

WHERE = "/api/v1/policies"


def made(okta: Any, type: str, **more: Any) -> dict[str, Any]:
    """A new policy of a type."""
    people = {"people": {"groups": {"include": [okta.planted.groups["Everyone"]]}}}
    answer = okta.post(WHERE, {"type": type, "name": f"A {type}", "conditions": people, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def new_rule(okta: Any, policy: str, type: str, **more: Any) -> dict[str, Any]:
    """A new rule of a policy."""
    answer = okta.post(f"{WHERE}/{policy}/rules", {"type": type, "name": "A rule", **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def own(okta: Any, type: str) -> dict[str, Any]:
    """The org's own policy of a type."""
    return next(row for row in okta.get(WHERE, params={"type": type}).json() if row["system"])


def needs(policy: dict[str, Any]) -> dict[str, str]:
    """What an enrolment policy asks for, by authenticator."""
    return {row["key"]: row["enroll"]["self"] for row in policy["settings"]["authenticators"]}


def test_an_enrolment_policy_tells_of_every_authenticator(okta: Any) -> None:
    """Those that are switched on and not named are not allowed; one that is added later shows at once."""
    rows = [{"key": "okta_password", "enroll": {"self": "REQUIRED"}}]
    policy = made(okta, "MFA_ENROLL", settings={"type": "AUTHENTICATORS", "authenticators": rows})
    expected = {
        "okta_password": "REQUIRED",
        "okta_email": "NOT_ALLOWED",
        "okta_verify": "NOT_ALLOWED",
        "security_question": "NOT_ALLOWED",
    }
    assert needs(policy) == expected
    assert okta.post("/api/v1/authenticators", {"key": "google_otp", "name": "Codes"}).status_code == 200
    key = next(row for row in okta.get("/api/v1/authenticators").json() if row["key"] == "webauthn")
    okta.post(f"/api/v1/authenticators/{key['id']}/lifecycle/activate")
    now = okta.get(f"{WHERE}/{policy['id']}").json()
    assert needs(now) == {**expected, "google_otp": "NOT_ALLOWED", "webauthn": "NOT_ALLOWED"}
    keys = next(row for row in now["settings"]["authenticators"] if row["key"] == "webauthn")
    assert keys["constraints"] == {"aaguidGroups": ["ANY"]}
    assert needs(own(okta, "MFA_ENROLL"))["okta_verify"] == "OPTIONAL"


def test_an_enrolment_policy_of_factors(okta: Any) -> None:
    """The older form names the factors that people may sign in with, each with the consent it needs."""
    factors = {"okta_otp": {"enroll": {"self": "REQUIRED"}}}
    policy = made(okta, "MFA_ENROLL", settings={"type": "FACTORS", "factors": factors})
    found = policy["settings"]["factors"]
    assert found["okta_otp"] == {"enroll": {"self": "REQUIRED"}, "consent": {"type": "NONE"}}
    assert found["okta_push"] == {"enroll": {"self": "NOT_ALLOWED"}, "consent": {"type": "NONE"}}
    assert set(found) == {"okta_otp", "okta_push", "okta_password"}  # mail and question are for recovery here


def test_a_replaced_policy_of_factors(okta: Any) -> None:
    """A factor that the replacement does not name stays as it was."""
    settings = {"type": "FACTORS", "factors": {"okta_otp": {"enroll": {"self": "REQUIRED"}}}}
    policy = made(okta, "MFA_ENROLL", settings=settings)
    body = {**policy, "settings": {"type": "FACTORS", "factors": {"okta_push": {"enroll": {"self": "OPTIONAL"}}}}}
    after = okta.put(f"{WHERE}/{policy['id']}", body).json()["settings"]["factors"]
    assert {name: row["enroll"]["self"] for name, row in after.items()} == {
        "okta_otp": "REQUIRED", "okta_push": "OPTIONAL", "okta_password": "NOT_ALLOWED",
    }  # fmt: skip


def test_a_session_rule(okta: Any) -> None:
    """A rule that leaves it out is met whatever the risk; any factor may come first where it lets people in."""
    policy = made(okta, "OKTA_SIGN_ON")["id"]
    found = new_rule(okta, policy, "SIGN_ON", actions={"signon": {"access": "ALLOW"}})
    assert found["actions"]["signon"]["primaryFactor"] == "PASSWORD_IDP_ANY_FACTOR"
    conditions = found["conditions"]
    assert conditions["risk"] == {"behaviors": []}
    assert (conditions["riskScore"], conditions["identityProvider"]) == ({"level": "ANY"}, {"provider": "ANY"})
    body = {"type": "SIGN_ON", "name": "A rule", "actions": {"signon": {"access": "DENY"}}}
    after = okta.put(f"{WHERE}/{policy}/rules/{found['id']}", body).json()
    assert after["actions"]["signon"]["primaryFactor"] == "PASSWORD_IDP"


def test_a_rule_for_applications(okta: Any) -> None:
    """Applications of a condition come back with every member; none at all is an empty list."""
    app = {"id": okta.new_client()[0], "type": "APP"}
    policy = own(okta, "MFA_ENROLL")["id"]
    kind = {"name": "bookmark", "type": "APP_TYPE"}
    found = new_rule(okta, policy, "MFA_ENROLL", conditions={"app": {"include": [app, kind]}})
    assert found["conditions"]["app"] == {"include": [{**app, "name": None}, {**kind, "id": None}], "exclude": []}
    routing = own(okta, "IDP_DISCOVERY")["id"]
    body = {
        "conditions": {"app": {"include": None, "exclude": None}},
        "actions": {"idp": {"providers": [{"type": "OKTA"}]}},
    }
    found = new_rule(okta, routing, "IDP_DISCOVERY", **body)
    assert found["conditions"]["app"] == {"include": [], "exclude": []}
    assert found["actions"]["idp"]["idpSelectionType"] == "SPECIFIC"


def test_a_profile_enrolment_policy_that_is_made(okta: Any) -> None:
    """Its catch-all rule lets people register; a replaced rule keeps nothing that was left out."""
    policy = made(okta, "PROFILE_ENROLLMENT")
    [rule] = okta.get(f"{WHERE}/{policy['id']}/rules").json()
    action = rule["actions"]["profileEnrollment"]
    assert (action["unknownUserAction"], action["progressiveProfilingAction"]) == ("REGISTER", "ENABLED")
    assert [row["label"] for row in action["profileAttributes"]] == ["First name", "Primary email"]
    hooks = [{"inlineHookId": "cal1"}]
    sent = {
        "access": "ALLOW",
        "unknownUserAction": "DENY",
        "profileAttributes": [],
        "preRegistrationInlineHooks": hooks,
    }
    body = {"type": "PROFILE_ENROLLMENT", "name": rule["name"], "actions": {"profileEnrollment": sent}}
    after = okta.put(f"{WHERE}/{policy['id']}/rules/{rule['id']}", body).json()["actions"]["profileEnrollment"]
    told = [{"inlineHookId": "cal1", "scopes": ["SELF_SERVICE_REGISTRATION"]}]
    assert after == {**sent, "preRegistrationInlineHooks": told, "targetGroupIds": None}


def test_links_to_mappings(okta: Any) -> None:
    """Policies of every type tell of what they are mapped to; the org's own do not."""
    assert "mappings" in made(okta, "PASSWORD")["_links"]
    assert "mappings" not in own(okta, "PASSWORD")["_links"]


def test_reset_needs_change(okta: Any) -> None:
    """A rule that says that people reset their password does not say that they cannot change it."""
    rules = f"{WHERE}/{made(okta, 'PASSWORD')['id']}/rules"
    allow, deny = {"access": "ALLOW"}, {"access": "DENY"}
    body = {"type": "PASSWORD", "name": "x", "actions": {"passwordChange": deny, "selfServicePasswordReset": allow}}
    refused = okta.post(rules, body)
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "E0000001")
    none = {"passwordChange": deny, "selfServicePasswordReset": deny}
    rule = okta.post(rules, {**body, "actions": none}).json()
    assert okta.put(f"{rules}/{rule['id']}", body).status_code == 400
    assert okta.put(f"{rules}/{rule['id']}", {**body, "actions": {**none, "passwordChange": allow}}).status_code == 200
