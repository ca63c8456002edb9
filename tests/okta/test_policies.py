"""Policies: their life, their order, and that they act on passwords, lockouts, sessions and factors."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "/api/v1/policies"
SECRET = "Autumn-2026x"


def sign_on(okta: Any, name: str = "Sign-on", **more: Any) -> dict[str, Any]:
    """A session policy for Everyone."""
    people = {"people": {"groups": {"include": [okta.planted.groups["Everyone"]]}}}
    body = {"type": "OKTA_SIGN_ON", "name": name, "conditions": people, **more}
    answer = okta.post(WHERE, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def rule(okta: Any, policy: str, name: str = "Rule", **signon: Any) -> dict[str, Any]:
    """A rule of a session policy."""
    body = {"type": "SIGN_ON", "name": name, "actions": {"signon": signon}}
    answer = okta.post(f"{WHERE}/{policy}/rules", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def password_policy(okta: Any, **settings: Any) -> dict[str, Any]:
    """A password policy for Everyone with a few settings of its own and a rule that allows everything."""
    people = {"people": {"groups": {"include": [okta.planted.groups["Everyone"]]}}}
    body = {"type": "PASSWORD", "name": "Strict", "conditions": people, "settings": {"password": settings}}
    made = okta.post(WHERE, body).json()
    actions = {
        name: {"access": "ALLOW"} for name in ("passwordChange", "selfServicePasswordReset", "selfServiceUnlock")
    }
    body = {"type": "PASSWORD", "name": "All", "actions": actions}
    assert okta.post(f"{WHERE}/{made['id']}/rules", body).status_code == 200
    return dict(made)


TYPES = ["OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL", "ACCESS_POLICY", "PROFILE_ENROLLMENT"]


@pytest.mark.parametrize("type", TYPES)
def test_life_of_a_policy(okta: Any, type: str) -> None:
    """Create, read, replace, switch off and on, delete: 200 with the policy, 204 for the rest."""
    made = okta.post(WHERE, {"type": type, "name": "One", "description": "first"}).json()
    own = f"{WHERE}/{made['id']}"
    assert (made["status"], made["system"], made["priority"]) == ("ACTIVE", False, 1)
    assert okta.get(own).json() == made
    after = okta.put(own, {"type": type, "name": "Two"}).json()
    assert (after["name"], "description" in after) == ("Two", False)
    assert okta.post(f"{own}/lifecycle/deactivate").status_code == 204
    assert set(okta.get(own).json()["_links"]) >= {"self", "rules", "activate"}
    assert okta.post(f"{own}/lifecycle/activate").status_code == 204
    assert okta.get(own).json()["_links"]["deactivate"]["hints"]["allow"] == ["POST"]
    assert okta.delete(own).status_code == 204
    kind = "RuleSetEntity" if own.rpartition("/")[2].startswith("rst") else "Policy"
    assert okta.get(own).json()["errorSummary"].endswith(f"({kind})")


@pytest.mark.parametrize("type", [*TYPES, "IDP_DISCOVERY", "POST_AUTH_SESSION", "ENTITY_RISK"])
def test_a_new_org_has_one_of_its_own(okta: Any, type: str) -> None:
    """Every type that an org always has comes with a system policy that cannot be deleted or switched off."""
    rows = okta.get(WHERE, params={"type": type})
    assert rows.headers.get_list("link") == [f'<http://127.0.0.1:8600{WHERE}?type={type}>; rel="self"']
    own = next(row for row in rows.json() if row["system"])
    assert okta.delete(f"{WHERE}/{own['id']}").json()["errorCode"] == "E0000006"
    assert okta.post(f"{WHERE}/{own['id']}/lifecycle/deactivate").status_code == 403
    rules = okta.get(f"{WHERE}/{own['id']}/rules").json()
    assert okta.delete(f"{WHERE}/{own['id']}/rules/{rules[-1]['id']}").status_code == 403


def test_order(okta: Any) -> None:
    """A policy takes the place it asks for, the others make room, and the org's own stays last."""
    first, second = sign_on(okta, "A"), sign_on(okta, "B", priority=1)

    def order() -> list[tuple[str, int]]:
        return [(row["name"], row["priority"]) for row in okta.get(WHERE, params={"type": "OKTA_SIGN_ON"}).json()]

    assert order() == [("B", 1), ("A", 2), ("Default Policy", 3)]
    okta.put(f"{WHERE}/{first['id']}", {"type": "OKTA_SIGN_ON", "name": "A", "priority": 1})
    assert order() == [("A", 1), ("B", 2), ("Default Policy", 3)]
    okta.delete(f"{WHERE}/{second['id']}")
    assert order() == [("A", 1), ("Default Policy", 2)]
    names = [rule(okta, first["id"], name)["priority"] for name in ("x", "y")]
    okta.post(f"{WHERE}/{first['id']}/rules", {"type": "SIGN_ON", "name": "z", "priority": 1})
    assert names == [1, 2]
    assert [row["name"] for row in okta.get(f"{WHERE}/{first['id']}/rules").json()] == ["z", "x", "y"]


def test_rules(okta: Any) -> None:
    """A rule gets the vendor's defaults, is replaced, switched off and on, and goes with its policy."""
    policy = sign_on(okta)
    made = rule(okta, policy["id"])
    assert made["conditions"]["network"] == {"connection": "ANYWHERE"}
    assert made["actions"]["signon"]["session"]["maxSessionIdleMinutes"] == 120
    own = f"{WHERE}/{policy['id']}/rules/{made['id']}"
    assert okta.put(own, {"type": "SIGN_ON", "name": "Other"}).json()["name"] == "Other"
    assert okta.post(f"{own}/lifecycle/deactivate").status_code == 204
    assert okta.get(own).json()["status"] == "INACTIVE"
    assert okta.post(f"{own}/lifecycle/activate").status_code == 204
    okta.delete(f"{WHERE}/{policy['id']}")
    assert okta.get(own).json()["errorSummary"].endswith(f"{made['id']} (PolicyRule)")


def test_refusals(okta: Any) -> None:
    """Names in use, unknown types and groups, rules of another kind, bodies that are none."""
    policy = sign_on(okta, "Mine")
    bad = [
        {"type": "OKTA_SIGN_ON", "name": "Mine"},
        {"type": "WEATHER", "name": "x"},
        {"type": "OKTA_SIGN_ON", "name": " "},
        {"type": "OKTA_SIGN_ON", "name": "x", "priority": "one"},
        {"type": "OKTA_SIGN_ON", "name": "x", "conditions": {"people": {"groups": {"include": ["00gnone"]}}}},
    ]
    assert [okta.post(WHERE, body).json()["errorCode"] for body in bad] == ["E0000001"] * 5
    worse: list[Any] = [[], {"type": "PASSWORD", "name": "x", "settings": 1}, {"type": "PASSWORD", "name": "x",
             "conditions": {"people": {"groups": {"include": 1}}}}]  # fmt: skip
    assert [okta.post(WHERE, body).json()["errorCode"] for body in worse] == ["E0000003"] * 3
    enrolments: list[Any] = [{"factors": 1}, {"factors": {"okta_otp": 1}}, {"authenticators": [{}]}]
    for settings in enrolments:
        settings["type"] = "FACTORS" if "factors" in settings else "AUTHENTICATORS"
        body = {"type": "MFA_ENROLL", "name": "x", "settings": settings}
        assert okta.post(WHERE, body).json()["errorCode"] == "E0000003"
    odd = [
        {"conditions": {"app": 1}},
        {"conditions": {"app": {"include": ["0oa1"]}}},
        {"conditions": {"app": {"exclude": 1}}},
    ]
    for more in odd:
        answer = okta.post(f"{WHERE}/{policy['id']}/rules", {"type": "SIGN_ON", "name": "x", **more})
        assert answer.json()["errorCode"] == "E0000003"
    assert okta.get(WHERE).json()["errorCode"] == "E0000028"
    assert okta.get(WHERE, params={"type": "WEATHER"}).json()["errorCode"] == "E0000001"
    assert okta.post(f"{WHERE}/{policy['id']}/rules", {"type": "PASSWORD", "name": "x"}).status_code == 400
    assert okta.post(f"{WHERE}/{policy['id']}/clone").json()["errorCode"] == "E0000001"
    assert okta.post(f"{WHERE}/{policy['id']}/lifecycle/forget").json()["errorCode"] == "E0000008"
    assert okta.post(WHERE, {"type": "ENTITY_RISK", "name": "x"}).json()["errorCode"] == "E0000006"
    assert okta.put(f"{WHERE}/{policy['id']}", {"type": "PASSWORD", "name": "x"}).json()["errorCode"] == "E0000001"


def test_accounts_have_a_policy_of_their_own(okta: Any) -> None:
    """The access policy for people's own accounts stays as the org came with it."""
    rows = okta.get(WHERE, params={"type": "ACCESS_POLICY"}).json()
    [own] = [row for row in rows if row["_links"]["self"]["hints"]["allow"] == ["GET"]]
    assert (own["name"], set(own["_links"])) == ("Okta Account Management Policy", {"self", "rules"})
    where = f"{WHERE}/{own['id']}"
    wish = {"type": "ACCESS_POLICY", "name": "Mine"}
    for answer in (okta.put(where, wish), okta.delete(where), okta.post(f"{where}/lifecycle/deactivate")):
        assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000006")
    assert "mappings" in okta.post(WHERE, wish).json()["_links"]


def test_authentication_policies(okta: Any) -> None:
    """They have no conditions, come with a catch-all rule, can be copied; applications are assigned elsewhere."""
    made = okta.post(WHERE, {"type": "ACCESS_POLICY", "name": "Two"}).json()
    assert made["conditions"] is None
    assert "mappings" in made["_links"]
    rules = okta.get(f"{WHERE}/{made['id']}/rules").json()
    assert [(row["name"], row["system"], row["priority"]) for row in rules] == [("Catch-all Rule", True, 99)]
    twin = okta.post(f"{WHERE}/{made['id']}/clone").json()
    assert (twin["name"], twin["created"]) == ("[cloned] Two", None)
    assert len(okta.get(f"{WHERE}/{twin['id']}/rules").json()) == 1
    assert okta.get(f"{WHERE}/{made['id']}/app").json() == []
    assert okta.get(f"{WHERE}/{made['id']}/mappings").json() == []
    answer = okta.post(f"{WHERE}/{made['id']}/mappings", {"resourceType": "APP", "resourceId": "0oa1"})
    assert (answer.status_code, answer.json()["errorCauses"]) == (400, [])


def test_an_applications_policy(okta: Any) -> None:
    """An application under a policy that wants two factors is not opened with a password."""
    user = okta.new_user()
    app = okta.new_client(user)
    cookies = okta.session("ann@example.com")
    assert "code" in okta.authorize(app[0], cookies)
    made = okta.post(WHERE, {"type": "ACCESS_POLICY", "name": "Two"}).json()
    policy = okta.org.policies.find(made["id"])
    okta.org.policies.assign(app[0], policy, okta.org.system())
    assert "code" in okta.authorize(app[0], cookies)
    method = {"type": "ASSURANCE", "factorMode": "2FA", "constraints": []}
    body = {
        "type": "ACCESS_POLICY",
        "name": "Two",
        "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": method}},
    }
    rules = [okta.post(f"{WHERE}/{made['id']}/rules", {**body, "name": name, "priority": 3}).json() for name in "ab"]
    assert [row["priority"] for row in okta.get(f"{WHERE}/{made['id']}/rules").json()] == [3, 4, 99]
    assert okta.authorize(app[0], cookies)["error"] == "interaction_required"
    assert [row["id"] for row in okta.get(f"{WHERE}/{made['id']}/app").json()] == [app[0]]
    assert okta.get(f"{WHERE}/{made['id']}/mappings/{app[0]}").json()["id"] == app[0]
    assert okta.delete(f"{WHERE}/{made['id']}").status_code == 400
    for row in rules:
        okta.delete(f"{WHERE}/{made['id']}/rules/{row['id']}")
    assert "code" in okta.authorize(app[0], cookies)


def test_simulation(okta: Any) -> None:
    """A dry run names the policy and the rule that would decide; a list is no body."""
    user, policy = okta.new_user(), sign_on(okta, "Mine")
    app, _ = okta.new_client(user)
    rule(okta, policy["id"], "Everybody")
    body = {"policyTypes": ["OKTA_SIGN_ON"], "appInstance": app, "policyContext": {"user": {"id": user}}}
    found = okta.post(f"{WHERE}/simulate", body).json()["evaluation"][0]["result"]["policies"]
    assert [(row["name"], row["rules"][0]["name"]) for row in found] == [("Mine", "Everybody")]
    assert okta.post(f"{WHERE}/simulate", [body]).json()["errorCode"] == "E0000003"


def test_session_lives_by_the_rule(okta: Any) -> None:
    """Idle time and longest life of a session are the rule's; without a longest life use keeps it."""
    policy = sign_on(okta)
    rule(okta, policy["id"], session={"maxSessionIdleMinutes": 10, "maxSessionLifetimeMinutes": 15})
    okta.new_user()
    cookies = okta.session("ann@example.com")
    okta.advance(9 * 60)
    header = {"Cookie": f"sid={cookies['sid']}"}
    assert okta.post("/api/v1/sessions/me/lifecycle/refresh", auth=None, headers=header).status_code == 200
    okta.advance(5 * 60)
    assert okta.is_signed_in(cookies)
    okta.advance(2 * 60)
    assert not okta.is_signed_in(cookies)


def test_a_rule_denies(okta: Any) -> None:
    """A rule that denies refuses a good password; a rule of excluded people hands on to the next policy."""
    user, policy = okta.new_user(), sign_on(okta)
    made = rule(okta, policy["id"], access="DENY")
    login = {"username": "ann@example.com", "password": SECRET}
    assert okta.post("/api/v1/authn", login, auth=None).json()["errorCode"] == "E0000006"
    body = {"type": "SIGN_ON", "name": "Rule", "conditions": {"people": {"users": {"exclude": [user]}}}}
    okta.put(f"{WHERE}/{policy['id']}/rules/{made['id']}", {**body, "actions": made["actions"]})
    assert okta.sign_in("ann@example.com")["status"] == "SUCCESS"


def test_complexity_and_history(okta: Any) -> None:
    """The policy's length and symbols count, for administrators too; one's own last passwords do not come back."""
    password_policy(okta, complexity={"minLength": 10, "minSymbol": 1}, age={"historyCount": 2})
    user = okta.new_user(password="Long-enough-1")
    own = f"/api/v1/users/{user}"
    refused = okta.post(own, {"credentials": {"password": {"value": "Short-1a"}}}).json()
    assert "at least 10 characters" in refused["errorCauses"][0]["errorSummary"]
    assert "a symbol" in refused["errorCauses"][0]["errorSummary"]

    def change(old: str, new: str) -> int:
        body = {"oldPassword": {"value": old}, "newPassword": {"value": new}}
        return int(okta.post(f"{own}/credentials/change_password?strict=true", body).status_code)

    assert change("Long-enough-1", "Long-enough-2") == 200
    assert change("Long-enough-2", "Long-enough-1") == 403
    assert change("Long-enough-2", "Long-enough-3") == 200
    assert change("Long-enough-3", "Long-enough-1") == 200


def test_age(okta: Any) -> None:
    """A password expires by its age; before, those who ask are warned and may skip; a young one stays."""
    password_policy(okta, age={"maxAgeDays": 10, "expireWarnDays": 3, "minAgeMinutes": 60})
    user = okta.new_user()
    body = {"oldPassword": {"value": SECRET}, "newPassword": {"value": "Winter-2026y"}}
    young = okta.post(f"/api/v1/users/{user}/credentials/change_password?strict=true", body)
    assert young.json()["errorCode"] == "E0000014"
    login = {"username": "ann@example.com", "password": SECRET, "options": {"warnBeforePasswordExpired": True}}
    okta.advance(8 * 86400)
    step = okta.post("/api/v1/authn", login, auth=None).json()
    assert (step["status"], step["_embedded"]["policy"]["expiration"]) == ("PASSWORD_WARN", {"passwordExpireDays": 2})
    skipped = okta.post("/api/v1/authn/skip", {"stateToken": step["stateToken"]}, auth=None).json()
    assert skipped["status"] == "SUCCESS"
    okta.advance(3 * 86400)
    assert okta.post("/api/v1/authn", login, auth=None).json()["status"] == "PASSWORD_EXPIRED"
    assert okta.status(user) == "PASSWORD_EXPIRED"


def test_lockout_by_policy(okta: Any) -> None:
    """The policy's attempts lock; its minutes unlock by themselves; it may tell people that they are locked out."""
    password_policy(okta, lockout={"maxAttempts": 2, "autoUnlockMinutes": 5, "showLockoutFailures": True})
    user = okta.new_user()
    wrong = {"username": "ann@example.com", "password": "wrong"}
    assert [okta.post("/api/v1/authn", wrong, auth=None).status_code for _ in range(2)] == [401, 401]
    assert okta.status(user) == "LOCKED_OUT"
    told = okta.post("/api/v1/authn", wrong, auth=None)
    assert (told.status_code, told.json()["status"]) == (200, "LOCKED_OUT")
    assert told.json()["_links"]["next"]["name"] == "unlock"
    okta.advance(5 * 60)
    assert okta.status(user) == "ACTIVE"
    assert okta.sign_in("ann@example.com")["status"] == "SUCCESS"
    assert "user.account.unlock" in okta.types()


def test_reading_is_for_administrators(okta: Any) -> None:
    """A read-only administrator's token reads policies and cannot change them."""
    reader = okta.new_user("reader")
    okta.post(f"/api/v1/users/{reader}/roles", {"type": "READ_ONLY_ADMIN"})
    token = okta.org.access.planted_api_token(okta.org.users.find(reader), "reader")
    auth = f"SSWS {token}"
    assert okta.get(WHERE, params={"type": "PASSWORD"}, auth=auth).status_code == 200
    assert okta.post(WHERE, {"type": "PASSWORD", "name": "x"}, auth=auth).json()["errorCode"] == "E0000006"


def zone(okta: Any, address: str, usage: str = "POLICY", **more: Any) -> str:
    """The id of an active zone of one range of addresses."""
    gateways = [{"type": "RANGE" if "-" in address else "CIDR", "value": address}]
    body = {"type": "IP", "name": f"Zone {address}", "status": "ACTIVE", "usage": usage, "gateways": gateways, **more}
    answer = okta.post("/api/v1/zones", body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    ("address", "end", "status"),
    [
        ("127.0.0.0/8", "include", 403),
        ("127.0.0.1-127.0.0.9", "include", 403),
        ("127.0.0.1-", "include", 403),
        ("10.0.0.0/8", "include", 200),
        ("127.0.0.0/8", "exclude", 200),
        ("10.0.0.0/8", "exclude", 403),
        ("2001:db8::/32", "include", 200),
    ],
)
def test_a_rule_for_a_network(okta: Any, address: str, end: str, status: int) -> None:
    """A rule for a zone acts on those who come from it, and one that leaves a zone out on all others."""
    okta.new_user()
    place = zone(okta, address)
    network = {"network": {"connection": "ZONE", end: [place]}}
    body = {"type": "SIGN_ON", "name": "R", "conditions": network, "actions": {"signon": {"access": "DENY"}}}
    made = okta.post(f"{WHERE}/{sign_on(okta)['id']}/rules", body)
    assert made.status_code == 200, made.text
    body = {"username": "ann@example.com", "password": SECRET}
    assert okta.post("/api/v1/authn", body, auth=None).status_code == status
    okta.post(f"/api/v1/zones/{place}/lifecycle/deactivate")
    assert okta.post("/api/v1/authn", body, auth=None).status_code == (200 if end == "include" else 403)
    inside = address.startswith("127")
    event = okta.events(filter='eventType eq "policy.evaluate_sign_on"')[0]
    assert event["client"]["zone"] == (place if inside else "null")


def test_blocklist(okta: Any) -> None:
    """An address on a blocklist is turned away everywhere, unless it is exempt; the log tells."""
    forwarded = {"headers": {"X-Forwarded-For": "203.0.113.7"}}
    zone(okta, "203.0.113.0/24", "BLOCKLIST")
    refused = okta.get("/api/v1/users", **forwarded)
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000006")
    assert okta.get("/api/v1/users").status_code == 200
    [event] = okta.events(filter='eventType eq "security.request.blocked"')
    assert (event["outcome"]["result"], event["client"]["ipAddress"]) == ("DENY", "203.0.113.7")
    body = {"type": "IP", "name": "Odd", "gateways": [], "useAsExemptList": "yes"}
    assert okta.post("/api/v1/zones", body).json()["errorCode"] == "E0000001"
    zone(okta, "203.0.113.7/32", useAsExemptList=True)
    assert okta.get("/api/v1/users", **forwarded).status_code == 200
