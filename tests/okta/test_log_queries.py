"""What a System Log query may ask, how it is told what is wrong with it, and what it costs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.kernel.times import iso
from simulators.okta.domain.event_types import FAILED
from simulators.okta.domain.log import EVENT_TYPES, Party
from simulators.okta.domain.query import Query
from simulators.okta.tenant.log_index import narrowest
from simulators.okta.wire.filters import log_filter
from simulators.okta.wire.log_fields import is_field
from simulators.okta.wire.user_agents import told_by

OKTA = Path(__file__).parents[2] / "simulators" / "okta"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
DATE = "The date format in your query is not recognized. Please enter dates using ISO8601 string format."


@pytest.mark.parametrize(
    ("query", "code", "summary"),
    [
        (
            {"filter": 'eventType eqq "x"'},
            "E0000053",
            "Invalid filter 'eventType eqq \"x\"': Unrecognized attribute operator 'eqq' at position 10. "
            "Expected: eq,co,sw,pr,gt,ge,lt,le",
        ),
        ({"filter": "eventType eq"}, "E0000053", "at position 12"),
        ({"filter": 'eventType eq "a" xor severity eq "INFO"'}, "E0000053", "'xor' at position 17"),
        ({"filter": "eventType eq bare"}, "E0000053", "'bare' at position 13"),
        ({"filter": '(eventType eq "a"'}, "E0000053", "position 17"),
        ({"filter": "(" * 5000}, "E0000053", "position"),
        ({"filter": 'nosuch eq "x"'}, "E0000053", "field is not valid: nosuch"),
        ({"filter": 'published gt "2026-01-01T00:00:00Z"'}, "E0000053", "field is not valid: published"),
        (
            {"filter": 'debugContext.debugData.requestUri co "x"'},
            "E0000031",
            "The supplied combination of operator and field is not currently supported. "
            "Operator: co, Field: debugContext.debugData.requestUri",
        ),
        ({"since": "2020-01-01T00:00:00Z"}, "E0000053", "The since parameter is over 180 days prior"),
        ({"until": "soon"}, "E0000001", f"Api validation failed: 'until': {DATE} 'until': must be a valid date-time"),
        ({"since": "2026-13-01"}, "E0000001", f"Api validation failed: 'since': {DATE}"),
        ({"q": "x" * 41}, "E0000001", "'q': Freeform search cannot contain items longer than 40 characters."),
        ({"q": " ".join("abcdefghijk")}, "E0000001", "'q': Freeform search cannot contain more than 10 items."),
        ({"sortOrder": "UP"}, "E0000001", "'sortOrder'"),
    ],
)
def test_each_mistake_is_told(okta: Any, query: dict[str, str], code: str, summary: str) -> None:
    """Errors of the log name the place; their bodies have a UUID, no link, and causes only for dates."""
    answer = okta.get("/api/v1/logs", params=query)
    body = answer.json()
    assert (answer.status_code, body["errorCode"]) == (400, code)
    assert summary in body["errorSummary"]
    assert set(body) - {"errorCauses"} == {"errorCode", "errorSummary", "errorId"}
    assert UUID.fullmatch(body["errorId"])
    assert ("errorCauses" in body) == ("date format" in body["errorSummary"])


@pytest.mark.parametrize(
    "query",
    [
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-14:00", "since": "2026-03-01"},
        {"until": "0001-01-01T00:00:00", "sortOrder": "DESCENDING"},
        {"limit": "9" * 400},
        {"limit": "-1"},
        {"limit": "1e3"},
        {"after": "999999999999999999999_3", "until": "2026-03-03T00:00:00Z"},
        {"after": "x_\u0663"},
        {"q": '"\x00\U0001f600'},
        {"filter": 'target.id eq "\\'},
        {"filter": "authenticationContext.authenticationStep eq 0"},
    ],
)
def test_odd_values_never_break_it(okta: Any, query: dict[str, str]) -> None:
    """Dates at the ends of time, huge numbers and odd characters are answered or refused."""
    assert okta.get("/api/v1/logs", params=query).status_code in (200, 400)


def test_limits_of_a_page(okta: Any) -> None:
    """`limit` is 0 to 1000; 0 asks for nothing and is still a page."""
    okta.new_user()
    assert okta.get("/api/v1/logs?limit=0").json() == []
    assert len(okta.get("/api/v1/logs?limit=5000").json()) == 3
    assert okta.get("/api/v1/logs?limit=-1").status_code == 400


def test_keywords_are_words(okta: Any) -> None:
    """`q` matches whole words whatever their case; parts between hyphens count; every word must be there."""
    okta.new_user("mary-ann")
    made = 'eventType eq "user.lifecycle.create"'
    for words, found in (
        ("MARY-ANN@example.com create", 1),
        ("mary", 1),
        ("ary", 0),
        ("create suspend", 0),
        ("user.lifecycle.create", 1),
    ):
        assert len(okta.events(q=words, filter=made)) == found, words


def test_fields_of_a_filter(okta: Any) -> None:
    """Client, debug data and transaction can be asked for; operators ew, co and pr too."""
    agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:83.0) Gecko/20100101 Firefox/83.0"
    user = okta.new_user()
    answer = okta.post(f"/api/v1/users/{user}/lifecycle/suspend", headers={"User-Agent": agent})
    request = answer.headers["x-okta-request-id"]
    own = f'debugContext.debugData.requestId eq "{request}" and eventType sw "user.lifecycle"'
    for query in (
        own,
        'client.userAgent.browser eq "FIREFOX" and eventType ew "suspend"',
        'client.device eq "computer" and eventType co "cycle.suspend"',
        f'request.ipChain.ip pr and {own} and not (actor.type eq "SystemPrincipal")',
        f'transaction.detail.requestApiTokenId sw "00T" and securityContext.isp ne "x" and {own}',
    ):
        assert [event["eventType"] for event in okta.events(filter=query)] == ["user.lifecycle.suspend"], query
    event = okta.events(filter=own)[0]
    assert event["client"]["userAgent"] == {"rawUserAgent": agent, "os": "Mac OS X", "browser": "FIREFOX"}
    assert (event["client"]["device"], event["severity"]) == ("Computer", "INFO")


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/108.0 Safari/537.36", "CHROME|Windows 10|Computer"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/90.0 Edg/90.0", "CHROMIUM_EDGE|Mac OS X|Computer"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/16.1 Safari/605.1.15", "SAFARI|Mac OS X|Computer"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) CriOS/117.0 Mobile", "CHROME|iOS (iPhone)|Mobile"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/119.0 Mobile Safari/537.36", "CHROME|Android|Mobile"),
        ("okta-sdk-python/3.4.6 python/3.11", "UNKNOWN|Unknown|Unknown"),
        ("", "UNKNOWN|Unknown|Unknown"),
    ],
)  # fmt: skip
def test_user_agents(agent: str, told: str) -> None:
    """Browsers, systems and devices are named; programs are Unknown."""
    assert "|".join(told_by(agent)) == told


def test_failed_sign_in_has_its_legacy_type_and_severity(okta: Any) -> None:
    """A failure is INFO at sign-in and told by its own legacy name; a lock is DEBUG."""
    okta.new_user()
    for _ in range(10):
        okta.post("/api/v1/authn", {"username": "ann@example.com", "password": "wrong"}, auth=None)
        okta.advance(1)
    failed = okta.events(filter='eventType eq "user.session.start" and outcome.result eq "FAILURE"')[0]
    assert (failed["severity"], failed["legacyEventType"]) == ("INFO", "core.user_auth.login_failed")
    locked = okta.events(filter='eventType eq "user.account.lock"')[0]
    assert (locked["severity"], locked["outcome"]["reason"]) == ("DEBUG", "LOCKED_OUT")


def emitted() -> Iterator[tuple[str, str]]:
    """Where the simulator records an event, and of which type; of a composed type its beginning, with a star."""
    for path in sorted(OKTA.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "emit":
                type = node.args[1] if len(node.args) > 1 else None
                place = f"{path.name}:{node.lineno}"
                if isinstance(type, ast.Constant) and isinstance(type.value, str):
                    yield place, type.value
                elif isinstance(type, ast.JoinedStr) and isinstance(type.values[0], ast.Constant):
                    yield place, f"{type.values[0].value}*"


def test_every_record_has_a_known_type() -> None:
    """What is recorded can be told: each type has its display message, and each of the table of failures too."""
    found = list(emitted())
    assert len(found) >= 40
    unknown = [
        (place, type)
        for place, type in found
        if not any(known == type or (type[-1] == "*" and known.startswith(type[:-1])) for known in EVENT_TYPES)
    ]
    assert unknown == []
    assert set(FAILED) <= set(EVENT_TYPES)


def _tree(text: str) -> Query:
    return log_filter(text, is_field)


def test_queries_about_one_thing_do_not_walk_the_log(okta: Any) -> None:
    """A query for a target, an actor or a rare type reads that key's events only, and finds what a walk finds."""
    user = okta.new_user()
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    for number in range(400):
        okta.org.log.emit(okta.org.system(), "user.session.start", Party(f"00u{number}", "User", "", ""))
    state = okta.org.state
    for text, key in (
        (f'target.id eq "{user}"', f"i{user.lower()}"),
        ('eventType eq "user.lifecycle.suspend" and outcome.result eq "SUCCESS"', "tuser.lifecycle.suspend"),
        ('eventType eq "user.session.start"', None),
        (f'target.id eq "{user}" or outcome.result eq "FAILURE"', None),
    ):
        assert narrowest(state.events_by_key, _tree(text), state.event_count) == key
    query = {"filter": f'target.id eq "{user}"'}
    polled = [event["uuid"] for event in okta.events(**query)]
    until = iso(okta.clock.now().replace(hour=20))
    assert polled == [event["uuid"] for event in okta.events(until=until, **query)]
    down = okta.events(sortOrder="DESCENDING", **query)
    assert [event["uuid"] for event in down] == polled[::-1]
    assert len(polled) == 5
    page = okta.get("/api/v1/logs", params={**query, "limit": "3", "until": until})
    following = page.headers.get_list("link")[1].split(">")[0].removeprefix("<http://127.0.0.1:8600")
    rest = okta.get(following)
    assert [event["uuid"] for event in (*page.json(), *rest.json())] == polled
    assert len(rest.headers.get_list("link")) == 1
