"""The System Log's windows and polling, rate limits, credentials of callers, and errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulators.kernel.times import iso
from simulators.okta.domain.settings import Delays


def follow(okta: Any, path: str) -> tuple[list[dict[str, Any]], str]:
    """One page, and where its next link leads."""
    answer = okta.get(path)
    assert answer.status_code == 200, answer.text
    following = [link for link in answer.headers.get_list("link") if 'rel="next"' in link]
    return answer.json(), following[0].split(">")[0].removeprefix("<http://127.0.0.1:8600") if following else ""


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
def test_bounded_window(okta: Any, order: str) -> None:
    """A bounded request walks its window once, in order, and its last page has no next."""
    for number in range(5):
        okta.new_user(f"user{number}")
        okta.advance(1)
    until = iso(okta.clock.now())
    okta.new_user("late")
    path, seen = f"/api/v1/logs?until={until}&limit=4&sortOrder={order}", []
    while path:
        page, path = follow(okta, path)
        seen += page
    published = [event["published"] for event in seen]
    assert published == sorted(published, reverse=order == "DESCENDING")
    assert len({event["uuid"] for event in seen}) == len(seen) == 15


def test_polling(okta: Any) -> None:
    """Every page of a poll has a next one; an empty page means nothing yet; nothing comes twice."""
    okta.new_user("ann")
    page, path = follow(okta, "/api/v1/logs?limit=2")
    seen = page
    while page:
        page, path = follow(okta, path)
        seen += page
    assert len(seen) == 3
    okta.new_user("bob")
    page, path = follow(okta, path)
    assert len(page) == 2
    page, path = follow(okta, path)
    assert [event["eventType"] for event in page] == ["user.lifecycle.activate"]


def test_late_events_come_later_in_a_poll(make_okta: Any) -> None:
    """With a log delay a record appears behind younger ones, under its own time."""
    okta = make_okta(delays=replace(Delays.none(), log=(0.0, 1.0, 5.0)))
    for number in range(6):
        okta.new_user(f"user{number}")
        okta.advance(1)
    okta.advance(10)
    published = [event["published"] for event in okta.events()]
    assert len(published) == 18
    assert published != sorted(published)
    bounded = [event["published"] for event in okta.events(until=iso(okta.clock.now()))]
    assert bounded == sorted(published)


def test_filters(okta: Any) -> None:
    """The filter grammar, and `q`."""
    user = okta.new_user()
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    one = 'eventType eq "user.lifecycle.suspend"'
    for query in (
        {"filter": one},
        {"filter": f'target.id eq "{user}" and eventType sw "user.lifecycle.s"'},
        {"filter": f'not (eventType ne "user.lifecycle.suspend") and actor.type eq "User" and target.id eq "{user}"'},
        {"q": "user.lifecycle.suspend ANN@example.com"},
    ):
        assert [event["eventType"] for event in okta.events(**query)] == ["user.lifecycle.suspend"], query


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"filter": "eventType eq"}, "E0000053"),
        ({"filter": 'some_invalid_field eq "x"'}, "E0000053"),
        ({"filter": 'debugContext.debugData.url co "x"'}, "E0000031"),
        ({"until": "yesterday"}, "E0000001"),
        ({"q": "x" * 41}, "E0000001"),
        ({"since": "2020-01-01T00:00:00Z"}, "E0000053"),
    ],
)
def test_bad_queries(okta: Any, query: dict[str, str], code: str) -> None:
    """Each mistake has its own code."""
    answer = okta.get("/api/v1/logs", params=query)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


def test_request_is_told(okta: Any) -> None:
    """A record names the request that caused it."""
    user = okta.new_user()
    answer = okta.post(f"/api/v1/users/{user}/lifecycle/suspend?ref=w1", headers={"User-Agent": "probe/1"})
    event = okta.events(filter='eventType eq "user.lifecycle.suspend"')[0]
    data = event["debugContext"]["debugData"]
    assert data["requestId"] == event["transaction"]["id"] == answer.headers["x-okta-request-id"]
    assert data["url"] == f"/api/v1/users/{user}/lifecycle/suspend?ref=w1"
    assert event["client"]["userAgent"]["rawUserAgent"] == "probe/1"
    assert event["authenticationContext"]["externalSessionId"].startswith("trs")


def test_enforced_limit(make_okta: Any) -> None:
    """A token gets half of a bucket; then 429 without Retry-After until the window ends."""
    okta = make_okta(limits="enforced")
    answers = [okta.get("/api/v1/logs") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    refused = answers[-1]
    assert refused.json()["errorCode"] == "E0000047"
    assert (refused.headers["x-rate-limit-limit"], refused.headers["x-rate-limit-remaining"]) == ("60", "0")
    assert "retry-after" not in refused.headers
    wait = int(refused.headers["x-rate-limit-reset"]) - okta.clock.now().timestamp()
    okta.advance(wait)
    assert okta.get("/api/v1/logs").status_code == 200


def test_counted_limit(okta: Any) -> None:
    """Counted limits show in the headers and refuse nothing."""
    assert all(okta.get("/api/v1/logs").status_code == 200 for _ in range(70))
    assert okta.get("/api/v1/logs").headers["x-rate-limit-remaining"] == "0"


def test_callers(okta: Any) -> None:
    """With and without a space, nobody, a bad token, one unused for 30 days, one whose owner is gone."""
    assert okta.get("/api/v1/users", auth=f"SSWS{okta.token}").status_code == 200
    nobody, bad = okta.get("/api/v1/users", auth=None), okta.get("/api/v1/users", auth="SSWS 00bad")
    assert (nobody.status_code, nobody.json()["errorCode"]) == (403, "E0000005")
    assert (bad.status_code, bad.json()["errorCode"]) == (401, "E0000011")
    okta.advance(29 * 86400)
    assert okta.get("/api/v1/users").status_code == 200
    okta.advance(29 * 86400)
    assert okta.get("/api/v1/users").status_code == 200
    okta.advance(31 * 86400)
    assert okta.get("/api/v1/users").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/v1/nosuch", None, 404, "E0000008"),
        ("GET", "/nosuch", None, 404, "E0000008"),
        ("GET", "/openapi.json", None, 404, "E0000008"),
        ("PATCH", "/api/v1/users", None, 405, "E0000022"),
        ("HEAD", "/api/v1/users", None, 405, None),
        ("POST", "/api/v1/users", b"{", 400, "E0000003"),
        ("POST", "/api/v1/users", b"[]", 400, "E0000003"),
        ("POST", "/api/v1/users", b"", 400, "E0000003"),
        ("GET", "/api/v1/groups/00gnone", None, 404, "E0000007"),
    ],
)
def test_errors(okta: Any, method: str, path: str, body: bytes | None, status: int, code: str | None) -> None:
    """Errors have the vendor's shape and headers."""
    answer = okta.ask(method, path, content=body)
    assert answer.status_code == status
    assert answer.headers["x-okta-request-id"]
    if code is not None:
        assert set(answer.json()) == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
        assert answer.json()["errorCode"] == code


def test_defect_is_an_internal_error(okta: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of ours still answers in the vendor's shape."""
    monkeypatch.setattr(okta.org.directory, "listing", None)
    answer = okta.get("/api/v1/users")
    assert (answer.status_code, answer.json()["errorCode"]) == (500, "E0000009")


def test_fault(okta: Any) -> None:
    """A status fault of the gate looks like the vendor's own error."""
    okta.world.faults.add({"system": "okta"}, {"status": 503}, 1)
    answer = okta.get("/api/v1/users")
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "E0000010")
