"""The vendor's Python SDK drives people, groups, applications and the log of a new org: each family of calls."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.contract.sdk import PASSWORD, Sdk

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]


def test_users(sdk: Sdk) -> None:
    """Create, read by id and login, change, replace, search, deactivate, delete."""
    user = sdk.person(activate=False)
    assert user.status == "STAGED"
    assert sdk("get_user", user.id).profile.login == sdk("get_user", user.profile.login).profile.login
    changed = sdk("update_user", user.id, sdk.model("UpdateUserRequest", {"profile": {"nickName": "Annie"}}))
    assert (changed.profile.nick_name, changed.profile.first_name) == ("Annie", "Ann")
    profile = {"firstName": "Anna", "lastName": "Lee", "login": user.profile.login, "email": user.profile.login}
    replaced = sdk("replace_user", user.id, sdk.model("UpdateUserRequest", {"profile": profile}))
    assert (replaced.profile.nick_name, replaced.profile.first_name) == (None, "Anna")
    assert [row.id for row in sdk("list_users", search=f'profile.login eq "{user.profile.login}"')] == [user.id]
    assert [row.id for row in sdk("list_users", filter=f'profile.login eq "{user.profile.login}"')] == [user.id]
    assert user.id in [row.id for row in sdk("list_users", q="Anna", limit=200)]
    sdk("delete_user", user.id)
    assert sdk("get_user", user.id).status == "DEPROVISIONED"
    sdk("delete_user", user.id)
    assert sdk.refused("get_user", user.id).error_code == "E0000007"


def test_user_lifecycle(sdk: Sdk) -> None:
    """Every lifecycle operation, and the status that follows it."""
    user = sdk.person(activate=False)
    steps: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("activate_user", {"send_email": False}, "ACTIVE"),
        ("suspend_user", {}, "SUSPENDED"),
        ("unsuspend_user", {}, "ACTIVE"),
        ("expire_password", {}, "PASSWORD_EXPIRED"),
        ("reset_password", {"send_email": False}, "RECOVERY"),
        ("reactivate_user", {"send_email": False}, "RECOVERY"),
        ("deactivate_user", {}, "DEPROVISIONED"),
        ("activate_user", {"send_email": False}, "PROVISIONED"),
        ("reactivate_user", {"send_email": False}, "PROVISIONED"),
    )
    for method, named, status in steps:
        sdk(method, user.id, **named)
        assert sdk("get_user", user.id).status == status, method
    assert sdk.refused("unlock_user", user.id).error_code == "E0000032"
    sdk("reset_factors", user.id)


def test_user_credentials(sdk: Sdk) -> None:
    """Passwords and recovery questions are changed; a temporary password is handed out."""
    user = sdk.person(credentials={"password": {"value": PASSWORD}})
    change = {"oldPassword": {"value": PASSWORD}, "newPassword": {"value": "Winter-2026x"}}
    assert sdk("change_password", user.id, sdk.model("ChangePasswordRequest", change)).provider.type == "OKTA"
    question = {
        "password": {"value": "Winter-2026x"},
        "recovery_question": {"question": "Where to?", "answer": "Everywhere"},
    }
    sdk("change_recovery_question", user.id, sdk.model("UserCredentials", question))
    sdk("expire_password_with_temp_password", user.id)
    assert sdk("get_user", user.id).status == "PASSWORD_EXPIRED"
    asked = sdk.person()
    assert sdk("forgot_password", asked.id, send_email=False) is not None


def test_paging(sdk: Sdk) -> None:
    """The SDK's own helper follows `next` through its header dictionary, which keeps only the last Link."""
    from okta.pagination import PaginationHelper

    for _ in range(5):
        sdk.person("page")
    seen, after = [], None
    while after is not None or not seen:
        rows, answer, error = sdk.raw("list_users", limit=2, **({"after": after} if after else {}))
        assert error is None
        seen += [row.id for row in rows]
        after = PaginationHelper.extract_next_cursor(answer.headers)
    assert len(seen) == len(set(seen)) >= 6


def test_groups(sdk: Sdk) -> None:
    """Groups, their people, and their applications."""
    group, user = sdk.group(), sdk.person()
    sdk("assign_user_to_group", group.id, user.id)
    assert [row.id for row in sdk("list_group_users", group.id)] == [user.id]
    assert group.id in [row.id for row in sdk("list_user_groups", user.id)]
    name = sdk.unique("Renamed")
    changed = sdk("replace_group", group.id, sdk.model("AddGroupRequest", {"profile": {"name": name}}))
    assert changed.profile.actual_instance.name == name
    assert [row.id for row in sdk("list_groups", q=name)] == [group.id]
    assert [row.id for row in sdk("list_groups", search=f'profile.name eq "{name}"')] == [group.id]
    sdk("unassign_user_from_group", group.id, user.id)
    assert sdk("list_group_users", group.id) == []
    sdk("delete_group", group.id)
    assert sdk.refused("get_group", group.id).error_code == "E0000007"


def test_group_rules(sdk: Sdk) -> None:
    """A rule is made, activated, acts, is deactivated, changed and deleted."""
    group = sdk.group("Ruled")
    body = {
        "type": "group_rule",
        "name": sdk.unique("Rule"),
        "conditions": {
            "expression": {"type": "urn:okta:expression:1.0", "value": 'user.lastName=="Ruled"'},
            "people": {"users": {"exclude": []}, "groups": {"exclude": []}},
        },
        "actions": {"assignUserToGroups": {"groupIds": [group.id]}},
    }
    rule = sdk("create_group_rule", sdk.model("CreateGroupRuleRequest", body))
    assert (rule.status, rule.type) == ("INACTIVE", "group_rule")
    sdk("activate_group_rule", rule.id)
    login = f"{sdk.unique('ruled')}@example.com"
    profile = {"firstName": "A", "lastName": "Ruled", "login": login, "email": login}
    user = sdk("create_user", sdk.model("CreateUserRequest", {"profile": profile}), activate=True)
    for _ in range(50):
        if group.id in [row.id for row in sdk("list_user_groups", user.id)]:
            break
    else:
        raise AssertionError("the rule never put its person into the group")
    sdk("deactivate_group_rule", rule.id)
    renamed = {**body, "name": sdk.unique("Rule")}
    assert sdk("replace_group_rule", rule.id, sdk.model("GroupRule", {**renamed, "id": rule.id})).status == "INACTIVE"
    assert rule.id in [row.id for row in sdk("list_group_rules")]
    sdk("delete_group_rule", rule.id)


APPS: dict[str, tuple[str, dict[str, Any]]] = {
    "bookmark": ("BookmarkApplication", {
        "name": "bookmark", "signOnMode": "BOOKMARK",
        "settings": {"app": {"requestIntegration": False, "url": "https://portal.example"}}}),
    "basic": ("BasicAuthApplication", {
        "name": "template_basic_auth", "signOnMode": "BASIC_AUTH",
        "settings": {"app": {"url": "https://basic.example/login", "authURL": "https://basic.example/auth"}}}),
    "browser plugin": ("BrowserPluginApplication", {
        "name": "template_swa", "signOnMode": "BROWSER_PLUGIN",
        "settings": {"app": {"buttonField": "btn-login", "passwordField": "txt-password",
                             "usernameField": "txt-username", "url": "https://swa.example/login"}}}),
    "auto login": ("AutoLoginApplication", {
        "signOnMode": "AUTO_LOGIN",
        "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": False}},
        "settings": {"signOn": {"redirectUrl": "https://swa.example", "loginUrl": "https://swa.example/login"}}}),
    "secure password store": ("SecurePasswordStoreApplication", {
        "name": "template_sps", "signOnMode": "SECURE_PASSWORD_STORE",
        "settings": {"app": {"url": "https://sps.example", "passwordField": "pw", "usernameField": "user"}}}),
    "ws federation": ("WsFederationApplication", {
        "name": "template_wsfed", "signOnMode": "WS_FEDERATION",
        "settings": {"app": {
            "audienceRestriction": "urn:example:app", "groupName": None,
            "groupValueFormat": "windowsDomainQualifiedName",
            "realm": "urn:example:app", "wReplyURL": "https://wsfed.example/", "attributeStatements": None,
            "nameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            "siteURL": "https://wsfed.example", "wReplyOverride": False, "groupFilter": None,
            "usernameAttribute": "username"}}}),
    "saml": ("SamlApplication", {
        "signOnMode": "SAML_2_0",
        "settings": {"signOn": {
            "defaultRelayState": "", "ssoAcsUrl": "https://saml.example/acs", "idpIssuer": "http://www.okta.com/${org.externalKey}",
            "audience": "https://saml.example", "recipient": "https://saml.example/acs",
            "destination": "https://saml.example/acs", "subjectNameIdTemplate": "${user.userName}",
            "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "responseSigned": True,
            "assertionSigned": True, "signatureAlgorithm": "RSA_SHA256", "digestAlgorithm": "SHA256",
            "honorForceAuthn": True,
            "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            "slo": {"enabled": False}, "requestCompressed": False, "attributeStatements": []}}}),
    "openid connect": ("OpenIdConnectApplication", {
        "name": "oidc_client", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_post"}},
        "settings": {"oauthClient": {
            "application_type": "web", "client_uri": "https://oidc.example", "redirect_uris": ["https://oidc.example/cb"],
            "response_types": ["code"], "grant_types": ["authorization_code"]}}}),
    "service": ("OpenIdConnectApplication", {
        "name": "oidc_client", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {"oauthClient": {
            "application_type": "service", "response_types": ["token"], "grant_types": ["client_credentials"]}}}),
}  # fmt: skip


@pytest.mark.parametrize("mode", APPS)
def test_applications(sdk: Sdk, mode: str) -> None:
    """Each sign-on mode is made, read, listed, relabelled, deactivated, activated and deleted."""
    kind, body = APPS[mode]
    app = sdk.app(kind, body)
    assert (app.status, app.sign_on_mode) == ("ACTIVE", body["signOnMode"])
    read = sdk("get_application", app.id)
    assert (type(read).__name__, read.label) == (kind, app.label)
    assert app.id in [row.id for row in sdk("list_applications", q=app.label)]
    label = sdk.unique("Relabelled")
    changed = sdk("replace_application", app.id, sdk.model(kind, {**body, "name": app.name, "label": label}))
    assert changed.label == label
    assert sdk.refused("delete_application", app.id).error_code == "E0000056"
    sdk("deactivate_application", app.id)
    assert sdk("get_application", app.id).status == "INACTIVE"
    sdk("activate_application", app.id)
    sdk("deactivate_application", app.id)
    sdk("delete_application", app.id)
    assert sdk.refused("get_application", app.id).error_code == "E0000007"


def test_application_users_and_groups(sdk: Sdk) -> None:
    """People and groups of an application, both ways round."""
    app, user, other, group = sdk.app(), sdk.person(), sdk.person(), sdk.group()
    held = sdk("assign_user_to_application", app.id, sdk.model("AppUserAssignRequest", {"id": user.id}))
    assert (held.id, held.scope, held.status) == (user.id, "USER", "ACTIVE")
    assert sdk("get_application_user", app.id, user.id).id == user.id
    assert [row.id for row in sdk("list_application_users", app.id)] == [user.id]
    assert app.label in [row.label for row in sdk("list_app_links", user.id)]
    sdk("assign_user_to_group", group.id, other.id)
    assigned = sdk("assign_group_to_application", app.id, group.id, sdk.model("ApplicationGroupAssignment", {}))
    assert assigned.id == group.id
    assert sdk("get_application_group_assignment", app.id, group.id).id == group.id
    assert [row.id for row in sdk("list_application_group_assignments", app.id)] == [group.id]
    assert app.id in [row.id for row in sdk("list_assigned_applications_for_group", group.id)]
    for _ in range(50):
        rows = {row.id: row.scope for row in sdk("list_application_users", app.id)}
        if other.id in rows:
            break
    assert rows == {user.id: "USER", other.id: "GROUP"}
    sdk("unassign_application_from_group", app.id, group.id)
    sdk("unassign_user_from_application", app.id, user.id)
    assert sdk.refused("get_application_user", app.id, user.id).error_code == "E0000007"


def test_sessions(sdk: Sdk, empty_org: dict[str, Any]) -> None:
    """A session of a signed-in person is read, refreshed and revoked."""
    user, base = sdk.person(), empty_org["urls"]["okta"]
    signed = httpx.post(f"{base}/api/v1/authn", json={"username": user.profile.login, "password": PASSWORD}).json()
    headers = {"Authorization": f"SSWS {empty_org['okta']['api_token']}"}  # the SDK has no call that makes a session
    token = {"sessionToken": signed["sessionToken"]}
    made = httpx.post(f"{base}/api/v1/sessions", json=token, headers=headers).json()["id"]
    read = sdk("get_session", made)
    assert (read.user_id, read.status) == (user.id, "ACTIVE")
    assert sdk("refresh_session", made).id == made
    sdk("revoke_session", made)
    assert sdk.refused("get_session", made).error_code == "E0000007"
    sdk("revoke_user_sessions", user.id, oauth_tokens=True)


def test_factors(sdk: Sdk) -> None:
    """A question is enrolled, listed, read, verified and taken away."""
    user = sdk.person()
    body = {
        "factorType": "question",
        "provider": "OKTA",
        "profile": {"question": "disliked_food", "answer": "mayonnaise"},
    }
    factor = sdk("enroll_factor", user.id, sdk.model("UserFactorSecurityQuestion", body))
    assert sdk("get_factor", user.id, factor.id).status == "ACTIVE"
    assert factor.id in [row.id for row in sdk("list_factors", user.id)]
    # the SDK's body for this call has no member at all, so an answer cannot be sent: the org refuses it as it has to
    answer = sdk.model("UserFactorVerifyRequest", {"answer": "mayonnaise"})
    assert sdk.refused("verify_factor", user.id, factor.id, body=answer).error_code == "E0000068"
    sdk("unenroll_factor", user.id, factor.id)
    assert sdk.refused("get_factor", user.id, factor.id).error_code == "E0000007"
    assert sdk("list_supported_factors", user.id)


def test_log(sdk: Sdk) -> None:
    """Events are listed, filtered and parsed into the SDK's models."""
    user = sdk.person()
    events = sdk("list_log_events", filter=f'target.id eq "{user.id}"')
    assert {"user.lifecycle.create", "user.lifecycle.activate"} <= {event.event_type for event in events}
    created = next(event for event in events if event.event_type == "user.lifecycle.create")
    assert (created.outcome.result, created.severity, created.target[0].id) == ("SUCCESS", "INFO", user.id)
    assert sdk("list_log_events", q=user.profile.login, sort_order="DESCENDING", limit=1)[0].uuid


def test_api_tokens(sdk: Sdk) -> None:
    """The tokens of an org are listed and read, never with their values."""
    (token, *_) = sdk("list_api_tokens")
    assert sdk("get_api_token", token.id).name == token.name
    assert sdk.refused("get_api_token", "00Tnosuch").error_code == "E0000007"


@pytest.mark.parametrize(
    ("method", "given", "status", "code"),
    [
        ("get_user", ("nosuch",), 404, "E0000007"),
        ("get_group", ("00gnosuch",), 404, "E0000007"),
        ("get_application", ("0oanosuch",), 404, "E0000007"),
        ("list_users", (), 400, "E0000031"),
        ("suspend_user", ("nosuch",), 404, "E0000007"),
    ],
)
def test_errors_are_typed(sdk: Sdk, method: str, given: tuple[str, ...], status: int, code: str) -> None:
    """A refusal is the SDK's own error object, with status, code, summary and causes."""
    error = sdk.refused(method, *given, **({"search": "nosuch"} if method == "list_users" else {}))
    assert (error.status, error.error_code) == (status, code)
    assert error.error_summary
    assert error.error_causes is not None


def test_waits_at_a_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a 429 the SDK sleeps until the reset that the headers name, and then succeeds."""
    from simulators.server import Server, wall

    pytest.importorskip("okta.client", reason="the vendor's Okta SDK is not installed; make contract installs it")
    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
    # sixty times as fast: a window of a minute passes in a second, and what the SDK sleeps is scaled below
    server = Server("empty", port=0, opens=wall, follows=wall, speed=60.0, limits="enforced")
    ready = server.start()
    slept: list[float] = []
    real = asyncio.sleep  # noqa: TID251 - wrapped here, to see how long the SDK means to wait

    async def sleep(seconds: float, *rest: Any) -> None:
        slept.append(seconds)
        await real(min(seconds, 60.0) / 60 if seconds > 0.2 else seconds, *rest)

    client = Sdk(orgUrl=ready["urls"]["okta"], token=ready["okta"]["api_token"])
    try:
        base, token = ready["urls"]["okta"], ready["okta"]["api_token"]
        with httpx.Client(base_url=base, headers={"Authorization": f"SSWS {token}"}) as http:
            while http.get("/api/v1/logs?limit=0").status_code == 200:
                pass
        monkeypatch.setattr(asyncio, "sleep", sleep)
        monkeypatch.setattr("time.sleep", lambda seconds: slept.append(seconds))
        events = client("list_log_events", limit=1)
    finally:
        client.close()
        server.stop()
    assert events is not None
    assert any(0 < seconds <= 62 for seconds in slept)
