"""Personal access tokens, API clients and the tokens they get: what they may say, how long they last, who acts."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from simulators.kernel.times import iso

URL = "http://sailpoint.test"
FOREVER = {"name": "script", "userAwareTokenNeverExpires": True}
CLIENT = {
    "name": "portal",
    "description": "A portal",
    "accessTokenValiditySeconds": 600,
    "grantTypes": ["CLIENT_CREDENTIALS"],
    "accessType": "OFFLINE",
    "enabled": True,
}
BACK = "https://portal.test/back"


def _made(company: Any, path: str, body: dict[str, Any], by: str = "iam-admin") -> dict[str, Any]:
    answer = company.call("POST", path, json=body, by=by)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _token(company: Any, made: dict[str, Any], **more: str) -> Any:
    form = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["secret"], **more}
    return company.raw("POST", "/oauth/token", data=form)


def _claims(token: str) -> dict[str, Any]:
    text = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return claims


def _as(company: Any, token: str, method: str, path: str, **content: Any) -> Any:
    return company.raw(method, path, headers={"Authorization": f"Bearer {token}"}, **content)


def test_a_token_says_who_its_holder_is(company: Any) -> None:
    """The claims and the answer around them are the vendor's; no refresh token comes with one's own credentials."""
    made = _made(company, "/personal-access-tokens/v1", {**FOREVER, "accessTokenValiditySeconds": 900})
    body = _token(company, made).json()
    claims = _claims(body["access_token"])
    assert body["expires_in"] == 899
    assert "refresh_token" not in body
    assert claims["client_id"] == made["id"]
    assert claims["identity_id"] == made["owner"]["id"]
    assert claims["user_id"].isdigit()
    assert set(claims) >= {"tenant_id", "pod", "org", "user_name", "strong_auth", "authorities", "scope", "exp", "jti"}
    assert "ORG_ADMIN" in claims["authorities"]


@pytest.mark.parametrize(
    "body",
    [
        {"userAwareTokenNeverExpires": True},
        {"name": ""},
        {"name": "x"},
        {"name": 7, "userAwareTokenNeverExpires": True},
        {"name": "x", "expirationDate": "2020-01-01T00:00:00Z"},
        {"name": "x", "expirationDate": "someday"},
        {**FOREVER, "accessTokenValiditySeconds": 14},
        {**FOREVER, "accessTokenValiditySeconds": 43201},
        {**FOREVER, "accessTokenValiditySeconds": 60.5},
        {**FOREVER, "scope": "sp:scopes:all"},
        {**FOREVER, "scope": [7]},
        [],
        None,
    ],
)
def test_tokens_that_cannot_be_made(company: Any, body: Any) -> None:
    """A name, an end or the word that there is none, 15 to 43,200 seconds."""
    assert company.call("POST", "/personal-access-tokens/v1", json=body).status_code == 400


def test_ten_tokens_each_of_its_own_name(company: Any) -> None:
    """The eleventh token of a person is refused, and a second of the same name."""
    had = len(company.get("/personal-access-tokens/v1", **{"owner-id": "me"}))
    for number in range(10 - had):
        _made(company, "/personal-access-tokens/v1", {**FOREVER, "name": f"script {number}"})
    assert company.call("POST", "/personal-access-tokens/v1", json=FOREVER).status_code == 400
    mine = company.get("/personal-access-tokens/v1", **{"owner-id": "me"})
    assert company.call("DELETE", f"/personal-access-tokens/v1/{mine[-1]['id']}").status_code == 204
    twin = {**FOREVER, "name": mine[0]["name"]}
    assert company.call("POST", "/personal-access-tokens/v1", json=twin).status_code == 400
    _made(company, "/personal-access-tokens/v1", FOREVER)


def _in_hours(company: Any, hours: int) -> str:
    return iso(company.tenant.now() + timedelta(hours=hours))


def test_a_token_ends_on_its_day(company: Any) -> None:
    """From its expiration date on it gets no access token, and the audit trail says so."""
    body = {"name": "short", "expirationDate": _in_hours(company, 2)}
    made = _made(company, "/personal-access-tokens/v1", body)
    assert _token(company, made).status_code == 200
    company.wait("PT2H1M")
    refused = _token(company, made)
    assert refused.json() == {"error": "invalid_client", "error_description": "Bad client credentials"}
    assert refused.status_code == 401
    events = company.search("events", "action:PERSONAL_ACCESS_TOKEN_EXPIRED AND target.name:short")
    assert [event["type"] for event in events] == ["AUTH"]


def test_a_token_is_changed_by_its_owner(company: Any) -> None:
    """Name, scope and end; the rule about never ending holds, and access tokens that are out keep their scopes."""
    body = {"name": "short", "expirationDate": _in_hours(company, 1)}
    made = _made(company, "/personal-access-tokens/v1", body)
    later = _in_hours(company, 2)
    path = f"/personal-access-tokens/v1/{made['id']}"

    def patch(*steps: tuple[str, Any], by: str = "iam-admin") -> Any:
        body = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in steps]
        return company.call("PATCH", path, json=body, by=by)

    before = _token(company, made).json()["access_token"]
    changed = patch(("name", "longer"), ("scope", ["idn:nothing:read"]), ("expirationDate", later)).json()
    assert (changed["name"], changed["expirationDate"]) == ("longer", later)
    after = _token(company, made).json()["access_token"]
    assert _as(company, before, "GET", "/roles/v1").status_code == 200
    assert _as(company, after, "GET", "/roles/v1").status_code == 403
    assert patch(("expirationDate", None)).status_code == 400
    assert patch(("expirationDate", "2020-01-01T00:00:00Z")).status_code == 400
    assert patch(("expirationDate", None), ("userAwareTokenNeverExpires", True)).json()["expirationDate"] is None
    assert patch(("secret", "mine")).status_code == 400
    assert patch(("name", "x"), by="loader").status_code == 403
    assert company.call("PATCH", "/personal-access-tokens/v1/nobody", json=[]).status_code == 404
    company.wait("PT3H")
    assert _token(company, made).status_code == 200
    assert company.search("events", "action:PERSONAL_ACCESS_TOKEN_EXPIRED") == []


def test_last_use_is_noted_once_a_day(company: Any) -> None:
    """`lastUsed` moves with the first token of a day, and unused ones are found by filter."""
    made = _made(company, "/personal-access-tokens/v1", FOREVER)

    def last() -> Any:
        rows = company.get("/personal-access-tokens/v1", **{"owner-id": "me"})
        return next(row["lastUsed"] for row in rows if row["id"] == made["id"])

    assert last() is None
    assert made["id"] in [row["id"] for row in company.get("/personal-access-tokens/v1", filters="lastUsed isnull")]
    _token(company, made)
    first = last()
    company.wait("PT1M")
    _token(company, made)
    assert last() == first
    company.quiet()
    company.wait("P1D")
    _token(company, made)
    assert last() > first


def test_people_see_their_own_tokens(company: Any) -> None:
    """Everybody's are an administrator's to see and to withdraw."""
    mine = company.get("/personal-access-tokens/v1", by="E1019")
    assert {row["owner"]["id"] for row in mine} == {company.identity("E1019")["id"]}
    other = company.tenant.credentials.caller(company.get("/personal-access-tokens/v1")[0]["id"]).identity_id
    assert company.call("GET", "/personal-access-tokens/v1", by="E1019", params={"owner-id": other}).status_code == 403
    theirs = company.get("/personal-access-tokens/v1", **{"owner-id": other})
    assert company.call("DELETE", f"/personal-access-tokens/v1/{theirs[0]['id']}", by="E1019").status_code == 404
    assert company.call("DELETE", f"/personal-access-tokens/v1/{theirs[0]['id']}").status_code == 204


def test_an_api_client_comes_and_goes(company: Any) -> None:
    """Its secret is shown once; disabled it gets no token, and the ones it has are refused."""
    made = _made(company, "/oauth-clients/v1", CLIENT)
    path = f"/oauth-clients/v1/{made['id']}"
    assert company.get(path)["grantTypes"] == ["CLIENT_CREDENTIALS"]
    assert "secret" not in company.get(path)
    body = _token(company, made).json()
    assert body["expires_in"] == 599
    assert "identity_id" not in body
    assert _as(company, body["access_token"], "GET", "/accounts/v1").status_code == 200
    off = [{"op": "replace", "path": "/enabled", "value": False}]
    assert company.call("PATCH", path, json=off).json()["enabled"] is False
    assert _token(company, made).status_code == 401
    assert _as(company, body["access_token"], "GET", "/accounts/v1").status_code == 401
    assert company.call("PATCH", path, json=[{"op": "replace", "path": "/id", "value": "x"}]).status_code == 400
    assert company.call("PATCH", path, json=[{"op": "replace", "path": "/enabled", "value": "no"}]).status_code == 400
    assert company.call("DELETE", path).status_code == 204
    assert company.call("GET", path).status_code == 404
    pat = company.get("/personal-access-tokens/v1")[0]
    assert company.call("DELETE", f"/oauth-clients/v1/{pat['id']}").status_code == 404


@pytest.mark.parametrize("name", [name for name in CLIENT if name != "description"])
def test_an_api_client_needs_its_facts(company: Any, name: str) -> None:
    """What the vendor requires has to be there, and of its type."""
    assert company.call("POST", "/oauth-clients/v1", json={**CLIENT, name: None}).status_code == 400
    assert company.call("POST", "/oauth-clients/v1", json={**CLIENT, name: {}}).status_code == 400


def test_a_client_acts_for_a_person_by_code(company: Any) -> None:
    """A code is good once, for its client and address; a refresh token too; the rights are the person's."""
    asked = {**CLIENT, "grantTypes": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"]}
    assert company.call("POST", "/oauth-clients/v1", json=asked).status_code == 400
    made = _made(company, "/oauth-clients/v1", {**asked, "redirectUris": [BACK], "refreshTokenValiditySeconds": 86400})
    query = {"client_id": made["id"], "redirect_uri": BACK, "response_type": "code", "state": "s1"}
    person = {"Authorization": f"Bearer {company.token('E1019')}"}

    def code(**more: str) -> dict[str, list[str]]:
        answer = company.send("GET", f"{URL}/oauth/authorize", params={**query, **more}, headers=person)
        assert answer.status_code == 302
        return parse_qs(urlsplit(answer.headers["location"]).query)

    def redeem(proof: str, **more: str) -> Any:
        form = {"grant_type": "authorization_code", "code": proof, "redirect_uri": BACK, **more}
        return _token(company, made, **form)

    assert _token(company, made).json()["error"] == "unauthorized_client"
    back = code()
    assert back["state"] == ["s1"]
    assert redeem(back["code"][0], redirect_uri="https://else.test").json()["error"] == "invalid_grant"
    first = redeem(back["code"][0]).json()
    assert _claims(first["access_token"])["identity_id"] == company.identity("E1019")["id"]
    assert redeem(back["code"][0]).json()["error"] == "invalid_grant"
    assert _as(company, first["access_token"], "GET", "/roles/v1").status_code == 403
    assert _as(company, first["access_token"], "GET", "/public-identities/v1").status_code == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = _token(company, made, **refresh).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert _token(company, made, **refresh).json()["error"] == "invalid_grant"
    assert code(response_type="token")["error"] == ["unsupported_response_type"]
    late = code()["code"][0]
    company.wait("PT6M")
    assert redeem(late).json()["error"] == "invalid_grant"
    for change, status in (({"redirect_uri": "https://else.test"}, 400), ({"client_id": "nobody"}, 401)):
        answer = company.send("GET", f"{URL}/oauth/authorize", params={**query, **change}, headers=person)
        assert answer.status_code == status


def test_the_client_may_sign_in_by_basic(company: Any) -> None:
    """Id and secret in the header count like those in the form."""
    made = _made(company, "/oauth-clients/v1", CLIENT)
    form = {"grant_type": "client_credentials"}
    answer = company.raw("POST", "/oauth/token", data=form, auth=(made["id"], made["secret"]))
    assert answer.status_code == 200
    for header in ("Basic !!!", "Basic", "Basic OjpAOg=="):
        answer = company.raw("POST", "/oauth/token", data=form, headers={"Authorization": header})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"content": b"\xff\xfe\x00", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"no form", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"no form", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"a=b&" * 500},
        {"content": b"a" * 100_000},
        {"json": {"grant_type": "client_credentials"}},
    ],
)
def test_token_requests_that_are_none(company: Any, content: dict[str, Any]) -> None:
    """Refused in OAuth's own shape."""
    answer = company.raw("POST", "/oauth/token", **content)
    assert answer.status_code == 400
    assert {"error", "error_description"} <= set(answer.json())


def test_the_tenant_names_its_endpoints(company: Any) -> None:
    """Without a token."""
    known = company.raw("GET", "/oauth/info").json()
    assert known["tokenEndpoint"] == f"{URL}/oauth/token"
    assert known["tenantName"] == "acme"
