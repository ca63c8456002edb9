"""Which scope each served call wants, and what each standard administrator role may do: both against one table."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from simulators.okta import app as okta_app
from simulators.okta.routes.endpoint import OPEN, Endpoint

# https://developer.okta.com/docs/api/oauth2/ : family of paths, scope without its ending; the first match counts
_FAMILIES = (
    (r"/oauth2/v1/clients/[^/]+/roles.*|/api/v1/(users|groups)/[^/]+/roles.*|/api/v1/iam/.*", "okta.roles"),
    (r"/api/v1/users/[^/]+/risk", "okta.userRisk"),
    (r"/api/v1/users/[^/]+/risk", "okta.userRisk"),
    (r"/api/v1/users.*", "okta.users"),
    (r"/api/v1/groups.*", "okta.groups"),
    (r"/api/v1/apps/[^/]+/grants.*", "okta.appGrants"),
    (r"/api/v1/apps/[^/]+/group-push/.*", "okta.apps okta.groups"),
    (r"/api/v1/apps.*|/api/v1/internal/apps.*", "okta.apps"),
    (r"/api/v1/sessions/.+", "okta.sessions"),
    (r"/api/v1/logs", "okta.logs"),
    (r"/api/v1/logStreams.*", "okta.logStreams"),
    (r"/api/v1/eventHooks.*", "okta.eventHooks"),
    (r"/api/v1/inlineHooks.*", "okta.inlineHooks"),
    (r"/api/v1/meta/types/user.*", "okta.userTypes"),
    (r"/api/v1/meta/schemas/user/linkedObjects.*", "okta.linkedObjects"),
    (r"/api/v1/meta/schemas.*", "okta.schemas"),
    (r"/api/v1/mappings.*", "okta.profileMappings"),
    (r"/api/v1/api-tokens.*", "okta.apiTokens"),
    (r"/api/v1/org.*", "okta.orgs"),
    (r"/api/v1/policies.*", "okta.policies"),
    (r"/api/v1/authenticators.*", "okta.authenticators"),
    (r"/api/v1/authorizationServers.*", "okta.authorizationServers"),
    (r"/api/v1/zones.*", "okta.networkZones"),
    (r"/api/v1/idps.*", "okta.idps"),
    (r"/api/v1/features.*", "okta.features"),
    (r"/api/v1/principal-rate-limits.*", "okta.principalRateLimits"),
    (r"/api/v1/security-events-providers.*", "okta.securityEventsProviders"),
    (r"/api/v1/identity-sources.*", "okta.identitySources"),
    (r"/oauth2/v1/clients.*", "okta.clients"),
    (r"/api/v1/ssf/stream.*", "ssf"),
)
# calls without a scope of their own: by API token only, or a person's own
_SCOPELESS = {
    "POST /api/v1/sessions",
    "DELETE /api/v1/api-tokens/current",
    "POST /api/v1/users/me/lifecycle/delete_sessions",
}
# families whose scope is the reading one although something is posted, and the exceptions of a family
_ODD = {
    "POST /oauth2/v1/clients": {"okta.clients.register", "okta.clients.manage"},
    "POST /api/v1/policies/simulate": {"okta.policies.read"},
    "GET /api/v1/meta/schemas/user/linkedObjects": {"okta.linkedObjects.read", "okta.schemas.read"},
}


def wanted(endpoint: Endpoint) -> str | None:
    """The scope that the vendor asks for a call; None where the table knows none."""
    ending = ".read" if endpoint.method == "GET" else ".manage"
    for pattern, family in _FAMILIES:
        if re.fullmatch(pattern, endpoint.path):
            return " ".join(name + ending for name in family.split())
    return None


def endpoints() -> list[Endpoint]:
    return [endpoint for file in okta_app._SERVED for endpoint in file.listed]


def test_every_call_wants_its_scope() -> None:
    """Reading wants the family's read scope, writing its manage scope."""
    wrong = []
    for endpoint in endpoints():
        call = f"{endpoint.method} {endpoint.path}"
        if endpoint.audience == OPEN or call in _SCOPELESS:
            continue
        known = wanted(endpoint)
        if known is None:  # a family that the table leaves out: at least its scope has to fit the method
            if not (endpoint.scope or "").endswith(".read" if endpoint.method == "GET" else (".manage", ".read")):
                wrong.append(f"{call}: {endpoint.scope}")
            continue
        if endpoint.scope not in _ODD.get(call, {known, known.replace("linkedObjects", "schemas")}):
            wrong.append(f"{call}: {endpoint.scope}, not {known}")
    assert wrong == []


def observer_token(okta: Any, scope: str) -> str:
    """An access token of the seed's read-only service app, for fewer scopes than it has."""
    app = okta.planted.service_apps["harness-observer"]
    key, now = RSAKey.import_key(app["private_jwk"]), int(okta.clock.now().timestamp())
    claims = {"iss": app["client_id"], "sub": app["client_id"], "iat": now, "exp": now + 300, "jti": scope}
    claims["aud"] = "http://127.0.0.1:8600/oauth2/v1/token"
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jws.serialize_compact({"alg": "RS256", "kid": key.kid}, json.dumps(claims).encode(), key),
    }
    answer = okta.ask("POST", "/oauth2/v1/token", auth=None, data=form)
    assert answer.status_code == 200, answer.text
    return f"Bearer {answer.json()['access_token']}"


_SCOPED = (
    ("GET", "/api/v1/users", "okta.users.read"),
    ("POST", "/api/v1/users", "okta.users.manage"),
    ("POST", "/api/v1/users/00u1/lifecycle/suspend", "okta.users.manage"),
    ("GET", "/api/v1/users/00u1/roles", "okta.roles.read"),
    ("GET", "/api/v1/groups/rules", "okta.groups.read"),
    ("DELETE", "/api/v1/apps/0oa1", "okta.apps.manage"),
    ("GET", "/api/v1/apps/0oa1/group-push/mappings", "okta.apps.read okta.groups.read"),
    ("GET", "/api/v1/api-tokens", "okta.apiTokens.read"),
    ("GET", "/api/v1/sessions/1021", "okta.sessions.read"),
)


def test_a_missing_scope_is_named(make_okta: Any) -> None:
    """403 E0000006 with a challenge that names what is missing, before anything is looked up."""
    okta = make_okta("acme")
    token = observer_token(okta, "okta.logs.read")
    for method, path, scope in _SCOPED:
        answer = okta.ask(method, path, auth=token)
        assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000006")
        assert answer.headers["www-authenticate"] == (
            'Bearer authorization_uri="http://127.0.0.1:8600/oauth2/v1/authorize", realm="http://127.0.0.1:8600", '
            f'scope="{scope}", error="insufficient_scope", '
            'error_description="The access token provided does not contain the required scopes.", '
            f'resource="{path}"'
        )


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_bad_access_token_is_challenged(okta: Any, scheme: str) -> None:
    """401 E0000011 with what the call wants; an API token is not challenged."""
    answer = okta.get("/api/v1/users?limit=1", auth=f"{scheme} abc")
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "E0000011")
    assert answer.headers["www-authenticate"] == (
        f'{scheme} authorization_uri="http://127.0.0.1:8600/oauth2/v1/authorize", realm="http://127.0.0.1:8600", '
        'scope="okta.users.read", error="invalid_token", error_description="The access token is invalid.", '
        'resource="/api/v1/users"'
    )
    assert "www-authenticate" not in okta.get("/api/v1/users", auth="SSWS abc").headers


def test_a_scope_without_its_role_is_not_enough(make_okta: Any) -> None:
    """A scope opens what the role allows and no more; then there is no challenge."""
    okta = make_okta("acme")
    token = observer_token(okta, "okta.users.read okta.logs.read")
    assert okta.get("/api/v1/users?limit=1", auth=token).status_code == 200
    assert okta.get("/api/v1/logs", auth=token).status_code == 200
    helpdesk = admin(okta, "HELP_DESK_ADMIN")
    refused = okta.post("/api/v1/groups", {"profile": {"name": "x"}}, auth=helpdesk)
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000006")
    assert "www-authenticate" not in refused.headers


def admin(okta: Any, role: str | None) -> str:
    """The API token of a new administrator with one role."""
    name = f"adm-{(role or 'nobody').lower().replace('_', '-')}"
    user = okta.new_user(name)
    if role is not None:
        assert okta.post(f"/api/v1/users/{user}/roles", {"type": role}).status_code == 201
    return f"SSWS {okta.org.access.planted_api_token(okta.org.state.users[user], name)}"


# what is asked, and the roles that may (administrator comparison, abridged)
_ALL = "SUPER_ADMIN ORG_ADMIN APP_ADMIN USER_ADMIN GROUP_MEMBERSHIP_ADMIN HELP_DESK_ADMIN READ_ONLY_ADMIN"
_PEOPLE = "SUPER_ADMIN ORG_ADMIN USER_ADMIN"
_ASKED: tuple[tuple[str, str, Any, str], ...] = (
    ("GET", "/api/v1/users/{user}/groups", None, _ALL),
    ("POST", "/api/v1/users", {"profile": {"login": "{role}@x.example", "email": "{role}@x.example",
     "firstName": "A", "lastName": "B"}}, _PEOPLE),
    ("POST", "/api/v1/users/{user}", {"profile": {"title": "{role}"}}, _PEOPLE),
    ("POST", "/api/v1/users/{user}/lifecycle/suspend", None, _PEOPLE),
    ("POST", "/api/v1/users/{user}/lifecycle/reset_password?sendEmail=false", None, f"{_PEOPLE} HELP_DESK_ADMIN"),
    ("DELETE", "/api/v1/users/{user}/sessions", None, f"{_PEOPLE} HELP_DESK_ADMIN"),
    ("POST", "/api/v1/users/{user}/lifecycle/deactivate", None, _PEOPLE),
    ("GET", "/api/v1/groups/{group}", None, _ALL),
    ("POST", "/api/v1/groups", {"profile": {"name": "{role}"}}, "SUPER_ADMIN ORG_ADMIN"),
    ("PUT", "/api/v1/groups/{group}/users/{user}", None, f"{_PEOPLE} GROUP_MEMBERSHIP_ADMIN"),
    ("POST", "/api/v1/apps", {"name": "bookmark", "label": "{role}", "signOnMode": "BOOKMARK", "settings":
     {"app": {"requestIntegration": False, "url": "https://x.example"}}}, "SUPER_ADMIN APP_ADMIN"),
    ("GET", "/api/v1/logs", None, "SUPER_ADMIN ORG_ADMIN APP_ADMIN USER_ADMIN HELP_DESK_ADMIN READ_ONLY_ADMIN "
     "REPORT_ADMIN API_ACCESS_MANAGEMENT_ADMIN"),
    ("POST", "/api/v1/users/{user}/roles", {"type": "REPORT_ADMIN"}, "SUPER_ADMIN"),
    ("GET", "/api/v1/users/{user}/roles", None, "SUPER_ADMIN READ_ONLY_ADMIN"),
    ("GET", "/api/v1/api-tokens", None, f"{_ALL} REPORT_ADMIN API_ACCESS_MANAGEMENT_ADMIN MOBILE_ADMIN nobody"),
)  # fmt: skip
_ROLES = (*_ALL.split(), "REPORT_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN", "MOBILE_ADMIN", None)


@pytest.mark.parametrize("role", _ROLES)
def test_what_a_standard_role_may(okta: Any, role: str | None) -> None:
    """Each role may exactly what the comparison table grants; everything else is 403 E0000006."""
    token, name = admin(okta, role), role or "nobody"
    group = okta.new_group("Sales")
    wrong = []
    for number, (method, path, body, allowed) in enumerate(_ASKED):
        user = okta.new_user(f"person{number}")
        sent = json.loads(json.dumps(body).replace("{role}", name)) if body is not None else None
        answer = okta.ask(method, path.replace("{user}", user).replace("{group}", group), auth=token, json=sent)
        refused = answer.status_code == 403 and answer.json()["errorCode"] == "E0000006"
        if refused == (name in allowed.split()) or (answer.status_code >= 400 and not refused):
            wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:120]}")
    assert wrong == []


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/groups", "/api/v1/apps"])
def test_lists_without_a_right_are_empty(okta: Any, path: str) -> None:
    """Who may not read any row of a list gets an empty 200 instead of a refusal."""
    okta.new_user()
    token = admin(okta, "REPORT_ADMIN")
    answer = okta.get(path, auth=token)
    assert (answer.status_code, answer.json()) == (200, [])


def test_nobody_acts_on_a_higher_administrator(okta: Any) -> None:
    """A lesser administrator is refused on a greater one, and a token dies with its owner's standing."""
    chief = okta.new_user("chief")
    okta.post(f"/api/v1/users/{chief}/roles", {"type": "SUPER_ADMIN"})
    helpdesk = admin(okta, "HELP_DESK_ADMIN")
    for path in (f"/api/v1/users/{chief}/lifecycle/reset_password?sendEmail=false", f"/api/v1/users/{chief}/sessions"):
        answer = okta.ask("DELETE" if path.endswith("sessions") else "POST", path, auth=helpdesk)
        assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000006")
    desk = okta.get("/api/v1/users/adm-help-desk-admin@example.com").json()["id"]
    okta.post(f"/api/v1/users/{desk}/lifecycle/deactivate")
    dead = okta.get("/api/v1/users", auth=helpdesk)
    assert (dead.status_code, dead.json()["errorCode"]) == (401, "E0000011")
