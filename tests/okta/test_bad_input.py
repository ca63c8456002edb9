"""Whatever is sent, each served call answers or refuses in the vendor's shape, in bounded time, never with a 5xx."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from simulators.okta.app import _SERVED
from simulators.okta.routes.edge import LARGEST_BODY, LONGEST_URL, accepts_json

_FIELDS = (
    "id", "name", "label", "type", "status", "profile", "credentials", "settings", "conditions", "actions", "people",
    "groups", "users", "rules", "groupIds", "password", "value", "provider", "recovery_question", "question", "answer",
    "factorType", "passCode", "username", "stateToken", "signOnMode", "oauthClient", "signOn", "app", "redirect_uris",
    "grant_types", "events", "items", "channel", "config", "uri", "headers", "authScheme", "definitions", "custom",
    "properties", "primary", "associated", "permissions", "resources", "members", "role", "priority", "system",
    "scopes", "scopeId", "issuer", "audiences", "description", "gateways", "proxies", "locations", "visibility",
    "accessibility", "features", "expression", "allGroupsValid", "include", "exclude", "oldPassword",
    "newPassword",
    "profileEnrollment", "realmId", "manager", "login", "email", "firstName", "lastName", "sourceGroupId", "create",
    "update",
    "lifecycleCreate", "lifecycleDeactivate", "scope", "params", "key", "keys", "jwks", "sessionToken", "token",
)  # fmt: skip
_WRONG: tuple[Any, ...] = ("x", -1.5, True, None, [], [{}], [None, 1], {"x": {"y": []}}, "\x00\u202e\U0001f600" * 60)
_MALFORMED = (
    b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"profile":', b"[" * 2000, b'{"profile":{"a":NaN}}',
    b'{"profile":' * 900 + b"{}" + b"}" * 900, b'{"profile":{"login":"\\ud800"}}', b'{"name":"a","name":5}',
    b'{"profile":' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}",
)  # fmt: skip
_QUERY = (
    "limit=x&after=%00&filter=((&search=((&q=%F0%9F%98%80&expand=user&sortBy=x&sortOrder=x&type=&nosuch=1",
    "limit=-5&after=zzz&activate=maybe&provider=1&nextLogin=x&sendEmail=&removeUsers=2&oauthTokens=%",
    "limit=99999999999999999999999&filter=a%20eq%20%22%22&search=profile.login%20eq%205&after=200u",
)


@cache
def _documents() -> tuple[bytes, ...]:
    shallow = (dict.fromkeys(_FIELDS, wrong) for wrong in _WRONG)
    deep = (dict.fromkeys(_FIELDS, dict.fromkeys(_FIELDS[:60], wrong)) for wrong in _WRONG[:6])
    return (*_MALFORMED, *(json.dumps(document).encode() for document in (*shallow, *deep)))


def bodies(turn: int = 0, every: int = 1) -> Sequence[bytes]:
    """Malformed documents, then wrong types at every field, and one level deeper; from `turn` on each `every`th."""
    return _documents()[turn % every :: every]


def calls() -> list[tuple[str, str]]:
    """Every served call."""
    return [(endpoint.method, endpoint.path) for file in _SERVED for endpoint in file.listed]


@pytest.fixture
def furnished(make_okta: Any) -> Any:
    """An org with one of everything that paths name most."""
    okta = make_okta()
    okta.user = okta.new_user()
    okta.group = okta.new_group("Sales")
    okta.app = okta.new_client(okta.user)[0]
    conditions = {"expression": {"type": "urn:okta:expression:1.0", "value": 'user.department=="x"'}}
    actions = {"assignUserToGroups": {"groupIds": [okta.group]}}
    rule = {"type": "group_rule", "name": "All", "conditions": conditions, "actions": actions}
    okta.rule = okta.post("/api/v1/groups/rules", rule).json()["id"]
    return okta


def fill(okta: Any, path: str) -> str:
    """A path's variables with ids that exist, where one is at hand."""
    known = {"user": okta.user, "group": okta.group, "app": okta.app, "client": okta.app, "rule": okta.rule}
    parts = [
        known.get(part[1:-1].partition(":")[0], "nosuch") if part.startswith("{") else part for part in path.split("/")
    ]
    return "/".join(parts)


def check(answer: Any, told: str) -> None:
    """Not a 5xx, and a refusal has Okta's shape, OAuth's, or that of a security event's (RFC 8935)."""
    assert answer.status_code < 500, (told, answer.status_code, answer.text[:300])
    if answer.status_code >= 400 and answer.content:
        document = answer.json()
        assert {"errorCode", "error", "err"} & set(document), (told, document)


def send_bodies(okta: Any, every: int) -> None:
    """Each writing call with its turn of the bodies; the org is put back after each call."""
    state, clock = okta.org.state.fork(), okta.clock.state.fork()
    for turn, (method, path) in enumerate(call for call in calls() if call[0] in ("POST", "PUT", "PATCH")):
        for body in bodies(turn, every):
            check(okta.ask(method, fill(okta, path), content=body), f"{method} {path} {body[:80]!r}")
        okta.org.state, okta.clock.state = state.fork(), clock.fork()


def test_wrong_bodies(furnished: Any) -> None:
    """No body makes a call fail: malformed, too deep, or of wrong types at every field; each call gets some."""
    send_bodies(furnished, 9)


@pytest.mark.soak
def test_every_wrong_body(furnished: Any) -> None:
    """Every call gets all of them."""
    send_bodies(furnished, 1)


def test_wrong_queries(furnished: Any) -> None:
    """Unknown parameters are ignored; bad numbers, cursors, filters and truth values are refused or ignored."""
    okta = furnished
    state, clock = okta.org.state.fork(), okta.clock.state.fork()
    for turn, (method, path) in enumerate(calls()):
        query = _QUERY[turn % len(_QUERY)]
        check(okta.ask(method, f"{fill(okta, path)}?{query}"), f"{method} {path}?{query}")
        okta.org.state, okta.clock.state = state.fork(), clock.fork()


@pytest.mark.parametrize("odd", ["%00", "%F0%9F%98%80", "a%2Fb", "..%2f", "%", "'%22", "x" * 3000, "%C0%AF"])
def test_odd_references(okta: Any, odd: str) -> None:
    """Ids of odd characters are not found, whatever they spell."""
    for path in ("/api/v1/users/{}", "/api/v1/groups/{}/roles/{}", "/api/v1/apps/{}", "/api/v1/sessions/{}"):
        answer = okta.get(path.format(odd, odd))
        check(answer, path)
        assert answer.status_code in (400, 404), answer.text


def test_stored_text_comes_back(okta: Any) -> None:
    """Text of any script and of control characters is kept as it came; the later of two equal keys counts."""
    name = "Zoë \u202e\U0001f600 \u0000 \u0301"
    user = okta.new_user(firstName=name)
    assert okta.get(f"/api/v1/users/{user}").json()["profile"]["firstName"] == name
    twice = b'{"profile":{"name":"First","name":"Second"}}'
    assert okta.ask("POST", "/api/v1/groups", content=twice).json()["profile"]["name"] == "Second"


def test_sizes_are_bounded(okta: Any) -> None:
    """A URL or a body beyond anything the vendor reads is a 4xx in its shape."""
    long = okta.get(f"/api/v1/users?search={'x' * LONGEST_URL}")
    assert (long.status_code, long.json()["errorCode"]) == (414, "E0000001")
    large = okta.ask("POST", "/api/v1/users", content=b'{"profile":"' + b"x" * LARGEST_BODY + b'"}')
    assert (large.status_code, large.json()["errorCode"]) == (413, "E0000003")
    assert large.headers["x-okta-request-id"]


def test_a_write_tells_its_length(okta: Any) -> None:
    """A POST or PUT with neither a length nor pieces is a 411; an empty one with length 0 is read."""
    user = okta.new_user()
    path = f"/api/v1/users/{user}/lifecycle/suspend"

    async def bare() -> Any:
        request = okta.http.build_request("POST", path, headers={"Authorization": f"SSWS {okta.token}"})
        del request.headers["content-length"]
        return await okta.http.send(request)

    refused = okta.runner.run(bare())
    assert (refused.status_code, refused.json()["errorCode"]) == (411, "E0000003")
    assert okta.post(path).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; okta-response=omitCredentials", 200),
        ("application/octet-stream", 200),
        ("application/xml", 400),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
    ],
)
def test_content_types(okta: Any, kind: str, status: int) -> None:
    """A body that says it is something else than JSON is E0000021."""
    body = b'{"profile":{"name":"Sales"}}'
    answer = okta.ask("POST", "/api/v1/groups", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errorCode"] == "E0000021"


def test_accept() -> None:
    """Who says nothing, or anything, takes JSON; quality values and other types beside it do not matter."""
    assert all(accepts_json({"accept": kind}) for kind in ("", "*/*", "text/html, application/json;q=0.1"))
    assert not accepts_json({"accept": "text/html"})


def test_methods_nobody_serves(okta: Any) -> None:
    """Wrong methods are E0000022; HEAD has no answer of its own; OPTIONS none without a trusted origin."""
    for method in ("HEAD", "OPTIONS", "PATCH", "TRACE"):
        answer = okta.ask(method, "/api/v1/users", headers={"Origin": "https://portal.example"})
        assert answer.status_code == 405
        assert "access-control-allow-origin" not in answer.headers
        if method != "HEAD":
            assert answer.json()["errorCode"] == "E0000022"


def test_forwarded_addresses(okta: Any) -> None:
    """With an API token `X-Forwarded-For` names the client and its proxies; a person's browser is not believed."""
    user = okta.new_user()
    forwarded = {"X-Forwarded-For": "203.0.113.7, 2001:db8::1"}
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend", headers=forwarded)
    event = okta.events(filter='eventType eq "user.lifecycle.suspend"')[0]
    assert event["client"]["ipAddress"] == "203.0.113.7"
    assert [(hop["ip"], hop["version"]) for hop in event["request"]["ipChain"]] == [
        ("203.0.113.7", "V4"),
        ("2001:db8::1", "V6"),
        ("127.0.0.1", "V4"),
    ]
    body = {"username": "ann@example.com", "password": "x"}
    okta.post("/api/v1/authn", body, auth=None, headers=forwarded)
    assert okta.events(filter='eventType eq "user.session.start"')[0]["client"]["ipAddress"] == "127.0.0.1"
